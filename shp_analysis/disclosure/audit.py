"""Subtracting everything from everything: which counts of few persons follow from the facts of a pack.

The cells that add up to one total in one period make a small system of linear equations. Every sum of them that the
printed numbers determine is worked out, and so is the narrowest range of each cell that its publisher withheld. None
may come to 1 to 4 persons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from shp_analysis.disclosure.facts import RETURNS, ROW, Cell, Facts, What, When, list_parts
from shp_analysis.readers.partner_returns_measures import TOTAL, Parts, read_parts

FEWEST_PERSONS = 5
"""A count above 0 and below this may point at a person."""
_MOST_ATOMS = 12
"""Of so many unknowns every sum is looked at."""
_NEAR = 1e-6
_UNBOUNDED = 3
"""How `linprog` says that there is no most."""

Matrix = npt.NDArray[np.float64]
Known = tuple[float, frozenset[str]]
"""A number, and every holder that is needed to know it."""
Bounds = list[tuple[float, float | None]]
Numbers = Mapping[What, Mapping[When, Known]]


@dataclass(frozen=True)
class Disclosure:
    """A count of few persons that the pack gives away, by the numbers of some holders together."""

    holders: frozenset[str]


@dataclass(frozen=True)
class System:
    """Numbers over the same unknowns: each row says which of them a number is the sum of.

    Attributes
    ----------
    rows : sequence of sequence of float
        Zeros and ones.
    known : sequence of Known
    risky : sequence of bool
        By unknown: whether it is of persons.
    withheld : sequence of int
        The unknowns that the publisher withheld: each is known to be 1 to 4, and nothing narrower may follow.
    rolling : bool
        Whether the unknowns are what overlapping windows consist of: none may be known to be 1 to 4.
    """

    rows: Sequence[Sequence[float]]
    known: Sequence[Known]
    risky: Sequence[bool]
    withheld: Sequence[int] = ()
    rolling: bool = False


def find_disclosures(facts: Facts) -> set[Disclosure]:
    """Find every count of 1 to 4 persons that can be had from some facts.

    Parameters
    ----------
    facts : Facts

    Returns
    -------
    set of Disclosure
        Empty where nobody can be picked out.
    """
    found = {Disclosure(frozenset({each.holder})) for each in facts.facts if _is_few_of(facts, each.what, each.value)}
    numbers = _list_numbers(facts)
    for what, own in numbers.items():
        found |= {Disclosure(holders) for value, holders in own.values() if _is_few_of(facts, what, value)}
    splits = (_split_by_breakdown, _split_by_part, _split_by_area, _split_by_time)
    for system in (system for split in splits for system in split(facts, numbers)):
        found.update(Disclosure(holders) for holders in _solve(system) if holders)
    return found


def _is_few(value: float) -> bool:
    return _NEAR < value < FEWEST_PERSONS - _NEAR


def _is_few_of(facts: Facts, what: What, value: float) -> bool:
    is_sensitive = what <= facts.sensitive if _is_plain(what) else bool(what & facts.sensitive)
    return is_sensitive and _is_few(value)


def _is_plain(what: What) -> bool:
    return all(each.breakdown == ROW for each in what)


# --- What is known of the same cells in several periods


def _list_numbers(facts: Facts) -> Numbers:
    """Give every number by its cells and its time, and what is left of a time when its printed parts are taken out."""
    numbers: dict[What, dict[When, Known]] = defaultdict(dict)
    for each in facts.facts:
        own = numbers[each.what]
        holders = own[each.when][1] if each.when in own else frozenset()
        # Whoever prints it, it is known: an audit without the one still finds it with the other.
        own[each.when] = (each.value, holders or frozenset({each.holder}))
    for own in numbers.values():
        for when in [when for when in own if len(when) > 1]:
            inside = _parts_of(own, when)
            rest = when.difference(*inside)
            if inside and rest:
                value = own[when][0] - sum(own[part][0] for part in inside)
                holders = own[when][1].union(*(own[part][1] for part in inside))
                own.setdefault(rest, (value, holders))
    return dict(numbers)


def _parts_of(own: Mapping[When, Known], when: When) -> list[When]:
    """List the shortest times within a time that do not overlap."""
    parts: list[When] = []
    for each in sorted((each for each in own if each < when), key=lambda each: (len(each), min(each))):
        if all(each.isdisjoint(part) for part in parts):
            parts.append(each)
    return parts


def _know(own: Mapping[When, Known], when: When) -> Known | None:
    """Give the number over a time: printed, or the sum of what is."""
    if when in own:
        return own[when]
    parts = _parts_of(own, when) if len(when) > 1 else []
    if not parts or frozenset().union(*parts) != when:
        return None
    return sum(own[part][0] for part in parts), frozenset().union(*(own[part][1] for part in parts))


# --- Systems


def _split_by_breakdown(facts: Facts, numbers: Numbers) -> Iterator[System]:
    """Set the categories of a breakdown against each other and against the total, in every period."""
    kinds = read_parts()
    groups: dict[Cell, set[Cell]] = defaultdict(set)
    for cell in {*(cell for what in numbers for cell in what), *facts.withheld}:
        if not cell.is_total and kinds.get(cell.breakdown, Parts.ADD_UP) is Parts.ADD_UP:
            groups[cell._replace(category="")].add(cell)
        elif not cell.is_total and kinds[cell.breakdown] is Parts.OVERLAP:
            groups[cell].add(cell)
    for group, cells in groups.items():
        total = group._replace(breakdown=TOTAL, category="all")
        # What is left beside the categories that are told: other categories, or those outside an overlapping one.
        atoms = [*sorted(cells), group._replace(category=" rest")]
        whats = {what: _to_row(what, atoms, total) for what in numbers if what <= {*cells, total}}
        risky = [each in facts.sensitive or (group.table.startswith(RETURNS) and bool(facts.sensitive & cells))
                 for each in atoms]  # fmt: skip
        yield from _at_each_time(facts, numbers, whats, atoms, risky)


def _to_row(what: What, atoms: Sequence[Cell], total: Cell) -> list[float]:
    return [1.0] * len(atoms) if total in what else [float(each in what) for each in atoms]


def _split_by_part(facts: Facts, numbers: Numbers) -> Iterator[System]:
    """Set each part against the whole that it lies in."""
    for part, whole in set(list_parts(facts)):
        if part in numbers and whole in numbers and part & facts.sensitive:
            yield from _at_each_time(facts, numbers, {part: [1.0, 0.0], whole: [1.0, 1.0]}, [], [True, True])


def _at_each_time(
    facts: Facts,
    numbers: Numbers,
    rows: Mapping[What, Sequence[float]],
    atoms: Sequence[Cell],
    risky: Sequence[bool],
) -> Iterator[System]:
    if not any(risky):
        return
    for when in {when for what in rows for when in numbers[what]}:
        known = {what: number for what in rows if (number := _know(numbers[what], when)) is not None}
        withheld = [place for place, cell in enumerate(atoms) if when in facts.withheld.get(cell, ())]
        if len(known) > 1 or (known and withheld):
            yield System([rows[what] for what in known], list(known.values()), risky, withheld)


def _split_by_area(facts: Facts, numbers: Numbers) -> Iterator[System]:
    """Set the towns of an area against each other and against the area."""
    for area, towns in facts.towns.items():
        for whole in [what for what in numbers if what & facts.sensitive and {cell.area for cell in what} == {area}]:
            parts = [frozenset(cell._replace(area=town) for cell in whole) for town in towns]
            rows = {part: [float(place == at) for at in range(len(parts) + 1)] for place, part in enumerate(parts)}
            told = {what: row for what, row in rows.items() if what in numbers}
            if told:
                ones = [1.0] * (len(parts) + 1)
                yield from _at_each_time(facts, numbers, {**told, whole: ones}, [], [True] * len(ones))


def _split_by_time(facts: Facts, numbers: Numbers) -> Iterator[System]:
    """Set windows that overlap against each other, such as yearly cohorts that are published every quarter."""
    for what, own in numbers.items():
        whens = list(own)
        overlaps = any(a & b and not (a <= b or b <= a) for a, b in pairwise(whens))
        if overlaps and what & facts.sensitive:
            months = sorted(frozenset[str]().union(*whens))
            rows = np.unique([[float(month in when) for month in months] for when in whens], axis=1)
            yield System(rows.tolist(), list(own.values()), [True] * rows.shape[1], rolling=True)


# --- Solving


def _solve(system: System) -> Iterator[frozenset[str]]:
    """Give the holders of each count of few persons that a system determines."""
    rows, risky = _merge(np.array(system.rows, dtype=float), system)
    values = np.array([value for value, _ in system.known])
    combinations, weights = _find_determined(rows.tobytes(), rows.shape)
    told = weights @ values
    for atoms, weight, value in zip(combinations, weights, told, strict=True):
        if _is_few(value) and risky[atoms > 0].all():
            yield _holders(system, weight)
    if _is_narrowed(system, np.array(system.rows, dtype=float), values):
        yield frozenset().union(*(holders for _, holders in system.known))


def _merge(rows: Matrix, system: System) -> tuple[Matrix, npt.NDArray[np.bool_]]:
    """Make one unknown of those that are in the same sums: nothing tells them apart."""
    merged, place = np.unique(rows, axis=1, return_inverse=True)
    risky = np.ones(merged.shape[1], dtype=bool)
    np.logical_and.at(risky, place.ravel(), np.array(system.risky, dtype=bool))
    used = merged.any(axis=0)
    return np.ascontiguousarray(merged[:, used]), risky[used]


@cache
def _find_determined(content: bytes, shape: tuple[int, int]) -> tuple[Matrix, Matrix]:
    """Give the sums of unknowns that follow from the rows, and with which weights of the rows they do."""
    rows = np.frombuffer(content).reshape(shape)
    inverse = np.linalg.pinv(rows)
    wanted = _list_sums(rows, inverse)
    weights = wanted @ inverse
    follows = np.abs(weights @ rows - wanted).max(axis=1, initial=0.0) < _NEAR
    return wanted[follows], weights[follows]


def _list_sums(rows: Matrix, inverse: npt.NDArray[np.floating]) -> Matrix:
    """List the sums to be looked at: each unknown that is determined by itself, and every sum of the others.

    A sum of both kinds comes to 1 to 4 only where one of its two parts does.
    """
    count = rows.shape[1]
    alone = np.eye(count)
    is_single = np.abs(alone @ inverse @ rows - alone).max(axis=1) < _NEAR
    free = np.flatnonzero(~is_single)
    sums = [alone[is_single]]
    if 0 < len(free) <= _MOST_ATOMS:
        some = np.array(list(product((0.0, 1.0), repeat=len(free))))[1:]
        spread = np.zeros((len(some), count))
        spread[:, free] = some
        sums.append(spread)
    elif len(free):
        pairs = (rows[a] - rows[b] for a, b in product(range(len(rows)), repeat=2) if a != b)
        sums.append(np.array([each for each in pairs if each.min() >= 0 and each.any()]).reshape(-1, count))
    return np.concatenate(sums)


def _holders(system: System, weight: Matrix) -> frozenset[str]:
    needed = (holders for (_, holders), each in zip(system.known, weight, strict=True) if abs(each) > _NEAR)
    return frozenset().union(*needed)


def _is_narrowed(system: System, rows: Matrix, values: Matrix) -> bool:
    """Say whether a range within 1 to 4 follows for an unknown that had none, or had that range from its publisher."""
    few = FEWEST_PERSONS - 1
    most: Bounds = [(1.0, few) if place in system.withheld else (0.0, None) for place in range(rows.shape[1])]
    if not system.rolling and system.withheld:
        # The last is what is left over; a reader may take it for nothing, unless the numbers say otherwise.
        closed: Bounds = [*most[:-1], (0.0, 0.0)]
        most = closed if _reach(rows, values, closed, 0, 1.0) is not None else most
    places = range(rows.shape[1]) if system.rolling else [each for each in system.withheld if rows[:, each].any()]
    for place in places:
        low, high = (_reach(rows, values, most, place, goal) for goal in (1.0, -1.0))
        if low is None or high is None:
            return False  # no numbers agree with all of these, so nothing follows from them
        is_few = low > _NEAR and high < FEWEST_PERSONS - _NEAR
        if is_few and (system.rolling or low > 1 + _NEAR or high < few - _NEAR):
            return True
    return False


def _reach(rows: Matrix, values: Matrix, bounds: Bounds, place: int, sign: float) -> float | None:
    """Give the least (sign 1) or most (sign -1) that an unknown can be; None where no numbers agree with the rows."""
    goal = np.zeros(rows.shape[1])
    goal[place] = sign
    found = linprog(goal, A_eq=rows, b_eq=values, bounds=bounds, method="highs")
    if found.status == _UNBOUNDED:
        return -sign * float("inf")
    return float(found.x[place]) if found.status == 0 and found.x is not None else None
