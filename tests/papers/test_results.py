"""Every number is one row, and a record says the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import ASB, assess_one
from observing import observe

from shp_analysis.assessment.assessments import Assessment, assess_unmeasured
from shp_analysis.assessment.new_signals import list_new_signals
from shp_analysis.assessment.signals import QuarterForecast, SeasonOfPeriod, read_signals
from shp_analysis.config.catalogue import read_catalogue
from shp_analysis.measures.records import AreaRecords
from shp_analysis.papers.new_signals import describe_new_signal
from shp_analysis.papers.results import RESULT_COLUMNS, as_record, tabulate_new_signals, tabulate_results
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Month, Period, parse_period
from shp_analysis.statistics.dispersions import Dispersion

CATALOGUE = read_catalogue()


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


def test_every_column_is_explained() -> None:
    assert tabulate_results.__doc__ is not None
    assert [name for name in RESULT_COLUMNS if f"`{name}`" not in tabulate_results.__doc__] == []


def of_series(assessment: Assessment, indicator: str, counts: list[float], first: Period, **more: object) -> Assessment:
    """Give an assessment whose chart would draw these counts."""
    months = observe(counts, first, indicator=indicator, **more)  # type: ignore[arg-type]
    return replace(assessment, indicator=CATALOGUE.indicator(indicator), months=months)


@pytest.mark.parametrize(
    ("indicator", "first", "statistic", "label"),
    [
        ("ASB-01", "March 2025", "monthly_count", "2025-03"),
        ("HC-02", "2024-25 Q4", "quarterly_count", "2024-25 Q4"),
        ("RS-01", "2024", "yearly_count", "2024"),
        ("DA-07", "March 2025", "stock_count", "2025-03"),
    ],
)
def test_a_series_is_named_by_the_length_of_its_periods(
    two_years: AreaRecords, indicator: str, first: str, statistic: str, label: str
) -> None:
    own = of_series(assess_one(two_years), indicator, [12.0], parse_period(first))
    rows = tabulate_results([own])
    (found,) = rows[rows["statistic"].str.endswith("ly_count") | rows["statistic"].eq("stock_count")].to_dict("records")
    assert (found["statistic"], found["period"], found["value"]) == (statistic, label, 12)


def test_a_share_has_its_whole_and_an_adjusted_count_its_decimals(two_years: AreaRecords) -> None:
    quarter, year = parse_period("2024-25 Q4"), parse_period("2024")
    shares = tabulate_results([of_series(assess_one(two_years), "HC-03", [13.0], quarter, wholes=[26])])
    whole = shares.set_index("result_id").loc["HC-03/E06000006/2024-25 Q4/quarterly_whole"]
    assert (whole["value"], whole["unit"]) == (26, CATALOGUE.indicator("HC-03").of)
    adjusted = tabulate_results([of_series(assess_one(two_years), "RS-03", [90.57], year)])
    assert adjusted.set_index("result_id").loc["RS-03/E06000006/2024/yearly_count", "value"] == 90.57


def test_the_dispersion_that_is_told_is_the_one_that_was_used(two_years: AreaRecords) -> None:
    own = assess_one(two_years)
    first = own.comparisons[0]
    assert first.change is not None
    jumpy = Dispersion(2.0, months=60, degrees_of_freedom=40, autocorrelation=0.3, window_months=3)
    tested = replace(own, comparisons=(replace(first, change=replace(first.change, dispersion=jumpy)),))
    told = (
        tabulate_results([tested])
        .set_index("result_id")
        .loc["PUK-02/E06000006/2024-25 Q4/same_quarter_last_year:dispersion", "value"]
    )
    assert told == jumpy.of_sums > jumpy.value
    assert as_record(tested)["comparisons"][0]["dispersion"] == round(jumpy.of_sums, 2)


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


@pytest.fixture(scope="module")
def five_years() -> Assessment:
    """Sixty months of forty, but the last three with ninety."""
    period = parse_period("2024-25 Q4")
    observations = observe([40.0 + number % 3 for number in range(57)] + [90.0, 91.0, 92.0], Month("2020-04"))
    signals = read_signals(observations, period, ())
    assert signals is not None
    catalogue = read_catalogue()
    base = assess_unmeasured(catalogue.indicator("ASB-01"), period, read_area("Halton"), None)
    return replace(base, signals=signals)


def test_what_is_expected_is_a_row_with_its_range(five_years: Assessment) -> None:
    signals = five_years.signals
    assert signals is not None
    assert isinstance(signals.season, SeasonOfPeriod)
    assert isinstance(signals.forecast, QuarterForecast)
    rows = tabulate_results([five_years]).set_index("result_id")
    assert rows.index.is_unique
    season = rows.loc["ASB-01/E06000006/2024-25 Q4/season_expected"]
    assert (season["value"], season["lower"], season["upper"]) == (
        signals.season.expected,
        signals.season.lower,
        signals.season.upper,
    )
    assert season["value"] == pytest.approx(123, abs=3)
    for step, name in enumerate(("1_quarter", "2_quarters", "3_quarters", "4_quarters")):
        for confidence, ending in ((0.95, ""), (0.8, "_80")):
            row = rows.loc[f"ASB-01/E06000006/2024-25 Q4/forecast_{name}_ahead{ending}"]
            interval = signals.forecast.forecast.interval(confidence)
            assert (row["value"], row["lower"], row["upper"]) == (
                signals.forecast.forecast.values[step],
                interval.lower[step],
                interval.upper[step],
            )
            assert row["unit"] == CATALOGUE.indicator("ASB-01").numerator
    scored = rows.loc["ASB-01/E06000006/2024-25 Q4/forecast_of_quarter_before"]
    assert scored["upper"] < 90 + 91 + 92, "the step could not be foreseen"
    assert set(rows["inputs"][rows["value"].notna()]) == {"0" * 64}


def test_the_size_of_a_new_shift_is_two_rows(five_years: Assessment) -> None:
    found = list_new_signals([five_years])
    (signal,) = found.signals
    rows = tabulate_new_signals(found, "crime_and_asb").set_index("statistic")
    assert tuple(tabulate_new_signals(found, "a").columns) == RESULT_COLUMNS
    assert signal.size is not None
    counted, expected = (rows.loc[f"new_shift_in_crime_and_asb:{name}"] for name in ("counted", "expected"))
    assert counted["period"] == signal.since.label == "2025-01"
    assert counted["value"] == 90 + 91 + 92
    assert expected["value"] == pytest.approx(123, abs=6)
    assert expected["lower"] < expected["value"] < expected["upper"]
    assert f"{expected['value']:,.0f}" in describe_new_signal(signal)


def test_what_was_withheld_has_no_forecast(five_years: Assessment) -> None:
    rows = tabulate_results([replace(five_years, signals=None, is_suppressed=True)])
    assert not rows["statistic"].str.contains("forecast|season").any()
