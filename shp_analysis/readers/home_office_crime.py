"""Home Office, police recorded crime: from a published table's cells to tidy records, a financial year at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.home_office_checks import (
    check_codes,
    check_copies,
    check_numbers,
    check_once,
    check_partnerships,
    check_quarters_once,
    check_years,
)
from shp_analysis.readers.home_office_layout import (
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
from shp_analysis.readers.home_office_totals import take_out_totals
from shp_analysis.readers.strict_csv import check_records
from shp_analysis.readers.strict_sheet import Sheet, find_headings
from shp_analysis.readers.table_files import Columns, Table, read_tables

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
_SUMMED = ("financial_quarter", "offence_group", "offence_subgroup", "offence_description", "offence_code")
_YEAR_SHEET = re.compile(r"(?P<first>\d{4})[_-](?P<last>\d{2})")


def read_crime(member: Member, kind: Kind) -> Iterator[tuple[str, pd.DataFrame]]:
    """Read every table of recorded crime of a file, a financial year at a time.

    Parameters
    ----------
    member : Member
    kind : Kind

    Yields
    ------
    tuple of (str, pandas.DataFrame)
        How messages name the table, and its records, as `home_office.read_recorded_crime_by_csp` describes them.

    Raises
    ------
    SourceError
        Where a table is not what it says it is, or a quarter is in two of a file's tables.
    """
    seen: dict[str, str] = {}
    tables = read_tables(
        member,
        lambda headings, label: choose_columns(headings, kind, label),
        lambda sheet, name: _choose_sheet(sheet, name, kind),
    )
    for table in tables:
        frame = _finish(table, kind)
        check_quarters_once(frame["financial_quarter"], table.label, seen)
        yield table.label, frame


def is_year_sheet(name: str) -> bool:
    """Say whether a sheet's name is a financial year's, such as 2020_21."""
    return bool(_YEAR_SHEET.fullmatch(name))


def _choose_sheet(sheet: Sheet, name: str, kind: Kind) -> Columns | None:
    headings = find_headings(sheet, {*COLUMNS[kind], *OTHER_HEADINGS})
    if is_year_sheet(name):
        return choose_columns(headings, kind, sheet.label)
    if len(headings) >= len(COLUMNS[kind]):
        message = (
            f"{sheet.label}: holds a table, and its name is no financial year like 2020_21. Use the file as published."
        )
        raise SourceError(message)
    return None


def _name_year(table: Table) -> str | None:
    year = _YEAR_SHEET.fullmatch(table.name)
    return f"{year['first']}-{year['last']}" if year else None


def _finish(table: Table, kind: Kind) -> pd.DataFrame:
    added = [str(column) for column in table.frame if str(column).startswith("added_")]
    places = ["force_name"] if kind is Kind.BY_FORCE else ["force_name", "csp_name"]
    frame = table.frame.drop(columns=added)
    frame = take_out_totals(frame, ["financial_year", *places, *_SUMMED], ["count"], table.label)
    frame = check_records(frame, read_schema(kind), table.label)
    if frame.empty:
        message = f"{table.label}: has headings and no rows. Fetch the file again."
        raise SourceError(message)
    frame = _spell(frame)
    check_years(frame, _name_year(table), table.label)
    check_copies(frame, places, table.label)
    check_once(frame, places, table.label)
    check_numbers(frame["count"], table.label)
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
