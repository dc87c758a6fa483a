"""The simulated borough: files in the publisher's own format, about nobody, in which the truth is known."""

from shp_analysis.simulator.borough import DEFAULT_SEED
from shp_analysis.simulator.planted import ASB, PLANTED_CHANGES, read_planted_changes
from shp_analysis.simulator.simulate import NOTE_FILE_NAME, write_simulated_borough

__all__ = [
    "ASB",
    "DEFAULT_SEED",
    "NOTE_FILE_NAME",
    "PLANTED_CHANGES",
    "read_planted_changes",
    "write_simulated_borough",
]
