"""What goes wrong with workbooks and with maps."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from random import Random

from benchmarks.grids import Base, ErrorCell, Formula, Rows, show, write_csv, write_ods, write_xlsx, write_zip
from benchmarks.mutations import Effect, Kind, Make, Mutant, as_mutant, find_numbers
from benchmarks.mutations_files import BOMB_BYTES, bytes_kind

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def list_workbook_kinds() -> tuple[Kind, ...]:
    """Give the kinds that change workbooks and maps."""
    return (*_WORKBOOKS, *_MAPS)


def _workbook_kind(change: Callable[[Base, Rows, Random], Mutant | None]) -> Make:
    return lambda base, random: change(base, base.grid, random) if base.form in {"xlsx", "ods"} else None


def _put_in_number(*cells: Formula | ErrorCell | str, keep: bool = False) -> Make:
    def change(base: Base, rows: Rows, random: Random) -> Mutant | None:
        numbers = find_numbers(base)
        if not numbers:
            return None
        at = random.choice(numbers)
        n = random.choice([n for n in base.body if at < len(rows[n]) and isinstance(rows[n][at], int | float)] or [-1])
        if n < 0:
            return None
        value = rows[n][at]
        rows[n][at] = Formula("=1*1", value) if keep else random.choice(cells)  # type: ignore[arg-type]
        return as_mutant(base, rows)

    return _workbook_kind(change)


def _numbers_as_text(base: Base, rows: Rows, _: Random) -> Mutant | None:
    for n in base.body:
        rows[n] = [show(cell) if isinstance(cell, int | float) else cell for cell in rows[n]]
    return as_mutant(base, rows)


def _rename_sheet(base: Base, _: Rows, random: Random) -> Mutant:
    name = random.choice(["Sheet1", base.sheet + "x", base.sheet.upper() + " ", "2031_32"])
    sheets = {name if sheet == base.sheet else sheet: rows for sheet, rows in base.sheets.items()}
    return Mutant(base.name, (write_xlsx if base.form == "xlsx" else write_ods)(sheets))


def _drop_sheet(base: Base, _: Rows, __: Random) -> Mutant:
    sheets = {sheet: rows for sheet, rows in base.sheets.items() if sheet != base.sheet} or {"Sheet1": []}
    return Mutant(base.name, (write_xlsx if base.form == "xlsx" else write_ods)(sheets))


def _repeat_sheet(base: Base, rows: Rows, random: Random) -> Mutant:
    sheets = {**base.sheets, f"{base.sheet} (2)": rows}
    content = (
        write_xlsx(sheets, hidden=random.choice([(), (f"{base.sheet} (2)",)]))
        if base.form == "xlsx"
        else write_ods(sheets)
    )
    return Mutant(base.name, content)


def _hide(base: Base, _: Rows, __: Random) -> Mutant | None:
    if base.form != "xlsx":
        return None
    first = {"About": [["About this file"]], **base.sheets}
    return Mutant(base.name, write_xlsx(first, hidden=(base.sheet,)))


def _merge(base: Base, _: Rows, random: Random) -> Mutant | None:
    if base.form != "xlsx" or list(base.sheets)[-1] != base.sheet:
        return None
    row = random.choice(base.body) + 1
    return Mutant(base.name, write_xlsx(base.sheets, merged=(f"B{row}:C{row}",)))


def _edit_part(change: Callable[[dict[str, bytes], Random], None]) -> Make:
    def make(base: Base, random: Random) -> Mutant | None:
        if base.form not in {"xlsx", "ods"}:
            return None
        with zipfile.ZipFile(io.BytesIO(base.to_bytes())) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        before = dict(parts)
        change(parts, random)
        return None if parts == before else Mutant(base.name, write_zip(parts))

    return make


def _add_macro(parts: dict[str, bytes], _: Random) -> None:
    parts["xl/vbaProject.bin"] = _OLE + b"\x00" * 512


def _drop_part(parts: dict[str, bytes], random: Random) -> None:
    parts.pop(random.choice([name for name in parts if name.endswith((".xml", ".rels"))]))


def _cut_part(parts: dict[str, bytes], random: Random) -> None:
    name = random.choice([name for name in parts if name.endswith(".xml") and ("sheet" in name or "content" in name)])
    parts[name] = parts[name][: int(len(parts[name]) * random.uniform(0.3, 0.9))]


def _entity_bomb(parts: dict[str, bytes], _: Random) -> None:
    name = next(name for name in parts if name.endswith(("sheet1.xml", "content.xml")))
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE x [<!ENTITY e0 "lol">{lines}]>'.encode()
    text = re.sub(rb"^<\?xml[^>]*\?>\s*", b"", parts[name])
    parts[name] = head + text.replace(b"</v>", b"&e9;</v>", 1).replace(b"</text:p>", b"&e9;</text:p>", 1)


def _swell_part(parts: dict[str, bytes], _: Random) -> None:
    name = next(name for name in parts if name.endswith(("sheet1.xml", "content.xml")))
    parts[name] += b" " * BOMB_BYTES


_WORKBOOKS = tuple(
    Kind(name, "workbooks", make, effect)
    for name, make, effect in (
        ("a formula with its result", _put_in_number(keep=True), Effect.SAME),
        ("a formula nobody calculated", _put_in_number(Formula("=B2+C2"), Formula("=SUM(A1:A3)")), Effect.DAMAGE),
        ("an error in a cell", _put_in_number(*map(ErrorCell, ("#DIV/0!", "#REF!", "#N/A"))), Effect.DAMAGE),
        ("numbers stored as text", _workbook_kind(_numbers_as_text), Effect.SAME),
        ("a sheet renamed", _workbook_kind(_rename_sheet), Effect.DAMAGE),
        ("a sheet left out", _workbook_kind(_drop_sheet), Effect.DAMAGE),
        ("a sheet there twice", _workbook_kind(_repeat_sheet), Effect.SAME),
        ("a hidden sheet", _workbook_kind(_hide), Effect.SAME),
        ("merged cells", _workbook_kind(_merge), Effect.DAMAGE),
        ("a macro", _edit_part(_add_macro), Effect.SAME),
        ("a part of the workbook left out", _edit_part(_drop_part), Effect.SAME),
        ("a part of the workbook cut short", _edit_part(_cut_part), Effect.DAMAGE),
        ("an XML bomb", _edit_part(_entity_bomb), Effect.DAMAGE),
        ("a workbook that swells", _edit_part(_swell_part), Effect.DAMAGE),
        (
            "a workbook locked by a password",
            bytes_kind(lambda b, c, _: _OLE + c if b.form in {"xlsx", "ods"} else None),
            Effect.DAMAGE,
        ),
        (
            "a CSV called a workbook",
            bytes_kind(lambda b, _, __: write_csv(b.grid).encode() if b.form in {"xlsx", "ods"} else None),
            Effect.SAME,
        ),
        (
            "xlsx called ods, and the other way",
            bytes_kind(
                lambda b, _, __: (
                    {"xlsx": write_ods, "ods": write_xlsx}[b.form](b.sheets) if b.form in {"xlsx", "ods"} else None
                )
            ),
            Effect.SAME,
        ),
    )
)


def _map_kind(change: Callable[[str, Random], str]) -> Make:
    def make(base: Base, random: Random) -> Mutant | None:
        if base.form != "json":
            return None
        before = base.content.decode()
        after = change(before, random)
        return None if after == before else Mutant(base.name, after.encode())

    return make


def _nth(pattern: str, put: str) -> Callable[[str, Random], str]:
    def change(text: str, random: Random) -> str:
        found = random.choice(list(re.finditer(pattern, text)))
        return text[: found.start()] + found.expand(put) + text[found.end() :]

    return change


_PAIR = r"\[ (-?\d+\.\d+), (\d+\.\d+) \]"
_MAPS = tuple(
    Kind(name, "maps", _map_kind(change), effect)
    for name, change, effect in (
        ("latitude before longitude", lambda text, _: re.sub(_PAIR, r"[ \2, \1 ]", text), Effect.DAMAGE),
        ("one point the wrong way round", _nth(_PAIR, r"[ \2, \1 ]"), Effect.DAMAGE),
        ("a coordinate as text", _nth(_PAIR, r'[ "\1", \2 ]'), Effect.DAMAGE),
        ("a coordinate missing", _nth(_PAIR, r"[ \1 ]"), Effect.DAMAGE),
        ("a coordinate far away", _nth(_PAIR, r"[ \1, 9\2 ]"), Effect.DAMAGE),
        ("metres for degrees", _nth(_PAIR, "[ 352000.0, 383000.0 ]"), Effect.DAMAGE),
        ("a code left out", _nth(r'"WD25CD": "E\d+", ', ""), Effect.DAMAGE),
        (
            "a code there twice",
            lambda text, _: re.sub(r'"WD25CD": "E\d+"', '"WD25CD": "E05013169"', text, count=2),
            Effect.DAMAGE,
        ),
        ("infinite coordinates", _nth(_PAIR, r"[ NaN, \2 ]"), Effect.DAMAGE),
        (
            "no features",
            lambda text, _: re.sub(r'"features": \[.*\]', '"features": []', text, flags=re.DOTALL),
            Effect.DAMAGE,
        ),
        (
            "a feature left out",
            lambda text, _: "\n".join(text.split("\n")[:5] + text.split("\n")[6:]),
            Effect.PLAUSIBLE,
        ),
    )
)
