"""The command `shp`: arguments in, an exit code out.

0: done. 1: it failed, and the message says why. 2: it was asked for something that does not exist. 3: too little is
held of the period. 128 and a signal's number: it was stopped by that signal.
"""

from shp_analysis.cli import checking, data, papers
from shp_analysis.cli.app import main

__all__ = ["checking", "data", "main", "papers"]
