"""Every goal of the statistics in one table: its number, what was measured, the goal, what was reached.

`python -m benchmarks.statistics [--quick]` prints it, writes `benchmarks/results/statistics.json`, and exits 1 where a
goal is not met. The parts are modules of their own and can be run by themselves.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from benchmarks import (
    statistics_changes,
    statistics_charts,
    statistics_early_warning,
    statistics_forecasts,
    statistics_pages,
    statistics_rates,
    statistics_references,
    statistics_verdicts,
)
from benchmarks.tables import Measure, report

SEEDS = {
    module.__name__.rsplit("_", 1)[-1]: module.SEED
    for module in (
        statistics_changes,
        statistics_charts,
        statistics_early_warning,
        statistics_forecasts,
        statistics_pages,
        statistics_rates,
    )
}
CHARTS, RATES, QUIET, STEPS, FORECASTS, REFERENCES, PAPERS, SPEED = range(1, 9)
_EARLY_WARNING = {"false warnings": QUIET, "the four rules": QUIET, "steps": STEPS, "adjusted": REFERENCES}
SERIES, QUICK_SERIES = 2_000, 60
ASSESSMENTS, QUICK_ASSESSMENTS = 60, 15


def measure_statistics(*, is_quick: bool = False) -> list[Measure]:
    """Run every part; quickly with fewer simulations.

    Returns
    -------
    list of Measure
        In the order of the goals.
    """
    parts = [
        *_number(statistics_charts.measure_charts(is_quick=is_quick), CHARTS),
        *_number(statistics_rates.measure(is_quick=is_quick), RATES),
        *statistics_verdicts.measure_verdicts(QUICK_SERIES if is_quick else SERIES),
        *_number(statistics_changes.measure(is_quick=is_quick), QUIET),
        *number_early_warning(statistics_early_warning.measure(is_quick=is_quick)),
        *_number(statistics_forecasts.measure_forecasts(is_quick=is_quick), FORECASTS),
        *statistics_references.measure_references(),
        *statistics_references.measure_papers(),
        *statistics_pages.measure_pages(QUICK_ASSESSMENTS if is_quick else ASSESSMENTS),
    ]
    return sorted(parts, key=lambda each: each.number or SPEED)


def number_early_warning(measures: Iterable[Measure]) -> Iterator[Measure]:
    """Give each measure of the early warning the number of the goal it belongs to; its times belong to the last."""
    for each in measures:
        numbers = [number for words, number in _EARLY_WARNING.items() if each.measure.startswith(words)]
        yield replace(each, number=numbers[0] if numbers else SPEED)


def _number(measures: Iterable[Measure], number: int) -> list[Measure]:
    return [replace(each, number=number) for each in measures]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and write it down; 1 where a goal is not met."""
    is_quick = "--quick" in (sys.argv[1:] if arguments is None else arguments)
    name = "statistics_quick" if is_quick else "statistics"
    settings = {"is_quick": is_quick, "seeds": SEEDS, "series": QUICK_SERIES if is_quick else SERIES}
    return report(name, measure_statistics(is_quick=is_quick), seed=statistics_verdicts.SEED, settings=settings)


if __name__ == "__main__":
    sys.exit(main())
