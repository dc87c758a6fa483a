"""The registers beside the indicators: priorities, events and peers say what they say once, and of what exists."""

from __future__ import annotations

import contextlib
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from builders import HALTON
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from reader_checks import read_table

from shp_analysis.config.catalogue import CATALOGUE_FOLDER, Catalogue, Indicator, read_catalogue
from shp_analysis.config.comparator_lists import find_comparators, gather_neighbours, read_comparator_lists
from shp_analysis.config.events import Event, list_conflicts, list_windows, read_events
from shp_analysis.config.priorities import (
    NO_LOCAL_MEASURE,
    Priority,
    describe_measure,
    find_lead,
    find_priority,
    map_aliases,
    read_priorities,
)
from shp_analysis.errors import ParametersError, RequestError
from shp_analysis.readers import dfe_neighbours
from shp_analysis.reference.areas import read_area

CATALOGUE = read_catalogue()
PRIORITIES = read_priorities()
EVENTS = read_events()
AREA = read_area(HALTON)

STRATEGY = (
    *("Anti-Social Behaviour", "Domestic Abuse and Violence against Women & Girls", "Serious and Organised Crime"),
    *("Integrated Offender Management", "Counter Terrorism/Prevent", "Hate Crime"),
    *("Substance Misuse", "Serious Violence", "Road Safety"),
)
MINUTES = (
    *("1) Anti-Social Behaviour;", "2) Domestic Abuse;", "3) Serious and Organised Crime;"),
    *("4) Integrated Offender Management;", "5) Counter Terrorism;", "6) Hate Crime;"),
    *("7) Substance Misuse;", "8) Serious Violence; and", "9) Road Safety."),
)
SHORT = ("ASB", "DA and VAWG", "SOC", "IOM", "Prevent", "Hate", "Drugs and alcohol", "Serious violence", "Safer roads")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the catalogue to write mistakes into."""
    return shutil.copytree(CATALOGUE_FOLDER, tmp_path / "catalogue")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# --- priorities -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wordings", [STRATEGY, MINUTES, SHORT], ids=["strategy", "minutes", "short"])
def test_every_wording_of_the_papers_gives_the_same_nine_in_the_strategys_order(wordings):
    assert [find_priority(wording).number for wording in wordings] == list(range(1, 10))


def test_the_names_are_the_strategys():
    assert tuple(each.name for each in PRIORITIES) == STRATEGY
    assert set(map_aliases(PRIORITIES).values()) == set(range(1, 10))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5),
        ("Priority 5", 5),
        ("  domestic   abuse & VAWG ", 2),
        ("Country Lines", 3),
        ("Combatting drugs", 7),
        ("Anti-social behavior", 1),
        ("HATE CRIMES", 6),
        ("Violence against women and girls", 2),
    ],
)
def test_a_priority_is_found_however_it_is_written(text, number):
    assert find_priority(text).number == number


@pytest.mark.parametrize("text", ["", "10", "0", "weather", "crime", "serious"])
def test_what_is_no_priority_is_refused_with_the_list(text):
    with pytest.raises(RequestError, match=r"There is no priority .*1 Anti-Social Behaviour;.*9 Road Safety\."):
        find_priority(text)


@given(st.text(max_size=40))
def test_a_text_is_one_priority_or_refused_and_nothing_else(text):
    with contextlib.suppress(RequestError):
        assert find_priority(text) in PRIORITIES


def test_every_shipped_priority_has_a_lead_indicator_of_its_own():
    assert [each.lead_indicator for each in PRIORITIES] == (
        ["ASB-01", "DA-03", "SOC-01", "IOM-01", "CT-01", "HC-01", "SUB-02", "SV-01", "RS-03"]
    )
    for each in PRIORITIES:
        lead = find_lead(each, CATALOGUE)
        assert lead is not None
        assert (lead.priority, lead.theme) == (each.number, each.theme)
    assert [each.number for each in PRIORITIES if not each.shows_change] == [5]


def test_the_community_trigger_and_the_case_review_are_one_indicator():
    assert CATALOGUE.indicator("Community Trigger").id == CATALOGUE.indicator("ASB case reviews").id == "ASB-05"


def test_a_priority_with_nothing_agreed_says_so():
    nothing = Priority(number=1, name="Something new", theme="crime_and_asb")
    assert find_lead(nothing, CATALOGUE) is None
    assert describe_measure(nothing, CATALOGUE) == f"{NO_LOCAL_MEASURE} for this priority."


def test_an_indicator_that_is_not_agreed_measures_nothing():
    values = CATALOGUE.indicator("PUK-02").model_dump()
    open_question = Indicator.model_validate({**values, "sources": {}, "is_agreed": False})
    catalogue = Catalogue((open_question,), ())
    priority = Priority(number=1, name="X", theme="crime_and_asb", lead_indicator="PUK-02")
    assert describe_measure(priority, catalogue) == "No agreed local measure for this priority."
    assert describe_measure(priority, CATALOGUE) == "Burglary (PUK-02)"


def test_indicators_beside_need_a_lead():
    with pytest.raises(ValidationError, match="beside"):
        Priority(number=1, name="X", theme="crime_and_asb", beside=("ASB-01",))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("number: 2", "number: 3", r"numbered 1, 3, 3, .*number them 1 to 9"),
        ("lead_indicator: ASB-01", "lead_indicator: ASB-91", r"priority 1 \(Anti-Social .* 'ASB-91', which does not"),
        ("aliases: [ASB,", "aliases: [Prevent,", "prevent is written more than once; a wording belongs to one"),
        ("number: 1", "number: '1'", "number: Input should be a valid integer"),
        ("theme: crime_and_asb", "subject: crime_and_asb", "theme: Field required"),
    ],
)
def test_a_priority_that_says_what_it_may_not_is_refused(folder, old, new, told):
    change(folder / "priorities.yaml", old, new)
    with pytest.raises(ParametersError, match=told) as refusal:
        read_priorities(folder)
    assert str(refusal.value).startswith(str(folder / "priorities.yaml"))


# --- names that indicators had before ---------------------------------------------------------------------------------


def test_a_renamed_indicator_is_found_by_both_names():
    values = CATALOGUE.indicator("ASB-07").model_dump()
    review = Indicator.model_validate(
        {**values, "id": "ASB-95", "name": "Case reviews", "formerly": ["Community Trigger"]}
    )
    catalogue = Catalogue((*CATALOGUE.indicators, review), ())
    assert catalogue.indicator("community trigger") is catalogue.indicator("Case reviews") is review


def test_a_present_name_wins_over_a_former_one_in_memory_and_a_file_may_not_hold_both(folder):
    values = CATALOGUE.indicator("ASB-07").model_dump()
    other = Indicator.model_validate({**values, "id": "ASB-95", "name": "New", "formerly": ["Robbery"]})
    assert Catalogue((*CATALOGUE.indicators, other), ()).indicator("Robbery").id == "SV-04"
    change(folder / "indicators.yaml", "name: Shoplifting\n", "name: Shoplifting\n    formerly: [robbery]\n")
    with pytest.raises(ParametersError, match="robbery is written more than once; a name, present or former"):
        read_catalogue(folder)


# --- events -----------------------------------------------------------------------------------------------------------


def build_event(**more: object) -> Event:
    values = {
        "event_id": "E",
        "what": "Something",
        "kind": "service",
        "indicators": "*",
        "area_codes": "*",
        "is_confirmed": True,
        "source": "s",
        **more,
    }
    return Event.model_validate(values)


def test_the_two_dates_of_the_serious_violence_duty_are_reported_with_both_sources():
    (conflict,) = list_conflicts(EVENTS)
    assert conflict.what == "Serious Violence Duty starts"
    assert [each.from_day for each in conflict.events] == [date(2023, 1, 31), date(2024, 1, 31)]
    assert "31 January 2023 according to Safer Policy and Performance Board, 11 June 2024" in conflict.sentence
    assert "31 January 2024 according to Safer Policy and Performance Board, annual report" in conflict.sentence
    assert [each.is_confirmed for each in conflict.events] == [True, False]


def test_events_that_agree_or_are_of_different_things_are_no_conflict():
    one = build_event(from_day="2023-01-31")
    assert list_conflicts([one, build_event(event_id="F", from_day="2023-01-31")]) == ()
    assert list_conflicts([one, build_event(event_id="F", what="Else", from_day="2024-01-31")]) == ()
    assert list_conflicts([one, build_event(event_id="F", is_confirmed=False)]) == ()
    assert len(list_conflicts([one, build_event(event_id="F", what=" something ", from_day="2024-01-31")])) == 1


def test_a_window_of_every_year_comes_once_a_year_and_over_the_new_year_whole():
    bonfire = build_event(yearly_from="11-04", yearly_until="11-06")
    days = [
        (each.first_day, each.last_day)
        for each in list_windows([bonfire], "ASB-01", AREA, date(2022, 11, 6), date(2024, 11, 3))
    ]
    assert days == [(date(2022, 11, 4), date(2022, 11, 6)), (date(2023, 11, 4), date(2023, 11, 6))]
    christmas = build_event(yearly_from="12-20", yearly_until="01-02")
    (only,) = list_windows([christmas], "ASB-01", AREA, date(2024, 1, 1), date(2024, 3, 31))
    assert (only.first_day, only.last_day) == (date(2023, 12, 20), date(2024, 1, 2))


def test_an_event_of_29_february_falls_on_1_march_in_other_years():
    leap = build_event(yearly_from="02-29", yearly_until="02-29")
    windows = list_windows([leap], "ASB-01", AREA, date(2023, 1, 1), date(2024, 12, 31))
    assert [each.first_day for each in windows] == [date(2023, 3, 1), date(2024, 2, 29)]


def test_an_unconfirmed_date_is_shown_with_a_warning_and_an_undated_event_is_a_note():
    guess = build_event(from_day="2024-01-08", is_confirmed=False)
    unknown = build_event(event_id="F", is_confirmed=False)
    (window,) = list_windows([unknown, guess], "ASB-01", AREA, date(2024, 1, 1), date(2024, 3, 31))
    assert window.label == "Something (date not confirmed)"


def test_an_event_is_marked_only_where_it_happened():
    here = build_event(from_day="2024-01-08", indicators="ASB-01;ASB-07", area_codes="E23000006")
    span = (date(2024, 1, 1), date(2024, 3, 31))
    assert len(list_windows([here], "ASB-01", AREA, *span)) == 1
    assert list_windows([here], "ALL-01", AREA, *span) == ()
    assert list_windows([here], "ASB-01", read_area("Liverpool"), *span) == ()


@pytest.mark.parametrize(
    ("change_to", "told"),
    [
        ({"from_day": "2024-02-01", "until_day": "2024-01-01"}, "until_day"),
        ({"until_day": "2024-01-01"}, "until_day"),
        ({"yearly_from": "10-28"}, "come together"),
        ({"yearly_from": "10-28", "yearly_until": "11-31"}, "day is out of range|day .* must be in range"),
        ({"yearly_from": "10-28", "yearly_until": "11-08", "from_day": "2024-02-01"}, "not both"),
        ({}, "an event without a date is not confirmed"),
        ({"from_day": "20240201"}, "year-month-day"),
    ],
)
def test_an_event_that_contradicts_itself_is_refused(change_to, told):
    with pytest.raises(ValidationError, match=told):
        build_event(**change_to)


def test_a_register_names_what_exists(folder):
    change(folder / "events.csv", "ASB-01", "ASB-91")
    with pytest.raises(ParametersError, match="names the indicator 'ASB-91', which does not exist"):
        read_events(folder)
    shutil.copy(CATALOGUE_FOLDER / "events.csv", folder)
    change(folder / "events.csv", "E23000006", "Cheshire")
    with pytest.raises(ParametersError, match="names the area 'Cheshire': write its code, E23000006"):
        read_events(folder)


def test_the_shipped_events_have_sources_and_seasons():
    assert all(each.source for each in EVENTS)
    seasons = {each.what for each in EVENTS if each.recurs}
    assert {"Halloween", "Bonfire Night"} <= seasons


# --- peers ------------------------------------------------------------------------------------------------------------


def test_haltons_peers_are_the_departments_ten_and_say_whose_they_are():
    peers = find_comparators(read_comparator_lists(), AREA)
    assert peers is not None
    assert [each.name for each in peers.peers[:4]] == ["St. Helens", "County Durham", "Wirral", "Sunderland"]
    assert len(set(peers.codes)) == 10
    assert "Department for Education" in peers.sentence
    assert "not for crime" in peers.sentence
    assert find_comparators(read_comparator_lists(), read_area("Liverpool")) is None


def test_the_shipped_list_is_the_published_one(shared_data):
    published = read_table(dfe_neighbours.READER, shared_data / "geography" / "dfe-statistical-neighbours-2025.xlsx")
    before = published.copy()
    assert gather_neighbours(published, AREA) == find_comparators(read_comparator_lists(), AREA)
    pd.testing.assert_frame_equal(published, before)


def test_a_county_of_districts_is_left_out_and_named():
    rows = [("Halton", 1, "Durham", "Close"), ("Halton", 2, "Kent", None), ("Wirral", 1, "Sefton", "Close")]
    frame = pd.DataFrame(rows, columns=["authority_name", "neighbour_rank", "neighbour_name", "closeness"])
    frame = frame.assign(is_former=False, edition="2025")
    peers = gather_neighbours(frame, AREA)
    assert peers is not None
    assert (peers.codes, peers.left_out) == (("E06000047",), ("Kent",))
    assert peers.sentence.endswith("Not among them here: Kent.")
    assert gather_neighbours(frame, read_area("Liverpool")) is None
    with pytest.raises(RequestError, match=r"several editions \(2024, 2025\)"):
        gather_neighbours(pd.concat([frame, frame.assign(edition="2024")]), AREA)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (",1,E08000013", ",1,E06000006", "names the area itself"),
        (",1,E08000013", ",1,E06000047", "one peer twice"),
        (",1,E08000013", ",1,E08000999", "names the area 'E08000999'"),
        (",1,E08000013", ",3,E08000013", "ranks that are not 1 to 10"),
        ("Interactive Tool", "Tool", "more than one source"),
        ('"DfE statistical neighbours, 2025",E06000006,2', '"Other",E06000006,2', "ranks|stand apart"),
    ],
)
def test_a_list_of_peers_that_says_what_it_may_not_is_refused(folder, old, new, told):
    change(folder / "peers.csv", old, new)
    with pytest.raises(ParametersError, match=told):
        read_comparator_lists(folder)
