"""Disclosure control: what public editions withhold, so that nobody can be picked out."""
