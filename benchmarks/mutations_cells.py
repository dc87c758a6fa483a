"""What goes wrong with cells: what spreadsheets, people and other programs make of numbers, days, codes and words."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from benchmarks.grids import Base, Rows, Value, show
from benchmarks.mutations import Effect, Kind, find_columns, find_numbers, grid_kind

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})|(\d{4})-(\d{2})-(\d{2})")
_YEAR = re.compile(r"(19|20)\d{2}")
_PERIOD = re.compile(r"(\d{2}/\d{2}/)?(19|20)\d{2}([-/].{2,20})?")
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

Change = Callable[[str, Random], Value]


def _cell_kind(
    name: str,
    is_like: Callable[[str], bool],
    change: Change,
    *,
    effect: Effect = Effect.DAMAGE,
    share: float = 0.6,
    whole_column: bool = False,
) -> Kind:
    def alter(base: Base, rows: Rows, random: Random) -> Rows | None:
        columns = find_columns(base, is_like, share)
        if not columns:
            return None
        at = random.choice(columns)
        places = [n for n in base.body if at < len(rows[n]) and is_like(show(rows[n][at]))]
        for n in places if whole_column else random.sample(places, 1):
            rows[n] = [*rows[n][:at], change(show(rows[n][at]), random), *rows[n][at + 1 :]]
        return rows

    return Kind(name, "cells", grid_kind(alter), effect)


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell))


def _is_large(cell: str) -> bool:
    return _is_number(cell) and abs(float(cell)) >= 10  # noqa: PLR2004


def _is_code(cell: str) -> bool:
    return len(cell) > 5 and cell.isalnum() and any(sign.isdigit() for sign in cell) and not cell.isdigit()  # noqa: PLR2004


def _is_word(cell: str) -> bool:
    # A word that stands for a missing number is none.
    return bool(re.search(r"[A-Za-z]{3}", cell)) and not _is_code(cell) and cell not in {"NULL", "Suppressed"}


def _put(*values: Value) -> Change:
    return lambda _, random: random.choice(values)


def _group(cell: str, random: Random) -> str:
    sign = random.choice([",", " ", "\u202f", "'"])
    whole, dot, rest = cell.partition(".")
    return (f"{int(whole):,}".replace(",", sign) if len(whole.lstrip("-")) > 3 else f"1{sign}{whole.zfill(3)}") + (  # noqa: PLR2004
        dot + rest
    )


def _add_footnote(cell: str, random: Random) -> str:
    return cell + random.choice(["¹", "²", " [note 1]", "[r]", " (2)", "*", "p", "†"])


def _swap_day_and_month(cell: str, _: Random) -> str:
    found = _DAY.search(cell)
    if not found:
        return cell
    if found[1]:
        return cell.replace(found[0], f"{found[2]}/{found[1]}/{found[3]}")
    return cell.replace(found[0], f"{found[4]}-{found[6]}-{found[5]}")


def _change_number(cell: str, random: Random) -> str:
    return random.choice([cell[::-1] if cell[0] != "-" else cell[1:], cell + "0", cell[:-1] or "9", f"{cell[:-1]}7"])


def _swap_in_column(base: Base, rows: Rows, random: Random) -> Rows | None:
    numbers = find_numbers(base)
    if not numbers:
        return None
    at = random.choice(numbers)
    places = [n for n in base.body if at < len(rows[n])]
    for _ in range(20):
        one, other = random.sample(places, 2)
        if rows[one][at] != rows[other][at]:
            rows[one][at], rows[other][at] = rows[other][at], rows[one][at]
            return rows
    return None


def list_cell_kinds() -> tuple[Kind, ...]:
    """Give the kinds that change cells."""
    number, plausible, same = _is_number, Effect.PLAUSIBLE, Effect.SAME
    return (
        _cell_kind("2.00512E+12 in a number or code", lambda c: number(c) or _is_code(c), _put("2.00512E+12")),
        _cell_kind(
            "2.00512E+12 in a whole column", lambda c: number(c) or _is_code(c), _put("2.00512E+12"), whole_column=True
        ),
        _cell_kind("58:00.0 in a number or time", lambda c: number(c) or bool(_TIME.search(c)), _put("58:00.0")),
        _cell_kind("thousands separators", number, _group),
        _cell_kind(
            "thousands separators",
            _is_large,
            lambda c, _: f"{int(c.partition('.')[0]):,}" + c[len(c.partition(".")[0]) :],
            whole_column=True,
        ),
        _cell_kind("* for a number", number, _put("*", "**")),
        _cell_kind("- for a number", number, _put("-", "–", "--")),
        _cell_kind("No Data for a number", number, _put("No Data", "no data", "n/a", "N/A", "..", ":")),
        _cell_kind("#DIV/0! for a number", number, _put("#DIV/0!", "#REF!", "#VALUE!", "#N/A", "#NAME?")),
        _cell_kind("[x] and [c] for a number", number, _put("[x]", "[c]", "[z]", "[low]", "<5")),
        _cell_kind("footnote marks on a number", number, _add_footnote),
        _cell_kind("footnote digits on a name", _is_word, lambda c, r: c + r.choice("123"), effect=plausible),
        _cell_kind("decimal comma", number, lambda c, _: c.replace(".", ",") if "." in c else c + ",0"),
        _cell_kind(
            "decimal comma", lambda c: "." in c and number(c), lambda c, _: c.replace(".", ","), whole_column=True
        ),
        _cell_kind("spaces around a number", number, lambda c, r: r.choice([" {}", "{} ", "{}\t"]).format(c)),
        _cell_kind("spaces around a word", _is_word, lambda c, r: r.choice([" {}", "{} ", "{}  "]).format(c)),
        _cell_kind("non-breaking spaces", bool, lambda c, r: r.choice(["\u00a0{}", "{}\u00a0"]).format(c)),
        _cell_kind("invisible signs", bool, lambda c, r: r.choice(["\u200b{}", "{}\u200e", "\ufeff{}"]).format(c)),
        _cell_kind("look-alike digits", number, lambda c, r: c.translate(r.choice([_FULL_WIDTH, _ARABIC]))),
        _cell_kind("look-alike letters", number, lambda c, _: c.replace("0", "O").replace("1", "l")),
        _cell_kind("minus sign of typographers", number, lambda c, _: "\u2212" + c.lstrip("-")),
        _cell_kind("percent, pound and plus signs", number, lambda c, r: r.choice(["{}%", "£{}", "+{}"]).format(c)),
        _cell_kind("number in brackets", number, lambda c, _: f"({c})"),
        _cell_kind("number below zero", number, lambda c, _: f"-{c.lstrip('-')}", effect=plausible),
        _cell_kind("nan, inf and null", number, _put("nan", "NaN", "inf", "-inf", "NULL", "null", "None", "1e400")),
        _cell_kind("hexadecimal, octal and exponents", number, _put("0x1F", "1_000", "1e3", "0b1", "1.5e2")),
        _cell_kind("a truth for a number", number, _put("TRUE", "False")),
        _cell_kind("a cell emptied", bool, _put(None)),
        _cell_kind("a number column emptied", number, _put(None), whole_column=True),
        _cell_kind("a number column of -1", number, _put("-1"), whole_column=True),
        _cell_kind("a number column of zeros", number, _put("0"), whole_column=True, effect=plausible),
        _cell_kind("number written 12.0", number, lambda c, _: c if "." in c else c + ".0", effect=same),
        _cell_kind(
            "numbers written 12.0", number, lambda c, _: c if "." in c else c + ".0", whole_column=True, effect=same
        ),
        _cell_kind(
            "year as 2024.0", lambda c: bool(_YEAR.fullmatch(c)), lambda c, _: c + ".0", whole_column=True, effect=same
        ),
        _cell_kind(
            "a year far away",
            lambda c: bool(_PERIOD.fullmatch(c)),
            lambda c, r: _YEAR.sub(r.choice(["1900", "2999"]), c),
        ),
        _cell_kind("day and month swapped", lambda c: bool(_DAY.search(c)), _swap_day_and_month),
        _cell_kind("day and month swapped", lambda c: bool(_DAY.search(c)), _swap_day_and_month, whole_column=True),
        _cell_kind("days as serial numbers", lambda c: bool(_DAY.search(c)), _put("45321"), whole_column=True),
        _cell_kind(
            "a day that is none", lambda c: bool(_DAY.search(c)), _put("31/02/2024", "2024-02-31", "00/00/0000")
        ),
        _cell_kind(
            "leading zeros lost", lambda c: c[:1] == "0" and len(c) > 1, lambda c, _: c.lstrip("0") or "0", share=0.05
        ),
        _cell_kind("leading zeros lost", bool, lambda c, _: c.lstrip("0") or "0", whole_column=True, share=0.05),
        _cell_kind("codes in lower case", _is_code, lambda c, _: c.lower() if c.lower() != c else c.upper()),
        _cell_kind("a code cut short", _is_code, lambda c, _: c[:-1]),
        _cell_kind("a formula for a number", number, lambda c, r: r.choice([f"={c}", f"={c}+1", "=SUM(A1:A9)", "@A1"])),
        _cell_kind(
            "a formula for a word", _is_word, _put('=HYPERLINK("http://x.org","y")', "=cmd|' /C calc'!A0", "+1+1")
        ),
        _cell_kind("a line break in a word", _is_word, lambda c, _: c[:2] + "\n" + c[2:]),
        _cell_kind("a number in a column of words", _is_word, _put("12345", "0")),
        _cell_kind("a word in a column of numbers", number, _put("Halton", "twelve")),
        _cell_kind(
            "a number column times 100",
            number,
            lambda c, _: f"{float(c) * 100:.12g}",
            whole_column=True,
            effect=plausible,
        ),
        _cell_kind(
            "a number column by 1,000",
            number,
            lambda c, _: f"{float(c) / 1000:.12g}",
            whole_column=True,
            effect=plausible,
        ),
        _cell_kind("a number changed", number, _change_number, effect=plausible),
        Kind("two numbers of a column swapped", "cells", grid_kind(_swap_in_column), plausible),
    )
