"""The next four quarters of an indicator, and how the forecast of a quarter ago did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from shp_analysis.assessment.signals.series import MONTHS_PER_QUARTER, CountedSeries
from shp_analysis.reference.periods import Quarter
from shp_analysis.statistics.forecasts import (
    Forecast,
    ForecastScore,
    TooFewPoints,
    count_points_needed,
    forecast_series,
    score_forecast,
)

Floats = npt.NDArray[np.float64]

QUARTERS_PER_YEAR = 4
QUARTERS_AHEAD = 4


class Interruption(StrEnum):
    """What stands before the first quarter that a forecast may rest on."""

    START = "nothing recorded before"
    BREAK = "a recording change"
    GAP = "a quarter not received whole"


@dataclass(frozen=True)
class ForecastBasis:
    """The quarters that a forecast may rest on: those up to the latest since the last break or gap.

    Attributes
    ----------
    quarters : int
        How many; 0 where the latest itself is missing.
    needed : int
        With fewer there is no forecast.
    interruption : Interruption
        What stands before the first of them.
    """

    quarters: int
    needed: int
    interruption: Interruption


@dataclass(frozen=True, eq=False)
class QuarterForecast:
    """What the next quarters should bring, were nothing to change but what has changed before.

    Attributes
    ----------
    quarters : tuple of Quarter
    forecast : Forecast
        One entry a quarter. It knows nothing of a break to come.
    """

    quarters: tuple[Quarter, ...]
    forecast: Forecast


@dataclass(frozen=True, eq=False)
class ScoredForecast:
    """A quarter beside what would have been forecast for it when the quarter before was the latest.

    Attributes
    ----------
    quarter : Quarter
    count : float
    forecast : Forecast
        Made from the quarters before, in the figures as they are known now, later revisions among them; its first
        step is this quarter.
    score : ForecastScore
    """

    quarter: Quarter
    count: float
    forecast: Forecast
    score: ForecastScore

    def is_inside(self, confidence: float) -> bool:
        """Say whether the quarter's count lies in the interval of one confidence."""
        held = {each.confidence: bool(each.is_inside[0]) for each in self.score.intervals}
        return held[confidence]


def forecast_quarters(series: CountedSeries, latest: Quarter) -> QuarterForecast | TooFewPoints:
    """Forecast the four quarters after the latest.

    Parameters
    ----------
    series : CountedSeries
    latest : Quarter
        That is over.

    Returns
    -------
    QuarterForecast or TooFewPoints
        From the quarters since the last break or gap: nothing is forecast across either.
    """
    known = _since_last_gap(series, latest)
    if len(known) < count_points_needed(QUARTERS_PER_YEAR):
        return TooFewPoints(len(known), count_points_needed(QUARTERS_PER_YEAR))
    quarters = [latest.next()]
    while len(quarters) < QUARTERS_AHEAD:
        quarters.append(quarters[-1].next())
    forecast = _forecast(known)
    return QuarterForecast(tuple(quarters), forecast) if isinstance(forecast, Forecast) else forecast


def score_last_forecast(series: CountedSeries, latest: Quarter) -> ScoredForecast | TooFewPoints:
    """Forecast the latest quarter from those before it, and say how near that came.

    Parameters
    ----------
    series : CountedSeries
    latest : Quarter

    Returns
    -------
    ScoredForecast or TooFewPoints
    """
    known = _since_last_gap(series, latest)
    forecast = _forecast(known[:-1])
    if isinstance(forecast, TooFewPoints):
        return forecast
    return ScoredForecast(latest, float(known[-1]), forecast, score_forecast(forecast, known[-1:]))


def find_forecast_basis(series: CountedSeries, latest: Quarter) -> ForecastBasis:
    """Say how many quarters a forecast may rest on, and what cut the others off.

    Parameters
    ----------
    series : CountedSeries
    latest : Quarter

    Returns
    -------
    ForecastBasis
    """
    known, needed = _since_last_gap(series, latest), count_points_needed(QUARTERS_PER_YEAR)
    each = MONTHS_PER_QUARTER // series.months_each
    first = max(series.place_after(latest.end), 0) - len(known) * each
    before = slice(max(first - each, 0), first)
    if first < each:
        return ForecastBasis(len(known), needed, Interruption.START)
    is_alike = bool(series.is_latest_stretch[before].all())
    return ForecastBasis(len(known), needed, Interruption.GAP if is_alike else Interruption.BREAK)


def _forecast(known: Floats) -> Forecast | TooFewPoints:
    is_whole = bool((known == np.floor(known)).all())
    return forecast_series(known, period=QUARTERS_PER_YEAR, horizon=QUARTERS_AHEAD, is_count=is_whole, lowest=0.0)


def _since_last_gap(series: CountedSeries, latest: Quarter) -> Floats:
    quarters, _ = series.sum_windows(MONTHS_PER_QUARTER, latest.end)
    gaps = np.flatnonzero(np.isnan(quarters))
    return quarters[gaps[-1] + 1 :] if len(gaps) else quarters
