"""Without any one rule of the audit, something is published that another way of subtracting finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from subtracting import SENSITIVE, find_small

from shp_analysis.assessment.area_records import KeptAnswers
from shp_analysis.disclosure import audit
from shp_analysis.papers.results import tabulate_results
from shp_analysis.papers.run import find_gate

from .makers import POLICE, list_withheld, make_rows, open_returns

COUNCIL = {"organisation": "Halton Borough Council"}
PLANTED = {
    "_is_few_of": {"asb_case_review_applications": ["30", "4", "30", "30", "30"]},
    "_split_by_part": {"hate_crimes": "58", "hate_incidents": "60"},
    "_split_by_breakdown": {"hate_crimes": "40", "hate_crimes/strand/race": "38", "hate_incidents": "60"},
}
"""What each rule of the audit is there for; without it the numbers are published."""


@pytest.mark.parametrize("rule", PLANTED)
def test_it_is_found_where_a_rule_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    run = open_returns(tmp_path, make_rows(PLANTED[rule], **COUNCIL if rule == "_is_few_of" else POLICE))
    assert list_withheld(run)
    assert find_small(run.results) == set()
    monkeypatch.setattr(audit, rule, lambda *_: ())
    without = replace(run.opened, kept=KeptAnswers())
    gate = find_gate(without, run.audience, run.asked_period)
    results = tabulate_results(
        gate.withhold(without.assess(each, run.period) for each in SENSITIVE.values() if each.sources)
    )
    assert find_small(results)
