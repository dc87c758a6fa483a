"""Casualties whose collision is not in the collision file, collisions without their casualties, and whole years."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from zipfile import ZipFile

from benchmarks.answers import Answer, AnswerKind, Question, ask, judge_answers
from benchmarks.corpus import SHARED_DATA
from benchmarks.grids import Rows, Value, read_csv, write_csv
from benchmarks.judging import Outcome, Verdict
from shp_analysis.config.catalogue import read_catalogue
from shp_analysis.errors import ShpAnalysisError
from shp_analysis.simulator import write_simulated_borough
from shp_analysis.simulator.borough import HOME_AREA
from shp_analysis.store.intake import ingest

RECEIVED_ON = date(2026, 6, 1)
ASKED = 3
"""Indicators that are asked of each damaged store."""
_TABLES = ("collision", "casualty")
_PUBLISHED = "west-yorkshire-2024"
_YEAR = 1
"""The column of a row's year in both tables."""
Files = dict[str, Rows]


def list_orphan_kinds() -> tuple[AnswerKind, ...]:
    """Give the kinds that part casualties from their collisions."""
    return tuple(AnswerKind(name, "orphans", 6, _try_with(change), _prepare) for name, change in _CHANGES.items())


def _prepare() -> None:
    for is_published in (False, True)[: 1 + SHARED_DATA.is_dir()]:
        _read_files(is_published)


@cache
def _read_files(is_published: bool) -> tuple[Mapping[str, Rows], Path, tuple[tuple[Question, Answer], ...]]:  # noqa: FBT001
    """Read the two tables of published or simulated years, the store made of them, and the right answers."""
    files = _read_published() if is_published else _read_simulated()
    area = "E08000033" if is_published else HOME_AREA
    asked = [
        Question(each.id, area, "2024")
        for each in read_catalogue().indicators
        if each.is_agreed and each.measure()[1].records in {"stats19_casualties", "stats19_collisions"}
    ]
    data = _take_in(files, Path(tempfile.mkdtemp(prefix="orphans-")), _TABLES)
    return files, data, tuple((question, ask(data, question)) for question in asked)


def _read_published() -> Files:
    folder = SHARED_DATA / "stats19"
    return {table: read_csv((folder / f"{_PUBLISHED}-{table}.csv").read_bytes()) for table in _TABLES}


def _read_simulated() -> Files:
    with tempfile.TemporaryDirectory() as name:
        written = write_simulated_borough(Path(name), months=3, authorities=[HOME_AREA])
        with ZipFile(next(path for path in written if "road-safety" in path.name)) as archive:
            members = {table: next(n for n in archive.namelist() if f"-{table}-20" in n) for table in _TABLES}
            return {table: read_csv(archive.read(member)) for table, member in members.items()}


def _name_file(table: str, rows: Rows) -> str:
    is_one_year = len({row[_YEAR] for row in rows[1:]}) == 1
    return f"dft-road-casualty-statistics-{table}-{2024 if is_one_year else '2020-to-2024'}.csv"


def _take_in(files: Mapping[str, Rows], folder: Path, order: tuple[str, ...]) -> Path:
    for table in (table for table in order if table in files):
        path = folder / _name_file(table, files[table])
        path.write_text(write_csv(files[table], "\n"), encoding="utf-8")
        ingest(path, folder=folder / "data", received_on=RECEIVED_ON)
    return folder / "data"


def _try_with(change: Callable[[Files, Random], Files]) -> Callable[[Path, Random], Verdict]:
    def try_once(folder: Path, random: Random) -> Verdict:
        is_published = SHARED_DATA.is_dir() and random.random() < 0.5  # noqa: PLR2004
        files, whole, right = _read_files(is_published)
        changed = change({table: list(rows) for table, rows in files.items()}, random)
        order = _TABLES if random.random() < 0.5 else _TABLES[::-1]  # noqa: PLR2004
        try:
            data = _take_in(changed, folder, order)
        except ShpAnalysisError as error:
            return Verdict(Outcome.REFUSED, str(error)[:300])
        return judge_answers(data, whole, random.sample(right, ASKED))

    return try_once


def _leave_out(table: str, share: float) -> Callable[[Files, Random], Files]:
    def change(files: Files, random: Random) -> Files:
        rows = files[table]
        gone = set(random.sample(range(1, len(rows)), max(1, round(share * (len(rows) - 1)))))
        return files | {table: [row for n, row in enumerate(rows) if n not in gone]}

    return change


def _cut_off(table: str) -> Callable[[Files, Random], Files]:
    return lambda files, random: files | {table: files[table][: random.randrange(2, len(files[table]))]}


def _drop_table(table: str) -> Callable[[Files, Random], Files]:
    return lambda files, _: {name: rows for name, rows in files.items() if name != table}


def _drop_year(table: str) -> Callable[[Files, Random], Files]:
    def change(files: Files, random: Random) -> Files:
        year = random.choice(sorted({str(row[_YEAR]) for row in files[table][1:]}))
        rows = [row for n, row in enumerate(files[table]) if n == 0 or row[_YEAR] != year]
        return files | {table: rows} if len(rows) > 1 else _drop_table(table)(files, random)

    return change


def _rename_collisions(files: Files, random: Random) -> Files:
    """Give some casualties the number of a collision that nobody has."""
    rows = files["casualty"]
    some = set(random.sample(range(1, len(rows)), max(1, len(rows) // 20)))
    renamed = [_number_anew(row, n) if n in some else row for n, row in enumerate(rows)]
    return files | {"casualty": renamed}


def _number_anew(row: list[Value], n: int) -> list[Value]:
    reference = f"{row[2]}"[:3] + f"{900_000 + n}"
    return [f"{row[_YEAR]}{reference}", row[_YEAR], reference, *row[3:]]


_CHANGES: Mapping[str, Callable[[Files, Random], Files]] = {
    "a collision left out": _leave_out("collision", 0),
    "a tenth of the collisions left out": _leave_out("collision", 0.1),
    "a collision file cut short": _cut_off("collision"),
    "no collision file": _drop_table("collision"),
    "a year of collisions left out": _drop_year("collision"),
    "a casualty left out": _leave_out("casualty", 0),
    "a tenth of the casualties left out": _leave_out("casualty", 0.1),
    "a casualty file cut short": _cut_off("casualty"),
    "no casualty file": _drop_table("casualty"),
    "a year of casualties left out": _drop_year("casualty"),
    "casualties of collisions that nobody has": _rename_collisions,
}
