"""What several papers of a pack tell is read and assessed once; what else a paper asks is its own."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import steady, write_street

from shp_analysis.assessment import area_records
from shp_analysis.assessment.area_records import SharedRecords, open_records
from shp_analysis.config.parameters import Paper
from shp_analysis.errors import ParametersError
from shp_analysis.papers.run import Run, find_annual_year, open_run
from shp_analysis.reference.periods import Quarter
from shp_analysis.runs.shared_assessments import share_assessments
from shp_analysis.store.intake import ingest

Q4 = Quarter("2024-25 Q4")
PAPERS = (Paper.BOARD_SUMMARY, Paper.CRIME_AND_ASB, Paper.ANNUAL_ASSESSMENT, Paper.CHANGES_SINCE_LAST_MEETING)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    take_in(tmp_path, "2023-04", 24)
    return tmp_path / "data"


def take_in(folder: Path, first: str, number: int) -> None:
    for month, counts in steady(first, number, {"Burglary": 20, "Drugs": 5}).items():
        write_street(folder / "published", month, counts)
    ingest(folder / "published", folder=folder / "data")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[Any, ...]]:
    """Count what is really assessed."""
    assess, counted = area_records.assess, Counter[tuple[Any, ...]]()

    def count(indicator: Any, period: Any, records: Any, catalogue: Any, source: Any = None) -> Any:
        counted[records.area.code, indicator.id, period, source] += 1
        return assess(indicator, period, records, catalogue, source=source)

    monkeypatch.setattr(area_records, "assess", count)
    return counted


def question(data: Path, **other: Any) -> dict[str, Any]:
    return {
        "period": Q4.slug,
        "area": "E06000006",
        "as_of": "2025-06-01",
        "edition": "public",
        "data_folder": str(data),
        "simulated": False,
    } | other


def open_all(data: Path, *, shared: bool) -> list[Run]:
    with share_assessments(PAPERS, **question(data)) if shared else nullcontext():
        return [open_run(paper=paper, **question(data)) for paper in PAPERS]


def test_a_pack_assesses_each_indicator_once(data: Path, asked: Counter[tuple[Any, ...]]) -> None:
    with share_assessments(PAPERS, **question(data)):
        before = asked.copy()
        assert {period for _, _, period, _ in before} == {Q4}, "the year and the quarter before are one paper's own"
        runs = [open_run(paper=paper, **question(data)) for paper in PAPERS]
        assert {period for _, _, period, _ in asked - before} == {find_annual_year(Q4)}
        assert runs[-1].assessments_before[0].period == Q4.previous()
    assert set(asked.values()) == {1}
    summary, crime, *_ = runs
    assert summary.opened.records_of("police_uk_street") is crime.opened.records_of("police_uk_street")


def test_papers_say_the_same_as_each_by_itself(data: Path) -> None:
    alone, together = open_all(data, shared=False), open_all(data, shared=True)
    for one, other in zip(alone, together, strict=True):
        assert one.results.to_csv() == other.results.to_csv()
        assert one.gate.withheld == other.gate.withheld
        assert one.opened.unread == other.opened.unread


def test_a_table_that_papers_on_different_periods_ask_is_read_once(
    data: Path, asked: Counter[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, tables = area_records.read_area_records, []
    monkeypatch.setattr(
        area_records,
        "read_area_records",
        lambda store, table, *a, **k: tables.append(table) or read(store, table, *a, **k),
    )
    papers = (Paper.CRIME_AND_ASB, Paper.ANNUAL_ASSESSMENT)
    with share_assessments(papers, **question(data, edition="partnership")):
        assert not asked, "no indicator is told of one period by both"
        ahead = list(tables)
        for paper in papers:
            open_run(paper=paper, **question(data, edition="partnership"))
    assert "police_uk_street" in ahead
    assert len(tables) == len(set(tables))


def test_nothing_is_assessed_ahead_for_one_paper(data: Path, asked: Counter[tuple[Any, ...]]) -> None:
    with share_assessments([Paper.BOARD_SUMMARY], **question(data)):
        assert not asked


def test_nothing_is_shared_outside(data: Path, asked: Counter[tuple[Any, ...]]) -> None:
    for _ in range(2):
        open_records(area="Halton", data_folder=str(data)).assess(*public_order(data))
    assert set(asked.values()) == {2}


def test_another_question_has_another_answer(data: Path) -> None:
    with SharedRecords().used():
        first = open_records(area="Halton", as_of="2025-06-01", data_folder=str(data))
        assert open_records(area="Halton", as_of="2025-06-01", data_folder=str(data)).kept is first.kept
        assert open_records(area="Halton", as_of="2025-06-02", data_folder=str(data)).kept is not first.kept
        take_in(data.parent, "2025-04", 1)
        assert open_records(area="Halton", as_of="2025-06-01", data_folder=str(data)).kept is not first.kept


def test_a_changed_catalogue_has_another_answer(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = area_records.read_catalogue
    with SharedRecords().used():
        first = open_records(area="Halton", as_of="2025-06-01", data_folder=str(data))
        monkeypatch.setattr(area_records, "read_catalogue", lambda **_: replace(read(), breaks=read().breaks[:1]))
        assert open_records(area="Halton", as_of="2025-06-01", data_folder=str(data)).kept is not first.kept


def test_a_variant_of_an_indicator_is_assessed_by_itself(data: Path) -> None:
    opened = open_records(area="Halton", data_folder=str(data))
    indicator, period = public_order(data)
    variant = indicator.model_copy(update={"rate_per": indicator.rate_per * 10})
    assert opened.assess(indicator, period).indicator == indicator
    assert opened.assess(variant, period).indicator == variant
    assert opened.assess(indicator, period).indicator == indicator


def test_what_one_paper_admitted_is_no_other_papers(data: Path) -> None:
    with share_assessments(PAPERS, **question(data)):
        one, other = (open_run(paper=paper, **question(data)).gate for paper in PAPERS[:2])
    assert one.facts is other.facts
    assert one._admitted is not other._admitted


def test_what_cannot_be_assessed_is_told_by_each_paper(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assess = area_records.assess

    def refuse(indicator: Any, *rest: Any, **more: Any) -> Any:
        if indicator.id == "PUK-06":
            raise ParametersError("It has two figures.")
        return assess(indicator, *rest, **more)

    monkeypatch.setattr(area_records, "assess", refuse)
    for run in open_all(data, shared=True):
        assert run.assessment("PUK-06").is_unread
        assert run.opened.unread == {"PUK-06": "PUK-06 Public order is incomplete: It has two figures."}


def test_a_fault_of_what_is_shared_is_left_to_the_paper(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(area_records, "assess", fail)
    with share_assessments(PAPERS, **question(data)), pytest.raises(ZeroDivisionError):
        open_run(paper=Paper.BOARD_SUMMARY, **question(data))
    with share_assessments(PAPERS, **question(data / "nowhere")):
        pass


def public_order(data: Path) -> tuple[Any, Quarter]:
    return open_records(area="Halton", data_folder=str(data)).catalogue.indicator("PUK-06"), Q4
