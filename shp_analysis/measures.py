"""From records to observations: counting an indicator month by month in one area, and knowing which months are whole.

A month counts only when the area's own force has delivered it, and delivered all of it. A month without a file is
missing, never zero; a file with far fewer rows than the months around it is taken for a part of a month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from shp_analysis.areas import Area
from shp_analysis.catalogue import Indicator, Measure
from shp_analysis.errors import ParametersError
from shp_analysis.periods import Month, Period
from shp_analysis.sources import police_uk
from shp_analysis.store import Store

PART_OF_A_MONTH = 0.25
"""A force's month with less than this share of what its neighbouring months hold is taken for incomplete."""
NEIGHBOURING_MONTHS = 12
LARGEST_GAP_IN_MONTHS = 18
FEWEST_NEIGHBOURS = 3
PROVISIONAL_DAYS = 365
"""A month's file is still being revised about a year after it was first published."""

OBSERVATION_COLUMNS = (
    "indicator",
    "area_code",
    "period_start",
    "period_end",
    "breakdown",
    "numerator",
    "denominator",
    "is_provisional",
    "source_id",
)
_FILTER_COLUMNS: Mapping[str, tuple[str, ...]] = {police_uk.Kind.STREET.table: ("crime_type",)}
_CLASSES = {
    "asb": f"crime_type = '{police_uk.ANTI_SOCIAL_BEHAVIOUR}'",
    "crime": f"crime_type <> '{police_uk.ANTI_SOCIAL_BEHAVIOUR}'",
}


@dataclass(frozen=True)
class AreaRecords:
    """Everything one table holds about one area, counted by month, place and type.

    Attributes
    ----------
    table : str
    area : Area
    as_of : date or None
    counts : pandas.DataFrame
        `month, lsoa_code, lsoa_name`, the columns an indicator may filter by, and `records`.
    months : pandas.DataFrame
        One row a month delivered by the area's own force: `month, path, sha256, received_on`, …
    thin_months : mapping of str to frozenset of str
        For `asb` and for `crime`: months whose file holds too few rows to be the whole month, or none of the area.
    other_forces : pandas.DataFrame
        `month, force, records`: rows that other forces recorded within the area; they are told and not counted.
    """

    table: str
    area: Area
    as_of: date | None
    counts: pd.DataFrame
    months: pd.DataFrame
    thin_months: Mapping[str, frozenset[str]] = field(default_factory=dict)
    other_forces: pd.DataFrame = field(default_factory=pd.DataFrame)


def read_area_records(store: Store, table: str, area: Area, *, as_of: date | None = None) -> AreaRecords:
    """Count a table's records of one area, as known on a day.

    Parameters
    ----------
    store : Store
    table : str
    area : Area
    as_of : date, optional

    Returns
    -------
    AreaRecords
        Without rows where the area's force has delivered nothing.

    Raises
    ------
    ParametersError
        Where no indicator can be counted from that table.
    """
    if table not in _FILTER_COLUMNS:
        message = f"'{table}' is not a table that indicators are counted from; those are {', '.join(_FILTER_COLUMNS)}."
        raise ParametersError(message)
    months = store.parts_held(table, unit=area.force.police_uk_slug, as_of=as_of).rename(columns={"period": "month"})
    if months.empty:
        return AreaRecords(table, area, as_of, _empty_counts(table), months)
    place, values = _place_condition(area)
    columns = ", ".join(("month", "lsoa_code", "lsoa_name", *_FILTER_COLUMNS[table]))
    sql = f"SELECT force, {columns}, count(*) AS records FROM records WHERE {place} GROUP BY ALL ORDER BY ALL"
    every = store.query(table, sql, values, as_of=as_of)
    own = every["force"] == area.force.police_uk_slug
    others = every[~own].groupby(["month", "force"])["records"].sum().reset_index()
    return AreaRecords(
        table=table,
        area=area,
        as_of=as_of,
        counts=every[own].drop(columns="force").reset_index(drop=True),
        months=months,
        thin_months=_find_thin_months(
            store, table, area, as_of, absent=set(months["month"]) - set(every.loc[own, "month"])
        ),
        other_forces=others,
    )


def count_by_month(records: AreaRecords, indicator: Indicator, source: str | None = None) -> pd.DataFrame:
    """Count an indicator month by month.

    Parameters
    ----------
    records : AreaRecords
    indicator : Indicator
    source : str, optional
        Which of the indicator's sources; the first where left out.

    Returns
    -------
    pandas.DataFrame
        Observations, one row a whole month: `indicator, area_code, period_start, period_end, breakdown, numerator,
        denominator, is_provisional, source_id`. `numerator` is 0 only where the month was delivered and none of its
        rows counts; `denominator` is residents, missing where no population is known; `source_id` is the sha256.
    """
    _, measure = indicator.measure(source)
    counted = select_records(records, measure).groupby("month")["records"].sum()
    thin = records.thin_months.get(_class_of(measure), frozenset())
    rows = []
    for month, sha256, received_on in records.months[["month", "sha256", "received_on"]].itertuples(index=False):
        if month in thin:
            continue
        period = Month(month)
        population = records.area.population_on(period.end)
        rows.append(
            (
                indicator.id,
                records.area.code,
                period.start,
                period.end,
                "",
                int(counted.get(month, 0)),
                population.residents if population else pd.NA,
                (received_on - period.end).days < PROVISIONAL_DAYS,
                sha256,
            )
        )
    return pd.DataFrame(rows, columns=list(OBSERVATION_COLUMNS)).astype({"denominator": "Int64", "numerator": "int64"})


def select_records(records: AreaRecords, measure: Measure) -> pd.DataFrame:
    """Give the counted records that a measure takes in.

    Raises
    ------
    ParametersError
        Where the measure filters by a column that the table does not offer.
    """
    known = _FILTER_COLUMNS[records.table]
    unknown = sorted({*measure.include, *measure.exclude} - set(known))
    if unknown:
        allowed = f"it can be filtered by {', '.join(known)}"
        message = f"indicators.yaml filters {records.table} by {', '.join(unknown)}; {allowed}."
        raise ParametersError(message)
    frame = records.counts
    for column, values in measure.include.items():
        frame = frame[frame[column].isin(values)]
    for column, values in measure.exclude.items():
        frame = frame[~frame[column].isin(values)]
    return frame


def missing_months(observations: pd.DataFrame, period: Period) -> tuple[Month, ...]:
    """List the months of a period that no observation covers."""
    present = set(observations["period_start"])
    return tuple(month for month in period.months if month.start not in present)


def _place_condition(area: Area) -> tuple[str, Sequence[str]]:
    column, values = ("lsoa_code", area.lsoa_codes) if area.lsoa_codes else ("authority_name", area.authority_names)
    return f"{column} IN ({', '.join('?' * len(values))})", sorted(values)


def _class_of(measure: Measure) -> str:
    return "asb" if police_uk.ANTI_SOCIAL_BEHAVIOUR in measure.include.get("crime_type", ()) else "crime"


def _find_thin_months(
    store: Store, table: str, area: Area, as_of: date | None, *, absent: set[str]
) -> dict[str, frozenset[str]]:
    """Compare each month of the whole force with the held months nearest to it, for ASB and for crime apart.

    A month in which the force has rows and the area has none at all is `absent`: its places were named otherwise, or
    its rows were lost, and a zero would be a wrong number.
    """
    sums = ", ".join(f"count(*) FILTER ({condition}) AS {name}" for name, condition in _CLASSES.items())
    sql = f"SELECT month, {sums} FROM records WHERE force = ? GROUP BY month ORDER BY month"
    totals = store.query(table, sql, [area.force.police_uk_slug], as_of=as_of)
    positions = pd.Series([_position(month) for month in totals["month"]], index=totals.index)
    return {
        name: frozenset(totals.loc[[_is_thin(totals[name], positions, row) for row in totals.index], "month"]) | absent
        for name in _CLASSES
    }


def _is_thin(totals: pd.Series, positions: pd.Series, row: int) -> bool:
    gaps = (positions - positions[row]).abs().drop(row)
    near = gaps[gaps <= LARGEST_GAP_IN_MONTHS].nsmallest(NEIGHBOURING_MONTHS).index
    return len(near) >= FEWEST_NEIGHBOURS and totals[row] < PART_OF_A_MONTH * totals[near].median()


def _position(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def _empty_counts(table: str) -> pd.DataFrame:
    return pd.DataFrame(columns=["month", "lsoa_code", "lsoa_name", *_FILTER_COLUMNS[table], "records"])
