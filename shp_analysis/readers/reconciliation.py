"""Checks between figures that are set beside one another: parts against their total, one age band against another.

Papers print "38 serious and 127 slight" beside "163 casualties", and divide adults of 19 and over by residents of 18
and over. Neither is a matter of statistics: the figures contradict each other, or count other people. Both checks
answer with a sentence and leave it to the caller whether the page stops.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shp_analysis.errors import RequestError

FLOAT_ERROR = 1e-12
"""A sum of fractions is off by about this share because a computer rounds."""
_BAND = re.compile(r"(?P<first>\d{1,3})\s*(?:(?P<open>\+|and over)|(?:-|–|to)\s*(?P<last>\d{1,3}))", re.IGNORECASE)
_UNDER = re.compile(r"(?:under|<)\s*(?P<limit>\d{1,3})", re.IGNORECASE)
_ALL = ("all ages", "all")


@dataclass(frozen=True)
class Reconciliation:
    """Whether parts make up their total.

    Attributes
    ----------
    parts : mapping of str to float
    total : float
    difference : float
        The parts' sum less the total.
    tolerance : float
        How far they may be apart because the figures are rounded; 0 for exact counts.
    """

    parts: Mapping[str, float]
    total: float
    difference: float
    tolerance: float

    @property
    def agrees(self) -> bool:
        """Whether the parts make up the total."""
        return abs(self.difference) <= self.tolerance + FLOAT_ERROR * max(1.0, abs(self.total))

    @property
    def sentence(self) -> str:
        """The result in words, for a log, a note or an error."""
        shown = " + ".join(f"{value:,.10g} {name}" for name, value in self.parts.items())
        summed = f"{shown} = {self.total + self.difference:,.10g}"
        if self.agrees and self.difference:
            return f"{summed}, and the total of {self.total:,.10g} differs by no more than rounding explains."
        if self.agrees:
            return f"{summed}, which is the total."
        way = "more" if self.difference > 0 else "less"
        return f"{summed}, which is {abs(self.difference):,.10g} {way} than the total of {self.total:,.10g}."


def reconcile(parts: Mapping[str, float], total: float, *, rounded_to: float | None = None) -> Reconciliation:
    """Compare parts that leave nobody out and count nobody twice with their total.

    Parameters
    ----------
    parts : mapping of str to float
        By name, for the sentence: `{"serious": 38, "slight": 127}`.
    total : float
    rounded_to : float, optional
        What the figures were rounded to, such as 5; each may then be off by half of it. Exact counts if left out.

    Returns
    -------
    Reconciliation

    Raises
    ------
    RequestError
        Where there are no parts, a figure is missing or infinite, or `rounded_to` is not positive.

    Examples
    --------
    >>> reconcile({"serious": 38, "slight": 127}, 163).sentence
    '38 serious + 127 slight = 165, which is 2 more than the total of 163.'
    """
    figures = [*parts.values(), total]
    # A missing figure (NaN) is not equal to itself; missing is not zero, so nothing is compared.
    if not parts or any(figure != figure or abs(figure) == float("inf") for figure in figures):  # noqa: PLR0124
        message = f"Parts {dict(parts)} cannot be compared with a total of {total}: give every part and the total."
        raise RequestError(message)
    if rounded_to is not None and rounded_to <= 0:
        raise RequestError(f"Figures cannot be rounded to {rounded_to}: give a number of more than 0, or none.")
    tolerance = (rounded_to or 0) / 2 * len(figures)
    return Reconciliation(dict(parts), total, sum(parts.values()) - total, tolerance)


@dataclass(frozen=True)
class AgeBandCheck:
    """Whether two figures are of people of the same ages.

    Attributes
    ----------
    numerator_band, denominator_band : str
        As given.
    agrees : bool
    sentence : str
        The result in words.
    """

    numerator_band: str
    denominator_band: str
    agrees: bool
    sentence: str


def check_age_bands(numerator_band: str, denominator_band: str) -> AgeBandCheck:
    """Say whether people of one age band may be divided by residents of another: only of the same.

    Parameters
    ----------
    numerator_band, denominator_band : str
        "18+", "18 and over", "10-17", "10 to 17", "under 18", "all ages".

    Returns
    -------
    AgeBandCheck

    Raises
    ------
    RequestError
        Where one is no age band: "adults" does not say from which age.

    Examples
    --------
    >>> check_age_bands("19+", "18+").sentence
    'People aged 19+ cannot be divided by residents aged 18+: those aged 18 are only among the residents.'
    """
    above, below = _read_band(numerator_band), _read_band(denominator_band)
    if above == below:
        return AgeBandCheck(
            numerator_band, denominator_band, True, f"Both figures are of people aged {denominator_band}."
        )
    only = [
        f"those aged {_name_ages(ages)} are only among the {where}"
        for ages, where in (
            *((ages, "people counted") for ages in _subtract(above, below)),
            *((ages, "residents") for ages in _subtract(below, above)),
        )
    ]
    sentence = (
        f"People aged {numerator_band} cannot be divided by residents aged {denominator_band}: {', and '.join(only)}."
    )
    return AgeBandCheck(numerator_band, denominator_band, agrees=False, sentence=sentence)


_Band = tuple[int, int]
_OLDEST = 999
"""Stands for an open end."""


def _read_band(text: str) -> _Band:
    plain = " ".join(text.split())
    if plain.casefold() in _ALL:
        return 0, _OLDEST
    if (under := _UNDER.fullmatch(plain)) and int(under["limit"]) > 0:
        return 0, int(under["limit"]) - 1
    found = _BAND.fullmatch(plain)
    band = (int(found["first"]), _OLDEST if found["open"] else int(found["last"])) if found else (1, 0)
    if band[0] > band[1]:
        raise RequestError(f"'{text}' is no age band. Write it like 18+, 10-17, under 18 or all ages.")
    return band


def _subtract(band: _Band, other: _Band) -> list[_Band]:
    """Give the ages that are in the one and not in the other."""
    (first, last), (other_first, other_last) = band, other
    return [
        ages for ages in ((first, min(last, other_first - 1)), (max(first, other_last + 1), last)) if ages[0] <= ages[1]
    ]


def _name_ages(ages: _Band) -> str:
    first, last = ages
    if last == _OLDEST:
        return f"{first}+"
    return f"{first}" if first == last else f"{first}-{last}"
