"""The analyst's own assessment of a theme: signed, and bound to the figures that it was written for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from shp_analysis.errors import ParametersError
from shp_analysis.partners.returned_files import Day, PartnerRecord, read_records

ASSESSMENTS_NAME = "assessments.csv"
_HOW_TO_WRITE = (
    "write each figure as its indicator, its statistic as the run's results have it, an equals sign and its value, "
    "separated by semicolons: 'DA-03 count = 105; DA-03 twelve_months:change_count = 180'"
)


def _read_figures(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    pairs = [each.strip().rpartition("=") for each in cell.split(";") if each.strip()]
    try:
        figures = {" ".join(name.split()): float(value.replace(",", "")) for name, _, value in pairs}
    except ValueError as error:
        raise ValueError(_HOW_TO_WRITE) from error
    if any(len(name.split()) != len(("indicator", "statistic")) for name in figures):
        raise ValueError(_HOW_TO_WRITE)
    return figures


Figures = Annotated[Mapping[str, float], BeforeValidator(_read_figures), Field(min_length=1)]


class AnalystAssessment(PartnerRecord):
    """What an analyst makes of a theme's figures in a quarter.

    Attributes
    ----------
    theme : str
        Whose paper prints it.
    what, so_what, how_sure, what_else : str
        What happened, why it matters, how sure that is, and what else it could be.
    signed_by : str
        A role, not a private person.
    signed_on : date
    figures : mapping of str to float
        The figures that it was written for, as the run's results have them: "DA-03 count" is 105.
    """

    prose: ClassVar[frozenset[str]] = frozenset({"what", "so_what", "how_sure", "what_else", "figures"})
    theme: str
    what: Annotated[str, Field(min_length=1)]
    so_what: Annotated[str, Field(min_length=1)]
    how_sure: Annotated[str, Field(min_length=1)]
    what_else: Annotated[str, Field(min_length=1)]
    signed_by: Annotated[str, Field(min_length=1)]
    signed_on: Day
    figures: Figures


def read_assessments(path: Path) -> tuple[AnalystAssessment, ...]:
    """Read a quarter's `assessments.csv`: one row a theme. A missing file is no assessments.

    Raises
    ------
    ParametersError
        Naming file, row and column; also where a theme stands twice.
    SourceError
        Where a cell looks like somebody's particulars.
    """
    rows = read_records(path, AnalystAssessment)
    seen: set[tuple[str, bool]] = set()
    for number, row in rows:
        if (row.theme, row.is_simulated) in seen:
            raise ParametersError(f"{path}, row {number}: there is an assessment of {row.theme} already. Keep one row.")
        seen.add((row.theme, row.is_simulated))
    return tuple(row for _, row in rows)
