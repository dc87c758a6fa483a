"""The Home Office's open tables of the simulated borough, in the publisher's layouts.

Recorded crime by partnership and by force, a sheet a financial year; the home force's outcomes, a file a year; offences
with knives or firearms and hate crime by force; the home force's stops and searches. Each workbook says in its notes
that it is simulated. A year more is written than of street files, so that their first year has one to be compared with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from shp_analysis.readers.home_office_layout import UNASSIGNED
from shp_analysis.reference.areas import Area, PoliceForce, read_area
from shp_analysis.reference.periods import FinancialYear, Month, Quarter
from shp_analysis.simulator.borough import HOME_AREA, Floats, Whole, list_months, open_stream, read_sample_table
from shp_analysis.simulator.planted_series import draw_month_count, is_received
from shp_analysis.simulator.police import (
    SOURCE,
    count_force,
    count_offences,
    count_unassigned,
    list_forces,
    list_policed,
    read_offences,
)
from shp_analysis.simulator.stops import count_stops, list_values
from shp_analysis.simulator.workbooks import build_workbook, write_file

QUARTERS_TO_OUTCOME = 5
"""Quarters after which no outcome comes any more: the delays of the street files end after a year."""
RECORDED = "Outcomes for offences that were recorded in the quarter"
CLOSED = "Outcomes for investigations closed in the quarter"
_OPEN = 0


def build_outcomes(seed: int, force: PoliceForce, quarters: Sequence[Quarter]) -> pd.DataFrame:
    """Build the table of outcomes, as it was when the last of some quarters was published.

    Parameters
    ----------
    seed : int
    force : PoliceForce
    quarters : sequence of Quarter
        Oldest first.

    Returns
    -------
    pandas.DataFrame
        One row a quarter, offence and outcome type with any outcome, under the publisher's headings.
    """
    before = _list_before(quarters[0])
    drawn = {quarter: _draw(seed, force, quarter) for quarter in (*before, *quarters)}
    parts = []
    for position, quarter in enumerate(quarters):
        # Tables come out four months after the quarter, when the next has ended too.
        elapsed = len(quarters) - position + 1
        recorded = drawn[quarter][:, :, :elapsed].sum(axis=2)
        still_open = drawn[quarter].sum(axis=(1, 2)) - recorded.sum(axis=1)
        recorded[:, _OPEN] += still_open
        newest_first = [quarter, *reversed(_list_before(quarter))]
        closed = np.sum([drawn[earlier][:, :, lag] for lag, earlier in enumerate(newest_first)], axis=0)
        parts.append(_list_rows(quarter, force, recorded, closed))
    return pd.concat(parts, ignore_index=True)


def _draw(seed: int, force: PoliceForce, quarter: Quarter) -> Whole:
    """Draw every offence's outcome and the quarters to it: offences × outcome types × quarters."""
    counts = count_force(seed, force, quarter)
    stream = open_stream(seed, "force outcomes", force.area_code, quarter.slug)
    kinds = _share_types()
    cells = kinds[:, :, None] * _share_quarters()[None, None, :]
    drawn = stream.multinomial(counts, cells.reshape(len(counts), -1))
    return drawn.reshape(cells.shape)


@cache
def _share_types() -> Floats:
    """Give the shares of outcome types: offences × types; nothing is open for good."""
    types = read_sample_table("home_office_outcomes.csv")
    shares = read_sample_table("outcome_shares.csv").pivot_table("share", "category", "outcome", fill_value=0)
    by_type = shares.reindex(columns=types["police_uk_outcome"], fill_value=0.0).to_numpy(float)
    by_type = by_type * types["share"].to_numpy(float)
    of_offence = by_type[[shares.index.get_loc(category) for category in read_offences().category]]
    rescaled: Floats = of_offence / of_offence.sum(axis=1, keepdims=True)
    return rescaled


@cache
def _share_quarters() -> Floats:
    """Give the share of outcomes that come in the quarter itself, the next, and so on.

    A month's crimes have their outcome in that month or one of the eleven after it; months of a quarter are alike.
    """
    still_open = read_sample_table("outcome_delays.csv")["share_still_open"].to_numpy(float)
    by_month = -np.diff([1.0, *still_open[:-1], 0.0])
    shares = np.zeros(QUARTERS_TO_OUTCOME)
    for first in range(3):
        for months, share in enumerate(by_month):
            shares[(first + months) // 3] += share / 3
    return shares


def _list_before(quarter: Quarter) -> list[Quarter]:
    """List the quarters, oldest first, whose offences may have an outcome in a quarter that follows them."""
    before = [quarter]
    for _ in range(QUARTERS_TO_OUTCOME - 1):
        before.insert(0, before[0].previous())
    return before[:-1]


def _list_rows(quarter: Quarter, force: PoliceForce, recorded: Whole, closed: Whole) -> pd.DataFrame:
    offences, types = read_offences(), read_sample_table("home_office_outcomes.csv")
    offence, kind = np.nonzero(recorded + closed)
    first = FinancialYear.containing(quarter.start).start.year
    return pd.DataFrame(
        {
            "Financial Year": f"{first}/{(first + 1) % 100:02d}",
            "Financial Quarter": quarter.number,
            "Force Name": force.area_name,
            "Offence Code": offences.code[offence],
            "Offence Description": offences.description[offence],
            "Offence Group": offences.group[offence],
            "Offence Subgroup": offences.subgroup[offence],
            "Offence code expired": None,
            "Outcome Type": types["outcome_type"].to_numpy()[kind],
            "Outcome Description": types["outcome_description"].to_numpy(object)[kind],
            "Outcome Group": types["outcome_group"].to_numpy(object)[kind],
            RECORDED: recorded[offence, kind],
            CLOSED: closed[offence, kind],
        }
    )


PUBLISHED = "2025-07"
"""When the tables to March 2025 came out; files' names end in it, so that the store files them under that month."""
OUTCOME_QUARTERS = 12
"""How many of the newest quarters the tables of outcomes have: three years."""
MONTHS_BEFORE = 12
"""How much earlier than the street files the tables begin."""
STRANDS = ("Race", "Religion", "Sexual orientation", "Disability", "Transgender")
ALL_STRANDS = "Total number of offences"
SEVERAL_STRANDS_SHARE = 0.05
"""Share of motivating factors that are an offence's second."""
STOPS_SERIES = f"{SOURCE}/stop_and_search"
HATE_SERIES = f"{SOURCE}/hate_crime"


class Weapon(StrEnum):
    """A weapon that the Home Office counts offences with."""

    KNIVES = "knives"
    FIREARMS = "firearms"

    @property
    def sheet(self) -> str:
        """The sheet with the table."""
        return "Knife" if self is Weapon.KNIVES else "Firearms"

    @property
    def heading(self) -> str:
        """The column that counts them."""
        what = "a knife or sharp instrument" if self is Weapon.KNIVES else "a firearm"
        return f"Number of offences involving {what}"


def write_home_office(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    """Write the Home Office's tables.

    Parameters
    ----------
    folder : Path
    seed : int
    areas : sequence of Area
        The authorities whose partnerships, and the forces of which, are in the tables. A force's figures are of all
        its simulated authorities, whichever are asked for.
    months : sequence of Month
        Those of the street files, oldest first; quarters and years that lie whole in them, or in the twelve months
        before, are written.

    Yields
    ------
    Path
        Every workbook, when it is in place.
    """
    quarters, forces = list_quarters(months), list_forces(areas)
    if not quarters:
        return
    span = _name_span(quarters)
    partnerships = _split_years(build_partnerships(seed, areas, quarters))
    yield _write(folder, f"prc-csp-{span}-tables", _NOTES["csp"], partnerships)
    yield _write(folder, f"prc-pfa-{span}-tables", _NOTES["pfa"], _split_years(build_forces(seed, forces, quarters)))
    for weapon in Weapon:
        table = {weapon.sheet: build_weapons(seed, forces, quarters, weapon)}
        yield _write(folder, f"prc-{weapon.sheet.lower()}-open-data-{span}", _NOTES[weapon.sheet.lower()], table)
    years = list_years(quarters)
    if years:
        hate = build_hate_crime(seed, forces, years)
        yield _write(folder, f"prc-hate-crime-open-data-{span}", _NOTES["hate"], {"Hate_crime": hate})
    home = read_area(HOME_AREA).force
    if home in forces:
        yield from _write_home_force(folder, seed, home, quarters)


def _write_home_force(folder: Path, seed: int, home: PoliceForce, quarters: Sequence[Quarter]) -> Iterator[Path]:
    """Write the tables that the home force alone is in, to keep them small."""
    outcomes = build_outcomes(seed, home, quarters[-OUTCOME_QUARTERS:])
    for year, table in _split_years(outcomes).items():
        name = f"prc-outcomes-open-data-mar20{year[-2:]}-tables"
        yield _write(folder, name, _NOTES["outcomes"], {f"Outcomes_open_data_{year}": table})
    years = list_years(quarters)
    if years:
        name = f"stop-search-open-data-tables-{_name_span(quarters)}"
        yield _write(folder, name, _NOTES["stops"], {"open_data": build_stops(seed, home, years)})


def _name_span(quarters: Sequence[Quarter]) -> str:
    return f"mar{FinancialYear.containing(quarters[0].start).end.year}-to-mar{quarters[-1].end.year}"


def list_quarters(months: Sequence[Month]) -> tuple[Quarter, ...]:
    """List the quarters that lie whole in some months and the twelve before them."""
    start = months[0]
    for _ in range(MONTHS_BEFORE):
        start = start.previous()
    within = list_months(start, months[-1])
    found = dict.fromkeys(Quarter.containing(month.start) for month in within)
    return tuple(quarter for quarter in found if set(quarter.months) <= set(within))


def list_years(quarters: Sequence[Quarter]) -> tuple[FinancialYear, ...]:
    """List the financial years all of whose quarters are there."""
    known = {month for quarter in quarters for month in quarter.months}
    years = dict.fromkeys(FinancialYear.containing(quarter.start) for quarter in quarters)
    return tuple(year for year in years if set(year.months) <= known)


def build_partnerships(seed: int, areas: Sequence[Area], quarters: Sequence[Quarter]) -> pd.DataFrame:
    """Build the table by partnership: offences that were recorded at all, and a force's that were assigned to none."""
    counted = []
    for quarter in quarters:
        own = [(area.force.area_name, area.name, count_offences(seed, area.code, quarter)) for area in areas]
        own += [(force.area_name, UNASSIGNED, count_unassigned(seed, force, quarter)) for force in list_forces(areas)]
        counted += [(quarter, *each) for each in sorted(own, key=lambda each: each[:2])]
    part, rows = np.nonzero([counts for *_, counts in counted])
    described = [
        (_spell_year(quarter), f"Q{quarter.number}", force_name, name) for quarter, force_name, name, _ in counted
    ]
    table = pd.DataFrame(described, columns=["Financial Year", "Financial Quarter", "Police Force", "CSP Name"])
    offences = read_offences()
    return (
        table.iloc[part]
        .reset_index(drop=True)
        .assign(
            **{
                "Offence Description": offences.description[rows],
                "Offence Group": offences.group[rows],
                "Offence Subgroup": offences.subgroup[rows],
                "Offence Code": offences.code[rows],
                "Offence Count": np.array([counts for *_, counts in counted])[part, rows],
            }
        )
    )


def build_forces(seed: int, forces: Sequence[PoliceForce], quarters: Sequence[Quarter]) -> pd.DataFrame:
    """Build the table by force: every offence, recorded or not."""
    parts = [
        _list_offences(quarter, force).assign(**{"Number of Offences": count_force(seed, force, quarter)})
        for quarter in quarters
        for force in forces
    ]
    return pd.concat(parts, ignore_index=True)


def build_weapons(
    seed: int, forces: Sequence[PoliceForce], quarters: Sequence[Quarter], weapon: Weapon
) -> pd.DataFrame:
    """Build the table of the selected offences, and those of them that involved a weapon."""
    table = read_sample_table(f"home_office_{weapon}.csv").set_index("offence_code")["share"]
    chosen = np.flatnonzero(np.isin(read_offences().code, table.index))
    shares = table.reindex(read_offences().code[chosen].tolist()).to_numpy(float)
    parts = []
    for quarter in quarters:
        for force in forces:
            counts = count_force(seed, force, quarter)[chosen]
            involved = open_stream(seed, weapon, force.area_code, quarter.slug).binomial(counts, shares)
            offences = _list_offences(quarter, force).iloc[chosen]
            parts.append(offences.assign(**{weapon.heading: involved, "Number of Offences": counts}))
    return pd.concat(parts, ignore_index=True)


def build_hate_crime(seed: int, forces: Sequence[PoliceForce], years: Sequence[FinancialYear]) -> pd.DataFrame:
    """Build the table of hate crimes: every strand, and offences, of which a few have two strands."""
    rows: list[tuple[str, str, str, int]] = []
    for year in years:
        for force in forces:
            counts = [_count_strand(seed, force, strand, year) for strand in STRANDS]
            stream = open_stream(seed, "hate crime", force.area_code, year.slug)
            second = min(int(stream.binomial(sum(counts), SEVERAL_STRANDS_SHARE)), sum(counts) - max(counts))
            named = [*zip(STRANDS, counts, strict=True), (ALL_STRANDS, sum(counts) - second)]
            if is_received(HATE_SERIES, force.area_code, year.months[0]):
                rows += [(_spell_year(year), force.area_name, strand, count) for strand, count in named]
    return pd.DataFrame(rows, columns=["Financial Year", "Force Name", "Motivating Factor", "Number of Offences"])


def _count_strand(seed: int, force: PoliceForce, strand: str, year: FinancialYear) -> int:
    series = f"{SOURCE}/hate_{strand.lower().replace(' ', '_')}"
    return sum(
        draw_month_count(seed, series, area.code, month) for area in list_policed(force) for month in year.months
    )


def build_stops(seed: int, force: PoliceForce, years: Sequence[FinancialYear]) -> pd.DataFrame:
    """Build the table of stops and searches: as many as the force's own monthly files have, by reason and outcome."""
    parts = []
    powers, power_shares = list_values("Legislation")
    for year in years:
        if not is_received(STOPS_SERIES, force.area_code, year.months[0]):
            continue
        stream = open_stream(seed, "searches", force.area_code, year.slug)
        total = sum(count_stops(seed, area.code, month) for area in list_policed(force) for month in year.months)
        for power, searches in zip(powers, stream.multinomial(total, power_shares), strict=True):
            reasons, reason_shares = list_values("Object of search", str(power))
            outcomes, outcome_shares = list_values("Outcome")
            cells = stream.multinomial(searches, np.outer(reason_shares, outcome_shares).ravel())
            parts.append(
                pd.DataFrame(
                    {
                        "financial_year": _spell_year(year),
                        "geocode": force.area_code,
                        "police_force_area": force.area_name,
                        "legislation": power,
                        "reason_for_search": np.repeat(reasons, len(outcomes)),
                        "outcome": np.tile(outcomes, len(reasons)),
                        "number_of_searches": cells,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _list_offences(quarter: Quarter, force: PoliceForce) -> pd.DataFrame:
    offences = read_offences()
    return pd.DataFrame(
        {
            "Financial Year": _spell_year(quarter),
            "Financial Quarter": quarter.number,
            "Force Name": force.area_name,
            "Offence Description": offences.description,
            "Offence Group": offences.group,
            "Offence Subgroup": offences.subgroup,
            "Offence Code": offences.code,
        }
    )


def _spell_year(period: Quarter | FinancialYear) -> str:
    first = FinancialYear.containing(period.start).start.year
    return f"{first}/{(first + 1) % 100:02d}"


def _split_years(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Give each financial year its sheet: `2024_25`."""
    return {str(year).replace("/", "_"): part for year, part in table.groupby("Financial Year", sort=True)}


def _write(folder: Path, name: str, notes: Sequence[str], sheets: dict[str, pd.DataFrame]) -> Path:
    return write_file(folder / f"simulated-{name}-{PUBLISHED}.xlsx", build_workbook(notes, sheets))


_NOTES = {
    "csp": (
        "Offences recorded by the police by community safety partnership, by quarter. Fraud is left out.",
        "Offences that were not recorded in a quarter have no row.",
        "Unassigned: recorded by the force and given to no partnership.",
    ),
    "pfa": (
        "Offences recorded by the police by force, by quarter. Fraud is left out.",
        "A force's offences are those of its simulated partnerships and what was given to none of them.",
    ),
    "knife": ("Selected offences that involved a knife or sharp instrument, by force and quarter.",),
    "firearms": ("Selected offences that involved a firearm, by force and quarter.",),
    "hate": ("Hate crimes by motivating factor. An offence may have several and is then counted under each.",),
    "outcomes": ("Outcomes of recorded offences, by force and quarter, as they were in July 2025.",),
    "stops": ("Stops and searches by legislation, reason and outcome.",),
}
