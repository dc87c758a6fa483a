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

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.readers import read_code_table
from shp_analysis.readers.strict_csv import check_records, read_strict_csv
from shp_analysis.reference.period_spellings import MONTH_NAMES

__all__ = ["COLUMNS", "MARKS", "ROUNDED_TO", "read_monthly", "read_monthly_file"]

SOURCE = "ndtms"
ROUNDED_TO = 5
"""Every figure is a multiple of this."""
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

_GROUPS = ("ages", "substance_group", "counted_over")
_KEY = list(COLUMNS.values())
_HEADINGS = {tidy: heading for heading, tidy in COLUMNS.items()}
_MONTHS = {name: f"{number:02d}" for number, name in enumerate(MONTH_NAMES, start=1)}
_MONTH = rf"20\d{{2}}-(0[1-9]|1[0-2])|({'|'.join(MONTH_NAMES)}) 20\d{{2}}"
_ADVICE = "Enter the figures again as they are published, or use the file as published."


def read_monthly(path: Path) -> pd.DataFrame:
    """Read monthly returns.

    Parameters
    ----------
    path : Path
        The CSV, or a folder or zip archive of several.

    Returns
    -------
    pandas.DataFrame
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
    with open_delivery(path) as members:
        frames = [read_monthly_file(member) for member in members if member.path.suffix.lower() == ".csv"]
    if not frames:
        raise SourceError(f"{path}: holds no CSV file. Check the path.")
    frame = pd.concat(frames, ignore_index=True)
    _check_twins(frame, [*_KEY, "measure"], path.name)
    return frame


def read_monthly_file(member: Member) -> pd.DataFrame:
    """Read one file of a delivery, as `read_monthly` does."""
    label = member.label
    frame = read_strict_csv(member.read(), {**COLUMNS, **{heading: heading for heading in _measures()}}, label)
    if frame.empty:
        raise SourceError(f"{label}: has headings and no rows. {_ADVICE}")
    frame = check_records(frame, _schema(), label)
    frame = frame.assign(month=frame["month"].map(_name_month).astype("str"))
    for column in _GROUPS:
        frame[column] = frame[column].map(_groups(column)).astype("str")
    _check_twins(frame, _KEY, label)
    figures = frame[list(_measures())].apply(_count)
    _check_parts(frame, figures, label)
    _check_totals(frame, figures, label)
    return _lengthen(frame)


def _measures() -> dict[str, Mapping[str, str]]:
    return {row["heading"]: row for row in read_code_table(SOURCE, "monthly_measures.csv")}


def _groups(column: str) -> dict[str, str]:
    rows = read_code_table(SOURCE, "monthly_groups.csv")
    return {row["published"]: row["tidy"] for row in rows if row["column"] == column}


def _marks() -> dict[str, str]:
    return {row["mark"]: row["value_note"] for row in read_code_table(SOURCE, "viewit_marks.csv")}


def _name_month(written: str) -> str:
    name, _, year = written.partition(" ")
    return f"{year}-{_MONTHS[name]}" if year else written


def _count(cells: pd.Series) -> pd.Series:
    return pd.to_numeric(cells.mask(cells.isin(_marks())).astype("object")).astype("Int64")


def _schema() -> pa.DataFrameSchema:
    def text(title: str, pattern: str, allowed: str, *, nullable: bool = False) -> pa.Column:
        check = pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}")
        return pa.Column(str, check, title=title, description=allowed, nullable=nullable)

    def group(column: str) -> pa.Column:
        codes = list(_groups(column))
        return pa.Column(str, pa.Check.isin(codes), title=_HEADINGS[column], description=f"one of {', '.join(codes)}")

    marks = [mark for mark in _marks() if mark]
    figure = pa.Check(lambda cells: cells.str.fullmatch(r"0|5|[1-9]\d*[05]") | cells.isin(marks), name="is a figure")
    allowed = (
        f"a whole multiple of {ROUNDED_TO} or one of {', '.join(marks)}; a figure that is not rounded may name people"
    )
    return pa.DataFrameSchema(
        {
            "month": text("ReportingMonth", _MONTH, "a month like 2024-04 or April 2024"),
            "area_name": text("Partnership", r"\S.*", "the name of a partnership"),
            **{column: group(column) for column in _GROUPS},
            **{
                heading: pa.Column(str, figure, title=heading, description=allowed, nullable=True)
                for heading in _measures()
            },
        },
        strict=True,
    )


def _check_twins(frame: pd.DataFrame, key: list[str], label: str) -> None:
    twins = frame.index[frame.duplicated(key)]
    if len(twins):
        row = frame.loc[twins[0], key]
        raise SourceError(
            f"{label}: row {twins[0]} is about the same month, partnership and groups as an earlier one "
            f"({', '.join(map(str, row))}). {_ADVICE}"
        )


def _check_parts(frame: pd.DataFrame, figures: pd.DataFrame, label: str) -> None:
    """Refuse more completions than people in treatment, and the like, beyond what rounding both explains."""
    heading_of = {row["measure"]: heading for heading, row in _measures().items()}
    for heading, about in _measures().items():
        if not about["part_of"]:
            continue
        whole = heading_of[about["part_of"]]
        wrong = frame.index[(figures[heading] > figures[whole] + ROUNDED_TO).fillna(False)]
        if len(wrong):
            row = wrong[0]
            raise SourceError(
                f"{label}: row {row} ({frame.loc[row, 'area_name']}, {frame.loc[row, 'month']}), column '{heading}' "
                f"says {figures.loc[row, heading]} and column '{whole}' {figures.loc[row, whole]}; the first is a part "
                f"of the second. {_ADVICE}"
            )


def _check_totals(frame: pd.DataFrame, figures: pd.DataFrame, label: str) -> None:
    """Refuse substance groups that miss their total by more than rounding explains."""
    rest = [column for column in _KEY if column != "substance_group"]
    by_group = pd.concat([frame[_KEY], figures], axis=1).groupby("substance_group")
    groups = {name: rows.set_index(rest).drop(columns="substance_group") for name, rows in by_group}
    parts = [name for name in dict.fromkeys(_groups("substance_group").values()) if name != "all"]
    if not groups.keys() >= {"all", *parts}:
        return
    # A part that is missing, as a row or as a figure, leaves the sum missing, and the sum is not judged.
    gaps = (sum(groups[part] for part in parts) - groups["all"]).abs()
    odd = (gaps > ROUNDED_TO / 2 * (len(parts) + 1)).fillna(False)
    if odd.to_numpy().any():
        heading = odd.any()[lambda found: found].index[0]
        where = odd.index[odd[heading]][0]
        raise SourceError(
            f"{label}: column '{heading}' misses its total over 'drug_group' by {gaps.loc[where, heading]} "
            f"({', '.join(f'{name} {value}' for name, value in zip(rest, where, strict=True))}), more than rounding "
            f"explains. {_ADVICE}"
        )


def _lengthen(frame: pd.DataFrame) -> pd.DataFrame:
    names = {heading: about["measure"] for heading, about in _measures().items()}
    long = frame.melt(id_vars=_KEY, value_vars=list(names), var_name="heading", value_name="cell")
    return long.assign(
        measure=long["heading"]
        .map({heading: about["measure"] for heading, about in _measures().items()})
        .astype("str"),
        count_rounded=_count(long["cell"]),
        rounded_to=pd.Series(ROUNDED_TO, index=long.index, dtype="Int64"),
        is_provisional=True,
        value_note=long["cell"].fillna("").map(_marks()).astype("str"),
    ).drop(columns=["heading", "cell"])
