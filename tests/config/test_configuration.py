"""Configuration files say what they say, or are refused by file, place, value and what was allowed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from shp_analysis.config import reading
from shp_analysis.config.parameters import PARAMETERS_FOLDER
from shp_analysis.config.reading import Settings, load_yaml, read_rows, read_yaml, validate
from shp_analysis.errors import ParametersError


class Place(Settings):
    name: str
    size: int = 1


class Plan(Settings):
    title: str = "untitled"
    number: int = 1
    share: float = 0.5
    day: date | None = None
    words: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    jobs: Annotated[int, Field(ge=1, strict=True)] = 1


@pytest.fixture
def write(tmp_path):
    def write(content: str | bytes, name: str = "plan.yaml") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("content", "field", "value"),
    [
        ("number: 10", "number", 10),
        ("number: -0", "number", 0),
        ("share: .5", "share", 0.5),
        ("share: 1.5e-1", "share", 0.15),
        ("title: 'no'", "title", "no"),
        ('title: "NO"', "title", "NO"),
        ("title: |\n  off\n", "title", "off"),
        ("title: nowhere", "title", "nowhere"),
        ("title: '010'", "title", "010"),
        ("title: '12:30'", "title", "12:30"),
        ("title: ten past 12:30", "title", "ten past 12:30"),
        ("title: Jan-Mar 2025", "title", "Jan-Mar 2025"),
        ("title: 2024-25", "title", "2024-25"),
        ("day: ~", "day", None),
        ("day: null", "day", None),
        ("day:", "day", None),
        ("title: E06000006", "title", "E06000006"),
        ("title:   spaces   ", "title", "spaces"),
        ("day: 2025-05-15", "day", date(2025, 5, 15)),
        ("day: '2025-05-15'", "day", date(2025, 5, 15)),
        ("words: ['no', 'yes', 'on']", "words", ("no", "yes", "on")),
        ("\ufefftitle: a", "title", "a"),
        (
            "places: [{name: Widnes}, {name: Runcorn, size: 2}]",
            "places",
            (Place(name="Widnes"), Place(name="Runcorn", size=2)),
        ),
        ("{}", "title", "untitled"),
        ("# a remark\ntitle: a # b", "title", "a"),
    ],
)
def test_yaml_means_what_it_looks_like(write, content, field, value):
    assert getattr(read_yaml(write(content), Plan), field) == value


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("title: a\ntitle: b", 'line 2: found duplicate key "title"'),
        ("places: [{name: a, name: b}]", "line 1: found duplicate key"),
        ("titel: a", "titel: Extra inputs are not permitted."),
        ("title: 10", "title: Input should be a valid string (it says 10)"),
        ("title: 2025-05-15", "title: Input should be a valid string"),
        ("title: [a]", "title: Input should be a valid string"),
        ("number: ten", "number: Input should be a valid integer"),
        ("number: 1.5", "(it says 1.5)"),
        ("jobs: '2'", "jobs: Input should be a valid integer (it says '2')"),
        ("jobs: true", "jobs: Input should be a valid integer (it says True)"),
        ("jobs: 0", "jobs: Input should be greater than or equal to 1 (it says 0)"),
        ("day: 15/05/2025", "day: "),
        ("words: none", "words: Input should be a valid tuple (it says 'none')"),
        ("places: [{name: a}, {size: 2}]", "places > 1 > name: Field required"),
        ("number: x\ntitle: 1", "title: Input should be a valid string (it says 1); number: Input"),
        ("", "the file: Input should be a valid dictionary"),
        ("- a\n- b", "the file: Input should be a valid dictionary"),
        ("title: [", "line 2: did not find expected node content."),
        ("title: [\na\nb: 1\njobs: 2\n", "line 3: did not find expected ',' or ']', in what begins in line 1."),
        ("title: a: b", "line 1: mapping values are not allowed in this context."),
        ("number: 1\ntitle: 'a", "line 2: found unexpected end of stream"),
        ("title: a\n\tnumber: 1", "line 2: "),
        ("title: !!python/object:os.system x", "line 1: an anchor (&), an alias (*) or a tag (!) is not allowed"),
        ("title: a\n---\ntitle: b", "line 2: another document begins here (---). Keep one to a file"),
        ("? [a]\n: b", "line 1: a key holds values of its own. Write a word as the key"),
        ("day: 2025-02-30", "line 1: '2025-02-30' is no number or day (day is out of range for month). Put it in"),
        ("number: " + "9" * 5_000, "is no number or day (Exceeds the limit"),
        ("title: \x01", "cannot be read as YAML (unacceptable character"),
        ("number: !!int 'x'", "line 1: an anchor (&), an alias (*) or a tag (!) is not allowed"),
        (b"title: caf\xe9", "is not UTF-8 text (byte 10)"),
        ("1: 2", "1: Keys should be strings"),
    ],
)
def test_yaml_that_may_not_be_is_refused_by_file_and_place(write, content, told):
    path = write(content)
    with pytest.raises(ParametersError) as refusal:
        read_yaml(path, Plan)
    message = str(refusal.value)
    assert message.startswith(f"{path}: ")
    assert told in message
    assert message.endswith(".")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        *[
            (word, "is a word to some programs and true or false to others")
            for word in ("no", "NO", "yes", "On", "off")
        ],
        *[
            (word, "is a different number to different programs")
            for word in ("010", "-010", "0o10", "0x1F", "0b1", "00")
        ],
        *[(word, "is text to some programs and a number in sixtieths to others") for word in ("12:30", "1:30:59.5")],
        *[(word, "is text to some programs and a number to others") for word in ("1_000", "1e5", "1.5E5", "1E+5")],
        *[(word, "is a number that nothing can be counted with") for word in (".inf", "-.Inf", ".nan")],
        *[(word, "is text to some programs and a day with a time") for word in ("2025-05-15 10:00", "2025-5-1T10:00Z")],
        *[(word, "is an instruction to some programs and text to others") for word in ("<<", "=")],
    ],
)
@pytest.mark.parametrize(
    "content", ["words:\n  - a\n  - {}\n", "title: a\n\n{}: b", "share: 1\n# x\nplaces: [{{name: {} }}]"]
)
def test_a_value_that_programs_read_differently_is_refused_by_line(write, content, value, problem):
    path = write(content.format(value))
    with pytest.raises(ParametersError) as refusal:
        read_yaml(path, Plan)
    assert str(refusal.value).startswith(f"{path}: line 3: '{value}' {problem}")
    assert str(refusal.value).endswith(
        "Put it in quotation marks where it is text, or write true, false or a plain decimal number."
    )


@given(st.text("0123456789.:_-+eExob~ TZynosftrul", min_size=1, max_size=12).map(str.strip))
@settings(max_examples=1_000)
def test_a_value_that_is_not_refused_means_the_same_to_the_version_before(text):
    """PyYAML's own loader reads YAML 1.1; what says `010` or `no` in a new way would differ here."""
    try:
        found = load_yaml(f"- {text}")
    except yaml.YAMLError:
        return
    assert found == yaml.safe_load(f"- {text}")


@pytest.mark.parametrize("name", ["indicators.yaml", "priorities.yaml"])
def test_the_files_say_the_same_where_the_fast_parser_is_missing(monkeypatch, name):
    text = (PARAMETERS_FOLDER / "catalogue" / name).read_text("utf-8")
    fast = load_yaml(text)
    monkeypatch.setattr(reading, "_PARSER", yaml.SafeLoader)
    assert load_yaml(text) == fast
    with pytest.raises(yaml.MarkedYAMLError, match="is a word to some programs"):
        load_yaml("a: no")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("title: &a x\n", "an anchor (&), an alias (*) or a tag (!) is not allowed"),
        ("title: *a\n", "an anchor (&), an alias (*) or a tag (!) is not allowed"),
        ("title: !!python/object:os.system x\n", "an anchor (&), an alias (*) or a tag (!) is not allowed"),
        ("title: !!str 7\n", "an anchor (&), an alias (*) or a tag (!) is not allowed"),
        ("a: &a [x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n", "line 1: an anchor"),
        ("title: " + "[" * 21 + "]" * 21, "is nested too deeply"),
        ("title:\n" + "- x\n" * 20_001, "more than 20,000 keys and values"),
        ("title: " + "x" * 300_000, "has 300,007 bytes; at most 262,144 are read"),
        ("".join(f"k{n}: 1\n" for n in range(40)), "and 30 more mistakes."),
    ],
)
def test_yaml_of_a_hostile_size_or_shape_is_refused_in_a_sentence(write, content, told):
    path = write(content)
    with pytest.raises(ParametersError) as refusal:
        read_yaml(path, Plan)
    message = str(refusal.value)
    assert message.startswith(str(path))
    assert told in message
    assert len(message) < 2_000


def test_rows_of_a_hostile_size_are_refused(write):
    path = write("name,size\n" + "a,1\n" * 300_000, "places.csv")
    with pytest.raises(ParametersError, match="at most 1,048,576 are read"):
        read_rows(path, Place)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ParametersError, match=r"plan\.yaml: there is no such file"):
        read_yaml(tmp_path / "plan.yaml", Plan)
    with pytest.raises(ParametersError, match="is a folder where a file is needed"):
        read_yaml(tmp_path, Plan)


def test_settings_cannot_be_changed():
    plan = Plan(title="a")
    with pytest.raises(ValidationError, match="frozen"):
        plan.title = "b"


def test_what_did_not_come_from_a_file_is_validated_too():
    assert validate({"title": "a"}, Plan, label="What was asked for").title == "a"
    with pytest.raises(ParametersError, match=r"^What was asked for: size: .*\(it says 'big'\)\.$"):
        validate({"name": "a", "size": "big"}, Place, label="What was asked for")


def test_rows_become_records_and_an_empty_cell_the_default(write):
    path = write('\ufeffname,size\r\nWidnes,2\r\n"Halton, Castle",\r\n\r\nRuncorn,3\r\n', "places.csv")
    assert read_rows(path, Place) == (
        Place(name="Widnes", size=2),
        Place(name="Halton, Castle", size=1),
        Place(name="Runcorn", size=3),
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name,size\na,1\nb,big\n", ", row 3: size: Input should be a valid integer"),
        ("name,size\n\n\na,big\n", ", row 4: size: "),
        ('name,size\n"a\nb",1\nc,big\n', ", row 4: size: "),
        ("name,size\n,1\n", ", row 2: name: Field required"),
        ("name,size\na\n", ", row 2: has 1 cells where the headings are 2"),
        ("name,size\na,1,2\n", ", row 2: has 3 cells where the headings are 2"),
        ("name,weight\na,1\n", ", row 2: weight: Extra inputs are not permitted."),
        ("name,name\na,b\n", ", row 1: column name is there more than once"),
        ("", ", row 1: has no headings"),
        ('name,size\n"a,1\n', ": cannot be read as a CSV in UTF-8 (unexpected end of data)"),
        (b"name,size\n\xff,1\n", ": cannot be read as a CSV in UTF-8"),
    ],
)
def test_rows_that_may_not_be_are_refused_by_file_and_row(write, content, told):
    path = write(content, "places.csv")
    with pytest.raises(ParametersError) as refusal:
        read_rows(path, Place)
    assert str(refusal.value).startswith(f"{path}{told}")
    assert str(refusal.value).endswith(".")


def test_rows_of_a_file_that_is_not_there_are_refused(tmp_path):
    with pytest.raises(ParametersError, match=r"places\.csv: cannot be read"):
        read_rows(tmp_path / "places.csv", Place)
