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
- A row that is a total is held against its parts and left out; one that its parts do not make up is refused.

Beside them stand tables of outcomes (`home_office_outcomes`), of knives, firearms and hate crime (`home_office_flags`)
and of stop and search (`home_office_stops`), all by force; `read_open_table` reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.home_office_checks import check_quarters_once
from shp_analysis.readers.home_office_crime import TIDY_COLUMNS, is_year_sheet, read_crime
from shp_analysis.readers.home_office_flags import FIREARMS, HATE_CRIME, KNIFE
from shp_analysis.readers.home_office_layout import COLUMNS, SOURCE, UNASSIGNED, Kind
from shp_analysis.readers.home_office_open import OpenTable
from shp_analysis.readers.home_office_outcomes import OUTCOMES
from shp_analysis.readers.home_office_recognise import TABLES, find_home_office_files
from shp_analysis.readers.home_office_stops import STOP_AND_SEARCH
from shp_analysis.readers.readers import Reader, SourceFile
from shp_analysis.readers.strict_sheet import open_workbook, read_sheet
from shp_analysis.readers.table_files import SHEETS

__all__ = [
    "ADDRESS",
    "COLUMNS",
    "FIREARMS",
    "HATE_CRIME",
    "KNIFE",
    "LICENCE",
    "OUTCOMES",
    "PUBLISHER",
    "READER",
    "SOURCE",
    "STOP_AND_SEARCH",
    "TIDY_COLUMNS",
    "UNASSIGNED",
    "Kind",
    "count_unassigned",
    "list_unplaced_partnerships",
    "read_notes",
    "read_open_table",
    "read_recorded_crime_by_csp",
    "read_recorded_crime_by_force",
]

PUBLISHER = "Home Office"
ADDRESS = "https://www.gov.uk/government/statistical-data-sets/police-recorded-crime-and-outcomes-open-data-tables"
LICENCE = "Open Government Licence v3.0"


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
            if member.path.name.lower().endswith(SHEETS):
                notes += _list_notes(member)
    return pd.DataFrame(notes, columns=["file_name", "sheet_name", "row", "note"])


def _list_notes(member: Member) -> Iterator[tuple[str, str, int, str]]:
    workbook = open_workbook(member.read(), member.label)
    for name in workbook.sheet_names:
        if not is_year_sheet(name):
            for number, row in enumerate(read_sheet(workbook, name).rows, start=1):
                if any(row):
                    yield member.path.name, name, number, " | ".join(cell for cell in row if cell)


def read_open_table(path: Path, table: OpenTable) -> pd.DataFrame:
    """Read one of the tables beside recorded crime: `OUTCOMES`, `KNIFE`, `FIREARMS`, `HATE_CRIME`, `STOP_AND_SEARCH`.

    Parameters
    ----------
    path : Path
        An ods, xlsx, csv or csv.gz file, or a zip or folder of them; files of other tables are passed over.
    table : OpenTable

    Returns
    -------
    pandas.DataFrame
        As the table's own module describes it.

    Raises
    ------
    SourceError
        Where no file holds the table, any is not what it says it is, or two hold the same part.
    """
    with open_delivery(path) as members:
        own = [file for file in find_home_office_files(members) if file.table == table.record.name]
        frames = [frame for file in own for frame in file.read_frames()]
    if not frames:
        message = f"{path}: holds no table of {table.record.name}. Check the path, or fetch the table from {ADDRESS}."
        raise SourceError(message)
    return pd.concat(frames, ignore_index=True)


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    return tuple(SourceFile(SOURCE, file.member, file.headings, file.read) for file in find_home_office_files(members))


def _read_kind(path: Path, kind: Kind) -> pd.DataFrame:
    frames = []
    seen: dict[str, str] = {}
    with open_delivery(path) as members:
        for member in members:
            for label, frame in read_crime(member, kind):
                check_quarters_once(frame["financial_quarter"], label, seen)
                frames.append(frame)
    if not frames:
        message = (
            f"{path}: holds no table of recorded crime (ods, xlsx, csv or csv.gz with a sheet like 2020_21). Check the "
            f"path, or fetch the table from {ADDRESS}."
        )
        raise SourceError(message)
    return pd.concat(frames, ignore_index=True)


READER = Reader(
    source=SOURCE,
    publisher=PUBLISHER,
    address=ADDRESS,
    licence=LICENCE,
    tables=TABLES,
    find_files=_find_files,
)
