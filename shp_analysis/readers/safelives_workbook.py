"""SafeLives: the sheets of one year's workbook, as text.

`Cases` has its headings in row 4 from column B, then England and Wales, England, and a block for each region: the
region's row, its forces' rows, an empty row. Footnotes stand below. `Referral routes` has the same rows, and for each
service a column of numbers and one of percentages under a second row of headings. This is the layout as others
describe it; no published workbook was at hand, and one of another layout is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from shp_analysis.errors import SourceError, suggest
from shp_analysis.readers.safelives_areas import (
    FORCE_AREA,
    PLACE,
    REGION,
    SOURCE,
    Place,
    find_places,
    split_footnote,
    tell_apart,
)
from shp_analysis.readers.strict_sheet import Sheet, Workbook, fold_heading, look_at_sheet, read_sheet

__all__ = [
    "CASES",
    "CASES_COLUMNS",
    "NOTES",
    "REFERRALS",
    "SOURCE",
    "find_corner",
    "name_rows",
    "read_cases_sheet",
    "read_financial_year",
    "read_referrals_sheet",
    "walk_rows",
]

CASES, REFERRALS, NOTES = "Cases", "Referral routes", "Notes"
CASES_COLUMNS: Mapping[str, str] = {
    "Area Name": "written_name",
    "Number of MARACs": "maracs",
    "Number of cases discussed": "marac_cases",
    "Recommended number of cases": "recommended_marac_cases",
    "Number of cases per 10,000 adult females": "cases_per_10000_adult_females",
    "Number of repeat cases": "repeat_marac_cases",
    "Percentage of repeat cases": "repeat_marac_cases_percent",
    "Number of children in household": "children_in_household",
}
"""The headings of the sheet `Cases`, with the tidy names; their case differs between years."""

_AREA_NAME = "Area Name"
_YEAR_ENDING = re.compile(r"year ending March (20\d{2})", re.IGNORECASE)
_APRIL_TO_MARCH = re.compile(r"April (20\d{2})\W+(?:to )?March (20\d{2})", re.IGNORECASE)
_YEARS_IN_NAME = re.compile(r"(20\d{2})(?:\D{1,4})(20\d{2}|\d{2})(?!\d|-\d)")
_LINE = re.compile(r"(?P<digits>\d{1,2})[.):]?\s+(?P<text>\D.*)")
_MOST_OFF_ENGLAND = 0.5
_ENGLISH_FORCE_AREAS = 39
_ADVICE = "Use the file as published."


def read_financial_year(workbook: Workbook, file_name: str) -> str:
    """Read which year a workbook is about.

    The titles of the data sheets say it ("year ending March 2025"). One year's Notes sheet is known to keep the title
    of the year before, so its word counts only where no other sheet has one, or where just one has.

    Returns
    -------
    str
        `"2024-25"`.

    Raises
    ------
    SourceError
        Where nothing says it, or two things contradict one another.
    """
    told = {
        name: year
        for name in workbook.sheet_names
        if name != NOTES
        for year in _find_years(look_at_sheet(workbook, name), _YEAR_ENDING)
    }
    notes = _find_years(look_at_sheet(workbook, NOTES), _APRIL_TO_MARCH) if NOTES in workbook.sheet_names else []
    if len(told) < 2:  # noqa: PLR2004 - two sheets that agree outvote the notes
        told.update((NOTES, year) for year in notes)
    in_name = _YEARS_IN_NAME.search(file_name)
    if in_name and (int(in_name[1]) + 1) % 100 == int(in_name[2]) % 100:
        told["the file's name"] = int(in_name[1]) + 1
    if len(set(told.values())) != 1:
        says = ", ".join(f"{name} says the year to March {year}" for name, year in told.items()) or "nothing says it"
        message = f"{workbook.label}: cannot tell which year it is about: {says}. {_ADVICE}"
        raise SourceError(message)
    year = next(iter(told.values()))
    return f"{year - 1}-{year % 100:02d}"


def read_cases_sheet(workbook: Workbook) -> pd.DataFrame:
    """Read the sheet `Cases` as text.

    Returns
    -------
    pandas.DataFrame
        `geography, area_code, name, area_note` and the tidy columns of `CASES_COLUMNS`, indexed by spreadsheet row.

    Raises
    ------
    SourceError
        Where its headings or its areas are not known, or its forces do not add up to England.
    """
    sheet = read_sheet(workbook, CASES)
    top, left = find_corner(sheet)
    places = _match_headings(sheet, top)
    bodies = walk_rows(sheet, top + 1, left, set(places.values()))
    frame = pd.DataFrame(
        [[sheet.rows[row - 1][column] for column in places.values()] for row in bodies],
        index=list(bodies),
        columns=list(places),
        dtype="str",
    )
    frame = name_rows(sheet, frame, bodies)
    _check_order(frame, sheet.label)
    _check_england(frame, sheet.label)
    return frame


def read_referrals_sheet(workbook: Workbook) -> pd.DataFrame:
    """Read the sheet `Referral routes` as text, one row for each area and service.

    Returns
    -------
    pandas.DataFrame
        `geography, area_code, name, area_note, referral_source, referrals, referrals_percent`, indexed by spreadsheet
        row.

    Raises
    ------
    SourceError
        Where its headings or its areas are not known.
    """
    sheet = read_sheet(workbook, REFERRALS)
    top, left = find_corner(sheet)
    services = _find_services(sheet, top)
    known = {left, *(column for pair in services.values() for column in pair)}
    bodies = walk_rows(sheet, top + 2, left, known)
    records = [
        (row, name, service, sheet.rows[row - 1][number], sheet.rows[row - 1][percent])
        for row, name in bodies.items()
        for service, (number, percent) in services.items()
    ]
    columns = ["row", "written_name", "referral_source", "referrals", "referrals_percent"]
    frame = pd.DataFrame(records, columns=columns).set_index("row", drop=True)
    texts = frame.astype(dict.fromkeys(columns[1:], "str"))
    return name_rows(sheet, texts, bodies)


def _find_years(sheet: Sheet, title: re.Pattern[str]) -> list[int]:
    """Find the years in the titles above a sheet's table, or anywhere in the notes."""
    found = []
    for row in sheet.rows:
        cells = [cell for cell in row if cell]
        if any(fold_heading(cell) == fold_heading(_AREA_NAME) for cell in cells):
            break
        found += [int(match[match.re.groups]) for cell in cells if (match := title.search(cell))]
    return found[:1]


def find_corner(sheet: Sheet) -> tuple[int, int]:
    """Find the row and column of the cell that heads the areas' names."""
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            if cell and fold_heading(split_footnote(cell)[0]) == fold_heading(_AREA_NAME):
                return row, column
    raise SourceError(f"{sheet.label}: no cell says '{_AREA_NAME}', which heads the names of the areas. {_ADVICE}")


def _match_headings(sheet: Sheet, top: int) -> dict[str, int]:
    """Find the column of every tidy name."""
    known = {fold_heading(heading): tidy for heading, tidy in CASES_COLUMNS.items()}
    places: dict[str, int] = {}
    complaints = []
    extra = []
    for column, cell in enumerate(sheet.rows[top]):
        if cell is None:
            continue
        tidy = known.get(fold_heading(cell)) or known.get(fold_heading(split_footnote(cell)[0]))
        if tidy is None:
            extra.append(cell)
        elif tidy in places:
            complaints.append(f"column {cell!r} is there more than once")
        else:
            places[tidy] = column
    for heading, tidy in CASES_COLUMNS.items():
        if tidy not in places:
            near = suggest(heading, extra)
            complaints.append(f"column '{heading}' is missing" + (f" (is it now {near[13:-1]!r}?)" if near else ""))
    if extra and not complaints:
        complaints.append(f"column {', '.join(map(repr, extra))} is not known")
    if complaints:
        raise SourceError(
            f"{sheet.label}: row {top + 1}: {'; '.join(complaints)}. Expected: {', '.join(CASES_COLUMNS)}. If the "
            "publisher changed the layout, the reader must be taught the new one first; otherwise use the file as "
            "published."
        )
    return {tidy: places[tidy] for tidy in CASES_COLUMNS.values()}


def _find_services(sheet: Sheet, top: int) -> dict[str, tuple[int, int]]:
    """Find the columns of every service's number and percentage."""
    below = sheet.rows[top + 1] if top + 1 < len(sheet.rows) else ()
    words = [(cell or "").strip().casefold() for cell in below]
    services: dict[str, tuple[int, int]] = {}
    for column, word in enumerate(words):
        if word != "number":
            continue
        name = split_footnote(" ".join((sheet.rows[top][column] or "").split()))[0]
        if not name or name in services or words[column + 1 : column + 2] != ["%"]:
            what = "has no service above it" if not name else "is of a service that has one" if name in services else ""
            raise SourceError(
                f"{sheet.label}: row {top + 2}, the heading 'Number' in column {column + 1} "
                f"{what or 'is not followed by %'}. {_ADVICE}"
            )
        services[name] = (column, column + 1)
    if not services:
        raise SourceError(f"{sheet.label}: row {top + 2} has no heading 'Number' below the services' names. {_ADVICE}")
    return services


def walk_rows(sheet: Sheet, first: int, left: int, known: set[int]) -> dict[int, str]:
    """Find the rows of areas, by spreadsheet row; empty rows and footnotes are passed over."""
    rows = {}
    for number, cells in enumerate(sheet.rows[first:], start=first + 1):
        filled = {column for column, cell in enumerate(cells) if cell is not None}
        if filled <= {left}:
            # A name without a figure is a note, unless it is the name of a place.
            name = _name_with_mark(sheet, number - 1, left) if filled else None
            if name is not None and find_places(name):
                rows[number] = name
            continue
        name = _name_with_mark(sheet, number - 1, left)
        if name is None or not filled <= known:
            what = "has figures and no area's name" if name is None else "has a cell under no heading"
            raise SourceError(f"{sheet.label}: row {number} {what}. {_ADVICE}")
        rows[number] = name
    if not rows:
        raise SourceError(f"{sheet.label}: has headings and no rows. {_ADVICE}")
    uncalculated = sorted(cell for cell in sheet.marks.uncalculated if cell[0] + 1 in rows)
    if uncalculated:
        raise SourceError(
            f"{sheet.label}: row {uncalculated[0][0] + 1} holds a formula that no result was saved for. Open the file "
            "in a spreadsheet program and save it, or use the file as published."
        )
    return rows


def _name_with_mark(sheet: Sheet, row: int, column: int) -> str | None:
    """Give a name with the mark of its footnote behind it, however the mark is set."""
    name = sheet.rows[row][column]
    parted = sheet.marks.parted.get((row, column))
    return name if name is None or parted is None else name + parted.mark


def name_rows(sheet: Sheet, frame: pd.DataFrame, bodies: Mapping[int, str]) -> pd.DataFrame:
    """Put in front whose figures each row gives, and what a footnote says of it."""
    places = tell_apart(list(bodies.items()), sheet.label)
    lines = dict(_find_footnotes(sheet))
    about = pd.DataFrame(
        [_describe_place(places[row], split_footnote(bodies[row])[1], lines) for row in frame.index],
        index=frame.index,
        columns=[*PLACE, "area_note"],
        dtype="str",
    )
    # By place and not by index: in the referrals an area's row number is there once for every service.
    both = pd.concat([about.reset_index(drop=True), frame.reset_index(drop=True)], axis=1)
    return both.set_index(frame.index).drop(columns="written_name")


def _describe_place(place: Place, digits: str, lines: Mapping[str, str]) -> tuple[str, str, str, str | None]:
    note = lines.get(digits, f"footnote {digits}") if digits else None
    return place.geography, place.area_code, place.name, note


def _find_footnotes(sheet: Sheet) -> Iterator[tuple[str, str]]:
    for cells in sheet.rows:
        filled = [cell for cell in cells if cell is not None]
        line = _LINE.fullmatch(" ".join(filled[0].split())) if len(filled) == 1 else None
        if line:
            yield line["digits"], line["text"]


def _check_order(frame: pd.DataFrame, label: str) -> None:
    """Refuse a sheet in which a force has more cases than the region of its name: their rows were moved."""
    cases = pd.to_numeric(frame["marac_cases"], errors="coerce")
    for name, rows in frame.groupby("name"):
        regions, forces = rows.index[rows["geography"] == REGION], rows.index[rows["geography"] == FORCE_AREA]
        if len(regions) and len(forces) and cases[forces[0]] > cases[regions[0]]:
            raise SourceError(
                f"{label}: row {regions[0]}, {name!r}, has {cases[regions[0]]:g} cases, and row {forces[0]}, {name!r}, "
                f"has {cases[forces[0]]:g}. The first should be the region and the second the force in it. {_ADVICE}"
            )


def _check_england(frame: pd.DataFrame, label: str) -> None:
    """Refuse a sheet whose English forces, where all are there, do not add up to England."""
    cases = pd.to_numeric(frame["marac_cases"], errors="coerce")
    forces = cases[(frame["geography"] == FORCE_AREA) & frame["area_code"].str.startswith("E")]
    england = cases[frame["name"] == "England"]
    if len(forces) < _ENGLISH_FORCE_AREAS or forces.isna().any() or england.isna().any() or england.empty:
        return
    if abs(forces.sum() - england.iloc[0]) > _MOST_OFF_ENGLAND:
        raise SourceError(
            f"{label}: row {england.index[0]}, England, has {england.iloc[0]:,g} cases, and its forces together have "
            f"{forces.sum():,g}. {_ADVICE}"
        )
