"""Ministry of Housing, Communities and Local Government: the English Indices of Deprivation 2019 and 2025 by LSOA.

Published under the Open Government Licence v3.0 at
https://www.gov.uk/government/collections/english-indices-of-deprivation. What the files do, and what is done:

- Rank 1 and decile 1 are the most deprived. Ranks are among all LSOAs of England (32,844 of 2011 in the 2019 edition,
  33,755 of 2021 in that of 2025), also where a file is cut to a few authorities.
- The editions rank other areas by other measures: a rank that moved between them is no change in a place.
- One domain is headed `Housing_and_Access` in the one and `Housing_and_Services` in the other, and is one column here.
- An index says how deprived a neighbourhood is, and nothing of who lives there: not everyone in it is deprived, and
  most deprived people may live elsewhere. Its crime domain is made of recorded crime: never set it against crime.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import RequestError, SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import Frequency, Reader, Records, RecordTable, SourceFile, is_named_simulated
from shp_analysis.readers.strict_csv import (
    SingleTable,
    check_records,
    find_single_table,
    read_headings,
    read_strict_csv,
)

__all__ = [
    "ADDRESS",
    "COLUMNS",
    "DOMAINS",
    "LICENCE",
    "LSOAS_OF_ENGLAND",
    "PUBLISHER",
    "READER",
    "SOURCE",
    "read_deprivation",
]

SOURCE = "mhclg"
PUBLISHER = "Ministry of Housing, Communities and Local Government"
ADDRESS = "https://www.gov.uk/government/collections/english-indices-of-deprivation"
LICENCE = "Open Government Licence v3.0"

LSOAS_OF_ENGLAND: Mapping[int, int] = {2019: 32_844, 2025: 33_755}
"""How many LSOAs each edition ranks."""
CENSUS_OF_EDITION: Mapping[int, int] = {2019: 2011, 2025: 2021}
"""The census whose LSOAs an edition ranks."""
DOMAINS = (
    *("imd", "income", "employment", "education", "health", "crime", "housing_and_services", "living_environment"),
)
"""The index itself, `imd`, and the seven domains it is made of."""
N_DECILES = 10
_HEADINGS = {
    2019: ("IMD", "Income", "Employment", "Education", "Health", "Crime", "Housing_and_Access", "Environment"),
    2025: ("IMD", "Income", "Employment", "Education", "Health", "Crime", "Housing_and_Services", "Environment"),
}
_CODES = {2019: "lsoa11_code", 2025: "lsoa21_code"}
FEWEST_SCORES = 5
"""So many LSOAs do not have one score to three decimals."""
_FIGURES = {2019: ("decile", "rank"), 2025: ("decile", "rank", "score")}
COLUMNS: Mapping[int, Mapping[str, str]] = {
    edition: {_CODES[edition]: "lsoa_code"}
    | {
        f"{heading}_{figure}": f"{domain}_{figure}"
        for figure in _FIGURES[edition]
        for heading, domain in zip(_HEADINGS[edition], DOMAINS, strict=True)
    }
    for edition in LSOAS_OF_ENGLAND
}
"""Each edition's headings, with the tidy names."""


def read_deprivation(path: Path, edition: int) -> pd.DataFrame:
    """Read one edition of the indices.

    Parameters
    ----------
    path : Path
        The CSV, or a zip or folder that holds it.
    edition : {2019, 2025}

    Returns
    -------
    pandas.DataFrame
        One row an LSOA: `lsoa_code, imd_edition, lsoa_census_year`, and of each of `DOMAINS` the `_decile` (1 to 10),
        the `_rank` and, in 2025, the `_score`; 1 is most deprived, and a higher score is more deprived.

    Raises
    ------
    SourceError
        Where the table is not what it says it is, an LSOA is there twice, or a decile or score contradicts its rank.
    RequestError
        Where there is no such edition.
    """
    if edition not in COLUMNS:
        message = f"There is no edition {edition} of the indices here. Give one of {', '.join(map(str, COLUMNS))}."
        raise RequestError(message)
    marks = (_CODES[edition], f"{_HEADINGS[edition][-2]}_rank")
    return _make_deprivation(find_single_table(path, marks, f"the indices of deprivation {edition}"), edition)


def _make_deprivation(table: SingleTable, edition: int) -> pd.DataFrame:
    frame = read_strict_csv(table.content, COLUMNS[edition], table.label)
    frame = check_records(frame, _schema(edition), table.label)
    _check_once(frame, table.label)
    for domain, heading in zip(DOMAINS, _HEADINGS[edition], strict=True):
        _check_deciles(frame, domain, heading, edition, table.label)
        if "score" in _FIGURES[edition]:
            _check_scores(frame, domain, heading, table.label)
    frame = frame.astype({f"{domain}_{figure}": "int64" for domain in DOMAINS for figure in ("decile", "rank")})
    frame.insert(1, "imd_edition", edition)
    frame.insert(2, "lsoa_census_year", CENSUS_OF_EDITION[edition])
    return frame.reset_index(drop=True)


def _schema(edition: int) -> pa.DataFrameSchema:
    columns = {}
    for title, name in COLUMNS[edition].items():
        if name == "lsoa_code":
            check = pa.Check(lambda cells: cells.str.fullmatch(r"E01\d{6}"))
            columns[name] = pa.Column(str, check, title=title, description="a code like E01012367")
        elif name.endswith("_score"):
            columns[name] = pa.Column(float, coerce=True, title=title, description="a number")
        else:
            highest = N_DECILES if name.endswith("_decile") else LSOAS_OF_ENGLAND[edition]
            checks = [pa.Check.in_range(1, highest), pa.Check(lambda cells: cells % 1 == 0)]
            allowed = f"a whole number from 1 to {highest:,}"
            columns[name] = pa.Column(float, checks, coerce=True, title=title, description=allowed)
    return pa.DataFrameSchema(columns, strict=True)


def _check_once(frame: pd.DataFrame, label: str) -> None:
    again = frame.index[frame["lsoa_code"].duplicated()]
    if len(again):
        message = (
            f"{label}: row {again[0]}: {frame.loc[again[0], 'lsoa_code']} is there already ({len(again):,} of "
            f"{len(frame):,} rows are so). Use the file as published."
        )
        raise SourceError(message)


def _check_deciles(frame: pd.DataFrame, domain: str, heading: str, edition: int, label: str) -> None:
    # A decile is a tenth of the ranks; where it is not, one of the two columns is of something else.
    size = LSOAS_OF_ENGLAND[edition]
    ranks, deciles = frame[f"{domain}_rank"], frame[f"{domain}_decile"]
    expected = ranks.map(lambda rank: math.ceil(rank * N_DECILES / size))
    wrong = frame.index[deciles != expected]
    if len(wrong):
        message = (
            f"{label}: row {wrong[0]}, column '{heading}_decile' says {deciles[wrong[0]]:.0f} and the rank "
            f"{ranks[wrong[0]]:,.0f} of {size:,} is in decile {expected[wrong[0]]} ({len(wrong):,} of {len(frame):,} "
            "rows are so). Use the file as published."
        )
        raise SourceError(message)


def _check_scores(frame: pd.DataFrame, domain: str, heading: str, label: str) -> None:
    scores = frame[f"{domain}_score"]
    if len(scores) >= FEWEST_SCORES and scores.eq(scores.iloc[0]).all():
        message = (
            f"{label}: row {scores.index[0]}, column '{heading}_score' says {scores.iloc[0]}, and so does every other "
            f"of {len(scores):,} rows. Use the file as published."
        )
        raise SourceError(message)
    ordered = frame.sort_values(f"{domain}_rank")
    rises = ordered.index[ordered[f"{domain}_score"].diff() > 0]
    if len(rises):
        message = (
            f"{label}: row {rises[0]}, column '{heading}_score' says {frame.loc[rises[0], f'{domain}_score']}, more "
            f"than an LSOA that ranks as more deprived ({len(rises):,} rows are so). Use the file as published."
        )
        raise SourceError(message)


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    found = []
    for member in members:
        headings = read_headings(member.read_start()) if member.path.suffix.lower() == ".csv" else ()
        shared = {edition: len(columns.keys() & set(headings)) for edition, columns in COLUMNS.items()}
        edition = max(shared, key=lambda one: shared[one] / len(COLUMNS[one]))
        # A file that lost a heading or two is still ours to refuse.
        if 2 * shared[edition] > len(COLUMNS[edition]):
            found.append(SourceFile(SOURCE, member, headings, partial(_read_records, member, edition)))
    return tuple(found)


def _read_records(member: Member, edition: int) -> Iterator[Records]:
    content = member.read()
    frame = _make_deprivation(SingleTable(member.label, member.path, read_headings(content), content), edition)
    # Both editions fill one table: what was not published in the one is missing there.
    names = ["lsoa_code", "imd_edition", "lsoa_census_year"]
    figures = [f"{domain}_{figure}" for figure in ("decile", "rank", "score") for domain in DOMAINS]
    scores = dict.fromkeys([name for name in figures if name.endswith("_score")], "float64")
    frame = frame.reindex(columns=[*names, *figures]).astype({"imd_edition": "str", **scores})
    yield Records("mhclg_deprivation", frame, is_named_simulated(member))


READER = Reader(
    source=SOURCE,
    publisher=PUBLISHER,
    address=ADDRESS,
    licence=LICENCE,
    tables=(RecordTable("mhclg_deprivation", Frequency.SNAPSHOT, "imd_edition"),),
    find_files=_find_files,
)
"""The table has no place for a word of its own: a simulated file is known by its name, `simulated-…`."""
