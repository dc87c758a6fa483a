"""Lists of names, and percentages in words."""

from __future__ import annotations

import re
from collections.abc import Sequence


def capitalise(text: str) -> str:
    """Begin a clause as a sentence begins, and leave its other letters as they are."""
    return f"{text[:1].upper()}{text[1:]}"


def list_names(names: Sequence[str]) -> str:
    """Join names as prose does.

    Examples
    --------
    >>> list_names(["alcohol", "drugs", "both"])
    'alcohol, drugs and both'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def write_out_percents(text: str) -> str:
    """Write out the percentages of somebody else's words, such as a caveat of the catalogue.

    Examples
    --------
    >>> write_out_percents("About 40% of crimes are never reported.")
    'About 40 in a hundred of crimes are never reported.'
    """
    return re.sub(r"(\d)%", r"\1 in a hundred", text)
