"""Two stages: raw figures and a form without narrative; then comments with owner and date, or that none came."""

from __future__ import annotations

import csv
from datetime import date

import pandas as pd
import pytest
from builders import HALTON
from openpyxl import load_workbook

from shp_analysis.config.catalogue import CATALOGUE_FOLDER, Catalogue, Measure, read_catalogue
from shp_analysis.config.parameters import PARAMETERS_FOLDER
from shp_analysis.config.priorities import read_priorities
from shp_analysis.errors import BriefingError, ParametersError, RequestError
from shp_analysis.papers.results import RESULT_COLUMNS
from shp_analysis.partners.comments import (
    OWNERS_NAME,
    Comment,
    EvidenceType,
    check_comments,
    describe_missing_comment,
    find_owners,
    merge_comments,
    read_returned_form,
)
from shp_analysis.partners.delivery import list_four_ps
from shp_analysis.partners.forms import FORM_COLUMNS, build_comment_form, save_preview, select_raw_figures
from shp_analysis.partners.quarter_folder import read_partner_files
from shp_analysis.readers.partner_returns_measures import read_measures
from shp_analysis.reference.areas import read_area

CATALOGUE = read_catalogue()
ASB, DAMAGE = CATALOGUE.indicator("ASB-01"), CATALOGUE.indicator("ASB-07")
OWNERS = find_owners(CATALOGUE.indicators, read_area(HALTON))
DEADLINE = date(2025, 5, 8)
QUARTER = PARAMETERS_FOLDER / "2024-25-Q4"


def build_results() -> pd.DataFrame:
    """Two indicators, of which one is withheld."""
    rows = [
        ("ASB-01", "count", 1234, None, None, "incidents", "down", False),
        ("ASB-01", "rate", 9.61, 9.1, 10.2, "per 1,000 residents", "", False),
        ("ASB-07", "count", 4, None, None, "recorded crimes", "too few to say", True),
    ]
    cells = [
        (f"{i}/{s}", i, HALTON, "2024-25 Q4", s, value, low, high, unit, verdict, hidden, "ab12")
        for i, s, value, low, high, unit, verdict, hidden in rows
    ]
    return pd.DataFrame(cells, columns=list(RESULT_COLUMNS), dtype=object)


def comment(text: str = "More patrols", **more: object) -> Comment:
    values = {"indicator": "ASB-01", "owner": "Police team", "given_on": "2025-05-02", "evidence_type": "intelligence"}
    return Comment.model_validate({**values, "text": text, **more})


# --- the first stage --------------------------------------------------------------------------------------------------


def test_the_form_has_a_row_an_indicator_and_asks_its_owner():
    results = build_results()
    before = results.copy()
    form = build_comment_form(results, OWNERS, DEADLINE)
    pd.testing.assert_frame_equal(results, before)
    assert tuple(form.columns) == FORM_COLUMNS
    assert form["indicator"].tolist() == ["ASB-01", "ASB-07"]
    assert form["figure"].tolist() == ["1,234", "withheld"]
    assert set(form["asked"]) == {"Cheshire Constabulary"}
    assert set(form["deadline"]) == {"2025-05-08"}
    assert (form[["text", "owner", "given_on", "evidence_type", "is_public"]] == "").all(axis=None)


def test_a_figure_that_nobody_is_asked_about_is_refused():
    with pytest.raises(RequestError, match=r"Nobody is named to comment on ASB-07\. Add"):
        build_comment_form(build_results(), {"ASB-01": OWNERS["ASB-01"]}, DEADLINE)


def test_a_preview_has_no_narrative_and_is_the_same_bytes_twice(tmp_path):
    results = build_results()
    form = build_comment_form(results, OWNERS, DEADLINE)
    first = [path.read_bytes() for path in save_preview(results, form, tmp_path / "a")]
    paths = save_preview(results, form, tmp_path / "b")
    assert [path.name for path in paths] == ["raw_figures.csv", "comment_form.csv", "comment_form.xlsx"]
    assert [path.read_bytes() for path in paths] == first
    assert "verdict" not in select_raw_figures(results).columns
    for content in first[:2]:
        for word in (b"verdict", b"down", b"too few"):
            assert word not in content


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_form_that_comes_back_unfilled_is_no_comment(tmp_path, ending):
    results = build_results()
    save_preview(results, build_comment_form(results, OWNERS, DEADLINE), tmp_path)
    assert read_returned_form(tmp_path / f"comment_form.{ending}", CATALOGUE) == ()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_form_that_comes_back_filled_in_is_read(tmp_path, ending):
    results = build_results()
    form = build_comment_form(results, OWNERS, DEADLINE)
    save_preview(results, form, tmp_path)
    path = tmp_path / f"comment_form.{ending}"
    answer = {"text": "<b>Patrols</b>", "owner": "Police", "given_on": "2025-05-02", "evidence_type": "survey"}
    if ending == "csv":
        form.loc[0, list(answer)] = list(answer.values())
        form.to_csv(path, index=False)
    else:
        book = load_workbook(path)
        for name, words in answer.items():
            book["Comments"].cell(2, FORM_COLUMNS.index(name) + 1, words)
        book.save(path)
    (only,) = read_returned_form(path, CATALOGUE)
    assert (only.indicator, only.text, only.evidence_type) == ("ASB-01", "Patrols", EvidenceType.SURVEY)


def test_a_half_filled_row_is_refused(tmp_path):
    form = build_comment_form(build_results(), OWNERS, DEADLINE)
    form.loc[1, "text"] = "Patrols"
    form.to_csv(tmp_path / "form.csv", index=False)
    with pytest.raises(ParametersError, match=r"form\.csv, row 3: owner: Field required; given_on: Field required"):
        read_returned_form(tmp_path / "form.csv", CATALOGUE)


def test_a_remark_beside_the_last_column_of_a_form_is_refused(tmp_path):
    results = build_results()
    save_preview(results, build_comment_form(results, OWNERS, DEADLINE), tmp_path)
    path = tmp_path / "comment_form.xlsx"
    book = load_workbook(path)
    book["Comments"].cell(3, len(FORM_COLUMNS) + 2, "and this")
    book.save(path)
    with pytest.raises(
        ParametersError, match=r"comment_form\.xlsx, row 3: a cell stands to the right of the last heading"
    ):
        read_returned_form(path, CATALOGUE)


def test_a_second_sheet_that_holds_something_is_refused(tmp_path):
    results = build_results()
    save_preview(results, build_comment_form(results, OWNERS, DEADLINE), tmp_path)
    path = tmp_path / "comment_form.xlsx"
    book = load_workbook(path)
    book.create_sheet("Sheet2")
    book.save(path)
    assert read_returned_form(path, CATALOGUE) == ()
    book["Sheet2"]["B3"] = "and this"
    book.save(path)
    with pytest.raises(ParametersError, match="only the sheet 'Comments' is read, and 'Sheet2' holds something"):
        read_returned_form(path, CATALOGUE)


def test_another_workbook_is_refused_with_what_to_do(tmp_path):
    pd.DataFrame({"a": [1]}).to_excel(tmp_path / "form.xlsx", index=False)
    with pytest.raises(ParametersError, match=r"no sheet 'Comments'.*Send back the form"):
        read_returned_form(tmp_path / "form.xlsx", CATALOGUE)


# --- the second stage -------------------------------------------------------------------------------------------------


def test_a_comment_stands_with_owner_day_and_evidence_and_silence_is_said():
    merged = merge_comments([DAMAGE, ASB], [comment()], DEADLINE)
    assert [each.indicator for each in merged] == ["ASB-07", "ASB-01"]
    assert merged[0].text == "No comment received by 8 May 2025." == describe_missing_comment(DEADLINE)
    assert (merged[0].is_received, merged[0].owner) == (False, "")
    assert merged[1].text == "More patrols"
    assert (merged[1].owner, merged[1].given_on) == ("Police team", date(2025, 5, 2))
    assert merged[1].evidence_type.in_words == "intelligence (what a service knows from its work; not counted)"


def test_comments_stand_in_order_of_date_and_late_ones_say_so():
    late = comment("Late", given_on="2025-05-09")
    merged = merge_comments([ASB], [late, comment()], DEADLINE)
    assert [(each.text, each.is_late) for each in merged] == [("More patrols", False), ("Late", True)]
    assert merged[1].given_on == date(2025, 5, 9)


def test_a_comment_of_after_the_papers_day_was_not_known_on_it():
    (only,) = merge_comments([ASB], [comment(given_on="2025-05-09")], DEADLINE, as_of=DEADLINE)
    assert only.text == describe_missing_comment(DEADLINE)


def test_the_public_sees_what_was_released_and_nothing_of_the_rest():
    released = comment("Open", is_public=True)
    assert [each.text for each in merge_comments([ASB, DAMAGE], [comment(), released], DEADLINE, for_public=True)] == [
        "Open"
    ]


def test_a_board_edition_is_refused_where_a_police_figure_stands_in_silence():
    merged = merge_comments([ASB, DAMAGE], [comment()], DEADLINE)
    check_comments([ASB, DAMAGE], OWNERS, merged, DEADLINE)
    with pytest.raises(BriefingError, match=r"prints ASB-07 \(Criminal damage and arson\) with neither"):
        check_comments([ASB, DAMAGE], OWNERS, merged[:1], DEADLINE)
    with pytest.raises(BriefingError, match="ASB-07"):
        check_comments([ASB, DAMAGE], OWNERS, merged, date(2025, 5, 9))


def test_who_is_asked_follows_the_area_and_the_source():
    assert OWNERS["ASB-01"].is_police
    assert find_owners([ASB], read_area("Liverpool"))["ASB-01"].organisation == "Merseyside Police"
    council = ASB.model_copy(update={"sources": {"mhclg": next(iter(ASB.sources.values()))}})
    owner = find_owners([council], read_area(HALTON))["ASB-01"]
    assert (owner.organisation, owner.is_police) == ("Council of Halton", False)
    assert find_owners([ASB.model_copy(update={"sources": {}})], read_area(HALTON)) == {}


# --- the quarter that is shipped --------------------------------------------------------------------------------------


def test_the_shipped_quarter_is_invented_says_so_and_is_read_for_nothing_else():
    priorities = read_priorities(catalogue=CATALOGUE)
    sent = read_partner_files(QUARTER, CATALOGUE, priorities, is_simulated=True)
    assert all((sent.commentary, sent.delivery_plan, sent.actions, sent.funding))
    for record in (*sent.commentary, *sent.delivery_plan, *sent.actions, *sent.funding):
        assert record.is_simulated
    real = read_partner_files(QUARTER, CATALOGUE, priorities, is_simulated=False)
    assert not any((real.commentary, real.delivery_plan, real.actions, real.funding))
    assert {len(list_four_ps(sent.delivery_plan, each)) for each in priorities} == {4}


def test_of_partners_returns_the_sort_of_partner_that_sends_them_is_asked():
    for measure, organisation, is_police in (
        ("hate_incidents", "Cheshire Constabulary", True),
        ("fly_tipping_incidents", "Council of Halton", False),
        ("marac_cases", "Multi-agency risk assessment conference (MARAC) of Halton", False),
        ("not_a_measure", "The partner that sent the return", False),
    ):
        counted = Measure(records="partner_returns_month", sum="value", include={"measure": (measure,)})
        indicator = ASB.model_copy(update={"sources": {"returns": counted}})
        owner = find_owners([indicator], read_area(HALTON))["ASB-01"]
        assert (owner.organisation, owner.is_police) == (organisation, is_police)


def test_every_sort_of_partner_has_a_row():
    with (CATALOGUE_FOLDER / OWNERS_NAME).open(encoding="utf-8", newline="") as lines:
        named = {row["source"] for row in csv.DictReader(lines)}
    senders = {f"returns/{each.organisation_types[0]}" for each in read_measures().values()}
    assert senders <= named


def test_every_source_of_the_catalogue_has_somebody_to_ask():
    assert set(OWNERS) == {each.id for each in CATALOGUE.indicators if each.sources}


def test_forms_that_came_back_are_read_with_the_commentary(tmp_path):
    (tmp_path / "returned").mkdir()
    form = build_comment_form(build_results(), OWNERS, DEADLINE)
    form.loc[0, ["text", "owner", "given_on", "evidence_type"]] = ["Patrols", "Police", "2025-05-02", "survey"]
    form.to_csv(tmp_path / "returned" / "police.csv", index=False)
    (tmp_path / "returned" / "notes.txt").write_text("not a form", encoding="utf-8")
    empty = read_partner_files(tmp_path / "nothing", Catalogue((), ()), (), is_simulated=False)
    assert empty.commentary == empty.delivery_plan == empty.actions == empty.funding == ()
    sent = read_partner_files(tmp_path, CATALOGUE, read_priorities(catalogue=CATALOGUE), is_simulated=False)
    assert [each.text for each in sent.commentary] == ["Patrols"]
