"""A room of data - the real files, or the simulated borough - and the questions that can be asked of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from shp_analysis.errors import StoreError
from shp_analysis.store.ledger import LEDGER_NAME, ReceivedFile, read_ledger

DATA_VARIABLE = "SHP_DATA"
SIMULATED_FOLDER = "simulated"
MONTHS_NAME = "months.csv"
MONTH_COLUMNS = ("sha256", "table", "force", "month", "member", "rows")
"""One line of `store/months.csv`: a force's month in a received file."""
_HELD_COLUMNS = ["force", "month", "rows", "member", "sha256", "received_on", "path", "sequence"]


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
    def raw_folder(self) -> Path:
        """Where files lie as received."""
        return self.root / "raw"

    @property
    def tables_folder(self) -> Path:
        """Where the Parquet tables lie."""
        return self.root / "store"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever taken in."""
        return not (self.raw_folder / LEDGER_NAME).exists()

    def received_files(self, as_of: date | None = None) -> tuple[ReceivedFile, ...]:
        """List the files received up to a day, in order of arrival."""
        return tuple(file for file in read_ledger(self.raw_folder) if as_of is None or file.received_on <= as_of)

    def months_held(self, table: str, *, force: str | None = None, as_of: date | None = None) -> pd.DataFrame:
        """Say which file each month of a table is answered from.

        Parameters
        ----------
        table : str
            `police_uk_street`, …
        force : str, optional
            One force's months only.
        as_of : date, optional
            Leave out files received later.

        Returns
        -------
        pandas.DataFrame
            `force, month, rows, member, sha256, received_on, path, sequence`: one row a force and month, from the
            file received last. Empty where there is none.
        """
        files = pd.DataFrame(
            [vars(file) for file in self.received_files(as_of)], columns=[*ReceivedFile.__annotations__]
        )
        held = self.read_months()
        held = held[held["table"] == table].merge(files, on="sha256")
        if force is not None:
            held = held[held["force"] == force]
        newest = held.sort_values(["received_on", "sequence"]).groupby(["force", "month"]).tail(1)
        return newest.sort_values(["force", "month"])[_HELD_COLUMNS].reset_index(drop=True)

    def query(self, table: str, sql: str, values: Sequence[object] = (), *, as_of: date | None = None) -> pd.DataFrame:
        """Ask a question of a table's current records.

        Parameters
        ----------
        table : str
        sql : str
            A query over the name `records`, with `?` for every value.
        values : sequence
            What the question marks stand for.
        as_of : date, optional
            Answer as on that day.

        Returns
        -------
        pandas.DataFrame

        Raises
        ------
        StoreError
            Where the table holds nothing on that day.
        """
        held = self.months_held(table, as_of=as_of)
        if held.empty:
            received = f" received by {as_of}" if as_of else ""
            message = (
                f"The store at {self.root} holds no {table} records{received}. Take files in with `shp ingest PATH`."
            )
            raise StoreError(message)
        paths = [str(self.table_path(table, sha256)) for sha256 in sorted(set(held["sha256"]))]
        with duckdb.connect() as connection:
            connection.register("held", held.rename(columns={"month": "file_month"})[["sha256", "force", "file_month"]])
            connection.read_parquet(paths).create_view("every_record")  # type: ignore[call-overload]
            connection.execute(
                "CREATE VIEW records AS SELECT r.* FROM every_record r JOIN held USING (sha256, force, file_month)"
            )
            return connection.execute(sql, list(values)).df()

    def table_path(self, table: str, sha256: str) -> Path:
        """Say where the records of one received file lie."""
        return self.tables_folder / table / f"{sha256}.parquet"

    def read_months(self) -> pd.DataFrame:
        """Read which force's months every received file holds."""
        path = self.tables_folder / MONTHS_NAME
        if not path.exists():
            if not self.is_empty:
                message = f"{self.tables_folder} is missing, but raw files are there. Make the tables again with `shp rebuild`."
                raise StoreError(message)
            return pd.DataFrame(columns=list(MONTH_COLUMNS))
        return pd.read_csv(path, dtype=dict.fromkeys(MONTH_COLUMNS[:-1], str))


def data_folder() -> Path:
    """Give the folder that holds the data: `SHP_DATA`, else `data` where the command is run."""
    return Path(os.environ.get(DATA_VARIABLE) or "data")


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
