"""Shares of several groups beside each other, each with its range and, where one is known, the national share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Column, build_table
from shp_analysis.briefing.parts import Figure, Notes, Sentence
from shp_analysis.charts.drawing import draw, is_wide, name_percents
from shp_analysis.charts.notes import say_not_received
from shp_analysis.charts.ranges import plot_ranges
from shp_analysis.comparisons import FEWEST_EVENTS, Basis
from shp_analysis.periods import Period
from shp_analysis.sentences import say_caveat
from shp_analysis.statistics.proportions import AgainstNational, Proportion, compare_with_national, measure_proportion
from shp_analysis.style import format_count, format_share
from shp_analysis.workbook import Run

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
        return say_not_received(asked)

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
            f"{say_caveat(groups[0].assessment)}"
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
