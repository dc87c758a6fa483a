"""Where the constants of `shp_analysis.statistics.forecasts_intervals` come from.

`python -m benchmarks.statistics_forecasts_constants` fits them to the interval score of forecasts made inside the
training part of every second M3 quarterly series, and prints them beside how they do on the training parts of the
other half. The competition's hidden eight quarters are not read here.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from shp_analysis.statistics.forecasts import count_points_needed
from shp_analysis.statistics.forecasts_backtest import Combination, combine_methods
from shp_analysis.statistics.forecasts_intervals import Calibration, Reach, measure_half_widths
from shp_analysis.statistics.forecasts_scores import is_inside, score_interval

M3 = Path(__file__).parents[2] / "shared" / "oracles" / "forecast"
"""The M3 competition's quarterly series; the package Mcomp of CRAN has them too."""
PERIOD = 4
HORIZON = 8
FIRST_ORIGIN = 16
ORIGIN_STEP = 4
CONFIDENCES = (0.80, 0.95)
START = (0.15, 0.60, 0.04, 1.15, 6.0, 1.55, 14.0)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class M3Series:
    """One series of the competition: what was given, and the eight quarters that were hidden."""

    name: str
    training: Floats
    hidden: Floats


@dataclass(frozen=True)
class Trial:
    """One forecast made inside a training part, what came, and its share of its series' say."""

    combination: Combination
    outcome: Floats
    weight: float


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
        known, steps = trial.combination.unpredictability, len(trial.outcome)
        expected = trial.combination.expected[:steps]
        for confidence, half_widths in measure_half_widths(known, calibration).items():
            limits = expected - half_widths[:steps], expected + half_widths[:steps]
            scores = score_interval(trial.outcome, *limits, confidence) / known.naive_error
            held = is_inside(trial.outcome, *limits)
            sums[confidence] += trial.weight * np.array([scores.mean(), held.mean(), 1.0])
    return {confidence: (float(total[0] / total[2]), float(total[1] / total[2])) for confidence, total in sums.items()}


def fit_calibration(trials: Sequence[Trial]) -> Calibration:
    """Find the constants that make the product of the two confidences' interval scores least."""

    def loss(parameters: Floats) -> float:
        scores = score_trials(trials, calibrate(parameters))
        return float(sum(np.log(score) for score, _ in scores.values()))

    found = minimize(loss, START, method="Nelder-Mead", options={"maxfev": 700, "xatol": 1e-3, "fatol": 1e-5})
    return calibrate(found.x)


def main() -> None:
    """Fit on one half, and print the constants with both halves' scores."""
    training = [each.training for each in read_m3_series()]
    halves = [list(make_trials(training[start::2])) for start in (0, 1)]
    calibration = fit_calibration(halves[0])
    print(calibration)
    for name, trials in zip(("fitted on", "confirmed on"), halves, strict=True):
        for confidence, (score, coverage) in score_trials(trials, calibration).items():
            print(f"{name} {len(trials)} forecasts: {confidence:.0%} interval score {score:.2f}, held {coverage:.1%}")


if __name__ == "__main__":
    main()
