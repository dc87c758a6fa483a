"""Sharing a partner's total out over its breakdowns: victims by sex, incidents by strand, records by field.

The shares are in `return_shares.csv`: of any measure, or of one. A category may have a count of its own, from a series
or from the simulated incidents, and the rest of the total is then shared out over the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from shp_analysis.sample.borough import Whole, read_sample_table
from shp_analysis.sample.returns_counts import (
    Counted,
    Draw,
    count_local,
    count_substance_groups,
    count_total,
)
from shp_analysis.sample.series import draw_period_count
from shp_analysis.sources.partner_returns_measures import ALL, TOTAL, Parts, read_breakdowns, read_parts

SECOND_STRAND = 0.04
"""Share of hate incidents that have a second strand."""
ALL_FIELDS_KNOWN = 0.8
"""Share of the records that lack the field most often missing no more, in which every field is known."""
SUBSTANCE_GROUP = "substance_group"
_LOCAL = "local/"
Cell = tuple[str, str]


def count_cells(draw: Draw) -> Mapping[Cell, Counted]:
    """Draw a measure's total and all its parts in one period.

    Returns
    -------
    mapping of (breakdown, category) to Counted
        The total first. Empty where nothing is known of the period.
    """
    total = count_total(draw)
    separate = [each for each in draw.line.measure.breakdowns if read_parts()[each] is Parts.SEPARATE]
    if separate:
        return _count_separate(draw, separate[0], total)
    if total.value is None:
        return {}
    cells: dict[Cell, Counted] = {(TOTAL, ALL): total}
    for breakdown in draw.line.measure.breakdowns:
        cells |= {(breakdown, category): part for category, part in _share_out(draw, breakdown, total).items()}
    return cells


def _count_separate(draw: Draw, breakdown: str, whole: Counted) -> Mapping[Cell, Counted]:
    base = int(whole.base or 0)
    stream = draw.open(breakdown)
    parts = {
        (breakdown, category): Counted(int(stream.binomial(base, share)), base)
        for category, share in _shares(draw.line.measure.id, breakdown).items()
    }
    fewest = min(int(part.value or 0) for part in parts.values())
    return {(TOTAL, ALL): Counted(int(stream.binomial(fewest, ALL_FIELDS_KNOWN)), base), **parts}


def _share_out(draw: Draw, breakdown: str, total: Counted) -> Mapping[str, Counted]:
    if breakdown == SUBSTANCE_GROUP and draw.line.rule.startswith("treatment"):
        return count_substance_groups(draw)
    shares = _shares(draw.line.measure.id, breakdown)
    value, stream = int(total.value or 0), draw.open(breakdown)
    if total.base is not None:
        bases = _draw_parts(shares, int(total.base), stream)
        values = stream.multivariate_hypergeometric(bases, value)
        return {name: Counted(int(of), int(base)) for name, of, base in zip(shares, values, bases, strict=True)}
    counted = _count_apart(draw, breakdown, value)
    rest = {name: share for name, share in shares.items() if name not in counted}
    drawn = _draw_parts(rest, value - sum(counted.values()), stream)
    if read_parts()[breakdown] is Parts.OVERLAP:
        drawn = _add_second_strands(drawn, value, stream)
    parts = counted | dict(zip(rest, drawn.tolist(), strict=True))
    return {name: Counted(parts[name]) for name in shares}


def _draw_parts(shares: Mapping[str, float], total: int, stream: np.random.Generator) -> Whole:
    weights = np.array(list(shares.values()))
    parts: Whole = stream.multinomial(total, weights / weights.sum())
    return parts


def _add_second_strands(first: Whole, total: int, stream: np.random.Generator) -> Whole:
    """Count some once more under another strand, which may then not exceed the total."""
    second = stream.multinomial(int(stream.binomial(total, SECOND_STRAND)), [1 / len(first)] * len(first))
    both: Whole = np.minimum(first + second, total)
    return both


def _count_apart(draw: Draw, breakdown: str, most: int) -> dict[str, int]:
    """Count the categories that have a count of their own."""
    counted: dict[str, int] = {}
    for category, series in _counted_as(draw.line.measure.id, breakdown).items():
        if series.startswith(_LOCAL):
            count = count_local(draw.seed, draw.area_code, draw.period, series.removeprefix(_LOCAL))
        else:
            count = draw_period_count(draw.seed, series, draw.area_code, draw.period)
        counted[category] = min(count, most - sum(counted.values()))
    return counted


@cache
def _shares(measure_id: str, breakdown: str) -> Mapping[str, float]:
    """Give every category's share: the measure's own, or the one of any measure; 0 where the measure's has none."""
    own = _read_column(measure_id, breakdown, "share") or _read_column("", breakdown, "share")
    return {category: float(own.get(category, 0.0)) for category in read_breakdowns()[breakdown]}


@cache
def _counted_as(measure_id: str, breakdown: str) -> Mapping[str, str]:
    names = _read_column(measure_id, breakdown, "counted_as")
    return {category: str(name) for category, name in names.items() if name}


def _read_column(measure_id: str, breakdown: str, column: str) -> Mapping[str, float | str]:
    table = read_sample_table("return_shares.csv")
    rows = table[(table["measure"] == measure_id) & (table["breakdown"] == breakdown)]
    return {str(category): cell for category, cell in zip(rows["category"], rows[column], strict=True)}
