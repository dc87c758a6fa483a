"""Partners' returns: what only the partners of a Community Safety Partnership hold, in one tidy template.

Council, fire service, domestic abuse services, MARAC, treatment providers and the force's analyst each fill in one
template a quarter (`readers.templates.write_template`), as CSV or as an Excel workbook:
`measure,period,as_at,area,breakdown,category,value,of,organisation,contact_role,completeness,note`. One row is one
number. What is asked of it, and what is done:

- The measures, their breakdowns and who returns them are tables of `reference/partner_returns/`.
- A stock (cases open on a day) has `as_at`, a flow (cases opened in a quarter) has none: they land in different tables
  and are never compared (`partner_returns_measures.check_same_kind`).
- Numbers are counts. A percentage is the count in `value` and its base in `of`, never a percentage.
- Nothing in `value` is "not returned"; `0` is none; `*`, `<5` and the like are suppressed, which is never a zero.
- Every breakdown comes with its total, and must agree with it; hate strands overlap and count once in the total.
- A later return of a measure, by an organisation, of a period and an area replaces the earlier one whole, breakdowns
  and all: a correction repeats all its rows. One that was left empty in all its rows, without a note, is not taken into
  the store and replaces nothing.
- Nobody's particulars: `contact_role` is from a list, and a file with what looks like a name with a date of birth, a
  postcode, an email address, an NHS or telephone number is refused with a message that does not repeat it.
- Formulas, macros, hidden rows and sheets, merged cells, percentages, serial numbers for dates and rows of totals are
  refused. Only what is certain is repaired (`partner_returns_cells`).
- Simulated returns say so in every row, in `organisation` (`Simulated Halton MARAC`) or in `note`.

The layout is the project's own: no partner's real return has been seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.partner_returns_measures import (
    Quantity,
    check_days,
    check_origin,
    check_parts,
    check_totals,
    check_twins,
)
from shp_analysis.readers.partner_returns_workbook import (
    COLUMNS,
    NOT_RETURNED,
    RETURNS_SHEET,
    Place,
    read_returns_sheet,
    read_row,
)
from shp_analysis.readers.personal_data import check_cells, check_headings, check_lines
from shp_analysis.readers.readers import Frequency, Reader, Records, RecordTable, SourceFile
from shp_analysis.readers.sheet_starts import read_sheet_starts
from shp_analysis.readers.strict_csv import check_lengths, read_headings, read_strict_csv, repair_encoding

SOURCE = "partner_returns"

MOST_ROWS = 5_000
"""A year's return of every measure has about a thousand."""
LARGEST_RETURN_BYTES = 5 << 20
"""A year's return of every measure is about 100 kB; a larger file is something else, or carries something else."""
TYPES: Mapping[str, str] = {
    **dict.fromkeys(("organisation", "measure", "kind", "period_kind", "period"), "str"),
    **dict.fromkeys(("period_start", "period_end", "as_at"), "datetime64[us]"),
    **dict.fromkeys(("area_code", "area_name", "breakdown", "category", "unit", "age_band", "sensitivity"), "str"),
    "value": "float64",
    "value_note": "str",
    "base": "float64",
    "base_note": "str",
    **dict.fromkeys(("completeness", "contact_role", "note"), "str"),
}
"""Columns of the records, with their types."""
_UNITS = ("organisation", "measure", "area_code")
_FREQUENCIES: Mapping[str, Frequency] = {
    "month": Frequency.MONTH,
    "quarter": Frequency.QUARTER,
    "year": Frequency.FINANCIAL_YEAR,
    "calendar year": Frequency.CALENDAR_YEAR,
}
STOCK_TABLE = f"{SOURCE}_{Quantity.STOCK.value}"
_MARKS = frozenset({"measure", "breakdown", "category", "completeness", "contact_role"})
"""No publisher's table has these headings; one that lost a few is still known."""
_ENOUGH_MARKS = 4
_NAME = ("partner-return", "partner_return", "partner return")
_UNREADABLE = frozenset({".xls", ".xlsm", ".xlsb", ".ods"})


def name_table(kind: str, frequency: str) -> str:
    """Name the table of a stock, or of a flow of some frequency."""
    return STOCK_TABLE if kind == Quantity.STOCK else f"{SOURCE}_{frequency.replace(' ', '_')}"


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    return tuple(
        SourceFile(SOURCE, member, COLUMNS, partial(_read_records, member)) for member in members if _is_return(member)
    )


def _is_return(member: Member) -> bool:
    suffix = member.path.suffix.lower()
    if _is_named_so(member.path):
        return suffix in {".csv", ".xlsx", *_UNREADABLE}
    if suffix == ".csv":
        return _has_marks(read_headings(member.read_start()))
    return any(_has_marks(row) for sheet in read_sheet_starts(member) for row in sheet.rows)


def _has_marks(headings: Sequence[str | None]) -> bool:
    return len({heading.strip().lower() for heading in headings if heading} & _MARKS) >= _ENOUGH_MARKS


def _is_named_so(path: PurePosixPath) -> bool:
    return any(name in path.name.lower() for name in _NAME)


def _read_records(member: Member) -> Iterator[Records]:
    records, is_simulated = read_file(member)
    records = _leave_out_silent_parts(records)
    tables = [name_table(*each) for each in zip(records["kind"], records["period_kind"], strict=True)]
    for name, frame in records.groupby(pd.Series(tables, index=records.index)):
        yield Records(str(name), frame.reset_index(drop=True), is_simulated)


def _leave_out_silent_parts(records: pd.DataFrame) -> pd.DataFrame:
    # A prepared row that was left empty must not replace the number of an earlier return.
    says = records["value"].notna() | (records["value_note"] != NOT_RETURNED) | records["note"].notna()
    return records[says.groupby([records[column] for column in (*_UNITS, "period")]).transform("any")]


def read_file(member: Member) -> tuple[pd.DataFrame, bool]:
    """Read one return, and say whether it says of itself that it was generated.

    Returns
    -------
    tuple of (pandas.DataFrame, bool)
        One row is one number: `organisation, measure, kind` (`stock` or `flow`)`, period_kind, period` (`2024-10`,
        `2024-25-Q3`, `2024-25`, `2024`)`, period_start, period_end, as_at` (of stocks)`, area_code, area_name,
        breakdown, category, unit, age_band, sensitivity, value` (a number, or missing)`, value_note` (why it is
        missing)`, base` (of what it is a part)`, base_note, completeness, contact_role, note`.

    Raises
    ------
    SourceError
        Where it is not as the template asks.
    """
    cells, label = _read_cells(member)
    cells = cells.dropna(how="all")
    _check_formulas(cells, label)
    check_cells(cells, COLUMNS, label)
    if cells["value"].isna().all():
        message = (
            f"{label}: no rows are filled in: the column 'value' is empty in all {len(cells):,} rows. Fill in the "
            "values, 0 where none was counted, and send the file again."
        )
        raise SourceError(message)
    rows = [
        read_row(dict(zip(COLUMNS, values, strict=True)), Place(label, int(row)))
        for row, *values in cells.astype(object).where(cells.notna(), None).itertuples(name=None)
    ]
    records = pd.DataFrame(rows, columns=list(TYPES), index=cells.index).astype(dict(TYPES))
    is_simulated = check_origin(records, label)
    for check in (check_twins, check_days, check_totals, check_parts):
        check(records, label)
    return records, is_simulated


def _read_cells(member: Member) -> tuple[pd.DataFrame, str]:
    label, suffix = member.label, member.path.suffix.lower()
    if member.size_bytes > LARGEST_RETURN_BYTES:
        message = (
            f"{label}: has {member.size_bytes:,} bytes, and a return has at most {LARGEST_RETURN_BYTES:,}. Copy the "
            "values into a new template, and send that."
        )
        raise SourceError(message)
    if suffix in _UNREADABLE:
        message = f"{label}: is a {suffix} file. Save it as an Excel workbook (xlsx) without macros, or as CSV."
        raise SourceError(message)
    if suffix == ".xlsx":
        cells = read_returns_sheet(member.read(), label)
        _check_rows(len(cells.dropna(how="all")), label)
        return cells, f"{label} > {RETURNS_SHEET}"
    content = member.read()
    check_lengths(content, label)
    _check_rows(content.count(b"\n"), label)
    content = repair_encoding(content, label)
    check_headings(sorted(set(read_headings(content)) - set(COLUMNS)), label)
    # Before anything is parsed, since a reader's message may quote the beginning of a row.
    check_lines(content.decode("utf-8-sig"), label)
    return read_strict_csv(content, {name: name for name in COLUMNS}, label, formulas=True), label


def _check_rows(rows: int, label: str) -> None:
    if rows > MOST_ROWS:
        message = f"{label}: has {rows:,} rows, and a return has at most {MOST_ROWS:,}. Send a year at a time."
        raise SourceError(message)


def _check_formulas(cells: pd.DataFrame, label: str) -> None:
    for column in COLUMNS:
        texts = cells[column].dropna()
        wrong = texts[texts.str.match(r"\s*(?:[=+@]|-\D)").astype(bool) & (texts.str.strip().str.len() > 1)]
        if len(wrong):
            row = wrong.index[0]
            message = (
                f"{label}: row {row}, column '{column}' begins with {wrong[row].strip()[0]!r}, which a spreadsheet "
                f"takes for a formula ({len(wrong):,} cells of the column do). Write plain numbers and words."
            )
            raise SourceError(message)


READER = Reader(
    source=SOURCE,
    publisher="Partners of the Community Safety Partnership",
    address="The partners' own data officers",
    licence="For the partnership alone; not published",
    tables=(
        *(
            RecordTable(name_table(Quantity.FLOW, name), frequency, "period", _UNITS)
            for name, frequency in _FREQUENCIES.items()
        ),
        RecordTable(STOCK_TABLE, Frequency.SNAPSHOT, "period", _UNITS),
    ),
    find_files=_find_files,
)
