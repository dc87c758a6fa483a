"""The last reading of a page: each fault planted in what is right, and found, in the values and in the HTML."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from page.demo_notebook import build_notebook, demo_cells, demo_html
from page.page_faults import find_html_faults
from page.test_parts import FIGURE, MASTHEAD, TABLE
from shp_analysis.errors import BriefingError
from shp_analysis.page.checks import check_page, find_faults
from shp_analysis.page.exporter import Page, collect_page, render_page
from shp_analysis.page.parts import CommentOnFigure, Headlines, PartnerContext, Sentence

HEADLINES = Headlines(
    [
        Sentence("Burglary was 121, compared with 118. No clear change (+3): within its usual variation."),
        Sentence("Robbery rose from 40 to 61 (+21, +52%).", "up"),
    ]
)
CONTEXT = PartnerContext(
    [CommentOnFigure("Burglary", "Crime soared because officers moved.", "A", date(2025, 2, 3), "opinion")]
)
SMALL_CELLS = [
    ("# What changed?", None),
    ("masthead", replace(MASTHEAD, is_simulated=True)),
    ("## What changed", None),
    ("headlines", HEADLINES),
    ("table", TABLE),
    ("figure", FIGURE),
    ("context", CONTEXT),
]


def build(*cells) -> Page:
    return collect_page(build_notebook([*SMALL_CELLS, *cells]))


SMALL_PAGE = render_page(build())

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
def test_a_fault_planted_in_the_html_is_found(old, new, fault):
    planted = SMALL_PAGE.replace(old, new)
    assert planted != SMALL_PAGE
    assert any(fault in found for found in find_html_faults(planted))


@pytest.mark.parametrize(
    ("markdown", "fault"),
    [
        ("#\n<h2></h2>", "An h2 heading is empty"),
        ("#### Deep", "'Deep' is an h4 after an h2"),
        ("#\n![a map](data:image/png;base64,x)", "stands in the text and outside a figure"),
        ("#\n<img src='data:,'>", "has no alternative text"),
        ("#\n<table><tr><th scope=col>a</th></tr></table>", "A table in the text has no caption"),
        ("#\n<table><caption>c</caption><tr><td>1</td></tr></table>", "A table in the text has no heading cells"),
        ("#\n<table><caption>c</caption><tr><th>1</th></tr></table>", "heading cell '1' without words or scope"),
        ("#\n<p aria-labelledby='gone'>x</p>", "names 'gone', which is no id"),
        ("#\n<script>1</script>", "It holds a <script> element"),
        ("#\n<iframe></iframe>", "It holds a <iframe> element"),
        ("#\n<main>x</main>", "It holds a second <main> element"),
        ("#\n<style>@import 'a.css';</style>", "It holds a second <style> element"),
        ("#\n<link rel=stylesheet href='https://a.example/x.css'>", "asks for 'https://a.example/x.css'"),
        ("#\n<meta http-equiv=refresh content='0;https://a.example'>", "It holds a second <meta> element"),
        ("#\n<p onclick='x()'>x</p>", "has the script attribute onclick"),
        ("#\n<a href=' javascript:x()'>x</a>", "has a script in its href"),
        ("#\n![a](https://a.example/x.png)", "asks for 'https://a.example/x.png'"),
        ("#\n<p style='background:url(https://a.example/x)'>x</p>", "style asks for 'https://a.example/x'"),
        ("#\n<p style='background:u\\72l(&quot;//a.example&quot;)'>x</p>", "style uses url()"),
        ("#\nTraceback (most recent call last)", "which a tool left there"),
    ],
)
def test_a_fault_in_the_analysts_own_words_is_found(markdown, fault):
    page = build((markdown.replace("#\n", "## More\n\n"), None))
    assert any(fault in found for found in find_faults(page, render_page(page)))


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        (Headlines([Sentence("Burglary was 121: alarming.")]), "loaded-word: 'alarming'"),
        (Headlines([Sentence("Robbery rose from 40 to 61.", "no clear change")]), "direction-without-verdict: 'rose'"),
        (replace(FIGURE, title="Burglary surged"), "loaded-word: 'surged'"),
        (replace(FIGURE, caption="Burglary, rising by month."), "direction-without-verdict: 'rising'"),
        (replace(FIGURE, can_conclude="It fell because of patrols."), "cause: 'because'"),
        (replace(FIGURE, cannot_conclude="That it soared."), "loaded-word: 'soared'"),
        (replace(FIGURE, caption="It was 34% more."), "percent-without-counts"),
    ],
)
def test_words_that_nothing_backs_are_found(part, fault):
    page = build(("part", part))
    assert len([found for found in find_faults(page, render_page(page)) if fault in found]) == 1
    assert any(fault in each for each in find_html_faults(render_page(page))), "the page carries what they rest on"


@pytest.mark.parametrize("is_simulated", [True, False])
def test_a_page_that_is_right_has_none(is_simulated):
    page = collect_page(build_notebook(demo_cells(is_simulated=is_simulated)))
    assert find_faults(page, render_page(page)) == []
    assert find_html_faults(demo_html(is_simulated=is_simulated)) == []


def test_a_link_to_a_publisher_may_stay():
    page = build(("## More\n\n[ONS](https://www.ons.gov.uk/)", None))
    assert "https://www.ons.gov.uk/" in render_page(page)
    assert find_faults(page, render_page(page)) == find_html_faults(render_page(page)) == []


def test_partners_words_are_not_checked():
    assert "Crime soared because" in SMALL_PAGE
    assert find_faults(build(), SMALL_PAGE) == find_html_faults(SMALL_PAGE) == []


def test_weight_is_counted_without_pictures():
    page = collect_page(build_notebook(demo_cells()))
    assert len(demo_html()) > 60_000
    assert find_faults(page, demo_html(), byte_limit=60_000) == []
    (fault,) = find_faults(page, demo_html(), byte_limit=20_000)
    assert fault.startswith("Without pictures it weighs ")


def test_everything_is_listed_at_once():
    broken = build(("#### Deep", None), ("headlines", Headlines([Sentence("An alarming 121.")])))
    with pytest.raises(BriefingError) as caught:
        check_page(broken, render_page(broken))
    assert "'Deep' is an h4" in str(caught.value)
    assert "loaded-word" in str(caught.value)


def test_a_page_that_is_right_is_let_through():
    assert check_page(build(), SMALL_PAGE) is None
