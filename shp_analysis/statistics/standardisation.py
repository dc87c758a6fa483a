"""Rates and ratios that allow for areas having younger or older people.

Direct standardisation asks what an area's rate would be if it had the standard's ages; indirect standardisation asks
how many events the area would have had at the reference's rates.

References
----------
Dobson, Kuulasmaa, Eberle and Scherer (1991), Statistics in Medicine 10, 457-462: the interval of a weighted sum of
Poisson counts.
Breslow and Day (1987), Statistical Methods in Cancer Research II, pp. 57-75: indirect standardisation.
Office for Health Improvement and Disparities, public health profiles technical guide: Byar's within Dobson's; no
directly standardised rate below 10 events.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.errors import RequestError
from shp_analysis.statistics.intervals import (
    CONFIDENCE,
    Estimates,
    Floats,
    byars_interval_of_count,
    check_counts,
    check_denominators,
    interval_of_count,
)

FEWEST_EVENTS = 10
"""A directly standardised rate of fewer events than this is withheld: its weights rest on too little."""
PER = 100_000
ONE_AREA = "all"


@dataclass(frozen=True)
class DirectRates:
    """Directly standardised rates, one row per area.

    Attributes
    ----------
    areas : tuple of str
        In the order in which they first appear.
    counts, populations : numpy.ndarray, shape (areas,)
        Totals over the age bands.
    rates : Estimates
        Missing where fewer than ten events were counted: print the count and no rate. Rates of two areas may be
        compared where both use the same standard; the figure itself is nobody's actual rate.
    """

    areas: tuple[str, ...]
    counts: Floats
    populations: Floats
    rates: Estimates


@dataclass(frozen=True)
class IndirectRates:
    """Indirectly standardised ratios and rates, one row per area.

    Attributes
    ----------
    areas : tuple of str
        In the order in which they first appear.
    observed, expected : numpy.ndarray, shape (areas,)
        Events counted, and those to be expected at the reference's rates.
    reference_rate : numpy.ndarray, shape (areas,)
        Crude rate of the reference.
    ratios : Estimates
        Observed over expected (the SMR where events are deaths). 1 is as the reference; an interval that leaves out 1
        is a clear difference. Ratios of two areas are not strictly comparable with each other, only with 1.
    rates : Estimates
        The ratio times the reference rate.
    """

    areas: tuple[str, ...]
    observed: Floats
    expected: Floats
    reference_rate: Floats
    ratios: Estimates
    rates: Estimates


def rate_directly_standardised(
    counts: npt.ArrayLike,
    populations: npt.ArrayLike,
    standard_populations: npt.ArrayLike,
    *,
    areas: npt.ArrayLike | None = None,
    per: float = PER,
    confidence: float = CONFIDENCE,
) -> DirectRates:
    """Give directly standardised rates with Dobson's interval.

    Parameters
    ----------
    counts, populations, standard_populations : array_like of float, shape (rows,)
        Events, residents and standard residents of each age band of each area, one row per band.
    areas : array_like of str, shape (rows,), optional
        Whose band a row is; all rows are one area where left out.
    per : float
    confidence : float

    Returns
    -------
    DirectRates
        Compare areas, or years, that share a standard: intervals that do not overlap differ clearly.

    Raises
    ------
    RequestError
        Where a count is negative, or a population is not above 0 (join that band to its neighbour).

    References
    ----------
    Dobson and others (1991), with Byar's interval of the total count.
    """
    observed, residents = check_counts(counts), check_denominators(populations)
    standard = check_denominators(standard_populations)
    rows = _Areas.of(areas, observed.size)
    weights = standard / rows.add_up(standard)[rows.codes]
    value = rows.add_up(weights * observed / residents)
    variance = rows.add_up(weights**2 * observed / residents**2)
    total = rows.add_up(observed)
    lower, upper = byars_interval_of_count(total, confidence)
    # Where nothing was counted there is no variance to scale; the row is withheld anyway.
    scale = np.sqrt(variance / np.where(total > 0, total, 1.0))
    shown = np.where(total >= FEWEST_EVENTS, per, np.nan)
    rates = Estimates(
        value * shown, (value + scale * (lower - total)) * shown, (value + scale * (upper - total)) * shown, confidence
    )
    return DirectRates(rows.names, total, rows.add_up(residents), rates)


def rate_indirectly_standardised(
    observed: npt.ArrayLike,
    populations: npt.ArrayLike,
    reference_counts: npt.ArrayLike,
    reference_populations: npt.ArrayLike,
    *,
    areas: npt.ArrayLike | None = None,
    per: float = PER,
    confidence: float = CONFIDENCE,
) -> IndirectRates:
    """Give standardised ratios (SMR) and indirectly standardised rates with their intervals.

    Parameters
    ----------
    observed, populations, reference_counts, reference_populations : array_like of float, shape (rows,)
        One row per age band of each area. Where an area's events are known in total only, give the total in one of
        its rows and 0 in the others. A population of 0 is allowed: nobody there, nothing expected.
    areas : array_like of str, shape (rows,), optional
        Whose band a row is; all rows are one area where left out.
    per : float
        Of the rates; ratios are around 1.
    confidence : float

    Returns
    -------
    IndirectRates
        Fit for few events, where a directly standardised rate is withheld: below ten events the interval is exact.

    Raises
    ------
    RequestError
        Where a count or population is negative, a reference population is not above 0, or nothing is expected.

    References
    ----------
    Breslow and Day (1987), pp. 57-75.
    """
    events, residents = check_counts(observed), check_counts(populations)
    known, over = check_counts(reference_counts), check_denominators(reference_populations)
    rows = _Areas.of(areas, events.size)
    total, expected = rows.add_up(events), check_denominators(rows.add_up(known / over * residents))
    reference = rows.add_up(known) / rows.add_up(over) * per
    lower, upper = interval_of_count(total, confidence)
    ratios = Estimates(total / expected, lower / expected, upper / expected, confidence)
    rates = Estimates(ratios.value * reference, ratios.lower * reference, ratios.upper * reference, confidence)
    return IndirectRates(rows.names, total, expected, reference, ratios, rates)


@dataclass(frozen=True)
class _Areas:
    """Which area each row belongs to."""

    names: tuple[str, ...]
    codes: npt.NDArray[np.intp]

    @classmethod
    def of(cls, areas: npt.ArrayLike | None, rows: int) -> _Areas:
        labels = np.full(rows, ONE_AREA) if areas is None else np.atleast_1d(np.asarray(areas))
        if labels.size != rows:
            raise RequestError(f"{labels.size} area names were given for {rows} rows; give one for each row")
        codes, names = pd.factorize(labels)
        return cls(tuple(str(name) for name in names), codes)

    def add_up(self, values: Floats) -> Floats:
        """Give one sum per area."""
        return np.bincount(self.codes, weights=values, minlength=len(self.names)).astype(float)
