"""Small data.police.uk files whose every number can be checked by eye."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path

from shp_analysis.assessment.assessments import Assessment, assess
from shp_analysis.config.catalogue import read_catalogue
from shp_analysis.measures.records import AreaRecords, read_area_records
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import parse_period
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

STREET_HEADINGS = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
HALTON = "E06000006"
ASB = "Anti-social behaviour"
WIDNES_PLACES = (
    ("E01012367", "Halton 007A"),
    ("E01012368", "Halton 003A"),
    ("E01012369", "Halton 005A"),
    ("E01012370", "Halton 007B"),
)
"""Four neighbourhoods of Halton, all in Widnes, among which rows are dealt out in turn."""
FORCE_NAMES = {"cheshire": "Cheshire Constabulary", "merseyside": "Merseyside Police"}


def street_rows(
    month: str, counts: Mapping[str, int], *, force: str = "cheshire", place: tuple[str, str] | None = None
) -> list[str]:
    """Write so many rows of each crime type, at one place or dealt out among four."""
    rows = []
    for crime_type, count in counts.items():
        for number in range(count):
            code, name = place or WIDNES_PLACES[number % len(WIDNES_PLACES)]
            words = f"{month} {crime_type} {number} {code}"
            crime_id = "" if crime_type == ASB else sha256(words.encode()).hexdigest()
            who = FORCE_NAMES[force]
            place_cells = f"-2.724080,53.366970,On or near High Street,{code},{name}"
            rows.append(f"{crime_id},{month},{who},{who},{place_cells},{crime_type},,")
    return rows


def unplaced_rows(month: str, counts: Mapping[str, int], *, force: str = "cheshire") -> list[str]:
    """Write so many rows of each crime type without a place, as the publisher does where it knows none."""
    rows = street_rows(month, counts, force=force, place=("", ""))
    return [row.replace("-2.724080,53.366970,On or near High Street", ",,No Location") for row in rows]


def write_street(
    folder: Path, month: str, counts: Mapping[str, int], *, force: str = "cheshire", more: list[str] | None = None
) -> Path:
    """Write one force's month below a folder, in the archive's own layout."""
    path = folder / month / f"{month}-{force}-street.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = street_rows(month, counts, force=force) + (more or [])
    path.write_text("\n".join([STREET_HEADINGS, *rows]) + "\n", encoding="utf-8")
    return path


def build_records(
    tmp_path: Path,
    months: Mapping[str, Mapping[str, int]],
    *,
    area: str = "Halton",
    received_on: date = date(2025, 6, 1),
    as_of: date | None = None,
) -> AreaRecords:
    """Take monthly counts in through the real door and read them back for an area."""
    published, data = tmp_path / "published", tmp_path / "data"
    for month, counts in months.items():
        write_street(published, month, counts)
    ingest(published, folder=data, received_on=received_on)
    return read_area_records(open_store(data), "police_uk_street", read_area(area), as_of=as_of)


def steady(first: str, months: int, counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Give the same counts to so many months from the first."""
    year, month = int(first[:4]), int(first[5:])
    labels = [f"{year + (month - 1 + n) // 12}-{(month - 1 + n) % 12 + 1:02d}" for n in range(months)]
    return {label: dict(counts) for label in labels}


def assess_one(records: AreaRecords, indicator: str = "Burglary", period: str = "2024-25 Q4") -> Assessment:
    """Assess one indicator of the shipped catalogue."""
    catalogue = read_catalogue()
    return assess(catalogue.indicator(indicator), parse_period(period), records, catalogue)
