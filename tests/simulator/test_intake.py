"""Every file of the simulated borough is taken in, and every publisher's reader has its part."""

import pandas as pd
import pytest
from builders import HALTON

from shp_analysis.assessment.area_records import open_records
from shp_analysis.assessment.verdicts import Verdict
from shp_analysis.readers.registry import list_tables
from shp_analysis.reference.periods import CalendarYear, Quarter, YearEnding
from shp_analysis.simulator import write_simulated_borough
from shp_analysis.simulator.police import read_offences
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

NOT_WRITTEN = {
    "fingertips_categories": "the profiles here are without the rows of deprivation deciles",
    "partner_returns_calendar_year": "its years end in December, which is not among three months to March",
}
"""Tables without a part in the small run, and why."""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return write_simulated_borough(tmp_path_factory.mktemp("small"), authorities=[HALTON], months=3)


@pytest.fixture(scope="module")
def taken_in(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    return folder, [ingest(path, folder=folder) for path in small]


@pytest.fixture(scope="module")
def five_years(halton, tmp_path_factory):
    """The few of all sixty months' files that the indicators below need, taken in."""
    folder = tmp_path_factory.mktemp("five-years")
    needed = ("archive-2025-05", "imd2025", "prc-csp", "severity", "road-safety")
    for path in (*halton.files, *halton.others):
        if any(word in path.name for word in needed):
            ingest(path, folder=folder)
    return folder


def open_halton(folder):
    return open_records(area=HALTON, simulated=True, data_folder=str(folder))


def test_every_file_is_taken_in_as_simulated(small, taken_in):
    _, reports = taken_in
    for path, report in zip(small, reports, strict=True):
        assert report.is_simulated, path.name
        assert report.rows > 0, path.name
        assert report.unclaimed == (), path.name
        assert report.already_held == (), path.name


def test_every_table_of_every_reader_has_a_part(taken_in):
    store = open_store(taken_in[0], simulated=True)
    held = {path.name for path in store.tables_folder.iterdir()}
    assert set(list_tables()) - held == set(NOT_WRITTEN)


def test_nothing_lands_among_the_real_records(taken_in):
    folder, _ = taken_in
    assert not open_store(folder, simulated=False).received_files()


def test_every_offence_has_a_weight(small):
    weights = pd.read_csv(next(path for path in small if "severity" in path.name), dtype=str)
    assert set(read_offences().code) <= set(weights["Offence code"])


def assess(folder, indicator, period):
    opened = open_halton(folder)
    return opened.assess(opened.catalogue.indicator(indicator), period)


@pytest.mark.parametrize(
    ("indicator", "verdict"),
    [("RS-02", Verdict.DOWN), ("RS-01", Verdict.NO_CLEAR_CHANGE)],
)
def test_the_planted_roads_read_as_the_list_says(five_years, indicator, verdict):
    assert assess(five_years, indicator, CalendarYear("2024")).verdict is verdict


def test_crime_in_deprived_neighbourhoods_is_computed(five_years):
    found = assess(five_years, "CTX-03", Quarter("2024-25 Q4"))
    assert found.verdict is not Verdict.INCOMPLETE
    assert found.count > 0
    assert found.comparisons


def test_crime_severity_of_the_quarter_is_computed(five_years):
    found = assess(five_years, "ALL-03", Quarter("2024-25 Q4"))
    now = found.comparisons[0]
    assert found.count > 0
    assert found.period == YearEnding("2025-03")
    assert now.value == pytest.approx(found.count / found.rate.population.residents)
    assert found.rate.lower < now.value < found.rate.upper


def test_a_year_with_a_homicide_has_its_severity(five_years):
    year_before = assess(five_years, "ALL-03", Quarter("2024-25 Q4")).comparisons[0]
    assert assess(five_years, "SV-05", Quarter("2023-24 Q4")).count > 0
    assert year_before.baseline_value > 0
    assert year_before.verdict.shows_percent
