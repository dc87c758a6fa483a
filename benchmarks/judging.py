"""What became of a mutant: it was refused, read right, told, or came through as something else without a word."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import pandas as pd
from pyarrow import parquet

from benchmarks.grids import Base
from benchmarks.mutations import Effect, Kind, Mutant
from shp_analysis.errors import ShpAnalysisError
from shp_analysis.store.intake import PERIOD_COLUMN, SHA256_COLUMN, UNIT_COLUMN, IngestReport, ingest
from shp_analysis.store.store import open_store

RECEIVED_ON = date(2026, 7, 1)
FIRST_FILE = "2010-12-cheshire-street.csv"
_PLACE = re.compile(r"\b(rows?|columns?|cells?|headings?|lines?|sheets?|table)\b|>")
_FIGURE = re.compile(r"-?\d+(\.\d+)?(e[-+]\d+)?")
Record = tuple[object, ...]
Tables = Mapping[str, tuple[tuple[str, ...], Counter[Record]]]
"""By name: a table's columns, and how often each record is in it."""


class Outcome(StrEnum):
    """What became of a file.

    Attributes
    ----------
    REFUSED
        By an error of this library whose message names the file, and the store is byte for byte what it was.
    RIGHT
        The records are those of the undamaged file, in whatever order.
    TOLD
        The records differ only where something is missing now: a cell, beside a note of why where the table has notes
        of figures; a column; or a period whose column was taken out, which is then no part of what was received.
    NOT_KNOWABLE
        The records differ, and the damage is of a kind that leaves a file which its publisher might have published
        with that very content (`Effect.PLAUSIBLE`; or one equal row more, where the publisher's files hold equal rows).
    WRONG
        Anything else: other records without a word, a crash, a message that names nothing, a store that was changed.
    """

    REFUSED = "refused"
    RIGHT = "right"
    TOLD = "told"
    NOT_KNOWABLE = "not knowable"
    WRONG = "wrong"


@dataclass(frozen=True)
class Verdict:
    """An outcome with what was said or what differs."""

    outcome: Outcome
    detail: str = ""


def prepare_store(folder: Path) -> Path:
    """Make a data folder that holds one file, to see that refusals change nothing in it."""
    headings = (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
        "Last outcome category,Context"
    )
    force = "Cheshire Constabulary"
    place = "-2.724080,53.366970,On or near High Street,E01012367,Halton 007A"
    path = folder / FIRST_FILE
    path.write_text(f"{headings}\n,2010-12,{force},{force},{place},Anti-social behaviour,,\n", encoding="utf-8")
    data = folder / "data"
    ingest(path, folder=data, received_on=date(2011, 2, 1))
    return data


def read_base(base: Base, prepared: Path) -> Tables:
    """Take an undamaged file in and give its records.

    Raises
    ------
    ShpAnalysisError
        Where it is refused: then it is no base.
    """
    with tempfile.TemporaryDirectory() as name:
        report, tables, _ = _take_in(Mutant(base.name, base.to_bytes()), Path(name), prepared)
    if {file.source for file in report.received} != {base.source}:
        raise AssertionError(f"{base.name} was taken in as {report.received}")
    return {**tables, "simulated": ((), Counter({(report.is_simulated,): 1}))}


def judge(mutant: Mutant, kind: Kind, base: Base, expected: Tables, prepared: Path) -> Verdict:
    """Take a mutant in and say what became of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            report, tables, _ = _take_in(mutant, folder, prepared)
        except ShpAnalysisError as error:
            return _judge_refusal(str(error), mutant, folder, prepared)
        except Exception as error:  # noqa: BLE001 - any other class is the finding
            return Verdict(Outcome.WRONG, f"crash: {type(error).__name__}: {error}"[:300])
    found = {**tables, "simulated": ((), Counter({(report.is_simulated,): 1}))}
    return _judge_records(found, expected, kind, base)


def _take_in(mutant: Mutant, folder: Path, prepared: Path) -> tuple[IngestReport, Tables, Path]:
    data = folder / "data"
    shutil.copytree(prepared, data)
    sent = folder / "sent"
    sent.mkdir()
    report = ingest(mutant.write(sent), folder=data, received_on=RECEIVED_ON)
    store = open_store(data, simulated=report.is_simulated)
    received = {file.sha256 for file in report.received}
    parts = store.read_parts()
    tables: dict[str, tuple[tuple[str, ...], Counter[Record]]] = {}
    for table, sha256 in sorted(set(zip(parts["table"], parts["sha256"], strict=True))):
        path = store.table_path(table, sha256)
        if sha256 in received and path.exists():
            frame = parquet.read_table(path).to_pandas().drop(columns=SHA256_COLUMN)
            columns, records = _to_records(frame)
            tables[table] = (columns, tables.get(table, ((), Counter[Record]()))[1] + records)
    return report, tables, data


def _to_records(frame: pd.DataFrame) -> tuple[tuple[str, ...], Counter[Record]]:
    # A spreadsheet keeps fifteen digits, and text more.
    rounded = frame.assign(**{name: frame[name].map("{:.12g}".format) for name in frame.select_dtypes("floating")})
    plain = rounded.astype(object).where(frame.notna(), None)
    return tuple(map(str, frame.columns)), Counter(plain.itertuples(index=False, name=None))


def _judge_refusal(message: str, mutant: Mutant, folder: Path, prepared: Path) -> Verdict:
    names = [mutant.name.rsplit("/", 1)[-1], "delivery", *(name for name, _ in (*mutant.others, *mutant.links))]
    if not any(name in message for name in names):
        return Verdict(Outcome.WRONG, f"names no file: {message}"[:300])
    if hash_tree(folder / "data") != hash_tree(prepared):
        return Verdict(Outcome.WRONG, f"the store was changed: {message}"[:300])
    return Verdict(Outcome.REFUSED, message[:300])


def names_a_place(message: str) -> bool:
    """Say whether a refusal names a row, a column, a cell, a sheet or the headings."""
    return bool(_PLACE.search(message))


def hash_tree(folder: Path) -> dict[str, str]:
    """Give every file and folder below a folder with the sha256 of each file."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "/"
        for path in folder.rglob("*")
    }


def _judge_records(found: Tables, expected: Tables, kind: Kind, base: Base) -> Verdict:
    if {name: records for name, (_, records) in found.items()} == {n: records for n, (_, records) in expected.items()}:
        return Verdict(Outcome.RIGHT)
    detail = _describe_difference(found, expected)
    if _only_missing(found, expected) or (kind.group == "columns" and _only_parts_gone(found, expected)):
        return Verdict(Outcome.TOLD, detail)
    is_repeat = (kind.effect is Effect.REPEATS and base.rows_repeat) or (
        kind.effect is Effect.BLOCKS and base.blocks_repeat
    )
    if kind.effect is Effect.PLAUSIBLE or is_repeat:
        return Verdict(Outcome.NOT_KNOWABLE, detail)
    return Verdict(Outcome.WRONG, detail)


def _only_missing(found: Tables, expected: Tables) -> bool:
    """Say whether records differ only in figures that are missing now, with a note where the table has notes."""
    if found.keys() != expected.keys():
        return False
    for name, (columns, records) in found.items():
        added, gone = records - expected[name][1], expected[name][1] - records
        if columns != expected[name][0] or added.total() != gone.total():
            return False
        by_key: dict[Record, list[Record]] = {}
        notes = [n for n, column in enumerate(columns) if column.endswith("note")]
        lost = {n for n in range(len(columns)) if all(record[n] is None for record in records)}
        rest = [n for n in range(len(columns)) if n not in notes and not _differs(added, gone, n)]
        for record in gone.elements():
            by_key.setdefault(tuple(record[n] for n in rest), []).append(record)
        for record in added.elements():
            twins = by_key.get(tuple(record[n] for n in rest), [])
            twin = next((twin for twin in twins if _is_emptied(record, twin, columns, lost)), None)
            if twin is None:
                return False
            twins.remove(twin)
    return True


def _differs(added: Counter[Record], gone: Counter[Record], n: int) -> bool:
    return Counter(record[n] for record in added.elements()) != Counter(record[n] for record in gone.elements())


def _is_emptied(record: Record, twin: Record, columns: tuple[str, ...], lost: set[int]) -> bool:
    """Say whether a record is another with cells missing, of which figures have a note unless a column went whole."""
    notes = {n for n, column in enumerate(columns) if column.endswith("note")}
    emptied = [n for n in range(len(columns)) if n not in notes and record[n] != twin[n]]
    said = any(record[n] not in {None, ""} for n in notes if columns[n].endswith("value_note"))
    needs_note = any(columns[n].endswith("value_note") for n in notes)
    figures = [n for n in emptied if _is_figure(twin[n]) and n not in lost]
    return all(record[n] is None for n in emptied) and (said or not figures or not needs_note)


def _is_figure(cell: object) -> bool:
    return isinstance(cell, int | float) or (isinstance(cell, str) and bool(_FIGURE.fullmatch(cell)))


def _only_parts_gone(found: Tables, expected: Tables) -> bool:
    """Say whether nothing differs but that whole parts are not there, which the store's list of parts shows."""
    for name, (columns, records) in expected.items():
        here = found.get(name, ((), Counter[Record]()))[1]
        if here - records:
            return False
        parts = [n for n, column in enumerate(columns) if column in {UNIT_COLUMN, PERIOD_COLUMN}]
        left = {tuple(record[n] for n in parts) for record in here}
        if any(tuple(record[n] for n in parts) in left for record in records - here):
            return False
    return found.keys() <= expected.keys()


def _describe_difference(found: Tables, expected: Tables) -> str:
    for name in sorted(found.keys() | expected.keys()):
        columns, records = found.get(name, ((), Counter[Record]()))
        others = expected.get(name, ((), Counter[Record]()))[1]
        added, gone = records - others, others - records
        if added or gone:
            new, old = next(iter(added), None), next(iter(gone), None)
            cells = [
                f"{column} {a!r} for {b!r}"
                for column, a, b in zip(columns, new or (), old or (), strict=False)
                if a != b
            ]
            return f"{name}: {added.total()} added, {gone.total()} gone; {'; '.join(cells[:6])}"[:400]
    return ""
