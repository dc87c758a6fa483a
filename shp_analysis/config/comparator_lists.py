"""Whom an area is compared with: lists of similar areas, each naming who chose them, for what, and how.

No list is the right one. The Department for Education's statistical neighbours were chosen by what families there are
like, for children's services; the Home Office's most similar groups by what drives crime; a council may prefer another.
Any list may be put into `peers.csv` in place of the one that is there. Being a peer is not mutual, and every page that
compares with peers prints the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import pandas as pd
from pydantic import Field

from shp_analysis.config.catalogue import CATALOGUE_FOLDER, check_areas
from shp_analysis.config.reading import Settings, read_rows
from shp_analysis.errors import ParametersError, RequestError
from shp_analysis.reference.areas import Area, AreaKind, read_area

PEERS_NAME = "peers.csv"
DFE_NEIGHBOURS = "DfE statistical neighbours"
DFE_SOURCE = "Department for Education, Local Authority Interactive Tool"
DFE_CHOSEN_FOR = "chosen for children's services, by what families there are like, and not for crime"
DFE_NAMES: Mapping[str, str] = MappingProxyType({"Bedford Borough": "Bedford", "Durham": "County Durham"})
"""Authorities that the department calls by another name than the Office for National Statistics."""


class _ComparatorRow(Settings):
    list_name: str
    area_code: str
    rank: Annotated[int, Field(ge=1)]
    peer_code: str
    closeness: str = ""
    chosen_for: str
    source: str


@dataclass(frozen=True)
class Comparator:
    """One similar area: its code, its name and, where the list says so, how similar it is."""

    code: str
    name: str
    closeness: str = ""


@dataclass(frozen=True)
class ComparatorList:
    """The areas that one area is compared with, nearest first.

    Attributes
    ----------
    name : str
        What the list is called.
    area_code : str
        Whose peers they are.
    peers : tuple of Comparator
    chosen_for : str
        What they were chosen for, and by what.
    source : str
        Who chose them.
    left_out : tuple of str
        Peers of the source that are no local authority here, such as a county of several districts.
    """

    name: str
    area_code: str
    peers: tuple[Comparator, ...]
    chosen_for: str
    source: str
    left_out: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The peers' codes, nearest first."""
        return tuple(each.code for each in self.peers)

    @property
    def sentence(self) -> str:
        """Who the peers are and who chose them, as it stands beside every comparison with them."""
        names = ", ".join(each.name for each in self.peers)
        missing = f" Not among them here: {', '.join(self.left_out)}." if self.left_out else ""
        return f"Compared with {names} ({self.name}; {self.source}): {self.chosen_for}.{missing}"


def read_comparator_lists(folder: Path = CATALOGUE_FOLDER) -> tuple[ComparatorList, ...]:
    """Read the lists of peers, in the file's order.

    Parameters
    ----------
    folder : Path
        Holds `peers.csv`: one row a peer, the rows of one area's list together.

    Raises
    ------
    ParametersError
        Where an area does not exist or is its own peer, a peer or a rank is there twice, or the rows of one list
        disagree on who chose it.
    """
    path = folder / PEERS_NAME
    rows = read_rows(path, _ComparatorRow)
    check_areas("a row", {code for row in rows for code in (row.area_code, row.peer_code)}, path)
    lists = [
        _build_list(list(own), path) for _, own in groupby(rows, key=lambda each: (each.list_name, each.area_code))
    ]
    areas = [(each.name, each.area_code) for each in lists]
    if len(set(areas)) < len(areas):
        raise ParametersError(f"{path}: the rows of one list and area stand apart. Put them together.")
    return tuple(lists)


def _build_list(rows: Sequence[_ComparatorRow], path: Path) -> ComparatorList:
    first = rows[0]
    where = f"{path}: {first.list_name} of {first.area_code}"
    codes = [row.peer_code for row in rows]
    if first.area_code in codes or len(set(codes)) < len(codes):
        raise ParametersError(f"{where} names the area itself, or one peer twice. Each peer stands there once.")
    if [row.rank for row in rows] != list(range(1, len(rows) + 1)):
        raise ParametersError(f"{where} has ranks that are not 1 to {len(rows)}, in order.")
    if len({(row.chosen_for, row.source) for row in rows}) > 1:
        raise ParametersError(f"{where} gives more than one source or purpose. One list has one.")
    peers = tuple(Comparator(row.peer_code, read_area(row.peer_code).name, row.closeness) for row in rows)
    return ComparatorList(first.list_name, first.area_code, peers, first.chosen_for, first.source)


def find_comparators(lists: Iterable[ComparatorList], area: Area) -> ComparatorList | None:
    """Give the first list of an area's peers, or None: then no comparison with peers is made."""
    return next((each for each in lists if each.area_code == area.code), None)


def gather_neighbours(neighbours: pd.DataFrame, area: Area) -> ComparatorList | None:
    """Take an area's peers from the Department for Education's list of statistical neighbours, as received.

    Parameters
    ----------
    neighbours : pandas.DataFrame
        `authority_name, is_former, neighbour_rank, neighbour_name, closeness, edition`, as `dfe_neighbours` of the
        store holds them; one edition.
    area : Area
        Any local authority.

    Returns
    -------
    ComparatorList or None
        None where the list does not have the area. The department works with counties; a neighbour that is a county
        of several districts is in `left_out`, because nothing here is counted for it as one authority.

    Raises
    ------
    RequestError
        Where the frame holds several editions.
    """
    own = neighbours[~neighbours["is_former"].astype(bool)]
    own = own[own["authority_name"].map(_find_code) == area.code].sort_values("neighbour_rank", kind="stable")
    if own.empty:
        return None
    editions = sorted({str(each) for each in own["edition"]})
    if len(editions) > 1:
        message = f"The statistical neighbours are of several editions ({', '.join(editions)}): give one."
        raise RequestError(message)
    peers, left_out = [], []
    for name, closeness in zip(own["neighbour_name"], own["closeness"], strict=True):
        code = _find_code(str(name))
        if code is None:
            left_out.append(str(name))
        else:
            peers.append(Comparator(code, read_area(code).name, closeness if isinstance(closeness, str) else ""))
    list_name = f"{DFE_NEIGHBOURS}, {editions[0]}"
    return ComparatorList(list_name, area.code, tuple(peers), DFE_CHOSEN_FOR, DFE_SOURCE, tuple(left_out))


def _find_code(name: str) -> str | None:
    try:
        area = read_area(DFE_NAMES.get(name, name))
    except RequestError:
        return None
    return area.code if area.kind is AreaKind.LOCAL_AUTHORITY else None
