"""The changes of many kinds beside each other: the forest plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.ticker import FixedLocator, NullLocator

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Column, DataTable, build_table
from shp_analysis.briefing.parts import Figure, Notes, Sentence
from shp_analysis.charts.drawing import ON_WHITE, ROW_POINTS, draw, is_wide, name_rows
from shp_analysis.charts.notes import say_not_received
from shp_analysis.comparisons import Comparison, Model, Verdict, explain_no_change
from shp_analysis.sentences import ONE_IN_TWENTY, list_names, state, state_change
from shp_analysis.style import (
    CATEGORICAL_COLOURS,
    MUTED_COLOUR,
    NOT_AVAILABLE,
    TEXT_COLOUR,
    format_count,
)
from shp_analysis.wordings import capitalise
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOREST_LIMITS = (0.25, 4.0)
"""Ratios drawn; an interval that goes beyond ends in an arrow."""
_FOREST_TICKS = (0.25, 0.5, 1.0, 2.0, 4.0)
_ROW, _FOOT = 4.6, 12.5
"""Millimetres of a row, and of the axis below all."""
_SHORT_NAMES: Mapping[str, str] = {
    "Violence and sexual offences": "Violence, sexual offences",
    "Criminal damage and arson": "Damage and arson",
    "Possession of weapons": "Weapons",
}


def plot_offence_groups(run: Run) -> Figure | Notes:
    """Draw the change of every offence group with its 95% range: the forest plot.

    Parameters
    ----------
    run : Run

    Returns
    -------
    Figure or Notes
        Groups that may not be compared are named and have no mark.
    """
    groups = [each for each in run.assessments if each.indicator.is_offence_group]

    if all(each.months.empty for each in groups):
        return say_not_received(groups)

    def paint(axes: Axes) -> None:
        for row, assessment in enumerate(groups):
            draw_change(axes, row, assessment)
        _dress(axes, groups)

    height = _FOOT + _ROW * len(groups)
    period, baseline = run.period, groups[0].comparisons[0].baseline
    return Figure(
        title=_title_changes(groups),
        picture=draw(paint, "rows", height),
        narrow_picture=draw(paint, "narrow", height),
        alternative_text=_describe_changes(groups),
        caption=(
            f"Change in recorded crimes per day, {period.short_words} beside {baseline.short_words}, with its "
            f"95% range, which allows for {_say_allowance(groups)}. Filled: clear. Hollow: not clear. An arrow: the "
            "range goes further."
        ),
        table=_tabulate_changes(groups),
        can_conclude=_conclude_changes(groups),
        cannot_conclude=(
            f"A hollow mark does not show that nothing changed, only that these numbers cannot tell. {ONE_IN_TWENTY}"
        ),
    )


def draw_change(axes: Axes, row: int, assessment: Assessment) -> None:
    """Draw one group's change with its range, or the word that stands in their place."""
    change = assessment.comparisons[0].change
    if change is None or not assessment.verdict.shows_percent or change.adjusted_percent is None:
        axes.text(1.0, row, assessment.verdict.value, ha="center", va="center", fontsize=ROW_POINTS, **ON_WHITE)
        return
    ratio, low, high = (1 + value / 100 for value in (change.adjusted_percent, change.lower, change.upper))
    colour = CATEGORICAL_COLOURS[0] if assessment.verdict.is_clear else MUTED_COLOUR
    shown_low, shown_high = max(low, FOREST_LIMITS[0]), min(high, FOREST_LIMITS[1])
    axes.plot([shown_low, shown_high], [row, row], color=colour, linewidth=2, solid_capstyle="butt", zorder=2)
    for is_beyond, edge, marker in (
        (low < FOREST_LIMITS[0], shown_low, "<"),
        (high > FOREST_LIMITS[1], shown_high, ">"),
    ):
        if is_beyond:
            axes.plot(edge, row, marker=marker, color=colour, markersize=6, clip_on=False, zorder=3)
    if FOREST_LIMITS[0] <= ratio <= FOREST_LIMITS[1]:
        face = colour if assessment.verdict.is_clear else "white"
        axes.plot(
            ratio, row, marker="o", color=colour, markerfacecolor=face, markersize=7, markeredgewidth=1.6, zorder=4
        )


def _dress(axes: Axes, groups: Sequence[Assessment]) -> None:
    wide = is_wide(axes)
    axes.set_xscale("log")
    axes.set_xlim(*FOREST_LIMITS)
    axes.xaxis.set_major_locator(FixedLocator(list(_FOREST_TICKS)))
    axes.xaxis.set_minor_locator(NullLocator())
    labelled = _FOREST_TICKS if wide else _FOREST_TICKS[::2]
    axes.xaxis.set_major_formatter(lambda value, _: _tick(value) if value in labelled else "")
    axes.axvline(1.0, color=TEXT_COLOUR, linewidth=1, zorder=1)
    name_rows(axes, [_label(each) if wide else _shorten(each) for each in groups])
    axes.set_ylim(len(groups) - 0.4, -0.6)
    axes.set_xlabel("Change per day")


def _tick(ratio: float) -> str:
    percent = round(100 * (ratio - 1))
    return "no change" if percent == 0 else f"{percent:+d}%".replace("-", "−")


def _label(assessment: Assessment) -> str:
    comparison = assessment.comparisons[0]
    counts = [
        NOT_AVAILABLE if each is None else format_count(each) for each in (comparison.baseline_count, comparison.count)
    ]
    return f"{assessment.indicator.name}: {counts[0]} → {counts[1]}"


def _shorten(assessment: Assessment) -> str:
    """Give a group's name as a narrow drawing has room for it; its counts stand in the table."""
    return _SHORT_NAMES.get(assessment.indicator.name, assessment.indicator.name)


def _title_changes(groups: Sequence[Assessment]) -> str:
    up, down = (_names(groups, verdict) for verdict in (Verdict.UP, Verdict.DOWN))
    if not any(each.verdict.shows_percent for each in groups):
        return f"None of the {len(groups)} offence groups could be compared"
    if not up and not down:
        return f"No offence group of {len(groups)} is clearly up or down"
    parts = [f"{len(names)} clearly {word}" for names, word in ((up, "up"), (down, "down")) if names]
    return f"Of {len(groups)} offence groups, {list_names(parts)}"


def _conclude_changes(groups: Sequence[Assessment]) -> tuple[Sentence, ...]:
    clear = tuple(state(each) for each in groups if each.verdict.is_clear)
    compared = sum(each.verdict.shows_percent for each in groups)
    if not compared:
        return (Sentence("Nothing can be concluded: no comparison could be made."),)
    none = (Sentence(f"None of the {compared} groups compared changed clearly."),)
    return (*(clear or none), *_state_beyond_chance(groups))


def _state_beyond_chance(groups: Sequence[Assessment]) -> tuple[Sentence, ...]:
    """Name the groups whose difference is more than chance alone and yet no clear change, by why it is none."""
    named: dict[str, list[str]] = {}
    for each in groups:
        comparison = each.comparisons[0]
        if comparison.is_beyond_chance and comparison.test is not None:
            named.setdefault(explain_no_change(comparison.test, "their"), []).append(_name_counts(each, comparison))
    return tuple(Sentence(f"{capitalise(why)}: {list_names(names)}.") for why, names in named.items())


def _name_counts(assessment: Assessment, comparison: Comparison) -> str:
    then, now = (format_count(each) for each in (comparison.baseline_count, comparison.count))
    return f"{assessment.indicator.name} ({then} to {now})"


def _say_allowance(groups: Sequence[Assessment]) -> str:
    """Say what the ranges allow for: each group's usual variation, or chance alone where no history shows it."""
    models = {each.comparisons[0].test.model for each in groups if each.comparisons[0].test}
    if models == {Model.CHANCE_ASSUMED}:
        return "chance alone"
    short = " and is wider where the history is short" if Model.SHORT_HISTORY in models else ""
    none = ", or for chance alone where there is no history" if Model.CHANCE_ASSUMED in models else ""
    return f"each group's usual variation{short}{none}"


def _describe_changes(groups: Sequence[Assessment]) -> str:
    parts = [f"{verdict}: {list_names(_names(groups, verdict))}." for verdict in Verdict if _names(groups, verdict)]
    return f"Dot and range chart of the change in {len(groups)} offence groups. {' '.join(parts)}"


def _names(groups: Sequence[Assessment], verdict: Verdict) -> list[str]:
    return [each.indicator.name for each in groups if each.verdict is verdict]


def _tabulate_changes(groups: Sequence[Assessment]) -> DataTable:
    rows = []
    for each in groups:
        comparison = each.comparisons[0]
        shows = comparison.change is not None and each.verdict.shows_percent
        rows.append(
            {
                "name": each.indicator.name,
                "then": format_count(comparison.baseline_count),
                "now": format_count(comparison.count),
                "change": state_change(comparison.change) if shows and comparison.change else "–",
                "verdict": each.verdict.value,
            }
        )
    return build_table(
        rows,
        caption="Change by offence group",
        columns=(
            Column("name", "Offence group", is_row_heading=True),
            Column("then", "Then", align="right"),
            Column("now", "Now", align="right"),
            Column("change", "Change and 95% range", align="right"),
            Column("verdict", "Verdict", is_verdict=True),
        ),
    )
