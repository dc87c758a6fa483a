"""Each sentence names the test that was made, and says of chance alone only what chance alone bears out."""

from __future__ import annotations

import pandas as pd
import pytest
from builders import HALTON
from claims import list_false_claims, p_by_chance
from observing import observe

from shp_analysis.assessment.assessments import Assessment, assess_unmeasured
from shp_analysis.assessment.comparisons import compare_periods, judge_dispersion
from shp_analysis.assessment.verdicts import Basis, Comparison, Model, Verdict
from shp_analysis.config.catalogue import Kind, read_catalogue
from shp_analysis.papers.figures import group_comparisons
from shp_analysis.papers.results import as_record
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Quarter
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.text.reasons import say
from shp_analysis.text.sentences import expect_false, state

NOW, THEN = Quarter("2024-25 Q4"), Quarter("2023-24 Q4")
JUMPY, SHORT, NONE = Dispersion(12.0, 50.0, 60), Dispersion(12.0, 5.0, 7), Dispersion()
OLD_WORDS = "within what chance alone would produce"


def compare(
    then: int, now: int, dispersion: Dispersion, kind: Kind = Kind.COUNT, wholes: tuple[int, int] = (1_000, 1_000)
) -> tuple[pd.DataFrame, Comparison]:
    """Compare two quarters whose months hold thirds of each count."""
    if kind in {Kind.PROPORTION, Kind.RATIO}:
        counts, first, whole = [then, 0, 0, 0, now], THEN, [wholes[0], 1, 1, 1, wholes[1]]
        observations = observe(counts, first, wholes=whole)
    else:
        parts = [[each // 3, each // 3, each - 2 * (each // 3)] for each in (then, now)]
        before, after = (observe(each, start.months[0]) for each, start in zip(parts, (THEN, NOW), strict=True))
        observations = pd.concat([before, after], ignore_index=True)
    return observations, compare_periods(
        Basis.SAME_QUARTER_LAST_YEAR, NOW, THEN, observations, (), dispersion, kind, per=100
    )


def put(observations: pd.DataFrame, comparison: Comparison, indicator: str = "PUK-06") -> Assessment:
    base = assess_unmeasured(read_catalogue().indicator(indicator), NOW, read_area(HALTON), None)
    own = {"verdict": comparison.verdict, "reasons": comparison.reasons, "count": comparison.count}
    return base.__class__(**{**base.__dict__, "comparisons": (comparison,), "months": observations, **own})


@pytest.mark.parametrize(
    ("dispersion", "verdict", "words"),
    [
        (NONE, Verdict.UP, ", allowing for chance alone."),
        (Dispersion(1.2, 50.0, 60), Verdict.UP, "; per day +42%, 95% range +17% to +72%)."),
        (
            JUMPY,
            Verdict.NO_CLEAR_CHANGE,
            "No clear change (+93): more than chance alone, but within its usual variation.",
        ),
        (
            SHORT,
            Verdict.NO_CLEAR_CHANGE,
            "No clear change (+93): more than chance alone, but 7 comparable months are too few to tell.",
        ),
        (
            Dispersion(12.0, 5.0, 8, months_each=3),
            Verdict.NO_CLEAR_CHANGE,
            "No clear change (+93): more than chance alone, but 8 comparable quarters are too few to tell.",
        ),
        (Dispersion(1.2, 5.0, 7), Verdict.UP, ", judged on 7 comparable months."),
    ],
    ids=["no history", "calm history", "jumpy history", "short history", "short history of quarters", "short and calm"],
)
def test_public_order_230_to_323_is_never_said_to_be_within_chance(
    dispersion: Dispersion, verdict: Verdict, words: str
) -> None:
    observations, comparison = compare(230, 323, dispersion)
    assert p_by_chance(comparison, observations) < 0.0001
    assert comparison.test is not None
    assert comparison.test.p_value_by_chance == pytest.approx(p_by_chance(comparison, observations))
    assert comparison.verdict is verdict
    told = state(put(observations, comparison)).text
    assert told.endswith(words)
    assert OLD_WORDS not in " ".join((told, *map(say, comparison.reasons)))


@pytest.mark.parametrize(
    ("then", "now", "dispersion", "kind", "words"),
    [
        (300, 310, JUMPY, Kind.COUNT, "No clear change (+10): within its usual variation."),
        (300, 310, SHORT, Kind.COUNT, f"No clear change (+10): {OLD_WORDS}."),
        (300, 310, NONE, Kind.COUNT, f"No clear change (+10): {OLD_WORDS}."),
        (300, 310, JUMPY, Kind.SCORE, "within its usual variation."),
        (300, 310, SHORT, Kind.SCORE, "within its variation over 7 comparable months."),
        (300, 310, JUMPY, Kind.PROPORTION, f"{OLD_WORDS}."),
        (300, 310, JUMPY, Kind.RATIO, f"{OLD_WORDS}."),
        (300, 310, JUMPY, Kind.STOCK, f"{OLD_WORDS}."),
    ],
)
def test_no_clear_change_names_the_test_that_was_made(
    then: int, now: int, dispersion: Dispersion, kind: Kind, words: str
) -> None:
    observations, comparison = compare(then, now, dispersion, kind)
    told = put(observations, comparison)
    assert state(told).text.endswith(words)
    texts = (state(told).text, *map(say, comparison.reasons))
    if kind not in {Kind.SCORE} and dispersion is not SHORT:
        assert [fault for text in texts for fault in list_false_claims(told, comparison, text)] == []


@pytest.mark.parametrize("kind", [Kind.STOCK, Kind.RATIO])
def test_a_history_is_not_called_short_where_none_is_asked(kind: Kind) -> None:
    _, comparison = compare(300, 310, SHORT, kind)
    assert comparison.test is not None
    assert comparison.test.model is Model.CHANCE
    assert len(comparison.reasons) == 1


def test_the_record_says_which_test_was_made_and_what_chance_alone_would_say() -> None:
    observations, comparison = compare(230, 323, SHORT)
    (record,) = as_record(put(observations, comparison))["comparisons"]
    assert (record["tested_against"], record["dispersion_months"]) == ("short history", 7)
    assert record["p_value_by_chance"] < 0.0001
    assert record["p_value"] > 0.05


def test_a_history_of_quarters_is_told_in_quarters() -> None:
    first = Quarter("2021-22 Q4")
    observations = observe([80, 85, 90, 82, 78, 88, 91, 84, 79, 86, 92, 83, 120], first)
    dispersion = judge_dispersion(observations, NOW, [])
    assert (dispersion.months, dispersion.months_each) == (13, 3)
    comparison = compare_periods(Basis.SAME_QUARTER_LAST_YEAR, NOW, THEN, observations, (), dispersion)
    told = put(observations, comparison)
    assert "Only 13 comparable quarters show" in " ".join(map(say, comparison.reasons))
    for text in (state(told).text, *map(say, comparison.reasons)):
        assert list_false_claims(told, comparison, text) == []


# --- Many groups at once


def group(name: str, then: int, now: int, dispersion: Dispersion) -> Assessment:
    return put(*compare(then, now, dispersion), name)


def test_groups_are_said_not_to_have_changed_clearly_and_those_beyond_chance_are_named() -> None:
    groups = [
        group("PUK-06", 230, 323, SHORT),
        group("PUK-02", 300, 310, JUMPY),
        group("PUK-04", 230, 323, JUMPY),
        group("PUK-05", 40, 44, NONE),
    ]
    told = [each.text for each in group_comparisons._conclude_changes(groups)]
    names = [each.indicator.name for each in groups]
    assert told == [
        "None of the 4 groups compared changed clearly.",
        f"More than chance alone, but 7 comparable months are too few to tell: {names[0]} (230 to 323).",
        f"More than chance alone, but within their usual variation: {names[2]} (230 to 323).",
    ]
    assert group_comparisons._say_allowance(groups) == (
        "each group's usual variation and is wider where the history is short, or for chance alone where there is no "
        "history"
    )


def test_no_group_beyond_chance_is_named_where_there_is_none() -> None:
    told = group_comparisons._conclude_changes([group("PUK-02", 300, 310, JUMPY), group("PUK-05", 40, 44, NONE)])
    assert [each.text for each in told] == ["None of the 2 groups compared changed clearly."]


def test_what_is_expected_falsely_of_many() -> None:
    assert expect_false(65) == "Even if nothing had changed, about 3 of the 65 compared would look clear."
    assert expect_false(8) == "Even if nothing had changed, fewer than one of the 8 compared would look clear."
    assert expect_false(0) == "Nothing could be compared."


# --- The proof itself


def test_the_proof_finds_the_old_sentence_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    observations, comparison = compare(230, 323, JUMPY)
    told = put(observations, comparison)
    assert list_false_claims(told, comparison, state(told).text) == []
    monkeypatch.setattr("shp_analysis.text.sentences.explain_no_change", lambda _: OLD_WORDS)
    assert list_false_claims(told, comparison, state(told).text) != []


@pytest.mark.parametrize(
    "words",
    [
        "within its usual variation",
        "8 comparable months are too few to tell",
        "7 comparable quarters are too few to tell",
        "beyond what chance allows",
    ],
)
def test_the_proof_finds_a_wrong_history_and_a_claim_without_proof(words: str) -> None:
    observations, comparison = compare(230, 323, SHORT)
    assert list_false_claims(put(observations, comparison), comparison, f"No clear change: {words}.") != []
