"""What a register names must exist: a row about no indicator or no area would pass unnoticed for years."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

from shp_analysis.areas import read_area
from shp_analysis.catalogue.breaks import EVERY, NOT
from shp_analysis.errors import ParametersError, RequestError, suggest
from shp_analysis.period_spellings import MONTH_NAMES


def check_indicators(entry: str, named: Collection[str], known_ids: Collection[str], path: Path) -> None:
    """Refuse an entry that names an indicator which the catalogue does not have.

    Parameters
    ----------
    entry : str
        How messages call the entry: `BRK-02`.
    named : collection of str
        The ids it names; `*` is every one, and an id after a `-` is left out of them.
    known_ids : collection of str
        The catalogue's.
    path : Path
        The register.

    Raises
    ------
    ParametersError
    """
    for indicator_id in sorted({each.removeprefix(NOT) for each in named} - {*known_ids, EVERY}):
        message = f"{path}: {entry} names the indicator '{indicator_id}', which does not exist."
        raise ParametersError(f"{message} {suggest(indicator_id, known_ids)}".strip())


def check_areas(entry: str, named: Collection[str], path: Path) -> None:
    """Refuse an entry that names an area which does not exist, or by anything but its code.

    Raises
    ------
    ParametersError
    """
    for code in sorted(set(named) - {EVERY}):
        try:
            is_code = read_area(code).code == code
        except RequestError as error:
            message = f"{path}: {entry} names the area '{code}'. {error}"
            raise ParametersError(message) from error
        if not is_code:
            message = f"{path}: {entry} names the area '{code}': write its code, {read_area(code).code}."
            raise ParametersError(message)


def write_day(day: date) -> str:
    """Write a date in words, in English on every machine: `8 January 2024`."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
