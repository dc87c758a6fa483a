"""What a count is made of: its parts over twelve months, such as who referred, or the substances of young people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Column, build_table
from shp_analysis.briefing.parts import Figure, Note, Notes, Sentence
from shp_analysis.catalogue import RETURNS
from shp_analysis.charts.drawing import draw
from shp_analysis.charts.notes import say_not_received, say_withheld
from shp_analysis.charts.parts import plot_parts
from shp_analysis.comparisons import FEWEST_EVENTS
from shp_analysis.periods import Period
from shp_analysis.sentences import list_names, say_caveat
from shp_analysis.sources.code_tables import read_code_table
from shp_analysis.statistics.intervals import wilson_interval
from shp_analysis.style import format_count, format_share
from shp_analysis.wordings import capitalise
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNKNOWN, NOT_KNOWN = "unknown", "Not known"
_LETTERS = {"gp": "GP", "idva": "domestic violence adviser"}
"""How a page writes what returns abbreviate."""
_ROW, _FOOT = 5.4, 9.0
"""Millimetres of a row, and of the axis below all."""
MOST_ROWS = 6
"""More parts than these are drawn as one, and told apart in the table."""


@dataclass(frozen=True)
class Mixture:
    """The parts of a count over a period.

    Attributes
    ----------
    assessment : Assessment
    heading : str
        What it is parted by: "Who referred".
    period : Period
    total : int
    counts : pandas.Series
        By category, the most first and what is not known last; missing where the partner withheld a part.
    cells : pandas.DataFrame
        The partner's own rows behind them, of the parts and of the total.
    """

    assessment: Assessment
    heading: str
    period: Period
    total: int
    counts: pd.Series
    cells: pd.DataFrame

    @property
    def rows(self) -> list[tuple[str, int]]:
        """What is drawn: the largest parts, all others as one, and what is not known."""
        counted = {str(name): int(number) for name, number in self._known.items() if number}
        named = [(capitalise(_name(name)), number) for name, number in counted.items() if name != UNKNOWN]
        rest = named[MOST_ROWS:]
        others = [(f"{len(rest)} others", sum(number for _, number in rest))] if len(rest) > 1 else rest
        return [*named[:MOST_ROWS], *others, *([(NOT_KNOWN, counted[UNKNOWN])] if UNKNOWN in counted else [])]

    @property
    def _known(self) -> pd.Series:
        return self.counts.dropna()

    @property
    def without(self) -> list[str]:
        """The categories from which none came."""
        return [str(name) for name, number in self._known.items() if not number and name != UNKNOWN]

    @property
    def withheld(self) -> list[str]:
        """The categories whose number the partner did not give."""
        return [str(name) for name in self.counts[self.counts.isna()].index]

    def write(self, number: int) -> str:
        """Write a part with the whole."""
        return f"{format_count(number)} of {format_count(self.total)} ({self.share(number)})"

    def share(self, number: int) -> str:
        """Write a part's share alone."""
        return format_share(100 * number / self.total, self.total)


def plot_mix(run: Run, indicator: str, breakdown: str) -> Figure | Notes:
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
    mixture = find_mixture(run, assessment, breakdown)
    if mixture is None:
        return say_not_received([assessment])
    records = run.opened.records_of(_find_table(assessment))
    if assessment.is_suppressed or not run.gate.admits_counts(breakdown, records, mixture.cells, mixture.period):
        return say_withheld(assessment)
    if mixture.total < FEWEST_EVENTS:
        text = f"No chart is drawn: {format_count(mixture.total)} are too few to be parted."
        return Notes((Note(assessment.indicator.name, text),))

    def paint(axes: Axes) -> None:
        draw_mix(axes, mixture)

    height = _FOOT + _ROW * len(mixture.rows)
    first, number = mixture.rows[0]
    name, words = assessment.indicator.name, mixture.period.short_words
    return Figure(
        title=f"{name}, {mixture.heading.lower()}: {first}, {mixture.write(number)}",
        picture=draw(paint, "wide", height),
        narrow_picture=draw(paint, "narrow", height),
        alternative_text=("Bars. " + " ".join(f"{row}: {mixture.write(each)}." for row, each in mixture.rows)),
        caption=f"{assessment.indicator.definition} In {words}, as shares of all.",
        table=build_table(
            _tabulate(mixture),
            caption=f"{name}: {mixture.heading.lower()}, {words}",
            columns=(
                Column("name", mixture.heading, is_row_heading=True),
                Column("count", "Count", align="right"),
                Column("share", "Share", align="right"),
                Column("range", "95% range", align="right"),
            ),
            note=_note(mixture),
        ),
        can_conclude=tuple(_conclude(mixture)),
        cannot_conclude=f"The shares are of those who are known here, and not of all who need help. {_caveat(mixture)}",
    )


def find_mixture(run: Run, assessment: Assessment, breakdown: str) -> Mixture | None:
    """Add the parts of a partner's count up over the paper's twelve months, or its quarter where they do not add up.

    Returns
    -------
    Mixture or None
        None where a month or quarter of it, or its whole, was not received.
    """
    _, measure = assessment.indicator.measure(RETURNS)
    counts = run.opened.records_of(measure.records).counts
    wanted = set(measure.include["measure"])
    is_own = assessment.indicator.adds_over_periods
    period = assessment.period.twelve_months_to_end() if is_own else assessment.period
    frame = counts[counts["measure"].isin(wanted)]
    within = [_lies_within(run, measure.records, label, period) for label in frame["period"]]
    frame = frame[np.array(within, dtype=bool)]
    whole, parts = (frame[frame["breakdown"] == each] for each in ("total", breakdown))
    covered = {month for label in whole["period"] for month in _period(run, measure.records, label).months}
    if covered < set(period.months) or whole["sum_value"].isna().any() or parts.empty:
        return None
    # A part that a partner withheld in one quarter is not known over the year.
    summed = parts.groupby("category")["sum_value"].agg(lambda column: column.sum(skipna=False))
    return Mixture(
        assessment,
        _name_breakdown(breakdown),
        period,
        int(whole["sum_value"].sum()),
        _order(summed),
        pd.concat([whole, parts]),
    )


def _find_table(assessment: Assessment) -> str:
    return assessment.indicator.measure(RETURNS)[1].records


def _period(run: Run, table: str, label: str) -> Period:
    return run.opened.records_of(table).read_period(label)


def _lies_within(run: Run, table: str, label: str, period: Period) -> bool:
    own = _period(run, table, label)
    return period.start <= own.start and own.end <= period.end


def _order(counts: pd.Series) -> pd.Series:
    ordered = counts.sort_values(ascending=False, kind="stable")
    return ordered.loc[[*(name for name in ordered.index if name != UNKNOWN), *counts.index.intersection([UNKNOWN])]]


def _name_breakdown(breakdown: str) -> str:
    rows = read_code_table("partner_returns", "breakdowns.csv")
    return next(row["name"] for row in rows if row["breakdown"] == breakdown)


def draw_mix(axes: Axes, mixture: Mixture) -> None:
    """Draw a bar for each part's share, from the largest, with the number behind it beside its name."""
    frame = pd.DataFrame(
        [(f"{name} ({format_count(number)})", number) for name, number in mixture.rows], columns=["part", "number"]
    )
    plot_parts(frame, x="part", y="number", as_share=True, unit="Share of all", ax=axes)


def _range(mixture: Mixture, number: int) -> tuple[float, float]:
    lower, upper = wilson_interval([number], [mixture.total])
    return 100 * float(lower[0]), 100 * float(upper[0])


def _tabulate(mixture: Mixture) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for name, number in mixture.counts.items():
        if pd.isna(number):
            rows.append({"name": capitalise(_name(str(name))), "count": "withheld", "share": None, "range": None})
            continue
        low, high = (format_share(each, mixture.total) for each in _range(mixture, int(number)))
        written = {"count": format_count(int(number)), "share": mixture.share(int(number)), "range": f"{low} to {high}"}
        rows.append({"name": NOT_KNOWN if name == UNKNOWN else capitalise(_name(str(name))), **written})
    return rows


def _name(category: str) -> str:
    return _LETTERS.get(category, category)


def _note(mixture: Mixture) -> str:
    if not mixture.withheld:
        return ""
    left = format_count(mixture.total - int(mixture.counts.dropna().sum()))
    return (
        f"Withheld: the partner gave no number, as it was too small; {left} of {format_count(mixture.total)} lie there."
    )


def _conclude(mixture: Mixture) -> list[Sentence]:
    first, number = mixture.rows[0]
    told = [Sentence(f"{first}: {mixture.write(number)} in {mixture.period.short_words}.")]
    if mixture.without:
        told.append(Sentence(f"None was recorded under {list_names([_name(each) for each in mixture.without])}."))
    return told


def _caveat(mixture: Mixture) -> str:
    return say_caveat(mixture.assessment)
