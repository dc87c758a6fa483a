"""Subtracts everything from everything in what a pack publishes; it knows nothing of how the gate decides.

It reads the published results and tables, and from the catalogue and the table of measures only which number is a part
of which.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from shp_analysis.config.catalogue import Frequency, Kind, Selection, Tier, read_catalogue
from shp_analysis.readers.readers import read_code_table
from shp_analysis.reference.periods import CalendarYear, FinancialYear, Month, Period, Quarter, YearEnding

CATALOGUE = read_catalogue()
SENSITIVE = {each.id: each for each in CATALOGUE.indicators if each.disclosure_tier is not Tier.OPEN}
PART_OF = {row["measure"]: row["part_of"] for row in read_code_table("partner_returns", "measures.csv")}
OVERLAP = {row["breakdown"] for row in read_code_table("partner_returns", "breakdowns.csv") if row["parts"] != "add up"}
OF = re.compile(r"([\d,]+) of ([\d,]+)(?![\d,]| months)")
"""A part and its whole; "9 of 12 months" are no persons."""


@dataclass(frozen=True)
class Number:
    """One published number: of which area and records, over which months."""

    area: str
    indicator: str
    is_whole: bool
    months: frozenset[str]
    value: float

    @property
    def selections(self) -> list[tuple[str, Selection]]:
        """Every selection of records that it may be counted by, with its table."""
        found = SENSITIVE[self.indicator].sources.values()
        pairs = ((each.records, each.of if self.is_whole else each) for each in found)
        return [(table, chosen) for table, chosen in pairs if chosen is not None]


def is_few(value: float) -> bool:
    return 0 < value < 5


def find_small(results: pd.DataFrame) -> set[str]:
    """Find the counts of 1 to 4 persons that follow from a table of results."""
    numbers = list_numbers(results)
    found = {_name(each) for each in numbers if is_few(each.value) and _is_of_persons(each)}
    by_area: dict[str, list[Number]] = defaultdict(list)
    for each in numbers:
        by_area[each.area].append(each)
    for own in by_area.values():
        found |= {f"{_name(a)} - {_name(b)}" for a, b in _list_nested(own) if is_few(round(a.value - b.value, 6))}
        found |= set(_find_left_over(own))
    return found


def list_numbers(results: pd.DataFrame) -> list[Number]:
    """List the published counts of persons, and the wholes of their shares."""
    rows = results[results["indicator"].isin(SENSITIVE) & pd.to_numeric(results["value"]).notna()]
    numbers = set()
    for area, indicator, label, statistic, value in rows[
        ["area_code", "indicator", "period", "statistic", "value"]
    ].itertuples(index=False):
        basis, _, name = statistic.rpartition(":")
        if "change" in name or not name.endswith(("count", "whole")) or name.startswith(("forecast", "season", "new")):
            continue
        period = _read_period(label, name, indicator)
        if basis == "twelve_months":
            period = period.twelve_months_to_end()
        if name.startswith("baseline"):
            period = period.same_last_year()
        months = _list_months(indicator, period)
        numbers.add(Number(area, indicator, name.endswith("whole"), months, float(value)))
    return sorted(numbers, key=str)


def _read_period(label: str, name: str, indicator: str) -> Period:
    """Read a label of the results: "2024-06" is a month, or the year to that month of what is yearly."""
    if "Q" in label:
        return Quarter(label)
    year, _, rest = label.partition("-")
    if not rest:
        return CalendarYear(label)
    if (int(year) + 1) % 100 == int(rest):
        return FinancialYear(label)
    is_yearly = name.startswith("yearly") or SENSITIVE[indicator].frequency is Frequency.YEARLY
    return YearEnding(label) if is_yearly else Month(label)


def _list_months(indicator: str, period: Period) -> frozenset[str]:
    card = SENSITIVE[indicator]
    if card.adds_over_periods and card.kind not in {Kind.STOCK, Kind.PUBLISHED}:
        return frozenset(month.label for month in period.months)
    return frozenset({f"{period.start}/{period.end}"})


def _is_of_persons(number: Number) -> bool:
    """Advisers and places are no persons: the whole of a ratio is something else."""
    return not (number.is_whole and SENSITIVE[number.indicator].kind is Kind.RATIO)


def _list_nested(numbers: list[Number]) -> Iterator[tuple[Number, Number]]:
    """Pair every number with each that lies in it: the same in fewer months, or a part of it in the same months."""
    for a, b in combinations(numbers, 2):
        for larger, smaller in ((a, b), (b, a)):
            same = larger.indicator == smaller.indicator and larger.is_whole == smaller.is_whole
            if (same and smaller.months < larger.months and _is_of_persons(larger)) or (
                larger.months == smaller.months and _lies_in(smaller, larger)
            ):
                yield larger, smaller


def _lies_in(part: Number, whole: Number) -> bool:
    kind = SENSITIVE[part.indicator].kind
    if part.indicator == whole.indicator:
        return whole.is_whole and not part.is_whole and kind is Kind.PROPORTION
    return any(
        own == table and _is_within(one, other) for own, one in part.selections for table, other in whole.selections
    )


def _is_within(part: Selection, whole: Selection) -> bool:
    mine, other = part.include, whole.include
    if part.sum != whole.sum or "measure" not in mine or "measure" not in other:
        return part.sum == whole.sum and all(set(mine.get(key, ())) < set(values) for key, values in other.items())
    if mine["measure"] != other["measure"]:
        is_total = mine.get("breakdown") == other.get("breakdown") == ("total",)
        return is_total and PART_OF[mine["measure"][0]] == other["measure"][0]
    if other["breakdown"] == ("total",):
        return mine["breakdown"] != ("total",) or mine == other
    every = set(other.get("category", ()))
    return mine["breakdown"] == other["breakdown"] and bool(every) and set(mine.get("category", ())) < every


def _find_left_over(numbers: list[Number]) -> Iterator[str]:
    """Take from each total two parts of one breakdown that do not overlap; and from a year its quarters and months."""
    for whole in numbers:
        if not _is_of_persons(whole):
            continue
        parts = [each for each in numbers if each.months == whole.months and each != whole and _lies_in(each, whole)]
        for a, b in combinations(parts, 2):
            if _are_apart(a, b) and is_few(round(whole.value - a.value - b.value, 6)):
                yield f"{_name(whole)} - {_name(a)} - {_name(b)}"
        own = [each for each in numbers if each.indicator == whole.indicator and each.is_whole == whole.is_whole]
        inside = [each for each in own if each.months < whole.months]
        for size in {len(each.months) for each in inside}:
            some = [each for each in inside if len(each.months) == size]
            covered = sum(len(each.months) for each in some)
            is_apart = covered == len(frozenset().union(*(each.months for each in some)))
            left = round(whole.value - sum(each.value for each in some), 6)
            if is_apart and covered < len(whole.months) and is_few(left):
                yield f"{_name(whole)} - all within it"


def _are_apart(a: Number, b: Number) -> bool:
    for own, one in a.selections:
        for table, other in b.selections:
            if own != table or one.sum != other.sum or one.include.get("measure") != other.include.get("measure"):
                continue
            breakdown = one.include.get("breakdown")
            is_same = breakdown == other.include.get("breakdown") and not OVERLAP & set(breakdown or ())
            categories = set(one.include.get("category", ())), set(other.include.get("category", ()))
            if is_same and all(categories) and categories[0].isdisjoint(categories[1]):
                return True
    return False


def _name(number: Number) -> str:
    months = sorted(number.months)
    return f"{number.indicator}{' whole' * number.is_whole} {number.area} {months[0]}..{months[-1]} = {number.value:g}"


def find_small_in_tables(tables: pd.DataFrame) -> set[str]:
    """Find the counts of 1 to 4 persons that stand in published tables, or are left of "43 of 45"."""
    names = {each.name for each in SENSITIVE.values()}
    captions = tables["caption"].str.startswith(tuple(names)) | tables["caption"].str.contains(
        "Advisers' cases|Alcohol and drugs in domestic|Youth-related anti-social|Drug deaths|Who comes forward"
    )
    own = tables[captions | tables["row"].isin(names)]
    found = set()
    for row in own.itertuples(index=False):
        where = f"{row.paper}: {row.caption}, {row.row}, {row.column}"
        for text in (str(row.text), str(row.detail)):
            pairs = [tuple(int(each.replace(",", "")) for each in pair) for pair in OF.findall(text)]
            found |= {f"{where}: {part} of {whole}" for part, whole in pairs if is_few(part) or is_few(whole - part)}
        if re.fullmatch(r"[1-4]", str(row.text)):
            found.add(f"{where}: {row.text}")
        if str(row.text) == "withheld":
            found.add(f"{where}: what a partner withheld stands beside its total")
    return found
