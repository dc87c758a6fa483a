"""Every block of Python in the README and the documentation runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from matplotlib import pyplot as plt

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(page.name, block) for page in PAGES for block in _BLOCK.findall(page.read_text(encoding="utf-8"))]


def test_there_is_one_for_analysts() -> None:
    assert any("shp.compare(" in block for _, block in BLOCKS)


@pytest.mark.parametrize(("page", "block"), BLOCKS, ids=[page for page, _ in BLOCKS])
def test_a_block_runs(page: str, block: str, simulated_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHP_DATA", str(simulated_data))
    exec(compile(block, page, "exec"), {"__name__": "__main__"})  # noqa: S102 - the project's own words
    plt.close("all")
