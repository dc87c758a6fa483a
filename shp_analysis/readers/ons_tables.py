"""Tables of the Office for National Statistics: what their cells may say, and residents of an age band.

The oldest residents are published together as 90 and over, so a band may end at 89 or be open, and nothing between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pandera.pandas as pa

from shp_analysis.errors import RequestError, SourceError
from shp_analysis.readers.readers import read_code_table

OLDEST_AGE = 90
"""The last column counts everyone of this age and over."""
ALL, FEMALE, MALE = "all", "female", "male"
"""What a population is of."""
_BAND = re.compile(r"(?P<first>\d{1,2})(?:(?P<open>\+)|\s*[-–]\s*(?P<last>\d{1,3}))")


@dataclass(frozen=True)
class AgeBand:
    """Everyone from one age to another, both included.

    Attributes
    ----------
    first : int
        Years of age.
    last : int or None
        None where the band is open: `16+`.
    """

    first: int
    last: int | None = None

    def __post_init__(self) -> None:
        last = self.last
        if not 0 <= self.first <= OLDEST_AGE or (last is not None and not self.first <= last < OLDEST_AGE):
            message = (
                f"There is no age band '{self.label}': give ages from 0 to {OLDEST_AGE - 1}, the lower one first, or "
                f"an open band like 16+; everyone of {OLDEST_AGE} and over is published as one number."
            )
            raise RequestError(message)

    @property
    def label(self) -> str:
        """As it is printed: "13-16", "16+"."""
        return f"{self.first}+" if self.last is None else f"{self.first}-{self.last}"

    @property
    def ages(self) -> range:
        """The ages in it; the last of an open band stands for all above."""
        return range(self.first, (OLDEST_AGE if self.last is None else self.last) + 1)


def parse_age_band(text: str) -> AgeBand:
    """Read an age band.

    Parameters
    ----------
    text : str
        "13-16", "16+", "0+" for everyone.

    Raises
    ------
    RequestError
        Where it is no band, or one that cannot be counted.
    """
    found = _BAND.fullmatch(text.strip())
    if not found:
        message = f"'{text}' is no age band. Write it like 13-16 or 16+."
        raise RequestError(message)
    return AgeBand(int(found["first"]), None if found["open"] else int(found["last"]))


def count_residents(populations: pd.DataFrame, ages: AgeBand | str, sex: str | None = None) -> pd.DataFrame:
    """Count the residents of an age band, of one sex or of both.

    Parameters
    ----------
    populations : pandas.DataFrame
        From `ons.read_populations_by_sex`, `ons.read_local_authority_populations` or `ons.read_lsoa_populations`, or
        the same from the store.
    ages : AgeBand or str
        "16+", "10-17".
    sex : {"female", "male"}, optional
        Everyone if left out.

    Returns
    -------
    pandas.DataFrame
        One row an area and year: `area_code, area_name, mid_year, age_band, sex, residents`; `sex` is `"all"` where
        none was given. `residents` is missing where any age of the band, or one of the sexes, is: before 2001 nobody
        over 84 was published by single year of age, so 16+ is unknown there and 13-16 is not.

    Raises
    ------
    RequestError
        As `parse_age_band`; where the populations are not told by sex and one is asked for; or where an area's year is
        there both for all and by sex, which are two estimates.
    """
    band = parse_age_band(ages) if isinstance(ages, str) else ages
    rows = populations if "sex" in populations else populations.assign(sex=ALL)
    _check_sexes(rows, sex)
    if sex is not None:
        rows = rows[rows["sex"] == sex]
    within = rows[rows["age_years"].isin(band.ages)]
    groups = within.groupby(["area_code", "area_name", "mid_year"], as_index=False, sort=False)
    counted = groups.agg(
        residents=("residents", "sum"), n_ages=("residents", "count"), has_all=("sex", lambda sexes: ALL in set(sexes))
    )
    # A sum over the ages or sexes that happen to be there would be too small without saying so.
    n_sexes = counted["has_all"].map({True: 1, False: 1 if sex else 2})
    residents = counted["residents"].where(counted["n_ages"] == len(band.ages) * n_sexes).astype("Int64")
    return counted.assign(age_band=band.label, sex=sex or ALL, residents=residents)[
        ["area_code", "area_name", "mid_year", "age_band", "sex", "residents"]
    ]


def _check_sexes(rows: pd.DataFrame, sex: str | None) -> None:
    there = sorted(rows["sex"].unique())
    if sex is not None and sex not in (FEMALE, MALE):
        message = f"There is no sex {sex!r} in populations. Give {FEMALE} or {MALE}, or none for everyone."
        raise RequestError(message)
    if sex is not None and sex not in there:
        message = f"These populations are not told by sex ({', '.join(there)} only). Read populations by sex and age."
        raise RequestError(message)
    if sex is None and ALL in there and len(there) > 1:
        keys = ["area_code", "mid_year"]
        both = rows.loc[rows["sex"] == ALL, keys].drop_duplicates().merge(rows.loc[rows["sex"] != ALL, keys])
        if len(both):
            code, year = both.iloc[0]
            message = f"Residents of {code} in {year} are there for all and by sex: two estimates. Choose one of them."
            raise RequestError(message)


SOURCE = "ons"
YEAR = re.compile(r"(19|20)\d{2}")
WHOLE = r"\d{1,9}(\.0)?"


def read_marks() -> Mapping[str, str]:
    """Give what may stand in place of a count, with its meaning."""
    return {row["mark"]: row["value_note"] for row in read_code_table(SOURCE, "value_marks.csv")}


def make_schema(names: Mapping[str, str], counts: list[str], code: str) -> pa.DataFrameSchema:
    """Make a schema: a code, a name, perhaps a year, and columns of counts.

    Parameters
    ----------
    names : mapping of str to str
        Headings with tidy names.
    counts : list of str
        Tidy names of the columns of counts.
    code : str
        What a code is like.
    """
    marks = read_marks()
    count = f"({WHOLE}|{'|'.join(map(re.escape, marks))})"
    headings = {tidy: heading for heading, tidy in names.items()}
    allowed = f"a whole number, or one of {' '.join(marks)}"
    columns = {name: make_column(headings.get(name, name), count, allowed) for name in counts}
    for name in headings.keys() - columns.keys():
        kind = name.rpartition("_")[2]
        pattern, allowed = {
            "code": (code, f"a code like {code}"),
            "name": (r"\S.*[A-Za-z].*", "the name of an area"),
            "year": (r"19[6-9]\d|20[0-4]\d", "a year like 2020"),
        }[kind]
        columns[name] = make_column(headings[name], pattern, allowed)
    return pa.DataFrameSchema(columns, strict=True)


def make_column(title: str, pattern: str, allowed: str) -> pa.Column:
    """Make a column of text of one form; `title` is the publisher's heading."""
    check = pa.Check(lambda cells: cells.str.fullmatch(pattern), name=f"is like {pattern}")
    return pa.Column(str, check, title=title, description=allowed)


def read_counts(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Turn cells into counts, missing where a mark stands, and the marks into their meaning."""
    marks = read_marks()
    counts = pd.to_numeric(cells.mask(cells.isin(marks)).astype("object")).astype("Int64")
    return counts, cells.map(marks).astype("str")


def lengthen(frame: pd.DataFrame, keys: list[str], headings: Mapping[str, int], name: str) -> pd.DataFrame:
    """Turn one column a year or age into one row each, areas in the order of the file."""
    order = sorted(headings, key=lambda heading: headings[heading])
    long = frame.assign(_place=range(len(frame))).melt([*keys, "_place"], order, var_name=name, value_name="cell")
    long[name] = long[name].map(headings).astype("int64")
    long = long.sort_values(["_place", name], kind="stable", ignore_index=True)
    count, note = read_counts(long["cell"])
    return long.assign(count=count, value_note=note)[[*keys, name, "count", "value_note"]]


def check_once(frame: pd.DataFrame, keys: list[str], label: str) -> None:
    """Refuse two rows of one key."""
    again = frame.index[frame.duplicated(keys)]
    if len(again):
        what = " and ".join(repr(frame.loc[again[0], key]) for key in keys)
        message = (
            f"{label}: row {again[0]}: {what} is there already ({len(again):,} of {len(frame):,} rows are so). Use the "
            "file as published."
        )
        raise SourceError(message)


def check_years(years: Sequence[int], label: str) -> list[int]:
    """Give the years of a table's headings in order, and refuse it where one is left out or there twice."""
    ordered = sorted(years)
    if list(years) not in (ordered, ordered[::-1]):
        message = (
            f"{label}: row 1: the years {', '.join(map(str, years))} do not stand in order. Whether columns or only "
            "headings were moved cannot be told: use the file as published."
        )
        raise SourceError(message)
    if not ordered or ordered != list(range(ordered[0], ordered[-1] + 1)):
        message = (
            f"{label}: row 1: the years are {ordered or 'missing'}; allowed: each year from the first to the last "
            "once. Use the file as published."
        )
        raise SourceError(message)
    return ordered
