"""What else a series shows: its season, its forecast, and marks of a shift."""
