"""What a notebook publishes: any chart with its finding and its numbers, and nothing that readers may not see."""

from __future__ import annotations

import pandas as pd
import pytest
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

import shp_analysis as shp
from shp_analysis.errors import RequestError
from shp_analysis.page.parts import Figure, Notes


def draw(frame: pd.DataFrame, **settings: object) -> Axes:
    _, axes = plt.subplots(figsize=(6, 3))
    return sns.barplot(pd.DataFrame(frame), x="period", y="count", ax=axes, errorbar=None, **settings)


def test_a_chart_becomes_a_figure_with_its_finding_and_its_numbers(crime: shp.AnalysisRun) -> None:
    recorded = crime.observations("ALL-01").tail(15)
    quarter = shp.compare(crime.observations("ALL-01"), crime.period)
    part = crime.publish(draw(recorded), quarter, data=recorded)
    assert isinstance(part, Figure)
    assert part.verdict == quarter.verdict.value
    assert part.narrow_picture != part.picture
    assert len(part.table.groups[0].rows) == 15
    assert not plt.get_fignums()


def test_what_is_published_is_a_row_of_the_results(crime: shp.AnalysisRun) -> None:
    recorded = crime.observations("ALL-01")
    found = shp.compare(recorded, crime.period, "2022-23 Q4")
    crime.publish(draw(recorded.tail(3)), found, data=recorded.tail(3))
    rows = crime.results.set_index("result_id")["value"]
    assert not crime.results["result_id"].duplicated().any()
    name = f"ALL-01/{crime.area.code}/2024-25 Q4/other_period_2022-23-Q4:baseline_count"
    assert rows[name] == found.comparisons[0].baseline_count


def test_a_chart_without_a_finding_brings_its_own_words(crime: shp.AnalysisRun) -> None:
    recorded = crime.observations("ALL-01").tail(4)
    with pytest.raises(RequestError, match="`title`, `shows` and `caption`"):
        crime.publish(draw(recorded), data=recorded)
    words = {"title": "Recorded crime by month", "shows": "Bars of four months.", "caption": "Crimes a month."}
    assert isinstance(crime.publish(draw(recorded), data=recorded, **words), Figure)


def test_a_table_of_more_rows_than_a_page_takes_is_refused(crime: shp.AnalysisRun) -> None:
    frame = pd.DataFrame({"row": range(60), "count": range(60)})
    with pytest.raises(RequestError, match="60 rows; a page takes 40"):
        crime.publish(draw(crime.observations("ALL-01").tail(3)), title="A", shows="B.", caption="C.", data=frame)


def test_public_readers_see_no_breakdown_of_persons(public: shp.AnalysisRun) -> None:
    by_sex = public.observations("DA-03", by="sex")
    female = by_sex[by_sex["sex"] == "female"]
    part = public.publish(draw(female), shp.compare(female, public.period), data=female)
    assert isinstance(part, Notes)
    assert not any(each.startswith("DA-03:") for each in public.results["result_id"])


def test_public_readers_see_no_small_number_of_persons_in_an_unknown_table(public: shp.AnalysisRun) -> None:
    pivot = pd.DataFrame({"period": ["2024-25 Q4", "2023-24 Q4"], "count": [3, 120]})
    words = {"title": "Cases", "shows": "Two bars.", "caption": "Cases a quarter."}
    assert isinstance(public.publish(draw(pivot), data=pivot, **words), Notes)
    assert isinstance(public.publish(draw(pivot), data=pivot.assign(count=[30, 120]), **words), Figure)


def test_public_readers_see_open_data(public: shp.AnalysisRun) -> None:
    recorded = public.observations("ALL-01").tail(6)
    quarter = shp.compare(public.observations("ALL-01"), public.period)
    assert isinstance(public.publish(draw(recorded), quarter, data=recorded), Figure)
