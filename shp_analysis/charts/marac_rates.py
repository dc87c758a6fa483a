"""Cases at MARAC for every 10,000 adult females: the borough, its police force area, and England and Wales."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from shp_analysis.briefing.data_tables import Column, DataTable, build_table
from shp_analysis.briefing.parts import Figure, Note, Notes, Sentence
from shp_analysis.charts.comparator_areas import say_rank
from shp_analysis.charts.drawing import NO_REASON, draw, is_wide
from shp_analysis.charts.ranges import plot_ranges
from shp_analysis.elsewhere import MaracComparison, MaracRate, NotCompared, compare_marac_cases
from shp_analysis.elsewhere.marac import PER_FEMALES, RECOMMENDED
from shp_analysis.sentences import say_caveat
from shp_analysis.style import format_count, format_rate
from shp_analysis.text.lists import list_names
from shp_analysis.wordings import capitalise
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW, _FOOT = 9.0, 13.0
"""Millimetres of a row, and of the axis below all."""
_LETTERS = {True: 60, False: 20}
"""Letters of a name in one line, at the left of a wide and of a narrow drawing."""
UNIT = f"per {PER_FEMALES:,} adult females"


def plot_marac_cases(run: Run, indicator: str = "DA-03") -> Figure | Notes:
    """Draw the area's cases at MARAC beside its force area's, those of England and Wales, and the recommended 40.

    Parameters
    ----------
    run : Run
    indicator : str
        Id or name of the area's own cases.

    Returns
    -------
    Figure or Notes
        A line that says why, where SafeLives's figures are not there.
    """
    assessment = run.assessment(indicator)
    found = compare_marac_cases(run.elsewhere, assessment)
    if isinstance(found, NotCompared):
        return Notes((Note(f"{assessment.indicator.name} elsewhere", f"Not compared. {found.reason}"),))

    def paint(axes: Axes) -> None:
        draw_marac_cases(axes, found)

    height = _FOOT + _ROW * len(found.rates)
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
        table=_tabulate(found),
        can_conclude=tuple(Sentence(each) for each in state_marac_cases(found)),
        cannot_conclude=f"{NO_REASON} {say_caveat(assessment)}",
    )


def state_marac_cases(comparison: MaracComparison) -> tuple[str, ...]:
    """Say each rate, where it lies beside the recommended number, and the rank of the police force area."""
    first, *others = comparison.rates
    told = [f"{_tell(each)} {'' if place else 'had '}{_say_shortly(each)}" for place, each in enumerate(others)]
    forces = comparison.everywhere.forces
    rank = say_rank(comparison.force.name, comparison.rank, forces, "police force areas")
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


def _tabulate(comparison: MaracComparison) -> DataTable:
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
