"""Shares and changes of several groups beside each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.comparisons import FEWEST_EVENTS
from shp_analysis.assessment.verdicts import Basis, Comparison, Model, Verdict
from shp_analysis.charts.drawing import draw, is_wide, name_percents
from shp_analysis.charts.ranges import plot_changes, plot_ranges
from shp_analysis.page.data_tables import Column, DataTable, build_table
from shp_analysis.page.parts import Figure, Notes, Sentence
from shp_analysis.page.style import NOT_AVAILABLE, format_count, format_share
from shp_analysis.papers.figures.notes import describe_not_received
from shp_analysis.papers.run import Run
from shp_analysis.reference.periods import Period
from shp_analysis.statistics.proportions import AgainstNational, Proportion, compare_with_national, measure_proportion
from shp_analysis.text.changes import write_change
from shp_analysis.text.reasons import explain_no_change
from shp_analysis.text.sentences import ONE_IN_TWENTY, describe_caveat, state
from shp_analysis.text.words import capitalise, list_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_ROW, _FOOT = 8.6, 13.5
"""Millimetres of a row, and of the axis and the legend below all."""
_LETTERS = 18
"""Letters of a name in one line at the left of a narrow drawing."""


NATIONAL = "National share"
_COLUMNS = {"value": "share", "lower": "lower", "upper": "upper"}


@dataclass(frozen=True)
class GroupShare:
    """One group's share over a period.

    Attributes
    ----------
    assessment : Assessment
    period : Period
        Twelve months where the quarters add up to them.
    share : Proportion
    national : AgainstNational or None
        Where a national share is published.
    """

    assessment: Assessment
    period: Period
    share: Proportion
    national: AgainstNational | None

    @property
    def name(self) -> str:
        """The indicator's name."""
        return self.assessment.indicator.name

    @property
    def written(self) -> str:
        """The share with its two counts."""
        return f"{format_count(self.share.count)} of {format_count(self.share.total)} ({self.percent})"

    @property
    def percent(self) -> str:
        """The share alone."""
        return format_share(100 * self.share.count / self.share.total, self.share.total)


def plot_group_shares(run: Run, *indicators: str) -> Figure | Notes:
    """Draw the shares of some groups over twelve months: who comes forward.

    Parameters
    ----------
    run : Run
    *indicators : str
        Ids or names of proportions.

    Returns
    -------
    Figure or Notes
        A line where nothing was received.
    """
    asked = [run.assessment(each) for each in indicators]
    groups = [found for each in asked if (found := find_share(each)) is not None]
    if not groups:
        return describe_not_received(asked)

    def paint(axes: Axes) -> None:
        draw_group_shares(axes, groups)

    height = _FOOT + _ROW * len(groups)
    return Figure(
        title=_title(groups),
        picture=draw(paint, "wide", height),
        narrow_picture=draw(paint, "narrow", height),
        alternative_text=f"Dots with 95% ranges. {' '.join(_say(each) for each in groups)}",
        caption=(
            f"Share of those in whom it is known, in {groups[0].period.short_words}. Lines: the 95% range. "
            "Diamonds: the national share, where one is published."
        ),
        table=build_table(
            [_row(each) for each in groups],
            caption=f"Who comes forward, {groups[0].period.short_words}",
            columns=(
                Column("name", "Group", is_row_heading=True),
                Column("share", "Share", align="right"),
                Column("range", "95% range", align="right"),
                Column("national", "National", align="right"),
                Column("expected", "Expected at the national share", align="right"),
            ),
        ),
        can_conclude=tuple(Sentence(_say(each)) for each in groups),
        cannot_conclude=(
            "Shares of those who come forward are not shares of those who are harmed. "
            f"{describe_caveat(groups[0].assessment)}"
        ),
    )


def find_share(assessment: Assessment) -> GroupShare | None:
    """Give an indicator's share over twelve months, or over its own period where quarters do not add up to them.

    Returns
    -------
    GroupShare or None
        None where it was not received whole, was withheld, or is of too few people.
    """
    year = next((each for each in assessment.comparisons if each.basis is Basis.TWELVE_MONTHS), None)
    chosen = year or assessment.comparisons[0]
    if chosen.count is None or not chosen.whole or chosen.whole < FEWEST_EVENTS:
        return None
    percent = assessment.indicator.national_percent
    return GroupShare(
        assessment=assessment,
        period=chosen.period,
        share=measure_proportion(chosen.count, chosen.whole),
        national=compare_with_national(chosen.count, int(chosen.whole), percent / 100) if percent is not None else None,
    )


def draw_group_shares(axes: Axes, groups: Sequence[GroupShare]) -> None:
    """Draw a dot with its range for each group, and a diamond for the national share."""
    wide = is_wide(axes)
    rows = [
        {
            "name": f"{each.name}\n{each.written}" if wide else fill(each.name, _LETTERS),
            **{key: 100 * getattr(each.share, column) for key, column in _COLUMNS.items()},
            NATIONAL: 100 * each.national.national_share if each.national else math.nan,
        }
        for each in groups
    ]
    has_national = any(each.national for each in groups)
    plot_ranges(pd.DataFrame(rows), reference=NATIONAL if has_national else None, ax=axes)
    axes.set_xlim(left=0)
    name_percents(axes.xaxis)


def _title(groups: Sequence[GroupShare]) -> str:
    """Tell of the group that has a national share beside it, or else of the first."""
    told = next((each for each in groups if each.national), groups[0])
    return f"{told.assessment.indicator.name}: {told.written}{f', {_stands(told)}' if told.national else ''}"


def _say(group: GroupShare) -> str:
    name = group.assessment.indicator.name
    if group.national is None:
        return f"{name}: {group.written}."
    expected = format_count(group.national.expected_count, decimals=1)
    return f"{name}: {group.written}, with {expected} expected at the national share; {_stands(group)}."


def _stands(group: GroupShare) -> str:
    assert group.national is not None  # noqa: S101 - asked only of those with a national share
    return group.national.standing.value


def _row(group: GroupShare) -> dict[str, object]:
    total = group.share.total
    low, high = (format_share(100 * each, total) for each in (group.share.lower, group.share.upper))
    national = group.national
    return {
        "name": group.assessment.indicator.name,
        "share": group.written,
        "range": f"{low} to {high}",
        "national": f"{100 * national.national_share:.1f}%" if national else None,
        "expected": format_count(national.expected_count, decimals=1) if national else None,
    }


_CHANGE_ROW, _CHANGE_FOOT = 4.6, 12.5
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
        return describe_not_received(groups)

    def paint(axes: Axes) -> None:
        draw_offence_groups(axes, groups)

    height = _CHANGE_FOOT + _CHANGE_ROW * len(groups)
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
