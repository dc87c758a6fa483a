"""What a count is made of: its parts over twelve months, such as who referred, or the substances of young people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from shp_analysis.briefing.data_tables import Column, build_table
from shp_analysis.briefing.parts import Figure, Note, Notes, Sentence
from shp_analysis.charts.drawing import draw
from shp_analysis.charts.notes import explain_not_shown
from shp_analysis.charts.parts import plot_parts
from shp_analysis.cleared import Breakdown, NotShown, find_breakdown
from shp_analysis.cleared.breakdowns import UNKNOWN
from shp_analysis.comparisons import FEWEST_EVENTS
from shp_analysis.sentences import say_caveat
from shp_analysis.statistics.intervals import wilson_interval
from shp_analysis.style import format_count, format_share
from shp_analysis.text.lists import list_names
from shp_analysis.wordings import capitalise
from shp_analysis.workbook import Run

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
        cannot_conclude=f"{_ONLY_KNOWN} {say_caveat(assessment)}",
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
