"""How much of each field is blank in the newest release of every table, and where that jumped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from shp_analysis.feeds.releases import ReleasePair
from shp_analysis.store import Store

MOST_BLANK_UNTOLD = 0.2
"""A field is told where more than this share of its cells is blank."""
JUMP_TOLD = 0.05
"""And where its share rose or fell by more than this since the release before."""
NOTES = "_note"
"""Columns so named hold the reason where something is missing, and are blank where all is well."""
_STORE_COLUMNS = ("sha256", "part_unit", "part_period")


@dataclass(frozen=True)
class BlankField:
    """One field of one table, with the share of its cells that is blank.

    Attributes
    ----------
    table, unit, field : str
    share : float
        0 to 1, of the newest release.
    rows : int
        Of how many rows.
    share_before : float or None
        In the release before; None where there was none, or it had no rows.
    """

    table: str
    unit: str
    field: str
    share: float
    rows: int
    share_before: float | None = None

    @property
    def has_jumped(self) -> bool:
        """Whether the share is another than in the release before, by more than a little."""
        return self.share_before is not None and abs(self.share - self.share_before) > JUMP_TOLD

    @property
    def is_told(self) -> bool:
        """Whether the table of the report tells it; the record has every field."""
        return self.has_jumped or self.share > MOST_BLANK_UNTOLD

    @property
    def in_words(self) -> str:
        """The field and its share."""
        before = f" (was {100 * self.share_before:.0f}%)" if self.share_before is not None and self.has_jumped else ""
        return f"{self.field} {100 * self.share:.0f}%{before}"

    def as_record(self) -> dict[str, Any]:
        """Write it as plain values."""
        return {
            "table": self.table,
            "unit": self.unit,
            "field": self.field,
            "share": round(self.share, 4),
            "rows": self.rows,
            "share_before": None if self.share_before is None else round(self.share_before, 4),
            "is_told": self.is_told,
        }


def list_blanks(store: Store, pairs: Sequence[ReleasePair], *, as_of: date | None = None) -> tuple[BlankField, ...]:
    """Measure the share of blank cells of every field of every newest release.

    Parameters
    ----------
    store : Store
    pairs : sequence of ReleasePair
    as_of : date, optional

    Returns
    -------
    tuple of BlankField
        Every field that is blank anywhere now or was before, in the tables' own order.
    """
    found = []
    for table in dict.fromkeys(pair.table.name for pair in pairs):
        filled = _count_filled(store, table, as_of)
        for pair in pairs:
            if pair.table.name == table:
                found += _describe(pair, filled)
    return tuple(found)


def _count_filled(store: Store, table: str, as_of: date | None) -> pd.DataFrame:
    """Count the cells that hold something, by file and unit: a NaN and an empty text hold nothing."""
    columns = store.query(table, "FROM records LIMIT 0", as_of=as_of).columns
    counts = ", ".join(f'{_filled(name)} AS "{name}"' for name in columns if _is_field(name))
    sql = f"SELECT sha256, part_unit, count(*) AS rows_in_all, {counts} FROM records GROUP BY ALL"
    return store.query(table, sql, as_of=as_of, every_release=True)


def _filled(name: str) -> str:
    return f"count(*) FILTER (coalesce(CAST(\"{name}\" AS VARCHAR), '') NOT IN ('', 'nan'))"


def _is_field(name: str) -> bool:
    return name not in _STORE_COLUMNS and not name.endswith(NOTES)


def _describe(pair: ReleasePair, filled: pd.DataFrame) -> list[BlankField]:
    now, before = (
        filled[filled["sha256"].isin(set(parts["sha256"])) & filled["part_unit"].isin(pair.units)]
        for parts in (pair.newer, pair.older)
    )
    rows, rows_before = int(now["rows_in_all"].sum()), int(before["rows_in_all"].sum())
    if not rows:
        return []
    fields = []
    for name in filled.columns.drop(["sha256", "part_unit", "rows_in_all"]):
        share = 1 - int(now[name].sum()) / rows
        share_before = 1 - int(before[name].sum()) / rows_before if rows_before else None
        if share or share_before:
            fields.append(BlankField(pair.table.name, pair.unit_in_words, str(name), share, rows, share_before))
    return fields
