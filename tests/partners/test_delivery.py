"""The delivery plan: four Ps for every priority, and ratings that nobody could take for a verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from shp_analysis.assessment.verdicts import Verdict
from shp_analysis.config.catalogue import read_catalogue
from shp_analysis.config.priorities import read_priorities
from shp_analysis.errors import ParametersError
from shp_analysis.page.style import VERDICT_MARKS
from shp_analysis.partners.delivery import (
    DeliveryAction,
    DeliveryRag,
    find_delivery_changes,
    list_four_ps,
    read_delivery_plan,
    summarise_delivery,
)

CATALOGUE = read_catalogue()
PRIORITIES = read_priorities(catalogue=CATALOGUE)
HEAD = "action_id,priority,p,action,lead,progress,delivery,outcome_indicator,updated_on"
ROWS = (
    "A1,Anti-Social Behaviour,prevent,Open a club,Youth service,Two evenings,at risk,ASB-01,2025-04-22",
    "A2,asb,prevent,Lessons,Schools team,,on track,,2025-04-22",
    "A3,2) Domestic Abuse;,pursue,Visits,Police,,complete,Robbery,2025-04-22",
)


@pytest.fixture
def plan(tmp_path: Path) -> tuple[DeliveryAction, ...]:
    """Three actions: two to prevent anti-social behaviour, one for domestic abuse."""
    return read(tmp_path, *ROWS)


def read(folder: Path, *rows: str) -> tuple[DeliveryAction, ...]:
    path = folder / "delivery_plan.csv"
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return read_delivery_plan(path, CATALOGUE, PRIORITIES)


def test_any_wording_of_a_priority_or_an_indicator_becomes_its_id(plan):
    assert [each.priority for each in plan] == ["1", "1", "2"]
    assert [each.outcome_indicator for each in plan] == ["ASB-01", None, "SV-04"]


def test_every_priority_has_four_rows_even_when_empty(plan):
    for priority in PRIORITIES:
        for actions in (plan, ()):
            rows = list_four_ps(actions, priority)
            assert [row.p.value for row in rows] == ["prepare", "prevent", "pursue", "protect"]
    rows = list_four_ps(plan, PRIORITIES[0])
    assert [[each.action for each in row.actions] for row in rows] == [[], ["Open a club", "Lessons"], [], []]


def test_a_rating_shares_no_word_and_no_letter_with_a_verdict():
    assert not {each.value for each in DeliveryRag} & {each.value for each in Verdict}
    letters = {each.letter for each in DeliveryRag}
    assert len(letters) == len(DeliveryRag) == len({each.colour for each in DeliveryRag})
    assert not letters & {mark.letter for mark in VERDICT_MARKS.values()}


def test_a_priority_is_as_far_as_its_least_good_action(plan):
    summary = summarise_delivery(plan, PRIORITIES[0])
    assert (summary.worst, summary.sentence) == (DeliveryRag.AT_RISK, "2 actions: 1 at risk, 1 on track.")
    assert summarise_delivery(plan, PRIORITIES[1]).sentence == "1 action: 1 complete."
    empty = summarise_delivery(plan, PRIORITIES[8])
    assert (empty.worst, empty.sentence) == (None, "No action recorded.")


def test_what_changed_since_last_quarter_is_said_by_id(plan, tmp_path):
    now = read(tmp_path, ROWS[0].replace("at risk", "off track"), *ROWS[1:], ROWS[1].replace("A2", "A4"))
    assert [each.sentence for each in find_delivery_changes(now, plan)] == [
        "Open a club: at risk last quarter, off track now.",
        "Lessons: new, on track.",
    ]
    assert find_delivery_changes(plan, plan) == ()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (ROWS[0].replace("at risk", "amber"), "row 2: delivery: Input should be 'off track', 'at risk'"),
        (ROWS[0].replace("at risk", "down"), "row 2: delivery: Input should be"),
        (
            ROWS[0].replace("prevent", "prepair"),
            "row 2: p: Input should be 'prepare', 'prevent', 'pursue' or 'protect'",
        ),
        (ROWS[0].replace("Anti-Social Behaviour", "Littering"), "row 2, column 'priority': There is no priority 'Litt"),
        (ROWS[0].replace("ASB-01", "ASB-1"), "row 2, column 'outcome_indicator': There is no indicator 'ASB-1'"),
        (f"{ROWS[0]}\n{ROWS[0]}", "A1 is written more than once; an id belongs to one action"),
    ],
)
def test_a_mistake_in_the_plan_is_refused(tmp_path, row, told):
    with pytest.raises(ParametersError, match=told):
        read(tmp_path, row)
