"""Adults in drug and alcohol treatment: a caseload month by month, and what the monitoring system publishes of it.

People begin (a series of `series.csv` for each substance group), a share of those in treatment leaves every month, and
some who leave have completed and do not come back. Everything that is published of treatment here is counted from that
one caseload, so that ViewIt, the monthly returns, the profiles and the provider's own return agree.

Neither layout has a place for a word of its own, so the names of the files begin `simulated-`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np

from shp_analysis.readers import ndtms, ndtms_monthly
from shp_analysis.readers.ndtms_monthly import ROUNDED_TO
from shp_analysis.readers.readers import read_code_table
from shp_analysis.reference.areas import Area
from shp_analysis.reference.periods import FinancialYear, Month
from shp_analysis.simulator.borough import (
    LAST_MONTH,
    Floats,
    Whole,
    count_months_between,
    list_months,
    open_stream,
    read_sample_table,
)
from shp_analysis.simulator.planted_series import draw_month_count, expect_month_count

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


FIRST_MODEL_MONTH = Month("2018-04")
"""Two years before the first month that is published, for figures that look back."""
COUNTS = ("in_treatment", "starts", "prompt_starts", "exits", "completions", "lasting_completions")
"""What a caseload counts, in the order of the rows of its array."""


@dataclass(frozen=True)
class SubstanceGroup:
    """How one substance group behaves.

    Attributes
    ----------
    name, published : str
        As the records name it, and as the publisher does.
    series : str
        Of those who begin.
    monthly_exits, completed, not_returned : float
        Share of people in treatment who leave in a month, of those who completed, of those who did not come back
        within six months.
    prompt, almost_prompt : float
        Share of those who begin within three weeks, and of the others within six.
    female, young, middle : float
        Shares of women, and of people aged 18 to 29 and 30 to 49.
    """

    name: str
    published: str
    series: str
    monthly_exits: float
    completed: float
    not_returned: float
    prompt: float
    almost_prompt: float
    female: float
    young: float
    middle: float


def write_treatment(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    """Write the monthly returns of the simulated authorities.

    Parameters
    ----------
    folder : pathlib.Path
    seed : int
    areas : sequence of Area
    months : sequence of Month

    Yields
    ------
    pathlib.Path
        The one file; `treatment_viewit` writes the annual export.
    """
    monthly = (row for month in months for area in areas for row in _list_monthly(seed, area, month))
    yield write_csv(folder / "simulated-ndtms-monthly-returns-2025-05.csv", _head_monthly(), monthly)


@cache
def read_substance_groups() -> tuple[SubstanceGroup, ...]:
    """Read how every substance group behaves, in the publisher's order."""
    rows = read_sample_table("treatment_groups.csv").itertuples(index=False, name=None)
    return tuple(
        SubstanceGroup(str(name), str(published), str(series), *map(float, shares))
        for name, published, series, *shares in rows
    )


def count_treatment(seed: int, area_code: str, group: SubstanceGroup, months: Sequence[Month]) -> dict[str, int]:
    """Count people over some months that follow one another.

    Parameters
    ----------
    seed : int
    area_code : str
        A simulated authority.
    group : SubstanceGroup
    months : sequence of Month
        From April 2018 on.

    Returns
    -------
    dict of str to int
        By `COUNTS`. `in_treatment` is everybody who was in treatment at any time in those months, once.
    """
    first = count_months_between(FIRST_MODEL_MONTH, months[0])
    caseload = _draw_caseload(seed, area_code, group.name)[:, first : first + len(months)]
    sums = caseload.sum(axis=1)
    # Who was there on the first day, and who began since.
    sums[0] = caseload[0, 0] + sums[1]
    return dict(zip(COUNTS, sums.tolist(), strict=True))


def count_all_groups(seed: int, area_code: str, months: Sequence[Month]) -> dict[str, int]:
    """Add up the substance groups, of which everybody is in one."""
    groups = [count_treatment(seed, area_code, group, months) for group in read_substance_groups()]
    return {name: sum(group[name] for group in groups) for name in COUNTS}


@cache
def _draw_caseload(seed: int, area_code: str, group_name: str) -> Whole:
    """Draw a caseload, `COUNTS` × months; of the first row, who was in treatment on the first day of a month."""
    group = next(each for each in read_substance_groups() if each.name == group_name)
    months = list_months(FIRST_MODEL_MONTH, LAST_MONTH)
    stream = open_stream(seed, "caseload", area_code, group_name)
    usual = expect_month_count(seed, group.series, area_code, FIRST_MODEL_MONTH) / group.monthly_exits
    present = int(stream.poisson(usual))
    caseload = np.zeros((len(COUNTS), len(months)), dtype=np.int64)
    for place, month in enumerate(months):
        starts = draw_month_count(seed, group.series, area_code, month)
        exits = int(stream.binomial(present + starts, group.monthly_exits))
        completions = int(stream.binomial(exits, group.completed))
        lasting = int(stream.binomial(completions, group.not_returned))
        prompt = int(stream.binomial(starts, group.prompt))
        caseload[:, place] = present, starts, prompt, exits, completions, lasting
        present += starts - exits
    caseload.setflags(write=False)
    return caseload


def round_count(count: int) -> int:
    """Round to the nearest multiple of 5, as every published figure is."""
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def _head_monthly() -> list[str]:
    return [*ndtms_monthly.COLUMNS, *_monthly_measures()]


def _monthly_measures() -> list[str]:
    return [row["heading"] for row in read_code_table("ndtms", "monthly_measures.csv")]


def _list_monthly(seed: int, area: Area, month: Month) -> Iterator[list[object]]:
    year = month.twelve_months_to_end().months
    groups = [(group.published, count_treatment(seed, area.code, group, year)) for group in read_substance_groups()]
    for published, counts in (*groups, (TOTAL, count_all_groups(seed, area.code, year))):
        figures = {
            "intreatment": counts["in_treatment"],
            "newpresentation": counts["starts"],
            "successful_completion": counts["completions"],
            "no_representation": counts["lasting_completions"],
            "first_intervention": counts["starts"],
            "first_intervention_3weeks": counts["prompt_starts"],
        }
        rounded = [round_count(figures[heading]) for heading in _monthly_measures()]
        yield [month.label, area.name, "18+", published, "Latest 12 months", *rounded]


def write_csv(path: Path, head: Sequence[object], rows: Iterable[Sequence[object]]) -> Path:
    """Write a table as it is, lines ending in LF."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
    return path
