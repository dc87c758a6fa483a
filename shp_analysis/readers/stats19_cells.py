"""DfT road safety data: how one kept column is described, whatever it holds: text, a code of the data guide, a number.

What a cell may say is checked before anything is made of it, so that no word like "nan" becomes a blank and -1 never
becomes a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import pandas as pd
import pandera.pandas as pa

from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.strict_csv import is_like, read_numbers

SOURCE = "stats19"

MISSING = "-1"
"""The publisher's mark for "data missing or out of range", in numbers, codes and identifiers alike."""


class Vintage(IntEnum):
    """How a file is laid out, told by its identifier's headings; the value is the first year of that layout.

    Old years are published again under new headings, so this is not the year of the collisions. The file of 2023 that
    calls itself "accident" and has adjusted severities is laid out as of 2021.
    """

    ACCIDENT_INDEX = 1979
    ACCIDENT_REFERENCE = 2021
    COLLISION_REF_NO = 2024
    COLLISION_REFERENCE = 2025


@dataclass(frozen=True)
class Field:
    """One kept column.

    Attributes
    ----------
    name : str
        The tidy name.
    headings : tuple of str
        What the publisher has called it, in plain form; the first is what a message calls it.
    check : pandera.Check
        What a cell that is not missing may say, before anything is made of it.
    allowed : str
        The same in words.
    codes : mapping of str to str or None
        The label of every code, where the cells are codes.
    is_number : bool
        Becomes a float, which is missing where the cell is -1.
    is_key : bool
        Never missing.
    needed_since : Vintage or None
        A file of this layout or a later one must have it; None where no layout is held to it.
    in_provisional : bool
        Whether a mid-year file must have it too.
    """

    name: str
    headings: tuple[str, ...]
    check: pa.Check
    allowed: str
    codes: Mapping[str, str] | None = None
    is_number: bool = False
    is_key: bool = False
    needed_since: Vintage | None = Vintage.ACCIDENT_INDEX
    in_provisional: bool = True


def read_labels(table: str, field: str) -> dict[str, str]:
    """Read the labels of one coded field, as the data guide gives them; a code for "missing" has none.

    Parameters
    ----------
    table, field : str
        The data guide's words, such as `"casualty"` and `"casualty_severity"`.

    Returns
    -------
    dict of str to str
    """
    rows = read_code_table(SOURCE, "codes.csv")
    return {
        row["code"]: row["label"]
        for row in rows
        if row["table"] == table and row["field"] == field and row["code"] != MISSING
    }


def describe_text(
    name: str,
    *headings: str,
    like: str = r"\S.*",
    allowed: str = "some text",
    is_key: bool = False,
    since: Vintage | None = Vintage.ACCIDENT_INDEX,
) -> Field:
    """Describe a column of text or of identifiers; `like` is what a whole cell looks like."""
    # A key is never -1; anything else may be.
    pattern = like if is_key else f"{like}|{MISSING}"
    check = pa.Check(lambda cells: is_like(cells, pattern), name=f"is like {pattern}")
    return Field(name, headings or (name,), check, allowed, is_key=is_key, needed_since=since)


def describe_code(
    name: str,
    *headings: str,
    guide: tuple[str, str],
    is_key: bool = False,
    since: Vintage | None = Vintage.ACCIDENT_INDEX,
    in_provisional: bool = True,
) -> Field:
    """Describe a column of codes; `guide` is the table and field that the data guide lists them under."""
    labels = read_labels(*guide)
    codes = [*labels] if is_key else [*labels, MISSING]
    return Field(
        name,
        headings or (name,),
        pa.Check.isin(codes),
        "one of " + ", ".join(f"{code} ({labels.get(code, 'missing')})" for code in codes),
        codes=labels,
        is_key=is_key,
        needed_since=since,
        in_provisional=in_provisional,
    )


def describe_number(
    name: str,
    *headings: str,
    limits: tuple[float, float],
    unit: str,
    like: str = r"\d+",
    is_key: bool = False,
    since: Vintage | None = Vintage.ACCIDENT_INDEX,
    in_provisional: bool = True,
) -> Field:
    """Describe a column of numbers; `like` is how they are written."""

    def is_within(cells: pd.Series) -> pd.Series:
        within = read_numbers(cells, like).between(*limits)
        return within if is_key else within | (cells == MISSING)

    return Field(
        name,
        headings or (name,),
        pa.Check(is_within, name=f"is within {limits}"),
        f"{unit}, {limits[0]:g} to {limits[1]:g}" + ("" if is_key else f", or {MISSING} where it is missing"),
        is_number=True,
        is_key=is_key,
        needed_since=since,
        in_provisional=in_provisional,
    )
