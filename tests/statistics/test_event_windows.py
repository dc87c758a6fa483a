"""Event windows: a planted spike is found, a calm window is not, and ranks are told with their doubt."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from shp_analysis.errors import RequestError
from shp_analysis.statistics.event_windows import (
    HALLOWEEN_TO_BONFIRE_NIGHT,
    EventWindow,
    assess_event_months,
    assess_event_window,
    windows_of_years,
)

YEARS = range(2019, 2025)
WINDOWS = windows_of_years(YEARS, HALLOWEEN_TO_BONFIRE_NIGHT)
DATES = np.arange("2019-01-01", "2024-12-01", dtype="datetime64[D]")
MONTHS = np.arange("2019-01", "2024-12", dtype="datetime64[M]")
WEEKDAYS = np.array([0.9, 0.9, 0.9, 1.0, 1.2, 1.3, 0.8])


def _simulate(seed: int, spikes: dict[int, float], mean: float = 12.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    days = DATES.astype(int)
    expected = mean * WEEKDAYS[(days + 3) % 7] * (1 + 0.2 * np.sin(2 * np.pi * days / 365.25)) * 0.97 ** (days / 365)
    expected *= 0.97 ** (-50)
    for year, spike in spikes.items():
        (window,) = windows_of_years([year], HALLOWEEN_TO_BONFIRE_NIGHT)
        first, last = (np.datetime64(day) for day in window)
        expected[(first <= DATES) & (last >= DATES)] *= spike
    return rng.negative_binomial(expected, 0.5)  # twice the variance of chance


def _assess(seed: int, spikes: dict[int, float]) -> EventWindow:
    return assess_event_window(_simulate(seed, spikes), DATES, WINDOWS)


def test_windows_of_years() -> None:
    assert WINDOWS[0] == (date(2019, 10, 28), date(2019, 11, 8))
    assert windows_of_years([2023], ((12, 24), (1, 2))) == [(date(2023, 12, 24), date(2024, 1, 2))]


def test_a_planted_spike_is_found_and_its_size() -> None:
    found = [_assess(seed, dict.fromkeys(YEARS, 1.6)) for seed in range(20)]
    assert np.mean([each.latest.ratio for each in found]) == pytest.approx(1.6, abs=0.06)
    assert np.mean([each.latest.is_clear for each in found]) >= 0.9
    assert np.mean([each.latest.lower <= 1.6 <= each.latest.upper for each in found]) >= 0.85
    assert all(each.latest.days == 12 and not each.is_monthly and each.notes == () for each in found)
    assert np.mean([each.dispersion for each in found]) == pytest.approx(2, abs=0.35)


def test_calm_windows_are_seldom_marked() -> None:
    found = [_assess(seed, {}) for seed in range(100, 160)]
    windows = [window for each in found for window in (*each.past, each.latest)]
    assert len(windows) == 360
    assert 0.01 <= np.mean([window.is_clear for window in windows]) <= 0.09


def test_quietest_is_said_only_where_no_other_year_could_be() -> None:
    quiet = _assess(1, {**dict.fromkeys(YEARS, 2.0), 2024: 0.6})
    assert (quiet.rank, quiet.best_rank, quiet.worst_rank) == (1, 1, 1)
    assert quiet.is_quietest
    assert not quiet.is_busiest
    assert _assess(2, {2024: 3.0}).is_busiest
    alike = [_assess(seed, {}) for seed in range(40)]
    ranked_first = [each for each in alike if each.rank == 1]
    assert ranked_first
    assert np.mean([each.is_quietest for each in alike]) <= 0.05
    assert all(
        each.best_rank <= each.rank <= each.worst_rank
        for each in alike
        if each.rank and each.best_rank and each.worst_rank
    )


def test_too_few_past_windows_give_no_rank() -> None:
    few = assess_event_window(_simulate(1, {}), DATES, WINDOWS[-3:])
    assert (few.rank, few.is_quietest, few.is_busiest) == (None, False, False)
    assert "2 past windows are too few for a rank" in few.notes[-1]


def _assess_months(seed: int) -> EventWindow:
    counts = _simulate(seed, {2024: 3.0})
    monthly = np.bincount(DATES.astype("datetime64[M]").astype(int) - MONTHS[0].astype(int), weights=counts)
    return assess_event_months(monthly, MONTHS, WINDOWS)


def test_months_alone_are_said_to_be_months() -> None:
    found = [_assess_months(seed) for seed in range(12)]
    assert all(each.is_monthly and "Only monthly figures are known" in each.notes[0] for each in found)
    assert found[0].latest.window == (date(2024, 10, 1), date(2024, 11, 1))
    assert found[0].latest.days == 61
    # Twelve days of 61 three times as high: 1 + 2 * 12 / 61.
    assert np.mean([each.latest.ratio for each in found]) == pytest.approx(1.39, abs=0.08)
    assert np.mean([each.latest.is_clear for each in found]) >= 0.8


def test_what_is_missing_is_refused() -> None:
    counts = _simulate(1, {})
    with pytest.raises(RequestError, match="at least 730"):
        assess_event_window(counts[-600:], DATES[-600:], WINDOWS)
    with pytest.raises(RequestError, match="No window lies wholly"):
        assess_event_window(counts, DATES, [(date(2030, 10, 28), date(2030, 11, 8))])
    with pytest.raises(RequestError, match="at least 36"):
        assess_event_months(np.full(30, 5), MONTHS[-30:], WINDOWS)
