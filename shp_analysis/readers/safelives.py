"""SafeLives: what multi-agency risk assessment conferences (MARACs) discussed, by police force area and year.

Published by SafeLives, a charity, at https://safelives.org.uk/research-policy/practitioner-datasets/marac-data/, one
workbook for each year to March; no open licence is stated. Read are the workbooks (xls, xlsx), and a CSV of all
years that was derived from them. What the files do, and what is done:

- The figures are a force area's, never an authority's: every row says `police force area` and carries the force area's
  code, and a file that names any other place is refused. Regions and countries are the table `safelives_marac_totals`.
- "West Midlands" is a region and a force. The region's row comes before those of its forces, so the first of two is the
  region; a lone one among the rows of other regions is the region, and the force is missing. The derived CSV has lost
  the force in all its years.
- "No Data", "No population data", `#DIV/0!` and blanks are missing, with the reason in `value_note`. So is a written 0
  of a force with no MARACs, no cases and none recommended: it submitted nothing (Norfolk, 2023-24).
- Names may carry the digit of a footnote ("Lancashire2"), whose text is kept in `area_note`: often that a MARAC did not
  submit. Totals of two years compare only where `maracs` is the same.
- Referral counts may be fractions: a case that two services referred counts a half for each.

The sheets `Gender` and `Demographics`, which older workbooks lack, are the table `safelives_marac_people`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import (
    SIMULATED_MARK,
    Frequency,
    Reader,
    Records,
    RecordTable,
    SourceFile,
    read_code_table,
    says_simulated,
)
from shp_analysis.readers.safelives_workbook import (
    CASES,
    CASES_COLUMNS,
    FIGURES,
    FORCE_AREA,
    NOTES,
    PLACE,
    REFERRALS,
    SOURCE,
    WRITTEN_ZERO,
    check_people,
    check_twins,
    explain,
    find_corner,
    find_force_area,
    finish_cases,
    make_schema,
    name_rows,
    read_cases_sheet,
    read_financial_year,
    read_referrals_sheet,
    to_numbers,
    walk_rows,
)
from shp_analysis.readers.strict_csv import check_records, read_headings, read_strict_csv
from shp_analysis.readers.strict_sheet import (
    WORKBOOKS,
    Row,
    Sheet,
    Workbook,
    fold_heading,
    open_small_workbook,
    open_workbook,
    read_sheet,
)
from shp_analysis.readers.tables import ADVICE

PEOPLE_SHEETS = ("Gender", "Demographics")
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
        raise SourceError(f"{sheet.label}: row {top + 1}: {what}. {ADVICE}")
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


DERIVED_COLUMNS: Mapping[str, str] = {
    "pfa_name_safelives": "written_name",
    "financial_year": "financial_year",
    "marac_count": "maracs",
    "cases_discussed": "marac_cases",
    "recommended_cases": "recommended_marac_cases",
    "cases_per_10k_adult_females": "cases_per_10000_adult_females",
    "repeat_cases": "repeat_marac_cases",
    "repeat_cases_pct": "repeat_marac_cases_percent",
    "children_in_household": "children_in_household",
    "housing_referrals": "housing_referrals",
    "source": "source",
}
"""The derived CSV's headings, with the tidy names."""

_CASES, _TOTALS, _REFERRALS, _PEOPLE = (
    *("safelives_marac_cases", "safelives_marac_totals"),
    *("safelives_marac_referrals", "safelives_marac_people"),
)
_HEADINGS_THAT_TELL = 6
"""So many of the derived CSV's eleven headings are in no other file."""
_MARAC_IN_NAME = re.compile(r"marac[-_ ]?data", re.IGNORECASE)
"""The publisher's workbooks are called so; partnerships' own returns of their MARAC are not."""
_PERSON = ["area_code", "financial_year", "characteristic", "group"]
_REFERRAL_COLUMNS = {"Number": "referrals", "%": "referrals_percent"}
_PEOPLE_COLUMNS = {"Number": "marac_cases", "%": "marac_cases_percent"}


def _keep_places(frame: pd.DataFrame) -> pd.DataFrame:
    check_twins(frame, ["area_code", "financial_year"])
    return frame[[*PLACE, "financial_year", *FIGURES, "value_note", "area_note"]]


def _keep_forces(places: pd.DataFrame) -> pd.DataFrame:
    forces = places[places["geography"] == FORCE_AREA]
    return forces.rename(columns={"name": "police_force_area"}).reset_index(drop=True)


def _keep_totals(places: pd.DataFrame) -> pd.DataFrame:
    totals = places[places["geography"] != FORCE_AREA]
    return totals.rename(columns={"name": "area_name"}).reset_index(drop=True)


def _keep_referrals(frame: pd.DataFrame) -> pd.DataFrame:
    forces = frame[frame["geography"] == FORCE_AREA]
    check_twins(forces, ["area_code", "financial_year", "referral_source"])
    columns = [*PLACE, "financial_year", "referral_source", "referrals", "referrals_percent", "value_note"]
    return forces[columns].rename(columns={"name": "police_force_area"}).reset_index(drop=True)


def _keep_people(frame: pd.DataFrame) -> pd.DataFrame:
    # Both sheets may have the men; where the figures agree they are one.
    once = frame.drop_duplicates([*_PERSON, "marac_cases", "marac_cases_percent"])
    check_twins(once, _PERSON)
    columns = [*PLACE, *_PERSON[1:], "marac_cases", "marac_cases_percent", "value_note", "area_note"]
    return once[columns].rename(columns={"name": "area_name"}).reset_index(drop=True)


def _cases_of_csv(member: Member) -> pd.DataFrame:
    frame = read_strict_csv(member.read(), DERIVED_COLUMNS, member.label)
    if frame.empty:
        raise SourceError(f"{member.label}: has headings and no rows. {ADVICE}")
    frame = check_records(frame, make_schema(DERIVED_COLUMNS, years=True), member.label)
    areas = pd.DataFrame(
        [
            find_force_area(name, f"{member.label}: row {row}, column 'pfa_name_safelives'")
            for row, name in frame["written_name"].items()
        ],
        index=frame.index,
        columns=[*PLACE, "area_note"],
        dtype="str",
    )
    return finish_cases(frame.join(areas), member.label)


def _cases_of_workbook(workbook: Workbook, member: Member) -> pd.DataFrame:
    frame = read_cases_sheet(workbook).assign(financial_year=read_financial_year(workbook, member.path.name))
    label = f"{member.label} > Cases"
    check_records(frame[FIGURES], make_schema(CASES_COLUMNS), label)
    return finish_cases(frame, label)


def _referrals_of_csv(cases: pd.DataFrame) -> pd.DataFrame:
    silent = cases["value_note"] == WRITTEN_ZERO
    cell = cases["housing_referrals"]
    return cases.assign(
        referral_source="Housing",
        referrals=to_numbers(cell.mask(silent)),
        referrals_percent=float("nan"),
        value_note=explain(cell).mask(silent, WRITTEN_ZERO),
    )


def _referrals_of_workbook(workbook: Workbook, cases: pd.DataFrame, member: Member) -> pd.DataFrame:
    frame = read_referrals_sheet(workbook).assign(financial_year=read_financial_year(workbook, member.path.name))
    label = f"{member.label} > Referral routes"
    check_records(frame[["referrals", "referrals_percent"]], make_schema(_REFERRAL_COLUMNS), label)
    silent = frame["area_code"].isin(cases["area_code"][cases["value_note"] == WRITTEN_ZERO])
    return frame.assign(
        referrals=to_numbers(frame["referrals"].mask(silent)),
        referrals_percent=to_numbers(frame["referrals_percent"].mask(silent)),
        value_note=explain(frame["referrals"]).mask(silent, WRITTEN_ZERO),
    )


def _people_of_workbook(workbook: Workbook, cases: pd.DataFrame, member: Member) -> pd.DataFrame | None:
    """Read who the victims were; older workbooks do not say."""
    sheets = [read_people_sheet(workbook, name) for name in PEOPLE_SHEETS if name in workbook.sheet_names]
    if not sheets:
        return None
    cases = cases.set_index("area_code")
    frame = pd.concat(sheets).assign(financial_year=cases["financial_year"].iloc[0])
    label = f"{member.label} > {' and '.join(PEOPLE_SHEETS)}"
    check_records(frame[list(_PEOPLE_COLUMNS.values())].reset_index(drop=True), make_schema(_PEOPLE_COLUMNS), label)
    silent = frame["area_code"].isin(cases.index[cases["value_note"] == WRITTEN_ZERO])
    frame = frame.assign(
        marac_cases=to_numbers(frame["marac_cases"].mask(silent)),
        marac_cases_percent=to_numbers(frame["marac_cases_percent"].mask(silent)),
        value_note=explain(frame["marac_cases"].fillna(frame["marac_cases_percent"])).mask(silent, WRITTEN_ZERO),
    )
    check_people(frame, cases["marac_cases"], label)
    return frame


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    found = []
    for member in members:
        headings: tuple[str, ...] = ()
        if member.path.suffix.lower() == ".csv":
            headings = read_headings(member.read_start())
            is_ours = len(DERIVED_COLUMNS.keys() & set(headings)) >= _HEADINGS_THAT_TELL
        else:
            workbook = open_small_workbook(member)
            sheets = workbook.sheet_names if workbook else ()
            named = _MARAC_IN_NAME.search(member.path.name) and member.path.suffix.lower() in WORKBOOKS
            is_damaged = workbook is None or CASES in sheets or REFERRALS in sheets
            is_ours = {CASES, REFERRALS} <= set(sheets) or bool(named and is_damaged)
        if is_ours:
            found.append(SourceFile(SOURCE, member, headings, partial(_read_records, member)))
    return tuple(found)


def _read_records(member: Member) -> Iterator[Records]:
    label = member.label
    if member.path.suffix.lower() == ".csv":
        cases = _cases_of_csv(member)
        referrals, people = _referrals_of_csv(cases), None
        simulated = says_simulated(cases, ["source"])
    else:
        workbook = open_workbook(member.read(), label)
        cases = _cases_of_workbook(workbook, member)
        referrals = _referrals_of_workbook(workbook, cases, member)
        people = _people_of_workbook(workbook, cases, member)
        notes = read_sheet(workbook, NOTES).rows if NOTES in workbook.sheet_names else ()
        simulated = any(SIMULATED_MARK in cell for row in notes for cell in row if cell)
    places = _keep_places(cases.assign(_file=label))
    tables = {
        _CASES: _keep_forces(places),
        _TOTALS: _keep_totals(places),
        _REFERRALS: _keep_referrals(referrals.assign(_file=label)),
    }
    if people is not None:
        tables[_PEOPLE] = _keep_people(people.assign(_file=label))
    for table, frame in tables.items():
        if len(frame):
            texts = [name for name, dtype in frame.dtypes.items() if str(dtype) in {"object", "str"}]
            yield Records(table, frame.astype(dict.fromkeys(texts, "str")), simulated)


READER = Reader(
    source=SOURCE,
    publisher="SafeLives",
    address="https://safelives.org.uk/research-policy/practitioner-datasets/marac-data/",
    licence="no open licence stated",
    tables=(
        RecordTable(_CASES, Frequency.FINANCIAL_YEAR, "financial_year"),
        RecordTable(_TOTALS, Frequency.FINANCIAL_YEAR, "financial_year"),
        # By service: the derived CSV has one of them, which must not take the place of all.
        RecordTable(_REFERRALS, Frequency.FINANCIAL_YEAR, "financial_year", ("referral_source",)),
        RecordTable(_PEOPLE, Frequency.FINANCIAL_YEAR, "financial_year", ("characteristic",)),
    ),
    find_files=_find_files,
)
"""A simulated workbook says so in its notes, a simulated CSV in its column `source`."""
