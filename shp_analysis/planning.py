"""Planning a run: everything that was asked for is validated here, before a notebook or a kernel starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shp_analysis.areas import Area, read_area
from shp_analysis.configuration import PROJECT_FOLDER, validate
from shp_analysis.errors import RequestError
from shp_analysis.parameters import LATEST, Edition, RunSettings, Theme, read_day, read_run_settings, today
from shp_analysis.periods import Period, parse_period
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
    themes : tuple of Theme
    store : Store
    data_folder : Path
    outputs_folder : Path
    jobs : int
        How many notebooks run at once.
    """

    period: Period
    area: Area
    as_of: date
    edition: Edition
    themes: tuple[Theme, ...]
    store: Store
    data_folder: Path
    outputs_folder: Path
    jobs: int = 2

    @property
    def pack_folder(self) -> Path:
        """Where the pack is published; simulated packs lie apart from real ones."""
        room = self.outputs_folder / "simulated" if self.store.is_simulated else self.outputs_folder
        return room / self.area.code / self.period.slug / self.edition.value

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
    jobs: int | None = None,
    simulated: bool | None = None,
    outputs: Path = OUTPUTS_FOLDER,
) -> Plan:
    """Turn what was asked for, and the quarter's `run.yaml`, into a plan.

    Parameters
    ----------
    period : str
        As people write it, or `latest` for the newest whole quarter received.
    area, as_of, edition, themes, jobs : optional
        Win over `run.yaml`.
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
    asked = {"area": area, "as_of": read_day(as_of), "edition": edition, "themes": themes or None, "jobs": jobs}
    chosen = {key: value for key, value in asked.items() if value is not None}
    window = window or _find_latest(area, as_of, simulated=store.is_simulated)
    settings = read_run_settings(window)
    settings = validate({**settings.model_dump(), **chosen}, RunSettings, label="What was asked for")
    as_of_day = settings.as_of or today()
    if as_of_day < window.end:
        told = f"{window.in_words} is not over on {as_of_day}, the day the paper is written"
        raise RequestError(f"{told}. Choose an earlier period or a later --as-of.")
    return Plan(
        period=window,
        area=read_area(settings.area),
        as_of=as_of_day,
        edition=settings.edition,
        themes=settings.themes,
        store=store,
        data_folder=data_folder(),
        outputs_folder=outputs,
        jobs=settings.jobs,
    )


def _find_latest(area: str | None, as_of: str | None, *, simulated: bool) -> Period:
    # Imported here because it brings the statistics along, which a named period does not need.
    from shp_analysis.workbook import open_records  # noqa: PLC0415

    return open_records(area=area, as_of=as_of, simulated=simulated).latest_whole_quarter()
