"""The records that lie in an area's busiest neighbourhoods: a year's own, ranked anew for every twelve months.

Which neighbourhoods are the busiest is settled by the same twelve months whose records are counted, so two years are
ranked alike. A twentieth of 79 neighbourhoods is 3.95 of them: three count whole and the fourth with 95 of 100 of its
records. Were it rounded up, a neighbourhood more or fewer on the list would move the share by a fifth.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.measures.records import AreaRecords
from shp_analysis.periods import Month, YearEnding

_PLACE = "lsoa_code"


def sum_busiest(counts: npt.ArrayLike, share: float) -> float:
    """Add up what the busiest share of some places holds; the last of them counts in part.

    Parameters
    ----------
    counts : array_like of int, shape (places,)
        Of every place, in any order.
    share : float
        Between 0 and 1.

    Returns
    -------
    float

    Examples
    --------
    >>> sum_busiest([40, 30, 20, 10], 0.25), sum_busiest([10, 20, 30, 40], 0.375)
    (40.0, 55.0)
    """
    ordered = -np.sort(-np.asarray(counts, dtype=float))
    weights = np.clip(round(share * len(ordered), 9) - np.arange(len(ordered)), 0, 1)
    return float(weights @ ordered)


def count_busiest_years(
    records: AreaRecords, selected: pd.DataFrame, share: float, thin: frozenset[str]
) -> Iterator[tuple[YearEnding, int, int]]:
    """Count every twelve months of an area that were received whole, and those of their records in its busiest places.

    Parameters
    ----------
    records : AreaRecords
        Of months.
    selected : pandas.DataFrame
        Those of `records.counts` that are meant.
    share : float
        Of the neighbourhoods in which anything was recorded in the twelve months.
    thin : frozenset of str
        Months that are not whole.

    Yields
    ------
    year : YearEnding
    number : int
        In the busiest neighbourhoods, to the nearest whole record; one without a place is in none.
    whole : int
    """
    if _PLACE not in selected:
        return
    months = selected.pivot_table(index="period", columns=_PLACE, values="records", aggfunc="sum", fill_value=0)
    totals = selected.groupby("period")["records"].sum()
    held = {Month(label) for label in records.periods["period"]} - {Month(label) for label in thin}
    placed = [name for name in months.columns if name]
    for month in sorted(held):
        year = month.twelve_months_to_end()
        labels = [each.label for each in year.months]
        whole = int(totals.reindex(labels, fill_value=0).sum())
        if whole and held.issuperset(year.months):
            counts = months.reindex(labels, fill_value=0)[placed].sum().to_numpy()
            yield year, round(sum_busiest(counts[counts > 0], share)), whole
