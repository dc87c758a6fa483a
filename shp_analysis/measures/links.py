"""Records that cannot be counted because another table's record is not there: casualties without their collision.

A casualty's row says neither when nor where. Where its collision was not received, no figure of its year is whole in
any area that it may belong to, and what is counted of the year is too few.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from shp_analysis.catalogue import Measure, Selection
from shp_analysis.measures.records import AreaRecords
from shp_analysis.measures.selecting import select_from, select_records
from shp_analysis.periods import Month


@dataclass(frozen=True)
class Unlinked:
    """Records of a period that cannot be counted.

    Attributes
    ----------
    records : int
        So many that may be the area's.
    counted : int
        So many that could be counted.
    words : str
        A sentence without its full stop.
    """

    records: int
    counted: int
    words: str


def find_unlinked_periods(records: AreaRecords, measure: Measure) -> frozenset[str]:
    """List the labels of `records.periods` that are not whole because records in them cannot be counted."""
    parts = {*_select(records, measure)["part_period"], *_select_lacking(records)["period"]}
    labels = records.periods[["period", "part_period"]].itertuples(index=False)
    return frozenset(label for label, part in labels if {label, part} & parts)


def count_unlinked(records: AreaRecords, measure: Measure, within: Iterable[Month]) -> Unlinked | None:
    """Count the records of some months that an indicator would count, and cannot.

    Parameters
    ----------
    records : AreaRecords
    measure : Measure
    within : iterable of Month

    Returns
    -------
    Unlinked or None
        None where there are none.
    """
    link = records.table.link
    if link is None:
        return None
    months = {month.label for month in within}
    selected = select_records(records, _whole_of(measure))
    counted = int(selected.loc[selected["period"].isin(months), "records"].sum())
    unlinked, lacking = _select(records, measure), _select_lacking(records)
    in_parts = unlinked["part_period"].map(lambda part: any(label.startswith(part) for label in months)).astype(bool)
    for frame, words in (
        (unlinked[in_parts], link.words),
        (lacking[lacking["period"].isin(months)], link.stated_words),
    ):
        number = int(frame["records"].sum())
        if number:
            said = words.format(
                area=records.area.name,
                records=f"{number:,} {link.nouns[number > 1]}",
                counted=f"{counted:,}",
                most=f"{counted + number:,}",
            )
            return Unlinked(number, counted, said)
    return None


def _whole_of(measure: Measure) -> Selection:
    return measure.of or measure


def _select(records: AreaRecords, measure: Measure) -> pd.DataFrame:
    """Give what cannot be counted, by as much of a selection as is known of it."""
    if records.unlinked.empty or records.table.link is None:
        return pd.DataFrame(columns=["part_period", "records"])
    whole, known = _whole_of(measure), set(records.table.link.filters)
    own = Selection(
        include={name: values for name, values in whole.include.items() if name in known},
        exclude={name: values for name, values in whole.exclude.items() if name in known},
    )
    return select_from(records.unlinked, records.table, own)


def _select_lacking(records: AreaRecords) -> pd.DataFrame:
    return records.lacking if len(records.lacking) else pd.DataFrame(columns=["period", "records"])
