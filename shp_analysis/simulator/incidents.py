"""Local police incidents of an authority: day, hour, LSOA and five yes-or-no flags, drawn for nobody.

The layout is the one that `shp_analysis.readers.incidents` reads. Who recorded a row is its first column, so that
every row says of itself that it is simulated, wherever the file goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.readers.readers import SIMULATED_MARK
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Month
from shp_analysis.simulator.borough import (
    ANTI_SOCIAL_BEHAVIOUR,
    DAYS_IN_YEAR,
    Floats,
    Whole,
    draw_overdispersed,
    index_of_season,
    open_stream,
    read_categories,
    read_sample_table,
)
from shp_analysis.simulator.geography import Places
from shp_analysis.simulator.police import CrimeRows

INCIDENT_COLUMNS = (
    "recorded_by",
    "incident_date",
    "incident_hour",
    "lsoa_code",
    "incident_type",
    "alcohol",
    "drugs",
    "domestic_abuse",
    "youth",
    "looked_after_placed",
)
_ORDER = ["incident_date", "incident_hour", "lsoa_code", "incident_type"]
PLAIN_FLAGS = ("alcohol", "drugs", "domestic_abuse", "youth")
DAILY_DISPERSION_SHAPE = 25.0
"""Shape of the gamma that a day's weight is multiplied by: days differ by a fifth beyond chance."""


@dataclass(frozen=True)
class IncidentType:
    """How one type of incident behaves.

    Attributes
    ----------
    name : str
    yearly_count : float
        Without events; unused for anti-social behaviour, whose number is that of the street file.
    dispersion : float
        Variance over mean of a month's count.
    place_pattern : str
        The police.uk category whose spread over LSOAs it follows.
    flag_shares : tuple of float
        Share of incidents with each of `PLAIN_FLAGS`.
    looked_after_share : float
        Share of incidents with a young person in which one is placed here by another authority.
    """

    name: str
    yearly_count: float
    dispersion: float
    place_pattern: str
    flag_shares: tuple[float, ...]
    looked_after_share: float


@cache
def read_incident_types() -> tuple[IncidentType, ...]:
    """Read the types of incident and how each behaves."""
    table = read_sample_table("incident_types.csv")
    return tuple(
        IncidentType(
            name=str(row["incident_type"]),
            yearly_count=float(row["yearly_count"]),
            dispersion=float(row["dispersion"]),
            place_pattern=str(row["place_pattern"]),
            flag_shares=tuple(float(row[flag]) for flag in PLAIN_FLAGS),
            looked_after_share=float(row["looked_after_placed_of_youth"]),
        )
        for row in table.to_dict("records")
    )


def draw_incidents(seed: int, streets: CrimeRows, month: Month) -> pd.DataFrame:
    """Draw a month's incidents in an authority.

    Parameters
    ----------
    seed : int
    streets : CrimeRows
        What its force recorded there in that month; its rows of anti-social behaviour are the incidents of
        that type.
    month : Month

    Returns
    -------
    pandas.DataFrame
        `INCIDENT_COLUMNS`, one row an incident, ordered by day and hour. `recorded_by` is the word Simulated and the
        force's name, dates are ISO text, hours 0 to 23, flags Y or N.
    """
    places = streets.places
    stream = open_stream(seed, "incidents", places.authority_code, month.label)
    parts = [
        _draw_type(kind, _draw_lsoas(kind, streets, month, stream), places, month, stream)
        for kind in read_incident_types()
    ]
    drawn = pd.concat(parts, ignore_index=True).sort_values(_ORDER, kind="stable", ignore_index=True)
    drawn.insert(0, "recorded_by", f"{SIMULATED_MARK} {read_area(places.authority_code).force.police_uk_name}")
    return drawn


def weigh_days(incident_type: str, month: Month) -> Floats:
    """Give each day of a month its weight for a type: weekday, holidays, Halloween to Bonfire Night.

    Returns
    -------
    array of float, one element a day
        1 for an average day without an event.
    """
    of_week = _weekday_weights(incident_type)
    days = [month.start + timedelta(days=number) for number in range(month.days)]
    weights: Floats = np.array([of_week[day.weekday()] for day in days])
    for first_day, last_day, multiplier in _events(incident_type):
        is_within = [first_day <= day <= last_day for day in days]
        weights[is_within] *= multiplier
    return weights


def _draw_lsoas(kind: IncidentType, streets: CrimeRows, month: Month, stream: np.random.Generator) -> Whole:
    """Draw how many incidents of a type there are, and the LSOA of each."""
    places = streets.places
    if kind.name == ANTI_SOCIAL_BEHAVIOUR:
        lsoas: Whole = places.point_lsoa[streets.point[streets.is_anti_social_behaviour]]
        return lsoas
    expected = kind.yearly_count / DAYS_IN_YEAR * index_of_season(kind.name, month) * weigh_days(kind.name, month).sum()
    mean = draw_overdispersed(np.array([expected]), np.array([kind.dispersion]), stream)
    shares = places.shares[:, read_categories().names.index(kind.place_pattern)]
    return np.repeat(np.arange(len(shares)), stream.multinomial(int(stream.poisson(mean)[0]), shares))


def _draw_type(
    kind: IncidentType, lsoa: Whole, places: Places, month: Month, stream: np.random.Generator
) -> pd.DataFrame:
    size = len(lsoa)
    hours = _hour_shares(kind.name)
    drawn = pd.DataFrame(
        {
            "incident_date": _draw_days(kind.name, size, month, stream),
            "incident_hour": stream.choice(len(hours), size, p=hours),
            "lsoa_code": np.array(places.lsoa_codes, dtype=object)[lsoa],
            "incident_type": kind.name,
        }
    )
    flags = {name: stream.random(size) < share for name, share in zip(PLAIN_FLAGS, kind.flag_shares, strict=True)}
    flags["looked_after_placed"] = flags["youth"] & (stream.random(size) < kind.looked_after_share)
    return drawn.assign(**{name: np.where(is_set, "Y", "N") for name, is_set in flags.items()})


def _draw_days(incident_type: str, size: int, month: Month, stream: np.random.Generator) -> npt.NDArray[np.object_]:
    gamma = stream.gamma(DAILY_DISPERSION_SHAPE, 1 / DAILY_DISPERSION_SHAPE, month.days)
    weights = weigh_days(incident_type, month) * gamma
    names = np.array([(month.start + timedelta(days=number)).isoformat() for number in range(month.days)], dtype=object)
    return names[stream.choice(month.days, size, p=weights / weights.sum())]


@cache
def _weekday_weights(incident_type: str) -> Floats:
    """Give Monday to Sunday their weights, 1 on average."""
    table = read_sample_table("incident_weekdays.csv").set_index("incident_type")
    weights = table.loc[incident_type].to_numpy(float)
    relative: Floats = weights / weights.mean()
    return relative


@cache
def _events(incident_type: str) -> tuple[tuple[date, date, float], ...]:
    """List the first day, last day and multiplier of every event of a type."""
    table = read_sample_table("daily_events.csv")
    return tuple(
        (date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"]), float(row["multiplier"]))
        for row in table.loc[table["incident_type"] == incident_type].to_dict("records")
    )


@cache
def _hour_shares(incident_type: str) -> Floats:
    table = read_sample_table("incident_hours.csv").set_index("incident_type")
    weights = table.loc[incident_type].to_numpy(float)
    shares: Floats = weights / weights.sum()
    return shares
