"""The benchmark of the readers: what it generates is what is published, and both ways count the same."""

from __future__ import annotations

import json

import pytest
from stats19_files import count_matches, find_orphans, read_casualties, read_collisions

from benchmarks import reader_jobs, tables
from benchmarks.archives import write_police_archive
from benchmarks.reader_jobs import ARCHIVE, JOBS, ROADS
from benchmarks.readers import Run, _compare, _run
from benchmarks.roads import write_road_files
from benchmarks.tables import Measure, format_table, report
from shp_analysis.readers import police_uk
from shp_analysis.readers.deliveries import open_delivery
from shp_analysis.readers.police_uk_checks import read_clean_file

SEED = 5


def test_the_police_archive_is_laid_out_as_published_and_beyond_doubt(tmp_path):
    path = tmp_path / ARCHIVE
    size = write_police_archive(path, ["2024-01", "2024-02"], 6_000, SEED)
    with open_delivery(path) as members:
        assert sum(member.size_bytes for member in members) == size
        files = police_uk.find_monthly_files(members)
        assert len(files) == 43 * 2
        assert all(read_clean_file(file.member.read(), file.kind, file.force, file.month) for file in files)
        frame = police_uk.read_monthly_file(files[0])
    assert police_uk.is_simulated(frame)
    assert frame["crime_id"].isna().equals(frame["crime_type"] == police_uk.ANTI_SOCIAL_BEHAVIOUR)


def test_the_road_files_are_read_strictly_and_fit_together(tmp_path):
    for path in write_road_files(tmp_path, 3_000, SEED):
        assert path.stat().st_size > 100_000
    collisions, casualties = read_collisions(tmp_path), read_casualties(tmp_path)
    assert find_orphans(casualties, collisions).empty
    assert count_matches(collisions, casualties, "number_of_casualties")
    assert casualties["collision_year"].min() == 1979
    assert casualties["collision_year"].max() == 2024
    assert casualties.loc[casualties["collision_year"] < 2004, "adjusted_serious"].isna().all()
    assert casualties.loc[casualties["collision_year"] >= 2004, "adjusted_serious"].notna().all()


@pytest.mark.parametrize(("subject", "size"), [("police", 30_000), ("roads", 6_000)])
def test_both_ways_count_the_same(tmp_path, monkeypatch, subject, size):
    monkeypatch.setattr(reader_jobs, "SPAN_MONTHS", 2)
    JOBS[f"make_{subject}"](tmp_path, size, SEED)
    ours = JOBS[f"ours_{subject}"](tmp_path, 0, SEED)
    theirs = JOBS[f"pandas_{subject}"](tmp_path, 100, SEED)
    assert ours["answers"] == theirs["answers"] == JOBS[f"ask_{subject}"](tmp_path, 0, SEED)["answers"]
    assert all(ours["answers"]), "both areas must have something to count"
    assert ours["first"] >= ours["ingested"]


def test_a_job_runs_in_a_process_of_its_own_and_tells_its_memory(tmp_path):
    run = _run("make_roads", tmp_path, 500)
    written = sum(path.stat().st_size for path in (tmp_path / ROADS).iterdir())
    assert run.told == {"bytes": written}
    assert 10 < run.peak_mib < 2_000


def run(first: float, peak_mib: float, count: int = 7) -> Run:
    told = {"first": first, "next": first / 10, "answers": [{"2024": count}], "ingested": first, "rows": 9}
    return Run(told, peak_mib, processor_s=first)


def test_memory_at_the_goal_a_slow_question_and_other_counts_do_not_meet_it():
    met = {
        each.measure: each.met
        for each in _compare("x", run(9, 1024), run(3, 100), run(10, 5_000, count=8), 100, is_quick=False)
        if each.met is not None
    }
    assert list(met.values()) == [False, False, False]


def test_a_share_of_the_files_is_told_and_scaled():
    rows = list(_compare("x", run(10, 300), run(1, 100), run(4, 5_000), 20, is_quick=False))
    assert any("pandas read 20% of the files" in row.measure for row in rows)
    assert not any("same counts" in row.measure for row in rows)
    assert [row.reached for row in rows if "ask once" in row.measure] == ["2.0"]


def test_the_report_is_printed_written_and_says_whether_all_is_met(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tables, "RESULTS_FOLDER", tmp_path / "results")
    measures = [Measure("memory", "< 10", "9", met=True), Measure("pandas", "", "12")]
    assert report("small", measures, seed=SEED, settings={"quick": True}) == 0
    assert report("small", [*measures, Measure("speed", ">= 5", "4", met=False)], seed=SEED, settings={}) == 1
    assert format_table(measures) in capsys.readouterr().out
    written = json.loads((tmp_path / "results" / "small.json").read_text())
    assert [each["met"] for each in written["measures"]] == [True, None, False]
    assert written["seed"] == SEED
    assert {"python", "pandas", "pyarrow", "duckdb"} <= set(written["versions"])
    assert written["machine"]["cores"] >= 1
