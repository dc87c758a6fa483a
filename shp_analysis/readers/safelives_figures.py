"""SafeLives: making figures of cells: what may stand in one, why one is missing, and what a row must agree on."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.readers.safelives_areas import read_marks
from shp_analysis.readers.safelives_workbook import CASES_COLUMNS

MOST_PERCENT_OFF = 1.0
"""The published percentage is that of the published counts, in 2018-19 to the whole number."""
MOST_CASES_OVER = 0.5
"""A group of people has at most its area's cases; fractions may be rounded up."""

FIGURES = [tidy for tidy in CASES_COLUMNS.values() if tidy != "written_name"]
NOTHING_SUBMITTED = ["maracs", "marac_cases", "recommended_marac_cases"]
WRITTEN_ZERO = "written as 0, but nothing was submitted"
_ADVICE = "Use the file as published."


def make_schema(columns: Mapping[str, str], *, years: bool = False) -> pa.DataFrameSchema:
    """Make a schema of columns in which a number or one of the known marks may stand.

    Parameters
    ----------
    columns : mapping of str to str
        Headings with tidy names.
    years : bool
        Whether there are also columns of the year and of the force area's name.
    """
    marks = read_marks()
    words = ", ".join(repr(written) for written in marks.values() if written)
    figure = pa.Check(
        lambda cells: cells.str.fullmatch(r"[0-9]+(\.[0-9]+)?([eE]-[0-9]+)?") | cells.str.casefold().isin(marks),
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


def finish_cases(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """Make numbers of the text, and missing what was not submitted."""
    numbers = frame[FIGURES].apply(to_numbers)
    # Where one of the three is blank and another 0, nothing was submitted all the same.
    silent = (numbers[NOTHING_SUBMITTED].fillna(0) == 0).all(axis=1) & (numbers[NOTHING_SUBMITTED] == 0).any(axis=1)
    notes = _explain_rows(frame[FIGURES]).mask(silent, WRITTEN_ZERO)
    numbers = numbers.mask(silent)
    _check_percentages(numbers, frame["name"], label)
    _check_whole(numbers["maracs"], label)
    return frame.assign(**numbers.astype({"maracs": "Int64"}), value_note=notes)


def to_numbers(cells: pd.Series) -> pd.Series:
    """Make numbers of checked text; a mark is missing."""
    return pd.to_numeric(cells, errors="coerce").astype("float64")


def explain(cells: pd.Series) -> pd.Series:
    """Say of every cell why it is no number; missing where it is one."""
    return cells.fillna("").str.casefold().map(dict(read_marks(notes=True))).astype("str")


def _explain_rows(frame: pd.DataFrame) -> pd.Series:
    reasons = frame.apply(explain)

    def join(row: pd.Series) -> str | None:
        found = row.dropna()
        if len(found) == len(row) and len(set(found)) == 1:
            return str(found.iloc[0])
        return "; ".join(f"{column}: {reason}" for column, reason in found.items()) or None

    return pd.Series([join(row) for _, row in reasons.iterrows()], index=frame.index, dtype="str")


def _check_percentages(numbers: pd.DataFrame, names: pd.Series, label: str) -> None:
    made = numbers["repeat_marac_cases"] / numbers["marac_cases"].where(numbers["marac_cases"] > 0) * 100
    for row in numbers.index[numbers["repeat_marac_cases_percent"] > 100]:  # noqa: PLR2004 - per cent
        raise SourceError(
            f"{label}: row {row} ({names[row]}) says {numbers['repeat_marac_cases_percent'][row]:g} % of its cases "
            f"were repeats; allowed: at most 100. Columns were probably moved. {_ADVICE}"
        )
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


def check_twins(frame: pd.DataFrame, key: list[str]) -> None:
    """Refuse two rows about the same; `_file` says which file each is of."""
    twins = frame[frame.duplicated(key, keep=False)]
    if len(twins):
        first = twins.iloc[0]
        second = twins[(twins[key] == first[key]).all(axis=1)].iloc[1]
        what = ", ".join(str(second[column]) for column in key if column != "area_code")
        raise SourceError(
            f"{second['_file']}: row {second.name} ({second.get('name', second['area_code'])}, {what}) is also row "
            f"{first.name} of {first['_file']}. Keep one of the two."
        )


def check_people(frame: pd.DataFrame, cases: pd.Series, label: str) -> None:
    """Refuse a group with more cases than its area, or with more than all of them.

    Parameters
    ----------
    frame : pandas.DataFrame
        `area_code, name, group, marac_cases, marac_cases_percent`, indexed by spreadsheet row.
    cases : pandas.Series
        All cases by area code.
    label : str
    """
    most = frame["area_code"].map(cases) + MOST_CASES_OVER
    wrong = (frame["marac_cases"] > most) | (frame["marac_cases_percent"] > 100)  # noqa: PLR2004 - per cent
    if wrong.any():
        row = frame[wrong].iloc[0]
        in_all = cases.get(row["area_code"], float("nan"))
        raise SourceError(
            f"{label}: row {row.name} ({row['name']}, {row['group']}) says {row['marac_cases']:g} cases and "
            f"{row['marac_cases_percent']:g} %, and the area had {in_all:g} cases in all. "
            f"Columns were probably moved. {_ADVICE}"
        )
