"""Cells and headings that look right and are not: invisible signs, look-alike digits, formulas, swapped names.

Messages do not quote such a cell: it may be a partner's, and hold what must not be told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pyarrow as arrow
from pyarrow import compute

from shp_analysis.errors import SourceError

FEWEST_COLUMNS = 4
"""Where there are fewer columns, the others say nothing of what was done to two of them."""
SWAPPED = "swapped_headings"
"""The attribute of a frame that names two headings which stand in each other's place."""
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_OTHER_DIGITS = "\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19"
_FOOTNOTE = "[^mM\\s][\u00b2\u00b3]|\\S[\u00b9\u2070\u2074-\u2079]"
"""A small digit behind a word or number; m\u00b2 and m\u00b3 are units."""
_FORMULA = r"\A\s*(?:[=@]|\+[0-9.,]*[^0-9.,eE\s])"
_REFUSED: tuple[tuple[str, str, str], ...] = (
    (f"[{_INVISIBLE}]", f"[{_INVISIBLE}]", "holds a sign that cannot be seen"),
    (f"[{_OTHER_DIGITS}]", f"[{_OTHER_DIGITS}]", "holds digits of another script"),
    (f"[{_SPACES}]", rf"\A[{_SPACES}]|[{_SPACES}]\z", "begins or ends with a space that does not break"),
    (r'(?:(?<=[,"\r\n])|\A)\s*[=@+]', _FORMULA, "is a formula"),
)
"""How to find such a cell in a text, and in a column; and what to say of it."""
_RAISED = (_FOOTNOTE, _FOOTNOTE, "has the small digit of a footnote behind it, which is to be taken out")
"""Of a CSV; in a workbook it is taken off (`sheet_runs`)."""
_DOUBTFUL = rf"\A[\s=@+{_SPACES}]|[\t\r\n{_SPACES}]\z|[{_INVISIBLE}{_OTHER_DIGITS}]|{_FOOTNOTE}"


def may_hold_odd_cells(table: arrow.Table) -> bool:
    """Say whether the words of any dictionary column may be odd, or begin with a space; of those columns alone."""
    for column in table.columns:
        if arrow.types.is_dictionary(column.type):
            words = column.combine_chunks().dictionary
            if compute.any(compute.match_substring_regex(words, _DOUBTFUL)).as_py():
                return True
    return False


def may_hold_odd_text(content: bytes) -> bool:
    """Say whether any column of a CSV in UTF-8, read or not, may hold an odd cell."""
    if content.isascii() and not any(sign in content for sign in (b"=", b"@", b"+")):
        return False
    text = content.decode("utf-8")
    return any(re.search(in_text, text) for in_text, *_ in (_RAISED, *_REFUSED))


def trim_ends(table: arrow.Table) -> arrow.Table:
    """Take spaces off the ends of the words of dictionary columns, as published models of vehicles have."""
    for number, column in enumerate(table.columns):
        if arrow.types.is_dictionary(column.type):
            cells = column.combine_chunks()
            if compute.any(compute.ends_with(cells.dictionary, " ")).as_py():
                trimmed = compute.utf8_rtrim(cells.cast(arrow.string()), " ")
                table = table.set_column(number, table.field(number), trimmed.dictionary_encode())
    return table


def check_cells(table: arrow.Table, text: str, name_row: Callable[[int], str], *, formulas: bool = False) -> None:
    """Refuse cells of a CSV that only look right.

    Parameters
    ----------
    table : pyarrow.Table
        Text.
    text : str
        The CSV that it was read from.
    name_row : callable
        Says where a row of the table is, for messages: `file.csv: row 7`.
    formulas : bool
        Whether formulas are let through, for readers that refuse them in words of their own.

    Raises
    ------
    SourceError
        Naming the row and the column.
    """
    for in_text, in_cell, what in (_RAISED, *_REFUSED[: -1 if formulas else None]):
        if re.search(in_text, text):
            _check_columns(table, in_cell, what, name_row)


def check_cell(cell: str, where: str, *, formulas: bool = False) -> None:
    """Refuse one cell of a sheet that only looks right.

    Raises
    ------
    SourceError
        As `check_cells`.
    """
    if not formulas and re.search(_FORMULA, cell):
        raise SourceError(f"{where} is a formula. Use the file as published.")
    if not cell.isascii():
        for _, pattern, what in _REFUSED[:-1]:
            if re.search(pattern.replace(r"\z", r"\Z"), cell):
                raise SourceError(f"{where} {what}. Use the file as published.")


def check_digits(cell: str, where: str) -> None:
    """Refuse digits of another script, which look like a number and may be read as nothing."""
    if not cell.isascii() and re.search(f"[{_OTHER_DIGITS}]", cell):
        raise SourceError(f"{where} holds digits of another script. Use the file as published.")


def find_swapped(found: Sequence[str], published: Sequence[str]) -> tuple[str, str] | None:
    """Find two columns that stand in each other's place while all others stand where they are published.

    Whether the columns were moved or only their headings cannot be told where both are of one kind. Columns in a
    wholly other order were moved by a program, with their headings.

    Parameters
    ----------
    found, published : sequence of str
        Names of columns from left to right; those that are not in both are passed over.

    Returns
    -------
    tuple of (str, str) or None
    """
    here = [name for name in found if name in published]
    there = [name for name in published if name in here]
    apart = [n for n, (one, other) in enumerate(zip(here, there, strict=False)) if one != other]
    is_one_swap = len(here) == len(there) >= FEWEST_COLUMNS and len(apart) == 2  # noqa: PLR2004 - a pair
    return (here[apart[0]], here[apart[1]]) if is_one_swap else None


def describe_swapped(swapped: tuple[str, str], label: str, row: int = 1) -> str:
    """Say that two columns stand in each other's place."""
    return (
        f"{label}: row {row}: column '{swapped[0]}' and column '{swapped[1]}' stand in each other's place. Whether the "
        "columns or only their headings were swapped cannot be told. Use the file as published."
    )


def _check_columns(table: arrow.Table, pattern: str, what: str, name_row: Callable[[int], str]) -> None:
    for name in table.column_names:
        is_odd = compute.match_substring_regex(table.column(name), pattern).fill_null(False)
        found = compute.index(is_odd, True).as_py()
        if found >= 0:
            raise SourceError(f"{name_row(found)}, column '{name}' {what}. Use the file as published.")
