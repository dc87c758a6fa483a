"""Office for National Statistics: populations by age, households, and deaths from drug poisoning.

Published under the Open Government Licence v3.0 at https://www.ons.gov.uk/. What the files do, and what is done:

- Deaths related to drug poisoning stand one row an area and one column a year, newest first, and come out one row an
  area and year. They are counted in the year they were registered in, after the inquest: about half happened earlier.
  The file is Windows-1252 text, and names may end in a space. England and Wales together hold deaths of non-residents.
- Mid-year populations are by single year of age up to 89 and then 90 and over, with or without sex: `ons_populations`.
- Counts of the LSOA file and of households are written `56000.0`; households are rounded to hundreds, and a name may
  carry a note (`Somerset West and Taunton [note 11]`), which is taken off.
- Weights of the Crime Severity Score are `ons_severity`, and which area lies in which is `ons_lookups`.
- Codes are those of the file's own year: authorities of 2021 in the households, LSOAs of 2011 in the populations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import RequestError, SourceError
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.ons_lookups import LOOKUPS, find_lookup, make_lookup, read_lookup
from shp_analysis.readers.ons_populations import (
    AREAS,
    LAST_HEADINGS,
    LSOAS,
    is_by_sex,
    make_authority_populations,
    make_lsoa_populations,
    read_local_authority_populations,
    read_lsoa_populations,
    read_populations_by_sex,
    read_years_by_sex,
)
from shp_analysis.readers.ons_tables import (
    SOURCE,
    YEAR,
    AgeBand,
    check_once,
    check_years,
    count_residents,
    lengthen,
    make_column,
    make_schema,
    parse_age_band,
    read_counts,
)
from shp_analysis.readers.readers import Frequency, Reader, Records, RecordTable, SourceFile, is_named_simulated
from shp_analysis.readers.sheet_starts import WORKBOOKS as STARTS
from shp_analysis.readers.sheet_starts import read_sheet_starts
from shp_analysis.readers.strict_csv import (
    SingleTable,
    check_records,
    find_single_table,
    read_headings,
    read_strict_csv,
    repair_encoding,
)
from shp_analysis.readers.strict_sheet import (
    WORKBOOKS,
    Sheet,
    find_headings,
    look_at_sheet,
    open_small_workbook,
    open_workbook,
    read_sheet,
    read_table,
)

COLUMNS: Mapping[str, str] = {
    "Offence code": "offence_code",
    "Offence description": "offence_description",
    "Weight": "severity_weight",
}
NOT_STATED = "not stated"
_LARGEST_BYTES = 1 << 20
"""A few hundred offences fill a small fraction of this."""
_CODE = r"(?!\d{4}-\d{2}-\d{2})(?!\d+\.0$)(?=.*[0-9]|[A-Z]{1,3}$)[0-9A-Z][0-9A-Z./-]{0,15}"
"""Homicide is one line of the list of offences and names four codes at once: `1/4.1/4.10/4.2`."""
_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")
_ADVICE = "Copy the weights again from the publisher's data tool, or use the file as published."


def read_severity_weights(path: Path) -> pd.DataFrame:
    """Read a table of severity weights.

    Parameters
    ----------
    path : Path
        A CSV or workbook, or a zip or folder that holds one.

    Returns
    -------
    pandas.DataFrame
        `offence_code, offence_description, severity_weight` (more than 0) and `weights_edition`, the year in the
        file's name or `"not stated"`. Scores made with weights of two editions do not compare.

    Raises
    ------
    SourceError
        Where there is no such table or more than one, a code is there twice or was damaged by a spreadsheet, or a
        weight is not positive.
    """
    with open_delivery(path) as members:
        files = [member for member in members if len(members) == 1 or is_of_weights(member)]
        if len(files) != 1:
            what = "no table" if not files else f"{len(files)} tables"
            message = f"{path}: holds {what} of severity weights ({', '.join(COLUMNS)}); one is read. Check the path."
            raise SourceError(message)
        return read_weights_file(files[0])


def is_of_weights(member: Member) -> bool:
    """Say whether a file is a table of weights, by its headings."""
    if member.path.suffix.lower() == ".csv":
        return len(COLUMNS.keys() & set(read_headings(member.read_start()))) > 1
    return member.size_bytes <= _LARGEST_BYTES and any(map(_is_ours, _look_at_sheets(member)))


def _look_at_sheets(member: Member) -> tuple[Sheet, ...]:
    if member.path.suffix.lower() in STARTS:
        return read_sheet_starts(member)
    workbook = open_small_workbook(member)
    return tuple(look_at_sheet(workbook, name) for name in workbook.sheet_names) if workbook else ()


def read_weights_file(member: Member) -> pd.DataFrame:
    """Read one file of a delivery, as `read_severity_weights` does."""
    frame, label = _read_cells(member)
    if frame.empty:
        raise SourceError(f"{label}: has headings and no rows. {_ADVICE}")
    frame = check_records(frame, _SCHEMA, label)
    weights = frame["severity_weight"].astype("float64")
    _refuse_first(frame, weights <= 0, label, "Weight", "severity_weight", "a number of more than 0")
    again = frame["offence_code"].duplicated()
    _refuse_first(frame, again, label, "Offence code", "offence_code", "each code once, and it is there already")
    year = _YEAR.search(member.path.name)
    edition = pd.Series(year[0] if year else NOT_STATED, index=frame.index, dtype="str")
    return frame.assign(severity_weight=weights, weights_edition=edition).reset_index(drop=True)


def _is_ours(sheet: Sheet) -> bool:
    return len(COLUMNS.keys() & set(find_headings(sheet, COLUMNS))) > 1


def _read_cells(member: Member) -> tuple[pd.DataFrame, str]:
    if member.path.suffix.lower() not in WORKBOOKS:
        return read_strict_csv(member.read(), COLUMNS, member.label), member.label
    workbook = open_workbook(member.read(), member.label)
    sheets = [read_sheet(workbook, name) for name in workbook.sheet_names]
    sheet = next((sheet for sheet in sheets if _is_ours(sheet)), sheets[0])
    return read_table(sheet, COLUMNS), sheet.label


def _refuse_first(frame: pd.DataFrame, wrong: pd.Series, label: str, heading: str, column: str, allowed: str) -> None:
    if wrong.any():
        row = frame.index[wrong][0]
        raise SourceError(
            f"{label}: row {row}, column '{heading}' says {frame.loc[row, column]!r}; allowed: {allowed}. {_ADVICE}"
        )


_SCHEMA = pa.DataFrameSchema(
    {
        "offence_code": make_column(
            "Offence code", _CODE, "a code like 8N, 104 or 4.10, which no spreadsheet made a number or a date of"
        ),
        "offence_description": make_column(
            "Offence description",
            r"(?!(?i:(?:grand )?totals?|all offences)$).*[A-Za-z].*",
            "an offence in words, and no total",
        ),
        "severity_weight": make_column(
            "Weight", r"\d+(\.\d+)?", "a number of more than 0, without thousands separators"
        ),
    },
    strict=True,
)


__all__ = [
    "ADDRESS",
    "LICENCE",
    "LOOKUPS",
    "PUBLISHER",
    "READER",
    "SOURCE",
    "AgeBand",
    "count_residents",
    "parse_age_band",
    "read_drug_poisoning_deaths",
    "read_households",
    "read_local_authority_populations",
    "read_lookup",
    "read_lsoa_populations",
    "read_populations_by_sex",
    "read_severity_weights",
]

PUBLISHER = "Office for National Statistics"
ADDRESS = "https://www.ons.gov.uk/"
LICENCE = "Open Government Licence v3.0"

CENSUS_YEAR = 2021
ENGLAND, REGIONS = "E92000001", r"E12\d{6}"
N_REGIONS = 9

_DEATHS = {"code": "area_code", "name": "area_name"}
_HOUSEHOLDS = {"ltla21_name": "local_authority_name", "ltla21_code": "local_authority_code", "households": "households"}
_FEWEST_MARKS = 3
_NOTE = r"\s*\[note \d+\]$"


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
    return _make_deaths(find_single_table(path, (*_DEATHS, "1993"), "deaths related to drug poisoning by area"))


def _make_deaths(table: SingleTable) -> pd.DataFrame:
    years = check_years([int(name) for name in table.headings if YEAR.fullmatch(name)], table.label)
    content = repair_encoding(table.content, table.label)
    written = {name: name for name in table.headings if YEAR.fullmatch(name)}
    frame = read_strict_csv(content, _DEATHS | written, table.label)
    frame = frame.assign(area_name=frame["area_name"].str.strip())
    frame = check_records(frame, make_schema(_DEATHS, list(map(str, years)), r"[EWK]\d{8}"), table.label)
    check_once(frame, ["area_code"], table.label)
    tidy = lengthen(frame, list(_DEATHS.values()), {str(year): year for year in years}, "registration_year")
    tidy = tidy.rename(columns={"count": "deaths_registered"})
    _check_regions(tidy, table.label)
    return tidy


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
    return _make_households(find_single_table(path, tuple(_HOUSEHOLDS), "households by local authority"))


def _make_households(table: SingleTable) -> pd.DataFrame:
    frame = read_strict_csv(table.content, _HOUSEHOLDS, table.label)
    frame["local_authority_name"] = frame["local_authority_name"].str.replace(_NOTE, "", regex=True)
    frame = check_records(frame, make_schema(_HOUSEHOLDS, ["households"], r"[EW]0\d{7}"), table.label)
    check_once(frame, ["local_authority_code"], table.label)
    count, _ = read_counts(frame["households"])
    return frame.assign(census_year=CENSUS_YEAR, households=count).reset_index(drop=True)[
        ["local_authority_code", "local_authority_name", "census_year", "households"]
    ]


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


def _read_tables(name: str, make: Callable[[SingleTable], pd.DataFrame], member: Member) -> Iterator[Records]:
    content = member.read()
    frame = make(SingleTable(member.label, member.path, read_headings(content), content))
    yield _make_records(name, frame, member)


def _read_by_sex(member: Member) -> Iterator[Records]:
    for frame in read_years_by_sex(member):
        yield _make_records("ons_populations_authority", frame, member)


def _read_weights(member: Member) -> Iterator[Records]:
    yield _make_records("ons_severity_weights", read_weights_file(member), member)


def _make_records(name: str, frame: pd.DataFrame, member: Member) -> Records:
    """Write the period and all other text as text."""
    texts = {column for column, dtype in frame.dtypes.items() if str(dtype) in {"object", "str"}}
    frame = frame.astype(dict.fromkeys([*texts, READER.table(name).period_column], "str"))
    return Records(name, frame, is_named_simulated(member))


def _make_lsoas(table: SingleTable) -> pd.DataFrame:
    try:
        return make_lsoa_populations(table)
    except RequestError as error:
        message = (
            f"{table.label}: the name does not say of which mid-year the residents are (like mid2020), nor does the "
            "table. Use the file as published, under its own name."
        )
        raise SourceError(message) from error


_MAKERS: tuple[tuple[frozenset[str], str, Callable[[SingleTable], pd.DataFrame]], ...] = (
    (frozenset(_DEATHS) | {"1993", "1994"}, "ons_drug_poisoning_deaths", _make_deaths),
    (
        frozenset(AREAS) | {"Age 0", "Age 1", LAST_HEADINGS["authorities"]},
        "ons_populations_authority",
        make_authority_populations,
    ),
    (frozenset(LSOAS) | {LAST_HEADINGS["lsoas"]}, "ons_populations_lsoa", _make_lsoas),
    (frozenset(_HOUSEHOLDS), "ons_households", _make_households),
)
"""Headings that tell each table, of which a damaged file may lack one."""


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    found = []
    for member in members:
        headings = read_headings(member.read_start()) if member.path.suffix.lower() == ".csv" else ()
        read = _find_csv_reader(headings, member)
        if read is None and is_by_sex(member):
            read = partial(_read_by_sex, member)
        if read is None and is_of_weights(member):
            read = partial(_read_weights, member)
        if read is not None:
            found.append(SourceFile(SOURCE, member, headings, read))
    return tuple(found)


def _find_csv_reader(headings: tuple[str, ...], member: Member) -> Callable[[], Iterator[Records]] | None:
    lookup = find_lookup(headings)
    if lookup:
        return partial(_read_tables, f"ons_lookup_{lookup}", partial(make_lookup, name=lookup), member)
    for marks, name, make in _MAKERS:
        if len(marks & set(headings)) >= max(len(marks) - 1, _FEWEST_MARKS):
            return partial(_read_tables, name, make, member)
    return None


READER = Reader(
    source=SOURCE,
    publisher=PUBLISHER,
    address=ADDRESS,
    licence=LICENCE,
    tables=(
        RecordTable("ons_drug_poisoning_deaths", Frequency.CALENDAR_YEAR, "registration_year"),
        RecordTable("ons_populations_authority", Frequency.SNAPSHOT, "mid_year"),
        RecordTable("ons_populations_lsoa", Frequency.SNAPSHOT, "mid_year"),
        RecordTable("ons_households", Frequency.SNAPSHOT, "census_year"),
        RecordTable("ons_severity_weights", Frequency.SNAPSHOT, "weights_edition"),
        *(RecordTable(f"ons_lookup_{name}", Frequency.SNAPSHOT, "edition") for name in LOOKUPS),
    ),
    find_files=_find_files,
)
"""None of these tables has a place for a word of its own: a simulated file is known by its name, `simulated-…`."""
