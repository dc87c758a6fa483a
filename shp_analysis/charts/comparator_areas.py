"""An area among others: a dot for each with its range, over the range in which an area of its size is expected.

A funnel plots rate against size, and few people have learned to read one. Here each area has a row of its own, and the
funnel's limits for its size are the grey bar behind its dot: a dot outside its bar stands out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.briefing.parts import Figure, Note, Notes, Sentence
from shp_analysis.catalogue import Kind, PeerList
from shp_analysis.charts.drawing import draw
from shp_analysis.charts.ranges import plot_ranges
from shp_analysis.elsewhere import NotCompared, PeerComparison, compare_with_peers, name_place, say_place
from shp_analysis.sentences import say_caveat
from shp_analysis.statistics.peers import RankedArea
from shp_analysis.style import (
    RULE_COLOUR,
    format_count,
    format_rate,
)
from shp_analysis.text.lists import list_names
from shp_analysis.wordings import capitalise
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW, _FOOT = 4.2, 13.0
"""Millimetres of a row, and of the axis below all."""
_BAR = 0.66
"""Height of a grey bar, of a row's."""
_FAINT, _CLEAR = 0.3, 0.6


def plot_comparator_areas(run: Run, indicator: str, peers: PeerList | None = None) -> Figure | Notes:
    """Draw an area's rate or share beside its comparator areas' of the same period.

    Parameters
    ----------
    run : Run
    indicator : str
        Id or name of a count with a rate, or of a share.
    peers : PeerList, optional
        Any list of peers; the register's where left out.

    Returns
    -------
    Figure or Notes
        A line that says why, where the area cannot be compared.
    """
    assessment = run.assessment(indicator)
    found = compare_with_peers(run.elsewhere, assessment, peers)
    if isinstance(found, NotCompared):
        return Notes((Note(f"{assessment.indicator.name} beside peers", f"Not compared. {found.reason}"),))

    def paint(axes: Axes) -> None:
        draw_comparator_areas(axes, found)

    height = _FOOT + _ROW * len(found.figures)
    return Figure(
        title=f"{found.indicator.name}: {found.area.name} is {say_place(found)}",
        picture=draw(paint, "rows", height),
        narrow_picture=draw(paint, "narrow", height),
        alternative_text=_describe(found),
        caption=_caption(found),
        table=_tabulate(found),
        can_conclude=tuple(Sentence(each) for each in state_comparator_areas(found)),
        cannot_conclude=(
            "A high rate does not show that a service is doing badly: areas differ in who lives and visits there, and "
            f"in what is recorded. {say_caveat(assessment)}"
        ),
    )


def state_comparator_areas(comparison: PeerComparison) -> tuple[str, ...]:
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
        f"{say_rank(name, comparison.rank, len(comparison.figures), 'areas')}.",
    )


def say_rank(name: str, rank: RankedArea, total: int, areas: str) -> str:
    """Say between which places an area lies; a rank without that range is luck told as fact.

    The range allows for chance alone, and not for how much the areas' figures vary besides.
    """
    start = f"Counted from the highest rate, {name} is"
    if rank.best == rank.worst:
        place = _ordinal(rank.rank)
    else:
        place = f"somewhere between {_ordinal(rank.best)} and {_ordinal(rank.worst)}"
    return f"{start} {place} of {total} {areas}, allowing for chance alone"


def _say_allowance(comparison: PeerComparison) -> str:
    """Say what the limits allow for."""
    return "given how much these areas differ" if comparison.funnel.is_adjusted else "by chance alone"


def draw_comparator_areas(axes: Axes, comparison: PeerComparison) -> None:
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


def _caption(comparison: PeerComparison) -> str:
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


def _note(comparison: PeerComparison) -> str:
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


def _describe(comparison: PeerComparison) -> str:
    told = "; ".join(f"{each.area.name} {format_rate(each.rate)}" for each in comparison.figures)
    return (
        f"A row for each of {len(comparison.figures)} areas, the highest first, {comparison.unit}: {told}. "
        f"{comparison.area.name} is {say_place(comparison)}."
    )


def _tabulate(comparison: PeerComparison) -> DataTable:
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
