"""Keeping persons out of partners' files: cells that look like somebody's particulars, and columns made for them.

A partner's note or a column too many may carry a name, a number or an address. Such a file is refused at the door, and
the message says where the cell is and what it looks like, and never what it says: messages end up in logs and mails.
What a cell looks like is said by `shp_analysis.personal_data`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import PurePath

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.personal_data.finding import describe_file_name, describe_personal_data, mask_file_name
from shp_analysis.readers.readers import read_code_table

_WORD = re.compile(r"[a-z0-9]+")


def check_lines(text: str, label: str) -> None:
    """Refuse a CSV in which a cell, or the cells of a row together, look like somebody's particulars.

    Raises
    ------
    SourceError
        Naming the row, the column where one cell is enough, and what it looks like, and not what it says.
    """
    headings: list[str] = []
    for row, line in enumerate(text.splitlines(), start=1):
        # One line is read by itself: a quotation mark that is never closed must not hide the rest of the file.
        cells = next(csv.reader([line]), [])
        headings = headings or cells
        for column, cell in zip(headings, cells, strict=False):
            place = f", column '{column}'" if row > 1 and not describe_personal_data(column) else ""
            check_texts([cell], f"{label}: row {row}{place}")
        check_texts([line], f"{label}: row {row}")


def check_texts(texts: Iterable[str], where: str) -> None:
    """Refuse texts of one place, any of which looks like somebody's particulars.

    Raises
    ------
    SourceError
        Saying where and what it looks like, and not what it says.
    """
    for text in texts:
        if what := describe_personal_data(text):
            raise SourceError(_refuse(where, what))


def check_cells(frame: pd.DataFrame, columns: Iterable[str], label: str) -> None:
    """Refuse a frame of text in which a cell looks like somebody's particulars.

    Parameters
    ----------
    frame : pandas.DataFrame
        Indexed by row in the file.
    columns : iterable of str
        Its text columns to look into.
    label : str
        How messages name the file.

    Raises
    ------
    SourceError
        Naming row and column and what it looks like, and not what it says.
    """
    for column in columns:
        for value in frame[column].dropna().unique():
            if what := describe_personal_data(str(value)):
                row = frame.index[frame[column] == value][0]
                raise SourceError(_refuse(f"{label}: row {row}, column '{column}'", what))


def check_headings(headings: Sequence[str], label: str) -> None:
    """Refuse a file with a column that is made for persons' particulars, or for places finer than an LSOA.

    Raises
    ------
    SourceError
        Naming the column; its cells are not looked at.
    """
    for heading in headings:
        words = _WORD.findall(re.sub(r"([a-z])([A-Z])", r"\1 \2", heading).lower())
        joined = f" {' '.join(words)} "
        for row in _personal_headings():
            if f" {row['words']} " in joined:
                message = (
                    f"{label}: row 1: column '{heading}' looks like {row['what']}, which must not be sent. Nothing of "
                    "the file was kept. Take the column out, delete the copies that were sent, and send the file again."
                )
                raise SourceError(message)


@cache
def _personal_headings() -> tuple[Mapping[str, str], ...]:
    return tuple(read_code_table("personal_data", "headings.csv"))


def check_file_name(path: PurePath) -> None:
    """Refuse a file of which the name, or a folder's that it came in, looks like somebody's particulars.

    Names of files are kept in the ledger, and printed in manifests and papers.

    Parameters
    ----------
    path : PurePath
        An absolute path is looked at in its name alone: where a file lay before is not kept.

    Raises
    ------
    SourceError
        Naming what it looks like, and not the name.
    """
    for part in (path.name,) if path.is_absolute() else path.parts:
        if what := describe_file_name(part):
            message = (
                f"{mask_file_name(path.name)}: the name of the file or of its folder holds what looks like {what}, and "
                "names are kept and printed. Rename it, delete the copies that were sent, and send it again."
            )
            raise SourceError(message)


def _refuse(where: str, what: str) -> str:
    return (
        f"{where} holds what looks like {what}; what it says is not repeated here. Counts of people are asked for and "
        "nothing about any person. Nothing of the file was kept: take it out, delete the copies that were sent, and "
        "send the file again."
    )
