"""What partners say and do: their comments on figures, the delivery plan, what the board asked, and the money."""
