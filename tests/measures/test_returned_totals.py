"""A partner's own total answers an indicator whose other sources do not hold the period."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from partner_return_files import make_row, make_stock, write_return
from typer.testing import CliRunner

from shp_analysis.assessment.area_records import open_records
from shp_analysis.assessment.comparisons import compare_periods
from shp_analysis.assessment.verdicts import Basis, Verdict
from shp_analysis.cli.app import app
from shp_analysis.config.catalogue import RETURNS, read_catalogue
from shp_analysis.measures.observations import count_observations
from shp_analysis.measures.records import read_area_records
from shp_analysis.papers.results import as_record
from shp_analysis.readers.incidents import FLAGS
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import CalendarYear, Month, parse_period
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store
from shp_analysis.text.reasons import say

CASE = Path(__file__).parents[3] / "shared" / "cases" / "seed-figures-as-returns"
POLICE = {"organisation": "Cheshire Constabulary", "contact_role": "Performance analyst"}
CATALOGUE = read_catalogue()
NOVEMBER = Month("2024-11")


def take_in(tmp_path: Path, *paths: Path) -> Path:
    for path in paths:
        ingest(path, folder=tmp_path / "data", received_on=date(2025, 6, 1))
    return tmp_path / "data"


def return_incidents(tmp_path: Path, counts: dict[str, int]) -> Path:
    rows = [make_row("police_incidents", str(count), period=month, **POLICE) for month, count in counts.items()]
    return write_return(tmp_path, rows, name="police-2024-25-Q3.csv")


def write_incidents(tmp_path: Path, month: Month, per_day: int) -> Path:
    """Write a month of incidents, so many on every day."""
    days = [month.start + timedelta(days=number) for number in range(month.days)]
    rows = [
        ",".join(("Cheshire Constabulary", day.isoformat(), str(hour), "E01012367", "Transport", *("N" for _ in FLAGS)))
        for day in days
        for hour in range(per_day)
    ]
    path = tmp_path / f"cheshire-incidents-{month.label}.csv"
    headings = ",".join(("recorded_by", "incident_date", "incident_hour", "lsoa_code", "incident_type", *FLAGS))
    path.write_text("\n".join([headings, *rows]) + "\n", encoding="utf-8")
    return path


def assess(data: Path, indicator: str, period: str, source: str | None = None):
    opened = open_records(data_folder=str(data))
    return opened.assess(opened.catalogue.indicator(indicator), parse_period(period), source)


def test_a_partners_total_answers_where_nothing_else_holds_the_period(tmp_path: Path) -> None:
    data = take_in(tmp_path, return_incidents(tmp_path, {"2024-11": 250, "2023-11": 200}))
    found = assess(data, "ALL-02", "2024-11")
    assert (found.source, found.count, found.comparisons[0].baseline_count) == (RETURNS, 250, 200)
    assert say(found.notes[0]) == "It is the total that a partner returned: no other source holds November 2024."
    assert [each.file for each in found.sources] == ["police-2024-25-Q3.csv"]


def test_records_come_before_a_partners_total(tmp_path: Path) -> None:
    returned = return_incidents(tmp_path, {"2024-11": 250, "2023-11": 200})
    data = take_in(tmp_path, returned, write_incidents(tmp_path, NOVEMBER, 3))
    found = assess(data, "ALL-02", "2024-11")
    assert (found.source, found.count, found.notes) == ("incidents", 90, ())
    assert assess(data, "ALL-02", "2023-11").source == RETURNS
    assert assess(data, "ALL-02", "2024-11", RETURNS).count == 250
    assert assess(data, "ALL-02", "2023-11", "incidents").count is None


def test_the_first_source_is_named_where_nothing_holds_the_period(tmp_path: Path) -> None:
    data = take_in(tmp_path, return_incidents(tmp_path, {"2024-11": 250}))
    found = assess(data, "ALL-02", "2024-10")
    assert (found.source, found.verdict, found.count) == ("incidents", Verdict.INCOMPLETE, None)
    assert assess(data, "ALL-01", "2024-11").source == "police_uk"


def test_a_quarter_of_which_a_month_was_not_returned_is_incomplete(tmp_path: Path) -> None:
    data = take_in(tmp_path, return_incidents(tmp_path, {"2024-10": 250, "2024-12": 250}))
    assert assess(data, "ALL-02", "2024-25 Q3").count is None


def test_show_prints_a_share_with_both_counts_and_its_range(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {"2010-11 Q3": (26, 13), "2009-10 Q3": (30, 12)}
    rows = [
        make_row(measure, str(count), period=period, **POLICE)
        for period, pair in counts.items()
        for measure, count in zip(("hate_incidents", "hate_crimes"), pair, strict=True)
    ]
    data = take_in(tmp_path, write_return(tmp_path, rows, name="hate.csv"))
    monkeypatch.setenv("SHP_DATA", str(data))
    answer = CliRunner().invoke(app, ["show", "HC-03", "--period", "2010-11 Q3"]).output
    assert "Share: 13 of 26 (50%), 95% range 32% to 68%" in answer
    assert "12 of 30" in answer
    share = as_record(assess(data, "HC-03", "2010-11 Q3"))["share"]
    assert share == {"count": 13, "whole": 26, "percent": 50.0, "lower": 32.06, "upper": 67.94}
    assert as_record(assess(data, "HC-02", "2010-11 Q3"))["share"] is None


def test_what_is_open_on_a_day_is_set_beside_the_same_day_a_year_before_and_nothing_else(tmp_path: Path) -> None:
    days = {"2024-25 Q3": ("2024-12-31", 174), "2023-24 Q3": ("2023-12-31", 150), "2024-25 Q2": ("2024-09-30", 90)}
    rows = [
        make_stock("idva_cases_open", str(count), period=period, as_at=day) for period, (day, count) in days.items()
    ]
    found = assess(take_in(tmp_path, write_return(tmp_path, rows, name="idva.csv")), "DA-07", "2024-25 Q3")
    (comparison,) = found.comparisons
    assert (comparison.basis, comparison.count, comparison.baseline_count) == (Basis.SAME_QUARTER_LAST_YEAR, 174, 150)


@pytest.mark.skipif(not CASE.exists(), reason="the shared cases are not beside the project")
def test_the_figures_of_the_partnerships_own_papers(tmp_path: Path) -> None:
    files = [path for path in sorted(CASE.glob("*.csv")) if path.name != "children_amb.csv"]
    data = take_in(tmp_path, *files)
    incidents = {year: assess(data, "ALL-02", year) for year in ("2019", "2021", "2022")}
    assert {year: each.count for year, each in incidents.items()} == {"2019": 34_733, "2021": 30_864, "2022": 30_821}
    bonfire = assess(data, "ASB-03", "2023")
    assert (bonfire.count, bonfire.comparisons[0].baseline_count, bonfire.verdict) == (96, 150, Verdict.DOWN)
    children = assess(data, "DA-09", "2023-24 Q2")
    assert (children.count, children.period.in_words) == (30, "Quarter 2 2023-24: July to September 2023")
    waiting = assess(data, "DA-07", "2023-24 Q3")
    assert (waiting.count, len(waiting.comparisons)) == (174, 1)
    share = as_record(assess(data, "HC-03", "2010-11 Q3"))["share"]
    assert (share["count"], share["whole"], round(share["lower"]), round(share["upper"])) == (13, 26, 32, 68)
    assert assess(data, "ASB-09", "2023-24 Q4").count == 410


@pytest.mark.skipif(not CASE.exists(), reason="the shared cases are not beside the project")
def test_years_before_and_after_the_pandemic_are_compared(tmp_path: Path) -> None:
    data = take_in(tmp_path, CASE / "police-incidents.csv")
    indicator, halton = CATALOGUE.indicator("ALL-02"), read_area("Halton")
    records = read_area_records(open_store(data), "partner_returns_month", halton)
    observations = count_observations(records, indicator, RETURNS).assign(denominator=pd.NA)  # counts, and no people
    breaks = CATALOGUE.breaks_of(indicator, halton)
    now, then = CalendarYear("2022"), CalendarYear("2019")
    found = compare_periods(Basis.SAME_PERIOD_LAST_YEAR, now, then, observations, breaks, Dispersion())
    assert found.verdict is Verdict.DOWN
    assert found.change is not None
    assert found.change.change_percent == pytest.approx(-11.3, abs=0.05)
    assert (round(found.change.lower, 1), round(found.change.upper, 1)) == (-12.6, -9.9)
