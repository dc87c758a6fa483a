"""Partners' returns written row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import open_delivery
from shp_analysis.readers.partner_returns import READER, read_file
from shp_analysis.readers.partner_returns_workbook import COLUMNS

Row = dict[str, str]


def make_row(measure: str, value: str, **cells: str) -> Row:
    """Make one row of Halton's MARAC in October to December 2024, all of it filled in; cells may be changed."""
    return {
        "measure": measure,
        "period": "2024-25 Q3",
        "as_at": "",
        "area": "Halton",
        "breakdown": "total",
        "category": "all",
        "value": value,
        "of": "",
        "organisation": "Halton MARAC",
        "contact_role": "Coordinator",
        "completeness": "complete",
        "note": "",
    } | cells


def make_stock(measure: str, value: str, **cells: str) -> Row:
    """Make one row of Halton's IDVA service on 31 December 2024."""
    return make_row(measure, value, **{"organisation": "Halton IDVA service", "as_at": "2024-12-31"} | cells)


def write_return(folder: Path, rows: Sequence[Row], name: str = "marac-2024-25-Q3.csv") -> Path:
    """Write a return as CSV."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]) if rows else COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path = folder / name
    path.write_bytes(file.getvalue().encode())
    return path


def read_returns(path: Path) -> pd.DataFrame:
    """Read the stocks and flows of a delivery into one frame, in the order of its rows."""
    with open_delivery(path) as members:
        frames = [read_file(file.member)[0] for file in READER.find_files(members)]
    if not frames:
        raise SourceError(f"{path}: holds no return. Check the path.")
    return pd.concat(frames, ignore_index=True)
