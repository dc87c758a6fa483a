"""Which period a baseline stands for."""

from __future__ import annotations

import pytest

from shp_analysis.analysis import Baseline, find_baseline
from shp_analysis.errors import PeriodError, RequestError
from shp_analysis.reference.periods import CalendarYear, FinancialYear, Month, Period, Quarter, YearEnding


@pytest.mark.parametrize(
    ("period", "baseline", "expected"),
    [
        (Quarter("2024-25 Q4"), "same_quarter_last_year", Quarter("2023-24 Q4")),
        (Month("2025-03"), "same_period_last_year", Month("2024-03")),
        (YearEnding("2025-03"), "year_before", YearEnding("2024-03")),
        (Quarter("2024-25 Q1"), "previous_period", Quarter("2023-24 Q4")),
        (Quarter("2024-25 Q4"), "before_the_pandemic", Quarter("2018-19 Q4")),
        (Quarter("2024-25 Q3"), "before_the_pandemic", Quarter("2019-20 Q3")),
        (CalendarYear("2024"), "before_the_pandemic", CalendarYear("2019")),
        (FinancialYear("2024-25"), "before_the_pandemic", FinancialYear("2018-19")),
        (YearEnding("2025-03"), "before_the_pandemic", YearEnding("2020-02")),
        (Month("2025-02"), "before_the_pandemic", Month("2020-02")),
        (Month("2025-03"), "before_the_pandemic", Month("2019-03")),
        (Quarter("2024-25 Q4"), "2021-22 Q4", Quarter("2021-22 Q4")),
        (Quarter("2024-25 Q4"), Quarter("2020-21 Q4"), Quarter("2020-21 Q4")),
    ],
)
def test_a_baseline_stands_for_a_period(period: Period, baseline: Period | str, expected: Period) -> None:
    assert find_baseline(period, baseline) == expected


@pytest.mark.parametrize("baseline", list(Baseline))
@pytest.mark.parametrize(
    "period", [Quarter("2024-25 Q4"), Month("2025-01"), YearEnding("2025-03"), CalendarYear("2024")]
)
def test_every_baseline_is_an_earlier_period_of_the_same_kind(baseline: str, period: Period) -> None:
    found = find_baseline(period, baseline)
    assert type(found) is type(period)
    assert found.end < period.start


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(RequestError, match=r"before_the_pandemic.*Did you mean before_the_pandemic"):
        find_baseline(Quarter("2024-25 Q4"), "before_pandemic")


def test_a_period_that_can_be_read_in_two_ways_is_refused() -> None:
    with pytest.raises(PeriodError):
        find_baseline(Month("2025-03"), "July and September 2023")
