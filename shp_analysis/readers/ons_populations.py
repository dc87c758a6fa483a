"""Office for National Statistics: mid-year residents of authorities and LSOAs by single year of age, and by sex.

- The older table has one column an age and no sex; residents of it are of the sex `all`. Before 2001 nobody over 84 was
  published so: `-`, which is missing and no zero. Its estimates for 2012 to 2020 are those made before Census 2021.
- The newer one (`MYEB1`, mid-2011 onwards, made again after the census) has one row an area, sex and age, and one
  column a year. It is read from the workbook's sheet and from a CSV of it, with or without the title above. No file of
  it was at hand: the layout is that of others' programs that read it, and the sexes are known as f and m, F and M, or 1
  and 2 (men first).
- Estimates of the two tables for one year differ. Take a rate's residents from one of them, and say which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.ons_tables import (
    ALL,
    FEMALE,
    MALE,
    OLDEST_AGE,
    SOURCE,
    WHOLE,
    area_columns,
    check_years,
    count_columns,
    lengthen,
    read_counts,
)
from shp_analysis.readers.readers import read_code_table
from shp_analysis.readers.strict_csv import read_headings, read_strict_csv
from shp_analysis.readers.strict_sheet import (
    WORKBOOKS,
    find_headings,
    open_small_workbook,
    open_workbook,
    read_sheet,
    read_table,
)
from shp_analysis.readers.tables import Column, Table, check_once, refuse_first

AREAS = {"name": "area_name", "code": "area_code", "year": "mid_year"}
LSOAS = {"lsoa11_name": "area_name", "lsoa11_code": "area_code"}
_ALL_AGES = "residents_of_all_ages"
LAST_HEADINGS = {"authorities": f"Aged {OLDEST_AGE}+", "lsoas": f"{OLDEST_AGE}+"}
SHEET_BY_SEX = "MYEB1"
MARKS_BY_SEX = ("country", "sex", "age")
"""Headings of the table by sex that no other table of the office has together."""

_MID_YEAR_IN_NAME = re.compile(r"mid-?(?P<year>20\d{2})", re.IGNORECASE)
_CODE_HEADING = re.compile(r"ladcode\d{2}", re.IGNORECASE)
_NAME_HEADING = re.compile(r"laname\d{2}", re.IGNORECASE)
_YEAR_HEADING = re.compile(r"population_((?:19|20)\d{2})", re.IGNORECASE)
_MOST_TITLES = 3
"""Lines of title that may stand above a CSV's headings."""


_AGES = {f"Age {age}": age for age in range(OLDEST_AGE)} | {LAST_HEADINGS["authorities"]: OLDEST_AGE}
_LSOA_AGES = {str(age): age for age in range(OLDEST_AGE)} | {LAST_HEADINGS["lsoas"]: OLDEST_AGE}
AUTHORITIES = Table((*area_columns(r"[EWNSK]\d{8}", AREAS), *count_columns(_AGES)), key=("area_code", "mid_year"))
_LSOA_TABLE = Table(
    (
        *area_columns(r"[EW]01\d{6}", LSOAS),
        replace(count_columns([_ALL_AGES])[0], headings=("total_population",)),
        *count_columns(_LSOA_AGES),
    ),
    key=("area_code",),
)


def read_authorities(member: Member) -> pd.DataFrame:
    """Read mid-year residents of local authorities by single year of age.

    Returns
    -------
    pandas.DataFrame
        One row an area, year and age: `area_code, area_name, mid_year, sex` (always `"all"`)`, age_years, residents,
        value_note`. `age_years` of 90 is everyone of 90 and over. `residents` is missing where the publisher gives `-`.

    Raises
    ------
    SourceError
        Where the table is not what it says it is, or an area and year are there twice.
    """
    frame = AUTHORITIES.read_content(member.read(), member.label)
    frame = frame.assign(mid_year=frame["mid_year"].astype("int64"))
    long = lengthen(frame, ["area_code", "area_name", "mid_year"], _AGES, "age_years")
    long.insert(3, "sex", pd.Series(ALL, index=long.index, dtype="str"))
    return long.rename(columns={"count": "residents"})


def read_lsoas(member: Member) -> pd.DataFrame:
    """Read residents of LSOAs (of 2011) by single year of age, in the year that the file's name says.

    Returns
    -------
    pandas.DataFrame
        As `read_authorities`.

    Raises
    ------
    SourceError
        Also where the ages of an LSOA do not sum to its total, or the name (`population_mid2020_…`) says no year.
    """
    named = _MID_YEAR_IN_NAME.search(member.path.name)
    if named is None:
        message = (
            f"{member.label}: the name does not say of which mid-year the residents are (like mid2020), nor does the "
            "table. Use the file as published, under its own name."
        )
        raise SourceError(message)
    frame = _LSOA_TABLE.read_content(member.read(), member.label)
    _check_total(frame, member.label)
    frame = frame.assign(mid_year=int(named["year"]))
    long = lengthen(frame, ["area_code", "area_name", "mid_year"], _LSOA_AGES, "age_years")
    return long.rename(columns={"count": "residents"})


def _check_total(frame: pd.DataFrame, label: str) -> None:
    total, _ = read_counts(frame[_ALL_AGES])
    summed = frame[list(_LSOA_AGES)].apply(lambda cells: read_counts(cells)[0]).sum(axis=1, skipna=False)
    refuse_first(
        frame,
        total != summed,
        label,
        lambda row, count: (
            f", column 'total_population' says {total[row]:,} and the ages sum to {summed[row]:,} ({count:,} of "
            f"{len(frame):,} rows are so)"
        ),
    )


def is_by_sex(member: Member) -> bool:
    """Say whether a file is of populations by sex and age, by its headings or its sheets."""
    if member.path.suffix.lower() == ".csv":
        return any(_are_by_sex(read_headings(line)) for line in member.read_start().split(b"\n")[: _MOST_TITLES + 1])
    workbook = open_small_workbook(member)
    return workbook is not None and any(name.upper().startswith(SHEET_BY_SEX) for name in workbook.sheet_names)


def read_years_by_sex(member: Member) -> Iterator[pd.DataFrame]:
    """Read a file of populations by sex and age, a mid-year at a time."""
    frame, years, label = _read_wide(member)
    sexes = {row["published"]: row["sex"] for row in read_code_table(SOURCE, "sexes.csv")}
    ages = frame["age_years"].str.rstrip("+").astype("int64")
    frame = frame.assign(sex=frame["sex"].map(sexes).astype("str"), age_years=ages)
    check_once(frame, ["area_code", "sex", "age_years"], label)
    _check_whole(frame, label)
    for heading, year in sorted(years.items(), key=lambda pair: pair[1]):
        residents, notes = read_counts(frame[heading])
        mid_year = pd.Series(year, index=frame.index, dtype="int64")
        columns = frame[["area_code", "area_name"]].assign(mid_year=mid_year, sex=frame["sex"], age_years=ages)
        yield columns.assign(residents=residents, value_note=notes).reset_index(drop=True)


def _are_by_sex(headings: tuple[str, ...]) -> bool:
    return set(MARKS_BY_SEX) <= set(headings) and any(map(_YEAR_HEADING.fullmatch, headings))


def _read_wide(member: Member) -> tuple[pd.DataFrame, dict[str, int], str]:
    """Read the checked cells as text, with the headings of the years and the label of what was read."""
    content = member.read()
    if member.path.suffix.lower() in WORKBOOKS:
        workbook = open_workbook(content, member.label)
        name = next((name for name in workbook.sheet_names if name.upper().startswith(SHEET_BY_SEX)), SHEET_BY_SEX)
        sheet = read_sheet(workbook, name)
        table, years = _declare_by_sex(headings := find_headings(sheet, MARKS_BY_SEX), sheet.label)
        columns = table.match(headings)
        return table.finish(read_table(sheet, columns), columns, sheet.label), years, sheet.label
    lines = content.split(b"\n", _MOST_TITLES + 1)
    titles = next((n for n, line in enumerate(lines[:-1]) if _are_by_sex(read_headings(line))), 0)
    table, years = _declare_by_sex(headings := read_headings(lines[titles]), member.label)
    columns = table.match(headings)
    frame = read_strict_csv(b"\n".join(lines[titles:]), columns, member.label)
    frame.index = frame.index + titles
    return table.finish(frame, columns, member.label), years, member.label


def _declare_by_sex(headings: tuple[str, ...], label: str) -> tuple[Table, dict[str, int]]:
    """Declare the table with the years of its headings."""
    years = {heading: int(found[1]) for heading in headings if (found := _YEAR_HEADING.fullmatch(heading))}
    ordered = check_years(list(years.values()), label)
    if list(years.values()) != ordered:
        message = f"{label}: row 1: the years run backwards. Headings were probably moved: use the file as published."
        raise SourceError(message)
    code = next(filter(_CODE_HEADING.fullmatch, headings), "ladcode23")
    name = next(filter(_NAME_HEADING.fullmatch, headings), "laname23")
    sexes = [row["published"] for row in read_code_table(SOURCE, "sexes.csv")]
    columns = (
        Column("area_code", (code,), r"[EWSN]\d{8}", "a code like E06000006"),
        Column("area_name", (name,), r"\S.*[A-Za-z].*", "the name of an authority"),
        Column("country", ("country",), "[EWSN]", "one of E, W, S, N"),
        Column("sex", ("sex",), "|".join(sexes), f"one of {', '.join(sexes)}"),
        Column("age_years", ("age",), rf"\d|[1-8]\d|{OLDEST_AGE}\+?", f"an age from 0 to {OLDEST_AGE}"),
    )
    return Table((*columns, *(Column(year, (year,), WHOLE, "a whole number") for year in years))), years


def _check_whole(frame: pd.DataFrame, label: str) -> None:
    """Refuse a table in which an area lacks an age or a sex: its residents would be too few without a word."""
    rows = set(zip(frame["area_code"], frame["sex"], frame["age_years"], strict=True))
    wanted = product(frame["area_code"].unique(), (FEMALE, MALE), range(OLDEST_AGE + 1))
    missing = [key for key in wanted if key not in rows]
    if missing:
        code, sex, age = missing[0]
        message = (
            f"{label}: {code} has no row for sex {sex!r} and age {age} ({len(missing):,} rows are missing in all). The "
            "file was probably cut short: fetch it again."
        )
        raise SourceError(message)
