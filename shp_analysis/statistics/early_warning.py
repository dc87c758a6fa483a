"""The early warning: what is new this quarter across all series at once, with the false alarms of a pack held down.

Every series is asked at the end of the latest quarter whether its level has shifted within the last one to eight
quarters (`early_warning_model`): a sequential test that looks for small lasting changes as well as sudden ones, allows
for season, days, variability and correlation, and learns from the pack how variable its series are. The past quarters
are asked in the same way first, with what the pack had taught by then. A change that was already found there belongs
to the level from then on; what is left, and only that, is new.

The p-value of a series is a rate: in how large a share of quarters a series in which nothing happens shows a shift at
least as clear that was not found before. It was found by simulation once and for all (`FALSE_RATES`; the benchmark
`statistics_early_warning` repeats it). A signal needs a rate of at most 1 in 200 quarters, and to stand after
adjustment for the number of series (Benjamini and Hochberg) at `FALSE_SHARE`, so that a quiet pack of any size raises
about one false warning in seven quarters, or fewer.

Where this does not hold: a series that is looked at alone has no pack to learn from. If it is more variable than most
or its neighbours are alike, it raises up to twice as many false warnings as its share of a pack's; if it varies by
chance alone it raises a tenth as many, and a shift is found later. What cannot be seen: a slow drift within the first
years, a change in a season's shape, or anything in a series with fewer than 16 quarters since the last break. A step of
a fifth on 100 events a quarter is found within two years in 92 to 97 of 100 series of a pack of their like; with five
years of quarters behind it in 81 to 82 where it is alone or its pack is of all kinds.

How large a shift chance makes depends on the kind of series: pure chance and nothing else; or more variable than
chance by some factor, and one period like the next to some degree. How probable each kind is follows from the
residuals' spread and their lag-one correlation, both taken after the shift in question, so that a real change does not
pass for a variable series; and from how common each kind is, which a pack of series teaches. The tail probability of a
shift is the mean over the kinds.

References
----------
Lai (1995), Sequential changepoint detection in quality control, JRSS B 57, 613-658.
Benjamini and Hochberg (1995), JRSS B 57, 289-300.
Efron (2010), Large-Scale Inference, chapter 1: what parallel series teach of one another.
Dempster, Laird and Rubin (1977), JRSS B 39, 1-38: learning shares by expectation and maximisation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtrit
from statsmodels.stats.multitest import multipletests

from shp_analysis.errors import RequestError
from shp_analysis.statistics.early_warning_model import (
    CORRELATIONS,
    Design,
    Floats,
    Ints,
    Shifts,
    build_design,
    fit_levels,
    measure_shifts,
)

SCALES = 1.15 * 1.25 ** np.arange(25)
"""Variance over chance variance, in the kinds of variable series: so close to one another that none lies between."""
CHANCE_SHARE = 0.5
CORRELATION_SHARES = np.array([0.20, 0.10, 0.15, 0.15, 0.15, 0.10, 0.10, 0.05])
SCALE_SHARES = SCALES**-0.6 / (SCALES**-0.6).sum()
"""How common each kind is thought to be before any series is seen."""
SHIFTED_SHARE = 0.1
"""Of the series of a pack, thought to have shifted lately: a shift must not pass for variability and teach others."""
SHIFTED_SPREAD = 5.0
"""How many times as far as noise alone a real shift is thought to lie."""
PRIOR_SERIES = 1.0
"""How many series that belief counts for when a pack is seen."""
LEARNING_ROUNDS = 200
"""At most; it ends where no share moves by more than `SMALLEST_STEP` from one round to the next."""
SMALLEST_STEP = 1e-4
NO_RESIDUALS = 1e-9
SPREAD_DEGREES = 1.7
"""Lag-one correlations of n residuals spread as the inverse root of their degrees of freedom plus this."""


@dataclass(frozen=True, eq=False)
class Shares:
    """How common the kinds of series are.

    Attributes
    ----------
    chance : float
        Share of series that vary by chance alone.
    correlations, scales : numpy.ndarray of float
        Among the others, shares of each of `CORRELATIONS` and of `SCALES`.
    """

    chance: float
    correlations: Floats
    scales: Floats


FIRST_SHARES = Shares(CHANCE_SHARE, CORRELATION_SHARES, SCALE_SHARES)
"""What is thought before any series is seen."""


@dataclass(frozen=True, eq=False)
class Likelihoods:
    """How well each kind explains a series, by window or by series; up to a factor that the kinds of one share.

    Attributes
    ----------
    chance : numpy.ndarray of float, shape (windows or series,)
    variable : numpy.ndarray of float, shape (windows or series, correlations, scales)
    """

    chance: Floats
    variable: Floats


def weigh_kinds_overall(pack: Sequence[tuple[Shifts, Design]]) -> Likelihoods:
    """Say how well each kind explains each series, whether it has shifted within one of its windows or not.

    A shift is part of what is to be explained: most likely it is noise, and with `SHIFTED_SHARE` it is real.
    """
    chances, variables = [], []
    for shifts, design in pack:
        chance, variable = _explain_residuals(shifts, design)
        chances.append(np.logaddexp.reduce(chance + _explain_shifts(shifts.shifts, np.ones(len(chance)))))
        variances = SCALES * design.noise[2][:, :, None]
        variables.append(np.logaddexp.reduce(variable + _explain_shifts(shifts.shifts[:, None, None], variances)))
    return _spread_out(np.array(chances), np.array(variables).reshape(len(chances), len(CORRELATIONS), len(SCALES)))


def _explain_residuals(shifts: Shifts, design: Design) -> tuple[Floats, Floats]:
    """Give logarithms of likelihoods, from spread and lag-one correlation of what is left beside each shift."""
    correlations, squares, _ = design.noise
    half = design.degrees / 2
    scaled = _scale(shifts, design)
    spread = (1 - correlations**2) / (design.degrees + SPREAD_DEGREES)
    # Residuals that are nothing but rounding have no correlation to speak of.
    found = np.where(shifts.squares > NO_RESIDUALS, shifts.products / np.maximum(shifts.squares, NO_RESIDUALS), 0.0)
    found = found[:, None]
    common = -((found - correlations) ** 2) / (2 * spread) - np.log(spread) / 2 - half * np.log(squares)
    variable = common[:, :, None] - half * np.log(SCALES) - scaled[:, :, None] / (2 * SCALES)
    return common[:, 0] - scaled[:, 0] / 2, variable


def _explain_shifts(shifts: Floats, variances: Floats) -> Floats:
    squares = shifts**2 / variances / 2
    wide = 1 + SHIFTED_SPREAD**2
    real = np.log(SHIFTED_SHARE) - np.log(wide) / 2 - squares / wide
    return np.asarray(np.logaddexp(np.log1p(-SHIFTED_SHARE) - squares, real) - np.log(variances) / 2)


def _spread_out(chance: Floats, variable: Floats) -> Likelihoods:
    """Give likelihoods of which the highest of each window or series is 1, so that none is too small to be held."""
    highest = np.maximum(chance, variable.max(axis=(1, 2)))
    return Likelihoods(np.exp(chance - highest), np.exp(variable - highest[:, None, None]))


def learn_shares(pack: Sequence[tuple[Shifts, Design]], start: Shares = FIRST_SHARES) -> Shares:
    """Learn from a pack how common each kind is, by expectation and maximisation; one series teaches little.

    Parameters
    ----------
    pack : sequence of tuple of Shifts and Design
        One for each series; those without a window are passed over.
    start : Shares
        Where learning begins, such as what the quarter before taught: the nearer, the sooner it is done.

    Returns
    -------
    Shares
        `FIRST_SHARES` where there are not at least two series.
    """
    series = [each for each in pack if len(each[1].starts)]
    if len(series) < 2:  # noqa: PLR2004 - a series' own likelihood already speaks for it
        return FIRST_SHARES
    likelihoods, shares = weigh_kinds_overall(series), start
    for _ in range(LEARNING_ROUNDS):
        before = shares
        chance, variable = _posterior(likelihoods, shares)
        chance_series, kinds = float(chance.sum()), variable.sum(axis=0)
        variable_series = len(series) - chance_series
        shares = Shares(
            (chance_series + PRIOR_SERIES * CHANCE_SHARE) / (len(series) + PRIOR_SERIES),
            (kinds.sum(axis=1) + PRIOR_SERIES * CORRELATION_SHARES) / (variable_series + PRIOR_SERIES),
            (kinds.sum(axis=0) + PRIOR_SERIES * SCALE_SHARES) / (variable_series + PRIOR_SERIES),
        )
        if _farthest(before, shares) < SMALLEST_STEP:
            break
    return shares


def _farthest(before: Shares, after: Shares) -> float:
    moves = (before.correlations - after.correlations, before.scales - after.scales)
    return max(abs(before.chance - after.chance), *(float(np.abs(each).max()) for each in moves))


@dataclass(frozen=True, eq=False)
class Tails:
    """How improbable each window's shift is in a series in which nothing happened.

    Attributes
    ----------
    probabilities : numpy.ndarray of float, shape (windows,)
        Of a shift at least as large, in its own direction.
    variances : numpy.ndarray of float, shape (windows,)
        Of the shift, as a mean over the kinds; pure chance without correlation is 1.
    """

    probabilities: Floats
    variances: Floats


def judge_shifts(shifts: Shifts, design: Design, shares: Shares) -> Tails:
    """Give the tail probability of each window's shift, as a mean over the kinds of series."""
    chance, variable = _posterior(_spread_out(*_explain_residuals(shifts, design)), shares)
    variances = SCALES * design.noise[2][:, :, None]
    size = np.abs(shifts.shifts)
    tails = ndtr(-size[:, None, None] / np.sqrt(variances))
    probabilities = chance * ndtr(-size) + (variable * tails).sum(axis=(1, 2))
    return Tails(probabilities, chance + (variable * variances).sum(axis=(1, 2)))


def _scale(shifts: Shifts, design: Design) -> Floats:
    """Scale sums of squares so that, were the correlation true and the scale 1, they were chi-square."""
    return np.asarray(shifts.squares[:, None] * design.degrees / design.noise[1])


def _posterior(likelihoods: Likelihoods, shares: Shares) -> tuple[Floats, Floats]:
    chance = shares.chance * likelihoods.chance
    variable = likelihoods.variable * shares.correlations[:, None] * ((1 - shares.chance) * shares.scales)
    total = chance + variable.sum(axis=(1, 2))
    return chance / total, variable / total[:, None, None]


QUARTERS_PER_YEAR = 4
FALSE_RATE = 1 / 200
"""A series in which nothing happens newly raises a warning in at most this share of quarters."""
FALSE_SHARE = 0.15
"""Of the warnings of a pack, at most this share is false on average; in a quiet pack, so many false ones a quarter."""
FEWEST_QUARTERS = 16
"""With fewer quarters since the last break nothing is said."""
FEWEST_EVENTS = 5.0
"""Nor with fewer events a quarter on average. Months with fewer events than this are added up to quarters."""
REPLAYED_QUARTERS = 12
"""How many quarters before the latest are asked for changes that are known by now."""
SHORT_WINDOW_EXTRA = np.array([0.6, 0.3, 0.1, 0, 0, 0, 0, 0])
"""By how many normal scores a shift within 1, 2 and 3 quarters must be clearer than one within more: it is asked anew
every quarter, where the longer windows share most of their quarters with those of the quarter before."""
FADED_TAIL = 0.025
"""A change found before is known for as long as a level that has shifted since then is this improbable by chance: else
one false alarm would cut a series off from its own past."""
FALSE_RATES = (
    (0.0, 1.0),
    (1.0, 0.8),
    (1.5, 0.45),
    (2.0, 0.16),
    (2.5, 0.05),
    (3.0, 0.0096),
    (3.17, 0.005),
    (3.5, 0.0014),
)
"""Score, and the share of quarters in which a quiet series reaches it: by simulation of packs of 20 and 40 quarters and
60 months, of the kind that reaches it most often, and a quarter more."""
FAR_SCORE, FAR_FACTOR = 4.0, 8.0
"""Beyond this score the rate falls like the normal tail, times this."""
START_DROP = 3.84
"""Starts whose squared score is within this of the best one's are as good as it, at 95 % (chi-square, 1 degree)."""
INTERVAL_TAIL = 0.975


class Standing(StrEnum):
    """What is said of a series at its latest quarter."""

    NEW = "new"
    NOTHING_NEW = "nothing new"
    TOO_SHORT = "not enough points"
    TOO_FEW = "too few events"
    INCOMPLETE = "latest quarter incomplete"

    @property
    def is_judged(self) -> bool:
        """Whether a test was made; its p-value is a number then, and NaN otherwise."""
        return self in {Standing.NEW, Standing.NOTHING_NEW}


class Direction(StrEnum):
    """Which way a level has shifted."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, eq=False)
class CountSeries:
    """Counts of events, one for each month or quarter, the last one or three of which are the latest quarter.

    Attributes
    ----------
    counts : array_like of float, shape (n,)
        NaN where a period is missing.
    periods_per_year : int
        12 or 4. Months say more than their quarters do.
    exposures : array_like of float, shape (n,), optional
        What each was counted over, such as days; alike where left out.
    comparable_from : int
        Place of the first period after the last break; what came before is not looked at.

    Raises
    ------
    RequestError
        Where a count is negative, an exposure is not positive, or lengths differ.
    """

    counts: npt.ArrayLike
    periods_per_year: int = 12
    exposures: npt.ArrayLike | None = None
    comparable_from: int = 0

    def __post_init__(self) -> None:
        counts = np.asarray(self.counts, dtype=float)
        exposures = np.ones(counts.shape) if self.exposures is None else np.asarray(self.exposures, dtype=float)
        if counts.ndim != 1 or exposures.shape != counts.shape:
            raise RequestError(
                f"counts have shape {counts.shape} and exposures {exposures.shape}; give one row of each"
            )
        if self.periods_per_year not in {4, 12}:
            raise RequestError(f"periods_per_year is {self.periods_per_year}; give 12 (months) or 4 (quarters)")
        if not 0 <= self.comparable_from <= len(counts):
            raise RequestError(f"comparable_from is {self.comparable_from}; give a place among {len(counts)} periods")
        for name, values, is_wrong in (
            ("count", counts, (counts < 0) | np.isinf(counts)),
            ("exposure", exposures, ~((exposures > 0) & np.isfinite(exposures))),
        ):
            if is_wrong.any():
                place = int(np.flatnonzero(is_wrong)[0])
                allowed = "0 or more, or NaN for a gap" if name == "count" else "a number above 0"
                raise RequestError(f"{name} {place} of the series is {values[place]}; give {allowed}")


@dataclass(frozen=True)
class EarlyWarning:
    """What is said of one series.

    Attributes
    ----------
    standing : Standing
        Read it first. Unless it is *new*, nothing may be said to have changed just now.
    direction : Direction or None
        Of the clearest shift; None where the series was not judged. It is news only with a new signal.
    since, since_earliest, since_latest : int or None
        Place of the period in which the shift most likely began, and of the earliest and latest starts that explain
        it as well.
    change_percent, lower, upper : float
        Size of the shift, seasons, days and changes known before allowed for, and its 95 % interval. It was looked
        for where it is largest, so that a small one is overstated.
    score : float
        How clear the shift is, in normal scores; short windows' scores are reduced.
    p_value, adjusted_p_value : float
        See the module; adjusted over the series of the pack that were judged. NaN where the series was not judged.
    known_since : tuple of int
        Places at which changes began that were found in earlier quarters, so that they are not new.
    """

    standing: Standing
    direction: Direction | None = None
    since: int | None = None
    since_earliest: int | None = None
    since_latest: int | None = None
    change_percent: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")
    score: float = float("nan")
    p_value: float = float("nan")
    adjusted_p_value: float = float("nan")
    known_since: tuple[int, ...] = ()

    @property
    def is_new_signal(self) -> bool:
        """Whether the series has news this quarter."""
        return self.standing is Standing.NEW


@dataclass(frozen=True, eq=False)
class EarlyWarnings:
    """What is said of a pack.

    Attributes
    ----------
    warnings : tuple of EarlyWarning
        One for each series, in the order given.
    judged : int
        How many could be judged.
    expected_false : float
        So many new signals a quarter are to be expected, at most, were there no change in any series.
    shares : Shares
        How variable the pack's series were found to be.
    """

    warnings: tuple[EarlyWarning, ...]
    judged: int
    expected_false: float
    shares: Shares = field(repr=False)


def find_early_warnings(pack: Sequence[CountSeries]) -> EarlyWarnings:
    """Find what is new in the latest quarter.

    Parameters
    ----------
    pack : sequence of CountSeries
        All series that are looked at together; they may differ in length and kind.

    Returns
    -------
    EarlyWarnings

    Examples
    --------
    >>> quiet, rising = [20, 24, 19, 17] * 6, [20, 24, 19, 17] * 5 + [21, 34, 36, 35]
    >>> found = find_early_warnings([CountSeries(quiet, 4), CountSeries(rising, 4)])
    >>> [str(each.standing) for each in found.warnings], str(found.warnings[1].direction), found.warnings[1].since
    (['nothing new', 'new'], 'up', 21)
    """
    prepared = [_prepare(series) for series in pack]
    judged = [each for each in prepared if isinstance(each, _Series)]
    rate = min(FALSE_RATE, FALSE_SHARE / max(len(judged), 1))
    known, shares = _replay(judged, rate)
    found = iter([_judge(each, steps, shares) for each, steps in zip(judged, known, strict=True)])
    warnings = [next(found) if isinstance(each, _Series) else EarlyWarning(each) for each in prepared]
    adjusted = adjust_p_values([each.p_value for each in warnings])
    return EarlyWarnings(
        tuple(_adjust(each, float(p)) for each, p in zip(warnings, adjusted, strict=True)),
        len(judged),
        len(judged) * rate,
        shares,
    )


def adjust_p_values(p_values: npt.ArrayLike) -> Floats:
    """Adjust p-values for how many tests were made, by Benjamini and Hochberg's rule.

    Parameters
    ----------
    p_values : array_like of float, shape (n,)
        NaN where no test was made; such a one does not count.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        NaN where it was NaN.

    Examples
    --------
    >>> adjust_p_values([0.01, 0.02, 0.5]).round(3).tolist()
    [0.03, 0.03, 0.5]
    """
    given = np.asarray(p_values, dtype=float)
    made = ~np.isnan(given)
    adjusted = np.full(given.shape, np.nan)
    if made.any():
        adjusted[made] = multipletests(given[made], method="fdr_bh")[1]
    return adjusted


def rate_false_warnings(score: float) -> float:
    """Give the share of quarters in which a series in which nothing happens newly reaches a score.

    Parameters
    ----------
    score : float

    Returns
    -------
    float
        From 0 to 1; falls as the score rises.
    """
    if score >= FAR_SCORE:
        return float(FAR_FACTOR * ndtr(-score))
    scores, rates = zip(*FALSE_RATES, (FAR_SCORE, FAR_FACTOR * float(ndtr(-FAR_SCORE))), strict=True)
    return float(np.exp(np.interp(score, scores, np.log(rates))))


_Steps = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Series:
    """A series that can be judged: from the last break on, gaps left out, months added up where they are too small."""

    times: Ints
    counts: Floats
    exposures: Floats
    periods_per_year: int
    end: int
    first_place: int
    places_per_time: int

    @property
    def periods_per_quarter(self) -> int:
        return self.periods_per_year // QUARTERS_PER_YEAR

    def place(self, time: int) -> int:
        return self.first_place + time * self.places_per_time

    def can_be_asked(self, end: int) -> bool:
        """Say whether a quarter that ends here was received whole, with as many before it as are needed."""
        known, each = int(np.searchsorted(self.times, end)), self.periods_per_quarter
        return known >= FEWEST_QUARTERS * each and int(self.times[known - each]) == end - each


def _prepare(series: CountSeries) -> _Series | Standing:
    counts = np.asarray(series.counts, dtype=float)
    exposures = np.ones(len(counts)) if series.exposures is None else np.asarray(series.exposures, dtype=float)
    per_quarter, first = series.periods_per_year // QUARTERS_PER_YEAR, series.comparable_from
    first += (len(counts) - first) % per_quarter
    counts, exposures = counts[first:], exposures[first:]
    if len(counts) < FEWEST_QUARTERS * per_quarter or np.isfinite(counts).sum() < FEWEST_QUARTERS * per_quarter:
        return Standing.TOO_SHORT
    if np.isnan(counts[-per_quarter:]).any():
        return Standing.INCOMPLETE
    mean = float(np.nanmean(counts))
    if mean * per_quarter < FEWEST_EVENTS:
        return Standing.TOO_FEW
    per_time = per_quarter if mean < FEWEST_EVENTS else 1
    counts = counts.reshape(-1, per_time).sum(axis=1)
    exposures = exposures.reshape(-1, per_time).sum(axis=1)
    times = np.flatnonzero(~np.isnan(counts))
    # The first value stands for a quarter's first month, so that seasons repeat with the times.
    periods_per_year = series.periods_per_year // per_time
    return _Series(times, counts[times], exposures[times], periods_per_year, len(counts), first, per_time)


def _measure(series: _Series, end: int, steps: tuple[int, ...], only_start: int | None = None) -> tuple[Shifts, Design]:
    known = int(np.searchsorted(series.times, end))
    design = build_design(tuple(series.times[:known].tolist()), end, series.periods_per_year, steps, only_start)
    return measure_shifts(series.counts[:known], series.exposures[:known], design), design


def _replay(pack: Sequence[_Series], rate: float) -> tuple[list[_Steps], Shares]:
    """Ask the quarters before the latest as they were asked then, each with what the pack had taught by then.

    Asked with what the pack teaches now, a change might count as known since a quarter in which nobody was told of it.
    """
    known: list[_Steps] = [()] * len(pack)
    shares = FIRST_SHARES
    for back in range(REPLAYED_QUARTERS, -1, -1):
        ends = [each.end - back * each.periods_per_quarter for each in pack]
        asked = [n for n, end in enumerate(ends) if pack[n].can_be_asked(end)]
        measured = {n: _measure(pack[n], ends[n], known[n]) for n in asked}
        shares = learn_shares(list(measured.values()), shares)
        for n in asked:
            standing = _keep_standing(pack[n], ends[n], known[n], shares)
            found = measured[n] if standing == known[n] else _measure(pack[n], ends[n], standing)
            known[n] = _add_known_step(*found, shares, rate) if back else standing
    return known, shares


def _judge(series: _Series, steps: _Steps, shares: Shares) -> EarlyWarning:
    shifts, design = _measure(series, series.end, steps)
    known = tuple(series.place(step) for step in steps)
    if not len(design.starts):  # every window lies behind a known step, or no step can be told from one
        return EarlyWarning(Standing.NOTHING_NEW, score=0.0, p_value=1.0, known_since=known)
    return _describe(series, shifts, design, judge_shifts(shifts, design, shares), known)


def _add_known_step(shifts: Shifts, design: Design, shares: Shares, rate: float) -> _Steps:
    # No shift is clearer than chance alone would have it, so most quarters need no closer look.
    if not len(design.starts) or rate_false_warnings(float((np.abs(shifts.shifts) - _extra(design)).max())) > rate:
        return design.steps
    scores = _score(judge_shifts(shifts, design, shares), design)
    best = int(scores.argmax())
    is_found = rate_false_warnings(float(scores[best])) <= rate
    return (*design.steps, int(design.starts[best])) if is_found else design.steps


def _keep_standing(series: _Series, end: int, steps: _Steps, shares: Shares) -> _Steps:
    """Leave out the latest step where the quarters since, all together, no longer bear it out."""
    if not steps:
        return steps
    tails = judge_shifts(*_measure(series, end, steps[:-1], steps[-1]), shares)
    return steps if (tails.probabilities <= FADED_TAIL).any() else steps[:-1]


def _extra(design: Design) -> Floats:
    return np.asarray(SHORT_WINDOW_EXTRA[design.window_quarters - 1])


def _score(tails: Tails, design: Design) -> Floats:
    return np.asarray(-ndtri(np.maximum(tails.probabilities, np.finfo(float).tiny)) - _extra(design))


def _describe(series: _Series, shifts: Shifts, design: Design, tails: Tails, known: tuple[int, ...]) -> EarlyWarning:
    scores = _score(tails, design)
    best = int(scores.argmax())
    direction = Direction.UP if shifts.shifts[best] > 0 else Direction.DOWN
    alike = (np.sign(shifts.shifts) == np.sign(shifts.shifts[best])) & (scores > 0)
    starts = design.starts[alike & (np.square(scores[best]) - np.square(scores) <= START_DROP)]
    change, lower, upper = _size(series, design, best, float(tails.variances[best]))
    return EarlyWarning(
        Standing.NOTHING_NEW,
        direction=direction,
        since=series.place(int(design.starts[best])),
        since_earliest=series.place(int(starts.min(initial=design.starts[best]))),
        since_latest=series.place(int(starts.max(initial=design.starts[best]))),
        change_percent=change,
        lower=lower,
        upper=upper,
        score=float(scores[best]),
        p_value=rate_false_warnings(float(scores[best])),
        known_since=known,
    )


def _size(series: _Series, design: Design, window: int, variance: float) -> tuple[float, float, float]:
    start = int(design.starts[window])
    blocks = design.blocks + (series.times >= start)
    rates, levels = fit_levels(series.counts, series.exposures, design.seasons, blocks)
    expected = (series.exposures * rates[design.seasons] * levels[blocks])[series.times >= start].mean()
    error = np.sqrt(variance / max(float(expected), 1.0)) / design.lengths[window]
    reach = stdtrit(design.degrees, INTERVAL_TAIL) * error
    ratio = levels[-1] / levels[-2] if levels[-2] > 0 else np.inf
    return tuple(float(100 * (ratio * np.exp(side) - 1)) for side in (0.0, -reach, reach))  # type: ignore[return-value]


def _adjust(warning: EarlyWarning, adjusted: float) -> EarlyWarning:
    is_new = warning.p_value <= FALSE_RATE and adjusted <= FALSE_SHARE
    standing = Standing.NEW if is_new else warning.standing
    return EarlyWarning(**{**vars(warning), "standing": standing, "adjusted_p_value": adjusted})
