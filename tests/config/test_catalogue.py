"""The catalogue: what is shipped is valid, and a break stops exactly the comparisons that it makes meaningless."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from builders import HALTON
from pydantic import ValidationError

from shp_analysis.config.catalogue import (
    CATALOGUE_FOLDER,
    EVERY,
    BreakKind,
    Importance,
    Indicator,
    SeriesBreak,
    read_breaks,
    read_catalogue,
)
from shp_analysis.config.parameters import Theme
from shp_analysis.errors import ParametersError, RequestError
from shp_analysis.measures.counted_tables import find_counted_table
from shp_analysis.readers.partner_returns_measures import find_measure
from shp_analysis.readers.police_uk_layout import CRIME_TYPES, Kind
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import FinancialYear, Month, Period, Quarter, YearEnding, build_window

CHESHIRE, MERSEYSIDE = "E23000006", "E23000004"
CATALOGUE = read_catalogue()


# --- what is shipped --------------------------------------------------------------------------------------------------


def test_ids_and_names_are_unique_and_said_once():
    words = [word.lower() for each in CATALOGUE.indicators for word in (each.id, each.name)]
    assert len(words) == len(set(words))
    assert len({each.break_id for each in CATALOGUE.breaks}) == len(CATALOGUE.breaks)


def test_every_indicator_counts_a_table_by_columns_that_it_has():
    for each in CATALOGUE.indicators:
        for measure in each.sources.values():
            table = find_counted_table(measure.records)
            for selection in (measure, measure.of):
                if selection is not None:
                    assert {*selection.include, *selection.exclude} <= set(table.filters), each.id
                    assert selection.sum is None or selection.sum in table.summed, each.id


def test_every_indicator_counts_crime_types_that_are_published():
    measures = [measure for each in CATALOGUE.indicators for measure in each.sources.values()]
    street = [measure for measure in measures if measure.records == Kind.STREET.table]
    assert len(street) >= len(CRIME_TYPES)
    for measure in street:
        for values in (*measure.include.values(), *measure.exclude.values()):
            assert set(values) <= set(CRIME_TYPES)


def test_every_measure_of_a_partner_is_one_they_return():
    for each in CATALOGUE.indicators:
        for measure in each.sources.values():
            if measure.records.startswith("partner_returns"):
                for name in measure.include["measure"]:
                    assert each.id in find_measure(name).indicators, (each.id, name)


def test_the_study_counts_eighty_five_indicators_and_all_are_here():
    own = {each.id for each in CATALOGUE.indicators if not each.id.startswith("PUK-")}
    blocks = Counter(each.split("-")[0] for each in own)
    expected = {
        "ALL": 9,
        "ASB": 10,
        "DA": 14,
        "SOC": 4,
        "IOM": 4,
        "CT": 2,
        "HC": 5,
        "SUB": 16,
        "SV": 8,
        "RS": 9,
        "CTX": 4,
    }
    assert blocks == expected
    core = [each for each in CATALOGUE.indicators if each.id in own and each.importance is Importance.CORE]
    assert len(core) == 56


def test_every_crime_type_has_its_indicator_and_all_but_asb_are_the_total():
    groups = [each for each in CATALOGUE.indicators if each.is_offence_group]
    counted = [value for each in groups for value in each.measure()[1].include["crime_type"]]
    assert sorted(counted) == sorted(set(CRIME_TYPES) - {"Anti-social behaviour"})
    assert CATALOGUE.indicator("ALL-01").measure()[1].exclude == {"crime_type": ("Anti-social behaviour",)}
    assert CATALOGUE.indicator("ASB-01").measure()[1].include == {"crime_type": ("Anti-social behaviour",)}


def test_every_indicator_belongs_to_a_theme_with_a_notebook():
    assert {each.theme for each in CATALOGUE.indicators} == {theme.value for theme in Theme}
    assert sum(len(CATALOGUE.theme(theme)) for theme in Theme) == len(CATALOGUE.indicators)
    assert CATALOGUE.theme("weather") == ()


def test_every_definition_is_a_sentence():
    for each in CATALOGUE.indicators:
        for text in (each.definition, each.caveat):
            assert text[0].isupper()
            assert text.endswith(".")
        assert ("per " in each.rate_unit) == (each.denominator is not None)


def test_every_break_says_what_changed_and_who_says_so():
    for each in CATALOGUE.breaks:
        assert each.what_changed[0].islower() or each.what_changed.startswith("Cheshire"), "completes a sentence"
        assert not each.what_changed.endswith(".")
        assert each.source
        assert each.first_day <= each.settled_day


def test_the_recording_break_of_cheshire_is_in():
    (recording,) = [each for each in CATALOGUE.breaks if each.break_id == "BRK-02"]
    assert (recording.from_month, recording.until_month, recording.area_codes) == ("2016-06", "2018-08", (CHESHIRE,))
    assert recording in CATALOGUE.breaks_of(CATALOGUE.indicator("ALL-01"), read_area(HALTON))
    assert recording not in CATALOGUE.breaks_of(CATALOGUE.indicator("ALL-01"), read_area("Liverpool"))
    assert recording not in CATALOGUE.breaks_of(CATALOGUE.indicator("ASB-01"), read_area(HALTON))


# --- finding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["PUK-02", "puk-02", "Burglary", "BURGLARY", "  burglary "])
def test_an_indicator_is_found_by_id_or_name_in_any_case(word):
    assert CATALOGUE.indicator(word).id == "PUK-02"


def test_an_unknown_indicator_is_refused_with_what_is_near_and_what_there_is():
    with pytest.raises(
        RequestError, match=r"no indicator 'Burglery'\. The catalogue has ALL-01, .* Did you mean Burglary"
    ):
        CATALOGUE.indicator("Burglery")


def test_a_source_is_the_first_or_the_one_asked_for():
    burglary = CATALOGUE.indicator("PUK-02")
    assert burglary.measure() == burglary.measure("police_uk")
    with pytest.raises(
        RequestError, match=r"PUK-02 \(Burglary\) is not counted from 'police_api': its sources are police_uk"
    ):
        burglary.measure("police_api")


# --- breaks: the truth table ------------------------------------------------------------------------------------------


def build_break(
    from_month: str = "2023-04", until_month: str | None = None, kind: str = "level", **more: object
) -> SeriesBreak:
    values = {
        "break_id": "X",
        "name": "Rules changed",
        "indicators": EVERY,
        "area_codes": EVERY,
        "direction": "up",
        "is_confirmed": True,
        "what_changed": "w",
        "source": "s",
        **more,
    }
    return SeriesBreak.model_validate({"from_month": from_month, "until_month": until_month, "kind": kind, **values})


SUDDEN = build_break("2023-04")
SLOW = build_break("2023-04", "2023-09")
SLOW_MONTH = build_break("2023-04", "2023-04")
PASSING = build_break("2023-04", "2023-09", "temporary")
Q = {
    label: Quarter(label)
    for label in ("2021-22 Q4", "2022-23 Q3", "2022-23 Q4", "2023-24 Q1", "2023-24 Q2", "2023-24 Q3", "2023-24 Q4")
}
BEFORE_BEFORE, BEFORE = Q["2022-23 Q3"], Q["2022-23 Q4"]
DURING_FIRST, DURING_LAST = Q["2023-24 Q1"], Q["2023-24 Q2"]
AFTER, AFTER_AFTER = Q["2023-24 Q3"], Q["2023-24 Q4"]
STRADDLES_START, STRADDLES_END = YearEnding("2023-06"), YearEnding("2024-03")
YEAR_BEFORE, YEAR_AFTER = YearEnding("2023-03"), YearEnding("2024-09")
SEPARATES = [
    # a change in one day: the periods after it begin on its first day
    (SUDDEN, BEFORE_BEFORE, BEFORE, False),
    (SUDDEN, BEFORE, DURING_FIRST, True),
    (SUDDEN, BEFORE, AFTER, True),
    (SUDDEN, DURING_FIRST, DURING_LAST, False),
    (SUDDEN, AFTER, AFTER_AFTER, False),
    (SUDDEN, Month("2023-03"), Month("2023-04"), True),
    (SUDDEN, Month("2023-04"), Month("2023-05"), False),
    (SUDDEN, YEAR_BEFORE, STRADDLES_START, True),
    (SUDDEN, STRADDLES_START, YearEnding("2024-06"), True),
    (SUDDEN, FinancialYear("2022-23"), FinancialYear("2023-24"), True),
    (SUDDEN, FinancialYear("2023-24"), FinancialYear("2024-25"), False),
    # a change over months: nothing that touches them compares with anything, not even with itself moved on
    (SLOW, BEFORE_BEFORE, BEFORE, False),
    (SLOW, BEFORE, DURING_FIRST, True),
    (SLOW, DURING_FIRST, DURING_LAST, True),
    (SLOW, DURING_LAST, AFTER, True),
    (SLOW, BEFORE, AFTER, True),
    (SLOW, AFTER, AFTER_AFTER, False),
    (SLOW, YEAR_BEFORE, STRADDLES_START, True),
    (SLOW, STRADDLES_END, YearEnding("2025-03"), True),
    (SLOW, YEAR_BEFORE, YearEnding("2024-09"), True),
    (SLOW, Month("2023-09"), Month("2023-10"), True),
    (SLOW, Month("2023-10"), Month("2023-11"), False),
    (SLOW_MONTH, Month("2023-03"), Month("2023-04"), True),
    (SLOW_MONTH, Month("2023-04"), Month("2023-05"), True),
    (SLOW_MONTH, Month("2023-03"), Month("2023-05"), True),
    (SLOW_MONTH, Month("2023-05"), Month("2023-06"), False),
    # a passing disturbance: the months before and after it mean the same
    (PASSING, BEFORE_BEFORE, BEFORE, False),
    (PASSING, BEFORE, DURING_FIRST, True),
    (PASSING, DURING_FIRST, DURING_LAST, True),
    (PASSING, DURING_LAST, AFTER, True),
    (PASSING, BEFORE, AFTER, False),
    (PASSING, AFTER, AFTER_AFTER, False),
    (PASSING, YEAR_BEFORE, STRADDLES_START, True),
    (PASSING, STRADDLES_END, YearEnding("2025-03"), True),
    (PASSING, YEAR_BEFORE, YEAR_AFTER, False),
    (PASSING, Month("2023-03"), Month("2023-10"), False),
]


@pytest.mark.parametrize(("series_break", "baseline", "period", "is_separated"), SEPARATES)
def test_a_break_separates_what_means_different_things(
    series_break: SeriesBreak, baseline: Period, period: Period, *, is_separated: bool
):
    assert series_break.separates(baseline, period) is is_separated
    assert series_break.separates(period, baseline) is is_separated, "either may come first"


def test_cheshires_recording_break_stops_2016_beside_2024_and_2016_beside_2017():
    (recording,) = [each for each in CATALOGUE.breaks if each.break_id == "BRK-02"]
    assert recording.separates(Month("2016-05"), Month("2024-05"))
    assert recording.separates(Month("2016-08"), Month("2017-02"))
    assert not recording.separates(Month("2016-02"), Month("2016-05"))
    assert not recording.separates(Month("2024-01"), Month("2025-01"))


@pytest.mark.parametrize(
    ("series_break", "first_day", "settled_day"),
    [
        (SUDDEN, "2023-04-01", "2023-04-01"),
        (SLOW, "2023-04-01", "2023-10-01"),
        (SLOW_MONTH, "2023-04-01", "2023-05-01"),
    ],
)
def test_a_break_begins_with_its_month_and_is_settled_after_its_last(series_break, first_day, settled_day):
    assert (str(series_break.first_day), str(series_break.settled_day)) == (first_day, settled_day)


@pytest.mark.parametrize(
    ("area_codes", "area", "is_affected"),
    [
        (EVERY, "Halton", True),
        (HALTON, "Halton", True),
        (HALTON, "Warrington", False),
        (HALTON, "Runcorn", True),
        (HALTON, "E05013170", True),
        (HALTON, "Cheshire", True),
        (CHESHIRE, "Halton", True),
        (CHESHIRE, "Runcorn", True),
        (CHESHIRE, "Cheshire", True),
        (CHESHIRE, "Liverpool", False),
        (f"{MERSEYSIDE}; {HALTON}", "Liverpool", True),
        (f"{MERSEYSIDE}; {HALTON}", "Halton", True),
        (f"{MERSEYSIDE}; {HALTON}", "Warrington", False),
    ],
)
def test_a_break_affects_its_areas_and_what_lies_in_them(area_codes, area, is_affected):
    assert build_break(area_codes=area_codes).affects("PUK-02", read_area(area)) is is_affected


@pytest.mark.parametrize(
    ("indicators", "is_affected"), [(EVERY, True), ("PUK-02", True), ("PUK-01;PUK-02", True), ("PUK-01", False)]
)
def test_a_break_affects_its_indicators(indicators, is_affected):
    assert build_break(indicators=indicators).affects("PUK-02", read_area("Halton")) is is_affected


def test_a_break_may_leave_an_indicator_out():
    series_break = build_break(indicators="*;-SUB-08")
    assert series_break.affects("ALL-01", read_area(HALTON))
    assert not series_break.affects("SUB-08", read_area(HALTON))


def test_registered_deaths_are_compared_across_the_pandemic_and_admissions_are_not():
    """Deaths went on being registered; people stayed away from hospitals."""
    touching = {
        each: {found.break_id for found in CATALOGUE.breaks_of(CATALOGUE.indicator(each), read_area(HALTON))}
        for each in ("SUB-08", "SUB-09", "SUB-10", "SUB-11", "ASB-01")
    }
    assert [each for each, breaks in touching.items() if "BRK-07" in breaks] == ["SUB-10", "SUB-11", "ASB-01"]


def test_windows_wholly_after_the_pandemic_are_compared():
    (pandemic,) = (each for each in CATALOGUE.breaks if each.break_id == "BRK-07")
    after, before = build_window(date(2024, 1, 1), 24), build_window(date(2022, 1, 1), 24)
    assert not pandemic.separates(before, after)
    assert pandemic.separates(build_window(date(2019, 4, 1), 36), after)


def test_breaks_come_in_order_of_date():
    more = (
        build_break("2024-01", break_id="A"),
        build_break("2010-01", break_id="B"),
        build_break("2024-01", break_id="0"),
    )
    catalogue = replace(read_catalogue(), breaks=(*read_catalogue().breaks, *more))
    found = [each.break_id for each in catalogue.breaks_of(catalogue.indicator("PUK-02"), read_area("Halton"))]
    assert found == ["B", "BRK-02", "BRK-03", "BRK-07", "0", "A"]


# --- what may not be --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "temporary"}, "a temporary break needs an until_month"),
        ({"until_month": "2023-03"}, "until_month lies before from_month"),
        ({"from_month": "2023-13"}, "String should match pattern"),
        ({"until_month": "2023"}, "String should match pattern"),
        ({"indicators": " ; "}, "at least 1 item"),
        ({"direction": "sideways"}, "Input should be 'up', 'down' or 'unclear'"),
        ({"kind": "sudden"}, "Input should be 'level' or 'temporary'"),
    ],
)
def test_a_break_that_makes_no_sense_is_refused(change, told):
    with pytest.raises(ValidationError, match=told):
        build_break(**change)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Give a copy of the shipped catalogue to spoil."""
    return shutil.copytree(CATALOGUE_FOLDER, tmp_path / "catalogue")


BREAKS_HEAD = (
    "break_id,name,from_month,until_month,kind,indicators,area_codes,direction,is_confirmed,what_changed,source\n"
)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "X,N,2020-01,,level,PUK-2,*,up,true,w,s",
            "X names the indicator 'PUK-2', which does not exist. Did you mean PUK-02",
        ),
        (
            "X,N,2020-01,,level,*,E23000066,up,true,w,s",
            "X names the area 'E23000066'. There is no area 'E23000066'",
        ),
        ("X,N,2020-01,,level,*,Halton,up,true,w,s", "X names the area 'Halton': write its code, E06000006"),
        ("X,N,2020-01,,level,*,*,up,perhaps,w,s", ", row 2: is_confirmed: "),
        (f"X,{'w' * 31},2020-01,,level,*,*,up,true,w,s", ", row 2: name: String should have at most 30"),
        (
            "X,N,2020-01,,temporary,*,*,up,true,w,s",
            ", row 2: the file: Value error, a temporary break needs an until_month",
        ),
        (
            "X,N,2020-01,,level,*,*,up,true,w,s\nX,N,2021-01,,level,*,*,up,true,w,s",
            "X is written more than once",
        ),
        ("X,N,2020-01,,level,*,*,up,true,w", ", row 2: has 10 cells where the headings are 11"),
    ],
)
def test_a_register_that_says_what_it_may_not_is_refused(folder, row, told):
    path = folder / "breaks.csv"
    path.write_text(f"{BREAKS_HEAD}{row}\n", encoding="utf-8")
    with pytest.raises(ParametersError) as refusal:
        read_catalogue(folder)
    assert str(refusal.value).startswith(str(path))
    assert told in str(refusal.value)


@pytest.mark.parametrize("names", ["PUK-99,*", "*,E06000999"])
def test_the_breaks_of_simulated_series_must_name_what_exists_too(folder, names):
    head = (folder / "breaks.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "simulated_breaks.csv").write_text(f"{head}\nX,N,2020-01,,level,{names},up,true,w,s\n", encoding="utf-8")
    assert read_catalogue(folder).breaks
    with pytest.raises(ParametersError, match="X names the"):
        read_catalogue(folder, with_simulated=True)


def test_a_register_without_rows_has_no_breaks(tmp_path):
    (tmp_path / "breaks.csv").write_text(BREAKS_HEAD, encoding="utf-8")
    assert read_breaks(tmp_path / "breaks.csv") == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("id: ALL-01", "id: ALL-1", "indicators > 0 > id: String should match pattern"),
        ("id: ASB-01", "id: ALL-01", "ALL-01 is written more than once; an id belongs to one indicator"),
        (
            "polarity: lower",
            "polarity: down",
            "indicators > 0 > polarity: Input should be 'lower', 'higher' or 'context'",
        ),
        (
            "release_lag_days: 60",
            "release_lag_days: '60'",
            "indicators > 0 > release_lag_days: Input should be a valid integer",
        ),
        ("disclosure_tier: open", "disclosure_tier: public", "indicators > 0 > disclosure_tier: "),
        ("numerator: recorded crimes", "numerators: recorded crimes", "indicators > 0 > numerator: Field required"),
        (
            "police_uk: {records: police_uk_street, exclude",
            "police_uk: {records: police_uk_street, without",
            "> without: Extra",
        ),
        ("name: Total recorded crime", "name: Total\n    name: Total", "found duplicate key"),
    ],
)
def test_an_indicator_that_says_what_it_may_not_is_refused(folder, old, new, told):
    path = folder / "indicators.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ParametersError) as refusal:
        read_catalogue(folder)
    assert str(refusal.value).startswith(f"{path}: ")
    assert told in str(refusal.value)


def test_an_indicator_needs_a_source():
    values = CATALOGUE.indicator("PUK-02").model_dump()
    with pytest.raises(ValidationError, match="sources"):
        Indicator.model_validate({**values, "sources": {}})
    assert Indicator.model_validate(values) == CATALOGUE.indicator("PUK-02")


def test_kinds_of_break_are_two():
    assert set(BreakKind) == {"level", "temporary"}
