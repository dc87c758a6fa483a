"""The benchmark of the statistics: every goal has its rows, and a row that misses its goal says so."""

from __future__ import annotations

import json

import pytest

from benchmarks import statistics, statistics_pages, statistics_references, statistics_verdicts, tables
from benchmarks.statistics_changes import Kind
from benchmarks.tables import Measure, format_table
from shp_analysis.assessment.assessments import assess
from shp_analysis.assessment.verdicts import Verdict
from shp_analysis.config.catalogue import read_catalogue


def test_numbered_measures_are_one_table_with_their_goals_numbers() -> None:
    measures = [Measure("a", "< 1", "2", met=False, number=3), Measure("b", "", "7")]
    assert format_table(measures).splitlines() == [
        "  | measure | goal | reached | met",
        "--+---------+------+---------+----",
        "3 | a       | < 1  | 2       | NO",
        "  | b       |      | 7       |",
    ]


def test_measures_without_numbers_have_no_such_column() -> None:
    assert format_table([Measure("b", "", "7")]).splitlines()[0] == "measure | goal | reached | met"


def test_each_measure_of_the_early_warning_goes_to_its_goal() -> None:
    names = ["false warnings a quarter", "the four rules of a chart", "steps of 20 %", "adjusted p-values", "time to"]
    numbered = statistics.number_early_warning([Measure(name, "", "") for name in names])
    assert [each.number for each in numbered] == [3, 3, 4, 6, 8]


def test_quiet_indicators_are_judged_by_the_whole_judgement_and_repeat() -> None:
    kind = Kind(300, (3.0,))
    found = statistics_verdicts.count_verdicts(kind, 40)
    assert found == statistics_verdicts.count_verdicts(kind, 40)
    assert found.total() == 40
    assert set(found) <= {Verdict.UP, Verdict.DOWN, Verdict.NO_CLEAR_CHANGE}
    assert found[Verdict.NO_CLEAR_CHANGE] >= 32
    assert statistics_verdicts.count_verdicts(Kind(5, (1.0,)), 10)[Verdict.TOO_FEW] >= 8


def test_a_share_outside_its_limits_misses_the_goal() -> None:
    verdicts = statistics_verdicts.Counter({Verdict.UP: 200, Verdict.NO_CLEAR_CHANGE: 800})
    assert statistics_verdicts._row("x", verdicts, 1_000).met is False


def test_the_references_are_met() -> None:
    measures = statistics_references.measure_references()
    assert [(each.number, each.met) for each in measures] == [(6, True)]


def test_a_page_of_ten_years_is_what_is_timed() -> None:
    records, catalogue = statistics_pages.build_records(), read_catalogue()
    indicators = statistics_pages.list_indicators(catalogue)
    assert len(indicators) >= 10
    found = assess(indicators[0], statistics_pages.QUARTER, records, catalogue)
    assert found.signals is not None
    assert len(found.signals.series.counts) == 120
    assert found.rate is not None
    assert len(found.sources) == 24


def test_the_table_is_written_with_its_seeds(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(tables, "RESULTS_FOLDER", tmp_path)
    monkeypatch.setattr(statistics, "measure_statistics", lambda **_: [Measure("x", "< 1", "2", met=False, number=1)])
    assert statistics.main(["--quick"]) == 1
    written = json.loads((tmp_path / "statistics_quick.json").read_text())
    assert written["measures"][0]["number"] == 1
    assert set(written["settings"]["seeds"]) >= {"charts", "rates", "forecasts"}
    assert "NO" in capsys.readouterr().out


@pytest.mark.parametrize("said", ["::test_a7_13_of_26 PASSED", "::test_x13_each_rule[run] FAILED"])
def test_the_papers_rows_are_read_from_the_tests_names(said: str) -> None:
    (found,) = statistics_references._TEST.findall(f"tests/acceptance/test_papers.py{said}\n")
    assert found in {("a7", "PASSED"), ("x13", "FAILED")}
