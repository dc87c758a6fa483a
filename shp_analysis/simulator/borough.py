"""How much happens, and when: the sizes of the simulated borough, read from the tables beside this module.

Every number that shapes the borough is a cell of a small CSV in this folder; `README.md` says what each was
sized on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.errors import RequestError, suggest
from shp_analysis.reference.areas import Area, read_area
from shp_analysis.reference.periods import Month

DEFAULT_SEED = 20250715
"""Chosen so that chance adds no clear change of its own to an unplanted category of Halton in 2024-25 Q4: with ten
such categories, four runs in ten would show one."""
FIRST_MONTH = Month("2020-04")
LAST_MONTH = Month("2025-03")
MONTHS_AVAILABLE = 60
DAYS_IN_YEAR = 365.25
ANTI_SOCIAL_BEHAVIOUR = "Anti-social behaviour"
HOME_AREA = "E06000006"
"""The authority that has local incidents and the planted changes."""

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CategorySettings:
    """How the police.uk categories behave, one array element a category, in alphabetical order.

    Attributes
    ----------
    names : tuple of str
    place_concentration : array
        Standard deviation of the logarithm of an LSOA's attraction: 0.75 puts 5 % of cases in the busiest
        LSOA of 80, 1.9 puts 25 % there.
    dispersion_between_months : array
        Variance over mean of an authority's monthly count about its season; 1 is Poisson.
    dispersion_between_places : array
        Variance over mean of one LSOA's monthly count about its share of the authority's; 1 is Poisson.
    """

    names: tuple[str, ...]
    place_concentration: Floats
    dispersion_between_months: Floats
    dispersion_between_places: Floats

    @property
    def anti_social_behaviour(self) -> int:
        """Position of anti-social behaviour, the one category without a Crime ID or an outcome."""
        return self.names.index(ANTI_SOCIAL_BEHAVIOUR)


def read_sample_table(name: str) -> pd.DataFrame:
    """Read one of the CSVs of this folder; empty cells of text columns are empty strings.

    Parameters
    ----------
    name : str
        File name, such as `"seasons.csv"`.

    Returns
    -------
    pandas.DataFrame
        One row a line; numbers are numbers where the whole column is.
    """
    return _load_table(name).copy()


@cache
def read_categories() -> CategorySettings:
    """Read the behaviour of every police.uk category."""
    table = read_sample_table("categories.csv")
    return CategorySettings(
        names=tuple(table["category"]),
        place_concentration=table["place_concentration"].to_numpy(float),
        dispersion_between_months=table["dispersion_between_months"].to_numpy(float),
        dispersion_between_places=table["dispersion_between_places"].to_numpy(float),
    )


def choose_authorities(codes: Sequence[str] | None) -> tuple[Area, ...]:
    """Find the authorities to simulate, in the order of their names.

    Parameters
    ----------
    codes : sequence of str or None
        ONS codes among those of `authorities.csv`; all of them for None.

    Raises
    ------
    RequestError
        For an empty choice, or a code that is not simulated.
    """
    available = tuple(read_sample_table("authorities.csv")["local_authority_code"])
    wanted = available if codes is None else tuple(dict.fromkeys(codes))
    unknown = [code for code in wanted if code not in available]
    if unknown or not wanted:
        asked = f"'{unknown[0]}' is not" if unknown else "An empty list names none"
        raise RequestError(
            f"authorities: {asked} of the simulated authorities {', '.join(available)}. "
            f"{suggest(unknown[0], available) if unknown else ''} "
            "Choose among them, or leave the choice out for all."
        )
    return tuple(sorted((read_area(code) for code in wanted), key=lambda area: area.name))


def choose_months(n_months: int) -> tuple[Month, ...]:
    """List the last months of the sixty, oldest first; `RequestError` unless 1 to 60 are asked for."""
    if not 1 <= n_months <= MONTHS_AVAILABLE:
        raise RequestError(
            f"months: {n_months} was asked for; the simulated borough has {MONTHS_AVAILABLE}, "
            f"{FIRST_MONTH.label} to {LAST_MONTH.label}. Ask for 1 to {MONTHS_AVAILABLE}."
        )
    return list_months(FIRST_MONTH, LAST_MONTH)[-n_months:]


def list_months(first: Month, last: Month) -> tuple[Month, ...]:
    """List the months from one to another, both included; empty where the first lies after the last."""
    months = []
    month = first
    while month <= last:
        months.append(month)
        month = month.next()
    return tuple(months)


def count_months_between(earlier: Month, later: Month) -> int:
    """Count the months from one to another: 0 for the same, below 0 where the second is earlier."""
    return (later.start.year - earlier.start.year) * 12 + later.start.month - earlier.start.month


def expect_monthly_counts(authority_code: str, month: Month) -> Floats:
    """Give the expected rows of a month in every category, season and length of month included, plants not.

    Parameters
    ----------
    authority_code : str
        A simulated authority.
    month : Month

    Returns
    -------
    array of float, one element a category
    """
    yearly = _yearly_counts()[authority_code]
    season = np.array([index_of_season(name, month) for name in read_categories().names])
    expected: Floats = yearly * season * month.days / DAYS_IN_YEAR
    return expected


def index_of_season(series: str, month: Month) -> float:
    """Give a month's daily level of a category or incident type over the year's daily average."""
    row = _seasons()[series]
    return float(row[month.start.month - 1] / row.mean())


def open_stream(seed: int, purpose: str, *where: str) -> np.random.Generator:
    """Open the random stream of one purpose, place, month and vintage.

    Streams are keyed by their names rather than drawn one after another, so that a run over fewer authorities
    or months writes the same rows for those.

    Parameters
    ----------
    seed : int
        The seed of the run.
    purpose : str
        What is drawn: `"streets"`, `"incidents"`.
    *where : str
        Place, month, vintage: whatever tells this stream from its neighbours.
    """
    key = hashlib.sha256("|".join((purpose, *where)).encode()).digest()
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, int.from_bytes(key[:16])])))


def draw_overdispersed(mean: Floats, dispersion: Floats, stream: np.random.Generator) -> Floats:
    """Draw means for Poisson counts, so that the counts' variance is `dispersion` times their mean.

    Parameters
    ----------
    mean : array of float
        Expected counts, zero or more.
    dispersion : array of float
        Variance over mean, 1 or more; broadcast against `mean`.
    stream : numpy.random.Generator

    Returns
    -------
    array of float, the shape of `mean`
        A gamma draw about each mean (the mean itself where the dispersion is 1): Poisson counts of these are
        negative binomial with a variance proportional to the mean, as quasi-Poisson tests assume.
    """
    excess = np.broadcast_to(dispersion, mean.shape) - 1
    spread = np.where(excess > 0, excess, 1.0)
    drawn = stream.standard_gamma(mean / spread) * spread
    means: Floats = np.where(excess > 0, drawn, mean)
    return means


@cache
def _load_table(name: str) -> pd.DataFrame:
    text = pd.read_csv(Path(__file__).with_name(name), dtype=str, keep_default_na=False)
    return text.apply(_as_numbers_where_whole)


def _as_numbers_where_whole(column: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce")
    return column if numbers.isna().any() else numbers


@cache
def _yearly_counts() -> dict[str, Floats]:
    table = read_sample_table("yearly_counts.csv").set_index("category")
    return {
        str(code): own.loc[list(read_categories().names), "yearly_count"].to_numpy(float)
        for code, own in table.groupby("local_authority_code")
    }


@cache
def _seasons() -> dict[str, Floats]:
    table = read_sample_table("seasons.csv").set_index("series")
    return {str(name): table.loc[name].to_numpy(float) for name in table.index}
