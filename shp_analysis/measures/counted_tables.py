"""The tables that indicators are counted from: how each says when and where, and what it may be filtered by.

A publisher's tidy records become countable here, once: an SQL query gives every record a period and a place, and the
rest of the workbook counts all of them in one way. A new indicator over one of these tables is an entry of the
catalogue; a new table is an entry of this module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shp_analysis.errors import ParametersError, suggest
from shp_analysis.readers import incidents, police_uk
from shp_analysis.readers.readers import Frequency, RecordTable
from shp_analysis.readers.registry import list_tables
from shp_analysis.reference.areas import Area, AreaKind, list_lsoas, list_partnerships


class Place(StrEnum):
    """How a table says where: the value is the column that holds it."""

    LSOA = "lsoa_code"
    AUTHORITY_NAME = "authority_name"
    AUTHORITY = "authority_code"
    PARTNERSHIP = "csp_code"
    FORCE = "force_area_code"
    FORCE_NAME = "force"
    AREA = "area_code"


WHOLE_FORCES = frozenset({Place.FORCE, Place.FORCE_NAME})
"""Places as large as a police force's area: a borough is answered with its force's figure, under the force's name."""


@dataclass(frozen=True)
class Link:
    """How those records of a table are found that cannot be counted, because a record of another table is not there.

    Attributes
    ----------
    sql : str
        A query over `stored` that gives them: `part_period`, `sender`, and the columns of `filters`.
    stored : tuple of str
        Where any of these tables holds nothing, it cannot be asked.
    senders : str
        A query over `stored` whose records have a place and a `sender`. What an area lacks is what comes from a sender
        of one of its own records or, where it has none, from one of nobody's.
    filters : tuple of str
        What they may be filtered by; a filter by anything else leaves all of them in.
    words : str
        With `{records}` (a number with its noun), `{counted}`, `{most}` (both numbers together) and `{area}`.
    nouns : tuple of str
        One of the records, and several.
    stated : str
        A query over `stored` that gives records with a place and a `period`, and how many of the table's records each
        states and is without, as `lacking`; empty where none state it.
    stated_words : str
        As `words`.
    """

    sql: str
    stored: tuple[str, ...]
    senders: str
    filters: tuple[str, ...]
    words: str
    nouns: tuple[str, str]
    stated: str = ""
    stated_words: str = ""


@dataclass(frozen=True)
class CountedTable:
    """One table that can be counted.

    Attributes
    ----------
    name : str
        As indicators name it.
    sql : str
        A query over the stored tables, by their names, that gives `part_unit`, `part_period`, `period`, the columns of
        `places`, `filters` and `summed`, and nothing else that is needed.
    stored : tuple of str
        The stored tables in it; the first gives its parts.
    frequency : Frequency
        How long the period of one record is; a part may be longer (a year of dated collisions).
    places : tuple of Place
        What it says of where, the finest first.
    told : tuple of str
        Columns that say where, kept so that a page can name the place that holds much of a count.
    filters, summed : tuple of str
        Columns that indicators may filter by, and columns whose sum they may take.
    classes : mapping of str to str
        Conditions that part its records into classes whose completeness is judged apart.
    is_own_force_only : bool
        Whether an area's records are those of its own force; other forces' are told and not counted.
    fills_zero : bool
        Whether nothing of a kind in a part that was delivered means zero; else it means that nothing was said.
    is_checked_for_thin_parts : bool
        Whether a part with far fewer records than its neighbours is taken for incomplete.
    unplaced : str
        Condition in SQL of a record without a place; empty where it is not asked how many of those there are.
    link : Link, optional
        Where a record of another table has to be there for one of this to be counted.
    """

    name: str
    sql: str
    stored: tuple[str, ...]
    frequency: Frequency
    places: tuple[Place, ...]
    filters: tuple[str, ...]
    summed: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    classes: Mapping[str, str] = field(default_factory=dict)
    is_own_force_only: bool = False
    fills_zero: bool = True
    is_checked_for_thin_parts: bool = False
    unplaced: str = ""
    link: Link | None = None

    @property
    def is_of_forces(self) -> bool:
        """Whether it knows no smaller place than a police force's area."""
        return set(self.places) <= WHOLE_FORCES

    @property
    def parts(self) -> RecordTable:
        """The stored table whose parts say what was delivered."""
        return list_tables()[self.stored[0]]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns by which records are told apart when they are counted."""
        return (*self.told, *self.filters)

    def condition(self, area: Area, *, with_others: bool = True) -> tuple[str, Sequence[str]] | None:
        """Say in SQL which records lie in an area.

        Parameters
        ----------
        area : Area
        with_others : bool
            Whether what other forces recorded within a force's whole area is given too, to be told.

        Returns
        -------
        tuple of str and sequence of str, or None
            The condition with `?` for every value, and the values; None where the table does not tell that area from
            a larger one. All that a force recorded is its whole area's, also without a place or with one elsewhere; a
            smaller area has what lies in it.
        """
        place, values = self._choose_place(area)
        if not values:
            return None
        inside = f"{place.value} IN ({', '.join('?' * len(values))})"
        if self.counts_unplaced(area) and not with_others:
            return "part_unit = ?", [area.force.police_uk_slug]
        if self.counts_unplaced(area):
            return f"({inside} OR part_unit = ?)", [*values, area.force.police_uk_slug]
        return inside, values

    def counts_unplaced(self, area: Area) -> bool:
        """Say whether an area's figures hold its force's records without a place: it is the whole of the force's."""
        return bool(self.unplaced) and self.is_own_force_only and area.is_whole_force

    def _choose_place(self, area: Area) -> tuple[Place, Sequence[str]]:
        """Give the finest column that tells the area from others, and the values that it has there; none of none."""
        for place in self.places:
            values = _values_of(place, area)
            if values:
                return place, values
        return Place.LSOA, sorted(list_lsoas(area)) if Place.LSOA in self.places else ()


def _values_of(place: Place, area: Area) -> Sequence[str]:
    is_small = bool(area.lsoa_codes)
    if place is Place.LSOA:
        return sorted(area.lsoa_codes)
    if place is Place.AREA:
        return [area.code]
    if is_small:
        return ()
    if place in WHOLE_FORCES:
        own = area.code if place is Place.FORCE else area.force.police_uk_slug
        return [own] if area.kind is AreaKind.POLICE_FORCE_AREA else ()
    if place is Place.AUTHORITY_NAME:
        return sorted(area.authority_names)
    return list(area.authority_codes) if place is Place.AUTHORITY else list_partnerships(area)


def find_counted_table(name: str) -> CountedTable:
    """Give a countable table by name.

    Raises
    ------
    ParametersError
        Where no indicator can be counted from that table.
    """
    if name not in COUNTED_TABLES:
        known = ", ".join(COUNTED_TABLES)
        message = f"'{name}' is not a table that indicators are counted from; those are {known}."
        raise ParametersError(f"{message} {suggest(name, COUNTED_TABLES)}".strip())
    return COUNTED_TABLES[name]


_NO_LSOA = f"{Place.LSOA} IS NULL"
_STREET = police_uk.Kind.STREET.table
_ASB = police_uk.ANTI_SOCIAL_BEHAVIOUR
_OFFENCES = ("offence_group", "offence_subgroup", "offence_description", "offence_code")


def _say_flag(name: str) -> str:
    return f"CASE {name} WHEN true THEN 'yes' WHEN false THEN 'no' ELSE 'unknown' END AS {name}"


_FLAGS = ", ".join(map(_say_flag, incidents.FLAGS))

_AGE_GROUP = "CASE WHEN age_years < 16 THEN 'child' WHEN age_years IS NULL THEN 'unknown' ELSE 'adult' END"
_CASUALTY_FILTERS = ("casualty_severity", "casualty_class", "road_user", "age_group", "sex")
_CASUALTIES = f"""
    SELECT casualty.*,
        strftime(collision.collision_date, '%Y-%m') AS period,
        collision.authority_code,
        collision.lsoa_code,
        {_AGE_GROUP} AS age_group,
        CASE casualty_severity WHEN 'Fatal' THEN 1 ELSE casualty.adjusted_serious END AS ksi_casualties_adjusted
    FROM stats19_casualty AS casualty JOIN stats19_collision AS collision USING (collision_index)
"""
"""When and where a casualty was hurt is in the collision; fatal rows carry no weight; a child is under 16."""

_SENDER = "left(collision_reference, 2) AS sender"
"""Every police force begins its references with two characters of its own."""
_COLLISION_SENDERS = f"SELECT *, {_SENDER} FROM stats19_collision"
_CASUALTY_LINK = Link(
    sql=f"""
        SELECT casualty.*, {_SENDER}, {_AGE_GROUP} AS age_group
        FROM stats19_casualty AS casualty ANTI JOIN stats19_collision USING (collision_index)
    """,
    stored=("stats19_casualty", "stats19_collision"),
    senders=_COLLISION_SENDERS,
    filters=_CASUALTY_FILTERS,
    words=(
        "no collision was received for {records}, who may be of {area} or not; {counted} of {area} have one, so the "
        "number lies between {counted} and {most}"
    ),
    stated="""
        SELECT collision.*, strftime(collision_date, '%Y-%m') AS period, number_of_casualties - found AS lacking
        FROM stats19_collision AS collision JOIN (
            SELECT collision_index, count(casualty.collision_index) AS found
            FROM stats19_collision LEFT JOIN stats19_casualty AS casualty USING (collision_index) GROUP BY ALL
        ) USING (collision_index)
        WHERE found < number_of_casualties AND collision.part_period IN (SELECT part_period FROM stats19_casualty)
    """,
    stated_words="the collisions of {area} state {records} more than the file holds, which are {counted}",
    nouns=("casualty", "casualties"),
)
_COLLISION_LINK = Link(
    sql=f"""
        SELECT DISTINCT part_period, collision_index, {_SENDER}
        FROM stats19_casualty ANTI JOIN stats19_collision USING (collision_index)
    """,
    stored=("stats19_casualty", "stats19_collision"),
    senders=_COLLISION_SENDERS,
    filters=(),
    words=(
        "casualties name {records}, of {area} or not, that were not received; {counted} of {area} were received, so "
        "the number lies between {counted} and {most}"
    ),
    nouns=("collision", "collisions"),
)

_SEVERITY = """
    SELECT crime.*, crime.part_period AS period, crime.recorded_crimes * weights.severity_weight AS severity_points
    FROM home_office_crime_csp AS crime LEFT JOIN ons_severity_weights AS weights USING (offence_code)
    WHERE NOT starts_with(crime.offence_group, 'Fraud')
"""
"""A code without a weight leaves the sum unknown: a score over some of the crimes would be too low."""
_DEPRIVATION = f"""
    SELECT street.*, street.month AS period,
        coalesce(CAST(places.decile AS VARCHAR), 'unknown') AS deprivation_decile
    FROM (SELECT * FROM {_STREET} WHERE crime_type <> '{_ASB}') AS street
    LEFT JOIN (
        SELECT lsoa_code, max_by(imd_decile, imd_edition) AS decile FROM mhclg_deprivation GROUP BY lsoa_code
    ) AS places USING (lsoa_code)
"""
_SEARCHES = f"""
    SELECT *, search_month AS period,
        CASE WHEN object_of_search IN ('Offensive weapons', 'Firearms') THEN 'yes' ELSE 'no' END AS is_for_weapons,
        CASE WHEN is_outcome_linked = 'True' THEN 'yes' ELSE 'no' END AS found_object
    FROM {police_uk.Kind.STOP_AND_SEARCH.table}
"""
"""There is no LSOA, so a search is the force's. What was looked for was found where the outcome is linked to it."""

_EVERY_TABLE = (
    CountedTable(
        name=_STREET,
        sql=f"SELECT *, month AS period FROM {_STREET}",
        stored=(_STREET,),
        frequency=Frequency.MONTH,
        places=(Place.LSOA, Place.AUTHORITY_NAME),
        filters=("crime_type",),
        told=("lsoa_code", "lsoa_name"),
        classes={"asb": f"crime_type = '{_ASB}'", "crime": f"crime_type <> '{_ASB}'"},
        is_own_force_only=True,
        is_checked_for_thin_parts=True,
        unplaced=_NO_LSOA,
    ),
    CountedTable(
        name="local_incidents",
        sql=f"SELECT * REPLACE ({_FLAGS}), month AS period FROM local_incidents",
        stored=("local_incidents",),
        frequency=Frequency.MONTH,
        places=(Place.LSOA,),
        filters=("incident_type", *incidents.FLAGS),
        is_checked_for_thin_parts=True,
        unplaced=_NO_LSOA,
    ),
    CountedTable(
        name="home_office_crime_csp",
        sql="SELECT *, part_period AS period FROM home_office_crime_csp",
        stored=("home_office_crime_csp",),
        frequency=Frequency.QUARTER,
        places=(Place.PARTNERSHIP,),
        filters=_OFFENCES,
        summed=("recorded_crimes",),
    ),
    CountedTable(
        name="stats19_collisions",
        sql="SELECT *, strftime(collision_date, '%Y-%m') AS period FROM stats19_collision",
        stored=("stats19_collision",),
        frequency=Frequency.MONTH,
        places=(Place.LSOA, Place.AUTHORITY),
        filters=("collision_severity", "day_of_week", "speed_limit_mph"),
        link=_COLLISION_LINK,
        summed=("number_of_casualties",),
    ),
    CountedTable(
        name="stats19_casualties",
        sql=_CASUALTIES,
        stored=("stats19_casualty", "stats19_collision"),
        frequency=Frequency.MONTH,
        places=(Place.LSOA, Place.AUTHORITY),
        filters=_CASUALTY_FILTERS,
        link=_CASUALTY_LINK,
        summed=("ksi_casualties_adjusted",),
    ),
    CountedTable(
        name="crime_severity",
        sql=_SEVERITY,
        stored=("home_office_crime_csp", "ons_severity_weights"),
        frequency=Frequency.QUARTER,
        places=(Place.PARTNERSHIP,),
        filters=_OFFENCES,
        summed=("severity_points",),
    ),
    CountedTable(
        name="crime_by_deprivation",
        sql=_DEPRIVATION,
        stored=(_STREET, "mhclg_deprivation"),
        frequency=Frequency.MONTH,
        places=(Place.LSOA, Place.AUTHORITY_NAME),
        filters=("deprivation_decile",),
        is_own_force_only=True,
        unplaced=_NO_LSOA,
    ),
    CountedTable(
        name="stop_and_search",
        sql=_SEARCHES,
        stored=(police_uk.Kind.STOP_AND_SEARCH.table,),
        frequency=Frequency.MONTH,
        places=(Place.FORCE_NAME,),
        filters=("is_for_weapons", "found_object"),
        is_own_force_only=True,
    ),
    CountedTable(
        name="moj_reoffending",
        sql=(
            f"SELECT * REPLACE (first_month || '-01/12' AS period), area_code AS {Place.AUTHORITY} FROM moj_reoffending"
        ),
        stored=("moj_reoffending",),
        frequency=Frequency.WINDOW,
        places=(Place.AUTHORITY,),
        filters=("age_group", "sex"),
        summed=("offenders", "reoffenders", "reoffences"),
        fills_zero=False,
    ),
    CountedTable(
        name="nrm_referrals",
        sql=f"SELECT *, area_code AS {Place.FORCE} FROM nrm_referrals",
        stored=("nrm_referrals",),
        frequency=Frequency.QUARTER,
        places=(Place.FORCE,),
        filters=("responder_type", "exploitation_type", "age_group"),
        summed=("referrals",),
    ),
    *(
        CountedTable(
            name=name,
            sql=f"FROM {name}",
            stored=(name,),
            frequency=frequency,
            places=(Place.AREA,),
            filters=("measure", "breakdown", "category", "organisation"),
            summed=("value", "base"),
            fills_zero=False,
        )
        for name, frequency in (
            ("partner_returns_month", Frequency.MONTH),
            ("partner_returns_quarter", Frequency.QUARTER),
            ("partner_returns_year", Frequency.FINANCIAL_YEAR),
            ("partner_returns_calendar_year", Frequency.CALENDAR_YEAR),
            ("partner_returns_stock", Frequency.QUARTER),
        )
    ),
    CountedTable(
        name="fingertips_indicators",
        sql=(
            "SELECT * REPLACE (strftime(period_start, '%Y-%m-%d') || '/' || CAST(round(12 * window_years) AS INTEGER) "
            "AS period) FROM fingertips_indicators"
        ),
        stored=("fingertips_indicators",),
        frequency=Frequency.WINDOW,
        places=(Place.AREA,),
        filters=("indicator_id", "sex", "age", "area_type"),
        summed=("indicator_value", "lower_95", "upper_95", "numerator", "denominator"),
        fills_zero=False,
    ),
    CountedTable(
        name="safelives_marac_cases",
        sql=f"SELECT *, area_code AS {Place.FORCE}, financial_year AS period FROM safelives_marac_cases",
        stored=("safelives_marac_cases",),
        frequency=Frequency.FINANCIAL_YEAR,
        places=(Place.FORCE,),
        filters=("geography",),
        summed=("maracs", "marac_cases", "repeat_marac_cases", "children_in_household"),
        fills_zero=False,
    ),
    CountedTable(
        name="ons_drug_poisoning_deaths",
        sql=f"SELECT *, area_code AS {Place.AUTHORITY}, registration_year AS period FROM ons_drug_poisoning_deaths",
        stored=("ons_drug_poisoning_deaths",),
        frequency=Frequency.CALENDAR_YEAR,
        places=(Place.AUTHORITY,),
        filters=(),
        summed=("deaths_registered",),
        fills_zero=False,
    ),
)
COUNTED_TABLES: Mapping[str, CountedTable] = {table.name: table for table in _EVERY_TABLE}
