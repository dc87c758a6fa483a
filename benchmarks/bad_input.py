"""Damaged files at the door: what becomes of thousands of mutants of every publisher's files.

`python -m benchmarks.bad_input [--quick] [--every N] [--jobs N] [--list]` takes every mutant of every base file in
through the store. Outcomes are those of `benchmarks.judging.Outcome`; none may be wrong. `not knowable` is counted only
for kinds of damage that leave a file which the publisher might have published: see `benchmarks.mutations.Effect`.
Damage that shows in an answer only is judged by what indicators answer and `shp check` tells: see `benchmarks.answers`.
It prints one table by kind and one by publisher, writes `benchmarks/results/bad_input.json`, and exits 1 where any
outcome is wrong, any takes too long, or fewer than 2,000 files were tried.
"""

from __future__ import annotations

import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from benchmarks.answers import AnswerKind
from benchmarks.answers_orphans import list_orphan_kinds
from benchmarks.answers_places import list_place_kinds
from benchmarks.answers_store import list_store_kinds
from benchmarks.corpus import list_bases
from benchmarks.grids import Base
from benchmarks.judging import Outcome, judge, prepare_store, read_base
from benchmarks.mutations import Kind, list_grid_kinds
from benchmarks.mutations_cells import list_cell_kinds
from benchmarks.mutations_files import list_file_kinds
from benchmarks.mutations_hostile import list_hostile_kinds
from benchmarks.mutations_workbooks import list_workbook_kinds
from benchmarks.tables import Measure, report

SEED = 20250715
GOAL_FILES = 2_000
MOST_SECONDS = 5
VARIANTS = {"cells": 2, "columns": 2, "rows": 2}
"""How many mutants of a kind are made of one base; one of the others."""
FULL_EVERY, QUICK_EVERY = 3, 36
"""Of all mutants that could be made, one in so many is tried; `--every 1` tries all."""


@dataclass(frozen=True)
class Trial:
    """One mutated file and its outcome."""

    base: str
    source: str
    group: str
    kind: str
    outcome: Outcome
    detail: str
    seconds: float = 0.0


def list_kinds() -> tuple[Kind, ...]:
    """Give every kind of damage."""
    return (*list_grid_kinds(), *list_cell_kinds(), *list_file_kinds(), *list_workbook_kinds(), *list_hostile_kinds())


def try_base(base: Base, prepared: Path, every: int = 1, kinds: Sequence[Kind] = ()) -> Iterator[Trial]:
    """Make the mutants of a base and judge each.

    Parameters
    ----------
    base : Base
    prepared : Path
        A data folder, as `prepare_store` makes it.
    every : int
        Try one mutant of so many.
    kinds : sequence of Kind, optional
        All where left out.
    """
    expected = read_base(base, prepared)
    start = sum(map(ord, base.name)) % every
    number = 0
    for kind in kinds or list_kinds():
        for variant in range(VARIANTS.get(kind.group, 1)):
            number += 1
            if (number + start) % every:
                continue
            mutant = kind.make(base, Random(f"{SEED}/{base.name}/{kind.name}/{variant}/{number}"))  # noqa: S311
            if mutant is not None:
                began = time.process_time()
                verdict = judge(mutant, kind, base, expected, prepared)
                took = time.process_time() - began
                yield Trial(base.name, base.source, kind.group, kind.name, verdict.outcome, verdict.detail, took)


def list_answer_kinds() -> tuple[AnswerKind, ...]:
    """Give every kind of damage that shows in an answer, and not in one file."""
    return (*list_orphan_kinds(), *list_place_kinds(), *list_store_kinds())


def try_answers(kind: AnswerKind, every: int = 1) -> Iterator[Trial]:
    """Damage what is held in one way, several times, and judge what is answered."""
    kind.prepare()
    for variant in range(0, kind.variants, every):
        random = Random(f"{SEED}/{kind.name}/{variant}")  # noqa: S311
        with tempfile.TemporaryDirectory() as name:
            began = time.process_time()
            verdict = kind.try_once(Path(name), random)
            took = time.process_time() - began
        yield Trial("a store", kind.group, kind.group, kind.name, verdict.outcome, verdict.detail, took)


@cache
def _prepared() -> Path:
    return prepare_store(Path(tempfile.mkdtemp(prefix="bad-input-")))


def _try_number(number: int, every: int) -> list[Trial]:
    return list(try_base(list_bases()[number], _prepared(), every))


def _try_answers(number: int, every: int) -> list[Trial]:
    return list(try_answers(list_answer_kinds()[number], every))


def run(every: int, jobs: int) -> list[Trial]:
    """Try all bases, and all damage that shows in an answer, in a few processes."""
    bases, kinds = range(len(list_bases())), range(len(list_answer_kinds()))
    with ProcessPoolExecutor(jobs) as pool:
        of_files = pool.map(_try_number, bases, [every] * len(bases))
        of_answers = pool.map(_try_answers, kinds, [every] * len(kinds))
        return [trial for trials in (*of_files, *of_answers) for trial in trials]


def tabulate(trials: Sequence[Trial], by: str) -> str:
    """Write how many trials had which outcome, by kind, group or source."""
    counts: dict[str, Counter[Outcome]] = {}
    for trial in trials:
        counts.setdefault(getattr(trial, by), Counter())[trial.outcome] += 1
    counts["total"] = Counter(trial.outcome for trial in trials)
    rows = [(by, "files", *map(str, Outcome))]
    rows += [(name, f"{c.total():,}", *(f"{c[outcome]:,}" for outcome in Outcome)) for name, c in counts.items()]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = [
        " | ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([lines[0], "-+-".join("-" * width for width in widths), *lines[1:]])


def measure(trials: Sequence[Trial], goal_files: int) -> list[Measure]:
    """Give the benchmark's measures: how many files, how many came through wrong, and every kind's outcomes."""
    outcomes = Counter(trial.outcome for trial in trials)
    wrong = outcomes[Outcome.WRONG]
    slowest = max(trials, key=lambda trial: trial.seconds)
    slow = sum(trial.seconds > MOST_SECONDS for trial in trials)
    named = f"{slow:,} (slowest: {slowest.seconds:.1f} s, {slowest.kind})"
    measures = [
        Measure("mutated files", f"at least {goal_files:,}", f"{len(trials):,}", len(trials) >= goal_files),
        Measure("silently wrong, or crashed", "0", f"{wrong:,}", wrong == 0),
        Measure(f"over {MOST_SECONDS} seconds of the processor", "0", named, slow == 0),
        *(Measure(f"{outcome}", "", f"{outcomes[outcome]:,}") for outcome in Outcome if outcome is not Outcome.WRONG),
    ]
    for by in ("source", "kind"):
        for name in dict.fromkeys(getattr(trial, by) for trial in trials):
            found = Counter(trial.outcome for trial in trials if getattr(trial, by) == name)
            told = ", ".join(f"{found[outcome]} {outcome}" for outcome in Outcome if found[outcome])
            measures.append(Measure(f"{by}: {name}", "0 wrong", told, found[Outcome.WRONG] == 0))
    return measures


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark and give its exit code."""
    parser = ArgumentParser(prog="python -m benchmarks.bad_input", description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=FULL_EVERY, help="try one mutant of so many")
    parser.add_argument("--quick", action="store_true", help=f"try one mutant of {QUICK_EVERY}")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--list", action="store_true", help="list what came through wrong or cannot be known")
    options = parser.parse_args(arguments)
    every = QUICK_EVERY if options.quick else options.every
    trials = run(every, options.jobs)
    print(tabulate(trials, "kind"), tabulate(trials, "source"), sep="\n\n", end="\n\n")
    shown = {Outcome.WRONG, Outcome.NOT_KNOWABLE} if options.list else {Outcome.WRONG}
    for trial in trials:
        if trial.outcome in shown:
            print(f"{trial.outcome} | {trial.base} | {trial.kind} | {trial.detail}")
    name = "bad_input_quick" if options.quick else "bad_input"
    settings = {
        "quick": options.quick,
        "every": every,
        "bases": len(list_bases()),
        "kinds": len({k.name for k in list_kinds()} | {k.name for k in list_answer_kinds()}),
    }
    return report(name, measure(trials, 0 if options.quick else GOAL_FILES), seed=SEED, settings=settings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
