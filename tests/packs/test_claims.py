"""Every sentence of the simulated borough that speaks of chance, usual variation or history is true of its numbers.

What a page says of one comparison is proved from that comparison's numbers; what it says once of many, in a caption or
a note, is listed here and stands for no other claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from claims import CLAIM_WORDS, LEVEL, list_false_claims, p_by_chance

from shp_analysis.assessment.area_records import OpenedRecords, open_records
from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.verdicts import Comparison, Verdict
from shp_analysis.config.parameters import Paper, read_editions
from shp_analysis.papers.figures import group_comparisons
from shp_analysis.reference.periods import parse_period
from shp_analysis.text.reasons import say
from shp_analysis.text.sentences import state

from .whole_packs import QUARTER, make_pack, make_plan, read_page, read_words

QUARTERS = ("2024-25 Q4", "2024-25 Q3", "2024-25 Q1", "2023-24 Q4", "2023-24 Q2", "2022-23 Q4")
YEAR = "financial year 2024-25"
SAID_OF_MANY = (
    r"allows? for (?:a figure's|each group's|the place's) usual variation",
    r"otherwise for chance alone",
    r"Where few comparable periods show a figure's usual variation, its 95% range is wider",
    r"(?:Few comparable periods|No history is long enough to) show the usual variation, so the 95% range",
    r"95% range (?:that chance alone would give|by chance alone)",
    r"allowing for chance alone",
    r"a weighted count: chance alone gives it no range",
    r"Some of several years will differ by chance",
    r"cells with few collisions differ by chance",
    r"chance alone makes some neighbourhoods busier",
    r"the range allows for chance, not for who answers",
    r"(?:lower|higher) than expected but within chance",
    r"with fewer than \d+ comparable quarters",
    r"is (?:beyond|(?:more than chance alone, but )?within) its usual variation",
    r"More than chance alone, but within their usual variation",
    r"given how much these areas differ|size would (?:lie|have) .{0,40}by chance alone",
)
"""Captions, notes and what is said of ranks, ratios, limits and national shares, which their own tests hold."""


@cache
def open_borough(data: Path) -> OpenedRecords:
    day = make_plan(data, "board").as_of.isoformat()
    return open_records(area="Halton", as_of=day, simulated=True, data_folder=str(data))


@cache
def assess_all(data: Path, label: str) -> list[Assessment]:
    opened = open_borough(data)
    return [opened.assess(each, parse_period(label)) for each in opened.catalogue.indicators if each.is_agreed]


def list_told(assessment: Assessment) -> Iterator[tuple[Comparison, str]]:
    """Give all that is said of an assessment's comparisons: its sentence and its reasons."""
    yield assessment.comparisons[0], state(assessment).text
    for each in assessment.comparisons:
        yield from ((each, say(reason)) for reason in each.reasons)


@pytest.mark.parametrize("label", [*QUARTERS, YEAR])
def test_every_sentence_is_borne_out(simulated_data: Path, label: str) -> None:
    found = assess_all(simulated_data, label)
    told = [(each, *said) for each in found for said in list_told(each)]
    assert sum(bool(CLAIM_WORDS.search(text)) for *_, text in told) > 50
    assert [fault for one, comparison, text in told for fault in list_false_claims(one, comparison, text)] == []


@pytest.mark.parametrize("label", [*QUARTERS, YEAR])
def test_offence_groups_beyond_chance_and_not_clear_are_named_and_no_others(simulated_data: Path, label: str) -> None:
    groups = [each for each in assess_all(simulated_data, label) if each.indicator.is_offence_group]
    told = " ".join(each.text for each in group_comparisons._conclude_changes(groups))
    unclear = [each for each in groups if each.verdict is Verdict.NO_CLEAR_CHANGE]
    beyond = {each.indicator.name for each in unclear if p_by_chance(each.comparisons[0], each.months) < LEVEL}
    named = {each.indicator.name for each in unclear if f"{each.indicator.name} (" in told}
    assert named == beyond
    assert ("changed clearly" in told) is not any(each.verdict.is_clear for each in groups)


@pytest.mark.parametrize("paper", read_editions()["board"].papers)
def test_no_page_claims_what_nobody_proves(simulated_data: Path, paper: Paper) -> None:
    labels = (QUARTER.label, QUARTER.previous().label, YEAR)
    proved = {text for label in labels for each in assess_all(simulated_data, label) for _, text in list_told(each)}
    words = read_words(read_page(make_pack(simulated_data), paper))
    for text in sorted(proved, key=len, reverse=True):
        words = words.replace(text, " ")
    left = re.sub("|".join(SAID_OF_MANY), "", words)
    assert [left[max(each.start() - 80, 0) : each.end() + 40] for each in CLAIM_WORDS.finditer(left)] == []
