"""Tables: captions, scoped headings, escaped cells, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.errors import BriefingError, RequestError
from shp_analysis.page.data_tables import Cell, CellPicture, Column, build_table
from shp_analysis.page.parts import Note, Notes, leave_to_screen

NAME, COUNT = Column("name", "Indicator", is_row_heading=True), Column("count", "Offences", align="right")
ROWS = [{"name": "Burglary", "count": "118"}, {"name": "Robbery", "count": "6"}]


def parse(table) -> BeautifulSoup:
    return BeautifulSoup(table.to_html(), "html.parser")


def build(rows=ROWS, columns=(NAME, COUNT), caption="Offences, October to December 2024", **kwargs):
    return build_table(rows, caption=caption, columns=list(columns), **kwargs)


def scopes(soup: BeautifulSoup) -> list[tuple[str, str]]:
    return [(heading.get_text(strip=True), heading["scope"]) for heading in soup.find_all("th")]


def test_a_table_has_a_caption_and_scoped_headings():
    soup = parse(build())
    assert soup.caption.get_text() == "Offences, October to December 2024"
    assert scopes(soup) == [("Indicator", "col"), ("Offences", "col"), ("Burglary", "row"), ("Robbery", "row")]


def test_the_region_that_scrolls_is_named_by_the_caption_and_reached_by_the_keyboard():
    soup = parse(build())
    region = soup.select_one("[role=region]")
    assert region["tabindex"] == "0"
    assert soup.find(id=region["aria-labelledby"]) is soup.caption


def test_groups_are_bodies_of_their_own_under_a_heading():
    rows = [{**row, "priority": priority} for row, priority in zip(ROWS, ("Crime", "Violence"), strict=True)]
    bodies = parse(build(rows, group_by="priority")).find_all("tbody")
    assert [body.th.get_text() for body in bodies] == ["Crime", "Violence"]
    assert {(body.th["scope"], body.th["colspan"]) for body in bodies} == {("rowgroup", "2")}
    table = bodies[0].find_parent("table")
    for body in bodies:
        named = [table.find(id=name).get_text() for name in body.find("th", scope="row")["headers"]]
        assert named == ["Indicator", body.th.get_text()]


def test_a_verdict_has_a_letter_a_symbol_and_a_word():
    columns = [NAME, Column("verdict", "Verdict", is_verdict=True)]
    cell = parse(build([{"name": "a", "verdict": "up"}], columns)).td.span
    assert cell["class"] == ["verdict", "verdict-up"]
    assert list(cell.stripped_strings) == ["U", "up"]
    assert cell.select_one(".verdict-symbol")["data-symbol"] == "▲"
    assert [part["aria-hidden"] for part in cell.find_all("span")] == ["true", "true"]


def test_a_cells_detail_is_set_off_for_those_who_hear_it():
    rows = [{"name": "a", "count": Cell("+86 (+3%)", "−2% to +9%")}]
    assert parse(build(rows)).td.get_text() == "+86 (+3%) −2% to +9%"


def test_a_picture_in_a_cell_has_words():
    rows = [{"name": "a", "count": CellPicture("<svg></svg>", "Steady, then lower")}]
    picture = parse(build(rows)).td.img
    assert picture["alt"] == "Steady, then lower"
    assert picture["src"].startswith("data:image/svg+xml,")
    with pytest.raises(BriefingError, match="no alternative text"):
        CellPicture("<svg></svg>", " ")


@pytest.mark.parametrize("empty", [None, float("nan"), pd.NA, pd.NaT, "", "  "])
def test_where_there_is_nothing_stands_a_dash(empty):
    assert parse(build([{"name": "a", "count": empty}])).td.get_text() == "–"


def test_a_frame_is_taken_as_it_is_and_left_as_it_was():
    frame = pd.DataFrame(ROWS)
    before = frame.copy()
    assert build(frame).to_html() == build().to_html()
    pd.testing.assert_frame_equal(frame, before)


@given(st.text())
def test_whatever_a_cell_says_it_makes_no_element(text):
    soup = parse(build([{"name": text, "count": text}], caption=f"Caption {text}", note=text))
    names = {tag.name for tag in soup.find_all(True)}
    assert names <= {"div", "table", "caption", "span", "thead", "tbody", "tr", "th", "td", "p"}


def test_characters_that_hide_or_reorder_text_are_replaced():
    rows = [{"name": "evil\u202efdp.exe\x00\ud800", "count": "1"}]
    table = build(rows)
    assert parse(table).tbody.th.get_text() == "evil\ufffdfdp.exe\ufffd\ufffd"
    table.to_html().encode()


def test_ids_are_the_same_for_the_same_table_and_differ_for_another():
    assert build().table_id == build().table_id
    assert build().table_id != build(ROWS[:1]).table_id
    assert build(caption="A & <b> é").table_id.isascii()


def test_a_table_with_many_columns_is_wide():
    columns = [NAME, *(Column(f"c{number}", f"C{number}") for number in range(4))]
    rows = [{"name": "a", **{f"c{number}": "1" for number in range(4)}}]
    assert "wide-table" in build(rows, columns).to_html()
    assert "wide-table" not in build().to_html()


def test_text_says_what_it_is():
    assert str(build()) == repr(build()) == "Table: Offences, October to December 2024 (2 rows, 2 columns)"


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"caption": " "}, "has no caption"),
        ({"columns": [COUNT]}, "has no row heading. Mark one column is_row_heading=True"),
        ({"columns": [NAME, Column("count", "")]}, "has no heading over count"),
        ({"columns": [NAME, Column("rate", "Rate")]}, r"has no column rate\. .*Its rows hold: name, count"),
        ({"rows": [{"name": "a", "count": 118}]}, r"holds 118 in 'count'.*format_count"),
    ],
)
def test_what_a_reader_could_not_use_is_refused(kwargs, message):
    with pytest.raises(BriefingError, match=message):
        build(**kwargs)


def test_a_word_that_is_no_verdict_is_refused():
    columns = [NAME, Column("count", "Verdict", is_verdict=True)]
    with pytest.raises(RequestError, match="'118' is not a verdict"):
        build(columns=columns)


def test_a_column_may_be_left_to_the_web_edition_and_paper_say_it_under_the_name():
    rows = [{"name": Cell("Burglary", "per 1,000 households", on_paper="data to June"), "count": "118"}]
    soup = parse(build(rows, columns=(NAME, Column("count", "Offences", align="right", is_on_paper=False))))
    assert [cell.get_text() for cell in soup.select(".screen-only")] == ["Offences", "118"]
    assert [cell.get_text() for cell in soup.select(".print-only")] == ["data to June"]
    assert soup.select_one("th[scope=row]").get_text(" ", strip=True) == "Burglary per 1,000 households data to June"


def test_a_table_that_is_left_to_the_web_edition_is_named_on_paper():
    stub = parse(leave_to_screen(build())).select_one(".print-only")
    assert " ".join(stub.get_text().split()) == "In the web edition: Offences, October to December 2024."


def test_a_line_in_the_place_of_such_a_table_stays_on_paper():
    line = Notes((Note("Placed children", "Not received."),))
    assert leave_to_screen(line) is line
