"""National archives of the size that publishers release, generated in their exact layout.

Nothing in them is real: places are drawn at random, and every location of the police archive says `Simulated`.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow as arrow
from pyarrow import csv as arrow_csv

from shp_analysis.readers.police_uk_layout import ANTI_SOCIAL_BEHAVIOUR, COLUMNS, CRIME_TYPES, Kind

POINTS_PER_LSOA = 15
LSOAS_PER_AUTHORITY = 107
"""So many there are in England and Wales: 35,672 in 333 authorities."""
SHARE_WITHOUT_PLACE = 0.02
SHARE_OF_ASB = 0.15
OUTCOMES = (
    "Investigation complete; no suspect identified",
    "Unable to prosecute suspect",
    "Under investigation",
    "Awaiting court outcome",
    "Court result unavailable",
    "Local resolution",
    "Offender given a caution",
    "Action to be taken by another organisation",
    "Further action is not in the public interest",
    "Status update unavailable",
    "Suspect charged as part of another case",
)
_PLAIN_CSV = arrow_csv.WriteOptions(include_header=False, quoting_style="none")


@dataclass(frozen=True)
class Force:
    """A police force, its published points, and its share of all records."""

    slug: str
    name: str
    points: arrow.Table
    share: float


def write_police_archive(path: Path, months: Sequence[str], rows: int, seed: int) -> int:
    """Write an archive of every force's street files, zipped as the publisher does.

    Parameters
    ----------
    path : Path
    months : sequence of str
    rows : int
        About how many records in all.
    seed : int

    Returns
    -------
    int
        The bytes of its CSV files before they were zipped.
    """
    rng = np.random.default_rng(seed)
    forces = list(_build_forces(rng))
    size = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for month in months:
            for force in forces:
                count = max(int(rows / len(months) * force.share * rng.uniform(0.9, 1.1)), 1)
                content = _write_street_file(force, month, count, rng)
                archive.writestr(f"{month}/{month}-{force.slug}-street.csv", content)
                size += len(content)
    return size


def list_months(first_year: int, count: int) -> list[str]:
    """List months from January of a year on."""
    return [f"{first_year + number // 12}-{number % 12 + 1:02d}" for number in range(count)]


def read_reference(name: str) -> list[dict[str, str]]:
    """Read one of the project's reference tables."""
    text = files("shp_analysis.reference").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def as_words(words: Sequence[str], numbers: np.ndarray) -> arrow.Array:
    """Write words by their number in a list."""
    return arrow.array(list(words), arrow.string()).take(arrow.array(numbers))


def to_csv(columns: Mapping[str, arrow.Array]) -> bytes:
    """Write columns as the rows of a CSV, without headings."""
    sink = arrow.BufferOutputStream()
    arrow_csv.write_csv(arrow.table(dict(columns)), sink, _PLAIN_CSV)
    return sink.getvalue().to_pybytes()


def _build_forces(rng: np.random.Generator) -> Iterator[Force]:
    authorities = read_reference("local_authorities.csv")
    lsoas = dict(_list_lsoas(authorities))
    total = sum(map(len, lsoas.values()))
    for row in read_reference("police_forces.csv"):
        own = [each for each in authorities if each["force_area_code"] == row["force_area_code"]]
        places = [lsoa for each in own for lsoa in lsoas[each["local_authority_code"]]]
        yield Force(row["police_uk_slug"], row["police_uk_name"], _build_points(places, rng), len(places) / total)


def _list_lsoas(authorities: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Give each authority's LSOAs: the published ones where they are known here, others made up alike."""
    known: dict[str, dict[str, str]] = {}
    for row in read_reference("lsoas_2011_to_2021.csv"):
        known.setdefault(row["local_authority_code"], {})[row["lsoa_2021_code"]] = row["lsoa_2021_name"]
    for number, row in enumerate(authorities):
        code, name = row["local_authority_code"], row["local_authority_name"].split(",")[0]
        made_up = {
            f"{code[0]}01{900_000 + number * 200 + each:06d}": f"{name} {each // 5 + 1:03d}{'ABCDE'[each % 5]}"
            for each in range(LSOAS_PER_AUTHORITY)
        }
        yield code, list(known.get(code, made_up).items())


def _build_points(places: Sequence[tuple[str, str]], rng: np.random.Generator) -> arrow.Table:
    count = len(places) * POINTS_PER_LSOA
    lsoa = np.repeat(np.arange(len(places)), POINTS_PER_LSOA)
    return arrow.table(
        {
            "Longitude": [f"{degrees:.6f}" for degrees in rng.uniform(-4.0, 1.5, count)],
            "Latitude": [f"{degrees:.6f}" for degrees in rng.uniform(50.5, 53.9, count)],
            "Location": [f"On or near Simulated Street {number}" for number in rng.integers(1, 4000, count)],
            "LSOA code": as_words([code for code, _ in places], lsoa),
            "LSOA name": as_words([name for _, name in places], lsoa),
        }
    )


def _write_street_file(force: Force, month: str, rows: int, rng: np.random.Generator) -> bytes:
    is_asb = rng.random(rows) < SHARE_OF_ASB
    crimes = [each for each in CRIME_TYPES if each != ANTI_SOCIAL_BEHAVIOUR]
    kinds = np.where(is_asb, len(crimes), rng.integers(0, len(crimes), rows))
    # Crime gathers at few of the points.
    points = (force.points.num_rows * rng.random(rows) ** 2).astype("int64")
    places = force.points.take(arrow.array(points, mask=rng.random(rows) < SHARE_WITHOUT_PLACE))
    cells = {
        "Crime ID": _draw_ids(is_asb, rng),
        "Month": as_words([month], np.zeros(rows, int)),
        "Reported by": as_words([force.name], np.zeros(rows, int)),
        "Falls within": as_words([force.name], np.zeros(rows, int)),
        **{name: places.column(name) for name in force.points.column_names},
        "Location": places.column("Location").fill_null("No Location"),
        "Crime type": as_words([*crimes, ANTI_SOCIAL_BEHAVIOUR], kinds),
        "Last outcome category": arrow.array(OUTCOMES).take(
            arrow.array(rng.integers(0, len(OUTCOMES), rows), mask=is_asb)
        ),
        "Context": arrow.nulls(rows, arrow.string()),
    }
    headings = tuple(COLUMNS[Kind.STREET])
    return ",".join(headings).encode() + b"\n" + to_csv({heading: cells[heading] for heading in headings})


def _draw_ids(is_missing: np.ndarray, rng: np.random.Generator) -> arrow.Array:
    digits = rng.bytes(32 * len(is_missing)).hex()
    ids = [None if missing else digits[at * 64 : at * 64 + 64] for at, missing in enumerate(is_missing)]
    return arrow.array(ids, arrow.string())
