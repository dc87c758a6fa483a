"""An area among others: rates with their ranges, and cases at MARAC.

A funnel plots rate against size, and few people have learned to read one. Here each area has a row of its own, and the
funnel's limits for its size are the grey bar behind its dot: a dot outside its bar stands out.
"""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from shp_analysis.assessment.comparator_areas import (
    AreaComparison,
    NotCompared,
    compare_with_areas,
    name_place,
    write_place,
)
from shp_analysis.assessment.rest_of_country import (
    PER_FEMALES,
    RECOMMENDED,
    MaracComparison,
    MaracRate,
    compare_marac_cases,
)
from shp_analysis.charts.drawing import NO_REASON, draw, is_wide
from shp_analysis.charts.ranges import plot_ranges
from shp_analysis.config.catalogue import Kind
from shp_analysis.config.comparator_lists import ComparatorList
from shp_analysis.page.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.page.parts import Figure, Note, Notes, Sentence
from shp_analysis.page.style import RULE_COLOUR, format_count, format_rate
from shp_analysis.papers.run import Run
from shp_analysis.statistics.comparator_means import RankedArea
from shp_analysis.text.sentences import describe_caveat
from shp_analysis.text.words import capitalise, list_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_ROW, _FOOT = 4.2, 13.0
"""Millimetres of a row, and of the axis below all."""
_BAR = 0.66
"""Height of a grey bar, of a row's."""
_FAINT, _CLEAR = 0.3, 0.6


def plot_comparator_areas(run: Run, indicator: str, peers: ComparatorList | None = None) -> Figure | Notes:
    """Draw an area's rate or share beside its comparator areas' of the same period.

    Parameters
    ----------
    run : Run
    indicator : str
        Id or name of a count with a rate, or of a share.
    peers : ComparatorList, optional
        Any list of peers; the register's where left out.

    Returns
    -------
    Figure or Notes
        A line that says why, where the area cannot be compared.
    """
    assessment = run.assessment(indicator)
    found = compare_with_areas(run.other_areas, assessment, peers)
    if isinstance(found, NotCompared):
        return Notes((Note(f"{assessment.indicator.name} beside peers", f"Not compared. {found.reason}"),))

    def paint(axes: Axes) -> None:
        draw_comparator_areas(axes, found)

    height = _FOOT + _ROW * len(found.figures)
    return Figure(
        title=f"{found.indicator.name}: {found.area.name} is {write_place(found)}",
        picture=draw(paint, "rows", height),
        narrow_picture=draw(paint, "narrow", height),
        alternative_text=_describe(found),
        caption=_caption(found),
        table=_tabulate(found),
        can_conclude=tuple(Sentence(each) for each in describe_comparator_areas(found)),
        cannot_conclude=(
            "A high rate does not show that a service is doing badly: areas differ in who lives and visits there, and "
            f"in what is recorded. {describe_caveat(assessment)}"
        ),
    )


def describe_comparator_areas(comparison: AreaComparison) -> tuple[str, ...]:
    """Say where an area lies among the others: its rate and all together's, the range for its size, and its rank's."""
    own, mean, unit, name = comparison.own, comparison.mean, comparison.unit, comparison.area.name
    period, indicator = comparison.period.short_words, comparison.indicator
    if indicator.kind is Kind.PROPORTION:
        had = f"{indicator.name}: {name} had {format_count(own.count)} of {format_count(own.over)}"
    else:
        had = f"{name} had {format_count(own.count)} {indicator.numerator}"
    place = name_place(comparison) or "–"
    return (
        (
            f"{had} in {period}, {format_rate(own.rate)} {unit}; it and its {comparison.others} peers together had "
            f"{format_rate(mean.pooled)}."
        ),
        (
            f"Of areas of its size 95 in 100 would have {format_rate(own.low_95)} to {format_rate(own.high_95)}, "
            f"{_say_allowance(comparison)}; it is {place} that range."
        ),
        f"{write_rank(name, comparison.rank, len(comparison.figures), 'areas')}.",
    )


def write_rank(name: str, rank: RankedArea, total: int, areas: str) -> str:
    """Say between which places an area lies; a rank without that range is luck told as fact.

    The range allows for chance alone, and not for how much the areas' figures vary besides.
    """
    start = f"Counted from the highest rate, {name} is"
    if rank.best == rank.worst:
        place = _ordinal(rank.rank)
    else:
        place = f"somewhere between {_ordinal(rank.best)} and {_ordinal(rank.worst)}"
    return f"{start} {place} of {total} {areas}, allowing for chance alone"


def _say_allowance(comparison: AreaComparison) -> str:
    """Say what the limits allow for."""
    return "given how much these areas differ" if comparison.funnel.is_adjusted else "by chance alone"


def draw_comparator_areas(axes: Axes, comparison: AreaComparison) -> None:
    """Draw every area's row, the highest rate at the top, over the range for its size, and the line of all together."""
    figures = comparison.figures
    for row, each in enumerate(figures):
        for low, high, strength in ((each.low_998, each.high_998, _FAINT), (each.low_95, each.high_95, _CLEAR)):
            axes.barh(row, high - low, left=low, height=_BAR, color=RULE_COLOUR, alpha=strength, linewidth=0, zorder=1)
    frame = pd.DataFrame(
        [(each.area.name, each.rate, each.lower, each.upper) for each in figures],
        columns=["name", "value", "lower", "upper"],
    )
    plot_ranges(frame, own=comparison.area.name, reference=comparison.mean.pooled, unit=comparison.unit, ax=axes)


def _ordinal(number: int) -> str:
    tens, ones = divmod(number, 10)
    ending = "th" if tens == 1 else {1: "st", 2: "nd", 3: "rd"}.get(ones, "th")
    return f"{number}{ending}"


def _caption(comparison: AreaComparison) -> str:
    peers = comparison.peers
    lines = [
        (
            f"{comparison.indicator.definition} {comparison.period.short_words[0].upper()}"
            f"{comparison.period.short_words[1:]}. Dots: each area, with its 95% range by chance alone. "
            "Upright line: all together."
        ),
        (
            "Grey: where 95 in 100 (dark) and 998 in 1,000 (pale) areas of that size would lie, "
            f"{_say_allowance(comparison)}."
        ),
        f"{peers.name}, {peers.chosen_for}.",
    ]
    lines += [f"{each.name} is left out: {each.reason}." for each in comparison.left_out]
    return " ".join(lines)


def _note(comparison: AreaComparison) -> str:
    peers, mean = comparison.peers, comparison.mean
    lines = [
        "Small type: the 95% range that chance alone would give.",
        (
            f"The plain average of the areas' rates is {format_rate(mean.unweighted)}, that of all together "
            f"{format_rate(mean.pooled)}."
        ),
        f"{peers.name}: {peers.source}.",
    ]
    if peers.left_out:
        lines.append(f"Not counted as one authority here: {list_names(list(peers.left_out))}.")
    return " ".join(lines)


def _describe(comparison: AreaComparison) -> str:
    told = "; ".join(f"{each.area.name} {format_rate(each.rate)}" for each in comparison.figures)
    return (
        f"A row for each of {len(comparison.figures)} areas, the highest first, {comparison.unit}: {told}. "
        f"{comparison.area.name} is {write_place(comparison)}."
    )


def _tabulate(comparison: AreaComparison) -> DataTable:
    rows = [
        {
            "name": each.area.name,
            "count": format_count(each.count),
            "over": format_count(each.over),
            "rate": Cell(format_rate(each.rate), f"{format_rate(each.lower)} to {format_rate(each.upper)}"),
            "expected": f"{format_rate(each.low_95)} to {format_rate(each.high_95)}",
        }
        for each in comparison.figures
    ]
    indicator = comparison.indicator
    return build_table(
        rows,
        caption=f"{indicator.name} beside peers, {comparison.period.short_words}",
        columns=(
            Column("name", "Area", is_row_heading=True),
            Column("count", capitalise(indicator.numerator), align="right"),
            Column("over", capitalise(indicator.of or str(indicator.denominator)), align="right"),
            Column("rate", capitalise(comparison.unit), align="right"),
            Column("expected", "Range for its size", align="right"),
        ),
        note=_note(comparison),
    )


_MARAC_ROW, _MARAC_FOOT = 9.0, 13.0
"""Millimetres of a row, and of the axis below all."""
_LETTERS = {True: 60, False: 20}
"""Letters of a name in one line, at the left of a wide and of a narrow drawing."""
UNIT = f"per {PER_FEMALES:,} adult females"


def plot_marac_cases(run: Run) -> Figure | Notes:
    """Draw the area's cases at MARAC beside its force area's, those of England and Wales, and the recommended 40.

    Parameters
    ----------
    run : Run

    Returns
    -------
    Figure or Notes
        A line that says why, where SafeLives's figures are not there.
    """
    assessment = run.assessment(run.contents.charts.marac_cases)
    found = compare_marac_cases(run.other_areas, assessment)
    if isinstance(found, NotCompared):
        return Notes((Note(f"{assessment.indicator.name} elsewhere", f"Not compared. {found.reason}"),))

    def paint(axes: Axes) -> None:
        draw_marac_cases(axes, found)

    height = _MARAC_FOOT + _MARAC_ROW * len(found.rates)
    told = [f"{_name(each)}: {_say(each)}" for each in found.rates]
    short = "; ".join(f"{each.name} {format_rate(each.rate)}" for each in found.rates)
    return Figure(
        title=f"{assessment.indicator.name} {UNIT} in {found.year.label}: {short}",
        picture=draw(paint, "wide", height),
        narrow_picture=draw(paint, "narrow", height),
        alternative_text=f"Dots with 95% ranges beside a line at {RECOMMENDED}. {'. '.join(told)}.",
        caption=(
            f"Cases discussed in the year to March {found.year.end.year} {UNIT}. Lines: the 95% range by chance "
            f"alone. Dashed: the {RECOMMENDED} that SafeLives recommends. A police force area's figure is never the "
            "borough's."
        ),
        table=_tabulate_marac(found),
        can_conclude=tuple(Sentence(each) for each in state_marac_cases(found)),
        cannot_conclude=f"{NO_REASON} {describe_caveat(assessment)}",
    )


def state_marac_cases(comparison: MaracComparison) -> tuple[str, ...]:
    """Say each rate, where it lies beside the recommended number, and the rank of the police force area."""
    first, *others = comparison.rates
    told = [f"{_tell(each)} {'' if place else 'had '}{_say_shortly(each)}" for place, each in enumerate(others)]
    forces = comparison.everywhere.forces
    rank = write_rank(comparison.force.name, comparison.rank, forces, "police force areas")
    lines = [
        f"{_tell(first)} had {_say(first)}, {_stands(first)}.",
        *([f"{', '.join(told)}."] if told else []),
        f"{rank}; boroughs are not ranked.",
    ]
    if comparison.without_figure and len(comparison.without_figure) <= 5:  # noqa: PLR2004 - more than a sentence holds
        lines.append(f"Without a figure: {list_names(list(comparison.without_figure))}.")
    return tuple(lines)


def draw_marac_cases(axes: Axes, comparison: MaracComparison) -> None:
    """Draw a dot with its range for each place, over the line of the recommended number."""
    letters = _LETTERS[is_wide(axes)]
    names = [fill(capitalise(_name(each)), letters) for each in comparison.rates]
    frame = pd.DataFrame(
        [(name, each.rate, each.lower, each.upper) for name, each in zip(names, comparison.rates, strict=True)],
        columns=["name", "value", "lower", "upper"],
    )
    plot_ranges(frame, own=names[0], reference=RECOMMENDED, unit=UNIT, ax=axes)


def _name(rate: MaracRate) -> str:
    return f"{rate.name}, police force area" if rate.forces == 1 else rate.name


def _tell(rate: MaracRate) -> str:
    name = capitalise(_name(rate))
    return f"{name}," if "," in name else name


def _say(rate: MaracRate) -> str:
    reach = f"{format_rate(rate.lower)} to {format_rate(rate.upper)}"
    return f"{format_count(rate.cases)} cases, {format_rate(rate.rate)} {UNIT} (95% range {reach})"


def _say_shortly(rate: MaracRate) -> str:
    return f"{format_count(rate.cases)} ({format_rate(rate.rate)}, {_side(rate)} it)"


def _stands(rate: MaracRate) -> str:
    return f"{_side(rate)} the {RECOMMENDED} that SafeLives recommends"


def _side(rate: MaracRate) -> str:
    """Say on which side of the recommended number a rate's range lies."""
    if rate.lower > RECOMMENDED:
        return "above"
    return "below" if rate.upper < RECOMMENDED else "not clearly different from"


def _tabulate_marac(comparison: MaracComparison) -> DataTable:
    rows = [
        {
            "name": capitalise(_name(each)),
            "cases": format_count(each.cases),
            "rate": format_rate(each.rate),
            "range": f"{format_rate(each.lower)} to {format_rate(each.upper)}",
        }
        for each in comparison.rates
    ]
    return build_table(
        rows,
        caption=f"Cases at MARAC, {comparison.year.label}",
        columns=(
            Column("name", "Place", is_row_heading=True),
            Column("cases", "Cases", align="right"),
            Column("rate", capitalise(UNIT), align="right"),
            Column("range", "95% range", align="right"),
        ),
    )
