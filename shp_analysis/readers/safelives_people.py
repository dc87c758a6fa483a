"""SafeLives: the workbook's sheets `Gender` and `Demographics`: of how many cases the victim was one or the other.

No published workbook was at hand. Both sheets are taken to have the rows of `Referral routes`, and for each group of
people a column of numbers and one of percentages: under a second row of headings (`Male`, below it `Number` and `%`),
or each with a heading of its own (`Number of cases where the victim is male`). A sheet of another layout is refused.

- What is counted are cases, repeats included, and never people: a victim discussed twice is there twice.
- The groups overlap (a disabled man is in two), and what is unknown is often left out: a low share can mean that nobody
  asked. Groups that are not known here keep their published name, under `not classified`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.safelives_areas import SOURCE
from shp_analysis.readers.safelives_workbook import find_corner, name_rows, walk_rows
from shp_analysis.readers.strict_sheet import Row, Sheet, Workbook, fold_heading, read_sheet

SHEETS = ("Gender", "Demographics")
NOT_CLASSIFIED = "not classified"
ALL_CASES = "all cases"

_NUMBER, _PERCENT = "marac_cases", "marac_cases_percent"
_WORDS = {"number": _NUMBER, "no.": _NUMBER, "count": _NUMBER, "%": _PERCENT, "percentage": _PERCENT}
_LONG_HEADING = re.compile(
    r"(?P<word>number|%|percentage) of (?:these )?(?:cases|victims)(?: discussed)?"
    r"(?:(?: where| in which)? (?:the )?victims? (?:is|are|was|were|has|have)(?: an?\b)?| with| who are)?"
    r" ?(?P<group>.*)",
    re.IGNORECASE,
)
_ADVICE = "Use the file as published."


@dataclass(frozen=True)
class _Column:
    """A column of a sheet: whose figures, and whether numbers or percentages."""

    place: int
    group: str
    kind: str


def read_people_sheet(workbook: Workbook, name: str) -> pd.DataFrame:
    """Read one of the two sheets as text, one row for each area and group.

    Returns
    -------
    pandas.DataFrame
        `geography, area_code, name, area_note, characteristic, group, marac_cases, marac_cases_percent`, indexed by
        spreadsheet row.

    Raises
    ------
    SourceError
        Where its headings or its areas are not known.
    """
    sheet = read_sheet(workbook, name)
    top, left = find_corner(sheet)
    below = sheet.rows[top + 1] if top + 1 < len(sheet.rows) else ()
    has_second_row = any(_find_word(cell) for cell in below if cell)
    columns = _find_columns(sheet, top, left, below if has_second_row else ())
    bodies = walk_rows(sheet, top + 1 + has_second_row, left, {left, *(column.place for column in columns)})
    groups = list(dict.fromkeys(column.group for column in columns))
    places = {(column.group, column.kind): column.place for column in columns}
    records = [
        (row, area, *_classify(name, group), *(_cell(sheet, row, places.get((group, kind))) for kind in _KINDS))
        for row, area in bodies.items()
        for group in groups
    ]
    headings = ["row", "written_name", "characteristic", "group", *_KINDS]
    frame = pd.DataFrame(records, columns=headings).set_index("row", drop=True)
    return name_rows(sheet, frame.astype(dict.fromkeys(headings[1:], "str")), bodies)


_KINDS = (_NUMBER, _PERCENT)


def _cell(sheet: Sheet, row: int, place: int | None) -> str | None:
    return None if place is None else sheet.rows[row - 1][place]


def _find_word(cell: str) -> str | None:
    return _WORDS.get(_drop_footnote(cell).casefold())


def _drop_footnote(cell: str) -> str:
    """Take the digit of a footnote off a heading, and leave the ages of "aged 16-17" whole."""
    return re.sub(r"(?<=[A-Za-z+)%])\d{1,2}$", "", " ".join(cell.split()))


def _find_columns(sheet: Sheet, top: int, left: int, below: Row) -> list[_Column]:
    columns: list[_Column] = []
    heading = ""
    for place, cell in enumerate(sheet.rows[top]):
        # A group's name stands over its first column, merged with the next or not.
        heading = _drop_footnote(cell) if cell else heading
        under = below[place] if place < len(below) else None
        if place == left or not (cell or under):
            continue
        columns.append(_read_heading(sheet, top, place, heading, under))
    known = [(column.group, column.kind) for column in columns]
    twice = next((column for column in columns if known.count((column.group, column.kind)) > 1), None)
    if twice or not columns:
        what = f"group {twice.group!r} is there more than once" if twice else "there is no group beside the areas"
        raise SourceError(f"{sheet.label}: row {top + 1}: {what}. {_ADVICE}")
    return columns


def _read_heading(sheet: Sheet, top: int, place: int, heading: str, under: str | None) -> _Column:
    if under:
        kind = _find_word(under)
        if kind and heading:
            return _Column(place, heading, kind)
    elif long := _LONG_HEADING.fullmatch(heading):
        return _Column(place, long["group"].strip() or ALL_CASES, _WORDS[long["word"].casefold()])
    raise SourceError(
        f"{sheet.label}: row {top + 1}, column {place + 1} is headed {heading!r}, below it {under or 'nothing'!r}; "
        "allowed: a group of people over Number or %, or a heading like 'Number of cases where the victim is male'. If "
        "the publisher changed the layout, the reader must be taught the new one first; otherwise use the file as "
        "published."
    )


def _classify(sheet_name: str, group: str) -> tuple[str, str]:
    if group == ALL_CASES:
        return ALL_CASES, ALL_CASES
    for row in read_code_table(SOURCE, "people_groups.csv"):
        if row["sheet"] == sheet_name and fold_heading(row["published"]) == fold_heading(group):
            return row["characteristic"], row["group"]
    return NOT_CLASSIFIED, group
