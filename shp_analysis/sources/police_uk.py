"""data.police.uk: street-level crime, outcomes, and stop and search, as the monthly archive publishes them.

Published by the Home Office under the Open Government Licence v3.0 at https://data.police.uk/data/. An archive holds
`YYYY-MM/YYYY-MM-<force>-<kind>.csv`; a custom download holds the same files. What the files do, and what is done:

- One row is one crime or one incident, as published. `Crime ID` is blank for anti-social behaviour and now and then
  repeated for others, whose places or outcomes differ; nothing is de-duplicated.
- Only the month is given, never the day (stop and search has the time, in UTC, filed by the local month).
- A place is the nearest of a fixed list of points. The LSOA is kept; points are not tracked over time.
- A month's file is revised after it was first published, and outcomes grow with age; so which archive a figure came
  from is kept, and outcomes are never trended across archives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import SourceError
from shp_analysis.sources.deliveries import Member, open_delivery
from shp_analysis.sources.strict_csv import check_records, read_strict_csv

SOURCE = "police_uk"
PUBLISHER = "data.police.uk (Home Office)"
ADDRESS = "https://data.police.uk/data/archive/"
LICENCE = "Open Government Licence v3.0"

ANTI_SOCIAL_BEHAVIOUR = "Anti-social behaviour"
CRIME_TYPES = (
    ANTI_SOCIAL_BEHAVIOUR,
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
)
FORMER_CRIME_TYPES = ("Public disorder and weapons", "Violent crime")
"""Used until 2013; read so that an old archive is, and belonging to no indicator of today."""

SIMULATED_MARK = "Simulated"
"""The simulated borough writes this word into every row's place or operation; no published street begins with it."""
LONGITUDES = (-9.0, 2.5)
LATITUDES = (49.5, 61.0)
LOCAL_TIME = "Europe/London"

_FILE_NAME = re.compile(
    r"^(?P<month>\d{4}-(?:0[1-9]|1[0-2]))-(?P<force>[a-z]+(?:-[a-z]+)*?)-(?P<kind>street|outcomes|stop-and-search)(?:[ .(_].*)?\.csv$"
)


class Kind(StrEnum):
    """The three kinds of file; the value is the word in the file's name."""

    STREET = "street"
    OUTCOMES = "outcomes"
    STOP_AND_SEARCH = "stop-and-search"

    @property
    def table(self) -> str:
        """The name of the store's table for these records."""
        return f"{SOURCE}_{self.value.replace('-', '_')}"


@dataclass(frozen=True)
class MonthlyFile:
    """One force's file of one month, found in a delivery but not yet read."""

    kind: Kind
    force: str
    month: str
    member: Member


_PLACE_COLUMNS = {
    "Reported by": "reported_by",
    "Falls within": "falls_within",
    "Longitude": "longitude",
    "Latitude": "latitude",
    "Location": "location",
    "LSOA code": "lsoa_code",
    "LSOA name": "lsoa_name",
}
COLUMNS: Mapping[Kind, Mapping[str, str]] = {
    Kind.STREET: {
        "Crime ID": "crime_id",
        "Month": "month",
        **_PLACE_COLUMNS,
        "Crime type": "crime_type",
        "Last outcome category": "last_outcome_category",
        "Context": "context",
    },
    Kind.OUTCOMES: {
        "Crime ID": "crime_id",
        "Month": "outcome_month",
        **_PLACE_COLUMNS,
        "Outcome type": "outcome_type",
    },
    Kind.STOP_AND_SEARCH: {
        "Type": "search_type",
        "Date": "searched_at",
        "Part of a policing operation": "is_part_of_operation",
        "Policing operation": "operation",
        "Latitude": "latitude",
        "Longitude": "longitude",
        "Gender": "gender",
        "Age range": "age_range",
        "Self-defined ethnicity": "self_defined_ethnicity",
        "Officer-defined ethnicity": "officer_defined_ethnicity",
        "Legislation": "legislation",
        "Object of search": "object_of_search",
        "Outcome": "outcome",
        "Outcome linked to object of search": "is_outcome_linked",
        "Removal of more than just outer clothing": "is_more_than_outer_clothing_removed",
    },
}
"""Each kind's published headings, in their order, with the tidy names."""


def find_monthly_files(members: tuple[Member, ...], path: Path) -> tuple[MonthlyFile, ...]:
    """Pick the monthly files out of an opened delivery, without reading their rows.

    Parameters
    ----------
    members : tuple of Member
    path : Path
        The delivery, for messages.

    Returns
    -------
    tuple of MonthlyFile
        In order of month, force and kind. Files with other names are passed over.

    Raises
    ------
    SourceError
        Where there is none, or one force's month is there twice.
    """
    found: dict[tuple[str, str, Kind], MonthlyFile] = {}
    for member in members:
        name = _FILE_NAME.match(member.path.name)
        if not name:
            continue
        file = MonthlyFile(Kind(name["kind"]), name["force"], name["month"], member)
        twin = found.setdefault((file.month, file.force, file.kind), file)
        if twin is not file:
            message = (
                f"{member.label}: the same force, month and kind are also in {twin.member.label}. Keep one of the two."
            )
            raise SourceError(message)
    if not found:
        message = (
            f"{path}: holds no file named like those of data.police.uk (2024-01-cheshire-street.csv, …-outcomes.csv or "
            f"…-stop-and-search.csv); {len(members)} other file{'' if len(members) == 1 else 's'} found. Check the path, or fetch the archive from {ADDRESS}."
        )
        raise SourceError(message)
    return tuple(found[key] for key in sorted(found))


def read_street(path: Path) -> pd.DataFrame:
    """Read every street file of a delivery.

    Parameters
    ----------
    path : Path
        An archive zip, a folder or a single CSV.

    Returns
    -------
    pandas.DataFrame
        One row is one crime or ASB incident as published: `force, file_month, crime_id, month, reported_by,
        falls_within, longitude, latitude, location, lsoa_code, lsoa_name, authority_name, crime_type,
        last_outcome_category, context`. `authority_name` is the part of the LSOA's name before its code.

    Raises
    ------
    SourceError
        Where any file of the delivery is not what it says it is.
    """
    return _read_kind(path, Kind.STREET)


def read_outcomes(path: Path) -> pd.DataFrame:
    """Read every outcomes file of a delivery.

    Returns
    -------
    pandas.DataFrame
        One row is one outcome. `outcome_month` is the month of the outcome, not of the crime: how many of a month's crimes
        have one depends on the archive's age, so outcomes of two archives are never compared.

    Raises
    ------
    SourceError
        As `read_street`.
    """
    return _read_kind(path, Kind.OUTCOMES)


def read_stop_and_search(path: Path) -> pd.DataFrame:
    """Read every stop-and-search file of a delivery.

    Returns
    -------
    pandas.DataFrame
        One row is one search. `searched_at` is in UTC and `search_month` the month by the clock on the wall, by which
        the publisher files it. There is no LSOA.

    Raises
    ------
    SourceError
        As `read_street`.
    """
    return _read_kind(path, Kind.STOP_AND_SEARCH)


def read_monthly_file(file: MonthlyFile) -> pd.DataFrame:
    """Read and validate one force's file of one month.

    Parameters
    ----------
    file : MonthlyFile

    Returns
    -------
    pandas.DataFrame
        Tidy records with `force` and `file_month` in front, indexed by the row in the file.

    Raises
    ------
    SourceError
        Naming file, row, column, value and what was allowed.
    """
    label = file.member.label
    frame = read_strict_csv(file.member.read(), COLUMNS[file.kind], label)
    if file.kind is Kind.STREET and frame.empty:
        message = f"{label}: has headings and no rows. A month in which nothing was recorded is a month that is missing: leave the file out."
        raise SourceError(message)
    frame = check_records(frame, _SCHEMAS[file.kind], label)
    frame = _ADD_COLUMNS[file.kind](frame)
    _check_month(frame, file)
    _check_force(frame, file)
    frame.insert(0, "force", file.force)
    frame.insert(1, "file_month", file.month)
    return frame


def is_simulated(frame: pd.DataFrame) -> bool:
    """Say whether any record was written by the simulated borough."""
    column = frame["location"] if "location" in frame else frame["operation"]
    return bool(column.str.contains(SIMULATED_MARK, regex=False, na=False).any())


def _read_kind(path: Path, kind: Kind) -> pd.DataFrame:
    with open_delivery(path) as members:
        files = [file for file in find_monthly_files(members, path) if file.kind is kind]
        frames = list(_read_each(files))
    if not frames:
        message = f"{path}: holds no {kind.value} file. Fetch an archive that includes {kind.value} from {ADDRESS}."
        raise SourceError(message)
    return pd.concat(frames, ignore_index=True)


def _read_each(files: list[MonthlyFile]) -> Iterator[pd.DataFrame]:
    return (read_monthly_file(file) for file in files)


def _add_authority(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(authority_name=frame["lsoa_name"].str.slice(stop=-5))


def _add_search_month(frame: pd.DataFrame) -> pd.DataFrame:
    local = frame["searched_at"].dt.tz_convert(LOCAL_TIME)
    return frame.assign(search_month=local.dt.strftime("%Y-%m"))


_ADD_COLUMNS = {
    Kind.STREET: _add_authority,
    Kind.OUTCOMES: _add_authority,
    Kind.STOP_AND_SEARCH: _add_search_month,
}
_MONTH_COLUMNS = {Kind.STREET: "month", Kind.OUTCOMES: "outcome_month", Kind.STOP_AND_SEARCH: "search_month"}


def _check_month(frame: pd.DataFrame, file: MonthlyFile) -> None:
    column = _MONTH_COLUMNS[file.kind]
    wrong = frame.loc[frame[column] != file.month, column]
    if len(wrong):
        heading = "Date" if file.kind is Kind.STOP_AND_SEARCH else "Month"
        message = (
            f"{file.member.label}: row {wrong.index[0]}, column '{heading}' is of {wrong.iloc[0]} in a file of {file.month} "
            f"({len(wrong):,} of {len(frame):,} rows). Is the file named after the wrong month? Fetch it again."
        )
        raise SourceError(message)


def _check_force(frame: pd.DataFrame, file: MonthlyFile) -> None:
    if "falls_within" not in frame:
        return
    wanted = {"btp": "british transport"}.get(file.force, _plain(file.force))
    wrong = frame.loc[[wanted not in _plain(name) for name in frame["falls_within"]], "falls_within"]
    if len(wrong):
        message = (
            f"{file.member.label}: row {wrong.index[0]}, column 'Falls within' says {wrong.iloc[0]!r} in a file of the force "
            f"'{file.force}' ({len(wrong):,} of {len(frame):,} rows). Is the file named after the wrong force? Fetch it again."
        )
        raise SourceError(message)


def _plain(name: str) -> str:
    return name.lower().replace("&", "and").replace("-", " ")


def _text(title: str, *, allowed: str = "some text", pattern: str | None = None, nullable: bool = False) -> pa.Column:
    checks = [pa.Check.str_matches(pattern)] if pattern else []
    return pa.Column(str, checks, nullable=nullable, title=title, description=allowed)


def _one_of(title: str, values: tuple[str, ...], *, nullable: bool = False) -> pa.Column:
    return pa.Column(
        str, pa.Check.isin(values), nullable=nullable, title=title, description=f"one of {', '.join(values)}"
    )


def _degrees(title: str, limits: tuple[float, float]) -> pa.Column:
    description = f"a {title.lower()} in the United Kingdom, {limits[0]} to {limits[1]} degrees, or nothing"
    return pa.Column(
        float, pa.Check.in_range(*limits), nullable=True, coerce=True, title=title, description=description
    )


_MONTH_PATTERN = r"^\d{4}-(0[1-9]|1[0-2])$"
_PLACE_SCHEMA = {
    "reported_by": _text("Reported by"),
    "falls_within": _text("Falls within"),
    "longitude": _degrees("Longitude", LONGITUDES),
    "latitude": _degrees("Latitude", LATITUDES),
    "location": _text("Location", nullable=True),
    "lsoa_code": _text(
        "LSOA code", pattern=r"^[EW]01\d{6}$", nullable=True, allowed="a code like E01012367, or nothing"
    ),
    "lsoa_name": _text(
        "LSOA name",
        pattern=r"^\S.* \d{3}[A-Z]$",
        nullable=True,
        allowed="a name like Halton 009A, or nothing",
    ),
}
_FLAG = "True, False or nothing"
_SCHEMAS: Mapping[Kind, pa.DataFrameSchema] = {
    Kind.STREET: pa.DataFrameSchema(
        {
            "crime_id": _text(
                "Crime ID",
                pattern=r"^[0-9a-f]{64}$",
                nullable=True,
                allowed="64 hexadecimal digits, or nothing",
            ),
            "month": _text("Month", pattern=_MONTH_PATTERN, allowed="a month like 2024-01"),
            **_PLACE_SCHEMA,
            "crime_type": _one_of("Crime type", CRIME_TYPES + FORMER_CRIME_TYPES),
            "last_outcome_category": _text("Last outcome category", nullable=True),
            "context": _text("Context", nullable=True),
        },
        strict=True,
    ),
    Kind.OUTCOMES: pa.DataFrameSchema(
        {
            "crime_id": _text("Crime ID", pattern=r"^[0-9a-f]{64}$", allowed="64 hexadecimal digits"),
            "outcome_month": _text("Month", pattern=_MONTH_PATTERN, allowed="a month like 2024-01"),
            **_PLACE_SCHEMA,
            "outcome_type": _text("Outcome type"),
        },
        strict=True,
    ),
    Kind.STOP_AND_SEARCH: pa.DataFrameSchema(
        {
            "search_type": _one_of("Type", ("Person search", "Vehicle search", "Person and Vehicle search")),
            "searched_at": pa.Column(
                "datetime64[us, UTC]",
                coerce=True,
                title="Date",
                description="a time like 2024-10-01T02:30:00+00:00",
            ),
            "is_part_of_operation": _one_of("Part of a policing operation", ("True", "False"), nullable=True),
            "operation": _text("Policing operation", nullable=True),
            "latitude": _degrees("Latitude", LATITUDES),
            "longitude": _degrees("Longitude", LONGITUDES),
            **{
                name: _text(heading, nullable=True)
                for heading, name in COLUMNS[Kind.STOP_AND_SEARCH].items()
                if name
                in {
                    "gender",
                    "age_range",
                    "self_defined_ethnicity",
                    "officer_defined_ethnicity",
                    "legislation",
                }
                or name in {"object_of_search", "outcome"}
            },
            "is_outcome_linked": _one_of("Outcome linked to object of search", ("True", "False"), nullable=True),
            "is_more_than_outer_clothing_removed": _one_of(
                "Removal of more than just outer clothing", ("True", "False"), nullable=True
            ),
        },
        strict=True,
    ),
}
