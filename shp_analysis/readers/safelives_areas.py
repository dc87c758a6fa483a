"""SafeLives: whose figures a row gives: a police force area's, a region's or a country's.

The names are in `reference/safelives/areas.csv`, with every spelling that the workbooks are known to use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shp_analysis.errors import SourceError, suggest
from shp_analysis.readers.code_tables import read_code_table

SOURCE = "safelives"
FORCE_AREA, REGION, COUNTRY = "police force area", "region", "country"
PLACE = ("geography", "area_code", "name")
"""The columns that say whose a row is."""

_FOOTNOTE = re.compile(r"(?P<name>.*\D)(?P<digits>\d{1,2})")


@dataclass(frozen=True)
class Place:
    """A place of the workbook: its kind, ONS code and name."""

    geography: str
    area_code: str
    name: str
    region: str


def read_marks(*, notes: bool = False) -> Mapping[str, str]:
    """Give the words that may stand in place of a figure, folded to one case.

    Parameters
    ----------
    notes : bool
        Whether to give what each means, or how each is written.

    Returns
    -------
    mapping of str to str
    """
    rows = read_code_table(SOURCE, "marks.csv")
    return {row["mark"].casefold(): row["value_note" if notes else "mark"] for row in rows}


def split_footnote(written: str) -> tuple[str, str]:
    """Part a name from the digits of a footnote at its end: `"Lancashire2"` is `("Lancashire", "2")`."""
    found = _FOOTNOTE.fullmatch(written.strip())
    return (found["name"].strip(), found["digits"]) if found else (written.strip(), "")


def find_places(written: str) -> tuple[Place, ...]:
    """Find the places that a name may mean: none, one, or for "West Midlands" the region and the force."""
    return _places().get(_fold(split_footnote(written)[0]), ())


def find_force_area(written: str, where: str) -> tuple[str, str, str, str | None]:
    """Find the police force area of a name in a table that has no other areas.

    Returns
    -------
    tuple
        Geography, code, name, and a remark on its footnote, if it carries one.

    Raises
    ------
    SourceError
        Where it is no police force area.
    """
    for place in find_places(written):
        if place.geography == FORCE_AREA:
            digits = split_footnote(written)[1]
            return place.geography, place.area_code, place.name, f"footnote {digits}" if digits else None
    raise SourceError(describe_stranger(written, where))


def tell_apart(written: Sequence[tuple[int, str]], label: str) -> dict[int, Place]:
    """Find the place of every row of a sheet, where one name may be a region's and a force's.

    Parameters
    ----------
    written : sequence of (int, str)
        Row and name, from top to bottom.
    label : str
        File and sheet, for messages.

    Returns
    -------
    dict of int to Place
        By row.

    Raises
    ------
    SourceError
        Where a name is unknown or there more often than there are places of that name.
    """
    found = {row: find_places(name) for row, name in written}
    for row, name in written:
        if not found[row]:
            raise SourceError(describe_stranger(name, f"{label}: row {row}, column 'Area Name'"))
    has_regions = any(len(places) == 1 and places[0].geography == REGION for places in found.values())
    rows_of: dict[str, list[int]] = {}
    for row, places in found.items():
        rows_of.setdefault(places[0].name, []).append(row)
    placed: dict[int, Place] = {}
    for rows in rows_of.values():
        places = found[rows[0]]
        if len(rows) > len(places):
            raise SourceError(
                f"{label}: row {rows[-1]}, column 'Area Name' says {places[0].name!r}, and so does row {rows[0]}. "
                "Use the file as published."
            )
        # The region comes first; where no region has a row, the one there is is the force's.
        if len(rows) < len(places) and not has_regions:
            places = places[1:]
        placed.update(zip(rows, places, strict=False))
    return placed


def describe_stranger(written: str, where: str) -> str:
    """Say that a name is none of the workbook's places."""
    near = suggest(written, {place.name for places in _places().values() for place in places})
    return (
        f"{where} says {written!r}; allowed: a police force area of England and Wales (in a workbook also a region or "
        f"a country), never a local authority. {near + ' ' if near else ''}Use the file as published."
    )


def _places() -> dict[str, tuple[Place, ...]]:
    places: dict[str, tuple[Place, ...]] = {}
    for row in read_code_table(SOURCE, "areas.csv"):
        key = _fold(row["written"])
        places[key] = (*places.get(key, ()), Place(row["geography"], row["area_code"], row["name"], row["region"]))
    return places


def _fold(name: str) -> str:
    return " ".join(name.casefold().replace("&", " and ").replace("-", " ").split())
