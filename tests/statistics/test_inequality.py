"""Slopes of inequality against independent answers and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from oracle_tables import copied, kept, largest_difference

from shp_analysis.errors import RequestError
from shp_analysis.statistics.inequality import FigureScale as Kind
from shp_analysis.statistics.inequality import SlopeOfInequality, errors_from_limits, slope_of_inequality

KINDS = {0: Kind.VALUE, 1: Kind.RATE, 2: Kind.PROPORTION}
PER_CENT = 0.01
"""The published limits are simulated: from one run to the next they move by this share of themselves or, where they
are near 0, of the interval's width (the standard error of such a quantile of 100,000 draws is 0.2 % of the width)."""


def _check(found: SlopeOfInequality, slope: list[float], relative: list[float]) -> None:
    slopes = [found.slope, found.slope_lower, found.slope_upper]
    ratios = [found.relative, found.relative_lower, found.relative_upper]
    for ours, theirs in ((slopes, slope), (ratios, relative)):
        published = ~np.isnan(theirs)
        scale = np.maximum(np.abs(theirs), theirs[2] - theirs[1])
        tolerance = np.array([1e-9 * abs(theirs[0]), *(PER_CENT * scale[1:])])
        assert (np.abs(np.subtract(ours, theirs)) <= tolerance)[published].all(), (ours, theirs)


def test_slopes_of_phe_indicator_methods() -> None:
    rows, expected = copied("slope_of_inequality", "R_sii_input"), copied("slope_of_inequality", "R_sii_expected")
    for answer in expected.itertuples():
        part = rows[rows.area == answer.area]
        found = slope_of_inequality(part["rate"], part["pop"], part.se)
        _check(
            found,
            [answer.sii, answer.sii_lower95_0cl, answer.sii_upper95_0cl],
            [answer.rii, answer.rii_lower95_0cl, answer.rii_upper95_0cl],
        )


def _published() -> list[tuple[str, pd.DataFrame]]:
    rows = kept("SII__testdata_SII")
    keys = ["TestDescription", "Area", "Grouping1", "Grouping2"]
    return [(str(key[0]), part) for key, part in rows.groupby(keys, sort=False)]


def _levels(words: str, confidence: str) -> list[float]:
    """The table's own column says 95 where its description, and its figures, say 98."""
    if "98" in words:
        return [0.95, 0.98] if "95" in words else [0.98]
    return [float(text.strip("c() ")) / 100 for text in confidence.split(",")]


def test_every_published_slope() -> None:
    compared = 0
    for words, part in _published():
        answers = part.iloc[0]
        if np.isnan(answers.sii):
            continue
        kind, values = KINDS[int(answers.ValueType)], part.Value
        errors = errors_from_limits(part.LowerCL, part.UpperCL, kind=kind)
        assert largest_difference(errors, part.StandardError) < 1e-4
        sign = -1 if "negative" in words or "x -100" in words else 1
        per = sign * (100 if "x 100" in words or "x -100" in words else 1)
        levels = _levels(words, str(answers.Confidence))
        for number, level in enumerate(levels, start=1):
            found = slope_of_inequality(
                values,
                part.Population,
                part.StandardError,
                kind=kind,
                is_transformed="transform" in words,
                confidence=level,
            )
            slope = (
                np.array([answers[name] for name in ("sii", f"sii_lowercl_{number}", f"sii_uppercl_{number}")]) / per
            )
            relative = np.array([answers[name] for name in ("rii", f"rii_lowercl_{number}", f"rii_uppercl_{number}")])
            relative = relative if sign > 0 else 1 / relative
            order = [0, 1, 2] if sign > 0 else [0, 2, 1]
            _check(found, slope[order].tolist(), relative[order].tolist())
            compared += 1
        if not np.isnan(answers.Intercept):
            assert found.intercept == pytest.approx(answers.Intercept, rel=1e-9)
    assert compared >= 40


def test_faulty_published_tables_are_refused() -> None:
    refused = 0
    for words, part in _published():
        if not words.startswith("error handling"):
            continue
        kind = Kind.PROPORTION if "proportion" in words else KINDS[int(part.ValueType.iloc[0])]
        with pytest.raises(RequestError, match="row"):
            _slope_of(part, kind, from_limits="CLs" in words or part.StandardError.isna().all())
        refused += 1
    assert refused == 5


def _slope_of(part: pd.DataFrame, kind: Kind, *, from_limits: bool) -> SlopeOfInequality:
    errors = errors_from_limits(part.LowerCL, part.UpperCL, kind=kind) if from_limits else part.StandardError
    return slope_of_inequality(part.Value, part.Population, errors, kind=kind)


def test_a_straight_line_by_hand() -> None:
    # Five equal groups at ranks 0.1, 0.3, 0.5, 0.7, 0.9, figures 10 - 4 x rank: slope -4, from 10 to 6.
    found = slope_of_inequality([9.6, 8.8, 8.0, 7.2, 6.4], [100] * 5, [0.5] * 5)
    assert (found.slope, found.intercept, found.relative) == pytest.approx((-4.0, 10.0, 0.6))
    # Variance of the slope: 0.25 / sum of squared distances from the middle, 0.4.
    assert found.slope_upper - found.slope == pytest.approx(1.959964 * np.sqrt(0.25 / 0.4), rel=1e-6)
    assert found.is_clear
    assert not slope_of_inequality([9.6, 8.8, 8.0, 7.2, 6.4], [100] * 5, [3.0] * 5).is_clear


def test_a_line_that_starts_at_nothing_has_no_relative_index() -> None:
    found = slope_of_inequality([0.0, 1.0, 2.0, 3.0, 4.0], [100] * 5, [0.5] * 5)
    assert found.slope == pytest.approx(5.0)
    assert np.isnan([found.relative, found.relative_lower, found.relative_upper]).all()
    unsure = slope_of_inequality([1.0, 2.0, 3.0, 4.0, 5.0], [100] * 5, [2.0] * 5)
    assert unsure.relative_upper == np.inf


@pytest.mark.parametrize("is_transformed", [True, False])
@pytest.mark.parametrize("kind", [Kind.RATE, Kind.PROPORTION])
def test_limits_without_simulation_are_those_of_many_draws(kind: Kind, *, is_transformed: bool) -> None:
    """Errors far larger than published ones, where the distribution is skewed."""
    values, people = np.array([0.5, 0.42, 0.4, 0.3, 0.28]), np.array([3.0, 2.0, 2.0, 4.0, 1.0])
    errors = np.array([0.25, 0.2, 0.3, 0.25, 0.35])
    forward, back = {
        Kind.RATE: (np.log, np.exp),
        Kind.PROPORTION: (lambda p: np.log(p / (1 - p)), lambda y: 1 / (1 + np.exp(-y))),
    }[kind]
    draws = np.random.default_rng(3).normal(forward(values), errors, (400_000, 5))
    shares = people / people.sum()
    ranks = np.cumsum(shares) - shares / 2
    centred = ranks - shares @ ranks
    fitted = draws if is_transformed else back(draws)
    slope = fitted @ (shares * centred) / (shares @ centred**2)
    intercept = fitted @ shares - slope * (shares @ ranks)
    ends = (back(intercept), back(intercept + slope)) if is_transformed else (intercept, intercept + slope)
    found = slope_of_inequality(values, people, errors, kind=kind, is_transformed=is_transformed)
    for lower, upper, drawn in (
        (found.slope_lower, found.slope_upper, ends[1] - ends[0]),
        (found.relative_lower, found.relative_upper, ends[1] / ends[0]),
    ):
        low, high = np.quantile(drawn, [0.025, 0.975])
        assert (lower, upper) == (
            pytest.approx(low, abs=0.015 * (high - low)),
            pytest.approx(high, abs=0.015 * (high - low)),
        )


def test_what_makes_no_slope_is_refused() -> None:
    with pytest.raises(RequestError, match="at least 5"):
        slope_of_inequality([1, 2], [9, 9], [1, 1])
    with pytest.raises(RequestError, match="do not match"):
        slope_of_inequality([1, 2, 3, 4, 5], [9] * 4, [1] * 5)
