"""Police forces as the Home Office's tables name them, with the code of the area that each polices.

A figure of these tables is a force area's and never an authority's: its `area_code` is E23… or W15…. The British
Transport Police and the fraud bodies police no area and have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd

from shp_analysis.errors import SourceError, suggest
from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.home_office_layout import SOURCE, fold

_ENDINGS = (" police service", " police", " constabulary", " area")


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
    for ending in ("", *_ENDINGS):
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
