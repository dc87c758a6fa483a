"""An analyst's own figures in the form of observations, so that they can be compared and drawn like all others."""

from __future__ import annotations

import pandas as pd

from shp_analysis.analysis.observations import Observations, ObservedSeries, label_span
from shp_analysis.areas import Area, read_area
from shp_analysis.catalogue import Importance, Indicator, Kind, Measure, Polarity, Tier
from shp_analysis.errors import RequestError
from shp_analysis.periods import parse_period

OWN_ID = "OWN-01"
OWN_SOURCE = "own figures"


def own_observations(
    frame: pd.DataFrame, name: str, area: Area | str, *, period: str = "period", count: str = "count"
) -> Observations:
    """Make observations of an analyst's own counts: one row a month, quarter or year.

    Parameters
    ----------
    frame : pandas.DataFrame
        With a column of periods, written as people write them ("2024-01", "Jan 2024", "2024-25 Q4"), and one of counts.
    name : str
        What is counted, as a page should call it.
    area : Area or str
    period, count : str
        The names of the two columns.

    Returns
    -------
    Observations
        As `run.observations` gives them, without a rate. The break register says nothing of them, and they count as
        sensitive.

    Raises
    ------
    RequestError
        Where a column is missing, a period stands twice, or a count is missing, negative or no whole number.
    PeriodError
        Where a period cannot be read.

    Examples
    --------
    >>> frame = pd.DataFrame({"period": ["2024-01", "2024-02"], "count": [31, 27]})
    >>> own_observations(frame, "Street light repairs", "Halton")[["period", "days", "count"]]
        period  days  count
    0  2024-01    31     31
    1  2024-02    29     27
    """
    missing = [column for column in (period, count) if column not in frame]
    if missing:
        columns = ", ".join(map(str, frame.columns))
        raise RequestError(f"The frame has no column '{missing[0]}'; it has {columns}. Name it: `period=` or `count=`.")
    place = read_area(area) if isinstance(area, str) else area
    periods = [parse_period(str(each)) for each in frame[period]]
    counts = pd.to_numeric(frame[count], errors="coerce").astype(float)
    _check(frame, period, count, counts)
    found = Observations(
        {
            "indicator": OWN_ID,
            "name": name,
            "area": place.name,
            "period": [label_span(each.start, each.end) for each in periods],
            "period_start": pd.to_datetime([each.start for each in periods]),
            "period_end": pd.to_datetime([each.end for each in periods]),
            "days": [each.days for each in periods],
            "count": counts.astype("int64").to_numpy(),
            "denominator": pd.array([pd.NA] * len(frame), dtype="Int64"),
            "is_provisional": False,
            "release": pd.NaT,
            "source": OWN_SOURCE,
            "source_id": "",
        }
    ).sort_values("period_end", ignore_index=True)
    found.series = {(place.name,): ObservedSeries(_describe(name), place, OWN_SOURCE)}
    return found


def _check(frame: pd.DataFrame, period: str, count: str, counts: pd.Series) -> None:
    twice = frame[period][frame[period].duplicated()]
    if len(twice):
        raise RequestError(f"Column '{period}' holds '{twice.iloc[0]}' more than once. Sum or choose its rows first.")
    wrong = counts.isna() | (counts < 0) | (counts % 1 != 0)
    if wrong.any():
        place = int(wrong.to_numpy().argmax())
        message = f"Row {place + 1}, column '{count}': '{frame[count].iloc[place]}' is not a count."
        message = f"{message} Allowed: 0 and whole numbers above it. Correct the row or leave it out."
        raise RequestError(message)


def _describe(name: str) -> Indicator:
    return Indicator(
        id=OWN_ID,
        name=name,
        definition=f"{name}: the analyst's own figures.",
        theme="own",
        importance=Importance.EXTENDED,
        kind=Kind.COUNT,
        numerator=name.casefold(),
        denominator=None,
        polarity=Polarity.CONTEXT,
        lowest_geography="any",
        release_lag_days=0,
        disclosure_tier=Tier.SENSITIVE,
        caveat="No other source confirms these figures.",
        sources={OWN_SOURCE: Measure(records="own")},
    )
