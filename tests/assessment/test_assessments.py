"""Everything a page says of one indicator, on a few dozen rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from builders import ASB, assess_one, build_records, steady, street_rows, write_street

from shp_analysis.assessment.verdicts import Basis, OtherForces, Verdict
from shp_analysis.config.catalogue import read_catalogue
from shp_analysis.measures.counted_tables import find_counted_table
from shp_analysis.measures.records import AreaRecords, read_area_records
from shp_analysis.papers.results import as_record
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import FinancialYear, Month, Quarter
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store
from shp_analysis.text.reasons import say
from shp_analysis.text.sentences import state, write_title


def test_the_count_its_rate_and_its_comparisons(two_years: AreaRecords) -> None:
    assessment = assess_one(two_years)
    assert (assessment.count, assessment.verdict) == (120, Verdict.UP)
    assert assessment.rate is not None
    assert assessment.rate.value == pytest.approx(1_000 * 120 / 129_759)
    assert assessment.rate.lower < assessment.rate.value < assessment.rate.upper
    assert assessment.rate.population.mid_year == 2020
    quarter, year = assessment.comparisons
    assert (quarter.basis, quarter.baseline_count) == (Basis.SAME_QUARTER_LAST_YEAR, 60)
    assert (year.basis, year.count, year.baseline_count) == (Basis.TWELVE_MONTHS, 300, 240)
    assert assessment.data_to == date(2025, 3, 31)
    assert len(assessment.counts_by_month) == 24
    assert len(assessment.sources) == 24  # one file a month
    assert assessment.counts_by_month[Month("2025-03")] == 40


def test_a_year_is_set_beside_the_year_before_only(two_years: AreaRecords) -> None:
    assessment = assess_one(two_years, period="financial year 2024-25")
    assert [each.basis for each in assessment.comparisons] == [Basis.SAME_PERIOD_LAST_YEAR]
    assert assessment.comparisons[0].baseline == FinancialYear("2023-24")


def test_three_cases_becoming_six_are_too_few(tmp_path: Path) -> None:
    months = steady("2023-04", 24, {"Burglary": 20, "Robbery": 1})
    for label in ("2025-01", "2025-02", "2025-03"):
        months[label]["Robbery"] = 2
    assessment = assess_one(build_records(tmp_path, months), "Robbery")
    assert assessment.verdict is Verdict.TOO_FEW
    sentence = state(assessment).text
    assert sentence == (
        "Robbery: 6 in January to March 2025 and 3 in January to March 2024. Numbers this small cannot show a change; "
        "there were 15 in the twelve months to March 2025."
    )
    record = as_record(assessment)["comparisons"][0]
    assert (record["change_count"], record["change_percent"], record["lower"]) == (3, None, None)


def test_one_place_in_one_month_is_named(tmp_path: Path) -> None:
    published = tmp_path / "published"
    for label, counts in steady("2023-04", 24, {"Drugs": 10}).items():
        festival = street_rows(label, {"Drugs": 38}, place=("E01012385", "Halton 009A")) if label == "2025-02" else []
        write_street(published, label, counts, more=festival)
    ingest(published, folder=tmp_path / "data", received_on=date(2025, 6, 1))
    records = read_area_records(open_store(tmp_path / "data"), "police_uk_street", read_area("Halton"))
    assessment = assess_one(records, "Drugs")
    assert assessment.verdict is Verdict.UP
    assert assessment.concentration is not None
    assert (assessment.concentration.place, assessment.concentration.count) == ("Halton 009A", 38)
    assert state(assessment).text.endswith(
        "Of the 68, 38 were recorded in one neighbourhood (Halton 009A) in one month (February 2025)."
    )


def test_archives_of_different_age_are_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for day, first in ((date(2024, 5, 31), "2024-01"), (date(2025, 9, 30), "2025-01")):
        published = tmp_path / f"received-{day}"
        for label, counts in steady(first, 3, {"Burglary": 20}).items():
            write_street(published, label, counts)
        ingest(published, folder=data, received_on=day)
    records = read_area_records(open_store(data), "police_uk_street", read_area("Halton"))
    note = say(assess_one(records).notes[0])
    assert "January to March 2024 from one received on 31 May 2024" in note
    assert "January to March 2025 from one received on 30 September 2025" in note


def test_rows_of_other_forces_are_told(tmp_path: Path) -> None:
    published = tmp_path / "published"
    for label, counts in steady("2023-04", 24, {"Burglary": 20}).items():
        write_street(published, label, counts)
    write_street(published, "2025-02", {"Burglary": 3, "Drugs": 4, ASB: 9}, force="merseyside")
    write_street(published, "2024-11", {"Robbery": 1}, force="merseyside")
    ingest(published, folder=tmp_path / "data", received_on=date(2025, 6, 1))
    records = read_area_records(open_store(tmp_path / "data"), "police_uk_street", read_area("Halton"))
    for indicator, others in (("Burglary", 3), ("ALL-01", 7), ("ASB-01", 9)):
        assert assess_one(records, indicator).notes == (OtherForces(others, Quarter("2024-25 Q4")),)
    assert assess_one(records, "Robbery").notes == ()


def test_nothing_received_is_incomplete_and_never_zero(tmp_path: Path) -> None:
    assessment = assess_one(build_records(tmp_path, {"2025-01": {"Burglary": 1}}, area="Leeds"))
    assert (assessment.verdict, assessment.count, assessment.rate) == (Verdict.INCOMPLETE, None, None)
    assert (assessment.data_to, assessment.sources) == (None, ())
    assert write_title(assessment) == "Burglary: incomplete"
    assert state(assessment).text == ("Burglary: not received for January to March 2025.")


def test_an_area_without_a_population_has_no_rate(two_years: AreaRecords) -> None:
    nowhere = replace(two_years, area=read_area("Runcorn"), people=None)
    assessment = assess_one(nowhere)
    assert (assessment.rate, assessment.verdict) == (None, Verdict.UP)


def test_the_quarter_before_the_first_is_incomplete(two_years: AreaRecords) -> None:
    first = assess_one(two_years, period="2023-24 Q1")
    assert (first.count, first.verdict) == (60, Verdict.INCOMPLETE)
    assert first.period == Quarter("2023-24 Q1")


def test_twelve_months_are_judged_alike_in_a_quarters_paper_and_in_the_years(two_years: AreaRecords) -> None:
    _, in_quarter = assess_one(two_years).comparisons
    (in_year,) = assess_one(two_years, period="financial year 2024-25").comparisons
    assert (in_quarter.count, in_quarter.baseline_count) == (in_year.count, in_year.baseline_count)
    assert in_quarter.p_value == in_year.p_value
    assert in_quarter.change is not None
    assert in_year.change is not None
    assert in_quarter.change.dispersion == in_year.change.dispersion


def read_quarters(indicator: str, counts: dict[str, tuple[int, int]]) -> AreaRecords:
    """Give a partner's return of some quarters: what is counted, and what it is of."""
    _, measure = read_catalogue().indicator(indicator).measure()
    own = {column: values[0] for column, values in measure.include.items()}
    known = {"part_unit": "a", "sha256": "f" * 64, "organisation": "a", "category": "", "breakdown": "total"}
    sums = [
        {"sum_value": count, "known_value": 1, "sum_base": base, "known_base": 1, "records": 1}
        for count, base in counts.values()
    ]
    frame = pd.DataFrame(
        [
            {**known, **own, **number, "period": label, "part_period": label}
            for label, number in zip(counts, sums, strict=True)
        ]
    )
    periods = frame[["period", "part_period", "sha256"]].assign(rows=1, path="a.csv", received_on=date(2025, 6, 1))
    table = find_counted_table(measure.records)
    return AreaRecords(table, read_area("Halton"), date(2025, 6, 1), frame, periods)


def test_people_counted_in_each_quarter_are_never_added_up_to_a_year() -> None:
    labels = [f"{year}-{year % 100 + 1}-Q{number}" for year in (2023, 2024) for number in (1, 2, 3, 4)]
    counts = {label: (540 + place, 0) for place, label in enumerate(labels)}
    found = assess_one(read_quarters("SUB-01", counts), "SUB-01", "financial year 2024-25")
    assert (found.count, found.period) == (547, Quarter("2024-25 Q4"))
    assert [each.basis for each in found.comparisons] == [Basis.SAME_QUARTER_LAST_YEAR]
    assert found.comparisons[0].baseline_count == 543
    assert found.paper_period == FinancialYear("2024-25")
    assert state(found).text.startswith(
        "Adults in structured treatment (January to March 2025): 547, compared with 543"
    )
    late = {label: each for label, each in counts.items() if label != labels[-1]}
    newest = assess_one(read_quarters("SUB-01", late), "SUB-01", "financial year 2024-25")
    assert (newest.count, newest.period) == (546, Quarter("2024-25 Q3"))


def test_events_are_still_added_up_to_a_year() -> None:
    labels = [f"{year}-{year % 100 + 1}-Q{number}" for year in (2023, 2024) for number in (1, 2, 3, 4)]
    found = assess_one(read_quarters("DA-03", dict.fromkeys(labels, (80, 80))), "DA-03", "financial year 2024-25")
    assert (found.count, found.paper_period) == (320, None)
