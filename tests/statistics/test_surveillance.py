"""Farrington's, Noufaily's and EARS' bounds against the reference implementation's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from oracle_tables import copied

from shp_analysis.errors import RequestError
from shp_analysis.statistics.surveillance import (
    BoundKind,
    bound_ears,
    bound_ears_cumulative,
    bound_farrington,
    bound_noufaily,
)

FOLDER = "surveillance"
YEARS = 5
KINDS = {
    "noufaily_nbPlugin": BoundKind.PLUG_IN,
    "noufaily_muan": BoundKind.UPPER_MEAN,
    "noufaily_delta": BoundKind.POWER,
}


def _weekly() -> tuple[np.ndarray, pd.Series]:
    weeks = copied(FOLDER, "salmNewport_weekly")
    return weeks.y.to_numpy(dtype=float), pd.to_datetime(weeks.epoch)


def _same_weeks(weeks: pd.Series, at: int) -> list[int]:
    """Give the weeks that begin nearest to the same day of earlier years."""
    days = [weeks[at] - pd.DateOffset(years=years) for years in range(1, YEARS + 1)]
    return [int(np.abs((weeks - day).dt.days.to_numpy()).argmin()) for day in days]


@pytest.mark.parametrize("case", ["original_1996", *KINDS])
def test_bounds_of_the_reference(case: str) -> None:
    counts, weeks = _weekly()
    expected = copied(FOLDER, "farrington_weekly_expected")
    expected = expected[expected.case == case]
    assert len(expected) == 104
    found = []
    for at in expected.t - 1:
        same_weeks = _same_weeks(weeks, at)
        if case == "original_1996":
            bound = bound_farrington(counts, at, same_weeks)
        else:
            bound = bound_noufaily(counts, at, same_weeks, KINDS[case])
        found.append((bound.upper, bound.dispersion, bound.p_value, float(bound.is_above)))
    columns = expected[["upper", "phi", "pvalue", "alarm"]].to_numpy(dtype=float)
    np.testing.assert_allclose(found, columns, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("case", "bound"), [("ears_C1", bound_ears), ("ears_C3", bound_ears_cumulative)])
def test_ears_of_the_reference(case: str, bound: Callable[[np.ndarray, int], float]) -> None:
    counts, _ = _weekly()
    expected = copied(FOLDER, "ears_expected")
    expected = expected[expected.case == case]
    assert len(expected) == 104
    np.testing.assert_allclose([bound(counts, at) for at in expected.t - 1], expected.upper, rtol=1e-9)


def test_an_outbreak_is_above_every_bound() -> None:
    counts, weeks = _weekly()
    at = len(counts) - 1
    counts[at] = 60
    assert bound_farrington(counts, at, _same_weeks(weeks, at)).is_above
    assert bound_noufaily(counts, at, _same_weeks(weeks, at)).is_above
    assert bound_ears(counts, at) < 60


def test_says_nothing_of_a_handful_of_events() -> None:
    counts, weeks = _weekly()
    at = len(counts) - 1
    counts[at - 3 :] = 1
    bound = bound_noufaily(counts, at, _same_weeks(weeks, at))
    assert np.isnan(bound.upper)
    assert not bound.is_above


def test_refuses_weeks_out_of_order_and_gaps() -> None:
    counts, _ = _weekly()
    with pytest.raises(RequestError, match="latest first"):
        bound_farrington(counts, 500, [300, 400])
    with pytest.raises(RequestError, match="has no 7 counts before it"):
        bound_ears(counts, 6)
    counts[3] = np.nan
    with pytest.raises(RequestError, match="without gaps"):
        bound_noufaily(counts, 500, [448, 396])
