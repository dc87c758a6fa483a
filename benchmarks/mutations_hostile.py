"""Footnote marks above the line, rows below a gap, and files that claim far more than they hold."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from random import Random
from xml.sax.saxutils import escape

from benchmarks.grids import Base, Rows, Value, show, write_csv, write_zip
from benchmarks.mutations import Effect, Kind, Make, Mutant, find_numbers, grid_kind
from benchmarks.mutations_files import bytes_kind

_MARK = "@@mark@@"
_RAISED = '<r><t>{}</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>{}</t></r>'
_DOCUMENT_TYPE = b'<!DOCTYPE x [<!ENTITY e "lol">]>'


def list_hostile_kinds() -> tuple[Kind, ...]:
    """Give the kinds of marks, gaps and hostile sizes."""
    return (*_MARKS, *_GAPS, *_SIZES)


def _read_parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _raise_mark(choose: Callable[[Base], list[int]]) -> Make:
    """Put a raised footnote mark behind a cell of an xlsx file, in its shared strings."""

    def make(base: Base, random: Random) -> Mutant | None:
        columns = choose(base) if base.form == "xlsx" else []
        if not columns:
            return None
        rows, at = base.grid, random.choice(columns)
        n = random.choice([n for n in base.body if at < len(rows[n]) and rows[n][at] not in {None, ""}] or [-1])
        if n < 0:
            return None
        shown = show(rows[n][at])
        rows[n] = [*rows[n][:at], _MARK, *rows[n][at + 1 :]]
        parts = _read_parts(base.with_grid(rows).to_bytes())
        strings = "xl/sharedStrings.xml"
        runs = _RAISED.format(escape(shown), random.choice(["1", "2", "12"])).encode()
        parts[strings] = parts[strings].replace(f"<t>{_MARK}</t>".encode(), runs)
        return Mutant(base.name, write_zip(parts))

    return make


def _list_words(base: Base) -> list[int]:
    return [n for n, cell in enumerate(base.grid[base.body.start]) if isinstance(cell, str)]


_MARKS = (
    Kind("a raised footnote mark on a number", "marks", _raise_mark(find_numbers), Effect.SAME),
    Kind("a raised footnote mark on a word", "marks", _raise_mark(_list_words), Effect.SAME),
)


def _part_table(base: Base, rows: Rows, random: Random) -> Rows | None:
    if len(base.body) < 2:  # noqa: PLR2004
        return None
    n = random.choice(base.body[1:])
    return [*rows[:n], [None] * len(rows[base.top]), *rows[n:]]


def _part_half_filled(base: Base, rows: Rows, random: Random) -> Rows | None:
    parted, numbers = _part_table(base, rows, random), find_numbers(base)
    if parted is None or not numbers or base.form == "json":
        return None
    last: list[Value] = [None] * len(rows[base.top])
    last[random.choice(numbers)] = "7"
    return [*rows[: base.body.stop], [None] * len(rows[base.top]), last, *rows[base.body.stop :]]


_GAPS = (
    Kind("an empty row parts the table", "gaps", grid_kind(_part_table), Effect.SAME),
    Kind("a number below an empty row", "gaps", grid_kind(_part_half_filled), Effect.DAMAGE),
)


def _change_sheet(change: Callable[[bytes], bytes]) -> Make:
    def make(base: Base, _: Random) -> Mutant | None:
        if base.form not in {"xlsx", "ods"}:
            return None
        parts = _read_parts(base.to_bytes())
        name = next(name for name in parts if name.endswith(("sheet1.xml", "content.xml")))
        after = change(parts[name])
        return None if after == parts[name] else Mutant(base.name, write_zip(parts | {name: after}))

    return make


def _claim_far_cell(sheet: bytes) -> bytes:
    far = b'<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'
    repeated = (
        b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="9" '
        b'office:value-type="float" office:value="1"/></table:table-row></table:table>'
    )
    return sheet.replace(b"</sheetData>", far).replace(b"</table:table>", repeated, 1)


def _declare_type(sheet: bytes) -> bytes:
    return _DOCUMENT_TYPE + re.sub(rb"^<\?xml[^>]*\?>\s*", b"", sheet)


def _add_parts(base: Base, content: bytes, _: Random) -> bytes | None:
    if base.form not in {"xlsx", "ods"}:
        return None
    return write_zip(_read_parts(content) | {f"junk/{n}.xml": b"" for n in range(20_000)})


def _text(change: Callable[[Base, bytes], bytes]) -> Make:
    return bytes_kind(lambda base, content, _: change(base, content) if base.is_text else None)


_SIZES = (
    Kind("a cell in the last corner of a sheet", "sizes", _change_sheet(_claim_far_cell), Effect.DAMAGE),
    Kind("a document type", "sizes", _change_sheet(_declare_type), Effect.DAMAGE),
    Kind("twenty thousand parts", "sizes", bytes_kind(_add_parts), Effect.DAMAGE),
    Kind("a row of ten million bytes", "sizes", _text(lambda _, c: c + b"7" * 10_000_000 + b"\n"), Effect.DAMAGE),
    Kind(
        "a hundred thousand columns",
        "sizes",
        _text(lambda b, _: write_csv([[*row, *["x"] * 100_000] for row in b.sheets[""][:3]], b.newline).encode()),
        Effect.DAMAGE,
    ),
    Kind("a million commas", "sizes", _text(lambda _, c: c + b"," * 1_000_000 + b"\n"), Effect.DAMAGE),
    Kind(
        "a gz file that swells",
        "sizes",
        bytes_kind(lambda b, c, _: gzip.compress(gzip.decompress(c) * 50_000, 9) if b.form == "csv.gz" else None),
        Effect.DAMAGE,
    ),
)
