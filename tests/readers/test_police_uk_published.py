"""The real archives, read whole: the counts that were measured in them are reproduced row for row."""

from __future__ import annotations

import io
import zipfile

import pandas as pd
import pytest
from police_files import read_months

from shp_analysis.readers.police_uk_layout import ANTI_SOCIAL_BEHAVIOUR as ASB
from shp_analysis.readers.police_uk_layout import Kind
from shp_analysis.reference.areas import read_area

OLD, MIDDLE, NEW = "cheshire-archive-2017-04.zip", "cheshire-archive-2024-06.zip", "cheshire-archive-2026-07.zip"
LONDON = "city-of-london-archive-2022-01.zip"
HALTON_COUNTS = [
    (OLD, "2016-02", 1033, 632),
    (OLD, "2016-03", 1072, 583),
    (OLD, "2016-04", 969, 496),
    (OLD, "2016-05", 1269, 699),
    (OLD, "2016-06", 1162, 649),
    (OLD, "2016-07", 1207, 693),
    (OLD, "2016-08", 1353, 945),
    (OLD, "2016-09", 1186, 818),
    (OLD, "2016-10", 1295, 798),
    (OLD, "2016-11", 1060, 688),
    (OLD, "2016-12", 1084, 739),
    (OLD, "2017-01", 1031, 735),
    (OLD, "2017-02", 1211, 912),
    (MIDDLE, "2024-01", 922, 816),
    (MIDDLE, "2024-02", 959, 839),
    (MIDDLE, "2024-03", 1136, 964),
    (MIDDLE, "2024-04", 1171, 991),
    (NEW, "2025-01", 1012, 939),
    (NEW, "2025-02", 892, 806),
    (NEW, "2025-03", 1060, 960),
    (NEW, "2025-04", 1079, 958),
    (NEW, "2025-05", 1045, 943),
    (NEW, "2025-06", 1027, 915),
]
"""Archive, month, rows recorded by Cheshire in Halton's LSOAs: all of them, and those that are crimes."""


def select_halton(frame: pd.DataFrame, month: str) -> pd.DataFrame:
    return frame[(frame["force"] == "cheshire") & (frame["month"] == month) & (frame["authority_name"] == "Halton")]


@pytest.mark.parametrize(("archive", "month", "rows", "crimes"), HALTON_COUNTS)
def test_the_reader_finds_haltons_monthly_counts(published_street, archive, month, rows, crimes):
    halton = select_halton(published_street[archive], month)
    assert len(halton) == rows
    assert (halton["crime_type"] != ASB).sum() == crimes


@pytest.mark.parametrize(("archive", "month", "rows", "crimes"), HALTON_COUNTS)
def test_the_store_finds_the_same_counts(published_store, archive, month, rows, crimes):
    found = published_store.query(
        "police_uk_street",
        "SELECT count(*) AS n, count(*) FILTER (crime_type <> ?) AS crimes FROM records "
        "WHERE force = 'cheshire' AND month = ? AND authority_name = 'Halton'",
        [ASB, month],
    )
    assert found.to_dict("records") == [{"n": rows, "crimes": crimes}]
    held = published_store.parts_held("police_uk_street", unit="cheshire").set_index("period")
    assert held.loc[month, "path"].endswith(archive)


def test_every_row_of_every_archive_is_read(published_street, police_archives):
    for name, frame in published_street.items():
        with zipfile.ZipFile(police_archives / name) as archive:
            streets = [member for member in archive.namelist() if member.endswith("-street.csv")]
            lines = sum(archive.read(member).count(b"\n") - 1 for member in streets)
        assert len(frame) == lines
        assert frame.groupby(["force", "file_month"]).ngroups == len(streets)


def test_the_old_archive_has_the_lsoas_of_2011_and_the_new_ones_those_of_2021(published_street):
    codes = {
        name: set(frame.loc[frame["authority_name"] == "Halton", "lsoa_code"])
        for name, frame in published_street.items()
    }
    assert (len(codes[OLD]), len(codes[MIDDLE])) == (79, 80)
    assert codes[OLD] - codes[MIDDLE] == {"E01012428"}
    assert codes[MIDDLE] - codes[OLD] == {"E01035382", "E01035383"}


def test_the_force_is_not_the_area(published_street):
    every = pd.concat([published_street[OLD], published_street[MIDDLE], published_street[NEW]])
    cheshire = set(read_area("E23000006").authority_names)
    own = every[every["force"] == "cheshire"]
    assert (~own["authority_name"].isin(cheshire)).sum() == 92 + 38 + 55
    assert ((every["force"] == "merseyside") & (every["authority_name"] == "Halton")).sum() == 2 + 2 + 6


def test_published_rows_are_kept_as_published(published_street):
    new = published_street[NEW]
    assert new["crime_id"].isna().equals(new["crime_type"] == ASB)
    assert new["context"].isna().all()
    old = published_street[OLD]
    assert old[old["crime_type"] == ASB].duplicated().any(), "ASB rows that repeat one another stay"
    ids = old.dropna(subset=["crime_id"])
    assert ids.duplicated(["file_month", "crime_id"]).any(), "rows that share a Crime ID stay"
    london = published_street[LONDON]
    without_place = london[london["location"] == "No Location"]
    assert len(without_place) == 1737
    assert without_place[["longitude", "latitude", "lsoa_code", "lsoa_name", "authority_name"]].isna().all(axis=None)


def test_the_outcomes_sample_is_read(police_archives):
    frame = read_months(police_archives / "2025-09-cheshire-outcomes.FIRST15ROWS.csv", Kind.OUTCOMES)
    assert len(frame) == 15
    assert frame["outcome_type"].value_counts().to_dict() == {
        "Unable to prosecute suspect": 9,
        "Investigation complete; no suspect identified": 3,
        "Suspect charged": 2,
        "Local resolution": 1,
    }
    assert set(frame["outcome_month"]) == {"2025-09"}


def test_the_stop_and_search_sample_is_read(police_archives):
    frame = read_months(police_archives / "2024-10-cheshire-stop-and-search.FIRST26ROWS.csv", Kind.STOP_AND_SEARCH)
    assert len(frame) == 26
    assert frame["search_type"].value_counts().to_dict() == {
        "Person search": 22,
        "Vehicle search": 3,
        "Person and Vehicle search": 1,
    }
    assert frame["searched_at"].iloc[0] == pd.Timestamp("2024-09-30 23:23", tz="UTC")
    assert set(frame["search_month"]) == {"2024-10"}, "filed by the clock on the wall"


def test_city_of_london_searches_are_in_utc_and_filed_by_the_local_month(police_archives, published_store):
    frame = read_months(police_archives / LONDON, Kind.STOP_AND_SEARCH)
    with zipfile.ZipFile(police_archives / LONDON) as archive:
        published = pd.concat(
            pd.read_csv(io.BytesIO(archive.read(name)), usecols=["Date"], dtype=str).assign(file_month=name[:7])
            for name in sorted(archive.namelist())
            if name.endswith("stop-and-search.csv")
        )
    assert len(frame) == len(published) == 8057
    assert (frame["search_month"] == frame["file_month"]).all()
    assert frame["searched_at"].dt.strftime("%Y-%m-%dT%H:%M:%S+00:00").tolist() == published["Date"].tolist()
    asked = published_store.query(
        "police_uk_stop_and_search", "SELECT searched_at FROM records WHERE force = ?", ["city-of-london"]
    )
    assert sorted(asked["searched_at"]) == sorted(frame["searched_at"])
    assert str(asked["searched_at"].dtype) == str(frame["searched_at"].dtype) == "datetime64[us, UTC]"
