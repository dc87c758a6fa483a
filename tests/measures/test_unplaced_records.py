"""Records without a place: whose figure holds them, and when their share forbids a comparison."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from builders import ASB, assess_one, steady, street_rows, unplaced_rows, write_street
from typer.testing import CliRunner

from shp_analysis.assessment.comparisons import compare_periods
from shp_analysis.assessment.verdicts import Basis, Comparison, Placing, RecordsUnplaced, Verdict
from shp_analysis.cli.app import app
from shp_analysis.config.catalogue import Comparability, Measure, read_catalogue
from shp_analysis.errors import ParametersError
from shp_analysis.measures.records import AreaRecords, read_area_records
from shp_analysis.measures.unplaced_records import Unplaced, count_unplaced, find_unlike_months
from shp_analysis.page.wording import check_wording
from shp_analysis.papers.results import as_record
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Month, Quarter
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store
from shp_analysis.text.reasons import say
from shp_analysis.text.sentences import state, write_title

CASE = Path(__file__).parents[3] / "shared" / "cases" / "street-blank-places-rise"
NOW, THEN = Quarter("2024-25 Q4"), Quarter("2023-24 Q4")
BURGLARY = Measure(records="police_uk_street", include={"crime_type": ("Burglary",)})
QUARTERS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in (1, 2, 3)]


def take_in(tmp_path: Path, placed: Mapping[str, int], lost: Mapping[str, int], area: str = "Halton") -> AreaRecords:
    """Take in burglaries by month, some of them without a place, and read them back for an area."""
    for month, count in placed.items():
        more = unplaced_rows(month, {"Burglary": lost.get(month, 0)})
        write_street(tmp_path / "published", month, {"Burglary": count, ASB: 5}, more=more)
    ingest(tmp_path / "published", folder=tmp_path / "data", received_on=date(2025, 6, 1))
    return read_area_records(open_store(tmp_path / "data"), "police_uk_street", read_area(area))


def two_quarters(then: int, now: int) -> dict[str, int]:
    return {month: then if month < "2025" else now for month in QUARTERS}


@pytest.mark.parametrize(
    ("placed", "lost", "verdict"),
    [
        ((98, 65), (2, 35), Verdict.NOT_COMPARABLE),
        ((65, 98), (35, 2), Verdict.NOT_COMPARABLE),  # places that come back are no rise
        ((65, 65), (2, 35), Verdict.NOT_COMPARABLE),  # a rise that lost places hide is told as one neither
        ((98, 65), (15, 10), Verdict.DOWN),  # the same share in both
        ((65, 98), (0, 1), Verdict.UP),
        ((98, 98), (0, 2), Verdict.NO_CLEAR_CHANGE),
        ((3, 2), (0, 1), Verdict.TOO_FEW),  # a third of so few is chance
    ],
)
def test_a_jump_in_the_share_without_a_place_forbids_the_comparison(
    tmp_path: Path, placed: tuple[int, int], lost: tuple[int, int], verdict: Verdict
) -> None:
    found = assess_one(take_in(tmp_path, two_quarters(*placed), two_quarters(*lost)))
    assert (found.verdict, found.count) == (verdict, 3 * placed[1])
    comparison = found.comparisons[0]
    assert comparison.is_placed_unlike == (verdict is Verdict.NOT_COMPARABLE)
    assert (comparison.change is None) == (verdict is Verdict.NOT_COMPARABLE)
    assert comparison.unplaced == Unplaced("Cheshire Constabulary", 3 * lost[1], 3 * (placed[1] + lost[1]))


def test_the_whole_force_is_compared_as_ever(tmp_path: Path) -> None:
    found = assess_one(take_in(tmp_path, two_quarters(98, 65), two_quarters(2, 35), "Cheshire"))
    assert (found.verdict, found.count) == (Verdict.NO_CLEAR_CHANGE, 300)
    assert found.comparisons[0].unplaced == Unplaced("Cheshire Constabulary", 105, 300, is_counted=True)
    assert say(found.notes[-1]) == (
        "105 of 300 records of Cheshire Constabulary (35%) have no place in January to March 2025; "
        "the figure holds them."
    )


def test_the_words(tmp_path: Path) -> None:
    found = assess_one(take_in(tmp_path, two_quarters(98, 65), two_quarters(2, 35)))
    assert say(found.reasons[0]) == (
        "It cannot be compared with January to March 2024: 105 of 300 records of Cheshire Constabulary (35%) have no "
        "place in January to March 2025, and 6 of 300 (2.0%) in January to March 2024."
    )
    sentence = state(found)
    assert sentence.text.startswith(
        "Burglary came to 195. It cannot be compared with January to March 2024: 105 of 300"
    )
    assert write_title(found) == "Burglary: 195, not comparable"
    for words in (sentence.text, *map(say, found.reasons), *map(say, found.notes)):
        assert check_wording(words, verdict=found.verdict.value, evidence=sentence.evidence) == []


def test_what_is_told_and_from_when(tmp_path: Path) -> None:
    few = assess_one(take_in(tmp_path, two_quarters(99, 198), two_quarters(1, 1)))
    record = as_record(few)["unplaced"]
    assert (record["records"], record["of"], record["percent"], record["is_in_count"]) == (3, 597, 0.5, False)
    assert record["in_words"].startswith("3 of 597 records of Cheshire Constabulary (0.5%) have no place")
    assert not any(isinstance(each, RecordsUnplaced) for each in few.notes)  # half a percent changes no decision
    nobody = as_record(assess_one(take_in(tmp_path / "other", two_quarters(99, 99), {})))["unplaced"]
    assert (nobody["records"], nobody["in_words"]) == (0, "")


def test_show_tells_it_in_text_and_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(tmp_path, two_quarters(198, 198), two_quarters(2, 2))
    monkeypatch.setenv("SHP_DATA", str(tmp_path / "data"))
    asked = ["show", "Burglary", "--period", "2024-25 Q4"]
    text = " ".join(CliRunner().invoke(app, asked).output.split())
    assert text.count("6 of 600 records of Cheshire Constabulary (1.0%) have no place in January to March 2025") == 1
    record = json.loads(CliRunner().invoke(app, [*asked, "--format", "json"]).output)
    assert record["unplaced"]["recorded_by"] == "Cheshire Constabulary"
    first = record["comparisons"][0]
    assert (first["period_unplaced_percent"], first["unplaced_percent"]) == (1.0, 1.0)


def test_months_with_another_share_are_no_history(tmp_path: Path) -> None:
    placed = {month: counts["Burglary"] for month, counts in steady("2023-04", 24, {"Burglary": 60}).items()}
    records = take_in(tmp_path, {**placed, "2023-08": 20}, {**dict.fromkeys(placed, 1), "2023-08": 41})
    assert find_unlike_months(records, BURGLARY, NOW, 3.0) == {Month("2023-08")}
    assert find_unlike_months(records, BURGLARY, Month("2023-08").twelve_months_to_end(), 80.0) == frozenset()
    found = assess_one(records)
    assert found.comparisons[0].change is not None
    assert found.comparisons[0].change.dispersion.months == 23
    assert found.counts_by_month[Month("2023-08")] == 20
    told = (
        "One earlier month is not used to judge how much this figure varies: another share of the records has no place"
    )
    assert say(found.notes[-1]).startswith(told)
    year = found.comparisons[1]
    assert year.verdict is Verdict.NOT_COMPARABLE  # the lost month lies in the year before
    assert year.baseline_unplaced == Unplaced("Cheshire Constabulary", 52, 732)
    earlier = assess_one(records, period="2023-24 Q2")
    assert earlier.verdict is Verdict.INCOMPLETE
    assert earlier.comparisons[0].baseline_unplaced is None


def test_each_kind_of_record_has_its_own_share(tmp_path: Path) -> None:
    more = unplaced_rows("2025-01", {"Drugs": 6, ASB: 1})
    write_street(tmp_path / "published", "2025-01", {"Burglary": 9, "Drugs": 4, ASB: 9}, more=more)
    ingest(tmp_path / "published", folder=tmp_path / "data", received_on=date(2025, 6, 1))
    records = read_area_records(open_store(tmp_path / "data"), "police_uk_street", read_area("Halton"))
    shares = {
        name: count_unplaced(records, read_catalogue().indicator(name).measure()[1], Month("2025-01"))
        for name in ("ALL-01", "ASB-01", "Burglary", "Robbery")
    }
    assert {name: (each.records, each.whole) for name, each in shares.items() if each} == {
        "ALL-01": (6, 19),
        "ASB-01": (1, 10),
        "Burglary": (0, 9),
    }


def test_a_place_of_another_force_is_a_place(tmp_path: Path) -> None:
    beyond = street_rows("2025-01", {"Burglary": 5}, place=("E01006412", "Knowsley 006A"))
    write_street(tmp_path / "published", "2025-01", {"Burglary": 5}, more=beyond)
    ingest(tmp_path / "published", folder=tmp_path / "data", received_on=date(2025, 6, 1))
    records = read_area_records(open_store(tmp_path / "data"), "police_uk_street", read_area("Halton"))
    found = count_unplaced(records, BURGLARY, Month("2025-01"))
    assert found == Unplaced("Cheshire Constabulary", 0, 10)


def compare(then: int, now: int, lost_then: tuple[int, int], lost_now: tuple[int, int]) -> Comparison:
    quarters = [(THEN, then), (NOW, now)]
    observations = pd.DataFrame(
        {
            "period_start": [quarter.start for quarter, _ in quarters],
            "period_end": [quarter.end for quarter, _ in quarters],
            "numerator": [count for _, count in quarters],
            "denominator": pd.array([1000, 1000], dtype="Int64"),
        }
    )
    placing = Placing(Unplaced("a force", *lost_now), Unplaced("a force", *lost_then), 3.0)
    basis = Basis.SAME_QUARTER_LAST_YEAR
    return compare_periods(basis, NOW, THEN, observations, (), Dispersion(), placing=placing)


def test_a_change_that_lost_places_may_account_for_is_not_told() -> None:
    # 3% fewer, while 2.5 points more have no place: less than a jump, and all of the change.
    found = compare(13_000, 12_500, (0, 52_000), (1_300, 52_000))
    assert (found.verdict, found.change, found.is_placed_unlike) == (Verdict.NOT_COMPARABLE, None, True)
    assert say(found.reasons[0]).startswith(
        "It cannot be compared with January to March 2024: the difference is not clear once records without a place "
        "are shared out. 1,300 of 52,000 records of a force (2.5%) have no place"
    )
    assert compare(13_000, 12_500, (0, 52_000), (0, 52_000)).verdict is Verdict.DOWN
    assert compare(13_000, 12_000, (0, 52_000), (1_300, 52_000)).verdict is Verdict.DOWN
    assert compare(12_600, 13_000, (1_300, 52_000), (0, 52_000)).verdict is Verdict.NOT_COMPARABLE
    assert compare(12_600, 13_000, (0, 52_000), (1_300, 52_000)).verdict is Verdict.UP


def test_all_without_a_place_is_no_comparison() -> None:
    assert compare(100, 50, (0, 100), (100, 100)).verdict is Verdict.NOT_COMPARABLE
    assert compare(100, 50, (100, 100), (100, 100)).verdict is Verdict.NOT_COMPARABLE


def test_the_threshold_is_a_setting(tmp_path: Path) -> None:
    catalogue = read_catalogue()
    assert catalogue.comparability == Comparability(largest_unplaced_shift=3.0, unplaced_told_from=1.0)
    folder = tmp_path / "catalogue"
    folder.mkdir()
    for name in ("indicators.yaml", "breaks.csv"):
        text = (Path(__file__).parents[2] / "parameters" / "catalogue" / name).read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8")
    assert read_catalogue(folder).comparability == catalogue.comparability
    (folder / "comparability.yaml").write_text("largest_unplaced_shift: 5\n", encoding="utf-8")
    assert read_catalogue(folder).comparability.largest_unplaced_shift == 5
    (folder / "comparability.yaml").write_text("largest_unplaced_shift: 0\n", encoding="utf-8")
    with pytest.raises(ParametersError, match="largest_unplaced_shift"):
        read_catalogue(folder)


@pytest.mark.skipif(not CASE.exists(), reason="the shared cases are not beside the project")
@pytest.mark.parametrize("indicator", ["ALL-01", "Burglary", "Drugs", "Shoplifting"])
def test_published_files_in_which_places_are_lost(tmp_path: Path, indicator: str) -> None:
    for path in sorted(CASE.glob("*.csv")):
        ingest(path, folder=tmp_path, received_on=date(2025, 6, 1))
    records = read_area_records(open_store(tmp_path), "police_uk_street", read_area("Halton"))
    found = assess_one(records, indicator)
    assert found.verdict is Verdict.NOT_COMPARABLE
    whole = assess_one(read_area_records(open_store(tmp_path), "police_uk_street", read_area("Cheshire")), indicator)
    assert not whole.verdict.is_clear
    if indicator == "ALL-01":
        assert (whole.count, whole.comparisons[0].baseline_count) == (900, 900)
        assert "(35%)" in say(found.reasons[0])
        assert "(2.1%)" in say(found.reasons[0])


def test_a_force_counts_what_it_recorded_elsewhere_too(tmp_path: Path) -> None:
    other_areas = street_rows("2025-03", {"Burglary": 7}, place=("E01006412", "Knowsley 001A"))
    write_street(tmp_path / "published", "2025-03", {"Burglary": 20, ASB: 5}, more=other_areas)
    ingest(tmp_path / "published", folder=tmp_path / "data", received_on=date(2025, 6, 1))
    store = open_store(tmp_path / "data")
    counts = {}
    for name in ("Cheshire", "Halton"):
        records = read_area_records(store, "police_uk_street", read_area(name))
        own = records.counts[records.counts["crime_type"] == "Burglary"]
        counts[name] = int(own["records"].sum())
    assert counts == {"Cheshire": 27, "Halton": 20}


def test_a_month_in_which_nothing_has_a_place_is_told_as_that(tmp_path: Path) -> None:
    placed, lost = two_quarters(98, 98), dict.fromkeys(QUARTERS, 0)
    for month in (each for each in QUARTERS if each >= "2025"):
        write_street(tmp_path / "published", month, {}, more=unplaced_rows(month, {"Burglary": 90, ASB: 10}))
    for month in (each for each in QUARTERS if each < "2025"):
        write_street(tmp_path / "published", month, {"Burglary": placed[month] + lost[month], ASB: 5})
    ingest(tmp_path / "published", folder=tmp_path / "data", received_on=date(2025, 6, 1))
    found = assess_one(read_area_records(open_store(tmp_path / "data"), "police_uk_street", read_area("Halton")))
    assert found.verdict is Verdict.INCOMPLETE
    assert found.count is None
    assert "none of the 270 records of Cheshire Constabulary in 3 months has a place" in say(found.reasons[0])
    assert "not received" not in state(found).text
    whole = assess_one(read_area_records(open_store(tmp_path / "data"), "police_uk_street", read_area("Cheshire")))
    assert whole.count == 270
