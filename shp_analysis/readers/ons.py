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
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.ons_lookups import LOOKUPS, find_lookup, read_lookup
from shp_analysis.readers.ons_populations import (
    AREAS,
    LAST_HEADINGS,
    LSOAS,
    is_by_sex,
    read_authorities,
    read_lsoas,
    read_years_by_sex,
)
from shp_analysis.readers.ons_tables import (
    SOURCE,
    YEAR,
    area_columns,
    check_years,
    count_columns,
    lengthen,
    read_counts,
)
from shp_analysis.readers.readers import Frequency, Reader, Records, RecordTable, SourceFile, is_named_simulated
from shp_analysis.readers.sheet_starts import WORKBOOKS as STARTS
from shp_analysis.readers.sheet_starts import read_sheet_starts
from shp_analysis.readers.strict_csv import read_headings, read_strict_csv, repair_encoding
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
from shp_analysis.readers.tables import Column, Table, refuse_cell

NOT_STATED = "not stated"
_LARGEST_BYTES = 1 << 20
"""A few hundred offences fill a small fraction of this."""
_CODE = r"(?!\d{4}-\d{2}-\d{2})(?!\d+\.0$)(?=.*[0-9]|[A-Z]{1,3}$)[0-9A-Z][0-9A-Z./-]{0,15}"
"""Homicide is one line of the list of offences and names four codes at once: `1/4.1/4.10/4.2`."""
_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")
_ADVICE = "Copy the weights again from the publisher's data tool, or use the file as published."


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


def _read_weights_file(member: Member) -> pd.DataFrame:
    frame, label = _read_cells(member)
    frame = _WEIGHTS.finish(frame, COLUMNS, label)
    refuse_cell(
        frame,
        frame["offence_code"].duplicated(),
        "offence_code",
        label,
        "each code once, and it is there already",
        heading="Offence code",
        advice=_ADVICE,
    )
    year = _YEAR.search(member.path.name)
    edition = pd.Series(year[0] if year else NOT_STATED, index=frame.index, dtype="str")
    return frame.assign(weights_edition=edition).reset_index(drop=True)


def _is_ours(sheet: Sheet) -> bool:
    return len(COLUMNS.keys() & set(find_headings(sheet, COLUMNS))) > 1


def _read_cells(member: Member) -> tuple[pd.DataFrame, str]:
    if member.path.suffix.lower() not in WORKBOOKS:
        return read_strict_csv(member.read(), COLUMNS, member.label), member.label
    workbook = open_workbook(member.read(), member.label)
    sheets = [read_sheet(workbook, name) for name in workbook.sheet_names]
    sheet = next((sheet for sheet in sheets if _is_ours(sheet)), sheets[0])
    return read_table(sheet, COLUMNS), sheet.label


_WEIGHTS = Table(
    (
        Column(
            "offence_code",
            ("Offence code",),
            _CODE,
            "a code like 8N, 104 or 4.10, which no spreadsheet made a number or a date of",
        ),
        Column(
            "offence_description",
            ("Offence description",),
            r"(?!(?i:(?:grand )?totals?|all offences)$).*[A-Za-z].*",
            "an offence in words, and no total",
        ),
        Column(
            "severity_weight",
            ("Weight",),
            r"(?=.*[1-9])\d+(\.\d+)?",
            "a number of more than 0, without thousands separators",
            "float64",
        ),
    )
)
COLUMNS = _WEIGHTS.match(())

CENSUS_YEAR = 2021
ENGLAND, REGIONS = "E92000001", r"E12\d{6}"
N_REGIONS = 9

_DEATHS = {"code": "area_code", "name": "area_name"}
_HOUSEHOLDS = {"ltla21_name": "local_authority_name", "ltla21_code": "local_authority_code"}
_HOUSEHOLD_TABLE = Table(
    (*area_columns(r"[EW]0\d{7}", _HOUSEHOLDS), *count_columns(["households"])), key=("local_authority_code",)
)
_FEWEST_MARKS = 3
_NOTE = r"\s*\[note \d+\]$"


def _read_deaths(member: Member) -> pd.DataFrame:
    content, label = member.read(), member.label
    written = [name for name in read_headings(content) if YEAR.fullmatch(name)]
    years = check_years(list(map(int, written)), label)
    table = Table((*area_columns(r"[EWK]\d{8}", _DEATHS), *count_columns(written)), key=("area_code",))
    frame = table.read_content(repair_encoding(content, label), label)
    tidy = lengthen(frame, list(_DEATHS.values()), {str(year): year for year in years}, "registration_year")
    tidy = tidy.rename(columns={"count": "deaths_registered"})
    _check_regions(tidy, label)
    return tidy


def _read_households(member: Member) -> pd.DataFrame:
    frame = _HOUSEHOLD_TABLE.read_content(member.read(), member.label)
    count, _ = read_counts(frame["households"])
    names = frame["local_authority_name"].str.replace(_NOTE, "", regex=True)
    frame = frame.assign(local_authority_name=names, census_year=CENSUS_YEAR, households=count)
    return frame.reset_index(drop=True)[["local_authority_code", "local_authority_name", "census_year", "households"]]


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


def _read_table(name: str, read: Callable[[Member], pd.DataFrame], member: Member) -> Iterator[Records]:
    yield _make_records(name, read(member), member)


def _read_by_sex(member: Member) -> Iterator[Records]:
    for frame in read_years_by_sex(member):
        yield _make_records("ons_populations_authority", frame, member)


def _make_records(name: str, frame: pd.DataFrame, member: Member) -> Records:
    """Write the period and all other text as text."""
    texts = {column for column, dtype in frame.dtypes.items() if str(dtype) in {"object", "str"}}
    frame = frame.astype(dict.fromkeys([*texts, READER.table(name).period_column], "str"))
    return Records(name, frame, is_named_simulated(member))


_TABLES: tuple[tuple[frozenset[str], str, Callable[[Member], pd.DataFrame]], ...] = (
    (frozenset(_DEATHS) | {"1993", "1994"}, "ons_drug_poisoning_deaths", _read_deaths),
    (
        frozenset(AREAS) | {"Age 0", "Age 1", LAST_HEADINGS["authorities"]},
        "ons_populations_authority",
        read_authorities,
    ),
    (frozenset(LSOAS) | {"total_population", LAST_HEADINGS["lsoas"]}, "ons_populations_lsoa", read_lsoas),
    (frozenset(_HOUSEHOLDS) | {"households"}, "ons_households", _read_households),
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
            read = partial(_read_table, "ons_severity_weights", _read_weights_file, member)
        if read is not None:
            found.append(SourceFile(SOURCE, member, headings, read))
    return tuple(found)


def _find_csv_reader(headings: tuple[str, ...], member: Member) -> Callable[[], Iterator[Records]] | None:
    lookup = find_lookup(headings)
    if lookup:
        return partial(_read_table, f"ons_lookup_{lookup}", partial(read_lookup, name=lookup), member)
    for marks, name, read in _TABLES:
        if len(marks & set(headings)) >= max(len(marks) - 1, _FEWEST_MARKS):
            return partial(_read_table, name, read, member)
    return None


READER = Reader(
    source=SOURCE,
    publisher="Office for National Statistics",
    address="https://www.ons.gov.uk/",
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
