"""What is in and what is not: the feeds of the store, force by force."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from shp_analysis.periods import Month
from shp_analysis.sources.police_uk import Kind
from shp_analysis.store import Store

MOST_GAPS_TOLD = 6
"""A longer list of missing months is shortened in words; the record has all of them."""


@dataclass(frozen=True)
class Feed:
    """One force's files of one kind.

    Attributes
    ----------
    kind, force : str
    first, last : str
        The earliest and the latest month that are in, as `2024-01`.
    months : int
        How many are in.
    missing : tuple of str
        Months between the first and the last that are not.
    rows : int
    newest_file : str
    newest_received_on : date
    """

    kind: str
    force: str
    first: str
    last: str
    months: int
    missing: tuple[str, ...]
    rows: int
    newest_file: str
    newest_received_on: date

    @property
    def missing_in_words(self) -> str:
        """The missing months, or how many there are where they are many."""
        if not self.missing:
            return "none"
        if len(self.missing) > MOST_GAPS_TOLD:
            return f"{len(self.missing)} months, {self.missing[0]} to {self.missing[-1]}"
        return ", ".join(self.missing)

    def as_record(self) -> dict[str, Any]:
        """Write the feed as plain values."""
        return {
            **asdict(self),
            "missing": list(self.missing),
            "newest_received_on": self.newest_received_on.isoformat(),
        }


def list_feeds(store: Store, *, force: str | None = None, as_of: date | None = None) -> tuple[Feed, ...]:
    """List every feed of the store, as known on a day.

    Parameters
    ----------
    store : Store
    force : str, optional
        One force's feeds only, by its short name on data.police.uk.
    as_of : date, optional

    Returns
    -------
    tuple of Feed
    """
    feeds = []
    for kind in Kind:
        held = store.parts_held(kind.table, unit=force, as_of=as_of)
        for name, months in held.groupby("unit"):
            labels = months["period"].tolist()
            newest = months.sort_values(["received_on", "sequence"]).iloc[-1]
            feeds.append(
                Feed(
                    kind=kind.value,
                    force=str(name),
                    first=labels[0],
                    last=labels[-1],
                    months=len(labels),
                    missing=_gaps(labels),
                    rows=int(months["rows"].sum()),
                    newest_file=newest["path"].rsplit("/", 1)[-1],
                    newest_received_on=newest["received_on"],
                )
            )
    return tuple(feeds)


def _gaps(labels: list[str]) -> tuple[str, ...]:
    held, gaps = set(labels), []
    month = Month(labels[0])
    while month.label != labels[-1]:
        month = month.next()
        if month.label not in held:
            gaps.append(month.label)
    return tuple(gaps)
