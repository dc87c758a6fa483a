"""Office for National Statistics: populations by age, households, and deaths from drug poisoning.

Published under the Open Government Licence v3.0 at https://www.ons.gov.uk/. What the files do, and what is done:

- Deaths related to drug poisoning stand one row an area and one column a year, newest first, and come out one row an
  area and year. They are counted in the year they were registered in, after the inquest: about half happened earlier.
  The file is Windows-1252 text, and names may end in a space. England and Wales together hold deaths of non-residents.
- Mid-year populations are by single year of age up to 89 and then 90 and over. Before 2001 nobody over 84 was published
  so: `-`, which is missing and no zero. The estimates for 2012 to 2020 are those made before Census 2021.
- Counts of the LSOA file and of households are written `56000.0`; households are rounded to hundreds, and a name may
  carry a note (`Somerset West and Taunton [note 11]`), which is taken off.
- Codes are those of the file's own year: authorities of 2021 in the households, LSOAs of 2011 in the populations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import RequestError, SourceError
from shp_analysis.sources.code_tables import read_code_table
from shp_analysis.sources.ons_ages import OLDEST_AGE, AgeBand, count_residents, parse_age_band
from shp_analysis.sources.single_tables import SingleTable, find_single_table, repair_encoding
from shp_analysis.sources.strict_csv import check_records, read_strict_csv

__all__ = [
    "ADDRESS",
    "LICENCE",
    "PUBLISHER",
    "SOURCE",
    "AgeBand",
    "count_residents",
    "parse_age_band",
    "read_drug_poisoning_deaths",
    "read_households",
    "read_local_authority_populations",
    "read_lsoa_populations",
]

SOURCE = "ons"
PUBLISHER = "Office for National Statistics"
ADDRESS = "https://www.ons.gov.uk/"
LICENCE = "Open Government Licence v3.0"

CENSUS_YEAR = 2021
ENGLAND, REGIONS = "E92000001", r"E12\d{6}"
N_REGIONS = 9

_DEATHS = {"code": "area_code", "name": "area_name"}
_AREAS = {"code": "area_code", "name": "area_name", "year": "mid_year"}
_LSOAS = {"lsoa11_code": "area_code", "lsoa11_name": "area_name", "total_population": "residents_of_all_ages"}
_HOUSEHOLDS = {"ltla21_code": "local_authority_code", "ltla21_name": "local_authority_name", "households": "households"}
_LAST_HEADINGS = {"authorities": f"Aged {OLDEST_AGE}+", "lsoas": f"{OLDEST_AGE}+"}

_YEAR = re.compile(r"(19|20)\d{2}")
_MID_YEAR_IN_NAME = re.compile(r"mid-?(?P<year>20\d{2})", re.IGNORECASE)
_NOTE = r"\s*\[note \d+\]$"
_WHOLE = r"\d{1,9}(\.0)?"


def read_drug_poisoning_deaths(path: Path) -> pd.DataFrame:
    """Read deaths related to drug poisoning by area and year of registration.

    Parameters
    ----------
    path : Path
        The CSV, or a zip or folder that holds it.

    Returns
    -------
    pandas.DataFrame
        One row an area and year, the earliest year first: `area_code, area_name, registration_year, deaths_registered,
        value_note`. Areas are authorities, counties, regions and nations together: choose by code.

    Raises
    ------
    SourceError
        Where the table is not what it says it is, a year is left out, or the regions do not sum to England.
    """
    table = find_single_table(path, ("code", "name", "1993"), "deaths related to drug poisoning by area")
    years = _check_years(table)
    content = repair_encoding(table.content, table.label)
    frame = read_strict_csv(content, _DEATHS | {str(year): str(year) for year in years}, table.label)
    frame = frame.assign(area_name=frame["area_name"].str.strip())
    check_records(frame, _schema(_DEATHS, list(map(str, years)), r"[EWK]\d{8}"), table.label)
    _check_once(frame, ["area_code"], table.label)
    tidy = _lengthen(frame, list(_DEATHS.values()), {str(year): year for year in years}, "registration_year")
    tidy = tidy.rename(columns={"count": "deaths_registered"})
    _check_regions(tidy, table.label)
    return tidy


def read_local_authority_populations(path: Path) -> pd.DataFrame:
    """Read mid-year residents of local authorities by single year of age.

    Returns
    -------
    pandas.DataFrame
        One row an area, year and age: `area_code, area_name, mid_year, age_years, residents, value_note`. `age_years`
        of 90 is everyone of 90 and over. `residents` is missing where the publisher gives `-`.

    Raises
    ------
    SourceError
        Where the table is not what it says it is, or an area and year are there twice.
    """
    last = _LAST_HEADINGS["authorities"]
    table = find_single_table(path, (*_AREAS, last), "mid-year populations by local authority")
    ages = {f"Age {age}": age for age in range(OLDEST_AGE)} | {last: OLDEST_AGE}
    frame = read_strict_csv(table.content, _AREAS | {heading: heading for heading in ages}, table.label)
    check_records(frame, _schema(_AREAS, list(ages), r"[EWNSK]\d{8}"), table.label)
    _check_once(frame, ["area_code", "mid_year"], table.label)
    frame = frame.assign(mid_year=frame["mid_year"].astype("int64"))
    return _lengthen(frame, list(_AREAS.values()), ages, "age_years").rename(columns={"count": "residents"})


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
    last = _LAST_HEADINGS["lsoas"]
    table = find_single_table(path, (*_LSOAS, last), "mid-year populations by LSOA")
    named = _MID_YEAR_IN_NAME.search(table.path.name)
    if mid_year is None and named is None:
        message = f"{table.label}: the name does not say of which mid-year (like mid2020). Give `mid_year`."
        raise RequestError(message)
    ages = {str(age): age for age in range(OLDEST_AGE)} | {last: OLDEST_AGE}
    frame = read_strict_csv(table.content, _LSOAS | {heading: heading for heading in ages}, table.label)
    check_records(frame, _schema(_LSOAS, ["residents_of_all_ages", *ages], r"[EW]01\d{6}"), table.label)
    _check_once(frame, ["area_code"], table.label)
    _check_total(frame, list(ages), table.label)
    frame = frame.assign(mid_year=mid_year or int(named["year"] if named else 0))
    return _lengthen(frame, ["area_code", "area_name", "mid_year"], ages, "age_years").rename(
        columns={"count": "residents"}
    )


def read_households(path: Path) -> pd.DataFrame:
    """Read the households of Census 2021 by local authority of that year.

    Returns
    -------
    pandas.DataFrame
        `local_authority_code, local_authority_name, census_year, households`, rounded to hundreds by the publisher.

    Raises
    ------
    SourceError
        Where the table is not what it says it is.
    """
    table = find_single_table(path, tuple(_HOUSEHOLDS), "households by local authority")
    frame = read_strict_csv(table.content, _HOUSEHOLDS, table.label)
    frame["local_authority_name"] = frame["local_authority_name"].str.replace(_NOTE, "", regex=True)
    check_records(frame, _schema(_HOUSEHOLDS, ["households"], r"[EW]0\d{7}"), table.label)
    _check_once(frame, ["local_authority_code"], table.label)
    count, _ = _read_counts(frame["households"])
    return frame.assign(census_year=CENSUS_YEAR, households=count).reset_index(drop=True)[
        ["local_authority_code", "local_authority_name", "census_year", "households"]
    ]


def _marks() -> Mapping[str, str]:
    return {row["mark"]: row["value_note"] for row in read_code_table(SOURCE, "value_marks.csv")}


def _schema(names: Mapping[str, str], counts: list[str], code: str) -> pa.DataFrameSchema:
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
    marks = _marks()
    count = f"({_WHOLE}|{'|'.join(map(re.escape, marks))})"
    headings = {tidy: heading for heading, tidy in names.items()}
    allowed = f"a whole number, or one of {' '.join(marks)}"
    columns = {name: _text(headings.get(name, name), count, allowed) for name in counts}
    for name in headings.keys() - columns.keys():
        kind = name.rpartition("_")[2]
        pattern, allowed = {
            "code": (code, f"a code like {code}"),
            "name": (r"\S.*[A-Za-z].*", "the name of an area"),
            "year": (_YEAR.pattern, "a year like 2020"),
        }[kind]
        columns[name] = _text(headings[name], pattern, allowed)
    return pa.DataFrameSchema(columns, strict=True)


def _text(title: str, pattern: str, allowed: str) -> pa.Column:
    check = pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}")
    return pa.Column(str, check, title=title, description=allowed)


def _read_counts(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Turn cells into counts, missing where a mark stands, and the marks into their meaning."""
    marks = _marks()
    counts = pd.to_numeric(cells.mask(cells.isin(marks)).astype("object")).astype("Int64")
    return counts, cells.map(marks).astype("str")


def _lengthen(frame: pd.DataFrame, keys: list[str], headings: Mapping[str, int], name: str) -> pd.DataFrame:
    """Turn one column a year or age into one row each, areas in the order of the file."""
    order = sorted(headings, key=lambda heading: headings[heading])
    long = frame.assign(_place=range(len(frame))).melt([*keys, "_place"], order, var_name=name, value_name="cell")
    long[name] = long[name].map(headings).astype("int64")
    long = long.sort_values(["_place", name], kind="stable", ignore_index=True)
    count, note = _read_counts(long["cell"])
    return long.assign(count=count, value_note=note)[[*keys, name, "count", "value_note"]]


def _check_years(table: SingleTable) -> list[int]:
    years = sorted(int(heading) for heading in table.headings if _YEAR.fullmatch(heading))
    wanted = list(range(min(years, default=0), max(years, default=0) + 1))
    if years != wanted or not years:
        message = (
            f"{table.label}: row 1: the years are {years or 'missing'}; allowed: each year from the first to the last "
            "once. Use the file as published."
        )
        raise SourceError(message)
    return years


def _check_once(frame: pd.DataFrame, keys: list[str], label: str) -> None:
    again = frame.index[frame.duplicated(keys)]
    if len(again):
        what = " and ".join(repr(frame.loc[again[0], key]) for key in keys)
        message = (
            f"{label}: row {again[0]}: {what} is there already ({len(again):,} of {len(frame):,} rows are so). Use the "
            "file as published."
        )
        raise SourceError(message)


def _check_total(frame: pd.DataFrame, ages: list[str], label: str) -> None:
    total, _ = _read_counts(frame["residents_of_all_ages"])
    summed = frame[ages].apply(lambda cells: _read_counts(cells)[0]).sum(axis=1, skipna=False)
    wrong = frame.index[(total != summed).fillna(False)]
    if len(wrong):
        message = (
            f"{label}: row {wrong[0]}, column 'total_population' says {total[wrong[0]]:,} and the ages sum to "
            f"{summed[wrong[0]]:,} ({len(wrong):,} of {len(frame):,} rows are so). Use the file as published."
        )
        raise SourceError(message)


def _check_regions(deaths: pd.DataFrame, label: str) -> None:
    # In a table cut to some areas there is nothing to compare.
    regions = deaths[deaths["area_code"].str.fullmatch(REGIONS)]
    england = deaths[deaths["area_code"] == ENGLAND].set_index("registration_year")["deaths_registered"]
    if regions["area_code"].nunique() != N_REGIONS or england.empty:
        return
    summed = regions.groupby("registration_year")["deaths_registered"].sum(skipna=False)
    wrong = england.index[(england != summed).fillna(False)]
    if len(wrong):
        year = wrong[0]
        message = (
            f"{label}: column '{year}' says {england[year]:,} for England, and its regions sum to {summed[year]:,}. "
            "Cells were probably moved. Use the file as published."
        )
        raise SourceError(message)
