"""From what a public pack publishes no count of 1 to 4 persons can be had: everything is taken from everything."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from builders import HALTON
from subtracting import OF, SENSITIVE, find_small, find_small_in_tables, is_few

from shp_analysis.assessment.area_records import OpenedRecords, open_records
from shp_analysis.assessment.verdicts import FiguresWithheld
from shp_analysis.config.parameters import find_edition, read_editions
from shp_analysis.disclosure.gate import Gate
from shp_analysis.papers.results import tabulate_results
from shp_analysis.papers.run import find_annual_year, find_gate
from shp_analysis.reference.periods import Period, Quarter
from shp_analysis.text.reasons import say

from .whole_packs import QUARTER, make_pack

PUBLIC = [edition for edition, settings in read_editions().items() if settings.withholds_small_numbers]
QUARTERS = [f"{year} Q{number}" for year in ("2023-24", "2024-25") for number in range(1, 5)]
FEWEST_FIGURES = 20
"""Of persons; a public pack that withheld nearly all would be safe and of no use."""


@pytest.fixture(scope="module")
def opened(simulated_data: Path) -> OpenedRecords:
    return open_records(area=HALTON, simulated=True, data_folder=str(simulated_data))


def publish(opened: OpenedRecords, period: Period, gate: Gate) -> pd.DataFrame:
    """Give the results of persons that all papers on a period print, as a reader of the file has them."""
    asked = {period, find_annual_year(period), period.previous()}
    agreed = [each for each in SENSITIVE.values() if each.sources]
    found = [opened.assess(each, window) for window in sorted(asked, key=str) for each in agreed]
    text = tabulate_results(gate.withhold(found)).to_csv(index=False)
    return pd.read_csv(io.StringIO(text))


@pytest.mark.parametrize("quarter", QUARTERS)
@pytest.mark.usefixtures("shared_assessments")
def test_no_quarter_gives_few_persons_away(opened: OpenedRecords, quarter: str) -> None:
    period = Quarter(quarter)
    gates = [find_gate(opened, find_edition(edition), period) for edition in PUBLIC]
    assert len({each.withheld for each in gates}) == 1, "no two editions of a quarter make up for each other"
    results = publish(opened, period, gates[0])
    assert find_small(results) == set()
    told = results[results["statistic"].eq("count") & results["value"].notna() & results["period"].eq(period.label)]
    assert told["indicator"].nunique() >= FEWEST_FIGURES


@pytest.mark.usefixtures("shared_assessments")
def test_what_is_looked_for_is_there_where_nothing_is_withheld(opened: OpenedRecords) -> None:
    found = find_small(publish(opened, QUARTER, Gate()))
    assert any(" - " in each for each in found)
    assert any(" - " not in each for each in found)


@pytest.fixture(scope="module")
def pack(simulated_data: Path) -> Path:
    return make_pack(simulated_data, "public")


def test_a_published_pack_gives_no_few_persons_away(pack: Path) -> None:
    assert find_small(pd.read_csv(pack / "results.csv", low_memory=False)) == set()
    tables = pd.read_csv(pack / "tables.csv", dtype=str, keep_default_na=False)
    assert find_small_in_tables(tables) == set()
    names = tuple(each.name for each in SENSITIVE.values())
    for page in sorted(pack.glob("*.html")):
        for sentence in list_sentences(page):
            for part, whole in OF.findall(sentence) if any(name in sentence for name in names) else ():
                left = int(whole.replace(",", "")) - int(part.replace(",", ""))
                assert not is_few(left), f"{page.name}: {sentence}"
                assert not is_few(int(part.replace(",", ""))), f"{page.name}: {sentence}"


def list_sentences(page: Path) -> Iterator[str]:
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    for text in (*soup.find_all(string=True), *(str(each.get("alt", "")) for each in soup.find_all("img"))):
        yield from " ".join(str(text).split()).split(". ")


def test_a_published_page_says_that_figures_are_withheld_and_not_how_small(pack: Path) -> None:
    words = " ".join((pack / "03_domestic_abuse.html").read_text(encoding="utf-8").split())
    assert words.count("[c]: withheld in this edition, so that nobody can be identified.") == 1
    assert "few persons" not in words
    assert "few persons" not in say(FiguresWithheld())
