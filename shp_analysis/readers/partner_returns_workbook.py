"""A partner's workbook: what a spreadsheet can hide, and the one sheet that is read.

A reader of values does not see that a row is hidden, a cell shows 12% and holds 0.12, or a second sheet came along.
Whatever could make the file say another thing than its reader sees, or carry what nobody looks at, is refused. Every
row below the headings is read, whatever empty rows stand between them.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd

from shp_analysis.errors import PeriodError, RequestError, SourceError, suggest
from shp_analysis.readers.partner_returns_measures import (
    ALL,
    FOLDER,
    PERIOD_KINDS,
    TOTAL,
    PartnerMeasure,
    Quantity,
    is_returned_by,
    list_codes,
    read_breakdowns,
    read_measures,
    read_organisations,
)
from shp_analysis.readers.personal_data import check_texts
from shp_analysis.readers.readers import SIMULATED_MARK, read_code_table
from shp_analysis.readers.sheet_marks import name_cell
from shp_analysis.readers.strict_sheet import Sheet, open_workbook, read_sheet, read_table
from shp_analysis.readers.strict_sheet import Workbook as OpenedWorkbook
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Month, Period, Quarter

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


COLUMNS = (
    *("measure", "period", "as_at", "area", "breakdown", "category", "value", "of"),
    *("organisation", "contact_role", "completeness", "note"),
)
"""The headings of a return, in the order of the template."""
NOT_RETURNED = "not returned"
PARTIAL = "partial"
DAYS_AFTER_END = 14
"""A stock is counted within its period, or at most so many days after it."""
MOST_VALUES_LISTED = 8
_WHOLE = re.compile(r"\d{1,9}")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3}){1,2}")
_DECIMAL = re.compile(r"\d{1,6}(?:\.\d{1,2})?")
_FIRST_OF_MONTH = re.compile(r"(\d{4}-\d{2})-01")
_SHORT_MONTH = re.compile(r"([A-Z][a-z]{2})-(\d{2})")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "})

Cells = Mapping[str, str | None]
Number = tuple[float | None, str | None]
"""A value, or the reason why it is missing."""


@dataclass(frozen=True)
class Place:
    """Where a row stands, for messages."""

    label: str
    row: int

    def refuse(self, column: str, value: str | None, allowed: str, near: str = "") -> SourceError:
        """Make the refusal of one cell."""
        says = "nothing" if value is None else repr(value[:80])
        hint = f" {near}" if near else ""
        return SourceError(f"{self.label}: row {self.row}, column '{column}' says {says}; allowed: {allowed}.{hint}")


def read_row(cells: Cells, place: Place) -> dict[str, object]:
    """Read one row of a return.

    Parameters
    ----------
    cells : mapping of str to str or None
        The text under each of `COLUMNS`.
    place : Place

    Returns
    -------
    dict
        The columns of the tidy records.

    Raises
    ------
    SourceError
        Naming row, column, value and what was allowed.
    """
    measure = _read_measure(cells["measure"], place)
    organisation = _read_organisation(cells["organisation"], measure, place)
    period = _read_period(cells["period"], measure, place)
    area = _read_area(cells["area"], place)
    breakdown, category = _read_category(cells, measure, place)
    value, value_note = _read_number(cells["value"], "value", measure, place)
    base, base_note = _read_base(cells["of"], measure, value, place)
    is_returned = value_note != NOT_RETURNED
    return {
        "organisation": organisation,
        "measure": measure.id,
        "kind": measure.kind.value,
        "period_kind": measure.frequency,
        "period": name_period(period),
        "period_start": period.start,
        "period_end": period.end,
        "as_at": _read_as_at(cells["as_at"], measure, period, place, is_needed=is_returned),
        "area_code": area[0],
        "area_name": area[1],
        "breakdown": breakdown,
        "category": category,
        "unit": measure.unit,
        "age_band": measure.age_band,
        "sensitivity": measure.sensitivity.value,
        "value": value,
        "value_note": value_note,
        "base": base,
        "base_note": base_note,
        "completeness": _read_completeness(cells, place, is_needed=is_returned),
        "contact_role": _read_role(cells["contact_role"], place, is_needed=is_returned),
        "note": clean(cells["note"]),
    }


def clean(cell: str | None) -> str | None:
    """Straighten quotation marks and spaces; nothing where nothing is left."""
    return " ".join(cell.translate(_QUOTES).split()) or None if cell else None


def name_period(period: Period) -> str:
    """Write a period as the records do: 2024-10, 2024-25-Q3, 2024-25, 2024."""
    return period.slug if isinstance(period, Month | Quarter) else period.label


@cache
def _marks() -> Mapping[str, str]:
    return {row["mark"].casefold(): row["value_note"] for row in read_code_table(FOLDER, "value_marks.csv")}


def _choose(cell: str | None, column: str, allowed: Iterable[str], place: Place) -> str:
    words = list(allowed)
    by_plain = {word.casefold(): word for word in words}
    text = clean(cell)
    if text and text.casefold() in by_plain:
        return by_plain[text.casefold()]
    if len(words) > MOST_VALUES_LISTED:
        listed = f"one of the {len(words)} in the template's list, such as {', '.join(words[:3])}"
    else:
        listed = f"one of {', '.join(words)}" if len(words) > 1 else words[0]
    raise place.refuse(column, text, listed, suggest(text, words) if text else "")


def _read_measure(cell: str | None, place: Place) -> PartnerMeasure:
    text = (clean(cell) or "").casefold()
    if re.match(r"(grand |sub-?)?total", text):
        message = (
            f"{place.label}: row {place.row} looks like a row of totals ({text[:80]!r}). A total is a row of its own "
            f"measure with the breakdown '{TOTAL}': take this row out."
        )
        raise SourceError(message)
    by_name = {measure.name.casefold(): measure for measure in read_measures().values()}
    return by_name.get(text) or read_measures()[_choose(cell, "measure", read_measures(), place)]


def _read_organisation(cell: str | None, measure: PartnerMeasure, place: Place) -> str:
    known = read_organisations()
    text = clean(cell)
    is_simulated = bool(text) and str(text).startswith(f"{SIMULATED_MARK} ")
    name = _choose(str(text).removeprefix(SIMULATED_MARK) if is_simulated else text, "organisation", known, place)
    if not is_returned_by(measure, known[name]):
        wanted = [each for each, types in known.items() if is_returned_by(measure, types)]
        message = (
            f"{place.label}: row {place.row}, column 'organisation' says {name!r}, which does not return "
            f"'{measure.id}'; allowed: {', '.join(wanted)}. Check the measure and the organisation."
        )
        raise SourceError(message)
    return f"{SIMULATED_MARK} {name}" if is_simulated else name


def _read_period(cell: str | None, measure: PartnerMeasure, place: Place) -> Period:
    kind = PERIOD_KINDS[measure.frequency]
    allowed = f"a {kind.kind} like {kind.example}, for '{measure.id}'"
    text = clean(cell)
    if text is None:
        raise place.refuse("period", text, allowed)
    try:
        return kind(_restore_month(text) if kind is Month else text)
    except PeriodError as error:
        raise place.refuse("period", text, allowed, str(error)) from error


def _restore_month(text: str) -> str:
    """Undo what a spreadsheet makes of `2024-10`: the first of the month, or `Oct-24` once it is saved as CSV."""
    first, short = _FIRST_OF_MONTH.fullmatch(text), _SHORT_MONTH.fullmatch(text)
    if short:
        return f"{short[1]} 20{short[2]}"
    return first[1] if first else text


def _read_area(cell: str | None, place: Place) -> tuple[str, str]:
    text = clean(cell)
    allowed = "the name or ONS code of an authority, a police force area, or a town or ward of Halton"
    if text is None:
        raise place.refuse("area", text, allowed)
    try:
        area = read_area(text)
    except RequestError as error:
        # The refusal of the areas ends with the nearest names.
        near = str(error).rpartition("Did you mean")[2]
        raise place.refuse("area", text, allowed, f"Did you mean{near}" if "Did you" in str(error) else "") from error
    return area.code, area.name


def _read_category(cells: Cells, measure: PartnerMeasure, place: Place) -> tuple[str, str]:
    breakdown = _choose(cells["breakdown"], "breakdown", (TOTAL, *measure.breakdowns), place)
    if breakdown == TOTAL and clean(cells["category"]) is None:
        return TOTAL, ALL
    return breakdown, _choose(cells["category"], "category", read_breakdowns()[breakdown], place)


def _read_number(cell: str | None, column: str, measure: PartnerMeasure, place: Place) -> Number:
    text = clean(cell)
    if text is None:
        return None, NOT_RETURNED
    if text.casefold() in _marks():
        return None, _marks()[text.casefold()]
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    is_whole = measure.is_whole or column == "of"
    if (_WHOLE if is_whole else _DECIMAL).fullmatch(text):
        return float(text), None
    number = "a whole number of 0 or more" if is_whole else "a number of 0 or more with at most two decimals"
    raise place.refuse(column, text, f"{number}, a mark such as * or <5 for suppressed, or nothing", _explain(text))


def _explain(text: str) -> str:
    if "%" in text:
        return "A percentage is worked out from its two counts: give the count here and its base in 'of'."
    if text in {"-", "–", "—"} or text.casefold() in {"n/a", "na", "nil", "none", "zero"}:
        return "Write 0 where none was counted, * where it is suppressed, and nothing where it is not returned."
    return "Paste the plain number."


def _read_base(cell: str | None, measure: PartnerMeasure, value: float | None, place: Place) -> Number:
    base, note = _read_number(cell, "of", measure, place)
    if not measure.base:
        if note != NOT_RETURNED:
            raise place.refuse("of", clean(cell), f"nothing: '{measure.id}' has no base")
        return None, None
    if value is not None and base is None and note == NOT_RETURNED:
        raise place.refuse("of", None, f"the number of {measure.base}")
    if value is not None and base is not None and value > base:
        raise place.refuse("of", clean(cell), f"at least the value, {value:,.0f}: the number of {measure.base}")
    return base, note


def _read_as_at(
    cell: str | None, measure: PartnerMeasure, period: Period, place: Place, *, is_needed: bool
) -> date | None:
    text = clean(cell)
    if measure.kind is Quantity.FLOW:
        if text is not None:
            raise place.refuse("as_at", text, f"nothing: '{measure.id}' is counted over a period and not on a day")
        return None
    if text is None and not is_needed:
        return None
    last = period.end + timedelta(days=DAYS_AFTER_END)
    british = _read_day(text, ("%Y-%m-%d", "%d/%m/%Y"))
    # 10/12/2024 may be meant as 10 December or, by a spreadsheet set to American, as 12 October.
    possible = {day for day in (british, _read_day(text, ("%m/%d/%Y",))) if day and period.start <= day <= last}
    if british is None or possible != {british}:
        allowed = f"one day from {period.start} to {last}, like {period.end}: '{measure.id}' is counted on a day"
        near = f"It may mean {' or '.join(map(str, sorted(possible)))}." if possible else ""
        raise place.refuse("as_at", text, allowed, near)
    return british


def _read_day(text: str | None, forms: Iterable[str]) -> date | None:
    for form in forms:
        try:
            return datetime.strptime(text or "", form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return None


def _read_completeness(cells: Cells, place: Place, *, is_needed: bool) -> str | None:
    if clean(cells["completeness"]) is None and not is_needed:
        return None
    completeness = _choose(cells["completeness"], "completeness", list_codes("completeness"), place)
    if completeness == PARTIAL and clean(cells["note"]) is None:
        raise place.refuse("note", None, "what is missing, since 'completeness' says partial")
    return completeness


def _read_role(cell: str | None, place: Place, *, is_needed: bool) -> str | None:
    text = clean(cell)
    if text is None and not is_needed:
        return None
    roles = {role.casefold(): role for role in list_codes("contact_role")}
    if text is None or text.casefold() not in roles:
        # What stands here instead may well be somebody's name, and is not repeated.
        says = "nothing" if text is None else "something else"
        message = (
            f"{place.label}: row {place.row}, column 'contact_role' says {says}; allowed: {', '.join(roles.values())}. "
            "It is a role, never a person's name."
        )
        raise SourceError(message)
    return roles[text.casefold()]


RETURNS_SHEET = "Returns"
NOTES_SHEET = "Read me"
MEASURES_SHEET = "Measures"
LISTS_SHEET = "Lists"
SHEETS = (NOTES_SHEET, RETURNS_SHEET, MEASURES_SHEET, LISTS_SHEET)
"""The sheets of the template, in order."""
STOWAWAYS: Mapping[str, str] = {
    "xl/vbaProject": "macros",
    "xl/macrosheets": "macros",
    "xl/comments": "comments on cells",
    "xl/threadedComments": "comments on cells",
    "xl/persons": "comments on cells",
    "xl/externalLinks": "links to other workbooks",
    "xl/pivotCache": "a pivot table, which keeps a copy of the rows it was made from",
    "xl/embeddings": "embedded files",
    "xl/media": "pictures",
    "xl/connections": "links to databases",
}
"""Parts of a workbook that nobody looks at and that may carry anything, by how their names begin."""
LARGEST_UNPACKED_BYTES = 8 << 20
"""The template with a year's return unpacks to less than two megabytes."""
_ADVICE = "Copy the values into a new template, and send that."


def read_returns_sheet(content: bytes, label: str) -> pd.DataFrame:
    """Read the sheet of returns as text.

    Parameters
    ----------
    content : bytes
        An xlsx file.
    label : str
        How messages name the file.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, indexed by row in the sheet; an empty cell is missing.

    Raises
    ------
    SourceError
        Where the workbook carries macros, comments, links, pivot tables, pictures or other sheets than the template's;
        where a sheet, row or column is hidden; where a cell is a formula, is merged, shows a percentage or carries a
        footnote mark; and where the table is not the template's.
    """
    workbook = open_workbook(content, label)
    _check_stowaways(content, label)
    _check_sheets(workbook.sheet_names, label)
    _check_hidden(content, label)
    sheet = read_sheet(workbook, RETURNS_SHEET)
    _check_particulars(sheet)
    if sheet.marks.formulas:
        cell = min(sheet.marks.formulas)
        message = (
            f"{sheet.label}: row {cell[0] + 1}, cell {name_cell(*cell)} is a formula ({len(sheet.marks.formulas):,} "
            "cells are). Paste values in place of formulas."
        )
        raise SourceError(message)
    _check_raised(sheet)
    table = read_table(sheet, {name: name for name in COLUMNS}, formulas=True, gaps=True)
    _check_above(sheet)
    _check_other_sheets(workbook)
    return table


def _check_above(sheet: Sheet) -> None:
    for number, row in enumerate(sheet.rows, start=1):
        filled = [cell for cell in row if cell]
        if set(COLUMNS) <= {cell.strip() for cell in filled}:
            return
        if len(filled) > 1:
            message = (
                f"{sheet.label}: row {number} holds {len(filled)} cells and stands above the row of headings. Put it "
                "below them, or take it out."
            )
            raise SourceError(message)


def _check_other_sheets(workbook: OpenedWorkbook) -> None:
    # The template's other sheets have some of the headings, and none has these two.
    for name in workbook.sheet_names:
        sheet = read_sheet(workbook, name)
        is_return = any({"measure", "value"} <= {cell.strip().lower() for cell in row if cell} for row in sheet.rows)
        if is_return and name != RETURNS_SHEET:
            message = f"{sheet.label}: the sheet has the headings of a return. Put its rows on '{RETURNS_SHEET}'."
            raise SourceError(message)


def _check_raised(sheet: Sheet) -> None:
    for cell, parted in sorted(sheet.marks.parted.items()):
        if parted.mark:
            message = (
                f"{sheet.label}: row {cell[0] + 1}, cell {name_cell(*cell)} says {parted.text[:80]!r} with the "
                f"footnote mark {parted.mark[:20]!r}. Take the mark out, and write what the footnote says into 'note'."
            )
            raise SourceError(message)


def _check_particulars(sheet: Sheet) -> None:
    # Before the table is read, since a refusal of a stray cell quotes it.
    for row in range(len(sheet.rows)):
        check_texts([cell for cell in sheet.rows[row] if cell], f"{sheet.label}: row {row + 1}")


def _check_stowaways(content: bytes, label: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        size = sum(part.file_size for part in archive.infolist())
    if size > LARGEST_UNPACKED_BYTES:
        message = (
            f"{label}: unpacks to {size:,} bytes, and a return to at most {LARGEST_UNPACKED_BYTES:,}: cells far below "
            f"or beside the table are formatted, or it carries something else. {_ADVICE}"
        )
        raise SourceError(message)
    for start, what in STOWAWAYS.items():
        if any(name.startswith(start) for name in names):
            raise SourceError(f"{label}: the workbook holds {what}, and may not. {_ADVICE}")


def _check_sheets(names: tuple[str, ...], label: str) -> None:
    other = [name for name in names if name not in SHEETS]
    if RETURNS_SHEET not in names or other:
        what = f"has a sheet '{other[0]}'" if other else f"has no sheet '{RETURNS_SHEET}'"
        message = f"{label}: the workbook {what}; allowed: {', '.join(SHEETS)}. {_ADVICE}"
        raise SourceError(message)


def _check_hidden(content: bytes, label: str) -> None:
    try:
        with warnings.catch_warnings():
            # What the library cannot keep when it saves does not matter to one that only looks.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
    except Exception as error:  # On a damaged file the library may raise anything.
        message = f"{label}: cannot be read as a workbook ({error}). {_ADVICE}"
        raise SourceError(message) from error
    _check_hidden_sheets(book, label)
    sheet = book[RETURNS_SHEET]
    where = f"{label} > {RETURNS_SHEET}"
    _check_hidden_lines(sheet, where)
    _check_formats(sheet, where)


def _check_hidden_sheets(book: Workbook, label: str) -> None:
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if hidden:
        raise SourceError(f"{label}: the sheet '{hidden[0]}' is hidden. Show it, or take it out.")


def _check_hidden_lines(sheet: Worksheet, where: str) -> None:
    rows = sorted(number for number, row in sheet.row_dimensions.items() if row.hidden or row.height == 0)
    columns = sorted(name for name, column in sheet.column_dimensions.items() if column.hidden or column.width == 0)
    if rows or columns:
        what = f"row {rows[0]}" if rows else f"column {columns[0]}"
        count = len(rows) + len(columns)
        more = f" ({count} rows or columns are)" if count > 1 else ""
        raise SourceError(f"{where}: {what} is hidden or filtered out{more}. Show it, and take out what is not sent.")


def _check_formats(sheet: Worksheet, where: str) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, int | float) and "%" in str(cell.number_format):
                message = (
                    f"{where}: row {cell.row}, cell {cell.coordinate} is formatted as a percentage, so that it shows "
                    "another number than it holds. Give a count, and its base in 'of'."
                )
                raise SourceError(message)
