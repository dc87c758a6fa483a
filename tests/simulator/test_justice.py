"""Reoffending and referrals: accepted by the readers, adding up, as many as the series say."""

from itertools import pairwise

import pandas as pd
import pytest
from builders import HALTON
from reader_checks import read_table

from shp_analysis.readers import moj, nrm
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Quarter
from shp_analysis.simulator import DEFAULT_SEED
from shp_analysis.simulator.borough import choose_months, read_sample_table
from shp_analysis.simulator.justice import REFERRALS, SERIES, list_cohorts, write_justice
from shp_analysis.simulator.planted_series import draw_period_count
from shp_analysis.simulator.police import list_policed
from shp_analysis.statistics.changes import compare_counts
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

AREA, SEFTON = read_area(HALTON), read_area("E08000014")
CHESHIRE = "E23000006"
COUNTS = ["offenders", "reoffenders", "reoffences"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return tuple(write_justice(tmp_path_factory.mktemp("justice"), DEFAULT_SEED, [AREA, SEFTON], choose_months(12)))


@pytest.fixture(scope="module")
def reoffending(written):
    return read_table(moj.READER, written[0])


@pytest.fixture(scope="module")
def referrals(written):
    return read_table(nrm.READER, written[1])


def test_the_store_takes_every_file_into_the_simulated_room(written, tmp_path):
    reports = [ingest(path, folder=tmp_path) for path in written]
    assert all(report.is_simulated and report.rows and not report.unclaimed for report in reports)
    store = open_store(tmp_path, simulated=True)
    assert len(store.parts_held("moj_reoffending")) == len(list_cohorts(choose_months(12)))
    assert set(store.parts_held("nrm_referrals")["unit"]) == {"police"}
    assert open_store(tmp_path, simulated=False).is_empty


def test_cohorts_are_of_twelve_months_and_share_nine_with_the_last():
    cohorts = list_cohorts(choose_months(60))
    assert [cohorts[0][0].label, cohorts[0][-1].label] == ["2016-17 Q2", "2017-18 Q1"]
    assert [cohorts[-1][0].label, cohorts[-1][-1].label] == ["2022-23 Q2", "2023-24 Q1"]
    for earlier, later in pairwise(cohorts):
        assert earlier[1:] == later[:-1]


def test_a_cohort_has_the_offenders_that_were_drawn(reoffending):
    newest = reoffending[(reoffending["period"] == "year-ending-2023-06") & (reoffending["area_code"] == HALTON)]
    quarters = [Quarter(label) for label in ("2022-23 Q2", "2022-23 Q3", "2022-23 Q4", "2023-24 Q1")]
    for age, group in (("Adult", "adults"), ("Juvenile", "children")):
        drawn = sum(draw_period_count(DEFAULT_SEED, SERIES[age], HALTON, quarter) for quarter in quarters)
        assert newest.loc[newest["age_group"] == group, "offenders"].tolist() == [drawn]


def test_adults_and_children_are_all(reoffending):
    keys = ["period", "area_code"]
    parts = reoffending[reoffending["age_group"] != "all"].groupby(keys)[COUNTS].sum()
    whole = reoffending[reoffending["age_group"] == "all"].set_index(keys)[COUNTS]
    pd.testing.assert_frame_equal(parts, whole.sort_index())


def test_about_a_quarter_reoffend_and_halton_does_not_change(reoffending):
    adults = reoffending[(reoffending["area_code"] == HALTON) & (reoffending["age_group"] == "adults")]
    share = adults["reoffenders"].sum() / adults["offenders"].sum()
    assert share == pytest.approx(0.26, abs=0.03)
    counts = adults.set_index("period")[COUNTS]
    before, now = counts.loc["year-ending-2022-06"], counts.loc["year-ending-2023-06"]
    change = compare_counts(
        int(before["reoffenders"]),
        int(now["reoffenders"]),
        baseline_exposure=float(before["offenders"]),
        exposure=float(now["offenders"]),
    )
    assert not change.is_clear


def test_a_quarter_has_the_referrals_that_were_drawn(referrals):
    for label in ("2023-24 Q1", "2024-25 Q4"):
        quarter = Quarter(label)
        found = referrals[(referrals["period"] == quarter.slug) & (referrals["area_code"] == CHESHIRE)]
        drawn = sum(draw_period_count(DEFAULT_SEED, REFERRALS, area.code, quarter) for area in list_policed(AREA.force))
        assert found["referrals"].sum() == drawn


def test_quarters_are_those_of_the_financial_year(referrals):
    assert referrals["period"].nunique() == 8
    pairs = set(zip(referrals["period"], referrals["calendar_quarter"], strict=True))
    assert ("2024-25-Q4", "2025 Q1") in pairs


def test_shares_add_up_to_one():
    assert (read_sample_table("referral_shares.csv").groupby("field")["share"].sum() - 1).abs().max() < 1e-9


def test_the_same_bytes_every_time(written, tmp_path):
    again = tuple(write_justice(tmp_path, DEFAULT_SEED, [AREA, SEFTON], choose_months(12)))
    assert [(path.name, path.read_bytes()) for path in again] == [(path.name, path.read_bytes()) for path in written]


def test_fewer_months_and_authorities_give_the_same_rows(reoffending, referrals, tmp_path):
    files = tuple(write_justice(tmp_path, DEFAULT_SEED, [AREA], choose_months(3)))
    small = read_table(moj.READER, files[0])
    wanted = reoffending[(reoffending["area_code"] == HALTON) & reoffending["period"].isin(small["period"])]
    assert small["period"].nunique() == 6
    pd.testing.assert_frame_equal(small, wanted.reset_index(drop=True))
    few = read_table(nrm.READER, files[1])
    wanted = referrals[(referrals["area_code"] == CHESHIRE) & referrals["period"].isin(few["period"])]
    assert few["period"].nunique() == 5
    pd.testing.assert_frame_equal(few, wanted.reset_index(drop=True))
