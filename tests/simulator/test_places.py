"""LSOAs and points."""

import numpy as np
import pytest
from builders import HALTON

from shp_analysis.simulator.borough import open_stream, read_categories, read_sample_table
from shp_analysis.simulator.geography import CENSUSES, draw_points, read_lsoas, read_places

AUTHORITIES = tuple(read_sample_table("authorities.csv")["local_authority_code"])


class _HighestDraw:
    """A stream whose every uniform draw is the largest below 1, which rounds up when a whole number is added."""

    def random(self, size):
        return np.full(size, np.nextafter(1.0, 0.0))


@pytest.mark.parametrize("code", AUTHORITIES)
def test_every_lsoa_of_an_authority_has_a_share_and_points(code):
    places = read_places(code)
    assert set(places.lsoa_codes) == set(read_lsoas(code)["lsoa_2021_code"])
    np.testing.assert_allclose(places.shares.sum(axis=0), 1)
    assert (places.shares > 0).all()
    assert set(places.point_lsoa) == set(range(len(places.lsoa_codes)))
    assert (np.diff(places.point_cumulative) > 0).all()


@pytest.mark.parametrize("census", CENSUSES)
@pytest.mark.parametrize("code", AUTHORITIES)
def test_points_are_marked_simulated_and_lie_in_the_authority(code, census):
    points = read_places(code).points[census]
    assert points["location"].str.startswith("On or near Simulated ").all()
    known = read_lsoas(code)
    pairs = set(zip(known[f"lsoa_{census}_code"], known[f"lsoa_{census}_name"], strict=True))
    assert set(zip(points["lsoa_code"], points["lsoa_name"], strict=True)) == pairs
    assert points["longitude"].str.fullmatch(r"-?\d+\.\d{6}").all()
    centre = read_sample_table("authorities.csv").set_index("local_authority_code").loc[[code]]
    assert np.abs(points["latitude"].astype(float) - centre["latitude"].iloc[0]).max() < 0.2
    assert np.abs(points["longitude"].astype(float) - centre["longitude"].iloc[0]).max() < 0.3


def test_the_older_archive_has_the_lsoas_of_2011_and_other_points():
    points = read_places(HALTON).points
    assert "E01012428" in set(points[2011]["lsoa_code"])
    assert "E01012428" not in set(points[2021]["lsoa_code"])
    is_split = points[2021]["lsoa_code"].isin(["E01035382", "E01035383"])
    assert set(points[2011].loc[is_split, "lsoa_code"]) == {"E01012428"}
    assert points[2011]["lsoa_code"].nunique() == 79
    assert points[2021]["lsoa_code"].nunique() == 80
    place = ["longitude", "latitude"]
    assert not (points[2011][place] == points[2021][place]).all(axis=1).any()


def test_halton_is_as_concentrated_as_published():
    places = read_places(HALTON)
    names = read_categories().names

    def top_five(category):
        return np.sort(places.shares[:, names.index(category)])[-5:].sum()

    # Published, 2024 and 2025: 0.20, 0.31 and 0.71.
    assert top_five("Violence and sexual offences") == pytest.approx(0.20, abs=0.05)
    assert top_five("Anti-social behaviour") == pytest.approx(0.31, abs=0.05)
    assert top_five("Shoplifting") == pytest.approx(0.71, abs=0.08)


@pytest.mark.parametrize("stream", [open_stream(3, "points"), _HighestDraw()])
def test_a_row_lies_at_a_point_of_its_own_lsoa(stream):
    places = read_places("E06000047")
    lsoa = np.repeat(np.arange(len(places.lsoa_codes)), 20)
    point = draw_points(places, lsoa, stream)
    np.testing.assert_array_equal(places.point_lsoa[point], lsoa)
