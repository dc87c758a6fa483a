"""What a computed sentence may say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page.page_faults import read_evidence
from shp_analysis.errors import PercentWithoutBaseError
from shp_analysis.page.parts import Sentence
from shp_analysis.page.style import VERDICT_MARKS
from shp_analysis.page.wording import NO_EVIDENCE, Evidence, check_wording, refuse_percent_without_base

TESTED, STEADY, DENIAL = Evidence(is_tested=True), Evidence(is_steady=True), Evidence(is_denial=True)

BACKED = [
    # The templates, one for each verdict.
    ("Recorded crime rose from 2,705 to 2,791 (+86, +3%; 95% range +1% to +9%).", "up", NO_EVIDENCE),
    ("Recorded crime rose slightly from 12,705 to 12,791 (+86, +0.7%).", "up slightly", NO_EVIDENCE),
    ("Incidents fell from 34,733 to 30,821 (−3,912, −11.3%; 95% range −12.6% to −9.9%).", "down", NO_EVIDENCE),
    (
        "Crime: 13,546, compared with 13,418. No clear change (+128): within its usual variation.",
        "no clear change",
        NO_EVIDENCE,
    ),
    (
        "Admissions: 6 this quarter, 2 a year ago. Numbers are too small to show a trend; 14 over four quarters.",
        "too few to say",
        NO_EVIDENCE,
    ),
    (
        "Crime was 96. It cannot be compared with earlier periods because recording changed in 2016.",
        "not comparable",
        NO_EVIDENCE,
    ),
    ("Robbery: withheld in this edition, because the numbers are about few persons.", "too few to say", NO_EVIDENCE),
    ("Calls: 2 of 3 months received; no comparison is made.", "incomplete", NO_EVIDENCE),
    ("No agreed local measure for this priority.", "no local measure", NO_EVIDENCE),
    # Percentages with their two counts, however they stand.
    ("13 of 26 (50%; range 32% to 68%).", None, NO_EVIDENCE),
    ("13 of the 26 incidents were crimes (50%).", None, NO_EVIDENCE),
    ("Of 26 incidents, 13 were crimes (50%).", None, NO_EVIDENCE),
    ("There were 46 casualties (+44%), compared with 32 in 2015.", None, NO_EVIDENCE),
    ("There were 46 casualties, against 32 a year ago (+44%).", None, NO_EVIDENCE),
    ("46 this quarter, 32 a year ago (+44%).", None, NO_EVIDENCE),
    ("6 of 180 victims were men (3%), against 6.5% nationally.", None, NO_EVIDENCE),
    ("13 of 26 (50 per cent).", None, NO_EVIDENCE),
    # Levels of confidence are no percentages of anything.
    ("Change with 95% ranges and 99.8% limits.", None, NO_EVIDENCE),
    # Reserved words with what they need.
    ("The difference is significant (p = 0.03).", None, TESTED),
    ("Incidents were 30,821; the series is stable.", "no clear change", STEADY),
    ("There is no clear trend over five years.", None, Evidence(points=5)),
    ("The year was a record high.", None, Evidence(years_without_break=5)),
    ("At 12.3 per 1,000 residents it is the second highest of 15 similar areas in England.", None, NO_EVIDENCE),
    ("27 weapons were found in 410 searches.", None, NO_EVIDENCE),
    ("They had resulted in a significant number of weapons (27) being confiscated.", None, NO_EVIDENCE),
    # A denial may name what it denies.
    ("Whether it fell because of patrols, or whether the trend is significant, cannot be told.", None, DENIAL),
    # Words that only look alike.
    ("Fire alarms were checked in 12 flats in Pleasington and Surrey.", None, NO_EVIDENCE),
]

UNBACKED = [
    ("Crime increased from 13,418 to 13,546.", "no clear change", "direction-without-verdict", "increased"),
    ("Crime fell from 121 to 90.", "up", "direction-without-verdict", "fell"),
    ("Crime rose from 90 to 121.", None, "direction-without-verdict", "rose"),
    ("There was a reduction in calls.", "not comparable", "direction-without-verdict", "reduction"),
    ("The rise is significantly higher.", "up", "significant-without-test", "significantly"),
    (
        "This resulted in a significant number of weapons being confiscated.",
        None,
        "vague-quantity",
        "significant number",
    ),
    ("Calls were fewer because of patrols.", "down", "cause", "because"),
    ("Calls were fewer due to patrols.", "down", "cause", "due to"),
    ("Thanks to patrols calls were fewer.", "down", "cause", "Thanks to"),
    ("Calls were fewer as a result of patrols.", "down", "cause", "as a result"),
    ("It was felt this should the successful ongoing work across the partnership.", None, "cause", "this should the"),
    ("This should be due to the work of partners.", None, "cause", "This should be due"),
    ("It cannot be compared because of the break.", "up", "cause", "because"),
    ("Crime surged.", "up", "loaded-word", "surged"),
    ("Crime plunged.", "down", "loaded-word", "plunged"),
    ("Crime soared.", "up", "loaded-word", "soared"),
    ("It is alarming.", None, "loaded-word", "alarming"),
    ("A worrying number: 12.", None, "loaded-word", "worrying"),
    ("It is pleasing to note.", None, "loaded-word", "pleasing"),
    ("The trend is upward.", None, "trend-too-short", "trend"),
    ("Crime is stable.", "no clear change", "steady-without-interval", "stable"),
    ("Incidents remained static.", None, "steady-without-interval", "static"),
    ("It is a record high.", None, "record-without-years", "record high"),
    ("The lowest on record: 12.", None, "record-without-years", "lowest on record"),
    ("Halton is second highest in the country.", None, "rank-without-comparators", "highest in the country"),
    ("It is the lowest nationally.", None, "rank-without-comparators", "lowest nationally"),
    ("Drug offences were up by 34%.", None, "percent-without-counts", "34%"),
    ("From 2019 to 2022 it was 12% lower.", None, "percent-without-counts", "12%"),
    ("It was 12 per cent lower.", None, "percent-without-counts", "12 per cent"),
    ("Robbery rose from 3 to 6 (+100%).", "up", "percent-of-few", "+100%"),
    ("5 of 19 (26%).", None, "percent-of-few", "26%"),
    ("Admissions were 21, compared with 20 (+5%).", "too few to say", "percent-of-few", "+5%"),
]


@pytest.mark.parametrize(("sentence", "verdict", "evidence"), BACKED)
def test_backed_words_pass(sentence, verdict, evidence):
    assert check_wording(sentence, verdict=verdict, evidence=evidence) == []


@pytest.mark.parametrize(("sentence", "verdict", "rule", "words"), UNBACKED)
def test_unbacked_words_are_found_by_rule_and_word(sentence, verdict, rule, words):
    found = check_wording(sentence, verdict=verdict)
    assert (rule, words) in [(finding.rule_id, finding.words) for finding in found]
    assert all(finding.instead for finding in found)


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("The trend is upward.", Evidence(points=4)),
        ("It is a record high.", Evidence(years_without_break=4)),
        ("Crime is stable.", STEADY),
        ("It surged, and why cannot be told.", DENIAL),
        ("Second highest of 15 areas in the country.", NO_EVIDENCE),
        ("Second highest in the country at 12 per 1,000.", NO_EVIDENCE),
    ],
)
def test_evidence_that_falls_short_backs_nothing(sentence, evidence):
    assert check_wording(sentence, evidence=evidence)


def test_steady_needs_its_verdict_too():
    assert check_wording("Crime is stable.", verdict="up", evidence=STEADY)


def test_a_percentage_needs_its_counts_in_its_own_sentence():
    assert check_wording("Crime was 2,791, compared with 2,705. That is 3% more.")


def test_a_percentage_belongs_to_the_nearest_counts_before_it():
    sentence = "Robbery was 6, compared with 11; over twelve months 138, compared with 141 (−2%)."
    assert check_wording(sentence) == []
    assert [finding.words for finding in check_wording("Of 12 cases, 6 (50%) closed; 130 of 260 were new.")] == ["50%"]


def test_line_breaks_hide_nothing():
    assert check_wording("Calls were fewer due\n   to patrols.")


def test_a_finding_says_where_what_and_what_instead():
    (finding,) = check_wording("It is alarming.")
    assert str(finding) == (
        "loaded-word: 'alarming' in 'It is alarming.'. "
        "Say 'rose' or 'fell' with the two counts; let the reader be pleased or worried."
    )


@given(
    st.builds(
        Evidence,
        is_tested=st.booleans(),
        is_steady=st.booleans(),
        points=st.none() | st.integers(0, 600),
        years_without_break=st.none() | st.integers(0, 50),
        is_denial=st.booleans(),
    )
)
def test_evidence_survives_the_page(evidence):
    assert read_evidence(evidence.as_attribute()) == evidence


@given(st.text(max_size=400), st.none() | st.sampled_from(sorted(VERDICT_MARKS)))
def test_any_text_can_be_checked(text, verdict):
    for finding in check_wording(text, verdict=verdict):
        assert finding.words in " ".join(text.split())


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [(sentence, verdict) for sentence, verdict, rule, _ in UNBACKED if rule.startswith("percent-")],
)
def test_a_sentence_with_a_percentage_without_its_base_cannot_be_made(sentence, verdict):
    with pytest.raises(PercentWithoutBaseError, match="percent-"):
        refuse_percent_without_base(sentence, verdict=verdict)
    with pytest.raises(PercentWithoutBaseError):
        Sentence(sentence, verdict)


@pytest.mark.parametrize(("sentence", "verdict", "evidence"), BACKED)
def test_a_sentence_with_its_counts_can_be_made(sentence, verdict, evidence):
    refuse_percent_without_base(sentence, verdict=verdict)
    assert Sentence(sentence, verdict, evidence).text == sentence
