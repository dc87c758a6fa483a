"""Interrupted series: the published examples, a comparison area, and the words of the answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from oracle_tables import copied

from shp_analysis.errors import RequestError
from shp_analysis.statistics.interrupted_series import (
    COMPARISON_ASSUMPTION,
    Design,
    Interruption,
    SeriesModel,
    assess_interruption,
    compare_interruptions,
)

SICILY, CARS = copied("assess_interruption", "sicily_its"), copied("assess_interruption", "seatbelts_uk_monthly")
EXPECTED = copied("assess_interruption", "its_expected").set_index("model")
BAN, LAW = int(SICILY["smokban"].to_numpy().argmax()), int(CARS["law"].to_numpy().argmax())
TRAFFIC = np.log(CARS[["kms", "PetrolPrice"]].to_numpy())
PLAIN, FOUR, MONTHS = Design(harmonics=0), Design(harmonics=4), Design(harmonics=6)


def _sicily(**options: object) -> Interruption:
    return assess_interruption(SICILY["aces"], BAN, exposure=SICILY["stdpop"], **options)


def _cars(**options: object) -> Interruption:
    return assess_interruption(CARS["drivers"], LAW, terms=TRAFFIC, **options)


ROWS = {
    "poisson": lambda: _sicily(design=PLAIN, model=SeriesModel.POISSON),
    "quasipoisson": lambda: _sicily(design=PLAIN),
    "quasipoisson+harmonic(2)": _sicily,
    # Time runs from 1 in the reference: its time 0 is one month before the first.
    "quasipoisson+harmonic(2)+slope": lambda: _sicily(design=Design(has_new_slope=True), at=-1),
    "negbin+harmonic(2)": lambda: _sicily(model=SeriesModel.NEGATIVE_BINOMIAL),
    "Seatbelts drivers negbin+harm4+log kms+log petrol": lambda: _cars(
        design=FOUR, model=SeriesModel.NEGATIVE_BINOMIAL
    ),
    "same quasipoisson": lambda: _cars(design=FOUR),
    "lm log(drivers), OLS se": lambda: _cars(design=MONTHS, model=SeriesModel.LOG_LINEAR),
    "lm log(drivers), Newey-West lag12": lambda: _cars(design=MONTHS, model=SeriesModel.LOG_LINEAR_NEIGHBOURS),
}


def test_every_row_of_the_reference_is_known() -> None:
    assert list(ROWS) == list(EXPECTED.index)


@pytest.mark.parametrize("row", ROWS)
def test_the_published_effects(row: str) -> None:
    found, expected = ROWS[row](), EXPECTED.loc[row]
    assert (found.ratio, found.lower, found.upper) == pytest.approx(tuple(expected[["RR", "lo", "hi"]]), abs=1e-5)
    assert (found.log_ratio, found.standard_error) == pytest.approx(tuple(expected[["logRR", "se"]]), abs=1e-5)
    if row.startswith("quasi"):
        assert found.dispersion == pytest.approx(expected["dispersion"], abs=1e-5)


def test_sicily_is_the_published_rate_ratio() -> None:
    assert round(_sicily(design=PLAIN).ratio, 3) == 0.894


def _series(seed: int, *, step: float, shock: float) -> pd.Series:
    rng = np.random.default_rng(seed)
    time = np.arange(72)
    mean = 400 * (1 + 0.2 * np.sin(2 * np.pi * time / 12)) * 0.998**time
    return pd.Series(rng.poisson(mean * np.where(time >= 48, step * shock, 1.0)))


def test_a_comparison_area_takes_out_what_happened_everywhere() -> None:
    pairs = [
        (
            assess_interruption(_series(seed, step=0.8, shock=1.3), 48),
            assess_interruption(_series(seed + 500, step=1.0, shock=1.3), 48),
        )
        for seed in range(25)
    ]
    together = [compare_interruptions(*pair) for pair in pairs]
    assert np.mean([area.ratio for area, _ in pairs]) == pytest.approx(1.04, abs=0.03)
    assert np.mean([each.ratio for each in together]) == pytest.approx(0.8, abs=0.02)
    assert all(COMPARISON_ASSUMPTION in each.assumptions for each in together)
    assert np.mean([each.lower <= 0.8 <= each.upper for each in together]) > 0.8


def test_the_answer_is_a_question_without_cause_words() -> None:
    clear = assess_interruption(_series(1, step=0.7, shock=1), 48)
    calm = assess_interruption(_series(2, step=1, shock=1), 48)
    assert clear.is_clear
    assert clear.question.endswith("what else changed at that time?")
    assert "did not clearly differ" in calm.question
    for words in (clear.question, calm.question, *clear.assumptions):
        assert not any(bad in words.lower() for bad in ("because", "due to", "effect", "impact", "result", "caus"))


def test_too_little_on_either_side_is_refused() -> None:
    with pytest.raises(RequestError, match="23 months before"):
        assess_interruption(np.full(48, 10), 23)
    with pytest.raises(RequestError, match="5 after"):
        assess_interruption(np.full(48, 10), 43)
    with pytest.raises(RequestError, match="no logarithm"):
        assess_interruption(np.append(0, np.full(59, 10)), 30, model=SeriesModel.LOG_LINEAR)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([0] * 48, "None of the 24 months before"),
        ([0] * 24 + [5] * 24, "None of the 24 months before"),
        ([5] * 24 + [0] * 24, "None of the 24 months after"),
        ([5] * 23 + [float("nan")] + [5] * 24, "1 of 48 months have no count"),
    ],
)
def test_refuses_what_has_no_ratio(counts: list[float], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        assess_interruption(counts, 24)
