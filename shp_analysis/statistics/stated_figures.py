"""Figures as other papers state them: is a percentage its counts' own, how many are named, what bridges a break.

A percentage that does not follow from the counts beside it is mostly one that was cut off and not rounded. A list of
names that is longer than the number beside it mostly names somebody twice. Both are told and neither is corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from shp_analysis.errors import RequestError

HUNDRED = Decimal(100)
_TITLES = re.compile(r"^(?:(?:the )?(?:cllr|councillor|mr|mrs|ms|miss|dr|rev|reverend|sir|dame)\.?\s+)+", re.IGNORECASE)


@dataclass(frozen=True)
class StatedPercent:
    """A stated percentage beside the one that its counts give.

    Attributes
    ----------
    count, whole : int
    stated : Decimal
        As printed, with as many decimals as were printed.
    rounded : Decimal
        What the counts give, to as many decimals.
    is_cut_off : bool
        Whether the stated figure is what cutting off, in place of rounding, would give.
    """

    count: int
    whole: int
    stated: Decimal
    rounded: Decimal
    is_cut_off: bool

    @property
    def agrees(self) -> bool:
        """Whether the stated percentage is the rounded one."""
        return self.stated == self.rounded

    @property
    def sentence(self) -> str:
        """The result in words."""
        counts = f"{self.count:,} of {self.whole:,} is {self.rounded}%"
        if self.agrees:
            return f"{counts}, as stated."
        why = " It was cut off and not rounded." if self.is_cut_off else ""
        return f"{counts}, and {self.stated}% is stated.{why}"


def check_stated_percent(count: int, whole: int, stated: str) -> StatedPercent:
    """Compare a stated percentage with its counts.

    Parameters
    ----------
    count, whole : int
    stated : str
        As printed, without the sign: "15", "12.5".

    Returns
    -------
    StatedPercent

    Raises
    ------
    RequestError
        Where there is no whole, or the stated figure is no number.

    Examples
    --------
    >>> check_stated_percent(154, 984, "15").sentence
    '154 of 984 is 16%, and 15% is stated. It was cut off and not rounded.'
    """
    if whole < 1 or not re.fullmatch(r"\d+(?:\.\d+)?", stated):
        allowed = "give a whole of 1 or more and a figure like 12.5"
        raise RequestError(f"'{stated}' of {whole} cannot be checked: {allowed}.")
    said = Decimal(stated)
    exact = HUNDRED * count / whole
    rounded, cut = (exact.quantize(Decimal(1).scaleb(_exponent(said)), how) for how in (ROUND_HALF_UP, ROUND_DOWN))
    return StatedPercent(count, whole, said, rounded, is_cut_off=said == cut != rounded)


def list_distinct_names(names: Iterable[str]) -> tuple[str, ...]:
    """List people named, each once, as first written; titles, spaces and case do not tell two people apart.

    Parameters
    ----------
    names : iterable of str

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> list_distinct_names(["Councillor A. Example", "Cllr A Example (Chair)", "B. Other"])
    ('Councillor A. Example', 'B. Other')
    """
    found: dict[str, str] = {}
    for name in names:
        plain = _TITLES.sub("", " ".join(re.sub(r"\([^)]*\)", " ", name).split()))
        found.setdefault(re.sub(r"[^\w]+", " ", plain).strip().casefold(), name)
    return tuple(found.values())


@dataclass(frozen=True)
class Bridge:
    """What carries counts from before a change in how completely crimes were recorded to after it.

    Attributes
    ----------
    before_percent, after_percent : float
        Of what should have been recorded, how much was.
    factor : float
        By which the earlier counts are multiplied.
    """

    before_percent: float
    after_percent: float
    factor: float

    def carry(self, count: float) -> float:
        """Give what an earlier count would have been, had as much been recorded as later."""
        return count * self.factor


def bridge_recording(before_percent: float, after_percent: float) -> Bridge:
    """Make a bridge from two audited recording rates.

    Parameters
    ----------
    before_percent, after_percent : float
        Above 0, at most 100.

    Returns
    -------
    Bridge
        Good for a sentence about size ("about 15% more would have been recorded"), and not for a test: the audits'
        own uncertainty is not in it, so a comparison across the break stays *not comparable*.

    Raises
    ------
    RequestError
        Where a rate is not a percentage above 0.

    Examples
    --------
    >>> round(bridge_recording(83.6, 96.4).factor, 3)
    1.153
    """
    for percent in (before_percent, after_percent):
        if not 0 < percent <= HUNDRED:
            raise RequestError(f"A recording rate of {percent}% bridges nothing: give a percentage above 0, up to 100.")
    return Bridge(before_percent, after_percent, after_percent / before_percent)


def _exponent(figure: Decimal) -> int:
    exponent = figure.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 - only digits were let in
    return exponent
