"""One assessment in one sentence."""

from __future__ import annotations

from pathlib import Path

from builders import ASB, assess_one, build_records, steady

from shp_analysis.comparisons import Verdict
from shp_analysis.measures import AreaRecords
from shp_analysis.sentences import state, state_change, state_title


def test_each_verdict_has_its_sentence(two_years: AreaRecords) -> None:
    assert state(assess_one(two_years)).text.startswith(
        "Burglary rose from 60 to 120 (+60, +100%; per day +102%, 95% range "
    )
    assert state(assess_one(two_years, ASB)).text == (
        "Anti-social behaviour came to 90, compared with 90. "
        "The difference (0) is within what chance alone would produce."
    )
    assert state_title(assess_one(two_years, ASB)) == "Anti-social behaviour: no clear change, 90 compared with 90"
    assert state_title(assess_one(two_years)) == "Burglary rose from 60 to 120"


def test_a_percentage_needs_a_base_of_twenty(tmp_path: Path) -> None:
    months = steady("2023-04", 24, {"Burglary": 4})
    for label in ("2025-01", "2025-02", "2025-03"):
        months[label]["Burglary"] = 20
    assessment = assess_one(build_records(tmp_path, months))
    assert assessment.verdict is Verdict.UP
    assert state(assessment).text == "Burglary rose from 12 to 60 (+48)."
    change = assessment.comparisons[0].change
    assert change is not None
    assert state_change(change) == "+48"
