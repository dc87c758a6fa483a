"""What the template process imports before anything else: from here on it ends with the run that started it."""

from __future__ import annotations

import os

from shp_analysis.runs.ended_processes import STARTER_VARIABLE, end_with

_starter = os.environ.pop(STARTER_VARIABLE, None)
if _starter is not None:
    end_with(int(_starter))
