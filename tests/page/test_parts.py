"""The parts a notebook shows: their words, their escaping, and what they refuse."""

from __future__ import annotations

import io
import json
import re
from dataclasses import MISSING, FrozenInstanceError, fields, replace
from datetime import date

import numpy as np
import pytest
from bs4 import BeautifulSoup
from IPython.core.formatters import DisplayFormatter
from matplotlib.image import imsave

from page.page_faults import read_evidence
from shp_analysis.errors import BriefingError, RequestError
from shp_analysis.page.data_tables import Column, build_table
from shp_analysis.page.parts import (
    CommentOnFigure,
    DataQuality,
    Figure,
    Headlines,
    Masthead,
    Note,
    Notes,
    PartnerContext,
    QualityFact,
    Sentence,
    Source,
    Sources,
    read_part,
)
from shp_analysis.page.rendering import PART_TYPE, read_parts_stylesheet
from shp_analysis.page.wording import Evidence

HOSTILE = "<script>alert(1)</script>\"'&"
DAY = date(2025, 2, 15)
TABLE = build_table([{"a": "x"}], caption="Numbers", columns=[Column("a", "A", is_row_heading=True)])
FIGURE = Figure(
    title="Burglary fell from 121 to 90",
    picture="<svg xmlns='http://www.w3.org/2000/svg'/>",
    alternative_text="A line that falls.",
    caption="Burglary by month.",
    table=TABLE,
    can_conclude="Fewer were recorded.",
    cannot_conclude="Why it fell.",
    verdict="down",
)
MASTHEAD = Masthead("Stroud", "Crime", "Quarter 3 2024-25: October to December 2024", DAY, "Board", "FINAL", False)
PARTS = [
    MASTHEAD,
    DataQuality([QualityFact("Data to", "31 December", "fine")]),
    Headlines([Sentence("Burglary fell from 121 to 90.", "down")]),
    TABLE,
    FIGURE,
    Notes([Note("95% range", "Where the true change lies.")]),
    Sources([Source("crime.csv", "Police", DAY, "ab" * 32, "OGL")]),
    PartnerContext([CommentOnFigure("Burglary", "We think so.", "A. Officer", DAY, "opinion")]),
]


def parse(part) -> BeautifulSoup:
    return BeautifulSoup(part.to_html(), "html.parser")


def show(part) -> tuple[str, dict[str, object]]:
    """Give a part's HTML and JSON as a notebook file holds them."""
    data = part._repr_mimebundle_()
    return data["text/html"], json.loads(json.dumps(data[PART_TYPE]))


def png(width: int) -> bytes:
    stream = io.BytesIO()
    imsave(stream, np.zeros((10, width)), format="png")
    return stream.getvalue()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
class TestEveryPart:
    def test_is_one_element_that_says_which_part_it_is(self, part):
        (root,) = parse(part).find_all(True, recursive=False)
        assert root["data-part"]

    def test_brings_its_style_to_jupyterlab_and_not_to_the_page(self, part):
        html = part._repr_mimebundle_()["text/html"]
        assert html.startswith("<style>")
        assert html.endswith(part.to_html())
        assert "<style" not in part.to_html()

    def test_has_words_for_a_place_without_html(self, part):
        assert str(part).strip()
        assert repr(part) == str(part)
        assert "<" not in str(part)

    def test_comes_back_from_its_json_as_it_was(self, part):
        html, values = show(part)
        again = read_part(values, html)
        assert type(again) is type(part)
        assert again.to_html() == part.to_html()
        assert again.to_json(html) == values

    def test_is_refused_where_its_json_has_more_or_less_than_it_holds(self, part):
        html, values = show(part)
        with pytest.raises(BriefingError, match=r"holds more than such a part has\. Run the notebook again"):
            read_part({**values, "colour": "red"}, html)
        for name in [each.name for each in fields(part) if each.default is MISSING]:
            with pytest.raises(BriefingError, match=name):
                read_part({key: value for key, value in values.items() if key != name}, html)

    def test_is_shown_by_jupyterlab_as_html_text_and_json(self, part):
        data, _ = DisplayFormatter().format(part)
        assert set(data) == {"text/plain", "text/html", PART_TYPE}
        assert data["text/plain"] == str(part)

    def test_cannot_be_changed(self, part):
        with pytest.raises(FrozenInstanceError):
            part.anything = 1

    def test_is_the_same_each_time(self, part):
        assert part.to_html() == replace(part).to_html()


@pytest.mark.parametrize(
    "part",
    [
        Masthead(HOSTILE, HOSTILE, HOSTILE, DAY, HOSTILE, HOSTILE, True),
        DataQuality([QualityFact(HOSTILE, HOSTILE)], HOSTILE),
        Headlines([Sentence(HOSTILE)]),
        replace(FIGURE, title=HOSTILE, alternative_text=HOSTILE, caption=HOSTILE, cannot_conclude=HOSTILE),
        Notes([Note(HOSTILE, HOSTILE)]),
        Sources([Source(HOSTILE, HOSTILE, DAY, HOSTILE, HOSTILE)], HOSTILE),
        PartnerContext([CommentOnFigure(HOSTILE, HOSTILE, HOSTILE, DAY, HOSTILE)]),
    ],
    ids=lambda part: type(part).__name__,
)
def test_hostile_text_is_shown_and_not_obeyed(part):
    soup = parse(part)
    assert soup.find("script") is None
    assert "<script>alert(1)</script>" in soup.get_text()
    assert not [name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]


class TestMasthead:
    def test_says_whose_paper_it_is_of_what_and_when(self):
        text = parse(MASTHEAD).get_text(" ", strip=True)
        for words in ("Stroud", "Crime", "Quarter 3 2024-25", "15 February 2025", "Board", "FINAL"):
            assert words in text

    def test_warns_of_simulated_data_and_only_of_those(self):
        simulated = replace(MASTHEAD, is_simulated=True)
        assert "SIMULATED DATA" in parse(simulated).select_one(".briefing-simulated").get_text()
        assert str(simulated).startswith("SIMULATED DATA")
        assert "SIMULATED" not in MASTHEAD.to_html()


class TestStrip:
    @pytest.mark.parametrize(
        ("tone", "words"), [("fine", "5 of 6"), ("caution", "Take care: 5 of 6"), ("problem", "Problem: 5 of 6")]
    )
    def test_a_tone_is_heard_too(self, tone, words):
        item = parse(DataQuality([QualityFact("Feeds", "5 of 6", tone)])).select_one(f".tone-{tone} dd")
        assert item.get_text() == words

    @pytest.mark.parametrize(("facts", "columns"), [(0, 0), (1, 1), (5, 5), (6, 3), (7, 4), (10, 5), (11, 4)])
    def test_rows_of_facts_are_even(self, facts, columns):
        assert DataQuality([QualityFact("a", "b")] * facts).columns == columns

    def test_a_tone_has_a_sign_and_not_only_a_colour(self):
        sheet = read_parts_stylesheet()
        for tone in ("fine", "caution", "problem"):
            assert re.search(rf"\.tone-{tone} dd::before\{{content:\S", sheet)


class TestHeadlines:
    def test_a_sentence_carries_what_its_words_rest_on(self):
        evidence = Evidence(is_tested=True, points=36)
        (sentence,) = parse(Headlines([Sentence("It fell from 121 to 90.", "down", evidence)])).select(
            "[data-computed]"
        )
        assert sentence["data-verdict"] == "down"
        assert read_evidence(sentence["data-evidence"]) == evidence

    @pytest.mark.parametrize("number", [0, 6])
    def test_none_or_too_many_are_refused(self, number):
        with pytest.raises(BriefingError, match=f"There are {number} headlines. Allowed: 1 to 5"):
            Headlines([Sentence("One.")] * number)

    def test_a_verdict_that_is_none_is_refused(self):
        with pytest.raises(RequestError, match="is not a verdict"):
            Headlines([Sentence("One.", "better")]).to_html()


class TestFigure:
    def test_holds_picture_words_and_numbers(self):
        soup = parse(FIGURE)
        assert soup.img["alt"] == "A line that falls."
        assert soup.img["src"].startswith("data:image/svg+xml,")
        assert soup.figcaption.get_text(" ", strip=True).startswith("Burglary fell from 121 to 90 Burglary by month.")
        assert soup.details.table is not None
        assert [term.get_text() for term in soup.find_all("dt")] == ["What we can conclude", "What we cannot conclude"]

    def test_the_svg_comes_back_as_it_was(self):
        from urllib.parse import unquote  # noqa: PLC0415  # used here only

        svg = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M 1,2 #\n%" fill="#12436d"/></svg>'
        source = parse(replace(FIGURE, picture=svg)).img["src"]
        assert unquote(source.removeprefix("data:image/svg+xml,")) == svg
        assert not set(source) & set("\"'<>#\n")

    def test_a_narrow_picture_stands_beside_the_wide_one_with_the_same_words(self):
        soup = parse(replace(FIGURE, narrow_picture="<svg  viewBox='0 0 1 1'/>"))
        assert [image["class"] for image in soup.find_all("img")] == [["wide-picture"], ["narrow-picture"]]
        assert {image["alt"] for image in soup.find_all("img")} == {"A line that falls."}
        assert "has-narrow" in soup.figure["class"]
        assert soup.select_one(".scroll-hint") is None
        assert len(parse(FIGURE).find_all("img")) == 1
        assert "has-narrow" not in parse(FIGURE).figure["class"]

    @pytest.mark.parametrize(("width", "shown"), [(300, "300"), (2000, "643")])
    def test_a_png_is_shown_no_wider_than_the_page(self, width, shown):
        image = parse(replace(FIGURE, picture=png(width))).img
        assert image["width"] == shown
        assert image["src"].startswith("data:image/png;base64,")

    def test_conclusions_may_bring_verdicts_of_their_own(self):
        figure = replace(FIGURE, can_conclude=[Sentence("A rose.", "up"), Sentence("B fell.", "down")], verdict=None)
        conclusions = parse(figure).dd
        assert [span["data-verdict"] for span in conclusions.find_all("span")] == ["up", "down"]
        assert conclusions.get_text() == "A rose. B fell."

    def test_one_sentence_is_enough(self):
        assert parse(replace(FIGURE, can_conclude=Sentence("A rose.", "up"))).dd.span["data-verdict"] == "up"

    def test_what_cannot_be_concluded_is_marked_as_a_denial(self):
        denial = parse(FIGURE).find_all("dd")[1]
        assert read_evidence(denial["data-evidence"]).is_denial

    @pytest.mark.parametrize("name", ["title", "alternative_text", "caption", "can_conclude", "cannot_conclude"])
    def test_missing_words_are_refused_by_name(self, name):
        with pytest.raises(BriefingError, match=f"empty {name}"):
            replace(FIGURE, **{name: "  "})

    @pytest.mark.parametrize("picture", ["", "<img>", b"GIF89a", "chart.svg"])
    @pytest.mark.parametrize("name", ["picture", "narrow_picture"])
    def test_what_is_no_picture_is_refused(self, picture, name):
        with pytest.raises(BriefingError, match="neither SVG text nor PNG bytes"):
            replace(FIGURE, **{name: picture})


class TestJson:
    def test_a_picture_stands_in_the_notebook_once(self):
        svg, narrow = (f"<svg viewBox='0 0 {width} 1'><path d='M 1,2'/></svg>" for width in (9, 8))
        figure = replace(FIGURE, picture=svg, narrow_picture=narrow)
        html, values = show(figure)
        assert "svg" not in json.dumps(values)
        assert read_part(values, html) == replace(figure, can_conclude=figure.can_conclude)
        drawn = replace(FIGURE, picture=png(300))
        html, values = show(drawn)
        assert read_part(values, html).picture == drawn.picture

    def test_another_picture_in_its_place_is_refused(self):
        html, values = show(FIGURE)
        with pytest.raises(BriefingError, match="the picture is not the one that was drawn"):
            read_part(values, html.replace("2000/svg", "2001/svg"))

    @pytest.mark.parametrize("is_simulated", ["maybe", 0, "no", None])
    def test_only_a_plain_no_makes_a_page_of_real_figures(self, is_simulated):
        html, values = show(MASTHEAD)
        with pytest.raises(BriefingError, match="is_simulated"):
            read_part({**values, "is_simulated": is_simulated}, html)

    def test_a_sentence_with_a_percentage_alone_is_refused_from_json_too(self):
        html, values = show(Headlines([Sentence("One.")]))
        values["sentences"][0]["text"] = "There was an increase of 34% in drug offences."
        with pytest.raises(BriefingError, match="'34%' in"):
            read_part(values, html)

    def test_characters_that_hide_words_are_replaced(self):
        html, values = show(Notes([Note("A\u202eB", "C\ud800\x00D")]))
        assert read_part(values, html) == Notes([Note("A\ufffdB", "C\ufffd\ufffdD")])

    def test_an_unknown_kind_is_refused_and_those_there_are_are_named(self):
        with pytest.raises(BriefingError, match=r"There is no part 'map'\. There are: masthead, strip, "):
            read_part({"kind": "map"}, "")


class TestNotes:
    def test_paper_says_how_many_are_left_to_the_web_edition(self):
        notes = [Note("A", "One."), Note("B", "Two.", is_on_paper=False), Note("C", "Three.", is_on_paper=False)]
        soup = parse(Notes(notes))
        assert [div.dt.get_text() for div in soup.select(".screen-only")] == ["B", "C"]
        assert soup.select_one(".print-only").get_text(" ", strip=True) == "Not on paper 2 more are in the web edition."
        assert "1 more is in the web edition." in parse(Notes(notes[:2])).get_text()
        assert parse(Notes(notes[:1])).select_one(".print-only") is None

    def test_a_long_note_is_said_in_short_on_paper_and_is_not_counted_as_left_out(self):
        soup = parse(Notes([Note("Nobody.", "Of A, B and C.", in_short=Note("Nobody.", "Of three."))]))
        assert [div.get_text(" ", strip=True) for div in soup.select(".screen-only")] == ["Nobody. Of A, B and C."]
        assert [div.get_text(" ", strip=True) for div in soup.select(".print-only")] == ["Nobody. Of three."]

    @pytest.mark.parametrize(("term", "ends"), [("95% range", False), ("None came.", True), ("Why?", True)])
    def test_a_term_that_is_a_sentence_gets_no_second_stop(self, term, ends):
        assert parse(Notes([Note(term, "Text.")])).dt.has_attr("class") is ends

    @pytest.mark.parametrize(("printed", "left", "columns"), [(1, 0, 1), (2, 0, 1), (1, 4, 1), (2, 1, 3), (7, 0, 3)])
    def test_few_notes_stand_in_one_column(self, printed, left, columns):
        notes = [Note("A", "One.")] * printed + [Note("B", "Two.", is_on_paper=False)] * left
        assert Notes(notes).columns_on_paper == columns


class TestSources:
    def test_a_hash_is_shown_by_its_beginning_and_whole_when_pointed_at(self):
        soup = parse(Sources([Source("crime.csv", "Police", DAY, "0123456789abcdef" * 4, "OGL")]))
        assert soup.code["title"] == "0123456789abcdef" * 4
        assert soup.code.get_text() == "0123456789abcdef…"


class TestPartnerContext:
    def test_partners_words_are_not_ours(self):
        soup = parse(
            PartnerContext(
                [CommentOnFigure("Burglary", "It soared due to\nthe weather.", "A. Officer", DAY, "opinion")]
            )
        )
        assert not soup.select("[data-computed]")
        assert soup.blockquote.get_text() == "It soared due to\nthe weather."
        assert "A. Officer, 15 February 2025. Evidence: opinion." in soup.get_text()
