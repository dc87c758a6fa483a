"""A published figure is answered by its newest release, whatever the publisher calls the kind of area meanwhile."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from police_files import write_zip

from shp_analysis.assessment.verdicts import FiguresUnreadable, Verdict
from shp_analysis.errors import ParametersError, SourceError
from shp_analysis.papers.run import assess_one, open_run, save_results
from shp_analysis.readers.fingertips import COLUMNS
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

OLD, NEW, DISTRICTS = "County & UA (pre 4/19)", "Counties & UAs (from Apr 2023)", "Districts & UAs (from Apr 2023)"
HALTON = {
    "Indicator ID": "91380",
    "Indicator Name": "Alcohol-specific mortality",
    "Parent Code": "E12000002",
    "Parent Name": "North West region",
    "Area Code": "E06000006",
    "Area Name": "Halton",
    "Area Type": OLD,
    "Sex": "Persons",
    "Age": "All ages",
    "Time period": "2016 - 18",
    "Value": "18.5",
    "Lower CI 95.0 limit": "14.5",
    "Upper CI 95.0 limit": "23.5",
    "Count": "71",
    "Denominator": "383333",
    "Time period Sortable": "20160000",
}
CASE = Path(__file__).parents[2].parent / "shared" / "cases" / "fingertips-new-area-type-next-year"


def write_export(path: Path, *rows: dict[str, str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(COLUMNS), restval="")
        writer.writeheader()
        writer.writerows({**HALTON, **row} for row in rows)
    return path


def ask(data: Path, as_of: str | None = None) -> tuple[float | None, str]:
    """Give Halton's figure of 2016 to 2018 and the name of the file that answers."""
    found, _ = assess_one("SUB-09", period="2018-19 Q3", as_of=as_of, data_folder=str(data), simulated=False)
    return found.comparisons[0].value, found.sources[-1].file


def test_the_newest_release_answers_under_any_name_of_the_kind_of_area(tmp_path):
    data = tmp_path / "data"
    ingest(write_export(tmp_path / "91380-2023-06.csv", {}), folder=data)
    ingest(write_export(tmp_path / "91380-2025-06.csv", {"Area Type": NEW, "Value": "19.5"}), folder=data)
    assert ask(data) == (19.5, "91380-2025-06.csv")
    assert ask(data, "2024-01-01") == (18.5, "91380-2023-06.csv")
    sql = "SELECT indicator_value FROM records"
    assert open_store(data).query("fingertips_indicators", sql)["indicator_value"].tolist() == [19.5]


def test_an_older_export_that_comes_later_does_not_answer(tmp_path):
    data = tmp_path / "data"
    ingest(write_export(tmp_path / "91380-2025-06.csv", {"Area Type": NEW, "Value": "19.5"}), folder=data)
    ingest(write_export(tmp_path / "91380-2023-06.csv", {}), folder=data)
    assert ask(data) == (19.5, "91380-2025-06.csv")


def test_a_window_that_the_newer_export_lacks_stays(tmp_path):
    data = tmp_path / "data"
    ingest(write_export(tmp_path / "91380-2023-06.csv", {}), folder=data)
    later = {"Area Type": NEW, "Time period": "2017 - 19", "Time period Sortable": "20170000"}
    ingest(write_export(tmp_path / "91380-2025-06.csv", later), folder=data)
    assert ask(data) == (18.5, "91380-2023-06.csv")


def test_one_export_may_have_a_council_under_two_kinds_of_area_if_they_agree(tmp_path):
    path = write_export(tmp_path / "91380-2025-06.csv", {"Area Type": NEW, "Count": ""}, {"Area Type": DISTRICTS})
    ingest(path, folder=tmp_path / "data")
    assert ask(tmp_path / "data") == (18.5, "91380-2025-06.csv")
    found = open_store(tmp_path / "data").query("fingertips_indicators", "SELECT area_type, numerator FROM records")
    assert found.to_dict("list") == {"area_type": [DISTRICTS], "numerator": [71]}, "the one that has the count"


@pytest.mark.parametrize("is_zip", [False, True])
def test_one_delivery_with_two_values_for_one_council_is_refused(tmp_path, is_zip):
    rows = [{"Area Type": NEW}, {"Area Type": DISTRICTS, "Value": "18.6"}]
    if is_zip:
        parts = [write_export(tmp_path / f"{number}.csv", row) for number, row in enumerate(rows)]
        path = write_zip(tmp_path / "91380.zip", {part.name: part.read_bytes() for part in parts})
    else:
        path = write_export(tmp_path / "91380.csv", *rows)
    with pytest.raises(SourceError) as refusal:
        ingest(path, folder=tmp_path / "data", received_on=date(2025, 6, 1))
    assert f"{path.name}: has two figures, 18.5 and 18.6, for 91380, E06000006, Persons, All ages, 2016-18" in str(
        refusal.value
    )
    assert open_store(tmp_path / "data").is_empty


def test_two_figures_for_one_period_cost_one_indicator_of_a_paper_and_are_named(tmp_path):
    data = tmp_path / "data"
    ingest(write_export(tmp_path / "91380.csv", {}, {"Age": "<75 yrs", "Value": "17"}), folder=data)
    with pytest.raises(ParametersError, match="SUB-09 selects more than one figure"):
        ask(data)
    run = open_run(period="2018-19 Q3", theme="substance_misuse", data_folder=str(data), simulated=False)
    found = run.assessment("SUB-09")
    assert (found.verdict, found.is_unread, found.count) == (Verdict.INCOMPLETE, True, None)
    assert found.reasons == (FiguresUnreadable(),)
    (reason,) = run.opened.unread.values()
    assert reason.startswith("SUB-09 Alcohol-specific deaths is incomplete: indicators.yaml: SUB-09 selects more")
    save_results(run, str(tmp_path))
    assert (tmp_path / "unread.txt").read_text() == f"{reason}\n"


@pytest.mark.skipif(not CASE.exists(), reason="the shared cases are not here")
def test_the_published_exports_of_two_years_answer(tmp_path):
    ingest(CASE, folder=tmp_path)
    value, name = ask(tmp_path)
    assert (round(value or 0, 2), name) == (18.66, "91380-2025-06.csv")
