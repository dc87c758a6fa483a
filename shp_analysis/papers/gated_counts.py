"""What charts print beside the assessments: read from the records of a run, and held to the gate of its edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

import numpy as np
import pandas as pd

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.verdicts import Basis
from shp_analysis.config.catalogue import RETURNS, Kind
from shp_analysis.measures.counted_tables import find_counted_table
from shp_analysis.measures.neighbourhoods import (
    DEPRIVATION,
    RESIDENTS,
    Deciles,
    Neighbourhoods,
    count_by_decile,
    count_crimes,
    read_neighbourhoods,
    sum_busiest,
)
from shp_analysis.measures.observations import ENGLAND, read_published_of
from shp_analysis.papers.run import Run
from shp_analysis.readers.readers import read_code_table
from shp_analysis.reference.periods import Period, Quarter
from shp_analysis.statistics.inequality import FigureScale, SlopeOfInequality, slope_of_inequality


class NotShown(Enum):
    """Why a chart has no numbers."""

    NOT_RECEIVED = auto()
    """Nothing, or not all of the period, was received."""
    WITHHELD = auto()
    """The edition's readers may not see it."""
    NO_RESIDENTS = auto()
    """Residents by neighbourhood were not received."""
    NO_DEPRIVATION_INDEX = auto()
    """The index of deprivation was not received."""


UNKNOWN = "unknown"


@dataclass(frozen=True)
class Breakdown:
    """The parts of a count over a period.

    Attributes
    ----------
    assessment : Assessment
    heading : str
        What it is broken down by: "Who referred".
    period : Period
        Twelve months where the months or quarters add up to them.
    total : int
    counts : pandas.Series
        By category, the most first and what is not known last; missing where the partner withheld a part.
    """

    assessment: Assessment
    heading: str
    period: Period
    total: int
    counts: pd.Series

    @property
    def known(self) -> pd.Series:
        """The parts whose number was given."""
        return self.counts.dropna()

    @property
    def without(self) -> list[str]:
        """The categories from which none came."""
        return [str(name) for name, number in self.known.items() if not number and name != UNKNOWN]

    @property
    def withheld(self) -> list[str]:
        """The categories whose number the partner did not give."""
        return [str(name) for name in self.counts[self.counts.isna()].index]


def find_breakdown(run: Run, assessment: Assessment, breakdown: str) -> Breakdown | NotShown:
    """Add the parts of a partner's count up over the paper's twelve months, or its period where they do not add up.

    Parameters
    ----------
    run : Run
    assessment : Assessment
        Of a count with partners' returns.
    breakdown : str
        As partners' returns name it: `referral_route`, `main_substance`.

    Returns
    -------
    Breakdown or NotShown
        Not received where a month or quarter of it, or its whole, is missing; withheld where a part may not be shown in
        the edition.
    """
    _, measure = assessment.indicator.measure(RETURNS)
    records = run.opened.records_of(measure.records)
    adds_up = assessment.indicator.adds_over_periods
    period = assessment.period.twelve_months_to_end() if adds_up else assessment.period
    frame = records.counts[records.counts["measure"].isin(set(measure.include["measure"]))]
    spans = [records.read_period(label) for label in frame["period"]]
    frame = frame[np.array([period.start <= each.start and each.end <= period.end for each in spans], dtype=bool)]
    whole, parts = (frame[frame["breakdown"] == each] for each in ("total", breakdown))
    covered = {month for label in whole["period"] for month in records.read_period(label).months}
    if covered < set(period.months) or whole["sum_value"].isna().any() or parts.empty:
        return NotShown.NOT_RECEIVED
    if assessment.is_suppressed:
        return NotShown.WITHHELD
    if not run.gate.admits_counts(breakdown, records, pd.concat([whole, parts]), period):
        return NotShown.WITHHELD
    # A part that a partner withheld in one quarter is not known over the year.
    summed = parts.groupby("category")["sum_value"].agg(lambda column: column.sum(skipna=False))
    return Breakdown(assessment, _name_breakdown(breakdown), period, int(whole["sum_value"].sum()), _order(summed))


def _name_breakdown(breakdown: str) -> str:
    rows = read_code_table("partner_returns", "breakdowns.csv")
    return next(row["name"] for row in rows if row["breakdown"] == breakdown)


def _order(counts: pd.Series) -> pd.Series:
    ordered = counts.sort_values(ascending=False, kind="stable")
    return ordered.loc[[*(name for name in ordered.index if name != UNKNOWN), *counts.index.intersection([UNKNOWN])]]


MEASURES: Mapping[str, tuple[str, str]] = {
    "open": ("partner_returns_stock", "idva_cases_open"),
    "waiting": ("partner_returns_stock", "idva_cases_pending"),
    "opened": ("partner_returns_quarter", "idva_cases_opened"),
    "closed": ("partner_returns_quarter", "idva_cases_closed"),
}
MOST_QUARTERS = 12


def read_caseload(run: Run) -> pd.DataFrame | NotShown:
    """Read advisers' cases of the last twelve quarters to the paper's own.

    Returns
    -------
    pandas.DataFrame or NotShown
        By quarter (`2024-25-Q4`), oldest first: `open, waiting, opened, closed`; missing where none was received.
    """
    quarters = [Quarter.containing(run.period.end)]
    while len(quarters) < MOST_QUARTERS:
        quarters.insert(0, quarters[0].previous())
    for table, measure in MEASURES.values():
        counts = run.opened.records_of(table).counts
        wanted = counts["period"].isin([each.slug for each in quarters]) & (counts["measure"] == measure)
        run.opened.note_files(table, counts[wanted])
    columns = {key: _read(run, table, measure) for key, (table, measure) in MEASURES.items()}
    frame = pd.DataFrame(columns, index=[each.slug for each in quarters], dtype=float)
    held = frame.dropna(how="all")
    if held.empty:
        return NotShown.NOT_RECEIVED
    shown = frame.loc[held.index[0] :]
    is_withheld = run.assessment(run.contents.charts.advisers_cases).is_suppressed or not _is_admitted(run, shown)
    return NotShown.WITHHELD if is_withheld else shown


def _is_admitted(run: Run, frame: pd.DataFrame) -> bool:
    """Ask the gate for the cells of every line."""
    for table in dict.fromkeys(table for table, _ in MEASURES.values()):
        rows = pd.concat([_select(run, own, measure) for own, measure in MEASURES.values() if own == table])
        shown = rows[[Quarter(label).slug in frame.index for label in rows["period"]]]
        if not run.gate.admits_counts("caseload", run.opened.records_of(table), shown):
            return False
    return True


def _select(run: Run, table: str, measure: str) -> pd.DataFrame:
    counts = run.opened.records_of(table).counts
    return counts[(counts["measure"] == measure) & (counts["breakdown"] == "total")]


def _read(run: Run, table: str, measure: str) -> pd.Series:
    own = _select(run, table, measure)
    return own.drop_duplicates("period", keep="last").set_index("period")["sum_value"].astype(float)


YEARS = 5
HOURS_EACH = 3
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BANDS = tuple(f"{hour:02d}–{hour + HOURS_EACH:02d}" for hour in range(0, 24, HOURS_EACH))
"""Hours of the day, three at a time: of single hours most cells would hold a handful."""
_TIMES = ["year", "day_of_week", "hour", "collisions"]


@dataclass(frozen=True)
class CollisionTimes:
    """When injury collisions happened.

    Attributes
    ----------
    years : tuple of int
        The years asked for.
    held : tuple of int
        Those of them that were received.
    counts : pandas.DataFrame of int, shape (7, 8)
        Days from Monday, times of day from midnight.
    untimed : int
        Collisions without a time, which are in no cell.
    """

    years: tuple[int, ...]
    held: tuple[int, ...]
    counts: pd.DataFrame
    untimed: int

    @property
    def total(self) -> int:
        """How many collisions the cells hold together."""
        return int(self.counts.to_numpy().sum())


def count_collision_times(run: Run) -> CollisionTimes | NotShown:
    """Count the area's injury collisions of the five years to the paper's end by weekday and time of day."""
    last = run.assessment(run.contents.charts.collisions).period.end.year
    years = tuple(range(last - YEARS + 1, last + 1))
    times = _read_times(run, years)
    if times.empty:
        return NotShown.NOT_RECEIVED
    counts = count_times(times)
    held = tuple(sorted(int(year) for year in times["year"].unique()))
    return CollisionTimes(years, held, counts, int(times["collisions"].sum() - counts.to_numpy().sum()))


def _read_times(run: Run, years: tuple[int, ...]) -> pd.DataFrame:
    """Read `year, day_of_week, hour, collisions`; the hour is missing where no time was recorded."""
    table = find_counted_table("stats19_collisions")
    condition = table.condition(run.area)
    stored, store = table.stored[0], run.opened.store
    parts = store.parts_held(stored, as_of=run.as_of)
    if condition is None or parts.empty:
        return pd.DataFrame(columns=_TIMES)
    where, values = condition
    sql = (
        "SELECT year(collision_date) AS year, day_of_week, TRY_CAST(left(collision_time, 2) AS INTEGER) AS hour, "
        f"count(*) AS collisions FROM {stored} WHERE {where} AND year(collision_date) BETWEEN ? AND ? "
        "GROUP BY ALL ORDER BY ALL"
    )
    run.opened.note_files(stored, parts[parts["period"].between(str(years[0]), str(years[-1]))])
    return store.query(stored, sql, [*values, years[0], years[-1]], as_of=run.as_of)


def count_times(times: pd.DataFrame) -> pd.DataFrame:
    """Count collisions by weekday and time of day.

    Parameters
    ----------
    times : pandas.DataFrame
        `day_of_week, hour, collisions`; rows without either are left out.

    Returns
    -------
    pandas.DataFrame of int, shape (7, 8)
        Days from Monday, times of day from midnight.
    """
    timed = times[times["hour"].notna() & times["day_of_week"].isin(DAYS)]
    bands = [BANDS[int(hour) // HOURS_EACH] for hour in timed["hour"]]
    counted = timed.assign(band=pd.Series(bands, timed.index, dtype=object)).pivot_table(
        index="day_of_week", columns="band", values="collisions", aggfunc="sum"
    )
    return counted.reindex(index=list(DAYS), columns=list(BANDS)).fillna(0).astype(int)


FEWEST_TENTHS = 3
"""Two groups have a difference and no gradient."""


@dataclass(frozen=True)
class Gradient:
    """Crime by deprivation over twelve months.

    Attributes
    ----------
    period : Period
    neighbourhoods : Neighbourhoods
    tenths : Deciles
    slope : SlopeOfInequality or None
        None where fewer than three tenths have a crime.
    """

    period: Period
    neighbourhoods: Neighbourhoods
    deciles: Deciles
    slope: SlopeOfInequality | None


def find_gradient(run: Run) -> Gradient | NotShown:
    """Count recorded crime by tenth of deprivation over twelve months, and fit the gradient."""
    period = find_year(run.assessment(run.contents.charts.recorded_crime))
    if period is None:
        return NotShown.NOT_RECEIVED
    neighbourhoods = read_neighbourhoods(run.opened.store, run.area, period.end, as_of=run.as_of)
    if neighbourhoods is None:
        return NotShown.NO_RESIDENTS
    if not neighbourhoods.imd_edition:
        return NotShown.NO_DEPRIVATION_INDEX
    for table in (RESIDENTS, DEPRIVATION):
        run.opened.note_files(table, run.opened.store.parts_held(table, as_of=run.as_of))
    tenths = count_by_decile(neighbourhoods, count_crimes(run.opened.records, period))
    if tenths.frame.empty:
        return NotShown.NOT_RECEIVED
    return Gradient(period, neighbourhoods, tenths, fit_gradient(tenths))


def find_year(assessment: Assessment) -> Period | None:
    """Give the twelve months to the paper's end; None where they were not received whole."""
    year = next((each for each in assessment.comparisons if each.basis is Basis.TWELVE_MONTHS), None)
    chosen = year or assessment.comparisons[0]
    return chosen.period if chosen.count else None


def fit_gradient(tenths: Deciles) -> SlopeOfInequality | None:
    """Fit the line from the most to the least deprived end; None where too few tenths have a crime."""
    frame = tenths.frame[tenths.frame["crimes"] > 0]
    if len(frame) < FEWEST_TENTHS:
        return None
    errors = np.sqrt(tenths.dispersion / frame["crimes"].to_numpy(dtype=float))
    rates, residents = (frame[name].to_numpy(dtype=float) for name in ("rate", "residents"))
    return slope_of_inequality(rates, residents, errors, kind=FigureScale.RATE, is_transformed=True)


@dataclass(frozen=True)
class Concentration:
    """Recorded crimes of twelve months in every neighbourhood.

    Attributes
    ----------
    period : Period
    counts : tuple of int
        The most first; neighbourhoods without any are there where they are known.
    """

    period: Period
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Of all neighbourhoods."""
        return sum(self.counts)

    def count_in_busiest(self, share: float) -> int:
        """Count the crimes in the busiest share of the neighbourhoods with any, as the indicator does."""
        return round(sum_busiest([each for each in self.counts if each], share))


def count_neighbourhoods(run: Run) -> Concentration | NotShown:
    """Count recorded crimes of the twelve months to the paper's end in every neighbourhood."""
    period = find_year(run.assessment(run.contents.charts.recorded_crime))
    if period is None:
        return NotShown.NOT_RECEIVED
    crimes = count_crimes(run.opened.records, period)
    crimes = crimes[crimes.index != ""]
    known = read_neighbourhoods(run.opened.store, run.area, period.end, as_of=run.as_of)
    codes = set() if known is None else set(known.frame["lsoa_code"])
    # Of another census's neighbourhoods some would be counted twice, under the old code and the new ones.
    empty = len(codes) - len(crimes) if set(crimes.index) <= codes else 0
    counts = (*crimes.tolist(), *([0] * empty))
    return Concentration(period, counts) if counts else NotShown.NOT_RECEIVED


def list_shown_windows(run: Run, assessment: Assessment) -> Assessment:
    """Give a published figure every window up to its own: of three years each, few lie within sixty months."""
    if assessment.indicator.kind is not Kind.PUBLISHED or assessment.months.empty:
        return assessment
    _, measure = assessment.indicator.measure(assessment.source)
    found = read_published_of(run.opened.store, measure, assessment.area.code, as_of=run.as_of)
    is_past = np.array([end <= assessment.period.end for end in found["period_end"]], dtype=bool)
    return replace(assessment, months=found[is_past])


def read_england(run: Run, assessment: Assessment) -> pd.DataFrame:
    """Read England's published figures.

    Returns
    -------
    pandas.DataFrame
        `period_start, period_end, value`; no row where none was received or the figure is not a published one.
    """
    columns = ["period_start", "period_end", "value"]
    if assessment.indicator.kind is not Kind.PUBLISHED:
        return pd.DataFrame(columns=columns)
    _, measure = assessment.indicator.measure(assessment.source)
    return read_published_of(run.opened.store, measure, ENGLAND, as_of=run.as_of)[columns]
