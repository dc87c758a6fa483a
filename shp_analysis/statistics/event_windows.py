"""A window of days that comes every year (Halloween to Bonfire Night, a school holiday) beside the rest of the year.

Daily counts outside all such windows are described by weekday, season and a slow change of level. What that gives for
the window's days is set beside what was counted there. The windows of every year are left out of the description, so
that an event of every year is not taken for season.

A rank ("the quietest of six years") is told with the ranks that the counts allow: two years whose counts do not
clearly differ may stand in either order.

References
----------
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., chapter 6 and section 4.5.
Goldstein and Spiegelhalter (1996), Journal of the Royal Statistical Society A 159, 385-443: uncertainty of ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy import stats

from shp_analysis.errors import RequestError
from shp_analysis.statistics.changes import compare_counts
from shp_analysis.statistics.dispersions import CountModel, Dispersion, Floats, fit_counts, level_terms
from shp_analysis.statistics.intervals import CONFIDENCE

HALLOWEEN_TO_BONFIRE_NIGHT = ((10, 28), (11, 8))
"""First and last day, as month and day."""
FEWEST_PAST_WINDOWS = 3
FEWEST_DAYS_OUTSIDE = 2 * 365
"""Two years of other days, so that season and level are told apart."""
FEWEST_MONTHS_OUTSIDE = 36
HARMONICS = 3
DAYS_PER_YEAR = 365.25
MONTHS_PER_YEAR = 12

Window = tuple[date, date]
Dates = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class WindowCount:
    """One year's window.

    Attributes
    ----------
    window : tuple of date
        First and last day.
    count, expected : float
        Counted, and what the days outside the windows give for these days.
    ratio, lower, upper : float
        Counted over expected, with its interval.
    days : int
    """

    window: Window
    count: float
    expected: float
    ratio: float
    lower: float
    upper: float
    days: int

    @property
    def is_clear(self) -> bool:
        """Whether the window differs from the days around it beyond chance."""
        return self.lower > 1 or self.upper < 1


@dataclass(frozen=True)
class EventWindow:
    """The latest window beside what was expected, and beside the same window of past years.

    Attributes
    ----------
    latest : WindowCount
    past : tuple of WindowCount
        Earliest first.
    rank : int or None
        Of the latest among all, by count per day; 1 is the quietest. None with fewer than three past windows.
    best_rank, worst_rank : int or None
        The ranks that the counts allow.
    dispersion : float
        Variance over mean of the count of a stretch as long as the window; at least 1.
    is_monthly : bool
        Whether only months were known. The window is then its whole months, and "expected" is what these months
        brought in past years: it does not say what the event adds.
    notes : tuple of str
        What must be printed with it.
    """

    latest: WindowCount
    past: tuple[WindowCount, ...]
    rank: int | None
    best_rank: int | None
    worst_rank: int | None
    dispersion: float
    is_monthly: bool
    notes: tuple[str, ...]

    @property
    def is_quietest(self) -> bool:
        """Whether "the quietest of n years" may be said: no past window could have been as quiet."""
        return self.worst_rank == 1

    @property
    def is_busiest(self) -> bool:
        """Whether "the busiest of n years" may be said."""
        return self.best_rank is not None and self.best_rank == len(self.past) + 1


def windows_of_years(years: Sequence[int], days: tuple[tuple[int, int], tuple[int, int]]) -> list[Window]:
    """Give the windows of a fixed event in each year.

    Parameters
    ----------
    years : sequence of int
    days : tuple
        First and last day as (month, day); the last may lie in the next year.

    Returns
    -------
    list of tuple of date

    Examples
    --------
    >>> windows_of_years([2024], HALLOWEEN_TO_BONFIRE_NIGHT)
    [(datetime.date(2024, 10, 28), datetime.date(2024, 11, 8))]
    """
    first, last = days
    return [(date(year, *first), date(year + (last < first), *last)) for year in years]


def assess_event_window(
    counts: npt.ArrayLike,
    dates: npt.ArrayLike,
    windows: Sequence[Window],
    *,
    left_out: npt.ArrayLike | None = None,
    confidence: float = CONFIDENCE,
) -> EventWindow:
    """Assess the latest window of an event from daily counts.

    Parameters
    ----------
    counts : array_like of float, shape (n,)
        Events of each day; days without events must be there as 0.
    dates : array_like of date, shape (n,)
    windows : sequence of tuple of date
        First and last day of the event in each year; those not wholly within the dates are passed over.
    left_out : array_like of bool, shape (n,), optional
        Further days that the description shall not rest on, such as other events.
    confidence : float
        Of the intervals.

    Returns
    -------
    EventWindow

    Raises
    ------
    RequestError
        Where no window lies within the dates, or less than two years of other days are at hand.
    """
    observed, days = np.asarray(counts, dtype=float), np.asarray(dates, dtype="datetime64[D]")
    inside = _known_windows(days, windows)
    is_event = np.logical_or.reduce([each for _, each in inside])
    outside = ~is_event if left_out is None else ~(is_event | np.asarray(left_out, dtype=bool))
    if outside.sum() < FEWEST_DAYS_OUTSIDE:
        raise RequestError(
            f"There are {int(outside.sum())} days outside the windows; at least {FEWEST_DAYS_OUTSIDE} are needed to "
            "know what is usual. Give more years."
        )
    design = _daily_design(days)
    model = fit_counts(observed[outside], design[outside], np.ones(int(outside.sum())))
    length = int(inside[-1][1].sum())
    dispersion = _dispersion_of_stretches(observed[outside], model, length)
    told = [_count_window(window, observed, design, each, model, dispersion, confidence) for window, each in inside]
    return _rank(told, dispersion, confidence, is_monthly=False, notes=())


def assess_event_months(
    counts: npt.ArrayLike,
    months: npt.ArrayLike,
    windows: Sequence[Window],
    *,
    confidence: float = CONFIDENCE,
) -> EventWindow:
    """Assess the months of the latest window, where only months are published.

    Parameters
    ----------
    counts : array_like of float, shape (n,)
    months : array_like of date, shape (n,)
        Any day of each month.
    windows : sequence of tuple of date
        As for daily counts; each is taken as the whole months it touches.
    confidence : float

    Returns
    -------
    EventWindow
        With `is_monthly` and a note that says what is lost.

    Raises
    ------
    RequestError
        Where no window lies within the months, or fewer than 36 months lie outside the latest.
    """
    observed, when = np.asarray(counts, dtype=float), np.asarray(months, dtype="datetime64[M]")
    whole = [(first.replace(day=1), last.replace(day=1)) for first, last in windows]
    inside = _known_windows(when, whole)
    outside = ~inside[-1][1]
    if outside.sum() < FEWEST_MONTHS_OUTSIDE:
        raise RequestError(
            f"There are {int(outside.sum())} months outside the latest window; at least {FEWEST_MONTHS_OUTSIDE} are "
            "needed to know what its months usually bring."
        )
    numbers = when.astype(int)
    days = ((when + 1).astype("datetime64[D]") - when.astype("datetime64[D]")).astype(float)
    # Levels by month and a slow change: the latest window's own months are not part of what is expected of them.
    design = np.column_stack([level_terms(numbers % MONTHS_PER_YEAR), _slow_change(numbers.astype(float))])
    model = fit_counts(observed[outside], design[outside], days[outside])
    told = [
        _count_window(window, observed, design, each, model, model.dispersion, confidence, exposure=days)
        for window, each in inside
    ]
    note = (
        "Only monthly figures are known: whole months are compared, in which the days of the event are a part, and "
        "what is expected is what these months brought in other years."
    )
    return _rank(told, model.dispersion, confidence, is_monthly=True, notes=(note,))


def _known_windows(days: Dates, windows: Sequence[Window]) -> list[tuple[Window, Bools]]:
    """Give the windows of which every day (or month) is known, earliest first, with the days that are theirs."""
    unit = np.datetime_data(days.dtype)[0]
    found = []
    for first, last in sorted(windows):
        bounds = np.array([first, last], dtype="datetime64[D]").astype(f"datetime64[{unit}]")
        inside = (days >= bounds[0]) & (days <= bounds[1])
        if inside.sum() == int((bounds[1] - bounds[0]).astype(int)) + 1:
            found.append(((first, last), inside))
    if not found:
        raise RequestError("No window lies wholly within the dates. Give counts of the days of the event, 0 included.")
    return found


def _daily_design(days: Dates) -> Floats:
    numbers = days.astype(float)
    angles = 2 * np.pi * numbers[:, None] / DAYS_PER_YEAR * np.arange(1, HARMONICS + 1)[None, :]
    weekdays = level_terms((days.astype(int) + 3) % 7)
    return np.column_stack([weekdays, np.sin(angles), np.cos(angles), _slow_change(numbers)])


def _slow_change(numbers: Floats) -> Floats:
    """Give a slope and a bend, in units in which the series runs from -1 to 1."""
    position = (numbers - numbers.mean()) / max(float(np.ptp(numbers)) / 2, 1.0)
    return np.column_stack([position, position**2])


def _dispersion_of_stretches(observed: Floats, model: CountModel, length: int) -> float:
    """Give variance over mean of sums over stretches as long as the window, or of days where that is more.

    Days are like their neighbours (weather, a spree), so stretches vary more than their days by themselves suggest.
    """
    stretches = np.arange(len(observed)) // length
    counted, expected = (np.bincount(stretches, weights=each)[:-1] for each in (observed, model.expected))
    left = len(counted) * model.degrees_of_freedom / len(observed)
    return max(float(((counted - expected) ** 2 / expected).sum()) / left, model.dispersion)


def _count_window(
    window: Window,
    observed: Floats,
    design: Floats,
    inside: Bools,
    model: CountModel,
    dispersion: float,
    confidence: float,
    *,
    exposure: Floats | None = None,
) -> WindowCount:
    """Set a window's count beside its expected count; the interval is Poisson's, widened by both uncertainties."""
    over = np.ones(int(inside.sum())) if exposure is None else exposure[inside]
    means = np.exp(design[inside] @ model.coefficients) * over
    count, expected = float(observed[inside].sum()), float(means.sum())
    slope = means @ design[inside] / expected
    spread = float(slope @ model.unscaled_covariance @ slope) * dispersion
    widened = dispersion + expected * spread
    tail = (1 - confidence) / 2
    events = count / widened
    lower = float(stats.chi2.ppf(tail, 2 * events)) / 2 if count else 0.0
    upper = float(stats.chi2.ppf(1 - tail, 2 * (events + 1))) / 2
    return WindowCount(
        window=window,
        count=count,
        expected=expected,
        ratio=count / expected,
        lower=lower * widened / expected,
        upper=upper * widened / expected,
        days=int(inside.sum()) if exposure is None else int(over.sum()),
    )


def _rank(
    told: list[WindowCount], dispersion: float, confidence: float, *, is_monthly: bool, notes: tuple[str, ...]
) -> EventWindow:
    *past, latest = told
    if len(past) < FEWEST_PAST_WINDOWS:
        few = f"{len(past)} past windows are too few for a rank; {FEWEST_PAST_WINDOWS} are needed."
        return EventWindow(latest, tuple(past), None, None, None, dispersion, is_monthly, (*notes, few))
    jumpy = Dispersion(dispersion)
    changes = [
        compare_counts(
            int(each.count),
            int(latest.count),
            baseline_exposure=each.days,
            exposure=latest.days,
            dispersion=jumpy,
            confidence=confidence,
        )
        for each in past
    ]
    return EventWindow(
        latest=latest,
        past=tuple(past),
        rank=1 + sum(each.count / each.days < latest.count / latest.days for each in past),
        best_rank=1 + sum(change.lower > 0 for change in changes),
        worst_rank=len(told) - sum(change.upper < 0 for change in changes),
        dispersion=dispersion,
        is_monthly=is_monthly,
        notes=notes,
    )
