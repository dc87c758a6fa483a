"""The Home Office's tables: accepted by the reader, agreeing with the street files, plants as promised."""

import pytest
from builders import HALTON
from home_office_files import read_by_csp, read_by_force
from reader_checks import read_table

from shp_analysis.readers import home_office
from shp_analysis.readers.home_office_layout import UNASSIGNED
from shp_analysis.readers.readers import read_code_table
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import FinancialYear, Month, Quarter
from shp_analysis.simulator import DEFAULT_SEED
from shp_analysis.simulator.borough import choose_months, read_categories, read_sample_table
from shp_analysis.simulator.home_office import list_quarters, write_home_office
from shp_analysis.simulator.planted_series import draw_month_count, read_planted_series
from shp_analysis.simulator.police import draw_month, draw_offences, list_policed, name_series, read_offences
from shp_analysis.simulator.stops import count_stops
from shp_analysis.statistics.changes import compare_counts
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

AREA, WARRINGTON = read_area(HALTON), read_area("E06000007")
CHESHIRE = "E23000006"
BEFORE, NOW = "2023-24 Q4", "2024-25 Q4"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return tuple(write_home_office(tmp_path_factory.mktemp("tables"), DEFAULT_SEED, [AREA], choose_months(24)))


@pytest.fixture(scope="module")
def crimes(written):
    return read_by_csp(written[0])


def find(written, word):
    return next(path for path in written if word in path.name)


def count(crimes, quarter, column, *values):
    own = crimes[(crimes["csp_name"] == "Halton") & (crimes["financial_quarter"] == quarter)]
    return int(own.loc[own[column].isin(values), "recorded_crimes"].sum())


def compare(crimes, column, *values):
    days = (Quarter(BEFORE).days, Quarter(NOW).days)
    before, now = count(crimes, BEFORE, column, *values), count(crimes, NOW, column, *values)
    return compare_counts(before, now, baseline_exposure=days[0], exposure=days[1])


# Format


def test_the_store_takes_every_table_into_the_simulated_room(written, tmp_path):
    reports = [ingest(path, folder=tmp_path) for path in written]
    assert all(report.is_simulated and report.rows and not report.unclaimed for report in reports)
    store = open_store(tmp_path, simulated=True)
    for table in ("crime_csp", "crime_force", "outcomes", "knife", "hate_crime", "stop_and_search"):
        assert not store.parts_held(f"home_office_{table}").empty
    assert open_store(tmp_path, simulated=False).is_empty


def test_tables_reach_a_year_further_back_than_the_street_files(crimes):
    assert sorted(crimes["financial_year"].unique()) == ["2022-23", "2023-24", "2024-25"]
    assert next(quarter.label for quarter in list_quarters(choose_months(60))) == "2019-20 Q1"
    assert [quarter.label for quarter in list_quarters(choose_months(2))] == [
        "2024-25 Q1",
        "2024-25 Q2",
        "2024-25 Q3",
        "2024-25 Q4",
    ]


def test_offences_are_listed_as_the_reader_knows_them(crimes):
    known = {
        (row["offence_group"], row["offence_subgroup"])
        for row in read_code_table("home_office", "offence_subgroups.csv")
    }
    assert set(zip(crimes["offence_group"], crimes["offence_subgroup"], strict=True)) <= known
    assert not crimes["offence_group"].str.contains("Fraud").any()
    assert set(crimes["csp_name"]) == {"Halton", UNASSIGNED}


def test_shares_of_a_category_add_up_to_one_and_every_category_is_there():
    table = read_sample_table("home_office_offences.csv")
    assert (table.groupby("category")["share"].sum() - 1).abs().max() < 1e-9
    assert set(read_categories().names) - set(table["category"]) == {"Anti-social behaviour"}
    assert table["offence_code"].is_unique


# Agreement


@pytest.mark.parametrize("month", ["2023-05", "2024-11"])
def test_a_month_has_the_street_files_crimes_category_by_category(month):
    streets = draw_month(DEFAULT_SEED, WARRINGTON.code, Month(month))
    offences = draw_offences(DEFAULT_SEED, WARRINGTON.code, Month(month))
    names = read_categories().names
    for position, name in enumerate(names):
        if name != "Anti-social behaviour":
            assert offences[read_offences().category == name].sum() == (streets.category == position).sum(), name


def test_the_tables_have_what_was_drawn(crimes):
    robbery = read_offences().group == "Robbery"
    drawn = sum(draw_offences(DEFAULT_SEED, HALTON, month)[robbery].sum() for month in Quarter(NOW).months)
    assert count(crimes, NOW, "offence_group", "Robbery") == drawn


def test_a_force_has_its_partnerships_and_what_was_assigned_to_none(tmp_path, written):
    every = tuple(write_home_office(tmp_path, DEFAULT_SEED, list_policed(AREA.force), choose_months(1)))
    by_csp = read_by_csp(every[0])
    by_force = read_by_force(find(every, "pfa"))
    keys = ["financial_quarter", "offence_code"]
    sums = by_csp.groupby(keys)["recorded_crimes"].sum()
    whole = by_force.groupby(keys)["recorded_crimes"].sum()
    assert (whole == sums.reindex(whole.index, fill_value=0)).all()
    unassigned = by_csp.loc[by_csp["csp_name"] == UNASSIGNED, "recorded_crimes"]
    share = unassigned.sum() / by_csp["recorded_crimes"].sum()
    assert 0.001 < share < 0.006
    # A force's figure is the same whichever of its partnerships were asked for.
    alone = read_by_force(find(written, "pfa"))
    assert whole[NOW].sum() == alone.loc[alone["financial_quarter"] == NOW, "recorded_crimes"].sum()


def test_every_outcome_is_of_a_recorded_offence(written):
    by_force = read_by_force(find(written, "pfa"))
    for path in written:
        if "outcomes" in path.name:
            outcomes = read_table(home_office.READER, path, home_office.OUTCOMES.record.name)
            keys = ["financial_quarter", "offence_code"]
            own = outcomes.groupby(keys)["outcomes_of_offences_recorded"].sum()
            recorded = by_force.groupby(keys)["recorded_crimes"].sum().loc[own.index]
            # An offence and quarter of which outcomes were only closed has none recorded.
            assert (own == recorded).all()


def test_recent_quarters_have_more_offences_without_an_outcome(written):
    outcomes = read_table(
        home_office.READER, find(written, "outcomes-open-data-mar2025"), home_office.OUTCOMES.record.name
    )
    is_open = outcomes["outcome_type"] == "0"
    shares = {
        quarter: part.loc[is_open, "outcomes_of_offences_recorded"].sum() / part["outcomes_of_offences_recorded"].sum()
        for quarter, part in outcomes.groupby("financial_quarter")
    }
    assert shares["2024-25 Q4"] > shares["2024-25 Q3"] > shares["2024-25 Q1"]
    assert 0.02 < shares["2024-25 Q4"] < 0.15
    closed = outcomes.loc[~is_open, "outcomes_of_investigations_closed"].sum()
    assert closed == pytest.approx(outcomes["outcomes_of_offences_recorded"].sum(), rel=0.1)


def test_knives_are_some_of_the_offences_of_their_kind(written):
    knives = read_table(home_office.READER, find(written, "knife"), home_office.KNIFE.record.name)
    assert (knives["offences_with_weapon"] <= knives["offences"]).all()
    robbery = knives[knives["offence_code"].isin(["34A", "34B"])]
    assert 0.1 < robbery["offences_with_weapon"].sum() / robbery["offences"].sum() < 0.35


def test_hate_crimes_are_the_drawn_series(written):
    hate = read_table(home_office.READER, find(written, "hate"), home_office.HATE_CRIME.record.name).set_index(
        ["financial_year", "strand"]
    )
    drawn = sum(
        draw_month_count(DEFAULT_SEED, "home_office/hate_race", area.code, month)
        for area in list_policed(AREA.force)
        for month in FinancialYear("2024-25").months
    )
    assert hate.loc[("2024-25", "Race"), "hate_crimes"] == drawn
    strands = hate.loc["2024-25"].drop(index="any")["hate_crimes"].sum()
    assert 0 < strands - hate.loc[("2024-25", "any"), "hate_crimes"] < 0.1 * strands


def test_searches_are_as_many_as_in_the_monthly_files(written):
    stops = read_table(home_office.READER, find(written, "stop-search"), home_office.STOP_AND_SEARCH.record.name)
    by_year = stops.groupby("financial_year")["searches"].sum()
    assert list(by_year.index) == ["2022-23", "2023-24", "2024-25"]
    monthly = sum(
        count_stops(DEFAULT_SEED, area.code, month)
        for area in list_policed(AREA.force)
        for month in FinancialYear("2024-25").months
    )
    assert by_year["2024-25"] == monthly
    assert set(stops["area_code"]) == {CHESHIRE}


# Plants


def test_planted_subgroups_exist():
    planted = set(read_planted_series()["series"])
    names = {name_series(subgroup) for subgroup in read_offences().subgroup}
    own = {name for name in planted if name.startswith("home_office/")}
    assert own
    assert own <= names


def test_sexual_offences_read_up(crimes):
    change = compare(crimes, "offence_group", "Sexual offences")
    assert change.is_clear
    assert change.change_count > 0


def test_violence_with_injury_reads_no_clear_change(crimes):
    assert not compare(crimes, "offence_subgroup", "Violence with injury").is_clear


def test_nothing_else_of_halton_changes(crimes):
    of_street_plants = {"Shoplifting", "Possession of drugs", "Trafficking of drugs"}
    planted = {*of_street_plants, "Other sexual offences", "Rape offences"}
    for subgroup in set(read_offences().subgroup) - planted:
        assert not compare(crimes, "offence_subgroup", subgroup).is_clear, subgroup


# The same again


def test_the_same_bytes_every_time(written, tmp_path):
    again = tuple(write_home_office(tmp_path, DEFAULT_SEED, [AREA], choose_months(24)))
    assert [(path.name, path.read_bytes()) for path in again] == [(path.name, path.read_bytes()) for path in written]


def test_more_authorities_and_fewer_months_give_the_same_rows(crimes, tmp_path):
    first = next(iter(write_home_office(tmp_path, DEFAULT_SEED, [AREA, WARRINGTON], choose_months(3))))
    small = read_by_csp(first)
    own = small[small["csp_name"] != "Warrington"]
    wanted = crimes[crimes["financial_quarter"].isin(own["financial_quarter"].unique())]
    columns = [*crimes.columns]
    assert own["financial_quarter"].nunique() == 5
    assert own.sort_values(columns).to_numpy().tolist() == wanted.sort_values(columns).to_numpy().tolist()
