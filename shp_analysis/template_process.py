"""What the template process imports before anything else: from here on it ends with the run that started it."""

from __future__ import annotations

import os

from shp_analysis.ended_processes import STARTER_VARIABLE, end_with

if STARTER_VARIABLE in os.environ:
    end_with(int(os.environ[STARTER_VARIABLE]))
