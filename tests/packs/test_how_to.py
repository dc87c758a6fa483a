"""What `docs/how-to.md` says is done to a copy of the project, one or two files each, and the copy is run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

PROJECT = Path(__file__).parents[2]
INDICATOR = """
  - id: NEW-01
    name: Bicycle theft and shoplifting
    definition: Theft of a bicycle, and theft from shops and stalls.
    theme: crime_and_asb
    section: Neighbourhood crime
    importance: extended
    numerator: recorded crimes
    polarity: context
    lowest_geography: lsoa
    release_lag_days: 60
    disclosure_tier: open
    caveat: Many thefts are never reported.
    sources:
      police_uk: {records: police_uk_street, include: {crime_type: [Bicycle theft, Shoplifting]}}
"""
EDITION = """
  housing_panel:
    title: Housing panel edition
    status: DRAFT
    audience: The housing panel
    papers: [crime_and_asb]
    withholds_small_numbers: true
"""


TRAFFIC = (
    "local_authority_id,local_authority_name,local_authority_code,year,link_length_km,link_length_miles,cars_and_taxis,"
    "all_motor_vehicles,electric_vehicles\n71,Halton,E06000006,2024,601,373,613000000,755000000,9000000\n"
)
"""With a column that the publisher never had."""


@dataclass(frozen=True)
class Copy:
    """A copy of the project's code, notebooks and parameters, on the data of the simulated borough."""

    folder: Path
    data: Path

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        path = self.folder / name
        before = path.read_text(encoding="utf-8")
        path.write_text(change(before), encoding="utf-8")
        assert path.read_text(encoding="utf-8") != before

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command of the copy."""
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "SHP_DATA": str(self.data), "NO_COLOR": "1"}
        command = [sys.executable, "-m", "shp_analysis.cli", *arguments]
        return subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, text=True, check=False)

    def shp(self, *arguments: str) -> str:
        """Run the command of the copy on simulated data and give what it printed."""
        done = self.run(*arguments, "--simulated")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def show(self, indicator: str) -> dict[str, object]:
        found = self.shp("show", indicator, "--period", "2024-25 Q4", "--format", "json")
        return json.loads(found)


@pytest.fixture
def copy(tmp_path: Path, simulated_data: Path) -> Copy:
    for name in ("shp_analysis", "notebooks", "parameters"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return Copy(tmp_path, simulated_data)


def test_a_new_column_of_a_published_file_is_one_line(copy: Copy) -> None:
    file = copy.folder / "local_authority_traffic.csv"
    file.write_text(TRAFFIC, encoding="utf-8")
    fresh = replace(copy, data=copy.folder / "data")
    assert "'electric_vehicles' is not known" in fresh.run("ingest", str(file)).stderr
    last = '        _figure("vehicle_miles_all", "all_motor_vehicles"),\n'
    new = '        _figure("vehicle_miles_electric", "electric_vehicles"),\n'
    copy.edit("shp_analysis/readers/dft_traffic.py", lambda text: text.replace(last, last + new))
    assert fresh.run("ingest", str(file)).returncode == 0
    (stored,) = (fresh.data / "store").rglob("dft_traffic*/**/*.parquet")
    assert pd.read_parquet(stored)["vehicle_miles_electric"].tolist() == [9_000_000]


def test_an_indicator_over_a_known_table_is_one_entry(copy: Copy) -> None:
    copy.edit("parameters/catalogue/indicators.yaml", lambda text: text.rstrip("\n") + INDICATOR)
    parts = [copy.show(name)["count"] for name in ("PUK-01", "ALL-07")]
    assert copy.show("NEW-01")["count"] == sum(parts)


def test_an_edition_is_one_block(copy: Copy) -> None:
    copy.edit("parameters/editions.yaml", lambda text: text.rstrip("\n") + "\n" + EDITION)
    printed = copy.shp("run", "2024-25 Q4", "--edition", "housing_panel", "--outputs", str(copy.folder / "outputs"))
    (page,) = (Path(line) for line in printed.splitlines() if line.endswith(".html"))
    page = page if page.is_absolute() else copy.folder / page
    assert "Housing panel edition" in page.read_text(encoding="utf-8")
    assert "public" in page.parts


def test_the_rule_for_too_few_is_one_number(copy: Copy) -> None:
    robberies = copy.show("Robbery")
    assert robberies["verdict"] != "too few to say"
    copy.edit(
        "shp_analysis/assessment/comparisons.py",
        lambda text: text.replace("FEWEST_EVENTS = 20", "FEWEST_EVENTS = 5_000"),
    )
    assert copy.show("Robbery")["verdict"] == "too few to say"


def test_a_change_in_recording_is_one_line(copy: Copy) -> None:
    assert copy.show("Shoplifting")["verdict"] != "not comparable"
    row = "NEW-B1,Stores report online,2024-12,,level,ALL-07,E06000006,up,true,stores report online,A note\n"
    copy.edit("parameters/catalogue/breaks.csv", lambda text: text + row)
    assert copy.show("Shoplifting")["verdict"] == "not comparable"


def test_another_lead_of_a_theme_is_one_word(copy: Copy) -> None:
    copy.edit("parameters/papers.yaml", lambda text: text.replace("[ALL-01, ASB-01]", "[ALL-01, ALL-07]", 1))
    printed = copy.shp("run", "2024-25 Q4", "--theme", "crime_and_asb", "--outputs", str(copy.folder / "outputs"))
    (page,) = (Path(line) for line in printed.splitlines() if line.endswith(".html"))
    headlines = (copy.folder / page).read_text(encoding="utf-8").partition("</ol>")[0]
    assert "Shoplifting" in headlines
