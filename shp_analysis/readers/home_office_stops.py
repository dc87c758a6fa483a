"""Home Office, stop and search by force: searches by legislation, reason and outcome.

Published each autumn with the statistics of police powers at https://www.gov.uk/government/collections/
police-powers-and-procedures-england-and-wales, as `stop-search-open-data-tables-….ods`. What the tables do, and what is
done:

- Figures are a force area's. `geocode`, where given, must be that force's; the British Transport Police have none.
- To March 2020 a row is a year, a reason and an ethnic group (`Searches`, `Resultant arrests`); a second table of the
  same searches has the outcome in place of the reason. From March 2021 rows have reason, outcome, quarter, sex and age
  together. `counted_by` says which of them a table is: two of them are never added up.
- `-`, `*` and `..` are missing, with their reason; others have read them as zero.
- Searches of vehicles are rows of their own ("N/A - vehicle search") and searches all the same.
- Searches under section 60 need no suspicion: `legislation` tells them apart. A count says how much a force searches,
  and a share of searches that find something depends on whom it searches.

Sheets `open_data` and `S&S_OD` and these headings are as others have described the files; none was at hand.
"""

from __future__ import annotations

import re

import pandas as pd

from shp_analysis.readers.home_office_crime import ANY_WORDS, OpenTable, check_repeats, prepare, read_counts
from shp_analysis.readers.readers import Frequency, RecordTable
from shp_analysis.readers.table_files import Table
from shp_analysis.readers.tables import refuse_first

BOTH, BY_REASON, BY_OUTCOME, BY_NEITHER = "reason and outcome", "reason", "outcome", "legislation"

COLUMNS = (
    "period",
    "financial_year",
    "financial_quarter",
    "force_name",
    "area_code",
    "region",
    "counted_by",
    "legislation",
    "reason_for_search",
    "outcome",
    "outcome_link",
    "sex",
    "age_group",
    "self_defined_ethnicity_group",
    "self_defined_ethnicity",
    "officer_defined_ethnicity",
    "searches",
    "arrests",
    "value_note",
)
_NO_AREA = ("", "0")
_WORDS = dict.fromkeys(
    (
        *("self_defined_ethnicity_group", "self_defined_ethnicity", "officer_defined_ethnicity"),
        *("region", "legislation", "reason_for_search", "outcome"),
    ),
    (r"[^0-9]*[A-Za-z].*|0|[-*.]+|\[[a-z]\]", "words"),
)


def finish_stops(table: Table, _: str) -> pd.DataFrame:
    """Make tidy records of a table of stops and searches.

    Returns
    -------
    pandas.DataFrame
        One row is one combination of what the table counts by, in one force and year (or quarter): `COLUMNS`.
        `searches` and `arrests` are Int64.

    Raises
    ------
    SourceError
        Where a cell is not what it may be, a code is another force's, or more were arrested than searched.
    """
    has_reason, has_outcome = ("reason_for_search" in table.frame, "outcome" in table.frame)
    frame = prepare(table, "stop_and_search", ["searches", "arrests"], _WORDS)
    _check_geocodes(frame, table.label)
    searches, note = read_counts(frame["searches"])
    arrests, _note = read_counts(frame["arrests"])
    _check_numbers(searches, arrests, table.label)
    keys = [str(column) for column in table.frame if column not in {"searches", "arrests"} and column in frame]
    check_repeats(frame, keys, table.label)
    counted_by = (BOTH if has_outcome else BY_REASON) if has_reason else (BY_OUTCOME if has_outcome else BY_NEITHER)
    region = frame["region"].mask(frame["region"].isin(_NO_AREA))
    tidy = frame.assign(
        period=frame["financial_year"],
        region=region.astype("str"),
        counted_by=pd.Series(counted_by, index=frame.index, dtype="str"),
        searches=searches,
        arrests=arrests,
        value_note=note,
    )
    return tidy[list(COLUMNS)]


def _check_geocodes(frame: pd.DataFrame, label: str) -> None:
    given = frame["geocode"].notna() & ~frame["geocode"].isin(_NO_AREA)
    allowed = frame["area_code"].fillna("nothing")
    refuse_first(
        frame,
        given & (frame["geocode"] != frame["area_code"]),
        label,
        lambda row, _: (
            f", column 'geocode' says {frame['geocode'][row]!r} for {frame['force_name'][row]!r}; allowed: "
            f"{allowed[row]}"
        ),
    )


def _check_numbers(searches: pd.Series, arrests: pd.Series, label: str) -> None:
    came = arrests.map(lambda number: "" if pd.isna(number) else f" and {number:,} arrests that came of them")
    refuse_first(
        searches.to_frame(),
        (searches < 0) | (arrests > searches),
        label,
        lambda row, _: (
            f" says {searches[row]:,} searches{came[row]}; allowed: as many searches as arrests, and none below 0"
        ),
    )


STOP_AND_SEARCH = OpenTable(
    record=RecordTable("home_office_stop_and_search", Frequency.FINANCIAL_YEAR, "period", ("counted_by",)),
    kind="stop_and_search",
    marks=frozenset({"force_name", "legislation", "searches"}),
    words=ANY_WORDS,
    file_names=re.compile(r"stop-search-open-data"),
    finish=finish_stops,
)
