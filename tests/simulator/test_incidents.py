"""Local incidents."""

import numpy as np
import pandas as pd
import pytest
from builders import HALTON

from shp_analysis.reference.periods import Month
from shp_analysis.simulator.borough import read_sample_table
from shp_analysis.simulator.incidents import INCIDENT_COLUMNS, draw_incidents, read_incident_types, weigh_days
from shp_analysis.simulator.police import draw_month

ASB = "Anti-social behaviour"


def draw(label, seed=1):
    return draw_incidents(seed, draw_month(seed, HALTON, Month(label)), Month(label))


def test_anti_social_behaviour_agrees_with_the_street_rows_place_by_place():
    streets = draw_month(1, HALTON, Month("2023-07"))
    incidents = draw_incidents(1, streets, Month("2023-07"))
    lsoa = np.array(streets.places.lsoa_codes)[streets.places.point_lsoa[streets.point]]
    wanted = sorted(lsoa[streets.is_anti_social_behaviour].tolist())
    assert sorted(incidents.loc[incidents["incident_type"] == ASB, "lsoa_code"]) == wanted


def test_a_row_is_a_day_an_hour_a_place_a_type_and_five_flags():
    incidents = draw("2024-02")
    assert tuple(incidents.columns) == INCIDENT_COLUMNS
    assert set(incidents["incident_date"]) == set(pd.date_range("2024-02-01", "2024-02-29").strftime("%Y-%m-%d"))
    assert incidents["incident_hour"].between(0, 23).all()
    assert set(incidents["incident_type"]) == {kind.name for kind in read_incident_types()}
    assert incidents["incident_date"].is_monotonic_increasing
    assert set(incidents["recorded_by"]) == {"Simulated Cheshire Constabulary"}
    flags = incidents[list(INCIDENT_COLUMNS[5:])]
    assert flags.isin(["Y", "N"]).all(axis=None)
    assert not ((flags["looked_after_placed"] == "Y") & (flags["youth"] == "N")).any()
    is_domestic = incidents["incident_type"] == "Domestic incident"
    assert (incidents.loc[is_domestic, "domestic_abuse"] == "Y").all()


def test_the_types_add_up_to_the_size_asked_for():
    yearly = sum(kind.yearly_count for kind in read_incident_types()) + 3000
    assert yearly == 30_800


def test_halloween_to_bonfire_night_weighs_double_for_anti_social_behaviour():
    october, november = weigh_days(ASB, Month("2024-10")), weigh_days(ASB, Month("2024-11"))
    # 31 October and 24 October 2024 are both Thursdays; 31 October is a school holiday as well.
    assert october[30] / october[23] == pytest.approx(2.0 * 1.2)
    # 6 and 13 November 2024 are both Wednesdays out of the holidays.
    assert november[5] / november[12] == pytest.approx(2.0)
    assert weigh_days("Transport", Month("2024-11"))[5] == pytest.approx(weigh_days("Transport", Month("2024-11"))[12])


def test_the_spike_and_the_holidays_are_in_the_rows():
    # Both windows lie within one month, so that the month's own total cannot hide them.
    rows = pd.concat([draw("2024-11", seed) for seed in range(20)])
    daily = rows.loc[rows["incident_type"] == ASB].groupby("incident_date").size()
    assert daily["2024-11-02":"2024-11-06"].mean() / daily["2024-11-09":"2024-11-30"].mean() > 1.6
    rows = pd.concat([draw("2025-02", seed) for seed in range(20)])
    daily = rows.loc[rows["incident_type"] == ASB].groupby("incident_date").size()
    week = daily["2025-02-17":"2025-02-21"].mean()
    assert 1.05 < week / pd.concat([daily["2025-02-10":"2025-02-14"], daily["2025-02-24":"2025-02-28"]]).mean() < 1.4


def test_every_type_has_a_season_a_week_and_a_day():
    names = {kind.name for kind in read_incident_types()}
    assert names <= set(read_sample_table("seasons.csv")["series"])
    assert names == set(read_sample_table("incident_weekdays.csv")["incident_type"])
    assert names == set(read_sample_table("incident_hours.csv")["incident_type"])
    assert set(read_sample_table("daily_events.csv")["incident_type"]) <= names


def test_evenings_are_busiest_for_anti_social_behaviour():
    rows = pd.concat([draw("2023-06", seed) for seed in range(3)])
    by_hour = rows.loc[rows["incident_type"] == ASB].groupby("incident_hour").size()
    assert by_hour.loc[17:21].sum() > 3 * by_hour.loc[3:7].sum()
