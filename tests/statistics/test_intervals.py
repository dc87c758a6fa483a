"""Intervals against independent answers."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from shp_analysis.statistics.intervals import interval_of_count

ORACLE = Path(__file__).parents[2] / ".." / "shared" / "oracles" / "rates" / "R_byars_exact_grid.csv"


def test_byars_and_exact_by_hand() -> None:
    # 100 events, Byar: 81.362 and 121.628; 0 events, exact: 0 and 3.689; 5 events, exact: 1.623 and 11.668.
    lower, upper = interval_of_count([100, 0, 5])
    assert lower == pytest.approx([81.362, 0.0, 1.6235], abs=5e-4)
    assert upper == pytest.approx([121.628, 3.6889, 11.6683], abs=5e-4)


def test_the_grid_of_phe_indicator_methods() -> None:
    if not ORACLE.exists():
        pytest.skip(f"the reference answers are not here: {ORACLE}")
    with ORACLE.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        count = float(row["x"])
        which = ("exact_lower", "exact_upper") if count < 10 else ("lower", "upper")
        lower, upper = interval_of_count([count], float(row["confidence"]))
        assert (lower[0], upper[0]) == pytest.approx((float(row[which[0]]), float(row[which[1]])), rel=1e-9, abs=1e-12)
    assert len(rows) > 100


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        interval_of_count([-1])


def test_many_at_once_equal_one_by_one() -> None:
    counts = np.arange(0, 200)
    lower, upper = interval_of_count(counts)
    singles = [interval_of_count([count]) for count in counts]
    assert lower == pytest.approx([low[0] for low, _ in singles])
    assert upper == pytest.approx([high[0] for _, high in singles])
