"""What changed since the last release: headings, codes, rows of the same parts, and parts that are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

import pandas as pd

from shp_analysis.measures.counted_tables import COUNTED_TABLES, CountedTable
from shp_analysis.monitoring.feeds import list_gaps, shorten_labels
from shp_analysis.readers.readers import RecordTable
from shp_analysis.store.store import Store


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


CHANGE_OF_ROWS_TOLD = 0.05
"""A part is told whose rows changed by more than this share; published months are revised a little all the time."""
FEWEST_ROWS_CHANGED = 10
"""Fewer rows more or less are no news, whatever their share."""
FEWEST_RECORDS_OF_A_CODE = 20
"""A code with fewer records in the earlier release may be absent from the newer one by chance."""
LIKENESS_OF_A_RENAMED_HEADING = 0.7
"""Two headings as alike as this, one gone and one new, are told as one that was renamed."""
_MOST_NAMED = 8


@dataclass(frozen=True)
class ReleaseChange:
    """How the newest release of a table differs from the one before.

    Attributes
    ----------
    table, unit : str
    newer_file, older_file : str
    received_on : date
        Of the newer.
    headings_added, headings_removed : tuple of str
    headings_renamed : tuple of (str, str)
        From and to: by their likeness, or because one stands where the other stood.
    codes_new, codes_gone : mapping of str to tuple of str
        By column, of the columns that indicators may filter by. New: in no earlier release.
    rows_changed : mapping of str to (int, int)
        Parts of both whose rows differ by more than a little: before and now.
    parts_gone : tuple of str
        Parts of the earlier release that lie inside the newer one's span and are not in it.
    """

    table: str
    unit: str
    newer_file: str
    older_file: str
    received_on: date
    headings_added: tuple[str, ...] = ()
    headings_removed: tuple[str, ...] = ()
    headings_renamed: tuple[tuple[str, str], ...] = ()
    codes_new: Mapping[str, tuple[str, ...]] | None = None
    codes_gone: Mapping[str, tuple[str, ...]] | None = None
    rows_changed: Mapping[str, tuple[int, int]] | None = None
    parts_gone: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """What changed, a sentence a change; empty where nothing did."""
        told = [f"Heading renamed: '{before}' is now '{now}'." for before, now in self.headings_renamed]
        told += [f"{word}: {_name(each)}." for word, each in self._lists() if each]
        told += [f"New in {column}: {_name(codes)}." for column, codes in (self.codes_new or {}).items()]
        told += [f"No longer in {column}: {_name(codes)}." for column, codes in (self.codes_gone or {}).items()]
        changed = [f"{part} {_say_change(*rows)}" for part, rows in (self.rows_changed or {}).items()]
        if changed:
            told.append(f"Rows changed: {_name(changed, separator='; ')}.")
        if self.parts_gone:
            told.append(f"Was there before and is not now: {shorten_labels(self.parts_gone)}.")
        return tuple(told)

    def as_record(self) -> dict[str, Any]:
        """Write the change as plain values."""
        return {
            "table": self.table,
            "unit": self.unit,
            "newer_file": self.newer_file,
            "older_file": self.older_file,
            "received_on": self.received_on.isoformat(),
            "headings_added": list(self.headings_added),
            "headings_removed": list(self.headings_removed),
            "headings_renamed": [{"from": before, "to": now} for before, now in self.headings_renamed],
            "codes_new": {column: list(codes) for column, codes in (self.codes_new or {}).items()},
            "codes_gone": {column: list(codes) for column, codes in (self.codes_gone or {}).items()},
            "rows_changed": [
                {"period": part, "before": before, "now": now}
                for part, (before, now) in (self.rows_changed or {}).items()
            ],
            "parts_gone": list(self.parts_gone),
            "sentences": list(self.sentences),
        }

    def _lists(self) -> tuple[tuple[str, Sequence[str]], ...]:
        return (("Headings added", self.headings_added), ("Headings removed", self.headings_removed))


def list_changes(store: Store, pairs: Sequence[ReleasePair], *, as_of: date | None = None) -> tuple[ReleaseChange, ...]:
    """Compare every newest release with the one before it.

    Parameters
    ----------
    store : Store
    pairs : sequence of ReleasePair
        From `releases.pair_releases`.
    as_of : date, optional

    Returns
    -------
    tuple of ReleaseChange
        Those that differ in something.
    """
    headings = store.read_headings()
    found = (_compare(store, pair, headings, as_of) for pair in pairs if pair.has_older)
    return tuple(change for change in found if change.sentences)


def compare_headings(
    before: Sequence[str], now: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Say which headings were added, which removed and which renamed.

    Parameters
    ----------
    before, now : sequence of str
        In the order of the files.

    Returns
    -------
    added, removed : tuple of str
    renamed : tuple of (str, str)
        One that is gone and one that is new, which stand in the same place or are alike; from and to.
    """
    gone = [each for each in before if each not in now]
    new = [each for each in now if each not in before]
    renamed = []
    for old in gone:
        place = before.index(old)
        near = [each for each in new if now.index(each) == place and len(before) == len(now)] or [
            each for each in new if _likeness(old, each) >= LIKENESS_OF_A_RENAMED_HEADING
        ]
        if near:
            best = max(near, key=lambda each: _likeness(old, each))
            renamed.append((old, best))
            new.remove(best)
    named = {old for old, _ in renamed}
    return tuple(new), tuple(old for old in gone if old not in named), tuple(renamed)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio()


def _compare(store: Store, pair: ReleasePair, headings: pd.DataFrame, as_of: date | None) -> ReleaseChange:
    lists = [_find_headings(headings, parts, pair.table.name) for parts in (pair.older, pair.newer)]
    added, removed, renamed = compare_headings(*lists) if all(lists) else ((), (), ())
    codes_new, codes_gone = _compare_codes(store, pair, as_of)
    return ReleaseChange(
        table=pair.table.name,
        unit=pair.unit_in_words,
        newer_file=name_files(pair.newer),
        older_file=name_files(pair.older),
        received_on=pair.newer["received_on"].max(),
        headings_added=added,
        headings_removed=removed,
        headings_renamed=renamed,
        codes_new=codes_new,
        codes_gone=codes_gone,
        rows_changed=_compare_rows(pair),
        parts_gone=_find_gone(pair),
    )


def _find_headings(headings: pd.DataFrame, parts: pd.DataFrame, table: str) -> tuple[str, ...]:
    """Give the headings that the last part of a release came with."""
    last = parts.sort_values(["period", "sequence"]).iloc[-1]
    mine = headings[(headings["sha256"] == last["sha256"]) & (headings["member"] == last["member"])]
    rows = [found for tables, found in zip(mine["tables"], mine["headings"], strict=True) if table in tables]
    return rows[0] if rows else ()


def _compare_rows(pair: ReleasePair) -> dict[str, tuple[int, int]]:
    sums = [parts.groupby("period")["rows"].sum() for parts in _common_parts(pair)]
    return {
        str(period): (int(before), int(now))
        for period, before, now in pd.concat(sums, axis="columns", join="inner").itertuples(name=None)
        if abs(now - before) >= FEWEST_ROWS_CHANGED and abs(now - before) > CHANGE_OF_ROWS_TOLD * before
    }


def _common_parts(pair: ReleasePair) -> tuple[pd.DataFrame, pd.DataFrame]:
    keys = pair.older[["unit", "period"]].merge(pair.newer[["unit", "period"]]).drop_duplicates()
    return pair.older.merge(keys), pair.newer.merge(keys)


def _find_gone(pair: ReleasePair) -> tuple[str, ...]:
    gone: set[str] = set()
    for unit, now in pair.newer.groupby("unit"):
        before = set(pair.older.loc[pair.older["unit"] == unit, "period"])
        gone |= before & set(list_gaps(pair.table.frequency, sorted(set(now["period"]))))
    return tuple(sorted(gone))


def _compare_codes(
    store: Store, pair: ReleasePair, as_of: date | None
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    new: dict[str, tuple[str, ...]] = {}
    gone: dict[str, tuple[str, ...]] = {}
    for table, column in _coded_columns(pair.table.name):
        if any(store.parts_held(name, as_of=as_of).empty for name in table.stored):
            continue  # it is counted together with a table that has not come
        counts = _count_codes(store, table, column, pair, as_of)
        newer = set(pair.newer["sha256"])
        now, before, ever = (
            counts[counts["sha256"].isin(files)].groupby("code")["records"].sum()
            for files in (newer, set(pair.older["sha256"]), set(counts["sha256"]) - newer)
        )
        if now.empty:
            continue  # it says nothing that can be counted yet, such as casualties without their collisions
        new[column] = tuple(sorted(set(now.index) - set(ever.index)))
        often = before[before >= FEWEST_RECORDS_OF_A_CODE]
        gone[column] = tuple(sorted(set(often.index) - set(now.index)))
    return {key: each for key, each in new.items() if each}, {key: each for key, each in gone.items() if each}


def _coded_columns(name: str) -> Iterator[tuple[CountedTable, str]]:
    """Give the columns that indicators may filter by, of the counted table that is made of a stored one."""
    for table in COUNTED_TABLES.values():
        if table.stored[0] == name:
            yield from ((table, column) for column in table.filters if column not in table.parts.unit_columns)
            return


def _count_codes(store: Store, table: CountedTable, column: str, pair: ReleasePair, as_of: date | None) -> pd.DataFrame:
    holders = ", ".join("?" * len(pair.units))
    sql = (
        f"SELECT sha256, CAST({column} AS VARCHAR) AS code, count(*) AS records FROM ({table.sql}) "
        f"WHERE part_unit IN ({holders}) AND {column} IS NOT NULL GROUP BY ALL"
    )
    return store.query(table.stored, sql, pair.units, as_of=as_of, every_release=True)


def _say_change(before: int, now: int) -> str:
    percent = f" ({100 * (now / before - 1):+.0f}%)" if before else ""
    return f"from {before:,} to {now:,}{percent}"


def _name(words: Sequence[str], separator: str = ", ") -> str:
    more = f" and {len(words) - _MOST_NAMED} more" if len(words) > _MOST_NAMED else ""
    return separator.join(words[:_MOST_NAMED]) + more
