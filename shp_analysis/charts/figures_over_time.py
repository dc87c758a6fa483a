"""Shares and published figures over time: a point for each quarter, year or window, with its 95% range and any band."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Column, build_table
from shp_analysis.briefing.parts import Figure, Notes, Sentence
from shp_analysis.catalogue import Kind
from shp_analysis.charts.canvas import HEAD
from shp_analysis.charts.drawing import DESK, NO_REASON, draw, name_percents
from shp_analysis.charts.notes import say_not_received
from shp_analysis.charts.ranges import plot_ranges
from shp_analysis.cleared import read_england, recall_windows
from shp_analysis.periods import build_window, count_months
from shp_analysis.sentences import name_with_area, say_caveat, state, state_title
from shp_analysis.statistics.intervals import wilson_interval
from shp_analysis.style import (
    BAND_COLOUR,
    format_count,
    format_rate,
    format_share,
)
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    assessment = recall_windows(run, run.assessment(indicator))
    points = list_figures(assessment)
    if not points:
        return say_not_received([assessment])
    band = assessment.indicator.expected_band
    windows = read_england(run, assessment).to_dict("records") if beside_england else []
    england = {_label(row): float(row["value"]) for row in windows}

    def paint(axes: Axes) -> None:
        draw_figures(axes, points, assessment, england)

    return Figure(
        title=state_title(assessment),
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
        cannot_conclude=f"{NO_REASON} {say_caveat(assessment)}",
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
