"""DfT road safety data: what the three tables say together, and who counts as killed or seriously injured.

Casualties and vehicles say neither when nor where: their collision does. A casualty whose collision is not there would
drop out of every count without a word, so nothing here drops one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from shp_analysis.errors import RequestError, SourceError
from shp_analysis.readers.stats19_clean import FATAL

SERIOUS = "Serious"
PLACE_COLUMNS = ("collision_date", "collision_time", "police_force", "authority_code", "authority_name", "lsoa_code")
"""What a collision lends to its casualties and vehicles."""
_ONS_CODE = re.compile(r"[EWS]\d{8}")


@dataclass(frozen=True)
class KsiTotals:
    """People killed or seriously injured: two series that are never mixed.

    Attributes
    ----------
    ksi_casualties : int
        As reported: fatal and serious.
    ksi_casualties_adjusted : float
        Fatal plus the sum of the weights for serious; NaN where any weight is missing.
    """

    ksi_casualties: int
    ksi_casualties_adjusted: float


def find_orphans(records: pd.DataFrame, collisions: pd.DataFrame) -> pd.DataFrame:
    """Find casualties (or vehicles) whose collision is not there.

    Parameters
    ----------
    records : pandas.DataFrame
        From `read_casualties` or `read_vehicles`.
    collisions : pandas.DataFrame
        From `read_collisions`.

    Returns
    -------
    pandas.DataFrame
        The rows of `records` without a collision, under their own index; empty where all is well.
    """
    return records[~records["collision_index"].isin(collisions["collision_index"])].copy()


def find_miscounts(collisions: pd.DataFrame, records: pd.DataFrame, column: str) -> pd.DataFrame:
    """Find collisions that state another number of casualties (or vehicles) than there are rows.

    Parameters
    ----------
    collisions : pandas.DataFrame
    records : pandas.DataFrame
        Casualties or vehicles.
    column : str
        `"number_of_casualties"` or `"number_of_vehicles"`.

    Returns
    -------
    pandas.DataFrame
        `collision_index`, the stated number, and `rows_found`; empty where all is well. A file that was cut short
        between two rows shows itself only here.
    """
    rows = collisions["collision_index"].map(records["collision_index"].value_counts()).fillna(0).astype("int64")
    stated = collisions[["collision_index", column]].assign(rows_found=rows)
    return stated[stated[column] != rows]


def place_records(records: pd.DataFrame, collisions: pd.DataFrame) -> pd.DataFrame:
    """Give every casualty (or vehicle) the day, the time and the place of its collision.

    Parameters
    ----------
    records, collisions : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        `records` in their order, with the columns `PLACE_COLUMNS` at the end. `lsoa_code` is where the collision was;
        where a casualty lives is `home_lsoa_code`.

    Raises
    ------
    SourceError
        Where a record has no collision.
    """
    orphans = find_orphans(records, collisions)
    if len(orphans):
        message = (
            f"The collision {orphans.iloc[0]['collision_index']!r} is not among the {len(collisions):,} collisions; "
            f"{len(orphans):,} of {len(records):,} rows are without theirs, so nobody can say when and where they "
            "were. Take in the collision file of the same release and the same years."
        )
        raise SourceError(message)
    places = collisions.set_index("collision_index")[list(PLACE_COLUMNS)]
    return records.join(places, on="collision_index", validate="many_to_one")


def select_authority(records: pd.DataFrame, authority_code: str) -> pd.DataFrame:
    """Keep the rows of one local authority.

    Parameters
    ----------
    records : pandas.DataFrame
        Collisions, or what `place_records` gives.
    authority_code : str
        An ONS code: Halton is E06000006. The former number of a district (124) is none.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    RequestError
        Where the code is no ONS code.
    SourceError
        Where no row says in which authority it lies.
    """
    if not _ONS_CODE.fullmatch(authority_code):
        message = (
            f"{authority_code!r} is not the ONS code of a local authority (Halton is E06000006). The former numbers of "
            "districts are mostly -1 in newer files, so nothing is selected by them."
        )
        raise RequestError(message)
    if len(records) and records["authority_code"].isna().all():
        message = (
            f"None of the {len(records):,} rows says in which authority it lies. Use a release that has "
            "'local_authority_ons_district'."
        )
        raise SourceError(message)
    return records[records["authority_code"] == authority_code].copy()


def weigh_ksi(casualties: pd.DataFrame) -> pd.DataFrame:
    """Say of every casualty how much of a killed or seriously injured person it counts for.

    Parameters
    ----------
    casualties : pandas.DataFrame
        With `casualty_severity` and `adjusted_serious`.

    Returns
    -------
    pandas.DataFrame
        Two columns under the same index. `ksi_casualties` is 1 where the casualty was reported as fatal or serious and
        0 elsewhere. `ksi_casualties_adjusted` is 1 where it was fatal, otherwise its weight, and NaN wherever the
        weight is missing: add it up with `skipna=False`.
    """
    severity, weight = casualties["casualty_severity"], casualties["adjusted_serious"]
    # A fatal row carries the weight 0. Where it carries none the file has none, and a count would mix two series.
    is_fatal = (severity == FATAL).astype(float)
    return pd.DataFrame(
        {
            "ksi_casualties": severity.isin((FATAL, SERIOUS)).astype("int64"),
            "ksi_casualties_adjusted": weight + is_fatal,
        }
    )


def sum_ksi(casualties: pd.DataFrame) -> KsiTotals:
    """Add up the people killed or seriously injured, as reported and adjusted for how severity was recorded.

    Parameters
    ----------
    casualties : pandas.DataFrame
        With `casualty_severity` and `adjusted_serious`.

    Returns
    -------
    KsiTotals
        No casualties are 0 and 0.0. One missing weight makes the adjusted figure NaN, never smaller.

    References
    ----------
    Department for Transport, "Guide to severity adjustments for reported road casualty statistics": adjusted killed or
    seriously injured is fatal plus the sum of the adjusted serious probabilities.
    """
    weights = weigh_ksi(casualties)
    return KsiTotals(
        ksi_casualties=int(weights["ksi_casualties"].sum()),
        ksi_casualties_adjusted=float(weights["ksi_casualties_adjusted"].sum(skipna=False)),
    )


def place_records_sql(records: str = "stats19_casualty", collisions: str = "stats19_collision") -> str:
    """Write the query of `place_records` for a store that holds both tables.

    Parameters
    ----------
    records : str
        The store's table of casualties or vehicles.
    collisions : str
        The store's table of collisions.

    Returns
    -------
    str
        Every row of `records`, with `PLACE_COLUMNS` of its collision behind it. They are missing where the collision is
        not held: nobody drops out of a count of all, and nobody without a place is counted in one.
    """
    places = ", ".join(f"collision.{name}" for name in PLACE_COLUMNS)
    return f"SELECT record.*, {places} FROM {records} record LEFT JOIN {collisions} collision USING (collision_index)"
