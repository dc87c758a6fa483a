"""Every number is one row, and a record says the same."""

from __future__ import annotations

from builders import ASB, assess_one

from shp_analysis.measures import AreaRecords
from shp_analysis.results import RESULT_COLUMNS, as_record, tabulate_results


def test_every_number_is_one_row(two_years: AreaRecords) -> None:
    results = tabulate_results([assess_one(two_years), assess_one(two_years, ASB)])
    assert tuple(results.columns) == RESULT_COLUMNS
    assert results["result_id"].is_unique
    row = results.set_index("result_id").loc["PUK-02/E06000006/2024-25 Q4/count"]
    assert (row["value"], row["verdict"], row["unit"]) == (120, "up", "recorded crimes")
    assert len(row["inputs"].split()) == 24
    monthly = results[results["statistic"] == "monthly_count"]
    assert len(monthly) == 48
    assert set(monthly["inputs"].str.len()) == {64}


def test_the_record_of_an_assessment(two_years: AreaRecords) -> None:
    record = as_record(assess_one(two_years))
    assert {
        "indicator",
        "area",
        "period",
        "count",
        "rate",
        "comparisons",
        "verdict",
        "reasons",
        "data_to",
        "sources",
    } <= set(record)
    first = record["comparisons"][0]
    assert (first["basis"], first["count"], first["change_count"], first["change_percent"]) == (
        "same_quarter_last_year",
        60,
        60,
        100.0,
    )
    assert first["lower"] < first["change_percent_per_day"] < first["upper"]
    assert (record["data_to"], record["verdict"]) == ("2025-03-31", "up")
    assert record["rate"] == 0.9248  # 120 of 129,759 residents, by thousand
