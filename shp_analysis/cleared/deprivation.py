"""Recorded crime by neighbourhood: by how deprived the neighbourhoods are, and how many each of them holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shp_analysis.assessments import Assessment
from shp_analysis.cleared.reasons import NotShown
from shp_analysis.comparisons import Basis
from shp_analysis.measures import sum_busiest
from shp_analysis.measures.neighbourhoods import (
    DEPRIVATION,
    RESIDENTS,
    Neighbourhoods,
    Tenths,
    count_by_tenth,
    count_crimes,
    read_neighbourhoods,
)
from shp_analysis.periods import Period
from shp_analysis.statistics.inequality import Kind, SlopeOfInequality, slope_of_inequality
from shp_analysis.workbook import Run

CRIME = "ALL-01"
FEWEST_TENTHS = 3
"""Two groups have a difference and no gradient."""


@dataclass(frozen=True)
class Gradient:
    """Crime by deprivation over twelve months.

    Attributes
    ----------
    period : Period
    neighbourhoods : Neighbourhoods
    tenths : Tenths
    slope : SlopeOfInequality or None
        None where fewer than three tenths have a crime.
    """

    period: Period
    neighbourhoods: Neighbourhoods
    tenths: Tenths
    slope: SlopeOfInequality | None


def find_gradient(run: Run) -> Gradient | NotShown:
    """Count recorded crime by tenth of deprivation over twelve months, and fit the gradient."""
    period = find_year(run.assessment(CRIME))
    if period is None:
        return NotShown.NOT_RECEIVED
    neighbourhoods = read_neighbourhoods(run.opened.store, run.area, period.end, as_of=run.as_of)
    if neighbourhoods is None:
        return NotShown.NO_RESIDENTS
    if not neighbourhoods.imd_edition:
        return NotShown.NO_DEPRIVATION_INDEX
    for table in (RESIDENTS, DEPRIVATION):
        run.opened.note_files(table, run.opened.store.parts_held(table, as_of=run.as_of))
    tenths = count_by_tenth(neighbourhoods, count_crimes(run.opened.records, period))
    if tenths.frame.empty:
        return NotShown.NOT_RECEIVED
    return Gradient(period, neighbourhoods, tenths, fit_gradient(tenths))


def find_year(assessment: Assessment) -> Period | None:
    """Give the twelve months to the paper's end; None where they were not received whole."""
    year = next((each for each in assessment.comparisons if each.basis is Basis.TWELVE_MONTHS), None)
    chosen = year or assessment.comparisons[0]
    return chosen.period if chosen.count else None


def fit_gradient(tenths: Tenths) -> SlopeOfInequality | None:
    """Fit the line from the most to the least deprived end; None where too few tenths have a crime."""
    frame = tenths.frame[tenths.frame["crimes"] > 0]
    if len(frame) < FEWEST_TENTHS:
        return None
    errors = np.sqrt(tenths.dispersion / frame["crimes"].to_numpy(dtype=float))
    rates, residents = (frame[name].to_numpy(dtype=float) for name in ("rate", "residents"))
    return slope_of_inequality(rates, residents, errors, kind=Kind.RATE, is_transformed=True)


@dataclass(frozen=True)
class Concentration:
    """Recorded crimes of twelve months in every neighbourhood.

    Attributes
    ----------
    period : Period
    counts : tuple of int
        The most first; neighbourhoods without any are there where they are known.
    """

    period: Period
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Of all neighbourhoods."""
        return sum(self.counts)

    def count_in_busiest(self, share: float) -> int:
        """Count the crimes in the busiest share of the neighbourhoods with any, as the indicator does."""
        return round(sum_busiest([each for each in self.counts if each], share))


def count_neighbourhoods(run: Run) -> Concentration | NotShown:
    """Count recorded crimes of the twelve months to the paper's end in every neighbourhood."""
    period = find_year(run.assessment(CRIME))
    if period is None:
        return NotShown.NOT_RECEIVED
    crimes = count_crimes(run.opened.records, period)
    crimes = crimes[crimes.index != ""]
    known = read_neighbourhoods(run.opened.store, run.area, period.end, as_of=run.as_of)
    codes = set() if known is None else set(known.frame["lsoa_code"])
    # Of another census's neighbourhoods some would be counted twice, under the old code and the new ones.
    empty = len(codes) - len(crimes) if set(crimes.index) <= codes else 0
    counts = (*crimes.tolist(), *([0] * empty))
    return Concentration(period, counts) if counts else NotShown.NOT_RECEIVED
