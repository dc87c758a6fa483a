"""The plotting functions that take frames and results, by their artists."""
