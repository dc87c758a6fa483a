"""What one run is asked for: the quarter, the place, the day it is written, the edition and the papers.

A run's settings come from `parameters/<period>/run.yaml` where there is one, and from the command line, which wins.
They are validated before anything starts, because papermill by itself lets a misspelt parameter pass with a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from shp_analysis.config.reading import PROJECT_FOLDER, Settings, read_yaml
from shp_analysis.errors import ParametersError, RequestError, suggest
from shp_analysis.reference.periods import Period

PARAMETERS_FOLDER = PROJECT_FOLDER / "parameters"
LATEST = "latest"
"""Stands for the newest whole quarter received."""
EDITIONS_NAME, PARTNERSHIP_NAME = "editions.yaml", "partnership.yaml"
MOST_CHARACTERS_OF_DECISION = 200
"""A decision is one sentence, or the summary would not fit on its side of paper."""
NOTEBOOK_MINUTES = 15.0
"""The longest that a notebook may take where nothing else is asked for."""
RESULTS_NAME = "results.csv"
"""The file that holds every number of a pack."""
UNREAD_NAME = "unread.txt"
"""One line for each indicator of a paper whose figures could not be read."""


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


class Paper(StrEnum):
    """One document of a pack: a theme's briefing, or one that looks across all of them."""

    BOARD_SUMMARY = "board_summary"
    CRIME_AND_ASB = "crime_and_asb"
    SUBSTANCE_MISUSE = "substance_misuse"
    DOMESTIC_ABUSE = "domestic_abuse"
    ROAD_CASUALTIES = "road_casualties"
    ANNUAL_ASSESSMENT = "annual_assessment"
    CHANGES_SINCE_LAST_MEETING = "changes_since_last_meeting"

    @property
    def notebook(self) -> str:
        """The name of the paper's notebook, without its folder or ending."""
        return _NOTEBOOKS[self]

    @property
    def theme(self) -> Theme | None:
        """The theme it is about; None for a paper across all of them."""
        return Theme(self.value) if self.value in set(Theme) else None


_NOTEBOOKS: dict[str, str] = {
    Paper.BOARD_SUMMARY: "00_board_summary",
    Paper.ANNUAL_ASSESSMENT: "10_annual_assessment",
    Paper.CHANGES_SINCE_LAST_MEETING: "20_changes_since_last_meeting",
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


class Readiness(Settings):
    """When enough is held of a period to make an edition.

    Attributes
    ----------
    at_least : int
        How many of the lead indicators must be held; with 0 the edition is made whatever is held.
    lead_indicators : tuple of str
        Which they are; those of the priorities that the papers are about where left out.
    """

    at_least: Annotated[int, Field(ge=0, strict=True)] = 1
    lead_indicators: tuple[str, ...] = ()


class EditionSettings(Settings):
    """What one edition is.

    Attributes
    ----------
    title : str
        As the masthead prints it.
    status : str
        As the masthead prints it: DRAFT, PARTNER PREVIEW, BOARD, SCRUTINY or PUBLIC.
    audience : str
        Who reads it, in words.
    papers : tuple of Paper
        What it holds where nobody asks for less.
    area : str, optional
        The only area it is about; any where left out.
    withholds_small_numbers : bool
        Whether counts of few persons are withheld, because the paper is published or its readers may pass it on.
    prints_narrative : bool
        False for what partners get before they comment: figures, and no word on them.
    needs_comments : bool
        Whether it waits for the day by which partners were asked to comment, and says who did not.
    comment_days : int, optional
        Partners are asked to comment within so many days of the period's end, where `run.yaml` names no day.
    meetings : mapping of int to int
        For a body with a fixed rhythm: in each month it meets, the quarter of the financial year that it hears of.
    readiness : Readiness
        When enough is held of a period; one lead indicator where left out.
    """

    title: str
    status: str
    audience: str
    papers: tuple[Paper, ...] = ()
    area: str | None = None
    withholds_small_numbers: bool = False
    prints_narrative: bool = True
    needs_comments: bool = False
    comment_days: Annotated[int, Field(ge=0, le=366, strict=True)] | None = None
    meetings: Mapping[int, int] = Field(default_factory=dict)
    readiness: Readiness = Readiness()

    @model_validator(mode="after")
    def _check_papers(self) -> EditionSettings:
        if bool(self.papers) != self.prints_narrative:
            raise ValueError("an edition with narrative has `papers`, and one without has none")
        return self


EditionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
"""It names a folder of packs."""


class _EditionsFile(Settings):
    editions: Annotated[Mapping[EditionName, EditionSettings], Field(min_length=1)]


@cache
def read_editions(folder: Path = PARAMETERS_FOLDER) -> Mapping[str, EditionSettings]:
    """Read what each edition holds, for whom, and whether small numbers are withheld.

    Parameters
    ----------
    folder : Path
        Holds `editions.yaml`.

    Raises
    ------
    ParametersError
        Where the file says something it may not, or holds no edition.
    """
    return read_yaml(find_parameters_file(EDITIONS_NAME, folder), _EditionsFile).editions


def find_parameters_file(name: str, folder: Path) -> Path:
    """Find a file of parameters in a folder, or the project's own where the folder has none of this name."""
    return path if (path := folder / name).exists() else PARAMETERS_FOLDER / name


def find_edition(name: str, folder: Path = PARAMETERS_FOLDER) -> EditionSettings:
    """Find an edition by its name.

    Raises
    ------
    RequestError
        Where there is none of this name.
    """
    editions = read_editions(folder)
    if name not in editions:
        raise RequestError(
            f"There is no edition '{name}'; there are {', '.join(editions)}. {suggest(name, editions)}".strip()
        )
    return editions[name]


class Partnership(Settings):
    """Whose workbook this is.

    Attributes
    ----------
    area : str
        Code of the area that papers are about where none is asked for.
    towns : tuple of str
        Codes of places within it that papers set beside one another.
    """

    area: str
    towns: tuple[str, ...] = ()


@cache
def read_partnership(folder: Path = PARAMETERS_FOLDER) -> Partnership:
    """Read whose workbook this is.

    Raises
    ------
    ParametersError
        Where the file says something it may not.
    """
    return read_yaml(find_parameters_file(PARTNERSHIP_NAME, folder), Partnership)


class RunSettings(Settings):
    """One run's settings, as `run.yaml` may write them.

    Attributes
    ----------
    area : str, optional
        Code or name; the partnership's own where left out.
    as_of : date, optional
        The day the paper is written: files received later are not used. The day of the run where it is left out.
    edition : str
    papers : tuple of Paper, optional
        The edition's own where left out.
    jobs : int
        How many notebooks run at once.
    notebook_minutes : float
        The longest that a notebook may take.
    comments_by : date, optional
        The day by which partners were asked to comment, where it is not the edition's own rule.
    last_meeting : date, optional
        Answers given to the board before it are not told again.
    decisions : tuple of str
        What the board is asked to decide, in the words of whoever asks.
    """

    area: str | None = None
    as_of: Annotated[date | None, BeforeValidator(_refuse_number)] = None
    edition: EditionName = "partnership"
    papers: Annotated[tuple[Paper, ...], Field(min_length=1)] | None = None
    jobs: Annotated[int, Field(ge=1, le=16, strict=True)] = 2
    notebook_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = NOTEBOOK_MINUTES
    comments_by: Annotated[date | None, BeforeValidator(_refuse_number)] = None
    last_meeting: Annotated[date | None, BeforeValidator(_refuse_number)] = None
    decisions: tuple[Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS_OF_DECISION)], ...] = ()

    def for_edition(self, audience: EditionSettings, period: Period) -> RunSettings:
        """Give the settings with the day for comments that an edition asks for by rule, where `run.yaml` names none."""
        if self.comments_by is not None or audience.comment_days is None:
            return self
        return self.model_copy(update={"comments_by": period.end + timedelta(days=audience.comment_days)})


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
    if not (path.exists() or path.is_symlink()):
        return RunSettings()
    settings = read_yaml(path, RunSettings)
    try:
        find_edition(settings.edition, folder)
    except RequestError as error:
        raise ParametersError(f"{path}: edition: {error}") from error
    return settings
