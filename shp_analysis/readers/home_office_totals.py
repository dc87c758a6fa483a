"""Home Office open data: rows that are the sum of others, held against their parts and then left out.

The open tables have no such rows as they are published; copies and older releases do, and every sum over them would
count twice. A written total that its parts do not make up says that rows are missing or were changed.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.home_office_layout import fold

_TOTALS = ("total", "totals", "grand total", "all", "all forces", "all offences", "all outcomes", "england and wales")
_BEGINNING = "total "
_ADVICE = "Use the file as published."


def is_total(name: object) -> bool:
    """Say whether a cell names a sum of others: `Total`, `TOTAL recorded crime`, `England and Wales`."""
    folded = fold(name) if isinstance(name, str) else ""
    return folded in _TOTALS or folded.startswith(_BEGINNING)


def take_out_totals(
    frame: pd.DataFrame, keys: Sequence[str], counts: Sequence[str], label: str, *, some: pd.Series | None = None
) -> pd.DataFrame:
    """Hold the rows that are totals against the rows they add up, and leave them out.

    Parameters
    ----------
    frame : pandas.DataFrame
        Text, indexed by spreadsheet row.
    keys : sequence of str
        The columns that say what a row counts. In a total's row one or more of them say so, and those that are empty
        there are added up too.
    counts : sequence of str
        Columns of numbers; a cell that is no number is not compared.
    label : str
        How messages name the file.
    some : pandas.Series, optional
        True for rows that a total may be of alone, such as those of forces that police an area: England and Wales is
        published with and without the British Transport Police.

    Returns
    -------
    pandas.DataFrame
        The rows that are no totals.

    Raises
    ------
    SourceError
        Where a total is not the sum of its parts, or has none.
    """
    said = pd.DataFrame({key: frame[key].map({name: is_total(name) for name in frame[key].unique()}) for key in keys})
    is_sum = said.astype(bool).any(axis=1)
    if not is_sum.any():
        return frame
    parts = frame[~is_sum]
    numbers = {count: pd.to_numeric(frame[count], errors="coerce") for count in counts}
    for row in frame.index[is_sum]:
        fixed = [key for key in keys if not said.loc[row, key] and pd.notna(frame.loc[row, key])]
        own = parts.index[(parts[fixed] == frame.loc[row, fixed]).all(axis=1)]
        for count in counts:
            _compare(row, own, numbers[count], some, _describe(frame.loc[row, fixed]), label)
    return parts


def _compare(row: int, own: pd.Index, numbers: pd.Series, some: pd.Series | None, what: str, label: str) -> None:
    written, values = numbers[row], numbers[own]
    if not len(own):
        message = f"{label}: row {row} is a total{what}, and no row is a part of it. {_ADVICE}"
        raise SourceError(message)
    sums = [values.sum()] if some is None else [values.sum(), values[some[own]].sum()]
    if pd.notna(written) and values.notna().all() and written not in sums:
        message = (
            f"{label}: row {row} is a total{what} and says {written:,.0f}, and its {len(own):,} parts add up to "
            f"{sums[0]:,.0f}. Rows are missing or were changed. {_ADVICE}"
        )
        raise SourceError(message)


def _describe(fixed: pd.Series) -> str:
    words = ", ".join(str(value) for value in fixed)
    return f" of {words}" if words else ""
