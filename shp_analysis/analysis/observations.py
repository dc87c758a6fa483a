"""Observations as tidy frames: of an indicator, or of figures of an analyst."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from shp_analysis.assessment.area_records import OpenedRecords
from shp_analysis.config.catalogue import (
    Comparability,
    Importance,
    Indicator,
    Kind,
    Measure,
    Polarity,
    Selection,
    SeriesBreak,
    Tier,
)
from shp_analysis.errors import RequestError, suggest
from shp_analysis.measures.observations import count_observations
from shp_analysis.measures.records import AreaRecords, select_from
from shp_analysis.readers.partner_returns_measures import find_measure
from shp_analysis.reference.areas import Area, read_area
from shp_analysis.reference.periods import Period, build_window, count_months, parse_period

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
PERCENT_COLUMN = "percent"
PART_SEPARATOR = ":"
"""Between an indicator's id and the part of it that is counted: `DA-03:sex=female`."""

MEASURE, SPLIT, CATEGORY = "measure", "breakdown", "category"
"""The columns by which partners' returns say what a number is of, and what it is split by."""


@dataclass(frozen=True, eq=False)
class ObservedSeries:
    """What one series of an observations frame is: an indicator, or a part of one, in one area.

    Attributes
    ----------
    indicator : Indicator
        Of a part, its name says which: "MARAC cases (female)".
    area : Area
    source : str
    breaks : tuple of SeriesBreak
        That touch the indicator in the area.
    records : AreaRecords or None
        What it was counted from; None of an analyst's own figures.
    rules : Comparability or None
        When two of its periods are comparable.
    """

    indicator: Indicator
    area: Area
    source: str
    breaks: tuple[SeriesBreak, ...] = ()
    records: AreaRecords | None = None
    rules: Comparability | None = None


class Observations(pd.DataFrame):
    """A tidy frame that knows what was observed; in every other way a pandas DataFrame.

    What pandas makes of it by selecting rows or columns knows the same. `series` is empty where that was lost, as after
    a pivot.

    Attributes
    ----------
    series : mapping of tuple of str to ObservedSeries
        By the name of the area and, of a breakdown, its value.
    by : str
        The column of the breakdown; empty where there is none.
    """

    _metadata = ["series", "by"]  # noqa: RUF012 - as pandas wants it
    series: Mapping[tuple[str, ...], ObservedSeries] = {}
    by: str = ""

    @property
    def _constructor(self) -> type[Observations]:
        return Observations

    @property
    def tier(self) -> Tier:
        """The most sensitive disclosure tier of what is in it."""
        tiers = {each.indicator.disclosure_tier for each in self.series.values()}
        return Tier.OPEN if tiers == {Tier.OPEN} else Tier.SENSITIVE


def observe(
    opened: OpenedRecords,
    indicator: Indicator,
    areas: Sequence[Area],
    until: date,
    *,
    by: str | None = None,
    source: str | None = None,
) -> Observations:
    """Count an indicator in one or more areas, whole or by one of the columns that its table can be filtered by.

    Parameters
    ----------
    opened : OpenedRecords
    indicator : Indicator
    areas : sequence of Area
    until : datetime.date
        The last day of the newest row.
    by : str, optional
        Such as `"sex"`; what an indicator can be broken down by depends on its table.
    source : str, optional
        Which of the indicator's sources; the first where left out.

    Returns
    -------
    Observations
        Sorted by area, breakdown and time, with the columns

        - `indicator`, `name`, `area`, and the breakdown's own column
        - `period` (as "2025-01" or "2024-25 Q4"), `period_start`, `period_end`, `days`
        - `count`, and `denominator`: the people a rate is of, or the whole of a share
        - a rate under the name of its unit, such as `rate_per_1000_residents`, for the period itself and not scaled to
          a year; `percent` of a share; a published figure under the name of its unit, with `lower_95` and `upper_95`
        - `is_provisional`, `release` (the day that the newest file behind the row came), `source`

    Raises
    ------
    RequestError
        Where the indicator has no such source or breakdown.
    """
    chosen, _ = indicator.measure(source)
    series: dict[tuple[str, ...], ObservedSeries] = {}
    frames = []
    for area in areas:
        for key, one in _list_series(opened.of_area(area), indicator, chosen, by):
            series[key] = one
            frames.append(_tidy(one, key, by))
    if not frames:  # nothing was received that could be broken down: no rows, in the same columns
        ((key, one),) = _list_series(opened.of_area(areas[0]), indicator, chosen, None)
        frames.append(_tidy(one, (*key, ""), by).iloc[:0])
    frame = Observations(pd.concat(frames, ignore_index=True))
    frame = frame[frame["period_end"] <= pd.Timestamp(until)].reset_index(drop=True)
    frame.series, frame.by = series, by or ""
    return frame


def list_breakdowns(indicator: Indicator, source: str, records: AreaRecords) -> tuple[str, ...]:
    """List by what an indicator can be broken down: columns of its table, and what its measures are returned by.

    A breakdown that partners were asked for and did not return is among them: it has no rows.
    """
    columns = [name for name in records.table.filters if name in records.counts and name not in {SPLIT, CATEGORY}]
    if SPLIT not in records.counts:
        return tuple(columns)
    measures = indicator.sources[source].include[MEASURE]
    return (*columns, *sorted({each for name in measures for each in find_measure(name).breakdowns}))


def _list_series(
    opened: OpenedRecords, indicator: Indicator, source: str, by: str | None
) -> list[tuple[tuple[str, ...], ObservedSeries]]:
    measure = indicator.sources[source]
    records = opened.records_of(measure.records)
    name = records.area.name
    breaks, rules = opened.catalogue.breaks_of(indicator, records.area), opened.catalogue.comparability

    def describe(one: Indicator) -> ObservedSeries:
        return ObservedSeries(one, records.area, source, breaks, records, rules)

    if by is None:
        return [((name,), describe(indicator))]
    values = _list_values_of(indicator, source, records, by)
    return [((name, value), describe(_part_of(indicator, source, records, by, value))) for value in values]


def _list_values_of(indicator: Indicator, source: str, records: AreaRecords, by: str) -> list[str]:
    known = list_breakdowns(indicator, source, records)
    if by not in known:
        message = f"{indicator.id} ({indicator.name}) cannot be broken down by '{by}'; it can by {', '.join(known)}."
        raise RequestError(f"{message} {suggest(by, known)}".strip())
    measure = indicator.sources[source]
    found: set[str] = set()
    for selection in (measure, *([measure.of] if measure.of else [])):
        rows = select_from(
            records.counts, records.table, _open_split(selection) if _is_split(records, by) else selection
        )
        rows = rows[rows[SPLIT] == by] if _is_split(records, by) else rows
        found |= set(map(str, rows[CATEGORY if _is_split(records, by) else by].dropna()))
    return sorted(found)


def _is_split(records: AreaRecords, by: str) -> bool:
    """Say whether a breakdown is one of partners' returns, whose rows name it, and not a column of the table."""
    return by not in records.table.filters


def _open_split(selection: Selection) -> Selection:
    """Take in every breakdown of what partners return, and not the total alone."""
    include = {name: values for name, values in selection.include.items() if name not in {SPLIT, CATEGORY}}
    return Selection(sum=selection.sum, include=include, exclude=selection.exclude)


def _part_of(indicator: Indicator, source: str, records: AreaRecords, by: str, value: str) -> Indicator:
    """Give the indicator that counts only one value of a breakdown; of a share, its whole likewise."""

    def narrow(selection: Selection) -> Selection:
        own = {SPLIT: (by,), CATEGORY: (value,)} if _is_split(records, by) else {by: (value,)}
        return Selection(sum=selection.sum, include={**selection.include, **own}, exclude=selection.exclude)

    measure = indicator.sources[source]
    whole = narrow(measure.of) if measure.of else None
    part = measure.model_copy(update={"include": narrow(measure).include, "of": whole})
    return indicator.model_copy(
        update={
            "id": f"{indicator.id}{PART_SEPARATOR}{by}={value}",
            "name": f"{indicator.name} ({value})",
            "sources": {source: part},
            "is_offence_group": False,
        }
    )


def _tidy(one: ObservedSeries, key: tuple[str, ...], by: str | None) -> pd.DataFrame:
    assert one.records is not None  # noqa: S101 - made by `_list_series`
    counted = count_observations(one.records, one.indicator, one.source)
    received = one.records.received_on
    spans = list(zip(counted["period_start"], counted["period_end"], strict=True))
    frame = pd.DataFrame(
        {
            "indicator": one.indicator.id.partition(PART_SEPARATOR)[0],
            "name": one.indicator.name,
            "area": key[0],
            **({by: key[1]} if by else {}),
            "period": [label_span(*span) for span in spans],
            "period_start": pd.to_datetime(counted["period_start"]),
            "period_end": pd.to_datetime(counted["period_end"]),
            "days": [(end - start).days + 1 for start, end in spans],
            "count": counted["numerator"],
            "denominator": counted["denominator"],
            **_list_values(one.indicator, counted),
            "is_provisional": counted["is_provisional"].astype(bool),
            "release": pd.to_datetime([max(received[file] for file in each.split()) for each in counted["source_id"]]),
            "source": one.source,
        }
    )
    frame["source_id"] = counted["source_id"]
    return frame


def label_span(start: date, end: date) -> str:
    """Write a period of whole months as its label: "2025-01", "2024-25 Q4"."""
    return build_window(start, count_months(start, end)).label


def _list_values(indicator: Indicator, counted: pd.DataFrame) -> dict[str, pd.Series]:
    """Give the columns that hold a figure's value beside its count, by name."""
    column = name_value_column(indicator)
    if indicator.kind is Kind.PUBLISHED:
        return {column: counted["value"], "lower_95": counted["lower"], "upper_95": counted["upper"]}
    if not column:
        return {}
    per = 100 if indicator.kind is Kind.PROPORTION else indicator.rate_per
    whole = counted["denominator"].astype("Float64")
    return {column: (per * counted["numerator"].astype("Float64") / whole).rename(column)}


def name_value_column(indicator: Indicator) -> str:
    """Name the column of an indicator's rate, share or published figure, with its unit; empty where it has none."""
    if indicator.kind is Kind.PROPORTION:
        return PERCENT_COLUMN
    unit = indicator.unit or indicator.rate_unit
    name = _NOT_A_WORD.sub("_", unit.casefold().replace(",", "")).strip("_")
    return f"rate_{name}" if name.startswith("per_") else name


def list_values_long(frame: Observations) -> pd.DataFrame:
    """Give a frame of one indicator in the long form that all indicators share.

    Returns
    -------
    pandas.DataFrame
        `indicator, name, area, period, period_start, period_end, measure, value, unit, is_provisional, release,
        source`: one row for the count, and one for the rate, share or published figure where there is one.
    """
    if frame.empty:
        return pd.DataFrame()
    one = next(iter(frame.series.values())).indicator
    measures = {"count": one.numerator}
    if column := name_value_column(one):
        measures[column] = "per cent" if column == PERCENT_COLUMN else one.unit or one.rate_unit
    kept = ["indicator", "name", "area", "period", "period_start", "period_end", "is_provisional", "release", "source"]
    long = pd.DataFrame(frame).melt(kept, list(measures), var_name="measure", value_name="value")
    long["value"] = long["value"].astype("Float64")
    long["unit"] = long["measure"].map(measures)
    return long[[*kept[:6], "measure", "value", "unit", *kept[6:]]].dropna(subset="value")


def find_series(frame: pd.DataFrame) -> ObservedSeries:
    """Say what the one series of a frame is.

    Raises
    ------
    RequestError
        Where the frame holds several series, or none that is known.
    """
    if not isinstance(frame, Observations) or not frame.series:
        raise RequestError(
            "The frame does not say what was observed. Take one of `run.observations(...)`, select rows from it, or "
            "make one of your own figures with `own_observations`."
        )
    names = ["area", *([frame.by] if frame.by else [])]
    held = sorted(set(zip(*(frame[name] for name in names), strict=True))) if len(frame) else list(frame.series)
    if len(held) != 1:
        several = "; ".join(", ".join(each) for each in held)
        raise RequestError(f"The frame holds {len(held)} series ({several}). Select the rows of one of them.")
    return frame.series[held[0]]


def as_counted(frame: pd.DataFrame, one: ObservedSeries) -> pd.DataFrame:
    """Turn a tidy frame back into the observations that comparisons are made from (`measures.count_observations`)."""
    value = name_value_column(one.indicator)
    columns = {
        "indicator": one.indicator.id,
        "area_code": one.area.code,
        "period_start": frame["period_start"].dt.date,
        "period_end": frame["period_end"].dt.date,
        "breakdown": "",
        "numerator": frame["count"],
        "denominator": frame["denominator"],
        "is_provisional": frame["is_provisional"],
        "source_id": frame["source_id"],
    }
    if one.indicator.kind is Kind.PUBLISHED:
        columns |= {"value": frame[value], "lower": frame["lower_95"], "upper": frame["upper_95"]}
    return pd.DataFrame(columns).sort_values("period_end", ignore_index=True)


def leave_out_periods(frame: Observations, periods: Sequence[Period]) -> Observations:
    """Leave out every row that lies in one of some periods."""
    starts, ends = frame["period_start"].dt.date, frame["period_end"].dt.date
    inside = pd.Series(data=False, index=frame.index)
    for period in periods:
        inside |= (starts >= period.start) & (ends <= period.end)
    return frame[~inside].reset_index(drop=True)


OWN_ID = "OWN-01"
OWN_SOURCE = "own figures"


def own_observations(
    frame: pd.DataFrame, name: str, area: Area | str, *, period: str = "period", count: str = "count"
) -> Observations:
    """Make observations of an analyst's own counts: one row a month, quarter or year.

    Parameters
    ----------
    frame : pandas.DataFrame
        With a column of periods, written as people write them ("2024-01", "Jan 2024", "2024-25 Q4"), and one of counts.
    name : str
        What is counted, as a page should call it.
    area : Area or str
    period, count : str
        The names of the two columns.

    Returns
    -------
    Observations
        As `run.observations` gives them, without a rate. The break register says nothing of them, and they count as
        sensitive.

    Raises
    ------
    RequestError
        Where a column is missing, a period stands twice, or a count is missing, negative or no whole number.
    PeriodError
        Where a period cannot be read.

    Examples
    --------
    >>> frame = pd.DataFrame({"period": ["2024-01", "2024-02"], "count": [31, 27]})
    >>> own_observations(frame, "Street light repairs", "Halton")[["period", "days", "count"]]
        period  days  count
    0  2024-01    31     31
    1  2024-02    29     27
    """
    missing = [column for column in (period, count) if column not in frame]
    if missing:
        columns = ", ".join(map(str, frame.columns))
        raise RequestError(f"The frame has no column '{missing[0]}'; it has {columns}. Name it: `period=` or `count=`.")
    place = read_area(area) if isinstance(area, str) else area
    periods = [parse_period(str(each)) for each in frame[period]]
    counts = pd.to_numeric(frame[count], errors="coerce").astype(float)
    _check(frame, period, count, counts)
    found = Observations(
        {
            "indicator": OWN_ID,
            "name": name,
            "area": place.name,
            "period": [label_span(each.start, each.end) for each in periods],
            "period_start": pd.to_datetime([each.start for each in periods]),
            "period_end": pd.to_datetime([each.end for each in periods]),
            "days": [each.days for each in periods],
            "count": counts.astype("int64").to_numpy(),
            "denominator": pd.array([pd.NA] * len(frame), dtype="Int64"),
            "is_provisional": False,
            "release": pd.NaT,
            "source": OWN_SOURCE,
            "source_id": "",
        }
    ).sort_values("period_end", ignore_index=True)
    found.series = {(place.name,): ObservedSeries(_describe(name), place, OWN_SOURCE)}
    return found


def _check(frame: pd.DataFrame, period: str, count: str, counts: pd.Series) -> None:
    twice = frame[period][frame[period].duplicated()]
    if len(twice):
        raise RequestError(f"Column '{period}' holds '{twice.iloc[0]}' more than once. Sum or choose its rows first.")
    wrong = counts.isna() | (counts < 0) | (counts % 1 != 0)
    if wrong.any():
        place = int(wrong.to_numpy().argmax())
        message = f"Row {place + 1}, column '{count}': '{frame[count].iloc[place]}' is not a count."
        message = f"{message} Allowed: 0 and whole numbers above it. Correct the row or leave it out."
        raise RequestError(message)


def _describe(name: str) -> Indicator:
    return Indicator(
        id=OWN_ID,
        name=name,
        definition=f"{name}: the analyst's own figures.",
        theme="own",
        importance=Importance.EXTENDED,
        kind=Kind.COUNT,
        numerator=name.casefold(),
        denominator=None,
        polarity=Polarity.CONTEXT,
        lowest_geography="any",
        release_lag_days=0,
        disclosure_tier=Tier.SENSITIVE,
        caveat="No other source confirms these figures.",
        sources={OWN_SOURCE: Measure(records="own")},
    )
