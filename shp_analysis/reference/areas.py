"""The places a paper can be about: authorities, partnerships, police force areas, and Halton's towns and wards.

An area knows which neighbourhoods (LSOAs) make it up and which police force records its crimes. Published files
write an LSOA's name as the authority's name and a short code ("Halton 009A"), in both censuses, so any authority
of England and Wales is found by that name; towns and wards are lists of LSOA codes.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from shp_analysis.errors import RequestError, suggest

MID_YEAR = (6, 30)
"""ONS population estimates are of 30 June."""
FORMAL_ENDINGS = (", City of", ", County of")
"""Left out where an LSOA is named after its authority: "Bristol 001A" lies in "Bristol, City of"."""


class AreaKind(StrEnum):
    """What sort of place an area is; the words are printed."""

    LOCAL_AUTHORITY = "local authority"
    COMMUNITY_SAFETY_PARTNERSHIP = "community safety partnership"
    POLICE_FORCE_AREA = "police force area"
    TOWN = "town"
    WARD = "ward"


@dataclass(frozen=True)
class PoliceForce:
    """A territorial police force and the names that data.police.uk gives it."""

    area_code: str
    area_name: str
    police_uk_slug: str
    police_uk_name: str


@dataclass(frozen=True)
class Population:
    """Residents of an area at the middle of a year, and which year that is."""

    residents: int
    mid_year: int


@dataclass(frozen=True)
class Area:
    """One place.

    Attributes
    ----------
    code : str
        ONS code (`E06000006`), or a town's own (`RUNCORN`).
    name : str
        As printed.
    kind : AreaKind
    force : PoliceForce
        The force whose records count for this area.
    authority_codes : tuple of str
        The local authorities it consists of, or lies in.
    authority_names : frozenset of str
        Every name, present or former, by which LSOA names of those authorities begin.
    lsoa_codes : frozenset of str
        The LSOAs of a town or ward, 2011 and 2021 codes together; empty where all LSOAs of the authorities count.
    populations : mapping of int to int
        Residents by mid-year; empty where none is known.
    """

    code: str
    name: str
    kind: AreaKind
    force: PoliceForce
    authority_codes: tuple[str, ...]
    authority_names: frozenset[str]
    lsoa_codes: frozenset[str] = frozenset()
    populations: Mapping[int, int] = field(default_factory=dict, hash=False)

    @property
    def is_whole_force(self) -> bool:
        """Whether it holds every authority of its police force, so that all that the force recorded is its own."""
        return not self.lsoa_codes and set(list_authorities(self.force.area_code)) <= set(self.authority_codes)

    def population_on(self, day: date) -> Population | None:
        """Give the newest mid-year population not later than a day, or the earliest known one before that.

        Parameters
        ----------
        day : date
            Usually the last day of a period.

        Returns
        -------
        Population or None
            None where no population of this area is known: then no rate can be printed.
        """
        if not self.populations:
            return None
        known = [year for year in self.populations if date(year, *MID_YEAR) <= day]
        year = max(known) if known else min(self.populations)
        return Population(self.populations[year], year)


def read_area(code_or_name: str) -> Area:
    """Find a place by its code or its name.

    Parameters
    ----------
    code_or_name : str
        An ONS code of a local authority (E06…), community safety partnership (E22…), police force area (E23…)
        or ward (E05…), or a name: `"Halton"`, `"Runcorn"`, `"Bankfield"`. Case does not matter. A partnership of one
        authority is that authority.

    Returns
    -------
    Area

    Raises
    ------
    RequestError
        Where no such place is known; the message names the nearest ones.
    """
    asked = code_or_name.strip()
    codes = _codes_by_word().get(asked.lower(), ())
    if len(codes) > 1:
        message = f"'{asked}' is the name of more than one area: give one of the codes {', '.join(codes)}."
        raise RequestError(message)
    if not codes:
        near = suggest(asked, _known_words())
        message = (
            f"There is no area '{asked}'. Give the ONS code of a local authority (such as E06000006), of a police "
            f"force area (such as E23000006), or a town or ward of Halton. {near}"
        )
        raise RequestError(message.strip())
    code = codes[0]
    if code in _authority_rows():
        return _authority(code)
    if code in _forces():
        force = _forces()[code]
        return _union(code, force.area_name, AreaKind.POLICE_FORCE_AREA, list_authorities(code))
    if code in _partnerships():
        return _partnership(code)
    return _town_or_ward(code)


def read_forces() -> Mapping[str, PoliceForce]:
    """Give every territorial force of England and Wales, by its short name on data.police.uk."""
    return {force.police_uk_slug: force for force in _forces().values()}


def list_authorities(force_area_code: str) -> tuple[str, ...]:
    """List the codes of the local authorities in a police force area, in order."""
    return tuple(code for code, row in _authority_rows().items() if row["force_area_code"] == force_area_code)


@cache
def read_lsoa_authorities() -> Mapping[str, frozenset[str]]:
    """Give, for every LSOA whose place is known here, the names by which its authority may be called.

    Returns
    -------
    mapping of str to frozenset of str
        By LSOA code of 2011 or 2021. The LSOAs of Cheshire, Merseyside and Halton's statistical neighbours are in it;
        a code that is not may lie anywhere else.
    """
    names: dict[str, frozenset[str]] = {}
    for row in _rows("lsoas_2011_to_2021.csv"):
        of_authority = _authority_names(row["local_authority_code"])
        for code in (row["lsoa_2011_code"], row["lsoa_2021_code"]):
            names[code] = names.get(code, frozenset()) | of_authority
    return names


def list_partnerships(area: Area) -> tuple[str, ...]:
    """List the codes of the community safety partnerships that together make up an area; none for a part of one."""
    if area.lsoa_codes:
        return ()
    own = set(area.authority_codes)
    of: dict[str, set[str]] = {}
    for row in _rows("local_authorities.csv"):
        of.setdefault(row["csp_code"], set()).add(row["local_authority_code"])
    return tuple(sorted(code for code, members in of.items() if members <= own))


def list_lsoas(area: Area) -> frozenset[str]:
    """List the LSOAs of an area, of 2011 and 2021 together.

    Returns
    -------
    frozenset of str
        Empty where the place of its LSOAs is not known here (see `read_lsoa_authorities`).
    """
    if area.lsoa_codes:
        return area.lsoa_codes
    return frozenset(code for code, names in read_lsoa_authorities().items() if names <= area.authority_names)


def _authority(code: str) -> Area:
    row = _authority_rows()[code]
    return Area(
        code=code,
        name=row["local_authority_name"],
        kind=AreaKind.LOCAL_AUTHORITY,
        force=_forces()[row["force_area_code"]],
        authority_codes=(code,),
        authority_names=_authority_names(code),
        populations=_populations().get(code, {}),
    )


def _partnership(code: str) -> Area:
    name, authorities = _partnerships()[code]
    divided = [
        each for each, row in _authority_rows().items() if len(row["csp_codes"].split()) > 1 and each in authorities
    ]
    if divided:
        message = (
            f"The partnership {name} ({code}) covers a part of {' and '.join(map(_name_and_code, divided))}, and its "
            "neighbourhoods are not told apart here: ask for the local authority."
        )
        raise RequestError(message)
    return _union(code, name, AreaKind.COMMUNITY_SAFETY_PARTNERSHIP, authorities)


def _name_and_code(authority_code: str) -> str:
    return f"{_authority_rows()[authority_code]['local_authority_name']} ({authority_code})"


def _union(code: str, name: str, kind: AreaKind, authority_codes: tuple[str, ...]) -> Area:
    """Put authorities of one police force together; residents are known in the years in which all of theirs are."""
    authorities = [_authority(each) for each in authority_codes]
    years = set.intersection(*(set(authority.populations) for authority in authorities))
    return Area(
        code=code,
        name=name,
        kind=kind,
        force=authorities[0].force,
        authority_codes=authority_codes,
        authority_names=frozenset[str]().union(*(authority.authority_names for authority in authorities)),
        populations={year: sum(authority.populations[year] for authority in authorities) for year in sorted(years)},
    )


def _town_or_ward(code: str) -> Area:
    wards = {row["ward_code"] for row in _town_rows() if row["town_code"] == code} or {code}
    rows = [row for row in _rows("lsoas_to_wards.csv") if row["ward_code"] in wards]
    authority = _authority(rows[0]["local_authority_code"])
    is_town = code not in wards
    name = (
        next(row["town_name"] for row in _town_rows() if row["town_code"] == code) if is_town else rows[0]["ward_name"]
    )
    return Area(
        code=code,
        name=name,
        kind=AreaKind.TOWN if is_town else AreaKind.WARD,
        force=authority.force,
        authority_codes=(authority.code,),
        authority_names=authority.authority_names,
        lsoa_codes=_with_2011_codes(frozenset(row["lsoa_2021_code"] for row in rows)),
    )


def _with_2011_codes(codes: frozenset[str]) -> frozenset[str]:
    """Add the 2011 LSOAs whose every part lies within, so that no count takes in a neighbour's street."""
    parts: dict[str, set[str]] = {}
    for row in _rows("lsoas_2011_to_2021.csv"):
        parts.setdefault(row["lsoa_2011_code"], set()).add(row["lsoa_2021_code"])
    return codes | {old for old, new in parts.items() if new <= codes}


@cache
def _codes_by_word() -> dict[str, tuple[str, ...]]:
    """Map every word an area may be asked by, in lower case, to its code.

    An authority wins over a force, a force over a partnership of several authorities, that over a town and a town
    over a ward of the same name; two wards of one name are both kept, for the caller to choose.
    """
    words: dict[str, tuple[str, ...]] = {}
    for name, code in sorted({(row["ward_name"], row["ward_code"]) for row in _rows("lsoas_to_wards.csv")}):
        words[name.lower()] = (*words.get(name.lower(), ()), code)
        words[code.lower()] = (code,)
    named: list[tuple[str, ...]] = [(row["town_code"], row["town_name"]) for row in _town_rows()]
    named += [(code, name) for code, (name, _) in _partnerships().items()]
    named += [(force.area_code, force.area_name) for force in _forces().values()]
    for code, row in _authority_rows().items():
        own = [each for each in row["csp_codes"].split() if each not in _partnerships()]
        named.append((code, _plain_name(row["local_authority_name"]), row["local_authority_name"], *own))
    for code, *other_words in named:
        words.update({word.lower(): (code,) for word in (code, *other_words)})
    return words


@cache
def _authority_rows() -> dict[str, dict[str, str]]:
    """One row an authority, with the codes of all its partnerships in `csp_codes`, parted by spaces.

    Authorities that were merged of late have a partnership for each place they were merged from.
    """
    rows: dict[str, dict[str, str]] = {}
    for row in _rows("local_authorities.csv"):
        known = rows.setdefault(row["local_authority_code"], {**row, "csp_codes": ""})
        known["csp_codes"] = f"{known['csp_codes']} {row['csp_code']}".strip()
    return rows


@cache
def _partnerships() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Map the code of every partnership that is not just one authority to its name and its authorities' codes."""
    members: dict[str, tuple[str, tuple[str, ...]]] = {}
    for row in _rows("local_authorities.csv"):
        _, before = members.get(row["csp_code"], ("", ()))
        members[row["csp_code"]] = (row["csp_name"], (*before, row["local_authority_code"]))
    alone = {row["csp_codes"] for row in _authority_rows().values()}
    return {code: (name, of) for code, (name, of) in members.items() if len(of) > 1 or code not in alone}


@cache
def _forces() -> dict[str, PoliceForce]:
    return {
        row["force_area_code"]: PoliceForce(
            row["force_area_code"], row["force_area_name"], row["police_uk_slug"], row["police_uk_name"]
        )
        for row in _rows("police_forces.csv")
    }


@cache
def _populations() -> dict[str, dict[int, int]]:
    populations: dict[str, dict[int, int]] = {}
    for row in _rows("populations.csv"):
        populations.setdefault(row["local_authority_code"], {})[int(row["mid_year"])] = int(row["residents"])
    return populations


@cache
def _authority_names(code: str) -> frozenset[str]:
    """Every name by which the LSOAs of an authority may be called."""
    name = _authority_rows()[code]["local_authority_name"]
    rows = _rows("local_authority_former_names.csv")
    former = [row["former_name"] for row in rows if row["local_authority_code"] == code]
    return frozenset({name, _plain_name(name), *former})


def _plain_name(name: str) -> str:
    for ending in FORMAL_ENDINGS:
        name = name.removesuffix(ending)
    return name


def _known_words() -> list[str]:
    """List the names and codes to suggest from, as they are printed."""
    wards = {row["ward_name"] for row in _rows("lsoas_to_wards.csv")}
    towns = {row["town_name"] for row in _town_rows()}
    forces = {force.area_name for force in _forces().values()} | {name for name, _ in _partnerships().values()}
    authorities = {row["local_authority_name"] for row in _authority_rows().values()}
    return [*sorted(wards | towns | forces | authorities), *_authority_rows(), *_forces(), *_partnerships()]


def _town_rows() -> tuple[dict[str, str], ...]:
    return _rows("wards_to_towns.csv")


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = (files("shp_analysis.reference") / name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
