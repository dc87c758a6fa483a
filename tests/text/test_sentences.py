"""One assessment in one sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from builders import ASB, assess_one, build_records, steady
from observing import observe

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.comparisons import compare_periods
from shp_analysis.assessment.verdicts import Basis, Verdict
from shp_analysis.config.catalogue import Kind, read_catalogue
from shp_analysis.measures.records import AreaRecords
from shp_analysis.reference.periods import Quarter
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.text.sentences import state, write_title


def test_each_verdict_has_its_sentence(two_years: AreaRecords) -> None:
    assert state(assess_one(two_years)).text.startswith(
        "Burglary rose from 60 to 120 (+60, +100%; per day +102%, 95% range "
    )
    assert state(assess_one(two_years, ASB)).text == (
        "Anti-social behaviour: 90, compared with 90. No clear change (0): within its usual variation."
    )
    assert write_title(assess_one(two_years, ASB)) == "Anti-social behaviour: no clear change, 90 compared with 90"
    assert write_title(assess_one(two_years)) == "Burglary rose from 60 to 120"


def test_a_percentage_needs_a_base_of_twenty(tmp_path: Path) -> None:
    months = steady("2023-04", 24, {"Burglary": 4})
    for label in ("2025-01", "2025-02", "2025-03"):
        months[label]["Burglary"] = 20
    assessment = assess_one(build_records(tmp_path, months))
    assert assessment.verdict is Verdict.UP
    assert state(assessment).text == "Burglary rose from 12 to 60 (+48)."


def of_shares(
    base: Assessment, then: tuple[int, int], now: tuple[int, int], indicator: str, *, is_judged: bool = True
) -> Assessment:
    """Give an assessment of two quarters' shares, a year apart."""
    quarter = Quarter("2024-25 Q4")
    parts, wholes = [then[0], None, None, None, now[0]], [then[1], None, None, None, now[1]]
    observations = observe(parts, quarter.same_last_year(), wholes=wholes, indicator=indicator)  # type: ignore[arg-type]
    comparison = compare_periods(
        Basis.SAME_QUARTER_LAST_YEAR,
        quarter,
        quarter.same_last_year(),
        observations,
        (),
        Dispersion(),
        Kind.PROPORTION,
        is_judged=is_judged,
    )
    own = {"verdict": comparison.verdict, "reasons": comparison.reasons, "count": comparison.count}
    return replace(base, indicator=read_catalogue().indicator(indicator), comparisons=(comparison,), **own)


def test_shares_of_few_are_said_without_a_percentage(two_years: AreaRecords) -> None:
    few = of_shares(assess_one(two_years), (1, 67), (7, 70), "DA-06")
    assert state(few).text == (
        "Ethnic-minority victims at MARAC: 7 of 70 in January to March 2025 and 1 of 67 in January to March 2024. "
        "Numbers this small cannot show a change."
    )
    assert write_title(few) == "Ethnic-minority victims at MARAC: 7 of 70, too few to say"
    nearly_all = of_shares(assess_one(two_years), (42, 42), (43, 45), "SUB-07")
    assert state(nearly_all).text.endswith(". The few that are not among them cannot show a change.")


def test_a_share_that_is_not_judged_is_said_with_its_counts_and_the_reason(two_years: AreaRecords) -> None:
    found = of_shares(assess_one(two_years), (2933, 13551), (2793, 13863), "ALL-09", is_judged=False)
    assert state(found).text == (
        "Crime concentration: 2,793 of 13,863 in January to March 2025 and 2,933 of 13,551 in January to March 2024. "
        "What is counted gathers in places, so more than chance moves this share, and there are too few years to tell "
        "by how much: its change is not judged."
    )
    assert write_title(found) == "Crime concentration: 2,793 of 13,863, too few to say"


def test_the_twelve_months_are_not_told_twice(tmp_path: Path) -> None:
    months = steady("2023-04", 24, {"Burglary": 20, "Robbery": 0})
    months["2025-01"]["Robbery"] = 5
    found = assess_one(build_records(tmp_path, months), "Robbery")
    assert state(found).text.endswith(" cannot show a change; there were 5 in the twelve months to March 2025.")
