"""What a count is made of: its parts, the caseload behind it, and the weekday and hour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shp_analysis.assessment.comparisons import FEWEST_EVENTS
from shp_analysis.charts.drawing import DESK, draw, is_wide
from shp_analysis.charts.heatmaps import plot_heatmap
from shp_analysis.charts.series import mark_breaks, plot_series
from shp_analysis.charts.stacked_bars import plot_parts
from shp_analysis.page.data_tables import Column, build_table
from shp_analysis.page.parts import Figure, Note, Notes, Sentence
from shp_analysis.page.style import format_count, format_share
from shp_analysis.papers.figures.notes import explain_not_shown, list_breaks, name_breaks
from shp_analysis.papers.gated_counts import (
    BANDS,
    DAYS,
    HOURS_EACH,
    MEASURES,
    UNKNOWN,
    Breakdown,
    NotShown,
    count_collision_times,
    find_breakdown,
    read_caseload,
)
from shp_analysis.papers.run import Run
from shp_analysis.reference.period_spellings import write_month
from shp_analysis.reference.periods import Quarter
from shp_analysis.statistics.intervals import wilson_interval
from shp_analysis.text.sentences import describe_caveat
from shp_analysis.text.words import capitalise, list_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes


NOT_KNOWN = "Not known"
_LETTERS = {"gp": "GP", "idva": "domestic violence adviser"}
"""How a page writes what returns abbreviate."""
_ROW, _FOOT = 5.4, 9.0
"""Millimetres of a row, and of the axis below all."""
_ONLY_KNOWN = "The shares are of those who are known here, and not of all who need help."
MOST_ROWS = 6
"""More parts than these are drawn as one, and told apart in the table."""


def plot_breakdown(run: Run, indicator: str, breakdown: str) -> Figure | Notes:
    """Draw what a count that partners return is made of: over twelve months where the quarters add up to them.

    Parameters
    ----------
    run : Run
    indicator : str
        Id or name.
    breakdown : str
        As partners' returns name it: `referral_route`, `main_substance`.

    Returns
    -------
    Figure or Notes
        A line where nothing was received, it is of too few to be parted, or a part may not be shown in the edition.
    """
    assessment = run.assessment(indicator)
    found = find_breakdown(run, assessment, breakdown)
    if isinstance(found, NotShown):
        return explain_not_shown(found, assessment)
    if found.total < FEWEST_EVENTS:
        text = f"No chart is drawn: {format_count(found.total)} are too few to be parted."
        return Notes((Note(assessment.indicator.name, text),))

    def paint(axes: Axes) -> None:
        draw_breakdown(axes, found)

    rows = list_rows(found)
    height = _FOOT + _ROW * len(rows)
    first, number = rows[0]
    name, words = assessment.indicator.name, found.period.short_words
    return Figure(
        title=f"{name}, {found.heading.lower()}: {first}, {_write(found, number)}",
        picture=draw(paint, "wide", height),
        narrow_picture=draw(paint, "narrow", height),
        alternative_text=("Bars. " + " ".join(f"{row}: {_write(found, each)}." for row, each in rows)),
        caption=f"{assessment.indicator.definition} In {words}, as shares of all.",
        table=build_table(
            _tabulate(found),
            caption=f"{name}: {found.heading.lower()}, {words}",
            columns=(
                Column("name", found.heading, is_row_heading=True),
                Column("count", "Count", align="right"),
                Column("share", "Share", align="right"),
                Column("range", "95% range", align="right"),
            ),
            note=_note(found),
        ),
        can_conclude=tuple(_conclude(found)),
        cannot_conclude=f"{_ONLY_KNOWN} {describe_caveat(assessment)}",
    )


def list_rows(found: Breakdown) -> list[tuple[str, int]]:
    """List what is drawn: the largest parts, all others as one, and what is not known."""
    counted = {str(name): int(number) for name, number in found.known.items() if number}
    named = [(capitalise(_name(name)), number) for name, number in counted.items() if name != UNKNOWN]
    rest = named[MOST_ROWS:]
    others = [(f"{len(rest)} others", sum(number for _, number in rest))] if len(rest) > 1 else rest
    return [*named[:MOST_ROWS], *others, *([(NOT_KNOWN, counted[UNKNOWN])] if UNKNOWN in counted else [])]


def _write(found: Breakdown, number: int) -> str:
    """Write a part with the whole."""
    return f"{format_count(number)} of {format_count(found.total)} ({_write_share(found, number)})"


def _write_share(found: Breakdown, number: int) -> str:
    return format_share(100 * number / found.total, found.total)


def draw_breakdown(axes: Axes, found: Breakdown) -> None:
    """Draw a bar for each part's share, from the largest, with the number behind it beside its name."""
    frame = pd.DataFrame(
        [(f"{name} ({format_count(number)})", number) for name, number in list_rows(found)], columns=["part", "number"]
    )
    plot_parts(frame, x="part", y="number", as_share=True, unit="Share of all", ax=axes)


def _range(found: Breakdown, number: int) -> tuple[float, float]:
    lower, upper = wilson_interval([number], [found.total])
    return 100 * float(lower[0]), 100 * float(upper[0])


def _tabulate(found: Breakdown) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for name, number in found.counts.items():
        if pd.isna(number):
            rows.append({"name": capitalise(_name(str(name))), "count": "withheld", "share": None, "range": None})
            continue
        low, high = (format_share(each, found.total) for each in _range(found, int(number)))
        written = {
            "count": format_count(int(number)),
            "share": _write_share(found, int(number)),
            "range": f"{low} to {high}",
        }
        rows.append({"name": NOT_KNOWN if name == UNKNOWN else capitalise(_name(str(name))), **written})
    return rows


def _name(category: str) -> str:
    return _LETTERS.get(category, category)


def _note(found: Breakdown) -> str:
    if not found.withheld:
        return ""
    left = format_count(found.total - int(found.counts.dropna().sum()))
    return (
        f"Withheld: the partner gave no number, as it was too small; {left} of {format_count(found.total)} lie there."
    )


def _conclude(found: Breakdown) -> list[Sentence]:
    first, number = list_rows(found)[0]
    told = [Sentence(f"{first}: {_write(found, number)} in {found.period.short_words}.")]
    if found.without:
        told.append(Sentence(f"None was recorded under {list_names([_name(each) for each in found.without])}."))
    return told


LABELS = {
    "open": "Open at the end of the quarter",
    "waiting": "Waiting for an adviser",
    "opened": "Opened in the quarter",
    "closed": "Closed in the quarter",
}
SHORT_LABELS = {"open": "Open", "waiting": "Waiting", "opened": "Opened", "closed": "Closed"}
_CAPTION = (
    "Cases of independent domestic violence advisers. Open and waiting: on the last day of each quarter. Opened and "
    "closed: in the quarter."
)


def plot_caseload(run: Run) -> Figure | Notes:
    """Draw advisers' cases: open and waiting on the last day of each quarter, opened and closed in it.

    Parameters
    ----------
    run : Run
        Of domestic abuse.

    Returns
    -------
    Figure or Notes
        A line where nothing was received, or the edition withholds small numbers and one is in it.
    """
    assessment = run.assessment(run.contents.charts.advisers_cases)
    frame = read_caseload(run)
    if isinstance(frame, NotShown):
        return explain_not_shown(frame, assessment)
    quarters = [Quarter(str(label)) for label in frame.index]
    breaks = list_breaks(assessment, quarters[0].start, quarters[-1].end)

    def paint(axes: Axes) -> None:
        draw_caseload(axes, frame, quarters)
        mark_breaks(axes, breaks)

    return Figure(
        title=f"Advisers' cases: {_say_last(frame)}",
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text="Four lines by quarter. " + " ".join(_say_quarter(q, frame) for q in quarters[-2:]),
        caption=" ".join((_CAPTION, *name_breaks(breaks))),
        table=build_table(
            [_row(quarter, frame) for quarter in quarters],
            caption="Advisers' cases by quarter",
            columns=(
                Column("name", "Quarter", is_row_heading=True),
                *(Column(key, LABELS[key], align="right") for key in MEASURES),
            ),
        ),
        can_conclude=(Sentence(_say_quarter(quarters[-1], frame)), *_say_balance(quarters[-1], frame)),
        cannot_conclude=(
            f"How many cases are open does not say how many people need help. {describe_caveat(assessment)}"
        ),
    )


def draw_caseload(axes: Axes, frame: pd.DataFrame, quarters: Sequence[Quarter]) -> None:
    """Draw a line for each of the four, named at its end; none crosses a quarter that was not received."""
    dated = frame.set_axis([pd.Timestamp(each.start) for each in quarters]).rename(columns=SHORT_LABELS)
    long = dated.melt(ignore_index=False, var_name="line", value_name="cases").rename_axis("start").reset_index()
    plot_series(long, x="start", y="cases", color="line", label_last=True, ax=axes)


def _read_row(frame: pd.DataFrame, place: int = -1) -> dict[str, float]:
    return {key: float(frame[key].iloc[place]) for key in MEASURES}


def _say_last(frame: pd.DataFrame) -> str:
    last = _read_row(frame)
    told = [f"{format_count(last[key])} {word}" for key, word in _WORDS.items() if not math.isnan(last[key])]
    return ", ".join(told) or "nothing received for the quarter"


_WORDS = {"open": "open", "waiting": "waiting for an adviser", "opened": "opened", "closed": "closed"}


def _say_quarter(quarter: Quarter, frame: pd.DataFrame) -> str:
    upto = frame.loc[: quarter.slug]
    row = _read_row(upto)
    stock = f"{format_count(row['open'])} cases open and {format_count(row['waiting'])} waiting for an adviser"
    flow = f"{format_count(row['opened'])} were opened and {format_count(row['closed'])} closed"
    if any(map(math.isnan, row.values())):
        return f"{quarter.short_words}: {_say_last(upto)}."
    return f"At the end of {write_month(quarter.end)} there were {stock}; in the quarter {flow}."


def _say_balance(quarter: Quarter, frame: pd.DataFrame) -> tuple[Sentence, ...]:
    """Say whether the four agree: what was open before, with what came and without what went, is what is open now."""
    if len(frame) == 1:
        return ()
    before, row = _read_row(frame, -2)["open"], _read_row(frame)
    expected = before + row["opened"] - row["closed"]
    if math.isnan(expected) or math.isnan(row["open"]) or expected == row["open"]:
        return ()
    return (
        Sentence(
            f"The numbers of {quarter.short_words} do not add up: {format_count(before)} open before, "
            f"with those opened and without those closed, would be {format_count(expected)}. Ask the service."
        ),
    )


def _row(quarter: Quarter, frame: pd.DataFrame) -> dict[str, object]:
    row = _read_row(frame.loc[: quarter.slug])
    numbers = {key: None if math.isnan(number) else format_count(number) for key, number in row.items()}
    return {"name": quarter.short_words, **numbers}


def plot_weekday_and_hour(run: Run) -> Figure | Notes:
    """Draw the injury collisions of five years by weekday and hour.

    Parameters
    ----------
    run : Run
        Of road casualties.

    Returns
    -------
    Figure or Notes
        A line where nothing, or hardly anything, was received.
    """
    assessment, found = run.assessment(run.contents.charts.collisions), count_collision_times(run)
    if isinstance(found, NotShown):
        return explain_not_shown(found, assessment)
    counts, total, held, years = found.counts, found.total, found.held, found.years
    if total < FEWEST_EVENTS:
        text = f"No table is drawn: {format_count(total)} collisions are too few to part by weekday and hour."
        return Notes((Note(assessment.indicator.name, text),))
    window = str(held[0]) if len(held) == 1 else f"{held[0]} to {held[-1]}"

    def paint(axes: Axes) -> None:
        draw_weekday_and_hour(axes, counts)

    return Figure(
        title=f"Injury collisions by weekday and hour, {window}: {_say_busiest(counts)}",
        picture=draw(paint, DESK),
        narrow_picture=draw(paint, "narrow"),
        alternative_text=f"A table of seven days and eight times of day. {_say_busiest(counts)}.",
        caption=(
            f"Collisions on public roads in which somebody was hurt, {format_count(total)} in the {len(held)} years "
            f"received of {years[0]} to {years[-1]}, three hours to a cell. Darker: more."
            + (f" {format_count(found.untimed)} without a time are left out." if found.untimed else "")
        ),
        table=build_table(
            [_row_of_weekday(str(day), row) for day, row in counts.iterrows()],
            caption=f"Injury collisions by weekday and hour, {window}",
            columns=(
                Column("day", "Day", is_row_heading=True),
                *(Column(band, band, align="right") for band in BANDS),
            ),
        ),
        can_conclude=(Sentence(_say_weekdays(counts)), Sentence(_say_nights(counts))),
        cannot_conclude=(
            "More traffic brings more collisions: these are not risks of a journey, and cells with few collisions "
            f"differ by chance. {describe_caveat(assessment)}"
        ),
    )


def draw_weekday_and_hour(axes: Axes, counts: pd.DataFrame) -> None:
    """Draw a cell for each weekday and time of day, with its number in it."""
    if is_wide(axes):
        plot_heatmap(counts, ax=axes)
        return
    plot_heatmap(counts.rename(index=lambda day: day[:3], columns=lambda band: band[:2]), ax=axes)
    axes.set_xlabel("Three hours from")
    axes.xaxis.set_label_position("top")


def _say_busiest(counts: pd.DataFrame) -> str:
    day, band = np.unravel_index(int(counts.to_numpy().argmax()), counts.shape)
    return f"{_write_part(counts, int(counts.to_numpy().max()))} on a {DAYS[int(day)]} between {_say_band(int(band))}"


def _say_band(band: int) -> str:
    first = band * HOURS_EACH
    return f"{first}:00 and {first + HOURS_EACH}:00"


def _say_weekdays(counts: pd.DataFrame) -> str:
    by_band = counts.iloc[:5].sum().to_numpy()
    band = int(by_band.argmax())
    number = int(by_band[band])
    return f"Of all, {_write_part(counts, number)} were on Mondays to Fridays between {_say_band(band)}."


def _say_nights(counts: pd.DataFrame) -> str:
    evening, night = counts[BANDS[-1]], counts[BANDS[0]]
    late = int(evening[["Friday", "Saturday"]].sum() + night[["Saturday", "Sunday"]].sum())
    told = "on Friday and Saturday nights, from 21:00 to 3:00 the next morning"
    return f"Of all, {_write_part(counts, late)} were {told}."


def _write_part(counts: pd.DataFrame, number: int) -> str:
    total = int(counts.to_numpy().sum())
    return f"{format_count(number)} of {format_count(total)} ({format_share(100 * number / total, total)})"


def _row_of_weekday(day: str, row: pd.Series) -> dict[str, object]:
    return {"day": day, **{band: format_count(int(row[band])) for band in BANDS}}
