"""What has arrived and what has not, how it differs from what came before, and what was revised."""
