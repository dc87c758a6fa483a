"""Recorded offences as the Home Office counts them: the street file's crimes of a month, told apart more finely.

data.police.uk has fourteen categories, and the Home Office's tables over a hundred offences. Every crime of the street
file is given an offence of its category, by shares that `home_office_offences.csv` lists, so that the two agree month
by month; anti-social behaviour is no offence and fraud is not recorded by a force. What was planted in a subgroup alone
is added to or taken from that subgroup, and is then the one difference from the street file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from shp_analysis.areas import Area, PoliceForce
from shp_analysis.periods import Month, Quarter
from shp_analysis.sample.borough import (
    Floats,
    Whole,
    choose_authorities,
    open_stream,
    read_categories,
    read_sample_table,
)
from shp_analysis.sample.places import read_places
from shp_analysis.sample.series import multiply_series, read_planted_series
from shp_analysis.sample.streets import draw_counts

SOURCE = "home_office"
QUARTERS_KEPT = 1024
"""Quarters of authorities whose offences are kept in memory: all that one borough draws, a hundred numbers each."""
UNASSIGNED_SHARE = 0.003
"""Crimes that a force gives to no partnership, over those that it gives to one."""


@dataclass(frozen=True)
class OffenceList:
    """The offences, one array element each, in the order of `home_office_offences.csv`.

    Attributes
    ----------
    category : array of str
        The police.uk category that it is a part of.
    code, description, subgroup, group : array of str
        As the Home Office writes them.
    share : array of float
        Share of the category's crimes.
    """

    category: npt.NDArray[np.object_]
    code: npt.NDArray[np.object_]
    description: npt.NDArray[np.object_]
    subgroup: npt.NDArray[np.object_]
    group: npt.NDArray[np.object_]
    share: Floats


@cache
def read_offences() -> OffenceList:
    """Read the offences."""
    table = read_sample_table("home_office_offences.csv")
    names = ("category", "offence_code", "offence_description", "offence_subgroup", "offence_group")
    category, code, description, subgroup, group = (table[name].to_numpy(object) for name in names)
    return OffenceList(category, code, description, subgroup, group, table["share"].to_numpy(float))


def name_series(subgroup: str) -> str:
    """Name the series by which something is planted in a subgroup: `home_office/rape_offences`."""
    return f"{SOURCE}/{'_'.join(subgroup.lower().replace('-', ' ').split())}"


def draw_offences(seed: int, authority_code: str, month: Month) -> Whole:
    """Draw a month's offences in an authority.

    Parameters
    ----------
    seed : int
    authority_code : str
        A simulated authority.
    month : Month

    Returns
    -------
    array of int, one element an offence
    """
    streets = draw_counts(read_places(authority_code), month, open_stream(seed, "streets", authority_code, month.label))
    crimes = dict(zip(read_categories().names, streets.sum(axis=0), strict=True))
    offences, stream = read_offences(), open_stream(seed, "offences", authority_code, month.label)
    counts = np.zeros(len(offences.code), dtype=np.int64)
    for category in dict.fromkeys(offences.category):
        rows = offences.category == category
        counts[rows] = stream.multinomial(crimes[category], offences.share[rows])
    return _plant(counts, seed, authority_code, month)


def _plant(counts: Whole, seed: int, authority_code: str, month: Month) -> Whole:
    """Add offences to the subgroups that were raised, and leave some out of those that were lowered."""
    planted = counts.copy()
    stream = open_stream(seed, "planted offences", authority_code, month.label)
    for subgroup in _list_planted_subgroups():
        factor = multiply_series(name_series(subgroup), authority_code, month)
        if factor != 1:
            rows = read_offences().subgroup == subgroup
            planted[rows] = (
                counts[rows] + stream.poisson((factor - 1) * counts[rows])
                if factor > 1
                else stream.binomial(counts[rows], factor)
            )
    return planted


@cache
def _list_planted_subgroups() -> tuple[str, ...]:
    planted = set(read_planted_series()["series"])
    return tuple(subgroup for subgroup in dict.fromkeys(read_offences().subgroup) if name_series(subgroup) in planted)


@lru_cache(maxsize=QUARTERS_KEPT)
def count_offences(seed: int, authority_code: str, quarter: Quarter) -> Whole:
    """Add up a quarter's offences in an authority, one element an offence; kept, and not to be written to."""
    drawn: Whole = np.sum([draw_offences(seed, authority_code, month) for month in quarter.months], axis=0)
    drawn.flags.writeable = False
    return drawn


def count_unassigned(seed: int, force: PoliceForce, quarter: Quarter) -> Whole:
    """Draw a quarter's crimes of a force that were given to no partnership, one element an offence."""
    own = np.sum([count_offences(seed, area.code, quarter) for area in list_policed(force)], axis=0)
    drawn: Whole = open_stream(seed, "unassigned", force.area_code, quarter.slug).poisson(UNASSIGNED_SHARE * own)
    return drawn


def count_force(seed: int, force: PoliceForce, quarter: Quarter) -> Whole:
    """Add up a quarter's offences of a force: its simulated authorities, and what was assigned to none."""
    counts: Whole = count_unassigned(seed, force, quarter)
    for area in list_policed(force):
        counts = counts + count_offences(seed, area.code, quarter)
    return counts


@cache
def list_policed(force: PoliceForce) -> tuple[Area, ...]:
    """List every simulated authority of a force, asked for or not: a force's figure is of all of them."""
    return tuple(area for area in choose_authorities(None) if area.force == force)


def list_forces(areas: Sequence[Area]) -> tuple[PoliceForce, ...]:
    """List the forces of some authorities, by the names of their areas."""
    forces = {area.force.area_name: area.force for area in areas}
    return tuple(forces[name] for name in sorted(forces))
