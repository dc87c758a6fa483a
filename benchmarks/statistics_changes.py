"""Changes between two counts: how often calm series are called changed, how often real changes are found, and speed.

`python -m benchmarks.statistics_changes [--quick]` prints one table and exits 1 where a goal is not met. Every series
is simulated: sixty months with a season, counts as jumpy as chance or three or six times as jumpy, neighbouring months
alike or not. The last quarter is compared with the same quarter a year before, as a briefing does; a pair of fewer than
twenty events is too few to say anything of and is not called.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter

import numpy as np
import numpy.typing as npt
from scipy import stats
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from benchmarks.tables import Measure, report
from shp_analysis.statistics.changes import compare_counts
from shp_analysis.statistics.control_charts import assess_xmr
from shp_analysis.statistics.dispersions import LONG_HISTORY_MONTHS, estimate_dispersion, fit_counts, level_terms
from shp_analysis.statistics.forecasts import forecast_series
from shp_analysis.statistics.trends import assess_trend, estimate_season

SEED = 95
MONTHS = 60
FIRST_MONTH = 3
"""The last month is then the last of a quarter."""
SEASON = 0.2
SERIES = 15
"""Times the size of a run: so many of each kind are simulated."""
LEAST_ALARMS, MOST_ALARMS = 3.0, 7.0
"""Per cent of calm series called changed."""
FEWEST_EVENTS = 20
DISPERSIONS = (1.0, 3.0, 6.0)
QUARTERS = (5, 20, 60, 300, 1_000, 5_000)
HISTORIES = {
    60: np.arange(60),
    24: np.arange(36, 60),
    12: np.r_[42:48, 54:60],
    7: np.r_[45:48, 56:60],
}
"""Which of the sixty months are known; the two quarters always are."""
ALIKE = 0.4
LONGEST_ASSESSMENT = 50.0
SMALLEST_DIFFERENCE = 1e-8
RISE = 1.2

Counts = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """What series are like.

    Attributes
    ----------
    quarter : float
        Mean count of a quarter.
    dispersions : tuple of float
        Variance over mean of a month, of one series after the other.
    alike : float
        Correlation of neighbouring months.
    rise : float
        Rate of the last quarter over what it would have been.
    history : int
        Months known.
    """

    quarter: float
    dispersions: tuple[float, ...] = DISPERSIONS
    alike: float = 0.0
    rise: float = 1.0
    history: int = MONTHS


@dataclass(frozen=True)
class Shares:
    """How often a change was called, in per cent: of all series, and of those with twenty events or more."""

    of_all: float
    of_tested: float


def simulate_months(rng: np.random.Generator, kind: Kind, dispersion: float, lengths: Counts | None = None) -> Counts:
    """Simulate sixty months: correlated normal noise, turned into Poisson or negative binomial counts.

    `lengths` are the months' days over those of a usual month; without, all months are alike.
    """
    noise = rng.normal(size=MONTHS)
    for month in range(1, MONTHS):
        noise[month] = kind.alike * noise[month - 1] + math.sqrt(1 - kind.alike**2) * noise[month]
    when = np.arange(MONTHS) + FIRST_MONTH
    mean = kind.quarter / 3 * (1 + SEASON * np.sin(2 * np.pi * when / 12))
    mean = mean * (1.0 if lengths is None else lengths)
    mean[-3:] *= kind.rise
    share = stats.norm.cdf(noise)
    if dispersion == 1:
        return np.asarray(stats.poisson.ppf(share, mean))
    return np.asarray(stats.nbinom.ppf(share, mean / (dispersion - 1), 1 / dispersion))


def count_calls(kind: Kind, size: int) -> Shares:
    """Count how often a change is called, each series judged by its own history."""
    rng = np.random.default_rng(SEED)
    called, tested = [], []
    known = HISTORIES[kind.history]
    for each in range(size * SERIES):
        counts = simulate_months(rng, kind, kind.dispersions[each % len(kind.dispersions)])
        own = estimate_dispersion(counts[known], known + FIRST_MONTH, np.full(len(known), 30.4), tested_months=3)
        pair = int(counts[-15:-12].sum()), int(counts[-3:].sum())
        tested.append(sum(pair) >= FEWEST_EVENTS)
        called.append(tested[-1] and compare_counts(*pair, dispersion=own).is_clear)
    return Shares(100 * float(np.mean(called)), 100 * sum(called) / max(sum(tested), 1))


def measure(*, is_quick: bool = False) -> list[Measure]:
    """Measure everything; quickly with a tenth of the series."""
    size = 8 if is_quick else 80
    return [
        *_measure_levels(size),
        *_measure_histories(size),
        *_measure_alike(size),
        *_measure_power(size),
        _compare_fits(),
        *_time_assessment(20 if is_quick else 100),
    ]


def _measure_levels(size: int) -> list[Measure]:
    """Calm series of sixty months by size and dispersion; of five a quarter next to none is tested."""
    found = []
    for quarter in QUARTERS:
        for dispersion in DISPERSIONS:
            shares = count_calls(Kind(quarter, (dispersion,)), size)
            name = f"calm, {quarter:,} a quarter, dispersion {dispersion:.0f}, 60 months: called"
            found.append(_calls(name, shares, is_goal=quarter >= FEWEST_EVENTS))
    return found


def _measure_histories(size: int) -> list[Measure]:
    return [
        _calls(
            f"calm, 300 a quarter, dispersions 1, 3 and 6, {history} months: called",
            count_calls(Kind(300, history=history), size),
            least=LEAST_ALARMS if history >= LONG_HISTORY_MONTHS else 0.0,
        )
        for history in HISTORIES
        if history < MONTHS
    ]


def _measure_alike(size: int) -> list[Measure]:
    return [
        _calls(
            f"calm, 300 a quarter, neighbours alike ({ALIKE}), {history} months: called",
            count_calls(Kind(300, alike=ALIKE, history=history), size),
            least=LEAST_ALARMS if history >= LONG_HISTORY_MONTHS else 0.0,
        )
        for history in HISTORIES
    ]


def _measure_power(size: int) -> list[Measure]:
    found = []
    for quarter in (100, 300, 1_000):
        for dispersion in (1.0, 3.0):
            for alike in (0.0, ALIKE):
                shares = count_calls(Kind(quarter, (dispersion,), alike, RISE), size)
                name = f"+20 % on {quarter:,} a quarter, dispersion {dispersion:.0f}, neighbours {alike}: found"
                found.append(Measure(name, "", f"{shares.of_tested:.0f} %"))
    return found


def _calls(name: str, shares: Shares, *, is_goal: bool = True, least: float = LEAST_ALARMS) -> Measure:
    """Give a row; with less than two years of history being too careful is no fault, as the likeness is assumed."""
    reached = f"{shares.of_all:.1f} % of all, {shares.of_tested:.1f} % of tested"
    goal = f"{least:.0f} to {MOST_ALARMS:.0f} % of tested" if is_goal else ""
    return Measure(name, goal, reached, least <= shares.of_tested <= MOST_ALARMS if is_goal else None)


def _compare_fits() -> Measure:
    """Hold the fast fit to statsmodels', and say how much faster it is."""
    rng = np.random.default_rng(SEED)
    when, days = np.arange(MONTHS), np.full(MONTHS, 30.4)
    design = np.hstack([level_terms(when % 12), level_terms(when // 12, is_first_left_out=True)])
    largest, times = 0.0, ([], [])  # type: tuple[float, tuple[list[float], list[float]]]
    for mean in (5, 50, 500, 5_000):
        counts = rng.negative_binomial(mean / 2, 1 / 3, MONTHS) + 1.0
        ours = fit_counts(counts, design, days)
        theirs = GLM(counts, design, family=Poisson(), exposure=days).fit(tol=1e-14)
        largest = max(largest, abs(ours.pearson_ratio * ours.degrees_of_freedom / theirs.pearson_chi2 - 1))
        times[0].append(_milliseconds(partial(fit_counts, counts, design, days), 20))
        times[1].append(_milliseconds(lambda c=counts: GLM(c, design, family=Poisson(), exposure=days).fit(), 20))
    took, theirs_took = (median(each) for each in times)
    reached = f"differs by {largest:.0e}; {took:.2f} ms against {theirs_took:.2f} ms"
    is_met = bool(largest <= SMALLEST_DIFFERENCE)
    return Measure(
        "Pearson's chi-square of 60 months beside statsmodels", f"<= {SMALLEST_DIFFERENCE:g}", reached, is_met
    )


def _time_assessment(repeats: int) -> list[Measure]:
    rng = np.random.default_rng(SEED)
    counts = simulate_months(rng, Kind(300), 3.0)
    when, days = np.arange(MONTHS) + FIRST_MONTH, np.full(MONTHS, 30.4)
    years = np.arange("2019", "2024", dtype="datetime64[Y]")
    starts, ends = years.astype("datetime64[D]"), (years + 1).astype("datetime64[D]") - 1
    dispersion = estimate_dispersion(counts, when, days, tested_months=3)
    parts: dict[str, Callable[[], object]] = {
        "dispersion": lambda: estimate_dispersion(counts, when, days, tested_months=3),
        "two comparisons": lambda: [compare_counts(300, 310, dispersion=dispersion) for _ in range(2)],
        "season": lambda: estimate_season(counts, when, days),
        "trend": lambda: assess_trend(counts.reshape(5, 12).sum(axis=1), starts, ends),
        "XmR chart": lambda: assess_xmr(counts),
        "forecast of four quarters": lambda: forecast_series(counts.reshape(-1, 3).sum(axis=1), period=4, horizon=4),
    }
    times = {name: _milliseconds(work, repeats) for name, work in parts.items()}
    lines = [Measure(f"one indicator: {name}", "", f"{took:.2f} ms") for name, took in times.items()]
    together = sum(times.values())
    goal = f"< {LONGEST_ASSESSMENT:g} ms"
    return [*lines, Measure("one indicator: all of it", goal, f"{together:.1f} ms", together < LONGEST_ASSESSMENT)]


def _milliseconds(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        started = perf_counter()
        work()
        times.append(perf_counter() - started)
    return 1_000 * median(times)


def main() -> int:
    """Print the table and write it; 1 where a goal is not met."""
    is_quick = "--quick" in sys.argv[1:]
    name = "statistics_changes_quick" if is_quick else "statistics_changes"
    return report(name, measure(is_quick=is_quick), seed=SEED, settings={"is_quick": is_quick})


if __name__ == "__main__":
    sys.exit(main())
