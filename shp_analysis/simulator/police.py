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

from shp_analysis.reference.areas import Area, PoliceForce
from shp_analysis.reference.periods import Month, Quarter
from shp_analysis.simulator.borough import (
    Floats,
    Whole,
    choose_authorities,
    draw_overdispersed,
    expect_monthly_counts,
    open_stream,
    read_categories,
    read_sample_table,
)
from shp_analysis.simulator.geography import Places, draw_points, read_places
from shp_analysis.simulator.planted import fix_counts, multiply_authority, multiply_places
from shp_analysis.simulator.planted_series import multiply_series, read_planted_series

CRIME_ID_LENGTH = 64
CRIME_ID_START = b"simulated crime ".hex().encode()
"""The first half of every Crime ID: the words "simulated crime " in hexadecimal. The second half is drawn."""
DRAWN_BYTES = (CRIME_ID_LENGTH - len(CRIME_ID_START)) // 2
HEX_DIGITS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
BORROWED_ID_SHARE = 0.0015
"""Share of rows that borrow the Crime ID of the row before, where both are of one category: about 0.2 % of
crimes then share an ID with another place, as published."""
NEVER = 10_000
"""Months to the outcome of a crime whose outcome never arrives."""


@dataclass(frozen=True)
class CrimeRows:
    """Rows of one authority and one month, one array element a row.

    Attributes
    ----------
    places : Places
        Where the points are.
    category : array of int
        Position among the categories.
    point : array of int
        Position among the points of `places`.
    crime_id : array of uint8, rows × 64
        The Crime ID in ASCII; drawn for anti-social behaviour too, and left out where it is written.
    outcome : array of int
        Position in `read_outcomes`; without meaning for anti-social behaviour.
    months_to_outcome : array of int
        0 for an outcome in the month of the crime itself; `NEVER` where none arrives.
    """

    places: Places
    category: Whole
    point: Whole
    crime_id: npt.NDArray[np.uint8]
    outcome: Whole
    months_to_outcome: Whole

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.category)

    @property
    def is_anti_social_behaviour(self) -> npt.NDArray[np.bool_]:
        """Whether each row is anti-social behaviour."""
        is_asb: npt.NDArray[np.bool_] = self.category == read_categories().anti_social_behaviour
        return is_asb

    def keep(self, wanted: npt.NDArray[np.bool_]) -> CrimeRows:
        """Return the rows that are wanted, in the order they were in."""
        return CrimeRows(
            self.places,
            self.category[wanted],
            self.point[wanted],
            self.crime_id[wanted],
            self.outcome[wanted],
            self.months_to_outcome[wanted],
        )


def draw_month(seed: int, authority_code: str, month: Month) -> CrimeRows:
    """Draw what an authority's own force recorded there in a month.

    Parameters
    ----------
    seed : int
    authority_code : str
        A simulated authority.
    month : Month

    Returns
    -------
    CrimeRows
        Ordered by LSOA name, then category.
    """
    places = read_places(authority_code)
    stream = open_stream(seed, "streets", authority_code, month.label)
    counts = draw_counts(places, month, stream)
    lsoa, category = _spell_out(counts)
    return _fill_rows(places, lsoa, category, stream)


def draw_counts(places: Places, month: Month, stream: np.random.Generator) -> Whole:
    """Draw a month's counts, LSOAs × categories, with everything that was planted in them.

    The expected count of the authority is multiplied by a gamma draw (months differ), shared out among the
    LSOAs, multiplied there by another (places differ from month to month), and Poisson counts are drawn:
    negative binomial at both levels, with the variances over mean that `categories.csv` states.
    """
    settings = read_categories()
    expected = expect_monthly_counts(places.authority_code, month) * multiply_authority(places.authority_code, month)
    of_month = draw_overdispersed(expected, settings.dispersion_between_months, stream)
    of_places = of_month * places.shares * multiply_places(places, month)
    counts: Whole = stream.poisson(draw_overdispersed(of_places, settings.dispersion_between_places, stream))
    return fix_counts(counts, places, month, stream)


def draw_visits(seed: int, force_slug: str, authority_code: str, month: Month) -> CrimeRows | None:
    """Draw what a neighbouring force recorded in an authority's LSOAs in a month; None where it never does.

    The rows are of the authority's five commonest crimes, so that no small count is upset by them.
    """
    expected = _monthly_visits().get((force_slug, authority_code))
    if expected is None:
        return None
    places = read_places(authority_code)
    stream = open_stream(seed, "visits", force_slug, authority_code, month.label)
    n_rows = int(stream.poisson(expected))
    commonest = np.argsort(expect_monthly_counts(authority_code, month), kind="stable")[-5:]
    counts = np.zeros(places.shares.shape, dtype=np.int64)
    for category in stream.choice(commonest, n_rows):
        counts[stream.choice(len(places.lsoa_codes), p=places.shares[:, category]), category] += 1
    return _fill_rows(places, *_spell_out(counts), stream)


@cache
def read_outcomes() -> tuple[str, ...]:
    """List the settled outcomes of `outcome_shares.csv`, in alphabetical order."""
    return tuple(sorted(read_sample_table("outcome_shares.csv")["outcome"].unique()))


def _spell_out(counts: Whole) -> tuple[Whole, Whole]:
    """Turn counts, LSOAs × categories, into the LSOA and category of every row."""
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    lsoa, category = np.divmod(cell, counts.shape[1])
    return lsoa, category


def _fill_rows(places: Places, lsoa: Whole, category: Whole, stream: np.random.Generator) -> CrimeRows:
    point = draw_points(places, lsoa, stream)
    crime_id = _draw_crime_ids(category, stream)
    outcome = _draw_outcomes(category, stream)
    return CrimeRows(places, category, point, crime_id, outcome, _draw_months_to_outcome(len(category), stream))


def _draw_crime_ids(category: Whole, stream: np.random.Generator) -> npt.NDArray[np.uint8]:
    drawn = stream.integers(0, 256, (len(category), DRAWN_BYTES), dtype=np.uint8)
    ids = np.empty((len(category), CRIME_ID_LENGTH), dtype=np.uint8)
    start = len(CRIME_ID_START)
    ids[:, :start] = np.frombuffer(CRIME_ID_START, dtype=np.uint8)
    ids[:, start::2] = HEX_DIGITS[drawn >> 4]
    ids[:, start + 1 :: 2] = HEX_DIGITS[drawn & 15]
    is_like_the_last = np.append(False, np.diff(category) == 0)[: len(category)]
    borrows = np.flatnonzero(is_like_the_last & (stream.random(len(category)) < BORROWED_ID_SHARE))
    ids[borrows] = ids[borrows - 1]
    return ids


def _draw_outcomes(category: Whole, stream: np.random.Generator) -> Whole:
    return _pick(_outcome_cumulative()[category], stream)


def _pick(cumulative: Floats, stream: np.random.Generator) -> Whole:
    """Choose a column for every row of cumulative shares."""
    draw = stream.random(len(cumulative))[:, None]
    chosen: Whole = (cumulative[:, :-1] <= draw).sum(axis=1)
    return chosen


def _draw_months_to_outcome(size: int, stream: np.random.Generator) -> Whole:
    still_open = _shares_still_open()
    draw = stream.random(size)
    # A draw below every share means still open at the end of the table.
    months: Whole = np.searchsorted(-still_open, -draw, side="left")
    return np.where(months == len(still_open), NEVER, months)


@cache
def _shares_still_open() -> Floats:
    shares: Floats = read_sample_table("outcome_delays.csv")["share_still_open"].to_numpy(float)
    return shares


@cache
def _outcome_cumulative() -> Floats:
    shares = read_sample_table("outcome_shares.csv").set_index(["category", "outcome"])["share"].unstack()
    ordered = shares.reindex(index=list(read_categories().names), columns=list(read_outcomes())).fillna(0.0)
    # Anti-social behaviour has no outcome, and its row of zeros is never read.
    cumulative: Floats = np.cumsum(ordered.to_numpy(float), axis=1)
    return cumulative


@cache
def _monthly_visits() -> dict[tuple[str, str], float]:
    table = read_sample_table("cross_border.csv")
    return {
        (str(row["police_uk_slug"]), str(row["local_authority_code"])): float(row["monthly_count"])
        for row in table.to_dict("records")
    }


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
