"""A few seeded kills of each command: nothing is lost, nothing lives on, nothing is left; and three at once."""

from __future__ import annotations

import sys

import pytest

from benchmarks import kills

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")


@pytest.mark.parametrize(("name", "number"), [("run", 3), ("ingest", 4), ("fetch", 4)])
def test_a_kill_costs_nothing(name: str, number: int) -> None:
    tally = kills.kill_often(name, number, seed=3)
    assert (tally.kills, tally.told) == (number, [])


def test_several_at_once_wait_for_their_turn_or_say_why_not() -> None:
    assert kills.start_many(3) == {"runs": [], "ingests": []}


def test_a_lost_pack_and_a_leftover_would_be_found() -> None:
    with kills.open_bench() as bench:
        job = kills.make_ingest_job(bench)
        (bench.data / ".staging-left").mkdir()
        assert job.find_left() == [".staging-left"]
        (bench.data / "raw" / "received.csv").unlink()
        assert job.find_lost() == ["raw/received.csv"]
        assert kills._find_lost_pack(bench) == ["no pack"]
