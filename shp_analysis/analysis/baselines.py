"""What a period is compared with: the earlier period that a baseline's name, or a period itself, stands for."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from shp_analysis.errors import RequestError, suggest
from shp_analysis.periods import Period, YearEnding, parse_period

LAST_DAY_BEFORE_PANDEMIC = date(2020, 2, 29)


class Baseline(StrEnum):
    """The baselines that have a name; any earlier period of the same kind is one as well."""

    SAME_QUARTER_LAST_YEAR = "same_quarter_last_year"
    SAME_PERIOD_LAST_YEAR = "same_period_last_year"
    YEAR_BEFORE = "year_before"
    PREVIOUS_PERIOD = "previous_period"
    BEFORE_THE_PANDEMIC = "before_the_pandemic"


def find_baseline(period: Period, baseline: Period | str) -> Period:
    """Give the period that a baseline stands for.

    Parameters
    ----------
    period : Period
    baseline : Period or str
        A period, a period as people write it, or one of

        - `same_quarter_last_year`, `same_period_last_year`, `year_before`: the same months a year earlier
        - `previous_period`: the period of the same kind right before
        - `before_the_pandemic`: the latest of the same kind and season that ended before March 2020; of a rolling year,
          the year ending February 2020

    Raises
    ------
    RequestError
        Where nothing is meant by the word.
    PeriodError
        Where a written period can be read in two ways.

    Examples
    --------
    >>> from shp_analysis.periods import FinancialYear, Quarter
    >>> find_baseline(Quarter("2024-25 Q4"), "before_the_pandemic").short_words
    'January to March 2019'
    >>> find_baseline(FinancialYear("2024-25"), "before_the_pandemic").label
    '2018-19'
    >>> find_baseline(Quarter("2024-25 Q4"), "2021-22 Q4").label
    '2021-22 Q4'
    """
    if isinstance(baseline, Period):
        return baseline
    if baseline not in set(Baseline):
        if not any(letter.isdigit() for letter in baseline):
            message = f"There is no baseline '{baseline}'; there are {', '.join(Baseline)}, and any earlier period."
            raise RequestError(f"{message} {suggest(baseline, list(Baseline))}".strip())
        return parse_period(baseline)
    match Baseline(baseline):
        case Baseline.PREVIOUS_PERIOD:
            return period.previous()
        case Baseline.BEFORE_THE_PANDEMIC:
            return _find_before_pandemic(period)
        case _:
            return period.same_last_year()


def _find_before_pandemic(period: Period) -> Period:
    if isinstance(period, YearEnding):
        return YearEnding(f"{LAST_DAY_BEFORE_PANDEMIC:%Y-%m}")
    earlier = period
    while earlier.end > LAST_DAY_BEFORE_PANDEMIC:
        earlier = earlier.same_last_year()
    return earlier
