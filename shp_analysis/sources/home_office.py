"""Home Office, police recorded crime open tables: offences by force or by community safety partnership and quarter.

Published under the Open Government Licence v3.0 at https://www.gov.uk/government/statistical-data-sets/
police-recorded-crime-and-outcomes-open-data-tables. A workbook (ods or xlsx) has one sheet a financial year, called
`2020_21`, and a sheet of notes; a CSV of the same columns is read too, also packed as gz. What the tables do, and what
is done:

- The two tables head their columns differently (`Police Force`, `Offence Count`; `Force Name`, `Number of Offences`)
  and write the quarter `Q1` and `1`. Copies have underscores, a bare index and a column `Policeuk_Cat`. All become one.
- Case differs between the tables (`Drug offences`, `Drug Offences`): groups, subgroups, offences and forces are written
  as the lists in `reference/home_office` write them. A group or force that is not listed is refused.
- A count may be below zero: the force took back more records of an earlier quarter than it made. It stays, and is not
  the -1 by which other publishers mean "missing".
- Homicide stands under four codes at once and has four rows; a crime total sums them.
- Partnerships are named and not coded. The code is looked up; a partnership merged since has none and keeps its name.
- `Unassigned` rows are crimes of the force that were given to no partnership, so that a partnership may look better
  than it is. They have no code, and `count_unassigned` says how many there are. `read_notes` gives the publisher's
  own words about such quarters.
- Fraud bodies and the British Transport Police stand among the forces: leave them out of a force's or a nation's crime.
- A force or quarter that is not there is missing and never zero (Greater Manchester, July 2019 to March 2020).
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.sources.code_tables import read_code_table
from shp_analysis.sources.deliveries import LARGEST_MEMBER_BYTES, Member, open_delivery
from shp_analysis.sources.home_office_checks import check_codes, check_copies, check_partnerships, check_years
from shp_analysis.sources.home_office_layout import (
    COLUMNS,
    OTHER_HEADINGS,
    SOURCE,
    UNASSIGNED,
    Kind,
    choose_columns,
    fold,
    fold_place,
    read_schema,
    read_spellings,
    read_value_notes,
)
from shp_analysis.sources.single_tables import read_headings
from shp_analysis.sources.strict_csv import check_records, read_strict_csv
from shp_analysis.sources.strict_sheet import find_headings, open_workbook, read_sheet, read_table

__all__ = [
    "ADDRESS",
    "COLUMNS",
    "LICENCE",
    "PUBLISHER",
    "SOURCE",
    "TIDY_COLUMNS",
    "UNASSIGNED",
    "Kind",
    "count_unassigned",
    "list_unplaced_partnerships",
    "read_notes",
    "read_recorded_crime_by_csp",
    "read_recorded_crime_by_force",
]

PUBLISHER = "Home Office"
ADDRESS = "https://www.gov.uk/government/statistical-data-sets/police-recorded-crime-and-outcomes-open-data-tables"
LICENCE = "Open Government Licence v3.0"

TIDY_COLUMNS = (
    "financial_year",
    "financial_quarter",
    "force_name",
    "csp_name",
    "csp_code",
    "offence_group",
    "offence_subgroup",
    "offence_description",
    "offence_code",
    "recorded_crimes",
    "value_note",
)
_CSV = (".csv", ".csv.gz")
_SHEETS = (".ods", ".xlsx", ".xls")
_YEAR_SHEET = re.compile(r"(?P<first>\d{4})[_-](?P<last>\d{2})")


@dataclass(frozen=True)
class _Table:
    """One table as text, with how messages name it and the year in its sheet's name."""

    label: str
    year: str | None
    frame: pd.DataFrame


def read_recorded_crime_by_csp(path: Path) -> pd.DataFrame:
    """Read the table of recorded crime by community safety partnership.

    Parameters
    ----------
    path : Path
        An ods, xlsx, csv or csv.gz file, or a zip or folder of them.

    Returns
    -------
    pandas.DataFrame
        One row is one offence of one partnership in one quarter, as published: `TIDY_COLUMNS`. `financial_quarter` is
        the label of a period, "2017-18 Q1". `recorded_crimes` is a whole number, below zero where records were taken
        back, missing where `value_note` says why. `csp_code` is missing for `Unassigned` and for partnerships of old.

    Raises
    ------
    SourceError
        Where any table is not what it says it is, or one year is there twice.
    """
    return _read_kind(path, Kind.BY_PARTNERSHIP)


def read_recorded_crime_by_force(path: Path) -> pd.DataFrame:
    """Read the table of recorded crime by police force.

    Returns
    -------
    pandas.DataFrame
        As `read_recorded_crime_by_csp`, with `csp_name` and `csp_code` missing throughout.

    Raises
    ------
    SourceError
        As `read_recorded_crime_by_csp`.
    """
    return _read_kind(path, Kind.BY_FORCE)


def count_unassigned(crimes: pd.DataFrame) -> pd.DataFrame:
    """Count the crimes that a force gave to no partnership, beside all it recorded.

    Parameters
    ----------
    crimes : pandas.DataFrame
        From `read_recorded_crime_by_csp`.

    Returns
    -------
    pandas.DataFrame
        One row a force and quarter: `force_name, financial_quarter, unassigned_crimes, recorded_crimes`. A sum is
        missing where any number in it is.
    """
    is_unassigned = crimes["csp_name"] == UNASSIGNED
    counted = crimes.assign(unassigned_crimes=crimes["recorded_crimes"].where(is_unassigned, 0))
    columns = ["unassigned_crimes", "recorded_crimes"]
    return counted.groupby(["force_name", "financial_quarter"], as_index=False)[columns].sum(skipna=False)


def list_unplaced_partnerships(crimes: pd.DataFrame) -> tuple[str, ...]:
    """List the partnerships that have no code today, in order; `Unassigned` is none of them."""
    is_unplaced = crimes["csp_code"].isna() & crimes["csp_name"].notna() & (crimes["csp_name"] != UNASSIGNED)
    return tuple(sorted(crimes.loc[is_unplaced, "csp_name"].unique()))


def read_notes(path: Path) -> pd.DataFrame:
    """Read what the publisher says in the sheets that hold no table.

    Returns
    -------
    pandas.DataFrame
        One row a filled row: `file_name, sheet_name, row, note`, the cells of a row parted by " | ".
    """
    notes: list[tuple[str, str, int, str]] = []
    with open_delivery(path) as members:
        for member in members:
            if member.path.name.lower().endswith(_SHEETS):
                notes += _list_notes(member)
    return pd.DataFrame(notes, columns=["file_name", "sheet_name", "row", "note"])


def _list_notes(member: Member) -> Iterator[tuple[str, str, int, str]]:
    workbook = open_workbook(member.read(), member.label)
    for name in workbook.sheet_names:
        if not _YEAR_SHEET.fullmatch(name):
            for number, row in enumerate(read_sheet(workbook, name).rows, start=1):
                if any(row):
                    yield member.path.name, name, number, " | ".join(cell for cell in row if cell)


def _read_kind(path: Path, kind: Kind) -> pd.DataFrame:
    with open_delivery(path) as members:
        tables = [table for member in members for table in _read_member(member, kind)]
    if not tables:
        message = (
            f"{path}: holds no table of recorded crime (ods, xlsx, csv or csv.gz with a sheet like 2020_21). Check the "
            f"path, or fetch the table from {ADDRESS}."
        )
        raise SourceError(message)
    frames = [_finish(table, kind) for table in tables]
    _check_years_once(tables, frames)
    return pd.concat(frames, ignore_index=True)


def _read_member(member: Member, kind: Kind) -> Iterator[_Table]:
    name = member.path.name.lower()
    if name.endswith(_CSV):
        content = _unpack(member) if name.endswith(".gz") else member.read()
        columns = choose_columns(read_headings(content), kind, member.label)
        yield _Table(member.label, None, read_strict_csv(content, columns, member.label))
    elif name.endswith(_SHEETS):
        yield from _read_sheets(member, kind)


def _read_sheets(member: Member, kind: Kind) -> Iterator[_Table]:
    workbook = open_workbook(member.read(), member.label)
    likely = {*COLUMNS[kind], *OTHER_HEADINGS}
    for name in workbook.sheet_names:
        sheet = read_sheet(workbook, name)
        year = _YEAR_SHEET.fullmatch(name)
        headings = find_headings(sheet, likely)
        if year:
            frame = read_table(sheet, choose_columns(headings, kind, sheet.label))
            yield _Table(sheet.label, f"{year['first']}-{year['last']}", frame)
        elif len(headings) >= len(COLUMNS[kind]):
            message = (
                f"{sheet.label}: holds a table, and its name is no financial year like 2020_21. Use the file as "
                "published."
            )
            raise SourceError(message)


def _unpack(member: Member) -> bytes:
    try:
        with gzip.open(io.BytesIO(member.read())) as file:
            content = file.read(LARGEST_MEMBER_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        message = f"{member.label}: is not a complete gz file ({error}). Fetch it again."
        raise SourceError(message) from error
    if len(content) > LARGEST_MEMBER_BYTES:
        message = f"{member.label}: would unpack to more than {LARGEST_MEMBER_BYTES:,} bytes. Do not use this file."
        raise SourceError(message)
    return content


def _finish(table: _Table, kind: Kind) -> pd.DataFrame:
    added = [str(column) for column in table.frame if str(column).startswith("added_")]
    frame = check_records(table.frame.drop(columns=added), read_schema(kind), table.label)
    if frame.empty:
        message = f"{table.label}: has headings and no rows. Fetch the file again."
        raise SourceError(message)
    frame = _spell(frame)
    check_years(frame, table.year, table.label)
    places = ["force_name"] if kind is Kind.BY_FORCE else ["force_name", "csp_name"]
    check_copies(frame, places, table.label)
    check_codes(frame, table.label)
    frame = _place(frame, table.label) if kind is Kind.BY_PARTNERSHIP else _without_place(frame)
    count = frame["count"]
    notes = read_value_notes()
    frame["recorded_crimes"] = count.mask(count.isin(notes)).astype("Int64")
    frame["value_note"] = count.map(notes).astype("str")
    return frame[list(TIDY_COLUMNS)]


def _spell(frame: pd.DataFrame) -> pd.DataFrame:
    """Write years, quarters and names one way."""
    years = frame["financial_year"].str.replace("/", "-")
    quarters = years + " Q" + frame["financial_quarter"].str.removeprefix("Q")
    return frame.assign(
        financial_year=years,
        financial_quarter=quarters,
        force_name=_respell(frame["force_name"], "forces.csv", "force_name"),
        offence_group=_respell(frame["offence_group"], "offence_subgroups.csv", "offence_group"),
        offence_subgroup=_respell(frame["offence_subgroup"], "offence_subgroups.csv", "offence_subgroup"),
        offence_description=_respell(frame["offence_description"], "offences.csv", "offence_description"),
    )


def _respell(names: pd.Series, table: str, column: str) -> pd.Series:
    spellings = read_spellings(table, column)
    return names.map({name: spellings.get(fold(name), name) for name in names.unique()}).astype("str")


def _place(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Look up each partnership's code, and put everything unassigned under one name."""
    names = frame["csp_name"]
    is_unassigned = names.map({name: fold(str(name)).startswith(fold(UNASSIGNED)) for name in names.unique()})
    found = {name: _partnerships().get(fold_place(str(name)), ("", "", "")) for name in names.unique()}
    codes, spellings, forces = (names.map({name: row[n] for name, row in found.items()}) for n in range(3))
    force_codes = {row["force_name"]: row["force_area_code"] for row in read_code_table(SOURCE, "forces.csv")}
    frame = frame.assign(
        csp_code=codes.mask(codes == "").astype("str"),
        csp_name=spellings.where(spellings != "", names).mask(is_unassigned.astype(bool), UNASSIGNED).astype("str"),
        csp_force_area_code=forces,
        force_area_code=frame["force_name"].map(force_codes),
    )
    check_partnerships(frame[frame["csp_name"] != UNASSIGNED], label)
    return frame


def _without_place(frame: pd.DataFrame) -> pd.DataFrame:
    nothing = pd.Series(pd.NA, index=frame.index, dtype="str")
    return frame.assign(csp_name=nothing, csp_code=nothing)


@cache
def _partnerships() -> dict[str, tuple[str, str, str]]:
    """Give every partnership's code, name and police force area by its folded name."""
    rows = read_code_table(".", "local_authorities.csv")
    return {fold_place(row["csp_name"]): (row["csp_code"], row["csp_name"], row["force_area_code"]) for row in rows}


def _check_years_once(tables: list[_Table], frames: list[pd.DataFrame]) -> None:
    seen: dict[str, str] = {}
    for table, frame in zip(tables, frames, strict=True):
        for quarter in frame["financial_quarter"].unique():
            twin = seen.setdefault(quarter, table.label)
            if twin != table.label:
                message = f"{table.label}: {quarter} is also in {twin}. Keep one of the two."
                raise SourceError(message)
