"""Boundaries: the real wards and LSOAs of Halton, and rings that are none."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from reader_checks import claim, is_simulated, read_all, read_table

from shp_analysis.errors import SourceError
from shp_analysis.readers.boundaries import READER, measure_ring

SQUARE = [[-2.7, 53.3], [-2.6, 53.3], [-2.6, 53.4], [-2.7, 53.4], [-2.7, 53.3]]
HOLE = [[-2.66, 53.34], [-2.66, 53.36], [-2.64, 53.36], [-2.64, 53.34], [-2.66, 53.34]]
WARD = {
    "type": "Feature",
    "properties": {"FID": 1, "WD25CD": "E05013169", "WD25NM": "Appleton", "LAD25CD": "E06000006"},
    "geometry": {"type": "Polygon", "coordinates": [SQUARE, HOLE]},
}

Feature = dict[str, Any]


def write(path: Path, *features: Feature, **others: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features), **others}))
    return path


def change(edit: Callable[[Feature], None]) -> Feature:
    feature = copy.deepcopy(WARD)
    edit(feature)
    return feature


def area(points: pd.DataFrame) -> float:
    """Sum the areas of the outer rings, less those of the holes."""
    rings = points.groupby(["area_code", "polygon", "ring"])[["longitude", "latitude"]]
    areas = {key: abs(measure_ring(tuple(ring.itertuples(index=False, name=None)))) for key, ring in rings}
    return sum(size if ring == 0 else -size for (_, _, ring), size in areas.items())


def test_an_area_keeps_its_rings_and_holes(tmp_path):
    ward = read_table(READER, write(tmp_path / "wards.geojson", WARD))
    about = ward[["area_code", "area_name", "area_type", "vintage", "authority_code"]].drop_duplicates()
    assert about.to_numpy().tolist() == [["E05013169", "Appleton", "ward", "WD25", "E06000006"]]
    assert ward.groupby(["polygon", "ring"]).size().to_dict() == {(0, 0): 5, (0, 1): 5}
    assert area(ward) == pytest.approx(0.1 * 0.1 - 0.02 * 0.02)


def test_a_wards_own_code_counts_wherever_it_stands(tmp_path):
    about = {"LAD25CD": "E06000006", "LAD25NM": "Halton", "WD25CD": "E05013169", "WD25NM": "Appleton"}
    ward = read_table(READER, write(tmp_path / "wards.geojson", {**WARD, "properties": about}))
    assert set(zip(ward["area_code"], ward["authority_code"], strict=True)) == {("E05013169", "E06000006")}


@pytest.mark.parametrize(
    ("name", "kind", "vintage", "areas"),
    [
        ("halton-wards.geojson", "ward", "WD25", 18),
        ("halton-lsoa-2011.geojson", "LSOA", "LSOA11", 79),
        ("halton-lsoa-2021.geojson", "LSOA", "LSOA21", 80),
    ],
)
def test_the_real_boundaries(shared_data, name, kind, vintage, areas):
    boundaries = read_table(READER, shared_data / "geography" / name)
    assert boundaries["area_code"].nunique() == areas
    assert set(boundaries["area_type"]) == {kind}
    assert set(boundaries["vintage"]) == {vintage}
    assert set(boundaries["authority_code"]) == {"E06000006"}


def test_the_real_wards_and_lsoas_cover_the_same_borough(shared_data):
    folder = shared_data / "geography"
    names = ("halton-wards.geojson", "halton-lsoa-2011.geojson", "halton-lsoa-2021.geojson")
    wards, older, newer = (area(read_table(READER, folder / name)) for name in names)
    assert older == pytest.approx(newer, rel=0.005)
    assert wards == pytest.approx(newer, rel=0.05)


def drop_last(feature: Feature) -> None:
    feature["geometry"]["coordinates"][0].pop()


def flatten(feature: Feature) -> None:
    feature["geometry"]["coordinates"] = [[[-2.7, 53.3], [-2.6, 53.3], [-2.65, 53.3], [-2.7, 53.3]]]


def turn_round(feature: Feature) -> None:
    feature["geometry"]["coordinates"] = [[point[::-1] for point in SQUARE]]


def use_metres(feature: Feature) -> None:
    feature["geometry"]["coordinates"] = [[[351916 + x, 385810 + y] for x, y in SQUARE]]


def use_nan(feature: Feature) -> None:
    feature["geometry"]["coordinates"][0][1][0] = float("nan")


def use_point(feature: Feature) -> None:
    feature["geometry"] = {"type": "Point", "coordinates": SQUARE[0]}


def use_text(feature: Feature) -> None:
    feature["geometry"]["coordinates"] = "POLYGON"


def forget_code(feature: Feature) -> None:
    for key in ("WD25CD", "LAD25CD"):
        del feature["properties"][key]


def damage_code(feature: Feature) -> None:
    feature["properties"]["WD25CD"] = "Appleton"


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (drop_last, "a ring does not close"),
        (flatten, "a ring has no area"),
        (turn_round, "the point 53.3, -2.7 is not in the United Kingdom"),
        (use_metres, "They look like metres of the British National Grid"),
        (use_nan, "is not in the United Kingdom"),
        (use_point, "its geometry is 'Point'; allowed: Polygon or MultiPolygon"),
        (use_text, "are not lists of rings of points"),
        (forget_code, "has no code of an area (like WD25CD or LSOA21CD)"),
        (damage_code, "WD25CD says 'Appleton'"),
    ],
)
def test_what_is_no_boundary_is_refused(tmp_path, edit, told):
    path = write(tmp_path / "wards.geojson", WARD, change(edit))
    with pytest.raises(SourceError) as refusal:
        read_table(READER, path)
    assert told in str(refusal.value)
    assert "wards.geojson: feature 2" in str(refusal.value)
    assert "Use the file as published" in str(refusal.value)


def test_an_area_stands_once_and_what_is_no_list_is_refused(tmp_path):
    with pytest.raises(SourceError, match="E05013169 is there 2 times"):
        read_table(READER, write(tmp_path / "wards.geojson", WARD, WARD))
    with pytest.raises(SourceError, match="has no list of features"):
        read_table(READER, write(tmp_path / "wards.geojson"))
    (tmp_path / "wards.geojson").write_text("<html>")
    with pytest.raises(SourceError, match="is no JSON text"):
        read_table(READER, tmp_path / "wards.geojson")


def test_the_reader_gives_every_point_of_the_real_files(shared_data):
    folder = shared_data / "geography"
    names = [file.member.path.name for file in claim(READER, folder)]
    assert names == ["halton-lsoa-2011.geojson", "halton-lsoa-2021.geojson", "halton-wards.geojson"]
    frame = read_all(READER, folder)["boundaries"]
    assert frame.groupby("vintage")["area_code"].nunique().to_dict() == {"LSOA11": 79, "LSOA21": 80, "WD25": 18}
    rings = frame.groupby(["vintage", "area_code", "polygon", "ring"])[["longitude", "latitude"]]
    assert (rings.first() == rings.last()).all(axis=None)


def test_a_simulated_file_says_so(tmp_path):
    assert is_simulated(READER, write(tmp_path / "a.geojson", WARD, name="Simulated borough")) == {True}
    assert is_simulated(READER, write(tmp_path / "b.geojson", WARD, name="E06000006")) == {False}
