"""Published figures of a larger area, to set an area's own beside."""

from __future__ import annotations

from datetime import date

import pandas as pd

from shp_analysis.catalogue import Measure
from shp_analysis.measures.tables import Place, find_counted_table
from shp_analysis.periods import build_window
from shp_analysis.store import Store

ENGLAND = "E92000001"
_NUMBERS = {"indicator_value": "value", "lower_95": "lower", "upper_95": "upper"}


def read_published_of(store: Store, measure: Measure, area_code: str, *, as_of: date | None = None) -> pd.DataFrame:
    """Read what was published of an area, window by window, as an indicator selects it.

    Parameters
    ----------
    store : Store
    measure : Measure
        Of a published figure.
    area_code : str
        England, a region: an area that is nobody's partnership.
    as_of : date, optional

    Returns
    -------
    pandas.DataFrame
        `period_start, period_end, value, lower, upper`, oldest first; without rows where nothing was received.
    """
    table = find_counted_table(measure.records)
    stored = table.stored[0]
    columns = ["period_start", "period_end", *_NUMBERS.values()]
    if store.parts_held(stored, as_of=as_of).empty:
        return pd.DataFrame(columns=columns)
    conditions, values = [f"{Place.AREA} = ?"], [area_code]
    for column, wanted in measure.include.items():
        conditions.append(f"{column} IN ({', '.join('?' * len(wanted))})")
        values += wanted
    numbers = ", ".join(f"{published} AS {name}" for published, name in _NUMBERS.items())
    sql = (
        f"SELECT period_start, CAST(round(12 * window_years) AS INTEGER) AS months, {numbers} FROM {stored} "
        f"WHERE {' AND '.join(conditions)} ORDER BY period_start, months"
    )
    found = store.query(stored, sql, values, as_of=as_of).dropna(subset="value")
    starts = [start.date() for start in pd.to_datetime(found["period_start"])]
    ends = [build_window(start, int(months)).end for start, months in zip(starts, found["months"], strict=True)]
    return found.assign(period_start=starts, period_end=ends)[columns].reset_index(drop=True)
