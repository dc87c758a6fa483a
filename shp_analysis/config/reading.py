"""Reading configuration files strictly: YAML in which every value means one thing, and one sentence for each mistake.

Programs differ in what `010`, `no` or `12:30` means to them: ten or eight, a word or false, a time or 750. The two
versions of YAML that are in use disagree, so such a value is refused, and its author says which is meant. So are a
key that is written twice, an anchor, an alias, a tag and a second document.

Mistakes of the text are told as `yaml.MarkedYAMLError`, with the line.

YAML is read by `strict_yaml`, which refuses what programs read differently. A file far larger than any of its kind is
refused too. What a file may say is a pydantic model; what it says wrongly is told by file, place, value and what was
allowed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn, TypeAlias, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from shp_analysis.errors import ParametersError, UnreadableFileError, describe_disk_error

MOST_VALUES = 20_000
"""Keys and values together; the catalogue has about 5,000."""
DEEPEST = 20

Value: TypeAlias = "dict[Any, Value] | list[Value] | str | int | float | bool | date | None"
"""What YAML may say here; a key is text, or another single value."""

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_PLAIN: dict[str, tuple[str, Callable[[str], Value]]] = {
    "whole": (r"[-+]?(?:0|[1-9][0-9]*)", int),
    "decimal": (r"(?:[-+]?[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?", float),
    "day": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date.fromisoformat),
}
"""What is no text to any program, and how it is read."""
_AMBIGUOUS: dict[str, tuple[str, str]] = {
    "truth": (
        r"y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF",
        "is a word to some programs and true or false to others",
    ),
    "zero": (
        r"[-+]?0[0-9_]+|[-+]?0[box][0-9a-fA-F_]+",
        "is a different number to different programs, or text",
    ),
    "sixtieths": (
        r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?",
        "is text to some programs and a number in sixtieths to others",
    ),
    "number": (
        r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?",
        "is text to some programs and a number to others",
    ),
    "no_number": (r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "is a number that nothing can be counted with"),
    "moment": (
        r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:.*",
        "is text to some programs and a day with a time to others",
    ),
    "instruction": (r"<<|=", "is an instruction to some programs and text to others"),
}
"""What programs disagree about, and how."""
_NOT_TEXT = re.compile("|".join(f"(?P<{name}>{shape})" for name, (shape, _) in (_PLAIN | _AMBIGUOUS).items()))
_HOW_TO_SAY = "Put it in quotation marks where it is text, or write true, false or a plain decimal number"


class NestedTooDeeplyError(ValueError):
    """Values lie within values more than `DEEPEST` times."""


def load_yaml(text: str) -> Value:
    """Read a text that holds one YAML document.

    Parameters
    ----------
    text : str

    Returns
    -------
    dict, list, str, int, float, bool, datetime.date or None
        None where the text is empty.

    Raises
    ------
    yaml.YAMLError
        Where it is not YAML, says something twice or in a way that may be misread, or has more than `MOST_VALUES` keys
        and values.
    NestedTooDeeplyError
    """
    return _Reader(yaml.parse(text, Loader=_PARSER)).read_document()


class _Reader:
    """Turns the parser's events into values, and looks at each of them once."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._values = 0

    def read_document(self) -> Value:
        next(self._events)  # the stream starts
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return None
        value = self._read(next(self._events), 1)
        next(self._events)  # the document ends
        event = next(self._events)
        if isinstance(event, yaml.DocumentStartEvent):
            _refuse(event, "another document begins here (---). Keep one to a file")
        return value

    def _read(self, event: Any, depth: int) -> Value:  # noqa: ANN401 - the parser's own
        self._check(event, depth)
        if isinstance(event, yaml.ScalarEvent):
            return _read_scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._read(item, depth + 1) for item in self._until(yaml.SequenceEndEvent)]
        return self._read_mapping(depth)

    def _read_mapping(self, depth: int) -> Value:
        found: dict[Any, Value] = {}
        for event in self._until(yaml.MappingEndEvent):
            key = self._read(event, depth + 1)
            if isinstance(key, dict | list):
                _refuse(event, "a key holds values of its own. Write a word as the key")
            if key in found:
                _refuse(event, f'found duplicate key "{key}". Keep one of them')
            found[key] = self._read(next(self._events), depth + 1)
        return found

    def _until(self, end: type) -> Iterator[Any]:
        while not isinstance(event := next(self._events), end):
            yield event

    def _check(self, event: Any, depth: int) -> None:  # noqa: ANN401 - the parser's own
        self._values += 1
        if event.anchor is not None or getattr(event, "tag", None) is not None:
            _refuse(event, "an anchor (&), an alias (*) or a tag (!) is not allowed; write the value out")
        if self._values > MOST_VALUES:
            _refuse(event, f"there are more than {MOST_VALUES:,} keys and values; write the file as others of its kind")
        if depth > DEEPEST:
            raise NestedTooDeeplyError


def _read_scalar(event: Any) -> Value:  # noqa: ANN401 - the parser's own
    text: str = event.value
    if not event.implicit[0]:  # it stands in quotation marks, or is a block of text
        return text
    if text in _WORDS:
        return _WORDS[text]
    kind = found.lastgroup if (found := _NOT_TEXT.fullmatch(text)) else None
    if kind in _AMBIGUOUS:
        _refuse(event, f"'{text}' {_AMBIGUOUS[kind][1]}. {_HOW_TO_SAY}")
    try:
        return _PLAIN[kind][1](text) if kind else text
    except ValueError as error:
        _refuse(event, f"'{text}' is no number or day ({error}). {_HOW_TO_SAY}")


def _refuse(event: Any, problem: str) -> NoReturn:  # noqa: ANN401 - the parser's own
    raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


class Settings(BaseModel):
    """The base of every configuration record: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)


PROJECT_FOLDER = Path(__file__).parents[2]
"""Where `parameters/`, `notebooks/`, `data/` and `outputs/` lie, wherever a command is run or a notebook is opened."""

LARGEST_CSV_BYTES = 1 << 20
LARGEST_YAML_BYTES = 256 << 10
"""The catalogue, the largest of these files, has 63 kB."""
MOST_MISTAKES = 10
"""So many are told at once."""

Record = TypeVar("Record", bound=Settings)


def read_yaml(path: Path, model: type[Record]) -> Record:
    """Read a YAML file into a settings record.

    Parameters
    ----------
    path : Path
        The file.
    model : type
        The record's class.

    Returns
    -------
    Settings
        One validated record.

    Raises
    ------
    ParametersError
        Where the file is missing, is not YAML, is too large or too deep, says something twice or in a way that may be
        misread (see `strict_yaml`), or says something the model does not allow.
    """
    try:
        _check_size(path, LARGEST_YAML_BYTES)
        content = load_yaml(path.read_text(encoding="utf-8"))
    except NestedTooDeeplyError as error:
        raise UnreadableFileError(f"{path}: is nested too deeply. Write it as the other files of its kind.") from error
    except OSError as error:
        raise _explain_unreadable(path, error) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParametersError(f"{path}: {_explain_yaml(error)}") from error
    return validate(content, model, label=str(path))


def read_rows(path: Path, model: type[Record]) -> tuple[Record, ...]:
    """Read a CSV file, one settings record a row; an empty cell means the field's default.

    Parameters
    ----------
    path : Path
        A UTF-8 CSV with a heading row.
    model : type
        The record's class.

    Returns
    -------
    tuple of Settings

    Raises
    ------
    ParametersError
        Naming the file and the row.
    """
    try:
        _check_size(path, LARGEST_CSV_BYTES)
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            headings = next(reader, [])
            rows = [(reader.line_num, cells) for cells in reader if cells]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ParametersError(f"{path}: cannot be read as a CSV in UTF-8 ({error}).") from error
    repeated = sorted({heading for heading in headings if headings.count(heading) > 1})
    if repeated or not headings:
        complaint = f"column {', '.join(repeated)} is there more than once" if repeated else "has no headings"
        raise ParametersError(f"{path}, row 1: {complaint}.")
    return tuple(_read_row(cells, headings, model, label=f"{path}, row {row}") for row, cells in rows)


def _check_size(path: Path, most: int) -> None:
    size = path.stat().st_size
    if size > most:
        message = f"{path}: has {size:,} bytes; at most {most:,} are read. Is it another file?"
        raise UnreadableFileError(message)


def _explain_unreadable(path: Path, error: OSError) -> ParametersError:
    if isinstance(error, FileNotFoundError) and not path.is_symlink():
        return ParametersError(f"{path}: there is no such file.")
    return UnreadableFileError(describe_disk_error(error))


def refuse_repeated(ids: Sequence[str], path: Path, rule: str) -> None:
    """Refuse a file in which an id is written twice; `rule` says why that may not be."""
    repeated = sorted({each for each in ids if ids.count(each) > 1})
    if repeated:
        message = f"{path}: {', '.join(repeated)} is written more than once; {rule}."
        raise ParametersError(message)


def _read_row(cells: list[str], headings: list[str], model: type[Record], *, label: str) -> Record:
    if len(cells) != len(headings):
        message = f"{label}: has {len(cells)} cells where the headings are {len(headings)}."
        raise ParametersError(message)
    content = {heading: cell for heading, cell in zip(headings, cells, strict=True) if cell != ""}
    return validate(content, model, label=label)


def validate(content: Any, model: type[Record], *, label: str) -> Record:  # noqa: ANN401 - a file may hold anything
    """Turn what a file held into a settings record, or say in sentences what is wrong with it."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise ParametersError(f"{label}: {_explain(error)}") from error


def _explain(error: ValidationError) -> str:
    sentences = []
    mistakes = error.errors()
    for mistake in mistakes[:MOST_MISTAKES]:
        place = " > ".join(str(step) for step in mistake["loc"]) or "the file"
        value = mistake["input"]
        # What an unknown key says may be anything, and is not repeated.
        is_shown = isinstance(value, str | int | float | bool) and mistake["type"] != "extra_forbidden"
        shown = f" (it says {value!r})" if is_shown else ""
        sentences.append(f"{place}: {mistake['msg']}{shown}")
    if len(mistakes) > MOST_MISTAKES:
        sentences.append(f"and {len(mistakes) - MOST_MISTAKES:,} more mistakes")
    return "; ".join(sentences) + "."


def _explain_yaml(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 text (byte {error.start})."
    if not isinstance(error, yaml.MarkedYAMLError):
        return f"cannot be read as YAML ({str(error).splitlines()[0]})."
    line = error.problem_mark.line + 1
    begun = error.context_mark.line + 1 if error.context_mark else line
    return f"line {line}: {error.problem}{'' if begun == line else f', in what begins in line {begun}'}."
