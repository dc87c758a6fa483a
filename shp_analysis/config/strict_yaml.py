"""YAML in which every value means one thing, read by libyaml's parser, or by Python's where that is not installed.

Programs differ in what `010`, `no` or `12:30` means to them: ten or eight, a word or false, a time or 750. The two
versions of YAML that are in use disagree, so such a value is refused, and its author says which is meant. So are a
key that is written twice, an anchor, an alias, a tag and a second document.

Mistakes of the text are told as `yaml.MarkedYAMLError`, with the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NoReturn, TypeAlias

import yaml

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
