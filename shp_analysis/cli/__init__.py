"""The command `shp`: arguments in, an exit code out.

0: done. 1: it failed, and the message says why. 2: it was asked for something that does not exist.
"""

from shp_analysis.cli import data, morning, papers
from shp_analysis.cli.app import main

__all__ = ["data", "main", "morning", "papers"]
