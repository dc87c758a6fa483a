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
from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import Frequency, Reader, Records, RecordTable, is_named_simulated
from shp_analysis.readers.strict_csv import read_headings
from shp_analysis.readers.tables import Column, Table, find_csv_files, refuse_first

LSOAS_OF_ENGLAND: Mapping[int, int] = {2019: 32_844, 2025: 33_755}
"""How many LSOAs each edition ranks."""
CENSUS_OF_EDITION: Mapping[int, int] = {2019: 2011, 2025: 2021}
"""The census whose LSOAs an edition ranks."""
DOMAINS = (
    *("imd", "income", "employment", "education", "health", "crime", "housing_and_services", "living_environment"),
)
"""The index itself, `imd`, and the seven domains it is made of."""
N_DECILES = 10
FEWEST_SCORES = 5
"""So many LSOAs do not have one score to three decimals."""
_HEADINGS = {
    2019: ("IMD", "Income", "Employment", "Education", "Health", "Crime", "Housing_and_Access", "Environment"),
    2025: ("IMD", "Income", "Employment", "Education", "Health", "Crime", "Housing_and_Services", "Environment"),
}
_CODES = {2019: "lsoa11_code", 2025: "lsoa21_code"}
_FIGURES = {2019: ("decile", "rank"), 2025: ("decile", "rank", "score")}
_WHOLE = r"\s*\d{1,6}(\.0*)?\s*"
_NUMBER = r"\s*-?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?\s*"


def _declare(edition: int) -> Table:
    """Declare the table of an edition: one row an LSOA, and of each domain its figures."""

    def figure(name: str, heading: str, kind: str) -> Column:
        if kind == "score":
            return Column(name, (heading,), _NUMBER, "a number", "float64")
        highest = N_DECILES if kind == "decile" else LSOAS_OF_ENGLAND[edition]
        return Column(name, (heading,), _WHOLE, f"a whole number from 1 to {highest:,}", "int64", (1, highest))

    figures = (
        figure(f"{domain}_{kind}", f"{heading}_{kind}", kind)
        for kind in _FIGURES[edition]
        for heading, domain in zip(_HEADINGS[edition], DOMAINS, strict=True)
    )
    code = Column("lsoa_code", (_CODES[edition],), r"E01\d{6}", "a code like E01012367")
    # A file that lost a heading or two is still ours to refuse.
    n_columns = 1 + len(DOMAINS) * len(_FIGURES[edition])
    return Table((code, *figures), key=("lsoa_code",), fewest_headings=n_columns // 2 + 1)


EDITIONS: Mapping[int, Table] = {edition: _declare(edition) for edition in LSOAS_OF_ENGLAND}
COLUMNS: Mapping[int, Mapping[str, str]] = {edition: table.match(()) for edition, table in EDITIONS.items()}
"""Each edition's headings, with the tidy names."""


def _find_nearest(headings: tuple[str, ...]) -> int:
    known = {edition: table.known_headings for edition, table in EDITIONS.items()}
    return max(EDITIONS, key=lambda edition: len(known[edition] & set(headings)) / len(known[edition]))


def _claims(headings: tuple[str, ...]) -> bool:
    return EDITIONS[_find_nearest(headings)].claims(headings)


def _read_records(member: Member) -> Iterator[Records]:
    content = member.read()
    edition = _find_nearest(read_headings(content))
    frame = EDITIONS[edition].read_content(content, member.label)
    for domain, heading in zip(DOMAINS, _HEADINGS[edition], strict=True):
        _check_deciles(frame, domain, heading, edition, member.label)
        if "score" in _FIGURES[edition]:
            _check_scores(frame, domain, heading, member.label)
    figures = [f"{domain}_{figure}" for figure in ("decile", "rank", "score") for domain in DOMAINS]
    scores = dict.fromkeys([name for name in figures if name.endswith("_score")], "float64")
    frame = frame.assign(imd_edition=str(edition), lsoa_census_year=CENSUS_OF_EDITION[edition])
    # Both editions fill one table: what was not published in the one is missing there.
    frame = frame.reindex(columns=["lsoa_code", "imd_edition", "lsoa_census_year", *figures])
    yield Records("mhclg_deprivation", frame.astype({"imd_edition": "str", **scores}), is_named_simulated(member))


def _check_deciles(frame: pd.DataFrame, domain: str, heading: str, edition: int, label: str) -> None:
    # A decile is a tenth of the ranks; where it is not, one of the two columns is of something else.
    size = LSOAS_OF_ENGLAND[edition]
    ranks, deciles = frame[f"{domain}_rank"], frame[f"{domain}_decile"]
    expected = ranks.map(lambda rank: math.ceil(rank * N_DECILES / size))
    refuse_first(
        frame,
        deciles != expected,
        label,
        lambda row, count: (
            f", column '{heading}_decile' says {deciles[row]} and the rank {ranks[row]:,} of {size:,} is in decile "
            f"{expected[row]} ({count:,} of {len(frame):,} rows are so)"
        ),
    )


def _check_scores(frame: pd.DataFrame, domain: str, heading: str, label: str) -> None:
    scores = frame[f"{domain}_score"]
    refuse_first(
        frame,
        pd.Series(len(scores) >= FEWEST_SCORES and scores.eq(scores.iloc[0]).all(), scores.index),
        label,
        lambda row, count: f", column '{heading}_score' says {scores[row]}, and so does every other of {count:,} rows",
    )
    ordered = frame.sort_values(f"{domain}_rank")
    refuse_first(
        ordered,
        ordered[f"{domain}_score"].diff() > 0,
        label,
        lambda row, count: (
            f", column '{heading}_score' says {scores[row]}, more than an LSOA that ranks as more deprived "
            f"({count:,} rows are so)"
        ),
    )


READER = Reader(
    source="mhclg",
    publisher="Ministry of Housing, Communities and Local Government",
    address="https://www.gov.uk/government/collections/english-indices-of-deprivation",
    tables=(RecordTable("mhclg_deprivation", Frequency.SNAPSHOT, "imd_edition"),),
    find_files=partial(find_csv_files, "mhclg", _claims, _read_records),
)
"""The table has no place for a word of its own: a simulated file is known by its name, `simulated-…`."""
