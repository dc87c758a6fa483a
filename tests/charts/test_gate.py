"""Charts draw what they are given: none asks the records or the gate by itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import shp_analysis.charts

MODULES = sorted(Path(shp_analysis.charts.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_chart_reaches_past_disclosure_control(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not asked & {"opened", "gate", "records_of", "store"}
