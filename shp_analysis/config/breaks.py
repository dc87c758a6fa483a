"""The break register: from when to when a series stopped meaning what it meant before."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from shp_analysis.config.files import Settings, read_rows, refuse_repeated
from shp_analysis.reference.areas import Area
from shp_analysis.reference.periods import Month, Period

EVERY = "*"
"""Every indicator, or every area."""
MOST_NAME_LETTERS = 30
"""A longer name does not fit above a narrow chart."""
NOT = "-"
"""Before an indicator's id: every one but this, for a change that did not touch how it is counted."""


class BreakKind(StrEnum):
    """A level break changes a series for good; a temporary one only disturbs the months it lasts."""

    LEVEL = "level"
    TEMPORARY = "temporary"


def _split(cell: object) -> object:
    return tuple(part.strip() for part in cell.split(";") if part.strip()) if isinstance(cell, str) else cell


Words = Annotated[tuple[str, ...], BeforeValidator(_split), Field(min_length=1)]
MonthLabel = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class SeriesBreak(Settings):
    """A dated change in what a series means: recording rules, law, provider, geography, the pandemic.

    Attributes
    ----------
    break_id : str
    name : str
        What a chart writes beside it: "Pandemic restrictions".
    from_month : str
        The first month affected, `2016-06`.
    until_month : str, optional
        The last month of the change. A level break that is left without one happened at the start of `from_month`.
    kind : BreakKind
    indicators, area_codes : tuple of str
        What it affects, separated by semicolons in the file; `*` is every one, and `*;-SUB-08` every one but that.
        A police force area's code covers the authorities in it.
    direction : str
        Which way the change of recording by itself moved the figure: `up`, `down` or `unclear`.
    is_confirmed : bool
        Whether a source confirms the date. An unconfirmed break is shown and never stops a comparison.
    bedding_in_months : int
        How many months after a level break are shown and not compared, because the new practice was still
        settling; none where the register does not say.
    what_changed : str
        A clause that completes "It cannot be compared with earlier periods because …".
    source : str
        Who says so.
    """

    break_id: str
    name: Annotated[str, Field(min_length=1, max_length=MOST_NAME_LETTERS)]
    from_month: MonthLabel
    until_month: MonthLabel | None = None
    kind: BreakKind
    indicators: Words
    area_codes: Words
    direction: Literal["up", "down", "unclear"]
    is_confirmed: bool
    bedding_in_months: Annotated[int, Field(ge=0)] = 0
    what_changed: str
    source: str

    @model_validator(mode="after")
    def _check_months(self) -> SeriesBreak:
        if self.until_month is None and self.kind is BreakKind.TEMPORARY:
            raise ValueError("a temporary break needs an until_month")
        if self.until_month is not None and self.until_month < self.from_month:
            raise ValueError("until_month lies before from_month")
        return self

    @property
    def first_day(self) -> date:
        """The first day on which the series is affected."""
        return _read_month(self.from_month).start

    @property
    def settled_day(self) -> date:
        """The first day on which the change is complete."""
        return _read_month(self.until_month).next().start if self.until_month else self.first_day

    @property
    def bedded_in_day(self) -> date:
        """The first day on which the new practice counts as settled; for a temporary break, the day it was over."""
        month = Month.containing(self.settled_day)
        for _ in range(self.bedding_in_months if self.kind is BreakKind.LEVEL else 0):
            month = month.next()
        return month.start

    def is_bedding_in(self, period: Period) -> bool:
        """Say whether a period lies, in whole or in part, in the months in which the new practice was settling."""
        return period.start < self.bedded_in_day and period.end >= self.settled_day

    def affects(self, indicator_id: str, area: Area) -> bool:
        """Say whether the break touches an indicator in an area."""
        places = {area.code, area.force.area_code, *area.authority_codes, EVERY}
        named = set(self.indicators)
        is_meant = bool({indicator_id, EVERY} & named) and f"{NOT}{indicator_id}" not in named
        return is_meant and bool(places & set(self.area_codes))

    def separates(self, baseline: Period, period: Period) -> bool:
        """Say whether two periods of the series mean different things because of this break.

        They are alike when both end before it began or, for a level break, both start after it was complete; a
        temporary break separates only periods that it touches.
        """
        disturbed = [each.start < self.settled_day and each.end >= self.first_day for each in (baseline, period)]
        if any(disturbed) and self.until_month is not None:
            return True
        if self.kind is BreakKind.TEMPORARY:
            return False
        after = [each.start >= self.settled_day for each in (baseline, period)]
        before = [each.end < self.first_day for each in (baseline, period)]
        return not (all(after) or all(before))


@cache
def _read_month(label: str) -> Month:
    """Read a label once: a break is asked about every month of a series."""
    return Month(label)


def read_breaks(path: Path) -> tuple[SeriesBreak, ...]:
    """Read a break register.

    Raises
    ------
    ParametersError
        Where a row says something it may not, or an id is written twice.
    """
    breaks = read_rows(path, SeriesBreak)
    refuse_repeated([each.break_id for each in breaks], path, "an id belongs to one break")
    return breaks
