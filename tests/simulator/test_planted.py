"""The list of plants, and how it bends counts."""

import numpy as np
import pytest
from builders import HALTON

from shp_analysis.config.catalogue import CATALOGUE_FOLDER, read_breaks, read_catalogue
from shp_analysis.reference.periods import Month
from shp_analysis.simulator import read_planted_changes
from shp_analysis.simulator.borough import open_stream, read_categories, read_sample_table
from shp_analysis.simulator.geography import read_places
from shp_analysis.simulator.planted import fix_counts, is_file_missing, multiply_authority, multiply_places

NAMES = read_categories().names
AUTHORITIES = set(read_sample_table("authorities.csv")["local_authority_code"])


def factor(authority, category, month):
    return multiply_authority(authority, Month(month))[NAMES.index(category)]


def test_the_list_says_what_every_plant_is():
    changes = read_planted_changes()
    assert list(changes.columns) == [
        "id",
        "area_code",
        "indicator",
        "first_month",
        "last_month",
        "kind",
        "multiplier",
        "monthly_counts",
        "note",
    ]
    assert changes["id"].is_unique
    assert set(changes["kind"]) == {
        "step",
        "spike_one_place",
        "missing_month",
        "recording_break",
        "exact_counts",
        "nothing",
    }
    assert set(changes["indicator"]) <= {*NAMES, "ALL", "ASB"}
    assert (changes["first_month"] <= changes["last_month"]).all()
    assert (changes["note"] != "").all()


def test_every_authority_and_every_category_of_halton_is_listed():
    changes = read_planted_changes()
    assert set(changes["area_code"]) == AUTHORITIES | {"E01012385"}
    listed = set(changes.loc[changes["area_code"].isin([HALTON, "E01012385"]), "indicator"])
    assert listed == {*NAMES, "ALL", "ASB"} - {"Anti-social behaviour"}


@pytest.mark.parametrize(
    ("category", "before", "first", "multiplier"),
    [
        ("Anti-social behaviour", "2024-06", "2024-07", 0.70),
        ("Shoplifting", "2024-09", "2024-10", 1.35),
        ("Drugs", "2024-06", "2024-07", 1.50),
    ],
)
def test_a_step_begins_in_its_month_and_in_halton_alone(category, before, first, multiplier):
    assert factor(HALTON, category, before) == 1
    assert factor(HALTON, category, first) == multiplier
    assert factor(HALTON, category, "2025-03") == multiplier
    assert all(factor(code, category, "2025-03") == 1 for code in AUTHORITIES - {HALTON})


def test_the_festival_is_one_lsoa_one_month_one_category():
    places = read_places(HALTON)
    factors = multiply_places(places, Month("2024-08"))
    raised = np.argwhere(factors != 1)
    assert raised.tolist() == [[places.lsoa_codes.index("E01012385"), NAMES.index("Other theft")]]
    assert (multiply_places(places, Month("2024-07")) == 1).all()
    assert (multiply_places(places, Month("2024-09")) == 1).all()


@pytest.mark.parametrize(("month", "wanted"), [("2024-01", 1), ("2024-02", 0), ("2025-03", 3), ("2024-04", 7)])
def test_exact_counts_are_exact_and_only_in_their_months(month, wanted):
    places = read_places(HALTON)
    drawn = np.zeros(places.shares.shape, dtype=np.int64)
    drawn[0, :] = 7
    fixed = fix_counts(drawn, places, Month(month), open_stream(1, "test"))
    category = NAMES.index("Theft from the person")
    assert fixed[:, category].sum() == wanted
    assert (np.delete(fixed, category, axis=1) == np.delete(drawn, category, axis=1)).all()
    assert (drawn[0, :] == 7).all()


def test_one_file_is_missing_and_it_is_clevelands():
    assert is_file_missing(["E06000004"], Month("2024-11"))
    assert is_file_missing(["E06000003"], Month("2024-11"))
    assert not is_file_missing(["E06000004"], Month("2024-12"))
    assert not is_file_missing([HALTON, "E06000007"], Month("2024-11"))


def test_the_break_register_announces_the_recording_break_and_nothing_else():
    changes = read_planted_changes()
    planted = changes.loc[changes["kind"] == "recording_break"]
    breaks = read_breaks(CATALOGUE_FOLDER / "simulated_breaks.csv")
    assert len(planted) == 1
    assert [each.break_id for each in breaks] == ["SIM-BRK-01", "SIM-BRK-02"], "the second is of a partner's returns"
    assert breaks[0].from_month == planted["first_month"].iloc[0]
    assert breaks[0].area_codes == (planted["area_code"].iloc[0],)
    _, measure = read_catalogue().indicator(breaks[0].indicators[0]).measure("police_uk")
    assert measure.include == {"crime_type": (planted["indicator"].iloc[0],)}
    assert breaks[0].is_confirmed


def test_the_list_can_be_changed_without_harm():
    changes = read_planted_changes()
    changes.loc[0, "multiplier"] = 99.0
    assert read_planted_changes().loc[0, "multiplier"] == 0.70
