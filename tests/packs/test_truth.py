"""What was planted in the simulated borough is found and said; what was not is not claimed beyond chance.

The plants and what each has to be called stand in `benchmarks.planted_truth`, which tries several seeds; here the
pages of one whole pack are read.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag

from benchmarks.planted_truth import (
    BREAKS,
    CALM,
    CHANGES,
    ELSEWHERE,
    LEAST_LIKELY,
    SILENCES,
    TWELVE_MONTHS,
    Truth,
    chance_of,
    list_claims,
)
from shp_analysis.assessment.area_records import OpenedRecords, open_records
from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.verdicts import Basis, Verdict
from shp_analysis.config.catalogue import CATALOGUE_FOLDER, read_breaks, read_catalogue
from shp_analysis.config.parameters import Paper, Theme
from shp_analysis.reference.periods import parse_period
from shp_analysis.simulator import read_planted_changes, write_simulated_borough
from shp_analysis.simulator.planted_series import read_planted_series
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store
from shp_analysis.text.sentences import state

from .whole_packs import QUARTER, make_pack, read_page, read_words

CATALOGUE = read_catalogue()
LAST_DELIVERY = "2025-11-30"
TEES = ("E06000003", "E06000004")
HALTON_AND_ITS_FORCE = {"E06000006", "E23000006"}
NOT_COMPARED = ("not comparable", "cannot be compared", "Cannot be compared", "Recording changed")


@pytest.fixture(scope="module")
def pack(simulated_data: Path) -> Path:
    return make_pack(simulated_data)


@pytest.fixture(scope="module")
def results(pack: Path) -> pd.DataFrame:
    every = pd.read_csv(pack / "results.csv", low_memory=False)
    return every[every["area_code"].isin(HALTON_AND_ITS_FORCE)].set_index("result_id", drop=False)


@pytest.fixture(scope="module")
def verdicts(results: pd.DataFrame) -> dict[Basis | None, dict[str, Verdict]]:
    """What the quarter's papers said of every indicator: first, and of the twelve months."""
    counts = results[results["statistic"] == "count"].sort_values("period", key=lambda each: each == QUARTER.label)
    years = results[results["statistic"] == f"{TWELVE_MONTHS}:period_count"]
    return {
        key: {each.indicator: Verdict(each.verdict) for each in rows.itertuples()}
        for key, rows in ((None, counts), (TWELVE_MONTHS, years))
    }


@pytest.fixture(scope="module")
def pages(pack: Path) -> dict[Paper, BeautifulSoup]:
    return {paper: read_page(pack, paper) for paper in (*map(Paper, Theme), Paper.ANNUAL_ASSESSMENT)}


def name_of(truth: Truth) -> str:
    return f"{'+'.join(truth.plants)} {truth.indicator} {truth.basis}"


def list_rows(page: BeautifulSoup, indicator: str) -> list[Tag]:
    """Find the table rows that are headed by an indicator's name."""
    name = CATALOGUE.indicator(indicator).name
    return [row for row in page.find_all("tr") if row.th and row.th.get_text(" ", strip=True).startswith(name)]


def theme_page(pages: dict[Paper, BeautifulSoup], truth: Truth) -> BeautifulSoup:
    return pages[Paper(CATALOGUE.indicator(truth.indicator).theme)]


# --- The list is whole, and the borough is what the list says


def test_every_plant_is_judged_or_accounted_for() -> None:
    judged = {plant for each in (*CHANGES, *BREAKS, *SILENCES, *CALM) for plant in each.plants}
    breaks = {each.break_id for each in read_breaks(CATALOGUE_FOLDER / "simulated_breaks.csv")}
    planted = {*read_planted_changes()["id"], *read_planted_series()["id"], *breaks}
    assert judged | set(ELSEWHERE) == planted
    assert not judged & set(ELSEWHERE)


def test_the_list_names_the_verdict_that_is_judged() -> None:
    judged: dict[str, set[str]] = {}
    for truth in (*CHANGES, *BREAKS, *SILENCES, *CALM):
        for plant in truth.plants:
            judged.setdefault(plant, set()).add(truth.verdict.value)
    told = read_planted_series().set_index("id")["verdict"]
    assert {plant for plant, verdict in told.items() if plant in judged and verdict not in judged[plant]} == set()


def test_outcomes_do_not_depend_on_the_day_of_the_test(simulated_data: Path) -> None:
    received = [file.received_on.isoformat() for file in open_store(simulated_data, simulated=True).received_files()]
    assert max(received) == LAST_DELIVERY


def test_the_size_of_the_borough(results: pd.DataFrame) -> None:
    before = "2024-25/same_period_last_year:baseline_count"
    values = results["value"].astype(float)
    assert values[f"ALL-01/E06000006/{before}"] == pytest.approx(13_500, rel=0.05)
    assert values[f"ASB-01/E06000006/{before}"] == pytest.approx(3_000, rel=0.15)


# --- Each planted change is found, and a page says it


@pytest.mark.parametrize("truth", CHANGES, ids=name_of)
def test_a_planted_change_is_found_and_said(
    verdicts: dict[Basis | None, dict[str, Verdict]], pages: dict[Paper, BeautifulSoup], truth: Truth
) -> None:
    is_year = truth.basis is TWELVE_MONTHS
    assert verdicts[TWELVE_MONTHS if is_year else None][truth.indicator] is truth.verdict
    page = pages[Paper.ANNUAL_ASSESSMENT] if is_year else theme_page(pages, truth)
    told = [row.select_one(".verdict") for row in list_rows(page, truth.indicator)]
    assert truth.verdict.value in {cell.get_text(" ").split()[1] for cell in told if cell}
    moved = {Verdict.UP: "rose", Verdict.DOWN: "fell"}[truth.verdict]
    name = re.escape(CATALOGUE.indicator(truth.indicator).name)
    more = {Verdict.UP: "more", Verdict.DOWN: "fewer"}[truth.verdict]
    assert re.search(rf"{name}(?: in \d{{4}})?(?: {moved} from [\d,]+ to|: {more} recorded, )", read_words(page))


# --- Each planted break and gap is respected


@pytest.mark.parametrize("truth", BREAKS, ids=name_of)
def test_a_planted_break_is_respected_and_said(
    verdicts: dict[Basis | None, dict[str, Verdict]],
    results: pd.DataFrame,
    pages: dict[Paper, BeautifulSoup],
    truth: Truth,
) -> None:
    assert verdicts[truth.basis if truth.basis is TWELVE_MONTHS else None][truth.indicator] is truth.verdict
    own = results[(results["indicator"] == truth.indicator) & (results["period"] == QUARTER.label)]
    assert not own["statistic"].str.contains("change|difference|p_value").any()
    page, name = theme_page(pages, truth), CATALOGUE.indicator(truth.indicator).name
    told = [row.get_text(" ") for row in list_rows(page, truth.indicator)]
    told += [note.get_text(" ") for note in page.select("dl > div") if name in note.get_text(" ")]
    assert any(words in text for text in told for words in (*NOT_COMPARED, "SIM-BRK")), name


@pytest.mark.parametrize("truth", SILENCES, ids=name_of)
def test_what_cannot_show_a_change_shows_none(
    verdicts: dict[Basis | None, dict[str, Verdict]], results: pd.DataFrame, truth: Truth
) -> None:
    assert verdicts[truth.basis if truth.basis is TWELVE_MONTHS else None][truth.indicator] is truth.verdict
    own = results[(results["indicator"] == truth.indicator) & results["statistic"].str.startswith(truth.basis.value)]
    own = own[own["verdict"] == truth.verdict.value]
    assert not own["statistic"].str.contains("percent|difference|p_value").any()


def test_what_was_not_received_is_named_and_is_no_zero(
    results: pd.DataFrame, pages: dict[Paper, BeautifulSoup]
) -> None:
    page = pages[Paper.DOMESTIC_ABUSE]
    name = CATALOGUE.indicator("DA-09").name
    assert list_rows(page, "DA-09") == []
    assert any(name in note.get_text(" ") for note in page.select("dl > div"))
    assert f"{name}: " not in read_words(page).replace(f"{name}: not received", "")
    assert pd.isna(results.loc[f"DA-09/E06000006/{QUARTER.label}/count", "value"])


def test_the_recording_break_is_told_with_its_reason(pages: dict[Paper, BeautifulSoup]) -> None:
    notes = [note for note in pages[Paper.CRIME_AND_ASB].select("dl > div") if "SIM-BRK-01" in note.dd.get_text()]
    assert [note.dt.get_text(strip=True) for note in notes] == ["Drugs and Drug trafficking"]


def test_the_total_tells_of_the_part_that_cannot_be_compared(pages: dict[Paper, BeautifulSoup]) -> None:
    notes = pages[Paper.CRIME_AND_ASB].select("dl > div")
    own = [note.dd.get_text(strip=True) for note in notes if note.dt.get_text(strip=True) == "Total recorded crime"]
    assert "Part of it cannot be compared: Drugs." in own


# --- Nothing else is claimed beyond the rate that chance allows


@pytest.mark.parametrize("basis", [None, TWELVE_MONTHS], ids=["first comparison", "twelve months"])
def test_no_more_is_claimed_than_chance_allows(
    verdicts: dict[Basis | None, dict[str, Verdict]], basis: Basis | None
) -> None:
    claims, compared = list_claims(verdicts[basis])
    assert compared > 40
    assert chance_of(len(claims), compared) >= LEAST_LIKELY, claims


def test_a_claim_too_many_would_be_noticed() -> None:
    calm = {f"A-{number}": Verdict.UP if number < 11 else Verdict.NO_CLEAR_CHANGE for number in range(60)}
    claims, compared = list_claims({**calm, "B": Verdict.TOO_FEW})
    assert (len(claims), compared) == (11, 60)
    assert chance_of(11, 60) < LEAST_LIKELY < chance_of(9, 60)


def test_the_calm_police_series_are_not_called_changed(verdicts: dict[Basis | None, dict[str, Verdict]]) -> None:
    said = {each.indicator: verdicts[None][each.indicator] for each in CALM if each.plants[0].startswith("SIM")}
    assert {name for name, verdict in said.items() if verdict.is_clear} == set()


def test_a_neighbour_without_plants_claims_no_more_than_chance(simulated_data: Path) -> None:
    opened = open_borough(simulated_data, "Warrington")
    police = [each for each in CATALOGUE.indicators if "police_uk" in each.sources and each.is_agreed]
    asked = ("2022-23 Q4", "2023-24 Q2", "2023-24 Q4", "2024-25 Q2", "2024-25 Q4")
    found = [opened.assess(each, parse_period(period), "police_uk") for period in asked for each in police]
    compared = [each.verdict for each in found if each.verdict.shows_percent]
    assert len(compared) > 60
    assert chance_of(sum(each.is_clear for each in compared), len(compared)) >= LEAST_LIKELY


# --- Single plants


def open_borough(data: Path, area: str = "Halton") -> OpenedRecords:
    return open_records(area=area, as_of=LAST_DELIVERY, simulated=True, data_folder=str(data))


@pytest.fixture(scope="module")
def halton(simulated_data: Path) -> OpenedRecords:
    return open_borough(simulated_data)


def assess(opened: OpenedRecords, indicator: str, period: str) -> Assessment:
    return opened.assess(opened.catalogue.indicator(indicator), parse_period(period))


def test_three_becoming_six_is_said_without_a_percentage(halton: OpenedRecords) -> None:
    sentence = state(assess(halton, "Theft from the person", QUARTER.label)).text
    assert sentence.startswith("Theft from the person: 6 in January to March 2025 and 3 in January to March 2024.")
    assert "%" not in sentence


def test_the_festival_is_one_place_in_one_month(halton: OpenedRecords) -> None:
    summer = assess(halton, "Other theft", "2024-25 Q2")
    assert summer.concentration is None or summer.concentration.place == "Halton 009A"
    place = summer.months[summer.months["period_start"].astype(str) == "2024-08-01"]
    assert int(place["numerator"].iloc[0]) > 1.3 * summer.months["numerator"].median()


def test_a_force_whose_month_is_missing_is_incomplete(tmp_path: Path) -> None:
    written = write_simulated_borough(tmp_path / "published", authorities=TEES, months=6)
    (archive,) = [path for path in written if "cleveland-archive" in path.name]
    ingest(archive, folder=tmp_path / "data")
    for area in TEES:
        found = assess(open_borough(tmp_path / "data", area), "ALL-01", "2024-25 Q3")
        assert (found.verdict, found.count) == (Verdict.INCOMPLETE, None)
        own = [month.label for month in found.comparisons[0].missing if found.period.contains(month.start)]
        assert own == ["2024-11"]


# --- The headlines


def test_the_headlines_lead_with_the_clearest_evidence(
    results: pd.DataFrame, pages: dict[Paper, BeautifulSoup]
) -> None:
    page = pages[Paper.CRIME_AND_ASB]
    sentences = [" ".join(each.get_text(" ").split()) for each in page.select(".headline-text")]
    assert 3 <= len(sentences) <= 5
    own = [each for each in CATALOGUE.theme(Theme.CRIME_AND_ASB) if each.is_agreed]
    tested = results[results["statistic"].str.endswith("last_year:p_value") & results["verdict"].isin({"up", "down"})]
    tested = tested[(tested["period"] != "2024-25") & tested["indicator"].isin({each.id for each in own})]
    p_values = {CATALOGUE.indicator(row.indicator).name: float(row.value) for row in tested.itertuples()}
    # One name may begin another: the sentence's own is the longest that it begins with.
    named = ([name for name in p_values if text.startswith((f"{name} ", f"{name}:"))] for text in sentences)
    told = [max(names, key=len) for names in named if names]
    assert told == sorted(told, key=p_values.__getitem__)
    assert any(text.startswith("Anti-social behaviour fell from ") for text in sentences)  # a lead
    assert any(text.startswith("Total recorded crime: ") for text in sentences)  # a lead, changed or not
    weakest = max(p_values[name] for name in told if name != "Anti-social behaviour")
    assert all(p_value >= weakest for name, p_value in p_values.items() if name not in told)
