"""Write the simulated borough: every force's archives, the home area's incidents, and a note of what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from math import isnan
from pathlib import Path

import pandas as pd

from shp_analysis.errors import RequestError
from shp_analysis.reference.areas import Area, PoliceForce
from shp_analysis.reference.periods import Month, Quarter
from shp_analysis.simulator.archives import ForceArchive, write_archive
from shp_analysis.simulator.borough import DEFAULT_SEED, HOME_AREA, MONTHS_AVAILABLE, choose_authorities, choose_months
from shp_analysis.simulator.geography import write_geography
from shp_analysis.simulator.health import write_health
from shp_analysis.simulator.home_office import write_home_office
from shp_analysis.simulator.incidents import draw_incidents
from shp_analysis.simulator.justice import write_justice
from shp_analysis.simulator.marac import write_marac
from shp_analysis.simulator.planted import read_planted_changes
from shp_analysis.simulator.planted_series import read_planted_series
from shp_analysis.simulator.police import CRIME_ID_START, draw_month
from shp_analysis.simulator.population import write_population
from shp_analysis.simulator.published import VINTAGES
from shp_analysis.simulator.returns import write_returns
from shp_analysis.simulator.roads import write_roads
from shp_analysis.simulator.treatment import write_treatment, write_viewit

NOTE_FILE_NAME = "SIMULATED-DATA.txt"
NOTE = """SIMULATED DATA

The files in this folder were generated. No row is about a real crime, incident, search, person or street:
they exist to show the workbook at work and to test it against a known truth. The names of authorities,
neighbourhoods and police forces are real, and the figures under them are not; how busy each neighbourhood
is was drawn by lot.

How to tell, wherever a file goes: the Location of every row contains the word "Simulated", every Crime ID
begins {crime_id_start} ("simulated crime " in hexadecimal), every stop and search is
part of a "Simulated operation", and every incident is recorded by a "Simulated" force. Every workbook says so in its
notes, every profile in its "Value note", every partner's return in the name of the organisation, and the name of
every file without a place for the word begins "simulated-".

Seed: {seed}
Months: {first} to {last}
Authorities: {authorities}

What was planted (×: what the expected count is multiplied by):

{plants}
"""


def write_simulated_borough(
    folder: Path,
    *,
    seed: int = DEFAULT_SEED,
    months: int = MONTHS_AVAILABLE,
    authorities: Sequence[str] | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> tuple[Path, ...]:
    """Write five years of generated files as their publishers lay them out, and the home area's local incidents.

    Parameters
    ----------
    folder : pathlib.Path
        Where to write; made where it is missing. Files of the same names are replaced.
    seed : int, default 20250715
        Zero or more. The same seed gives the same bytes (with the same versions of numpy and zlib), and the
        rows of an authority and a month are the same however many others are written with them.
    months : int, default 60
        The last so many months up to March 2025.
    authorities : sequence of str, optional
        ONS codes of the authorities to write; all fourteen if left out.
    on_progress : callable, optional
        Called with a sentence after every file.

    Returns
    -------
    tuple of pathlib.Path
        The archives, by name, then the incident files, by quarter, then the other publishers' files. All of them can
        be taken in. `SIMULATED-DATA.txt` is written beside them and is not among them.

    Raises
    ------
    RequestError
        For an authority that is not simulated, a number of months outside 1 to 60, a negative seed, or a
        folder that is a file.
    """
    areas = choose_authorities(authorities)
    wanted = choose_months(months)
    _check_seed(seed)
    _make_folder(folder)
    written = []
    for path in chain.from_iterable(write(folder, seed, areas, wanted) for write in _WRITERS):
        written.append(path)
        if on_progress is not None:
            on_progress(f"Wrote {path.name} ({path.stat().st_size / 1e6:.1f} MB).")
    _write_note(folder, seed, areas, wanted)
    return tuple(written)


def _check_seed(seed: int) -> None:
    if seed < 0:
        raise RequestError(f"seed: {seed} is below zero. Give a whole number of zero or more.")


def _make_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise RequestError(f"{folder} is a file. Name a folder for the simulated borough, or move the file away.")
    folder.mkdir(parents=True, exist_ok=True)


def _write_archives(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    for force in _list_forces(areas):
        own = tuple(area for area in areas if area.force == force)
        visited = tuple(area for area in areas if area.force != force)
        for vintage in VINTAGES:
            covered = tuple(month for month in vintage.months if month in months)
            if covered:
                yield write_archive(folder, ForceArchive(seed, force, own, visited, vintage, covered))


def _list_forces(areas: Sequence[Area]) -> list[PoliceForce]:
    forces = {area.force.police_uk_slug: area.force for area in areas}
    return [forces[slug] for slug in sorted(forces)]


def _write_incidents(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    home = [area for area in areas if area.code == HOME_AREA]
    if not home:
        return
    quarters = sorted({Quarter.containing(month.start) for month in months})
    for quarter in quarters:
        drawn = [
            draw_incidents(seed, draw_month(seed, HOME_AREA, month), month)
            for month in quarter.months
            if month in months
        ]
        path = folder / f"{home[0].force.police_uk_slug}-incidents-{quarter.slug}.csv"
        pd.concat(drawn, ignore_index=True).to_csv(path, index=False, lineterminator="\n")
        yield path


_WRITERS: tuple[Callable[[Path, int, Sequence[Area], Sequence[Month]], Iterator[Path]], ...] = (
    _write_archives,
    _write_incidents,
    write_home_office,
    write_roads,
    write_justice,
    write_population,
    write_geography,
    write_health,
    write_treatment,
    write_viewit,
    write_marac,
    write_returns,
)
"""What writes the files, a publisher each, in the order in which they are given back."""


def _write_note(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> None:
    note = NOTE.format(
        crime_id_start=CRIME_ID_START.decode(),
        seed=seed,
        first=months[0].in_words,
        last=months[-1].in_words,
        authorities=", ".join(area.name for area in areas),
        plants=_describe_plants(),
    )
    (folder / NOTE_FILE_NAME).write_text(note, encoding="utf-8", newline="\n")


def _describe_plants() -> str:
    lines = []
    series = read_planted_series().rename(columns={"series": "indicator"})
    series["multiplier"] = pd.to_numeric(series["multiplier"], errors="coerce")
    for row in [*read_planted_changes().to_dict("records"), *series.to_dict("records")]:
        times = "" if isnan(row["multiplier"]) else f" ×{row['multiplier']:g}"
        counts = f" {row['monthly_counts']}" if row["monthly_counts"] else ""
        what = f"{row['kind']}{times}{counts}"
        lines.append(
            f"{row['id']}  {row['area_code']}  {row['indicator']}, {row['first_month']} to {row['last_month']}: {what}"
        )
        lines.append(f"    {row['note']}")
    return "\n".join(lines)
