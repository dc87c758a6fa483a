"""The events of the register under a chart: a bar over their days, a letter, and the letters' names in words.

A chart marks what may matter to the comparison it shows, and no more than a reader takes in: the confirmed events of
its period and of the same one a year before. All events of the days shown stand in the table behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from string import ascii_lowercase
from typing import TYPE_CHECKING

from shp_analysis.assessments import Assessment
from shp_analysis.catalogue import EventWindow, list_windows, read_events
from shp_analysis.charts.drawing import ON_WHITE, number_of
from shp_analysis.periods import Period
from shp_analysis.style import MUTED_COLOUR, TEXT_COLOUR
from shp_analysis.workbook import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROOM = 0.2
"""The share of a chart's height, under its lowest point, that bars and letters take."""
_BAR, _BAR_DAYS = 0.035, 5
"""Height of a bar as a share of the chart's; a single day is drawn this wide, so that it is seen at all."""
MOST_EVENTS = 4
"""More events than these are not marked; the latest are."""
_LETTER_SHARE = {True: 0.02, False: 0.045}
"""The width of a letter as a share of the axis, on a wide and on a narrow chart."""


@dataclass(frozen=True)
class MarkedEvent:
    """An event in a chart's days.

    Attributes
    ----------
    letter : str
        The same for every year of an event that comes every year.
    name : str
    windows : tuple of EventWindow
    """

    letter: str
    name: str
    windows: tuple[EventWindow, ...]


def list_marked_events(run: Run, assessment: Assessment, *periods: Period) -> tuple[MarkedEvent, ...]:
    """List the confirmed events that touch an indicator in some periods, lettered in order of their first day.

    Parameters
    ----------
    run : Run
    assessment : Assessment
    *periods : Period
        The period under comparison and the same one a year before.

    Returns
    -------
    tuple of MarkedEvent
        At most `MOST_EVENTS`, the latest; one whose date no source confirms is not among them.
    """
    events = [each for each in read_events(catalogue=run.catalogue) if each.is_confirmed]
    windows = [
        window
        for period in sorted(periods, key=lambda each: each.start)
        for window in list_windows(events, assessment.indicator.id, assessment.area, period.start, period.end)
    ]
    named = _name_windows(windows)
    chosen = sorted(named, key=lambda name: max(each.first_day for each in named[name]))[-MOST_EVENTS:]
    in_order = [name for name in named if name in chosen]
    return tuple(
        MarkedEvent(letter, name, tuple(named[name])) for letter, name in zip(ascii_lowercase, in_order, strict=False)
    )


def _name_windows(windows: Sequence[EventWindow]) -> dict[str, list[EventWindow]]:
    named: dict[str, list[EventWindow]] = {}
    for each in windows:
        named.setdefault(each.label, []).append(each)
    return named


def list_names_of_events(run: Run, assessment: Assessment, first_day: date, last_day: date) -> list[str]:
    """Name every dated event that touches an indicator in some days, each with its first days, for a table's note."""
    events = read_events(catalogue=run.catalogue)
    named = _name_windows(list_windows(events, assessment.indicator.id, assessment.area, first_day, last_day))
    return [
        f"{name} ({', '.join(dict.fromkeys(f'{each.first_day:%B %Y}' for each in windows))})"
        for name, windows in named.items()
    ]


def mark_events(axes: Axes, events: Sequence[MarkedEvent], *, is_wide: bool) -> None:
    """Draw a bar over each event's days at the foot of a chart, and its letter above.

    Parameters
    ----------
    axes : Axes
        With its limits set, and nothing drawn in the lowest `ROOM` of it.
    events : sequence of MarkedEvent
    is_wide : bool
    """
    left, right = axes.get_xlim()
    placed = []
    for each in events:
        for window in each.windows:
            start = max(number_of(window.first_day), left)
            end = min(max(number_of(window.last_day) + 1, start + _BAR_DAYS), right)
            axes.axvspan(start, end, ymin=0, ymax=_BAR, color=MUTED_COLOUR, linewidth=0, zorder=2)
            placed.append(((start + end) / 2, each.letter))
    width = _LETTER_SHARE[is_wide] * (right - left)
    for place, letter in spread_letters(sorted(placed), width, right - width / 2):
        axes.annotate(
            letter,
            (place, _BAR),
            xycoords=("data", "axes fraction"),
            xytext=(0, 1),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9.5,
            color=TEXT_COLOUR,
            **ON_WHITE,
        )


def spread_letters(placed: Sequence[tuple[float, str]], width: float, last: float) -> list[tuple[float, str]]:
    """Move letters that would stand in one another to the right, and none past the chart's end.

    Parameters
    ----------
    placed : sequence of (place, letter)
        In order.
    width : float
        Of a letter.
    last : float
        The last place for a letter's middle.

    Returns
    -------
    list of (place, letter)
    """
    places: list[float] = []
    for place, _ in placed:
        places.append(max(place, places[-1] + width) if places else place)
    limit = last
    for number in range(len(places) - 1, -1, -1):
        places[number] = min(places[number], limit)
        limit = places[number] - width
    return [(place, letter) for place, (_, letter) in zip(places, placed, strict=True)]


def name_events(events: Sequence[MarkedEvent]) -> str:
    """Name the letters; nothing where no event is marked."""
    if not events:
        return ""
    return f"Events, which explain nothing: {'; '.join(f'{each.letter}, {_shorten(each.name)}' for each in events)}."


def _shorten(name: str) -> str:
    """Leave out what stands in brackets."""
    return re.sub(r" \([^)]*\)", "", name)
