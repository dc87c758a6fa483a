"""Small stores of partners' returns, and what a public edition tells of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from partner_return_files import Row, make_row, write_return

from shp_analysis.config.parameters import Theme
from shp_analysis.papers.run import Run, open_run
from shp_analysis.store.intake import ingest

QUARTERS = ("2023-24 Q3", "2023-24 Q4", "2024-25 Q1", "2024-25 Q2", "2024-25 Q3")
MONTHS = ("2023-10", "2023-11", "2023-12", "2024-10", "2024-11", "2024-12")
POLICE = {"organisation": "Cheshire Constabulary"}
Counts = Mapping[str, Sequence[str] | str]
"""By measure, or measure and category, what was returned in each of the periods: all the same, or each its own."""


def make_rows(counts: Counts, periods: Sequence[str] = QUARTERS, **cells: str) -> list[Row]:
    """Write what was returned, such as `{"hate_crimes": "40", "hate_crimes/strand/race": ["20", ...]}`."""
    rows = []
    for name, values in counts.items():
        measure, breakdown, category = name.split("/") if "/" in name else (name, "total", "all")
        every = [values] * len(periods) if isinstance(values, str) else values
        for period, value in zip(periods, every, strict=True):
            number, _, whole = value.partition(" of ")
            where = {"breakdown": breakdown, "category": category, "period": period, "of": whole}
            rows.append(make_row(measure, number, **where | cells))
    return rows


def open_returns(folder: Path, rows: Sequence[Row], theme: Theme = Theme.CRIME_AND_ASB) -> Run:
    """Take a return in through the real door and open a public paper on the newest of its quarters."""
    ingest(write_return(folder, rows), folder=folder / "data", received_on=date(2025, 2, 1))
    return open_paper(folder, theme=theme)


def open_paper(
    folder: Path,
    *,
    theme: Theme = Theme.CRIME_AND_ASB,
    area: str = "Halton",
    edition: str = "public",
) -> Run:
    """Open a paper on what was taken in."""
    return open_run(
        period=QUARTERS[-1],
        area=area,
        theme=theme,
        edition=edition,
        as_of="2025-03-01",
        data_folder=str(folder / "data"),
        simulated=False,
    )


def list_withheld(run: Run) -> set[str]:
    """Give the ids of what was withheld."""
    return {each.indicator.id for each in run.assessments if each.is_suppressed}
