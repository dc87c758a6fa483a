"""Reading a publisher's code lists and labels, which are small CSV files under `shp_analysis/reference/<source>/`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def read_code_table(source: str, name: str) -> tuple[Mapping[str, str], ...]:
    """Read one code list.

    Parameters
    ----------
    source : str
        The publisher's folder under `reference`, such as `"safelives"`.
    name : str
        The file's name, such as `"areas.csv"`.

    Returns
    -------
    tuple of mapping of str to str
        Its rows in order, each by column name; an empty cell is empty text.
    """
    text = (files("shp_analysis.reference") / source / name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
