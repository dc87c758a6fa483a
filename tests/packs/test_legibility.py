"""Every chart of every paper can be read: no words leave it, stand in one another or stand over a mark."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from legibility import keep_drawings, list_faults
from matplotlib.axes import Axes

from shp_analysis.charts import drawing
from shp_analysis.config.parameters import Paper, Theme
from shp_analysis.page.parts import Notes
from shp_analysis.papers import figures
from shp_analysis.papers.run import Run, open_run

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
HIGHEST_ON_PAPER = 75
"""Millimetres: the height of a narrow drawing, two of which stand beside each other on paper."""
MM_PER_INCH = 25.4

Call = tuple[Paper, str, tuple[str, ...], dict[str, Any]]


def list_calls() -> Iterator[Call]:
    """List the calls of a page's charts in the papers' notebooks."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        trees = [ast.parse("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
        paper = next((each for each in Paper if each.notebook == path.stem), None)
        for call in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "figures":
                assert paper is not None
                words = {each.arg: ast.literal_eval(each.value) for each in call.keywords if each.arg}
                yield paper, call.func.attr, tuple(map(ast.literal_eval, call.args[1:])), words


CALLS = tuple(list_calls())


def name_call(call: Call) -> str:
    return " ".join((call[0].value, call[1], *call[2]))


@pytest.fixture(scope="module")
def open_paper(simulated_data: Path) -> Callable[[Paper], Run]:
    opened: dict[Paper, Run] = {}

    def call(paper: Paper) -> Run:
        if paper not in opened:
            period = "financial year 2024-25" if paper is Paper.ANNUAL_ASSESSMENT else "2024-25 Q4"
            opened[paper] = open_run(
                period=period, paper=paper, data_folder=str(simulated_data), simulated=True, edition="partnership"
            )
        return opened[paper]

    return call


def test_the_notebooks_have_charts() -> None:
    assert {paper for paper, *_ in CALLS} == {*map(Paper, Theme), Paper.ANNUAL_ASSESSMENT}


@pytest.mark.parametrize("call", CALLS, ids=map(name_call, CALLS))
def test_every_chart_of_every_paper_can_be_read(call: Call, open_paper: Callable[[Paper], Run]) -> None:
    paper, name, arguments, words = call
    with keep_drawings() as drawings:
        part = getattr(figures, name)(open_paper(paper), *arguments, **words)
    if isinstance(part, Notes):
        assert drawings == []  # a neighbour's figures are not in this store; tests of elsewhere draw those charts
        return
    desk, phone = sorted(drawings, key=lambda each: -each.get_size_inches()[0])
    assert (list_faults(desk), list_faults(phone)) == ([], [])
    assert phone.get_size_inches()[0] < drawing.WIDE_INCHES < desk.get_size_inches()[0]
    assert phone.get_size_inches()[1] * MM_PER_INCH <= HIGHEST_ON_PAPER


def draw(paint: Callable[[Axes], None]) -> list[str]:
    with keep_drawings() as drawings:
        drawing.draw(paint, "narrow")
    return list_faults(drawings[0])


def test_words_in_one_another_are_found() -> None:
    def paint(axes: Axes) -> None:
        axes.text(0.5, 0.5, "one")
        axes.text(0.52, 0.52, "other")

    assert draw(paint) == ["'one' and 'other' stand in each other, or too close"]


def test_words_over_a_mark_and_out_of_the_drawing_are_found() -> None:
    def paint(axes: Axes) -> None:
        axes.plot([0.5], [0.5], "o")
        axes.text(0.5, 0.5, "over a dot", ha="center", va="center")
        axes.text(0.5, 0.9, "as long as a line of a book, and more", fontsize=14).set_in_layout(False)
        axes.set(xlim=(0, 1), ylim=(0, 1))

    assert draw(paint) == [
        "'as long as a line of a book, and more' leaves the drawing",
        "'over a dot' stands over a mark",
    ]


def test_numbers_of_an_axis_that_touch_are_found() -> None:
    def paint(axes: Axes) -> None:
        axes.set_xticks(range(12), [f"{number}000%" for number in range(12)])

    assert draw(paint)


def test_a_long_entry_of_a_legend_is_wrapped() -> None:
    def paint(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], label="Pedestrians, cyclists and motorcyclists killed or seriously injured")
        drawing.add_legend(axes, entries=2)

    assert draw(paint) == []
