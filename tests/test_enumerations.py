"""Every lookup by the members of an enumeration has an entry for each of them, so that none ends in a KeyError."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from enum import Enum, StrEnum
from types import ModuleType

import pytest

import shp_analysis

PARTIAL = {
    "shp_analysis.measures.denominators": {"Denominator"},  # ages of groups of people: it is gone through, not asked
}
"""Modules that may hold a partial lookup, of which enumeration, and why."""


def _modules() -> list[str]:
    found = pkgutil.walk_packages(shp_analysis.__path__, "shp_analysis.")
    return ["shp_analysis", *(each.name for each in found if not each.name.endswith("__main__"))]


def find_partial_lookups(module: ModuleType) -> list[str]:
    """List a module's lookups by members of an enumeration that lack some: those that it holds, and those it writes."""
    pairs = [*_list_held(module), *_list_written(module)]
    return sorted(
        {
            f"{place}: no {', '.join(str(each.name) for each in missing)} of {kind.__name__}"
            for place, kind, members in pairs
            if (missing := [each for each in kind if each not in members])
        }
    )


def _list_held(module: ModuleType) -> Iterator[tuple[str, type[Enum], set[object]]]:
    owners = [module, *(each for each in vars(module).values() if _is_own_class(each, module))]
    for owner in owners:
        for name, value in list(vars(owner).items()):
            yield from _look_into(name, value)


def _is_own_class(value: object, module: ModuleType) -> bool:
    return isinstance(value, type) and value.__module__ == module.__name__ and not issubclass(value, Enum)


def _look_into(name: str, value: object) -> Iterator[tuple[str, type[Enum], set[object]]]:
    if isinstance(value, Mapping):
        members = set(value)
        yield from ((name, kind, members) for kind in {type(key) for key in value if isinstance(key, Enum)})
        for each in value.values():
            yield from _look_into(name, each)


def _list_written(module: ModuleType) -> Iterator[tuple[str, type[Enum], set[object]]]:
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Dict):
            members = {member for key in node.keys if (member := _read_member(key, module)) is not None}
            yield from ((f"line {node.lineno}", kind, members) for kind in {type(member) for member in members})


def _read_member(key: ast.expr | None, module: ModuleType) -> Enum | None:
    if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name):
        kind = getattr(module, key.value.id, None)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return kind.__members__.get(key.attr)
    return None


@pytest.mark.parametrize("name", _modules())
def test_lookups_by_an_enumeration_are_complete(name: str) -> None:
    exempt = PARTIAL.get(name, set())
    found = find_partial_lookups(importlib.import_module(name))
    assert [each for each in found if each.rsplit(" ", 1)[-1] not in exempt] == []


@pytest.mark.parametrize(("name", "kinds"), PARTIAL.items())
def test_exemptions_are_needed(name: str, kinds: set[str]) -> None:
    found = find_partial_lookups(importlib.import_module(name))
    assert {each.rsplit(" ", 1)[-1] for each in found} == kinds


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


def test_a_partial_lookup_is_found_wherever_it_stands(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "partial_lookups.py").write_text(
        "from test_enumerations import Colour\n"
        "WHOLE = {Colour.RED: 1, Colour.GREEN: 2}\n"
        "MADE = dict([(Colour.RED, 1)])\n"
        "class Holder:\n    HELD = {'a': dict.fromkeys([Colour.GREEN])}\n"
        "def ask(colour):\n    return {Colour.RED: 1}[colour]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    found = find_partial_lookups(importlib.import_module("partial_lookups"))
    assert found == ["HELD: no RED of Colour", "MADE: no GREEN of Colour", "line 7: no GREEN of Colour"]
