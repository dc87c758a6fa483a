"""The catalogue of a partnership: its files read and held together; what a register names must exist."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from shp_analysis.config.breaks import EVERY, NOT, SeriesBreak, read_breaks
from shp_analysis.config.files import PROJECT_FOLDER, Settings, read_yaml, refuse_repeated
from shp_analysis.config.indicators import Indicator
from shp_analysis.errors import ParametersError, RequestError, suggest
from shp_analysis.reference.areas import Area, read_area


def check_indicators(entry: str, named: Collection[str], known_ids: Collection[str], path: Path) -> None:
    """Refuse an entry that names an indicator which the catalogue does not have.

    Parameters
    ----------
    entry : str
        How messages call the entry: `BRK-02`.
    named : collection of str
        The ids it names; `*` is every one, and an id after a `-` is left out of them.
    known_ids : collection of str
        The catalogue's.
    path : Path
        The register.

    Raises
    ------
    ParametersError
    """
    for indicator_id in sorted({each.removeprefix(NOT) for each in named} - {*known_ids, EVERY}):
        message = f"{path}: {entry} names the indicator '{indicator_id}', which does not exist."
        raise ParametersError(f"{message} {suggest(indicator_id, known_ids)}".strip())


def check_areas(entry: str, named: Collection[str], path: Path) -> None:
    """Refuse an entry that names an area which does not exist, or by anything but its code.

    Raises
    ------
    ParametersError
    """
    for code in sorted(set(named) - {EVERY}):
        try:
            is_code = read_area(code).code == code
        except RequestError as error:
            message = f"{path}: {entry} names the area '{code}'. {error}"
            raise ParametersError(message) from error
        if not is_code:
            message = f"{path}: {entry} names the area '{code}': write its code, {read_area(code).code}."
            raise ParametersError(message)


CATALOGUE_FOLDER = PROJECT_FOLDER / "parameters" / "catalogue"


class Comparability(Settings):
    """When records without a place stop a comparison, and from when on a page tells them.

    Attributes
    ----------
    largest_unplaced_shift : float
        How many percentage points the share of a force's records without a place may differ by between two figures
        that are compared.
    unplaced_told_from : float
        From what percentage on a page tells it.
    """

    largest_unplaced_shift: Annotated[float, Field(gt=0, lt=100)] = 3.0
    unplaced_told_from: Annotated[float, Field(ge=0, le=100)] = 1.0


ORDINARY = Comparability()


@dataclass(frozen=True)
class Catalogue:
    """Every indicator in the papers' order, the break register, and what else makes figures comparable."""

    indicators: tuple[Indicator, ...]
    breaks: tuple[SeriesBreak, ...]
    comparability: Comparability = ORDINARY

    def indicator(self, id_or_name: str) -> Indicator:
        """Find an indicator by its id, its name or a name that it had before, in any case.

        Raises
        ------
        RequestError
            Where there is none; the message names the nearest.
        """
        words = {word.lower(): each for each in self.indicators for word in each.formerly}
        words |= {word.lower(): each for each in self.indicators for word in (each.name, each.id)}
        found = words.get(id_or_name.strip().lower())
        if found is None:
            known = ", ".join(each.id for each in self.indicators)
            near = suggest(id_or_name, [word for each in self.indicators for word in (each.id, each.name)])
            message = f"There is no indicator '{id_or_name}'. The catalogue has {known}. {near}"
            raise RequestError(message.strip())
        return found

    def theme(self, theme: str) -> tuple[Indicator, ...]:
        """List the indicators of one theme, in the catalogue's order."""
        return tuple(each for each in self.indicators if each.theme == theme)

    def breaks_of(self, indicator: Indicator, area: Area) -> tuple[SeriesBreak, ...]:
        """List the breaks that touch an indicator in an area, in order of date."""
        touching = [each for each in self.breaks if each.affects(indicator.id, area)]
        return tuple(sorted(touching, key=lambda each: (each.from_month, each.break_id)))


class _IndicatorFile(Settings):
    indicators: tuple[Indicator, ...]


def read_catalogue(folder: Path = CATALOGUE_FOLDER, *, more_breaks: tuple[SeriesBreak, ...] = ()) -> Catalogue:
    """Read the indicators and the break register.

    Parameters
    ----------
    folder : Path
        Holds `indicators.yaml` and `breaks.csv`, and may hold `comparability.yaml`.
    more_breaks : tuple of SeriesBreak
        Breaks that hold for this data only, such as those planted in the simulated borough.

    Returns
    -------
    Catalogue

    Raises
    ------
    ParametersError
        Where an entry is wrong, an id is written twice, or a break names an indicator or an area that does not exist.
    """
    indicators = read_yaml(folder / "indicators.yaml", _IndicatorFile).indicators
    ids = [each.id for each in indicators]
    refuse_repeated(ids, folder / "indicators.yaml", "an id belongs to one indicator")
    names = [name.lower() for each in indicators for name in {each.name, *each.formerly}]
    refuse_repeated(names, folder / "indicators.yaml", "a name, present or former, belongs to one indicator")
    breaks = read_breaks(folder / "breaks.csv")
    for each in (*breaks, *more_breaks):
        check_indicators(each.break_id, each.indicators, ids, folder / "breaks.csv")
        check_areas(each.break_id, each.area_codes, folder / "breaks.csv")
    rules = folder / "comparability.yaml"
    comparability = read_yaml(rules, Comparability) if rules.exists() else ORDINARY
    return Catalogue(indicators, (*breaks, *more_breaks), comparability)
