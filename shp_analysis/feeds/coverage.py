"""How many areas or meetings are behind a total, now and before: a total of fewer contributors is not a fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shp_analysis.areas import Area
from shp_analysis.sources.readers import Frequency
from shp_analysis.sources.registry import list_tables
from shp_analysis.statistics.peers import CoverageChange, compare_coverage
from shp_analysis.store import Store

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


def list_coverage(
    store: Store, area: Area, *, as_of: date | None = None, rules: Sequence[Rule] = RULES
) -> tuple[Coverage, ...]:
    """Compare the newest total of each kind with the one before: a year earlier, where it is of a quarter.

    Parameters
    ----------
    store : Store
    area : Area
        Totals of a force are those of its own.
    as_of : date, optional
    rules : sequence of Rule

    Returns
    -------
    tuple of Coverage
        Of the totals whose table holds both periods, with somebody behind each; comparable ones too.
    """
    held = (_compare(store, rule, area, as_of) for rule in rules if len(store.parts_held(rule.table, as_of=as_of)))
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
