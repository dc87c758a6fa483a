"""The national workbook of domestic abuse conferences (MARACs), by police force area, one for each financial year.

Cheshire's cases are those of its four authorities, of which Halton's MARAC returns its own; the other forces' are drawn
about one national rate. The sheet of notes says that the figures are simulated.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import xlsxwriter

from shp_analysis.readers.readers import SIMULATED_MARK
from shp_analysis.readers.safelives_workbook import CASES_COLUMNS
from shp_analysis.reference.areas import Area, list_authorities
from shp_analysis.reference.periods import FinancialYear, Month
from shp_analysis.simulator.borough import HOME_AREA, Floats, Whole, draw_overdispersed, open_stream, read_sample_table
from shp_analysis.simulator.planted_series import draw_period_count

CASES_SERIES = "partner_returns/marac_cases"
CASES_PER_10000 = 41.0
DISPERSION = 12.0
"""Variance over mean of a force's yearly cases: forces differ, and so do their years."""
REPEATS, CHILDREN_PER_CASE, RECOMMENDED_PER_10000 = 0.29, 1.15, 40
MARCH = 3
NO_DATA = "No Data"
_SILENT = ("E23000024", "2022-23")
"""A force that submitted nothing in one year, as one did."""
_FOOTNOTES = {"E23000003": ("2", "2. Only two MARACs of the Lancashire police force submitted data.")}
_CREATED = datetime(2025, 1, 1, tzinfo=UTC)
_PER, _PERCENT = 10_000, 100.0

Cell = str | float | None


@dataclass(frozen=True)
class ForceSize:
    """How large a police force area is, for its MARACs."""

    code: str
    name: str
    region: str
    maracs: int
    adult_females: int


@dataclass(frozen=True)
class Cases:
    """A place's year: figures that may be added up; None of a force that submitted nothing."""

    maracs: int
    adult_females: int
    cases: int
    repeats: int
    children: int
    referrals: tuple[float, ...]
    people: tuple[int, ...]


Row = tuple[str, Cases | None] | None
"""A row of every sheet: whose it is, and the figures; None where the row is empty."""


def write_marac(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    """Write a workbook for every financial year that ends in some months.

    Parameters
    ----------
    folder : pathlib.Path
    seed : int
    areas : sequence of Area
        Not used: the workbook is of all police force areas.
    months : sequence of Month

    Yields
    ------
    pathlib.Path
    """
    del areas
    for year in (FinancialYear.containing(month.start) for month in months if month.start.month == MARCH):
        path = folder / f"simulated-marac-data-{year.label}-{year.end.year}-07.xlsx"
        path.write_bytes(_build_workbook(seed, year))
        yield path


@cache
def read_force_sizes() -> Mapping[str, ForceSize]:
    """Read the police force areas by code, in the order of the workbook."""
    rows = read_sample_table("marac_forces.csv").itertuples(index=False, name=None)
    sizes = [
        ForceSize(str(code), str(name), str(region), int(maracs), int(females))
        for code, name, region, maracs, females in rows
    ]
    return {size.code: size for size in sizes}


def draw_cases(seed: int, size: ForceSize, year: FinancialYear) -> Cases | None:
    """Draw a force's year.

    Returns
    -------
    Cases or None
        None where the force submitted nothing.
    """
    if (size.code, year.label) == _SILENT:
        return None
    stream = open_stream(seed, "marac", size.code, year.label)
    own = list_authorities(size.code)
    if HOME_AREA in own:
        cases = sum(draw_period_count(seed, CASES_SERIES, code, year) for code in own)
    else:
        expected = np.array([size.adult_females / _PER * CASES_PER_10000])
        cases = int(stream.poisson(draw_overdispersed(expected, np.array([DISPERSION]), stream))[0])
    repeats = int(stream.binomial(cases, REPEATS))
    children = int(stream.poisson(cases * CHILDREN_PER_CASE))
    referrals = stream.multinomial(cases, _shares("marac_referrals.csv"))
    # A case that two services referred counts a half for each.
    halves = np.zeros(len(referrals))
    halves[0], halves[1] = -0.5, 0.5
    shared = referrals + halves if cases % 2 and referrals[0] else referrals + 0.0
    people = stream.binomial(cases, read_sample_table("marac_people.csv")["share"].to_numpy(float))
    return Cases(
        size.maracs, size.adult_females, cases, repeats, children, tuple(shared.tolist()), _make_agree(people, cases)
    )


def _make_agree(people: Whole, cases: int) -> tuple[int, ...]:
    """Let the sheets agree on the men, and men and women not exceed the cases."""
    counts = [int(count) for count in people]
    women, men = counts[0], counts[1]
    return (min(women, cases - men), men, *counts[2:-1], men)


@cache
def _shares(table: str) -> Floats:
    shares = read_sample_table(table)["share"].to_numpy(float)
    of_all: Floats = shares / shares.sum()
    return of_all


def _add(parts: Sequence[Cases | None]) -> Cases:
    known = [part for part in parts if part is not None]
    return Cases(
        maracs=sum(part.maracs for part in known),
        adult_females=sum(part.adult_females for part in known),
        cases=sum(part.cases for part in known),
        repeats=sum(part.repeats for part in known),
        children=sum(part.children for part in known),
        referrals=tuple(sum(column) for column in zip(*(part.referrals for part in known), strict=True)),
        people=tuple(sum(column) for column in zip(*(part.people for part in known), strict=True)),
    )


def _list_places(seed: int, year: FinancialYear) -> list[Row]:
    """List the rows of every sheet: countries, then regions with their forces; None is an empty row."""
    drawn = {size.code: draw_cases(seed, size, year) for size in read_force_sizes().values()}
    english = [cases for code, cases in drawn.items() if code.startswith("E")]
    rows: list[Row] = [
        ("England and Wales", _add(list(drawn.values()))),
        None,
        ("England", _add(english)),
    ]
    for region in dict.fromkeys(size.region for size in read_force_sizes().values()):
        own = [size for size in read_force_sizes().values() if size.region == region]
        rows += [None, (region, _add([drawn[size.code] for size in own]))]
        rows += [(size.name + _FOOTNOTES.get(size.code, ("", ""))[0], drawn[size.code]) for size in own]
    return rows


def _build_workbook(seed: int, year: FinancialYear) -> bytes:
    rows = _list_places(seed, year)
    ending = f"year ending March {year.end.year}"
    notes = [
        f"{SIMULATED_MARK} data: every figure was generated, and none is about a real case, person or force.",
        f"Marac data England and Wales April {year.start.year} - March {year.end.year}",
    ]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": f"{SIMULATED_MARK} data", "created": _CREATED})
        book.add_worksheet("Notes").write_column(1, 1, notes)
        _write_sheet(book, "Cases", f"Cases discussed at MARACs, {ending}", _cases_table(rows))
        _write_sheet(book, "Referral routes", f"Sources of referrals, {ending}", _referrals_table(rows))
        for sheet in ("Gender", "Demographics"):
            _write_sheet(book, sheet, f"Cases by victim, {ending}", _people_table(rows, sheet))
    return file.getvalue()


def _write_sheet(book: xlsxwriter.Workbook, name: str, title: str, table: Sequence[Sequence[Cell]]) -> None:
    sheet = book.add_worksheet(name)
    sheet.write_string(1, 1, title)
    for number, row in enumerate(table, start=3):
        sheet.write_row(number, 1, row)
    sheet.write_column(4 + len(table), 1, [text for _, text in _FOOTNOTES.values()])


def _cases_table(rows: Sequence[Row]) -> list[list[Cell]]:
    body = [[] if row is None else [row[0], *_cases_cells(row[1])] for row in rows]
    return [list(CASES_COLUMNS), [], *body]


def _cases_cells(cases: Cases | None) -> list[Cell]:
    if cases is None:
        return [NO_DATA] * (len(CASES_COLUMNS) - 1)
    recommended = round(cases.adult_females / _PER * RECOMMENDED_PER_10000, -1)
    rate = cases.cases / cases.adult_females * _PER
    percent = cases.repeats / cases.cases * _PERCENT if cases.cases else 0.0
    return [cases.maracs, cases.cases, recommended, rate, cases.repeats, percent, cases.children]


def _services() -> tuple[str, ...]:
    return tuple(str(service) for service in read_sample_table("marac_referrals.csv")["service"])


def _referrals_table(rows: Sequence[Row]) -> list[list[Cell]]:
    return _lay_out_pairs(rows, _services(), lambda cases: cases.referrals)


def _people_table(rows: Sequence[Row], sheet: str) -> list[list[Cell]]:
    table = read_sample_table("marac_people.csv")
    wanted = [number for number, name in enumerate(table["sheet"]) if name == sheet]
    groups = [str(table["published"].iloc[number]) for number in wanted]
    return _lay_out_pairs(rows, groups, lambda cases: [cases.people[number] for number in wanted])


def _lay_out_pairs(
    rows: Sequence[Row], groups: Sequence[str], choose: Callable[[Cases], Sequence[float]]
) -> list[list[Cell]]:
    """Lay out a number and a percentage for every group, under two rows of headings."""
    table: list[list[Cell]] = [
        ["Area Name", *(cell for group in groups for cell in (group, None))],
        [None, *(["Number", "%"] * len(groups))],
    ]
    for row in rows:
        name, cases = row or (None, None)
        if cases is None:
            table.append([name, *([NO_DATA] * 2 * len(groups))] if name else [])
            continue
        shares = [(number, number / cases.cases * _PERCENT if cases.cases else 0.0) for number in choose(cases)]
        table.append([name, *(cell for pair in shares for cell in pair)])
    return table
