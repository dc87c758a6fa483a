"""The store: every file as it was received, and tidy tables made from them that can be asked questions."""
