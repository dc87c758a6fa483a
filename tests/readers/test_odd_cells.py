"""Cells and headings that look right and are not."""

from __future__ import annotations

import pandera.pandas as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.errors import SourceError
from shp_analysis.readers.clean_columns import WORDS
from shp_analysis.readers.strict_csv import check_records, find_swapped, read_clean_csv, read_strict_csv

COLUMNS = {"Name": "name", "Number": "number", "Place": "place", "Note": "note"}
GOOD = "Name,Number,Place,Note\nann,7,Halton,x\nbob,8,Widnes,y\n"


def read(text: str, *, formulas: bool = False):
    return read_strict_csv(text.encode(), COLUMNS, "file.csv", formulas=formulas)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Widnes", "Wid\u200bnes", "row 3, column 'Place' holds a sign that cannot be seen"),
        ("Widnes", "\ufeffWidnes", "row 3, column 'Place' holds a sign that cannot be seen"),
        ("7", "\uff17", "row 2, column 'Number' holds digits of another script"),
        ("7", "\u0667", "row 2, column 'Number' holds digits of another script"),
        ("ann", "\u00a0ann", "row 2, column 'Name' begins or ends with a space that does not break"),
        ("ann", "ann\u202f", "row 2, column 'Name' begins or ends with a space that does not break"),
        (
            "Halton",
            "Halton\u00b9",
            "row 2, column 'Place' has the small digit of a footnote behind it, which is to be taken out",
        ),
        (
            "7",
            "7\u00b2",
            "row 2, column 'Number' has the small digit of a footnote behind it, which is to be taken out",
        ),
        ("Halton", "=HYPERLINK(A1)", "row 2, column 'Place' is a formula"),
        ("Halton", "@SUM(A1)", "row 2, column 'Place' is a formula"),
    ],
)
def test_a_cell_that_only_looks_right_is_refused_and_not_quoted(old, new, told):
    with pytest.raises(SourceError) as refusal:
        read(GOOD.replace(old, new))
    assert str(refusal.value) == f"file.csv: {told}. Use the file as published."
    assert read_clean_csv(GOOD.replace(old, new).encode(), dict.fromkeys(COLUMNS, WORDS), list(COLUMNS)) is None


def test_signs_of_names_and_numbers_are_no_formulas_and_spaces_within_stay():
    frame = read(GOOD.replace("Halton", "King\u2019s Lynn\u00a0East").replace("8", "+8").replace("x", "per km\u00b2"))
    assert frame["note"].iloc[0] == "per km\u00b2"
    assert frame["place"].iloc[0] == "King\u2019s Lynn\u00a0East"
    assert frame["number"].iloc[1] == "+8"


def test_formulas_are_left_to_readers_that_refuse_them_themselves():
    assert read(GOOD.replace("Halton", "=1+1"), formulas=True)["place"].iloc[0] == "=1+1"


def test_two_headings_in_each_others_place_are_found_and_other_orders_are_free():
    published = ["a", "b", "c", "d", "e"]
    assert find_swapped(["a", "d", "c", "b", "e"], published) == ("d", "b")
    assert find_swapped(published, published) is None
    assert find_swapped(published[::-1], published) is None
    assert find_swapped(["a", "x", "c", "b", "y"], published) is None  # too few that are known
    assert find_swapped(["b", "a"], ["a", "b"]) is None


@given(st.permutations(range(6)))
def test_only_an_exchange_of_two_is_a_swap(order):
    apart = sum(one != other for one, other in enumerate(order))
    assert (find_swapped([str(n) for n in order], [str(n) for n in range(6)]) is not None) == (apart == 2)


def test_swapped_headings_are_refused_once_the_cells_were_checked():
    swapped = GOOD.replace("Number,Place", "Place,Number")
    schema = pa.DataFrameSchema({name: pa.Column(str, nullable=True) for name in COLUMNS.values()})
    with pytest.raises(SourceError, match="column 'Place' and column 'Number' stand in each other's place"):
        check_records(read(swapped), schema, "file.csv")
    assert read_clean_csv(swapped.encode(), dict.fromkeys(COLUMNS, WORDS), list(COLUMNS)) is None


def test_spaces_at_the_ends_of_allowed_texts_are_taken_off():
    schema = pa.DataFrameSchema({name: pa.Column(str, nullable=True) for name in COLUMNS.values()})
    types = dict.fromkeys(COLUMNS, WORDS)
    text = GOOD.replace("Halton", "Halton ")
    assert check_records(read(text), schema, "file.csv")["place"].tolist() == ["Halton", "Widnes"]
    short = read_clean_csv(text.encode(), types, list(COLUMNS))
    assert short is not None
    assert short.column("Place").to_pylist() == ["Halton", "Widnes"]
    assert read_clean_csv(text.replace("Halton ", " Halton").encode(), types, list(COLUMNS)) is None
