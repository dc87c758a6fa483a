"""Office for National Statistics: boundaries of wards and LSOAs as GeoJSON, checked ring by ring.

Published under the Open Government Licence v3.0 at https://geoportal.statistics.gov.uk/; contains OS data © Crown
copyright and database right. What the files do, and what is done:

- One feature is an area; its code and name carry the year of its geography (`WD25CD`, `LSOA21NM`). An area may consist
  of several polygons, and a polygon may have holes.
- Coordinates are degrees, longitude first. Files in metres of the British National Grid, or with latitude first, lie
  outside the United Kingdom and are refused, never turned round.
- A ring must close and have an area. Generalised boundaries of neighbours need not meet: do not measure along them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import (
    SIMULATED_MARK,
    Frequency,
    Reader,
    Records,
    RecordTable,
    SourceFile,
    is_named_simulated,
)

SOURCE = "boundaries"
ADDRESS = "https://geoportal.statistics.gov.uk/"

WEST, EAST, SOUTH, NORTH = -8.75, 1.85, 49.8, 60.95
"""The United Kingdom's outermost points, in degrees, a little rounded out."""
SHORTEST_RING = 4
"""Three corners, and the first again."""
KINDS: Mapping[str, str] = {"WD": "ward", "LSOA": "LSOA", "LAD": "local authority"}
"""What the letters of a code's heading mean."""

Point = tuple[float, float]
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]

_CODE_HEADING = re.compile(r"(?P<kind>WD|LSOA|LAD)(?P<year>\d{2})CD")
_CODES = {"WD": r"[EWSN]05\d{6}", "LSOA": r"[EW]01\d{6}", "LAD": r"[EWSN]\d{8}"}
_AUTHORITY_HEADINGS = re.compile(r"LAD(CD_ACTIVE|\d{2}CD)")
_NOT_STATED = "not stated"
_SMALLEST_AREA = 1e-12
"""Square degrees: about a hundredth of a square metre."""
LARGEST_BYTES = 256 << 20
"""The generalised boundaries of all small areas of England and Wales are about a hundred megabytes."""
_ADVICE = "Use the file as published, in degrees (WGS 84)."


@dataclass(frozen=True)
class Boundary:
    """One area and its outline.

    Attributes
    ----------
    area_code, area_name : str
    area_type : str
        `"ward"`, `"LSOA"` or `"local authority"`.
    vintage : str
        The heading's letters and year: `WD25`, `LSOA21`.
    authority_code : str
        The authority that the file says it lies in, or `"not stated"`.
    polygons : tuple
        Each a tuple of rings, the outer one first, then its holes; each ring a tuple of points (longitude, latitude)
        in degrees, whose last is its first.
    """

    area_code: str
    area_name: str
    area_type: str
    vintage: str
    authority_code: str
    polygons: tuple[Polygon, ...] = field(repr=False)


def _read_file(member: Member) -> tuple[list[Boundary], bool]:
    """Read one file's boundaries, and whether it says it was generated."""
    label = member.label
    if member.size_bytes > LARGEST_BYTES:
        message = f"{label}: has {member.size_bytes:,} bytes; boundaries have at most {LARGEST_BYTES:,}. {_ADVICE}"
        raise SourceError(message)
    try:
        document = json.loads(member.read().decode("utf-8-sig"))
    except ValueError as error:
        raise SourceError(f"{label}: is no JSON text ({error}). Fetch it again from {ADDRESS}.") from error
    except RecursionError as error:
        raise SourceError(f"{label}: is nested far deeper than boundaries are. {_ADVICE}") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise SourceError(f"{label}: has no list of features, so it is no GeoJSON of boundaries. {_ADVICE}")
    boundaries = [_read_feature(feature, f"{label}: feature {n}") for n, feature in enumerate(features, start=1)]
    # A ward that lost its code would be taken for its authority, whose code it has as well.
    other = next((n for n, each in enumerate(boundaries, start=1) if each.vintage != boundaries[0].vintage), None)
    if other:
        raise SourceError(
            f"{label}: feature {other} is of {boundaries[other - 1].vintage} and feature 1 of {boundaries[0].vintage}; "
            f"allowed: one kind of area, of one year. A code was probably lost. {_ADVICE}"
        )
    codes = [boundary.area_code for boundary in boundaries]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice:
        raise SourceError(f"{label}: {twice} is there {codes.count(twice)} times; allowed: once. {_ADVICE}")
    return boundaries, SIMULATED_MARK in str(document.get("name")) or is_named_simulated(member)


def _read_feature(feature: Any, where: str) -> Boundary:  # noqa: ANN401 - whatever the JSON holds
    about = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(about, dict):
        raise SourceError(f"{where} has no properties. {_ADVICE}")
    found = [match for key in about if (match := _CODE_HEADING.fullmatch(key))]
    # A ward also says its authority: its own code counts.
    heading = next(iter(sorted(found, key=lambda match: match["kind"] == "LAD")), None)
    if heading is None:
        raise SourceError(
            f"{where} has no code of an area (like WD25CD or LSOA21CD); it has {', '.join(about)}. {_ADVICE}"
        )
    vintage = f"{heading['kind']}{heading['year']}"
    code, name = about[heading[0]], about.get(f"{vintage}NM")
    if not isinstance(code, str) or not re.fullmatch(_CODES[heading["kind"]], code):
        raise SourceError(
            f"{where}: {heading[0]} says {code!r}; allowed: a code like {_CODES[heading['kind']]}. {_ADVICE}"
        )
    if not isinstance(name, str) or not name.strip():
        raise SourceError(f"{where} ({code}): {vintage}NM says {name!r}; allowed: a name. {_ADVICE}")
    authority = next((about[key] for key in about if _AUTHORITY_HEADINGS.fullmatch(key)), _NOT_STATED)
    polygons = _read_geometry(feature.get("geometry"), f"{where} ({code})")
    return Boundary(code, name.strip(), KINDS[heading["kind"]], vintage, str(authority), polygons)


def _read_geometry(geometry: Any, where: str) -> tuple[Polygon, ...]:  # noqa: ANN401 - whatever the JSON holds
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        raise SourceError(f"{where}: its geometry is {kind!r}; allowed: Polygon or MultiPolygon. {_ADVICE}")
    polygons = geometry.get("coordinates")
    polygons = [polygons] if kind == "Polygon" else polygons
    try:
        read = tuple(tuple(_read_ring(ring, where) for ring in polygon) for polygon in polygons)
    except (TypeError, ValueError, IndexError) as error:
        message = f"{where}: its coordinates are not lists of rings of points ({error}). {_ADVICE}"
        raise SourceError(message) from error
    if not read or not all(read):
        raise SourceError(f"{where}: has a polygon without a ring. {_ADVICE}")
    return read


def _read_ring(ring: Sequence[Sequence[float]], where: str) -> Ring:
    points = tuple((float(point[0]), float(point[1])) for point in ring)
    # Written so that a coordinate that is no number lies outside too.
    outside = next((point for point in points if not (WEST <= point[0] <= EAST and SOUTH <= point[1] <= NORTH)), None)
    if outside:
        hint = " They look like metres of the British National Grid." if max(map(abs, outside)) > 180 else ""  # noqa: PLR2004
        message = (
            f"{where}: the point {outside[0]:g}, {outside[1]:g} is not in the United Kingdom (longitude {WEST} to "
            f"{EAST}, latitude {SOUTH} to {NORTH}).{hint} {_ADVICE}"
        )
        raise SourceError(message)
    if len(points) < SHORTEST_RING or points[0] != points[-1]:
        what = "does not close" if points and points[0] != points[-1] else f"has {len(points)} points"
        raise SourceError(
            f"{where}: a ring {what}; allowed: at least {SHORTEST_RING}, the last as the first. {_ADVICE}"
        )
    if abs(measure_ring(points)) < _SMALLEST_AREA:
        raise SourceError(f"{where}: a ring has no area. {_ADVICE}")
    return points


def measure_ring(ring: Ring) -> float:
    """Give a ring's signed area in square degrees (the shoelace formula): positive where it runs anticlockwise."""
    x0, y0 = ring[0]
    near = [(x - x0, y - y0) for x, y in ring]
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(near)) / 2


def _is_ours(member: Member) -> bool:
    if member.path.suffix.lower() not in {".geojson", ".json"}:
        return False
    start = member.read_start().decode("utf-8", "replace")
    return '"FeatureCollection"' in start and bool(re.search(rf'"{_CODE_HEADING.pattern}"', start))


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    return tuple(
        SourceFile(SOURCE, member, (), partial(_read_records, member))
        for member in members
        if _is_ours(member) or member.path.suffix.lower() == ".geojson"
    )


def _read_records(member: Member) -> Iterator[Records]:
    boundaries, simulated = _read_file(member)
    rows = [
        (boundary.area_code, boundary.area_name, boundary.area_type, boundary.vintage, boundary.authority_code, *place)
        for boundary in boundaries
        for place in _list_points(boundary)
    ]
    frame = pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)
    yield Records("boundaries", frame, simulated)


_TYPES = {
    **dict.fromkeys(["area_code", "area_name", "area_type", "vintage", "authority_code"], "str"),
    **dict.fromkeys(["polygon", "ring", "point"], "int64"),
    **dict.fromkeys(["longitude", "latitude"], "float64"),
}


def _list_points(boundary: Boundary) -> Iterator[tuple[int, int, int, float, float]]:
    """List the points with the numbers, from 0, of their polygon, ring and place in it."""
    for p, polygon in enumerate(boundary.polygons):
        for r, ring in enumerate(polygon):
            for n, (longitude, latitude) in enumerate(ring):
                yield p, r, n, longitude, latitude


READER = Reader(
    source=SOURCE,
    publisher="Office for National Statistics (boundaries)",
    address=ADDRESS,
    licence="Open Government Licence v3.0; contains OS data © Crown copyright and database right",
    # By authority: the file of one does not take the place of another's.
    tables=(RecordTable("boundaries", Frequency.SNAPSHOT, "vintage", ("authority_code",)),),
    find_files=_find_files,
)
"""One row of the table is a point. A simulated file says so in the collection's `name`, or in its own name."""
