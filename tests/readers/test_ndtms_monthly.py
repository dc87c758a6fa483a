"""Monthly returns: rounded, provisional, and over a stretch of time that every row names."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from reader_checks import claim, read_table
from refusals import ADVICE

from shp_analysis.errors import SourceError
from shp_analysis.readers.ndtms import READER
from shp_analysis.readers.ndtms_monthly import COLUMNS
from shp_analysis.readers.readers import read_code_table

MEASURES = tuple(row["heading"] for row in read_code_table("ndtms", "monthly_measures.csv"))
HEADINGS = (*COLUMNS, *MEASURES)
FIGURES = dict(zip(MEASURES, ("400", "150", "60", "55", "150", "145"), strict=True))
ROW = {
    "ReportingMonth": "2024-04",
    "Partnership": "Halton",
    "ages": "18+",
    "drug_group": "Total",
    "CountedOver": "Latest 12 months",
    **FIGURES,
}
SUBSTANCES = ("Opiate", "Non-opiate only", "Non-opiate & alcohol", "Alcohol only")

Row = dict[str, str]


def write(path: Path, *rows: Row, headings: tuple[str, ...] = HEADINGS) -> Path:
    lines = [headings, *([row[heading] for heading in headings] for row in rows)]
    path.write_text("\n".join(map(",".join, lines)) + "\n")
    return path


def read(path: Path) -> pd.DataFrame:
    return read_table(READER, path, "ndtms_monthly")


def refuse(path: Path) -> str:
    with pytest.raises(SourceError) as refusal:
        read(path)
    message = str(refusal.value)
    assert path.name in message
    assert ADVICE.search(message), message
    return message


def test_every_figure_keeps_its_rounding_and_its_stretch_of_time(tmp_path):
    frame = read(write(tmp_path / "m.csv", ROW)).set_index("measure")
    assert frame.loc["in treatment", ["month", "area_name", "ages", "substance_group", "counted_over"]].tolist() == [
        *("2024-04", "Halton", "18+", "all", "latest 12 months")
    ]
    assert frame["count_rounded"].tolist() == [int(figure) for figure in FIGURES.values()]
    assert set(frame["rounded_to"]) == {5}
    assert frame["is_provisional"].all()


def test_young_people_and_adults_are_kept_apart(tmp_path):
    frame = read(write(tmp_path / "m.csv", ROW, {**ROW, "ages": "Young people"}))
    assert frame.groupby("ages")["month"].size().to_dict() == {"18+": 6, "under 18": 6}


def test_a_month_may_be_written_in_words(tmp_path):
    frame = read(write(tmp_path / "m.csv", {**ROW, "ReportingMonth": "April 2024"}))
    assert set(frame["month"]) == {"2024-04"}


@pytest.mark.parametrize(("mark", "note"), [("*", "suppressed by the publisher"), ("", "blank in the file")])
def test_a_missing_figure_says_why_and_is_no_zero(tmp_path, mark, note):
    frame = read_table(
        READER, write(tmp_path / "m.csv", {**ROW, "no_representation": mark}), "ndtms_monthly"
    ).set_index("measure")
    missing = frame.loc["successful completions without a return in 6 months"]
    assert missing["value_note"] == note
    assert frame.index[frame["count_rounded"].isna()].tolist() == [missing.name]


@pytest.mark.parametrize(
    ("heading", "value", "told"),
    [
        ("intreatment", "401", "row 2, column 'intreatment' says '401'; allowed: a whole multiple of 5"),
        ("intreatment", "1,400", "says '1,400'"),
        ("intreatment", "-5", "says '-5'"),
        ("ages", "19+", "row 2, column 'ages' says '19+'; allowed: one of 18+, Adult"),
        ("ReportingMonth", "Apr-24", "allowed: a month like 2024-04 or April 2024"),
        ("CountedOver", "", "column 'CountedOver' says nothing"),
        ("successful_completion", "410", "column 'successful_completion' says 410 and column 'intreatment' 400"),
        ("first_intervention_3weeks", "160", "the first is a part of the second"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, heading, value, told):
    cell = f'"{value}"' if "," in value else value
    assert told in refuse(write(tmp_path / "m.csv", {**ROW, heading: cell}))


def test_a_part_may_pass_its_whole_by_rounding(tmp_path):
    assert len(read(write(tmp_path / "m.csv", {**ROW, "first_intervention_3weeks": "155"}))) == 6


@pytest.mark.parametrize(("opiate", "fits"), [("100", True), ("110", True), ("115", False)])
def test_substance_groups_may_miss_their_total_by_rounding_alone(tmp_path, opiate, fits):
    small = {**ROW, **dict.fromkeys(MEASURES[1:], "*"), "intreatment": "100"}
    total = {**small, "intreatment": "400", "drug_group": "Total"}
    groups = [{**small, "drug_group": name} for name in SUBSTANCES]
    path = write(tmp_path / "m.csv", total, {**groups[0], "intreatment": opiate}, *groups[1:])
    if fits:
        assert len(read(path)) == 30
    else:
        assert "column 'intreatment' misses its total over 'drug_group' by 15" in refuse(path)


def test_one_group_stands_once(tmp_path):
    assert "row 3: '2024-04' and 'Halton' and" in refuse(write(tmp_path / "m.csv", ROW, ROW))


def test_other_headings_and_empty_files_are_refused(tmp_path):
    assert "column 'no_representation' is missing" in refuse(
        write(tmp_path / "m.csv", ROW, headings=tuple(name for name in HEADINGS if name != "no_representation"))
    )
    assert "has headings and no rows" in refuse(write(tmp_path / "m.csv"))


def test_the_reader_gives_one_part_a_month_partnership_and_ages(tmp_path):
    path = write(tmp_path / "simulated-monthly.csv", ROW, {**ROW, "ages": "Under 18"})
    (file,) = claim(READER, path)
    assert file.headings == HEADINGS
    frame = read(path)
    assert len(frame.groupby(["month", *READER.table("ndtms_monthly").unit_columns])) == 2
