"""The quality of what arrived: blank fields, fewer contributors, totals that their parts do not make.

A file that contradicts itself is mostly refused at the door. What is left are totals and parts that come in different
files, or that a publisher leaves contradicting one another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from shp_analysis.config.catalogue import Catalogue, Indicator, Measure
from shp_analysis.errors import RequestError
from shp_analysis.monitoring.releases import ReleasePair
from shp_analysis.readers.partner_returns_measures import TOTAL, Parts, read_breakdowns, read_measures, read_parts
from shp_analysis.readers.readers import Frequency
from shp_analysis.readers.reconciliation import Reconciliation, check_age_bands, reconcile
from shp_analysis.readers.registry import list_tables
from shp_analysis.reference.areas import Area
from shp_analysis.statistics.comparator_means import CoverageChange, compare_coverage
from shp_analysis.store.store import Store

MOST_BLANK_UNTOLD = 0.2
"""A field is told where more than this share of its cells is blank."""
JUMP_TOLD = 0.05
"""And where its share rose or fell by more than this since the release before."""
NOTES = "_note"
"""Columns so named hold the reason where something is missing, and are blank where all is well."""
_STORE_COLUMNS = ("sha256", "part_unit", "part_period")


@dataclass(frozen=True)
class BlankField:
    """One field of one table, with the share of its cells that is blank.

    Attributes
    ----------
    table, unit, field : str
    share : float
        0 to 1, of the newest release.
    rows : int
        Of how many rows.
    share_before : float or None
        In the release before; None where there was none, or it had no rows.
    """

    table: str
    unit: str
    field: str
    share: float
    rows: int
    share_before: float | None = None

    @property
    def has_risen_sharply(self) -> bool:
        """Whether the share is another than in the release before, by more than a little."""
        return self.share_before is not None and abs(self.share - self.share_before) > JUMP_TOLD

    @property
    def is_reported(self) -> bool:
        """Whether the table of the report tells it; the record has every field."""
        return self.has_risen_sharply or self.share > MOST_BLANK_UNTOLD

    @property
    def in_words(self) -> str:
        """The field and its share."""
        before = (
            f" (was {100 * self.share_before:.0f}%)" if self.share_before is not None and self.has_risen_sharply else ""
        )
        return f"{self.field} {100 * self.share:.0f}%{before}"

    def as_record(self) -> dict[str, Any]:
        """Write it as plain values."""
        return {
            "table": self.table,
            "unit": self.unit,
            "field": self.field,
            "share": round(self.share, 4),
            "rows": self.rows,
            "share_before": None if self.share_before is None else round(self.share_before, 4),
            "is_reported": self.is_reported,
        }


def list_blanks(store: Store, pairs: Sequence[ReleasePair], *, as_of: date | None = None) -> tuple[BlankField, ...]:
    """Measure the share of blank cells of every field of every newest release.

    Parameters
    ----------
    store : Store
    pairs : sequence of ReleasePair
    as_of : date, optional

    Returns
    -------
    tuple of BlankField
        Every field that is blank anywhere now or was before, in the tables' own order.
    """
    found = []
    for table in dict.fromkeys(pair.table.name for pair in pairs):
        filled = _count_filled(store, table, as_of)
        for pair in pairs:
            if pair.table.name == table:
                found += _describe(pair, filled)
    return tuple(found)


def _count_filled(store: Store, table: str, as_of: date | None) -> pd.DataFrame:
    """Count the cells that hold something, by file and unit: a NaN and an empty text hold nothing."""
    columns = store.query(table, "FROM records LIMIT 0", as_of=as_of).columns
    counts = ", ".join(f'{_filled(name)} AS "{name}"' for name in columns if _is_field(name))
    sql = f"SELECT sha256, part_unit, count(*) AS rows_in_all, {counts} FROM records GROUP BY ALL"
    return store.query(table, sql, as_of=as_of, every_release=True)


def _filled(name: str) -> str:
    return f"count(*) FILTER (coalesce(CAST(\"{name}\" AS VARCHAR), '') NOT IN ('', 'nan'))"


def _is_field(name: str) -> bool:
    return name not in _STORE_COLUMNS and not name.endswith(NOTES)


def _describe(pair: ReleasePair, filled: pd.DataFrame) -> list[BlankField]:
    now, before = (
        filled[filled["sha256"].isin(set(parts["sha256"])) & filled["part_unit"].isin(pair.units)]
        for parts in (pair.newer, pair.older)
    )
    rows, rows_before = int(now["rows_in_all"].sum()), int(before["rows_in_all"].sum())
    if not rows:
        return []
    fields = []
    for name in filled.columns.drop(["sha256", "part_unit", "rows_in_all"]):
        share = 1 - int(now[name].sum()) / rows
        share_before = 1 - int(before[name].sum()) / rows_before if rows_before else None
        if share or share_before:
            fields.append(BlankField(pair.table.name, pair.unit_in_words, str(name), share, rows, share_before))
    return fields


_QUARTERS_IN_A_YEAR = 4


@dataclass(frozen=True)
class Rule:
    """One total and what it is a total of.

    Attributes
    ----------
    table, period : str
        The stored table and its column of periods.
    total, members : str
        SQL of the total and of the number of its contributors.
    total_name, member_name, member : str
        In words: what is added up, who contributes, and one of them.
    where : str
        A condition that takes the code of the police force area for its question mark; empty for everyone.
    """

    table: str
    period: str
    total: str
    members: str
    total_name: str
    member_name: str
    member: str
    where: str = ""


_MARAC = ("safelives_marac_cases", "financial_year", "sum(marac_cases) FILTER (maracs > 0)")
RULES: tuple[Rule, ...] = (
    Rule(*_MARAC, "sum(maracs) FILTER (marac_cases IS NOT NULL)", "MARAC cases of all forces", "MARACs", "MARAC"),
    Rule(
        *_MARAC,
        "sum(maracs) FILTER (marac_cases IS NOT NULL)",
        "MARAC cases of the area's force",
        "MARACs",
        "MARAC",
        "area_code = ?",
    ),
    Rule(
        *_MARAC,
        "count(*) FILTER (marac_cases IS NOT NULL AND maracs > 0)",
        "MARAC cases of all forces",
        "police force areas",
        "force area",
    ),
    Rule(
        "home_office_crime_csp",
        "period",
        "sum(recorded_crimes)",
        "count(DISTINCT csp_code)",
        "recorded crimes of all partnerships",
        "partnerships",
        "partnership",
    ),
    Rule(
        "home_office_crime_force",
        "period",
        "sum(recorded_crimes)",
        "count(DISTINCT force_name)",
        "recorded crimes of all forces",
        "forces",
        "force",
    ),
)
"""What is looked at; a new total is a new entry."""


@dataclass(frozen=True)
class Coverage:
    """A total beside the one before, with the number of those behind each.

    Attributes
    ----------
    table, what, members_name, member : str
    period_before, period : str
    total_before, total : float
    change : CoverageChange
        The total's change, the change per contributor, and both numbers of contributors.
    """

    table: str
    what: str
    members_name: str
    member: str
    period_before: str
    period: str
    total_before: float
    total: float
    change: CoverageChange

    @property
    def sentence(self) -> str:
        """Both changes in one sentence."""
        change = self.change
        return (
            f"{self.what[0].upper()}{self.what[1:]}: {self.total_before:,.0f} from {change.members_before:,} "
            f"{self.members_name} in {self.period_before}, {self.total:,.0f} from {change.members:,} in {self.period}: "
            f"{change.change_percent:+.1f}% in all, {change.change_percent_per_member:+.1f}% per {self.member}."
        )

    def as_record(self) -> dict[str, Any]:
        """Write it as plain values."""
        return {
            "table": self.table,
            "what": self.what,
            "members_name": self.members_name,
            "period_before": self.period_before,
            "period": self.period,
            "total_before": self.total_before,
            "total": self.total,
            "members_before": self.change.members_before,
            "members": self.change.members,
            "change_percent": round(self.change.change_percent, 2),
            "change_percent_per_member": round(self.change.change_percent_per_member, 2),
            "is_comparable": self.change.is_comparable,
            "sentence": self.sentence,
        }


def list_coverage(store: Store, area: Area, *, as_of: date | None = None) -> tuple[Coverage, ...]:
    """Compare the newest total of each kind with the one before: a year earlier, where it is of a quarter.

    Parameters
    ----------
    store : Store
    area : Area
        Totals of a force are those of its own.
    as_of : date, optional

    Returns
    -------
    tuple of Coverage
        Of the totals whose table holds both periods, with somebody behind each; comparable ones too.
    """
    held = (_compare(store, rule, area, as_of) for rule in RULES if len(store.parts_held(rule.table, as_of=as_of)))
    return tuple(each for each in held if each)


def _compare(store: Store, rule: Rule, area: Area, as_of: date | None) -> Coverage | None:
    where, values = (f"WHERE {rule.where}", (area.force.area_code,)) if rule.where else ("", ())
    sql = (
        f"SELECT {rule.period} AS period, CAST({rule.total} AS DOUBLE) AS total, "
        f"CAST({rule.members} AS BIGINT) AS members FROM records {where} GROUP BY ALL ORDER BY period"
    )
    totals = store.query(rule.table, sql, values, as_of=as_of).dropna()
    totals = totals[(totals["members"] > 0) & (totals["total"] > 0)]
    steps = _QUARTERS_IN_A_YEAR if list_tables()[rule.table].frequency is Frequency.QUARTER else 1
    if len(totals) <= steps:
        return None
    before, now = totals.iloc[-1 - steps], totals.iloc[-1]
    change = compare_coverage(before["total"], int(before["members"]), now["total"], int(now["members"]))
    return Coverage(
        table=rule.table,
        what=rule.total_name,
        members_name=rule.member_name,
        member=rule.member,
        period_before=str(before["period"]),
        period=str(now["period"]),
        total_before=float(before["total"]),
        total=float(now["total"]),
        change=change,
    )


ROUNDED_TO_OF_VIEWIT = 5
"""NDTMS rounds every figure to this."""
LARGEST_DIFFERENCE_OF_A_PERCENTAGE = 0.5
"""A percentage rounded to whole numbers is off by no more than this."""
PARTNER_TABLES = (
    "partner_returns_month",
    "partner_returns_quarter",
    "partner_returns_year",
    "partner_returns_calendar_year",
    "partner_returns_stock",
)
NUMERATOR_AGES = ("ages",)
"""Columns whose values are age bands, where an indicator filters by them."""
EVERYONE = "residents"
"""A denominator that is of all ages; others say "aged 16 and over", or count no people."""
_NO_AGES = "not applicable"


@dataclass(frozen=True)
class Disagreement:
    """A total that its parts do not make.

    Attributes
    ----------
    table : str
    what : str
        Which total, in words: whose, and of which period.
    sentence : str
        The parts, their sum and the total.
    """

    table: str
    what: str
    sentence: str

    def as_record(self) -> dict[str, Any]:
        """Write it as plain values."""
        return {"table": self.table, "what": self.what, "sentence": self.sentence}


@dataclass(frozen=True)
class TotalsCheck:
    """What became of one comparison of totals with parts.

    Attributes
    ----------
    name : str
        What was compared with what.
    compared : int
        How many totals.
    disagreements : tuple of Disagreement
    """

    name: str
    compared: int
    disagreements: tuple[Disagreement, ...]

    def as_record(self) -> dict[str, Any]:
        """Write it as plain values."""
        return {
            "name": self.name,
            "compared": self.compared,
            "disagreements": [each.as_record() for each in self.disagreements],
        }


@dataclass(frozen=True)
class AgeMismatch:
    """An indicator whose count and residents are of different ages.

    Attributes
    ----------
    indicator, name : str
    numerator_band, denominator_band : str
    sentence : str
    """

    indicator: str
    name: str
    numerator_band: str
    denominator_band: str
    sentence: str

    def as_record(self) -> dict[str, Any]:
        """Write it as plain values."""
        return vars(self).copy()


Judged = Iterator[tuple[str, str, str | None]]
"""Table, what was compared, and a sentence where it does not agree."""


def check_totals(store: Store, area: Area, *, as_of: date | None = None) -> tuple[TotalsCheck, ...]:
    """Hold the totals in the store against their parts.

    Parameters
    ----------
    store : Store
    area : Area
        Partners' returns of this area; the rest is checked whole.
    as_of : date, optional

    Returns
    -------
    tuple of TotalsCheck
        One for each comparison whose tables are held; a total with an unknown part is not compared.
    """
    found = []
    for name, (tables, judge) in _CHECKS.items():
        if all(len(store.parts_held(table, as_of=as_of)) for table in tables):
            judged = list(judge(store, area, as_of))
            if not judged:
                continue
            wrong = tuple(Disagreement(table, what, sentence) for table, what, sentence in judged if sentence)
            found.append(TotalsCheck(name, len(judged), wrong))
    return tuple(found)


def check_ages(catalogue: Catalogue) -> tuple[AgeMismatch, ...]:
    """List the indicators whose count is of people of other ages than the residents it is divided by.

    Parameters
    ----------
    catalogue : Catalogue
        Every indicator's first source is asked; those that say nothing of ages are passed over.

    Returns
    -------
    tuple of AgeMismatch
    """
    return tuple(mismatch for each in catalogue.indicators for mismatch in _check_ages_of(each))


def _check_ages_of(indicator: Indicator) -> Iterator[AgeMismatch]:
    denominator = _read_ages(str(indicator.denominator))
    if denominator is None or not indicator.sources:
        return
    for band in dict.fromkeys(_list_bands(indicator.measure()[1])):
        try:
            check = check_age_bands(band, denominator)
        except RequestError:
            continue  # "adults" or nothing at all: ages that are not said cannot be held against others
        if not check.agrees:
            yield AgeMismatch(indicator.id, indicator.name, band, denominator, check.sentence)


def _read_ages(denominator: str) -> str | None:
    if denominator == EVERYONE:
        return "all ages"
    return denominator.partition(" aged ")[2] or None


def _list_bands(measure: Measure) -> Iterator[str]:
    for column in NUMERATOR_AGES:
        yield from measure.include.get(column, ())
    if measure.records in PARTNER_TABLES:
        known = read_measures()
        counted = measure.include.get("measure", ())
        yield from (known[each].age_band for each in counted if each in known and known[each].age_band != _NO_AGES)


def _check_collisions(store: Store, _area: Area, as_of: date | None) -> Judged:
    collisions, casualties = "stats19_collision", "stats19_casualty"
    sql = (
        "WITH listed AS (SELECT collision_index, count(*) AS people FROM stats19_casualty GROUP BY ALL) "
        "SELECT collision_year AS year, sum(number_of_casualties) AS written, sum(coalesce(people, 0)) AS listed, "
        "count(*) FILTER (number_of_casualties <> coalesce(people, 0)) AS differing "
        "FROM stats19_collision LEFT JOIN listed USING (collision_index) "
        "WHERE collision_year IN (SELECT collision_year FROM stats19_casualty) GROUP BY year ORDER BY year"
    )
    for row in _ask(store, (collisions, casualties), sql, as_of=as_of):
        found = reconcile({"casualties listed": row.listed}, row.written)
        more = f" {row.differing:,} collisions differ." if row.differing else ""
        sentence = f"{found.sentence}{more}" if row.differing or not found.agrees else None
        yield collisions, f"Road casualties, {row.year}", sentence


def _check_breakdowns(store: Store, area: Area, as_of: date | None) -> Judged:
    for table, records in _partner_records(store, area, as_of):
        for (organisation, measure, period), part in records.groupby(["organisation", "measure", "period"]):
            totals = part.loc[part["breakdown"] == TOTAL, "value"].dropna()
            for breakdown, rows in part[part["breakdown"] != TOTAL].groupby("breakdown"):
                values = dict(zip(rows["category"], rows["value"], strict=True))
                if len(totals) and _is_whole(str(breakdown), rows):
                    found = reconcile(values, float(totals.iloc[0]))
                    yield table, f"{organisation}, {measure} by {breakdown}, {period}", _say(found)


def _is_whole(breakdown: str, rows: pd.DataFrame) -> bool:
    is_known = bool(rows["value"].notna().all())
    is_complete = len(rows) == len(read_breakdowns().get(breakdown, ()))
    return read_parts().get(breakdown) is Parts.ADD_UP and is_known and is_complete


def _check_wholes(store: Store, area: Area, as_of: date | None) -> Judged:
    """Hold a measure against the one it is a part of: they may come in different returns."""
    for table, records in _partner_records(store, area, as_of):
        totals = records[(records["breakdown"] == TOTAL) & records["value"].notna()]
        keys = zip(totals["organisation"], totals["period"], totals["measure"], strict=True)
        values = dict(zip(keys, totals["value"], strict=True))
        for (organisation, period, measure), value in values.items():
            part_of = read_measures()[measure].part_of if measure in read_measures() else ""
            whole = values.get((organisation, period, part_of))
            if whole is not None:
                wrong = f"{value:,.10g} {measure} are more than the {whole:,.10g} {part_of} they are among."
                yield table, f"{organisation}, {measure}, {period}", wrong if value > whole else None


def _partner_records(store: Store, area: Area, as_of: date | None) -> Iterator[tuple[str, pd.DataFrame]]:
    sql = "SELECT organisation, measure, period, breakdown, category, value FROM records WHERE area_code = ?"
    for table in PARTNER_TABLES:
        if len(store.parts_held(table, as_of=as_of)):
            yield table, store.query(table, sql, [area.code], as_of=as_of)


def _check_repeats(store: Store, _area: Area, as_of: date | None) -> Judged:
    sql = (
        "SELECT police_force_area AS place, financial_year AS year, marac_cases AS cases, "
        "repeat_marac_cases AS repeats, repeat_marac_cases_percent AS written FROM records "
        "WHERE cases > 0 AND repeats IS NOT NULL AND written IS NOT NULL AND NOT isnan(written) ORDER BY year, place"
    )
    for row in _ask(store, "safelives_marac_cases", sql, as_of=as_of):
        share = 100 * row.repeats / row.cases
        counted = f"{row.repeats:,.10g} repeats of {row.cases:,.10g} cases are {share:.1f}%"
        wrong = f"{counted}, and {row.written:.10g}% is written."
        is_off = abs(share - row.written) > LARGEST_DIFFERENCE_OF_A_PERCENTAGE
        yield "safelives_marac_cases", f"{row.place}, {row.year}", wrong if is_off else None


def _check_forces(store: Store, _area: Area, as_of: date | None) -> Judged:
    """Hold England and Wales against its police force areas, in years in which every area sent figures."""
    sql = (
        "WITH forces AS (SELECT financial_year, sum(marac_cases) AS cases, bool_and(marac_cases IS NOT NULL) AS whole "
        "FROM safelives_marac_cases GROUP BY ALL) "
        "SELECT area_name AS place, financial_year AS year, cases, marac_cases AS written "
        "FROM safelives_marac_totals JOIN forces USING (financial_year) "
        "WHERE whole AND area_name = 'England and Wales' AND marac_cases IS NOT NULL ORDER BY year"
    )
    for row in _ask(store, ("safelives_marac_totals", "safelives_marac_cases"), sql, as_of=as_of):
        found = reconcile({"cases of police force areas": row.cases}, row.written)
        yield "safelives_marac_totals", f"{row.place}, {row.year}", _say(found)


def _check_treatment(store: Store, _area: Area, as_of: date | None) -> Judged:
    """Hold people in treatment against the sexes, of all ages and substances."""
    sql = (
        "SELECT area_name AS place, financial_year AS year, "
        "max(count_rounded_to_5) FILTER (sex = 'all') AS written, "
        "max(count_rounded_to_5) FILTER (sex = 'female') AS women, "
        "max(count_rounded_to_5) FILTER (sex = 'male') AS men "
        "FROM records WHERE measure = 'intreatment' AND age_group = 'all' AND substance_group = 'all' "
        "GROUP BY ALL HAVING written IS NOT NULL AND women IS NOT NULL AND men IS NOT NULL ORDER BY year, place"
    )
    for row in _ask(store, "ndtms_viewit", sql, as_of=as_of):
        found = reconcile({"women": row.women, "men": row.men}, row.written, rounded_to=ROUNDED_TO_OF_VIEWIT)
        yield "ndtms_viewit", f"In treatment, {row.place}, {row.year}", _say(found)


def _check_partnerships(store: Store, area: Area, as_of: date | None) -> Judged:
    """Hold the crime of an area's force against that of its partnerships: two tables of one publisher."""
    sql = (
        "WITH wholes AS (SELECT force_name, period, sum(recorded_crimes) AS written FROM home_office_crime_force "
        "WHERE area_code = ? AND offence_group NOT ILIKE 'fraud%' GROUP BY ALL), "
        "parts AS (SELECT force_name, period, sum(recorded_crimes) AS crimes FROM home_office_crime_csp "
        "WHERE offence_group NOT ILIKE 'fraud%' GROUP BY ALL) "
        "SELECT force_name AS place, period, crimes, written FROM wholes JOIN parts USING (force_name, period) "
        "ORDER BY period"
    )
    tables = ("home_office_crime_force", "home_office_crime_csp")
    for row in _ask(store, tables, sql, [area.force.area_code], as_of=as_of):
        found = reconcile({"crimes of partnerships": row.crimes}, row.written)
        yield tables[0], f"{row.place}, {row.period}", _say(found)


def _ask(
    store: Store, tables: str | tuple[str, ...], sql: str, values: Sequence[object] = (), *, as_of: date | None
) -> Iterator[Any]:
    """Give the rows of an answer one after another, each value under its column's name."""
    return iter(store.query(tables, sql, values, as_of=as_of).itertuples())


def _say(found: Reconciliation) -> str | None:
    return None if found.agrees else found.sentence


_CHECKS: Mapping[str, tuple[tuple[str, ...], Callable[[Store, Area, date | None], Judged]]] = {
    "casualties listed against those the collisions name": (
        ("stats19_collision", "stats19_casualty"),
        _check_collisions,
    ),
    "breakdowns of partners' returns against their totals": ((), _check_breakdowns),
    "partners' measures against those they are a part of": ((), _check_wholes),
    "percentages of repeat MARAC cases against their counts": (("safelives_marac_cases",), _check_repeats),
    "MARAC cases of police force areas against England and Wales": (
        ("safelives_marac_totals", "safelives_marac_cases"),
        _check_forces,
    ),
    "women and men in treatment against everyone": (("ndtms_viewit",), _check_treatment),
    "crime of partnerships against that of their force": (
        ("home_office_crime_csp", "home_office_crime_force"),
        _check_partnerships,
    ),
}
