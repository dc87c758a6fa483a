"""Whom to ask about a figure: the organisation whose records it is counted from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shp_analysis.areas import Area
from shp_analysis.catalogue import CATALOGUE_FOLDER, RETURNS, Indicator
from shp_analysis.configuration import Settings, read_rows, refuse_repeated
from shp_analysis.errors import ParametersError
from shp_analysis.sources.partner_returns_measures import read_measures

OWNERS_NAME = "owners.csv"
FORCE, AREA = "{police force}", "{area}"
"""Stand in the file for the name of the area's police force and of the area."""
ANY_SOURCE = "*"
"""Stands for every other source. What partners send has a row for each sort of partner: `returns/police`."""


class _OwnerRow(Settings):
    source: str
    owner: str
    is_police: bool


@dataclass(frozen=True)
class Owner:
    """Who is asked to comment on an indicator.

    Attributes
    ----------
    indicator, measure : str
        Its id and its name.
    organisation : str
    is_police : bool
        Whether the figure is one of the police: these are never printed without a comment or a word that none came.
    """

    indicator: str
    measure: str
    organisation: str
    is_police: bool


def find_owners(indicators: Iterable[Indicator], area: Area, folder: Path = CATALOGUE_FOLDER) -> Mapping[str, Owner]:
    """Find whom to ask about each indicator, by the source it is first counted from.

    Parameters
    ----------
    indicators : iterable of Indicator
    area : Area
        Its name and its police force stand in the organisations' names.
    folder : Path
        Holds `owners.csv`: `source, owner, is_police`; the source `*` is every one that has no row.

    Returns
    -------
    mapping of str to Owner
        By id, in the indicators' order. An indicator without a source has no owner and is not in it.

    Raises
    ------
    ParametersError
        Where the file says what it may not, or nobody owns a source.
    """
    path = folder / OWNERS_NAME
    rows = read_rows(path, _OwnerRow)
    refuse_repeated([row.source for row in rows], path, "a source has one owner")
    by_source = {row.source: row for row in rows}
    owners = {}
    for each in indicators:
        if not each.sources:
            continue
        source = _name_source(each)
        row = next((by_source[key] for key in (source, ANY_SOURCE) if key in by_source), None)
        if row is None:
            raise ParametersError(f"{path}: nobody owns the source '{source}' of {each.id}. Add a row for it.")
        organisation = row.owner.replace(FORCE, area.force.police_uk_name).replace(AREA, area.name)
        owners[each.id] = Owner(each.id, each.name, organisation, row.is_police)
    return owners


def _name_source(indicator: Indicator) -> str:
    """Name the source an indicator is first counted from; of partners' returns also the sort of partner."""
    source, measure = indicator.measure()
    if source != RETURNS:
        return source
    asked = measure.include.get("measure", ())
    senders = [each.organisation_types[0] for each in read_measures().values() if each.id in asked]
    return f"{RETURNS}/{senders[0]}" if senders else RETURNS
