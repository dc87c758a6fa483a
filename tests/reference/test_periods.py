"""Periods: what the partnership's papers write, read into days and written back."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime

import pytest

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

ONE_OF_EACH = [
    Month("2025-01"),
    Quarter("2024-25 Q3"),
    CalendarYear("2021"),
    FinancialYear("2010-11"),
    MunicipalYear("2023-24"),
    YearEnding("2025-03"),
]


@pytest.mark.parametrize(
    ("period", "start", "end", "label", "slug", "in_words", "short_words"),
    [
        (
            Month("2025-01"),
            date(2025, 1, 1),
            date(2025, 1, 31),
            "2025-01",
            "2025-01",
            "January 2025",
            "January 2025",
        ),
        (
            Quarter("2024-25 Q3"),
            date(2024, 10, 1),
            date(2024, 12, 31),
            "2024-25 Q3",
            "2024-25-Q3",
            "Quarter 3 2024-25: October to December 2024",
            "October to December 2024",
        ),
        (
            Quarter("1999-00 Q4"),
            date(2000, 1, 1),
            date(2000, 3, 31),
            "1999-00 Q4",
            "1999-00-Q4",
            "Quarter 4 1999-00: January to March 2000",
            "January to March 2000",
        ),
        (
            CalendarYear("2021"),
            date(2021, 1, 1),
            date(2021, 12, 31),
            "2021",
            "calendar-2021",
            "calendar year 2021",
            "2021",
        ),
        (
            FinancialYear("2010-11"),
            date(2010, 4, 1),
            date(2011, 3, 31),
            "2010-11",
            "financial-2010-11",
            "financial year 2010-11: April 2010 to March 2011",
            "April 2010 to March 2011",
        ),
        (
            MunicipalYear("2023-24"),
            date(2023, 6, 1),
            date(2024, 5, 31),
            "2023-24",
            "municipal-2023-24",
            "municipal year 2023-24: June 2023 to May 2024",
            "June 2023 to May 2024",
        ),
        (
            YearEnding("2025-03"),
            date(2024, 4, 1),
            date(2025, 3, 31),
            "2025-03",
            "year-ending-2025-03",
            "twelve months to March 2025",
            "the twelve months to March 2025",
        ),
    ],
)
def test_every_kind_knows_its_days_and_its_names(period, start, end, label, slug, in_words, short_words):
    assert (period.start, period.end) == (start, end)
    assert (period.label, period.slug) == (label, slug)
    assert (period.in_words, period.short_words) == (in_words, short_words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A quarter, from a label, a slug, words, or both
        ("2024-25 Q4", Quarter("2024-25 Q4")),
        ("2024/25 Q4", Quarter("2024-25 Q4")),
        ("2024-25-Q4", Quarter("2024-25 Q4")),
        ("Q4 2024-25", Quarter("2024-25 Q4")),
        ("Q3 2024/25", Quarter("2024-25 Q3")),
        ("q3 of 2024-25", Quarter("2024-25 Q3")),
        ("Q3 FY 2024-25", Quarter("2024-25 Q3")),
        ("2024-2025 Q3", Quarter("2024-25 Q3")),
        ("Quarter 3 2024-25", Quarter("2024-25 Q3")),
        ("Q3 (October to December 2010)", Quarter("2010-11 Q3")),
        ("2010-11 Q3 (October to December 2010)", Quarter("2010-11 Q3")),
        ("October to December 2010 (Q3)", Quarter("2010-11 Q3")),
        ("Q3 October to December 2010", Quarter("2010-11 Q3")),
        ("October to December 2010", Quarter("2010-11 Q3")),
        ("October 2010 to December 2010", Quarter("2010-11 Q3")),
        ("Oct-Dec 2010", Quarter("2010-11 Q3")),
        ("January to March 2011", Quarter("2010-11 Q4")),
        ("between July and September 2023", Quarter("2023-24 Q2")),
        # Words settle what the number alone leaves open
        ("Q3 2010 (July to September 2010)", Quarter("2010-11 Q2")),
        ("Q3 2010 (October to December 2010)", Quarter("2010-11 Q3")),
        ("2010-11 (April 2010 to March 2011)", FinancialYear("2010-11")),
        ("2010-11 (June 2010 to May 2011)", MunicipalYear("2010-11")),
        # A month
        ("Jan 2025", Month("2025-01")),
        ("Sept. 2024", Month("2024-09")),
        ("January 2025", Month("2025-01")),
        ("2025-01", Month("2025-01")),
        # The three years and the rolling one
        ("2021", CalendarYear("2021")),
        ("January to December 2021", CalendarYear("2021")),
        ("2010/11", FinancialYear("2010-11")),
        ("2010/2011", FinancialYear("2010-11")),
        ("financial year 2010-11", FinancialYear("2010-11")),
        ("2010-11 financial year", FinancialYear("2010-11")),
        ("FY 2010-11", FinancialYear("2010-11")),
        ("FY2010/11", FinancialYear("2010-11")),
        ("April 2010 to March 2011", FinancialYear("2010-11")),
        ("April to March 2011", FinancialYear("2010-11")),
        ("municipal year 2023-24", MunicipalYear("2023-24")),
        ("June 2023 - May 2024", MunicipalYear("2023-24")),
        ("year ending March 2025", YearEnding("2025-03")),
        ("YE Mar 2024", YearEnding("2024-03")),
        ("twelve months to March 2025", YearEnding("2025-03")),
        ("12 months to Mar 2025", YearEnding("2025-03")),
        ("rolling 12 months to the end of March 2025", YearEnding("2025-03")),
        ("July 2023 to June 2024", YearEnding("2024-06")),
        # What word processors do to all of these
        ("JUNE 2023 \N{EN DASH} MAY 2024", MunicipalYear("2023-24")),
        ("Q3\N{NO-BREAK SPACE}2024\N{NON-BREAKING HYPHEN}25", Quarter("2024-25 Q3")),
        ("\N{LEFT DOUBLE QUOTATION MARK}2024-25 q3\N{RIGHT DOUBLE QUOTATION MARK}", Quarter("2024-25 Q3")),
        ("\N{LEFT SINGLE QUOTATION MARK}2021\N{RIGHT SINGLE QUOTATION MARK}", CalendarYear("2021")),
        ("  october   to\tdecember  2010 ", Quarter("2010-11 Q3")),
    ],
)
def test_parse_period_reads_what_the_papers_write(text, expected):
    assert parse_period(text) == expected
    assert type(expected)(text) == expected


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("2010-11", ["financial year 2010-11", "municipal year 2010-11", "November 2010"]),
        ("2000-01", ["financial year 2000-01", "municipal year 2000-01", "January 2000"]),
        ("2011-12", ["financial year 2011-12", "municipal year 2011-12", "December 2011"]),
        ("2012-13", ["financial year 2012-13", "municipal year 2012-13"]),
        ("2023-24", ["financial year 2023-24", "municipal year 2023-24"]),
        ("2023-2024", ["financial year 2023-24", "municipal year 2023-24"]),
        (
            "Q3 2010",
            ["Quarter 3 2010-11: October to December 2010", "Quarter 2 2010-11: July to September 2010"],
        ),
        (
            "2010 Q4",
            ["Quarter 4 2010-11: January to March 2011", "Quarter 3 2010-11: October to December 2010"],
        ),
        (
            "During July and September 2023",
            ["July 2023", "September 2023", "Quarter 2 2023-24: July to September 2023"],
        ),
        (
            "July & September 2023",
            ["July 2023", "September 2023", "Quarter 2 2023-24: July to September 2023"],
        ),
        ("July and August 2023", ["July 2023", "August 2023"]),
    ],
)
def test_parse_period_refuses_what_can_be_read_in_two_ways_and_names_them_all(text, readings):
    with pytest.raises(PeriodError, match="is ambiguous") as refusal:
        parse_period(text)
    message = str(refusal.value)
    assert message.startswith(f"'{text}'")
    assert all(f"'{reading}" in message for reading in readings)
    assert message.count(" or as ") == len(readings) - 1


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Quarter, "July and September 2023"),
        (Quarter, "April & June 2023"),
        (Quarter, "January and March 2024"),
        (CalendarYear, "January and December 2023"),
        (FinancialYear, "April 2023 and March 2024"),
    ],
)
def test_a_class_does_not_settle_whether_and_means_to(kind, text):
    with pytest.raises(PeriodError, match="is ambiguous"):
        kind(text)


def test_a_class_settles_what_a_label_alone_leaves_open():
    assert FinancialYear("2010-11").start == date(2010, 4, 1)
    assert MunicipalYear("2010-11").start == date(2010, 6, 1)
    assert Month("2010-11").start == date(2010, 11, 1)
    assert YearEnding("2010-11").end == date(2010, 11, 30)
    assert YearEnding("March 2025") == YearEnding("2025-03")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2024-26 Q1", "after 2024 comes 2025, and not 26. Write '2024/25'"),
        ("2010/12", "after 2010 comes 2011, and not 12. Write '2010/11'"),
        ("2024-25 Q5", "there is no quarter 5; a year has Q1 to Q4"),
        ("2024-25 Q0", "there is no quarter 0; a year has Q1 to Q4"),
        ("Q3", "a quarter needs its financial year. Write, for instance, '2024-25 Q3'"),
        ("2025-13", "13 is neither a month (01 to 12) nor the year after 2025"),
        ("year ending 2025-13", "there is no month 13; months are 01 to 12"),
        ("Octember 2024", "'Octember' is no month. Did you mean October"),
        ("Ja 2024", "'Ja' is no month"),
        ("May to July 2024", "it runs for 3 months. A run of months is a quarter (starting in April"),
        ("April to May 2024", "it runs for 2 months"),
        ("December 2024 to October 2024", "it ends before it starts"),
        ("Q3 (July to September 2010)", "'Q3 (October to December)' and 'July to September 2010' contradict"),
        (
            "Quarter 3 2010-11: July to September 2010",
            "'Quarter 3 2010-11' and 'July to September 2010' contradict",
        ),
        ("FY 2010-11 (June 2010 to May 2011)", "'FY 2010-11' and 'June 2010 to May 2011' contradict"),
        ("last quarter", "it is no spelling known here. Write, for instance, '2024-25 Q3'"),
        ("", "it is no spelling known here"),
        ("2025-01-15", "it is no spelling known here"),
    ],
)
def test_parse_period_says_what_is_wrong_and_what_to_write(text, says):
    with pytest.raises(PeriodError) as refusal:
        parse_period(text)
    assert str(refusal.value).startswith(f"'{text}' is not a period: ")
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    "text", ["1850", "1989", "2101", "3000", "1989-90 Q3", "December 1989", "1989/90", "2100/01", "0000"]
)
def test_years_far_away_are_refused(text):
    with pytest.raises(PeriodError, match="outside 1990 to 2100"):
        parse_period(text)


def test_the_first_and_last_years_are_inside():
    assert parse_period("1990").start == date(1990, 1, 1)
    assert parse_period("2100").end == date(2100, 12, 31)
    # The financial year 2100-01 would end in 2101, so only the month is left.
    assert parse_period("2100-01") == Month("2100-01")
    with pytest.raises(PeriodError, match="outside 1990 to 2100"):
        CalendarYear("1990").previous()


@pytest.mark.parametrize("value", [None, 2021, date(2021, 1, 1)])
def test_a_period_is_text(value):
    with pytest.raises(PeriodError, match="A period is text"):
        parse_period(value)


def test_a_class_refuses_another_kind_and_says_what_it_read():
    with pytest.raises(PeriodError, match=r"'January 2025' is not a quarter; it reads as 'January 2025'\. Write a"):
        Quarter("January 2025")
    with pytest.raises(PeriodError, match=r"not a month; it reads as 'financial year 2012-13.*' or as 'municipal"):
        Month("2012-13")
    with pytest.raises(PeriodError, match="is ambiguous"):
        Quarter("Q3 2010")


def test_the_quarter_before_and_the_same_one_last_year():
    q3 = Quarter("2010-11 Q3")
    assert q3.previous() == Quarter("2010-11 Q2")
    assert q3.next() == Quarter("2010-11 Q4")
    assert q3.same_last_year() == Quarter("2009-10 Q3")
    assert q3.same_last_year().months == (Month("2009-10"), Month("2009-11"), Month("2009-12"))
    assert Quarter("2010-11 Q1").previous() == Quarter("2009-10 Q4")


def test_other_kinds_step_by_their_own_length():
    assert Month("2025-01").previous() == Month("2024-12")
    assert Month("2025-01").same_last_year() == Month("2024-01")
    assert FinancialYear("2010-11").next() == FinancialYear("2011-12")
    assert MunicipalYear("2023-24").previous() == MunicipalYear("2022-23")
    assert CalendarYear("2021").next() == CalendarYear("2022")
    assert YearEnding("2025-03").previous() == YearEnding("2024-03")


def test_twelve_months_to_the_end_of_any_kind():
    assert Quarter("2024-25 Q3").twelve_months_to_end() == YearEnding("2024-12")
    assert Month("2025-01").twelve_months_to_end() == YearEnding("2025-01")
    assert FinancialYear("2010-11").twelve_months_to_end() == YearEnding("2011-03")
    assert FinancialYear("2010-11").twelve_months_to_end() != FinancialYear("2010-11")


def test_days_and_months_are_counted():
    assert Month("2024-02").days == 29
    assert Month("2025-02").days == 28
    assert Quarter("2023-24 Q4").days == 91
    assert FinancialYear("2023-24").days == 366
    assert [month.label for month in Quarter("2024-25 Q4").months] == ["2025-01", "2025-02", "2025-03"]
    assert Quarter("2024-25 Q4").number == 4
    assert len(MunicipalYear("2023-24").months) == 12


def test_both_ends_are_inside():
    q3 = Quarter("2010-11 Q3")
    assert q3.contains(date(2010, 10, 1))
    assert q3.contains(date(2010, 12, 31))
    assert q3.contains(datetime(2010, 12, 31, 23, 59, tzinfo=UTC))
    assert not q3.contains(date(2010, 9, 30))
    assert not q3.contains(date(2011, 1, 1))


def test_the_age_of_a_quarter_on_the_day_of_its_meeting():
    q3 = Quarter("2010-11 Q3")
    assert q3.days_since_end(date(2011, 2, 15)) == 46
    assert q3.days_since_end(date(2010, 12, 31)) == 0
    assert q3.days_since_end(date(2010, 12, 1)) == -30


@pytest.mark.parametrize(
    ("meeting", "label"),
    [
        (date(2024, 6, 11), "2023-24 Q4"),
        (date(2024, 9, 10), "2024-25 Q1"),
        (date(2024, 11, 19), "2024-25 Q2"),
        (date(2025, 2, 18), "2024-25 Q3"),
        (date(2011, 2, 15), "2010-11 Q3"),
        (date(2025, 3, 31), "2024-25 Q3"),
        (date(2025, 4, 1), "2024-25 Q4"),
    ],
)
def test_latest_complete_quarter_at_the_boards_meetings(meeting, label):
    assert latest_complete_quarter(meeting) == Quarter(label)


def test_containing_finds_the_period_of_a_day():
    day = date(2024, 5, 31)
    assert Month.containing(day) == Month("2024-05")
    assert Quarter.containing(day) == Quarter("2024-25 Q1")
    assert CalendarYear.containing(day) == CalendarYear("2024")
    assert FinancialYear.containing(day) == FinancialYear("2024-25")
    assert MunicipalYear.containing(day) == MunicipalYear("2023-24")
    with pytest.raises(PeriodError, match="Twelve windows hold 2024-05-31"):
        YearEnding.containing(day)


@pytest.mark.parametrize("one", ONE_OF_EACH)
@pytest.mark.parametrize("other", ONE_OF_EACH)
def test_only_one_kind_can_be_ordered_or_compared(one, other):
    if type(one) is type(other):
        assert one <= other
        assert not one < other
        return
    for compare in (
        lambda: one < other,
        lambda: one <= other,
        lambda: one > other,
        lambda: one >= other,
        lambda: check_comparable(one, other),
    ):
        with pytest.raises(PeriodError, match="cannot be compared") as refusal:
            compare()
        assert one.in_words in str(refusal.value)
        assert other.in_words in str(refusal.value)


def test_the_same_days_of_two_kinds_are_two_periods():
    financial, rolling = FinancialYear("2024-25"), YearEnding("2025-03")
    assert (financial.start, financial.end) == (rolling.start, rolling.end)
    assert financial != rolling
    assert len({financial, rolling, YearEnding("YE Mar 2025")}) == 2


def test_periods_of_one_kind_sort_by_time():
    quarters = [Quarter("2024-25 Q1"), Quarter("2023-24 Q4"), Quarter("2024-25 Q3")]
    assert [quarter.label for quarter in sorted(quarters)] == ["2023-24 Q4", "2024-25 Q1", "2024-25 Q3"]
    assert max(quarters) > min(quarters)
    assert quarters[0] >= quarters[1]


def test_a_period_is_not_ordered_against_anything_else():
    assert Month("2025-01") != "2025-01"
    with pytest.raises(TypeError):
        assert Month("2025-01") < "2025-02"


def test_check_comparable_refuses_windows_that_share_months():
    check_comparable(Quarter("2024-25 Q3"), Quarter("2023-24 Q3"))
    check_comparable(YearEnding("2025-03"), YearEnding("2024-03"))
    with pytest.raises(PeriodError, match=r"overlap: they share 9 of their months.*same one last year"):
        check_comparable(YearEnding("2025-03"), YearEnding("2024-12"))
    with pytest.raises(PeriodError, match="overlap: they share 3 of their months"):
        check_comparable(Quarter("2024-25 Q3"), Quarter("2024-25 Q3"))


def test_periods_of_two_kinds_may_overlap():
    assert Quarter("2024-25 Q3").overlaps(CalendarYear("2024"))
    assert FinancialYear("2024-25").overlaps(MunicipalYear("2023-24"))
    assert not Quarter("2024-25 Q4").overlaps(CalendarYear("2024"))
    assert not Month("2025-01").overlaps(Month("2025-02"))


def test_a_period_lies_within_another_of_any_kind():
    assert Quarter("2024-25 Q3").lies_within(CalendarYear("2024"))
    assert Month("2025-01").lies_within(Month("2025-01"))
    assert not FinancialYear("2024-25").lies_within(CalendarYear("2024"))
    assert not CalendarYear("2024").lies_within(Quarter("2024-25 Q3"))


def test_a_period_cannot_be_changed_and_survives_a_journey_between_processes():
    q3 = Quarter("2024-25 Q3")
    with pytest.raises(AttributeError):
        q3.start = date(2020, 1, 1)
    assert pickle.loads(pickle.dumps(q3)) == q3  # noqa: S301 - our own bytes, as worker processes send them
    assert repr(q3) == "Quarter('2024-25 Q3')"


def test_the_base_itself_is_no_period():
    with pytest.raises(TypeError, match="abstract"):
        Period("2025-01")
