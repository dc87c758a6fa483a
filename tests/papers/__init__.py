"""What a series shows beside its verdict, as charts and sentences print it."""
