"""What goes wrong with whole files: their bytes, their names, and the archives they come in."""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
from collections.abc import Callable
from random import Random

from benchmarks.grids import Base, encode, write_csv, write_xlsx, write_zip
from benchmarks.mutations import Effect, Kind, Make, Mutant

_WEB_PAGE = b"<!DOCTYPE html>\n<html><head><title>404 Not found</title></head><body>Not found</body></html>\n"
BOMB_BYTES = 40 << 20


def list_file_kinds() -> tuple[Kind, ...]:
    """Give the kinds that change bytes, names and archives."""
    return (*_FORM, *_NAMES, *_ARCHIVES)


def bytes_kind(change: Callable[[Base, bytes, Random], bytes | None]) -> Make:
    """Make mutants by a change of bytes."""

    def make(base: Base, random: Random) -> Mutant | None:
        before = base.to_bytes()
        after = change(base, before, random)
        return None if after is None or after == before else Mutant(base.name, after)

    return make


def _text_kind(change: Callable[[Base, bytes, Random], bytes | None]) -> Make:
    return bytes_kind(lambda base, content, random: change(base, content, random) if base.is_text else None)


def _written(**options: str | bool) -> Make:
    def change(base: Base, _: bytes, __: Random) -> bytes:
        return encode(write_csv(base.sheets[""], base.newline, **options), base.encoding)  # type: ignore[arg-type]

    return _text_kind(change)


def _mix_line_ends(_: Base, content: bytes, random: Random) -> bytes:
    lines = content.replace(b"\r\n", b"\n").split(b"\n")
    return b"".join(line + random.choice([b"\n", b"\r\n"]) for line in lines[:-1])


def _to_cp1252(base: Base, content: bytes, random: Random) -> bytes | None:
    text = content.decode(base.encoding)
    words = list(re.finditer(r"[A-Za-z]{4,}", text[len(text) // 3 :]))
    if not words:
        return None
    at = len(text) // 3 + random.choice(words).end()
    return (text[:at] + random.choice("é–’£½ô") + text[at:]).encode("cp1252", "replace")


def _double_encode(base: Base, content: bytes, _: Random) -> bytes | None:
    text = content.decode(base.encoding)
    if text.isascii():
        at = text.find("\n") + 3
        text = text[:at] + "é" + text[at:]
    return text.encode("utf-8").decode("cp1252", "replace").encode("utf-8")


def _unbalance(_: Base, content: bytes, random: Random) -> bytes:
    at = content.find(b",", random.randrange(len(content) * 3 // 4)) + 1
    return content[:at] + b'"' + content[at:]


def _put_nul(_: Base, content: bytes, random: Random) -> bytes:
    at = random.randrange(len(content))
    return content[:at] + b"\x00" + content[at + 1 :]


def _cut_within_row(_: Base, content: bytes, random: Random) -> bytes | None:
    ends = [n for n in range(len(content) // 4, len(content) - 1) if content[n] not in b"\r\n"]
    return content[: random.choice(ends) + 1] if ends else None


def _cut_last_cell(_: Base, content: bytes, random: Random) -> bytes:
    return content.rstrip(b"\r\n")[: -random.choice([1, 2])]


def _cut_at_line_end(base: Base, content: bytes, random: Random) -> bytes | None:
    first = 0 if not base.is_grid else content.find(b"\n") + 1
    ends = [n for n in range(first, len(content) - 1) if content[n : n + 1] == b"\n"]
    return content[: random.choice(ends) + 1] if ends else None


def _flip_bytes(_: Base, content: bytes, random: Random) -> bytes:
    at = random.randrange(len(content) // 3, len(content) - 1)
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


_FORM = tuple(
    Kind(name, "form", make, effect)
    for name, make, effect in (
        ("byte-order mark", _text_kind(lambda _, c, __: b"\xef\xbb\xbf" + c), Effect.SAME),
        ("CP1252 text", _text_kind(_to_cp1252), Effect.PLAUSIBLE),
        ("UTF-8 taken for CP1252", _text_kind(_double_encode), Effect.PLAUSIBLE),
        (
            "UTF-16 text",
            _text_kind(lambda b, c, r: c.decode(b.encoding).encode(r.choice(["utf-16", "utf-16-le"]))),
            Effect.SAME,
        ),
        ("mixed line ends", _text_kind(_mix_line_ends), Effect.SAME),
        (
            "line ends of old Macs",
            _text_kind(lambda _, c, __: c.replace(b"\r\n", b"\n").replace(b"\n", b"\r")),
            Effect.SAME,
        ),
        ("no line end at the end", _text_kind(lambda _, c, __: c.rstrip(b"\r\n")), Effect.SAME),
        ("semicolons between cells", _written(delimiter=";"), Effect.SAME),
        ("tabs between cells", _written(delimiter="\t"), Effect.SAME),
        ("every cell in quotation marks", _written(quote_all=True), Effect.SAME),
        ("sep= above the headings", _text_kind(lambda _, c, __: b"sep=,\n" + c), Effect.SAME),
        (
            "a comma after every row",
            _text_kind(lambda b, c, _: c.replace(b.newline.encode(), b"," + b.newline.encode())),
            Effect.SAME,
        ),
        ("a quotation mark too many", _text_kind(_unbalance), Effect.DAMAGE),
        ("a NUL byte", _text_kind(_put_nul), Effect.DAMAGE),
        (
            "cut within a row",
            bytes_kind(lambda b, c, r: _cut_within_row(b, c, r) if b.form in {"csv", "json"} else None),
            Effect.DAMAGE,
        ),
        ("cut within the last cell", _text_kind(_cut_last_cell), Effect.DAMAGE),
        ("cut at a line end", _text_kind(_cut_at_line_end), Effect.PLAUSIBLE),
        ("half a file", bytes_kind(lambda _, c, r: c[: int(len(c) * r.uniform(0.2, 0.9))]), Effect.PLAUSIBLE),
        ("an empty file", bytes_kind(lambda *_: b""), Effect.DAMAGE),
        ("nothing but spaces", bytes_kind(lambda *_: b" \r\n \r\n"), Effect.DAMAGE),
        ("a web page", bytes_kind(lambda *_: _WEB_PAGE), Effect.DAMAGE),
        ("a web page after the file", _text_kind(lambda _, c, __: c + _WEB_PAGE), Effect.DAMAGE),
        ("the file twice, one after the other", _text_kind(lambda _, c, __: c + c), Effect.DAMAGE),
        ("a workbook called a CSV", _text_kind(lambda b, _, __: write_xlsx({"Sheet1": b.sheets[""]})), Effect.SAME),
        ("a gz file called a CSV", _text_kind(lambda _, c, __: gzip.compress(c)), Effect.SAME),
        (
            "a byte turned over",
            bytes_kind(lambda b, c, r: None if b.is_text or b.form == "json" else _flip_bytes(b, c, r)),
            Effect.DAMAGE,
        ),
    )
)

_OTHER_NAMES = (
    "2019-03-merseyside-street.csv",
    "Marac-data-2019-20.xlsx",
    "dft-road-casualty-statistics-casualty-2019.csv",
    "halton-idva-2023-24-Q1.csv",
    "PRSQ_Geographic_data_Apr11_to_Mar12.csv",
)


def _rename_period(base: Base, random: Random) -> Mutant | None:
    found = re.search(r"20\d{2}", base.name)
    if not found:
        return None
    year = str(int(found[0]) + random.choice([-1, 1, -5]))
    return Mutant(base.name.replace(found[0], year), base.to_bytes())


def _rename_publisher(base: Base, random: Random) -> Mutant | None:
    names = [name for name in _OTHER_NAMES if name.rsplit(".", 1)[1] == base.name.rsplit(".", 1)[-1]]
    return Mutant(random.choice(names), base.to_bytes()) if names else None


def _rename(change: Callable[[str, Random], str]) -> Make:
    return lambda base, random: Mutant(change(base.name, random), base.to_bytes())


def _copy_suffix(name: str, random: Random) -> str:
    stem, _, ending = name.partition(".")
    return stem + random.choice([" (1)", " - Copy", "_FINAL", "-v2"]) + "." + ending


_NAMES = (
    Kind("named after another period", "names", _rename_period, Effect.PLAUSIBLE),
    Kind("named like another publisher's", "names", _rename_publisher, Effect.PLAUSIBLE),
    Kind("a copy's name", "names", _rename(_copy_suffix), Effect.SAME),
    Kind("name in upper case", "names", _rename(lambda name, _: name.upper()), Effect.SAME),
    Kind(
        "another ending",
        "names",
        _rename(lambda name, random: name.rsplit(".", 1)[0] + random.choice([".txt", ".dat", ""])),
        Effect.SAME,
    ),
    Kind("a name of nothing", "names", _rename(lambda name, _: "download." + name.partition(".")[2]), Effect.PLAUSIBLE),
)


def _archive(build: Callable[[Base, Random], bytes | None]) -> Make:
    def make(base: Base, random: Random) -> Mutant | None:
        content = build(base, random)
        return None if content is None else Mutant("delivery.zip", content)

    return make


def _damage_crc(base: Base, _: Random) -> bytes:
    content = write_zip({base.name: base.to_bytes()}, packing=zipfile.ZIP_STORED)
    at = 30 + len(base.name.encode()) + len(base.to_bytes()) // 2
    return content[:at] + bytes([content[at] ^ 0x01]) + content[at + 1 :]


def _encrypt(base: Base, _: Random) -> bytes:
    content = bytearray(write_zip({base.name: base.to_bytes()}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.rfind(mark) if mark == b"PK\x01\x02" else content.find(mark)
        struct.pack_into("<H", content, at + offset, 1)
    return bytes(content)


def _twice(base: Base, _: Random) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for folder in ("a", "b"):
            archive.writestr(f"{folder}/{base.name}", base.to_bytes())
    return file.getvalue()


def _promise_less(base: Base, _: Random) -> bytes:
    content = bytearray(write_zip({base.name: base.to_bytes()}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.rfind(mark) + offset, len(base.to_bytes()) // 2)
    return bytes(content)


def _bomb(base: Base, _: Random) -> bytes:
    return write_zip({base.name: base.to_bytes() + b" " * BOMB_BYTES})


def _climb(base: Base, random: Random) -> bytes:
    way = random.choice(["../", "a/../../", "/etc/", "..\\", "C:\\"])
    return write_zip({way + base.name: base.to_bytes()})


def _zip_times(base: Base, times: int) -> bytes:
    content = write_zip({base.name: base.to_bytes()})
    for _ in range(times - 1):
        content = write_zip({"inner.zip": content})
    return content


def _link(target: str) -> Make:
    return lambda base, _: Mutant("readme.txt", b"two files\n", links=((base.name, target),))


_ARCHIVES = (
    Kind("zipped", "archives", _archive(lambda b, _: write_zip({b.name: b.to_bytes()})), Effect.SAME),
    Kind("zipped twice", "archives", _archive(lambda b, _: _zip_times(b, 2)), Effect.SAME),
    Kind("zipped three times", "archives", _archive(lambda b, _: _zip_times(b, 3)), Effect.DAMAGE),
    Kind(
        "zipped with twenty thousand empty files",
        "archives",
        _archive(lambda b, _: write_zip({b.name: b.to_bytes(), **{f"{n}.csv": b"" for n in range(20_000)}})),
        Effect.DAMAGE,
    ),
    Kind(
        "zipped with other files",
        "archives",
        _archive(lambda b, _: write_zip({b.name: b.to_bytes(), "readme.txt": "x", "picture.png": "y"})),
        Effect.SAME,
    ),
    Kind(
        "in a folder with other files",
        "archives",
        lambda b, _: Mutant(b.name, b.to_bytes(), (("readme.txt", b"x"),)),
        Effect.SAME,
    ),
    Kind(
        "a zip cut short",
        "archives",
        _archive(lambda b, r: (z := write_zip({b.name: b.to_bytes()}))[: int(len(z) * r.uniform(0.1, 0.95))]),
        Effect.DAMAGE,
    ),
    Kind("a zip with a wrong checksum", "archives", _archive(_damage_crc), Effect.DAMAGE),
    Kind("a zip that promises fewer bytes", "archives", _archive(_promise_less), Effect.DAMAGE),
    Kind("a zip locked by a password", "archives", _archive(_encrypt), Effect.DAMAGE),
    Kind("a zip bomb", "archives", _archive(_bomb), Effect.DAMAGE),
    Kind("a path that climbs out", "archives", _archive(_climb), Effect.DAMAGE),
    Kind("the file twice in one zip", "archives", _archive(_twice), Effect.DAMAGE),
    Kind(
        "the file twice in one folder",
        "archives",
        lambda b, _: Mutant(f"a/{b.name}", b.to_bytes(), ((f"b/{b.name}", b.to_bytes()),)),
        Effect.SAME,
    ),
    Kind(
        "a zip in a zip",
        "archives",
        _archive(lambda b, _: write_zip({"inner.zip": write_zip({b.name: b.to_bytes()})})),
        Effect.SAME,
    ),
    Kind("a link out of the folder", "archives", _link("/etc/hostname"), Effect.DAMAGE),
    Kind("a link to nothing", "archives", _link("nowhere.csv"), Effect.DAMAGE),
)
