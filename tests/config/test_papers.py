"""What the papers tell of lies in configuration: no indicator and no area of one partnership stands in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import shp_analysis
from shp_analysis.config.catalogue import read_catalogue
from shp_analysis.config.papers import read_paper_contents
from shp_analysis.config.parameters import PARAMETERS_FOLDER, Theme, find_edition, read_editions, read_partnership
from shp_analysis.errors import ParametersError, RequestError
from shp_analysis.papers.run import read_run_settings
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Quarter

ROOT = Path(shp_analysis.__file__).parent
INDICATOR = re.compile(r"[A-Z]{2,4}-\d{2}")
OWN_FIGURES = "OWN-01"
"""An analyst's own figures have an id of their own."""


def list_constants(path: Path) -> Iterator[str]:
    """Give the texts of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


MODULES = [path for path in sorted(ROOT.rglob("*.py")) if "simulator" not in path.parts]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_indicator_is_named_in_the_code(path: Path) -> None:
    assert {each for each in list_constants(path) if INDICATOR.fullmatch(each)} <= {OWN_FIGURES}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_of_an_area_of_the_partnership_is_named_in_the_code(path: Path) -> None:
    own = read_partnership()
    area = read_area(own.area)
    assert not {own.area, area.name, *own.towns} & set(list_constants(path)) - words_of_addresses(path)


def words_of_addresses(path: Path) -> set[str]:
    """A list of the country's places, by which an address is known for one, may hold any of them."""
    return {"halton", "runcorn", "widnes", "cheshire"} if path.name == "places.py" else set()


def test_what_is_named_exists() -> None:
    contents = read_paper_contents()
    known = {each.id for each in read_catalogue().indicators}
    assert set(contents.list_indicators()) <= known
    assert set(contents.headlines) == set(Theme)


def test_an_indicator_that_does_not_exist_is_refused_with_the_nearest(tmp_path: Path) -> None:
    text = (PARAMETERS_FOLDER / "papers.yaml").read_text(encoding="utf-8")
    (tmp_path / "papers.yaml").write_text(text.replace("harm: ALL-03", "harm: ALL-033"), encoding="utf-8")
    with pytest.raises(ParametersError, match=r"papers\.yaml: it names the indicator 'ALL-033', which does not exist"):
        read_paper_contents(tmp_path)


def test_an_edition_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(
        RequestError, match=r"There is no edition 'bord'; there are partnership, board, .* Did you mean board"
    ):
        find_edition("bord")


def test_an_edition_that_a_quarter_names_must_exist(tmp_path: Path) -> None:
    (tmp_path / "2024-25-Q4").mkdir()
    (tmp_path / "2024-25-Q4" / "run.yaml").write_text("edition: bord\n", encoding="utf-8")
    with pytest.raises(ParametersError, match=r"run\.yaml: edition: There is no edition 'bord'"):
        read_run_settings(Quarter("2024-25 Q4"), tmp_path)


@pytest.mark.parametrize("name", ["Bord", "a b", "../out", ""])
def test_an_edition_has_a_name_that_can_be_a_folder(tmp_path: Path, name: str) -> None:
    block = {"title": "T", "status": "DRAFT", "audience": "A", "papers": ["board_summary"]}
    lines = "".join(f"    {key}: {value!r}\n" for key, value in block.items())
    (tmp_path / "editions.yaml").write_text(f'editions:\n  "{name}":\n{lines}', encoding="utf-8")
    with pytest.raises(ParametersError, match=r"editions\.yaml"):
        read_editions(tmp_path)
