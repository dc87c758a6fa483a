"""Telling files of the simulated borough from published ones, by what they say of themselves.

A file says so in a column of free text, a note or a sheet. Where a publisher's CSV has no place for a word of its own,
its name begins `simulated-`.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import SIMULATED_MARK

SIMULATED_NAME = f"{SIMULATED_MARK.lower()}-"
"""How the name of a simulated file begins where its format has no place for the word."""


def says_simulated(frame: pd.DataFrame, columns: Iterable[str]) -> bool:
    """Say whether any cell of some text columns holds the mark."""
    return any(
        bool(frame[column].astype("str").str.contains(SIMULATED_MARK, regex=False, na=False).any())
        for column in columns
    )


def is_named_simulated(member: Member) -> bool:
    """Say whether a file's name begins with the mark."""
    return member.path.name.lower().startswith(SIMULATED_NAME)
