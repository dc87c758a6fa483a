"""Month by month beside its season: what was counted, and what the season and the level lead to expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shp_analysis.assessment.signals.reading import SeasonOfPeriod
from shp_analysis.assessment.signals.series import CountedSeries
from shp_analysis.reference.periods import Month, Period


@dataclass(frozen=True)
class ExpectedMonth:
    """A month beside its season.

    Attributes
    ----------
    period : Period
    count : float
        NaN where the month was not received.
    expected, lower, upper : float
        With the range in which 95 of 100 such months by themselves would lie. NaN where the month means something
        else than the latest.
    is_asked : bool
        Whether it belongs to the period that is asked about, and so has no part in what is expected of it. The other
        months are those that the season was estimated from.
    """

    period: Period
    count: float
    expected: float
    lower: float
    upper: float
    is_asked: bool


def list_expected_months(series: CountedSeries, found: SeasonOfPeriod, months: int) -> tuple[ExpectedMonth, ...]:
    """Set the last months of a series beside its season.

    Parameters
    ----------
    series : CountedSeries
        Of months.
    found : SeasonOfPeriod
        Of this series.
    months : int
        How many, up to the end of the period that is asked about.

    Returns
    -------
    tuple of ExpectedMonth
        In order of time.
    """
    stop = series.place_after(found.period.end)
    places = np.arange(max(stop - months, 0), stop)
    expected = found.season.expect(series.month_numbers[places], series.exposures[places])
    is_known = series.is_latest_stretch[places]
    value, lower, upper = (
        np.where(is_known, each, np.nan) for each in (expected.value, expected.lower, expected.upper)
    )
    return tuple(
        ExpectedMonth(
            period=series.period_at(int(place)),
            count=float(series.counts[place]),
            expected=float(value[number]),
            lower=float(lower[number]),
            upper=float(upper[number]),
            is_asked=found.period.contains(series.period_at(int(place)).start),
        )
        for number, place in enumerate(places)
    )


def name_usual_months(found: SeasonOfPeriod, *, is_high: bool) -> tuple[str, ...]:
    """Name the calendar months that are usually above, or below, the mean month of a year.

    Parameters
    ----------
    found : SeasonOfPeriod
    is_high : bool

    Returns
    -------
    tuple of str
        In the calendar's order; those whose 95 % range leaves out the mean month, and none where no season is clear.
    """
    season = found.season
    if not season.is_clear:
        return ()
    is_apart = season.lower > 1 if is_high else season.upper < 1
    return tuple(f"{Month(f'2023-{place + 1:02}').start:%B}" for place in np.flatnonzero(is_apart))
