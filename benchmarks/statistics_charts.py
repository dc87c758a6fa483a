"""Control charts: agreement with the reference implementations, speed, and how often they cry wolf.

`python -m benchmarks.statistics_charts [--quick]` prints one table and exits 1 where a goal is not met.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pandas as pd

from benchmarks.tables import Measure, report
from shp_analysis.statistics.control_charts import (
    Improvement,
    PointType,
    SpecialCause,
    XmrChart,
    XmrSettings,
    assess_xmr,
    number_segments,
)

SEED = 20
DATA = Path(__file__).parents[1] / "tests" / "data" / "statistics"
LARGEST_DIFFERENCE = 1e-9
CHART_POINTS = 120
CHART_MILLISECONDS = 1.0
CALM_QUARTERS = 20
CALM_SERIES: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda rng, charts: rng.normal(size=(charts, CALM_QUARTERS)),
    "counts near 60": lambda rng, charts: rng.poisson(60, (charts, CALM_QUARTERS)),
    "counts near 5": lambda rng, charts: rng.poisson(5, (charts, CALM_QUARTERS)),
}
PUBLISHED_ALARMS = {"normal": 0.147, "counts near 60": 0.165, "counts near 5": 0.188}
"""Share of calm charts with a mark, found for the same four rules by an independent simulation of so many charts:"""
PUBLISHED_CHARTS = 1_500
STANDARD_ERRORS = 3.0


def measure_charts(*, is_quick: bool = False) -> list[Measure]:
    """Measure everything; quickly with a tenth of the repeats."""
    charts = 300 if is_quick else 3_000
    return [*_agree_on_xmr(), _time_chart(20 if is_quick else 200), *_count_alarms(charts)]


def _agree_on_xmr() -> list[Measure]:
    folder = DATA / "assess_xmr"
    cases = pd.read_csv(folder / "cases.csv", keep_default_na=False).set_index("case")
    points, limits = pd.read_csv(folder / "points.csv"), pd.read_csv(folder / "limits.csv")
    agreed, largest = 0, 0.0
    for case, options in cases["options"].items():
        expected, lines = points[points["case"] == case], limits[limits["case"] == case]
        chart = chart_case(options, expected)
        types = expected["point_type"].str.removeprefix("special_cause_").str.replace("_", " ").to_numpy(dtype=str)
        is_rule = rule_words(expected["special_cause_type"]) == chart.special_cause
        agreed += int((is_rule & (types == chart.point_type)).sum())
        ours = np.array([(part.mean, part.lower, part.upper) for part in chart.segments])
        largest = max(largest, _largest_difference(ours, lines[["mean", "lpl", "upl"]].to_numpy()))
    return [
        Measure(
            f"XmR points marked as the reference marks them, {len(cases)} charts",
            f"{len(points):,}",
            f"{agreed:,}",
            agreed == len(points),
        ),
        _differ("XmR mean and limits: largest relative difference", largest),
    ]


def chart_case(options: str, points: pd.DataFrame) -> XmrChart:
    """Draw a chart as one of the reference's cases asks."""
    given = dict(option.split("=") for option in options.split("; ") if option)
    settings = XmrSettings(
        improvement=Improvement(given.get("improvement_direction", "increase")),
        target=float(given["target"]) if "target" in given else None,
        fix_after_n_points=int(given["fix_after_n_points"]) if "fix_after_n_points" in given else None,
        screen_ranges=given.get("screen_outliers") != "FALSE",
    )
    breaks = given["rebase"].split("|") if "rebase" in given else []
    segments = number_segments(points["x"].to_numpy(dtype="datetime64[D]"), breaks)
    return assess_xmr(points["y"], settings, segments=segments)


def rule_words(reference: pd.Series) -> np.ndarray:
    """Give the reference's words for a mark in our own."""
    words = {
        "Common Cause": SpecialCause.COMMON_CAUSE,
        "Above UCL": SpecialCause.ABOVE_UPPER_LIMIT,
        "Below LCL": SpecialCause.BELOW_LOWER_LIMIT,
        "7 Point Trend (Increasing)": SpecialCause.SEVEN_RISING,
        "7 Point Trend (Decreasing)": SpecialCause.SEVEN_FALLING,
        "2 in 3 Above CL": SpecialCause.NEAR_UPPER_LIMIT,
        "2 in 3 Below CL": SpecialCause.NEAR_LOWER_LIMIT,
        "7 Points Above CL": SpecialCause.SEVEN_ABOVE_MEAN,
        "7 Points Below CL": SpecialCause.SEVEN_BELOW_MEAN,
    }
    return np.array([str(words[word]) for word in reference])


def _differ(name: str, largest: float) -> Measure:
    return Measure(name, f"<= {LARGEST_DIFFERENCE:g}", f"{largest:.1e}", largest <= LARGEST_DIFFERENCE)


def _largest_difference(found: np.ndarray, expected: object) -> float:
    """Give the largest relative difference; infinite where one has a number and the other has none."""
    ours, theirs = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    if (np.isnan(ours) != np.isnan(theirs)).any():
        return float("inf")
    known = ~np.isnan(theirs)
    size = np.where(theirs[known] == 0, 1.0, np.abs(theirs[known]))
    return float((np.abs(ours - theirs)[known] / size).max(initial=0.0))


def _time_chart(repeats: int) -> Measure:
    counts = np.random.default_rng(SEED).integers(1, 60, CHART_POINTS)
    milliseconds = _milliseconds(partial(assess_xmr, counts), repeats)
    name = f"XmR chart of {CHART_POINTS} points"
    return Measure(name, f"< {CHART_MILLISECONDS:g} ms", f"{milliseconds:.2f} ms", milliseconds < CHART_MILLISECONDS)


def _milliseconds(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        started = perf_counter()
        work()
        times.append(perf_counter() - started)
    return 1_000 * median(times)


def _count_alarms(charts: int) -> list[Measure]:
    rng = np.random.default_rng(SEED)
    measures = []
    for name, draw in CALM_SERIES.items():
        marked = [(assess_xmr(series).point_type != PointType.COMMON_CAUSE).any() for series in draw(rng, charts)]
        share, expected = float(np.mean(marked)), PUBLISHED_ALARMS[name]
        variance = expected * (1 - expected) * (1 / PUBLISHED_CHARTS + 1 / charts)
        tolerance = STANDARD_ERRORS * variance**0.5
        measures.append(
            Measure(
                f"calm charts of {CALM_QUARTERS} quarters with a mark, {name}",
                f"{100 * expected:.1f}% +/- {100 * tolerance:.1f}",
                f"{100 * share:.1f}%",
                abs(share - expected) <= tolerance,
            )
        )
    return measures


def main() -> int:
    """Print the table and write it; 1 where a goal is not met."""
    is_quick = "--quick" in sys.argv[1:]
    name = "statistics_charts_quick" if is_quick else "statistics_charts"
    return report(name, measure_charts(is_quick=is_quick), seed=SEED, settings={"is_quick": is_quick})


if __name__ == "__main__":
    sys.exit(main())
