"""data.police.uk: the short way through a street or outcomes file in which nothing is odd.

A national archive holds some eighteen million crimes. Nearly all of its files are in order, and that can be seen from
the distinct words of each column: each is held against the rules of `police_uk_layout` and `police_uk_checks`, which
the strict reading uses too. The answer is the strict reading's records, or None: then the strict reading finds out
what is wrong, or that a rare thing which it lets pass is all there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import pandas as pd
import pyarrow as arrow
from pyarrow import compute

from shp_analysis.errors import SourceError
from shp_analysis.readers.clean_columns import WORDS, constant, is_column_allowed, translate
from shp_analysis.readers.police_uk_layout import ANTI_SOCIAL_BEHAVIOUR, COLUMNS, SCHEMAS, Kind
from shp_analysis.readers.strict_csv import read_clean_csv
from shp_analysis.reference.areas import read_lsoa_authorities

MOST_ODD_ROWS = 0.01
"""What holds without exception in the files that were looked at may be otherwise in up to this share of rows."""
NO_LSOA_NORTH_OF = 54.0
"""Scotland, Northern Ireland and the Isle of Man, which have no LSOAs, lie north of this latitude."""
MOST_COPIED_ROWS = 0.1
"""At most 0.8 % of the crimes in a published file are exact copies of another; above this share, rows were pasted."""
FEWEST_COPIED_ROWS = 20
FEWEST_PLACES = 5
"""So many places do not lie on one meridian or parallel to six decimals."""
_PAIRS = (("longitude", "Longitude", "latitude", "Latitude"), ("lsoa_code", "LSOA code", "lsoa_name", "LSOA name"))


def check_month(months: pd.Series, month: str, heading: str, label: str) -> None:
    """Refuse a file in which a row is of another month than the file's name says."""
    wrong = months[months != month]
    if len(wrong):
        message = (
            f"{label}: row {wrong.index[0]}, column '{heading}' is of {wrong.iloc[0]} in a file of {month} "
            f"({len(wrong):,} of {len(months):,} rows). Is the file named after the wrong month? Fetch it again."
        )
        raise SourceError(message)


def check_force(frame: pd.DataFrame, force: str, label: str) -> None:
    """Refuse a file in which a row is of another force than the file's name says."""
    wanted = {"btp": "british transport"}.get(force, _plain(force))
    for column, heading in (("falls_within", "Falls within"), ("reported_by", "Reported by")):
        names = frame[column]
        is_wrong = names.map({name: wanted not in _plain(name) for name in names.unique()})
        wrong = names[is_wrong.astype(bool)]
        if len(wrong):
            message = (
                f"{label}: row {wrong.index[0]}, column '{heading}' says {wrong.iloc[0]!r} in a file of the force "
                f"'{force}' ({len(wrong):,} of {len(frame):,} rows). Is the file named after the wrong force? "
                "Fetch it again."
            )
            raise SourceError(message)


def check_places(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file in which a place contradicts itself, another row, or the map.

    Authorities are counted by the LSOA's name, towns and wards by its code: where the two part ways, one row would
    lie in two places.
    """
    for first, first_heading, second, second_heading in _PAIRS:
        halves = frame.index[frame[first].isna() != frame[second].isna()]
        if len(halves):
            raise SourceError(
                f"{label}: row {halves[0]} has only one of '{first_heading}' and '{second_heading}' "
                f"({len(halves):,} of {len(frame):,} rows); published rows have both or neither. {_ADVICE}"
            )
    _check_points_have_lsoas(frame, label)
    check_points_differ(frame, label)
    lsoas = frame[["lsoa_code", "lsoa_name"]].dropna().drop_duplicates()
    for sentence in (*_describe_strangers(lsoas), *_describe_twins(lsoas)):
        raise SourceError(f"{label}: {sentence} {_ADVICE}")


def _check_points_have_lsoas(frame: pd.DataFrame, label: str) -> None:
    # A row whose LSOA was lost drops out of every area, though its point says where it lies.
    places = frame[frame["latitude"] < NO_LSOA_NORTH_OF]
    lost = places.index[places["lsoa_code"].isna()]
    if len(lost) > MOST_ODD_ROWS * len(places):
        raise SourceError(
            f"{label}: row {lost[0]} has a point in England or Wales and no 'LSOA code' ({len(lost):,} of "
            f"{len(places):,} rows are so; at most {MOST_ODD_ROWS:.0%} may be). {_ADVICE}"
        )


def check_points_differ(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file whose places lie on one line of the map, as where a column was filled with -1."""
    columns = (("longitude", "Longitude", "latitude"), ("latitude", "Latitude", "longitude"))
    for column, heading, other in columns:
        cells = frame[column].dropna()
        if len(cells) and cells.eq(cells.iloc[0]).all() and frame[other].nunique() >= FEWEST_PLACES:
            raise SourceError(
                f"{label}: row {cells.index[0]}, column '{heading}' says {cells.iloc[0]:g}, and so do all "
                f"{len(cells):,} rows with a place, of {frame[other].nunique():,} different places. {_ADVICE}"
            )


def check_crime_ids(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file in which some crimes have lost their ID, or some anti-social behaviour has got one.

    A file that has no ID at all, as the earliest have, or one in every row, follows a custom of its own and passes.
    """
    is_asb = frame["crime_type"] == ANTI_SOCIAL_BEHAVIOUR
    for rows, what in ((frame[is_asb], "anti-social behaviour"), (frame[~is_asb], "crimes")):
        has_id = rows["crime_id"].notna()
        is_odd = has_id if has_id.mean() < 0.5 else ~has_id  # noqa: PLR2004 - the smaller half is the odd one
        if is_odd.mean() > MOST_ODD_ROWS:
            first = rows[is_odd].iloc[0]
            found = "has a Crime ID" if is_odd.equals(has_id) else "has no Crime ID"
            raise SourceError(
                f"{label}: row {first.name} ({first['crime_type']}) {found}, unlike most rows of {what} "
                f"({is_odd.sum():,} of {len(rows):,} are so; at most {MOST_ODD_ROWS:.0%} may be). The column "
                f"'Crime type' or 'Crime ID' was probably edited or moved. {_ADVICE}"
            )


def check_copies(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file into which rows were pasted twice; a few exact copies are published and stay."""
    crimes = frame[frame["crime_id"].notna()]
    copies = crimes.index[crimes.duplicated()]
    if len(copies) >= FEWEST_COPIED_ROWS and len(copies) > MOST_COPIED_ROWS * len(crimes):
        raise SourceError(
            f"{label}: row {copies[0]} is a copy of an earlier row, Crime ID and all, and so are "
            f"{len(copies):,} of the {len(crimes):,} crimes; at most {MOST_COPIED_ROWS:.0%} may be. Rows were "
            f"probably pasted in twice. {_ADVICE}"
        )


def is_stranger(code: str, name: str, known: Mapping[str, frozenset[str]]) -> bool:
    """Say whether an LSOA's name begins with another authority than the one its code is known to lie in."""
    return code in known and name[:-5] not in known[code]


_ADVICE = "Use the file as published, or fetch it again."


def _describe_twins(lsoas: pd.DataFrame) -> Iterator[str]:
    """Find a code with two names, or a name with two codes; one row a pair comes in."""
    for key, value, words in (("lsoa_code", "lsoa_name", "names"), ("lsoa_name", "lsoa_code", "codes")):
        again = lsoas[lsoas.duplicated(key)]
        if len(again):
            second = again.iloc[0]
            first = lsoas[lsoas[key] == second[key]].iloc[0]
            yield (
                f"row {second.name}, the LSOA {second[key]} has two {words}: {second[value]!r} here and "
                f"{first[value]!r} in row {first.name}."
            )


def _describe_strangers(lsoas: pd.DataFrame) -> Iterator[str]:
    """Find an LSOA whose name begins with another authority than the one its code lies in, where that is known."""
    known = read_lsoa_authorities()
    for row, code, name in lsoas.itertuples():
        if is_stranger(code, name, known):
            yield (
                f"row {row}, column 'LSOA name' says {name!r} for {code}, which lies in "
                f"{' or '.join(sorted(known[code]))}."
            )


def _plain(name: str) -> str:
    return name.lower().replace("&", "and").replace("-", " ")


_TYPES = {"Crime ID": arrow.string(), "Longitude": arrow.float64(), "Latitude": arrow.float64()}
_MONTH_COLUMNS: Mapping[Kind, str | None] = {
    Kind.STREET: "month",
    Kind.OUTCOMES: "outcome_month",
    Kind.STOP_AND_SEARCH: None,
}
"""The column of the month, in the files that have a short way."""
RECORD_SCHEMAS = {
    kind: arrow.schema(
        [
            ("force", WORDS),
            ("file_month", WORDS),
            *((name, _TYPES.get(heading, WORDS)) for heading, name in COLUMNS[kind].items()),
            ("authority_name", WORDS),
        ]
    )
    if month
    else None
    for kind, month in _MONTH_COLUMNS.items()
}
"""How the records of street and outcomes files are kept; None for those that are kept as they are read."""


def read_clean_file(content: bytes, kind: Kind, force: str, month: str) -> arrow.Table | None:
    """Read a force's file of one month, if it is beyond doubt.

    Parameters
    ----------
    content : bytes
    kind : Kind
    force, month : str
        As the file's name has them.

    Returns
    -------
    pyarrow.Table or None
        The records of `RECORD_SCHEMAS`, in the file's order; None where there is any doubt, or the kind has no short
        way.
    """
    month_column, schema = _MONTH_COLUMNS[kind], RECORD_SCHEMAS[kind]
    if month_column is None or schema is None:
        return None
    types = {heading: _TYPES.get(heading, WORDS) for heading in COLUMNS[kind]}
    table = read_clean_csv(content, types, COLUMNS[kind])
    if table is None or not table.num_rows:
        return None
    table = table.rename_columns(list(COLUMNS[kind].values()))
    rules = SCHEMAS[kind].columns
    is_clean = (
        all(
            is_column_allowed(table.column(name), rule.checks, is_nullable=rule.nullable)
            for name, rule in rules.items()
        )
        and _words(table, month_column) == (month,)
        and _is_of_force(force, _words(table, "falls_within"), _words(table, "reported_by"))
        and _are_places_clean(table)
        and (_are_crime_ids_clean(table) if kind is Kind.STREET else _has_few_copies(_cells(table, "crime_id")))
    )
    return _build_records(table, schema, force, month) if is_clean else None


def _cells(table: arrow.Table, name: str) -> arrow.Array:
    return table.column(name).combine_chunks()


def _words(table: arrow.Table, name: str) -> tuple[str, ...]:
    return tuple(_cells(table, name).dictionary.to_pylist())


@lru_cache(maxsize=4096)
def _is_of_force(force: str, *columns: tuple[str, ...]) -> bool:
    names = sorted(set().union(*columns))
    try:
        check_force(pd.DataFrame({"falls_within": names, "reported_by": names}), force, "")
    except SourceError:
        return False
    return True


def _are_places_clean(table: arrow.Table) -> bool:
    """Say whether every place is whole and every LSOA has one name, which lies in its own authority."""
    gaps = {name: compute.is_null(_cells(table, name)) for name in ("longitude", "latitude", "lsoa_code", "lsoa_name")}
    if not gaps["longitude"].equals(gaps["latitude"]) or not gaps["lsoa_code"].equals(gaps["lsoa_name"]):
        return False
    is_south = compute.less(_cells(table, "latitude"), NO_LSOA_NORTH_OF)
    if compute.any(compute.and_(is_south, gaps["lsoa_code"])).as_py():
        return False
    codes, names = _cells(table, "lsoa_code"), _cells(table, "lsoa_name")
    if len(codes.dictionary) > 1 and any(
        compute.count_distinct(_cells(table, name)).as_py() == 1 for name in ("longitude", "latitude")
    ):
        return False
    # Words are numbered by their first appearance: where every code has one name and every name one code, alike.
    if not codes.indices.equals(names.indices):
        return False
    known = read_lsoa_authorities()
    pairs = zip(codes.dictionary.to_pylist(), names.dictionary.to_pylist(), strict=True)
    return not any(is_stranger(code, name, known) for code, name in pairs)


def _are_crime_ids_clean(table: arrow.Table) -> bool:
    """Say whether anti-social behaviour alone has no ID, and no more IDs are there twice than rows may be."""
    ids, types = _cells(table, "crime_id"), _cells(table, "crime_type")
    position = compute.index(types.dictionary, ANTI_SOCIAL_BEHAVIOUR).as_py()
    is_asb = compute.equal(types.indices, position)
    return bool(is_asb.equals(compute.is_null(ids))) and _has_few_copies(ids)


def _has_few_copies(ids: arrow.Array) -> bool:
    crimes = len(ids) - ids.null_count
    repeated = crimes - compute.count_distinct(ids).as_py()
    return bool(repeated < FEWEST_COPIED_ROWS or repeated <= MOST_COPIED_ROWS * crimes)


def _build_records(table: arrow.Table, schema: arrow.Schema, force: str, month: str) -> arrow.Table:
    names = _cells(table, "lsoa_name")
    authorities = translate(names, compute.utf8_slice_codeunits(names.dictionary, 0, -5))
    columns = [constant(force, len(names)), constant(month, len(names)), *table.columns, authorities]
    return arrow.Table.from_arrays(columns, schema=schema)
