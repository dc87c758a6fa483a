"""What holds for every period there is, whatever its kind."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.errors import PeriodError
from shp_analysis.reference.periods import (
    CalendarYear,
    FinancialYear,
    Month,
    MunicipalYear,
    Period,
    Quarter,
    YearEnding,
    check_comparable,
    latest_complete_quarter,
    parse_period,
)

# Two years inside the bounds, so that a step in either direction stays inside them.
DAYS = st.dates(date(1993, 1, 1), date(2097, 12, 31))
MONTHS = DAYS.map(Month.containing)
QUARTERS = DAYS.map(Quarter.containing)
YEARS = st.one_of(DAYS.map(kind.containing) for kind in (CalendarYear, FinancialYear, MunicipalYear))
ROLLING = MONTHS.map(lambda month: month.twelve_months_to_end())
PERIODS = st.one_of(MONTHS, QUARTERS, YEARS, ROLLING)
JUNK = st.text(st.sampled_from("0123456789Qq-/:() –AprilMayJun to andyearfinancial"), max_size=30)


@given(PERIODS)
def test_names_are_read_back(period):
    assert parse_period(period.in_words) == period
    assert parse_period(period.short_words) == period
    assert type(period)(period.label) == period
    assert type(period)(period.slug) == period


def read_or_refuse(text: str) -> Period | str:
    try:
        return parse_period(text)
    except PeriodError as refusal:
        return str(refusal)


@given(st.one_of(MONTHS, QUARTERS, YEARS))
def test_a_label_alone_is_read_as_itself_or_refused_by_name(period):
    found = read_or_refuse(period.label)
    if isinstance(found, str):
        assert found.startswith(f"'{period.label}' is ambiguous")
        assert f"'{period.in_words}'" in found
    else:
        assert found == period


@given(ROLLING)
def test_a_rolling_years_label_alone_is_its_last_month(period):
    found = read_or_refuse(period.label)
    if isinstance(found, str):
        assert f"'{period.months[-1].in_words}'" in found
    else:
        assert found == period.months[-1]


@given(st.one_of(QUARTERS, YEARS, ROLLING))
def test_every_slug_but_a_months_is_read_without_its_class(period):
    assert parse_period(period.slug) == period


@given(PERIODS)
def test_case_dashes_and_spaces_do_not_matter(period):
    changed = period.in_words.upper().replace("-", " \N{EN DASH} ").replace(" ", "\N{NO-BREAK SPACE}")
    assert parse_period(f"\N{LEFT DOUBLE QUOTATION MARK}{changed}\N{RIGHT DOUBLE QUOTATION MARK}") == period


@given(PERIODS, PERIODS)
def test_two_periods_share_a_slug_only_when_they_are_one(one, other):
    assert (one.slug == other.slug) == (one == other)
    assert (one.in_words == other.in_words) == (one == other)


@given(PERIODS)
def test_steps_undo_each_other_and_leave_no_gap(period):
    assert period.previous().next() == period
    assert period.next().previous() == period
    assert period.previous().end + timedelta(days=1) == period.start
    assert period.previous() < period < period.next()


@given(PERIODS)
def test_the_same_one_last_year_keeps_its_months(period):
    last = period.same_last_year()
    assert type(last) is type(period)
    assert [month.start.month for month in last.months] == [month.start.month for month in period.months]
    assert last.same_last_year().start == period.start.replace(year=period.start.year - 2)
    check_comparable(period, last)


@given(PERIODS)
def test_months_tile_the_period(period):
    months = period.months
    assert months[0].start == period.start
    assert months[-1].end == period.end
    assert all(a.next() == b for a, b in pairwise(months))
    assert sum(month.days for month in months) == period.days
    assert len(months) == period.n_months


@given(QUARTERS)
def test_a_quarter_has_three_months_inside_its_financial_year(quarter):
    assert len(quarter.months) == 3
    year = FinancialYear.containing(quarter.start)
    assert set(quarter.months) <= set(year.months)
    assert quarter.label == f"{year.label} Q{year.months.index(quarter.months[0]) // 3 + 1}"


@given(DAYS, PERIODS)
def test_a_day_is_inside_when_it_is_neither_before_nor_after(day, period):
    assert period.contains(day) == (period.start <= day and period.days_since_end(day) <= 0)


@given(DAYS, st.sampled_from([Month, Quarter, CalendarYear, FinancialYear, MunicipalYear]))
def test_containing_finds_the_one_period_of_a_day(day, kind):
    period = kind.containing(day)
    assert period.contains(day)
    assert not period.previous().contains(day)
    assert not period.next().contains(day)


@given(DAYS)
def test_the_latest_complete_quarter_is_over_and_the_next_is_not(day):
    quarter = latest_complete_quarter(day)
    assert quarter.days_since_end(day) > 0
    assert quarter.next().days_since_end(day) <= 0


@given(PERIODS, PERIODS)
def test_overlap_is_a_shared_month(one, other):
    assert one.overlaps(other) == bool(set(one.months) & set(other.months))
    assert one.overlaps(other) == other.overlaps(one)


@given(PERIODS, PERIODS)
def test_two_kinds_are_never_ordered(one, other):
    if type(one) is type(other):
        assert (one < other) + (one == other) + (one > other) == 1
    else:
        with pytest.raises(PeriodError, match="cannot be compared"):
            assert one < other


@given(PERIODS)
def test_twelve_months_to_the_end_are_twelve_and_end_together(period):
    rolling = period.twelve_months_to_end()
    assert isinstance(rolling, YearEnding)
    assert rolling.end == period.end
    assert len(rolling.months) == 12
    assert set(period.months) <= set(rolling.months)


@given(st.one_of(st.text(max_size=40), JUNK))
def test_any_text_is_read_or_refused_and_nothing_else_happens(text):
    found = read_or_refuse(text)
    if isinstance(found, Period):
        assert parse_period(found.in_words) == found
    else:
        assert any(words in found for words in ("is ambiguous", "is not a period", "outside 1990 to 2100"))
