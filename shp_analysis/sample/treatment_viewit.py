"""The annual export of the treatment monitoring system: everybody in treatment by sex, age and substance group.

A year's counts of `treatment` are shared out by sex and age, and by whatever else the export tells
(`treatment_shares.csv`). Rows that cross a sex with an age are left out: they are half of all, and nobody counts them.
Every figure is rounded to 5 by itself, as published. Columns that are not simulated say `NULL`, as the publisher writes
what was not published for a year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np

from shp_analysis.areas import Area
from shp_analysis.periods import FinancialYear, Month
from shp_analysis.sample.borough import Floats, Whole, open_stream, read_sample_table
from shp_analysis.sample.treatment import SubstanceGroup, count_treatment, read_substance_groups, round_count, write_csv
from shp_analysis.sources import ndtms
from shp_analysis.sources.code_tables import read_code_table

MARCH = 3
NOT_PUBLISHED = "NULL"
TOTAL = "TOTAL"
_SEXES, _AGES = ("F", "M"), ("18-29", "30-49", "50+")

Leaves = Mapping[str, Whole]
"""By column of the export: counts, sexes × ages × substance groups."""


def write_viewit(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    """Write the annual export for the simulated authorities.

    Parameters
    ----------
    folder : pathlib.Path
    seed : int
    areas : sequence of Area
    months : sequence of Month
        A financial year is written where its last month is among them.

    Yields
    ------
    pathlib.Path
        The export; none where no year ends in those months.
    """
    years = [FinancialYear.containing(month.start) for month in months if month.start.month == MARCH]
    if years:
        rows = (row for year in years for area in areas for row in _list_rows(seed, area, year))
        yield write_csv(folder / "simulated-ndtms-viewit-las-2025-11.csv", [*ndtms.COLUMNS, *_headings()], rows)


@cache
def _headings() -> tuple[str, ...]:
    return tuple(row["heading"] for row in read_code_table("ndtms", "viewit_measures.csv"))


def _list_rows(seed: int, area: Area, year: FinancialYear) -> Iterator[list[object]]:
    leaves = _draw_leaves(seed, area, year)
    groups = read_substance_groups()
    sums = {heading: _add_totals(counts) for heading, counts in leaves.items()}
    names = ((*_SEXES, TOTAL), (*_AGES, TOTAL), (*(group.published for group in groups), TOTAL))
    for place in product(*(range(len(each)) for each in names)):
        if place[0] < len(_SEXES) and place[1] < len(_AGES):
            continue
        about = [each[number] for each, number in zip(names, place, strict=True)]
        figures = [round_count(int(sums[name][place])) if name in sums else NOT_PUBLISHED for name in _headings()]
        yield [year.label.replace("-", "/"), area.name, *about, *figures]


def _add_totals(counts: Whole) -> Whole:
    """Add to every axis the sum over it, as its last element."""
    for axis in range(counts.ndim):
        counts = np.concatenate([counts, counts.sum(axis=axis, keepdims=True)], axis=axis)
    return counts


def _draw_leaves(seed: int, area: Area, year: FinancialYear) -> Leaves:
    parts = [_draw_group(seed, area, year, group) for group in read_substance_groups()]
    return {name: np.stack([part[name] for part in parts], axis=-1) for name in parts[0]}


def _draw_group(seed: int, area: Area, year: FinancialYear, group: SubstanceGroup) -> Leaves:
    """Share out one substance group's counts, sexes × ages; whoever completed was in treatment, and so on."""
    counts = count_treatment(seed, area.code, group, year.months)
    stream = open_stream(seed, "viewit", area.code, group.name, year.label)
    present = stream.multinomial(counts["in_treatment"], _spread(group).ravel())
    starts = _choose(present, counts["starts"], stream)
    prompt = _choose(starts, counts["prompt_starts"], stream)
    almost = stream.binomial(starts - prompt, group.almost_prompt)
    exits = _choose(present, counts["exits"], stream)
    completions = _choose(exits, counts["completions"], stream)
    lasting = _choose(completions, counts["lasting_completions"], stream)
    told: dict[str, Whole] = {
        "intreatment_allintx": present,
        "newpresentation_newtx": starts,
        "waitsfirst_3weeksandunder_newtx": prompt,
        "waitsfirst_3to6weeks_newtx": almost,
        "waitsfirst_over6weeks_newtx": starts - prompt - almost,
        "exits_successfulcompletion_allintx": completions,
        "scnr_intreatment_allintx": present,
        "scnr_completion_allintx": completions,
        "scnr_representation_allintx": completions - lasting,
        "scnr_scrn_allintx": lasting,
    }
    among = {"in treatment": present, "starts": starts, "other exits": exits - completions}
    for whole, headings, shares in _topics():
        parts = stream.multinomial(among[whole], shares)
        told |= {heading: parts[:, number] for number, heading in enumerate(headings)}
    return {heading: leaves.reshape(len(_SEXES), len(_AGES)) for heading, leaves in told.items()}


def _spread(group: SubstanceGroup) -> Floats:
    """Give the shares of a group, sexes × ages."""
    sexes = np.array([group.female, 1 - group.female])
    ages = np.array([group.young, group.middle, 1 - group.young - group.middle])
    return np.outer(sexes, ages)


def _choose(whole: Whole, n_chosen: int, stream: np.random.Generator) -> Whole:
    """Choose so many people out of all leaves, each as likely as any other."""
    chosen: Whole = stream.multivariate_hypergeometric(whole, n_chosen)
    return chosen


@cache
def _topics() -> tuple[tuple[str, tuple[str, ...], Floats], ...]:
    """List the topics whose columns share out a whole: the whole, the columns, and their shares."""
    table = read_sample_table("treatment_shares.csv")
    return tuple(
        (str(whole), tuple(rows["heading"]), rows["share"].to_numpy(float))
        for (_, whole), rows in table.groupby(["topic", "among"], sort=False)
    )
