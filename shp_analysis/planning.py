"""Planning a run: everything that was asked for is validated here, before a notebook or a kernel starts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from shp_analysis.areas import Area, read_area
from shp_analysis.configuration import PROJECT_FOLDER, validate
from shp_analysis.errors import RequestError
from shp_analysis.packs import Readers, Shelf
from shp_analysis.parameters import (
    LATEST,
    NOTEBOOK_MINUTES,
    Edition,
    EditionSettings,
    Paper,
    RunSettings,
    Theme,
    read_day,
    read_editions,
    read_run_settings,
    today,
)
from shp_analysis.periods import Period, Quarter, parse_period
from shp_analysis.store import Store, data_folder, open_store

OUTPUTS_FOLDER = PROJECT_FOLDER / "outputs"


@dataclass(frozen=True)
class Plan:
    """One pack to be made; everything in it was validated.

    Attributes
    ----------
    period : Period
    area : Area
    as_of : date
    edition : Edition
    papers : tuple of Paper
        None for an edition without narrative.
    store : Store
    data_folder : Path
    outputs_folder : Path
    jobs : int
        How many notebooks run at once.
    comments_by : date, optional
        The day by which partners were asked to comment.
    notebook_minutes : float
        The longest that a notebook may take.
    as_of_is_given : bool
        Whether the day was asked for; else it is the day of the run.
    """

    period: Period
    area: Area
    as_of: date
    edition: Edition
    papers: tuple[Paper, ...]
    store: Store
    data_folder: Path
    outputs_folder: Path
    jobs: int = 2
    comments_by: date | None = None
    notebook_minutes: float = NOTEBOOK_MINUTES
    as_of_is_given: bool = True

    @property
    def audience(self) -> EditionSettings:
        """What the edition is."""
        return read_editions()[self.edition]

    @property
    def place(self) -> Path:
        """Where the pack lies below a folder of packs; simulated packs lie apart from real ones."""
        room = Path("simulated") if self.store.is_simulated else Path()
        return room / self.area.code / self.period.slug / self.edition.value

    @property
    def shelf(self) -> Shelf:
        """Where the pack is published: apart from the others, if anybody may read it."""
        readers = Readers.PUBLIC if self.audience.withholds_small_numbers else Readers.INTERNAL
        return Shelf(self.outputs_folder, self.place, readers)

    @property
    def is_part(self) -> bool:
        """Whether only some of the edition's papers are asked for."""
        return not set(self.audience.papers) <= set(self.papers)

    @property
    def shelf_apart(self) -> Shelf:
        """Where some papers of an edition are published that do not go together with the published pack."""
        name = "-".join((self.edition.value, *self.papers))
        return replace(self.shelf, place=self.place.with_name(name))

    def parameters(self) -> dict[str, Any]:
        """Give the parameters that every notebook of the pack is run with."""
        return {
            # The slug and not the label: "2025-03" alone would be read as a month, "2024-25" as two kinds of year.
            "period": self.period.slug,
            "area": self.area.code,
            "as_of": self.as_of.isoformat(),
            "edition": self.edition.value,
            "data_folder": str(self.data_folder.resolve()),
            "simulated": self.store.is_simulated,
        }


def plan_run(
    period: str,
    *,
    area: str | None = None,
    as_of: str | None = None,
    edition: str | None = None,
    themes: Sequence[str] | None = None,
    papers: Sequence[str] | None = None,
    jobs: int | None = None,
    notebook_minutes: float | None = None,
    simulated: bool | None = None,
    outputs: Path = OUTPUTS_FOLDER,
) -> Plan:
    """Turn what was asked for, and the quarter's `run.yaml`, into a plan.

    Parameters
    ----------
    period : str
        As people write it, or `latest` for the newest whole quarter received.
    area, as_of, edition, jobs, notebook_minutes : optional
        Win over `run.yaml`.
    themes, papers : sequence of str, optional
        Only these papers; the edition's, or those that `run.yaml` names, where both are left out.
    simulated : bool, optional
        Which room of the store; the real files if there are any where left out.
    outputs : Path

    Returns
    -------
    Plan

    Raises
    ------
    RequestError
        Where something asked for does not exist.
    StoreError
        Where the store is empty.
    """
    # What was asked for is looked at before the store: a slip in it is told as a slip, whatever has been received.
    window = None if period == LATEST else parse_period(period)
    if area:
        read_area(area)
    store = open_store(simulated=simulated)
    store.require_files()
    _refuse_unknown("theme", themes, Theme)
    _refuse_unknown("paper", papers, Paper)
    only = frozenset(map(Paper, (*(themes or ()), *(papers or ()))))
    asked = {
        "area": area,
        "as_of": read_day(as_of),
        "edition": edition,
        "jobs": jobs,
        "notebook_minutes": notebook_minutes,
    }
    chosen = {key: value for key, value in asked.items() if value is not None}
    window = window or _find_latest(area, as_of, simulated=store.is_simulated)
    settings = read_run_settings(window)
    settings = validate({**settings.model_dump(), **chosen}, RunSettings, label="What was asked for")
    as_of_day = settings.as_of or today()
    if as_of_day < window.end:
        told = f"{window.in_words} is not over on {as_of_day}, the day the paper is written"
        raise RequestError(f"{told}. Choose an earlier period or a later --as-of.")
    audience = read_editions()[settings.edition]
    settings = settings.for_edition(audience, window)
    check_edition(settings, audience, window, as_of_day)
    return Plan(
        period=window,
        area=_choose_area(area, settings, audience),
        as_of=as_of_day,
        edition=settings.edition,
        papers=_choose_papers(only, settings, audience),
        store=store,
        data_folder=data_folder(),
        outputs_folder=outputs,
        jobs=settings.jobs,
        comments_by=settings.comments_by,
        notebook_minutes=settings.notebook_minutes,
        as_of_is_given=settings.as_of is not None,
    )


def check_edition(settings: RunSettings, audience: EditionSettings, period: Period, as_of: date) -> None:
    """Refuse an edition that cannot be made yet, or not of this period.

    Raises
    ------
    RequestError
        Where the edition waits for comments and no day was set for them, or it is not over; or where the body hears of
        whole quarters and something else was asked for.
    """
    if (audience.needs_comments or not audience.prints_narrative) and settings.comments_by is None:
        told = f"The {settings.edition} edition names the day by which partners are asked to comment, and none is set"
        raise RequestError(f"{told}. Write comments_by into parameters/{period.slug}/run.yaml.")
    if audience.needs_comments and settings.comments_by is not None and as_of <= settings.comments_by:
        told = f"Comments are awaited until {settings.comments_by}, and the paper is written on {as_of}"
        raise RequestError(f"{told}. The {settings.edition} edition can be made from the day after.")
    if (audience.meetings or not audience.prints_narrative) and not isinstance(period, Quarter):
        raise RequestError(f"The {settings.edition} edition is about a quarter, and {period.in_words} is none.")


def _choose_area(asked: str | None, settings: RunSettings, audience: EditionSettings) -> Area:
    if audience.area is None:
        return read_area(settings.area)
    own = read_area(audience.area)
    if asked and read_area(asked) != own:
        raise RequestError(f"The {settings.edition} edition is about {own.name}. Leave --area out, or choose another.")
    return own


def _choose_papers(only: Collection[Paper], settings: RunSettings, audience: EditionSettings) -> tuple[Paper, ...]:
    """Give the papers asked for, or the edition's as far as the quarter's file wants them, in the order of the pack."""
    if not audience.prints_narrative:
        if only:
            told = f"The {settings.edition} edition holds figures and no paper"
            raise RequestError(f"{told}. Leave --theme and --paper out.")
        return ()
    wanted = only or set(audience.papers) & set(settings.papers or Paper)
    if not wanted:
        told = f"The {settings.edition} edition has none of the papers that run.yaml wants"
        raise RequestError(f"{told}. Name papers with --paper, or change the file.")
    return tuple(paper for paper in Paper if paper in wanted)


def _refuse_unknown(word: str, asked: Sequence[str] | None, known: type[StrEnum]) -> None:
    unknown = [each for each in asked or () if each not in set(known)]
    if unknown:
        raise RequestError(f"There is no {word} '{unknown[0]}'; the {word}s are {', '.join(known)}.")


def _find_latest(area: str | None, as_of: str | None, *, simulated: bool) -> Period:
    # Imported here because it brings the statistics along, which a named period does not need.
    from shp_analysis.workbook import open_records  # noqa: PLC0415

    return open_records(area=area, as_of=as_of, simulated=simulated).latest_whole_quarter()
