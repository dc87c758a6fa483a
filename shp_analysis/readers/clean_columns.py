"""Checking a whole column by its distinct values, under the very rules that a strict reading holds it to.

A file of a million rows says the same few words over and over. Where every distinct word of every column is allowed,
so is every cell, and the slow way round - a frame of text, checked cell by cell, with a sentence for the first that is
wrong - can be left out. Nothing here refuses anything: a doubt sends the file the slow way.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow
from pyarrow import compute

WORDS = arrow.dictionary(arrow.int32(), arrow.string())
"""The type of a column that says the same words over and over."""
MOST_LISTED_WORDS = 2_000
"""Columns of more distinct words than this are checked whole; the words of others are remembered once accepted."""
MOST_REMEMBERED_WORDS = 100_000


class _Accepted:
    """What a check has accepted already, in earlier files: words, and numbers from the least to the greatest."""

    def __init__(self, check: pa.Check) -> None:
        self._check = check
        self._words: set[str] = set()
        self._numbers: tuple[float, float] | None = None

    def accepts_words(self, words: Sequence[str]) -> bool:
        new = [word for word in words if word not in self._words]
        if new and not _passes(self._check, pd.Series(new, dtype="str")):
            return False
        if len(self._words) > MOST_REMEMBERED_WORDS:
            self._words = set()
        self._words.update(new)
        return True

    def accepts_numbers(self, least: float, greatest: float) -> bool:
        low, high = self._numbers or (least, greatest)
        if self._numbers and low <= least and greatest <= high:
            return True
        wider = min(low, least), max(high, greatest)
        if _passes(self._check, pd.Series(wider)):
            self._numbers = wider
            return True
        return False


_accepted: dict[int, _Accepted] = {}
"""By the check's identity, as checks of one name compare as equal; `_Accepted` keeps the check, and so its identity."""


def is_column_allowed(column: arrow.ChunkedArray, checks: Sequence[pa.Check], *, is_nullable: bool) -> bool:
    """Say whether every cell of a column is allowed.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        One chunk of text, of `WORDS`, or of numbers.
    checks : sequence of pandera.Check
        Those of the strict schema. They look at one cell at a time; limits to numbers are one range.
    is_nullable : bool
        Whether a cell may be missing.

    Returns
    -------
    bool
        False may also mean that it cannot be said.
    """
    if column.null_count and not is_nullable:
        return False
    cells = column.combine_chunks()
    if arrow.types.is_floating(cells.type):
        return _are_numbers_allowed(cells, checks)
    distinct = cells.dictionary if arrow.types.is_dictionary(cells.type) else cells.drop_null()
    if len(distinct) <= MOST_LISTED_WORDS:
        words = distinct.to_pylist()
        return all(_remember(check).accepts_words(words) for check in checks)
    cells = distinct.to_pandas()
    return all(_passes(check, cells) for check in checks)


def is_known_word(table: arrow.Table, name: str, word: str) -> bool:
    """Say whether any cell of a column of `WORDS` holds a word."""
    distinct = table.column(name).combine_chunks().dictionary
    return bool(compute.any(compute.match_substring(distinct, word)).as_py())


def constant(word: str, rows: int) -> arrow.DictionaryArray:
    """Build a column that says one word in every row."""
    return arrow.DictionaryArray.from_arrays(arrow.repeat(arrow.scalar(0, arrow.int32()), rows), [word])


def translate(cells: arrow.DictionaryArray, words: arrow.Array) -> arrow.DictionaryArray:
    """Put other words in the place of a column's own.

    Parameters
    ----------
    cells : pyarrow.DictionaryArray
    words : pyarrow.Array
        One for each word of the dictionary; missing where there is none, and two may be the same.
    """
    encoded = words.cast(arrow.string()).dictionary_encode()
    return arrow.DictionaryArray.from_arrays(encoded.indices.take(cells.indices), encoded.dictionary)


def as_table(frame: pd.DataFrame, schema: arrow.Schema) -> arrow.Table:
    """Write a frame as a table of the same records, with the types that a store keeps them in."""
    table = arrow.Table.from_pandas(frame, preserve_index=False)
    columns = [_as_type(table.column(field.name), field.type) for field in schema]
    return arrow.Table.from_arrays(columns, schema=schema)


def _as_type(column: arrow.ChunkedArray, wanted: arrow.DataType) -> arrow.Array:
    if wanted == WORDS:
        return column.combine_chunks().cast(arrow.string()).dictionary_encode()
    return column.combine_chunks().cast(wanted)


def _are_numbers_allowed(cells: arrow.Array, checks: Sequence[pa.Check]) -> bool:
    if cells.null_count == len(cells):
        return True
    limits = compute.min_max(cells)
    least, greatest = limits["min"].as_py(), limits["max"].as_py()
    is_number = not compute.any(compute.is_nan(cells)).as_py()
    return is_number and all(_remember(check).accepts_numbers(least, greatest) for check in checks)


def _remember(check: pa.Check) -> _Accepted:
    return _accepted.setdefault(id(check), _Accepted(check))


def _passes(check: pa.Check, distinct: pd.Series) -> bool:
    return bool(check(distinct).check_passed)
