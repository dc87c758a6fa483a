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
from itertools import product
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import RequestError, SourceError
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.ons_tables import (
    ALL,
    FEMALE,
    MALE,
    OLDEST_AGE,
    SOURCE,
    WHOLE,
    check_once,
    check_years,
    lengthen,
    make_column,
    make_schema,
    read_counts,
)
from shp_analysis.readers.readers import read_code_table
from shp_analysis.readers.strict_csv import (
    SingleTable,
    check_records,
    find_single_table,
    read_headings,
    read_strict_csv,
)
from shp_analysis.readers.strict_sheet import (
    WORKBOOKS,
    find_headings,
    open_small_workbook,
    open_workbook,
    read_sheet,
    read_table,
)

AREAS = {"name": "area_name", "code": "area_code", "year": "mid_year"}
LSOAS = {"lsoa11_name": "area_name", "lsoa11_code": "area_code", "total_population": "residents_of_all_ages"}
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
_KEY_BY_SEX = ["area_code", "sex", "age_years"]


def read_local_authority_populations(path: Path) -> pd.DataFrame:
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
    marks = (*AREAS, LAST_HEADINGS["authorities"])
    return make_authority_populations(find_single_table(path, marks, "mid-year populations by local authority"))


def make_authority_populations(table: SingleTable) -> pd.DataFrame:
    """Read a table that was found, as `read_local_authority_populations` does."""
    last = LAST_HEADINGS["authorities"]
    ages = {f"Age {age}": age for age in range(OLDEST_AGE)} | {last: OLDEST_AGE}
    frame = read_strict_csv(table.content, AREAS | {heading: heading for heading in ages}, table.label)
    frame = check_records(frame, make_schema(AREAS, list(ages), r"[EWNSK]\d{8}"), table.label)
    check_once(frame, ["area_code", "mid_year"], table.label)
    frame = frame.assign(mid_year=frame["mid_year"].astype("int64"))
    long = lengthen(frame, ["area_code", "area_name", "mid_year"], ages, "age_years").rename(
        columns={"count": "residents"}
    )
    long.insert(3, "sex", pd.Series(ALL, index=long.index, dtype="str"))
    return long


def read_lsoa_populations(path: Path, mid_year: int | None = None) -> pd.DataFrame:
    """Read residents of LSOAs (of 2011) by single year of age.

    Parameters
    ----------
    path : Path
    mid_year : int, optional
        The year they were counted in; by default the one in the file's name (`population_mid2020_…`), for the table
        itself does not say.

    Returns
    -------
    pandas.DataFrame
        As `read_local_authority_populations`.

    Raises
    ------
    SourceError
        Also where the ages of an LSOA do not sum to its total.
    RequestError
        Where the file's name holds no year and none is given.
    """
    table = find_single_table(path, (*LSOAS, LAST_HEADINGS["lsoas"]), "mid-year populations by LSOA")
    return make_lsoa_populations(table, mid_year)


def make_lsoa_populations(table: SingleTable, mid_year: int | None = None) -> pd.DataFrame:
    """Read a table that was found, as `read_lsoa_populations` does."""
    named = _MID_YEAR_IN_NAME.search(table.path.name)
    if mid_year is None and named is None:
        message = f"{table.label}: the name does not say of which mid-year (like mid2020). Give `mid_year`."
        raise RequestError(message)
    last = LAST_HEADINGS["lsoas"]
    ages = {str(age): age for age in range(OLDEST_AGE)} | {last: OLDEST_AGE}
    frame = read_strict_csv(table.content, LSOAS | {heading: heading for heading in ages}, table.label)
    frame = check_records(frame, make_schema(LSOAS, ["residents_of_all_ages", *ages], r"[EW]01\d{6}"), table.label)
    check_once(frame, ["area_code"], table.label)
    _check_total(frame, list(ages), table.label)
    frame = frame.assign(mid_year=mid_year or int(named["year"] if named else 0))
    return lengthen(frame, ["area_code", "area_name", "mid_year"], ages, "age_years").rename(
        columns={"count": "residents"}
    )


def _check_total(frame: pd.DataFrame, ages: list[str], label: str) -> None:
    total, _ = read_counts(frame["residents_of_all_ages"])
    summed = frame[ages].apply(lambda cells: read_counts(cells)[0]).sum(axis=1, skipna=False)
    wrong = frame.index[(total != summed).fillna(False)]
    if len(wrong):
        message = (
            f"{label}: row {wrong[0]}, column 'total_population' says {total[wrong[0]]:,} and the ages sum to "
            f"{summed[wrong[0]]:,} ({len(wrong):,} of {len(frame):,} rows are so). Use the file as published."
        )
        raise SourceError(message)


def read_populations_by_sex(path: Path) -> pd.DataFrame:
    """Read mid-year residents of local authorities by sex and single year of age, mid-2011 onwards.

    Parameters
    ----------
    path : Path
        The workbook with the sheet `MYEB1`, a CSV of it, or a zip or folder that holds one of them.

    Returns
    -------
    pandas.DataFrame
        As `read_local_authority_populations`, with `sex` `"female"` or `"male"`.

    Raises
    ------
    SourceError
        Where there is no such file, an age or sex of an area is missing or there twice, or a cell is not allowed.
    """
    with open_delivery(path) as members:
        files = [member for member in members if len(members) == 1 or is_by_sex(member)]
        if len(files) != 1:
            what = "no file" if not files else f"{len(files)} files"
            message = f"{path}: holds {what} of mid-year populations by sex and age; one is read. Check the path."
            raise SourceError(message)
        return pd.concat(read_years_by_sex(files[0]), ignore_index=True)


def is_by_sex(member: Member) -> bool:
    """Say whether a file is of populations by sex and age, by its headings or its sheets."""
    if member.path.suffix.lower() == ".csv":
        return any(_are_by_sex(read_headings(line)) for line in member.read_start().split(b"\n")[: _MOST_TITLES + 1])
    workbook = open_small_workbook(member)
    return workbook is not None and any(name.upper().startswith(SHEET_BY_SEX) for name in workbook.sheet_names)


def read_years_by_sex(member: Member) -> Iterator[pd.DataFrame]:
    """Read a file of populations by sex and age, a mid-year at a time."""
    frame, years, label = _read_wide(member)
    if frame.empty:
        raise SourceError(f"{label}: has headings and no rows. Fetch the file again.")
    schema = _make_schema_by_sex(list(years))
    frame = check_records(frame, schema, label)
    sexes = {row["published"]: row["sex"] for row in read_code_table(SOURCE, "sexes.csv")}
    ages = frame["age_years"].str.rstrip("+").astype("int64")
    frame = frame.assign(sex=frame["sex"].map(sexes).astype("str"), age_years=ages)
    check_once(frame, _KEY_BY_SEX, label)
    _check_whole(frame, label)
    for heading, year in sorted(years.items(), key=lambda pair: pair[1]):
        residents, notes = read_counts(frame[heading])
        mid_year = pd.Series(year, index=frame.index, dtype="int64")
        columns = frame[["area_code", "area_name"]].assign(mid_year=mid_year, sex=frame["sex"], age_years=ages)
        yield columns.assign(residents=residents, value_note=notes).reset_index(drop=True)


def _are_by_sex(headings: tuple[str, ...]) -> bool:
    return set(MARKS_BY_SEX) <= set(headings) and any(map(_YEAR_HEADING.fullmatch, headings))


def _read_wide(member: Member) -> tuple[pd.DataFrame, dict[str, int], str]:
    """Read the cells as text, with the headings of the years and the label of what was read."""
    content = member.read()
    if member.path.suffix.lower() in WORKBOOKS:
        workbook = open_workbook(content, member.label)
        name = next((name for name in workbook.sheet_names if name.upper().startswith(SHEET_BY_SEX)), SHEET_BY_SEX)
        sheet = read_sheet(workbook, name)
        columns, years = _match_headings(find_headings(sheet, MARKS_BY_SEX), sheet.label)
        return read_table(sheet, columns), years, sheet.label
    lines = content.split(b"\n", _MOST_TITLES + 1)
    titles = next((n for n, line in enumerate(lines[:-1]) if _are_by_sex(read_headings(line))), 0)
    columns, years = _match_headings(read_headings(lines[titles]), member.label)
    frame = read_strict_csv(b"\n".join(lines[titles:]), columns, member.label)
    frame.index = frame.index + titles
    return frame, years, member.label


def _match_headings(headings: tuple[str, ...], label: str) -> tuple[dict[str, str], dict[str, int]]:
    code = next(filter(_CODE_HEADING.fullmatch, headings), "ladcode23")
    name = next(filter(_NAME_HEADING.fullmatch, headings), "laname23")
    years = {heading: int(found[1]) for heading in headings if (found := _YEAR_HEADING.fullmatch(heading))}
    ordered = check_years(list(years.values()), label)
    if list(years.values()) != ordered:
        message = f"{label}: row 1: the years run backwards. Headings were probably moved: use the file as published."
        raise SourceError(message)
    columns = {code: "area_code", name: "area_name", "country": "country", "sex": "sex", "age": "age_years"}
    return columns | {heading: heading for heading in years}, years


def _make_schema_by_sex(years: list[str]) -> pa.DataFrameSchema:
    sexes = "|".join(row["published"] for row in read_code_table(SOURCE, "sexes.csv"))
    age = rf"\d|[1-8]\d|{OLDEST_AGE}\+?"
    columns = {
        "area_code": make_column("ladcode", r"[EWSN]\d{8}", "a code like E06000006"),
        "area_name": make_column("laname", r"\S.*[A-Za-z].*", "the name of an authority"),
        "country": make_column("country", "[EWSN]", "one of E, W, S, N"),
        "sex": make_column("sex", sexes, f"one of {sexes.replace('|', ', ')}"),
        "age_years": make_column("age", age, f"an age from 0 to {OLDEST_AGE}"),
    }
    figures = {year: make_column(year, WHOLE, "a whole number") for year in years}
    return pa.DataFrameSchema(columns | figures, strict=True)


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
