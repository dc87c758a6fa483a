"""Layouts of the Home Office tables: headings, police forces, and the checks that all share.

A figure of these tables is a force area's and never an authority's: its `area_code` is E23… or W15…. The British
Transport Police and the fraud bodies police no area and have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError, suggest
from shp_analysis.readers.readers import read_code_table, read_value_marks
from shp_analysis.readers.strict_sheet import fold_heading
from shp_analysis.readers.tables import ADVICE, Column, refuse_first

_FORCE_ENDINGS = (" police service", " police", " constabulary", " area")


def find_force(name: str) -> tuple[str, str | None] | None:
    """Give a force's name as it is written here and its area's code; None where there is no such force.

    Parameters
    ----------
    name : str
        In any spelling: `London, City of`, `City of London Police`, `Devon & Cornwall`, `CHESHIRE CONSTABULARY`.

    Returns
    -------
    tuple of (str, str or None) or None
        The code is None for bodies that police no area.
    """
    names = _read_names()
    folded = fold(name)
    for ending in ("", *_FORCE_ENDINGS):
        if folded.endswith(ending) and (stem := folded.removesuffix(ending)) in names:
            return names[stem]
    return None


def spell_forces(names: pd.Series, heading: str, label: str) -> pd.DataFrame:
    """Write a column of force names one way, each with the code of its area.

    Parameters
    ----------
    names : pandas.Series
        Text, indexed by spreadsheet row.
    heading : str
        The column's heading, for messages.
    label : str
        How messages name the file.

    Returns
    -------
    pandas.DataFrame
        `force_name` and `area_code`, both text; the code is missing for bodies that police no area.

    Raises
    ------
    SourceError
        Where a name is no force's.
    """
    found = {name: find_force(str(name)) for name in names.unique()}
    for name, force in found.items():
        if force is None:
            row = names.index[names.isna() if pd.isna(name) else names == name][0]
            near = "" if pd.isna(name) else suggest(name, [force for force, _ in _read_names().values()])
            message = (
                f"{label}: row {row}, column '{heading}' says {'nothing' if pd.isna(name) else repr(name)}; allowed: a "
                f"force of the list reference/home_office/forces.csv. {near + ' ' if near else ''}Use the file as "
                "published."
            )
            raise SourceError(message)
    known = {name: force for name, force in found.items() if force is not None}
    return pd.DataFrame(
        {
            "force_name": names.map({name: force for name, (force, _) in known.items()}).astype("str"),
            "area_code": names.map({name: code for name, (_, code) in known.items()}).astype("str"),
        }
    )


@cache
def _read_names() -> Mapping[str, tuple[str, str | None]]:
    """Give every listed force by every folded name that it goes by."""
    forces = {row["force_name"]: row["force_area_code"] or None for row in read_code_table(SOURCE, "forces.csv")}
    names: dict[str, tuple[str, str | None]] = {fold(name): (name, code) for name, code in forces.items()}
    by_code = {code: (name, code) for name, code in forces.items() if code}
    for row in read_code_table(".", "police_forces.csv"):
        for name in (row["force_area_name"], row["police_uk_name"]):
            names.setdefault(fold(name), by_code[row["force_area_code"]])
    return names


SOURCE = "home_office"

UNASSIGNED = "Unassigned"
"""What the publisher writes for crimes of a force that were given to no partnership, also as `Unassigned Kent`."""


class Kind(StrEnum):
    """The two kinds of table; the value says what one row is about."""

    BY_PARTNERSHIP = "community safety partnership"
    BY_FORCE = "police force"


_BOTH = {
    "Financial Year": "financial_year",
    "Financial Quarter": "financial_quarter",
    "Offence Description": "offence_description",
    "Offence Group": "offence_group",
    "Offence Subgroup": "offence_subgroup",
    "Offence Code": "offence_code",
}
COLUMNS: Mapping[Kind, Mapping[str, str]] = {
    Kind.BY_PARTNERSHIP: {**_BOTH, "Police Force": "force_name", "CSP Name": "csp_name", "Offence Count": "count"},
    Kind.BY_FORCE: {**_BOTH, "Force Name": "force_name", "Number of Offences": "count"},
}
"""Each kind's headings as they are published now, with the tidy names."""
OTHER_HEADINGS: Mapping[str, str] = {
    "Force Name": "force_name",
    "Police Force": "force_name",
    "Number of Offences": "count",
    "Offence Count": "count",
}
"""The same columns under the names that the sibling table, or an earlier one, uses."""
ADDED_BY_OTHERS = ("", "policeuk cat")
"""Columns that people have added to copies of these tables; they are left out. Folded, the first is a bare index."""

FINANCIAL_YEAR = r"\d{4}[/-]\d{2}"
OFFENCE_CODE = (
    r"(?!.*\.0$)(\d{1,3}[A-Z]{0,2}(\.\d{1,2})?[A-Z]?(/\d{1,3}[A-Z]{0,2}(\.\d{1,2})?)*|[A-Z][A-Za-z]+( [A-Z][A-Za-z]*)?)"
)
"""Like 8N, 4.10, 1/4.1/4.10/4.2, or the name of a fraud body."""
_COUNT = r"-?\d{1,7}"
_ENDINGS = (", city of", ", county of")
_BEGINNINGS = ("city of ", "county of ", "the ")


def fold(name: str) -> str:
    """Fold a name for comparison: one case, `and` for `&`, no points, apostrophes or doubled spaces."""
    words = re.sub(r"[.'’]", "", name.casefold().replace("&", " and "))
    return " ".join(words.split())


def fold_place(name: str) -> str:
    """Fold the name of a partnership, leaving out what is formal: `Bristol, City of` is `bristol`."""
    folded = fold(name)
    for ending in _ENDINGS:
        folded = folded.removesuffix(ending)
    for beginning in _BEGINNINGS:
        folded = folded.removeprefix(beginning)
    return folded


@cache
def read_spellings(name: str, column: str) -> Mapping[str, str]:
    """Give the spelling used here of every listed name, by its folded form.

    Parameters
    ----------
    name : str
        A file of `reference/home_office`.
    column : str
        The column whose spellings count.
    """
    return {fold(row[column]): row[column] for row in read_code_table(SOURCE, name)}


def read_value_notes() -> Mapping[str, str]:
    """Give the marks that may stand in place of a number, with what they mean."""
    return read_value_marks(SOURCE)


def choose_columns(found: Sequence[str], kind: Kind, label: str) -> dict[str, str]:
    """Choose the tidy name of every heading found, whichever vintage and spelling it is of.

    Parameters
    ----------
    found : sequence of str
        The headings as they are written in the file.
    kind : Kind
    label : str
        How messages name the file.

    Returns
    -------
    dict of str to str
        Headings with tidy names, for the strict readers: those found, and, under its present name, each that is
        missing. Columns that others added are called `added_0`, `added_1` ….

    Raises
    ------
    SourceError
        Where two headings are the same column under two names.
    """
    wanted = set(COLUMNS[kind].values())
    tidy = {fold_heading(heading): name for heading, name in {**OTHER_HEADINGS, **COLUMNS[kind]}.items()}
    chosen: dict[str, str] = {}
    for heading in found:
        folded = fold_heading(heading)
        if folded in ADDED_BY_OTHERS:
            chosen[heading] = f"added_{len(chosen)}"
        elif folded in tidy:
            twin = next((other for other, name in chosen.items() if name == tidy[folded] and other != heading), None)
            if twin is not None:
                message = (
                    f"{label}: the columns '{twin}' and '{heading}' are the same under two names. Use the file as "
                    "published."
                )
                raise SourceError(message)
            chosen[heading] = tidy[folded]
    missing = wanted - set(chosen.values())
    return chosen | {heading: name for heading, name in COLUMNS[kind].items() if name in missing}


def _known(title: str, name: str, column: str) -> pa.Column:
    spellings = read_spellings(name, column)
    allowed = f"one of the list reference/home_office/{name}"
    return pa.Column(str, pa.Check(lambda cells: _each(cells, spellings)), title=title, description=allowed)


def _each(cells: pd.Series, spellings: Iterable[str]) -> pd.Series:
    known = set(spellings)
    return cells.map({cell: fold(cell) in known for cell in cells.unique()}).astype(bool)


def text_column(title: str, pattern: str, allowed: str, *, required: bool = True) -> pa.Column:
    """Give the schema of a text column: its heading, what its cells are like, and how to say that."""
    return Column(title, (title,), pattern, allowed, is_nullable=not required).as_schema()


@cache
def read_schema(kind: Kind) -> pa.DataFrameSchema:
    """Give the schema of one kind of table, before anything is renamed or counted."""
    notes = read_value_notes()
    marks = "|".join(map(re.escape, notes))
    columns = {
        "financial_year": text_column("Financial Year", FINANCIAL_YEAR, "a year like 2020/21"),
        "financial_quarter": text_column("Financial Quarter", "Q?[1-4]", "1 to 4, or Q1 to Q4"),
        "force_name": _known("Police Force", "forces.csv", "force_name"),
        "csp_name": text_column("CSP Name", r".*[A-Za-z]{3}.*", "the name of a partnership"),
        "offence_description": text_column("Offence Description", r".*[A-Za-z]{3}.*", "an offence in words"),
        "offence_group": _known("Offence Group", "offence_subgroups.csv", "offence_group"),
        "offence_subgroup": _known("Offence Subgroup", "offence_subgroups.csv", "offence_subgroup"),
        "offence_code": text_column("Offence Code", OFFENCE_CODE, "a code like 8N, 4.10 or 1/4.1/4.10/4.2"),
        "count": text_column("Offence Count", f"({_COUNT}|{marks})", f"a whole number, or one of {', '.join(notes)}"),
    }
    if kind is Kind.BY_FORCE:
        del columns["csp_name"]
    return pa.DataFrameSchema(columns, strict=True)


MOST_ODD_ROWS = 0.01
"""A code that has one subgroup in nearly every row may have another in up to this share of rows."""
MOST_UNPLACED_PARTNERSHIPS = 0.25
"""Partnerships that were merged since have no code; if more of a table's names than these have none, it is misread."""
FEWEST_COPIES = 5
MOST_COPIES = 0.1
"""A published table counts each offence of a place and quarter once, except those that stand under several codes."""


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
                f"years that follow each other, like 2020/21. {ADVICE}"
            )
            raise SourceError(message)
    if sheet_year:
        refuse_first(
            frame,
            years != sheet_year,
            label,
            lambda row, count: (
                f", column 'Financial Year' is of {years[row]} in a sheet of {sheet_year} ({count:,} of {len(years):,} "
                "rows)"
            ),
        )


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
            f"{len(frame):,} rows are so; at most {MOST_ODD_ROWS:.0%} may be). {ADVICE}"
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
            f"twice. {ADVICE}"
        )
        raise SourceError(message)


def check_once(frame: pd.DataFrame, places: list[str], label: str) -> None:
    """Refuse a table in which two rows count the same offence of one place and quarter.

    Homicide stands under four codes at once and has four rows, which are left aside.
    """
    keys = ["financial_year", "financial_quarter", *places, "offence_code", "offence_description"]
    single = frame[~frame["offence_code"].str.contains("/")]
    refuse_first(
        single,
        single.duplicated(keys),
        label,
        lambda row, count: (
            f" counts the same as row {single.index[(single[keys] == single.loc[row, keys]).all(axis=1)][0]} "
            f"({', '.join(map(str, single.loc[row, keys]))}), and so do {count:,} of {len(frame):,} rows. Rows were "
            "pasted in twice, or the table is of smaller areas whose column is missing"
        ),
    )


def check_numbers(counts: pd.Series, label: str) -> None:
    """Refuse a table whose counts are all -1, by which others mean that there is no number."""
    if len(counts) > 1 and (counts == "-1").all():
        message = f"{label}: row {counts.index[0]} and every other says -1 records. {ADVICE}"
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
    refuse_first(
        frame,
        frame["csp_code"].notna() & (frame["csp_force_area_code"] != frame["force_area_code"]),
        label,
        lambda row, count: (
            f", column 'CSP Name' says {frame['csp_name'][row]!r}, which is no partnership of the force "
            f"{frame['force_name'][row]!r} ({count:,} of {len(frame):,} rows are so)"
        ),
    )
    names = frame.drop_duplicates("csp_name")
    unplaced = names[names["csp_code"].isna()]
    if len(unplaced) > MOST_UNPLACED_PARTNERSHIPS * len(names):
        message = (
            f"{label}: row {unplaced.index[0]}, column 'CSP Name' says {unplaced.iloc[0]['csp_name']!r}, which is no "
            f"partnership known here, and so are {len(unplaced):,} of {len(names):,} names; at most "
            f"{MOST_UNPLACED_PARTNERSHIPS:.0%} may be. {ADVICE}"
        )
        raise SourceError(message)
