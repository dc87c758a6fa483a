"""SafeLives: what multi-agency risk assessment conferences (MARACs) discussed, by police force area and year.

Published by SafeLives, a charity, at https://safelives.org.uk/research-policy/practitioner-datasets/marac-data/, one
workbook for each year to March; no open licence is stated. Read are the workbooks (xls, xlsx), and a CSV of all
years that was derived from them. What the files do, and what is done:

- The figures are a force area's, never an authority's: every row says `police force area` and carries the force area's
  code, and a file that names any other place is refused. Regions and countries are `read_marac_totals`.
- "West Midlands" is a region and a force. The region's row comes before those of its forces, so the first of two is the
  region; a lone one among the rows of other regions is the region, and the force is missing. The derived CSV has lost
  the force in all its years.
- "No Data", "No population data", `#DIV/0!` and blanks are missing, with the reason in `value_note`. So is a written 0
  of a force with no MARACs, no cases and none recommended: it submitted nothing (Norfolk, 2023-24).
- Names may carry the digit of a footnote ("Lancashire2"), whose text is kept in `area_note`: often that a MARAC did not
  submit. Totals of two years compare only where `maracs` is the same.
- Referral counts may be fractions: a case that two services referred counts a half for each.

The sheets `Gender` and `Demographics` are not read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.sources.deliveries import Member, open_delivery
from shp_analysis.sources.safelives_areas import FORCE_AREA, PLACE, find_force_area, read_marks
from shp_analysis.sources.safelives_workbook import (
    CASES_COLUMNS,
    SOURCE,
    read_cases_sheet,
    read_financial_year,
    read_referrals_sheet,
)
from shp_analysis.sources.strict_csv import check_records, read_strict_csv
from shp_analysis.sources.strict_sheet import open_workbook

__all__ = [
    "ADDRESS",
    "CASES_COLUMNS",
    "DERIVED_COLUMNS",
    "LICENCE",
    "PUBLISHER",
    "SOURCE",
    "read_marac_cases",
    "read_marac_referrals",
    "read_marac_totals",
]

PUBLISHER = "SafeLives"
ADDRESS = "https://safelives.org.uk/research-policy/practitioner-datasets/marac-data/"
LICENCE = "no open licence stated"

DERIVED_COLUMNS: Mapping[str, str] = {
    "pfa_name_safelives": "written_name",
    "financial_year": "financial_year",
    "marac_count": "maracs",
    "cases_discussed": "marac_cases",
    "recommended_cases": "recommended_marac_cases",
    "cases_per_10k_adult_females": "cases_per_10000_adult_females",
    "repeat_cases": "repeat_marac_cases",
    "repeat_cases_pct": "repeat_marac_cases_percent",
    "children_in_household": "children_in_household",
    "housing_referrals": "housing_referrals",
    "source": "source",
}
"""The derived CSV's headings, with the tidy names."""
MOST_PERCENT_OFF = 1.0
"""The published percentage is that of the published counts, in 2018-19 to the whole number."""

_FIGURES = [tidy for tidy in CASES_COLUMNS.values() if tidy != "written_name"]
_NOTHING_SUBMITTED = ["maracs", "marac_cases", "recommended_marac_cases"]
_WRITTEN_ZERO = "written as 0, but nothing was submitted"
_WORKBOOKS = (".xls", ".xlsx", ".xlsb", ".ods")
_ADVICE = "Use the file as published."


def read_marac_cases(path: Path) -> pd.DataFrame:
    """Read the cases that MARACs discussed, by police force area.

    Parameters
    ----------
    path : Path
        A workbook of one year, the derived CSV of several, or a folder or zip archive of such files.

    Returns
    -------
    pandas.DataFrame
        One row is one force area and year: `geography` (always `"police force area"`), `area_code` (E23…, W15…),
        `police_force_area`, `financial_year` (`"2024-25"`), `maracs`, `marac_cases` (repeats included),
        `recommended_marac_cases`, `cases_per_10000_adult_females` (the publisher's own rate), `repeat_marac_cases`,
        `repeat_marac_cases_percent`, `children_in_household`, `value_note` (why figures are missing) and `area_note` (a
        footnote on the area).

    Raises
    ------
    SourceError
        Where a file is of another layout, names a place that is no police force area, or repeats a force's year.
    """
    frame = _read_places(path)
    forces = frame[frame["geography"] == FORCE_AREA]
    return forces.rename(columns={"name": "police_force_area"}).reset_index(drop=True)


def read_marac_totals(path: Path) -> pd.DataFrame:
    """Read the workbooks' rows of regions and countries; the derived CSV has none.

    Returns
    -------
    pandas.DataFrame
        As `read_marac_cases`, with `geography` `"region"` or `"country"` and `area_name`.

    Raises
    ------
    SourceError
        As `read_marac_cases`.
    """
    frame = _read_places(path)
    totals = frame[frame["geography"] != FORCE_AREA]
    return totals.rename(columns={"name": "area_name"}).reset_index(drop=True)


def read_marac_referrals(path: Path) -> pd.DataFrame:
    """Read who referred the cases, by police force area.

    Parameters
    ----------
    path : Path
        As `read_marac_cases`. The derived CSV has the referrals by housing services alone.

    Returns
    -------
    pandas.DataFrame
        One row is one force area, year and service: `geography`, `area_code`, `police_force_area`, `financial_year`,
        `referral_source` as published, `referrals` (may be a fraction), `referrals_percent` and `value_note`.

    Raises
    ------
    SourceError
        As `read_marac_cases`.
    """
    frame = _read_each(path, _referrals_of_csv, _referrals_of_workbook)
    forces = frame[frame["geography"] == FORCE_AREA].rename(columns={"name": "police_force_area"})
    _check_twins(forces, ["area_code", "financial_year", "referral_source"])
    columns = [*PLACE, "financial_year", "referral_source", "referrals", "referrals_percent", "value_note"]
    return forces[[{"name": "police_force_area"}.get(column, column) for column in columns]].reset_index(drop=True)


def _read_places(path: Path) -> pd.DataFrame:
    frame = _read_each(path, _cases_of_csv, _cases_of_workbook)
    _check_twins(frame, ["area_code", "financial_year"])
    return frame[[*PLACE, "financial_year", *_FIGURES, "value_note", "area_note"]]


def _read_each(
    path: Path, read_csv: Callable[[Member], pd.DataFrame], read_workbook: Callable[[Member], pd.DataFrame]
) -> pd.DataFrame:
    readers = {".csv": read_csv, **dict.fromkeys(_WORKBOOKS, read_workbook)}
    with open_delivery(path) as members:
        frames = [
            readers[suffix](member).assign(_file=member.label)
            for member in members
            if (suffix := member.path.suffix.lower()) in readers
        ]
    if not frames:
        message = f"{path}: holds no workbook and no CSV. Check the path, or fetch the workbook again from {ADDRESS}."
        raise SourceError(message)
    return pd.concat(frames)


def _cases_of_csv(member: Member) -> pd.DataFrame:
    frame = read_strict_csv(member.read(), DERIVED_COLUMNS, member.label)
    if frame.empty:
        raise SourceError(f"{member.label}: has headings and no rows. {_ADVICE}")
    check_records(frame, _schema(DERIVED_COLUMNS, years=True), member.label)
    areas = pd.DataFrame(
        [
            find_force_area(name, f"{member.label}: row {row}, column 'pfa_name_safelives'")
            for row, name in frame["written_name"].items()
        ],
        index=frame.index,
        columns=[*PLACE, "area_note"],
        dtype="str",
    )
    return _finish_cases(frame.join(areas), member.label)


def _cases_of_workbook(member: Member) -> pd.DataFrame:
    workbook = open_workbook(member.read(), member.label)
    frame = read_cases_sheet(workbook).assign(financial_year=read_financial_year(workbook, member.path.name))
    label = f"{member.label} > Cases"
    check_records(frame[_FIGURES], _schema(CASES_COLUMNS), label)
    return _finish_cases(frame, label)


def _referrals_of_csv(member: Member) -> pd.DataFrame:
    cases = _cases_of_csv(member)
    silent = cases["value_note"] == _WRITTEN_ZERO
    cell = cases["housing_referrals"]
    return cases.assign(
        referral_source="Housing",
        referrals=_to_numbers(cell.mask(silent)),
        referrals_percent=float("nan"),
        value_note=_explain(cell).mask(silent, _WRITTEN_ZERO),
    )


def _referrals_of_workbook(member: Member) -> pd.DataFrame:
    cases = _cases_of_workbook(member)
    workbook = open_workbook(member.read(), member.label)
    frame = read_referrals_sheet(workbook).assign(financial_year=read_financial_year(workbook, member.path.name))
    label = f"{member.label} > Referral routes"
    check_records(frame[["referrals", "referrals_percent"]], _schema(_REFERRAL_COLUMNS), label)
    silent = frame["area_code"].isin(cases["area_code"][cases["value_note"] == _WRITTEN_ZERO])
    return frame.assign(
        referrals=_to_numbers(frame["referrals"].mask(silent)),
        referrals_percent=_to_numbers(frame["referrals_percent"].mask(silent)),
        value_note=_explain(frame["referrals"]).mask(silent, _WRITTEN_ZERO),
    )


_REFERRAL_COLUMNS = {"Number": "referrals", "%": "referrals_percent"}


def _schema(columns: Mapping[str, str], *, years: bool = False) -> pa.DataFrameSchema:
    marks = read_marks()
    words = ", ".join(repr(written) for written in marks.values() if written)
    figure = pa.Check(
        lambda cells: cells.str.fullmatch(r"\d+(\.\d+)?([eE]-\d+)?") | cells.str.casefold().isin(marks),
        name="is a number or a mark",
    )
    checked = {
        tidy: pa.Column(
            str,
            figure,
            nullable=True,
            title=heading,
            description=f"a number of 0 or more without thousands separators, or one of {words}",
        )
        for heading, tidy in columns.items()
        if tidy not in {"written_name", "financial_year", "source"}
    }
    if years:
        pattern = r"20\d{2}-\d{2}"
        checked["financial_year"] = pa.Column(
            str,
            pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}"),
            title="financial_year",
            description="a financial year like 2024-25",
        )
        checked["written_name"] = pa.Column(str, title="pfa_name_safelives", description="the name of a force area")
    return pa.DataFrameSchema(checked)


def _finish_cases(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Make numbers of the text, and missing what was not submitted."""
    numbers = frame[_FIGURES].apply(_to_numbers)
    silent = (numbers[_NOTHING_SUBMITTED] == 0).all(axis=1)
    notes = _explain_rows(frame[_FIGURES]).mask(silent, _WRITTEN_ZERO)
    numbers = numbers.mask(silent)
    _check_percentages(numbers, frame["name"], label)
    _check_whole(numbers["maracs"], label)
    return frame.assign(**numbers.astype({"maracs": "Int64"}), value_note=notes)


def _to_numbers(cells: pd.Series) -> pd.Series:
    return pd.to_numeric(cells, errors="coerce").astype("float64")


def _explain(cells: pd.Series) -> pd.Series:
    """Say of every cell why it is no number; missing where it is one."""
    return cells.fillna("").str.casefold().map(dict(read_marks(notes=True))).astype("str")


def _explain_rows(frame: pd.DataFrame) -> pd.Series:
    reasons = frame.apply(_explain)

    def join(row: pd.Series) -> str | None:
        found = row.dropna()
        if len(found) == len(row) and len(set(found)) == 1:
            return str(found.iloc[0])
        return "; ".join(f"{column}: {reason}" for column, reason in found.items()) or None

    return pd.Series([join(row) for _, row in reasons.iterrows()], index=frame.index, dtype="str")


def _check_percentages(numbers: pd.DataFrame, names: pd.Series, label: str) -> None:
    made = numbers["repeat_marac_cases"] / numbers["marac_cases"].where(numbers["marac_cases"] > 0) * 100
    off = (made - numbers["repeat_marac_cases_percent"]).abs()
    for row in off.index[off > MOST_PERCENT_OFF]:
        raise SourceError(
            f"{label}: row {row} ({names[row]}) says {numbers['repeat_marac_cases_percent'][row]:g} % of its cases "
            f"were repeats, and {numbers['repeat_marac_cases'][row]:g} of {numbers['marac_cases'][row]:g} are "
            f"{made[row]:.1f} %. Columns were probably moved. {_ADVICE}"
        )


def _check_whole(maracs: pd.Series, label: str) -> None:
    for row in maracs.index[maracs % 1 > 0]:
        raise SourceError(
            f"{label}: row {row}, column 'Number of MARACs' says {maracs[row]:g}; allowed: a whole number. {_ADVICE}"
        )


def _check_twins(frame: pd.DataFrame, key: list[str]) -> None:
    twins = frame[frame.duplicated(key, keep=False)]
    if len(twins):
        first = twins.iloc[0]
        second = twins[(twins[key] == first[key]).all(axis=1)].iloc[1]
        what = ", ".join(str(second[column]) for column in key if column != "area_code")
        raise SourceError(
            f"{second['_file']}: row {second.name} ({second.get('name', second['area_code'])}, {what}) is also row "
            f"{first.name} of {first['_file']}. Keep one of the two."
        )
