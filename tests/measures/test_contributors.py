"""Returns of several partners for one period: every file counts, each partner's corrections replace only its own."""

from __future__ import annotations

import zipfile
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from builders import HALTON
from partner_return_files import make_row, write_return

from shp_analysis.assessment.area_records import OpenedRecords, open_records
from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.verdicts import Verdict
from shp_analysis.measures.records import Unsettled
from shp_analysis.store.intake import ingest
from shp_analysis.text.reasons import say

CASE = Path(__file__).parents[3] / "shared" / "cases" / "returns-in-two-files"
POLICE = {"organisation": "Cheshire Constabulary", "contact_role": "Performance analyst"}
COUNCIL = {"organisation": "Halton Borough Council", "contact_role": "Data officer"}
LAST_YEAR = {"period": "2023-24 Q3"}
MARAC_ROWS = [make_row("marac_cases", "48"), make_row("marac_cases", "44", **LAST_YEAR)]
HATE_ROWS = [
    *(make_row("hate_incidents", "26", **POLICE), make_row("hate_incidents", "24", **POLICE, **LAST_YEAR)),
    *(make_row("hate_crimes", "13", **POLICE), make_row("hate_crimes", "14", **POLICE, **LAST_YEAR)),
]
COUNCIL_ROWS = [make_row("fly_tipping_incidents", "310", **COUNCIL)]
RECEIVED = date(2025, 2, 1)


def _open(folder: Path) -> OpenedRecords:
    return open_records(area=HALTON, as_of="2025-06-01", data_folder=str(folder), simulated=False)


def _assess(folder: Path, indicator: str, period: str = "2024-25 Q3") -> Assessment:
    opened = _open(folder)
    return opened.assess(opened.catalogue.indicator(indicator), opened.read_period(period))


def _counts(folder: Path, indicator: str) -> tuple[int | None, int | None]:
    found = _assess(folder, indicator).comparisons[0]
    return found.count, found.baseline_count


def _check_three(folder: Path) -> None:
    assert _counts(folder, "DA-03") == (48, 44)
    assert _counts(folder, "HC-02") == (26, 24)
    assert _counts(folder, "HC-01") == (13, 14)


def _write_three(folder: Path) -> list[Path]:
    folder.mkdir()
    rows = {"marac": MARAC_ROWS, "police": HATE_ROWS, "council": COUNCIL_ROWS}
    return [write_return(folder, own, f"{name}-2024-25-Q3.csv") for name, own in rows.items()]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_files_of_three_partners_in_any_order(order: tuple[int, ...], tmp_path: Path) -> None:
    paths = _write_three(tmp_path / "sent")
    for number, place in enumerate(order):
        ingest(paths[place], folder=tmp_path / "data", received_on=date(2025, 2, 1 + number))
    _check_three(tmp_path / "data")
    assert _assess(tmp_path / "data", "ASB-09").count == 310


def test_a_folder_of_them_and_a_zip(tmp_path: Path) -> None:
    paths = _write_three(tmp_path / "sent")
    ingest(tmp_path / "sent", folder=tmp_path / "from-folder", received_on=RECEIVED)
    with zipfile.ZipFile(tmp_path / "sent.zip", "w") as archive:
        for path in paths:
            archive.write(path, path.name)
    ingest(tmp_path / "sent.zip", folder=tmp_path / "from-zip", received_on=RECEIVED)
    _check_three(tmp_path / "from-folder")
    _check_three(tmp_path / "from-zip")


@pytest.mark.skipif(not CASE.is_dir(), reason=f"the case is not here: {CASE} is absent")
@pytest.mark.parametrize("names", list(permutations(("marac-2024-25-Q3.csv", "police-2024-25-Q3.csv"))))
def test_the_two_files_that_went_wrong(names: tuple[str, ...], tmp_path: Path) -> None:
    for name in names:
        ingest(CASE / name, folder=tmp_path, received_on=RECEIVED)
    _check_three(tmp_path)


def test_each_figure_names_its_own_file(tmp_path: Path) -> None:
    for path in _write_three(tmp_path / "sent"):
        ingest(path, folder=tmp_path / "data", received_on=RECEIVED)
    assert [each.file for each in _assess(tmp_path / "data", "DA-03").sources] == ["marac-2024-25-Q3.csv"]
    assert [each.file for each in _assess(tmp_path / "data", "HC-01").sources] == ["police-2024-25-Q3.csv"]


def test_a_correction_replaces_the_partners_own_return_and_nobody_elses(tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    for number, path in enumerate(_write_three(sent)):
        ingest(path, folder=tmp_path / "data", received_on=date(2025, 2, 1 + number))
    corrected = write_return(sent, [make_row("marac_cases", "51")], "marac-2024-25-Q3-corrected.csv")
    ingest(corrected, folder=tmp_path / "data", received_on=date(2025, 3, 1))
    assert _counts(tmp_path / "data", "DA-03") == (51, 44)
    assert _counts(tmp_path / "data", "HC-02") == (26, 24)
    notes = " ".join(map(say, _assess(tmp_path / "data", "DA-03").notes))
    assert "first given as 48 (received 1 February 2025) and is now 51" in notes
    opened = _open(tmp_path / "data")
    revised = [each for each in opened.list_revisions(opened.catalogue.indicator("DA-03")) if each.is_revised]
    assert [(each.first.count, each.now.count, each.now.since) for each in revised] == [(48, 51, date(2025, 3, 1))]


def test_a_share_of_which_two_partners_hold_a_part_each_names_both_files(tmp_path: Path) -> None:
    paths = [
        write_return(tmp_path, [make_row("da_arrests", "30", period=month, **POLICE)], f"arrests-{month}.csv")
        for month in ("2024-10", "2024-11", "2024-12")
    ]
    crimes = [make_row("da_crimes", "90", period=month, **POLICE) for month in ("2024-10", "2024-11", "2024-12")]
    paths.append(write_return(tmp_path, crimes, "crimes.csv"))
    for path in paths:
        ingest(path, folder=tmp_path / "data", received_on=RECEIVED)
    found = _assess(tmp_path / "data", "DA-10")
    assert (found.count, found.comparisons[0].whole) == (90, 270)
    assert {each.file for each in found.sources} == {path.name for path in paths}


def _return_twice(folder: Path, measure: str, values: tuple[str, str], period: str) -> Path:
    for cells, value in ((POLICE, values[0]), (COUNCIL, values[1])):
        row = make_row(measure, value, period=period, **cells)
        ingest(
            write_return(folder, [row], f"{cells['organisation']}.csv"), folder=folder / "data", received_on=RECEIVED
        )
    return folder / "data"


def test_what_each_does_itself_is_added_up(tmp_path: Path) -> None:
    data = _return_twice(tmp_path, "asb_powers_used", ("40", "25"), "2024-25 Q3")
    assert _assess(data, "ASB-06").count == 65


def test_one_figure_returned_alike_counts_once(tmp_path: Path) -> None:
    data = _return_twice(tmp_path, "impaired_driver_collisions", ("21", "21"), "2024")
    assert _assess(data, "RS-09", "2024").count == 21


def test_one_figure_returned_differently_is_not_counted_and_said_so(tmp_path: Path) -> None:
    data = _return_twice(tmp_path, "impaired_driver_collisions", ("21", "23"), "2024")
    found = _assess(data, "RS-09", "2024")
    assert (found.count, found.verdict) == (None, Verdict.INCOMPLETE)
    told = "Cheshire Constabulary, Halton Borough Council returned different figures"
    assert any(told in say(each) for each in found.notes)


def test_a_withheld_cell_does_not_contradict_a_number(tmp_path: Path) -> None:
    data = _return_twice(tmp_path, "impaired_driver_collisions", ("*", "23"), "2024")
    assert _assess(data, "RS-09", "2024").count == 23


def test_where_one_of_those_who_return_their_own_is_missing_the_total_is_not_whole(tmp_path: Path) -> None:
    data = _return_twice(tmp_path, "asb_powers_used", ("40", "25"), "2023-24 Q3")
    late = write_return(tmp_path, [make_row("asb_powers_used", "41", **POLICE)], "police-only.csv")
    ingest(late, folder=data, received_on=RECEIVED)
    found = _assess(data, "ASB-06", "2024-25 Q3")
    assert (found.count, found.comparisons[0].baseline_count) == (None, 65)
    assert any("Halton Borough Council returned none" in say(each) for each in found.notes)
    unsettled = _open(data).records_of("partner_returns_quarter").unsettled
    assert unsettled == (Unsettled("asb_powers_used", "2024-25-Q3", ("Halton Borough Council",), is_missing=True),)
