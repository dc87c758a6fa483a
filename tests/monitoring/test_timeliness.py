"""Feeds n of m, and how far every indicator reaches."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from builders import ASB, write_street
from partner_return_files import make_row, write_return
from safelives_files import DERIVED, write_derived

from shp_analysis.monitoring.timeliness import IndicatorReach, State, list_needed_feeds, list_reaches, list_wanted
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import CalendarYear, FinancialYear, Month, Quarter, parse_period
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import Store, open_store

from .makers import make_catalogue, make_indicator, make_marac, reader_of

HALTON = read_area("Halton")
Q4 = Quarter("2024-25 Q4")
JULY = date(2025, 7, 1)


def take_in(tmp_path: Path, *months: str, received_on: date = date(2025, 4, 20)) -> Store:
    for month in months:
        write_street(tmp_path / "published", month, {"Burglary": 4, ASB: 3})
    ingest(tmp_path / "published", folder=tmp_path / "data", received_on=received_on)
    return open_store(tmp_path / "data")


def reach(store: Store, as_of: date, indicator=None, period=Q4) -> IndicatorReach:
    catalogue = make_catalogue(indicator or make_indicator())
    (found,) = list_reaches(store, catalogue, reader_of(store, as_of), period, as_of=as_of)
    return found


@pytest.mark.parametrize(
    ("kind", "period", "labels"),
    [
        (Month, "2024-25 Q4", ["2025-01", "2025-02", "2025-03"]),
        (Quarter, "2024-25 Q4", ["2024-25 Q4"]),
        (Quarter, "Feb 2025", ["2024-25 Q3"]),
        (FinancialYear, "2024-25 Q4", ["2024-25"]),
        (FinancialYear, "2024-25 Q3", ["2023-24"]),
        (CalendarYear, "2024-25 Q3", ["2024"]),
        (CalendarYear, "2024-25 Q2", ["2023"]),
    ],
)
def test_a_period_takes_the_parts_that_end_in_it_or_the_newest_that_was_over(kind, period, labels):
    assert [each.label for each in list_wanted(kind, parse_period(period))] == labels


def test_a_quarter_that_is_in_is_received(tmp_path):
    found = reach(take_in(tmp_path, "2025-01", "2025-02", "2025-03"), JULY)
    assert (found.state, found.data_to, found.late, found.not_due, found.due_on) == (
        State.RECEIVED,
        date(2025, 3, 31),
        (),
        (),
        None,
    )


@pytest.mark.parametrize(
    ("as_of", "state"),
    [(date(2025, 5, 29), State.NOT_DUE), (date(2025, 5, 30), State.NOT_DUE), (date(2025, 5, 31), State.LATE)],
)
def test_a_month_is_late_once_its_lag_has_passed(tmp_path, as_of, state):
    """March's figures are due sixty days after 31 March, which is 30 May."""
    found = reach(take_in(tmp_path, "2025-01", "2025-02"), as_of)
    assert (found.state, found.due_on, found.data_to) == (state, date(2025, 5, 30), date(2025, 2, 28))
    assert (*found.late, *found.not_due) == ("2025-03",)


def test_a_month_before_the_period_that_should_be_in_is_late_too(tmp_path):
    """In April nothing of the quarter is due, and December is, which never came."""
    found = reach(take_in(tmp_path, "2024-11", received_on=date(2025, 3, 1)), date(2025, 3, 15))
    assert (found.state, found.late, found.not_due) == (State.LATE, ("2024-12",), ("2025-01", "2025-02", "2025-03"))


def test_what_never_came_says_so(tmp_path):
    found = reach(take_in(tmp_path, "2025-01"), JULY, make_marac())
    assert (found.state, found.data_to) == (State.NEVER, None)


def test_a_yearly_figure_is_asked_for_its_newest_year(tmp_path):
    data = tmp_path / "data"
    ingest(write_derived(tmp_path / "marac.csv", DERIVED), folder=data, received_on=date(2025, 7, 1))
    store = open_store(data)
    assert reach(store, date(2025, 12, 1), make_marac(), Quarter("2025-26 Q2")).state is State.RECEIVED
    late = reach(store, date(2026, 9, 15), make_marac(), Quarter("2026-27 Q1"))
    assert (late.state, late.late, late.due_on) == (State.LATE, ("2025-26",), date(2026, 8, 28))


def test_an_indicator_without_an_agreed_measure_is_passed_over(tmp_path):
    store = take_in(tmp_path, "2025-01")
    catalogue = make_catalogue(make_indicator(sources={}, is_agreed=False))
    assert list_reaches(store, catalogue, reader_of(store, JULY), Q4, as_of=JULY) == ()
    assert list_needed_feeds(store, catalogue, HALTON, Q4, as_of=JULY) == ()


def test_feeds_are_counted_once_however_many_indicators_need_them(tmp_path):
    store = take_in(tmp_path, "2025-01", "2025-02")
    catalogue = make_catalogue(make_indicator(), make_indicator(id="TST-03"), make_marac())
    police, marac = list_needed_feeds(store, catalogue, HALTON, Q4, as_of=JULY)
    assert police.as_record() == {
        "table": "police_uk_street",
        "unit": "cheshire",
        "indicators": ["TST-01", "TST-03"],
        "wanted": ["2025-01", "2025-02", "2025-03"],
        "missing": ["2025-03"],
        "last": "2025-02",
        "is_received": False,
    }
    assert (marac.last, marac.is_received, marac.missing) == (None, False, ("2024-25",))


def test_another_force_s_months_are_not_the_area_s(tmp_path):
    store = take_in(tmp_path, "2025-01", "2025-02", "2025-03")
    catalogue = make_catalogue(make_indicator())
    (cheshire,) = list_needed_feeds(store, catalogue, HALTON, Q4, as_of=JULY)
    (merseyside,) = list_needed_feeds(store, catalogue, read_area("Liverpool"), Q4, as_of=JULY)
    assert (cheshire.is_received, merseyside.is_received, merseyside.unit) == (True, False, "merseyside")


def test_what_came_later_is_not_known_yet(tmp_path):
    store = take_in(tmp_path, "2025-01", "2025-02", "2025-03", received_on=date(2025, 6, 1))
    (found,) = list_needed_feeds(store, make_catalogue(make_indicator()), HALTON, Q4, as_of=date(2025, 5, 1))
    assert found.last is None


def test_a_partner_s_measure_is_a_feed_of_its_own(tmp_path):
    ingest(write_return(tmp_path, [make_row("marac_cases", "120")]), folder=tmp_path / "data", received_on=JULY)
    sources = {
        name: {"records": "partner_returns_quarter", "sum": "value", "include": {"measure": (name,)}}
        for name in ("marac_cases", "idva_cases_opened")
    }
    catalogue = make_catalogue(*(make_indicator(sources={name: source}) for name, source in sources.items()))
    store, q3 = open_store(tmp_path / "data"), Quarter("2024-25 Q3")
    cases, opened = list_needed_feeds(store, catalogue, HALTON, q3, as_of=JULY)
    assert (cases.unit, cases.is_received) == ("marac_cases, E06000006", True)
    assert (opened.unit, opened.is_received) == ("idva_cases_opened, E06000006", False)
