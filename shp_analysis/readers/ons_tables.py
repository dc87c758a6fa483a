"""Tables of the Office for National Statistics: what their cells may say, and one row for each year or age."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.readers import read_value_marks
from shp_analysis.readers.tables import Column

OLDEST_AGE = 90
"""The last column counts everyone of this age and over."""
ALL, FEMALE, MALE = "all", "female", "male"
"""What a population is of."""
SOURCE = "ons"
YEAR = re.compile(r"(19|20)\d{2}")
WHOLE = r"\d{1,9}(\.0)?"


def count_columns(names: Iterable[str]) -> tuple[Column, ...]:
    """Declare columns of counts under their own headings, in place of which a mark may stand."""
    marks = read_value_marks(SOURCE)
    pattern = f"({WHOLE}|{'|'.join(map(re.escape, marks))})"
    allowed = f"a whole number, or one of {' '.join(marks)}"
    return tuple(Column(name, (name,), pattern, allowed) for name in names)


def area_columns(code: str, columns: Mapping[str, str]) -> tuple[Column, ...]:
    """Declare the columns that say which area a row is of, and of which year.

    Parameters
    ----------
    code : str
        What a code is like.
    columns : mapping of str to str
        Headings with tidy names, which end in `_code`, `_name` or `_year`.
    """
    forms = {
        "code": (code, f"a code like {code}"),
        "name": (r"\S.*[A-Za-z].*", "the name of an area"),
        "year": (r"19[6-9]\d|20[0-4]\d", "a year like 2020"),
    }
    return tuple(Column(name, (heading,), *forms[name.rpartition("_")[2]]) for heading, name in columns.items())


def read_counts(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Turn cells into counts, missing where a mark stands, and the marks into their meaning."""
    marks = read_value_marks(SOURCE)
    counts = pd.to_numeric(cells.mask(cells.isin(marks)).astype("object")).astype("Int64")
    return counts, cells.map(marks).astype("str")


def lengthen(frame: pd.DataFrame, keys: list[str], headings: Mapping[str, int], name: str) -> pd.DataFrame:
    """Turn one column a year or age into one row each, areas in the order of the file."""
    order = sorted(headings, key=lambda heading: headings[heading])
    long = frame.assign(_place=range(len(frame))).melt([*keys, "_place"], order, var_name=name, value_name="cell")
    long[name] = long[name].map(headings).astype("int64")
    long = long.sort_values(["_place", name], kind="stable", ignore_index=True)
    count, note = read_counts(long["cell"])
    return long.assign(count=count, value_note=note)[[*keys, name, "count", "value_note"]]


def check_years(years: Sequence[int], label: str) -> list[int]:
    """Give the years of a table's headings in order, and refuse it where one is left out or there twice."""
    ordered = sorted(years)
    if list(years) not in (ordered, ordered[::-1]):
        message = (
            f"{label}: row 1: the years {', '.join(map(str, years))} do not stand in order. Whether columns or only "
            "headings were moved cannot be told: use the file as published."
        )
        raise SourceError(message)
    if not ordered or ordered != list(range(ordered[0], ordered[-1] + 1)):
        message = (
            f"{label}: row 1: the years are {ordered or 'missing'}; allowed: each year from the first to the last "
            "once. Use the file as published."
        )
        raise SourceError(message)
    return ordered
