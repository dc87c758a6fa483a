"""Partners' returns of the home area: every measure, in the template's own rows.

Each organisation is named *Simulated …*, so that every row says what it is. One zip archive a financial year holds a
CSV an organisation, with all its quarters. What real returns do, these do: an organisation leaves a quarter out, small
numbers are suppressed, one quarter is partial and its note says why, the newest quarter is provisional, and what is not
known yet is not there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np

from shp_analysis.readers.partner_returns_measures import (
    ALL,
    PERIOD_KINDS,
    TOTAL,
    PartnerMeasure,
    Parts,
    Quantity,
    find_measure,
    read_breakdowns,
    read_parts,
)
from shp_analysis.readers.partner_returns_workbook import COLUMNS, PARTIAL
from shp_analysis.readers.readers import SIMULATED_MARK
from shp_analysis.readers.templates import Row, list_rows
from shp_analysis.reference.areas import Area
from shp_analysis.reference.periods import FinancialYear, Month, Period, Quarter
from shp_analysis.simulator.borough import (
    ANTI_SOCIAL_BEHAVIOUR,
    FIRST_MONTH,
    HOME_AREA,
    LAST_MONTH,
    Whole,
    count_months_between,
    list_months,
    open_stream,
    read_sample_table,
)
from shp_analysis.simulator.incidents import draw_incidents
from shp_analysis.simulator.planted_series import draw_period_count, is_received
from shp_analysis.simulator.police import draw_month, draw_offences, read_offences
from shp_analysis.simulator.treatment import count_treatment, read_substance_groups

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


def find_line(measure_id: str) -> ReturnLine:
    """Find the line of a measure, of the first organisation that returns it."""
    return next(line for line in _lines().values() if line.measure.id == measure_id)


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


SECOND_STRAND = 0.04
"""Share of hate incidents that have a second strand."""
ALL_FIELDS_KNOWN = 0.8
"""Share of the records that lack the field most often missing no more, in which every field is known."""
SUBSTANCE_GROUP = "substance_group"
_LOCAL = "local/"
Cell = tuple[str, str]


def count_cells(draw: Draw) -> Mapping[Cell, Counted]:
    """Draw a measure's total and all its parts in one period.

    Returns
    -------
    mapping of (breakdown, category) to Counted
        The total first. Empty where nothing is known of the period.
    """
    total = count_total(draw)
    separate = [each for each in draw.line.measure.breakdowns if read_parts()[each] is Parts.SEPARATE]
    if separate:
        return _count_separate(draw, separate[0], total)
    if total.value is None:
        return {}
    cells: dict[Cell, Counted] = {(TOTAL, ALL): total}
    for breakdown in draw.line.measure.breakdowns:
        cells |= {(breakdown, category): part for category, part in _share_out(draw, breakdown, total).items()}
    return cells


def _count_separate(draw: Draw, breakdown: str, whole: Counted) -> Mapping[Cell, Counted]:
    base = int(whole.base or 0)
    stream = draw.open(breakdown)
    parts = {
        (breakdown, category): Counted(int(stream.binomial(base, share)), base)
        for category, share in _shares(draw.line.measure.id, breakdown).items()
    }
    fewest = min(int(part.value or 0) for part in parts.values())
    return {(TOTAL, ALL): Counted(int(stream.binomial(fewest, ALL_FIELDS_KNOWN)), base), **parts}


def _share_out(draw: Draw, breakdown: str, total: Counted) -> Mapping[str, Counted]:
    if breakdown == SUBSTANCE_GROUP and draw.line.rule.startswith("treatment"):
        return count_substance_groups(draw)
    shares = _shares(draw.line.measure.id, breakdown)
    value, stream = int(total.value or 0), draw.open(breakdown)
    if total.base is not None:
        bases = _draw_parts(shares, int(total.base), stream)
        values = stream.multivariate_hypergeometric(bases, value)
        return {name: Counted(int(of), int(base)) for name, of, base in zip(shares, values, bases, strict=True)}
    counted = _count_apart(draw, breakdown, value)
    rest = {name: share for name, share in shares.items() if name not in counted}
    drawn = _draw_parts(rest, value - sum(counted.values()), stream)
    if read_parts()[breakdown] is Parts.OVERLAP:
        drawn = _add_second_strands(drawn, value, stream)
    parts = counted | dict(zip(rest, drawn.tolist(), strict=True))
    return {name: Counted(parts[name]) for name in shares}


def _draw_parts(shares: Mapping[str, float], total: int, stream: np.random.Generator) -> Whole:
    weights = np.array(list(shares.values()))
    parts: Whole = stream.multinomial(total, weights / weights.sum())
    return parts


def _add_second_strands(first: Whole, total: int, stream: np.random.Generator) -> Whole:
    """Count some once more under another strand, which may then not exceed the total."""
    second = stream.multinomial(int(stream.binomial(total, SECOND_STRAND)), [1 / len(first)] * len(first))
    both: Whole = np.minimum(first + second, total)
    return both


def _count_apart(draw: Draw, breakdown: str, most: int) -> dict[str, int]:
    """Count the categories that have a count of their own."""
    counted: dict[str, int] = {}
    for category, series in _counted_as(draw.line.measure.id, breakdown).items():
        if series.startswith(_LOCAL):
            count = count_local(draw.seed, draw.area_code, draw.period, series.removeprefix(_LOCAL))
        else:
            count = draw_period_count(draw.seed, series, draw.area_code, draw.period)
        counted[category] = min(count, most - sum(counted.values()))
    return counted


@cache
def _shares(measure_id: str, breakdown: str) -> Mapping[str, float]:
    """Give every category's share: the measure's own, or the one of any measure; 0 where the measure's has none."""
    own = _read_column(measure_id, breakdown, "share") or _read_column("", breakdown, "share")
    return {category: float(own.get(category, 0.0)) for category in read_breakdowns()[breakdown]}


@cache
def _counted_as(measure_id: str, breakdown: str) -> Mapping[str, str]:
    names = _read_column(measure_id, breakdown, "counted_as")
    return {category: str(name) for category, name in names.items() if name}


def _read_column(measure_id: str, breakdown: str, column: str) -> Mapping[str, float | str]:
    table = read_sample_table("return_shares.csv")
    rows = table[(table["measure"] == measure_id) & (table["breakdown"] == breakdown)]
    return {str(category): cell for category, cell in zip(rows["category"], rows[column], strict=True)}


SUPPRESSED, SUPPRESSED_BELOW = "*", 5
CONTACT_ROLE = "Data officer"
_ZIP_TIME = (2025, 4, 30, 0, 0, 0)
_PLAIN_FILE, _UNIX = 0o100644 << 16, 3


def write_returns(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    """Write the returns of the organisations of the home area.

    Parameters
    ----------
    folder : pathlib.Path
    seed : int
    areas : sequence of Area
        Nothing is written where the home area is not among them.
    months : sequence of Month
        A row is written where its period's last month is among them.

    Yields
    ------
    pathlib.Path
        An archive for every financial year.
    """
    if HOME_AREA not in {area.code for area in areas}:
        return
    for year in sorted({FinancialYear.containing(month.start) for month in months}):
        files = [
            (f"simulated-partner-return-{_slug(organisation)}-{year.label}.csv", _write_csv(rows))
            for organisation in _list_organisations()
            if (rows := list_filled_rows(seed, organisation, year, months))
        ]
        if files:
            yield _write_zip(folder / f"simulated-partner-returns-{year.label}-{year.end.year}-04.zip", files)


def list_filled_rows(seed: int, organisation: str, year: Period, months: Sequence[Month]) -> list[Row]:
    """Fill in the rows that an organisation is asked for in a year.

    Parameters
    ----------
    seed : int
    organisation : str
        Without the word Simulated.
    year : Period
        A financial year, or a quarter.
    months : sequence of Month
        Rows of periods that end in other months are left out.

    Returns
    -------
    list of dict of str to str
        By the template's headings.
    """
    lines = {line.measure.id: line for line in read_return_lines() if line.organisation == organisation}
    filled = []
    for row in list_rows(f"{SIMULATED_MARK} {organisation}", year, area=HOME_AREA):
        line = lines.get(row["measure"])
        period = None if line is None else PERIOD_KINDS[line.measure.frequency](row["period"])
        if line is not None and period is not None and _is_returned(line, period, months):
            counted = _count_cells(seed, line, period).get((row["breakdown"], row["category"]))
            if counted is not None:
                filled.append(row | _fill_in(line, period, row, counted))
    return filled


@cache
def _count_cells(seed: int, line: ReturnLine, period: Period) -> dict[tuple[str, str], Counted]:
    return dict(count_cells(Draw(seed, line, HOME_AREA, period)))


def _is_returned(line: ReturnLine, period: Period, months: Sequence[Month]) -> bool:
    last = Month.containing(period.end)
    is_known = not line.last_month or last.label <= line.last_month
    is_sent = all(is_received(line.of, HOME_AREA, month) for month in period.months)
    return last in months and is_known and is_sent


def _fill_in(line: ReturnLine, period: Period, row: Row, counted: Counted) -> Row:
    is_hidden = line.hides_small and row["breakdown"] != TOTAL and 0 < (counted.value or 0) < SUPPRESSED_BELOW
    completeness, note = _describe_gap(line.measure.id, period)
    return {
        "as_at": period.end.isoformat() if line.measure.kind is Quantity.STOCK else "",
        "value": SUPPRESSED if is_hidden else _print(counted.value),
        "of": _print(counted.base),
        "contact_role": CONTACT_ROLE,
        "completeness": completeness,
        "note": note,
    }


def _describe_gap(measure_id: str, period: Period) -> tuple[str, str]:
    """Say whether a number is whole, and what has to be known of it: the first note that fits."""
    first, last = period.months[0].label, period.months[-1].label
    usual = "provisional" if period.end == LAST_MONTH.end else "complete"
    for about, first_month, last_month, completeness, note in _notes():
        if about == measure_id and first_month <= last and first <= last_month:
            return (PARTIAL if completeness == PARTIAL else usual), note
    return usual, ""


@cache
def _notes() -> tuple[tuple[str, ...], ...]:
    rows = read_sample_table("return_notes.csv").itertuples(index=False, name=None)
    return tuple(tuple(map(str, row)) for row in rows)


def _print(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


@cache
def _list_organisations() -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.organisation for line in read_return_lines()))


def _slug(organisation: str) -> str:
    return re.sub(r"[^a-z]+", "-", organisation.lower()).strip("-")


def _write_csv(rows: Sequence[Row]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    # As the template is written: spreadsheets take it for UTF-8 where it begins with the mark.
    return file.getvalue().encode("utf-8-sig")


def _write_zip(path: Path, files: Sequence[tuple[str, bytes]]) -> Path:
    with ZipFile(path, "w") as zipped:
        for name, content in files:
            member = ZipInfo(name, date_time=_ZIP_TIME)
            member.compress_type, member.create_system, member.external_attr = ZIP_DEFLATED, _UNIX, _PLAIN_FILE
            zipped.writestr(member, content)
    return path
