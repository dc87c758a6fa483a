"""Observations as tidy frames: the numbers that papers print, broken down, in several areas, in one long form."""

from __future__ import annotations

import pandas as pd
import pytest

import shp_analysis as shp
from shp_analysis.analysis.observations import find_series
from shp_analysis.config.catalogue import Kind
from shp_analysis.errors import RequestError


def test_a_frame_holds_the_numbers_that_a_paper_prints(abuse: shp.AnalysisRun) -> None:
    for assessment in abuse.assessments:
        frame = abuse.observations(assessment.indicator.id)
        own = frame[frame["period"] == assessment.period.label]
        if assessment.count is not None and len(own) == 1:
            assert own["count"].item() == assessment.count, assessment.indicator.id


def test_its_columns_name_their_units_and_its_days_are_days(abuse: shp.AnalysisRun, crime: shp.AnalysisRun) -> None:
    cases, recorded = abuse.observations("DA-03"), crime.observations("ALL-01")
    assert "rate_per_10000_females_aged_16_and_over" in cases
    assert recorded["rate_per_1000_residents"].tolist() == pytest.approx(
        (1000 * recorded["count"] / recorded["denominator"]).tolist()
    )
    assert {str(recorded[name].dtype).split("[")[0] for name in ("period_start", "period_end", "release")} == {
        "datetime64"
    }
    assert recorded["days"].between(28, 31).all()
    assert recorded["period_end"].max() == pd.Timestamp(crime.period.end)


@pytest.mark.parametrize(("indicator", "by"), [("DA-03", "sex"), ("DA-03", "referral_route"), ("RS-01", "road_user")])
def test_the_parts_of_a_breakdown_add_up_to_the_whole(
    abuse: shp.AnalysisRun, roads: shp.AnalysisRun, indicator: str, by: str
) -> None:
    run = roads if indicator.startswith("RS") else abuse
    parts = run.observations(indicator, by=by).groupby("period")["count"].sum()
    whole = run.observations(indicator).set_index("period")["count"]
    assert parts.to_dict() == whole.to_dict()


def test_two_towns_stand_side_by_side(crime: shp.AnalysisRun) -> None:
    towns = crime.observations("ALL-01", area=["Runcorn", "Widnes"])
    together = towns.groupby("period")["count"].sum()
    assert set(towns["area"]) == {"Runcorn", "Widnes"}
    assert together.to_dict() == crime.observations("ALL-01").set_index("period")["count"].to_dict()


def test_all_indicators_come_in_one_long_frame(abuse: shp.AnalysisRun) -> None:
    frame = abuse.observations()
    assert set(frame["indicator"]) <= {each.indicator.id for each in abuse.assessments}
    assert str(frame["value"].dtype) == "Float64"
    assert not frame["value"].isna().any()
    assert not frame["unit"].eq("").any()
    assert not frame.duplicated(["indicator", "area", "period_start", "period_end", "measure"]).any()


def test_a_selection_knows_what_it_is_and_a_mixture_says_so(abuse: shp.AnalysisRun) -> None:
    frame = abuse.observations("DA-03", by="sex")
    female = frame[frame["sex"] == "female"].tail(6).reset_index(drop=True)
    assert find_series(female).indicator.name == "MARAC cases (female)"
    with pytest.raises(RequestError, match="holds 4 series"):
        find_series(frame)
    with pytest.raises(RequestError, match="does not say what was observed"):
        find_series(pd.DataFrame({"count": [1]}))


def test_an_unknown_breakdown_is_refused_with_those_that_there_are(abuse: shp.AnalysisRun) -> None:
    with pytest.raises(
        RequestError, match=r"DA-03 .* cannot be broken down by 'sexes'.*referral_route.*Did you mean sex"
    ):
        abuse.observations("DA-03", by="sexes")


def test_what_is_left_out_is_not_looked_at(simulated_data: object) -> None:
    run = shp.open_run(
        "2024-25 Q4", leave_out=["financial year 2021-22"], data_folder=str(simulated_data), simulated=True
    )
    years = run.observations("ALL-01")["period_start"].dt.year.value_counts()
    assert years[2021] == 3
    assert years[2022] == 9


def test_coverage_lists_every_month_and_what_changed_in_it(crime: shp.AnalysisRun) -> None:
    coverage = crime.coverage("ALL-01")
    assert len(coverage) == 12 * crime.history_years
    assert coverage["received"].all()
    assert coverage["break"].ne("").any()


def test_records_are_the_rows_that_were_counted(roads: shp.AnalysisRun) -> None:
    assessment = roads.assessment("RS-01")
    rows = roads.records("RS-01")
    assert len(rows) == assessment.count
    assert {"road_user", "casualty_severity", "age_years"} <= set(rows)


def test_records_of_the_police_are_those_of_the_areas_own_force(crime: shp.AnalysisRun) -> None:
    assert len(crime.records("ALL-07")) == crime.assessment("ALL-07").count


def test_every_kind_of_indicator_gives_a_frame(crime: shp.AnalysisRun) -> None:
    seen = set()
    for one in crime.catalogue.indicators:
        if one.sources:
            frame = crime.observations(one.id)
            assert {"indicator", "period", "count"} <= set(frame), one.id
            seen.add(one.kind)
    assert seen == set(Kind)
