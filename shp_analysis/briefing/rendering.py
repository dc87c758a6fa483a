"""How a part becomes HTML: one Jinja environment in which everything is escaped.

Partners' comments and file names are printed as they came, so they are treated as hostile: every value
is escaped, and characters that a page must not hold (controls, text-direction overrides, halves of
surrogate pairs) are replaced, because they can hide or reorder what a reader sees.
"""

from __future__ import annotations

import base64
import calendar
import re
from abc import ABC, abstractmethod
from datetime import date
from functools import cache
from typing import ClassVar
from urllib.parse import quote

import jinja2
from markupsafe import Markup

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SAFE_IN_DATA_URI = " !$()*+,-./:;=?@_~"


def clean_text(text: str) -> str:
    """Replace the characters that can hide or reorder text by the replacement character."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def write_date(day: date) -> str:
    """Write a date in words, in English on every machine: `15 February 2025`."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def picture_uri(picture: str | bytes) -> str:
    """Put a picture into a `data:` URI: SVG as text, PNG as base64."""
    if isinstance(picture, bytes):
        return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"
    return f"data:image/svg+xml,{quote(clean_text(picture), safe=_SAFE_IN_DATA_URI)}"


def _finalise(value: object) -> object:
    if isinstance(value, Markup):
        return Markup(clean_text(value))  # noqa: S704  # it was markup before, and only characters were replaced
    return clean_text(value) if isinstance(value, str) else value


@cache
def page_environment() -> jinja2.Environment:
    """Give the environment in which parts are rendered: escaping on, and an unknown name is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("shp_analysis.briefing", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalise,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(date_in_words=write_date, picture_uri=picture_uri)
    return environment


@cache
def read_parts_stylesheet() -> str:
    """Read the style sheet of the parts, which the page and JupyterLab share."""
    environment = page_environment()
    return environment.get_template("briefing/parts.css").render()


class Part(ABC):
    """One piece of a briefing: shown by JupyterLab as it is, and collected by the exporter into the page."""

    template: ClassVar[str]

    def to_html(self) -> str:
        """Render the part as an HTML fragment for the page, without a style sheet."""
        return page_environment().get_template(f"parts/{self.template}").render(part=self).strip()

    def _repr_html_(self) -> str:
        # JupyterLab has no page style sheet, so each part brings it; the exporter takes it out again.
        return f"<style>{read_parts_stylesheet()}</style>\n{self.to_html()}"

    @abstractmethod
    def __str__(self) -> str: ...

    def __repr__(self) -> str:
        return str(self)
