"""Where the constants of `shp_analysis.statistics.forecasts` come from.

`python -m benchmarks.statistics_forecasts_constants [values|counts]` fits them to the interval score, prints them, and
then how they do on forecasts that had no part in it. Those of values are fitted on forecasts made inside the training
part of every second M3 quarterly series, and tried on the training parts of the other half; the competition's hidden
eight quarters are not used. Those of counts are fitted on counts of the kinds in `benchmarks.simulated_counts` and
tried on others from another seed. Each takes some minutes.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.forecast_scores import is_inside, score_interval
from benchmarks.simulated_counts import LEVELS, simulate_counts
from shp_analysis.statistics.forecasts import (
    Calibration,
    Combination,
    Reach,
    combine_methods,
    count_limits,
    count_points_needed,
    measure_half_widths,
)

M3 = Path(__file__).parents[2] / "shared" / "oracles" / "forecast"
"""The M3 competition's quarterly series; the package Mcomp of CRAN has them too."""
PERIOD = 4
HORIZON = 8
FIRST_ORIGIN = 16
ORIGIN_STEP = 4
CONFIDENCES = (0.80, 0.95)
START = (0.15, 0.60, 0.03, 1.15, 5.0, 1.75, 8.0)
COUNT_START = (0.16, 0.64, 0.01, 1.14, 3.0, 1.80, 4.0)
"""Near those of values: many sets score alike for counts, and the search ends at the one that differs least."""
COUNT_MEANS = (3, 10, 30, 100, 300, 1000)
COUNT_SHAPES = ((4, 16, 8), (4, 24, 8), (4, 40, 8), (12, 36, 12), (12, 60, 12))
"""Points in a year, points known, points ahead."""
COUNT_REPEATS = 3
SMALLEST_NAIVE_ERROR = 0.3
"""A series of a few events may repeat itself by chance; its scores are then scaled by this."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class M3Series:
    """One series of the competition: what was given, and the eight quarters that were hidden."""

    name: str
    training: Floats
    hidden: Floats


@dataclass(frozen=True)
class Trial:
    """One forecast, what came, its share of its series' say, and the counts before it where it is one of counts."""

    combination: Combination
    outcome: Floats
    weight: float = 1.0
    counts: Floats | None = None

    def limits(self, half_widths: Floats, confidence: float) -> tuple[Floats, Floats]:
        """Give the interval's limits for the steps that are known."""
        steps = len(self.outcome)
        expected, reach = self.combination.expected[:steps], half_widths[:steps]
        if self.counts is None:
            return expected - reach, expected + reach
        return count_limits(np.maximum(expected, 0), reach, confidence, history=self.counts)


def read_m3_series(folder: Path = M3) -> list[M3Series]:
    """Read the M3 quarterly series in their order."""
    series: dict[str, dict[str, list[float]]] = {}
    with gzip.open(folder / "m3_quarterly_data.csv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            series.setdefault(row["sn"], {"x": [], "xx": []})[row["part"]].append(float(row["y"]))
    return [M3Series(name, np.array(parts["x"]), np.array(parts["xx"])) for name, parts in series.items()]


def make_trials(training: Sequence[Floats]) -> Iterator[Trial]:
    """Make forecasts inside training parts: at every fourth point from the 16th on, or a year before the end."""
    for values in training:
        origins = list(range(len(values) - HORIZON, FIRST_ORIGIN - 1, -ORIGIN_STEP)) or [len(values) - PERIOD]
        for origin in origins:
            combination = combine_methods(
                values[:origin],
                period=PERIOD,
                horizon=HORIZON,
                first_origin=count_points_needed(PERIOD),
                is_count=False,
            )
            yield Trial(combination, values[origin : origin + HORIZON], 1 / len(origins))


def make_count_trials(seed: int) -> Iterator[Trial]:
    """Make forecasts of simulated counts."""
    rng = np.random.default_rng(seed)
    cases = product(COUNT_SHAPES, LEVELS, COUNT_MEANS, (False, True), range(COUNT_REPEATS))
    for (period, points, horizon), level, mean, is_dispersed, _ in cases:
        counts = simulate_counts(
            rng, level, mean=mean, points=points + horizon, period=period, is_dispersed=is_dispersed
        )
        combination = combine_methods(
            counts[:points],
            period=period,
            horizon=horizon,
            first_origin=count_points_needed(period),
            is_count=True,
        )
        yield Trial(combination, counts[points:], counts=counts[:points])


def calibrate(parameters: Sequence[float]) -> Calibration:
    """Read seven numbers as a calibration."""
    backtest, fit, growth, *reaches = parameters
    pairs = zip(reaches[::2], reaches[1::2], strict=True)
    return Calibration(
        share_of_backtest=backtest,
        share_of_fit=fit,
        growth_per_step=growth,
        reaches=tuple(Reach(level, *pair) for level, pair in zip(CONFIDENCES, pairs, strict=True)),
    )


def score_trials(trials: Sequence[Trial], calibration: Calibration) -> dict[float, tuple[float, float]]:
    """Give the mean scaled interval score and the coverage of each confidence."""
    sums = {confidence: np.zeros(3) for confidence in CONFIDENCES}
    for trial in trials:
        known = trial.combination.unpredictability
        for confidence, half_widths in measure_half_widths(known, calibration).items():
            limits = trial.limits(half_widths, confidence)
            scores = score_interval(trial.outcome, *limits, confidence) / max(known.naive_error, SMALLEST_NAIVE_ERROR)
            held = is_inside(trial.outcome, *limits)
            sums[confidence] += trial.weight * np.array([scores.mean(), held.mean(), 1.0])
    return {confidence: (float(total[0] / total[2]), float(total[1] / total[2])) for confidence, total in sums.items()}


def fit_calibration(trials: Sequence[Trial], start: Sequence[float]) -> Calibration:
    """Find the constants that make the product of the two confidences' interval scores least."""

    def loss(parameters: Floats) -> float:
        scores = score_trials(trials, calibrate(parameters.tolist()))
        return float(sum(np.log(score) for score, _ in scores.values()))

    found = minimize(loss, start, method="Nelder-Mead", options={"maxfev": 700, "xatol": 1e-3, "fatol": 1e-5})
    return calibrate(found.x.tolist())


def main() -> None:
    """Fit on one half, and print the constants with both halves' scores."""
    if sys.argv[1:] == ["counts"]:
        start, halves = COUNT_START, [list(make_count_trials(seed)) for seed in (1, 2)]
    else:
        training = [each.training for each in read_m3_series()]
        start, halves = START, [list(make_trials(training[first::2])) for first in (0, 1)]
    calibration = fit_calibration(halves[0], start)
    print(calibration)
    for name, trials in zip(("fitted on", "confirmed on"), halves, strict=True):
        for confidence, (score, coverage) in score_trials(trials, calibration).items():
            print(f"{name} {len(trials)} forecasts: {confidence:.0%} interval score {score:.2f}, held {coverage:.1%}")


if __name__ == "__main__":
    main()
