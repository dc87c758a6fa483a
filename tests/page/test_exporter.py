"""From an executed notebook to a page: what is shown, what is left behind, what is refused."""

from __future__ import annotations

import re
import sys
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient
from nbconvert.exporters import get_export_names, get_exporter
from nbconvert.exporters.exporter import Config
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from page.demo_notebook import AREA, as_outputs, build_notebook, demo_cells, demo_html
from page.page_faults import find_html_faults
from page.test_parts import FIGURE, MASTHEAD, TABLE
from shp_analysis.errors import BriefingError
from shp_analysis.page import exporter as exporter_module
from shp_analysis.page.checks import check_page
from shp_analysis.page.exporter import BOARD_TAG, CONTENT_SECURITY_POLICY, BriefingExporter, collect_page, render_page
from shp_analysis.page.parts import Figure, Note, Notes, Sentence
from shp_analysis.page.rendering import PART_TYPE

TITLE = ("# What changed?", None)
TOP = [TITLE, ("masthead", MASTHEAD)]


def export(notebook) -> str:
    return BriefingExporter().from_notebook_node(notebook)[0]


def check(notebook) -> None:
    """Check a notebook's page as a run does, and its HTML as a browser reads it."""
    page = collect_page(notebook)
    check_page(page, render_page(page))
    assert find_html_faults(render_page(page)) == []


def export_cells(*cells) -> str:
    return export(build_notebook([*TOP, *cells]))


def notebook_with(*outputs) -> nbformat.NotebookNode:
    notebook = build_notebook(TOP)
    notebook.cells.append(new_code_cell("show(chart)\nmore()", outputs=list(outputs)))
    return notebook


def shown(data) -> nbformat.NotebookNode:
    return new_output("display_data", data)


def words_on_paper(tag) -> str:
    """Give the words of a part as they are printed."""
    printed = deepcopy(tag)
    for left_out in printed.select(".screen-only"):
        left_out.decompose()
    return " ".join(printed.get_text().split())


@pytest.fixture(scope="module")
def page() -> BeautifulSoup:
    return BeautifulSoup(demo_html(), "html.parser")


class TestPage:
    def test_may_be_published(self):
        check(build_notebook(demo_cells()))
        check(build_notebook(demo_cells(is_simulated=False)))

    def test_is_the_same_each_time(self):
        assert export(build_notebook(demo_cells())) == demo_html()

    def test_is_the_same_whatever_somebody_set_for_nbconvert(self):
        settings = Config({"TemplateExporter": {"exclude_input": False, "template_name": "lab"}})
        exporter = BriefingExporter(config=settings)
        assert exporter.from_notebook_node(build_notebook(demo_cells()))[0] == demo_html()

    def test_leaves_the_notebook_as_it_was(self):
        notebook = build_notebook(demo_cells())
        before = deepcopy(notebook)
        export(notebook)
        assert notebook == before

    def test_says_language_policy_and_charset(self, page):
        assert page.html["lang"] == "en-GB"
        assert page.find("meta", charset=True)["charset"] == "utf-8"
        assert page.select_one("meta[http-equiv]")["content"] == CONTENT_SECURITY_POLICY
        assert page.find("meta", attrs={"name": "viewport"})["content"] == "width=device-width, initial-scale=1"

    def test_title_is_the_boards_question_for_area_and_period(self, page):
        question, period = "What changed in crime and anti-social behaviour this quarter?", "Quarter 3 2024-25"
        assert page.title.get_text() == f"SIMULATED DATA - {question} – {AREA}, {period}: October to December 2024"
        real = BeautifulSoup(demo_html(is_simulated=False), "html.parser")
        assert real.title.get_text() == f"{question} – {AREA}, {period}: October to December 2024"

    def test_landmarks_stand_in_order_with_title_and_masthead_in_the_header(self, page):
        assert [tag.name for tag in page.body.find_all(True, recursive=False)] == [
            "a",
            "section",
            "header",
            "main",
            "footer",
        ]
        assert [tag.name for tag in page.header.find_all(True, recursive=False)] == ["h1", "div"]
        assert page.header.select_one("[data-part=masthead]") is not None
        assert page.body.a["href"] == "#main"

    def test_parts_stand_in_the_order_of_the_cells(self, page):
        parts = [
            tag["data-part"]
            for tag in page.main.select("[data-part]")
            if not tag.find_parent(attrs={"data-part": True})
        ]
        assert parts == ["strip", "headlines", "table", "figure", "figure", "context", "notes", "sources"]

    def test_has_no_code_no_metadata_and_no_tools_leavings(self):
        html = demo_html()
        for unwanted in (
            *("run.masthead", "PERIOD =", "papermill", "secret-parameter", "cell-id", "jp-", "anchor-link", "¶"),
            *("mermaid", "require.js", "MathJax", "No description has been provided", "<script"),
        ):
            assert unwanted not in html, unwanted

    def test_names_no_area_but_its_own(self):
        templates = Path(exporter_module.__file__).parent.rglob("*")
        for text in [
            demo_html(),
            *(path.read_text("utf-8") for path in templates if path.suffix in {".j2", ".css", ".json"}),
        ]:
            assert not re.search(r"halton|cheshire(?!-street)|runcorn|widnes", text, re.IGNORECASE)

    def test_its_frame_is_light(self):
        frame = export(build_notebook(TOP))
        assert len(frame.encode()) < 20_000

    def test_paper_has_running_lines_that_cannot_break_out_of_the_style(self):
        from dataclasses import replace  # noqa: PLC0415  # used here only

        hostile = replace(MASTHEAD, area_name='</style><script>x</script>"}*{display:none}\\')
        notebook = build_notebook([TITLE, ("masthead", hostile)])
        html = export(notebook)
        soup = BeautifulSoup(html, "html.parser")
        assert soup.find("script") is None
        assert len(soup.find_all("style")) == 1
        check(notebook)

    def test_parts_of_a_kind_that_follow_one_another_are_one_block_on_paper(self):
        figures = [("one", FIGURE), ("two", FIGURE)]
        page = BeautifulSoup(export_cells(*figures, ("three", FIGURE)), "html.parser")
        assert [len(block.find_all("figure")) for block in page.select("main > .figure-block")] == [3]
        parted = BeautifulSoup(export_cells(*figures, ("## Between", None), ("three", FIGURE)), "html.parser")
        assert [len(block.find_all("figure")) for block in parted.select("main > .figure-block")] == [2, 1]
        assert len(parted.select(".figures-note")) == 1

    def test_what_was_said_of_a_chart_is_not_printed_of_the_next(self):
        def figure(title: str, caption: str) -> Figure:
            return replace(FIGURE, title=title, caption=caption, cannot_conclude="Not why. Some are not reported.")

        first = figure("One", "Burglary by month. A gap: 2 months. Band: 20 to 30.")
        second = figure("Two", "Robbery by month. A gap: 2 months. Band: 1.5 to 3,000.")
        page = BeautifulSoup(export_cells(("one", first), ("two", second)), "html.parser")
        captions, denials = page.select(".figure-caption"), page.select(".figure-conclusions > div:last-child dd")
        assert [caption.select(".screen-only") for caption in captions[:1]] == [[]]
        assert captions[1].get_text().split() == second.caption.split()
        assert [words_on_paper(each) for each in captions] == [first.caption, "Robbery by month."]
        assert [words_on_paper(each) for each in denials] == [first.cannot_conclude, "As above."]
        assert denials[1].get_text(" ").split() == ["As", "above.", *first.cannot_conclude.split()]

    def test_paper_prints_the_first_sentences_beside_a_chart_and_the_page_has_all(self):
        told = [
            Sentence(f"{word} {'was counted again and again ' * 3}here.") for word in ("One", "Two", "Three", "Four")
        ]
        page = BeautifulSoup(export_cells(("one", replace(FIGURE, can_conclude=told, verdict=None))), "html.parser")
        conclusion = page.select_one(".figure-conclusions dd")
        assert words_on_paper(conclusion) == " ".join(each.text for each in told[:2])
        assert " ".join(conclusion.get_text(" ").split()) == " ".join(each.text for each in told)

    def test_one_long_sentence_is_printed_whole(self):
        long = f"Burglary {'was counted again and again ' * 20}here."
        page = BeautifulSoup(export_cells(("one", replace(FIGURE, can_conclude=long))), "html.parser")
        assert words_on_paper(page.select_one(".figure-conclusions dd")) == long

    def test_a_definition_that_stands_beside_a_chart_is_not_printed_again(self):
        notes = Notes([Note("Burglary", FIGURE.caption), Note("Robbery", "Taken by force.")])
        page = BeautifulSoup(export_cells(("one", FIGURE), ("notes", notes)), "html.parser")
        assert [div.dt.get_text() for div in page.select(".briefing-notes > .screen-only")] == ["Burglary"]

    def test_a_caption_without_words_of_its_own_keeps_them(self):
        page = BeautifulSoup(export_cells(("one", FIGURE), ("two", FIGURE)), "html.parser")
        assert [words_on_paper(each) for each in page.select(".figure-caption")] == [FIGURE.caption] * 2

    def test_alike_parts_get_ids_of_their_own(self):
        soup = BeautifulSoup(export_cells(("## One", None), ("t", TABLE), ("f", FIGURE), ("t", TABLE)), "html.parser")
        ids = [tag["id"] for tag in soup.select("[id]")]
        assert len(ids) == len(set(ids))
        for region in soup.select(".table-region"):
            assert region["aria-labelledby"] == region.caption["id"]


class TestWhatIsLeftBehind:
    @pytest.mark.parametrize(
        "output",
        [
            new_output("stream", name="stdout", text="a printed line"),
            new_output("stream", name="stderr", text="\x1b[31ma warning\x1b[0m"),
            shown({"text/plain": "<Run at 0x7f>"}),
            new_output("execute_result", {"text/plain": "'/home/somebody/run'"}),
            shown({"text/plain": "100%|###|", "application/vnd.jupyter.widget-view+json": {"model_id": "x"}}),
            shown({"application/javascript": "alert(1)", "text/plain": "x"}),
        ],
    )
    def test_stays_in_the_notebook(self, output):
        assert export(notebook_with(output)) == export(notebook_with())

    def test_a_raw_cell_stays_too(self):
        notebook = build_notebook(TOP)
        notebook.cells.append(nbformat.v4.new_raw_cell("<b>raw</b>"))
        assert "raw</b>" not in export(notebook)

    def test_markdown_from_code_is_shown(self):
        assert "<strong>bold</strong>" in export(notebook_with(shown({"text/markdown": "so **bold**"})))


class TestWhatIsRefused:
    def test_a_failed_notebook(self):
        failure = new_output("error", ename="KeyError", evalue="'rate'", traceback=["\x1b[31mTraceback …"])
        with pytest.raises(
            BriefingError, match=r"Cell 3 \(show\(chart\)\) failed with KeyError: 'rate'.*never published"
        ):
            export(notebook_with(failure))

    def test_a_notebook_that_was_not_run(self):
        notebook = new_notebook(cells=[new_markdown_cell("# T"), new_code_cell("run.masthead")])
        with pytest.raises(BriefingError, match=r"has no outputs.*Run it first"):
            export(notebook)

    @pytest.mark.parametrize(
        "kind", ["image/png", "image/svg+xml", "application/pdf", "application/vnd.plotly.v1+json"]
    )
    def test_a_bare_picture(self, kind):
        with pytest.raises(BriefingError, match=r"Cell 3 \(show\(chart\)\) shows a picture .* Return .*parts\.Figure"):
            export(notebook_with(shown({kind: "…", "text/plain": "<Figure>"})))

    @pytest.mark.parametrize(
        "html",
        ["<table><tr><td>1</td></tr></table>", "plain words", "", "<p data-part='x'>a</p>", TABLE.to_html()],
    )
    def test_html_that_is_no_part(self, html):
        with pytest.raises(BriefingError, match=r"Cell 3 .* shows HTML that is no part of a briefing.*build_table"):
            export(notebook_with(shown({"text/html": html})))

    def test_a_plain_frame_in_a_cell_for_the_board(self):
        notebook = build_notebook(TOP)
        html = pd.DataFrame({"burglary": [118, 121]})._repr_html_()
        notebook.cells.append(new_code_cell("frame", outputs=[shown({"text/html": html})]))
        for cell in notebook.cells:
            cell.metadata["tags"] = [BOARD_TAG]
        with pytest.raises(BriefingError, match=r"Cell 3 \(frame\) .*plain DataFrame.*build_table\(.*take the tag"):
            export(notebook)
        notebook.cells[2].metadata["tags"] = []
        assert "118" not in export(notebook)

    def test_a_part_whose_json_was_changed(self):
        notebook = build_notebook(TOP)
        (output,) = as_outputs(TABLE)
        output.data[PART_TYPE]["kind"] = "map"
        notebook.cells.append(new_code_cell("table", outputs=[output]))
        with pytest.raises(BriefingError, match="There is no part 'map'"):
            export(notebook)

    @pytest.mark.parametrize(
        ("cells", "message"),
        [
            ([("masthead", MASTHEAD)], "has 0 titles"),
            ([TITLE, TITLE, ("masthead", MASTHEAD)], "has 2 titles"),
            ([TITLE, ("table", TABLE)], "shows 0 mastheads"),
            ([TITLE, ("a", MASTHEAD), ("b", MASTHEAD)], "shows 2 mastheads"),
        ],
    )
    def test_a_page_without_one_title_and_one_masthead(self, cells, message):
        with pytest.raises(BriefingError, match=message):
            export(build_notebook(cells))


class TestRealNotebook:
    def test_a_kernels_outputs_make_a_page(self, tmp_path):
        notebook = new_notebook(
            cells=[
                new_markdown_cell("# What changed?"),
                new_code_cell(
                    "import sys, warnings\n"
                    "from datetime import date\n"
                    "from shp_analysis.page.parts import Masthead, Headlines, Sentence\n"
                    "warnings.warn('for the analyst')\nprint('for the analyst')\n"
                    "Masthead('Stroud', 'Crime', 'Quarter 3', date(2025, 2, 15), 'Board', 'FINAL', True)"
                ),
                new_markdown_cell("## What changed"),
                new_code_cell("Headlines([Sentence('Burglary fell from 121 to 90.', 'down')])"),
            ],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
        )
        path = tmp_path / "paper.ipynb"
        nbformat.write(NotebookClient(notebook, timeout=60).execute(), path)
        html, resources = BriefingExporter().from_filename(str(path))
        check(nbformat.read(path, as_version=4))
        assert "for the analyst" not in html
        assert str(tmp_path) not in html
        assert sys.executable not in html
        assert resources["output_extension"] == ".html"

    def test_jupyterlab_finds_the_exporter_by_its_name(self):
        if "briefing" not in get_export_names():
            pytest.skip("the package is not installed here, so its entry point is not known")
        assert get_exporter("briefing") is BriefingExporter
        assert BriefingExporter().export_from_notebook
