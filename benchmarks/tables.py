"""What every benchmark does with its measures: one table for people, one file for machines, one exit code."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

RESULTS_FOLDER = Path(__file__).parent / "results"
PACKAGES = ("pandas", "numpy", "pyarrow", "duckdb", "pandera")


@dataclass(frozen=True)
class Measure:
    """One line of a benchmark's table.

    Attributes
    ----------
    measure : str
        What was measured, with its unit.
    goal : str
        What is to be reached; empty where the figure is told for comparison only.
    reached : str
    met : bool or None
        None where there is no goal.
    number : int, optional
        Of the goal it belongs to, where goals are numbered.
    """

    measure: str
    goal: str
    reached: str
    met: bool | None = None
    number: int | None = None


def report(name: str, measures: Sequence[Measure], *, seed: int, settings: Mapping[str, object]) -> int:
    """Print a benchmark's table, write it to `benchmarks/results/<name>.json`, and give its exit code.

    Parameters
    ----------
    name : str
        What the results' file is called.
    measures : sequence of Measure
    seed : int
    settings : mapping of str to object
        What else a repetition needs to know: sizes, whether it was quick.

    Returns
    -------
    int
        1 where a goal is not met, otherwise 0.
    """
    print(format_table(measures))
    RESULTS_FOLDER.mkdir(exist_ok=True)
    result = {
        "benchmark": name,
        "seed": seed,
        "settings": dict(settings),
        "machine": describe_machine(),
        "versions": {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}},
        "measures": [asdict(measure) for measure in measures],
    }
    path = RESULTS_FOLDER / f"{name}.json"
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(any(measure.met is False for measure in measures))


def format_table(measures: Sequence[Measure]) -> str:
    """Write measures as a table of plain text."""
    words = {True: "yes", False: "NO", None: ""}
    rows = [("measure", "goal", "reached", "met")]
    rows += [(each.measure, each.goal, each.reached, words[each.met]) for each in measures]
    if any(each.number is not None for each in measures):
        numbers = ["", *("" if each.number is None else str(each.number) for each in measures)]
        rows = [(number, *row) for number, row in zip(numbers, rows, strict=True)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-+-".join("-" * width for width in widths), *lines[1:]])


def describe_machine() -> dict[str, object]:
    """Say what kind of machine this is: its system, processors and memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
    }
