"""MARAC files to write: the derived CSV, and a workbook in the publisher's layout with every one of its traps."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
from reader_checks import read_table
from sheet_files import Error, Value, write_xlsx

from shp_analysis.readers.safelives import DERIVED_COLUMNS, READER
from shp_analysis.readers.safelives_workbook import CASES_COLUMNS

HEADINGS = tuple(CASES_COLUMNS)
TITLE = "Cases discussed at multi-agency risk assessment conferences (MARACs), by police force area and region, "
NO_DATA: list[Value] = ["No Data"] * 7
NOT_SUBMITTED: list[Value] = [0, 0, 0, "No population data", 0, Error("#DIV/0!"), 0]
CHESHIRE: list[Value] = [4, 3009, 1850, 64.84801986172653, 908, 30.176138251910935, 3493]
LANCASHIRE: list[Value] = [2, 976, 480, 81.35977526029292, 106, 10.860655737704917, 1332]
STAFFORDSHIRE: list[Value] = [10, 2097, 1900, 44.28348186003295, 404, 19.26561754887935, 2892]
FORCE: list[Value] = [3, 2000, 2500, 32, 500, 25, 2100]
REGION: list[Value] = [13, 4097, 4400, 37.5, 904, 22.06, 4992]

Body = list[tuple[str | None, list[Value]]]
BODY: Body = [
    ("England and Wales", [30, 10000, 9000, 40, 2500, 25, 9000]),
    (None, []),
    ("England", [30, 10000, 9000, 40, 2500, 25, 9000]),
    (None, []),
    ("North West", [6, 3985, 2330, 68.3, 1014, 25.4, 4825]),
    ("Cheshire", CHESHIRE),
    ("Lancashire2", LANCASHIRE),
    (None, []),
    ("West Midlands", REGION),
    ("Staffordshire", STAFFORDSHIRE),
    ("West Midlands", FORCE),
    (None, []),
    ("East of England", NO_DATA),
    ("Norfolk", NO_DATA),
    (None, []),
    ("2. One MARAC within the Lancashire police force is not included.", []),
    ("Source: SafeLives", []),
]


def cases_sheet(body: Body, headings: tuple[str, ...] = HEADINGS, year: int = 2025) -> list[list[Value]]:
    top: list[list[Value]] = [
        [None, "Marac cases"],
        [None, f"{TITLE}year ending March {year}"],
        [],
        [None, *headings],
        [],
    ]
    return [*top, *([None, name, *cells] for name, cells in body)]


def referrals_sheet(rows: Body, year: int = 2025) -> list[list[Value]]:
    top: list[list[Value]] = [
        [None, "Marac referral routes"],
        [None, f"Sources of referrals, year ending March {year}1"],
        [],
        [None, "Area Name", "Police", None, "Housing1", None],
        [None, None, "Number ", "%", "Number ", "%"],
        [],
    ]
    return [*top, *([None, name, *cells] for name, cells in rows)]


REFERRALS: Body = [
    ("North West", [3000.5, 75.3, 32.5, 0.8]),
    ("Cheshire", [2400.5, 79.8, 32, 1.1]),
    ("Lancashire2", [900, 92.2, 0, 0]),
    ("West Midlands", [1, 1, 1, 1]),
    ("West Midlands", [1500.33, 75, 12.83, 0.6]),
    ("Norfolk", ["No Data"] * 4),
]


GENDER: Body = [
    ("North West", [3730, 93.6, 250, 6.3]),
    ("Cheshire", [2800.5, 93.1, 200.5, 6.7]),
    ("Lancashire2", [928, 95.1, 48, 4.9]),
    ("West Midlands", [3900, 95.2, 190, 4.6]),
    ("West Midlands", [1900, 95, 95, 4.75]),
    ("Norfolk", ["No Data"] * 4),
]
DEMOGRAPHICS: Body = [
    ("Cheshire", [150, 5, 30, 1, 301, 10, 40, 1.3, 200.5, 6.7]),
    ("Norfolk", ["No Data"] * 10),
]


def gender_sheet(rows: Body = GENDER) -> list[list[Value]]:
    top: list[list[Value]] = [
        [None, "Marac cases by gender of the victim"],
        [],
        [None, "Area Name", "Female", None, "Male1", None],
        [None, None, "Number ", "%", "Number ", "%"],
        [],
    ]
    return [*top, *([None, name, *cells] for name, cells in rows), [None, "1. Known from 2014 on"]]


def demographics_sheet(rows: Body = DEMOGRAPHICS) -> list[list[Value]]:
    groups = ["Black, Asian or racially minoritised", "LGBT+", "a disability", "aged 16-17", "male"]
    links = ["is", "is", "has", "is", "is a"]
    headings = [
        f"{word} of cases where the victim {link} {group}"
        for link, group in zip(links, groups, strict=True)
        for word in ("Number", "Percentage")
    ]
    return [[None, "Demographics"], [], [None, "Area Name", *headings], *([None, name, *cells] for name, cells in rows)]


def workbook(
    body: Body = BODY, *, year: int = 2025, notes: int | None = None, headings: tuple[str, ...] = HEADINGS
) -> dict[str, list[list[Value]]]:
    notes = notes or year
    title = f"SafeLives Marac data England and Wales April {notes - 1} - March {notes}"
    return {
        "Notes": [[], [None, title], [], [None, "Cases", "What the sheet holds"]],
        "Cases": cases_sheet(body, headings, year),
        "Referral routes": referrals_sheet(REFERRALS, year),
        "Gender": gender_sheet(),
        "Demographics": demographics_sheet(),
    }


def write_workbook(path: Path, sheets: dict[str, list[list[Value]]] | None = None) -> Path:
    path.write_bytes(write_xlsx(sheets or workbook()))
    return path


def with_row(name: str, *cells: Value, instead_of: str | None = None) -> Body:
    wanted = instead_of or name
    assert wanted in [row for row, _ in BODY]
    return [(name, list(cells)) if row == wanted else (row, values) for row, values in BODY]


def write_derived(path: Path, *rows: dict[str, str]) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, DERIVED_COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue())
    return path


DERIVED = {
    "pfa_name_safelives": "Cheshire",
    "financial_year": "2024-25",
    "marac_count": "4.0",
    "cases_discussed": "3009.0",
    "recommended_cases": "1850.0",
    "cases_per_10k_adult_females": "64.84801986172653",
    "repeat_cases": "908.0",
    "repeat_cases_pct": "30.176138251910935",
    "children_in_household": "3493.0",
    "housing_referrals": "32.0",
    "source": "SafeLives MARAC annual data 2024-25 England and Wales",
}


def read_marac_cases(path: Path) -> pd.DataFrame:
    """Read the cases of a delivery by force area, as the store gets them."""
    return read_table(READER, path, "safelives_marac_cases")


def read_marac_totals(path: Path) -> pd.DataFrame:
    """Read the cases of a delivery by region and country."""
    return read_table(READER, path, "safelives_marac_totals")


def read_marac_referrals(path: Path) -> pd.DataFrame:
    """Read the referrals of a delivery by service."""
    return read_table(READER, path, "safelives_marac_referrals")


def read_marac_people(path: Path) -> pd.DataFrame:
    """Read who the victims of a delivery were."""
    return read_table(READER, path, "safelives_marac_people")
