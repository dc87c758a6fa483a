"""DfT road safety data: the short way through a piece of a file in which nothing is odd.

The file of all years holds some ten million casualties in about a gigabyte. Each column is held by its distinct words
against the rules of `stats19_layout`, made into records word by word with the functions of `stats19_tidy`, and rows
are held against the checks of `stats19_checks`, each distinct combination once. The answer is the strict reading's
records, or None: then the strict reading finds out what is wrong, or that nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import pandas as pd
import pyarrow as arrow
from pyarrow import compute

from shp_analysis.errors import SourceError
from shp_analysis.readers.clean_columns import WORDS, is_column_allowed, translate
from shp_analysis.readers.readers import read_code_table
from shp_analysis.readers.stats19_layout import (
    FIELDS,
    MISSING,
    NO_HIGHWAY_AUTHORITY,
    NULL,
    SOURCE,
    UNKNOWN_SPEED_LIMIT,
    Field,
    Table,
    TableFile,
    Vintage,
)
from shp_analysis.readers.strict_csv import Piece, read_clean_csv
from shp_analysis.readers.tables import ADVICE

MOST_ODD_ROWS = 0.01
"""What holds without exception in the files that were looked at may be otherwise in up to this share of rows."""
ROUNDING = 0.001
"""Weights are published with five decimals or more."""
FATAL = "Fatal"
POINTS = (
    ("longitude", "latitude", "longitude", "latitude"),
    ("easting_m", "northing_m", "location_easting_osgr", "location_northing_osgr"),
)


class OddRows:
    """Rows that are odd in a way that a small share of a file's may be, counted over its pieces.

    Parameters
    ----------
    label : str
        How messages name the file.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._rows = 0
        self._found: dict[str, tuple[int, str]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no row was odd."""
        return not self._found

    def count_rows(self, rows: int) -> None:
        """Tell how many more rows were looked at."""
        self._rows += rows

    def count_odd(self, advice: str, count: int, first: str) -> None:
        """Tell of odd rows: what to think of them, how many there are, and what the first one says."""
        if count:
            before, earlier = self._found.get(advice, (0, first))
            self._found[advice] = before + count, earlier

    def add(self, other: OddRows) -> None:
        """Take in what was counted in a later piece."""
        self.count_rows(other._rows)
        for advice, (count, first) in other._found.items():
            self.count_odd(advice, count, first)

    def check(self) -> None:
        """Refuse the file where too many rows are odd.

        Raises
        ------
        SourceError
        """
        for advice, (count, first) in self._found.items():
            if count > MOST_ODD_ROWS * self._rows:
                raise SourceError(
                    f"{self._label}: {first} ({count:,} of {self._rows:,} rows are so; at most {MOST_ODD_ROWS:.0%} may "
                    f"be). {advice}"
                )


def check_identifiers(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file in which an index is not its year and its reference, which is how the publisher makes it.

    A spreadsheet takes the leading zeros off a reference and leaves the index as it is.

    Parameters
    ----------
    frame : pandas.DataFrame
        Text columns `collision_index, collision_year, collision_reference`, indexed by row.
    label : str

    Raises
    ------
    SourceError
    """
    wrong = frame[frame["collision_index"] != frame["collision_year"] + frame["collision_reference"]]
    if len(wrong):
        row = wrong.iloc[0]
        raise SourceError(
            f"{label}: row {row.name} has the index {row['collision_index']!r}, the year {row['collision_year']!r} and "
            f"the reference {row['collision_reference']!r}; an index is its year and its reference "
            f"({len(wrong):,} of {len(frame):,} rows are otherwise). Leading zeros were probably lost. {ADVICE}"
        )


def check_days(frame: pd.DataFrame, cells: pd.Series, label: str, odd_rows: OddRows) -> None:
    """Refuse a file whose dates are on no calendar, in another year than their index, or on another weekday.

    A spreadsheet that takes 03/04 for the fourth of March leaves a date that may be allowed, and the wrong weekday.

    Parameters
    ----------
    frame : pandas.DataFrame
        `collision_date` (missing where the cell is no day), `collision_year` (whole number) and `day_of_week` (word).
    cells : pandas.Series
        The dates as the file has them.
    label : str
    odd_rows : OddRows
        Counts the other weekdays.

    Raises
    ------
    SourceError
    """
    days = frame["collision_date"]
    for row in frame.index[days.isna()]:
        raise SourceError(f"{label}: row {row}, column 'date' says {cells[row]!r}, which is no day. {ADVICE}")
    for row in frame.index[days.dt.year != frame["collision_year"]]:
        raise SourceError(
            f"{label}: row {row}, column 'date' says {cells[row]!r} in a collision of the year "
            f"{frame.loc[row, 'collision_year']}. {ADVICE}"
        )
    odd = frame.index[days.dt.day_name() != frame["day_of_week"]]
    for row in odd[:1]:
        first = (
            f"row {row}, column 'date' says {cells[row]!r}, a {days[row].day_name()}, and column 'day_of_week' says "
            f"{frame.loc[row, 'day_of_week']}"
        )
        odd_rows.count_odd(f"Days and months were probably swapped. {ADVICE}", len(odd), first)


def count_half_points(frame: pd.DataFrame, odd_rows: OddRows) -> None:
    """Count points that have lost one of their two coordinates."""
    for first, second, first_heading, second_heading in POINTS:
        halves = frame.index[frame[first].isna() != frame[second].isna()]
        for row in halves[:1]:
            odd_rows.count_odd(
                ADVICE, len(halves), f"row {row} has only one of '{first_heading}' and '{second_heading}'"
            )


def check_weights(frame: pd.DataFrame, severity: str, label: str) -> None:
    """Refuse a file whose adjusted severities would count a person twice or not at all.

    Parameters
    ----------
    frame : pandas.DataFrame
        `adjusted_serious` and `adjusted_slight`, and the severity as a word.
    severity : str
        The column of the severity.
    label : str

    Raises
    ------
    SourceError
        Where the two weights are not 0 in a fatal row, do not add up to 1 in another, or only one is there.
    """
    serious, slight = frame["adjusted_serious"], frame["adjusted_slight"]
    expected = (frame[severity] != FATAL).astype(float)
    wrong = frame.index[
        (serious.isna() != slight.isna()) | ((serious + slight - expected).abs() > ROUNDING).fillna(value=False)
    ]
    if len(wrong):
        row = wrong[0]
        raise SourceError(
            f"{label}: row {row} ({frame.loc[row, severity]}) has the adjusted severities {_printed(serious[row])} "
            f"(serious) and {_printed(slight[row])} (slight); both are 0 where it is fatal, and they add up to 1 "
            f"elsewhere ({len(wrong):,} of {len(frame):,} rows are otherwise). {ADVICE}"
        )


def check_once(frame: pd.DataFrame, key: Sequence[str]) -> None:
    """Refuse a delivery that has one collision, casualty or vehicle twice, in one file or in two.

    Parameters
    ----------
    frame : pandas.DataFrame
        Indexed by file and row.
    key : sequence of str

    Raises
    ------
    SourceError
    """
    again = frame.index[frame.duplicated(list(key))]
    if not len(again):
        return
    label, row = again[0]
    values = frame.loc[again[0], list(key)].tolist()
    first_label, first_row = frame.index[(frame[list(key)] == values).all(axis=1)][0]
    raise SourceError(
        f"{label}: row {row} has the {' and the '.join(key)} {', '.join(map(repr, values))}, and so has row "
        f"{first_row} of {first_label} ({len(again):,} rows repeat another). Keep one of the two files, or use the "
        "file as published."
    )


def _printed(weight: float) -> str:
    return "nothing" if pd.isna(weight) else f"{weight:g}"


SINGLE_TIER = ("E06", "E08", "E09", "W06", "S12")
"""How the code of a council begins that is both district and highway authority."""
SPEED_LIMIT_NOTES: Mapping[str, str] = {
    MISSING: "Data missing or out of range",
    UNKNOWN_SPEED_LIMIT: "unknown (self reported)",
    "0": "0, which is no speed limit",
}
"""Why a speed limit is missing, by what its cell says; the first two are the data guide's words."""
YEAR_DIGITS = 4
SEVERITIES: Mapping[Table, str | None] = {
    Table.COLLISION: "collision_severity",
    Table.CASUALTY: "casualty_severity",
    Table.VEHICLE: None,
}
"""The column of the severity as a word, where a table has one."""


def tidy_cells(cells: pd.DataFrame, table: Table, vintage: Vintage, label: str, odd_rows: OddRows) -> pd.DataFrame:
    """Make tidy records of one file's checked cells.

    Parameters
    ----------
    cells : pandas.DataFrame
        Text under tidy names, indexed by row; columns that the vintage does not have are not there.
    table : Table
    vintage : Vintage
    label : str
        How messages name the file.
    odd_rows : OddRows
        Counts the rows that are odd in a way that a few may be.

    Returns
    -------
    pandas.DataFrame
        The table's columns, whatever the vintage.

    Raises
    ------
    SourceError
        Where the cells of a row contradict one another.
    """
    cells = _complete_identifiers(cells)
    check_identifiers(cells, label)
    frame = pd.DataFrame({field.name: _tidy_column(cells, field) for field in FIELDS[table]}, index=cells.index)
    frame = frame.drop(columns="status").assign(collision_year=cells["collision_year"].astype("int64"))
    frame.insert(3, "is_provisional", "status" in cells)
    frame.insert(4, "layout_year", int(vintage))
    if table is Table.COLLISION:
        frame = _tidy_collisions(frame, cells, label, odd_rows)
    if table is Table.CASUALTY:
        frame = _insert_after(frame, "casualty_type", "road_user", group_road_users(cells["casualty_type"]))
    severity = SEVERITIES[table]
    if severity is not None:
        check_weights(frame, severity, label)
    odd_rows.count_rows(len(frame))
    return frame


def tidy_column(cells: pd.Series, field: Field) -> pd.Series:
    """Make of one column's checked cells what the records say: labels of codes, numbers, text."""
    if field.codes is not None:
        return cells.map(field.codes).astype("str")
    present = cells.where(cells != MISSING)
    if field.is_number:
        return present.astype("int64" if field.is_key else float)
    return present


def read_days(cells: pd.Series) -> pd.Series:
    """Read days written like 30/09/2023; what is on no calendar is missing."""
    return pd.to_datetime(cells, format="%d/%m/%Y", errors="coerce").astype("datetime64[us]")


def group_road_users(casualty_types: pd.Series) -> pd.Series:
    """Give the group of road users that each code of a casualty's type belongs to."""
    return casualty_types.map(_read_pairs("road_users.csv", "casualty_type", "road_user")).astype("str")


def name_authorities(codes: pd.Series) -> pd.Series:
    """Give the names of authorities; a code to come has none."""
    return codes.map(_read_pairs("authorities.csv", "authority_code", "authority_name")).astype("str")


def clear_highway_authority(codes: pd.Series) -> pd.Series:
    """Take out the mark of the years that have no highway authority."""
    return codes.where(codes != NO_HIGHWAY_AUTHORITY)


def note_speed_limits(cells: pd.Series) -> pd.Series:
    """Say why a speed limit is missing, where it is one of the publisher's marks."""
    return cells.map(dict(SPEED_LIMIT_NOTES)).astype("str")


def read_speed_limits(cells: pd.Series) -> pd.Series:
    """Read speed limits, leaving out the publisher's marks."""
    return cells.where(~cells.isin(list(SPEED_LIMIT_NOTES))).astype(float)


@cache
def _read_pairs(name: str, key: str, value: str) -> dict[str, str]:
    return {row[key]: row[value] for row in read_code_table(SOURCE, name)}


def _complete_identifiers(cells: pd.DataFrame) -> pd.DataFrame:
    """Take year and reference out of the index where the file gives only that; the publisher made it of the two."""
    index = cells["collision_index"]
    parts = {"collision_year": index.str[:YEAR_DIGITS], "collision_reference": index.str[YEAR_DIGITS:]}
    return cells.assign(**{name: part for name, part in parts.items() if name not in cells})


def _tidy_column(cells: pd.DataFrame, field: Field) -> pd.Series:
    if field.name not in cells:
        return pd.Series(
            float("nan") if field.is_number else None, cells.index, dtype=float if field.is_number else str
        )
    return tidy_column(cells[field.name], field)


def _tidy_collisions(frame: pd.DataFrame, cells: pd.DataFrame, label: str, odd_rows: OddRows) -> pd.DataFrame:
    frame = _tidy_times(frame, cells, label)
    check_days(frame, cells["collision_date"], label, odd_rows)
    # One degree west is a place in England, and is written like "missing" where the latitude is there.
    is_west = (cells["longitude"] == MISSING) & frame["latitude"].notna()
    frame = frame.assign(longitude=frame["longitude"].mask(is_west, float(MISSING)))
    count_half_points(frame, odd_rows)
    return _tidy_limits(_tidy_authorities(frame, has_district="authority_code" in cells), cells["speed_limit_mph"])


def _tidy_times(frame: pd.DataFrame, cells: pd.DataFrame, label: str) -> pd.DataFrame:
    parts = cells["collision_date"].str.partition(" ")
    has_time = parts[2] != ""
    if "collision_time" in cells:
        wrong, told = has_time, "has a time of day, which has a column of its own"
        times = frame["collision_time"]
    else:
        wrong, told = ~has_time, "has no time of day, and there is no column 'time'"
        times = parts[2]
    for row in frame.index[wrong]:
        message = (
            f"{label}: row {row}, column 'date' says {cells.loc[row, 'collision_date']!r}, which {told} "
            f"({wrong.sum():,} of {len(frame):,} rows are so). Use the file as published."
        )
        raise SourceError(message)
    return frame.assign(collision_date=read_days(parts[0]), collision_time=times)


def _tidy_authorities(frame: pd.DataFrame, *, has_district: bool) -> pd.DataFrame:
    highway = clear_highway_authority(frame["highway_authority_code"])
    code = frame["authority_code"] if has_district else highway.where(highway.str.startswith(SINGLE_TIER, na=False))
    frame = frame.assign(authority_code=code, highway_authority_code=highway)
    return _insert_after(frame, "authority_code", "authority_name", name_authorities(code))


def _tidy_limits(frame: pd.DataFrame, cells: pd.Series) -> pd.DataFrame:
    frame = frame.assign(speed_limit_mph=read_speed_limits(cells))
    return _insert_after(frame, "speed_limit_mph", "speed_limit_note", note_speed_limits(cells))


def _insert_after(frame: pd.DataFrame, before: str, name: str, words: pd.Series) -> pd.DataFrame:
    columns = list(frame.columns)
    columns.insert(columns.index(before) + 1, name)
    return frame.assign(**{name: words.astype("str")})[columns]


_VARIED = frozenset(
    {
        "collision_index",
        "collision_reference",
        "longitude",
        "latitude",
        "easting_m",
        "northing_m",
        "adjusted_serious",
        "adjusted_slight",
    }
)
"""Columns in which most cells say something of their own."""
_IDENTIFIERS = ("collision_index", "collision_year", "collision_reference")
_DERIVED = {
    "collision_reference": ("is_provisional", "layout_year"),
    "authority_code": ("authority_name",),
    "speed_limit_mph": ("speed_limit_note",),
    "casualty_type": ("road_user",),
}
"""Columns of the records that stand behind another and are in no file."""
_TYPES = {
    "is_provisional": arrow.bool_(),
    "layout_year": arrow.int64(),
    "collision_date": arrow.timestamp("us"),
    "speed_limit_mph": arrow.float64(),
    "collision_year": WORDS,
    "collision_index": arrow.string(),
    "collision_reference": arrow.string(),
}


def _record_schema(table: Table) -> arrow.Schema:
    columns = []
    for field in FIELDS[table]:
        if field.name != "status":
            number = arrow.int64() if field.is_key else arrow.float64()
            columns.append((field.name, _TYPES.get(field.name, number if field.is_number else WORDS)))
        columns += [(name, _TYPES.get(name, WORDS)) for name in _DERIVED.get(field.name, ())]
    return arrow.schema(columns)


RECORD_SCHEMAS: Mapping[Table, arrow.Schema] = {table: _record_schema(table) for table in Table}
"""How the records of each table are kept: those of `tidy_cells`, with the year as text."""


def read_clean_piece(piece: Piece, file: TableFile, kept: Mapping[str, str]) -> arrow.Table | None:
    """Read a piece of a file, if it is beyond doubt.

    Parameters
    ----------
    piece : Piece
    file : TableFile
    kept : mapping of str to str
        The tidy name of every kept heading.

    Returns
    -------
    pyarrow.Table or None
        The records of `RECORD_SCHEMAS`, in the file's order; None where there is any doubt.
    """
    types = {heading: arrow.string() if name in _VARIED else WORDS for heading, name in kept.items()}
    cells = read_clean_csv(piece.content, types, file.headings, ("", NULL))
    if cells is None or not cells.num_rows:
        return None
    cells = cells.rename_columns(list(kept.values()))
    rules = [field for field in FIELDS[file.table] if field.name in cells.column_names]
    if not all(is_column_allowed(cells.column(rule.name), [rule.check], is_nullable=not rule.is_key) for rule in rules):
        return None
    try:
        return _build_records(cells, file)
    except SourceError:
        return None


def _build_records(cells: arrow.Table, file: TableFile) -> arrow.Table | None:
    rows, schema = cells.num_rows, RECORD_SCHEMAS[file.table]
    fields = {field.name: field for field in FIELDS[file.table]}
    columns = {
        **_split_index(_cells(cells, "collision_index")),
        **{name: _tidy(_cells(cells, name), fields[name]) for name in cells.column_names if name != "status"},
        "is_provisional": arrow.repeat(file.is_provisional, rows),
        "layout_year": arrow.repeat(arrow.scalar(int(file.vintage), arrow.int64()), rows),
    }
    if file.table is Table.COLLISION:
        if "collision_time" not in columns or "authority_code" not in columns:
            return None  # older files say both in other columns
        columns |= _clean_collisions(cells, columns["authority_code"])
    if file.table is Table.CASUALTY:
        columns["road_user"] = _spread(_cells(cells, "casualty_type"), group_road_users)
    columns |= {field.name: arrow.nulls(rows, field.type) for field in schema if field.name not in columns}
    table = arrow.Table.from_arrays([columns[name] for name in schema.names], schema=schema)
    return table if _are_rows_clean(table, cells, file.table) else None


def _cells(table: arrow.Table, name: str) -> arrow.Array:
    return table.column(name).combine_chunks()


def _split_index(index: arrow.Array) -> dict[str, arrow.Array]:
    return {
        "collision_year": compute.utf8_slice_codeunits(index, 0, YEAR_DIGITS).dictionary_encode(),
        "collision_reference": compute.utf8_slice_codeunits(index, YEAR_DIGITS),
    }


def _tidy(cells: arrow.Array, field: Field) -> arrow.Array:
    """Make of a column what `tidy_column` makes of it, each distinct word once."""
    if field.name == "collision_year":
        return cells
    if arrow.types.is_dictionary(cells.type):
        return _spread(cells, lambda words: tidy_column(words, field))
    if field.is_number:
        is_missing = compute.equal(cells, MISSING)
        return compute.if_else(is_missing, arrow.scalar(None, arrow.string()), cells).cast(arrow.float64())
    return cells


def _spread(cells: arrow.DictionaryArray, tidy: Callable[[pd.Series], pd.Series]) -> arrow.Array:
    """Make something of every distinct word of a column, and put it wherever the word stands."""
    tidied = arrow.array(tidy(cells.dictionary.to_pandas()), from_pandas=True)
    if arrow.types.is_large_string(tidied.type) or arrow.types.is_string(tidied.type):
        return translate(cells, tidied)
    return tidied.take(cells.indices)


def _clean_collisions(cells: arrow.Table, authorities: arrow.DictionaryArray) -> dict[str, arrow.Array]:
    limits, highways = _cells(cells, "speed_limit_mph"), _cells(cells, "highway_authority_code")
    return {
        "collision_date": _spread(_cells(cells, "collision_date"), read_days),
        "authority_name": _spread(authorities, name_authorities),
        "highway_authority_code": _spread(
            highways, lambda codes: clear_highway_authority(codes.where(codes != MISSING))
        ),
        "speed_limit_mph": _spread(limits, read_speed_limits),
        "speed_limit_note": _spread(limits, note_speed_limits),
    }


def _are_rows_clean(table: arrow.Table, cells: arrow.Table, kind: Table) -> bool:
    """Hold rows against the strict reading's checks; a row that is odd in a way that a few may be is a doubt.

    Raises
    ------
    SourceError
        Where a check refuses.
    """
    odd_rows = OddRows("")
    identifiers = [table.column(name).cast(arrow.string()) for name in _IDENTIFIERS]
    check_identifiers(arrow.table(identifiers, names=list(_IDENTIFIERS)).to_pandas(), "")
    severity = SEVERITIES[kind]
    if severity is not None:
        weights = table.select(["adjusted_serious", "adjusted_slight", severity])
        check_weights(weights.to_pandas(), severity, "")
    if kind is Table.COLLISION:
        days = table.select(["collision_date", "collision_year", "day_of_week"])
        days = days.append_column("cell", cells.column("collision_date"))
        frame = days.group_by(days.column_names).aggregate([]).to_pandas()
        frame = frame.assign(
            collision_year=frame["collision_year"].astype("int64"), day_of_week=frame["day_of_week"].astype("str")
        )
        check_days(frame, frame["cell"].astype("str"), "", odd_rows)
    are_points_whole = all(
        compute.is_null(_cells(table, first)).equals(compute.is_null(_cells(table, second)))
        for first, second, _, _ in (POINTS if kind is Table.COLLISION else ())
    )
    return odd_rows.is_empty and are_points_whole
