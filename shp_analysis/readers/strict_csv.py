"""Reading a CSV strictly, as text, with a refusal that names the row; and finding one of several CSVs by its headings.

Messages do not quote such a cell: it may be a partner's, and hold what must not be told.

A lenient reader fills a short row with blanks and renames a repeated heading, and the wrong number appears three
rooms later. Here every row has as many cells as there are headings, and the headings are the publisher's own.

Reference tables (populations, deprivation, households) are published one by one and kept together in a folder or zip:
the reader of one table passes the others over, and refuses two of its own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow
from pandera.errors import SchemaErrors
from pyarrow import compute
from pyarrow import csv as arrow_csv

from shp_analysis.errors import SourceError, suggest

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


FIRST_DATA_ROW = 2
"""Rows are numbered as a spreadsheet shows them: the headings are row 1."""
LONGEST_LINE_BYTES = 1 << 16
"""The longest published rows, of residents by single year of age, have about a thousand bytes."""
MOST_COLUMNS = 1_000
_BLOCK_BYTES = 1 << 18
"""As much of a file as is parsed at a time: what stays in the processor's cache is parsed fastest."""
_LINE_END = re.compile(r"\r\n|\n|\r")


def read_strict_csv(
    content: bytes, columns: Mapping[str, str], label: str, *, first_row: int = FIRST_DATA_ROW, formulas: bool = False
) -> pd.DataFrame:
    """Read a CSV's bytes into a frame of text, under tidy column names.

    Parameters
    ----------
    content : bytes
        UTF-8, with or without a byte-order mark; either kind of line end, also after the last row.
    columns : mapping of str to str
        The publisher's headings in the published order, each with its tidy name. All must be there, no other may be;
        another order is free unless it is that of two columns alone, which says nothing of what is below them.
    label : str
        How messages name the file.
    first_row : int
        The number of the first row after the headings, where `content` is a piece of a file.
    formulas : bool
        Whether formulas are let through, for a reader that refuses them in words of its own.

    Returns
    -------
    pandas.DataFrame
        Text columns in the order of `columns`; an empty cell is missing. The index is the spreadsheet row number.

    Raises
    ------
    SourceError
        Where the file is empty, is not UTF-8, has other headings or two in each other's place, has cells that only
        look right (`odd_cells`), has a row of another length or one that goes on over
        several lines, or breaks off within its last row.
    """
    before = first_row - FIRST_DATA_ROW
    check_lengths(content, label, before)
    text = _decode(content, label, before)
    _check_headings(_read_headings(text, label), columns, label)
    _check_last_row(text, label, before)
    table = _parse(text, label, before, formulas=formulas)
    frame: pd.DataFrame = table.select(list(columns)).rename_columns(list(columns.values())).to_pandas()
    frame.index = pd.RangeIndex(first_row, first_row + len(frame))
    frame.attrs[SWAPPED] = find_swapped(_read_headings(text, label), list(columns))
    return frame


def check_lengths(content: bytes, label: str, before: int = 0) -> None:
    """Refuse a text with a line that no table has, or more columns than any, before it is parsed.

    Parameters
    ----------
    content : bytes
    label : str
        How messages name the file.
    before : int
        How many rows of the file stand before this piece of it.

    Raises
    ------
    SourceError
        Naming the row.
    """
    ends = np.flatnonzero(np.frombuffer(content, dtype=np.uint8) == ord("\n"))
    lengths = np.diff(ends, prepend=-1, append=len(content))
    if lengths.max(initial=0) > LONGEST_LINE_BYTES:
        row = int(lengths.argmax())
        message = (
            f"{label}: row {row + 1 + (before if row else 0)} has {lengths[row]:,} bytes; at most "
            f"{LONGEST_LINE_BYTES:,} are taken in one row. Use the file as published."
        )
        raise SourceError(message)
    columns = content[: lengths[0]].count(b",") + 1
    if columns > MOST_COLUMNS:
        message = (
            f"{label}: row 1 has {columns:,} columns; at most {MOST_COLUMNS:,} are taken. Use the file as published."
        )
        raise SourceError(message)


_CONTROL_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 127])
"""Signs that no published text holds; some of them count as spaces to one way of reading and not to another."""


def read_clean_csv(
    content: bytes, columns: Mapping[str, Any], headings: Collection[str], missing: Sequence[str] = ("",)
) -> arrow.Table | None:
    """Read a CSV that has nothing odd about its form, straight into typed columns; or say nothing at all.

    It never refuses: whatever is not plainly in order is left to `read_strict_csv`, which says what is wrong with it
    or finds that nothing is.

    Parameters
    ----------
    content : bytes
        Headings and whole rows.
    columns : mapping of str to pyarrow.DataType
        The headings to keep, in order, each with the type of its cells.
    headings : collection of str
        All headings that the file must have, kept or not, in any order.
    missing : sequence of str
        Cells that are missing.

    Returns
    -------
    pyarrow.Table or None
        One chunk, under the publisher's headings; None where there is any doubt.
    """
    first = content[: content.find(b"\n") + 1].rstrip(b"\r\n")
    found = first.decode("ascii", "replace").split(",")
    lines = content.count(b"\n")
    is_plain = (
        sorted(found) == sorted(headings)
        and set(columns) <= set(found)
        and content.endswith(b"\n")
        and not content.endswith((b"\n\n", b"\n\r\n"))
        and (b"\r" not in content or content.count(b"\r") == content.count(b"\r\n"))
        and len(content.translate(None, _CONTROL_BYTES)) == len(content)
        and _is_utf8(content)
        and not may_hold_odd_text(content)
        and find_swapped(found, list(headings)) is None
    )
    if not is_plain:
        return None
    try:
        table = arrow_csv.read_csv(
            arrow.BufferReader(content),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(ignore_empty_lines=False),
            convert_options=_conversion(columns, missing, list(columns)),
        )
    except arrow.ArrowInvalid:
        return None
    # As in _check_row_count: a quotation mark may have swallowed a line end.
    if table.num_rows != lines - 1:
        return None
    table = table.unify_dictionaries().combine_chunks()
    return None if may_hold_odd_cells(table) else trim_ends(table)


def read_numbers(cells: pd.Series, pattern: str) -> pd.Series:
    """Read the numbers among cells: those wholly like a pattern that only numbers have; missing elsewhere."""
    text = arrow.array(cells.where(is_like(cells, pattern)), arrow.large_string(), from_pandas=True)
    return pd.Series(text.cast(arrow.float64()).to_numpy(zero_copy_only=False), cells.index)


@dataclass(frozen=True)
class Piece:
    """Whole rows of a large file, under its headings.

    Attributes
    ----------
    content : bytes
        A CSV in itself.
    first_row : int
        The number of its first row in the file.
    """

    content: bytes
    first_row: int


def split_csv(file: IO[bytes], size_bytes: int) -> Iterator[Piece]:
    """Read a large CSV in pieces of whole rows.

    Parameters
    ----------
    file : binary stream
    size_bytes : int
        About how large a piece is.

    Yields
    ------
    Piece
        Every row once; empty lines at the end of a piece are left to the next one, so that they are seen. A file
        without rows is one piece. The last piece ends as the file does.
    """
    headings = file.readline()
    rest, row = b"", FIRST_DATA_ROW
    while block := file.read(size_bytes):
        rows = rest + block
        end = len(rows[: rows.rfind(b"\n") + 1].rstrip(b"\r\n"))
        end = rows.find(b"\n", end) + 1 if end else 0
        rest = rows[end:]
        if end:
            yield Piece(headings + rows[:end], row)
            row += rows.count(b"\n", 0, end)
    if rest or row == FIRST_DATA_ROW:
        yield Piece(headings + rest, row)


def is_like(cells: pd.Series, pattern: str) -> pd.Series:
    """Say of every cell whether it is wholly like a pattern (in RE2's words), for the checks of a schema.

    The same as `str.fullmatch`, which looks each time whether its engine knows the pattern.
    """
    text = arrow.array(cells, arrow.large_string(), from_pandas=True)
    found = compute.match_substring_regex(text, rf"\A(?:{pattern})\z").fill_null(False)
    return pd.Series(found.to_numpy(zero_copy_only=False), cells.index)


def check_records(frame: pd.DataFrame, schema: pa.DataFrameSchema, label: str) -> pd.DataFrame:
    """Validate records against a pandera schema and turn its first complaint into a sentence.

    Parameters
    ----------
    frame : pandas.DataFrame
        Indexed by spreadsheet row.
    schema : pandera.DataFrameSchema
        Its columns' `description` says what is allowed; its `title` is the publisher's heading.
    label : str
        How messages name the file.

    Returns
    -------
    pandas.DataFrame
        The records with the schema's types.

    Raises
    ------
    SourceError
        Naming the file, the row, the column, the value, what was allowed, and how many more rows are wrong.
    """
    try:
        checked = schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        raise SourceError(_describe_failures(error, frame, schema, label)) from error
    if swapped := frame.attrs.get(SWAPPED):
        raise SourceError(describe_swapped(swapped, label))
    return _without_spaces(checked)


def _without_spaces(frame: pd.DataFrame) -> pd.DataFrame:
    """Take spaces off the ends of texts that are allowed with them: a name with one would be another name."""
    for name in frame.columns:
        if frame[name].dtype == "str" and frame[name].str.contains(r"^\s|\s$", regex=True, na=False).any():
            frame = frame.assign(**{name: frame[name].str.strip()})
    return frame


def _is_utf8(content: bytes) -> bool:
    try:
        return content.isascii() or bool(content.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _conversion(types: Mapping[str, Any], missing: Sequence[str] = ("",), kept: Sequence[str] = ()) -> Any:  # noqa: ANN401 - pyarrow publishes no type
    return arrow_csv.ConvertOptions(
        column_types=types, strings_can_be_null=True, null_values=list(missing), include_columns=list(kept)
    )


def _decode(content: bytes, label: str, before: int) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = before + content.count(b"\n", 0, error.start) + 1
        message = (
            f"{label}: row {row} holds the byte 0x{content[error.start]:02x}, which is not UTF-8 text. The file was "
            "probably saved again by a spreadsheet: use the file as published."
        )
        raise SourceError(message) from error
    if not text.strip():
        message = f"{label}: the file is empty. Fetch it again."
        raise SourceError(message)
    if "\x00" in text:
        row = before + text.count("\n", 0, text.index("\x00")) + 1
        message = f"{label}: row {row} holds a NUL byte, so this is not a CSV. Fetch it again."
        raise SourceError(message)
    return text


def _read_headings(text: str, label: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text), strict=True))
    except (csv.Error, StopIteration) as error:
        message = f"{label}: row 1 cannot be read as headings ({error}). Use the file as published."
        raise SourceError(message) from error


def _check_headings(found: list[str], columns: Mapping[str, str], label: str) -> None:
    repeated = sorted({heading for heading in found if found.count(heading) > 1})
    missing = [heading for heading in columns if heading not in found]
    extra = [heading for heading in found if heading not in columns]
    complaints = []
    if repeated:
        complaints.append(f"column {', '.join(map(repr, repeated))} is there more than once")
    for heading in missing:
        near = suggest(heading, extra)
        complaints.append(f"column '{heading}' is missing" + (f" (is it now {near[13:-1]!r}?)" if near else ""))
    if extra and not missing:
        complaints.append(f"column {', '.join(map(repr, extra))} is not known")
    if complaints:
        message = (
            f"{label}: row 1: {'; '.join(complaints)}. Expected: {', '.join(columns)}. If the publisher changed "
            "the layout, the reader must be taught the new one first; otherwise use the file as published."
        )
        raise SourceError(message)


def _check_last_row(text: str, label: str, before: int) -> None:
    # A cut within the last cell of a row leaves the row its length, and what is left may be allowed.
    if not text.endswith(("\n", "\r")):
        row = before + len(_LINE_END.findall(text)) + 1
        last = text[max(text.rfind("\n"), text.rfind("\r")) + 1 :]
        message = (
            f"{label}: row {row}, the last, does not end with a line break (it ends {last[-40:]!r}). The file was "
            "probably cut short: fetch it again."
        )
        raise SourceError(message)


def _parse(text: str, label: str, before: int, *, formulas: bool) -> arrow.Table:
    bad_rows: list[Any] = []

    def keep(row: Any) -> str:  # noqa: ANN401 - pyarrow publishes no type
        bad_rows.append(row)
        return "skip"

    text = text.rstrip("\r\n") + "\n"
    headings = next(csv.reader(io.StringIO(text)))
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(text.encode("utf-8")),
            read_options=arrow_csv.ReadOptions(use_threads=False),
            parse_options=arrow_csv.ParseOptions(invalid_row_handler=keep, ignore_empty_lines=False),
            convert_options=_conversion(dict.fromkeys(headings, arrow.string())),
        )
    except arrow.ArrowInvalid as error:
        raise SourceError(f"{label}: cannot be read as a CSV ({error}). Use the file as published.") from error
    if bad_rows:
        first = bad_rows[0]
        message = (
            f"{label}: row {before + first.number} has {first.actual_columns} cells where the headings are "
            f"{first.expected_columns} (it begins {first.text[:60]!r}). The file was probably cut short or edited: "
            "fetch it again."
        )
        raise SourceError(message)
    _check_row_count(table, text, label)
    check_cells(table, text, lambda row: f"{label}: row {before + FIRST_DATA_ROW + row}", formulas=formulas)
    return table


def _check_row_count(table: arrow.Table, text: str, label: str) -> None:
    # A stray quotation mark swallows line ends until the next one, and two rows become one of the right length.
    lines = len(_LINE_END.findall(text)) - 1
    if table.num_rows != lines:
        message = (
            f"{label}: {lines:,} lines follow the headings, and they read as {table.num_rows:,} rows: a quotation mark "
            "opens in one line and closes in another. Use the file as published."
        )
        raise SourceError(message)


def _describe_failures(error: SchemaErrors, frame: pd.DataFrame, schema: pa.DataFrameSchema, label: str) -> str:
    failures = error.failure_cases
    rows = failures.dropna(subset=["index"]).sort_values("index", kind="stable")
    failure = (rows if len(rows) else failures).iloc[0]
    column = schema.columns[str(failure["column"])] if failure["column"] in schema.columns else None
    heading = column.title if column is not None and column.title else failure["column"]
    allowed = column.description if column is not None and column.description else failure["check"]
    where = f"row {int(failure['index'])}, " if pd.notna(failure["index"]) else ""
    # The cell as the file has it: the failure case may be a number that was made of it.
    cell = frame.loc[failure["index"], failure["column"]] if where and column is not None else failure["failure_case"]
    value = "nothing" if pd.isna(cell) else repr(str(cell)[:80])
    more = rows["index"].nunique() - 1
    others = f" {more:,} more row{'s are' if more > 1 else ' is'} wrong." if more > 0 else ""
    return f"{label}: {where}column '{heading}' says {value}; allowed: {allowed}.{others} Use the file as published."


_CERTAIN = "‘’“”–—"
"""Typographic signs that a spreadsheet puts into names, beside letters with accents."""


def read_headings(content: bytes) -> tuple[str, ...]:
    """Read the headings of a CSV for choosing its columns; what is wrong with them is the strict reader's to tell."""
    line = content.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace").strip("\r")
    try:
        return tuple(next(csv.reader([line]), []))
    except csv.Error:
        return ()


def repair_encoding(content: bytes, label: str) -> bytes:
    """Turn text that a spreadsheet saved as Windows-1252 into UTF-8, where it can be nothing else.

    Raises
    ------
    SourceError
        Where the bytes that are not ASCII would be anything but letters, typographic quotation marks and dashes.
    """
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
        odd = next((sign for sign in text if not sign.isascii() and not sign.isalpha() and sign not in _CERTAIN), None)
        if odd is None:
            return text.encode("utf-8")
        row = text.count("\n", 0, text.index(odd)) + 1
        message = (
            f"{label}: row {row} is neither UTF-8 nor Windows-1252 text (it holds {odd!r}). Use the file as published."
        )
        raise SourceError(message) from None
    return content
