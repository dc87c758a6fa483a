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
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import RequestError, SourceError
from shp_analysis.readers.deliveries import open_delivery
from shp_analysis.readers.ons_tables import check_once, make_column
from shp_analysis.readers.strict_csv import SingleTable, check_records, read_headings, read_strict_csv

_VINTAGE = re.compile(r"^(ward|ltla|csp|pfa)(\d{2})(?=_)")
_LSOA = (r"[EW]01\d{6}", "a code of an LSOA like E01012367")
_AUTHORITY = (r"[EW]0[6-9]\d{6}", "a code of an authority like E06000006")
_NAME = (r".*[A-Za-z]{2}.*", "a name")
_LSOA_NAME = (r"\S.* \d{3}[A-Z]", "a name of an LSOA like Halton 009A")
_LOWEST_YEAR = 2000


@dataclass(frozen=True)
class Lookup:
    """One lookup.

    Attributes
    ----------
    columns : mapping of str to str
        Headings, without the years that differ from edition to edition, with tidy names.
    key : tuple of str
        What is there once.
    allowed : mapping of str to tuple
        Of each tidy column the form of a cell, and its description.
    edition : str or None
        Where the headings have no year that tells one edition from another.
    """

    columns: Mapping[str, str]
    key: tuple[str, ...]
    allowed: Mapping[str, tuple[str, str]]
    edition: str | None = None


LOOKUPS: Mapping[str, Lookup] = {
    "lsoas_to_wards": Lookup(
        {
            "lsoa21_name": "lsoa_2021_name",
            "lsoa21_code": "lsoa_2021_code",
            "ward_name": "ward_name",
            "ward_code": "ward_code",
            "ltla_name": "local_authority_name",
            "ltla_code": "local_authority_code",
        },
        ("lsoa_2021_code",),
        {
            "lsoa_2021_code": _LSOA,
            "lsoa_2021_name": _LSOA_NAME,
            "ward_code": (r"[EW]05\d{6}", "a code of a ward like E05013169"),
            "local_authority_code": _AUTHORITY,
        },
    ),
    "lsoas_2011_to_2021": Lookup(
        {
            "lsoa11_name": "lsoa_2011_name",
            "lsoa11_code": "lsoa_2011_code",
            "change_code": "change",
            "lsoa21_name": "lsoa_2021_name",
            "lsoa21_code": "lsoa_2021_code",
            "ltla_name": "local_authority_name",
            "ltla_code": "local_authority_code",
        },
        ("lsoa_2011_code", "lsoa_2021_code"),
        {
            "lsoa_2011_code": _LSOA,
            "lsoa_2011_name": _LSOA_NAME,
            "lsoa_2021_code": _LSOA,
            "lsoa_2021_name": _LSOA_NAME,
            "change": ("[USMX]", "U (unchanged), S (split), M (merged) or X (redrawn)"),
            "local_authority_code": _AUTHORITY,
        },
    ),
    "authorities_to_forces": Lookup(
        {
            "ltla_code": "local_authority_code",
            "ltla_name": "local_authority_name",
            "csp_code": "csp_code",
            "csp_name": "csp_name",
            "pfa_code": "force_area_code",
            "pfa_name": "force_area_name",
        },
        ("local_authority_code", "csp_code"),
        {
            "local_authority_code": _AUTHORITY,
            "csp_code": (r"E22\d{6}|W14\d{6}", "a code of a partnership like E22000025"),
            "force_area_code": (r"E23\d{6}|W15\d{6}", "a code of a police force area like E23000006"),
        },
    ),
    "authorities_to_marac_areas": Lookup(
        {
            "lad24cd": "local_authority_code",
            "la_name": "local_authority_name",
            "pfa_name": "force_area_name",
            "pfa_name_safelives": "safelives_name",
            "population_weight": "population_weight",
            "source": "source",
        },
        ("local_authority_code", "force_area_name"),
        {
            "local_authority_code": _AUTHORITY,
            "population_weight": (r"0?\.\d+|[01](\.0+)?", "a share from 0 to 1"),
        },
        edition="2024",
    ),
}
"""Every lookup that is read, by the end of its table's name."""


def read_lookup(path: Path, name: str) -> pd.DataFrame:
    """Read one lookup.

    Parameters
    ----------
    path : Path
        The CSV, or a zip or folder that holds it.
    name : str
        One of `LOOKUPS`.

    Returns
    -------
    pandas.DataFrame
        Codes and names as text, under the tidy names of `LOOKUPS[name].columns`, and `edition`, the year of its
        authorities.

    Raises
    ------
    SourceError
        Where there is no such file, a code is not allowed, or an area lies in two others.
    RequestError
        Where there is no such lookup.
    """
    if name not in LOOKUPS:
        message = f"There is no lookup {name!r}. Give one of {', '.join(LOOKUPS)}."
        raise RequestError(message)
    return make_lookup(_find_table(path, name), name)


def find_lookup(headings: tuple[str, ...]) -> str | None:
    """Say which lookup a file is by its headings, of which it may lack one."""
    found = {strip_year(heading) for heading in headings}
    for name, lookup in LOOKUPS.items():
        if len(lookup.columns.keys() & found) >= len(lookup.columns) - 1 and len(headings) <= len(lookup.columns):
            return name
    return None


def strip_year(heading: str) -> str:
    """Take the year of a geography off a heading: `ward24_code` is `ward_code`; LSOAs keep their census."""
    return _VINTAGE.sub(r"\1", heading)


def make_lookup(table: SingleTable, name: str) -> pd.DataFrame:
    """Read a table that was found, as `read_lookup` does."""
    lookup = LOOKUPS[name]
    written = {strip_year(heading): heading for heading in table.headings}
    columns = {written.get(heading, heading): tidy for heading, tidy in lookup.columns.items()}
    frame = read_strict_csv(table.content, columns, table.label)
    titles = {tidy: heading for heading, tidy in columns.items()}
    schema = {tidy: make_column(title, *lookup.allowed.get(tidy, _NAME)) for tidy, title in titles.items()}
    frame = check_records(frame, pa.DataFrameSchema(schema, strict=True), table.label)
    check_once(frame, list(lookup.key), table.label)
    years = {_LOWEST_YEAR + int(found[2]) for heading in table.headings if (found := _VINTAGE.match(heading))}
    edition = pd.Series(lookup.edition or str(max(years, default=0)), index=frame.index, dtype="str")
    if "population_weight" in frame:
        frame = frame.assign(population_weight=frame["population_weight"].astype("float64"))
    return frame.assign(edition=edition).reset_index(drop=True)[
        [*_put_codes_first([str(name) for name in frame.columns]), "edition"]
    ]


def _put_codes_first(columns: list[str]) -> list[str]:
    """Put every code before its name, whichever is published first."""
    places = {column: n for n, column in enumerate(columns)}
    stems = {column: column.removesuffix("_code").removesuffix("_name") for column in columns}
    firsts = {stem: min(places[column] for column in columns if stems[column] == stem) for stem in stems.values()}
    return sorted(columns, key=lambda column: (firsts[stems[column]], column.endswith("_name"), places[column]))


def _find_table(path: Path, name: str) -> SingleTable:
    with open_delivery(path) as members:
        files = [member for member in members if member.path.suffix.lower() == ".csv"]
        # A table that is given alone is read whatever it holds, so that what is wrong with it is told.
        found = [
            member for member in files if len(members) == 1 or find_lookup(read_headings(member.read_start())) == name
        ]
        if len(found) != 1:
            what = "no CSV" if not found else f"{len(found)} CSVs"
            message = f"{path}: holds {what} of the lookup {name}; one is read. Check the path."
            raise SourceError(message)
        content = found[0].read()
    return SingleTable(found[0].label, found[0].path, read_headings(content), content)
