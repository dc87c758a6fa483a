"""From records to observations: an indicator's number in every period that arrived whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from shp_analysis.config.catalogue import Indicator, Kind, Measure, Selection
from shp_analysis.errors import ParametersError
from shp_analysis.measures.counted_tables import Place, find_counted_table
from shp_analysis.measures.neighbourhoods import count_busiest_years
from shp_analysis.measures.records import EVERYTHING, AreaRecords, find_unlinked_periods, select_records
from shp_analysis.readers import police_uk
from shp_analysis.reference.periods import Month, Period, build_window
from shp_analysis.store.store import Store

PROVISIONAL_DAYS = 365
"""A month's file is still being revised about a year after it was first published."""
PUBLISHED_NUMBERS = ("numerator", "denominator", "indicator_value", "lower_95", "upper_95")
"""Columns of a table of published figures."""
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


def count_observations(records: AreaRecords, indicator: Indicator, source: str | None = None) -> pd.DataFrame:
    """Count an indicator period by period.

    Parameters
    ----------
    records : AreaRecords
    indicator : Indicator
    source : str, optional
        Which of the indicator's sources; the first where left out.

    Returns
    -------
    pandas.DataFrame
        Observations, one row a whole period: `indicator, area_code, period_start, period_end, breakdown, numerator,
        denominator, is_provisional, source_id`. `numerator` is 0 only where the period was delivered and none of its
        rows counts. `denominator` is the whole of a proportion; of a count or a stock the people a rate is of, missing
        where their number is not known. `source_id` is the sha256 of every file that it comes from, separated by
        spaces.
    """
    _, measure = indicator.measure(source)
    if indicator.kind is Kind.PUBLISHED:
        return read_published(records, indicator, measure)
    if measure.busiest is not None:
        return _read_busiest(records, indicator, measure, measure.busiest)
    numerators, files = _add_up(records, measure)
    wholes, other_files = _add_up(records, measure.of) if measure.of else (None, {})
    thin = records.thin_periods.get(_class_of(measure), frozenset()) | find_unlinked_periods(records, measure)
    rows = []
    received = records.received_on
    for label, sha256 in records.periods[["period", "sha256"]].itertuples(index=False):
        number = _number_in(numerators, label, records)
        whole = _number_in(wholes, label, records) if wholes is not None else None
        if label in thin or number is None or (wholes is not None and not whole):
            continue
        period = records.read_period(label)
        people = records.number_of(indicator.denominator, period.end)
        own_files = files.get(label, frozenset()) | other_files.get(label, frozenset()) or {sha256}
        rows.append(
            (
                indicator.id,
                records.area.code,
                period.start,
                period.end,
                "",
                number,
                whole if whole is not None else people.residents if people else pd.NA,
                (max(received[each] for each in own_files) - period.end).days < PROVISIONAL_DAYS,
                " ".join(sorted(own_files)),
            )
        )
    kind = "int64" if all(float(row[5]).is_integer() for row in rows) else "float64"
    is_whole = all(pd.isna(row[6]) or float(row[6]).is_integer() for row in rows)  # advisers are counted in halves
    kinds = {"denominator": "Int64" if is_whole else "Float64", "numerator": kind}
    return pd.DataFrame(rows, columns=list(OBSERVATION_COLUMNS)).astype(kinds)


def read_published(records: AreaRecords, indicator: Indicator, measure: Measure) -> pd.DataFrame:
    """Read a publisher's own figures: one row a window, with the published 95% interval.

    Raises
    ------
    ParametersError
        Where the indicator's selection leaves more than one figure for a window.
    """
    selected = select_records(records, measure)
    twice = selected[selected.duplicated("period", keep=False)]
    if len(twice) or (selected["records"] > 1).any():
        message = (
            f"indicators.yaml: {indicator.id} selects more than one figure of {records.table.name} for one period; "
            f"filter by more of {', '.join(records.table.filters)}."
        )
        raise ParametersError(message)
    received = records.received_on
    rows = []
    for row in selected.to_dict("records"):
        period = records.read_period(row["period"])
        numbers = [row[f"sum_{name}"] for name in PUBLISHED_NUMBERS]
        is_early = (received[row["sha256"]] - period.end).days < PROVISIONAL_DAYS
        head = (indicator.id, records.area.code, period.start, period.end, "", *numbers[:2])
        rows.append((*head, is_early, row["sha256"], *numbers[2:]))
    columns = [*OBSERVATION_COLUMNS, "value", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns).dropna(subset="value").sort_values("period_end", ignore_index=True)


def _read_busiest(records: AreaRecords, indicator: Indicator, measure: Measure, share: float) -> pd.DataFrame:
    """Read the share of the busiest places: one row for every twelve months that are whole; they overlap."""
    files = records.periods.drop_duplicates("period", keep="last").set_index("period")[["sha256", "received_on"]]
    thin = records.thin_periods.get(_class_of(measure), frozenset())
    rows = []
    for year, number, whole in count_busiest_years(records, select_records(records, measure), share, thin):
        own = files.loc[[month.label for month in year.months]]
        is_early = (own["received_on"].iloc[-1] - year.end).days < PROVISIONAL_DAYS
        sources = " ".join(own["sha256"].unique())
        rows.append((indicator.id, records.area.code, year.start, year.end, "", number, whole, is_early, sources))
    kinds = {"numerator": "int64", "denominator": "Int64"}
    return pd.DataFrame(rows, columns=list(OBSERVATION_COLUMNS)).astype(kinds)


def _add_up(records: AreaRecords, selection: Selection) -> tuple[dict[str, float], dict[str, frozenset[str]]]:
    """Give the number of every period that has one, and the files it comes from."""
    selected = select_records(records, selection)
    files: dict[str, frozenset[str]] = {}
    for label, sha256 in selected[["period", "sha256"]].drop_duplicates().itertuples(index=False):
        files[label] = files.get(label, frozenset()) | {sha256}
    return _numerators(selected, selection), files


def _number_in(numbers: Mapping[str, float], label: str, records: AreaRecords) -> float | None:
    """Give a period's number: 0 only where nothing means none, and nothing where a cell of it was withheld."""
    number = numbers.get(label, 0 if records.table.fills_zero else None)
    return None if number is None or pd.isna(number) else number


def _numerators(selected: pd.DataFrame, selection: Selection) -> dict[str, float]:
    """Count records, or add a column up; a sum with an unknown part is unknown."""
    if selection.sum is None:
        return {str(label): int(count) for label, count in selected.groupby("period")["records"].sum().items()}
    names = {"total": f"sum_{selection.sum}", "known": f"known_{selection.sum}"}
    sums = selected.groupby("period")[["records", *names.values()]].sum(min_count=1)
    whole = sums[names["known"]] == sums["records"]
    return {str(label): float(total) for label, total in sums[names["total"]].where(whole).items()}


def missing_months(observations: pd.DataFrame, period: Period) -> tuple[Month, ...]:
    """List the months of a period that no observation covers."""
    covered = set(_covered_months(observations, period))
    return tuple(month for month in period.months if month not in covered)


def select_within(observations: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Give the observations that lie within a period."""
    return observations[_is_within(observations, period)]


def list_files_within(observations: pd.DataFrame, period: Period) -> set[str]:
    """List the sha256 of every file that a period's observations come from."""
    within = observations["source_id"].to_numpy()[_is_within(observations, period)].tolist()
    return {sha256 for each in within for sha256 in each.split()}


def _is_within(observations: pd.DataFrame, period: Period) -> npt.NDArray[np.bool_]:
    # Days as plain objects: pandas takes ten times as long over so few rows.
    starts, ends = (observations[name].to_numpy(dtype=object) for name in ("period_start", "period_end"))
    inside: npt.NDArray[np.bool_] = ((starts >= period.start) & (ends <= period.end)).astype(bool)
    return inside


def sum_within(observations: pd.DataFrame, period: Period) -> int | None:
    """Add up a period's observations; None where a month is missing."""
    if missing_months(observations, period):
        return None
    total: int = select_within(observations, period)["numerator"].to_numpy().sum().item()
    return total


def _covered_months(observations: pd.DataFrame, period: Period) -> Iterator[Month]:
    """Give every month that the observations touching a period cover: one, or the months of a quarter or year."""
    for start, end in zip(observations["period_start"].tolist(), observations["period_end"].tolist(), strict=True):
        if end < period.start or start > period.end:
            continue
        month = Month.containing(start)
        while month.start <= end:
            yield month
            month = month.next()


def _class_of(measure: Measure) -> str:
    if measure.records != police_uk.Kind.STREET.table:
        return EVERYTHING
    return "asb" if police_uk.ANTI_SOCIAL_BEHAVIOUR in measure.include.get("crime_type", ()) else "crime"


ENGLAND = "E92000001"
_FIGURES = {"indicator_value": "value", "lower_95": "lower", "upper_95": "upper"}


def read_published_of(store: Store, measure: Measure, area_code: str, *, as_of: date | None = None) -> pd.DataFrame:
    """Read what was published of an area, window by window, as an indicator selects it.

    Parameters
    ----------
    store : Store
    measure : Measure
        Of a published figure.
    area_code : str
        England, a region: an area that is nobody's partnership.
    as_of : date, optional

    Returns
    -------
    pandas.DataFrame
        `period_start, period_end, value, lower, upper`, oldest first; without rows where nothing was received.
    """
    table = find_counted_table(measure.records)
    stored = table.stored[0]
    columns = ["period_start", "period_end", *_FIGURES.values()]
    if store.parts_held(stored, as_of=as_of).empty:
        return pd.DataFrame(columns=columns)
    conditions, values = [f"{Place.AREA} = ?"], [area_code]
    for column, wanted in measure.include.items():
        conditions.append(f"{column} IN ({', '.join('?' * len(wanted))})")
        values += wanted
    numbers = ", ".join(f"{published} AS {name}" for published, name in _FIGURES.items())
    sql = (
        f"SELECT period_start, CAST(round(12 * window_years) AS INTEGER) AS months, {numbers} FROM {stored} "
        f"WHERE {' AND '.join(conditions)} ORDER BY period_start, months"
    )
    found = store.query(stored, sql, values, as_of=as_of).dropna(subset="value")
    starts = [start.date() for start in pd.to_datetime(found["period_start"])]
    ends = [build_window(start, int(months)).end for start, months in zip(starts, found["months"], strict=True)]
    return found.assign(period_start=starts, period_end=ends)[columns].reset_index(drop=True)
