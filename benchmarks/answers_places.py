"""Street-level records of which another share has no place than a year before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

from benchmarks.answers import AnswerKind, Question, ask
from benchmarks.judging import Outcome, Verdict
from shp_analysis.assessment import verdicts
from shp_analysis.simulator.borough import HOME_AREA
from shp_analysis.store.intake import ingest

RECEIVED_ON = date(2025, 6, 1)
PERIOD, FORCE = "2024-25 Q4", "Cheshire"
_MONTHS = ("01", "02", "03")
_HEADINGS = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
_NAME = "Cheshire Constabulary"
_PLACED = "-2.724080,53.366970,On or near High Street,E01012367,Halton 007A"
_UNPLACED = ",,No Location,,"
Shares = tuple[float, float, float]
"""Of each month of a quarter, the share of records without a place."""


def list_place_kinds() -> tuple[AnswerKind, ...]:
    """Give the kinds of blank places."""
    return tuple(AnswerKind(name, "blank places", 8, _try_with(draw)) for name, draw in _KINDS.items())


def _write_quarter(folder: Path, year: str, number: int, shares: Shares) -> None:
    for month, share in zip(_MONTHS, shares, strict=True):
        lost = round(number * share)
        name = f"{year}-{month}"
        rows = [
            f"{int(month):02d}{year}{n:058x},{name},{_NAME},{_NAME},{_UNPLACED if n < lost else _PLACED},Burglary,"
            "Under investigation,"
            for n in range(number)
        ]
        path = folder / f"{name}-cheshire-street.csv"
        path.write_text("\n".join((_HEADINGS, *rows, "")), encoding="utf-8")
        ingest(path, folder=folder / "data", received_on=RECEIVED_ON)


def _try_with(draw: Callable[[Random], tuple[Shares, Shares]]) -> Callable[[Path, Random], Verdict]:
    def try_once(folder: Path, random: Random) -> Verdict:
        then, now = draw(random)
        number = random.choice([60, 300, 900])
        later = round(number * random.choice([0.7, 1, 1, 1.4]))
        _write_quarter(folder, "2024", number, then)
        _write_quarter(folder, "2025", later, now)
        return _judge(folder / "data", 3 * later, is_alike=then == now, is_same_number=number == later)

    return try_once


def _judge(data: Path, whole: int, *, is_alike: bool, is_same_number: bool) -> Verdict:
    """Hold the force's own figure to all records, and a place's figure to no change that lost places may have made."""
    of_force = ask(data, Question("Burglary", FORCE, PERIOD))
    found = ask(data, Question("Burglary", HOME_AREA, PERIOD))
    if of_force.figures[0][0] != whole:
        return Verdict(Outcome.WRONG, f"{of_force.figures[0][0]} of the force for {whole}")
    is_reported = found.verdict in {verdicts.Verdict.NOT_COMPARABLE, verdicts.Verdict.INCOMPLETE}
    if is_alike:
        is_right = not is_reported and not (is_same_number and found.verdict.is_clear)
        return Verdict(Outcome.RIGHT if is_right else Outcome.WRONG, found.words[:300])
    return Verdict(Outcome.TOLD if is_reported else Outcome.WRONG, f"{found.verdict}: {found.words}"[:300])


def _few(random: Random) -> Shares:
    share = random.uniform(0, 0.05)
    return share, share, share


def _many(random: Random) -> Shares:
    share = random.uniform(0.25, 0.7)
    return share, share, share


def _alike(random: Random) -> tuple[Shares, Shares]:
    shares = random.choice([_few, _many])(random)
    return shares, shares


def _one_month(random: Random) -> Shares:
    lost = random.uniform(0.6, 1)
    first, second, third = random.sample([0.0, 0.0, lost], 3)
    return first, second, third


_KINDS: dict[str, Callable[[Random], tuple[Shares, Shares]]] = {
    "more records without a place": lambda random: (_few(random), _many(random)),
    "fewer records without a place": lambda random: (_many(random), _few(random)),
    "a month without places": lambda random: ((0.0, 0.0, 0.0), _one_month(random)),
    "a month without places the year before": lambda random: (_one_month(random), (0.0, 0.0, 0.0)),
    "no place at all": lambda random: (_few(random), (1.0, 1.0, 1.0)),
    "as many records without a place": _alike,
}
