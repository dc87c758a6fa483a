"""Office for National Statistics: what the cells of its tables may say, and columns turned into rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.readers.code_tables import read_code_table

SOURCE = "ons"
YEAR = re.compile(r"(19|20)\d{2}")
WHOLE = r"\d{1,9}(\.0)?"


def read_marks() -> Mapping[str, str]:
    """Give what may stand in place of a count, with its meaning."""
    return {row["mark"]: row["value_note"] for row in read_code_table(SOURCE, "value_marks.csv")}


def make_schema(names: Mapping[str, str], counts: list[str], code: str) -> pa.DataFrameSchema:
    """Make a schema: a code, a name, perhaps a year, and columns of counts.

    Parameters
    ----------
    names : mapping of str to str
        Headings with tidy names.
    counts : list of str
        Tidy names of the columns of counts.
    code : str
        What a code is like.
    """
    marks = read_marks()
    count = f"({WHOLE}|{'|'.join(map(re.escape, marks))})"
    headings = {tidy: heading for heading, tidy in names.items()}
    allowed = f"a whole number, or one of {' '.join(marks)}"
    columns = {name: make_column(headings.get(name, name), count, allowed) for name in counts}
    for name in headings.keys() - columns.keys():
        kind = name.rpartition("_")[2]
        pattern, allowed = {
            "code": (code, f"a code like {code}"),
            "name": (r"\S.*[A-Za-z].*", "the name of an area"),
            "year": (r"19[6-9]\d|20[0-4]\d", "a year like 2020"),
        }[kind]
        columns[name] = make_column(headings[name], pattern, allowed)
    return pa.DataFrameSchema(columns, strict=True)


def make_column(title: str, pattern: str, allowed: str) -> pa.Column:
    """Make a column of text of one form; `title` is the publisher's heading."""
    check = pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}")
    return pa.Column(str, check, title=title, description=allowed)


def read_counts(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Turn cells into counts, missing where a mark stands, and the marks into their meaning."""
    marks = read_marks()
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


def check_once(frame: pd.DataFrame, keys: list[str], label: str) -> None:
    """Refuse two rows of one key."""
    again = frame.index[frame.duplicated(keys)]
    if len(again):
        what = " and ".join(repr(frame.loc[again[0], key]) for key in keys)
        message = (
            f"{label}: row {again[0]}: {what} is there already ({len(again):,} of {len(frame):,} rows are so). Use the "
            "file as published."
        )
        raise SourceError(message)


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
