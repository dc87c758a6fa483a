"""Office for National Statistics: which area lies in which: LSOAs in wards, authorities in partnerships and forces.

The headings carry the year of each geography (`ward24_code`, `ltla24_code`). LSOAs are those of a census, and keep
their year in the tidy name; wards, authorities, partnerships and forces are of one year, which is the lookup's edition.
Each lookup says where an area lies whole, but for LSOAs in wards, which is the office's best fit: a ward's figures by
it are not quite the ward's. An authority that was joined of several may still have several partnerships, each a row.

One file, which names an authority's force as SafeLives writes it, was derived from the office's by others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.strict_csv import read_headings
from shp_analysis.readers.tables import Column, Table

_VINTAGE = re.compile(r"^(ward|ltla|csp|pfa)(\d{2})(?=_)")
_LOWEST_YEAR = 2000


def strip_year(heading: str) -> str:
    """Take the year of a geography off a heading: `ward24_code` is `ward_code`; LSOAs keep their census."""
    return _VINTAGE.sub(r"\1", heading)


def _name(name: str, heading: str) -> Column:
    return Column(name, (heading,), r".*[A-Za-z]{2}.*", "a name")


def _lsoa(year: int) -> tuple[Column, Column]:
    short = year - _LOWEST_YEAR
    return (
        Column(f"lsoa_{year}_name", (f"lsoa{short}_name",), r"\S.* \d{3}[A-Z]", "a name of an LSOA like Halton 009A"),
        Column(f"lsoa_{year}_code", (f"lsoa{short}_code",), r"[EW]01\d{6}", "a code of an LSOA like E01012367"),
    )


def _authority(heading: str) -> Column:
    return Column("local_authority_code", (heading,), r"[EW]0[6-9]\d{6}", "a code of an authority like E06000006")


LOOKUPS: Mapping[str, Table] = {
    "lsoas_to_wards": Table(
        (
            *_lsoa(2021),
            _name("ward_name", "ward_name"),
            Column("ward_code", ("ward_code",), r"[EW]05\d{6}", "a code of a ward like E05013169"),
            _name("local_authority_name", "ltla_name"),
            _authority("ltla_code"),
        ),
        key=("lsoa_2021_code",),
        fold=strip_year,
    ),
    "lsoas_2011_to_2021": Table(
        (
            *_lsoa(2011),
            Column("change", ("change_code",), "[USMX]", "U (unchanged), S (split), M (merged) or X (redrawn)"),
            *_lsoa(2021),
            _name("local_authority_name", "ltla_name"),
            _authority("ltla_code"),
        ),
        key=("lsoa_2011_code", "lsoa_2021_code"),
        fold=strip_year,
    ),
    "authorities_to_forces": Table(
        (
            _authority("ltla_code"),
            _name("local_authority_name", "ltla_name"),
            Column("csp_code", ("csp_code",), r"E22\d{6}|W14\d{6}", "a code of a partnership like E22000025"),
            _name("csp_name", "csp_name"),
            Column(
                "force_area_code", ("pfa_code",), r"E23\d{6}|W15\d{6}", "a code of a police force area like E23000006"
            ),
            _name("force_area_name", "pfa_name"),
        ),
        key=("local_authority_code", "csp_code"),
        fold=strip_year,
    ),
    "authorities_to_marac_areas": Table(
        (
            _authority("lad24cd"),
            _name("local_authority_name", "la_name"),
            _name("force_area_name", "pfa_name"),
            _name("safelives_name", "pfa_name_safelives"),
            Column(
                "population_weight",
                ("population_weight",),
                r"0?\.\d+|[01](\.0+)?",
                "a share from 0 to 1",
                "float64",
            ),
            _name("source", "source"),
        ),
        key=("local_authority_code", "force_area_name"),
        fold=strip_year,
    ),
}
"""Every lookup that is read, by the end of its table's name; its headings are without the years of its edition."""
_EDITIONS: Mapping[str, int] = {"authorities_to_marac_areas": 2024}
"""Where the headings have no year that tells one edition from another."""


def find_lookup(headings: tuple[str, ...]) -> str | None:
    """Say which lookup a file is by its headings, of which it may lack one."""
    found = {strip_year(heading) for heading in headings}
    for name, table in LOOKUPS.items():
        known = table.known_headings
        if len(known & found) >= len(known) - 1 and len(headings) <= len(known):
            return name
    return None


def read_lookup(member: Member, name: str) -> pd.DataFrame:
    """Read one lookup.

    Parameters
    ----------
    member : Member
    name : str
        One of `LOOKUPS`.

    Returns
    -------
    pandas.DataFrame
        The codes and names of each pair of areas, and the `edition`.

    Raises
    ------
    SourceError
        Where the table is not what it says it is, or a pair is there twice.
    """
    content = member.read()
    headings = read_headings(content)
    frame = LOOKUPS[name].read_content(content, member.label)
    years = {_LOWEST_YEAR + int(found[2]) for heading in headings if (found := _VINTAGE.match(heading))}
    edition = pd.Series(str(max(years, default=_EDITIONS.get(name, 0))), index=frame.index, dtype="str")
    return frame.assign(edition=edition).reset_index(drop=True)[
        [*_put_codes_first([column.name for column in LOOKUPS[name].columns]), "edition"]
    ]


def _put_codes_first(columns: list[str]) -> list[str]:
    """Put every code before its name, whichever is published first."""
    places = {column: n for n, column in enumerate(columns)}
    stems = {column: column.removesuffix("_code").removesuffix("_name") for column in columns}
    firsts = {stem: min(places[column] for column in columns if stems[column] == stem) for stem in stems.values()}
    return sorted(columns, key=lambda column: (firsts[stems[column]], column.endswith("_name"), places[column]))
