"""Releases: the newest that a table's units came with, and the one before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from shp_analysis.sources.readers import RecordTable


@dataclass(frozen=True)
class ReleasePair:
    """The newest release of some units of a table, beside the one before.

    A release is what came on one day, be it one file or a folder of months, as long as no part came twice in it: a
    part that comes again begins a new release.

    Attributes
    ----------
    table : RecordTable
    units : tuple of str
        Units that have these two releases.
    older, newer : pandas.DataFrame
        Their parts, `unit, period, rows, member, sha256, received_on, path, sequence`; `older` is empty where the newer
        release is the first.
    """

    table: RecordTable
    units: tuple[str, ...]
    older: pd.DataFrame
    newer: pd.DataFrame

    @property
    def has_older(self) -> bool:
        """Whether there is anything to compare with."""
        return not self.older.empty

    @property
    def unit_in_words(self) -> str:
        """Whose releases these are; empty where a table comes whole."""
        return self.units[0] if len(self.units) == 1 else f"{self.units[0]} and {len(self.units) - 1} more"


def pair_releases(table: RecordTable, releases: pd.DataFrame) -> tuple[ReleasePair, ...]:
    """Find the newest release of each unit and the one before, units with the same two files together.

    Parameters
    ----------
    table : RecordTable
    releases : pandas.DataFrame
        Every release of every part, as `Store.releases` gives them.

    Returns
    -------
    tuple of ReleasePair
    """
    units: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for unit, parts in releases.groupby("unit"):
        found = list(_list_releases(parts))
        older = found[-2] if len(found) > 1 else ()
        units.setdefault((older, found[-1]), []).append(str(unit))
    return tuple(
        ReleasePair(table, tuple(names), _select(releases, older, names), _select(releases, newer, names))
        for (older, newer), names in units.items()
    )


def _list_releases(parts: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Give the files of each release of one unit, the oldest first."""
    files: list[str] = []
    seen: set[str] = set()
    day = None
    for (received_on, _, sha256), rows in parts.groupby(["received_on", "sequence", "sha256"]):
        periods = set(rows["period"])
        if files and (received_on != day or periods & seen):
            yield tuple(files)
            files, seen = [], set()
        day = received_on
        files.append(str(sha256))
        seen |= periods
    yield tuple(files)


def _select(releases: pd.DataFrame, files: tuple[str, ...], units: list[str]) -> pd.DataFrame:
    chosen = releases["sha256"].isin(files) & releases["unit"].isin(units)
    return releases[chosen].reset_index(drop=True)


def name_files(parts: pd.DataFrame) -> str:
    """Name the files of a release, or the last and how many more."""
    names: Mapping[str, None] = dict.fromkeys(path.rsplit("/", 1)[-1] for path in parts["path"])
    last = list(names)[-1]
    return last if len(names) == 1 else f"{last} and {len(names) - 1} more"
