"""NDTMS monthly returns: people in drug and alcohol treatment by partnership, provisional, as a partnership keeps them.

The monthly reports at https://www.ndtms.net/Monthly/Adults and …/YoungPeople are web pages and, in more detail, tables
behind a login; no published CSV of them was at hand. The layout read here is the project's own, shaped like ViewIt's
export: a partnership enters its monthly figures in it, and a file of any other layout is refused.

- One row is a month, partnership, ages (18 and over, or under 18) and substance group. Ages never are 19 and over: set
  a figure against residents of 18 and over, or of 10 to 17.
- Nearly every monthly figure runs over the latest 12 months, some over the year to date. A row has to say which, for
  the two are no one series.
- Every figure is rounded to 5, and one that is not may name people and is refused. The rounding is kept beside each
  figure in `rounded_to`: it is no exact count, and a 0 need not mean nobody.
- The figures are provisional until the year's own publication, and change as services complete their returns.
- A person counts once in a partnership, and in each partnership they attend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import (
    Records,
    is_named_simulated,
    read_code_map,
    read_code_table,
    read_value_marks,
)
from shp_analysis.readers.tables import Column, Table, check_once, refuse_first
from shp_analysis.reference.period_spellings import MONTH_NAMES

SOURCE = "ndtms"
ROUNDED_TO = 5
"""Every figure is a multiple of this."""
ROUNDED = r"0|5|[1-9]\d*[05]"
COLUMNS: Mapping[str, str] = {
    "ReportingMonth": "month",
    "Partnership": "area_name",
    "ages": "ages",
    "drug_group": "substance_group",
    "CountedOver": "counted_over",
}
"""The headings that say what a row is about. Those of its figures are in `reference/ndtms/monthly_measures.csv`."""
MARKS = ("ReportingMonth", "Partnership", "CountedOver")
"""Headings that tell this table from ViewIt's."""

_KEY = list(COLUMNS.values())
_MONTHS = {name: f"{number:02d}" for number, name in enumerate(MONTH_NAMES, start=1)}
_MONTH = rf"20\d{{2}}-(0[1-9]|1[0-2])|({'|'.join(MONTH_NAMES)}) 20\d{{2}}"
_MEASURES = {row["heading"]: row for row in read_code_table(SOURCE, "monthly_measures.csv")}
_ADVICE = "Enter the figures again as they are published, or use the file as published."


def group_column(name: str, heading: str, groups: Mapping[str, str]) -> Column:
    """Declare a column that says one of some groups, as they are published."""
    return Column(name, (heading,), "|".join(map(re.escape, groups)), f"one of {', '.join(groups)}")


def read_marks() -> dict[str, str]:
    """Give what may stand in place of a figure, with its meaning."""
    return read_value_marks(SOURCE, "viewit_marks.csv")


def find_gaps(figures: pd.DataFrame, column: str, parts: list[str]) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Find by how much the groups of a column miss their total.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rounded figures, indexed by what each row is about.
    column : str
        The level of the index that holds the groups and `all`.
    parts : list of str
        Every group.

    Returns
    -------
    tuple of (pandas.DataFrame, pandas.DataFrame) or None
        The gaps, and which of them are wider than rounding explains; None where a group or the total is not there. A
        part that is missing, as a row or as a figure, leaves the sum missing, and the sum is not judged.
    """
    groups = {str(part): rows.droplevel(column) for part, rows in figures.groupby(level=column)}
    if not groups.keys() >= {"all", *parts}:
        return None
    gaps = (sum(groups[part] for part in parts) - groups["all"]).abs()
    return gaps, (gaps > ROUNDED_TO / 2 * (len(parts) + 1)).fillna(value=False)


def read_monthly(member: Member) -> Iterator[Records]:
    """Read a file of monthly returns.

    Yields
    ------
    Records
        One row is one figure: `month` (`"2024-04"`), `area_name` (the partnership), `ages` (`"18+"` or `"under 18"`),
        `substance_group` (may be `"all"`), `counted_over` (`"latest 12 months"`, `"year to date"` or `"month"`),
        `measure`, `count_rounded` (whole number or missing), `rounded_to` (always 5), `is_provisional` (always true)
        and `value_note` (why a figure is missing).

    Raises
    ------
    SourceError
        Where a file is of another layout, a figure is not rounded, a part is larger than its whole, or substance
        groups miss their total by more than rounding explains.
    """
    label = member.label
    frame = _declare().read_content(member.read(), label)
    frame = frame.assign(month=frame["month"].map(_name_month).astype("str"))
    for column in ("ages", "substance_group", "counted_over"):
        frame[column] = frame[column].map(_groups(column)).astype("str")
    check_once(frame, _KEY, label)
    figures = frame[list(_MEASURES)].apply(_count)
    _check_parts(frame, figures, label)
    _check_totals(frame, figures, label)
    yield Records("ndtms_monthly", _lengthen(frame), is_named_simulated(member))


def _declare() -> Table:
    marks = [mark for mark in read_marks() if mark]
    figure = f"{ROUNDED}|{'|'.join(map(re.escape, marks))}"
    allowed = (
        f"a whole multiple of {ROUNDED_TO} or one of {', '.join(marks)}; a figure that is not rounded may name people"
    )
    return Table(
        (
            Column("month", ("ReportingMonth",), _MONTH, "a month like 2024-04 or April 2024"),
            Column("area_name", ("Partnership",), allowed="the name of a partnership"),
            group_column("ages", "ages", _groups("ages")),
            group_column("substance_group", "drug_group", _groups("substance_group")),
            group_column("counted_over", "CountedOver", _groups("counted_over")),
            *(Column(heading, (heading,), figure, allowed, is_nullable=True) for heading in _MEASURES),
        )
    )


def _groups(column: str) -> dict[str, str]:
    return read_code_map(SOURCE, "monthly_groups.csv", "published", "tidy", column=column)


def _name_month(written: str) -> str:
    name, _, year = written.partition(" ")
    return f"{year}-{_MONTHS[name]}" if year else written


def _count(cells: pd.Series) -> pd.Series:
    return pd.to_numeric(cells.mask(cells.isin(read_marks())).astype("object")).astype("Int64")


def _check_parts(frame: pd.DataFrame, figures: pd.DataFrame, label: str) -> None:
    """Refuse more completions than people in treatment, and the like, beyond what rounding both explains."""
    heading_of = {row["measure"]: heading for heading, row in _MEASURES.items()}
    for heading, about in _MEASURES.items():
        if about["part_of"]:
            _check_part(frame, figures, heading, heading_of[about["part_of"]], label)


def _check_part(frame: pd.DataFrame, figures: pd.DataFrame, part: str, whole: str, label: str) -> None:
    refuse_first(
        frame,
        figures[part] > figures[whole] + ROUNDED_TO,
        label,
        lambda row, _: (
            f" ({frame['area_name'][row]}, {frame['month'][row]}), column '{part}' says {figures[part][row]} and "
            f"column '{whole}' {figures[whole][row]}; the first is a part of the second"
        ),
        _ADVICE,
    )


def _check_totals(frame: pd.DataFrame, figures: pd.DataFrame, label: str) -> None:
    """Refuse substance groups that miss their total by more than rounding explains."""
    parts = [name for name in dict.fromkeys(_groups("substance_group").values()) if name != "all"]
    keyed = pd.concat([frame[_KEY], figures], axis=1).set_index(_KEY)
    found = find_gaps(keyed, "substance_group", parts)
    if found and found[1].to_numpy().any():
        gaps, odd = found
        heading = odd.any()[lambda wide: wide].index[0]
        where = odd.index[odd[heading]][0]
        rest = [column for column in _KEY if column != "substance_group"]
        raise SourceError(
            f"{label}: column '{heading}' misses its total over 'drug_group' by {gaps.loc[where, heading]} "
            f"({', '.join(f'{name} {value}' for name, value in zip(rest, where, strict=True))}), more than rounding "
            f"explains. {_ADVICE}"
        )


def _lengthen(frame: pd.DataFrame) -> pd.DataFrame:
    names = {heading: about["measure"] for heading, about in _MEASURES.items()}
    long = frame.melt(id_vars=_KEY, value_vars=list(names), var_name="heading", value_name="cell")
    return long.assign(
        measure=long["heading"].map(names).astype("str"),
        count_rounded=_count(long["cell"]),
        rounded_to=pd.Series(ROUNDED_TO, index=long.index, dtype="Int64"),
        is_provisional=True,
        value_note=long["cell"].fillna("").map(read_marks()).astype("str"),
    ).drop(columns=["heading", "cell"])
