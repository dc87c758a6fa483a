"""Observations made from plain counts, as they come out of the store."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, repeat

import pandas as pd

from shp_analysis.config.catalogue import SeriesBreak
from shp_analysis.measures.observations import OBSERVATION_COLUMNS
from shp_analysis.reference.periods import Period

RESIDENTS = 129_759


def observe(
    counts: Sequence[float | None],
    first: Period,
    *,
    wholes: Sequence[int] | None = None,
    residents: int | None = RESIDENTS,
    indicator: str = "ASB-01",
) -> pd.DataFrame:
    """Give the observations of periods one after the other; None where one was not received."""
    periods = list(accumulate(repeat(None, len(counts) - 1), lambda each, _: each.next(), initial=first))
    whole = wholes or [residents] * len(counts)
    rows = [
        (indicator, "E06000006", each.start, each.end, "", count, over, False, "0" * 64)
        for each, count, over in zip(periods, counts, whole, strict=True)
        if count is not None
    ]
    return pd.DataFrame(rows, columns=list(OBSERVATION_COLUMNS)).astype({"denominator": "Int64"})


def break_at(
    from_month: str,
    *,
    until_month: str | None = None,
    kind: str = "level",
    is_confirmed: bool = True,
    bedding_in_months: int = 0,
    what_changed: str = "the way of counting changed",
) -> SeriesBreak:
    """Give a break of every indicator in every area."""
    return SeriesBreak(
        break_id=f"B-{from_month}",
        name="Counting changed",
        from_month=from_month,
        until_month=until_month,
        kind=kind,
        indicators=("*",),
        area_codes=("*",),
        direction="unclear",
        is_confirmed=is_confirmed,
        bedding_in_months=bedding_in_months,
        what_changed=what_changed,
        source="made up for this test",
    )
