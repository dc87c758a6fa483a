"""Home Office, outcomes of recorded crime: how the investigation of each offence ended, by force and quarter.

Files such as `prc-outcomes-open-data-mar2025-tables-….xlsx`, one a financial year, on the page of the recorded crime
tables. What they do, and what is done:

- There are two numbers a row, and they answer different questions. `outcomes_of_offences_recorded` are those given so
  far to offences recorded in the quarter: recent quarters have few yet, so they are never compared with older ones.
  `outcomes_of_investigations_closed` are those given in the quarter, whenever the offence was recorded.
- Outcome type 0 is "not yet assigned an outcome" and is no outcome (`NOT_YET_ASSIGNED`): leave it out of a share.
- "N/A - data not provided" is a force that gave nothing, and no zero; "N/A - Offence code expired" and the others are
  missing too, each with its reason. Greater Manchester's gap from July 2019 carries no mark at all.
- A number may be below zero: records taken back. It stays.
- The tables of outcomes for offences that involved knives, or firearms, are parts of this one under the same headings:
  `offences_involving` says so from the file's or sheet's name, and the store keeps them apart.
- The table of "alternate offences" has types 1a, 2a, 3a, which 1, 2 and 3 already hold: it is refused.

The headings are those of the table to March 2026 as others have described it; no file was at hand.
"""

from __future__ import annotations

import re

import pandas as pd

from shp_analysis.readers.home_office_crime import ANY_WORDS, OpenTable, check_repeats, prepare, read_counts, respell
from shp_analysis.readers.home_office_layout import OFFENCE_CODE, check_codes, check_copies
from shp_analysis.readers.readers import Frequency, RecordTable
from shp_analysis.readers.table_files import Table
from shp_analysis.readers.tables import refuse_first

NOT_YET_ASSIGNED = "0"
"""The outcome type of offences that have no outcome yet."""
ALL_OFFENCES = "all offences"
KNIVES = "knives or sharp instruments"
FIREARMS = "firearms"

COLUMNS = (
    "period",
    "financial_year",
    "financial_quarter",
    "force_name",
    "area_code",
    "offences_involving",
    "offence_group",
    "offence_subgroup",
    "offence_description",
    "offence_code",
    "is_offence_code_expired",
    "outcome_type",
    "outcome_group",
    "outcome_description",
    "outcomes_of_offences_recorded",
    "recorded_value_note",
    "outcomes_of_investigations_closed",
    "closed_value_note",
)
_TEXT = (r".*[A-Za-z]{3}.*", "words")
_TYPE = (r"\d{1,2}[a-z]?", "an outcome type like 0, 1 or 22")
_EXPIRED = "x"


def finish_outcomes(table: Table, names: str) -> pd.DataFrame:
    """Make tidy records of a table of outcomes.

    Parameters
    ----------
    table : Table
    names : str
        The names that the file and the sheet go by.

    Returns
    -------
    pandas.DataFrame
        One row is one outcome type of one offence of one force and quarter, as published: `COLUMNS`. Both counts are
        Int64, each beside the reason where it is missing.

    Raises
    ------
    SourceError
        Where a cell is not what it may be, rows were pasted in twice or columns moved against each other.
    """
    frame = prepare(
        table,
        "outcomes",
        ["recorded", "closed"],
        {
            "offence_code": (OFFENCE_CODE, "a code like 8N or 4.10"),
            "offence_description": _TEXT,
            "offence_group": _TEXT,
            "offence_subgroup": _TEXT,
            "offence_code_expired": (f"(?i:{_EXPIRED}|yes|no|y|n)", "x for a code that has expired, or nothing"),
            "outcome_type": _TYPE,
            "outcome_description": _TEXT,
            "outcome_group": _TEXT,
        },
    )
    _refuse_alternates(frame, table.label)
    frame = frame.assign(
        offence_group=respell(frame["offence_group"], "offence_subgroups.csv", "offence_group"),
        offence_subgroup=respell(frame["offence_subgroup"], "offence_subgroups.csv", "offence_subgroup"),
        offence_description=respell(frame["offence_description"], "offences.csv", "offence_description"),
        outcome_type=frame["outcome_type"].str.lstrip("0").where(lambda types: types != "", NOT_YET_ASSIGNED),
    )
    check_codes(frame, table.label)
    counts = frame["recorded"].fillna("") + "|" + frame["closed"].fillna("")
    check_copies(frame.assign(count=counts.replace("0|0", "0")), ["force_name"], table.label)
    keys = ["financial_quarter", "force_name", "offence_code", "offence_description", "outcome_type"]
    # Homicide stands under four codes at once and has four rows.
    check_repeats(frame[~frame["offence_code"].str.contains("/")], keys, table.label)
    return _tidy(frame, names)


def _tidy(frame: pd.DataFrame, names: str) -> pd.DataFrame:
    recorded, recorded_note = read_counts(frame["recorded"])
    closed, closed_note = read_counts(frame["closed"])
    expired = frame["offence_code_expired"].str.casefold().isin([_EXPIRED, "yes", "y"])
    tidy = frame.assign(
        period=frame["financial_quarter"].str.replace(" ", "-"),
        offences_involving=pd.Series(_find_coverage(names), index=frame.index, dtype="str"),
        is_offence_code_expired=expired.astype("boolean"),
        outcomes_of_offences_recorded=recorded,
        recorded_value_note=recorded_note,
        outcomes_of_investigations_closed=closed,
        closed_value_note=closed_note,
    )
    return tidy[list(COLUMNS)]


def _find_coverage(names: str) -> str:
    if re.search(r"kni(?:fe|ves)|sharp", names, re.IGNORECASE):
        return KNIVES
    return FIREARMS if re.search("firearm", names, re.IGNORECASE) else ALL_OFFENCES


def _refuse_alternates(frame: pd.DataFrame, label: str) -> None:
    types = frame["outcome_type"]
    refuse_first(
        frame,
        types.str.contains("[a-z]$"),
        label,
        lambda row, _: (
            f", column 'Outcome Type' says {types[row]!r}: this is the table of alternate offences, which the outcomes "
            "without a letter already hold, so that they would be counted twice"
        ),
        "Do not use this file.",
    )


OUTCOMES = OpenTable(
    record=RecordTable("home_office_outcomes", Frequency.QUARTER, "period", ("offences_involving",)),
    kind="outcomes",
    marks=frozenset({"force_name", "outcome_type", "outcome_group"}),
    words=ANY_WORDS,
    file_names=re.compile(r"prc-.*outcomes.*open-data"),
    finish=finish_outcomes,
)
