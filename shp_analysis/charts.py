"""The charts of a briefing: drawn from what was assessed, each with its words and its numbers.

Every chart starts its counts at zero, shows a gap where a month is missing, and marks what is under comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FixedLocator, NullLocator

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Column, DataTable, build_table
from shp_analysis.briefing.parts import Figure, Sentence
from shp_analysis.catalogue import SeriesBreak
from shp_analysis.comparisons import Verdict
from shp_analysis.periods import FinancialYear, Month
from shp_analysis.sentences import list_names, state, state_change, state_title
from shp_analysis.style import (
    BAND_COLOUR,
    CATEGORICAL_COLOURS,
    DUO_COLOURS,
    MUTED_COLOUR,
    NOT_AVAILABLE,
    TEXT_COLOUR,
    FigureSize,
    figure_size,
    format_count,
    save_svg,
    use_house_style,
)
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOREST_LIMITS = (0.25, 4.0)
"""Ratios drawn; an interval that goes beyond ends in an arrow."""
WIDE_INCHES = 5
"""From this width on a legend's entries stand side by side."""
_FOREST_TICKS = (0.25, 0.5, 1.0, 2.0, 4.0)
_ON_WHITE: dict[str, Any] = {"zorder": 5, "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.5}}
"""Words that stand over a line hide it."""
_MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")


def plot_monthly_counts(run: Run, indicator: str) -> Figure:
    """Draw an indicator month by month, with the two periods under comparison and every break marked.

    Parameters
    ----------
    run : Run
    indicator : str
        Id or name.

    Returns
    -------
    Figure
    """
    assessment = run.assessment(indicator)
    breaks = _breaks_shown(assessment)

    def draw(axes: Axes) -> None:
        _draw_months(axes, assessment)
        _mark_breaks(axes, breaks, assessment)
        _dress_months(axes, assessment)

    return Figure(
        title=state_title(assessment),
        picture=_draw(draw, "wide"),
        narrow_picture=_draw(draw, "narrow"),
        alternative_text=_describe_months(assessment),
        caption=_caption_months(assessment, breaks),
        table=_tabulate_months(assessment),
        can_conclude=state(assessment),
        cannot_conclude=f"The chart does not say why the numbers moved. {assessment.indicator.caveat}",
        verdict=assessment.verdict.value,
    )


def plot_changes(run: Run) -> Figure:
    """Draw the change of every offence group with its 95% range: the forest plot.

    Parameters
    ----------
    run : Run

    Returns
    -------
    Figure
        Groups that may not be compared are named and have no mark.
    """
    groups = [each for each in run.assessments if each.indicator.is_offence_group]

    def draw(axes: Axes) -> None:
        for row, assessment in enumerate(groups):
            _draw_change(axes, row, assessment)
        _dress_changes(axes, groups)
        axes.set_yticks(np.arange(len(groups)), [_label(each) for each in groups])

    def draw_narrow(axes: Axes) -> None:
        for row, assessment in enumerate(groups):
            _draw_change(axes, row, assessment)
        _dress_changes(axes, groups)
        axes.set_yticks([])
        for row, assessment in enumerate(groups):
            text = axes.text(FOREST_LIMITS[0], row - 0.28, _label(assessment), va="bottom", **_ON_WHITE)
            text.set_in_layout(False)

    period, baseline = run.period, groups[0].comparisons[0].baseline
    return Figure(
        title=_title_changes(groups),
        picture=_draw(draw, "rows"),
        narrow_picture=_draw(draw_narrow, "narrow_rows"),
        alternative_text=_describe_changes(groups),
        caption=(
            f"Change in recorded crimes per day, {period.short_words} beside {baseline.short_words}, with its "
            "95% range. Filled: clearly up or down. Hollow: no clear change. An arrow: the range goes further."
        ),
        table=_tabulate_changes(groups),
        can_conclude=_conclude_changes(groups),
        cannot_conclude=(
            "A hollow mark does not show that nothing changed, only that these numbers cannot tell. "
            "One group in twenty would look clear by chance alone."
        ),
    )


def _draw(draw: Callable[[Axes], None], size: FigureSize) -> str:
    with use_house_style():
        canvas = Canvas(figsize=figure_size(size), layout="constrained")
        draw(canvas.subplots())
        return save_svg(canvas)


# --- Month by month


def _draw_months(axes: Axes, assessment: Assessment) -> None:
    frame = _with_gaps(assessment.months)
    if frame.empty:
        return
    sns.lineplot(
        frame, x="month", y="count", units="run", estimator=None, ax=axes, color=MUTED_COLOUR, linewidth=1.4, zorder=3
    )
    lone = frame.groupby("run")["count"].transform("size") == 1
    axes.scatter(frame.loc[lone, "month"], frame.loc[lone, "count"], color=MUTED_COLOUR, s=12, zorder=3)
    comparison = assessment.comparisons[0]
    for period, colour in ((comparison.baseline, DUO_COLOURS[1]), (comparison.period, DUO_COLOURS[0])):
        own = frame[[period.contains(day.date()) for day in frame["month"]]]
        axes.scatter(own["month"], own["count"], color=colour, s=34, zorder=4, label=period.short_words)


def _with_gaps(months: pd.DataFrame) -> pd.DataFrame:
    """Tell the runs of months without a gap apart, so that no line crosses a missing month."""
    starts = pd.to_datetime(months["period_start"])
    positions = starts.dt.year * 12 + starts.dt.month
    return pd.DataFrame(
        {"month": starts, "count": months["numerator"], "run": (positions.diff().fillna(1) != 1).cumsum()}
    )


def _mark_breaks(axes: Axes, breaks: Sequence[SeriesBreak], assessment: Assessment) -> None:
    for each in breaks:
        style = "--" if each.is_confirmed else ":"
        if each.until_month:
            axes.axvspan(_number(each.first_day), _number(each.settled_day), color=BAND_COLOUR, zorder=0)
        axes.axvline(_number(each.first_day), color=TEXT_COLOUR, linestyle=style, linewidth=1, zorder=1)
        axes.annotate(
            each.break_id,
            (_number(max(each.first_day, _first_day(assessment))), 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(3, -3),
            textcoords="offset points",
            ha="left",
            va="top",
            color=TEXT_COLOUR,
        )


def _dress_months(axes: Axes, assessment: Assessment) -> None:
    axes.set_ylim(0, 1.15 * max([1, *assessment.months["numerator"]]))
    axes.set_xlim(_number(_first_day(assessment)) - 20, _number(assessment.comparisons[0].period.end) + 20)
    axes.set_xlabel("")
    axes.set_ylabel("")
    axes.set_title(
        f"{assessment.indicator.numerator.capitalize()} a month", loc="left", fontsize=10, fontweight="normal"
    )
    locator = mdates.AutoDateLocator(minticks=4, maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        mdates.ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    )
    axes.yaxis.set_major_formatter(lambda value, _: format_count(value))
    if len(assessment.months):
        canvas = cast("Canvas", axes.figure)
        is_wide = canvas.get_size_inches()[0] > WIDE_INCHES
        canvas.legend(loc="outside lower left", frameon=False, ncols=2 if is_wide else 1)


def _breaks_shown(assessment: Assessment) -> tuple[SeriesBreak, ...]:
    first, last = _first_day(assessment), assessment.period.end
    return tuple(each for each in assessment.breaks if each.first_day <= last and each.settled_day >= first)


def _first_day(assessment: Assessment) -> date:
    return min(month.start for month in (*assessment.counts_by_month, *assessment.comparisons[0].baseline.months))


def _caption_months(assessment: Assessment, breaks: Sequence[SeriesBreak]) -> str:
    lines = [
        assessment.indicator.definition,
        "One point a month; the months under comparison are marked. Where the line stops, a month is missing.",
    ]
    lines += [
        f"{each.break_id}, {_when(each)}{'' if each.is_confirmed else ' (date not confirmed)'}: {each.what_changed}."
        for each in breaks
    ]
    return " ".join(lines)


def _when(each: SeriesBreak) -> str:
    first = Month(each.from_month).in_words
    return f"{first} to {Month(each.until_month).in_words}" if each.until_month else f"from {first}"


def _describe_months(assessment: Assessment) -> str:
    counts = assessment.counts_by_month
    if not counts:
        return (
            f"Line chart of {assessment.indicator.numerator} a month. Nothing has been received, so the chart is empty."
        )
    low, high = min(counts, key=lambda month: counts[month]), max(counts, key=lambda month: counts[month])
    sentences = [
        f"Line chart of {assessment.indicator.numerator} a month, {min(counts).in_words} to {max(counts).in_words}.",
        f"The lowest month is {low.in_words} with {format_count(counts[low])}.",
        f"The highest is {high.in_words} with {format_count(counts[high])}.",
    ]
    comparison = assessment.comparisons[0]
    for period in (comparison.baseline, comparison.period):
        listed = [format_count(counts.get(month)) for month in period.months]
        sentences.append(f"{period.short_words}: {list_names(listed)}.")
    return " ".join(sentences)


def _tabulate_months(assessment: Assessment) -> DataTable:
    """Set the months out with a financial year a column, so that the same month stands beside itself."""
    counts = assessment.counts_by_month
    years = sorted({FinancialYear.containing(month.start) for month in counts})
    rows = []
    for number, name in enumerate(_MONTHS):
        cells = {
            year.label: format_count(counts[year.months[number]]) for year in years if year.months[number] in counts
        }
        rows.append({"month": name, **{year.label: cells.get(year.label, "–") for year in years}})
    name = assessment.indicator.name
    return build_table(
        rows,
        caption=f"{name}: {assessment.indicator.numerator} by month and financial year, {assessment.area.name}",
        columns=(
            Column("month", "Month", is_row_heading=True),
            *(Column(year.label, year.label, align="right") for year in years),
        ),
        note="–: not received, or outside the months shown.",
    )


def _number(day: date) -> float:
    return float(mdates.date2num(day))  # type: ignore[no-untyped-call]


# --- Group by group


def _draw_change(axes: Axes, row: int, assessment: Assessment) -> None:
    change = assessment.comparisons[0].change
    if change is None or not assessment.verdict.shows_percent or change.adjusted_percent is None:
        axes.text(1.0, row, assessment.verdict.value, ha="center", va="center", **_ON_WHITE)
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
            axes.plot(edge, row, marker=marker, color=colour, markersize=7, clip_on=False, zorder=3)
    if FOREST_LIMITS[0] <= ratio <= FOREST_LIMITS[1]:
        face = colour if assessment.verdict.is_clear else "white"
        axes.plot(
            ratio, row, marker="o", color=colour, markerfacecolor=face, markersize=8, markeredgewidth=1.8, zorder=4
        )


def _dress_changes(axes: Axes, groups: Sequence[Assessment]) -> None:
    axes.set_xscale("log")
    axes.set_xlim(*FOREST_LIMITS)
    axes.xaxis.set_major_locator(FixedLocator(list(_FOREST_TICKS)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: _tick(value))
    axes.axvline(1.0, color=TEXT_COLOUR, linewidth=1, zorder=1)
    axes.set_ylim(len(groups) - 0.4, -1.0)
    axes.grid(visible=False, axis="y")
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
    if clear:
        return clear
    if not compared:
        return (Sentence("Nothing can be concluded: no comparison could be made."),)
    return (Sentence(f"None of the {compared} groups compared moved by more than chance alone would produce."),)


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
