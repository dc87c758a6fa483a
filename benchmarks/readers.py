"""Taking in the largest published archives and asking them for one area, against reading them whole with pandas.

`python -m benchmarks.readers [--quick]` generates three years of street files of every force, zipped as
data.police.uk does, and road casualties of all years with their collisions. Each is taken in and asked in a process of
its own, whose peak memory is measured, and so is the obvious way with pandas, which checks nothing. It prints one
table, writes `benchmarks/results/readers.json` and exits 1 where a goal is not met.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.tables import Measure, report

SEED = 3
MEMORY_GOAL_MIB = 1024
RATIO_GOAL = 5.0
ALL = 100
"""Per cent."""
PANDAS_BYTES_PER_BYTE = 4.0
"""Memory that pandas takes for each byte of CSV, at the most that was seen; more than there is is not tried."""


@dataclass(frozen=True)
class Size:
    """How much is generated."""

    crimes: int
    casualties: int


FULL, QUICK = Size(crimes=18_000_000, casualties=10_000_000), Size(crimes=300_000, casualties=200_000)


@dataclass(frozen=True)
class Run:
    """What one job told, the most memory it held, and how long processors worked for it."""

    told: Mapping[str, Any]
    peak_mib: float
    processor_s: float


def main(arguments: list[str]) -> int:
    """Run the benchmark and give its exit code."""
    is_quick = "--quick" in arguments
    size = QUICK if is_quick else FULL
    with tempfile.TemporaryDirectory(prefix="readers-") as name:
        folder = Path(name)
        measures = [
            *_measure_police(folder, size.crimes, is_quick=is_quick),
            *_measure_roads(folder, size.casualties, is_quick=is_quick),
        ]
    settings = {"quick": is_quick, "crimes": size.crimes, "casualties": size.casualties}
    return report("readers" if not is_quick else "readers_quick", measures, seed=SEED, settings=settings)


def _measure_police(folder: Path, crimes: int, *, is_quick: bool) -> Iterator[Measure]:
    csv_bytes = int(_run("make_police", folder, crimes).told["bytes"])
    share = _share_that_fits(csv_bytes)
    rival = _run("pandas_police", folder, share)
    ours, asked = _run("ours_police", folder), _run("ask_police", folder)
    what = f"street files, 43 forces, 36 months, {ours.told['rows']:,} rows"
    yield from _compare(what, ours, asked, rival, share, is_quick=is_quick)


def _measure_roads(folder: Path, casualties: int, *, is_quick: bool) -> Iterator[Measure]:
    csv_bytes = int(_run("make_roads", folder, casualties).told["bytes"])
    if _share_that_fits(csv_bytes) < ALL:
        print("The road files may be too large for pandas on this machine; it is tried nevertheless.", file=sys.stderr)
    rival = _run("pandas_roads", folder)
    ours, asked = _run("ours_roads", folder), _run("ask_roads", folder)
    what = f"road casualties and collisions 1979-2024, {ours.told['rows']:,} rows"
    yield from _compare(what, ours, asked, rival, ALL, is_quick=is_quick)


def _compare(what: str, ours: Run, asked: Run, rival: Run, share: int, *, is_quick: bool) -> Iterator[Measure]:
    """Hold our way against pandas' way; of which only a share of the members may have been read, and is told."""
    scale = ALL / share
    part = "" if share == ALL else f" (pandas read {share}% of the files, times scaled up)"
    peak = max(ours.peak_mib, asked.peak_mib)
    yield Measure(f"{what}: peak memory, MiB", f"< {MEMORY_GOAL_MIB}", f"{peak:,.0f}", peak < MEMORY_GOAL_MIB)
    yield Measure(f"{what}: peak memory of pandas, MiB{part}", "", f"{rival.peak_mib:,.0f}")
    if share == ALL:
        is_same = ours.told["answers"] == rival.told["answers"] == asked.told["answers"]
        yield Measure(f"{what}: same counts as pandas", "yes", "yes" if is_same else "no", is_same)
    rival_first, rival_next = rival.told["first"] * scale, rival.told["next"] * scale
    yield Measure(f"{what}: take in, s (checked, kept)", "", f"{ours.told['ingested']:.1f}")
    yield _ratio(f"{what}: take in and ask once, {{ours}} s, pandas {{rival}} s", ours.told["first"], rival_first, None)
    # On a machine that is shared, clocks tell of the others' work too.
    processors = f"{what}: processor time of all this, {{ours}} s, pandas {{rival}} s"
    yield _ratio(processors, ours.processor_s, rival.processor_s * scale, None)
    goal = None if is_quick else RATIO_GOAL
    yield _ratio(
        f"{what}: a question to the store, {{ours}} s, pandas from the files {{rival}} s",
        asked.told["first"],
        rival_first,
        goal,
    )
    yield _ratio(
        f"{what}: each further question, {{ours}} s, pandas with all in memory {{rival}} s",
        asked.told["next"],
        rival_next,
        None,
    )


def _ratio(words: str, ours: float, rival: float, goal: float | None) -> Measure:
    ratio = rival / ours
    measure = words.format(ours=f"{ours:.2f}", rival=f"{rival:.2f}")
    return Measure(
        measure,
        "" if goal is None else f">= {goal:g} times as fast",
        f"{ratio:.1f}",
        None if goal is None else ratio >= goal,
    )


def _run(job: str, folder: Path, size: int = 0) -> Run:
    """Run a job in a process of its own and read what it told and the most memory that it, or a child of it, held."""
    command = [sys.executable, "-m", "benchmarks.reader_jobs", job, str(folder), str(size), str(SEED)]
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(command, stdout=told, cwd=Path(__file__).parents[1])  # noqa: S603 - our own module
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        told.seek(0)
        return Run(json.loads(told.read()), usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def _share_that_fits(csv_bytes: int) -> int:
    free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    return min(ALL, max(1, int(ALL * free / (csv_bytes * PANDAS_BYTES_PER_BYTE))))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
