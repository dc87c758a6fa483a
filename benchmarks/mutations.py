"""What goes wrong with published files: kinds of damage, each of which makes a mutant of a base file.

The damage to columns and rows is here, that to cells in `mutations_cells`, to bytes, names and archives in
`mutations_files`, and to workbooks and maps in `mutations_workbooks`.
Every kind says what it leaves behind (`Effect`); nothing here looks at what a reader makes of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random

from benchmarks.grids import Base, Rows, Value, show

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class Effect(StrEnum):
    """What a kind of damage does to what the file says.

    `PLAUSIBLE` is kept for damage that leaves a file which its publisher might have published with that very content:
    whole rows under the right headings, every cell allowed. Whether a sum, a rate or another row gives it away depends
    on the file. `REPEATS` is plausible where the publisher's own files hold rows that are equal in every cell, and
    `BLOCKS` where it has published a whole file twice over.
    """

    SAME = "says the same"
    DAMAGE = "says something else"
    PLAUSIBLE = "says something else that might have been published"
    REPEATS = "has a row twice"
    BLOCKS = "has many rows twice"


@dataclass(frozen=True)
class Mutant:
    """A delivery to write: a file under its name, or several in a folder."""

    name: str
    content: bytes
    others: tuple[tuple[str, bytes], ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    def write(self, folder: Path) -> Path:
        """Write it and give the path that is taken in."""
        if not self.others and not self.links:
            path = folder / self.name
            path.write_bytes(self.content)
            return path
        top = folder / "delivery"
        for name, content in ((self.name, self.content), *self.others):
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_bytes(content)
        for name, target in self.links:
            (top / name).symlink_to(target)
        return top


Make = Callable[[Base, Random], Mutant | None]


@dataclass(frozen=True)
class Kind:
    """One way of damaging a file.

    Attributes
    ----------
    name : str
    group : str
        "columns", "rows", "cells", "form", "names", "archives", "workbooks", "maps", "marks", "gaps", "sizes".
    make : callable
        Gives a mutant, or None where the kind cannot apply.
    effect : Effect
    """

    name: str
    group: str
    make: Make
    effect: Effect = Effect.DAMAGE


def list_grid_kinds() -> tuple[Kind, ...]:
    """Give the kinds that change columns and rows."""
    return (*_COLUMNS, *_ROWS)


def as_mutant(base: Base, rows: Rows) -> Mutant:
    """Write a base with other cells under its own name."""
    return Mutant(base.name, base.with_grid(rows).to_bytes())


def find_columns(base: Base, is_like: Callable[[str], bool], share: float = 0.6) -> list[int]:
    """Give the columns of which at least a share of the filled cells is like something."""
    rows = base.sheets[base.sheet]
    found = []
    for column in range(len(rows[base.top])):
        cells = [show(rows[n][column]) for n in base.body if column < len(rows[n])]
        filled = [cell for cell in cells if cell]
        if filled and sum(map(is_like, filled)) >= share * len(filled):
            found.append(column)
    return found


def find_numbers(base: Base) -> list[int]:
    """Give the columns of numbers, codes among them."""
    return find_columns(base, lambda cell: bool(_NUMBER.fullmatch(cell)))


def grid_kind(change: Callable[[Base, Rows, Random], Rows | None]) -> Make:
    """Make mutants of files that have cells, by a change of those."""

    def make(base: Base, random: Random) -> Mutant | None:
        if not base.is_grid:
            return None
        before = base.grid
        after = change(base, base.grid, random)
        return None if after is None or after == before else as_mutant(base, after)

    return make


def _headed(base: Base, rows: Rows) -> list[int]:
    return [column for column, cell in enumerate(rows[base.top]) if cell not in {None, ""}]


def _each_row(base: Base, rows: Rows, change: Callable[[list[Value]], list[Value]]) -> Rows:
    places = {base.top, *base.body}
    return [change(row) if n in places else row for n, row in enumerate(rows)]


def _drop_column(base: Base, rows: Rows, random: Random) -> Rows | None:
    at = random.choice(_headed(base, rows))
    return _each_row(base, rows, lambda row: row[:at] + row[at + 1 :])


def _rename_heading(base: Base, rows: Rows, random: Random) -> Rows | None:
    at = random.choice(_headed(base, rows))
    heading = show(rows[base.top][at])
    rows[base.top][at] = random.choice([heading + "s", heading[:-1] + "x", f"New {heading}", f"Column{at + 1}"])
    return rows


def _swap_headings(base: Base, rows: Rows, random: Random) -> Rows | None:
    one, other = random.sample(_headed(base, rows), 2)
    head = rows[base.top]
    head[one], head[other] = head[other], head[one]
    return rows


def _swap_headings_of_numbers(base: Base, rows: Rows, random: Random) -> Rows | None:
    numbers = [column for column in find_numbers(base) if rows[base.top][column] not in {None, ""}]
    if len(numbers) < 2:  # noqa: PLR2004
        return None
    at = random.randrange(len(numbers) - 1)
    one, other = random.choice([(numbers[at], numbers[at + 1]), tuple(random.sample(numbers, 2))])
    head = rows[base.top]
    head[one], head[other] = head[other], head[one]
    return rows


def _rotate_headings(base: Base, rows: Rows, _: Random) -> Rows | None:
    places = _headed(base, rows)
    cells = [rows[base.top][at] for at in places]
    for at, cell in zip(places, [cells[-1], *cells[:-1]], strict=True):
        rows[base.top][at] = cell
    return rows


def _repeat_column(base: Base, rows: Rows, random: Random) -> Rows | None:
    at = random.choice(_headed(base, rows))
    return _each_row(base, rows, lambda row: [*row, *row[at : at + 1]])


def _repeat_heading(base: Base, rows: Rows, random: Random) -> Rows | None:
    one, other = random.sample(_headed(base, rows), 2)
    rows[base.top][one] = rows[base.top][other]
    return rows


def _reorder_columns(base: Base, rows: Rows, random: Random) -> Rows | None:
    width = len(rows[base.top])
    order = random.choice([list(reversed(range(width))), random.sample(range(width), width)])
    full = _each_row(base, rows, lambda row: row + [None] * (width - len(row)))
    return _each_row(base, full, lambda row: [row[at] for at in order])


def _swap_columns(base: Base, rows: Rows, random: Random) -> Rows | None:
    one, other = random.sample(_headed(base, rows), 2)
    order = list(range(len(rows[base.top])))
    order[one], order[other] = other, one
    full = _each_row(base, rows, lambda row: row + [None] * (len(order) - len(row)))
    return _each_row(base, full, lambda row: [row[at] for at in order])


def _add_column(base: Base, rows: Rows, random: Random) -> Rows | None:
    heading = random.choice(["Comment", "Unnamed: 0", "new_flag", "Column1"])
    rows[base.top] = [*rows[base.top], heading]
    width = len(rows[base.top])
    for n in base.body:
        rows[n] = [*rows[n], *[None] * (width - 1 - len(rows[n])), "1"]
    return rows


def _change_case(base: Base, rows: Rows, random: Random) -> Rows | None:
    change = random.choice([str.upper, str.title, str.swapcase])
    rows[base.top] = [change(cell) if isinstance(cell, str) else cell for cell in rows[base.top]]
    return rows


def _pad_headings(base: Base, rows: Rows, random: Random) -> Rows | None:
    pad = random.choice([" {}", "{} ", "\u00a0{}", "\ufeff{}"])
    rows[base.top] = [pad.format(cell) if isinstance(cell, str) and cell else cell for cell in rows[base.top]]
    return rows


def _no_headings(base: Base, rows: Rows, _: Random) -> Rows | None:
    return rows[: base.top] + rows[base.top + 1 :]


def _titles_above(_: Base, rows: Rows, __: Random) -> Rows | None:
    return [["Table 1: figures by area"], ["Source: the publisher"], [], *rows]


def _move_values_down(base: Base, rows: Rows, random: Random) -> Rows | None:
    at = random.choice(_headed(base, rows))
    places = [n for n in base.body if at < len(rows[n])]
    cells = [rows[n][at] for n in places]
    for n, cell in zip(places, [cells[-1], *cells[:-1]], strict=True):
        rows[n] = [*rows[n][:at], cell, *rows[n][at + 1 :]]
    return rows


def _move_numbers_down(base: Base, rows: Rows, random: Random) -> Rows | None:
    numbers = find_numbers(base)
    if not numbers:
        return None
    at = random.choice(numbers)
    places = [n for n in base.body if at < len(rows[n])]
    cells = [rows[n][at] for n in places]
    for n, cell in zip(places, [cells[-1], *cells[:-1]], strict=True):
        rows[n] = [*rows[n][:at], cell, *rows[n][at + 1 :]]
    return rows


_COLUMNS = tuple(
    Kind(name, "columns", grid_kind(change), effect)
    for name, change, effect in (
        ("a column dropped", _drop_column, Effect.DAMAGE),
        ("a heading renamed", _rename_heading, Effect.DAMAGE),
        ("two headings swapped", _swap_headings, Effect.DAMAGE),
        ("headings of two number columns swapped", _swap_headings_of_numbers, Effect.DAMAGE),
        ("headings moved by one column", _rotate_headings, Effect.DAMAGE),
        ("a column there twice", _repeat_column, Effect.DAMAGE),
        ("a heading there twice", _repeat_heading, Effect.DAMAGE),
        ("columns in another order", _reorder_columns, Effect.SAME),
        ("two columns changed places", _swap_columns, Effect.SAME),
        ("a column nobody knows", _add_column, Effect.SAME),
        ("headings in another case", _change_case, Effect.SAME),
        ("headings with spaces or marks", _pad_headings, Effect.SAME),
        ("headings left out", _no_headings, Effect.DAMAGE),
        ("titles above the headings", _titles_above, Effect.SAME),
        ("a column's values moved down a row", _move_values_down, Effect.PLAUSIBLE),
        ("a number column's values moved down a row", _move_numbers_down, Effect.PLAUSIBLE),
    )
)


def _sort_rows(base: Base, rows: Rows, random: Random) -> Rows | None:
    body = [rows[n] for n in base.body]
    random.shuffle(body)
    return [*rows[: base.body.start], *body, *rows[base.body.stop :]]


def _repeat_row(base: Base, rows: Rows, random: Random) -> Rows | None:
    n = random.choice(base.body)
    return [*rows[: n + 1], list(rows[n]), *rows[n + 1 :]]


def _repeat_block(base: Base, rows: Rows, random: Random) -> Rows | None:
    size = max(2, len(base.body) // random.choice([1, 2, 3]))
    start = random.choice(range(base.body.start, base.body.stop - size + 1)) if len(base.body) >= size else None
    return None if start is None else [*rows[: base.body.stop], *rows[start : start + size], *rows[base.body.stop :]]


def _shift_row(base: Base, rows: Rows, random: Random) -> Rows | None:
    n, by = random.choice(base.body), random.choice([1, -1])
    row, at = rows[n], random.randrange(max(1, len(rows[n]) - 1))
    moved = [*row[:at], None, *row[at:-1]] if by == 1 else [*row[:at], *row[at + 1 :], None]
    rows[n] = moved
    return rows


def _shift_rows(base: Base, rows: Rows, random: Random) -> Rows | None:
    at = random.randrange(max(1, len(rows[base.top]) - 1))
    for n in range(random.choice(base.body), base.body.stop):
        rows[n] = [*rows[n][:at], None, *rows[n][at:-1]]
    return rows


def _short_row(base: Base, rows: Rows, random: Random) -> Rows | None:
    n = random.choice(base.body)
    if not base.is_text:
        return None
    rows[n] = rows[n][:-1]
    return rows


def _long_row(base: Base, rows: Rows, random: Random) -> Rows | None:
    n = random.choice(base.body)
    rows[n] = [*rows[n], *[None] * (len(rows[base.top]) - len(rows[n])), random.choice(["7", "x"])]
    return rows


def _empty_row(base: Base, rows: Rows, random: Random) -> Rows | None:
    n = random.choice(base.body)
    return [*rows[:n], [""] * len(rows[base.top]), *rows[n:]]


def _empty_rows_at_end(base: Base, rows: Rows, random: Random) -> Rows | None:
    return [*rows, *([""] * random.choice([0, len(rows[base.top])]) for _ in range(3))]


def _total_row(base: Base, rows: Rows, random: Random) -> Rows | None:
    numbers = set(find_numbers(base))
    total: list[Value] = []
    for column in range(len(rows[base.top])):
        cells = [show(rows[n][column]) for n in base.body if column < len(rows[n])]
        total.append(f"{sum(float(cell) for cell in cells if _NUMBER.fullmatch(cell)):g}" if column in numbers else "")
    words = [column for column in range(len(total)) if column not in numbers]
    if words:
        total[words[0]] = random.choice(["Total", "TOTAL", "Grand total"])
    return [*rows[: base.body.stop], total, *rows[base.body.stop :]]


def _headings_again(base: Base, rows: Rows, random: Random) -> Rows | None:
    n = random.choice([base.body.start, random.choice(base.body)])
    return [*rows[:n], list(rows[base.top]), *rows[n:]]


def _note_below(base: Base, rows: Rows, random: Random) -> Rows | None:
    note = random.choice(["Source: the publisher.", "1. Figures are provisional", "* fewer than five"])
    return [*rows, [note, *[""] * (len(rows[base.top]) - 1)]]


def _leave_row_out(base: Base, rows: Rows, random: Random) -> Rows | None:
    n = random.choice(base.body)
    return [*rows[:n], *rows[n + 1 :]]


def _leave_half_out(base: Base, rows: Rows, random: Random) -> Rows | None:
    end = base.body.start + max(1, len(base.body) // random.choice([2, 3]))
    return [*rows[:end], *rows[base.body.stop :]]


def _no_rows(base: Base, rows: Rows, _: Random) -> Rows | None:
    return [*rows[: base.body.start], *rows[base.body.stop :]]


_ROWS = tuple(
    Kind(name, "rows", grid_kind(change), effect)
    for name, change, effect in (
        ("rows in another order", _sort_rows, Effect.SAME),
        ("a row there twice", _repeat_row, Effect.REPEATS),
        ("a block of rows pasted again", _repeat_block, Effect.BLOCKS),
        ("cells of a row shifted", _shift_row, Effect.PLAUSIBLE),
        ("cells of many rows shifted", _shift_rows, Effect.DAMAGE),
        ("a row one cell short", _short_row, Effect.DAMAGE),
        ("a row one cell long", _long_row, Effect.DAMAGE),
        ("an empty row in the middle", _empty_row, Effect.SAME),
        ("empty rows at the end", _empty_rows_at_end, Effect.SAME),
        ("a row of totals at the end", _total_row, Effect.SAME),
        ("the headings again among the rows", _headings_again, Effect.SAME),
        ("a note below the table", _note_below, Effect.SAME),
        ("a row left out", _leave_row_out, Effect.PLAUSIBLE),
        ("half of the rows left out", _leave_half_out, Effect.PLAUSIBLE),
        ("headings and no rows", _no_rows, Effect.PLAUSIBLE),
    )
)
