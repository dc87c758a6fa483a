"""What charts print beside the assessments: read from a run's records, and held to the edition's gate.

Every function gives values that the edition's readers may see, or says why there are none (`NotShown`). Charts read
nothing by themselves.
"""

from shp_analysis.cleared.breakdowns import Breakdown, find_breakdown
from shp_analysis.cleared.caseload import read_caseload
from shp_analysis.cleared.collision_times import CollisionTimes, count_collision_times
from shp_analysis.cleared.deprivation import Concentration, Gradient, count_neighbourhoods, find_gradient
from shp_analysis.cleared.reasons import NotShown
from shp_analysis.cleared.windows import read_england, recall_windows

__all__ = [
    "Breakdown",
    "CollisionTimes",
    "Concentration",
    "Gradient",
    "NotShown",
    "count_collision_times",
    "count_neighbourhoods",
    "find_breakdown",
    "find_gradient",
    "read_caseload",
    "read_england",
    "recall_windows",
]
