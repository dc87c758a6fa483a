"""The local incident file: its columns, what a cell may say, and the types that the records get."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd
import pandera.pandas as pa

from shp_analysis.readers.code_tables import read_code_table
from shp_analysis.readers.readers import SIMULATED_MARK
from shp_analysis.reference.areas import read_forces

SOURCE = "local_incidents"
TABLE = "local_incidents"
FLAGS = ("alcohol", "drugs", "domestic_abuse", "youth", "looked_after_placed")
COLUMNS: Mapping[str, str] = {
    name: name for name in ("recorded_by", "incident_date", "incident_hour", "lsoa_code", "incident_type", *FLAGS)
}
"""The headings of the file, which are tidy already."""
UNKNOWN = ("unknown", "not known")
"""May stand, in any case, for a place, an hour or a flag that was not recorded, as may an empty cell."""
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
BRITISH_DAY = r"\d{1,2}/\d{1,2}/\d{4}"
RECORD_COLUMNS = ("recorded_by", "month", *list(COLUMNS)[1:])


@cache
def list_incident_types() -> tuple[str, ...]:
    """List the types of incident that a file may hold."""
    return tuple(row["incident_type"] for row in read_code_table(SOURCE, "types.csv"))


@cache
def list_recorders() -> tuple[str, ...]:
    """List who may have recorded an incident: every territorial force, and a simulated one of each name."""
    names = tuple(force.police_uk_name for force in read_forces().values())
    return names + tuple(f"{SIMULATED_MARK} {name}" for name in names)


@cache
def make_schema() -> pa.DataFrameSchema:
    """Say what each cell may hold, once `unknown` has been emptied."""
    types = ", ".join(list_incident_types())
    recorders = "a police force's name as data.police.uk writes it, such as Cheshire Constabulary"
    return pa.DataFrameSchema(
        {
            "recorded_by": _one_of("recorded_by", list_recorders(), recorders),
            "incident_date": _like(
                "incident_date", f"{ISO_DAY}|{BRITISH_DAY}", "a day like 2024-10-31 or 31/10/2024, without a time"
            ),
            "incident_hour": _like(
                "incident_hour", r"[01]?\d|2[0-3]", "a whole hour from 0 to 23, or unknown", is_nullable=True
            ),
            "lsoa_code": _like(
                "lsoa_code", r"[EW]01\d{6}", "an LSOA's code like E01012367, or unknown", is_nullable=True
            ),
            "incident_type": _one_of("incident_type", list_incident_types(), f"one of {types}"),
            **{
                flag: pa.Column(
                    str, pa.Check.isin(["Y", "N"]), nullable=True, title=flag, description="Y, N, or unknown"
                )
                for flag in FLAGS
            },
        },
        strict=True,
    )


def type_records(frame: pd.DataFrame) -> pd.DataFrame:
    """Give validated text its types: days, whole hours, truths."""
    is_yes = {flag: frame[flag].map({"Y": True, "N": False}).astype("boolean") for flag in FLAGS}
    hours = pd.to_numeric(frame["incident_hour"]).astype("Int64")
    typed = frame.assign(incident_hour=hours, month=frame["incident_date"].dt.strftime("%Y-%m").astype("str"), **is_yes)
    return typed.loc[:, list(RECORD_COLUMNS)]


def _one_of(column: str, values: tuple[str, ...], allowed: str) -> pa.Column:
    return pa.Column(str, pa.Check.isin(values), title=column, description=allowed)


def _like(column: str, pattern: str, allowed: str, *, is_nullable: bool = False) -> pa.Column:
    check = pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}")
    return pa.Column(str, check, nullable=is_nullable, title=column, description=allowed)
