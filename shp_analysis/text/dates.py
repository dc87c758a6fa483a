"""Days and months in words."""

from __future__ import annotations

from datetime import date


def say_day(day: date) -> str:
    """Write a day.

    Examples
    --------
    >>> say_day(date(2025, 3, 1))
    '1 March 2025'
    """
    return f"{day.day} {say_month(day)}"


def say_month(day: date) -> str:
    """Write the month that a day lies in.

    Examples
    --------
    >>> say_month(date(2025, 3, 1))
    'March 2025'
    """
    return f"{day:%B %Y}"
