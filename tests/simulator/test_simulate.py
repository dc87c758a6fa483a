"""The borough as written: layout, marks, sizes, plants, vintages."""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import HALTON
from police_files import read_months

from shp_analysis.errors import RequestError
from shp_analysis.readers import police_uk
from shp_analysis.readers.police_uk_layout import Kind
from shp_analysis.reference.periods import Quarter
from shp_analysis.simulator import NOTE_FILE_NAME, read_planted_changes, write_simulated_borough
from shp_analysis.simulator.borough import choose_months, read_categories, read_sample_table
from shp_analysis.simulator.planted_series import read_planted_series
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

from .conftest import NEWER, OLDER, choose_police, read_kind, read_members

ASB = "Anti-social behaviour"
REDCAR, STOCKTON, ST_HELENS = "E06000003", "E06000004", "E08000013"
REAL_FILES = Path(__file__).parents[3] / "shared" / "data" / "police_uk"


def count(rows, first, last, category=None):
    is_then = rows["Month"].between(first, last)
    return int((is_then if category is None else is_then & (rows["Crime type"] == category)).sum())


@pytest.fixture(scope="module")
def newest(halton):
    return halton.newest_streets()


# Layout


def test_the_files_are_the_archives_and_the_quarters(halton):
    quarters = sorted({Quarter.containing(month.start).slug for month in choose_months(60)})
    assert [path.name for path in halton.files] == [
        f"simulated-cheshire-archive-{OLDER}.zip",
        f"simulated-cheshire-archive-{NEWER}.zip",
        *[f"cheshire-incidents-{quarter}.csv" for quarter in quarters],
    ]
    written = {path.name for path in halton.folder.iterdir()}
    assert written == {path.name for path in (*halton.files, *halton.others)} | {NOTE_FILE_NAME}


def test_members_are_named_and_ordered_as_published(halton):
    for path, first, kinds in (
        (halton.files[0], "2020-04", ["street"]),
        (halton.files[1], "2022-04", ["outcomes", "stop-and-search", "street"]),
    ):
        months = [month.label for month in choose_months(60) if month.label >= first][:36]
        with zipfile.ZipFile(path) as zipped:
            assert zipped.namelist() == [f"{month}/{month}-cheshire-{kind}.csv" for month in months for kind in kinds]


def test_line_ends_are_as_in_archives_of_those_years(halton):
    for path, newline in ((halton.files[0], b"\r\n"), (halton.files[1], b"\n")):
        with zipfile.ZipFile(path) as zipped:
            for name in zipped.namelist():
                content = zipped.read(name)
                assert content.endswith(newline)
                assert content.count(b"\n") == content.count(newline)
                assert (b"\r" in content) == (newline == b"\r\n")
                assert b'"' not in content


@pytest.mark.skipif(not REAL_FILES.is_dir(), reason=f"the published files are not at {REAL_FILES}")
@pytest.mark.parametrize(
    ("kind", "real"),
    [
        ("stop-and-search", "2024-10-cheshire-stop-and-search.FIRST26ROWS.csv"),
        ("outcomes", "2025-09-cheshire-outcomes.FIRST15ROWS.csv"),
        ("street", "cheshire-archive-2026-07.zip"),
    ],
)
def test_headings_are_those_of_a_real_file(halton, kind, real):
    path = REAL_FILES / real
    published = next(read_members(path, kind))[1] if path.suffix == ".zip" else pd.read_csv(path, dtype=str)
    for _, rows in read_members(halton.files[1], kind):
        assert list(rows.columns) == list(published.columns)


@pytest.mark.skipif(not REAL_FILES.is_dir(), reason=f"the published files are not at {REAL_FILES}")
def test_categories_and_outcomes_are_spelt_as_published(halton):
    for archive in ("cheshire-archive-2024-06.zip", "cheshire-archive-2026-07.zip"):
        published = pd.concat(rows for name, rows in read_members(REAL_FILES / archive, "street"))
        assert set(halton.streets["Crime type"]) == set(published["Crime type"])
    every = {
        outcome
        for archive in ("cheshire-archive-2024-06.zip", "cheshire-archive-2026-07.zip")
        for _, rows in read_members(REAL_FILES / archive, "street")
        for outcome in rows["Last outcome category"]
    }
    assert set(halton.streets["Last outcome category"]) <= every


def test_the_reader_of_real_files_takes_every_kind(halton):
    newer = halton.files[1]
    streets = read_months(newer, Kind.STREET)
    assert len(streets) == (halton.streets["vintage"] == NEWER).sum()
    assert police_uk.is_simulated(streets)
    assert police_uk.is_simulated(read_months(newer, Kind.STOP_AND_SEARCH))
    assert police_uk.is_simulated(read_months(newer, Kind.OUTCOMES))


# Marks


def test_every_street_row_is_marked_simulated(halton):
    assert halton.streets["Location"].str.contains("Simulated").all()
    ids = halton.streets["Crime ID"]
    assert ((ids == "") == (halton.streets["Crime type"] == ASB)).all()
    assert ids[ids != ""].str.fullmatch(r"73696d756c61746564206372696d6520[0-9a-f]{32}").all()
    assert (halton.streets["Context"] == "").all()


def test_every_outcome_and_every_search_is_marked_simulated(halton):
    assert read_kind(halton.files, "outcomes")["Location"].str.contains("Simulated").all()
    assert (read_kind(halton.files, "stop-and-search")["Policing operation"] == "Simulated operation").all()


def test_the_note_says_what_it_is_and_lists_every_plant(halton):
    note = (halton.folder / NOTE_FILE_NAME).read_text(encoding="utf-8")
    assert note.startswith("SIMULATED DATA")
    assert "April 2020 to March 2025" in note
    assert all(planted in note for planted in [*read_planted_changes()["id"], *read_planted_series()["id"]])
    assert "SER-01  E06000006  stats19/collisions, 2024-01 to 2024-12: step ×0.55" in note


# Sizes


@pytest.mark.parametrize("year", [2020, 2021, 2022, 2023])
def test_a_year_before_the_plants_is_of_the_size_asked_for(newest, year):
    first, last = f"{year}-04", f"{year + 1}-03"
    asb = count(newest, first, last, ASB)
    assert asb == pytest.approx(3000, rel=0.12)
    assert count(newest, first, last) - asb == pytest.approx(13_500, rel=0.04)


def test_categories_have_the_sizes_of_the_table(newest):
    yearly = read_sample_table("yearly_counts.csv")
    own = yearly.loc[yearly["local_authority_code"] == HALTON].set_index("category")["yearly_count"]
    settings = read_categories()
    for position, name in enumerate(settings.names):
        dispersion = settings.dispersion_between_months[position] + settings.dispersion_between_places[position] - 1
        four_years = count(newest, "2020-04", "2024-03", name)
        # Four standard errors of a four-year count with the dispersion that the table states.
        assert abs(four_years - 4 * own[name]) < 4 * np.sqrt(dispersion * 4 * own[name]), name


def test_incidents_number_about_thirty_thousand_eight_hundred_a_year(halton):
    year = halton.incidents["incident_date"].str.slice(stop=7)
    for first in (2020, 2021, 2022, 2023):
        is_then = year.between(f"{first}-04", f"{first + 1}-03")
        assert is_then.sum() == pytest.approx(30_800, rel=0.03)


def test_incidents_of_anti_social_behaviour_are_the_street_rows_of_the_month(halton, newest):
    is_asb = halton.incidents["incident_type"] == ASB
    by_month = halton.incidents.loc[is_asb, "incident_date"].str.slice(stop=7).value_counts().sort_index()
    wanted = newest.loc[newest["Crime type"] == ASB, "Month"].value_counts().sort_index()
    assert by_month.to_dict() == wanted.to_dict()


def test_incident_files_hold_their_own_quarter(halton):
    for path in halton.files[2:]:
        dates = pd.read_csv(path)["incident_date"]
        quarter = Quarter(path.stem.removeprefix("cheshire-incidents-").replace("-Q", " Q"))
        assert (dates.min(), dates.max()) == (quarter.start.isoformat(), quarter.end.isoformat())


# Plants


def test_anti_social_behaviour_steps_down(newest):
    before = count(newest, "2023-07", "2024-03", ASB)
    after = count(newest, "2024-07", "2025-03", ASB)
    assert after / before == pytest.approx(0.70, abs=0.10)


def test_shop_theft_steps_up(newest):
    before = count(newest, "2023-10", "2024-03", "Shoplifting")
    after = count(newest, "2024-10", "2025-03", "Shoplifting")
    assert after / before == pytest.approx(1.35, abs=0.25)


def test_drug_offences_step_up_with_the_recording(newest):
    before = count(newest, "2023-07", "2024-03", "Drugs")
    after = count(newest, "2024-07", "2025-03", "Drugs")
    assert after / before == pytest.approx(1.50, abs=0.25)


def test_three_thefts_from_the_person_become_six_and_no_quarter_reaches_ten(newest):
    months = [count(newest, month, month, "Theft from the person") for month in ("2024-01", "2024-02", "2024-03")]
    assert months == [1, 0, 2]
    months = [count(newest, month, month, "Theft from the person") for month in ("2025-01", "2025-02", "2025-03")]
    assert months == [2, 1, 3]
    quarters = {Quarter.containing(month.start) for month in choose_months(60)}
    thefts = [
        count(newest, quarter.months[0].label, quarter.months[-1].label, "Theft from the person")
        for quarter in quarters
    ]
    assert len(thefts) == 20
    assert max(thefts) < 10


def test_the_festival_is_at_one_place_in_one_month(newest):
    thefts = newest.loc[newest["Crime type"] == "Other theft"]
    at_place = thefts.loc[thefts["LSOA code"] == "E01012385"].groupby("Month").size()
    assert at_place["2024-08"] == pytest.approx(41, abs=20)
    assert at_place.drop("2024-08").max() < 5
    other_areas = thefts.loc[(thefts["LSOA code"] != "E01012385") & (thefts["Month"] == "2024-08")]
    assert len(other_areas) == pytest.approx(66, abs=30)
    others = newest.loc[(newest["LSOA code"] == "E01012385") & (newest["Crime type"] != "Other theft")]
    assert others.groupby("Month").size()["2024-08"] < 25


def test_nothing_else_changes(newest):
    listed = read_planted_changes()
    is_quiet = (listed["kind"] == "nothing") & (listed["area_code"] == HALTON) & (listed["indicator"] != "ALL")
    settings = read_categories()
    assert is_quiet.sum() == 9
    for name in listed.loc[is_quiet, "indicator"]:
        position = settings.names.index(name)
        dispersion = settings.dispersion_between_months[position] + settings.dispersion_between_places[position] - 1
        before = count(newest, "2023-04", "2024-03", name)
        after = count(newest, "2024-04", "2025-03", name)
        assert abs(after - before) < 3 * np.sqrt(dispersion * (before + after)), name


def test_the_total_is_not_changed_clearly_by_the_plants(newest):
    crimes = newest.loc[newest["Crime type"] != ASB]
    before, after = count(crimes, "2024-01", "2024-03"), count(crimes, "2025-01", "2025-03")
    # Poisson alone, the strictest reading there is: two standard errors of a difference of two counts.
    assert abs(after - before) < 2 * np.sqrt(before + after)


# Vintages


def test_the_older_archive_has_the_lsoas_of_2011(halton):
    older = halton.streets.loc[halton.streets["vintage"] == OLDER]
    newer = halton.streets.loc[halton.streets["vintage"] == NEWER]
    assert "E01012428" in set(older["LSOA code"])
    assert {"E01035382", "E01035383"} <= set(newer["LSOA code"])
    assert not set(older["LSOA code"]) & {"E01035382", "E01035383"}
    assert "E01012428" not in set(newer["LSOA code"])
    assert set(halton.streets["LSOA name"].str.slice(stop=-5)) == {"Halton"}


def test_overlapping_months_are_revised(halton):
    both = halton.streets.loc[halton.streets["Month"].between("2022-04", "2023-03")]
    rows = pd.crosstab(both["Month"], both["vintage"])
    assert len(rows) == 12
    assert (rows[NEWER] >= rows[OLDER]).all()
    growth = rows[NEWER] / rows[OLDER]
    assert 1.02 < growth["2023-03"] < 1.08
    assert growth["2022-04"] < 1.01
    older = both.loc[(both["vintage"] == OLDER) & (both["Crime ID"] != "")]
    newer = both.loc[(both["vintage"] == NEWER) & (both["Crime ID"] != "")]
    assert set(older["Crime ID"]) < set(newer["Crime ID"])
    for _, month in both.groupby("Month"):
        is_older = month["vintage"] == OLDER
        columns = ["Crime ID", "Last outcome category"]
        assert (
            not month.loc[is_older, columns]
            .reset_index(drop=True)
            .equals(month.loc[~is_older, columns].reset_index(drop=True))
        )


def test_outcomes_of_the_older_archive_are_younger(halton):
    march = halton.streets.loc[(halton.streets["Month"] == "2023-03") & (halton.streets["Crime ID"] != "")]
    is_open = (march["Last outcome category"] == "Under investigation").groupby(march["vintage"]).mean()
    assert is_open[OLDER] == pytest.approx(0.5, abs=0.06)
    assert is_open[NEWER] == 0


# The same again


def test_the_same_bytes_every_time(halton, tmp_path):
    again = write_simulated_borough(tmp_path, authorities=[HALTON])
    for first, second in zip((*halton.files, *halton.others), again, strict=True):
        assert first.name == second.name
        assert first.read_bytes() == second.read_bytes()


def test_another_seed_gives_another_borough(halton, tmp_path):
    other = write_simulated_borough(tmp_path, authorities=[HALTON], months=1, seed=1)
    ids = set(read_kind(other, "street")["Crime ID"]) - {""}
    assert ids
    assert not ids & set(halton.streets["Crime ID"])


def test_fewer_months_and_more_authorities_give_the_same_rows(halton, tmp_path):
    files = choose_police(write_simulated_borough(tmp_path, authorities=[HALTON, "E06000007", ST_HELENS], months=4))
    assert [path.name for path in files] == [
        f"simulated-cheshire-archive-{NEWER}.zip",
        f"simulated-merseyside-archive-{NEWER}.zip",
        "cheshire-incidents-2024-25-Q3.csv",
        "cheshire-incidents-2024-25-Q4.csv",
    ]
    for kind in ("street", "outcomes"):
        everything = read_kind(files[:1], kind)
        own = everything.loc[everything["LSOA name"].str.startswith("Halton ")]
        whole = read_kind(halton.files[1:2], kind)
        expected = whole.loc[whole["Month"] >= "2024-12"]
        pd.testing.assert_frame_equal(own.reset_index(drop=True), expected.reset_index(drop=True))
    assert files[3].read_bytes() == halton.files[-1].read_bytes()


def test_forces_record_a_little_across_their_borders(tmp_path):
    files = write_simulated_borough(tmp_path, authorities=[HALTON, ST_HELENS], months=12)
    streets = read_kind(files, "street")
    rows = streets.groupby(["Reported by", streets["LSOA name"].str.slice(stop=-5)]).size()
    assert 10 < rows["Merseyside Police", "Halton"] < 90
    assert 10 < rows["Cheshire Constabulary", "St. Helens"] < 120
    assert rows["Merseyside Police", "St. Helens"] > 10_000
    names = streets.loc[streets["Reported by"] == "Cheshire Constabulary"].groupby("Month")["LSOA name"]
    assert names.apply(lambda each: each.is_monotonic_increasing).all()


def test_clevelands_missing_month_is_missing_and_not_empty(tmp_path):
    files = choose_police(write_simulated_borough(tmp_path, authorities=[REDCAR, STOCKTON], months=6))
    assert [path.name for path in files] == [f"simulated-cleveland-archive-{NEWER}.zip"]
    with zipfile.ZipFile(files[0]) as zipped:
        months = [name[:7] for name in zipped.namelist()]
    assert months == ["2024-10", "2024-12", "2025-01", "2025-02", "2025-03"]


# Other publishers


def test_every_file_can_be_taken_in_and_is_simulated(tmp_path):
    files = write_simulated_borough(tmp_path / "published", authorities=[HALTON], months=3)
    for path in files:
        report = ingest(path, folder=tmp_path / "data")
        assert report.is_simulated, path.name
        assert report.rows, path.name
        assert not report.unclaimed, path.name
    assert open_store(tmp_path / "data", simulated=False).is_empty


def test_the_other_publishers_follow_the_police(halton):
    names = [path.name for path in halton.others]
    for word in ("prc-csp", "prc-pfa", "outcomes", "road-safety", "traffic", "reoffending", "referral"):
        assert sum(word in name for name in names) >= 1, word


# Asking


def test_progress_is_told_after_every_file(tmp_path):
    told = []
    files = write_simulated_borough(
        tmp_path / "new" / "folder", authorities=[HALTON], months=1, on_progress=told.append
    )
    assert [sentence.split()[1] for sentence in told] == [path.name for path in files]


def test_unfinished_files_do_not_stay(halton):
    assert not list(halton.folder.glob("*.unfinished"))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"seed": -1}, "seed: -1"),
        ({"months": 0}, "months: 0"),
        ({"authorities": ["E06000001"]}, "'E06000001' is not"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is(tmp_path, asked, message):
    folder = tmp_path / "borough"
    with pytest.raises(RequestError, match=message):
        write_simulated_borough(folder, **asked)
    assert not folder.exists()


def test_a_file_is_no_folder(tmp_path):
    path = tmp_path / "file"
    path.write_text("mine")
    with pytest.raises(RequestError, match="is a file"):
        write_simulated_borough(path)
    assert path.read_text() == "mine"
