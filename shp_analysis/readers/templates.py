"""Writing the template that a partner fills in: as an Excel workbook with drop-down lists, or as CSV.

Made for an organisation and a period, it holds every row that is asked for, and only the values are missing. What comes
back is read by `shp_analysis.readers.partner_returns`. The same arguments give the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from shp_analysis.config.parameters import read_partnership
from shp_analysis.errors import RequestError
from shp_analysis.readers.partner_returns_measures import (
    ALL,
    FOLDER,
    PERIOD_KINDS,
    TOTAL,
    PartnerMeasure,
    list_codes,
    list_measures_of,
    read_breakdowns,
    read_measures,
    read_organisations,
)
from shp_analysis.readers.partner_returns_workbook import (
    COLUMNS,
    DAYS_AFTER_END,
    LISTS_SHEET,
    MEASURES_SHEET,
    NOTES_SHEET,
    RETURNS_SHEET,
    name_period,
)
from shp_analysis.readers.readers import read_code_table
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import FinancialYear, Period

SPARE_ROWS = 500
"""Rows with drop-down lists below the prepared ones."""
FIRST_LISTED_YEAR, LAST_LISTED_YEAR = 2015, 2034
"""Financial years whose periods a template without a period offers."""
_CREATED = datetime(2025, 1, 1, tzinfo=UTC)
"""Written into the workbook in place of the time of day, which would make every file another."""
_LISTED = ("measure", "period", "breakdown", "category", "organisation", "contact_role", "completeness")
_WIDTHS = (38, 13, 12, 14, 24, 30, 10, 10, 34, 24, 14, 50)
_FILLED_IN = ("as_at", "value", "of", "contact_role", "completeness", "note")
_MEASURE_HEADINGS = (
    *("measure", "name", "definition", "counted", "period", "breakdowns"),
    *("of (base)", "ages", "sensitivity", "indicators", "returned by"),
)
_HINTS: Mapping[str, tuple[str, str]] = {
    "as_at": (
        "Only for a stock",
        f"The day of the count, within the period or {DAYS_AFTER_END} days after it: 2024-12-31. Else empty.",
    ),
    "value": ("A whole number", "0: none was counted. *: too small to show. Empty: not returned."),
    "of": ("Only with a base", "What the value is a part of. Never a percentage."),
    "note": ("Never a person", "No names, dates of birth, addresses or case numbers."),
}

Row = dict[str, str]


def write_template(
    path: Path, organisation: str | None = None, period: Period | None = None, *, area: str | None = None
) -> Path:
    """Write a template for partners' returns.

    Parameters
    ----------
    path : Path
        Where to; `.xlsx` or `.csv`. A file that is there is never replaced: it may have been filled in.
    organisation : str, optional
        Whose rows to prepare, `"Halton MARAC"`; all of its measures. `"Simulated Halton MARAC"` prepares rows that
        say they are simulated. Without it the template has no prepared rows.
    period : Period, optional
        The quarter, month or year to prepare: every measure's own periods that end in it.
    area : str, optional
        Name or code of the area of the prepared rows.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    RequestError
        Where the file is there already or is to be of another kind; where there is no such organisation or area; and
        where the organisation returns nothing for a period that ends then.
    """
    if path.suffix.lower() not in {".csv", ".xlsx"}:
        message = f"{path}: a template is an Excel workbook or a CSV. End its name in .xlsx or .csv."
        raise RequestError(message)
    if path.exists():
        message = f"{path} is there already and may have been filled in. Choose another name, or move it away."
        raise RequestError(message)
    rows = list_rows(organisation, period, area=area)
    measures = list_measures_of(organisation) if organisation else tuple(read_measures().values())
    content = _make_csv(rows) if path.suffix.lower() == ".csv" else _make_workbook(rows, measures, organisation, period)
    path.write_bytes(content)
    return path


def list_rows(organisation: str | None, period: Period | None, *, area: str | None = None) -> list[Row]:
    """List the rows that an organisation is asked for, by the template's headings; what is to be filled in is empty.

    Returns
    -------
    list of dict
        Empty where no organisation or no period is given.

    Raises
    ------
    RequestError
        As `write_template`.
    """
    name = read_area(area or read_partnership().area).name
    if organisation is None:
        return []
    measures = list_measures_of(organisation)
    if period is None:
        return []
    rows = [
        dict.fromkeys(COLUMNS, "")
        | {
            "measure": measure.id,
            "period": own,
            "area": name,
            "breakdown": breakdown,
            "category": category,
            "organisation": organisation,
        }
        for measure in measures
        for own in _list_periods(measure, period)
        for breakdown, category in _list_categories(measure)
    ]
    if not rows:
        kinds = ", ".join(sorted({measure.frequency for measure in measures}))
        message = (
            f"'{organisation}' returns nothing for a period that ends in {period.in_words}: its measures are by "
            f"{kinds}. Choose a later quarter, or the year."
        )
        raise RequestError(message)
    return rows


def _list_periods(measure: PartnerMeasure, period: Period) -> list[str]:
    kind = PERIOD_KINDS[measure.frequency]
    own = {kind.containing(month.start) for month in period.months}
    return [_spell(each) for each in sorted(own) if period.start <= each.end <= period.end]


def _spell(period: Period) -> str:
    """Write a period for people: a quarter as 2024-25 Q3, and the others as the records do."""
    return period.label if period.kind == "quarter" else name_period(period)


def _list_categories(measure: PartnerMeasure) -> Iterator[tuple[str, str]]:
    yield TOTAL, ALL
    for breakdown in measure.breakdowns:
        for category in read_breakdowns()[breakdown]:
            yield breakdown, category


def _make_csv(rows: Sequence[Row]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    # Excel takes a CSV for UTF-8 only where it begins with the mark.
    return file.getvalue().encode("utf-8-sig")


def _make_workbook(
    rows: Sequence[Row], measures: Sequence[PartnerMeasure], organisation: str | None, period: Period | None
) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": "Return to the Community Safety Partnership", "created": _CREATED})
        lists = _gather_lists(measures, organisation, period)
        _write_notes(book)
        _write_returns(book, rows, lists)
        _write_measures(book, measures)
        _write_lists(book, lists)
        book.get_worksheet_by_name(RETURNS_SHEET).activate()
    return file.getvalue()


def _gather_lists(
    measures: Sequence[PartnerMeasure], organisation: str | None, period: Period | None
) -> dict[str, tuple[str, ...]]:
    breakdowns = dict.fromkeys([TOTAL, *(breakdown for measure in measures for breakdown in measure.breakdowns)])
    categories = dict.fromkeys(category for each in breakdowns for category in read_breakdowns()[each])
    years: list[Period] = [period] if period else []
    years = years or [FinancialYear(f"{y}-{(y + 1) % 100:02d}") for y in range(FIRST_LISTED_YEAR, LAST_LISTED_YEAR + 1)]
    periods = dict.fromkeys(each for measure in measures for year in years for each in _list_periods(measure, year))
    return {
        "measure": tuple(measure.id for measure in measures),
        "period": tuple(periods),
        "breakdown": tuple(breakdowns),
        "category": tuple(categories),
        "organisation": (organisation,) if organisation else tuple(read_organisations()),
        "contact_role": list_codes("contact_role"),
        "completeness": list_codes("completeness"),
    }


def _write_notes(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(NOTES_SHEET)
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    for number, note in enumerate(read_code_table(FOLDER, "template_notes.csv")):
        sheet.write_string(number, 0, note["heading"], bold)
        sheet.write_string(number, 1, note["text"], wrapped)
    sheet.protect()


def _write_returns(book: xlsxwriter.Workbook, rows: Sequence[Row], lists: Mapping[str, Sequence[str]]) -> None:
    sheet = book.add_worksheet(RETURNS_SHEET)
    heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#D9E2EC"})
    forms = {name: book.add_format(_form_of(name)) for name in COLUMNS}
    for number, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(number, number, width, forms[name])
        sheet.write_string(0, number, name, heading)
        sheet.data_validation(1, number, len(rows) + SPARE_ROWS, number, _validate(name, lists))
    for row, cells in enumerate(rows, start=1):
        for number, name in enumerate(COLUMNS):
            if cells[name]:
                sheet.write_string(row, number, cells[name], forms[name])
            else:
                sheet.write_blank(row, number, None, forms[name])
    sheet.freeze_panes(1, 1)
    sheet.protect("", {"insert_rows": True, "delete_rows": True, "format_columns": True, "format_rows": True})


def _form_of(name: str) -> dict[str, Any]:
    # A period is kept as text, or a spreadsheet makes a date of it.
    number_format = {"period": "@", "as_at": "yyyy-mm-dd"}.get(name, "General")
    colour = {"bg_color": "#FFF8DC"} if name in _FILLED_IN else {}
    return {"locked": False, "num_format": number_format, **colour}


def _validate(name: str, lists: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    if name in lists:
        column = chr(ord("A") + _LISTED.index(name))
        source = f"={LISTS_SHEET}!${column}$2:${column}${len(lists[name]) + 1}"
        return {
            "validate": "list",
            "source": source,
            "error_message": f"Choose from the list of the sheet {LISTS_SHEET}.",
        }
    title, message = _HINTS.get(name, ("", ""))
    return {"validate": "any", "input_title": title or name, "input_message": message or f"{name}, as in the list."}


def _write_measures(book: xlsxwriter.Workbook, measures: Sequence[PartnerMeasure]) -> None:
    sheet = book.add_worksheet(MEASURES_SHEET)
    bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    for number, width in enumerate((38, 34, 70, 10, 14, 30, 34, 14, 12, 18, 24)):
        sheet.set_column(number, number, width, wrapped)
    sheet.write_row(0, 0, _MEASURE_HEADINGS, bold)
    for row, measure in enumerate(measures, start=1):
        cells = (
            *(measure.id, measure.name, measure.definition, measure.kind.value, measure.frequency),
            *(", ".join(measure.breakdowns), measure.base, measure.age_band, measure.sensitivity.value),
            *(", ".join(measure.indicators), ", ".join(measure.organisation_types).replace("_", " ")),
        )
        sheet.write_row(row, 0, cells, wrapped)
    sheet.freeze_panes(1, 1)
    sheet.protect()


def _write_lists(book: xlsxwriter.Workbook, lists: Mapping[str, Sequence[str]]) -> None:
    sheet = book.add_worksheet(LISTS_SHEET)
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, name in enumerate(_LISTED):
        sheet.set_column(column, column, 34)
        sheet.write_string(0, column, name, bold)
        for row, word in enumerate(lists[name], start=1):
            sheet.write_string(row, column, word)
    sheet.protect()
