"""How a part becomes HTML: one Jinja environment in which everything is escaped.

Partners' comments and file names are printed as they came, so they are treated as hostile: every value
is escaped, and characters that a page must not hold (controls, text-direction overrides, halves of
surrogate pairs) are replaced, because they can hide or reorder what a reader sees.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import quote, unquote

import jinja2
from markupsafe import Markup
from pydantic import PlainSerializer, PlainValidator, SerializationInfo, TypeAdapter, ValidationError, ValidationInfo

from shp_analysis.errors import BriefingError
from shp_analysis.reference.period_spellings import write_day

PART_TYPE = "application/vnd.shp.part+json"
"""The media type under which a part gives its values, beside its HTML and its text."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_RUN_AGAIN = "Run the notebook again."
_SAFE_IN_DATA_URI = " !$()*+,-./:;=?@_~"


def clean_text(text: str) -> str:
    """Replace the characters that can hide or reorder text by the replacement character."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def picture_uri(picture: str | bytes) -> str:
    """Put a picture into a `data:` URI: SVG as text, PNG as base64."""
    if isinstance(picture, bytes):
        return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"
    return f"data:image/svg+xml,{quote(clean_text(picture), safe=_SAFE_IN_DATA_URI)}"


def _refer_to_picture(picture: str | bytes | None, info: SerializationInfo) -> dict[str, Any] | None:
    if picture is None:
        return None
    html, uri = str((info.context or {})["html"]), picture_uri(picture)
    start = html.index(uri)
    return {"start": start, "end": start + len(uri), "sha256": hashlib.sha256(uri.encode()).hexdigest()}


def _find_picture(reference: Mapping[str, Any] | None, info: ValidationInfo) -> str | bytes | None:
    if reference is None:
        return None
    html = str((info.context or {})["html"])
    uri = html[reference["start"] : reference["end"]]
    if hashlib.sha256(uri.encode()).hexdigest() != reference["sha256"]:
        raise ValueError("the picture is not the one that was drawn")
    head, _, body = uri.partition(",")
    return base64.b64decode(body) if head.endswith(";base64") else unquote(body)


Picture = Annotated[str | bytes, PlainSerializer(_refer_to_picture), PlainValidator(_find_picture)]
"""SVG text or PNG. A part's JSON says where in the part's HTML it stands, so that a notebook holds it once."""


def _finalise(value: object) -> object:
    if isinstance(value, Markup):
        return Markup(clean_text(value))  # noqa: S704  # it was markup before, and only characters were replaced
    return clean_text(value) if isinstance(value, str) else value


@cache
def page_environment() -> jinja2.Environment:
    """Give the environment in which parts are rendered: escaping on, and an unknown name is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("shp_analysis.page", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalise,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(date_in_words=write_day, picture_uri=picture_uri)
    return environment


@cache
def read_parts_stylesheet() -> str:
    """Read the style sheet of the parts, which the page and JupyterLab share."""
    environment = page_environment()
    return environment.get_template("briefing/parts.css").render()


class Part(ABC):
    """One piece of a briefing: shown by JupyterLab as it is, and collected by the exporter into the page.

    Attributes
    ----------
    kind : str
        Names it in its JSON; its template has the same name.
    """

    kind: ClassVar[str]

    def to_html(self, **page: object) -> str:
        """Render the part as an HTML fragment, without a style sheet.

        Parameters
        ----------
        **page : object
            What only a page knows: which of the words stand on paper. JupyterLab shows all.
        """
        return page_environment().get_template(f"parts/{self.kind}.html.j2").render(part=self, page=page).strip()

    def to_json(self, html: str) -> dict[str, Any]:
        """Give the part's values as JSON.

        Parameters
        ----------
        html : str
            What stands beside it: pictures are named by their places there.
        """
        values = _adapter(type(self)).dump_python(self, mode="json", context={"html": html})
        return {"kind": self.kind, **{name: _clean_strings(value) for name, value in values.items()}}

    @classmethod
    def from_json(cls, values: Mapping[str, Any], html: str) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        BriefingError
            Something in it is missing, more than there should be, or of another type; or the words may not be printed.
        """
        own = {name: value for name, value in values.items() if name != "kind"}
        try:
            part: Self = _adapter(cls).validate_json(json.dumps(own), strict=True, context={"html": html})
        except (ValidationError, KeyError, TypeError) as error:
            raise BriefingError(f"The JSON of a part ({cls.kind}) cannot be read: {error}. {_RUN_AGAIN}") from error
        if part.to_json(html) != values:
            raise BriefingError(f"The JSON of a part ({cls.kind}) holds more than such a part has. {_RUN_AGAIN}")
        return part

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        # JupyterLab has no page style sheet, so each part brings it.
        html = f"<style>{read_parts_stylesheet()}</style>\n{self.to_html()}"
        return {"text/plain": str(self), "text/html": html, PART_TYPE: self.to_json(html)}

    @abstractmethod
    def __str__(self) -> str: ...

    def __repr__(self) -> str:
        return str(self)


@cache
def _adapter(part: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(part)


def _clean_strings(value: object) -> object:
    """Replace in JSON the characters that are replaced in HTML."""
    if isinstance(value, dict):
        return {key: _clean_strings(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_clean_strings(each) for each in value]
    return clean_text(value) if isinstance(value, str) else value
