"""Home Office, police recorded crime: the headings of its open tables, and what each column may say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.strict_sheet import fold_heading

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
    return {row["mark"]: row["value_note"] for row in read_code_table(SOURCE, "value_marks.csv")}


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
    check = pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}")
    return pa.Column(str, check, title=title, description=allowed, nullable=not required)


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
