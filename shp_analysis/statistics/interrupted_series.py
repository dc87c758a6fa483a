"""How a series ran before and after a date: an interrupted time series, with a comparison area where there is one.

The model carries the trend and season of the time before on, and asks by how much the rate afterwards differs from
that. It cannot say why. Whatever else changed at the same date is in the answer too, so the answer is written as a
question with the assumptions it rests on. A comparison area, where the date meant nothing, takes out what changed
everywhere.

References
----------
Bernal, Cummins and Gasparrini (2017), International Journal of Epidemiology 46, 348-355: the model; its example is the
smoking ban in Sicily, 2005.
Bernal, Cummins and Gasparrini (2018), International Journal of Epidemiology 47, 2082-2093: with a comparison series.
Newey and West (1987), Econometrica 55, 703-708: errors that allow for neighbours being alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import statsmodels.api as sm
from scipy import stats
from scipy.optimize import minimize_scalar
from statsmodels.genmod.generalized_linear_model import GLMResults

from shp_analysis.errors import RequestError
from shp_analysis.statistics.dispersions import Floats
from shp_analysis.statistics.intervals import CONFIDENCE, check_counts, check_denominators

PERIOD = 12
FEWEST_BEFORE = 24
"""Two years, so that trend and season of the time before are known."""
FEWEST_AFTER = 6
DEFAULT_HARMONICS = 2
LEAST_LOG_ALPHA, MOST_LOG_ALPHA = -18.0, 3.0
FINE = 1e-10

ASSUMPTIONS = (
    "Without the event, trend and season would have gone on as they were.",
    "Nothing else that bears on the figures changed at the same time, such as recording, staffing or reporting.",
    "The date was chosen before the figures were looked at.",
)
COMPARISON_ASSUMPTION = (
    "The comparison area would have moved in the same way, and the event did not reach it by another road."
)


class SeriesModel(StrEnum):
    """What is taken to be the noise around the expected series."""

    POISSON = "chance alone"
    QUASI_POISSON = "chance times a dispersion"
    NEGATIVE_BINOMIAL = "negative binomial"
    LOG_LINEAR = "logarithms, equal noise"
    LOG_LINEAR_NEIGHBOURS = "logarithms, neighbours alike"


@dataclass(frozen=True)
class Design:
    """What the expected series is made of, beside a level and the step at the event.

    Attributes
    ----------
    has_trend : bool
        A straight line over the whole series.
    harmonics : int
        Pairs of sine and cosine for the season; 0 for none, 6 for a free level of each month.
    has_new_slope : bool
        Whether the trend may differ after the event.
    lags : int
        For `LOG_LINEAR_NEIGHBOURS`: how far apart points may still be alike.
    """

    has_trend: bool = True
    harmonics: int = DEFAULT_HARMONICS
    has_new_slope: bool = False
    lags: int = PERIOD


@dataclass(frozen=True)
class Interruption:
    """By how much a series ran differently after a date.

    Attributes
    ----------
    ratio, lower, upper : float
        Rate after the event over the rate its trend and season would have given: 0.9 is a tenth lower.
    log_ratio, standard_error : float
        The same as a logarithm.
    p_value : float
        Two-sided, of no difference.
    dispersion : float or None
        Variance over mean; None for models that have none.
    question : str
        The finding as a question.
    assumptions : tuple of str
        What must hold for the ratio to mean anything; print them with it.
    """

    ratio: float
    lower: float
    upper: float
    log_ratio: float
    standard_error: float
    p_value: float
    dispersion: float | None
    question: str
    assumptions: tuple[str, ...]

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out "no difference"."""
        return self.lower > 1 or self.upper < 1


def assess_interruption(
    counts: npt.ArrayLike,
    first_after: int,
    *,
    exposure: npt.ArrayLike | None = None,
    terms: npt.ArrayLike | None = None,
    design: Design | None = None,
    model: SeriesModel = SeriesModel.QUASI_POISSON,
    at: float | None = None,
    confidence: float = CONFIDENCE,
) -> Interruption:
    """Assess how a monthly series ran after a date, beside its own earlier trend and season.

    Parameters
    ----------
    counts : array_like of float, shape (n,)
        One a month, without gaps or breaks in recording.
    first_after : int
        Index of the first month after the event.
    exposure : array_like of float, shape (n,), optional
        What each was counted over.
    terms : array_like of float, shape (n, k), optional
        Further terms, such as the logarithm of traffic.
    design : Design, optional
    model : SeriesModel
    at : float, optional
        With a new slope: the index at which the difference is told; the first month after the event where left out.
    confidence : float

    Returns
    -------
    Interruption
        The interval is of the normal distribution, as in the published examples.

    Raises
    ------
    RequestError
        With less than 24 months before or 6 after the event, a month without a count, or nothing counted on one side,
        which has no ratio to the other.
    """
    observed = check_counts(counts)
    if first_after < FEWEST_BEFORE or len(observed) - first_after < FEWEST_AFTER:
        raise RequestError(
            f"There are {first_after} months before the event and {len(observed) - first_after} after it. At least "
            f"{FEWEST_BEFORE} and {FEWEST_AFTER} are needed to tell a difference from trend and season."
        )
    if not np.isfinite(observed).all():
        raise RequestError(
            f"{(~np.isfinite(observed)).sum()} of {len(observed)} months have no count; give every month."
        )
    for side, own in (("before", observed[:first_after]), ("after", observed[first_after:])):
        if not own.any():
            raise RequestError(
                f"None of the {len(own)} months {side} the event has a count above 0; there is no ratio."
            )
    over = np.ones(len(observed)) if exposure is None else check_denominators(exposure)
    chosen = design or Design()
    matrix = _build(len(observed), first_after if at is None else at, first_after, chosen, terms)
    effect, error, dispersion = _fit(observed, matrix, np.log(over), model, chosen.lags)
    return _tell(effect, error, dispersion, ASSUMPTIONS, confidence)


def compare_interruptions(
    area: Interruption, comparison: Interruption, *, confidence: float = CONFIDENCE
) -> Interruption:
    """Take out of an area's difference what also happened in a comparison area.

    Parameters
    ----------
    area, comparison : Interruption
        Of the same months and the same design. Each has its own level, trend, season and dispersion, so this is the
        model of both together with every term in two.
    confidence : float

    Returns
    -------
    Interruption
        The ratio of the two ratios.
    """
    effect = area.log_ratio - comparison.log_ratio
    error = math.hypot(area.standard_error, comparison.standard_error)
    return _tell(effect, error, None, (*ASSUMPTIONS, COMPARISON_ASSUMPTION), confidence, is_compared=True)


def _build(points: int, at: float, first_after: int, design: Design, terms: npt.ArrayLike | None) -> Floats:
    """Put the columns together; the step is the second."""
    time = np.arange(points, dtype=float)
    after = (time >= first_after).astype(float)
    columns = [np.ones(points), after]
    if design.has_trend:
        columns.append(time / points)
    for harmonic in range(1, design.harmonics + 1):
        angle = 2 * np.pi * harmonic * time / PERIOD
        # The sine of the highest harmonic is 0 in every month.
        columns += [np.cos(angle)] if 2 * harmonic == PERIOD else [np.sin(angle), np.cos(angle)]
    if design.has_new_slope:
        columns.append(after * (time - at) / points)
    further = [] if terms is None else [np.asarray(terms, dtype=float).reshape(points, -1)]
    return np.column_stack([*columns, *further])


def _fit(
    observed: Floats, matrix: Floats, offset: Floats, model: SeriesModel, lags: int
) -> tuple[float, float, float | None]:
    if model in {SeriesModel.LOG_LINEAR, SeriesModel.LOG_LINEAR_NEIGHBOURS}:
        if observed.min() <= 0:
            raise RequestError("A month without events has no logarithm. Choose a model of counts.")
        line = sm.OLS(np.log(observed) - offset, matrix).fit()
        if model is SeriesModel.LOG_LINEAR_NEIGHBOURS:
            line = line.get_robustcov_results("HAC", maxlags=lags, use_correction=True)
        return float(line.params[1]), float(line.bse[1]), None
    if model is SeriesModel.NEGATIVE_BINOMIAL:
        fit = _fit_negative_binomial(observed, matrix, offset)
        return float(fit.params[1]), float(fit.bse[1]), None
    fit = sm.GLM(observed, matrix, family=sm.families.Poisson(), offset=offset).fit(tol=FINE)
    dispersion = 1.0 if model is SeriesModel.POISSON else max(1.0, float(fit.pearson_chi2 / fit.df_resid))
    return float(fit.params[1]), float(fit.bse[1]) * math.sqrt(dispersion), dispersion


def _fit_negative_binomial(observed: Floats, matrix: Floats, offset: Floats) -> GLMResults:
    """Fit with the extra variation that makes the counts likeliest; its own uncertainty is left out of the errors."""

    def fit(log_alpha: float) -> GLMResults:
        family = sm.families.NegativeBinomial(alpha=math.exp(log_alpha))
        return sm.GLM(observed, matrix, family=family, offset=offset).fit(tol=FINE)

    bounds = LEAST_LOG_ALPHA, MOST_LOG_ALPHA
    best = minimize_scalar(lambda each: -fit(each).llf, bounds=bounds, method="bounded", options={"xatol": 1e-7})
    return fit(float(best.x))


def _tell(
    effect: float,
    error: float,
    dispersion: float | None,
    assumptions: tuple[str, ...],
    confidence: float,
    *,
    is_compared: bool = False,
) -> Interruption:
    half = float(stats.norm.ppf((1 + confidence) / 2)) * error
    ratio, lower, upper = (math.exp(each) for each in (effect, effect - half, effect + half))
    return Interruption(
        ratio=ratio,
        lower=lower,
        upper=upper,
        log_ratio=effect,
        standard_error=error,
        p_value=float(2 * stats.norm.sf(abs(effect) / error)),
        dispersion=dispersion,
        question=_ask(ratio, lower, upper, confidence, is_compared=is_compared),
        assumptions=assumptions,
    )


def _ask(ratio: float, lower: float, upper: float, confidence: float, *, is_compared: bool) -> str:
    beside = "its earlier trend and season give"
    if is_compared:
        beside = "its earlier trend and season give, once the comparison area's difference is taken out"
    limits = f"{100 * confidence:.0f}% range {100 * (lower - 1):+.0f}% to {100 * (upper - 1):+.0f}%"
    if lower <= 1 <= upper:
        return f"After the date the rate did not clearly differ from what {beside} ({limits})."
    direction = "lower" if ratio < 1 else "higher"
    size = f"{100 * abs(ratio - 1):.0f}% {direction}"
    return f"After the date the rate was {size} than {beside} ({limits}): what else changed at that time?"
