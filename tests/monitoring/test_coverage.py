"""Totals of fewer contributors."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from safelives_files import DERIVED, write_derived

from shp_analysis.monitoring.data_quality import Coverage, list_coverage
from shp_analysis.reference.areas import read_area
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

DAY = date(2025, 7, 1)


def marac(year: str, maracs: str, cases: str, force: str = "Cheshire") -> dict[str, str]:
    changed = {"pfa_name_safelives": force, "financial_year": year, "marac_count": maracs, "cases_discussed": cases}
    return {**DERIVED, **changed, "repeat_cases": "", "repeat_cases_pct": ""}


def coverage(tmp_path: Path, *rows: dict[str, str], as_of: date | None = None) -> list[Coverage]:
    ingest(write_derived(tmp_path / "marac.csv", *rows), folder=tmp_path / "data", received_on=DAY)
    return list(list_coverage(open_store(tmp_path / "data"), read_area("Halton"), as_of=as_of))


def test_a_smaller_total_of_fewer_meetings_is_told_with_both_figures(tmp_path):
    """The national figures of SafeLives: 118,140 cases of 286 MARACs, then 108,775 of 273."""
    rows = [
        *(marac("2023-24", "4", "3000"), marac("2023-24", "282", "115140", "Lancashire")),
        *(marac("2024-25", "4", "3009"), marac("2024-25", "269", "105766", "Lancashire")),
    ]
    national, own, forces = coverage(tmp_path, *rows)
    assert national.sentence == (
        "MARAC cases of all forces: 118,140 from 286 MARACs in 2023-24, 108,775 from 273 in 2024-25: "
        "-7.9% in all, -3.5% per MARAC."
    )
    assert not national.change.is_comparable
    assert (own.total_before, own.total, own.change.is_comparable) == (3000, 3009, True)
    assert (forces.change.members_before, forces.change.members) == (2, 2)
    record = national.as_record()
    assert (record["change_percent"], record["change_percent_per_member"]) == (
        pytest.approx(-7.93),
        pytest.approx(-3.54),
    )


def test_a_force_that_sent_nothing_is_not_behind_the_total(tmp_path):
    rows = [marac(year, "4", "3000") for year in ("2023-24", "2024-25")]
    rows += [marac("2023-24", "9", "1000", "Norfolk"), marac("2024-25", "", "", "Norfolk")]
    national, _, forces = coverage(tmp_path, *rows)
    assert (national.total, national.change.members) == (3000, 4)
    assert (forces.change.members_before, forces.change.members) == (2, 1)


def test_one_year_alone_has_nothing_beside_it(tmp_path):
    assert coverage(tmp_path, marac("2024-25", "4", "3009")) == []


def test_nothing_received_by_then_is_nothing_compared(tmp_path):
    rows = [marac("2023-24", "4", "3000"), marac("2024-25", "3", "3009")]
    assert coverage(tmp_path, *rows, as_of=date(2025, 6, 30)) == []


def test_the_real_meetings_grew_fewer(shared_data, tmp_path):
    path = shared_data / "marac" / "marac-by-force-2018-19-to-2024-25.csv"
    ingest(path, folder=tmp_path / "data", received_on=DAY)
    national = list_coverage(open_store(tmp_path / "data"), read_area("Halton"))[0]
    assert (national.change.members_before, national.change.members) == (205, 200)
    assert (national.total_before, national.total) == (95_707, 100_660)
