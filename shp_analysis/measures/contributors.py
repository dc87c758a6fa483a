"""What several partners return of one thing: each one's own is added up, and of one figure two versions are none.

A partner's return replaces its own earlier one, and nobody else's. So one measure of one period may come from several
partners. Of most measures they then return the same figure: it counts once, and where they differ it is not counted
until they agree. Of a few each returns what it did itself (powers used by the council and by the police): these are
added up, and a period in which one of them has not returned is not whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from shp_analysis.sources.partner_returns_measures import read_measures

_KEY = ["measure", "period"]
_CELL = ["breakdown", "category"]
_NUMBERS = ["sum_value", "sum_base"]


@dataclass(frozen=True)
class Unsettled:
    """One measure and period that is not counted, because of who returned it.

    Attributes
    ----------
    measure, period : str
        The measure's id, and the period's label.
    organisations : tuple of str
        Who returned different figures; or who has not returned its own.
    is_missing : bool
        Whether it is the second.
    """

    measure: str
    period: str
    organisations: tuple[str, ...]
    is_missing: bool


def settle_contributors(counts: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Unsettled, ...]]:
    """Leave each measure and period one answer, whoever returned it.

    Parameters
    ----------
    counts : pandas.DataFrame
        The newest return of every partner, of one area: `measure, period, breakdown, category, organisation,
        sum_value, sum_base` and more.

    Returns
    -------
    counts : pandas.DataFrame
        Without what is not settled, and without what a second partner returned alike.
    unsettled : tuple of Unsettled
    """
    if counts.groupby("measure")["organisation"].nunique().max() in {0, 1} or counts.empty:
        return counts, ()
    unsettled = tuple(_list_unsettled(counts))
    left_out = {(each.measure, each.period) for each in unsettled}
    keys = zip(counts["measure"], counts["period"], strict=True)
    kept = counts[[key not in left_out for key in keys]]
    # Of equal figures one stays; a number rather than a cell that was withheld, which says nothing else.
    kept = kept.sort_values(_NUMBERS, na_position="last", kind="stable")
    is_again = kept.duplicated([*_KEY, *_CELL]) & ~kept["measure"].isin(_list_own_measures())
    return kept[~is_again].sort_index().reset_index(drop=True), unsettled


def _list_own_measures() -> tuple[str, ...]:
    """List the measures of which every partner returns its own."""
    return tuple(each.id for each in read_measures().values() if each.adds_over_organisations)


def _list_unsettled(counts: pd.DataFrame) -> Iterator[Unsettled]:
    for (measure, period), own in counts.groupby(_KEY):
        returned = set(own["organisation"])
        if measure in _list_own_measures():
            everybody = set(counts.loc[counts["measure"] == measure, "organisation"])
            if everybody > returned:
                yield Unsettled(str(measure), str(period), tuple(sorted(everybody - returned)), is_missing=True)
        elif len(returned) > 1 and _differ(own):
            yield Unsettled(str(measure), str(period), tuple(sorted(returned)), is_missing=False)


def _differ(returned: pd.DataFrame) -> bool:
    """Say whether two partners give different numbers for one cell; one that was withheld says nothing."""
    numbers = returned.groupby(_CELL)[_NUMBERS]
    return bool((numbers.max() > numbers.min()).any(axis=None))
