"""Rates, proportions, funnels and slopes: agreement with the reference implementations, and speed.

`python -m benchmarks.statistics_rates [--quick]` prints one table and exits 1 where a goal is not met.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.tables import Measure, report
from shp_analysis.statistics.comparator_means import rank_areas
from shp_analysis.statistics.funnels import Scale, estimate_overdispersion, limits_of_proportion
from shp_analysis.statistics.inequality import SlopeOfInequality, slope_of_inequality
from shp_analysis.statistics.intervals import (
    Estimates,
    byars_interval_of_count,
    exact_interval_of_count,
    proportion_with_interval,
    rate_with_interval,
    wilson_interval,
)

SEED = 7
DATA = Path(__file__).parents[1] / "tests" / "data" / "statistics"
LARGEST_DIFFERENCE = 1e-9
LARGEST_DIFFERENCE_OF_SLOPES = 0.01
"""The reference simulates its limits."""
RATES = 100_000
RATES_SECONDS = 0.5
RANKED_FORCES = 43
RANK_SECONDS = 1.0
LEVELS = {0.95: ("lower95_0cl", "upper95_0cl"), 0.998: ("lower99_8cl", "upper99_8cl")}
SCALES = {
    "PR_winsor10": Scale.PROPORTION,
    "RC_winsor10": Scale.RATE_LOG,
    "SR_SHMI_trunc10": Scale.RATIO_LOG,
    "SR_CQC_winsor10": Scale.RATIO,
}
Pairs = Iterable[tuple[object, object]]


def measure(*, is_quick: bool = False) -> list[Measure]:
    """Measure agreement with every copied table, and speed; quickly with fewer repeats."""
    tables: dict[str, Callable[[], Pairs]] = {
        "Byar's and exact limits of counts": _pair_counts,
        "rates per 1,000 with limits": _pair_rates,
        "Wilson limits": _pair_shares,
        "proportions with limits": _pair_proportions,
        "funnel limits of proportions": _pair_funnel,
        "overdispersion (phi and tau squared)": _pair_overdispersion,
        "slope and relative index of inequality": _pair_slopes,
    }
    agreed = [_agree(name, pairs(), LARGEST_DIFFERENCE) for name, pairs in tables.items()]
    limits = _agree("limits of the slope and relative index", _pair_slope_limits(), LARGEST_DIFFERENCE_OF_SLOPES)
    return [*agreed, limits, *_time_rates(3 if is_quick else 15), _time_ranks(3 if is_quick else 15)]


def _agree(name: str, pairs: Pairs, goal: float) -> Measure:
    largest, compared = 0.0, 0
    for found, expected in pairs:
        ours, theirs = np.ravel(np.asarray(found, dtype=float)), np.ravel(np.asarray(expected, dtype=float))
        known = ~np.isnan(theirs)
        gaps = np.abs(ours - theirs)[known] / np.maximum(np.abs(theirs[known]), np.finfo(float).tiny)
        # A missing answer is as wrong as one can be.
        largest = max(largest, float(np.nan_to_num(gaps, nan=np.inf).max(initial=0.0)))
        compared += int(known.sum())
    is_met = largest <= goal and compared > 0
    return Measure(
        f"{name}: largest relative difference", f"<= {goal:g}", f"{largest:.1e} of {compared} values", is_met
    )


def _read(function: str, table: str) -> pd.DataFrame:
    return pd.read_csv(DATA / function / f"{table}.csv", encoding="utf-8-sig")


def _pair_counts() -> Iterator[tuple[object, object]]:
    for confidence, rows in _read("rate_with_interval", "R_byars_exact_grid").groupby("confidence"):
        yield byars_interval_of_count(rows.x, confidence), rows[["lower", "upper"]].T
        yield exact_interval_of_count(rows.x, confidence), rows[["exact_lower", "exact_upper"]].T


def _pair_estimates(found: Estimates, rows: pd.DataFrame, confidence: float) -> tuple[object, object]:
    return (found.value, found.lower, found.upper), rows[["value", *LEVELS[confidence]]].T


def _pair_rates() -> Iterator[tuple[object, object]]:
    rows = _read("rate_with_interval", "R_phe_rate")
    for confidence in LEVELS:
        yield _pair_estimates(rate_with_interval(rows.n, rows["pop"], confidence=confidence), rows, confidence)


def _pair_shares() -> Iterator[tuple[object, object]]:
    for confidence, rows in _read("proportion_with_interval", "R_wilson_grid").groupby("confidence"):
        yield wilson_interval(rows.x, rows.n, confidence), rows[["lower", "upper"]].T


def _pair_proportions() -> Iterator[tuple[object, object]]:
    rows = _read("proportion_with_interval", "R_phe_proportion")
    for confidence in LEVELS:
        found = proportion_with_interval(rows.n, rows["pop"], per=100, confidence=confidence)
        yield _pair_estimates(found, rows, confidence)


def _pair_funnel() -> Iterator[tuple[object, object]]:
    rows = _read("build_funnel", "R_funnel_prop_limits")
    limits = limits_of_proportion(rows.Population, rows.baseline.iloc[0] / 100).times(100)
    names = ["lower_2s_limit", "upper_2s_limit", "lower_3s_limit", "upper_3s_limit"]
    yield (limits.lower_95, limits.upper_95, limits.lower_998, limits.upper_998), rows[names].T


def _pair_overdispersion() -> Iterator[tuple[object, object]]:
    rows = _read("build_funnel", "R_funnel_ratio_input")
    expected = _read("build_funnel", "funnelplotr_dispersion_expected").set_index("case")
    for case, scale in SCALES.items():
        over = rows["pop"] * (rows.n.sum() / rows["pop"].sum()) if case.startswith("SR") else rows["pop"]
        found = estimate_overdispersion(rows.n, over, scale=scale, is_truncated=bool(expected.truncated[case]))
        yield (found.phi, found.tau2), expected.loc[case, ["phi", "tau2"]]


def _slopes() -> Iterator[tuple[SlopeOfInequality, pd.Series]]:
    rows = _read("slope_of_inequality", "R_sii_input")
    for _, answer in _read("slope_of_inequality", "R_sii_expected").iterrows():
        part = rows[rows.area == answer.area]
        yield slope_of_inequality(part["rate"], part["pop"], part.se), answer


def _pair_slopes() -> Iterator[tuple[object, object]]:
    for found, answer in _slopes():
        yield (found.slope, found.relative), answer[["sii", "rii"]]


def _pair_slope_limits() -> Iterator[tuple[object, object]]:
    for found, answer in _slopes():
        yield (found.slope_lower, found.slope_upper), answer[["sii_lower95_0cl", "sii_upper95_0cl"]]
        yield (found.relative_lower, found.relative_upper), answer[["rii_lower95_0cl", "rii_upper95_0cl"]]


def _time_rates(repeats: int) -> list[Measure]:
    """Time rates with limits, and scipy's quantiles of the same counts for comparison."""
    rng = np.random.default_rng(SEED)
    counts, residents = rng.poisson(rng.choice([0.5, 4, 30, 400], RATES)), rng.uniform(500, 200_000, RATES)
    ours = _median_seconds(lambda: rate_with_interval(counts, residents), repeats)
    theirs = _median_seconds(lambda: _quantiles_of_scipy(counts), min(repeats, 3))
    name = f"{RATES:,} rates with limits"
    return [
        Measure(name, f"< {RATES_SECONDS:g} s", f"{ours:.3f} s", ours < RATES_SECONDS),
        Measure(
            f"{name}, against scipy's chi-squared quantiles",
            ">= 1 times faster",
            f"{theirs / ours:.1f}",
            theirs >= ours,
        ),
    ]


def _quantiles_of_scipy(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lower = stats.chi2.ppf(0.025, 2 * np.maximum(counts, 1)) / 2
    return np.where(counts > 0, lower, 0), stats.chi2.ppf(0.975, 2 * counts + 2) / 2


def _time_ranks(repeats: int) -> Measure:
    rng = np.random.default_rng(SEED)
    people = {f"force {number}": float(rng.uniform(5e5, 3e6)) for number in range(RANKED_FORCES)}
    counts = {name: float(rng.poisson(residents * 0.004)) for name, residents in people.items()}
    seconds = _median_seconds(lambda: rank_areas(counts, people, comparators=RANKED_FORCES), repeats)
    name = f"{RANKED_FORCES} forces ranked with exact intervals"
    return Measure(name, f"< {RANK_SECONDS:g} s", f"{seconds:.2f} s", seconds < RANK_SECONDS)


def _median_seconds(run: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        start = perf_counter()
        run()
        taken.append(perf_counter() - start)
    return median(taken)


def main() -> int:
    """Print the table and write it; 1 where a goal is not met."""
    is_quick = "--quick" in sys.argv[1:]
    name = "statistics_rates_quick" if is_quick else "statistics_rates"
    return report(name, measure(is_quick=is_quick), seed=SEED, settings={"is_quick": is_quick})


if __name__ == "__main__":
    sys.exit(main())
