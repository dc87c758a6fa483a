"""The national workbook of MARACs: read as published, Cheshire the sum of its authorities, the plant in it."""

import pytest
from builders import HALTON
from safelives_files import read_marac_cases, read_marac_people, read_marac_referrals, read_marac_totals

from shp_analysis.reference.areas import list_authorities, read_area
from shp_analysis.reference.periods import FinancialYear
from shp_analysis.simulator import DEFAULT_SEED
from shp_analysis.simulator.borough import choose_months
from shp_analysis.simulator.marac import CASES_SERIES, read_force_sizes, write_marac
from shp_analysis.simulator.planted_series import draw_period_count
from shp_analysis.statistics.changes import compare_counts
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

AREA = read_area(HALTON)
CHESHIRE = AREA.force.area_code
NORFOLK = "E23000024"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("marac")
    assert len(list(write_marac(folder, DEFAULT_SEED, [AREA], choose_months(36)))) == 3
    return folder


@pytest.fixture(scope="module")
def cases(folder):
    return read_marac_cases(folder).set_index(["area_code", "financial_year"])


def test_the_store_takes_every_year_into_the_simulated_room(folder, tmp_path):
    reports = [ingest(path, folder=tmp_path) for path in sorted(folder.iterdir())]
    assert all(report.is_simulated and report.rows and not report.unclaimed for report in reports)
    assert open_store(tmp_path, simulated=False).is_empty
    held = open_store(tmp_path, simulated=True).parts_held("safelives_marac_cases")
    assert set(held["period"]) == {"2022-23", "2023-24", "2024-25"}


def test_every_force_of_england_and_wales_has_a_row(cases):
    assert set(cases.index.get_level_values("area_code")) == set(read_force_sizes())
    assert len(read_force_sizes()) == 43


def test_cheshire_is_the_sum_of_its_authorities(cases):
    for label in ("2023-24", "2024-25"):
        own = [draw_period_count(DEFAULT_SEED, CASES_SERIES, code, FinancialYear(label)) for code in _cheshire()]
        assert cases.loc[(CHESHIRE, label), "marac_cases"] == sum(own)


def _cheshire() -> tuple[str, ...]:
    return list_authorities(CHESHIRE)


def test_cheshires_cases_rise_as_planted_and_its_repeats_keep_their_share(cases):
    before, after = (cases.loc[(CHESHIRE, label)] for label in ("2023-24", "2024-25"))
    change = compare_counts(int(before["marac_cases"]), int(after["marac_cases"]), dispersion=Dispersion(1.2))
    assert change.lower > 0
    assert abs(after["repeat_marac_cases_percent"] - before["repeat_marac_cases_percent"]) < 4


def test_a_force_that_submitted_nothing_is_missing_and_no_zero(cases):
    assert cases.loc[(NORFOLK, "2022-23"), ["marac_cases", "maracs"]].isna().all()
    assert cases.loc[(NORFOLK, "2023-24"), "marac_cases"] > 0


def test_a_footnote_is_read_with_its_text(cases):
    assert cases.loc[("E23000003", "2024-25"), "area_note"].startswith("Only two MARACs")


def test_forces_add_up_to_england(folder, cases):
    totals = read_marac_totals(folder).set_index(["area_name", "financial_year"])["marac_cases"]
    newest = cases.xs("2024-25", level="financial_year")["marac_cases"]
    assert totals["England", "2024-25"] == newest[newest.index.str.startswith("E")].sum()
    assert totals["England and Wales", "2024-25"] == newest.sum()


def test_referrals_add_up_to_cases_and_some_are_halves(folder, cases):
    referrals = read_marac_referrals(folder)
    summed = referrals.groupby(["area_code", "financial_year"])["referrals"].sum(min_count=1).dropna()
    assert (summed == cases["marac_cases"].dropna().loc[summed.index]).all()
    assert (referrals["referrals"] % 1 == 0.5).any()


def test_men_are_one_in_fifteen(folder):
    people = read_marac_people(folder)
    men = people[(people["group"] == "male") & (people["area_name"] == "England")]
    assert men["marac_cases_percent"].between(6, 7).all()


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    again = list(write_marac(tmp_path, DEFAULT_SEED, [], choose_months(12)))
    assert [path.name for path in again] == ["simulated-marac-data-2024-25-2025-07.xlsx"]
    assert again[0].read_bytes() == (folder / again[0].name).read_bytes()
