"""What partners say and do."""
