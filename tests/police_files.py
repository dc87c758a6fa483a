"""Files as data.police.uk publishes them, small enough to check by eye, and whole folders hashed."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import open_delivery
from shp_analysis.readers.police_uk import find_monthly_files, read_monthly_file
from shp_analysis.readers.police_uk_layout import ANTI_SOCIAL_BEHAVIOUR as ASB
from shp_analysis.readers.police_uk_layout import COLUMNS, Kind

Row = dict[str, str]

STREET = tuple(COLUMNS[Kind.STREET])
OUTCOMES = tuple(COLUMNS[Kind.OUTCOMES])
SEARCHES = tuple(COLUMNS[Kind.STOP_AND_SEARCH])
FORCES = {
    "cheshire": "Cheshire Constabulary",
    "merseyside": "Merseyside Police",
    "devon-and-cornwall": "Devon & Cornwall Police",
    "dyfed-powys": "Dyfed-Powys Police",
    "btp": "British Transport Police",
}
PLACES = {
    "high street": ("-2.724080", "53.366970", "On or near High Street", "E01012367", "Halton 007A"),
    "church lane": ("-2.731512", "53.330124", "On or near Church Lane", "E01012371", "Halton 016A"),
    "crown avenue": ("-2.770110", "53.365977", "On or near Crown Avenue", "E01012388", "Halton 006D"),
    "park lane": ("-2.611968", "53.355369", "On or near Park Lane", "E01012502", "Warrington 024C"),
    "nowhere": ("", "", "No Location", "", ""),
}
TWELVE = (
    ("high street", ASB, ""),
    ("high street", ASB, ""),
    ("high street", "Burglary", "Under investigation"),
    ("high street", "Violence and sexual offences", "Unable to prosecute suspect"),
    ("church lane", ASB, ""),
    ("church lane", "Drugs", "Local resolution"),
    ("church lane", "Shoplifting", "Awaiting court outcome"),
    ("crown avenue", "Burglary", "Investigation complete; no suspect identified"),
    ("crown avenue", "Vehicle crime", "Under investigation"),
    ("park lane", ASB, ""),
    ("park lane", "Drugs", "Unable to prosecute suspect"),
    ("nowhere", "Other crime", "Under investigation"),
)
"""Halton has nine of the twelve rows, and three of the four of anti-social behaviour; two rows repeat one another."""


def street_rows(
    month: str = "2024-01", force: str = "cheshire", what: Sequence[tuple[str, str, str]] = TWELVE
) -> list[Row]:
    """Write rows of a street file: place, crime type and outcome of each."""
    rows = []
    for number, (place, crime_type, outcome) in enumerate(what):
        crime_id = "" if crime_type == ASB else hashlib.sha256(f"{force} {month} {number}".encode()).hexdigest()
        cells = (crime_id, month, FORCES[force], FORCES[force], *PLACES[place], crime_type, outcome, "")
        rows.append(dict(zip(STREET, cells, strict=True)))
    return rows


def outcome_rows(month: str = "2024-01", force: str = "cheshire") -> list[Row]:
    """Write an outcomes file's rows, one for each crime of the street file."""
    return [
        {**{heading: row[heading] for heading in OUTCOMES[:-1]}, "Outcome type": row["Last outcome category"]}
        for row in street_rows(month, force)
        if row["Crime ID"]
    ]


def search_rows(times: Iterable[str] = ("2024-10-01T02:30:00+00:00", "2024-10-05T12:00:00+00:00")) -> list[Row]:
    """Write a stop-and-search file's rows, one for each time."""
    cells = (
        "Person search",
        "",
        "",
        "",
        "53.366970",
        "-2.724080",
        "Male",
        "18-24",
        "White - Irish",
        "White",
        "Misuse of Drugs Act 1971 (section 23)",
        "Controlled drugs",
        "Arrest",
        "True",
        "False",
    )
    return [{**dict(zip(SEARCHES, cells, strict=True)), "Date": time} for time in times]


def write_csv(rows: Sequence[Row], headings: Sequence[str] | None = None, newline: str = "\r\n") -> bytes:
    """Write rows as the bytes of a CSV, under the headings of the first row where none are given."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=newline)
    headings = list(headings or rows[0])
    writer.writerow(headings)
    writer.writerows([row[heading] for heading in headings] for row in rows)
    return text.getvalue().encode("utf-8")


def street_csv(month: str = "2024-01", force: str = "cheshire", **changes: str) -> bytes:
    """Write a street file's bytes; `changes` fall on every row (`crime_type="Drugs"` names a column tidily)."""
    named = {heading: changes[tidy] for heading, tidy in COLUMNS[Kind.STREET].items() if tidy in changes}
    return write_csv([{**row, **named} for row in street_rows(month, force)])


def member_name(month: str = "2024-01", force: str = "cheshire", kind: str = "street") -> str:
    """Name a file inside an archive as the publisher does."""
    return f"{month}/{month}-{force}-{kind}.csv"


def write_zip(path: Path, members: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> Path:
    """Write a zip archive."""
    pairs = members.items() if isinstance(members, Mapping) else members
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            archive.writestr(name, content)
    return path


def write_archive(path: Path, months: Sequence[str] = ("2024-01",), force: str = "cheshire") -> Path:
    """Write an archive of good street files."""
    return write_zip(path, {member_name(month, force): street_csv(month, force) for month in months})


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def hash_tree(folder: Path) -> dict[str, str]:
    """Give every file and folder below a folder, hidden ones too, with the sha256 of each file's bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "/"
        for path in folder.rglob("*")
    }


def count_rows(frame: pd.DataFrame) -> Counter[tuple[str, str]]:
    """Count records by authority and crime type; the empty name is no place."""
    names = frame["authority_name"].fillna("")
    return Counter(zip(names, frame["crime_type"], strict=True))


def read_months(path: Path, kind: Kind) -> pd.DataFrame:
    """Read a delivery's files of one kind the strict way."""
    with open_delivery(path) as members:
        frames = [read_monthly_file(file) for file in find_monthly_files(members) if file.kind is kind]
    if not frames:
        raise SourceError(f"{path}: holds no {kind.value} file. Check the path.")
    return pd.concat(frames, ignore_index=True)
