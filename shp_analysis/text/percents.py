"""Percentages that no two counts of ours stand behind."""

from __future__ import annotations

import re


def write_out_percents(text: str) -> str:
    """Write out the percentages of somebody else's words, such as a caveat of the catalogue.

    Examples
    --------
    >>> write_out_percents("About 40% of crimes are never reported.")
    'About 40 in a hundred of crimes are never reported.'
    """
    return re.sub(r"(\d)%", r"\1 in a hundred", text)
