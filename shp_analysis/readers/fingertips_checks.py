"""OHID Fingertips: what an export's rows must agree on, and one row of an area's several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.fingertips_layout import ADVICE, COLUMNS, KEY, LIMITS, OF_PARENT


def check_limits(frame: pd.DataFrame, label: str) -> None:
    """Refuse a file in which a value lies outside its own interval, as it does where columns were moved."""
    for lower, upper in LIMITS:
        # Missing limits compare as false, and so pass.
        outside = frame.index[
            (frame["indicator_value"] < frame[lower])
            | (frame["indicator_value"] > frame[upper])
            | (frame[lower] > frame[upper])
        ]
        if len(outside):
            row = frame.loc[outside[0]]
            raise SourceError(
                f"{label}: row {outside[0]}, column 'Value' says {row['indicator_value']:g}, which is not within its "
                f"limits {row[lower]:g} to {row[upper]:g} ({len(outside):,} of {len(frame):,} rows). Columns were "
                f"probably moved. {ADVICE}"
            )


def check_halves(frame: pd.DataFrame, label: str) -> None:
    """Refuse a row of a category that lacks its kind, or the other way round."""
    halves = frame.index[frame["category_type"].isna() != frame["category"].isna()]
    if len(halves):
        raise SourceError(
            f"{label}: row {halves[0]} has only one of 'Category Type' and 'Category' ({len(halves):,} of "
            f"{len(frame):,} rows); published rows have both or neither. {ADVICE}"
        )


def merge_parents(frame: pd.DataFrame) -> pd.DataFrame:
    """Make one row of those that agree in everything but the parent, and refuse those that contradict one another."""
    own = [column for column in frame.columns if column not in {*OF_PARENT, "_where"}]
    once = frame.drop_duplicates(own)
    twins = once[once.duplicated(KEY, keep=False)]
    if len(twins):
        first = twins.iloc[0]
        second = twins[(twins[KEY].fillna("") == first[KEY].fillna("")).all(axis=1)].iloc[1]
        raise SourceError(_describe_twins(first, second, own))
    if len(once) < len(frame):
        once = _join_parents(frame, once, own)
    return once.drop(columns="_where").reset_index(drop=True)


def _describe_twins(first: pd.Series, second: pd.Series, columns: list[str]) -> str:
    differing = next(column for column in columns if _printed(first[column]) != _printed(second[column]))
    heading = next((heading for heading, tidy in COLUMNS.items() if tidy == differing), differing)
    return (
        f"{second['_where']}, column '{heading}' says {_printed(second[differing])} for {second['area_name']}, "
        f"{second['sex']}, {second['time_period']}, and {first['_where']} says {_printed(first[differing])}. One area "
        "has one value in a period. Keep one of the two exports, or use the file as published."
    )


def _printed(cell: object) -> str:
    return "nothing" if pd.isna(cell) else str(cell)  # type: ignore[call-overload]


def _join_parents(frame: pd.DataFrame, once: pd.DataFrame, own: list[str]) -> pd.DataFrame:
    groups = frame.groupby(own, dropna=False, sort=False)
    row_of = groups.ngroup()
    joined = once.copy()
    for column in OF_PARENT:
        join = _agree if column == "compared_to_parent" else _list
        words = {row: join(cells.dropna().unique().tolist()) for row, cells in frame[column].groupby(row_of)}
        joined[column] = row_of.loc[once.index].map(words).astype("str")
    return joined


def _list(words: Iterable[str]) -> str | None:
    return "; ".join(words) or None


def _agree(words: Sequence[str]) -> str | None:
    # Better than one parent and worse than another is no one word: it stays missing.
    return words[0] if len(words) == 1 else None
