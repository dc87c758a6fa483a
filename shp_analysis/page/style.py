"""How numbers, verdicts and pictures look on every page: one place, so that two papers never disagree.

Numbers follow the partnership's number style (a thousands separator, a true minus sign, whole percentages).
Colours are those of the government Analysis Function. Verdicts carry a letter and a word first and a colour
second; the two directions are a dark and a light blue, for a direction says nothing of good or bad.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any, Literal, TypeGuard

import matplotlib.style
import pandas as pd
from afcharts.af_colours import get_af_colours
from matplotlib.figure import Figure
from matplotlib.text import Text

from shp_analysis.errors import BriefingError, RequestError, suggest

# --- Colours

CATEGORICAL_COLOURS: tuple[str, ...] = tuple(get_af_colours("categorical"))
"""Up to six series, in this order: dark blue, turquoise, plum, orange, dark grey, light purple."""
DUO_COLOURS: tuple[str, ...] = tuple(get_af_colours("duo"))
"""Two series: dark blue and orange."""
SEQUENTIAL_COLOURS: tuple[str, ...] = tuple(get_af_colours("sequential"))
"""Five steps from dark to light, for one quantity."""

TEXT_COLOUR = "#0B0C0C"
MUTED_COLOUR = "#505A5F"
RULE_COLOUR = "#B1B4B6"
BAND_COLOUR = "#F3F2F1"

# --- Verdicts


@dataclass(frozen=True)
class VerdictMark:
    """How one verdict is shown.

    Attributes
    ----------
    word : str
        The verdict in words; always printed.
    letter : str
        A letter code that survives a black-and-white photocopy.
    symbol : str
        An arrow where there is a direction, a dash where there is none, nothing where nothing can be said.
    css_class : str
        Class of the mark on the page.
    fill, ink : str
        Colours of the letter's badge and of the letter on it (contrast at least 4.5 to 1), also for charts.
    """

    word: str
    letter: str
    symbol: str
    css_class: str
    fill: str
    ink: str


_WHITE = "#FFFFFF"
_MARKS = (
    VerdictMark("up", "U", "▲", "verdict-up", SEQUENTIAL_COLOURS[1], _WHITE),
    VerdictMark("down", "D", "▼", "verdict-down", SEQUENTIAL_COLOURS[4], TEXT_COLOUR),
    VerdictMark("no clear change", "N", "–", "verdict-no-clear-change", _WHITE, TEXT_COLOUR),
    VerdictMark("too few to say", "F", "", "verdict-too-few", _WHITE, TEXT_COLOUR),
    VerdictMark("not comparable", "X", "", "verdict-not-comparable", _WHITE, TEXT_COLOUR),
    VerdictMark("incomplete", "I", "", "verdict-incomplete", _WHITE, TEXT_COLOUR),
    VerdictMark("no local measure", "M", "", "verdict-no-measure", _WHITE, TEXT_COLOUR),
)
VERDICT_MARKS: Mapping[str, VerdictMark] = MappingProxyType({mark.word: mark for mark in _MARKS})
"""The seven verdicts, by their words."""
_SLIGHT = re.compile(r" slightly$")


def mark_verdict(verdict: str) -> VerdictMark:
    """Give the mark of a verdict.

    Parameters
    ----------
    verdict : str
        One of the seven verdicts, or `"up slightly"` or `"down slightly"` (clear, but too small to matter).

    Returns
    -------
    VerdictMark
        The mark; of a slight change it has the direction's letter, symbol and colours and its own words.

    Raises
    ------
    RequestError
        The word is not a verdict.
    """
    base = VERDICT_MARKS.get(_SLIGHT.sub("", verdict))
    if base is None or (base.word != verdict and base.word not in {"up", "down"}):
        allowed = ", ".join(VERDICT_MARKS)
        raise RequestError(
            f"'{verdict}' is not a verdict. Allowed: {allowed}. {suggest(verdict, VERDICT_MARKS)}".strip()
        )
    return VerdictMark(verdict, base.letter, base.symbol, base.css_class, base.fill, base.ink)


# --- Numbers

MINUS = "\N{MINUS SIGN}"
NOT_AVAILABLE = "[x]"
"""Shorthand of the Government Statistical Service: the value is not available."""
SUPPRESSED = "[c]"
"""The value is withheld to protect people's confidentiality."""
TOO_FEW = "too few"
"""Stands where a percentage would be, when its base is under `SMALLEST_PERCENT_BASE`."""

SMALLEST_PERCENT_BASE = 20
LARGE_PERCENT_BASE = 5_000

Number = int | float


def _round(value: Number, decimals: int) -> Decimal:
    # Halves go up, as a reader with a pencil would round them; repr() keeps 2.675 from being read as 2.67499…
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _write(value: Decimal, *, signed: bool) -> str:
    sign = MINUS if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{abs(value):,}"


def _is_present(value: Number | None) -> TypeGuard[Number]:
    return not pd.isna(value) and math.isfinite(value)


def format_count(value: Number | None, *, decimals: int = 0) -> str:
    """Write a count with thousands separators: `2705` is `"2,705"`.

    Parameters
    ----------
    value : int, float or None
        The count; a missing one (None or NaN) is written `[x]`.
    decimals : int, default 0
        Decimal places, for adjusted (fractional) counts.
    """
    return NOT_AVAILABLE if not _is_present(value) else _write(_round(value, decimals), signed=False)


def format_change_count(value: Number | None, *, decimals: int = 0) -> str:
    """Write a difference of two counts with its sign: `"+86"`, `"−43"`, `"0"`; a missing one is `[x]`."""
    return NOT_AVAILABLE if not _is_present(value) else _write(_round(value, decimals), signed=True)


def count_decimals(value: Number, base: Number) -> int:
    """Say with how many decimals a percentage is written: one below 1%, and one of a large base."""
    return 1 if abs(value) < 1 or base > LARGE_PERCENT_BASE else 0


def format_percent(value: Number | None, base: Number, *, signed: bool = False) -> str:
    """Write a percentage as precisely as its base allows.

    Parameters
    ----------
    value : float or None
        The percentage itself, in percentage points: `12.3` for 12.3%. A missing one is written `[x]`.
    base : float
        The count that the percentage is of: the denominator, or the earlier count of a change.
    signed : bool, default False
        Write a plus sign too, as a change needs.

    Returns
    -------
    str
        A whole number; one decimal where it is under 1% in size or its base over 5,000 (a `.0` is left off);
        `"too few"` where the base is under 20. Never `"+0%"` or `"−0%"`.

    Examples
    --------
    >>> format_percent(50, base=26)
    '50%'
    >>> format_percent(-0.139, base=30_864)
    '−0.1%'
    """
    if not _is_present(value):
        return NOT_AVAILABLE
    if base < SMALLEST_PERCENT_BASE:
        return TOO_FEW
    rounded = _round(value, count_decimals(value, base))
    whole = rounded.to_integral_value()
    return f"{_write(whole if rounded == whole else rounded, signed=signed)}%"


def format_change_percent(value: Number | None, base: Number) -> str:
    """Write a percentage change with its sign, as `format_percent` does; `base` is the earlier count."""
    return format_percent(value, base, signed=True)


def format_percent_range(lower: Number | None, upper: Number | None, base: Number, *, signed: bool = False) -> str:
    """Write an interval of percentages, `"−2% to +9%"`; `"too few"` or `[x]` where an end is."""
    ends = [format_percent(end, base, signed=signed) for end in (lower, upper)]
    unwritten = [end for end in ends if not end.endswith("%")]
    return unwritten[0] if unwritten else " to ".join(ends)


def format_share(value: Number | None, whole: Number) -> str:
    """Write a share beside its two counts: a whole number of per cent; `"too few"` where the whole is under 20."""
    return format_percent(value, whole)


def format_rate(value: Number | None) -> str:
    """Write a rate to one decimal place: `"12.3"`; a missing one is `[x]`."""
    return format_count(value, decimals=1)


# --- Figures

PAGE_WIDTH_MM = 170
"""Width of a picture across the page."""
SMALLEST_FONT_POINTS = 9
"""12 CSS pixels: what the page, too, holds to."""
_MM_PER_INCH = 25.4
FIGURE_SIZES_MM: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "wide": (PAGE_WIDTH_MM, 44),
        "standard": (PAGE_WIDTH_MM, 75),
        "rows": (PAGE_WIDTH_MM, 62),
        "narrow": (86, 48),
        "sparkline": (26, 7),
    }
)
"""Width and height in millimetres, by the name of the size. A narrow one is for a phone and for paper, two abreast."""
FigureSize = Literal["wide", "standard", "rows", "narrow", "sparkline"]

_HOUSE_STYLE: Mapping[str, Any] = MappingProxyType(
    {
        # Matplotlib brings DejaVu Sans along, so every machine draws the same outlines.
        "font.family": "DejaVu Sans",
        "font.size": 10,
        "axes.titlesize": 10,
        "axes.labelsize": 9.5,
        "xtick.labelsize": 9.5,
        "ytick.labelsize": 9.5,
        "legend.fontsize": 9.5,
        "figure.titlesize": 10,
        "text.color": TEXT_COLOUR,
        "axes.labelcolor": TEXT_COLOUR,
        "xtick.labelcolor": TEXT_COLOUR,
        "ytick.labelcolor": TEXT_COLOUR,
        "axes.edgecolor": RULE_COLOUR,
        "xtick.color": RULE_COLOUR,
        "ytick.color": RULE_COLOUR,
        "grid.color": "#DADADA",
        "lines.linewidth": 1.8,
        "figure.facecolor": "white",
        "figure.dpi": 96,
        "figure.constrained_layout.use": True,
        "svg.fonttype": "path",
        "svg.hashsalt": "shp-analysis",
    }
)
_BEFORE_SVG = re.compile(r"\A.*?(?=<svg\b)", re.DOTALL)


def figure_size(name: FigureSize) -> tuple[float, float]:
    """Give the width and height in inches of a named size, as matplotlib's `figsize` takes them."""
    if name not in FIGURE_SIZES_MM:
        allowed = ", ".join(FIGURE_SIZES_MM)
        raise RequestError(
            f"'{name}' is not a figure size. Allowed: {allowed}. {suggest(name, FIGURE_SIZES_MM)}".strip()
        )
    width, height = FIGURE_SIZES_MM[name]
    return width / _MM_PER_INCH, height / _MM_PER_INCH


@contextmanager
def use_house_style() -> Iterator[None]:
    """Draw in the house style inside a `with` block, and leave matplotlib as it was afterwards.

    The government Analysis Function's style sheet, at the size of a printed page: type of 9.5 to 10 points,
    outlines instead of fonts in SVG, and identifiers that are the same in every run.
    """
    with matplotlib.style.context(["afcharts.afcharts", dict(_HOUSE_STYLE)]):
        yield


def save_svg(figure: Figure) -> str:
    """Write a figure as SVG text that is the same, byte for byte, each time it is drawn.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A finished figure, no wider than the page.

    Returns
    -------
    str
        One `<svg>` element: no XML declaration, no document type, no date, no version.

    Raises
    ------
    BriefingError
        The figure is wider than the page or holds text smaller than 9 points (12 pixels), so that somebody
        would not be able to read it.
    """
    _check_legible(figure)
    stream = io.StringIO()
    with use_house_style():
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return _BEFORE_SVG.sub("", stream.getvalue())


def _check_legible(figure: Figure) -> None:
    width_mm = figure.get_size_inches()[0] * _MM_PER_INCH
    if width_mm > PAGE_WIDTH_MM + 0.5:
        raise BriefingError(
            f"The figure is {width_mm:.0f} mm wide and the page has {PAGE_WIDTH_MM} mm; type would shrink. "
            "Draw it with figsize=figure_size('standard')."
        )
    for text in figure.findobj(Text):
        _check_type_size(text)


def _check_type_size(text: Text) -> None:
    words = text.get_text().strip()
    points = float(text.get_fontsize())
    if words and text.get_visible() and points < SMALLEST_FONT_POINTS:
        raise BriefingError(
            f"'{words}' in the figure is {points:g} points. At least {SMALLEST_FONT_POINTS} points "
            "(12 pixels) is needed on paper. Leave the font size to use_house_style(), or say less."
        )
