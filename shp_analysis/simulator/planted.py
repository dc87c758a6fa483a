"""What was planted, so that a test knows the truth: the list beside this module, and how it bends counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from shp_analysis.reference.periods import Month
from shp_analysis.simulator.borough import ANTI_SOCIAL_BEHAVIOUR, Floats, Whole, count_months_between, read_categories
from shp_analysis.simulator.geography import Places

ASB = "ASB"
"""In the list of plants: anti-social behaviour; ALL is every other category of police.uk."""
PLANTED_CHANGES = Path(__file__).with_name("planted_changes.csv")
"""The list of plants, which `read_planted_changes` reads."""

STEP, RECORDING_BREAK, SPIKE = "step", "recording_break", "spike_one_place"
EXACT_COUNTS, MISSING_MONTH = "exact_counts", "missing_month"


@dataclass(frozen=True)
class PlantedChange:
    """One row of the list, as far as it bends the counts; `read_planted_changes` explains the columns."""

    area_code: str
    indicator: str
    first_month: Month
    last_month: Month
    kind: str
    multiplier: float
    monthly_counts: tuple[int, ...]

    @property
    def category(self) -> int:
        """Position of the indicator among the categories."""
        return read_categories().names.index(ANTI_SOCIAL_BEHAVIOUR if self.indicator == ASB else self.indicator)


def read_planted_changes() -> pd.DataFrame:
    """Read the list of everything that was planted, and of what was left alone.

    Returns
    -------
    pandas.DataFrame
        One row a plant, with these columns.

        - `id`
        - `area_code`: an authority, or an LSOA for a spike at one place
        - `indicator`: a police.uk category, `ALL` (all but anti-social behaviour) or `ASB`
        - `first_month`, `last_month`: text such as "2024-07", both included
        - `kind`: `step`, `recording_break` and `spike_one_place` multiply the area's expected count by
          `multiplier`; `exact_counts` writes `monthly_counts`, a semicolon list; `missing_month` leaves the
          file of the force out; `nothing` says that chance and season alone are at work
        - `multiplier`: missing for the kinds that have none
        - `monthly_counts`: empty for the kinds that have none
        - `note`: what it stands for, and what a paper should say
    """
    text = pd.read_csv(PLANTED_CHANGES, dtype=str, keep_default_na=False)
    return text.assign(multiplier=pd.to_numeric(text["multiplier"]))


def multiply_authority(authority_code: str, month: Month) -> Floats:
    """Give the planted factor of an authority's expected count in a month, one element a category."""
    factors = np.ones(len(read_categories().names))
    for change in _find((STEP, RECORDING_BREAK), [authority_code], month):
        factors[change.category] *= change.multiplier
    return factors


def multiply_places(places: Places, month: Month) -> Floats:
    """Give the planted factors of single places in a month, LSOAs × categories."""
    factors = np.ones(places.shares.shape)
    for change in _find((SPIKE,), places.lsoa_codes, month):
        factors[places.lsoa_codes.index(change.area_code), change.category] *= change.multiplier
    return factors


def fix_counts(counts: Whole, places: Places, month: Month, stream: np.random.Generator) -> Whole:
    """Put the exact counts that were planted in place of those drawn, shared out among the LSOAs."""
    fixed = counts.copy()
    for change in _find((EXACT_COUNTS,), [places.authority_code], month):
        wanted = change.monthly_counts[count_months_between(change.first_month, month)]
        fixed[:, change.category] = stream.multinomial(wanted, places.shares[:, change.category])
    return fixed


def is_file_missing(authority_codes: Collection[str], month: Month) -> bool:
    """Say whether the month's file of the force that polices these authorities was left out."""
    return any(_find((MISSING_MONTH,), authority_codes, month))


def _find(kinds: Collection[str], area_codes: Collection[str], month: Month) -> Iterator[PlantedChange]:
    return (
        change
        for change in _changes()
        if change.kind in kinds and change.area_code in area_codes and change.first_month <= month <= change.last_month
    )


@cache
def _changes() -> tuple[PlantedChange, ...]:
    return tuple(
        PlantedChange(
            area_code=row["area_code"],
            indicator=row["indicator"],
            first_month=Month(row["first_month"]),
            last_month=Month(row["last_month"]),
            kind=row["kind"],
            multiplier=float(row["multiplier"]),
            monthly_counts=tuple(int(count) for count in row["monthly_counts"].split(";") if count),
        )
        for row in read_planted_changes().to_dict("records")
    )
