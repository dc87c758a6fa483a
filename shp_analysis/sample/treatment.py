"""Adults in drug and alcohol treatment: a caseload month by month, and what the monitoring system publishes of it.

People begin (a series of `series.csv` for each substance group), a share of those in treatment leaves every month, and
some who leave have completed and do not come back. Everything that is published of treatment here is counted from that
one caseload, so that ViewIt, the monthly returns, the profiles and the provider's own return agree.

Neither layout has a place for a word of its own, so the names of the files begin `simulated-`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from shp_analysis.areas import Area
from shp_analysis.periods import Month
from shp_analysis.sample.borough import (
    LAST_MONTH,
    Whole,
    count_months_between,
    list_months,
    open_stream,
    read_sample_table,
)
from shp_analysis.sample.series import draw_month_count, expect_month_count
from shp_analysis.sources import ndtms, ndtms_monthly
from shp_analysis.sources.code_tables import read_code_table

FIRST_MODEL_MONTH = Month("2018-04")
"""Two years before the first month that is published, for figures that look back."""
ROUNDED_TO = ndtms.ROUNDED_TO
TOTAL = "TOTAL"
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
