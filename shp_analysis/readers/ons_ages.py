"""Residents of an age band out of populations by single year of age: 13-16, 16+, 18+ ….

The oldest residents are published together as 90 and over, so a band may end at 89 or be open, and nothing between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from shp_analysis.errors import RequestError

OLDEST_AGE = 90
"""The last column counts everyone of this age and over."""
ALL, FEMALE, MALE = "all", "female", "male"
"""What a population is of."""
_BAND = re.compile(r"(?P<first>\d{1,2})(?:(?P<open>\+)|\s*[-–]\s*(?P<last>\d{1,3}))")


@dataclass(frozen=True)
class AgeBand:
    """Everyone from one age to another, both included.

    Attributes
    ----------
    first : int
        Years of age.
    last : int or None
        None where the band is open: `16+`.
    """

    first: int
    last: int | None = None

    def __post_init__(self) -> None:
        last = self.last
        if not 0 <= self.first <= OLDEST_AGE or (last is not None and not self.first <= last < OLDEST_AGE):
            message = (
                f"There is no age band '{self.label}': give ages from 0 to {OLDEST_AGE - 1}, the lower one first, or "
                f"an open band like 16+; everyone of {OLDEST_AGE} and over is published as one number."
            )
            raise RequestError(message)

    @property
    def label(self) -> str:
        """As it is printed: "13-16", "16+"."""
        return f"{self.first}+" if self.last is None else f"{self.first}-{self.last}"

    @property
    def ages(self) -> range:
        """The ages in it; the last of an open band stands for all above."""
        return range(self.first, (OLDEST_AGE if self.last is None else self.last) + 1)


def parse_age_band(text: str) -> AgeBand:
    """Read an age band.

    Parameters
    ----------
    text : str
        "13-16", "16+", "0+" for everyone.

    Raises
    ------
    RequestError
        Where it is no band, or one that cannot be counted.
    """
    found = _BAND.fullmatch(text.strip())
    if not found:
        message = f"'{text}' is no age band. Write it like 13-16 or 16+."
        raise RequestError(message)
    return AgeBand(int(found["first"]), None if found["open"] else int(found["last"]))


def count_residents(populations: pd.DataFrame, ages: AgeBand | str, sex: str | None = None) -> pd.DataFrame:
    """Count the residents of an age band, of one sex or of both.

    Parameters
    ----------
    populations : pandas.DataFrame
        From `ons.read_populations_by_sex`, `ons.read_local_authority_populations` or `ons.read_lsoa_populations`, or
        the same from the store.
    ages : AgeBand or str
        "16+", "10-17".
    sex : {"female", "male"}, optional
        Everyone if left out.

    Returns
    -------
    pandas.DataFrame
        One row an area and year: `area_code, area_name, mid_year, age_band, sex, residents`; `sex` is `"all"` where
        none was given. `residents` is missing where any age of the band, or one of the sexes, is: before 2001 nobody
        over 84 was published by single year of age, so 16+ is unknown there and 13-16 is not.

    Raises
    ------
    RequestError
        As `parse_age_band`; where the populations are not told by sex and one is asked for; or where an area's year is
        there both for all and by sex, which are two estimates.
    """
    band = parse_age_band(ages) if isinstance(ages, str) else ages
    rows = populations if "sex" in populations else populations.assign(sex=ALL)
    _check_sexes(rows, sex)
    if sex is not None:
        rows = rows[rows["sex"] == sex]
    within = rows[rows["age_years"].isin(band.ages)]
    groups = within.groupby(["area_code", "area_name", "mid_year"], as_index=False, sort=False)
    counted = groups.agg(
        residents=("residents", "sum"), n_ages=("residents", "count"), has_all=("sex", lambda sexes: ALL in set(sexes))
    )
    # A sum over the ages or sexes that happen to be there would be too small without saying so.
    n_sexes = counted["has_all"].map({True: 1, False: 1 if sex else 2})
    residents = counted["residents"].where(counted["n_ages"] == len(band.ages) * n_sexes).astype("Int64")
    return counted.assign(age_band=band.label, sex=sex or ALL, residents=residents)[
        ["area_code", "area_name", "mid_year", "age_band", "sex", "residents"]
    ]


def _check_sexes(rows: pd.DataFrame, sex: str | None) -> None:
    there = sorted(rows["sex"].unique())
    if sex is not None and sex not in (FEMALE, MALE):
        message = f"There is no sex {sex!r} in populations. Give {FEMALE} or {MALE}, or none for everyone."
        raise RequestError(message)
    if sex is not None and sex not in there:
        message = f"These populations are not told by sex ({', '.join(there)} only). Read populations by sex and age."
        raise RequestError(message)
    if sex is None and ALL in there and len(there) > 1:
        keys = ["area_code", "mid_year"]
        both = rows.loc[rows["sex"] == ALL, keys].drop_duplicates().merge(rows.loc[rows["sex"] != ALL, keys])
        if len(both):
            code, year = both.iloc[0]
            message = f"Residents of {code} in {year} are there for all and by sex: two estimates. Choose one of them."
            raise RequestError(message)
