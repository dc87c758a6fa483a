"""The store: the files that were received, real or simulated, and the questions that can be asked of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as arrow

from shp_analysis.config.reading import PROJECT_FOLDER
from shp_analysis.errors import StoreError, describe_obstacle
from shp_analysis.files import hash_file
from shp_analysis.readers.readers import RecordTable
from shp_analysis.readers.registry import list_tables
from shp_analysis.store.ledger import (
    HEADINGS_NAME,
    HELD_COLUMNS,
    LEDGER_NAME,
    PART_COLUMNS,
    PARTS_NAME,
    Holdings,
    ReceivedFile,
    Stamp,
    describe_damage,
    read_files,
    read_headings,
    read_holdings,
    read_parts,
    stamp_file,
)


class RawFileState(StrEnum):
    """What may be wrong with a file below `raw/`."""

    MISSING = "missing"
    CHANGED = "changed"
    UNKNOWN = "unknown"


_ADVICE = {
    RawFileState.MISSING: "is in the ledger and not there. Restore it from a backup.",
    RawFileState.CHANGED: "is no longer the file that was received. Restore it from a backup.",
    RawFileState.UNKNOWN: "is not in the ledger. Take it in with `shp ingest`, or move it away.",
}


@dataclass(frozen=True)
class RawFileFinding:
    """One file below `raw/` that does not agree with the ledger."""

    path: str
    state: RawFileState

    @property
    def sentence(self) -> str:
        """What is wrong, and what to do."""
        return f"raw/{self.path} {_ADVICE[self.state]}"

    def as_record(self) -> dict[str, str]:
        """Write it as plain values."""
        return {"path": self.path, "state": self.state.value}


def check_raw_files(store: Store) -> tuple[RawFileFinding, ...]:
    """Compare every file below `raw/` with the ledger, withdrawn ones too; reads all of them.

    Parameters
    ----------
    store : Store

    Returns
    -------
    tuple of RawFileFinding
        Files that are missing or changed, in order of arrival, and then those that the ledger does not know, by path.
    """
    ledger = store.list_ledger()
    known = {file.path for file in ledger}
    states = ((file.path, _judge(store, file)) for file in ledger)
    found = [RawFileFinding(path, state) for path, state in states if state]
    below = (path for path in store.raw_folder.rglob("*") if not path.is_dir())
    others = sorted(path.relative_to(store.raw_folder).as_posix() for path in below)
    unknown = (path for path in others if path not in {*known, LEDGER_NAME})
    return (*found, *(RawFileFinding(path, RawFileState.UNKNOWN) for path in unknown))


def _judge(store: Store, file: ReceivedFile) -> RawFileState | None:
    path = store.raw_folder / file.path
    if not path.is_file():
        return RawFileState.MISSING
    is_same = path.stat().st_size == file.size_bytes and hash_file(path) == file.sha256
    return None if is_same else RawFileState.CHANGED


DATA_VARIABLE = "SHP_DATA"
SIMULATED_FOLDER = "simulated"


@dataclass(frozen=True)
class Store:
    """One room.

    Attributes
    ----------
    root : Path
        Made when the first file is taken in.
    is_simulated : bool
        Whether this is the simulated borough's room.
    """

    root: Path
    is_simulated: bool = False

    @property
    def data_folder(self) -> Path:
        """The data folder that it is part of."""
        return self.root.parent if self.is_simulated else self.root

    @property
    def raw_folder(self) -> Path:
        """Where files lie as received."""
        return self.root / "raw"

    @property
    def tables_folder(self) -> Path:
        """Where the Parquet tables lie."""
        return self.root / "store"

    @property
    def state(self) -> tuple[Stamp | None, Stamp | None]:
        """What changes whenever files are taken in, withdrawn or restored, or the tables are made again."""
        return stamp_file(self.raw_folder / LEDGER_NAME), stamp_file(self._list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever taken in."""
        return not (self.raw_folder / LEDGER_NAME).exists()

    def require_files(self) -> None:
        """Refuse to go on with a room into which nothing was ever taken.

        Raises
        ------
        StoreError
            Saying how files are taken in.
        """
        if self.is_empty:
            if obstacle := describe_obstacle(self.raw_folder):
                raise StoreError(obstacle)
            message = f"The store at {self.root} is empty. Take files in with `shp ingest PATH`, or try `shp sample`."
            raise StoreError(message)

    def received_files(self, as_of: date | None = None) -> tuple[ReceivedFile, ...]:
        """List the files received up to a day, in order of arrival, without those that were withdrawn since."""
        files = (file for file in self.list_ledger() if file.withdrawn_on is None)
        return tuple(file for file in files if as_of is None or file.received_on <= as_of)

    def withdrawn_files(self, as_of: date | None = None) -> tuple[ReceivedFile, ...]:
        """List the files received up to a day that were withdrawn since: they answer nothing, whatever the day."""
        files = (file for file in self.list_ledger() if file.withdrawn_on is not None)
        return tuple(file for file in files if as_of is None or file.received_on <= as_of)

    def list_ledger(self) -> tuple[ReceivedFile, ...]:
        """List every file that was ever received, in order of arrival."""
        return read_files(self.raw_folder, stamp_file(self.raw_folder / LEDGER_NAME))

    @property
    def table_names(self) -> frozenset[str]:
        """The tables of which something is held."""
        return frozenset(self._read_holdings().tables)

    def parts_held(self, table: str, *, unit: str | None = None, as_of: date | None = None) -> pd.DataFrame:
        """Say which file each part of a table is answered from.

        Parameters
        ----------
        table : str
            `police_uk_street`, `stats19_casualty`, …
        unit : str, optional
            The parts of one unit only: a force's months, an indicator's windows.
        as_of : date, optional
            Leave out files received later.

        Returns
        -------
        pandas.DataFrame
            `unit, period, rows, member, sha256, received_on, path, sequence`: one row a part, from the file received
            last. Empty where there is none.
        """
        newest = self.releases(table, unit=unit, as_of=as_of).drop_duplicates(["unit", "period"], keep="last")
        return newest.sort_values(["unit", "period"], ignore_index=True)

    def releases(self, table: str, *, unit: str | None = None, as_of: date | None = None) -> pd.DataFrame:
        """List every release of every part of a table, the later ones last.

        Returns
        -------
        pandas.DataFrame
            The columns of `parts_held`; several rows for a part that was released several times.
        """
        holdings = self._read_holdings()
        self._check_tables_hold(holdings.unlisted, as_of)
        held = holdings.tables.get(table)
        if held is None:
            return pd.DataFrame(columns=list(HELD_COLUMNS))
        wanted = pd.Series(data=True, index=held.index)
        if as_of is not None:
            wanted &= held["received_on"] <= as_of
        if unit is not None:
            wanted &= held["unit"] == unit
        return held[wanted].reset_index(drop=True)

    def query(
        self,
        tables: str | Sequence[str],
        sql: str,
        values: Sequence[object] = (),
        *,
        as_of: date | None = None,
        every_release: bool = False,
    ) -> pd.DataFrame:
        """Ask a question of the current records of one table or several.

        Parameters
        ----------
        tables : str or sequence of str
            Each is a view of its name; the first is also called `records`.
        sql : str
            A query over those names, with `?` for every value.
        values : sequence
            What the question marks stand for.
        as_of : date, optional
            Answer as on that day.
        every_release : bool
            Ask all releases of the first table's parts, told apart by `sha256`, and not only the newest of each.

        Returns
        -------
        pandas.DataFrame

        Raises
        ------
        StoreError
            Where a table holds nothing on that day, or its files are gone or damaged.
        """
        names = (tables,) if isinstance(tables, str) else tuple(tables)
        held = {name: self._require_parts(name, as_of) for name in names}
        if every_release:
            held[names[0]] = self.releases(names[0], as_of=as_of)
        with _connect().cursor() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            try:
                for name, parts in held.items():
                    is_every = every_release and name == names[0]
                    self._add_view(connection, name, parts, every_release=is_every)
                connection.execute(f"CREATE TEMP VIEW records AS FROM {names[0]}")
                return _to_frame(connection.sql(sql, params=list(values)).to_arrow_table())
            except (duckdb.IOException, duckdb.InvalidInputException) as error:
                message = f"{self.tables_folder / names[0]} cannot be read ({error}). {self.advice}"
                raise StoreError(message) from error

    def _require_parts(self, table: str, as_of: date | None) -> pd.DataFrame:
        held = self.parts_held(table, as_of=as_of)
        if held.empty:
            received = f" received by {as_of}" if as_of else ""
            message = (
                f"The store at {self.root} holds no {table} records{received}. Take files in with `shp ingest PATH`."
            )
            raise StoreError(message)
        return held

    def _add_view(
        self, connection: duckdb.DuckDBPyConnection, table: str, parts: pd.DataFrame, *, every_release: bool
    ) -> None:
        files = sorted(set(parts["sha256"]))
        self._check_table_files(table, files)
        paths = ", ".join(_quote(self.table_path(table, sha256)) for sha256 in files)
        keys = parts.rename(columns={"unit": "part_unit", "period": "part_period"})
        keys = keys.assign(arrival=keys.groupby(["received_on", "sequence"]).ngroup())
        connection.register(f"held_{table}", keys[["sha256", "part_unit", "part_period", "arrival"]])
        connection.execute(f"CREATE TEMP VIEW every_{table} AS FROM read_parquet([{paths}])")
        connection.execute(
            f"CREATE TEMP VIEW {table} AS "
            f"SELECT r.* FROM every_{table} r JOIN held_{table} USING (sha256, part_unit, part_period)"
            f"{'' if every_release else _choose_newest(list_tables()[table])}"
        )

    def _check_table_files(self, table: str, files: Sequence[str]) -> None:
        expected = self._read_holdings().table_files
        for sha256 in files:
            path = self.table_path(table, sha256)
            damage = describe_damage(path, expected[table, sha256])
            if damage:
                raise StoreError(f"{path} {damage}. {self.advice}")

    def table_path(self, table: str, sha256: str) -> Path:
        """Say where the records of one received file lie."""
        return self.tables_folder / table / f"{sha256}.parquet"

    def read_parts(self) -> pd.DataFrame:
        """Read which parts of which tables every received file holds.

        Raises
        ------
        StoreError
            Where the list is missing though raw files are there, or is not such a list.
        """
        self._require_list()
        try:
            return read_parts(self.tables_folder) if self._list.exists() else pd.DataFrame(columns=list(PART_COLUMNS))
        except ValueError as error:
            raise StoreError(f"{self._list} cannot be read ({error}). {self.advice}") from error

    def read_headings(self) -> pd.DataFrame:
        """Read the headings that every published file came with (see `shp_analysis.store.ledger.read_headings`).

        Raises
        ------
        StoreError
            Where the list was damaged.
        """
        try:
            return read_headings(self.tables_folder)
        except ValueError as error:
            message = f"{self.tables_folder / HEADINGS_NAME} cannot be read ({error}). {self.advice}"
            raise StoreError(message) from error

    @property
    def _list(self) -> Path:
        return self.tables_folder / PARTS_NAME

    def _require_list(self) -> None:
        if not self._list.exists() and not self.is_empty:
            raise StoreError(f"{self.tables_folder} is missing, but raw files are there. {self.advice}")

    @property
    def advice(self) -> str:
        """What to do where the tables are damaged."""
        return f"Make the tables again with `shp rebuild{' --simulated' if self.is_simulated else ''}`."

    def _check_tables_hold(self, unlisted: Sequence[ReceivedFile], as_of: date | None) -> None:
        # A received file without a line in the list would drop out of every answer without a word.
        unknown = [file.path for file in unlisted if as_of is None or file.received_on <= as_of]
        if unknown:
            raise StoreError(f"{self.tables_folder} holds nothing of {unknown[0]}, which was received. {self.advice}")

    def _read_holdings(self) -> Holdings:
        self._require_list()
        stamps = self.state
        if None in stamps:
            return Holdings({}, (), {})
        try:
            return read_holdings(self.raw_folder, self.tables_folder, *stamps)
        except ValueError as error:
            raise StoreError(f"{self._list} cannot be read ({error}). {self.advice}") from error


@lru_cache(maxsize=1)
def _connect() -> duckdb.DuckDBPyConnection:
    """Open the engine, once in a process; whoever asks takes a cursor, whose views are its own."""
    # What is read is not kept: a process that lives long would come to hold the store in memory.
    return duckdb.connect(config={"enable_external_file_cache": False})


def _disconnect() -> None:
    """Close the engine, whose threads a fork would not have; it is opened again when something is asked."""
    if _connect.cache_info().currsize:
        _connect().close()
        _connect.cache_clear()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing is forked
    os.register_at_fork(before=_disconnect)


def _quote(path: Path) -> str:
    text = str(path).replace("'", "''")
    return f"'{text}'"


def _choose_newest(table: RecordTable) -> str:
    """Write how the newest release of each figure is chosen, where parts of several names may hold the same figure."""
    if not table.key_columns:
        return ""
    blanks = " + ".join(f"CAST({name} IS NULL AS INTEGER)" for name in table.value_columns)
    whose = ", ".join(table.key_columns)
    return f" QUALIFY row_number() OVER (PARTITION BY {whose} ORDER BY arrival DESC, {blanks}, part_unit) = 1"


def _to_frame(table: Any) -> pd.DataFrame:  # noqa: ANN401 - pyarrow publishes no type
    # DuckDB adds whole numbers up into 128 bits, which would become slow decimals in a frame.
    sums = [number for number, field in enumerate(table.schema) if arrow.types.is_decimal(field.type)]
    for number in sums:
        whole = arrow.int64() if table.schema.field(number).type.scale == 0 else arrow.float64()
        table = table.set_column(number, table.schema.field(number).name, table.column(number).cast(whole))
    frame: pd.DataFrame = table.to_pandas()
    return frame


def data_folder() -> Path:
    """Give the folder that holds the data: `SHP_DATA`, else `data` at the top of the project."""
    return Path(os.environ.get(DATA_VARIABLE) or PROJECT_FOLDER / "data")


def open_store(folder: Path | None = None, *, simulated: bool | None = None) -> Store:
    """Open the room of real files, or that of the simulated borough.

    Parameters
    ----------
    folder : Path, optional
        The data folder; `data_folder()` where left out.
    simulated : bool, optional
        Which room. Where left out: the real files if there are any, else the simulated ones if there are any, else
        the (empty) room for real files.

    Returns
    -------
    Store
    """
    folder = folder or data_folder()
    real, pretend = Store(folder), Store(folder / SIMULATED_FOLDER, is_simulated=True)
    if simulated is None:
        simulated = real.is_empty and not pretend.is_empty
    return pretend if simulated else real
