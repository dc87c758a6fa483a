"""The guard on free text: what it must find, what it must leave alone, and that masking repeats nothing."""

import csv
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest

from shp_analysis.errors import SourceError
from shp_analysis.personal_data.finding import (
    describe_file_name,
    describe_personal_data,
    find_personal_data,
    mask_file_name,
    mask_personal_data,
)
from shp_analysis.personal_data.numbers import has_check_digit
from shp_analysis.personal_data.texts import read_postcode_areas


@contextmanager
def time_limit(seconds):
    def stop(*_):
        raise TimeoutError(f"not done in {seconds} seconds of processor time")

    former = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)


FOLDER = Path(__file__).parents[1] / "data" / "personal_data"


def read_notes(name, *, is_personal):
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return [row["text"] for row in csv.DictReader(lines) if row["is_personal"] == str(is_personal).lower()]


def read_both(*, is_personal):
    return [note for name in ("free_text.csv", "held_out.csv") for note in read_notes(name, is_personal=is_personal)]


@pytest.mark.parametrize("note", read_both(is_personal=True))
def test_a_particular_is_found_and_masked(note):
    assert describe_personal_data(note)
    assert not describe_personal_data(mask_personal_data(note))


@pytest.mark.parametrize("note", read_both(is_personal=False))
def test_a_harmless_note_is_left_as_it_is(note):
    assert describe_personal_data(note) == ""
    assert mask_personal_data(note) == note


@pytest.mark.parametrize("gap", ["", " ", "-", ".", "/", "_", "\u2013", "\u00a0", "\u2009", "\u200b", " - "])
def test_a_number_is_found_whatever_stands_between_its_digits(gap):
    assert describe_personal_data(f"seen: 943{gap}476{gap}5919 twice") == "an NHS number"
    assert describe_personal_data(f"seen: 943{gap}476{gap}5918 twice") == ""


def test_the_check_digit_of_an_nhs_number_is_its_weighted_sum_modulo_eleven():
    # 9×10 + 4×9 + 3×8 + 4×7 + 7×6 + 6×5 + 5×4 + 9×3 + 1×2 = 299 = 27×11 + 2, and 11 - 2 = 9.
    assert has_check_digit("9434765919")
    assert not any(has_check_digit(f"943476591{digit}") for digit in range(9))
    assert not has_check_digit("0000000000")


def test_there_are_124_postcode_areas_and_no_other_is_one():
    assert len(read_postcode_areas()) == 124
    assert describe_personal_data("WA7 2AB") == "a postcode"
    assert describe_personal_data("QX7 2AB") == ""


def test_what_is_found_says_where_it_stands_in_the_text_as_written():
    note = "Zoë\u200b Krüger, WA7\u20092AB"
    found = {each.kind: note[each.start : each.end] for each in find_personal_data(note)}
    assert found["a postcode"] == "WA7\u20092AB"


@pytest.mark.parametrize(
    "spelling", ["john.doe&#64;example.org", "john.doe%40example.org", "<b>john.doe</b>@example.org"]
)
def test_escapes_hide_nothing(spelling):
    assert describe_personal_data(spelling)
    assert "example.org" not in mask_personal_data(spelling)


@pytest.mark.parametrize(
    "name",
    ["MARAC John Smith.xlsx", "John_Smith.csv", "JohnSmith.csv", "john-smith-return.xlsx", "case 943 476 5919.csv"],
)
def test_a_persons_name_in_a_files_name_is_found(name):
    assert describe_file_name(name)
    assert mask_file_name(name) in {f"[{describe_file_name(name)}].xlsx", f"[{describe_file_name(name)}].csv"}


@pytest.mark.parametrize(
    "name",
    [
        *(
            "cheshire-archive-2026-07.zip",
            "2025-03-cheshire-street.csv",
            "MYE2 - Persons.csv",
            "halton-marac-2024-25-Q4.xlsx",
        ),
        *("prc-csp-mar24-tables.ods", "indicators-DistrictUApriorApr2019.data.csv", "20241031123000-export.csv"),
        *("simulated-cheshire-incidents-2024-25-Q4.csv", "dft-road-casualty-statistics-collision-2024.csv"),
    ],
)
def test_the_name_of_an_ordinary_file_is_left_alone(name):
    assert describe_file_name(name) == ""
    assert mask_file_name(name) == name


def test_an_error_is_masked_whoever_reads_it():
    error = SourceError("returns.csv: row 3, column 'measure' says 'Jane Doe 943 476 5919'; allowed: marac_cases.")
    for shown in (str(error), repr(error), f"{error}"):
        assert "Doe" not in shown
        assert "5919" not in shown
        assert "returns.csv: row 3, column 'measure' says '" in shown


def test_a_long_quotation_is_shortened_and_what_lies_between_two_is_not():
    between = f"says 'one'; allowed: {'a, ' * 60}b.\nb.csv: says 'two'; allowed: c."
    assert str(SourceError(between)) == between
    assert str(SourceError(f"says '{'x' * 200}'; allowed: c.")) == f"says '{'x' * 80}…'; allowed: c."


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no timer of processor time")
@pytest.mark.parametrize("piece", ["A.", "-", "a_", "1 ", "a.b@", "x at ", "A1/", "07700 ", "one two "])
def test_no_repetition_makes_the_search_slow(piece):
    # In a thousand characters the guard takes some milliseconds; a pattern that tries every split takes minutes.
    with time_limit(seconds=20):
        find_personal_data(piece * (10_000 // len(piece)))
