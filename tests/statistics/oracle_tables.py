"""Reads the tables of answers that others computed: small ones from this repository, large ones where they are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

COPIED = Path(__file__).parents[1] / "data" / "statistics"
KEPT = Path(__file__).parents[2] / ".." / "shared" / "oracles" / "rates"


def copied(function: str, table: str) -> pd.DataFrame:
    """Read a table that is copied next to the tests."""
    return pd.read_csv(COPIED / function / f"{table}.csv", encoding="utf-8-sig")


def kept(table: str) -> pd.DataFrame:
    """Read a table that is too large to copy, or skip the test."""
    path = KEPT / f"{table}.csv"
    if not path.is_file():
        pytest.skip(f"the reference answers are not here: {path}")
    return pd.read_csv(path, encoding="utf-8-sig")


def largest_difference(found: object, expected: object) -> float:
    """Give the largest relative difference; both must be missing in the same rows."""
    ours, theirs = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    assert (np.isnan(ours) == np.isnan(theirs)).all()
    known = ~np.isnan(theirs)
    return float(np.max(np.abs(ours - theirs)[known] / np.maximum(np.abs(theirs[known]), 1e-12), initial=0.0))
