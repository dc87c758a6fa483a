"""Lines of street and outcome files."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from builders import HALTON

from shp_analysis.readers import police_uk
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Month
from shp_analysis.simulator.borough import count_months_between, read_categories
from shp_analysis.simulator.police import draw_month
from shp_analysis.simulator.published import (
    OUTCOMES_HEADING,
    STREET_HEADING,
    VINTAGES,
    join_pieces,
    thin_rows,
    write_outcome_lines,
    write_street_lines,
)
from shp_analysis.simulator.stops import STOPS_HEADING

MONTH = Month("2022-12")
OLDER, NEWER = VINTAGES
FORCE = read_area(HALTON).force


@pytest.fixture(scope="module")
def rows():
    return draw_month(1, HALTON, MONTH)


def cells(lines, newline):
    return [line.split(",") for line in lines.decode().split(newline)[:-1]]


def test_headings_are_those_the_reader_of_real_files_expects():
    for kind, heading in (
        (police_uk.Kind.STREET, STREET_HEADING),
        (police_uk.Kind.OUTCOMES, OUTCOMES_HEADING),
        (police_uk.Kind.STOP_AND_SEARCH, STOPS_HEADING),
    ):
        assert heading.split(",") == list(police_uk.COLUMNS[kind])


def test_pieces_are_joined_row_by_row():
    assert join_pieces(pa.array(["a", ""]), pa.scalar(","), pa.array(["1\n", "2\n"])) == b"a,1\n,2\n"
    assert join_pieces(pa.array([], pa.string()), pa.scalar(","), pa.array([], pa.string())) == b""
    # A slice begins in the middle of its buffer.
    assert join_pieces(pa.array(["x", "a", "b"])[1:], pa.array(["1", "2", "3"])[1:]) == b"a2b3"


@pytest.mark.parametrize("vintage", VINTAGES)
def test_street_lines_have_twelve_cells_and_what_the_publisher_leaves_blank(rows, vintage):
    lines = cells(write_street_lines(rows, MONTH, FORCE, vintage), vintage.newline)
    assert len(lines) == len(rows)
    assert {len(line) for line in lines} == {12}
    for line in lines:
        is_asb = line[9] == "Anti-social behaviour"
        assert (line[0] == "") == is_asb
        assert (line[10] == "") == is_asb
        assert line[1:4] == ["2022-12", "Cheshire Constabulary", "Cheshire Constabulary"]
        assert "Simulated" in line[6]
        assert line[11] == ""
    names = [line[8] for line in lines]
    assert names == sorted(names)


def test_street_lines_hold_the_rows_that_were_drawn(rows):
    lines = cells(write_street_lines(rows, MONTH, FORCE, NEWER), NEWER.newline)
    written = sorted((line[9], line[7]) for line in lines)
    lsoa = np.array(rows.places.lsoa_codes)[rows.places.point_lsoa[rows.point]]
    drawn = sorted(zip(np.array(read_categories().names)[rows.category].tolist(), lsoa.tolist(), strict=True))
    assert written == drawn


def test_outcomes_only_settle_as_an_archive_ages(rows):
    months = [Month("2022-12"), Month("2023-01"), Month("2023-03"), Month("2023-11")]
    by_age = []
    for last in months:
        vintage = type(NEWER)(last.next(), NEWER.first, last, "\n", 2021, is_final=True)
        lines = cells(write_street_lines(rows, MONTH, FORCE, vintage), "\n")
        by_age.append([line[10] for line in lines if line[0]])
    for earlier, later in pairwise(by_age):
        pairs = list(zip(earlier, later, strict=True))
        assert all(before in {after, "Under investigation"} for before, after in pairs)
        assert sum(before != after for before, after in pairs) > 0


def test_an_archive_forgets_courts_and_open_cases_after_a_year(rows):
    recent = type(NEWER)(Month("2023-12"), NEWER.first, Month("2023-11"), "\n", 2021, is_final=True)
    for vintage, there, gone in (
        (recent, "Awaiting court outcome", "Court result unavailable"),
        (NEWER, "Court result unavailable", "Awaiting court outcome"),
        (recent, "Under investigation", "Status update unavailable"),
        (NEWER, "Status update unavailable", "Under investigation"),
    ):
        outcomes = {line[10] for line in cells(write_street_lines(rows, MONTH, FORCE, vintage), "\n")}
        assert there in outcomes
        assert gone not in outcomes


def test_an_outcomes_file_has_the_crimes_that_were_settled_in_its_month(rows):
    for step, month in enumerate([Month("2022-12"), Month("2023-01"), Month("2023-02")]):
        lines = cells(write_outcome_lines(rows, MONTH, month, FORCE, NEWER), "\n")
        crimes = rows.keep(~rows.is_anti_social_behaviour & (rows.months_to_outcome == step))
        assert [line[0] for line in lines] == [bytes(each).decode() for each in crimes.crime_id]
        assert {line[1] for line in lines} == {month.label}
        assert {len(line) for line in lines} == {10}
        outcomes = {line[9] for line in lines}
        assert "Suspect charged" in outcomes
        assert "Awaiting court outcome" not in outcomes


@pytest.mark.parametrize(("label", "share"), [("2023-03", 0.05), ("2023-01", 0.028), ("2022-03", 0.0)])
def test_late_crimes_are_missing_from_the_older_archive(label, share):
    month = Month(label)
    late, total = 0, 0
    for seed in range(5):
        rows = draw_month(seed, HALTON, month)
        thinned = thin_rows(rows, seed, month, OLDER)
        assert thinned.is_anti_social_behaviour.sum() == rows.is_anti_social_behaviour.sum()
        late += len(rows) - len(thinned)
        total += (~rows.is_anti_social_behaviour).sum()
        assert len(thin_rows(rows, seed, month, NEWER)) == len(rows)
    assert late / total == pytest.approx(share, abs=0.01)


def test_vintages_overlap_by_a_year():
    assert [vintage.published.label for vintage in VINTAGES] == ["2023-05", "2025-05"]
    assert (OLDER.months[0].label, OLDER.months[-1].label) == ("2020-04", "2023-03")
    assert (NEWER.months[0].label, NEWER.months[-1].label) == ("2022-04", "2025-03")
    assert count_months_between(NEWER.first, OLDER.last) == 11
