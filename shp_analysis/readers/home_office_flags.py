"""Home Office, recorded crime by what marked it: knives, firearms, and hatred, by force.

Offences are counted here again that the tables of recorded crime hold already; the marks come from collections of their
own. On the page of the recorded crime tables. What they do, and what is done:

- Figures are a force area's, so never an authority's. A force that gave nothing is missing and never zero.
- Knives: from the year to March 2021 forces joined a new way of finding such offences (NDQIS), one after the other,
  which makes a step in each force's series.
- Hate crime: an offence may have several motivating factors and is then counted under each, so that the sum of strands
  is more than the offences. A row of all offences, where there is one, is kept as the strand `any` and held against
  the strands: no more than their sum, no fewer than the largest. A row that sums the strands is left out.
- Totals are held against their parts and left out.

No file of these three was at hand. The headings are those of the sibling tables and of descriptions of these, with
likely spellings; `open_headings.csv` says which is which, and any other heading is refused.
"""

from __future__ import annotations

import re
from functools import partial

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.home_office_crime import (
    ANY_WORDS,
    OpenTable,
    check_repeats,
    prepare,
    read_counts,
    read_vintages,
    respell,
)
from shp_analysis.readers.home_office_layout import OFFENCE_CODE, SOURCE, fold
from shp_analysis.readers.readers import Frequency, RecordTable, read_code_table
from shp_analysis.readers.table_files import Table
from shp_analysis.readers.tables import ADVICE, refuse_cell, refuse_first

ANY_STRAND = "any"
"""The strand of a row that counts offences, each once, whatever their factors."""

_PLACE = ("period", "financial_year", "financial_quarter", "force_name", "area_code")
_OFFENCE = ("offence_group", "offence_subgroup", "offence_description", "offence_code")
WEAPON_COLUMNS = (*_PLACE, *_OFFENCE, "offences", "offences_with_weapon", "value_note")
HATE_CRIME_COLUMNS = (*_PLACE, "strand", *_OFFENCE, "hate_crimes", "value_note")
_CODE = (OFFENCE_CODE, "a code like 8N or 4.10")
_TEXT = (r".*[A-Za-z]{3}.*", "words")
_TOTAL_FACTORS = re.compile(r"total (?:number of )?motivating factors", re.IGNORECASE)
_TOTAL_OFFENCES = re.compile(r"(?:total|all)(?: number of)?(?: (?:hate crime )?offences| hate crimes?)?", re.IGNORECASE)


def finish_weapons(table: Table, _: str, kind: str) -> pd.DataFrame:
    """Make tidy records of a table of offences that involved knives or sharp instruments, or firearms.

    Parameters
    ----------
    table : Table
    kind : str
        `knife` or `firearms`.

    Returns
    -------
    pandas.DataFrame
        One row is one offence of one force and quarter: `WEAPON_COLUMNS`. `offences_with_weapon` is Int64;
        `offences` counts all of that kind, with the weapon or not, where the table has both.

    Raises
    ------
    SourceError
        Where a cell is not what it may be, a row repeats another, or more involved the weapon than there were.
    """
    if "weapon_offences" not in table.frame:
        # The sibling tables say "Number of Offences" of whatever they are about.
        table = Table(table.label, table.name, table.frame.rename(columns={"number": "weapon_offences"}))
    if "weapon_offences" not in table.frame:
        heading = read_vintages(kind).headings["weapon_offences"]
        raise SourceError(f"{table.label}: row 1: column '{heading}' is missing. {ADVICE}")
    frame = prepare(table, kind, ["weapon_offences", "number"], {"offence": _TEXT, "offence_code": _CODE})
    check_repeats(frame, ["financial_quarter", "force_name", "offence", "offence_code"], table.label)
    return _tidy_weapons(frame, table.label)


def _tidy_weapons(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    weapon, note = read_counts(frame["weapon_offences"])
    offences, _note = read_counts(frame["number"])
    refuse_first(
        frame,
        weapon > offences,
        label,
        lambda row, _: f" says that {weapon[row]:,} of {offences[row]:,} offences involved the weapon",
    )
    tidy = frame.assign(
        period=frame["financial_quarter"].str.replace(" ", "-"),
        offence_group=respell(frame["offence_group"], "offence_subgroups.csv", "offence_group"),
        offence_subgroup=respell(frame["offence_subgroup"], "offence_subgroups.csv", "offence_subgroup"),
        offence_description=respell(frame["offence"], "offences.csv", "offence_description"),
        offences=offences,
        offences_with_weapon=weapon,
        value_note=note,
    )
    return tidy[list(WEAPON_COLUMNS)]


def finish_hate_crime(table: Table, _: str) -> pd.DataFrame:
    """Make tidy records of a table of hate crimes.

    Returns
    -------
    pandas.DataFrame
        One row is one strand, and one offence where the table says which, of one force and year (or quarter):
        `HATE_CRIME_COLUMNS`. Strands overlap: never add them up to count offences.

    Raises
    ------
    SourceError
        Where a cell is not what it may be, a strand is not known, a row repeats another, or the offences are more than
        their factors.
    """
    strands = table.frame["strand"]
    spelled = strands.map({strand: _spell_strand(strand) for strand in strands.unique()}).astype("str")
    frame = _prepare_strands(Table(table.label, table.name, table.frame.assign(strand=spelled)))
    _check_strands(frame, table.label)
    place = ["financial_year", "financial_quarter", "force_name", *_OFFENCE]
    check_repeats(frame, [*place, "strand"], table.label)
    number, note = read_counts(frame["hate_crimes"])
    frame = frame.assign(hate_crimes=number, value_note=note)
    _check_any(frame, place, table.label)
    tidy = frame.assign(
        period=frame["financial_year"],
        offence_group=respell(frame["offence_group"], "offence_subgroups.csv", "offence_group"),
        offence_subgroup=respell(frame["offence_subgroup"], "offence_subgroups.csv", "offence_subgroup"),
        offence_description=respell(frame["offence_description"], "offences.csv", "offence_description"),
    )
    return tidy[list(HATE_CRIME_COLUMNS)]


def _prepare_strands(table: Table) -> pd.DataFrame:
    """Check the strands apart from the rows of all offences, of which they are no parts."""
    is_any = table.frame["strand"] == ANY_STRAND
    groups = [table.frame[~is_any], table.frame[is_any]] if is_any.any() and not is_any.all() else [table.frame]
    checks = {"strand": _TEXT, "offence_code": _CODE}
    frames = [prepare(Table(table.label, table.name, group), "hate_crime", ["hate_crimes"], checks) for group in groups]
    return pd.concat(frames).sort_index()


def _spell_strand(strand: object) -> object:
    if not isinstance(strand, str):
        return strand
    plain = re.sub(r"\s*\[note \d+\]|\d+$", "", strand).strip()
    if _TOTAL_FACTORS.fullmatch(plain):
        return "Total"
    if _TOTAL_OFFENCES.fullmatch(plain):
        return ANY_STRAND
    return next((row["strand"] for row in _strands() if fold(row["spelling"]) == fold(plain)), strand)


def _strands() -> tuple[dict[str, str], ...]:
    return tuple(dict(row) for row in read_code_table(SOURCE, "hate_crime_strands.csv"))


def _check_strands(frame: pd.DataFrame, label: str) -> None:
    known = [ANY_STRAND, *dict.fromkeys(row["strand"] for row in _strands())]
    is_unknown = ~frame["strand"].isin(known)
    refuse_cell(frame, is_unknown, "strand", label, ", ".join(known), heading="Motivating Factor")


def _check_any(frame: pd.DataFrame, place: list[str], label: str) -> None:
    """Hold the rows of all offences against the strands of the same place and time."""
    is_any = frame["strand"] == ANY_STRAND
    grouped = frame[~is_any].groupby(place, dropna=False)["hate_crimes"]
    bounds = grouped.agg(largest="max", total=lambda values: values.sum(skipna=False)).reset_index()
    offences = frame[is_any].reset_index(names="row").merge(bounds, on=place, how="left")
    outside = (offences["hate_crimes"] > offences["total"]) | (offences["hate_crimes"] < offences["largest"])
    wrong = offences[outside.fillna(value=False).astype(bool)]
    if len(wrong):
        first = wrong.iloc[0]
        message = (
            f"{label}: row {first['row']} says {first['hate_crimes']:,} offences of {first['force_name']}, "
            f"{first['financial_year']}, and their motivating factors add up to {first['total']:,}, the largest being "
            f"{first['largest']:,}: rows are missing or were changed. {ADVICE}"
        )
        raise SourceError(message)


def _weapon_table(name: str, kind: str, words: str) -> OpenTable:
    return OpenTable(
        record=RecordTable(name, Frequency.QUARTER, "period"),
        kind=kind,
        marks=frozenset({"financial_quarter", "force_name", "offence"}),
        words=re.compile(words, re.IGNORECASE),
        file_names=re.compile(rf"prc-(?!.*outcomes).*(?:{words})", re.IGNORECASE),
        finish=partial(finish_weapons, kind=kind),
    )


KNIFE = _weapon_table("home_office_knife", "knife", "kni(?:fe|ves)|sharp")
FIREARMS = _weapon_table("home_office_firearms", "firearms", "firearm")
HATE_CRIME = OpenTable(
    record=RecordTable("home_office_hate_crime", Frequency.FINANCIAL_YEAR, "period"),
    kind="hate_crime",
    marks=frozenset({"financial_year", "force_name", "strand"}),
    words=ANY_WORDS,
    file_names=re.compile(r"hate-crime.*open-data|prc-hate-crime"),
    finish=finish_hate_crime,
)
