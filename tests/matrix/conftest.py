"""What the matrix shares with the tests of packs: the simulated borough's store."""

from packs.conftest import simulated_data

__all__ = ["simulated_data"]
