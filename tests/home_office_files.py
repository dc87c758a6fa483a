"""Tables of the Home Office, small, in the layouts that it publishes them in."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from reader_checks import read_table
from sheet_files import write_ods, write_xlsx

from shp_analysis.readers.home_office import READER

Row = list[str | int | None]

CSP_HEADINGS = (
    *("Financial Year", "Financial Quarter", "Police Force", "CSP Name", "Offence Description", "Offence Group"),
    *("Offence Subgroup", "Offence Code", "Offence Count"),
)
FORCE_HEADINGS = (
    *("Financial Year", "Financial Quarter", "Force Name", "Offence Description", "Offence Group"),
    *("Offence Subgroup", "Offence Code", "Number of Offences"),
)
OUTCOME_HEADINGS = (
    *("Financial Year", "Financial Quarter", "Force Name", "Offence Code", "Offence Description", "Offence Group"),
    *("Offence Subgroup", "Offence code expired", "Outcome Type", "Outcome Description", "Outcome Group"),
    "Outcomes for offences that were recorded in the quarter",
    "Outcomes for investigations closed in the quarter",
)
OLDER_OUTCOME_HEADINGS = (
    *OUTCOME_HEADINGS[:-2],
    "Number of Outcomes for offences that were recorded in the quarter",
    "Number of Outcomes for investigations that were closed in the quarter",
)
SEARCH_HEADINGS = (
    *("financial_year", "financial_year_quarter", "geocode", "police_force_area", "region", "legislation"),
    *("reason_for_search", "outcome", "link", "sex", "age_group", "self_defined_ethnicity_group"),
    *("self_defined_ethnicity", "officer_defined_ethnicity", "number_of_searches"),
)
OLDER_SEARCH_HEADINGS = (
    *("Financial Year", "Geocode", "Force Name", "Region", "Legislation", "Reason for search / arrest"),
    *("Ethnic Group (self-defined - old style)", "Ethnic Group (self-defined - new style)"),
    *("Ethnicity (self-defined)", "Searches", "Resultant arrests", "Weapons arrests (S60 only)"),
    *("Other arrests (S60 only)", "Persons found to be carrying a weapon (S60 only)"),
)
KNIFE_HEADINGS = ("Financial Year", "Financial Quarter", "Force Name", "Offence Description", "Number of Offences")
HATE_HEADINGS = ("Financial Year", "Force Name", "Motivating Factor", "Number of Offences")

SHOPLIFTING = ("46", "Shoplifting", "Theft offences", "Shoplifting")
CHARGED = ("1", "Charged/Summonsed", "Charged/Summonsed")
NO_SUSPECT = ("18", "Investigation complete - no suspect identified", "Investigation complete")
UNASSIGNED_OUTCOME = ("0", "Not yet assigned an outcome", "Not yet assigned an outcome")


def outcome_rows(year: str = "2024/25") -> list[Row]:
    """Give eight quarters of two forces; in each 60 of 100 shopliftings have an outcome."""
    rows: list[Row] = []
    for quarter in ("1", "2", "3", "4"):
        for force in ("Cheshire", "London, City of"):
            for outcome, recorded, closed in ((CHARGED, 20, 25), (NO_SUSPECT, 40, 55), (UNASSIGNED_OUTCOME, 40, "N/A")):
                rows.append([year, quarter, force, *SHOPLIFTING, None, *outcome, recorded, closed])
    return rows


def search_rows(year: str = "2024/25") -> list[Row]:
    """Give three rows of Cheshire and one of the British Transport Police, which have no area."""
    cheshire = ("E23000006", "Cheshire", "North West", "Section 1 (PACE)")
    person = ("Male", "10-17", "White", "White - British", "White")
    return [
        [year, "Q1", *cheshire, "Drugs", "Arrest", "Linked", *person, 7],
        [year, "Q1", *cheshire, "Drugs", "No further action", "Not linked", *person, 70],
        [year, "Q2", *cheshire, "Offensive weapons", "Arrest", "Linked", *person, 3],
        [year, "Q1", "0", "British Transport Police", "0", cheshire[-1], "Drugs", "Arrest", "Linked", *person, 11],
    ]


def older_search_rows() -> list[Row]:
    """Give the same kind of rows as they were published to March 2020."""
    cheshire = ("E23000006", "Cheshire", "North West", "Section 1 (PACE)")
    return [
        ["2019/20", *cheshire, "Drugs", "White", "White", "White - British", 90, 9, "-", "-", "-"],
        ["2019/20", *cheshire, "Firearms", "White", "White", "White - British", "*", "*", "-", "-", "-"],
    ]


def knife_rows() -> list[Row]:
    """Give Cheshire's first quarter: 12 robberies and 30 assaults with a knife."""
    return [
        ["2024/25", "Q1", "Cheshire", "Robbery", 12],
        ["2024/25", "Q1", "Cheshire", "Assault with injury and assault with intent to cause serious harm", 30],
    ]


def hate_rows() -> list[Row]:
    """Give Cheshire's year: 50 offences, of which some had two motivating factors."""
    strands = {"Race": 30, "Religion": 8, "Sexual orientation": 10, "Disability": 5, "Transgender": 2}
    rows: list[Row] = [["2024/25", "Cheshire", strand, number] for strand, number in strands.items()]
    return [
        *rows,
        ["2024/25", "Cheshire", "Total number of motivating factors", 55],
        ["2024/25", "Cheshire", "Total number of offences", 50],
    ]


def write_csv(headings: Sequence[str], rows: Sequence[Sequence[str | int | None]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode()


def write_workbook(kind: str, sheets: Mapping[str, Sequence[Sequence[str | int | None]]]) -> bytes:
    return {"ods": write_ods, "xlsx": write_xlsx}[kind](sheets)


def save(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read_by_csp(path: Path) -> pd.DataFrame:
    """Read the crimes of a delivery by community safety partnership."""
    return read_table(READER, path, "home_office_crime_csp")


def read_by_force(path: Path) -> pd.DataFrame:
    """Read the crimes of a delivery by police force."""
    return read_table(READER, path, "home_office_crime_force")
