"""Six papers in two stages: figures first, then the board's pages with what partners said."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from page.page_faults import find_html_faults

from shp_analysis.config.papers import read_paper_contents
from shp_analysis.config.parameters import Paper, Theme, read_editions
from shp_analysis.errors import BriefingError
from shp_analysis.page.exporter import Page
from shp_analysis.page.wording import check_wording
from shp_analysis.papers import partner_context
from shp_analysis.papers.masthead import build_masthead
from shp_analysis.papers.run import open_run
from shp_analysis.partners.forms import FORM_COLUMNS
from shp_analysis.runs import runner

from .whole_packs import make_pack, make_plan, read_page, read_words

SIX = read_editions()["board"].papers
PRIORITIES = 9


@pytest.fixture(scope="module")
def pack(simulated_data: Path) -> Path:
    return make_pack(simulated_data)


@pytest.fixture(scope="module")
def summary(pack: Path) -> BeautifulSoup:
    return read_page(pack, Paper.BOARD_SUMMARY)


@pytest.fixture(scope="module")
def annual(pack: Path) -> BeautifulSoup:
    return read_page(pack, Paper.ANNUAL_ASSESSMENT)


def find_table(page: BeautifulSoup, caption: str) -> list[list[str]]:
    """Give the cells of the table whose caption begins so, row by row."""
    (table,) = [each for each in page.find_all("table") if each.caption.get_text().startswith(caption)]
    rows = [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")
    ]
    return [row for row in rows if len(row) > 1]


def test_a_run_writes_six_papers(pack: Path) -> None:
    pages = sorted(path.name for path in pack.glob("*.html"))
    assert pages == sorted(f"{paper.notebook}.html" for paper in SIX)
    assert len(pages) == 6
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["papers"] == [paper.value for paper in SIX]
    own_results = {f"results/{paper.notebook}.csv" for paper in SIX}
    themes = [paper.notebook for paper in SIX if paper.theme]
    working = {f"working/{name}.{ending}" for name in themes for ending in ("html", "ipynb")}
    assert set(manifest["files"]) == {*pages, *own_results, *working, "results.csv", "tables.csv"}


@pytest.mark.parametrize("paper", SIX)
def test_every_page_can_be_read_aloud_and_asks_for_nothing(pack: Path, paper: Paper) -> None:
    assert find_html_faults((pack / f"{paper.notebook}.html").read_text(encoding="utf-8")) == []


def test_one_results_table_holds_every_number_once(pack: Path) -> None:
    results = pd.read_csv(pack / "results.csv", low_memory=False)
    assert results["result_id"].is_unique
    assert {"ALL-01/E06000006/2024-25/financial_year_count", "ALL-01/RUNCORN/2024-25/count"} <= set(
        results["result_id"]
    )


class TestSummary:
    def test_nine_priorities_in_the_strategys_order(self, summary: BeautifulSoup) -> None:
        rows = find_table(summary, "The priorities in")[1:]
        assert [int(row[0].split()[0]) for row in rows] == list(range(1, PRIORITIES + 1))

    def test_delivery_stands_apart_from_the_verdict(self, summary: BeautifulSoup) -> None:
        heading, *rows = find_table(summary, "The priorities in")
        assert heading == ["Priority and indicator", "Figure", "Verdict", "36 months", "Peers", "Delivery"]
        assert [row[-1] for row in rows[:3]] == ["A at risk", "– no action", "R off track"]

    def test_every_course_has_words(self, summary: BeautifulSoup) -> None:
        pictures = summary.select("img.cell-picture")
        assert len(pictures) >= PRIORITIES - 1
        assert all("lowest" in str(picture["alt"]) for picture in pictures)

    def test_its_boxes_are_all_there(self, summary: BeautifulSoup) -> None:
        terms = [term.get_text() for term in summary.select("dl.briefing-notes dt")]
        boxes = (
            "New, or worth a conversation",
            "Cannot be compared",
            "You asked last time",
            "Decisions sought",
            "Data to",
        )
        for box in boxes:
            assert any(term.startswith(box) for term in terms), box

    def test_the_tally_adds_up_and_expects_false_ones(self, summary: BeautifulSoup, pack: Path) -> None:
        text = summary.select_one(".briefing-headlines").get_text(" ")
        numbers = [int(word) for word in text.split("Even if")[0].replace(",", " ").split() if word.isdigit()]
        assert numbers[0] == sum(numbers[1:])
        assert "compared would look clear" in text
        results = pd.read_csv(pack / "results.csv", low_memory=False)
        assert numbers[0] >= results["indicator"].nunique()

    def test_its_run_is_the_manifests(self, summary: BeautifulSoup, pack: Path) -> None:
        manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["run_id"] in read_words(summary)


def test_words_in_cells_and_boxes_keep_the_rules(summary: BeautifulSoup, annual: BeautifulSoup) -> None:
    for page in (summary, annual):
        for cell in page.select("td .cell-detail, td.left"):
            row = cell.find_parent("tr")
            verdict = row.select_one(".verdict") if row else None
            word = " ".join(verdict.get_text(" ").split()[1:]).lstrip("▲▼–· ") if verdict else None
            faults = [each.rule_id for each in check_wording(cell.get_text(" "), verdict=word)]
            assert not {"cause", "loaded-word", "significant-without-test", "rank-without-comparators"} & (
                set() if word == "not comparable" else set(faults)
            ), cell.get_text()


class TestAnnual:
    def test_every_priority_has_a_chapter(self, annual: BeautifulSoup) -> None:
        headings = [each.get_text() for each in annual.select("tr.row-group th")]
        for number in range(1, PRIORITIES + 1):
            assert sum(heading.startswith(f"{number} ") for heading in headings) == 2, number  # chapter and four Ps

    def test_it_is_about_the_financial_year(self, annual: BeautifulSoup) -> None:
        assert "Financial year 2024-25: April 2024 to March 2025" in read_words(annual)

    def test_the_towns_add_up_to_no_more_than_the_area(self, annual: BeautifulSoup, pack: Path) -> None:
        results = pd.read_csv(pack / "results.csv", low_memory=False).set_index("result_id")["value"].astype(float)
        towns = sum(results[f"ALL-01/{town}/2024-25/count"] for town in ("RUNCORN", "WIDNES"))
        assert 0 < towns <= results["ALL-01/E06000006/2024-25/count"]
        assert len(find_table(annual, "Places in")) == 1 + 2 * len(read_paper_contents().annual_assessment.towns)

    def test_years_are_those_that_mean_the_same(self, annual: BeautifulSoup, pack: Path) -> None:
        heading, *rows = find_table(annual, "Counts by financial year")
        # Its recording changed in July 2024, and no whole financial year has passed since.
        assert "Drug possession" not in [row[0] for row in rows]
        total = next(row for row in rows if row[0] == "Total recorded crime")
        results = pd.read_csv(pack / "results.csv", low_memory=False).set_index("result_id")["value"]
        year = heading[-2]
        assert f"{int(float(results[f'ALL-01/E06000006/{year}/financial_year_count'])):,}" == total[-2]

    def test_what_emerges_is_graded(self, annual: BeautifulSoup) -> None:
        _, *rows = find_table(annual, "What is clearly changing")
        assert rows
        assert all(set(row[2].split(", ")) <= {"strong", "moderate", "new"} for row in rows)


class TestStages:
    def test_a_preview_is_figures_and_a_form(self, simulated_data: Path) -> None:
        preview = make_pack(simulated_data, "preview")
        names = ["comment_form.csv", "comment_form.xlsx", "manifest.json", "raw_figures.csv"]
        assert sorted(path.name for path in preview.iterdir()) == names
        figures = pd.read_csv(preview / "raw_figures.csv", low_memory=False)
        assert "verdict" not in figures
        assert (
            not figures["statistic"]
            .str.contains("change|p_value|difference|dispersion|degrees_of_freedom|history")
            .any()
        )
        with (preview / "comment_form.csv").open(encoding="utf-8-sig", newline="") as lines:
            form = list(csv.DictReader(lines))
        assert tuple(form[0]) == FORM_COLUMNS
        assert {row["deadline"] for row in form} == {"2025-05-09"}
        assert {row["text"] for row in form} == {""}
        assert "Cheshire Constabulary" in {row["asked"] for row in form}

    @pytest.mark.parametrize("theme", Theme)
    def test_the_board_sees_every_comment_and_every_silence(self, pack: Path, theme: Theme) -> None:
        page = read_page(pack, Paper(theme))
        silences = [
            dt.find_parent("div") for dt in page.find_all("dt") if dt.get_text().startswith("No comment received by 9")
        ]
        assert silences
        assert all(len(each.dd.get_text()) > len("Of .") for each in silences)
        owners = [each.get_text() for each in page.select(".remark-owner")]
        if theme is Theme.CRIME_AND_ASB:
            assert any("Simulated retail crime officer, 30 April 2025" in owner for owner in owners)

    def test_comments_stand_apart_from_what_was_computed(self, pack: Path) -> None:
        page = read_page(pack, Paper.CRIME_AND_ASB)
        for remark in page.select(".remark"):
            assert remark.find_parent(attrs={"data-part": "context"}) is not None
            assert remark.select_one("[data-computed]") is None

    def test_a_board_page_without_the_comments_is_refused(self, simulated_data: Path) -> None:
        paper = Paper.CRIME_AND_ASB
        plan = make_plan(simulated_data, "board", (paper,))
        run = open_run(paper=paper, **plan.parameters())
        remarks, silences = partner_context.list_comments(run), partner_context.list_missing_comments(run)
        page = Page("", "", build_masthead(run), (remarks, silences), ())
        runner.check_comments(plan, paper, page)
        refusal = r"Total recorded crime.*neither a comment of the police nor 'No comment received by 9 May 2025\.'"
        with pytest.raises(BriefingError, match=refusal):
            runner.check_comments(plan, paper, replace(page, blocks=(remarks,)))
        with pytest.raises(BriefingError, match="Shoplifting") as caught:
            runner.check_comments(plan, paper, replace(page, blocks=(silences,)))
        assert "Total recorded crime" not in str(caught.value)
