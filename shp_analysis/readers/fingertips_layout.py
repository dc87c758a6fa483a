"""OHID Fingertips: the headings of its exports, in every vintage, and what each cell may say."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping

import pandera.pandas as pa

SOURCE = "fingertips"

COLUMNS: Mapping[str, str] = {
    "Indicator ID": "indicator_id",
    "Indicator Name": "indicator_name",
    "Parent Code": "parent_codes",
    "Parent Name": "parent_names",
    "Area Code": "area_code",
    "Area Name": "area_name",
    "Area Type": "area_type",
    "Sex": "sex",
    "Age": "age",
    "Category Type": "category_type",
    "Category": "category",
    "Time period": "time_period",
    "Value": "indicator_value",
    "Lower CI 95.0 limit": "lower_95",
    "Upper CI 95.0 limit": "upper_95",
    "Lower CI 99.8 limit": "lower_99_8",
    "Upper CI 99.8 limit": "upper_99_8",
    "Count": "numerator",
    "Denominator": "denominator",
    "Value note": "value_note",
    "Recent Trend": "recent_trend",
    "Compared to England value or percentiles": "compared_to_england",
    "Compared to parent value or percentiles": "compared_to_parent",
    "Time period Sortable": "time_period_sortable",
    "New data": "new_data",
    "Compared to goal": "compared_to_goal",
    "Time period range": "time_period_range",
}
"""The headings of a newer export, in their order, with the tidy names."""
FORMER_HEADINGS: Mapping[str, str] = {
    "Compared to subnational parent value or percentiles": "Compared to parent value or percentiles",
    "Compared to percentiles": "Compared to parent value or percentiles",
    "Compared to target": "Compared to goal",
    "Compared to Target": "Compared to goal",
}
"""Other names that a column has had. One more holds the parent's kind: "Compared to Region value or percentiles"."""
ADDED_LATER = ("Time period range",)
"""Columns that older exports do not have."""

_COMPARED_TO_PARENT = re.compile(r"Compared to (?!England ).+ value or percentiles")
NUMBERS = ("indicator_value", "lower_95", "upper_95", "lower_99_8", "upper_99_8", "numerator", "denominator")
LIMITS = (("lower_95", "upper_95"), ("lower_99_8", "upper_99_8"))
KEY = ["indicator_id", "area_code", "area_type", "sex", "age", "category_type", "category", "time_period"]
OF_PARENT = ("parent_codes", "parent_names", "compared_to_parent")
ADVICE = "Use the file as published."


def _text(title: str, pattern: str = r"\S.*", allowed: str = "some text", *, nullable: bool = False) -> pa.Column:
    check = pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}")
    return pa.Column(str, check, nullable=nullable, title=title, description=allowed)


def _number(title: str, allowed: str, pattern: str) -> pa.Column:
    return _text(title, pattern, f"{allowed}, without thousands separators, or nothing", nullable=True)


_NOT_NEGATIVE = r"\d+(\.\d+)?([eE][-+]?\d{1,2})?"
_ANY_NUMBER = f"-?{_NOT_NEGATIVE}"
_AREA_CODE = r"(?![a-z][0-9]+$|[A-Z][0-9]{6,7}$|[A-Z][0-9]{9,}$)(?=.*[A-Za-z])[A-Za-z0-9-]{3,}"
"""An English code is a letter and eight digits, that of a practice a letter and five: not one cut short between."""
SCHEMA = pa.DataFrameSchema(
    {
        "indicator_id": _text("Indicator ID", r"\d{1,6}", "a whole number like 91380"),
        "indicator_name": _text("Indicator Name"),
        "parent_codes": _text("Parent Code", _AREA_CODE, "a code like E12000002, or nothing", nullable=True),
        "parent_names": _text("Parent Name", nullable=True),
        "area_code": _text("Area Code", _AREA_CODE, "a code like E06000006"),
        "area_name": _text("Area Name"),
        "area_type": _text("Area Type"),
        "sex": pa.Column(
            str,
            pa.Check.isin(("Persons", "Male", "Female", "Not applicable")),
            title="Sex",
            description="one of Persons, Male, Female, Not applicable",
        ),
        "age": _text("Age"),
        "category_type": _text("Category Type", nullable=True),
        "category": _text("Category", nullable=True),
        "time_period": _text("Time period"),
        "indicator_value": _number("Value", "a number", _ANY_NUMBER),
        "lower_95": _number("Lower CI 95.0 limit", "a number", _ANY_NUMBER),
        "upper_95": _number("Upper CI 95.0 limit", "a number", _ANY_NUMBER),
        "lower_99_8": _number("Lower CI 99.8 limit", "a number", _ANY_NUMBER),
        "upper_99_8": _number("Upper CI 99.8 limit", "a number", _ANY_NUMBER),
        "numerator": _number("Count", "a number of 0 or more", _NOT_NEGATIVE),
        "denominator": _number("Denominator", "a number of 0 or more", _NOT_NEGATIVE),
        "value_note": _text("Value note", nullable=True),
        "recent_trend": _text("Recent Trend", nullable=True),
        "compared_to_england": _text("Compared to England value or percentiles", nullable=True),
        "compared_to_parent": _text("Compared to parent value or percentiles", nullable=True),
        "time_period_sortable": _text("Time period Sortable", r"\d{8}", "eight digits like 20160000"),
        "new_data": _text("New data", nullable=True),
        "compared_to_goal": _text("Compared to goal", nullable=True),
        "time_period_range": _text("Time period range", nullable=True),
    },
    strict=True,
)
"""What each cell may say; numbers are made of the text afterwards, so that no word like "nan" becomes a blank."""


def match_columns(content: bytes) -> dict[str, str]:
    """Pair the headings of this file with the tidy names, whichever name a column has here.

    Returns
    -------
    dict of str to str
        For `strict_csv.read_strict_csv`; a column that is missing stands under its current heading.
    """
    first = content[: content.find(b"\n") + 1 or None].decode("utf-8-sig", errors="replace")
    found = {current_heading(heading): heading for heading in next(csv.reader([first.rstrip("\r\n")]), [])}
    return {
        found.get(heading, heading): tidy
        for heading, tidy in COLUMNS.items()
        if heading in found or heading not in ADDED_LATER
    }


def current_heading(heading: str) -> str:
    """Give the name that a column has now, by any that it has had."""
    if _COMPARED_TO_PARENT.fullmatch(heading):
        return "Compared to parent value or percentiles"
    return FORMER_HEADINGS.get(heading, heading)
