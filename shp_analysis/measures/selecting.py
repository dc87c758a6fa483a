"""Which of a table's records a selection of the catalogue takes in."""

from __future__ import annotations

import pandas as pd

from shp_analysis.catalogue import Selection
from shp_analysis.errors import ParametersError
from shp_analysis.measures.records import AreaRecords
from shp_analysis.measures.tables import CountedTable


def select_records(records: AreaRecords, selection: Selection) -> pd.DataFrame:
    """Give the counted records that a selection takes in.

    Raises
    ------
    ParametersError
        Where it filters by a column that the table does not offer.
    """
    return select_from(records.counts, records.table, selection)


def select_from(frame: pd.DataFrame, table: CountedTable, selection: Selection) -> pd.DataFrame:
    """Give the rows of any frame with a table's columns that a selection takes in.

    Raises
    ------
    ParametersError
        Where it filters by a column that the table does not offer.
    """
    known = table.filters
    unknown = sorted({*selection.include, *selection.exclude} - set(known))
    if unknown:
        allowed = f"it can be filtered by {', '.join(known)}"
        message = f"indicators.yaml filters {table.name} by {', '.join(unknown)}; {allowed}."
        raise ParametersError(message)
    for column, values in selection.include.items():
        frame = frame[frame[column].isin(values)]
    for column, values in selection.exclude.items():
        frame = frame[~frame[column].isin(values)]
    return frame
