"""Signals read from small series."""
