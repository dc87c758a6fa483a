"""The months or quarters of an indicator as signals are looked for in them: in order, without holes, of one meaning.

A month that was not received is a gap, and so is one that a confirmed break disturbs or whose new practice was still
settling. Where a confirmed break moved the level for good a new stretch begins; nothing is carried across it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.config.breaks import BreakKind, SeriesBreak
from shp_analysis.reference.periods import Month, Period, Quarter, count_months
from shp_analysis.statistics.chart_stretches import number_segments

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int_]

SIGNAL_YEARS = 10
"""How far back signals are looked for."""
MONTHS_PER_YEAR = 12
MONTHS_PER_QUARTER = 3
_UNITS: dict[int, type[Month | Quarter]] = {1: Month, MONTHS_PER_QUARTER: Quarter}


@dataclass(frozen=True, eq=False)
class CountedSeries:
    """Counts of months or quarters, up to ten years of them, the last one not after the period that a paper is about.

    Attributes
    ----------
    unit : type of Month or Quarter
    first_month : int
        Of the first period, counted from January of year 0.
    counts : numpy.ndarray of float, shape (n,)
        As received; NaN where a period was not.
    exposures : numpy.ndarray of float, shape (n,)
        Days times people, or days where their number is not known for every period.
    is_alike : numpy.ndarray of bool, shape (n,)
        Whether no confirmed break disturbs the period.
    stretches : numpy.ndarray of int, shape (n,)
        A new number begins where a confirmed break moved the level.
    """

    unit: type[Month | Quarter]
    first_month: int
    counts: Floats
    exposures: Floats
    is_alike: Bools
    stretches: Ints

    @property
    def months_each(self) -> int:
        """Months in each period."""
        return self.unit.n_months

    @property
    def per_year(self) -> int:
        """Periods in a year."""
        return MONTHS_PER_YEAR // self.months_each

    @property
    def periods(self) -> tuple[Period, ...]:
        """The months or quarters, in order."""
        return tuple(self.period_at(place) for place in range(len(self.counts)))

    def period_at(self, place: int) -> Period:
        """Give the period at a place."""
        return self.unit.containing(_first_day(self.first_month + place * self.months_each))

    @property
    def charted(self) -> Floats:
        """The counts that a chart judges: NaN also where a break disturbs them."""
        return np.where(self.is_alike, self.counts, np.nan)

    @property
    def is_latest_stretch(self) -> Bools:
        """Whether a period means the same as the latest."""
        return np.asarray(self.is_alike & (self.stretches == self.stretches[-1]))

    @property
    def comparable(self) -> Floats:
        """The counts that mean the same as the latest; NaN for the others and for those not received."""
        return np.where(self.is_latest_stretch, self.counts, np.nan)

    @property
    def month_numbers(self) -> Ints:
        """The first month of each period, counted from a January."""
        return self.first_month + self.months_each * np.arange(len(self.counts))

    def sum_windows(self, months: int, end: date) -> tuple[Floats, Floats]:
        """Add up windows of so many months, the last of which ends on a day.

        Returns
        -------
        counts, exposures : numpy.ndarray of float, shape (windows,)
            Oldest first. A count is NaN where one of its periods is missing or means something else than the latest.
        """
        each = months // self.months_each
        stop = max(self.place_after(end), 0)
        chosen = slice(stop % each, stop)
        counts, exposures = (values[chosen].reshape(-1, each) for values in (self.comparable, self.exposures))
        return counts.sum(axis=1), exposures.sum(axis=1)

    def place_of(self, day: date) -> int:
        """Give the place of the period that holds a day; negative before the first."""
        return (_number(day) - self.first_month) // self.months_each

    def place_after(self, end: date) -> int:
        """Give the place of the first period that begins after the last day of a month; negative before the first."""
        return (_number(end) + 1 - self.first_month) // self.months_each


def read_series(observations: pd.DataFrame, period: Period, breaks: Sequence[SeriesBreak]) -> CountedSeries | None:
    """Put an indicator's observations in order, up to a period's end.

    Parameters
    ----------
    observations : pandas.DataFrame
        Of one indicator in one area, one row a period that arrived whole.
    period : Period
    breaks : sequence of SeriesBreak
        Of the indicator in the area; only confirmed ones count.

    Returns
    -------
    CountedSeries or None
        None where the indicator is not counted by months or by quarters, or nothing of it lies so far back.
    """
    starts, ends = observations["period_start"].tolist(), observations["period_end"].tolist()
    lengths = {count_months(start, end) for start, end in zip(starts, ends, strict=True)}
    if len(lengths) != 1 or not lengths <= set(_UNITS):
        return None
    each = lengths.pop()
    last = _number((period if each == 1 else latest_quarter(period)).end)
    numbers = np.array([_number(start) for start in starts])
    is_recent = (numbers <= last) & (numbers > last - SIGNAL_YEARS * MONTHS_PER_YEAR)
    if not is_recent.any() or ((last + 1 - numbers) % each).any():  # windows that roll month by month overlap
        return None
    first = int(numbers[is_recent].min())
    places = (numbers[is_recent] - first) // each
    total = (last + 1 - first) // each
    counts = np.full(total, np.nan)
    counts[places] = observations["numerator"].to_numpy(dtype=float)[is_recent]
    starting = _as_days(first + each * np.arange(total + 1))
    days = np.diff(starting).astype(float)
    people = observations["denominator"].to_numpy(dtype=float, na_value=np.nan)[is_recent]
    is_alike, stretches = _tell_apart(starting, breaks)
    return CountedSeries(
        unit=_UNITS[each],
        first_month=first,
        counts=counts,
        exposures=days if np.isnan(people).any() else days * _fill(people, places, total),
        is_alike=is_alike,
        stretches=stretches,
    )


def latest_quarter(period: Period) -> Quarter:
    """Give the newest quarter that is over when a period ends."""
    quarter = Quarter.containing(period.end)
    return quarter if quarter.end <= period.end else quarter.previous()


def _tell_apart(starting: npt.NDArray[np.datetime64], breaks: Iterable[SeriesBreak]) -> tuple[Bools, Ints]:
    """Say which periods no break disturbs, and number the stretches; `starting` has one day more than there are."""
    first, after = starting[:-1], starting[1:]
    is_alike = np.ones(len(first), dtype=bool)
    rebased: list[date] = []
    for each in breaks:
        if not each.is_confirmed:
            continue
        is_alike &= (first >= np.datetime64(each.bedded_in_day)) | (after <= np.datetime64(each.first_day))
        if each.kind is BreakKind.LEVEL:
            rebased.append(each.settled_day)
    return is_alike, number_segments(first, rebased)


def _fill(people: Floats, places: Ints, total: int) -> Floats:
    """Give every period people: those of the nearest earlier period that has them, or of the first."""
    order = np.argsort(places)
    held = np.searchsorted(places[order], np.arange(total), side="right") - 1
    return people[order][np.maximum(held, 0)]


def _number(day: date) -> int:
    return day.year * MONTHS_PER_YEAR + day.month - 1


def _first_day(number: int) -> date:
    return date(number // MONTHS_PER_YEAR, number % MONTHS_PER_YEAR + 1, 1)


def _as_days(numbers: Ints) -> npt.NDArray[np.datetime64]:
    since_1970 = np.asarray(numbers) - 1970 * MONTHS_PER_YEAR
    return since_1970.astype("datetime64[M]").astype("datetime64[D]")
