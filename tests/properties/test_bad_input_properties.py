"""Whatever is done to a file, it is refused in clear words or gives the right numbers."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.bad_input import list_kinds
from benchmarks.corpus_built import list_built
from benchmarks.grids import Base
from benchmarks.judging import Outcome, Tables, judge, prepare_store, read_base

SLOWEST = {"local_incidents"}
BASES = [base for base in list_built() if base.source not in SLOWEST]
KINDS = list_kinds()


@cache
def prepared() -> Path:
    return prepare_store(Path(tempfile.mkdtemp(prefix="bad-input-")))


@cache
def expected(number: int) -> tuple[Base, Tables]:
    return BASES[number], read_base(BASES[number], prepared())


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, len(BASES) - 1),
    st.integers(0, len(KINDS) - 1),
    st.integers(0, 2**32),
)
def test_no_damage_makes_a_silent_wrong_number(base_number, kind_number, seed):
    base, tables = expected(base_number)
    kind = KINDS[kind_number]
    mutant = kind.make(base, Random(seed))  # noqa: S311
    if mutant is not None:
        verdict = judge(mutant, kind, base, tables, prepared())
        assert verdict.outcome is not Outcome.WRONG, f"{kind.name}: {verdict.detail}"
