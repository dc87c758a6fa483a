"""Outcomes of recorded offences in the simulated borough, in the layout of the Home Office's open table.

An offence's outcome and the time to it are drawn from the shares and delays that the street files are drawn from, so
that the two tell one story; they are drawn apart, so that they agree in their shares and not crime by crime.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from shp_analysis.areas import PoliceForce
from shp_analysis.periods import FinancialYear, Quarter
from shp_analysis.sample.borough import Floats, Whole, open_stream, read_sample_table
from shp_analysis.sample.offences import count_force, read_offences

QUARTERS_TO_OUTCOME = 5
"""Quarters after which no outcome comes any more: the delays of the street files end after a year."""
RECORDED = "Outcomes for offences that were recorded in the quarter"
CLOSED = "Outcomes for investigations closed in the quarter"
_OPEN = 0


def build_outcomes(seed: int, force: PoliceForce, quarters: Sequence[Quarter]) -> pd.DataFrame:
    """Build the table of outcomes, as it was when the last of some quarters was published.

    Parameters
    ----------
    seed : int
    force : PoliceForce
    quarters : sequence of Quarter
        Oldest first.

    Returns
    -------
    pandas.DataFrame
        One row a quarter, offence and outcome type with any outcome, under the publisher's headings.
    """
    before = _list_before(quarters[0])
    drawn = {quarter: _draw(seed, force, quarter) for quarter in (*before, *quarters)}
    parts = []
    for position, quarter in enumerate(quarters):
        # Tables come out four months after the quarter, when the next has ended too.
        elapsed = len(quarters) - position + 1
        recorded = drawn[quarter][:, :, :elapsed].sum(axis=2)
        still_open = drawn[quarter].sum(axis=(1, 2)) - recorded.sum(axis=1)
        recorded[:, _OPEN] += still_open
        newest_first = [quarter, *reversed(_list_before(quarter))]
        closed = np.sum([drawn[earlier][:, :, lag] for lag, earlier in enumerate(newest_first)], axis=0)
        parts.append(_list_rows(quarter, force, recorded, closed))
    return pd.concat(parts, ignore_index=True)


def _draw(seed: int, force: PoliceForce, quarter: Quarter) -> Whole:
    """Draw every offence's outcome and the quarters to it: offences × outcome types × quarters."""
    counts = count_force(seed, force, quarter)
    stream = open_stream(seed, "force outcomes", force.area_code, quarter.slug)
    kinds = _share_types()
    cells = kinds[:, :, None] * _share_quarters()[None, None, :]
    drawn = stream.multinomial(counts, cells.reshape(len(counts), -1))
    return drawn.reshape(cells.shape)


@cache
def _share_types() -> Floats:
    """Give the shares of outcome types: offences × types; nothing is open for good."""
    types = read_sample_table("home_office_outcomes.csv")
    shares = read_sample_table("outcome_shares.csv").pivot_table("share", "category", "outcome", fill_value=0)
    by_type = shares.reindex(columns=types["police_uk_outcome"], fill_value=0.0).to_numpy(float)
    by_type = by_type * types["share"].to_numpy(float)
    of_offence = by_type[[shares.index.get_loc(category) for category in read_offences().category]]
    rescaled: Floats = of_offence / of_offence.sum(axis=1, keepdims=True)
    return rescaled


@cache
def _share_quarters() -> Floats:
    """Give the share of outcomes that come in the quarter itself, the next, and so on.

    A month's crimes have their outcome in that month or one of the eleven after it; months of a quarter are alike.
    """
    still_open = read_sample_table("outcome_delays.csv")["share_still_open"].to_numpy(float)
    by_month = -np.diff([1.0, *still_open[:-1], 0.0])
    shares = np.zeros(QUARTERS_TO_OUTCOME)
    for first in range(3):
        for months, share in enumerate(by_month):
            shares[(first + months) // 3] += share / 3
    return shares


def _list_before(quarter: Quarter) -> list[Quarter]:
    """List the quarters, oldest first, whose offences may have an outcome in a quarter that follows them."""
    before = [quarter]
    for _ in range(QUARTERS_TO_OUTCOME - 1):
        before.insert(0, before[0].previous())
    return before[:-1]


def _list_rows(quarter: Quarter, force: PoliceForce, recorded: Whole, closed: Whole) -> pd.DataFrame:
    offences, types = read_offences(), read_sample_table("home_office_outcomes.csv")
    offence, kind = np.nonzero(recorded + closed)
    first = FinancialYear.containing(quarter.start).start.year
    return pd.DataFrame(
        {
            "Financial Year": f"{first}/{(first + 1) % 100:02d}",
            "Financial Quarter": quarter.number,
            "Force Name": force.area_name,
            "Offence Code": offences.code[offence],
            "Offence Description": offences.description[offence],
            "Offence Group": offences.group[offence],
            "Offence Subgroup": offences.subgroup[offence],
            "Offence code expired": None,
            "Outcome Type": types["outcome_type"].to_numpy()[kind],
            "Outcome Description": types["outcome_description"].to_numpy(object)[kind],
            "Outcome Group": types["outcome_group"].to_numpy(object)[kind],
            RECORDED: recorded[offence, kind],
            CLOSED: closed[offence, kind],
        }
    )
