"""The harness of damaged files: every kind of outcome is told apart, and a reader that is broken is found out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from benchmarks.bad_input import list_kinds, measure, tabulate, try_base
from benchmarks.corpus_built import list_built
from benchmarks.grids import Base
from benchmarks.judging import Outcome, judge, prepare_store, read_base
from benchmarks.mutations import Effect, Kind, Mutant
from shp_analysis.readers import moj, ndtms

EVERY = 19
BASES = {base.name: base for base in list_built()}
MOJ = BASES["PRSQ_Geographic_data_Apr21_to_Mar22.csv"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    return prepare_store(tmp_path_factory.mktemp("prepared"))


def change(name: str, old: str, new: str, effect: Effect = Effect.DAMAGE) -> Kind:
    """Make a kind of damage that puts a text in the place of another, once."""
    return Kind(
        name, "cells", lambda base, _: Mutant(base.name, base.to_bytes().replace(old.encode(), new.encode(), 1)), effect
    )


def try_one(kind: Kind, prepared: Path, base: Base = MOJ) -> Outcome:
    mutant = kind.make(base, Random(1))  # noqa: S311
    assert mutant is not None
    return judge(mutant, kind, base, read_base(base, prepared), prepared).outcome


def test_each_outcome_is_told_apart(prepared):
    assert try_one(change("nothing", "\0", ""), prepared) is Outcome.RIGHT
    assert try_one(change("a word", "400", "many"), prepared) is Outcome.REFUSED
    assert try_one(change("a rate left out", "30.0", ""), prepared) is Outcome.TOLD
    assert try_one(change("another area", "Warrington", "Rochdale"), prepared) is Outcome.WRONG
    assert try_one(change("another area", "Warrington", "Rochdale", Effect.PLAUSIBLE), prepared) is Outcome.NOT_KNOWABLE


def test_a_check_that_was_taken_out_is_noticed(prepared, monkeypatch):
    kind = change("fewer offenders", ",400,", ",4000,")
    assert try_one(kind, prepared) is Outcome.REFUSED
    for name in ("_check_ages", "_check_counts"):
        monkeypatch.setattr(moj, name, lambda *_: None)
    monkeypatch.setattr(moj, "_rate", lambda frame, column, *_, **__: pd.to_numeric(frame[column]))
    assert try_one(kind, prepared) is Outcome.WRONG


def test_a_reader_that_adds_one_or_crashes_is_noticed(prepared, monkeypatch):
    base = BASES["halton-treatment-monthly.csv"]
    expected = read_base(base, prepared)
    kind = change("nothing", "\0", "")
    mutant = Mutant(base.name, base.to_bytes())
    right = ndtms.read_monthly

    def add_five(member):
        for piece in right(member):
            yield replace(piece, frame=piece.frame.assign(count_rounded=piece.frame["count_rounded"] + 5))

    monkeypatch.setattr(ndtms, "read_monthly", add_five)
    assert judge(mutant, kind, base, expected, prepared).outcome is Outcome.WRONG
    monkeypatch.setattr(ndtms, "read_monthly", lambda _: 1 // 0)
    verdict = judge(mutant, kind, base, expected, prepared)
    assert verdict.outcome is Outcome.WRONG
    assert "ZeroDivisionError" in verdict.detail


def test_built_bases_are_taken_in_by_their_own_readers(prepared):
    for base in BASES.values():
        assert sum(records.total() for _, records in read_base(base, prepared).values()) > 1, base.name


def test_every_kind_has_a_purpose():
    bases = list(BASES.values())
    seed = Random(3)  # noqa: S311
    useless = {kind.name for kind in list_kinds() if not any(kind.make(base, seed) for base in bases)}
    assert useless <= {kind.name for kind in list_kinds() if kind.group == "maps"} | {
        "leading zeros lost",
        "year as 2024.0",
        "a gz file that swells",
    }


def test_a_sample_of_damaged_files_leaves_no_wrong_number(prepared):
    trials = [trial for base in BASES.values() for trial in try_base(base, prepared, EVERY)]
    outcomes = Counter(trial.outcome for trial in trials)
    assert len(trials) >= 150
    assert outcomes[Outcome.REFUSED] > outcomes[Outcome.NOT_KNOWABLE]
    assert [trial for trial in trials if trial.outcome is Outcome.WRONG] == []
    assert "total" in tabulate(trials, "kind")
    assert all(each.met is not False for each in measure(trials, 0))
