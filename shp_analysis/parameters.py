"""What one run is asked for: the quarter, the place, the day it is written, the edition and the themes.

A run's settings come from `parameters/<period>/run.yaml` where there is one, and from the command line, which wins.
They are validated before anything starts, because papermill by itself lets a misspelt parameter pass with a warning.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from shp_analysis.areas import HALTON
from shp_analysis.configuration import PROJECT_FOLDER, Settings, read_yaml
from shp_analysis.errors import RequestError
from shp_analysis.periods import Period

PARAMETERS_FOLDER = PROJECT_FOLDER / "parameters"
LATEST = "latest"
"""Stands for the newest whole quarter received."""
RESULTS_NAME = "results.csv"
"""The file that holds every number of a pack."""


class Edition(StrEnum):
    """Whom a pack is for."""

    PARTNERSHIP = "partnership"
    PUBLIC = "public"


class Theme(StrEnum):
    """What a briefing is about; indicators name it in the catalogue."""

    CRIME_AND_ASB = "crime_and_asb"
    SUBSTANCE_MISUSE = "substance_misuse"
    DOMESTIC_ABUSE = "domestic_abuse"
    ROAD_CASUALTIES = "road_casualties"

    @property
    def notebook(self) -> str:
        """The name of the theme's notebook, without its folder or ending."""
        return _NOTEBOOKS[self]


_NOTEBOOKS = {
    Theme.CRIME_AND_ASB: "01_crime_and_asb",
    Theme.SUBSTANCE_MISUSE: "02_substance_misuse",
    Theme.DOMESTIC_ABUSE: "03_domestic_abuse",
    Theme.ROAD_CASUALTIES: "04_road_casualties",
}


def _refuse_number(value: object) -> object:
    # A date without its dashes is a number to YAML, and would be taken for seconds since 1970.
    if isinstance(value, int | float):
        raise ValueError("write the day as year-month-day, like 2025-05-15")  # noqa: TRY004 - pydantic wants it so
    return value


class RunSettings(Settings):
    """One run's settings, as `run.yaml` may write them.

    Attributes
    ----------
    area : str
        Code or name.
    as_of : date, optional
        The day the paper is written: files received later are not used. The day of the run where it is left out.
    edition : Edition
    themes : tuple of Theme
    jobs : int
        How many notebooks run at once.
    """

    area: str = HALTON
    as_of: Annotated[date | None, BeforeValidator(_refuse_number)] = None
    edition: Edition = Edition.PARTNERSHIP
    themes: Annotated[tuple[Theme, ...], Field(min_length=1)] = tuple(Theme)
    jobs: Annotated[int, Field(ge=1, le=16, strict=True)] = 2


def read_day(text: str | None) -> date | None:
    """Read an ISO date that somebody typed; nothing gives nothing.

    Raises
    ------
    RequestError
        Where it is not one.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"'{text}' is not a date: write it as year-month-day, like 2025-05-15."
        raise RequestError(message) from error


def today() -> date:
    """Give the day it is where this machine stands."""
    return datetime.now(tz=UTC).astimezone().date()


def read_run_settings(period: Period, folder: Path = PARAMETERS_FOLDER) -> RunSettings:
    """Read a quarter's `run.yaml`, or give the defaults where the quarter has none.

    Parameters
    ----------
    period : Period
    folder : Path
        Holds one folder per quarter, named like `2024-25-Q4`.

    Returns
    -------
    RunSettings

    Raises
    ------
    ParametersError
        Where the file says something it may not.
    """
    path = folder / period.slug / "run.yaml"
    return read_yaml(path, RunSettings) if path.exists() else RunSettings()
