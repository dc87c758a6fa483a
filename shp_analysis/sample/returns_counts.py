"""What partners count: the rules by which every number of a return is drawn.

A line of `returns.csv` says who returns a measure and by which rule: a series, a share of another measure, a caseload.
Totals are drawn first and shared out over their breakdowns, except where the parts are people of different substance
groups, which are drawn apart and added up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from shp_analysis.periods import Month, Period, Quarter
from shp_analysis.sample.borough import (
    ANTI_SOCIAL_BEHAVIOUR,
    FIRST_MONTH,
    LAST_MONTH,
    count_months_between,
    list_months,
    open_stream,
    read_sample_table,
)
from shp_analysis.sample.incidents import draw_incidents
from shp_analysis.sample.offences import draw_offences, read_offences
from shp_analysis.sample.series import draw_period_count
from shp_analysis.sample.streets import draw_month
from shp_analysis.sample.treatment import count_treatment, read_substance_groups
from shp_analysis.sources.partner_returns_measures import PERIOD_KINDS, PartnerMeasure, find_measure

OCTOBER, NOVEMBER = 10, 11
BONFIRE_DAYS = ("10-28", "11-08")
MONTHS_TO_RETURN = 6
"""Completions are said to last once nobody has come back for so long."""
IDVA_START, IDVA_CLOSED_SHARE, IDVA_PENDING_SHARE = 160, 0.41, 0.70
"""Cases open at the start; the share of open cases closed in a quarter; those pending for each case opened."""
Number = float | None


@dataclass(frozen=True)
class ReturnLine:
    """One measure as one organisation returns it.

    Attributes
    ----------
    organisation : str
    measure : PartnerMeasure
    rule : str
        One of `RULES`.
    of : str
        The series, the subgroup of offences, the other measure, the column of a caseload, or the usual size of a base.
    share : float
        What the rule multiplies by; the usual value of a `level`. Not a number where the rule has none.
    last_month : str
        The last month that is known by the end of the simulated years; empty for all.
    hides_small : bool
        Whether parts of one to four are suppressed.
    """

    organisation: str
    measure: PartnerMeasure
    rule: str
    of: str
    share: float
    last_month: str
    hides_small: bool


@dataclass(frozen=True)
class Draw:
    """One number to be drawn: by which line, where and when."""

    seed: int
    line: ReturnLine
    area_code: str
    period: Period

    def open(self, *purpose: str) -> np.random.Generator:
        """Open the stream of random numbers of this number, or of a part of it."""
        line = self.line
        where = (line.measure.id, line.organisation, self.area_code, self.period.slug)
        return open_stream(self.seed, "partner return", *where, *purpose)

    def instead(self, line: ReturnLine, period: Period | None = None) -> Draw:
        """Ask for another measure or period of the same place."""
        return Draw(self.seed, line, self.area_code, period or self.period)


@dataclass(frozen=True)
class Counted:
    """A value with its base, where the measure has one."""

    value: Number
    base: Number = None


@dataclass(frozen=True)
class LocalCounts:
    """A month of the simulated incidents and crimes, added up."""

    crimes: int
    asb: int
    incidents: int
    youth_asb: int
    youth_placed_asb: int
    bonfire_asb: int


def read_return_lines() -> tuple[ReturnLine, ...]:
    """Read who returns what, and by which rule it is drawn, in the order of the table."""
    return tuple(_lines().values())


def find_line(measure_id: str, organisation: str | None = None) -> ReturnLine:
    """Find the line of a measure: of one organisation, or of the first that returns it."""
    lines = _lines()
    if organisation is not None:
        return lines[measure_id, organisation]
    return next(line for line in lines.values() if line.measure.id == measure_id)


def count_total(draw: Draw) -> Counted:
    """Draw the total of a measure in one of its periods.

    Returns
    -------
    Counted
        Without a value where nothing can be known yet.
    """
    return RULES[draw.line.rule](draw)


def count_local(seed: int, area_code: str, period: Period, what: str) -> int:
    """Add up what the simulated street files and incidents hold of a period: one of the names of `LocalCounts`."""
    return sum(int(getattr(_count_month(seed, area_code, month), what)) for month in period.months)


def count_substance_groups(draw: Draw) -> dict[str, Counted]:
    """Draw a measure of treatment by substance group."""
    return {group.name: _count_group(draw, group.name) for group in read_substance_groups()}


def _sum_measure(draw: Draw, measure_id: str) -> int:
    """Add up the totals of another measure over the periods of its own that lie in this one."""
    line = find_line(measure_id)
    kind = PERIOD_KINDS[line.measure.frequency]
    own = sorted({kind.containing(month.start) for month in draw.period.months})
    return round(sum(count_total(draw.instead(line, period)).value or 0.0 for period in own))


def _from_series(draw: Draw) -> Counted:
    return Counted(draw_period_count(draw.seed, draw.line.of, draw.area_code, draw.period))


def _from_local(draw: Draw) -> Counted:
    return Counted(count_local(draw.seed, draw.area_code, draw.period, draw.line.of))


def _from_offences(draw: Draw) -> Counted:
    is_of = read_offences().subgroup == draw.line.of
    drawn = [draw_offences(draw.seed, draw.area_code, month)[is_of].sum() for month in draw.period.months]
    return Counted(int(sum(drawn)))


def _share_base(draw: Draw, base: int) -> Counted:
    value = int(draw.open().binomial(base, draw.line.share))
    return Counted(value, base if draw.line.measure.base else None)


def _share(draw: Draw) -> Counted:
    return _share_base(draw, _sum_measure(draw, draw.line.of))


def _share_of_fewer(draw: Draw) -> Counted:
    """Draw what may be in both of two counts, and so is never more than the fewer of them."""
    return _share_base(draw, min(_sum_measure(draw, of) for of in draw.line.of.split(";")))


def _share_of_year(draw: Draw) -> Counted:
    year = draw.period.twelve_months_to_end()
    if year.start < FIRST_MONTH.start:
        return Counted(None)
    return _share_base(draw, _sum_measure(draw.instead(draw.line, year), draw.line.of))


def _share_of_autumn(draw: Draw) -> Counted:
    months = [month for month in draw.period.months if month.start.month in {OCTOBER, NOVEMBER}]
    return _share_base(draw, sum(_sum_measure(draw.instead(draw.line, month), draw.line.of) for month in months))


def _share_of_series(draw: Draw) -> Counted:
    return _share_base(draw, draw_period_count(draw.seed, draw.line.of, draw.area_code, draw.period))


def _share_of_level(draw: Draw) -> Counted:
    return _share_base(draw, _draw_level(draw, float(draw.line.of)))


def _times(draw: Draw) -> Counted:
    measure = find_line(draw.line.of).measure
    of = count_total(draw.instead(find_line(draw.line.of)))
    whole = of.base if measure.base else of.value
    return Counted(int(draw.open().poisson((whole or 0.0) * draw.line.share)))


def _level(draw: Draw) -> Counted:
    if draw.line.measure.is_whole:
        return Counted(_draw_level(draw, draw.line.share))
    return Counted(round(float(draw.line.share + draw.open().normal(0, 0.5)) * 2) / 2)


def _draw_level(draw: Draw, usual: float) -> int:
    """Draw a number that keeps near its usual size, half as jumpy as events would be."""
    return int(draw.open("level").binomial(round(usual * 2), 0.5))


def _separate(draw: Draw) -> Counted:
    """Give the base of parts that have one each; the total is known after them."""
    of = draw.line.of
    return Counted(None, _draw_level(draw, float(of)) if of.isdigit() else _sum_measure(draw, of))


def _treatment(draw: Draw) -> Counted:
    groups = count_substance_groups(draw).values()
    base = sum(group.base or 0.0 for group in groups) if draw.line.measure.base else None
    return Counted(sum(group.value or 0.0 for group in groups), base)


def _count_group(draw: Draw, name: str) -> Counted:
    group = next(each for each in read_substance_groups() if each.name == name)
    months = draw.period.months
    if draw.line.rule != "treatment":
        months = draw.period.twelve_months_to_end().months
    if draw.line.rule == "treatment_earlier":
        first, last = months[0], months[-1]
        for _ in range(MONTHS_TO_RETURN):
            first, last = first.previous(), last.previous()
        months = list_months(first, last)
    counts = count_treatment(draw.seed, draw.area_code, group, months)
    of, _, base = draw.line.of.partition(";")
    value = counts[of]
    if draw.line.share > 0:
        # Beside those who completed, a share of the others made substantial progress.
        value += int(draw.open(name).binomial(counts[base] - value, draw.line.share))
    return Counted(value, counts[base] if base else None)


def _idva(draw: Draw) -> Counted:
    return Counted(_draw_idva(draw.seed, draw.area_code)[draw.period.slug][draw.line.of])


@cache
def _draw_idva(seed: int, area_code: str) -> Mapping[str, Mapping[str, int]]:
    """Draw a caseload quarter by quarter: what is open is what was, and what was opened, without what was closed."""
    series = "partner_returns/idva_cases_opened"
    is_open, quarters = IDVA_START, {}
    for number in range(0, count_months_between(FIRST_MONTH, LAST_MONTH), 3):
        quarter = Quarter.containing(list_months(FIRST_MONTH, LAST_MONTH)[number].start)
        stream = open_stream(seed, "idva", area_code, quarter.slug)
        opened = draw_period_count(seed, series, area_code, quarter)
        closed = int(stream.binomial(is_open + opened, IDVA_CLOSED_SHARE))
        is_open += opened - closed
        pending = int(stream.binomial(opened, IDVA_PENDING_SHARE))
        quarters[quarter.slug] = {"open": is_open, "pending": pending, "opened": opened, "closed": closed}
    return quarters


@cache
def _count_month(seed: int, area_code: str, month: Month) -> LocalCounts:
    streets = draw_month(seed, area_code, month)
    incidents = draw_incidents(seed, streets, month)
    asb = incidents[incidents["incident_type"] == ANTI_SOCIAL_BEHAVIOUR]
    youth = asb[asb["youth"] == "Y"]
    days = asb["incident_date"].astype("str").str.slice(5)
    return LocalCounts(
        crimes=int((~streets.is_anti_social_behaviour).sum()),
        asb=int(streets.is_anti_social_behaviour.sum()),
        incidents=len(incidents),
        youth_asb=len(youth),
        youth_placed_asb=int((youth["looked_after_placed"] == "Y").sum()),
        bonfire_asb=int(days.between(*BONFIRE_DAYS).sum()),
    )


@cache
def _lines() -> Mapping[tuple[str, str], ReturnLine]:
    rows = read_sample_table("returns.csv").to_dict("records")
    return {
        (str(row["measure"]), str(row["organisation"])): ReturnLine(
            organisation=str(row["organisation"]),
            measure=find_measure(str(row["measure"])),
            rule=str(row["rule"]),
            of=str(row["of"]),
            share=float(row["share"] or "nan"),
            last_month=str(row["last_month"]),
            hides_small=row["hides_small"] == "yes",
        )
        for row in rows
    }


RULES: Mapping[str, Callable[[Draw], Counted]] = {
    "series": _from_series,
    "local": _from_local,
    "offences": _from_offences,
    "share": _share,
    "share_of_fewer": _share_of_fewer,
    "share_of_year": _share_of_year,
    "share_of_autumn": _share_of_autumn,
    "share_of_series": _share_of_series,
    "share_of_level": _share_of_level,
    "times": _times,
    "level": _level,
    "separate": _separate,
    "treatment": _treatment,
    "treatment_year": _treatment,
    "treatment_earlier": _treatment,
    "idva": _idva,
}
"""How a total is drawn, by the names in `returns.csv`."""
