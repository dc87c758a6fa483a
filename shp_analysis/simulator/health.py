"""Exports of the public health profiles (Fingertips): deaths, admissions, domestic abuse, youth justice, treatment.

One export an indicator, in the layout with 27 columns, for the simulated authorities, their regions and England. Every
row says *Simulated* in its `Value note`. Windows of three years are written every year and overlap, as published. What
the files do that the published ones do too: a value is left out where there are fewer than ten deaths, and the count is
given; domestic abuse is the police force's, copied to each of its authorities.

A rate here is the plain one, also where the publisher's is standardised for age: all areas have one age structure.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shp_analysis.readers.fingertips import COLUMNS
from shp_analysis.readers.readers import SIMULATED_MARK
from shp_analysis.reference.areas import Area, list_authorities, read_area
from shp_analysis.reference.periods import CalendarYear, FinancialYear, Month
from shp_analysis.simulator.borough import Floats, open_stream, read_sample_table
from shp_analysis.simulator.marac import read_force_sizes
from shp_analysis.simulator.planted_series import read_series
from shp_analysis.simulator.population import (
    count_residents_aged,
    draw_year_count,
    expect_residents,
    read_larger_areas,
    spread_residents,
)
from shp_analysis.simulator.treatment import count_treatment, read_substance_groups
from shp_analysis.statistics.intervals import Estimates, proportion_with_interval, rate_with_interval

AUTHORITIES = "Counties & UAs (from Apr 2023)"
SIMULATED_NOTE = f"{SIMULATED_MARK}: generated, about nobody"
TOO_FEW = f"{SIMULATED_MARK}; value cannot be calculated as number of cases is too small"
OF_FORCE = f"{SIMULATED_MARK}; value of the police force area, the same for each of its authorities"
RESIDENTS_PER_ADULT_FEMALE = 2.45
Year = CalendarYear | FinancialYear


@dataclass(frozen=True)
class ProfileIndicator:
    """One indicator of the profiles.

    Attributes
    ----------
    indicator_id, name : str
    counted : str
        `events` of one series, `police force` events of its series, or completions of `treatment`.
    of : tuple of str
        Series, or substance groups.
    sexes : tuple of str
    male_share, kept_share : float
        Shares of the events that befall men, and that the indicator counts.
    age : str
    first_age : int
    last_age : int or None
    is_financial : bool
        Whether its years are April to March.
    window_years, per, fewest : int
        Years in a window; what a value is per; below how many events there is none.
    """

    indicator_id: str
    name: str
    counted: str
    of: tuple[str, ...]
    sexes: tuple[str, ...]
    male_share: float
    kept_share: float
    age: str
    first_age: int
    last_age: int | None
    is_financial: bool
    window_years: int
    per: int
    fewest: int

    @property
    def is_share(self) -> bool:
        """Whether a value is a part of a whole and not a rate of events."""
        return self.counted == "treatment"


@dataclass(frozen=True)
class Place:
    """Whose value a row gives, and under which parent."""

    code: str
    name: str
    area_type: str
    parent_code: str
    parent_name: str


@dataclass(frozen=True)
class Figure:
    """The count and the denominator of one row."""

    count: int
    denominator: int


def write_health(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    """Write an export of every indicator.

    Parameters
    ----------
    folder : pathlib.Path
    seed : int
    areas : sequence of Area
    months : sequence of Month
        A window is written where its last month is among them.

    Yields
    ------
    pathlib.Path
        The exports that have any window.
    """
    for indicator in read_profile_indicators():
        windows = _list_windows(indicator, months)
        if windows:
            path = folder / f"simulated-fingertips-{indicator.indicator_id}-2025-11.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(COLUMNS), restval="", lineterminator="\n")
                writer.writeheader()
                for window in windows:
                    writer.writerows(_list_rows(seed, indicator, window, _list_places(areas)))
            yield path


@cache
def read_profile_indicators() -> tuple[ProfileIndicator, ...]:
    """Read the indicators that are simulated."""
    return tuple(
        ProfileIndicator(
            indicator_id=str(row["indicator_id"]),
            name=str(row["indicator_name"]),
            counted=str(row["counted"]),
            of=tuple(str(row["of"]).split(";")),
            sexes=tuple(str(row["sexes"]).split(";")),
            male_share=float(row["male_share"]),
            kept_share=float(row["kept_share"]),
            age=str(row["age"]),
            first_age=int(row["first_age"]),
            last_age=int(row["last_age"]) if row["last_age"] else None,
            is_financial=row["year"] == "financial",
            window_years=int(row["window_years"]),
            per=int(row["per"]),
            fewest=int(row["fewest_for_a_value"]),
        )
        for row in read_sample_table("fingertips_indicators.csv").to_dict("records")
    )


def draw_figure(seed: int, indicator: ProfileIndicator, place_code: str, year: Year, sex: str = "Persons") -> Figure:
    """Draw one year's count and denominator.

    Parameters
    ----------
    seed : int
    indicator : ProfileIndicator
    place_code : str
        A simulated authority, or England or a region.
    year : CalendarYear or FinancialYear
    sex : {"Persons", "Male", "Female"}

    Returns
    -------
    Figure
    """
    if indicator.counted == "treatment":
        return _draw_treatment(seed, indicator, place_code, year)
    if indicator.counted == "police force":
        return _draw_force(seed, indicator, place_code, year)
    stream = open_stream(seed, "profile", indicator.indicator_id, place_code, year.label)
    events = draw_year_count(seed, indicator.of[0], place_code, year.months)
    kept = int(stream.binomial(events, indicator.kept_share))
    men = int(stream.binomial(kept, indicator.male_share))
    count = {"Persons": kept, "Male": men, "Female": kept - men}[sex]
    return Figure(count, _count_residents(place_code, year, indicator, sex))


def _count_residents(place_code: str, year: Year, indicator: ProfileIndicator, sex: str) -> int:
    only = None if sex == "Persons" else sex.lower()
    return count_residents_aged(place_code, year.start.year, indicator.first_age, indicator.last_age, only)


def _draw_treatment(seed: int, indicator: ProfileIndicator, place_code: str, year: Year) -> Figure:
    groups = [group for group in read_substance_groups() if group.name in indicator.of]
    if not _is_larger(place_code):
        counts = [count_treatment(seed, place_code, group, year.months) for group in groups]
        return Figure(sum(each["lasting_completions"] for each in counts), sum(each["in_treatment"] for each in counts))
    stream = open_stream(seed, "profile", indicator.indicator_id, place_code, year.label)
    hundred_thousands = expect_residents(place_code, year.start.year) / 100_000
    completed = in_treatment = 0
    for group in groups:
        starts = read_series(group.series).yearly_per_100000 * hundred_thousands
        in_treatment += int(stream.poisson(starts + starts / 12 / group.monthly_exits))
        completed += int(stream.poisson(starts * group.completed * group.not_returned))
    return Figure(completed, in_treatment)


def _draw_force(seed: int, indicator: ProfileIndicator, place_code: str, year: Year) -> Figure:
    """Count a police force's events where all its authorities are simulated, and draw them where not."""
    if _is_larger(place_code):
        events = sum(draw_year_count(seed, name, place_code, year.months) for name in indicator.of)
        return Figure(events, _count_residents(place_code, year, indicator, "Persons"))
    force = read_area(place_code).force
    own = list_authorities(force.area_code)
    if set(own) <= set(read_sample_table("authorities.csv")["local_authority_code"]):
        figures = [
            (draw_year_count(seed, name, code, year.months), _count_residents(code, year, indicator, "Persons"))
            for code in own
            for name in indicator.of
        ]
        events, residents = (sum(column) for column in zip(*figures, strict=True))
        return Figure(events, residents // len(indicator.of))
    total = round(read_force_sizes()[force.area_code].adult_females * RESIDENTS_PER_ADULT_FEMALE)
    aged = int(spread_residents(total)[:, indicator.first_age :].sum())
    stream = open_stream(seed, "profile", indicator.indicator_id, force.area_code, year.label)
    yearly = sum(read_series(name).yearly_per_100000 for name in indicator.of)
    return Figure(int(stream.poisson(yearly * total / 100_000)), aged)


def _is_larger(place_code: str) -> bool:
    return place_code in {area.code for area in read_larger_areas()}


def _list_windows(indicator: ProfileIndicator, months: Sequence[Month]) -> list[tuple[Year, ...]]:
    kind = FinancialYear if indicator.is_financial else CalendarYear
    lasts = [year for month in months if (year := kind.containing(month.start)).end == month.end]
    windows: list[tuple[Year, ...]] = []
    for last in lasts:
        years: list[Year] = [last]
        while len(years) < indicator.window_years:
            years.insert(0, years[0].previous())
        windows.append(tuple(years))
    return windows


def _list_places(areas: Sequence[Area]) -> list[Place]:
    england, *regions = read_larger_areas()
    parents = _parents()
    own = [Place(area.code, area.name, AUTHORITIES, *parents[area.code]) for area in areas]
    used = {place.parent_code for place in own}
    larger = [england, *(region for region in regions if region.code in used)]
    places = [Place(each.code, each.name, each.area_type, each.parent_code, each.parent_name) for each in larger]
    return [*places, *sorted(own, key=lambda place: place.code)]


@cache
def _parents() -> dict[str, tuple[str, str]]:
    names = {area.code: area.name for area in read_larger_areas()}
    rows = read_sample_table("authority_regions.csv").itertuples(index=False, name=None)
    return {str(code): (str(region), names[str(region)]) for code, region in rows}


def _list_rows(
    seed: int, indicator: ProfileIndicator, window: Sequence[Year], places: Sequence[Place]
) -> Iterator[dict[str, object]]:
    for sex in indicator.sexes:
        figures = [_add_up([draw_figure(seed, indicator, each.code, year, sex) for year in window]) for each in places]
        estimates = [_estimate(indicator, figure) for figure in figures]
        for place, figure, estimate in zip(places, figures, estimates, strict=True):
            is_shown = figure.count >= indicator.fewest
            yield {
                **_describe(indicator, window, place, sex),
                **({"Value": _print(estimate.value), **_print_limits(estimate)} if is_shown else {}),
                "Count": figure.count,
                "Denominator": figure.denominator,
                "Value note": _note(indicator, place) if is_shown else TOO_FEW,
                "Recent Trend": "Cannot be calculated",
                "Compared to England value or percentiles": _compare(estimate, estimates[0], place, is_shown=is_shown),
                "Compared to parent value or percentiles": "Not compared",
            }


def _add_up(figures: Sequence[Figure]) -> Figure:
    return Figure(sum(each.count for each in figures), sum(each.denominator for each in figures))


def _estimate(indicator: ProfileIndicator, figure: Figure) -> Estimates:
    make = proportion_with_interval if indicator.is_share else rate_with_interval
    return make([figure.count], [figure.denominator], per=indicator.per)


def _describe(indicator: ProfileIndicator, window: Sequence[Year], place: Place, sex: str) -> dict[str, object]:
    return {
        "Indicator ID": indicator.indicator_id,
        "Indicator Name": indicator.name,
        "Parent Code": place.parent_code,
        "Parent Name": place.parent_name,
        "Area Code": place.code,
        "Area Name": place.name,
        "Area Type": place.area_type,
        "Sex": sex,
        "Age": indicator.age,
        "Time period": _spell_window(window, is_financial=indicator.is_financial),
        "Time period Sortable": f"{window[0].start.year}0000",
        "Time period range": f"{len(window)}y",
    }


def _spell_window(window: Sequence[Year], *, is_financial: bool) -> str:
    first, last = window[0].start.year, window[-1].start.year
    if is_financial:
        single = f"{first}/{(first + 1) % 100:02d}"
        return single if first == last else f"{single} - {last % 100:02d}/{(last + 1) % 100:02d}"
    return f"{first}" if first == last else f"{first} - {last % 100:02d}"


def _note(indicator: ProfileIndicator, place: Place) -> str:
    is_copied = indicator.counted == "police force" and place.area_type == AUTHORITIES
    return OF_FORCE if is_copied else SIMULATED_NOTE


def _print_limits(estimate: Estimates) -> dict[str, object]:
    return {"Lower CI 95.0 limit": _print(estimate.lower), "Upper CI 95.0 limit": _print(estimate.upper)}


def _print(values: Floats) -> str:
    return f"{float(values[0]):.8g}"


def _compare(estimate: Estimates, england: Estimates, place: Place, *, is_shown: bool) -> str:
    """Say on which side of England's value an interval lies, without a judgement."""
    if place.parent_code == "" or not is_shown:
        return "Not compared"
    if estimate.is_above(england.value)[0]:
        return "Higher"
    return "Lower" if estimate.is_below(england.value)[0] else "Similar"
