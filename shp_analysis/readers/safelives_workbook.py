"""SafeLives: making figures of cells: what may stand in one, why one is missing, and what a row must agree on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError, suggest
from shp_analysis.readers.readers import read_code_table
from shp_analysis.readers.strict_sheet import Sheet, Workbook, fold_heading, look_at_sheet, read_sheet
from shp_analysis.readers.tables import ADVICE

SOURCE = "safelives"
FORCE_AREA, REGION, COUNTRY = "police force area", "region", "country"
PLACE = ("geography", "area_code", "name")
"""The columns that say whose a row is."""

_FOOTNOTE = re.compile(r"(?P<name>.*\D)(?P<digits>\d{1,2})")


@dataclass(frozen=True)
class Place:
    """A place of the workbook: its kind, ONS code and name."""

    geography: str
    area_code: str
    name: str
    region: str


def read_marks(*, notes: bool = False) -> Mapping[str, str]:
    """Give the words that may stand in place of a figure, folded to one case.

    Parameters
    ----------
    notes : bool
        Whether to give what each means, or how each is written.

    Returns
    -------
    mapping of str to str
    """
    rows = read_code_table(SOURCE, "marks.csv")
    return {row["mark"].casefold(): row["value_note" if notes else "mark"] for row in rows}


def split_footnote(written: str) -> tuple[str, str]:
    """Part a name from the digits of a footnote at its end: `"Lancashire2"` is `("Lancashire", "2")`."""
    found = _FOOTNOTE.fullmatch(written.strip())
    return (found["name"].strip(), found["digits"]) if found else (written.strip(), "")


def find_places(written: str) -> tuple[Place, ...]:
    """Find the places that a name may mean: none, one, or for "West Midlands" the region and the force."""
    return _places().get(_fold(split_footnote(written)[0]), ())


def find_force_area(written: str, where: str) -> tuple[str, str, str, str | None]:
    """Find the police force area of a name in a table that has no other areas.

    Returns
    -------
    tuple
        Geography, code, name, and a remark on its footnote, if it carries one.

    Raises
    ------
    SourceError
        Where it is no police force area.
    """
    for place in find_places(written):
        if place.geography == FORCE_AREA:
            digits = split_footnote(written)[1]
            return place.geography, place.area_code, place.name, f"footnote {digits}" if digits else None
    raise SourceError(describe_stranger(written, where))


def tell_apart(written: Sequence[tuple[int, str]], label: str) -> dict[int, Place]:
    """Find the place of every row of a sheet, where one name may be a region's and a force's.

    Parameters
    ----------
    written : sequence of (int, str)
        Row and name, from top to bottom.
    label : str
        File and sheet, for messages.

    Returns
    -------
    dict of int to Place
        By row.

    Raises
    ------
    SourceError
        Where a name is unknown or there more often than there are places of that name.
    """
    found = {row: find_places(name) for row, name in written}
    for row, name in written:
        if not found[row]:
            raise SourceError(describe_stranger(name, f"{label}: row {row}, column 'Area Name'"))
    has_regions = any(len(places) == 1 and places[0].geography == REGION for places in found.values())
    rows_of: dict[str, list[int]] = {}
    for row, places in found.items():
        rows_of.setdefault(places[0].name, []).append(row)
    placed: dict[int, Place] = {}
    for rows in rows_of.values():
        places = found[rows[0]]
        if len(rows) > len(places):
            raise SourceError(
                f"{label}: row {rows[-1]}, column 'Area Name' says {places[0].name!r}, and so does row {rows[0]}. "
                "Use the file as published."
            )
        # The region comes first; where no region has a row, the one there is is the force's.
        if len(rows) < len(places) and not has_regions:
            places = places[1:]
        placed.update(zip(rows, places, strict=False))
    return placed


def describe_stranger(written: str, where: str) -> str:
    """Say that a name is none of the workbook's places."""
    near = suggest(written, {place.name for places in _places().values() for place in places})
    return (
        f"{where} says {written!r}; allowed: a police force area of England and Wales (in a workbook also a region or "
        f"a country), never a local authority. {near + ' ' if near else ''}Use the file as published."
    )


def _places() -> dict[str, tuple[Place, ...]]:
    places: dict[str, tuple[Place, ...]] = {}
    for row in read_code_table(SOURCE, "areas.csv"):
        key = _fold(row["written"])
        places[key] = (*places.get(key, ()), Place(row["geography"], row["area_code"], row["name"], row["region"]))
    return places


def _fold(name: str) -> str:
    return " ".join(name.casefold().replace("&", " and ").replace("-", " ").split())


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
        message = f"{workbook.label}: cannot tell which year it is about: {says}. {ADVICE}"
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
    raise SourceError(f"{sheet.label}: no cell says '{_AREA_NAME}', which heads the names of the areas. {ADVICE}")


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
                f"{what or 'is not followed by %'}. {ADVICE}"
            )
        services[name] = (column, column + 1)
    if not services:
        raise SourceError(f"{sheet.label}: row {top + 2} has no heading 'Number' below the services' names. {ADVICE}")
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
            raise SourceError(f"{sheet.label}: row {number} {what}. {ADVICE}")
        rows[number] = name
    if not rows:
        raise SourceError(f"{sheet.label}: has headings and no rows. {ADVICE}")
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
                f"has {cases[forces[0]]:g}. The first should be the region and the second the force in it. {ADVICE}"
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
            f"{forces.sum():,g}. {ADVICE}"
        )


MOST_PERCENT_OFF = 1.0
"""The published percentage is that of the published counts, in 2018-19 to the whole number."""
MOST_CASES_OVER = 0.5
"""A group of people has at most its area's cases; fractions may be rounded up."""

FIGURES = [tidy for tidy in CASES_COLUMNS.values() if tidy != "written_name"]
NOTHING_SUBMITTED = ["maracs", "marac_cases", "recommended_marac_cases"]
WRITTEN_ZERO = "written as 0, but nothing was submitted"


def make_schema(columns: Mapping[str, str], *, years: bool = False) -> pa.DataFrameSchema:
    """Make a schema of columns in which a number or one of the known marks may stand.

    Parameters
    ----------
    columns : mapping of str to str
        Headings with tidy names.
    years : bool
        Whether there are also columns of the year and of the force area's name.
    """
    marks = read_marks()
    words = ", ".join(repr(written) for written in marks.values() if written)
    figure = pa.Check(
        lambda cells: cells.str.fullmatch(r"[0-9]+(\.[0-9]+)?([eE]-[0-9]+)?") | cells.str.casefold().isin(marks),
        name="is a number or a mark",
    )
    checked = {
        tidy: pa.Column(
            str,
            figure,
            nullable=True,
            title=heading,
            description=f"a number of 0 or more without thousands separators, or one of {words}",
        )
        for heading, tidy in columns.items()
        if tidy not in {"written_name", "financial_year", "source"}
    }
    if years:
        pattern = r"20\d{2}-\d{2}"
        checked["financial_year"] = pa.Column(
            str,
            pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}"),
            title="financial_year",
            description="a financial year like 2024-25",
        )
        checked["written_name"] = pa.Column(str, title="pfa_name_safelives", description="the name of a force area")
    return pa.DataFrameSchema(checked)


def finish_cases(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Make numbers of the text, and missing what was not submitted."""
    numbers = frame[FIGURES].apply(to_numbers)
    # Where one of the three is blank and another 0, nothing was submitted all the same.
    silent = (numbers[NOTHING_SUBMITTED].fillna(0) == 0).all(axis=1) & (numbers[NOTHING_SUBMITTED] == 0).any(axis=1)
    notes = _explain_rows(frame[FIGURES]).mask(silent, WRITTEN_ZERO)
    numbers = numbers.mask(silent)
    _check_percentages(numbers, frame["name"], label)
    _check_whole(numbers["maracs"], label)
    return frame.assign(**numbers.astype({"maracs": "Int64"}), value_note=notes)


def to_numbers(cells: pd.Series) -> pd.Series:
    """Make numbers of checked text; a mark is missing."""
    return pd.to_numeric(cells, errors="coerce").astype("float64")


def explain(cells: pd.Series) -> pd.Series:
    """Say of every cell why it is no number; missing where it is one."""
    return cells.fillna("").str.casefold().map(dict(read_marks(notes=True))).astype("str")


def _explain_rows(frame: pd.DataFrame) -> pd.Series:
    reasons = frame.apply(explain)

    def join(row: pd.Series) -> str | None:
        found = row.dropna()
        if len(found) == len(row) and len(set(found)) == 1:
            return str(found.iloc[0])
        return "; ".join(f"{column}: {reason}" for column, reason in found.items()) or None

    return pd.Series([join(row) for _, row in reasons.iterrows()], index=frame.index, dtype="str")


def _check_percentages(numbers: pd.DataFrame, names: pd.Series, label: str) -> None:
    made = numbers["repeat_marac_cases"] / numbers["marac_cases"].where(numbers["marac_cases"] > 0) * 100
    for row in numbers.index[numbers["repeat_marac_cases_percent"] > 100]:  # noqa: PLR2004 - per cent
        raise SourceError(
            f"{label}: row {row} ({names[row]}) says {numbers['repeat_marac_cases_percent'][row]:g} % of its cases "
            f"were repeats; allowed: at most 100. Columns were probably moved. {ADVICE}"
        )
    off = (made - numbers["repeat_marac_cases_percent"]).abs()
    for row in off.index[off > MOST_PERCENT_OFF]:
        raise SourceError(
            f"{label}: row {row} ({names[row]}) says {numbers['repeat_marac_cases_percent'][row]:g} % of its cases "
            f"were repeats, and {numbers['repeat_marac_cases'][row]:g} of {numbers['marac_cases'][row]:g} are "
            f"{made[row]:.1f} %. Columns were probably moved. {ADVICE}"
        )


def _check_whole(maracs: pd.Series, label: str) -> None:
    for row in maracs.index[maracs % 1 > 0]:
        raise SourceError(
            f"{label}: row {row}, column 'Number of MARACs' says {maracs[row]:g}; allowed: a whole number. {ADVICE}"
        )


def check_twins(frame: pd.DataFrame, key: list[str]) -> None:
    """Refuse two rows about the same; `_file` says which file each is of."""
    twins = frame[frame.duplicated(key, keep=False)]
    if len(twins):
        first = twins.iloc[0]
        second = twins[(twins[key] == first[key]).all(axis=1)].iloc[1]
        what = ", ".join(str(second[column]) for column in key if column != "area_code")
        raise SourceError(
            f"{second['_file']}: row {second.name} ({second.get('name', second['area_code'])}, {what}) is also row "
            f"{first.name} of {first['_file']}. Keep one of the two."
        )


def check_people(frame: pd.DataFrame, cases: pd.Series, label: str) -> None:
    """Refuse a group with more cases than its area, or with more than all of them.

    Parameters
    ----------
    frame : pandas.DataFrame
        `area_code, name, group, marac_cases, marac_cases_percent`, indexed by spreadsheet row.
    cases : pandas.Series
        All cases by area code.
    label : str
    """
    most = frame["area_code"].map(cases) + MOST_CASES_OVER
    wrong = (frame["marac_cases"] > most) | (frame["marac_cases_percent"] > 100)  # noqa: PLR2004 - per cent
    if wrong.any():
        row = frame[wrong].iloc[0]
        in_all = cases.get(row["area_code"], float("nan"))
        raise SourceError(
            f"{label}: row {row.name} ({row['name']}, {row['group']}) says {row['marac_cases']:g} cases and "
            f"{row['marac_cases_percent']:g} %, and the area had {in_all:g} cases in all. "
            f"Columns were probably moved. {ADVICE}"
        )
