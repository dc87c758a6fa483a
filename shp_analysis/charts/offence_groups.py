"""The changes of many kinds beside each other: a row for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Column, DataTable, build_table
from shp_analysis.briefing.parts import Figure, Notes, Sentence
from shp_analysis.charts.drawing import draw, is_wide
from shp_analysis.charts.notes import say_not_received
from shp_analysis.charts.ranges import plot_changes
from shp_analysis.comparisons import Comparison, Model, Verdict
from shp_analysis.sentences import ONE_IN_TWENTY, state
from shp_analysis.style import (
    NOT_AVAILABLE,
    format_count,
)
from shp_analysis.text.changes import write_change
from shp_analysis.text.lists import list_names
from shp_analysis.text.significance import explain_no_change
from shp_analysis.wordings import capitalise
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW, _FOOT = 4.6, 12.5
"""Millimetres of a row, and of the axis below all."""
_SHORT_NAMES: Mapping[str, str] = {
    "Violence and sexual offences": "Violence, sexual offences",
    "Criminal damage and arson": "Damage and arson",
    "Possession of weapons": "Weapons",
}


def plot_offence_groups(run: Run) -> Figure | Notes:
    """Draw the change of every offence group with its 95% range.

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
        draw_offence_groups(axes, groups)

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


def draw_offence_groups(axes: Axes, groups: Sequence[Assessment]) -> None:
    """Draw each group's change with its range, or the word that stands in their place."""
    plot_changes(groups, names=[(_label if is_wide(axes) else _shorten)(each) for each in groups], ax=axes)
    axes.set_xlabel("Change per day")


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
                "change": write_change(comparison).in_full if shows and comparison.change else "–",
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
