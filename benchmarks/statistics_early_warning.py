"""The early warning: false warnings of quiet packs, quarters until a step is found, agreement of its parts, and speed.

`python -m benchmarks.statistics_early_warning [--quick]` prints one table and exits 1 where a goal is not met. Quiet
packs are 30 series in which nothing happens, of one kind or of all kinds, judged once, at their last quarter. Steps
are of 20 % on 100 events a quarter with seasons of 20 % up and down, judged at the end of each of the eight quarters
since: as they are judged in use, in a pack of 30 of which 25 are quiet (of the same kind, or of all kinds), and alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.tables import Measure, report
from shp_analysis.statistics.control_charts import XmrSettings, assess_xmr
from shp_analysis.statistics.early_warning import CountSeries, Direction, adjust_p_values, find_early_warnings

SEED = 20
PACK = 30
MOST_FALSE = 0.15
STEP = 1.2
STEP_QUARTERS = 8
STEP_MEAN = 100.0
SEASON = 0.2
FOUND_GOALS = {4: 0.65, 8: 0.95}
CORRELATION = 0.4
ONE_SECONDS = 0.01
PACK_SECONDS = 0.5
DATA = Path(__file__).parents[1] / "tests" / "data" / "statistics"
LARGEST_DIFFERENCE = 1e-12
HISTORIES = ((20, 4), (32, 4), (40, 4), (60, 12), (84, 12))
"""Periods before the step, and periods in a year."""
MIXED_HISTORIES = ((20, 4), (40, 4), (60, 12))
MOST_RULED = 200
STEPPED = 5
"""How many series of a pack have the step."""
LENGTHS = ((20, 4), (40, 4), (20, 12))
"""Quarters that quiet packs are judged after, and periods in a year."""

Floats = npt.NDArray[np.float64]
Process = Callable[[np.random.Generator, Floats], Floats]


def measure(*, is_quick: bool = False) -> list[Measure]:
    """Measure false warnings, steps found, agreement and speed; quickly with a quarter of the simulations."""
    packs, steps = (15, 15) if is_quick else (400, 450)
    return [
        *_measure_quiet_packs(packs),
        *_measure_steps(steps),
        *_measure_rules(min(packs, MOST_RULED), min(steps, MOST_RULED)),
        _measure_adjustment(),
        *_measure_speed(),
    ]


def _chance(rng: np.random.Generator, expected: Floats) -> Floats:
    return rng.poisson(expected).astype(float)


def _negative_binomial(size: float) -> Process:
    def simulate(rng: np.random.Generator, expected: Floats) -> Floats:
        return rng.negative_binomial(size, size / (size + expected)).astype(float)

    return simulate


def _correlate(rng: np.random.Generator, length: int) -> Floats:
    noise = rng.standard_normal(length)
    for time in range(1, length):
        noise[time] = CORRELATION * noise[time - 1] + np.sqrt(1 - CORRELATION**2) * noise[time]
    return noise


def _correlated(spread: float) -> Process:
    """Simulate correlated values with so many times the spread of pure chance."""

    def simulate(rng: np.random.Generator, expected: Floats) -> Floats:
        return np.maximum(0.0, np.round(expected + spread * np.sqrt(expected) * _correlate(rng, len(expected))))

    return simulate


def _correlated_rate(spread: float) -> Process:
    """Simulate counts by chance of a rate that is itself correlated, with so large a spread of its logarithm."""

    def simulate(rng: np.random.Generator, expected: Floats) -> Floats:
        return rng.poisson(expected * np.exp(spread * _correlate(rng, len(expected)) - spread**2 / 2)).astype(float)

    return simulate


PROCESSES: dict[str, tuple[Process, float, float]] = {
    "Poisson, 60 a quarter": (_chance, 60, 0),
    "Poisson, 8 a quarter": (_chance, 8, 0),
    "Poisson, 100 a quarter, season 20 %": (_chance, 100, SEASON),
    "negative binomial (k = 60), 100, season 20 %": (_negative_binomial(60), 100, SEASON),
    "negative binomial (k = 60), 400": (_negative_binomial(60), 400, 0),
    "autocorrelated (0.4), 100, spread of chance": (_correlated(1), 100, 0),
    "autocorrelated (0.4), 100, twice that spread": (_correlated(2), 100, 0),
    "rate autocorrelated (0.4) by 10 %, 100": (_correlated_rate(0.1), 100, 0),
}
STEP_KIND = "Poisson, 100 a quarter, season 20 %"


def _expect(periods: int, per_year: int, mean: float, season: float) -> Floats:
    """Give expected counts; `mean` is that of a quarter."""
    return mean * 4 / per_year * (1 + season * np.sin(2 * np.pi * np.arange(periods) / per_year))


def _measure_quiet_packs(packs: int) -> list[Measure]:
    measures = []
    for number, kinds in enumerate([*([name] for name in PROCESSES), list(PROCESSES)]):
        name = kinds[0] if len(kinds) == 1 else "all of these kinds"
        for quarters, per_year in LENGTHS:
            rng = np.random.default_rng([SEED, number, quarters, per_year])
            periods = quarters * per_year // 4
            false = [_count_signals(_quiet(rng, kinds, PACK, periods, per_year), per_year) for _ in range(packs)]
            found, error = float(np.mean(false)), float(np.std(false) / np.sqrt(packs))
            length = f"{quarters} quarters" if per_year == 4 else f"{3 * quarters} months"  # noqa: PLR2004
            measures.append(
                Measure(
                    f"false warnings a quarter in a pack of {PACK}: {name}; {length}",
                    f"at most {MOST_FALSE}",
                    f"{found:.3f} (standard error {error:.3f}, {packs} packs)",
                    found <= MOST_FALSE,
                )
            )
    return measures


def _quiet(rng: np.random.Generator, kinds: list[str], size: int, periods: int, per_year: int) -> list[Floats]:
    """Simulate series in which nothing happens, of one kind after the other."""
    found = []
    for number in range(size):
        process, mean, season = PROCESSES[kinds[number % len(kinds)]]
        found.append(process(rng, _expect(periods, per_year, mean, season)))
    return found


def _count_signals(pack: list[Floats], per_year: int) -> int:
    found = find_early_warnings([CountSeries(counts, per_year) for counts in pack])
    return sum(each.is_new_signal for each in found.warnings)


def _measure_steps(steps: int) -> list[Measure]:
    """Count how many steps are found in time; the goal is that of a series in a pack, as it is judged in use."""
    packs = {"in a pack of like series": [STEP_KIND], "in a pack of all kinds": list(PROCESSES), "alone": []}
    measures = []
    for periods, per_year in HISTORIES:
        for name, kinds in packs.items():
            if len(kinds) > 1 and (periods, per_year) not in MIXED_HISTORIES:
                continue
            rng = np.random.default_rng([SEED, periods, per_year, len(kinds)])
            runs = steps // STEPPED if kinds else steps
            firsts = [each for _ in range(runs) for each in _first_signals(rng, kinds, periods, per_year)]
            history = f"{periods} {'quarters' if per_year == 4 else 'months'}"  # noqa: PLR2004
            for within, goal in FOUND_GOALS.items():
                share = float(np.mean([first <= within for first in firsts]))
                error = float(np.sqrt(share * (1 - share) / len(firsts)))
                measures.append(
                    Measure(
                        f"steps of 20 % found within {within} quarters, after {history}, {name}",
                        f"at least {goal:.0%}" if kinds == [STEP_KIND] else "",
                        f"{share:.1%} (standard error {error:.1%}, {len(firsts)} series)",
                        share >= goal if kinds == [STEP_KIND] else None,
                    )
                )
    return measures


def _stepped(rng: np.random.Generator, periods: int, per_year: int) -> Floats:
    expected = _expect(periods + STEP_QUARTERS * per_year // 4, per_year, STEP_MEAN, SEASON)
    expected[periods:] *= STEP
    return _chance(rng, expected)


def _first_signals(rng: np.random.Generator, kinds: list[str], periods: int, per_year: int) -> list[float]:
    """Give the quarter since the step in which each was first found, or infinity; without kinds, of one step alone."""
    stepped = [_stepped(rng, periods, per_year) for _ in range(STEPPED if kinds else 1)]
    others = _quiet(rng, kinds, PACK - STEPPED, len(stepped[0]), per_year) if kinds else []
    firsts = [float("inf")] * len(stepped)
    for quarter in range(1, STEP_QUARTERS + 1):
        until = periods + quarter * per_year // 4
        found = find_early_warnings([CountSeries(counts[:until], per_year) for counts in [*stepped, *others]]).warnings
        for number, first in enumerate(firsts):
            if found[number].is_new_signal and found[number].direction is Direction.UP:
                firsts[number] = min(first, quarter)
    return firsts


def _measure_rules(packs: int, steps: int) -> list[Measure]:
    """Judge some of the same simulations by the four Making Data Count rules, for comparison."""
    measures = []
    for name in ("Poisson, 60 a quarter", "autocorrelated (0.4), 100, spread of chance"):
        process, mean, season = PROCESSES[name]
        rng = np.random.default_rng([SEED, 99])
        false = [_is_marked(process(rng, _expect(20, 4, mean, season)), 20) for _ in range(packs * 10)]
        reached = f"{PACK * np.mean(false):.2f}"
        measures.append(Measure(f"the four rules of a chart, false marks a quarter: {name}; 20 quarters", "", reached))
    rng = np.random.default_rng([SEED, 98])
    series = [_stepped(rng, 24, 4) for _ in range(steps)]
    for within in FOUND_GOALS:
        found = [any(_is_marked(each[: 24 + q], 24) for q in range(1, within + 1)) for each in series]
        reached = f"{np.mean(found):.1%}"
        measures.append(
            Measure(f"the four rules, steps found within {within} quarters, after 24 quarters", "", reached)
        )
    return measures


def _is_marked(counts: Floats, baseline: int) -> bool:
    chart = assess_xmr(counts, XmrSettings(fix_after_n_points=baseline))
    return str(chart.point_type[-1]).startswith("neutral")


def _measure_adjustment() -> Measure:
    rows = pd.read_csv(DATA / "adjust_p_values" / "padjust_expected.csv")
    largest = max(float(np.nanmax(np.abs(adjust_p_values(case.p) - case.BH))) for _, case in rows.groupby("case"))
    return Measure(
        "adjusted p-values: largest difference from R's",
        f"at most {LARGEST_DIFFERENCE:g}",
        f"{largest:.1e}",
        largest <= LARGEST_DIFFERENCE,
    )


def _measure_speed() -> list[Measure]:
    rng = np.random.default_rng(SEED)
    pack = [CountSeries(_negative_binomial(60)(rng, _expect(96, 12, 300, SEASON)), 12) for _ in range(PACK)]
    measures = []
    for name, series, goal in (
        ("one series of 96 months", pack[:1], ONE_SECONDS),
        (f"{PACK} of them", pack, PACK_SECONDS),
    ):
        seconds = min(_time(series) for _ in range(5))
        reached = f"{1000 * seconds:.1f} ms"
        measures.append(Measure(f"time to judge {name}", f"at most {1000 * goal:.0f} ms", reached, seconds <= goal))
    return measures


def _time(pack: list[CountSeries]) -> float:
    start = perf_counter()
    find_early_warnings(pack)
    return perf_counter() - start


def main() -> int:
    """Print the table, keep it, and say by the exit code whether every goal is met."""
    is_quick = "--quick" in sys.argv[1:]
    name = "statistics_early_warning_quick" if is_quick else "statistics_early_warning"
    return report(name, measure(is_quick=is_quick), seed=SEED, settings={"pack": PACK, "quick": is_quick})


if __name__ == "__main__":
    sys.exit(main())
