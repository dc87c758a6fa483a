"""data.police.uk: the headings of its three kinds of file, and what each column may say.

A column of free text may say anything except what belongs in another column of the same file: that is how a file
whose headings were mixed up shows itself when its types do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pandera.pandas as pa

from shp_analysis.readers.strict_csv import is_like

SOURCE = "police_uk"

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

LONGITUDES = (-9.0, 2.5)
LATITUDES = (49.5, 61.0)

CRIME_ID = r"[0-9a-f]{64}"
MONTH = r"\d{4}-(0[1-9]|1[0-2])"
TIME_WITH_ZONE = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})"
STREET = r"(On or near .*|No Location)"
ACT = r".*\bAct \d{4}\b.*"
"""How published places and laws are written; other columns never say such things."""
OUTCOME = (
    r"((Suspect|Offender|Defendant|Court|Awaiting court|Under investigation|Investigation complete|Local resolution|"
    r"Unable to prosecute|Status update|Action to be taken|(Formal|Further) (action|investigation)).*)"
)
"""How every outcome in the files of 2016 to 2025 begins; a place or a context never does."""
STOP_OUTCOME = (
    r"(Arrest|(A no|Nothing found - no) further action.*|(Community|Local) resolution|Caution.*|Summons.*|"
    r"Penalty Notice.*|Khat or Cannabis warning|Suspect .*|Offender .*)"
)
"""How a search may end."""


class Kind(StrEnum):
    """The three kinds of file; the value is the word in the file's name."""

    STREET = "street"
    OUTCOMES = "outcomes"
    STOP_AND_SEARCH = "stop-and-search"

    @property
    def table(self) -> str:
        """The name of the store's table for these records."""
        return f"{SOURCE}_{self.value.replace('-', '_')}"


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


def _text(
    title: str,
    *,
    allowed: str = "some text",
    pattern: str | None = None,
    never: str | None = None,
    nullable: bool = False,
) -> pa.Column:
    checks = [pa.Check(lambda cells: is_like(cells, r".*[^0-9.,].*"), name="is no number")] if not pattern else []
    if pattern:
        checks.append(pa.Check(lambda cells: is_like(cells, pattern), name=f"is like {pattern}"))
    if never:
        checks.append(pa.Check(lambda cells: ~is_like(cells, never), name=f"is not like {never}"))
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


def _flag(title: str) -> pa.Column:
    return _one_of(title, ("True", "False"), nullable=True)


_CRIME_ID = "64 hexadecimal digits"
_MONTH = _text("Month", pattern=MONTH, allowed="a month like 2024-01")
_PLACE_SCHEMA = {
    "reported_by": _text("Reported by"),
    "falls_within": _text("Falls within"),
    "longitude": _degrees("Longitude", LONGITUDES),
    "latitude": _degrees("Latitude", LATITUDES),
    "location": _text("Location", never=OUTCOME, nullable=True, allowed="the name of a place, never an outcome"),
    "lsoa_code": _text("LSOA code", pattern=r"[EW]01\d{6}", nullable=True, allowed="a code like E01012367, or nothing"),
    "lsoa_name": _text(
        "LSOA name", pattern=r"\S.* \d{3}[A-Z]", nullable=True, allowed="a name like Halton 009A, or nothing"
    ),
}
SCHEMAS: Mapping[Kind, pa.DataFrameSchema] = {
    Kind.STREET: pa.DataFrameSchema(
        {
            "crime_id": _text("Crime ID", pattern=CRIME_ID, nullable=True, allowed=f"{_CRIME_ID}, or nothing"),
            "month": _MONTH,
            **_PLACE_SCHEMA,
            "crime_type": _one_of("Crime type", CRIME_TYPES + FORMER_CRIME_TYPES),
            "last_outcome_category": _text(
                "Last outcome category", never=STREET, nullable=True, allowed="an outcome, never the name of a place"
            ),
            "context": _text(
                "Context",
                never=f"({CRIME_ID}|{STREET}|{OUTCOME})",
                nullable=True,
                allowed="a remark, never a Crime ID, a place or an outcome",
            ),
        },
        strict=True,
    ),
    Kind.OUTCOMES: pa.DataFrameSchema(
        {
            "crime_id": _text("Crime ID", pattern=CRIME_ID, allowed=_CRIME_ID),
            "outcome_month": _MONTH,
            **_PLACE_SCHEMA,
            "outcome_type": _text("Outcome type", never=STREET, allowed="an outcome, never the name of a place"),
        },
        strict=True,
    ),
    Kind.STOP_AND_SEARCH: pa.DataFrameSchema(
        {
            "search_type": _one_of("Type", ("Person search", "Vehicle search", "Person and Vehicle search")),
            "searched_at": _text("Date", pattern=TIME_WITH_ZONE, allowed="a time like 2024-10-01T02:30:00+00:00"),
            "is_part_of_operation": _flag("Part of a policing operation"),
            "operation": _text(
                "Policing operation",
                never=f"({STOP_OUTCOME}|{ACT})",
                nullable=True,
                allowed="the name of an operation, never an outcome or a law",
            ),
            "latitude": _degrees("Latitude", LATITUDES),
            "longitude": _degrees("Longitude", LONGITUDES),
            "gender": _one_of("Gender", ("Female", "Male", "Other"), nullable=True),
            "age_range": _one_of("Age range", ("under 10", "10-17", "18-24", "25-34", "over 34"), nullable=True),
            "self_defined_ethnicity": _text(
                "Self-defined ethnicity",
                never=f"({STOP_OUTCOME}|{ACT})",
                nullable=True,
                allowed="an ethnic group, never an outcome or a law",
            ),
            "officer_defined_ethnicity": _text(
                "Officer-defined ethnicity",
                never=f"(.* - .*|{STOP_OUTCOME}|{ACT})",
                nullable=True,
                allowed="a broad group like White, or nothing",
            ),
            "legislation": _text("Legislation", never=STOP_OUTCOME, nullable=True, allowed="a law, never an outcome"),
            "object_of_search": _text(
                "Object of search",
                never=f"({STOP_OUTCOME}|{ACT})",
                nullable=True,
                allowed="what was looked for, never an outcome or a law",
            ),
            "outcome": _text("Outcome", never=ACT, nullable=True, allowed="an outcome, never a law"),
            "is_outcome_linked": _flag("Outcome linked to object of search"),
            "is_more_than_outer_clothing_removed": _flag("Removal of more than just outer clothing"),
        },
        strict=True,
    ),
}
