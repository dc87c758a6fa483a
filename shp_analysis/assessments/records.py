"""What an assessment is made of, as frozen records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import escape

import pandas as pd

from shp_analysis.areas import Area, Population
from shp_analysis.catalogue import Indicator, SeriesBreak
from shp_analysis.comparisons import Comparison, Reason, Verdict
from shp_analysis.periods import Month, Period
from shp_analysis.signals import Signals
from shp_analysis.text.reasons import say


@dataclass(frozen=True)
class Rate:
    """A count over its residents, with the interval that chance alone would give it.

    Attributes
    ----------
    value, lower, upper : float
        Events per `per` residents in the period itself; not scaled to a year.
    per : int
    population : Population
        Whose mid-year is printed with the rate.
    """

    value: float
    lower: float
    upper: float
    per: int
    population: Population


@dataclass(frozen=True)
class Concentration:
    """The place and month that hold the largest part of a period's events."""

    place: str
    month: Month
    count: int
    share: float


@dataclass(frozen=True)
class ReceivedSource:
    """A received file that a figure rests on, and what it was used for."""

    file: str
    sha256: str
    received_on: date


@dataclass(frozen=True, repr=False)
class Assessment:
    """Everything a page says of one indicator in one area and period.

    Attributes
    ----------
    indicator : Indicator
    area : Area
    period : Period
    source : str
    as_of : date or None
    count : int or None
        None where the period is incomplete.
    rate : Rate or None
        None without a count or without a population.
    comparisons : tuple of Comparison
        The first decides the verdict.
    verdict : Verdict
    reasons : tuple of Reason
    months : pandas.DataFrame
        Observations of the last sixty months up to the period's end, for charts.
    data_to : date or None
        Last day of the newest whole month received.
    sources : tuple of ReceivedSource
        The files that the counts of all comparisons come from.
    concentration : Concentration or None
        Where one place in one month makes up much of the count.
    breaks : tuple of SeriesBreak
        Breaks within the months shown.
    notes : tuple of Reason
        What else a reader must know; they do not change the verdict.
    is_suppressed : bool
        Whether the numbers were withheld, so that nobody can be identified.
    paper_period : Period or None
        What the paper is about, where that is another period than the figure's own; None otherwise.
    signals : Signals or None
        Chart, season, trend, early warning and forecasts, of up to ten years. None for what is not counted by months
        or by quarters, for what does not add up over them, and for what was withheld.
    is_unread : bool
        Whether its figures could not be read from the files held, such as two figures for one period.
    """

    indicator: Indicator
    area: Area
    period: Period
    source: str
    as_of: date | None
    count: int | None
    rate: Rate | None
    comparisons: tuple[Comparison, ...]
    verdict: Verdict
    reasons: tuple[Reason, ...]
    months: pd.DataFrame
    data_to: date | None
    sources: tuple[ReceivedSource, ...]
    concentration: Concentration | None
    breaks: tuple[SeriesBreak, ...]
    notes: tuple[Reason, ...] = ()
    is_suppressed: bool = False
    paper_period: Period | None = None
    signals: Signals | None = None
    is_unread: bool = False

    def __repr__(self) -> str:
        what = f"{self.indicator.id} {self.indicator.name}, {self.area.name}, {self.period.short_words}"
        return f"<Assessment: {what}: {self.verdict}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(str(name))}</th><td>{escape(text)}</td></tr>" for name, text in self._list_lines()
        )
        return f"<table>{rows}</table>"

    def _list_lines(self) -> Iterator[tuple[str, str]]:
        yield "Indicator", f"{self.indicator.name}, {self.area.name}"
        for each in self.comparisons:
            yield each.period.short_words, _say_figure(each.count, each.value)
            yield each.baseline.short_words, _say_figure(each.baseline_count, each.baseline_value)
            if each.verdict.shows_percent and (tested := each.change or each.difference) is not None:
                yield "95% range of the change", f"{tested.lower:.1f} to {tested.upper:.1f}"
            yield "Verdict", each.verdict.value
            yield "Why", " ".join(map(say, each.reasons))

    @property
    def has_figure(self) -> bool:
        """Whether there is a figure of the period, as a count or as a value."""
        return self.comparisons[0].count is not None or self.comparisons[0].value is not None

    @property
    def counts_by_month(self) -> dict[Month, int]:
        """The count of every month at hand, in order."""
        starts, counts = self.months["period_start"].tolist(), self.months["numerator"].tolist()
        return {Month.containing(start): int(count) for start, count in zip(starts, counts, strict=True)}


def _say_figure(count: int | None, value: float | None) -> str:
    written = [
        f"{number:,.10g}" for number in (count, None if value is None else round(value, 1)) if number is not None
    ]
    return " (".join(written) + ")" * (len(written) - 1) if written else "no figure"
