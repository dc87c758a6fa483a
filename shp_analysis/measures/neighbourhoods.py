"""An area's neighbourhoods: their residents, deprivation and crimes, and the records in the busiest of them.

Which neighbourhoods are the busiest is settled by the same twelve months whose records are counted, so two years are
ranked alike. A twentieth of 79 neighbourhoods is 3.95 of them: three count whole and the fourth with 95 of 100 of its
records. Were it rounded up, a neighbourhood more or fewer on the list would move the share by a fifth.

Every neighbourhood of the area is there, those without a single crime too: a rate or a curve over the others alone
would make crime look more even than it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.measures.records import AreaRecords
from shp_analysis.readers import police_uk
from shp_analysis.reference.areas import MID_YEAR, Area
from shp_analysis.reference.periods import Month, Period, YearEnding
from shp_analysis.statistics.intervals import interval_of_count
from shp_analysis.store.store import Store

_PLACE = "lsoa_code"


def sum_busiest(counts: npt.ArrayLike, share: float) -> float:
    """Add up what the busiest share of some places holds; the last of them counts in part.

    Parameters
    ----------
    counts : array_like of int, shape (places,)
        Of every place, in any order.
    share : float
        Between 0 and 1.

    Returns
    -------
    float

    Examples
    --------
    >>> sum_busiest([40, 30, 20, 10], 0.25), sum_busiest([10, 20, 30, 40], 0.375)
    (40.0, 55.0)
    """
    ordered = -np.sort(-np.asarray(counts, dtype=float))
    weights = np.clip(round(share * len(ordered), 9) - np.arange(len(ordered)), 0, 1)
    return float(weights @ ordered)


def count_busiest_years(
    records: AreaRecords, selected: pd.DataFrame, share: float, thin: frozenset[str]
) -> Iterator[tuple[YearEnding, int, int]]:
    """Count every twelve months of an area that were received whole, and those of their records in its busiest places.

    Parameters
    ----------
    records : AreaRecords
        Of months.
    selected : pandas.DataFrame
        Those of `records.counts` that are meant.
    share : float
        Of the neighbourhoods in which anything was recorded in the twelve months.
    thin : frozenset of str
        Months that are not whole.

    Yields
    ------
    year : YearEnding
    number : int
        In the busiest neighbourhoods, to the nearest whole record; one without a place is in none.
    whole : int
    """
    if _PLACE not in selected:
        return
    months = selected.pivot_table(index="period", columns=_PLACE, values="records", aggfunc="sum", fill_value=0)
    totals = selected.groupby("period")["records"].sum()
    held = {Month(label) for label in records.periods["period"]} - {Month(label) for label in thin}
    placed = [name for name in months.columns if name]
    for month in sorted(held):
        year = month.twelve_months_to_end()
        labels = [each.label for each in year.months]
        whole = int(totals.reindex(labels, fill_value=0).sum())
        if whole and held.issuperset(year.months):
            counts = months.reindex(labels, fill_value=0)[placed].sum().to_numpy()
            yield year, round(sum_busiest(counts[counts > 0], share)), whole


RESIDENTS, DEPRIVATION = "ons_populations_lsoa", "mhclg_deprivation"
PER_RESIDENTS = 1_000
_OF_AREA = "regexp_replace(area_name, ' [0-9]{3}[A-Z]$', '')"
"""An LSOA is named after its authority: `Halton 007A`."""


@dataclass(frozen=True)
class Neighbourhoods:
    """The neighbourhoods (LSOAs) of an area, as known on a day.

    Attributes
    ----------
    frame : pandas.DataFrame
        `lsoa_code, residents, imd_decile`, one row each; the tenth is missing where no index names the neighbourhood.
    mid_year : int
        Of the residents.
    imd_edition : str
        The year of the index; empty where none was received.
    """

    frame: pd.DataFrame
    mid_year: int
    imd_edition: str


@dataclass(frozen=True)
class Deciles:
    """Recorded crimes by how deprived the neighbourhood is.

    Attributes
    ----------
    frame : pandas.DataFrame
        `imd_decile, neighbourhoods, residents, crimes, rate, lower, upper`, from the most deprived tenth in England;
        rates per 1,000 residents. A tenth in which the area has no neighbourhood has no row.
    dispersion : float
        How many times more the neighbourhoods of one tenth differ than chance alone would make them; at least 1. The
        ranges allow for it.
    elsewhere : int
        Crimes at places that are none of these neighbourhoods; in no row.
    """

    frame: pd.DataFrame
    dispersion: float
    unplaced_crimes: int


def read_neighbourhoods(store: Store, area: Area, day: date, *, as_of: date | None = None) -> Neighbourhoods | None:
    """Read an area's neighbourhoods with the newest residents not later than a day, or the earliest there are.

    Parameters
    ----------
    store : Store
    area : Area
    day : date
        Usually the last of a period.
    as_of : date, optional

    Returns
    -------
    Neighbourhoods or None
        None where residents by neighbourhood were not received for this area.
    """
    if store.parts_held(RESIDENTS, as_of=as_of).empty:
        return None
    values = sorted(area.lsoa_codes or area.authority_names)
    column = "area_code" if area.lsoa_codes else _OF_AREA
    sql = (
        f"SELECT mid_year, area_code AS lsoa_code, sum(residents) AS residents FROM {RESIDENTS} "
        f"WHERE {column} IN ({', '.join('?' * len(values))}) GROUP BY ALL ORDER BY ALL"
    )
    people = store.query(RESIDENTS, sql, values, as_of=as_of)
    if people.empty:
        return None
    years = sorted(int(year) for year in people["mid_year"].unique())
    year = max((each for each in years if date(each, *MID_YEAR) <= day), default=years[0])
    own = people.loc[people["mid_year"].astype(int) == year, ["lsoa_code", "residents"]]
    tenths, edition = _read_deciles(store, as_of)
    return Neighbourhoods(own.merge(tenths, on="lsoa_code", how="left").reset_index(drop=True), year, edition)


def _read_deciles(store: Store, as_of: date | None) -> tuple[pd.DataFrame, str]:
    """Read how deprived each neighbourhood is, by the newest index that names it."""
    if store.parts_held(DEPRIVATION, as_of=as_of).empty:
        return pd.DataFrame({"lsoa_code": pd.Series(dtype="str"), "imd_decile": pd.Series(dtype="Int64")}), ""
    sql = (
        f"SELECT lsoa_code, max_by(imd_decile, imd_edition) AS imd_decile, max(imd_edition) AS edition "
        f"FROM {DEPRIVATION} GROUP BY lsoa_code"
    )
    found = store.query(DEPRIVATION, sql, as_of=as_of)
    return found[["lsoa_code", "imd_decile"]].astype({"imd_decile": "Int64"}), str(found["edition"].max())


def count_crimes(records: AreaRecords, period: Period) -> pd.Series:
    """Count a period's recorded crimes by neighbourhood.

    Parameters
    ----------
    records : AreaRecords
        Of the police's street-level files.
    period : Period

    Returns
    -------
    pandas.Series
        By LSOA code, the most first; a crime without a place stands under an empty code.
    """
    frame = records.counts
    is_meant = frame["period"].isin([month.label for month in period.months])
    crimes = frame[is_meant & (frame["crime_type"] != police_uk.ANTI_SOCIAL_BEHAVIOUR)]
    found = crimes["records"].groupby(crimes["lsoa_code"].fillna("")).sum().astype(int)
    return found.sort_values(ascending=False, kind="stable")


def count_by_decile(neighbourhoods: Neighbourhoods, crimes: pd.Series) -> Deciles:
    """Add crimes up over the neighbourhoods of each tenth of deprivation, and give rates with their ranges.

    Parameters
    ----------
    neighbourhoods : Neighbourhoods
    crimes : pandas.Series
        By LSOA code, as `count_crimes` gives them.

    Returns
    -------
    Deciles
        Crimes gather in a few neighbourhoods, so those of one tenth differ by far more than chance; the ranges are
        widened by as much (Pearson's statistic over its degrees of freedom).
    """
    frame = neighbourhoods.frame.dropna(subset=["imd_decile", "residents"])
    frame = frame.assign(crimes=frame["lsoa_code"].map(crimes).fillna(0).astype(int))
    summed = frame.groupby("imd_decile").agg(
        neighbourhoods=("lsoa_code", "size"), residents=("residents", "sum"), crimes=("crimes", "sum")
    )
    dispersion = _judge_dispersion(frame, summed)
    lower, upper = interval_of_count(summed["crimes"].to_numpy(dtype=float) / dispersion)
    factor = PER_RESIDENTS / summed["residents"].to_numpy(dtype=float)
    summed = summed.assign(
        rate=summed["crimes"].to_numpy(dtype=float) * factor,
        lower=lower * dispersion * factor,
        upper=upper * dispersion * factor,
    )
    unplaced_crimes = int(crimes.sum()) - int(summed["crimes"].sum())
    return Deciles(summed.reset_index(), dispersion, unplaced_crimes)


def _judge_dispersion(frame: pd.DataFrame, summed: pd.DataFrame) -> float:
    rates = frame["imd_decile"].map(summed["crimes"] / summed["residents"]).to_numpy(dtype=float)
    expected = rates * frame["residents"].to_numpy(dtype=float)
    counted = expected > 0
    degrees = int(counted.sum()) - len(summed)
    if degrees < 1:
        return 1.0
    differences = frame["crimes"].to_numpy(dtype=float)[counted] - expected[counted]
    return max(1.0, float(np.sum(differences**2 / expected[counted])) / degrees)
