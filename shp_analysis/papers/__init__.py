"""What each paper contains: scorecard, board summary, annual assessment; the `Run` that it is made from."""
