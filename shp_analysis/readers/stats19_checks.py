"""DfT road safety data: what the cells of a row must have to do with one another, and rows with one another.

What is checked holds in every published row that was looked at, or by the publisher's own definition; where an oddity
is conceivable, a small share of odd rows is let pass.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from shp_analysis.errors import SourceError

MOST_ODD_ROWS = 0.01
"""What holds without exception in the files that were looked at may be otherwise in up to this share of rows."""
ROUNDING = 0.001
"""Weights are published with five decimals or more."""
FATAL = "Fatal"
_ADVICE = "Use the file as published."
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
            f"({len(wrong):,} of {len(frame):,} rows are otherwise). Leading zeros were probably lost. {_ADVICE}"
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
        raise SourceError(f"{label}: row {row}, column 'date' says {cells[row]!r}, which is no day. {_ADVICE}")
    for row in frame.index[days.dt.year != frame["collision_year"]]:
        raise SourceError(
            f"{label}: row {row}, column 'date' says {cells[row]!r} in a collision of the year "
            f"{frame.loc[row, 'collision_year']}. {_ADVICE}"
        )
    odd = frame.index[days.dt.day_name() != frame["day_of_week"]]
    for row in odd[:1]:
        first = (
            f"row {row}, column 'date' says {cells[row]!r}, a {days[row].day_name()}, and column 'day_of_week' says "
            f"{frame.loc[row, 'day_of_week']}"
        )
        odd_rows.count_odd(f"Days and months were probably swapped. {_ADVICE}", len(odd), first)


def count_half_points(frame: pd.DataFrame, odd_rows: OddRows) -> None:
    """Count points that have lost one of their two coordinates."""
    for first, second, first_heading, second_heading in POINTS:
        halves = frame.index[frame[first].isna() != frame[second].isna()]
        for row in halves[:1]:
            odd_rows.count_odd(
                _ADVICE, len(halves), f"row {row} has only one of '{first_heading}' and '{second_heading}'"
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
            f"elsewhere ({len(wrong):,} of {len(frame):,} rows are otherwise). {_ADVICE}"
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
