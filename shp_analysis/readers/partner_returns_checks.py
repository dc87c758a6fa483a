"""A partner's return: what its rows must have to do with one another."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.partner_returns_measures import TOTAL, Parts, read_breakdowns, read_measures, read_parts
from shp_analysis.readers.readers import SIMULATED_MARK

_PART = ["organisation", "measure", "period", "area_code"]
"""What a later return replaces whole."""
_KEY = [*_PART, "breakdown", "category"]


def check_origin(records: pd.DataFrame, label: str) -> bool:
    """Say whether a return is simulated, and refuse one in which only some rows are.

    A row says so in its organisation or its note.
    """
    marked = pd.concat(
        [records[column].str.contains(SIMULATED_MARK, regex=False, na=False) for column in ("organisation", "note")],
        axis="columns",
    ).any(axis="columns")
    if marked.any() and not marked.all():
        message = (
            f"{label}: row {records.index[~marked][0]} does not say '{SIMULATED_MARK}' in 'organisation' or 'note', "
            f"and row {records.index[marked][0]} does. Keep simulated and real figures in files of their own."
        )
        raise SourceError(message)
    return bool(marked.any())


def check_twins(records: pd.DataFrame, label: str) -> None:
    """Refuse two rows about the same thing, be their values equal or not."""
    again = records.index[records.duplicated(_KEY)]
    if len(again):
        row = records.loc[again[0]]
        first = records.index[(records[_KEY] == row[_KEY]).all(axis="columns")][0]
        message = (
            f"{label}: row {again[0]} is about the same thing as row {first} ({', '.join(row[_KEY])}), and so "
            f"{'are' if len(again) > 1 else 'is'} {len(again)} of {len(records)} rows. Keep one of them."
        )
        raise SourceError(message)


def check_days(records: pd.DataFrame, label: str) -> None:
    """Refuse a stock whose rows were counted on different days."""
    for _, part in records[records["as_at"].notna()].groupby(_PART):
        other = part.index[part["as_at"] != part["as_at"].iloc[0]]
        if len(other):
            message = (
                f"{label}: row {other[0]}, column 'as_at' says {part.loc[other[0], 'as_at']:%Y-%m-%d}, and row "
                f"{part.index[0]} of the same measure says {part['as_at'].iloc[0]:%Y-%m-%d}. Count it all on one day."
            )
            raise SourceError(message)


def check_totals(records: pd.DataFrame, label: str) -> None:
    """Refuse a breakdown without its total, or one that contradicts it.

    Categories that add up give the total where all are known, and never more. Of categories that overlap, as hate
    strands do, none exceeds the total, and all together are not below it: what has two counts in both, and once in
    the total. Categories of which each has a base of its own are not compared with it.
    """
    for _, part in records.groupby(_PART):
        totals = part[part["breakdown"] == TOTAL]
        if totals.empty:
            message = (
                f"{label}: row {part.index[0]} is a part of '{part['measure'].iloc[0]}' "
                f"({part['period'].iloc[0]}, {part['area_name'].iloc[0]}), whose total is nowhere. Add its row, with "
                f"the breakdown '{TOTAL}'."
            )
            raise SourceError(message)
        total = totals["value"].iloc[0]
        if pd.notna(total):
            for breakdown, rows in part[part["breakdown"] != TOTAL].groupby("breakdown"):
                _check_breakdown(rows, str(breakdown), total, f"{label}: row {totals.index[0]}")


def check_parts(records: pd.DataFrame, label: str) -> None:
    """Refuse a measure that exceeds the one it is a part of, where the file holds both."""
    wholes = {key: (row, value) for key, row, value in _list_values(records)}
    for (organisation, measure, *rest), row, value in _list_values(records):
        part_of = read_measures()[measure].part_of
        whole_row, whole = wholes.get((organisation, part_of, *rest), (0, value))
        if value > whole:
            message = (
                f"{label}: row {row}, column 'value' says {value:,.0f} for '{measure}', and row {whole_row} says "
                f"{whole:,.0f} for '{part_of}', of which it is a part. Check the two."
            )
            raise SourceError(message)


def _list_values(records: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], int, float]]:
    known = records[records["value"].notna()]
    keys = known[_KEY].itertuples(index=False, name=None)
    yield from zip(keys, known.index, known["value"], strict=True)


def _check_breakdown(rows: pd.DataFrame, breakdown: str, total: float, where: str) -> None:
    parts, values = read_parts()[breakdown], rows["value"].dropna()
    is_whole = len(values) == len(read_breakdowns()[breakdown])
    shown = f"the total {total:,.0f} of '{rows['measure'].iloc[0]}'"
    if parts is Parts.SEPARATE:
        return
    if (values > total).any():
        row = values.index[values > total][0]
        message = f"{where} has {shown}, and row {row} has {values[row]:,.0f} for a part of it. Check the two."
        raise SourceError(message)
    added = values.sum()
    is_too_many = parts is Parts.ADD_UP and added > total
    is_too_few = is_whole and added < total
    if is_too_many or is_too_few:
        how = "which add up to it" if parts is Parts.ADD_UP else "in one or more of which everything is"
        message = (
            f"{where} has {shown}, and the rows of its breakdown '{breakdown}', {how}, have {added:,.0f} together. "
            "Check them; what is not known is counted as unknown."
        )
        raise SourceError(message)
