"""Proven reoffending and referrals of potential victims of modern slavery, as they are published.

Reoffending is by authority, in cohorts of twelve months of which each shares nine with the last; it is two years old
when it comes out. Referrals are by force, a workbook a quarter. Both say in their notes that they are simulated.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import pandas as pd

from shp_analysis.reference.areas import Area, PoliceForce
from shp_analysis.reference.periods import Month, Quarter
from shp_analysis.simulator.borough import Whole, open_stream, read_sample_table
from shp_analysis.simulator.home_office import list_quarters
from shp_analysis.simulator.planted_series import draw_period_count
from shp_analysis.simulator.police import list_forces, list_policed
from shp_analysis.simulator.workbooks import build_workbook, write_file

REOFFENDING_PUBLISHED, REFERRALS_PUBLISHED = "2025-07", "2025-05"
LAST_COHORT_ENDS = Quarter("2023-24 Q1")
"""The last quarter of the newest cohort that was out in July 2025: July 2022 to June 2023."""
YEARS_BEFORE = 3
"""How many years before the street files' first month the oldest cohort ends, at most."""
QUARTERS_IN_COHORT = 4
REFERRAL_QUARTERS = 12
"""How many of the newest quarters have tables of referrals: three years."""
FURTHER_REOFFENCES = 2.8
"""Reoffences of a reoffender beyond the first."""
AGES = ("Adult", "Juvenile")
ALL_AGES = "All"
REOFFENDING_SHARES = {"Adult": 0.26, "Juvenile": 0.32}
SERIES = {"Adult": "moj/offenders_adults", "Juvenile": "moj/offenders_children"}
REFERRALS = "nrm/referrals"
RESPONDER, EXPLOITATION, AGE, GENDER, TOTAL = (
    *("Police first responder", "Exploitation type", "Age at exploitation"),
    *("Gender", "Total"),
)
LEVELS = (EXPLOITATION, AGE, GENDER)


def write_justice(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    """Write reoffending by authority and referrals by force.

    Parameters
    ----------
    folder : Path
    seed : int
    areas : sequence of Area
        The authorities, and whose forces, are in the tables. A force's referrals are of all its simulated authorities.
    months : sequence of Month
        Those of the street files, oldest first.

    Yields
    ------
    Path
        The workbook of reoffending, and a zip with a workbook of referrals for every quarter.
    """
    reoffending = build_reoffending(seed, areas, list_cohorts(months))
    path = folder / f"simulated-proven-reoffending-by-local-authority-{REOFFENDING_PUBLISHED}.xlsx"
    yield write_file(path, build_workbook(_REOFFENDING_NOTES, {"Local_authority": reoffending}))
    quarters = list_quarters(months)
    if quarters:
        path = folder / f"simulated-national-referral-mechanism-tables-{REFERRALS_PUBLISHED}.zip"
        yield write_file(path, _zip_referrals(seed, list_forces(areas), quarters[-REFERRAL_QUARTERS:]))


def list_cohorts(months: Sequence[Month]) -> tuple[tuple[Quarter, ...], ...]:
    """List the cohorts, each as its four quarters, oldest first."""
    first_end = months[0]
    for _ in range(YEARS_BEFORE):
        first_end = first_end.same_last_year()
    last = LAST_COHORT_ENDS
    cohorts: list[tuple[Quarter, ...]] = []
    while last.start >= first_end.start:
        quarters = [last]
        while len(quarters) < QUARTERS_IN_COHORT:
            quarters.insert(0, quarters[0].previous())
        cohorts.insert(0, tuple(quarters))
        last = last.previous()
    return tuple(cohorts)


def build_reoffending(seed: int, areas: Sequence[Area], cohorts: Sequence[Sequence[Quarter]]) -> pd.DataFrame:
    """Build the table of reoffending: adults, children and all of every authority and cohort."""
    counts = {
        (area.code, quarter, age): _draw_offenders(seed, area, quarter, age)
        for area in areas
        for quarter in dict.fromkeys(quarter for cohort in cohorts for quarter in cohort)
        for age in AGES
    }
    rows = []
    for cohort in cohorts:
        name = f"{cohort[0].months[0].in_words} to {cohort[-1].months[-1].in_words}"
        for area in areas:
            by_age = [np.sum([counts[area.code, quarter, age] for quarter in cohort], axis=0) for age in AGES]
            for age, numbers in zip((*AGES, ALL_AGES), (*by_age, by_age[0] + by_age[1]), strict=True):
                rows.append((name, area.code, area.name, age, *_rate(numbers)))
    return pd.DataFrame(rows, columns=list(_REOFFENDING_HEADINGS))


def _draw_offenders(seed: int, area: Area, quarter: Quarter, age: str) -> Whole:
    """Draw a quarter's offenders, those of them who reoffended within a year, and their reoffences."""
    offenders = draw_period_count(seed, SERIES[age], area.code, quarter)
    stream = open_stream(seed, "reoffending", area.code, quarter.slug, age)
    reoffenders = int(stream.binomial(offenders, REOFFENDING_SHARES[age]))
    return np.array([offenders, reoffenders, reoffenders + stream.poisson(FURTHER_REOFFENCES * reoffenders)])


def _rate(numbers: Whole) -> tuple[int | float | None, ...]:
    offenders, reoffenders, reoffences = (int(number) for number in numbers)
    return (
        *(offenders, reoffenders, reoffences),
        round(100 * reoffenders / offenders, 1) if offenders else None,
        round(reoffences / reoffenders, 2) if reoffenders else None,
        round(reoffences / offenders, 2) if offenders else None,
    )


def _zip_referrals(seed: int, forces: Sequence[PoliceForce], quarters: Sequence[Quarter]) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as zipped:
        for quarter in quarters:
            first, last = quarter.months[0].start, quarter.end
            number = (first.month - 1) // 3 + 1
            title = f"Quarter {number} {last.year}: {first:%B} to {last:%B} {last.year}"
            content = build_workbook(
                (f"National Referral Mechanism statistics, {title}",),
                {"Table_12": build_referrals(seed, forces, quarter)},
                above=(f"Table 12: Referrals by police first responders, {title}",),
            )
            name = f"simulated-nrm-tables-q{number}-{last.year}.xlsx"
            member = ZipInfo(name, date_time=(last.year, last.month, last.day, 0, 0, 0))
            member.compress_type = ZIP_DEFLATED
            zipped.writestr(member, content)
    return file.getvalue()


def build_referrals(seed: int, forces: Sequence[PoliceForce], quarter: Quarter) -> pd.DataFrame:
    """Build a quarter's table: all forces, then each with its exploitation types, their ages and their genders.

    A row says only what differs from the row above it, as published; what nobody was referred for has no row.
    """
    nationalities = _read_shares("nationality")
    blocks = [(force, _draw_referrals(seed, force, quarter)) for force in forces]
    total = np.sum([cells.sum(axis=(0, 1, 2)) for _, cells in blocks], axis=0)
    rows: list[tuple[object, ...]] = [_list_row(0, TOTAL, total)]
    for force, cells in blocks:
        if cells.sum():
            rows.append(_list_row(0, force.area_name, cells.sum(axis=(0, 1, 2))))
            rows += _list_parts(cells)
    return pd.DataFrame(rows, columns=[RESPONDER, *LEVELS, *nationalities.index, TOTAL])


def _list_parts(cells: Whole) -> Iterator[tuple[object, ...]]:
    kinds, ages, genders = (_read_shares(field).index for field in ("exploitation", "age", "gender"))
    for kind, of_kind in zip(kinds, cells, strict=True):
        if of_kind.sum():
            yield _list_row(1, kind, of_kind.sum(axis=(0, 1)))
        for age, of_age in zip(ages, of_kind, strict=True):
            if of_age.sum():
                yield _list_row(2, age, of_age.sum(axis=0))
            for gender, of_gender in zip(genders, of_age, strict=True):
                if of_gender.sum():
                    yield _list_row(3, gender, of_gender)


def _list_row(level: int, name: str, nationalities: Whole) -> tuple[object, ...]:
    said = [None] * (len(LEVELS) + 1)
    return (*said[:level], name, *said[level + 1 :], *(int(count) for count in nationalities), int(nationalities.sum()))


def _draw_referrals(seed: int, force: PoliceForce, quarter: Quarter) -> Whole:
    """Draw a force's referrals: exploitation types × ages × genders × nationalities."""
    count = sum(draw_period_count(seed, REFERRALS, area.code, quarter) for area in list_policed(force))
    shares = np.ones(())
    for field in ("exploitation", "age", "gender", "nationality"):
        shares = np.multiply.outer(shares, _read_shares(field).to_numpy(float))
    stream = open_stream(seed, "referrals", force.area_code, quarter.slug)
    drawn: Whole = stream.multinomial(count, shares.ravel()).reshape(shares.shape)
    return drawn


@cache
def _read_shares(field: str) -> pd.Series:
    table = read_sample_table("referral_shares.csv")
    return table[table["field"] == field].set_index("value")["share"]


_REOFFENDING_HEADINGS = (
    *("Cohort", "Area code", "Local authority", "Adult/Juvenile"),
    *("Number of offenders in cohort", "Number of reoffenders", "Number of reoffences"),
    *("Proportion of offenders who reoffend (%)", "Average number of reoffences per reoffender"),
    "Average number of reoffences per offender",
)
_REOFFENDING_NOTES = (
    "Proven reoffending by local authority: offenders cautioned, convicted or released in twelve months.",
    "Every cohort shares nine months with the last.",
)
