"""A store that lost or changed a file, a row or a line since it was written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

from pyarrow import parquet

from benchmarks.answers import Answer, AnswerKind, Question, ask, judge_answers
from benchmarks.judging import Verdict
from shp_analysis.simulator import write_simulated_borough
from shp_analysis.simulator.borough import HOME_AREA
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import Store, check_raw_files, open_store

RECEIVED_ON = date(2026, 6, 1)
_ASKED = (("ALL-01", "2024-25 Q4"), ("RS-01", "2024"), ("RS-02", "2024"), ("ALL-05", "2024-25 Q4"))
"""Of several tables; those that the catalogue answers from the simulated borough's first months."""


def list_store_kinds() -> tuple[AnswerKind, ...]:
    """Give the kinds of damage to a store."""
    return tuple(AnswerKind(name, "store damage", 8, _try_with(damage), _make_store) for name, damage in _KINDS.items())


@cache
def _make_store() -> tuple[Path, tuple[tuple[Question, Answer], ...]]:
    folder = Path(tempfile.mkdtemp(prefix="store-damage-"))
    for path in write_simulated_borough(folder / "published", months=3, authorities=[HOME_AREA]):
        ingest(path, folder=folder / "data", received_on=RECEIVED_ON)
    questions = [Question(indicator, HOME_AREA, period) for indicator, period in _ASKED]
    right = tuple((question, ask(folder / "data", question)) for question in questions)
    return folder / "data", right


def _try_with(damage: Callable[[Store, Random], None]) -> Callable[[Path, Random], Verdict]:
    def try_once(folder: Path, random: Random) -> Verdict:
        prepared, right = _make_store()
        shutil.copytree(prepared, folder / "data")
        store = open_store(folder / "data")
        damage(store, random)
        return judge_answers(folder / "data", prepared, right, tell=lambda: _check(store))

    return try_once


def _check(store: Store) -> str:
    """Read what `shp check` reads of the lists and the raw files, and say what it would say of them."""
    store.read_parts()
    store.read_headings()
    return " ".join(each.sentence for each in check_raw_files(store))


def _choose_table(store: Store, random: Random) -> Path:
    tables = ("police_uk_street", "stats19_casualty", "stats19_collision", "home_office_crime_csp")
    return random.choice([path for table in tables for path in sorted((store.tables_folder / table).glob("*.parquet"))])


def _halve_table(store: Store, random: Random) -> None:
    path = _choose_table(store, random)
    table = parquet.read_table(path)
    parquet.write_table(table.slice(0, table.num_rows // 2), path)


def _shuffle_table(store: Store, random: Random) -> None:
    """Write as many rows as there were, the first of them again and again."""
    path = _choose_table(store, random)
    table = parquet.read_table(path)
    parquet.write_table(table.take([0] * table.num_rows), path)


def _replace_table(store: Store, random: Random) -> None:
    path = _choose_table(store, random)
    others = sorted(each for each in store.tables_folder.glob("*/*.parquet") if each != path)
    shutil.copyfile(random.choice(others), path)


def _remove_table(store: Store, random: Random) -> None:
    _choose_table(store, random).unlink()


def _cut_table(store: Store, random: Random) -> None:
    path = _choose_table(store, random)
    content = path.read_bytes()
    path.write_bytes(content[: random.randrange(len(content))])


def _drop_lines(name: str, number: int) -> Callable[[Store, Random], None]:
    def damage(store: Store, random: Random) -> None:
        path = store.root / name
        lines = path.read_bytes().splitlines(keepends=True)
        gone = set(random.sample(range(1, len(lines)), number))
        path.write_bytes(b"".join(line for n, line in enumerate(lines) if n not in gone))

    return damage


def _drop_last_line(store: Store, _: Random) -> None:
    path = store.raw_folder / "received.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def _remove(name: str) -> Callable[[Store, Random], None]:
    return lambda store, _: (store.root / name).unlink()


def _choose_raw(store: Store, random: Random) -> Path:
    return store.raw_folder / random.choice(store.list_ledger()).path


def _change_raw(store: Store, random: Random) -> None:
    path = _choose_raw(store, random)
    content, at = path.read_bytes(), random.randrange(path.stat().st_size)
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


_KINDS: dict[str, Callable[[Store, Random], None]] = {
    "half of a table's rows gone": _halve_table,
    "a table's rows replaced by others": _shuffle_table,
    "a table replaced by another": _replace_table,
    "a table gone": _remove_table,
    "a table cut short": _cut_table,
    "three lines of parts.csv gone": _drop_lines("store/parts.csv", 3),
    "parts.csv gone": _remove("store/parts.csv"),
    "three lines of headings.csv gone": _drop_lines("store/headings.csv", 3),
    "headings.csv gone": _remove("store/headings.csv"),
    "a ledger line gone": _drop_lines("raw/received.csv", 1),
    "the last ledger line gone": _drop_last_line,
    "a raw file changed": _change_raw,
    "a raw file gone": lambda store, random: _choose_raw(store, random).unlink(),
}
