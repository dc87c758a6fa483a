"""Whole years, years indexed to one of them, and published figures over time.

Counts of a borough and of a country do not fit one axis; set at 100 in the same year, their changes do. A small place
moves more by chance than a large one, which the ranges show.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.comparator_areas import NotCompared
from shp_analysis.assessment.rest_of_country import GREAT_BRITAIN, YearsCompared, YearsOfArea, compare_years_with_rest
from shp_analysis.charts.drawing import DESK, HEAD, NO_REASON, draw, name_percents
from shp_analysis.charts.ranges import plot_ranges
from shp_analysis.charts.series import mark_breaks, plot_series
from shp_analysis.config.catalogue import Kind
from shp_analysis.page.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.page.parts import Figure, Note, Notes, Sentence
from shp_analysis.page.style import (
    BAND_COLOUR,
    CATEGORICAL_COLOURS,
    SMALLEST_PERCENT_BASE,
    TEXT_COLOUR,
    format_change_percent,
    format_count,
    format_rate,
    format_share,
)
from shp_analysis.papers.figures.notes import describe_not_received, list_breaks, name_breaks
from shp_analysis.papers.gated_counts import list_shown_windows, read_england
from shp_analysis.papers.run import Run
from shp_analysis.reference.period_spellings import MONTHS_IN_YEAR
from shp_analysis.reference.periods import CalendarYear, Month, Period, build_window, count_months
from shp_analysis.statistics.changes import Change
from shp_analysis.statistics.intervals import interval_of_count, wilson_interval
from shp_analysis.text.reasons import explain_change, explain_no_change
from shp_analysis.text.sentences import describe_caveat, name_with_area, state, write_title
from shp_analysis.text.words import capitalise, list_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes


DAYS_IN_YEAR = 365.25
MOST_YEARS = 10


@dataclass(frozen=True)
class Year:
    """A whole year of an indicator.

    Attributes
    ----------
    period : Period
    value, lower, upper : float
        A count. The ends are NaN where chance alone does not say how much the figure varies.
    """

    period: Period
    value: float
    lower: float
    upper: float


def plot_yearly_counts(run: Run, *indicators: str) -> Figure | Notes:
    """Draw some indicators of one unit year by year.

    Parameters
    ----------
    run : Run
    *indicators : str
        Ids or names; the title tells of the first.

    Returns
    -------
    Figure or Notes
        A line where nothing was received.
    """
    shown = [run.assessment(each) for each in indicators]
    series = [list_years(each) for each in shown]
    if not any(series):
        return describe_not_received(shown)
    periods = sorted({year.period for years in series for year in years}, key=lambda each: each.start)
    first, names = shown[0], [each.indicator.name for each in shown]
    breaks = list_breaks(first, periods[0].start, periods[-1].end)

    def paint(axes: Axes) -> None:
        draw_years(axes, series, names, periods, first.indicator.numerator)
        mark_breaks(axes, breaks, lambda day: (day - periods[0].start).days / DAYS_IN_YEAR - 0.5)

    definitions = [each.indicator.definition for each in shown]
    return Figure(
        title=write_title(first),
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=_describe(shown, series),
        caption=" ".join((*definitions, _explain_ranges(series), *name_breaks(breaks))),
        table=_tabulate(shown, series, periods),
        can_conclude=tuple(state(each) for each in shown),
        cannot_conclude=f"{NO_REASON} Some of several years will differ by chance. {describe_caveat(first)}",
        verdict=first.verdict.value,
    )


def list_years(assessment: Assessment) -> list[Year]:
    """Give the years back from the one that ends with the indicator's period, as long as they are whole.

    Parameters
    ----------
    assessment : Assessment

    Returns
    -------
    list of Year
        Oldest first.
    """
    by_month = _count_months(assessment)
    period = assessment.period
    year = period if len(period.months) == MONTHS_IN_YEAR else period.twelve_months_to_end()
    found: list[Year] = []
    while len(found) < MOST_YEARS and any(month in by_month for month in year.months):
        held = [by_month[month] for month in year.months if month in by_month]
        if len(held) == MONTHS_IN_YEAR:
            found.append(_make_year(year, held))
        year = year.same_last_year()
    return found[::-1]


def _make_year(year: Period, held: Sequence[float]) -> Year:
    count = round(sum(held), 6)  # thirds of a quarter add up to its count but for the last digits
    if not count.is_integer():  # weighted counts: chance alone does not say how much they vary
        return Year(year, count, math.nan, math.nan)
    low, high = interval_of_count([count])
    return Year(year, count, float(low[0]), float(high[0]))


def _count_months(assessment: Assessment) -> dict[Month, float]:
    """Give each month its part of a count; a quarter's count is parted evenly over its months."""
    series = assessment.signals.series if assessment.signals else None
    if series is not None and series.months_each == 1:
        counts = zip(series.periods, series.counts, strict=True)
        return {each.months[0]: count for each, count in counts if not math.isnan(count)}
    columns = ("period_start", "period_end", "numerator")
    found = {}
    for start, end, count in zip(*(assessment.months[name].tolist() for name in columns), strict=True):
        months = [Month.containing(start)]
        while months[-1].end < end:
            months.append(months[-1].next())
        found.update({month: float(count) / len(months) for month in months})
    return found


def _explain_ranges(series: Sequence[Sequence[Year]]) -> str:
    are_weighted = {math.isnan(year.lower) for years in series for year in years}
    told = ["Dots: whole years."]
    told += ["Lines: the 95% range that chance alone would give."] if False in are_weighted else []
    told += (
        ["A dot without a line is a weighted count: chance alone gives it no range."] if True in are_weighted else []
    )
    return " ".join(told)


def draw_years(
    axes: Axes, series: Sequence[Sequence[Year]], names: Sequence[str], periods: Sequence[Period], unit: str
) -> None:
    """Draw a dot with its range for every year of every series, those of one year side by side."""
    held = {(name, year.period.start.year): year for name, years in zip(names, series, strict=True) for year in years}
    words = {each.start.year: _short(each) for each in periods}
    # A year that was not received keeps its place.
    rows = [
        (words.get(year, str(year)), name, *_read(held.get((name, year))))
        for year in range(periods[0].start.year, periods[-1].start.year + 1)
        for name in names
    ]
    frame = pd.DataFrame(rows, columns=["name", "series", "value", "lower", "upper"])
    plot_ranges(frame, color="series" if len(names) > 1 else None, orient="v", unit=unit, ax=axes)


def _read(year: Year | None) -> tuple[float, float, float]:
    return (math.nan, math.nan, math.nan) if year is None else (year.value, year.lower, year.upper)


def _short(period: Period) -> str:
    """Write a year under the axis: `2024`, or `to Mar 2025`."""
    is_calendar = period.start.month == 1
    return str(period.start.year) if is_calendar else f"to {period.end:%b}\n{period.end.year}"


def _describe(shown: Sequence[Assessment], series: Sequence[Sequence[Year]]) -> str:
    told = [
        f"{each.indicator.name}: " + ", ".join(f"{_write(year.value)} in {_name(year.period)}" for year in years)
        for each, years in zip(shown, series, strict=True)
        if years
    ]
    return f"Dots with ranges, one a year. {'. '.join(told)}."


def _name(period: Period) -> str:
    return _short(period).replace("\n", " ")


def _tabulate(shown: Sequence[Assessment], series: Sequence[Sequence[Year]], periods: Sequence[Period]) -> DataTable:
    cells = [{year.period: _cell(year) for year in years} for years in series]
    has_ranges = any(not math.isnan(year.lower) for years in series for year in years)
    rows = [
        {"name": _name(period), **{str(number): each.get(period) for number, each in enumerate(cells)}}
        for period in periods
    ]
    return build_table(
        rows,
        caption=f"Year by year: {list_names([name_with_area(each) for each in shown])}",
        columns=(
            Column("name", "Year", is_row_heading=True),
            *(Column(str(number), each.indicator.name, align="right") for number, each in enumerate(shown)),
        ),
        note="Small type: the 95% range that chance alone would give." if has_ranges else "",
    )


def _cell(year: Year) -> Cell:
    ends = "" if math.isnan(year.lower) else f"{_write(year.lower)} to {_write(year.upper)}"
    return Cell(_write(year.value), ends)


def _write(value: float) -> str:
    return format_count(value) if float(value).is_integer() else format_rate(value)


INDEX_YEAR, INDEX = 2019, 100
MOST_INDEX = 300
_STEP = 25
_HEAD = 1.06


def plot_indexed_years(run: Run, indicator: str, *, first_year: int = INDEX_YEAR) -> Figure | Notes:
    """Draw an area's years beside those of the rest of its police force area and of the country, from 100.

    Parameters
    ----------
    run : Run
    indicator : str
        Id or name of a figure that is counted from the road safety data.
    first_year : int
        The year that is set at 100.

    Returns
    -------
    Figure or Notes
        A line that says why, where nothing can be set beside the area.
    """
    assessment = run.assessment(indicator)
    found = compare_years_with_rest(run.other_areas, assessment, first_year=first_year)
    if isinstance(found, NotCompared):
        return Notes((Note(f"{assessment.indicator.name} elsewhere", f"Not compared. {found.reason}"),))

    def paint(axes: Axes) -> None:
        draw_indexed_years(axes, found)

    return Figure(
        title=f"{assessment.indicator.name}: {_say_finding(found)}",
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=_describe_index(found),
        caption=" ".join((assessment.indicator.definition, _explain(found, first_year), *name_breaks(found.breaks))),
        table=_tabulate_index(found),
        can_conclude=tuple(Sentence(each) for each in describe_rest_of_country(found)),
        cannot_conclude=f"{NO_REASON} {_warn(found)}{describe_caveat(assessment)}",
    )


def _explain(comparison: YearsCompared, first_year: int) -> str:
    return (
        f"Each year's count for every {INDEX} of {first_year}. Upright lines: {comparison.own.name}'s 95% range, which "
        "allows for the place's usual variation."
    )


def describe_rest_of_country(comparison: YearsCompared) -> tuple[str, ...]:
    """Say how each place's count moved over the paper's two years, and whether the area's changed differently."""
    own, assessment = comparison.own, comparison.assessment
    now, then = (CalendarYear.containing(each.start) for each in _find_periods(assessment))
    if then not in own.counts:
        return ("Nothing can be concluded: the year before is not shown.",)
    others = [(other.name, other.compare(then, now)) for other in comparison.others]
    moved = [
        f"{name} went from {format_count(change.baseline_count)} to {format_count(change.count)}"
        for name, change in others
    ]
    return (
        f"{assessment.indicator.name}: {_say_change(own, then, now)}.",
        _say_ratios(comparison),
        f"{capitalise(', and '.join(moved))}.",
    )


def draw_indexed_years(axes: Axes, comparison: YearsCompared) -> None:
    """Draw a line for each place, named at its end, and the area's own ranges."""
    rows = [
        (year.start.year, capitalise(years_of_area.label), *_index(years_of_area, comparison.years[0], year))
        for years_of_area in (comparison.own, *comparison.others)
        for year in comparison.years
    ]
    frame = pd.DataFrame(rows, columns=["year", "place", "value", "lower", "upper"])
    first, last = comparison.years[0].start, comparison.years[-1].start.year
    plot_series(frame, x="year", color="place", label_last=True, unit=f"For every {INDEX} in {first.year}", ax=axes)
    own = frame[frame["place"] == capitalise(comparison.own.label)]
    axes.vlines(own["year"], own["lower"], own["upper"], color=CATEGORICAL_COLOURS[0], linewidth=1.6, zorder=4)
    axes.axhline(INDEX, color=TEXT_COLOUR, linewidth=1, zorder=1)
    low, high = min(own["lower"].min(), frame["value"].min()), max(own["upper"].max(), frame["value"].max())
    # An index is read from 100 and not from 0; the axis says where it starts.
    axes.set_ylim(_STEP * math.floor(max(low, 0) / _STEP), _HEAD * min(high, MOST_INDEX))
    axes.set_xlim(first.year - 0.5, last + 0.05)
    mark_breaks(axes, comparison.breaks, lambda day: first.year + (day - first).days / DAYS_IN_YEAR - 0.5)


def _index(years_of_area: YearsOfArea, first: CalendarYear, year: CalendarYear) -> tuple[float, float, float]:
    """Give a year's index with its range; the first year is 100 by itself."""
    if year == first:
        return INDEX, INDEX, INDEX
    change = years_of_area.compare(first, year)
    value = math.nan if change.adjusted_percent is None else INDEX + change.adjusted_percent
    return value, INDEX + change.lower, INDEX + change.upper


def _find_periods(assessment: Assessment) -> tuple[CalendarYear, CalendarYear]:
    comparison = assessment.comparisons[0]
    return CalendarYear.containing(comparison.period.start), CalendarYear.containing(comparison.baseline.start)


def _say_change(years_of_area: YearsOfArea, then: CalendarYear, now: CalendarYear) -> str:
    change = years_of_area.compare(then, now)
    counts = (
        f"from {format_count(change.baseline_count)} in {then.label} to {format_count(change.count)} in {now.label}"
    )
    if change.baseline_count < SMALLEST_PERCENT_BASE:
        return f"{years_of_area.name} went {counts}"
    return f"{years_of_area.name} went {counts} ({_write_range(change)})"


def _write_range(change: Change) -> str:
    base = change.baseline_count
    by, low, high = (format_change_percent(each, base) for each in (change.change_percent, change.lower, change.upper))
    return f"{by}; 95% range {low} to {high}"


def _say_finding(comparison: YearsCompared) -> str:
    name = comparison.own.name
    apart = _list_by_finding(comparison, is_clear=True)
    if not apart and all(ratio is None for ratio in comparison.ratios):
        return f"{name} beside {list_names([each.name for each in comparison.others])}"
    where = "elsewhere" if len(apart) in {0, len(comparison.others)} else list_names(apart)
    return f"{name} changed differently from {where}" if apart else f"{name} shows no clear difference from {where}"


def _list_by_finding(comparison: YearsCompared, *, is_clear: bool) -> list[str]:
    """Name the places beside which the area's change is clearly another one, or is not."""
    pairs = zip(comparison.others, comparison.ratios, strict=True)
    return [other.name for other, ratio in pairs if ratio is not None and ratio.is_clear is is_clear]


def _say_ratios(comparison: YearsCompared) -> str:
    """Say what the area would have had if it had moved like the others, and what its own count was tested against."""
    name, now = comparison.own.name, format_count(round(comparison.own.counts[comparison.years[-1]]))
    pairs = zip(comparison.others, comparison.ratios, strict=True)
    expected = [f"{format_count(ratio.expected)} ({each.label})" for each, ratio in pairs if ratio is not None]
    if not expected:
        return f"Whether {name} changed differently cannot be told: the numbers are too few, or may not be compared."
    had = f"Had {name} moved alike, it would have had {' or '.join(expected)}"
    return f"{had}; {_say_tests(comparison, now)}."


def _say_tests(comparison: YearsCompared, now: str) -> str:
    """Say what the count is beyond, or within; beside which place, where the places differ."""
    named: dict[str, list[str]] = {}
    for other, ratio, test in zip(comparison.others, comparison.ratios, comparison.tests, strict=True):
        if ratio is not None and test is not None:
            why = explain_change(test) if ratio.is_clear else explain_no_change(test)
            named.setdefault(why, []).append(other.name)
    if len(named) == 1:
        return f"{now} is {next(iter(named))}"
    return "; ".join(f"beside {list_names(names)} {now} is {why}" for why, names in named.items())


def _warn(comparison: YearsCompared) -> str:
    """Say what the file does not cover, and where a confirmed change of recording came after the first year."""
    covered = "" if comparison.country == GREAT_BRITAIN else f"The file does not cover {GREAT_BRITAIN}. "
    first, last = comparison.years[0], comparison.years[-1]
    apart = [each.break_id for each in comparison.breaks if each.is_confirmed and each.separates(first, last)]
    if not apart:
        return covered
    codes = list_names(apart)
    return (
        f"{covered}Across {codes} the years do not mean the same, so {first.label} and {last.label} are not compared. "
    )


def _describe_index(comparison: YearsCompared) -> str:
    told = []
    for years_of_area in (comparison.own, *comparison.others):
        years = [(year, _index(years_of_area, comparison.years[0], year)[0]) for year in comparison.years]
        told.append(
            f"{capitalise(years_of_area.name)}: " + ", ".join(f"{value:.0f} in {year.label}" for year, value in years)
        )
    return f"Lines of years, {comparison.years[0].label} set at {INDEX}. {'. '.join(told)}."


def _tabulate_index(comparison: YearsCompared) -> DataTable:
    places = (comparison.own, *comparison.others)
    rows = [
        {"year": year.label}
        | {str(at): _write_index(years_of_area, comparison.years[0], year) for at, years_of_area in enumerate(places)}
        for year in comparison.years
    ]
    return build_table(
        rows,
        caption=f"{comparison.assessment.indicator.name}, year by year",
        columns=(
            Column("year", "Year", is_row_heading=True),
            *(
                Column(str(at), capitalise(years_of_area.name), align="right")
                for at, years_of_area in enumerate(places)
            ),
        ),
        note=f"Small type: for every {INDEX} in {comparison.years[0].label}, and its 95% range.",
    )


def _write_index(years_of_area: YearsOfArea, first: CalendarYear, year: CalendarYear) -> Cell:
    count = years_of_area.counts[year]
    written = format_count(count) if float(count).is_integer() else format_rate(count)
    value, low, high = _index(years_of_area, first, year)
    detail = f"{value:.0f}" if year == first else f"{value:.0f} ({low:.0f} to {high:.0f})"
    return Cell(written, detail)


MOST_POINTS = 12
ENGLANDS = "England"
_COLUMNS = ["name", "value", "lower", "upper"]


@dataclass(frozen=True)
class Point:
    """A figure of one period with its 95% range.

    Attributes
    ----------
    label : str
        Of its year or quarter.
    value, lower, upper : float
        In the chart's unit; the ends are None where no range is known.
    written : str
        As the table prints the figure, with its counts.
    """

    label: str
    value: float
    lower: float | None
    upper: float | None
    written: str


def plot_figures_over_time(run: Run, indicator: str, *, beside_england: bool = False) -> Figure | Notes:
    """Draw a share or a published figure over time, each point with its 95% range.

    Parameters
    ----------
    run : Run
    indicator : str
        Id or name of a proportion by quarter, or of a published figure.
    beside_england : bool
        Whether to set a published figure beside England's of the same years.

    Returns
    -------
    Figure or Notes
        A line where nothing was received.
    """
    assessment = list_shown_windows(run, run.assessment(indicator))
    points = list_figures(assessment)
    if not points:
        return describe_not_received([assessment])
    band = assessment.indicator.expected_band
    windows = read_england(run, assessment).to_dict("records") if beside_england else []
    england = {_label(row): float(row["value"]) for row in windows}

    def paint(axes: Axes) -> None:
        draw_figures(axes, points, assessment, england)

    return Figure(
        title=write_title(assessment),
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=(
            f"Dots with 95% ranges. {name_with_area(assessment)}: "
            + "; ".join(f"{each.label.replace(chr(10), ' ')}: {each.written}" for each in points)
            + "."
        ),
        caption=" ".join(_caption(assessment, has_england=bool(england))),
        table=build_table(
            [{**_row(each), "england": _write_england(england.get(each.label))} for each in points],
            caption=f"{name_with_area(assessment)}, with the 95% range",
            columns=(
                Column("name", "Period", is_row_heading=True),
                Column("figure", "Figure", align="right"),
                Column("range", "95% range", align="right"),
                *([Column("england", "England", align="right")] if england else []),
            ),
        ),
        can_conclude=(state(assessment), *_say_band(points[-1], band), *_say_england(points[-1], england)),
        cannot_conclude=f"{NO_REASON} {describe_caveat(assessment)}",
        verdict=assessment.verdict.value,
    )


def _say_england(last: Point, england: Mapping[str, float]) -> tuple[Sentence, ...]:
    """Say where the newest point lies beside England's of the same window, by its own range."""
    whole = england.get(last.label)
    if whole is None or last.lower is None or last.upper is None:
        return ()
    words = f"England's of the same years, {format_rate(whole)}"
    if last.upper < whole:
        return (Sentence(f"The newest figure lies below {words}."),)
    if last.lower > whole:
        return (Sentence(f"The newest figure lies above {words}."),)
    return (Sentence(f"The newest figure cannot be told from {words}."),)


def _write_england(value: float | None) -> str | None:
    return None if value is None else format_rate(value)


def list_figures(assessment: Assessment) -> list[Point]:
    """Give the points of a share or a published figure, oldest first.

    Figures of rolling twelve months are taken once a year, at the paper's own quarter: no two points share a day.
    """
    frame, indicator = assessment.months, assessment.indicator
    if frame.empty:
        return []
    if indicator.kind is Kind.PUBLISHED:
        return [_published_point(row, assessment) for row in frame.tail(MOST_POINTS).to_dict("records")]
    frame = frame[frame["denominator"].to_numpy(dtype=float) > 0]
    if not indicator.adds_over_periods:
        frame = frame[[end.month == assessment.period.end.month for end in frame["period_end"]]]
    frame = frame.tail(MOST_POINTS)
    lower, upper = wilson_interval(frame["numerator"].to_numpy(float), frame["denominator"].to_numpy(float))
    rows = frame.to_dict("records")
    return [_share_point(row, 100 * low, 100 * high) for row, low, high in zip(rows, lower, upper, strict=True)]


def _share_point(row: dict[Hashable, Any], lower: float, upper: float) -> Point:
    count, whole = int(row["numerator"]), int(row["denominator"])
    share = 100 * count / whole
    written = f"{format_share(share, whole)} ({format_count(count)} of {format_count(whole)})"
    return Point(_label(row), share, lower, upper, written)


def _published_point(row: dict[Hashable, Any], assessment: Assessment) -> Point:
    value, lower, upper = (row[name] for name in ("value", "lower", "upper"))
    low, high = (None if pd.isna(each) else float(each) for each in (lower, upper))
    written = f"{format_rate(value)} {assessment.indicator.unit}"
    return Point(_label(row), float(value), low, high, written)


def _label(row: dict[Hashable, Any]) -> str:
    start, end = row["period_start"], row["period_end"]
    months = count_months(start, end)
    words = build_window(start, months).label if months > 3 else f"{start:%b} to {end:%b} {end.year}"  # noqa: PLR2004 - a quarter
    head, _, tail = words.rpartition(" ")
    return f"{head}\n{tail}" if head and len(words) > 9 else words  # noqa: PLR2004 - wider than a label may be


def draw_figures(axes: Axes, points: Sequence[Point], assessment: Assessment, england: Mapping[str, float]) -> None:
    """Draw each point with its range, over the band in which it is expected, and England's figure as a diamond."""
    band = assessment.indicator.expected_band
    if band:
        axes.axhspan(*band, color=BAND_COLOUR, zorder=0)
    frame = pd.DataFrame([(each.label, each.value, each.lower, each.upper) for each in points], columns=_COLUMNS)
    frame[ENGLANDS] = frame["name"].map(england).astype(float)
    is_share = assessment.indicator.kind is Kind.PROPORTION
    plot_ranges(
        frame,
        own=points[-1].label,
        reference=ENGLANDS if frame[ENGLANDS].notna().any() else None,
        orient="v",
        unit=f"Per cent of {assessment.indicator.of}" if is_share else assessment.indicator.unit or "",
        ax=axes,
    )
    axes.set_ylim(0, max(axes.get_ylim()[1], HEAD * max(band or (0,))))
    if is_share:
        name_percents(axes.yaxis)


def _caption(assessment: Assessment, *, has_england: bool) -> tuple[str, ...]:
    indicator = assessment.indicator
    lines = [indicator.definition, "Dots: the figure of each period. Lines: its 95% range. Dark: the newest."]
    if has_england:
        lines.append("Diamonds: England.")
    if indicator.kind is Kind.PUBLISHED and len(assessment.period.months) > 12:  # noqa: PLR2004 - a year
        lines.append("Windows of several years overlap, so neighbours share years and no course may be read from them.")
    if indicator.kind is Kind.PROPORTION and not indicator.adds_over_periods:
        lines.append("Each point looks back over twelve months; one a year is shown, so that no two share a month.")
    if indicator.expected_band:
        low, high = indicator.expected_band
        lines.append(f"Grey band: between {low:.0f} and {high:.0f} in a hundred, where the figure is expected to lie.")
    return tuple(lines)


def _say_band(last: Point, band: tuple[float, float] | None) -> tuple[Sentence, ...]:
    """Say where the newest point lies beside the band in which it is expected."""
    if band is None or last.lower is None or last.upper is None:
        return ()
    low, high = (f"{each:.0f}" for each in band)
    expected = f"the {low} to {high} in a hundred that are expected"
    if last.upper < band[0]:
        return (Sentence(f"The newest figure lies below {expected}."),)
    if last.lower > band[1]:
        return (Sentence(f"The newest figure lies above {expected}."),)
    return (Sentence(f"The newest figure cannot be told from {expected}."),)


def _row(point: Point) -> dict[str, object]:
    ends = None if point.lower is None else f"{format_rate(point.lower)} to {format_rate(point.upper)}"
    return {"name": point.label.replace("\n", " "), "figure": point.written, "range": ends}
