"""Files of partners: a mistake is refused with file, row and column, and somebody's particulars are never repeated."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shp_analysis.config.catalogue import read_catalogue
from shp_analysis.errors import ParametersError, SourceError
from shp_analysis.partners.comments import EvidenceType, read_commentary
from shp_analysis.partners.returned_files import LARGEST_BYTES, MOST_ROWS

CATALOGUE = read_catalogue()
HEAD = "indicator,text,owner,given_on,evidence_type"
ROW = "ASB-01,More patrols,Police team,2025-04-28,anecdotal"


def write(folder: Path, *lines: str, name: str = "commentary.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_comment_is_read_with_its_owner_its_day_and_its_evidence(tmp_path):
    (comment,) = read_commentary(write(tmp_path, HEAD, ROW), CATALOGUE)
    assert (comment.indicator, comment.text, comment.owner) == ("ASB-01", "More patrols", "Police team")
    assert (comment.given_on, comment.evidence_type) == (date(2025, 4, 28), EvidenceType.ANECDOTAL)
    assert not comment.is_public
    assert not comment.is_simulated


def test_an_indicator_may_be_named_in_words(tmp_path):
    (comment,) = read_commentary(write(tmp_path, HEAD, ROW.replace("ASB-01", "anti-social behaviour")), CATALOGUE)
    assert comment.indicator == "ASB-01"


def test_no_file_and_no_rows_are_no_comments(tmp_path):
    assert read_commentary(tmp_path / "commentary.csv", CATALOGUE) == ()
    assert read_commentary(write(tmp_path, HEAD), CATALOGUE) == ()
    assert read_commentary(write(tmp_path, HEAD, ",,,,"), CATALOGUE) == ()


def test_excels_mark_at_the_start_is_no_part_of_a_heading(tmp_path):
    path = tmp_path / "commentary.csv"
    path.write_bytes(f"{HEAD}\r\n{ROW}\r\n".encode("utf-8-sig"))
    assert len(read_commentary(path, CATALOGUE)) == 1


def test_markup_is_taken_out_of_every_cell(tmp_path):
    row = 'ASB-01,"<a href=""https://evil.com"">More</a> <img src=x>patrols",<i>Police</i>,2025-04-28,anecdotal'
    (comment,) = read_commentary(write(tmp_path, HEAD, row), CATALOGUE)
    assert (comment.text, comment.owner) == ("More patrols", "Police")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            [HEAD.replace("owner", "ownr"), ROW],
            r"row 1: column 'ownr' is not known\. Did you mean owner\?; column 'owner' is",
        ),
        ([HEAD + ",text", ROW + ",x"], "row 1: column 'text' is there more than once"),
        ([HEAD, ROW + ",x"], r"row 2: has 6 cells where the headings are 5\. Put quotation marks"),
        ([HEAD, "", ROW.replace("2025-04-28", "28/04/2025")], "row 3: given_on: .*year-month-day"),
        ([HEAD, ROW.replace("2025-04-28", "20250428")], "row 2: given_on: .*year-month-day"),
        ([HEAD, ROW.replace("2025-04-28", "2025-02-30")], "row 2: given_on: "),
        (
            [HEAD, ROW.replace("anecdotal", "gossip")],
            "row 2: evidence_type: Input should be 'anecdotal', 'intelligence'",
        ),
        ([HEAD, ROW.replace("More patrols", "")], "row 2: text: Field required"),
        ([HEAD, ROW.replace("More patrols", "<b></b>")], "row 2, column 'text': holds no words once its markup"),
        ([HEAD, ROW.replace("More patrols", "x" * 1_001)], "row 2, column 'text': has 1,001 characters; at most 1,000"),
        ([HEAD, ROW.replace("Police team", "x" * 121)], "row 2, column 'owner': has 121 characters; at most 120"),
        (
            [HEAD, ROW.replace("ASB-01", "ASB-1")],
            "row 2, column 'indicator': There is no indicator 'ASB-1'.* Did you mean",
        ),
        ([HEAD, *[ROW] * (MOST_ROWS + 1)], "has 1,001 rows; at most 1,000"),
        ([HEAD, 'ASB-01,"open'], "cannot be read as a CSV"),
        ([""], "row 1: column 'indicator' is missing"),
    ],
)
def test_a_mistake_is_refused_with_its_place(tmp_path, lines, told):
    path = write(tmp_path, *lines)
    with pytest.raises(ParametersError, match=told) as refusal:
        read_commentary(path, CATALOGUE)
    assert str(refusal.value).startswith(str(path))


def test_a_file_that_is_not_utf_8_or_is_large_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "commentary.csv"
    path.write_bytes("\n".join((HEAD, ROW.replace("More", "caf\xe9"))).encode("cp1252"))
    with pytest.raises(ParametersError, match=r"not in UTF-8.*CSV UTF-8"):
        read_commentary(path, CATALOGUE)
    path.write_bytes(b"x" * (LARGEST_BYTES + 1))
    with pytest.raises(ParametersError, match="more than 1,048,576 bytes"):
        read_commentary(path, CATALOGUE)


@pytest.mark.parametrize(
    ("secret", "what"),
    [
        ("call 07700 900123 for more", "a telephone number"),
        ("ask someone@example.org", "an email address"),
        ("the house at WA8 7QF", "a postcode"),
        ("Mrs Example said so", "a person's name"),
        ("call 07700\u200b 900123 for more", "a telephone number"),
        ("call 07700<b> 900</b>123 for more", "a telephone number"),
    ],
)
@pytest.mark.parametrize("column", ["More patrols", "Police team"])
def test_somebodys_particulars_refuse_the_file_and_are_not_repeated(tmp_path, secret, what, column):
    path = write(tmp_path, HEAD, ROW.replace(column, secret))
    with pytest.raises(SourceError, match=f"row 2, column '(text|owner)' holds what looks like {what}") as refusal:
        read_commentary(path, CATALOGUE)
    for word in ("07700", "900123", "example", "WA8", "Example"):
        assert word not in str(refusal.value).replace(str(path), "")


def test_a_column_made_for_a_persons_particulars_is_refused_as_such(tmp_path):
    with pytest.raises(SourceError, match="column 'victim_name' looks like a person's name"):
        read_commentary(write(tmp_path, f"{HEAD},victim_name", f"{ROW},x"), CATALOGUE)


def test_an_operation_with_its_date_is_nobodys_birthday(tmp_path):
    path = write(tmp_path, HEAD, ROW.replace("More patrols", "Operation Treacle 30/10/2024 went ahead"))
    assert len(read_commentary(path, CATALOGUE)) == 1
