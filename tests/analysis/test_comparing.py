"""A comparison in a notebook is the comparison of the papers, with any baseline, and a statsmodels model beside it."""

from __future__ import annotations

from math import exp, log

import pandas as pd
import pytest

import shp_analysis as shp
from shp_analysis.assessment.verdicts import Basis, Verdict
from shp_analysis.config.catalogue import Kind
from shp_analysis.errors import RequestError
from shp_analysis.reference.periods import Quarter


@pytest.mark.parametrize("theme", ["crime", "abuse", "roads"])
def test_the_verdict_is_that_of_the_papers(theme: str, request: pytest.FixtureRequest) -> None:
    run: shp.AnalysisRun = request.getfixturevalue(theme)
    compared = 0
    for assessment in run.assessments:
        for printed in assessment.comparisons:
            if not assessment.indicator.sources or assessment.is_unread:
                continue
            frame = run.observations(assessment.indicator.id, source=assessment.source)
            (own,) = shp.compare(frame, printed.period, printed.baseline).comparisons
            assert (own.verdict, own.reasons) == (printed.verdict, printed.reasons), assessment.indicator.id
            assert (own.count, own.baseline_count, own.p_value) == (
                printed.count,
                printed.baseline_count,
                printed.p_value,
            ), assessment.indicator.id
            compared += 1
    assert compared > len(run.assessments) / 2


def test_another_baseline_is_compared_by_the_same_rules(crime: shp.AnalysisRun) -> None:
    recorded = crime.observations("ALL-01")
    found = shp.compare(recorded, crime.period, "2022-23 Q4")
    assert found.comparisons[0].basis is Basis.OTHER_PERIOD
    assert found.comparisons[0].baseline == Quarter("2022-23 Q4")
    first = recorded[recorded["period_start"].between("2023-01-01", "2023-03-31")]["count"].sum()
    assert found.comparisons[0].baseline_count == first


def test_rows_that_an_analyst_leaves_out_were_not_received(crime: shp.AnalysisRun) -> None:
    recorded = crime.observations("ALL-01")
    without = recorded[recorded["period"] != "2024-02"]
    assert shp.compare(without, crime.period).verdict is Verdict.INCOMPLETE
    assert shp.compare(recorded, crime.period).verdict is not Verdict.INCOMPLETE


def test_groups_are_compared_each_by_itself(abuse: shp.AnalysisRun) -> None:
    frame = abuse.observations("DA-03", by="sex")
    found = shp.compare_groups(frame, abuse.period)
    assert [each.indicator.name for each in found] == [
        f"MARAC cases ({value})" for value in ("female", "male", "other", "unknown")
    ]
    assert found[1].verdict is Verdict.TOO_FEW
    table = shp.tabulate_comparisons(found)
    assert table["verdict"].tolist() == [each.verdict.value for each in found]
    assert table.loc[table["verdict"] == "too few to say", ["change", "p_value"]].isna().all(axis=None)


def test_the_model_of_counts_states_the_change_that_the_comparison_states(abuse: shp.AnalysisRun) -> None:
    (year,) = shp.compare(abuse.observations("DA-03"), abuse.twelve_months).comparisons
    model = shp.fit_change(year)
    assert year.change is not None
    assert year.change.adjusted_percent is not None
    assert 100 * (exp(model.params["change"]) - 1) == pytest.approx(year.change.adjusted_percent)
    assert model.scale == pytest.approx(year.change.dispersion.of_sums)
    by_hand = log((year.count or 0) / year.exposure) - log((year.baseline_count or 0) / year.baseline_exposure)
    assert model.params["change"] == pytest.approx(by_hand)


def test_the_model_of_shares_is_binomial(abuse: shp.AnalysisRun) -> None:
    assert abuse.catalogue.indicator("DA-04").kind is Kind.PROPORTION
    (year,) = shp.compare(abuse.observations("DA-04"), abuse.twelve_months).comparisons
    odds = [
        count / (whole - count)
        for count, whole in ((year.baseline_count, year.baseline_whole), (year.count, year.whole))
        if count and whole
    ]
    assert shp.fit_change(year).params["change"] == pytest.approx(log(odds[1] / odds[0]))


def test_there_is_no_model_of_what_was_not_tested(crime: shp.AnalysisRun) -> None:
    recorded = crime.observations("ALL-01")
    with pytest.raises(RequestError, match="no model of this comparison"):
        shp.fit_change(shp.compare(recorded.tail(3), crime.period).comparisons[0])


def test_own_figures_are_compared_by_chance_where_their_history_is_short() -> None:
    own = pd.DataFrame({"month": ["2024-01", "2025-01"], "calls": [100, 150]})
    frame = shp.own_observations(own, "Calls to the helpline", "Halton", period="month", count="calls")
    assert shp.compare(frame, "2025-01").verdict is Verdict.UP
    assert shp.compare(frame, "2025-01").area.name == "Halton"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"period": ["2024-01"], "n": [1]}, "no column 'count'"),
        ({"period": ["2024-01", "2024-01"], "count": [1, 2]}, "'2024-01' more than once"),
        ({"period": ["2024-01", "2024-02"], "count": [1, -2]}, r"Row 2, column 'count': '-2' is not a count"),
        ({"period": ["2024-01"], "count": ["n/a"]}, r"Row 1, column 'count': 'n/a' is not a count"),
        ({"period": ["2024-01"], "count": [1.5]}, r"'1.5' is not a count"),
    ],
)
def test_own_figures_that_are_no_counts_are_refused(rows: dict[str, list[object]], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        shp.own_observations(pd.DataFrame(rows), "Calls", "Halton")
