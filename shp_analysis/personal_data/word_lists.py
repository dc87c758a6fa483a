"""The lists that tell a name from other words: own lists of common names, and of words that are no names."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def read_forenames() -> Mapping[str, bool]:
    """Read common forenames in lower case; true where the name is an ordinary word or a place as well."""
    return {row["forename"]: row["is_also_a_word"] == "true" for row in _read("forenames.csv")}


@cache
def read_surnames() -> Mapping[str, bool]:
    """Read common surnames in lower case; true where the name is an ordinary word or a place as well."""
    return {row["surname"]: row["is_also_a_word"] == "true" for row in _read("surnames.csv")}


@cache
def read_ordinary_words() -> frozenset[str]:
    """Read words in lower case that are no part of a name, though a sentence or a title may write them large."""
    return frozenset(row["word"] for row in _read("ordinary_words.csv"))


@cache
def read_words_after_a_name() -> frozenset[str]:
    """Read words that make a name the name of a street, a house or an organisation: `Trust`, `Road`, `Hospital`."""
    return frozenset(row["word"] for row in _read("words_after_a_name.csv"))


@cache
def read_known_names() -> tuple[str, ...]:
    """Read names, in lower case, of organisations, laws and well-known people that look like a private person's."""
    return tuple(row["name"] for row in _read("known_names.csv"))


@cache
def read_postcode_areas() -> tuple[str, ...]:
    """Read the 124 postcode areas, the longest first."""
    return tuple(sorted((row["area"] for row in _read("postcode_areas.csv")), key=len, reverse=True))


def _read(name: str) -> list[dict[str, str]]:
    text = (files("shp_analysis.reference") / "personal_data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
