"""Home Office, National Referral Mechanism: potential victims of modern slavery, by who referred them.

Published every quarter under the Open Government Licence v3.0 at https://www.gov.uk/government/collections/
national-referral-mechanism-statistics, as a workbook of data tables (ods). Read are its tables of referrals by police,
government and charity first responders, by exploitation type, age and gender, each over all nationalities. What they
do, and what is done:

- A figure is the referring force's: not an authority's, and not where the exploitation was, which may be abroad. Police
  forces carry the code of their area; regional units, Scotland and Northern Ireland have none.
- Quarters are the calendar's there: quarter 1 is January to March. Here it is the financial year's fourth (`period`).
- A row says only what differs from the row above it, and its first is the total of what follows. Every total is held
  against its parts, down to gender and across nationalities; then only the rows by exploitation type and age are kept.
- One person may be referred again and is counted again; children are those who were exploited as children.
- A count may rest on one person. Small numbers are the publisher's own; a public paper suppresses them.
- An annual summary has the same tables for a year and is refused.

The layout is that of the tables of April 2022 to December 2023 as a program that read them shows it (sheets `Table_12`
and `Table_13`); no file was at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.home_office_layout import find_force
from shp_analysis.readers.readers import (
    Frequency,
    Reader,
    Records,
    RecordTable,
    SourceFile,
    read_code_map,
    read_code_table,
)
from shp_analysis.readers.sheet_starts import WORKBOOKS, list_words, read_sheet_starts
from shp_analysis.readers.strict_sheet import Sheet, find_headings, fold_heading, open_workbook, read_sheet, read_table
from shp_analysis.readers.table_files import says_simulated_file
from shp_analysis.readers.tables import ADVICE, check_once, refuse_cell, refuse_first
from shp_analysis.reference.period_spellings import APRIL, MONTHS_IN_QUARTER, MONTHS_IN_YEAR, name_years

SOURCE = "nrm"
LEVELS = ("first_responder", "exploitation_type", "age_group", "gender")
"""What a table counts by, from the left: a row says only what differs from the rows above it."""
NATIONALITY = "nationality_"

_NOTE_MARK = re.compile(r"\s*\[note[s]? [\d, ]+\]", re.IGNORECASE)
_CALENDAR_QUARTER = re.compile(r"\bq(?:uarter)?[ _-]?(?P<quarter>[1-4])[ ,_-]+(?P<year>20\d\d)", re.IGNORECASE)
_MONTHS = re.compile(
    r"(?P<first>jan|apr|jul|oct)[a-z]*[ _-]+(?:20\d\d[ _-]+)?to[ _-]+(?:\d{1,2}[ _-]+)?(?P<last>mar|jun|sep|dec)[a-z]*"
    r"[ ,_-]+(?P<year>20\d\d)",
    re.IGNORECASE,
)
_QUARTERS: Mapping[tuple[str, str], int] = {("jan", "mar"): 1, ("apr", "jun"): 2, ("jul", "sep"): 3, ("oct", "dec"): 4}
_WHOLE_YEAR = re.compile(r"end[ _-]of[ _-]year|january[ _-]+to[ _-]+december|annual", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class CalendarQuarter:
    """A quarter as the publisher counts: 1 is January to March."""

    year: int
    quarter: int

    @property
    def slug(self) -> str:
        """Its name as a quarter of the financial year: 2024-25-Q4 is January to March 2025."""
        months = self.year * MONTHS_IN_YEAR + (self.quarter - 1) * MONTHS_IN_QUARTER - (APRIL - 1)
        first_year, month = divmod(months, MONTHS_IN_YEAR)
        return f"{name_years(first_year)}-Q{month // MONTHS_IN_QUARTER + 1}"


def fold_column(heading: str) -> str:
    """Fold a heading for comparison: as `fold_heading`, without the mark of a note."""
    return _NOTE_MARK.sub("", fold_heading(heading)).strip()


@cache
def read_columns() -> Mapping[str, tuple[str, str]]:
    """Give every folded heading with its tidy name and, of a first responder's, which kind that is."""
    rows = read_code_table(SOURCE, "headings.csv")
    return {fold_column(row["heading"]): (row["column"], row["responder_type"]) for row in rows}


def find_table(sheet: Sheet) -> tuple[str, dict[str, str]] | None:
    """Find a table of referrals by first responder in a sheet.

    Returns
    -------
    tuple of (str, dict of str to str) or None
        The kind of responder, and the headings with their tidy names; nationalities are `nationality_0` and so on.
        None where the sheet holds no such table.
    """
    headings = find_headings(sheet, read_columns())
    known = {
        heading: read_columns()[fold_column(heading)] for heading in headings if fold_column(heading) in read_columns()
    }
    columns = {column for column, _ in known.values()}
    if not {*LEVELS, "referrals"} <= columns:
        return None
    kind = next(kind for column, kind in known.values() if column == LEVELS[0])
    tidy = {heading: column for heading, (column, _) in known.items()}
    return kind, {heading: tidy.get(heading, f"{NATIONALITY}{n}") for n, heading in enumerate(headings)}


def find_quarter(sheets: Sequence[tuple[str, ...]], label: str) -> CalendarQuarter:
    """Find the one quarter that a workbook's tables are of.

    Parameters
    ----------
    sheets : sequence of tuple of str
        Texts that may say it, those that are surest first: a table's titles, the cover, the file's name.
    label : str

    Raises
    ------
    SourceError
        Where they say none, several, or a whole year.
    """
    for texts in sheets:
        found = set(_list_quarters(texts))
        if len(found) == 1 and not any(_WHOLE_YEAR.search(text) for text in texts):
            return found.pop()
        if found or any(_WHOLE_YEAR.search(text) for text in texts):
            said = ", ".join(f"quarter {each.quarter} {each.year}" for each in sorted(found)) or "a whole year"
            message = (
                f"{label}: its titles speak of {said}; allowed: one quarter, like October to December 2024. {ADVICE}"
            )
            raise SourceError(message)
    message = f"{label}: neither its titles nor its name say which quarter it is of. {ADVICE}"
    raise SourceError(message)


def _list_quarters(texts: Iterable[str]) -> Iterable[CalendarQuarter]:
    for text in texts:
        for found in _CALENDAR_QUARTER.finditer(text):
            yield CalendarQuarter(int(found["year"]), int(found["quarter"]))
        for found in _MONTHS.finditer(text):
            number = _QUARTERS.get((found["first"].lower(), found["last"].lower()))
            if number:
                yield CalendarQuarter(int(found["year"]), number)


TABLE = RecordTable("nrm_referrals", Frequency.QUARTER, "period", ("responder_type",))
POLICE = "police"

TIDY_COLUMNS = (
    "period",
    "calendar_quarter",
    "responder_type",
    "first_responder",
    "area_code",
    "exploitation_type",
    "age_group",
    "referrals",
)
MOST_UNPLACED_FORCES = 0.5
"""Beside 44 forces stand up to a dozen other bodies of police; more unknown names than these are a misreading."""
_TOTAL = "Total"
_NUMBER = re.compile(r"\d{1,6}")
_NAMED = re.compile(r"(?:national.referral.mechanism|\bnrm\b|modern.slavery).*(?:table|data)", re.IGNORECASE)
_WORDS = re.compile("[A-Za-z]{2}")


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    files = []
    for member in members:
        if member.path.name.lower().endswith(WORKBOOKS):
            found = [(sheet.label, table) for sheet in read_sheet_starts(member) if (table := find_table(sheet))]
            headings = tuple(f"{name}: {heading}" for name, (_, columns) in found for heading in columns)
            if headings or _NAMED.search(member.path.name):
                files.append(SourceFile(SOURCE, member, headings, partial(_read, member)))
    return tuple(files)


def _read(member: Member) -> Iterator[Records]:
    is_simulated = says_simulated_file(member)
    for frame in _read_member(member):
        yield Records(TABLE.name, frame, is_simulated)


def _read_member(member: Member) -> Iterator[pd.DataFrame]:
    workbook = open_workbook(member.read(), member.label)
    cover = list_words(read_sheet_starts(member)[:1])
    seen: dict[str, str] = {}
    for name in workbook.sheet_names:
        sheet = read_sheet(workbook, name)
        table = find_table(sheet)
        if table is None:
            continue
        kind, columns = table
        if kind in seen:
            message = (
                f"{sheet.label}: referrals by {kind} first responders are also in {seen[kind]}. Keep one of the two."
            )
            raise SourceError(message)
        seen[kind] = sheet.label
        quarter = find_quarter([_list_titles(sheet, columns), cover, (member.path.name,)], sheet.label)
        frame = _finish(read_table(sheet, columns), kind, sheet.label)
        yield frame.assign(
            period=pd.Series(quarter.slug, index=frame.index, dtype="str"),
            calendar_quarter=pd.Series(f"{quarter.year} Q{quarter.quarter}", index=frame.index, dtype="str"),
        )[list(TIDY_COLUMNS)]
    if not seen:
        message = f"{member.label}: holds no table of referrals by first responder whose headings are known. {ADVICE}"
        raise SourceError(message)


def _list_titles(sheet: Sheet, columns: dict[str, str]) -> tuple[str, ...]:
    """List what stands above a table."""
    rows = sheet.rows
    top = next(n for n, row in enumerate(rows) if set(columns) <= {" ".join(cell.split()) for cell in row if cell})
    return tuple(cell for row in rows[:top] for cell in row if cell)


def _finish(frame: pd.DataFrame, kind: str, label: str) -> pd.DataFrame:
    if frame.empty:
        raise SourceError(f"{label}: has headings and no rows. Fetch the file again.")
    rows = _fill(frame, label)
    numbers = _count(frame, label)
    _check_nationalities(numbers, label)
    rows = rows.assign(referrals=numbers["referrals"])
    _check_totals(rows, label)
    is_kept = (rows[list(LEVELS[:3])] != _TOTAL).all(axis=1) & (rows["gender"] == _TOTAL)
    kept = rows[is_kept].reset_index(names="row")
    if kept.empty:
        message = f"{label}: has no row of an exploitation type and age over all genders. {ADVICE}"
        raise SourceError(message)
    return kept.assign(
        responder_type=pd.Series(kind, index=kept.index, dtype="str"),
        age_group=_spell_ages(kept, label),
        area_code=_place(kept["first_responder"], label)
        if kind == POLICE
        else pd.Series(pd.NA, kept.index, dtype="str"),
        exploitation_type=kept["exploitation_type"].astype("str"),
        first_responder=kept["first_responder"].astype("str"),
    )


def _fill(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Say of every row what it is about, from the rows above it; what it is a total of says `Total`."""
    filled: list[tuple[str, ...]] = []
    about = [_TOTAL] * len(LEVELS)
    for row, cells in zip(frame.index, frame[list(LEVELS)].to_numpy(), strict=True):
        said = [n for n, cell in enumerate(cells) if isinstance(cell, str) and cell.strip()]
        has_gap = said != list(range(said[0], said[-1] + 1)) if said else True
        if has_gap or (said[0] and not filled) or (said[0] > 1 and about[said[0] - 1] == _TOTAL):
            message = (
                f"{label}: row {row} does not say what it counts, and nor does a row above it: one of "
                f"{', '.join(LEVELS)} is missing before the last that it says. {ADVICE}"
            )
            raise SourceError(message)
        about[said[0] :] = [_TOTAL] * (len(LEVELS) - said[0])
        for level in said:
            about[level] = " ".join(cells[level].split())
            if not _WORDS.search(about[level]) or "\n" in cells[level].strip():
                message = (
                    f"{label}: row {row} says {cells[level]!r} for its {LEVELS[level].replace('_', ' ')}; allowed: "
                    f"words. {ADVICE}"
                )
                raise SourceError(message)
        filled.append(tuple(about))
    return pd.DataFrame(filled, columns=list(LEVELS), index=frame.index)


def _count(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    columns = [column for column in frame if column not in LEVELS]
    for column in columns:
        what = "Total" if column == "referrals" else "of a nationality"
        _check_numbers(frame[column].fillna(""), what, label)
    return frame[columns].astype("Int64")


def _check_numbers(cells: pd.Series, what: str, label: str) -> None:
    refuse_first(
        cells.to_frame(),
        ~cells.str.fullmatch(_NUMBER).astype(bool),
        label,
        lambda row, _: f", column {what} says {cells[row]!r}; allowed: a whole number",
    )


def _check_nationalities(numbers: pd.DataFrame, label: str) -> None:
    parts = numbers[[column for column in numbers if str(column).startswith(NATIONALITY)]]
    sums = parts.sum(axis=1)
    wrong = numbers.index[(sums != numbers["referrals"]).to_numpy(dtype=bool)]
    if len(parts.columns) and len(wrong):
        _refuse_sum(label, wrong[0], numbers.loc[wrong[0], "referrals"], "nationalities", sums[wrong[0]])


def _check_totals(rows: pd.DataFrame, label: str) -> None:
    """Hold every total against the rows of the next level below it."""
    keys = list(LEVELS)
    check_once(rows, keys, label)
    for level, column in enumerate(keys):
        at_level = rows[(rows[keys[level + 1 :]] == _TOTAL).all(axis=1)]
        is_total = at_level[column] == _TOTAL
        _check_level(at_level[is_total], at_level[~is_total], keys[:level], column, label)


def _check_level(totals: pd.DataFrame, parts: pd.DataFrame, above: list[str], column: str, label: str) -> None:
    if above:
        sums = parts.groupby(above)["referrals"].sum().rename("expected").reset_index()
        both = totals.reset_index(names="row").merge(sums, on=above)
    else:
        both = totals.reset_index(names="row").assign(expected=parts["referrals"].sum())
    wrong = both[both["expected"] != both["referrals"]]
    if len(wrong):
        first = wrong.iloc[0]
        _refuse_sum(label, first["row"], first["referrals"], f"{column.replace('_', ' ')}s", first["expected"])


def _refuse_sum(label: str, row: int, written: int, what: str, total: int) -> None:
    message = (
        f"{label}: row {row} says {written:,} referrals, and its {what} add up to {total:,}. Rows or columns are "
        f"missing or were changed. {ADVICE}"
    )
    raise SourceError(message)


def _spell_ages(kept: pd.DataFrame, label: str) -> pd.Series:
    groups = read_code_map(SOURCE, "ages.csv", "spelling", "age_group")
    spellings = {spelling.casefold(): group for spelling, group in groups.items()}
    ages = kept["age_group"].str.casefold().map(spellings)
    refuse_cell(
        kept.set_index("row"),
        ages.isna(),
        "age_group",
        label,
        "an age of the list reference/nrm/ages.csv",
        heading="Age at exploitation",
    )
    return ages.astype("str")


def _place(names: pd.Series, label: str) -> pd.Series:
    found = {name: find_force(name) for name in names.unique()}
    unknown = sorted(name for name, force in found.items() if force is None)
    if len(unknown) > MOST_UNPLACED_FORCES * len(found):
        message = (
            f"{label}: column 'Police first responder' says {unknown[0]!r}, which is no force known here, and so are "
            f"{len(unknown):,} of {len(found):,} names. {ADVICE}"
        )
        raise SourceError(message)
    return names.map({name: force[1] if force else None for name, force in found.items()}).astype("str")


READER = Reader(
    source=SOURCE,
    publisher="Home Office",
    address="https://www.gov.uk/government/collections/national-referral-mechanism-statistics",
    tables=(TABLE,),
    find_files=_find_files,
)
