"""Advisers' cases: open and waiting on the last day of each quarter, opened and closed in it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from shp_analysis.cleared.reasons import NotShown
from shp_analysis.periods import Quarter
from shp_analysis.workbook import Run

STOCK = "DA-07"
MEASURES: Mapping[str, tuple[str, str]] = {
    "open": ("partner_returns_stock", "idva_cases_open"),
    "waiting": ("partner_returns_stock", "idva_cases_pending"),
    "opened": ("partner_returns_quarter", "idva_cases_opened"),
    "closed": ("partner_returns_quarter", "idva_cases_closed"),
}
MOST_QUARTERS = 12


def read_caseload(run: Run) -> pd.DataFrame | NotShown:
    """Read advisers' cases of the last twelve quarters to the paper's own.

    Returns
    -------
    pandas.DataFrame or NotShown
        By quarter (`2024-25-Q4`), oldest first: `open, waiting, opened, closed`; missing where none was received.
    """
    quarters = [Quarter.containing(run.period.end)]
    while len(quarters) < MOST_QUARTERS:
        quarters.insert(0, quarters[0].previous())
    for table, measure in MEASURES.values():
        counts = run.opened.records_of(table).counts
        wanted = counts["period"].isin([each.slug for each in quarters]) & (counts["measure"] == measure)
        run.opened.note_files(table, counts[wanted])
    columns = {key: _read(run, table, measure) for key, (table, measure) in MEASURES.items()}
    frame = pd.DataFrame(columns, index=[each.slug for each in quarters], dtype=float)
    held = frame.dropna(how="all")
    if held.empty:
        return NotShown.NOT_RECEIVED
    shown = frame.loc[held.index[0] :]
    return shown if not run.assessment(STOCK).is_suppressed and _is_admitted(run, shown) else NotShown.WITHHELD


def _is_admitted(run: Run, frame: pd.DataFrame) -> bool:
    """Ask the gate for the cells of every line."""
    for table in dict.fromkeys(table for table, _ in MEASURES.values()):
        rows = pd.concat([_select(run, own, measure) for own, measure in MEASURES.values() if own == table])
        shown = rows[[Quarter(label).slug in frame.index for label in rows["period"]]]
        if not run.gate.admits_counts("caseload", run.opened.records_of(table), shown):
            return False
    return True


def _select(run: Run, table: str, measure: str) -> pd.DataFrame:
    counts = run.opened.records_of(table).counts
    return counts[(counts["measure"] == measure) & (counts["breakdown"] == "total")]


def _read(run: Run, table: str, measure: str) -> pd.Series:
    own = _select(run, table, measure)
    return own.drop_duplicates("period", keep="last").set_index("period")["sum_value"].astype(float)
