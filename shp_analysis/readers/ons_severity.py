"""Office for National Statistics: the weights of the Crime Severity Score, as an analyst keeps them in a small table.

The office publishes a weight for each offence code inside its data tool (a workbook whose sheets change from year to
year): copy codes, descriptions and weights into a CSV or sheet headed `Offence code, Offence description, Weight`. That
layout is the project's own. Put the year of the weights into the file's name (`severity-weights-2024.csv`).

Offence codes are text: `8N`, `104`, `4.10` are no numbers. In a spreadsheet, format the column as text before anything
is pasted into it, for a code that lost a zero looks like another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member, open_delivery
from shp_analysis.readers.ons_cells import make_column
from shp_analysis.readers.sheet_starts import WORKBOOKS as STARTS
from shp_analysis.readers.sheet_starts import read_sheet_starts
from shp_analysis.readers.single_tables import read_headings
from shp_analysis.readers.small_workbooks import WORKBOOKS, open_small_workbook
from shp_analysis.readers.strict_csv import check_records, read_strict_csv
from shp_analysis.readers.strict_sheet import Sheet, find_headings, look_at_sheet, open_workbook, read_sheet, read_table

COLUMNS: Mapping[str, str] = {
    "Offence code": "offence_code",
    "Offence description": "offence_description",
    "Weight": "severity_weight",
}
NOT_STATED = "not stated"
_LARGEST_BYTES = 1 << 20
"""A few hundred offences fill a small fraction of this."""
_CODE = r"(?!\d{4}-\d{2}-\d{2})(?!\d+\.0$)(?=.*[0-9]|[A-Z]{1,3}$)[0-9A-Z][0-9A-Z./-]{0,15}"
"""Homicide is one line of the list of offences and names four codes at once: `1/4.1/4.10/4.2`."""
_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")
_ADVICE = "Copy the weights again from the publisher's data tool, or use the file as published."


def read_severity_weights(path: Path) -> pd.DataFrame:
    """Read a table of severity weights.

    Parameters
    ----------
    path : Path
        A CSV or workbook, or a zip or folder that holds one.

    Returns
    -------
    pandas.DataFrame
        `offence_code, offence_description, severity_weight` (more than 0) and `weights_edition`, the year in the
        file's name or `"not stated"`. Scores made with weights of two editions do not compare.

    Raises
    ------
    SourceError
        Where there is no such table or more than one, a code is there twice or was damaged by a spreadsheet, or a
        weight is not positive.
    """
    with open_delivery(path) as members:
        files = [member for member in members if len(members) == 1 or is_of_weights(member)]
        if len(files) != 1:
            what = "no table" if not files else f"{len(files)} tables"
            message = f"{path}: holds {what} of severity weights ({', '.join(COLUMNS)}); one is read. Check the path."
            raise SourceError(message)
        return read_weights_file(files[0])


def is_of_weights(member: Member) -> bool:
    """Say whether a file is a table of weights, by its headings."""
    if member.path.suffix.lower() == ".csv":
        return len(COLUMNS.keys() & set(read_headings(member.read_start()))) > 1
    return member.size_bytes <= _LARGEST_BYTES and any(map(_is_ours, _look_at_sheets(member)))


def _look_at_sheets(member: Member) -> tuple[Sheet, ...]:
    if member.path.suffix.lower() in STARTS:
        return read_sheet_starts(member)
    workbook = open_small_workbook(member)
    return tuple(look_at_sheet(workbook, name) for name in workbook.sheet_names) if workbook else ()


def read_weights_file(member: Member) -> pd.DataFrame:
    """Read one file of a delivery, as `read_severity_weights` does."""
    frame, label = _read_cells(member)
    if frame.empty:
        raise SourceError(f"{label}: has headings and no rows. {_ADVICE}")
    frame = check_records(frame, _SCHEMA, label)
    weights = frame["severity_weight"].astype("float64")
    _refuse_first(frame, weights <= 0, label, "Weight", "severity_weight", "a number of more than 0")
    again = frame["offence_code"].duplicated()
    _refuse_first(frame, again, label, "Offence code", "offence_code", "each code once, and it is there already")
    year = _YEAR.search(member.path.name)
    edition = pd.Series(year[0] if year else NOT_STATED, index=frame.index, dtype="str")
    return frame.assign(severity_weight=weights, weights_edition=edition).reset_index(drop=True)


def _is_ours(sheet: Sheet) -> bool:
    return len(COLUMNS.keys() & set(find_headings(sheet, COLUMNS))) > 1


def _read_cells(member: Member) -> tuple[pd.DataFrame, str]:
    if member.path.suffix.lower() not in WORKBOOKS:
        return read_strict_csv(member.read(), COLUMNS, member.label), member.label
    workbook = open_workbook(member.read(), member.label)
    sheets = [read_sheet(workbook, name) for name in workbook.sheet_names]
    sheet = next((sheet for sheet in sheets if _is_ours(sheet)), sheets[0])
    return read_table(sheet, COLUMNS), sheet.label


def _refuse_first(frame: pd.DataFrame, wrong: pd.Series, label: str, heading: str, column: str, allowed: str) -> None:
    if wrong.any():
        row = frame.index[wrong][0]
        raise SourceError(
            f"{label}: row {row}, column '{heading}' says {frame.loc[row, column]!r}; allowed: {allowed}. {_ADVICE}"
        )


_SCHEMA = pa.DataFrameSchema(
    {
        "offence_code": make_column(
            "Offence code", _CODE, "a code like 8N, 104 or 4.10, which no spreadsheet made a number or a date of"
        ),
        "offence_description": make_column(
            "Offence description",
            r"(?!(?i:(?:grand )?totals?|all offences)$).*[A-Za-z].*",
            "an offence in words, and no total",
        ),
        "severity_weight": make_column(
            "Weight", r"\d+(\.\d+)?", "a number of more than 0, without thousands separators"
        ),
    },
    strict=True,
)
