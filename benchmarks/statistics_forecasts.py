"""Forecasts: how near they come, whether their intervals hold, and how long they take.

`python -m benchmarks.statistics_forecasts [--quick]` prints one table and exits 1 where a goal is not met. The M3
competition's 756 quarterly series and eight hidden quarters are scored as the competition scored them; that the scoring
is the competition's is shown by its own winner's published score. Constants and methods were chosen inside the training
parts (`benchmarks.statistics_forecasts_constants`).
"""

from __future__ import annotations

import csv
import gzip
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt
import pandas as pd
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from benchmarks.forecast_scores import is_inside, score_interval, score_percentage_errors, score_scaled_errors
from benchmarks.simulated_counts import LEVELS, simulate_counts
from benchmarks.statistics_forecasts_constants import HORIZON, M3, PERIOD, M3Series, read_m3_series
from benchmarks.tables import Measure, report
from shp_analysis.statistics.forecasts import (
    Forecast,
    TooFewPoints,
    forecast_series,
    measure_naive_error,
)

SEED = 756
HIGHEST_MASE = 1.09
HIGHEST_SMAPE = 9.2
HIGHEST_MSIS = 10.0
COVERAGE_POINTS = 0.02
"""How far the share of intervals that hold may be from what is promised."""
WINNER = "THETA"
WINNERS_SCORES = (8.95626750508626, 1.08677170954828)
NAIVE_SCORES = (11.0651313062647, 1.42534378203346)
SMALLEST_DIFFERENCE = 1e-6
LONGEST_MILLISECONDS = 50.0
RIVAL_SERIES = 12
COUNT_MEANS = (3, 10, 30, 100, 300, 1000)
COUNT_SHAPES = ((4, 24, 8), (4, 40, 8), (12, 60, 12))
"""Points in a year, points known, points ahead."""
COLLISIONS = M3.parents[1] / "data" / "stats19" / "old-format-york-2005-2014" / "sebity_york_accidents.csv"
COLLISION_COLUMNS = (
    "Accident_Severity",
    "Day_of_Week",
    "Speed_limit",
    "Light_Conditions",
    "Weather_Conditions",
    "Road_Type",
    "Number_of_Vehicles",
    "Number_of_Casualties",
    "Junction_Detail",
    "1st_Road_Class",
)
COLLISION_SHAPES = {"Q": (4, 24, 8), "M": (12, 48, 12)}
"""Points in a year, fewest points known, points ahead."""
FEWEST_COLLISIONS = 0.5
"""Series with fewer in the mean quarter or month are left out."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CountTrial:
    """A series of counts cut in two."""

    known: Floats
    after: Floats
    period: int


def measure_forecasts(*, is_quick: bool = False) -> list[Measure]:
    """Measure everything; quickly with a fifth of the simulated counts.

    The M3 series are always all scored: their goals are for all of them, and they take seconds.

    Returns
    -------
    list of Measure
        Without the rows of published series where these are not there.
    """
    counts = [*_measure_simulated_counts(1 if is_quick else 5), *_measure_collisions()]
    if not M3.is_dir():
        return counts
    series = read_m3_series()
    forecasts, seconds = _forecast_all(series)
    return [
        *_check_scoring(series),
        *_measure_nearness(series, forecasts),
        *_measure_intervals(series, forecasts),
        *counts,
        *_measure_speed(series, seconds),
    ]


def score_nearness(series: M3Series, forecast: Floats) -> tuple[float, float]:
    """Give one forecast's sMAPE and MASE as the competition counts them."""
    scaled = score_scaled_errors(series.hidden, forecast, measure_naive_error(series.training, PERIOD))
    return float(score_percentage_errors(series.hidden, forecast).mean()), float(scaled.mean())


def _forecast_all(series: Sequence[M3Series]) -> tuple[list[Forecast], float]:
    begin = perf_counter()
    answers = [forecast_series(each.training, period=PERIOD, horizon=HORIZON) for each in series]
    seconds = perf_counter() - begin
    return [answer for answer in answers if isinstance(answer, Forecast)], seconds


def _check_scoring(series: Sequence[M3Series]) -> list[Measure]:
    submitted = _read_submitted(WINNER)
    cases: list[tuple[str, tuple[float, float], Callable[[M3Series], Floats]]] = [
        ("same as a year ago", NAIVE_SCORES, lambda each: np.tile(each.training[-PERIOD:], HORIZON // PERIOD)),
        ("the winner's submission", WINNERS_SCORES, lambda each: submitted[each.name]),
    ]
    rows = []
    for name, published, forecast in cases:
        reached = np.mean([score_nearness(each, forecast(each)) for each in series], axis=0)
        is_met = bool(np.abs(reached - published).max() < SMALLEST_DIFFERENCE)
        goal, ours = (f"sMAPE {smape:.3f}, MASE {mase:.4f}" for smape, mase in (published, reached))
        rows.append(Measure(f"M3 scoring checked: {name}", goal, ours, is_met))
    return rows


def _read_submitted(method: str) -> dict[str, Floats]:
    submitted: dict[str, list[float]] = {}
    with gzip.open(Path(M3) / "m3_quarterly_published_forecasts.csv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["method"] == method:
                submitted.setdefault(row["sn"], []).append(float(row["forecast"]))
    return {name: np.array(values) for name, values in submitted.items()}


def _measure_nearness(series: Sequence[M3Series], forecasts: Sequence[Forecast]) -> list[Measure]:
    scores = [score_nearness(each, forecast.values) for each, forecast in zip(series, forecasts, strict=True)]
    smape, mase = np.mean(scores, axis=0)
    name = f"M3 quarterly, {len(series)} series, 8 quarters ahead: "
    return [
        Measure(f"{name}MASE", f"at most {HIGHEST_MASE}", f"{mase:.3f}", bool(mase <= HIGHEST_MASE)),
        Measure(f"{name}sMAPE", f"at most {HIGHEST_SMAPE}", f"{smape:.2f}", bool(smape <= HIGHEST_SMAPE)),
    ]


def _measure_intervals(series: Sequence[M3Series], forecasts: Sequence[Forecast]) -> list[Measure]:
    rows = []
    for confidence in (0.80, 0.95):
        held, scores = [], []
        for each, forecast in zip(series, forecasts, strict=True):
            interval = forecast.interval(confidence)
            limits = interval.lower, interval.upper
            held.append(is_inside(each.hidden, *limits).mean())
            scores.append(score_interval(each.hidden, *limits, confidence).mean() / forecast.naive_error)
        share, score = float(np.mean(held)), float(np.mean(scores))
        is_met = abs(share - confidence) <= COVERAGE_POINTS
        goal = f"{confidence - COVERAGE_POINTS:.0%} to {confidence + COVERAGE_POINTS:.0%}"
        rows.append(Measure(f"M3 quarterly: {confidence:.0%} intervals that held", goal, f"{share:.1%}", is_met))
    return [
        *rows,
        Measure("M3 quarterly: MSIS (95 %)", f"at most {HIGHEST_MSIS}", f"{score:.2f}", score <= HIGHEST_MSIS),
    ]


def _measure_simulated_counts(repeats: int) -> list[Measure]:
    rng = np.random.default_rng(SEED)
    trials = []
    for level, (period, points, horizon) in product(LEVELS, COUNT_SHAPES):
        for mean in np.repeat(COUNT_MEANS, repeats):
            counts = simulate_counts(rng, level, mean=mean, points=points + horizon, period=period)
            trials.append(CountTrial(counts[:points], counts[points:], period))
    return _measure_counts("simulated counts", trials)


def _measure_collisions() -> list[Measure]:
    """Forecast ten years of one city's collisions, all and by what was noted of them, from every year's end."""
    if not COLLISIONS.exists():
        return []
    collisions = pd.read_csv(COLLISIONS, usecols=["Date", *COLLISION_COLUMNS])
    days = pd.to_datetime(collisions["Date"], format="%d/%m/%Y %H:%M")
    trials = []
    for frequency, (period, first, horizon) in COLLISION_SHAPES.items():
        when = days.dt.to_period(frequency)
        whole = pd.period_range(when.min(), when.max(), freq=frequency)
        chosen = [when]
        chosen += [each for column in COLLISION_COLUMNS for _, each in when.groupby(collisions[column])]
        for each in chosen:
            counts: Floats = each.value_counts().reindex(whole, fill_value=0).to_numpy().astype(np.float64)
            if counts.mean() >= FEWEST_COLLISIONS:
                ends = range(first, len(counts) - horizon + 1, period)
                trials += [CountTrial(counts[:end], counts[end:][:horizon], period) for end in ends]
    return _measure_counts("road collisions of York 2005 to 2014", trials)


def _measure_counts(name: str, trials: Sequence[CountTrial]) -> list[Measure]:
    """Measure intervals of counts: being of whole numbers they hold more often where counts are small."""
    held: dict[float, list[float]] = {0.80: [], 0.95: []}
    errors = np.zeros(2)
    for trial in trials:
        horizon = len(trial.after)
        forecast = forecast_series(trial.known, period=trial.period, horizon=horizon, is_count=True)
        if isinstance(forecast, TooFewPoints):
            raise TypeError(f"a trial of {name} has {forecast.points} points, and {forecast.needed} are needed")
        for interval in forecast.intervals:
            held[interval.confidence].append(is_inside(trial.after, interval.lower, interval.upper).mean())
        naive = np.resize(trial.known[-trial.period :], horizon)
        size = max(float(trial.known.mean()), 1.0)
        errors += (
            np.abs(trial.after - forecast.values).mean() / size,  # noqa: PD011 - not a frame
            np.abs(trial.after - naive).mean() / size,
        )
    rows = []
    for confidence, shares in held.items():
        share, least = float(np.mean(shares)), confidence - COVERAGE_POINTS
        words = f"{len(shares)} forecasts of {name}: {confidence:.0%} intervals that held"
        rows.append(Measure(words, f"at least {least:.0%}", f"{share:.1%}", share >= least))
    ratio = errors[0] / errors[1]
    words = f"{len(trials)} forecasts of {name}: error beside that of the same as a year ago"
    return [*rows, Measure(words, "below 1", f"{ratio:.2f}", bool(ratio < 1))]


def _measure_speed(series: Sequence[M3Series], seconds: float) -> list[Measure]:
    each = 1000 * seconds / len(series)
    some = series[:: len(series) // RIVAL_SERIES]
    begin = perf_counter()
    for one in some:
        _fit_rival(one.training)
    rival = 1000 * (perf_counter() - begin) / len(some)
    return [
        Measure(
            "One forecast with its back-test",
            f"at most {LONGEST_MILLISECONDS:.0f} ms",
            f"{each:.1f} ms",
            each <= LONGEST_MILLISECONDS,
        ),
        Measure(
            "statsmodels' one fit of a damped seasonal ETS, without back-test, takes as many times as long",
            "at least 1",
            f"{rival / each:.1f}",
            rival >= each,
        ),
    ]


def _fit_rival(values: Floats) -> None:
    with warnings.catch_warnings():
        # The rival says where its search did not converge; that is its affair here.
        warnings.simplefilter("ignore")
        model = ETSModel(values, trend="add", damped_trend=True, seasonal="add", seasonal_periods=PERIOD)
        model.fit(disp=False).forecast(HORIZON)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and write it down; 1 where a goal is not met."""
    is_quick = "--quick" in (sys.argv[1:] if arguments is None else arguments)
    name = "statistics_forecasts_quick" if is_quick else "statistics_forecasts"
    return report(name, measure_forecasts(is_quick=is_quick), seed=SEED, settings={"is_quick": is_quick})


if __name__ == "__main__":
    sys.exit(main())
