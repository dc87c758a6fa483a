"""The last reading of a page: each fault planted in a page that is right, and found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from briefing.demo_notebook import build_notebook, demo_html
from briefing.test_parts import FIGURE, MASTHEAD, TABLE
from shp_analysis.briefing.checks import check_page, find_faults
from shp_analysis.briefing.exporter import BriefingExporter
from shp_analysis.briefing.parts import Headlines, PartnerContext, Remark, Sentence
from shp_analysis.errors import BriefingError

HEADLINES = Headlines(
    [
        Sentence("Burglary was 121, compared with 118. No clear change (+3): within its usual variation."),
        Sentence("Robbery rose from 40 to 61 (+21, +52%).", "up"),
    ]
)
CONTEXT = PartnerContext([Remark("Burglary", "Crime soared because officers moved.", "A", date(2025, 2, 3), "opinion")])
SMALL_PAGE = BriefingExporter().from_notebook_node(
    build_notebook(
        [
            ("# What changed?", None),
            ("masthead", replace(MASTHEAD, is_simulated=True)),
            ("## What changed", None),
            ("headlines", HEADLINES),
            ("table", TABLE),
            ("figure", FIGURE),
            ("context", CONTEXT),
        ]
    )
)[0]

FAULTS = [
    # what is replaced, by what, and what is said of it
    ("<h1", "<h1>Again</h1><h1", "It has 2 h1 headings"),
    ('lang="en-GB"', "", 'does not say lang="en-GB"'),
    ("<footer>", "<footer><h2></h2>", "An h2 heading is empty"),
    ("<footer>", "<footer><h4>Deep</h4>", "'Deep' is an h4 after an h2"),
    ("<footer>", "<footer></footer><footer>", "It has 2 footer elements"),
    ('href="#main"', 'href="#top"', "first link does not skip"),
    ("<footer>", "<footer><img src='data:,' alt='x'>", "stands outside a figure"),
    (' alt="A line', ' title="A line', "has no alternative text"),
    ("<figcaption>", "<figcaption></figcaption><figcaption>", "Figure 1 has no caption"),
    ("<caption", "<p", "Table 1 has no caption"),
    ('scope="row"', "", "without words or scope"),
    ('scope="col"', 'scope="col"><b></b></th><th scope="col"', "heading cell '' without words"),
    ("<footer>", '<footer><p id="main">x</p>', "The id 'main' stands 2 times"),
    ('aria-labelledby="', 'aria-labelledby="gone ', "names 'gone', which is no id"),
    ('data-part="masthead"', "", "It has 0 mastheads"),
    ("<title>SIMULATED DATA - ", "<title>", "Its data are simulated, and its title or its banner does not say so"),
    ("briefing-simulated", "something-else", "Its data are simulated"),
    ("<footer>", "<footer><script>1</script>", "It holds a <script> element"),
    ("<footer>", "<footer><iframe></iframe>", "It holds a <iframe> element"),
    ("<footer>", "<footer><p onclick='x()'>x</p>", "has the script attribute onclick"),
    ("<footer>", "<footer><a href=' javascript:x()'>x</a>", "has a script in its href"),
    ("<head>", "<head><link rel=stylesheet href='https://a.example/x.css'>", "asks for 'https://a.example/x.css'"),
    ('src="data:image', 'src="https://a.example/x', "asks for 'https://a.example/x"),
    ("default-src 'none'; ", "", "content security policy is not"),
    ("<head>", "<head><meta http-equiv=refresh content='0;https://a.example'>", "content security policy is not"),
    ("<style>", "<style>@import 'a.css';", "style sheet imports another"),
    ("<style>", "<style>p{background:url(https://a.example/x)}", "style sheet asks for 'https://a.example/x'"),
    ("<style>", "<style>p{background:u\\72l('//a.example')}", "style sheet uses url()"),
    ("<style>", "<style>@media print{@media screen{p{background:url(//a.example/y)}}}", "asks for '//a.example/y'"),
    ("<footer>", "<footer><p style='background:url(//a.example/z)'>x</p>", "asks for '//a.example/z'"),
    ("<footer>", "<footer><p>Traceback (most recent call last)</p>", "which a tool left there"),
    ("<footer>", "<footer><p>\x1b[31m</p>", "which a tool left there"),
    ("): within its usual", "): alarming, and within its usual", "loaded-word: 'alarming'"),
    ('data-verdict="up"', 'data-verdict="no clear change"', "direction-without-verdict: 'rose'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "fault"), FAULTS, ids=[fault for *_, fault in FAULTS])
def test_a_planted_fault_is_found(old, new, fault):
    planted = SMALL_PAGE.replace(old, new)
    assert planted != SMALL_PAGE
    assert any(fault in found for found in find_faults(planted))


@pytest.mark.parametrize("is_simulated", [True, False])
def test_a_page_that_is_right_has_none(is_simulated):
    assert find_faults(demo_html(is_simulated=is_simulated)) == []


def test_a_link_to_a_publisher_may_stay():
    assert find_faults(SMALL_PAGE.replace("<footer>", '<footer><a href="https://www.ons.gov.uk/">ONS</a>')) == []


def test_partners_words_are_not_checked():
    assert "Crime soared because" in SMALL_PAGE
    assert find_faults(SMALL_PAGE) == []


def test_weight_is_counted_without_pictures():
    assert len(demo_html()) > 60_000
    assert find_faults(demo_html(), byte_limit=60_000) == []
    (fault,) = find_faults(demo_html(), byte_limit=20_000)
    assert fault.startswith("Without pictures it weighs ")


def test_everything_is_listed_at_once():
    broken = SMALL_PAGE.replace('lang="en-GB"', "").replace("): within its usual", "): alarming, and within its usual")
    with pytest.raises(BriefingError) as caught:
        check_page(broken)
    assert 'lang="en-GB"' in str(caught.value)
    assert "loaded-word" in str(caught.value)


def test_a_page_that_is_right_is_let_through():
    assert check_page(SMALL_PAGE) is None
