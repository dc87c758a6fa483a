"""Stock against flow: what is open on a day, and what came and went in each quarter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from shp_analysis.briefing.data_tables import Column, build_table
from shp_analysis.briefing.parts import Figure, Notes, Sentence
from shp_analysis.charts.break_marks import mark_breaks
from shp_analysis.charts.drawing import DESK, draw
from shp_analysis.charts.notes import explain_not_shown, list_breaks, name_breaks
from shp_analysis.charts.series import plot_series
from shp_analysis.cleared import NotShown, read_caseload
from shp_analysis.cleared.caseload import MEASURES, STOCK
from shp_analysis.periods import Quarter
from shp_analysis.sentences import say_caveat
from shp_analysis.style import format_count
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    assessment = run.assessment(STOCK)
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
        cannot_conclude=f"How many cases are open does not say how many people need help. {say_caveat(assessment)}",
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
    return f"At the end of {quarter.end:%B %Y} there were {stock}; in the quarter {flow}."


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
