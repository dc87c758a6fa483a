"""Small stores of several authorities, taken in through the real door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path

from builders import ASB, FORCE_NAMES, HALTON, STREET_HEADINGS, unplaced_rows

from shp_analysis.config.comparator_lists import Comparator, ComparatorList
from shp_analysis.papers.run import Run, open_run
from shp_analysis.reference.areas import Area, read_area
from shp_analysis.reference.periods import Month
from shp_analysis.simulator import DEFAULT_SEED
from shp_analysis.simulator.roads import write_roads
from shp_analysis.store.intake import ingest

Writer = Callable[[Path, int, Sequence[Area], Sequence[Month]], Iterator[Path]]
RECEIVED = date(2025, 6, 1)
MONTHS = ("2025-01", "2025-02", "2025-03")
PLACES = {
    "Halton": ("cheshire", "E01012367", "Halton 007A"),
    "Warrington": ("cheshire", "E01012500", "Warrington 024C"),
    "Knowsley": ("merseyside", "E01006412", "Knowsley 006A"),
    "St. Helens": ("merseyside", "E01006802", "St. Helens 002A"),
    "Sefton": ("merseyside", "E01006920", "Sefton 011A"),
    "Wirral": ("merseyside", "E01007110", "Wirral 035A"),
    "Liverpool": ("merseyside", "E01006513", "Liverpool 031A"),
}
CODES = {
    "Warrington": "E06000007",
    "Knowsley": "E08000011",
    "St. Helens": "E08000013",
    "Sefton": "E08000014",
    "Wirral": "E08000015",
    "Liverpool": "E08000012",
    "Stockton-on-Tees": "E06000004",
}
CRIMES = {"Halton": 60, "Knowsley": 40, "St. Helens": 45, "Sefton": 70, "Wirral": 80, "Liverpool": 130}
"""Crimes a month."""


def list_peers(*names: str, area_code: str = HALTON) -> ComparatorList:
    """Make a list of peers, Merseyside's authorities where none is named."""
    chosen = names or tuple(name for name in CODES if name in CRIMES)
    peers = tuple(Comparator(CODES[name], name) for name in chosen)
    return ComparatorList("A made-up list", area_code, peers, "chosen for this test", "nobody")


def take_in_crimes(
    folder: Path,
    counts: Mapping[str, int] = CRIMES,
    months: Mapping[str, tuple[str, ...]] | None = None,
    lost: Mapping[str, int] | None = None,
) -> Path:
    """Take in so many crimes a month of each place, and as many incidents of anti-social behaviour as Halton's tenth.

    `months` says which months a force delivered; all three where it is left out. `lost` are a force's crimes a month
    without a place.
    """
    for force in sorted({PLACES[name][0] for name in counts}):
        for month in (months or {}).get(force, MONTHS):
            rows = unplaced_rows(month, {"Burglary": (lost or {}).get(force, 0)}, force=force)
            for name in (name for name in counts if PLACES[name][0] == force):
                _, lsoa, lsoa_name = PLACES[name]
                who = f"{FORCE_NAMES[force]},{FORCE_NAMES[force]}"
                place = f"-2.724080,53.366970,On or near High Street,{lsoa},{lsoa_name}"
                rows += [
                    f"{n:032x}{hash_name(name, month)},{month},{who},{place},Burglary,," for n in range(counts[name])
                ]
                rows += [f",{month},{who},{place},{ASB},," for _ in range(6)]
            path = folder / "published" / month / f"{month}-{force}-street.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join([STREET_HEADINGS, *rows]) + "\n", encoding="utf-8")
    ingest(folder / "published", folder=folder / "data", received_on=RECEIVED)
    return folder / "data"


def hash_name(name: str, month: str) -> str:
    """Give the second half of a crime's number: different for every place and month."""
    return f"{sorted(PLACES).index(name):016x}{int(month.replace('-', '')):016x}"


def open_small_run(data: Path, theme: str = "crime_and_asb", *, simulated: bool = False, area: str = HALTON) -> Run:
    """Open a paper about January to March 2025."""
    return open_run(
        period="2024-25 Q4", area=area, theme=theme, data_folder=str(data), simulated=simulated, as_of="2026-01-31"
    )


def take_in_roads(folder: Path, *names: str) -> Path:
    """Take in the simulated road safety data of some authorities, 2019 to 2024."""
    return take_in_simulated(folder, [write_roads], names, [Month("2024-01")])


def take_in_simulated(folder: Path, writers: Sequence[Writer], names: Sequence[str], months: Sequence[Month]) -> Path:
    """Take in some publishers' simulated files of some authorities."""
    published = folder / "published"
    published.mkdir(parents=True, exist_ok=True)
    for path in chain.from_iterable(
        write(published, DEFAULT_SEED, [read_area(name) for name in names], months) for write in writers
    ):
        ingest(path, folder=folder / "data", received_on=RECEIVED)
    return folder / "data"
