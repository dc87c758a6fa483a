"""Home Office, police recorded crime: what the cells of a table must have to do with one another and with its name."""

from __future__ import annotations

import pandas as pd

from shp_analysis.errors import SourceError

MOST_ODD_ROWS = 0.01
"""A code that has one subgroup in nearly every row may have another in up to this share of rows."""
MOST_UNPLACED_PARTNERSHIPS = 0.25
"""Partnerships that were merged since have no code; if more of a table's names than these have none, it is misread."""
FEWEST_COPIES = 5
MOST_COPIES = 0.1
"""A published table counts each offence of a place and quarter once, except those that stand under several codes."""
_ADVICE = "Use the file as published."


def check_years(frame: pd.DataFrame, sheet_year: str | None, label: str) -> None:
    """Refuse a year that is none, such as 2017/19, and a row of another year than its sheet's name says.

    Parameters
    ----------
    frame : pandas.DataFrame
        With `financial_year` as 2017-18.
    sheet_year : str or None
        The year in the sheet's name, in the same spelling; None for a CSV.
    label : str
    """
    years = frame["financial_year"]
    for year in years.unique():
        if (int(year[:4]) + 1) % 100 != int(year[5:]):
            message = (
                f"{label}: row {years.index[years == year][0]}, column 'Financial Year' says {year!r}; allowed: two "
                f"years that follow each other, like 2020/21. {_ADVICE}"
            )
            raise SourceError(message)
    other = years.index[years != sheet_year] if sheet_year else years.index[:0]
    if len(other):
        message = (
            f"{label}: row {other[0]}, column 'Financial Year' is of {years.loc[other[0]]} in a sheet of {sheet_year} "
            f"({len(other):,} of {len(years):,} rows). {_ADVICE}"
        )
        raise SourceError(message)


def check_quarters_once(quarters: pd.Series, label: str, seen: dict[str, str]) -> None:
    """Refuse a quarter that is in two tables.

    Parameters
    ----------
    quarters : pandas.Series
        A table's quarters.
    label : str
    seen : dict of str to str
        In which table each quarter was found so far; what is found now is added.
    """
    for quarter in quarters.unique():
        twin = seen.setdefault(quarter, label)
        if twin != label:
            message = f"{label}: {quarter} is also in {twin}. Keep one of the two."
            raise SourceError(message)


def check_codes(frame: pd.DataFrame, label: str) -> None:
    """Refuse a table in which offence codes and subgroups were moved against each other."""
    usual = frame.groupby("offence_code")["offence_subgroup"].agg(lambda subgroups: subgroups.mode().iloc[0])
    odd = frame.index[frame["offence_code"].map(usual) != frame["offence_subgroup"]]
    if len(odd) > MOST_ODD_ROWS * len(frame):
        first = frame.loc[odd[0]]
        message = (
            f"{label}: row {odd[0]}, column 'Offence Subgroup' says {first['offence_subgroup']!r} for the code "
            f"{first['offence_code']!r}, which is {usual[first['offence_code']]!r} elsewhere ({len(odd):,} of "
            f"{len(frame):,} rows are so; at most {MOST_ODD_ROWS:.0%} may be). {_ADVICE}"
        )
        raise SourceError(message)


def check_copies(frame: pd.DataFrame, places: list[str], label: str) -> None:
    """Refuse a table into which the rows of a force or partnership were pasted twice.

    Homicide stands under four codes at once and has four rows, mostly of 0; such rows and all zeros are left aside.
    """
    single = frame[~frame["offence_code"].str.contains("/") & ~frame["count"].isin(["0"])]
    is_copy = single.duplicated()
    by_place = is_copy.groupby([single[place] for place in places])
    counts, shares = by_place.sum(), by_place.mean()
    pasted = counts.index[(counts >= FEWEST_COPIES) & (shares > MOST_COPIES)]
    if len(pasted):
        names = pasted[0] if isinstance(pasted[0], tuple) else (pasted[0],)
        of_place = (single[places] == list(names)).all(axis=1)
        first = single.index[is_copy & of_place][0]
        message = (
            f"{label}: row {first} is a copy of an earlier row, and so are {counts[pasted[0]]:,} of the "
            f"{int(of_place.sum()):,} rows of {' and '.join(names)} that count anything. Rows were probably pasted in "
            f"twice. {_ADVICE}"
        )
        raise SourceError(message)


def check_once(frame: pd.DataFrame, places: list[str], label: str) -> None:
    """Refuse a table in which two rows count the same offence of one place and quarter.

    Homicide stands under four codes at once and has four rows, which are left aside.
    """
    keys = ["financial_year", "financial_quarter", *places, "offence_code", "offence_description"]
    single = frame[~frame["offence_code"].str.contains("/")]
    again = single.index[single.duplicated(keys)]
    if len(again):
        first = single.loc[again[0], keys]
        twin = single.index[(single[keys] == first).all(axis=1)][0]
        message = (
            f"{label}: row {again[0]} counts the same as row {twin} ({', '.join(map(str, first))}), and so do "
            f"{len(again):,} of {len(frame):,} rows. Rows were pasted in twice, or the table is of smaller areas whose "
            f"column is missing. {_ADVICE}"
        )
        raise SourceError(message)


def check_numbers(counts: pd.Series, label: str) -> None:
    """Refuse a table whose counts are all -1, by which others mean that there is no number."""
    if len(counts) > 1 and (counts == "-1").all():
        message = f"{label}: row {counts.index[0]} and every other says -1 records. {_ADVICE}"
        raise SourceError(message)


def check_partnerships(frame: pd.DataFrame, label: str) -> None:
    """Refuse a table in which a partnership stands under another force than its own, or too many are unknown.

    Parameters
    ----------
    frame : pandas.DataFrame
        With `force_name`, `csp_name`, `csp_code`, and the police force areas of the row's force and of its partnership:
        `force_area_code`, `csp_force_area_code`. Unassigned rows are left out.
    label : str
    """
    wrong = frame.index[frame["csp_code"].notna() & (frame["csp_force_area_code"] != frame["force_area_code"])]
    if len(wrong):
        first = frame.loc[wrong[0]]
        message = (
            f"{label}: row {wrong[0]}, column 'CSP Name' says {first['csp_name']!r}, which is no partnership of the "
            f"force {first['force_name']!r} ({len(wrong):,} of {len(frame):,} rows are so). {_ADVICE}"
        )
        raise SourceError(message)
    names = frame.drop_duplicates("csp_name")
    unplaced = names[names["csp_code"].isna()]
    if len(unplaced) > MOST_UNPLACED_PARTNERSHIPS * len(names):
        message = (
            f"{label}: row {unplaced.index[0]}, column 'CSP Name' says {unplaced.iloc[0]['csp_name']!r}, which is no "
            f"partnership known here, and so are {len(unplaced):,} of {len(names):,} names; at most "
            f"{MOST_UNPLACED_PARTNERSHIPS:.0%} may be. {_ADVICE}"
        )
        raise SourceError(message)
