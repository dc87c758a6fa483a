"""Ten questions that a new analyst asks, each in at most five lines of a notebook."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import seaborn as sns
from matplotlib import pyplot as plt

import shp_analysis as shp
from shp_analysis.assessment.verdicts import Verdict

MOST_LINES = 5


def ask_two_towns(crime: shp.AnalysisRun) -> object:
    towns = crime.observations("ASB-01", area=["Runcorn", "Widnes"])
    return towns.pivot_table(index="period", columns="area", values="count")


def ask_everything(crime: shp.AnalysisRun) -> object:
    return crime.observations().groupby(["indicator", "measure", "unit"])["value"].describe()


def ask_before_the_pandemic(crime: shp.AnalysisRun) -> object:
    found = shp.compare(crime.observations("ALL-01"), crime.period, "before_the_pandemic")
    return shp.tabulate_comparisons([found])


def ask_without_a_year(crime: shp.AnalysisRun) -> object:
    shops = crime.observations("ALL-07")
    return shp.compare(shops[shops["period_start"].dt.year != 2022], crime.period).verdict


def ask_rolling_years(crime: shp.AnalysisRun) -> object:
    recorded = crime.observations("ALL-01").set_index("period_start")["count"]
    return recorded.rolling(12).sum().dropna()


def ask_three_on_one_chart(crime: shp.AnalysisRun) -> object:
    three = pd.concat([crime.observations(each) for each in ("PUK-09", "ALL-07", "ASB-07")])
    return sns.lineplot(three, x="period_start", y="count", hue="name")


def ask_a_longer_chart(crime: shp.AnalysisRun) -> object:
    return sns.lineplot(crime.observations("ALL-01"), x="period_start", y="count")


def ask_road_users_by_month(roads: shp.AnalysisRun) -> object:
    rows = roads.records("RS-01")
    return rows.pivot_table(index="road_user", columns="period", values="casualty_reference", aggfunc="count")


def ask_searches_by_outcome(crime: shp.AnalysisRun) -> object:
    searches = crime.records("stop_and_search")
    return searches.groupby("outcome").size().sort_values(ascending=False)


def ask_beside_own_figures(crime: shp.AnalysisRun, tmp_path: Path) -> object:
    own = shp.own_observations(pd.read_csv(tmp_path / "lights.csv"), "Street lights repaired", "Halton")
    both = pd.concat([crime.observations("ASB-01"), own])
    return both.pivot_table(index="period", columns="name", values="count").dropna()


QUESTIONS = [each for name, each in list(globals().items()) if name.startswith("ask_")]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.__name__)
def test_a_question_is_answered_in_few_lines(
    question: Callable[..., object], crime: shp.AnalysisRun, roads: shp.AnalysisRun, tmp_path: Path
) -> None:
    months = [f"2024-{month:02}" for month in range(1, 13)]
    pd.DataFrame({"period": months, "count": range(12)}).to_csv(tmp_path / "lights.csv", index=False)
    lines = inspect.getsource(question).strip().splitlines()[1:]
    assert len(lines) <= MOST_LINES
    at_hand = {"crime": crime, "roads": roads, "tmp_path": tmp_path}
    answer = question(**{name: at_hand[name] for name in inspect.signature(question).parameters})
    assert isinstance(answer, plt.Axes | Verdict) or len(answer) > 0  # type: ignore[arg-type]
    plt.close("all")
