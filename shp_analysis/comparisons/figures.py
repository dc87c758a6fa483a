"""What a period holds of an indicator: a count, a stock, a part of a whole, or a published figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shp_analysis.catalogue import Kind
from shp_analysis.measures import missing_months, select_within, sum_within
from shp_analysis.periods import Month, Period
from shp_analysis.statistics.differences import PublishedFigure


@dataclass(frozen=True)
class Figure:
    """One period's figure.

    Attributes
    ----------
    count : int or None
        None where a month is missing, or a publisher gives no count.
    exposure : float
        Days times people, or days where their number is not known; the whole of a ratio; 1 for a stock.
    whole : int or None
        Of a proportion or a ratio.
    value : float or None
        Per cent of a proportion, a ratio, a score for each person, or a published figure.
    published : PublishedFigure or None
        With its interval.
    missing : tuple of Month
    """

    count: int | None
    exposure: float = 1.0
    whole: float | None = None
    value: float | None = None
    published: PublishedFigure | None = None
    missing: tuple[Month, ...] = ()


def read_figure(observations: pd.DataFrame, period: Period, kind: Kind, per: int | None = None) -> Figure:
    """Give a period's figure of an indicator.

    Parameters
    ----------
    observations : pandas.DataFrame
        Of one indicator in one area.
    period : Period
    kind : Kind
    per : int, optional
        What a ratio, or a score over people, is multiplied by; without, a score is not set against people.

    Returns
    -------
    Figure
    """
    if kind is Kind.PUBLISHED:
        return _read_published(observations, period)
    missing = missing_months(observations, period)
    rows = select_within(observations, period)
    if rows.empty and not missing:
        missing = period.months  # covered by windows that overlap it, and by none of its own
    if kind is Kind.STOCK:
        last = rows[rows["period_end"] == period.end]
        count = int(last["numerator"].iloc[-1]) if len(last) else None
        return Figure(count, missing=() if len(last) else missing or period.months[-1:])
    count = None if missing else sum_within(rows, period)
    if count is None or kind is Kind.COUNT:
        return Figure(count, _exposure(rows, period), missing=missing)
    if kind is Kind.SCORE:
        return _read_score(rows, period, count, per)
    total = float(rows["denominator"].sum())
    whole = int(total) if total.is_integer() else total
    if kind is Kind.RATIO:
        return Figure(count, float(whole), whole=whole, value=(per or 1) * count / whole)
    return Figure(count, whole=whole, value=100 * count / whole)


def _read_score(rows: pd.DataFrame, period: Period, count: int, per: int | None) -> Figure:
    """Give a score with its value for each person of the period, where their number is known."""
    exposure = _exposure(rows, period)
    if per is None or rows["denominator"].isna().any():
        return Figure(count, exposure)
    return Figure(count, exposure, value=per * count * period.days / exposure)


def _read_published(observations: pd.DataFrame, period: Period) -> Figure:
    own = observations[(observations["period_start"] == period.start) & (observations["period_end"] == period.end)]
    if own.empty:
        return Figure(None, missing=period.months)
    row = own.iloc[-1]
    count = None if pd.isna(row["numerator"]) else round(float(row["numerator"]))
    limits = [float(row[column]) for column in ("value", "lower", "upper")]
    published = None if np.isnan(limits).any() else PublishedFigure(*limits)
    return Figure(count, value=limits[0], published=published)


def _exposure(rows: pd.DataFrame, period: Period) -> float:
    """Give days times people, or days where their number is not known."""
    if rows.empty or rows["denominator"].isna().any():
        return float(period.days)
    days = np.array(
        [(end - start).days + 1 for start, end in zip(rows["period_start"], rows["period_end"], strict=True)]
    )
    return float((days * rows["denominator"].to_numpy(dtype=float)).sum())
