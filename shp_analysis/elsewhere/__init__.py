"""What the same files hold of other areas: peers of one period, the rest of the country over years, other forces.

Only what was received is compared, by the rules that hold for the paper's own area; who is compared is always listed,
and a part of a country is never called by the country's name.
"""

from shp_analysis.elsewhere.courses import Course, CourseComparison, Coverage, compare_courses, find_coverage
from shp_analysis.elsewhere.marac import MaracComparison, MaracRate, compare_marac_cases
from shp_analysis.elsewhere.peers import LeftOut, PeerComparison, PeerFigure, compare_with_peers, name_place, say_place
from shp_analysis.elsewhere.records import Elsewhere, NotCompared, open_elsewhere, read_records_of_areas

__all__ = [
    "Course",
    "CourseComparison",
    "Coverage",
    "Elsewhere",
    "LeftOut",
    "MaracComparison",
    "MaracRate",
    "NotCompared",
    "PeerComparison",
    "PeerFigure",
    "compare_courses",
    "compare_marac_cases",
    "compare_with_peers",
    "find_coverage",
    "name_place",
    "open_elsewhere",
    "read_records_of_areas",
    "say_place",
]
