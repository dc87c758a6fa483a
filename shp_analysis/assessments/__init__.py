"""One indicator, one area, one period: everything that a page says of it, as one frozen record.

What may be said of a change is decided in `shp_analysis.comparisons`; here the count gets its rate, its sources, the
months for a chart, its signals, and whatever else a reader must know beside the verdict.
"""

from shp_analysis.assessments.assessing import assess, assess_counted, assess_unmeasured, assess_unread
from shp_analysis.assessments.notes import CONCENTRATED_COUNT, CONCENTRATED_SHARE, note_returned
from shp_analysis.assessments.packs import NewSignal, NewSignals, ShiftSize, count_verdicts, list_new_signals
from shp_analysis.assessments.records import Assessment, Concentration, Rate, ReceivedSource

__all__ = [
    "CONCENTRATED_COUNT",
    "CONCENTRATED_SHARE",
    "Assessment",
    "Concentration",
    "NewSignal",
    "NewSignals",
    "Rate",
    "ReceivedSource",
    "ShiftSize",
    "assess",
    "assess_counted",
    "assess_unmeasured",
    "assess_unread",
    "count_verdicts",
    "list_new_signals",
    "note_returned",
]
