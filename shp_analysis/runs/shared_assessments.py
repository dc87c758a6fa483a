"""What several papers of a pack ask of the same store, read and assessed once before any of them is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from shp_analysis.assessment.area_records import OpenedRecords, SharedRecords, open_records
from shp_analysis.config.parameters import Paper, find_edition
from shp_analysis.papers.run import choose_window, find_gate, list_indicators
from shp_analysis.reference.periods import Period


@contextmanager
def share_assessments(
    papers: Sequence[Paper],
    *,
    period: str,
    area: str,
    as_of: str,
    edition: str,
    data_folder: str | None = None,
    simulated: bool | None = None,
) -> Iterator[None]:
    """Read and assess once what several papers of a pack tell, for every run that is opened meanwhile.

    A run answers from it in this process and in those that are forked from it. What cannot be read or assessed is left
    to the paper that asks for it, and is told there.

    Parameters
    ----------
    papers : sequence of Paper
    period, area, as_of, edition, data_folder, simulated
        The pack's, as `open_run` takes them.
    """
    with SharedRecords().used():
        if len(papers) > 1:
            with suppress(Exception):
                opened = open_records(area=area, as_of=as_of, simulated=simulated, data_folder=data_folder)
                _ask_ahead(papers, opened, opened.read_period(period), edition)
        yield


def _ask_ahead(papers: Sequence[Paper], opened: OpenedRecords, asked: Period, edition: str) -> None:
    tables, told = Counter[str](), Counter[tuple[str, Period]]()
    for paper in papers:
        own = list_indicators(paper, opened.catalogue)
        tables.update({each.measure()[1].records for each in own if each.is_agreed})
        told.update((each.id, choose_window(paper, asked)) for each in own)
    for table, times in tables.items():
        if times > 1:
            with suppress(Exception):
                opened.records_of(table)
    for (indicator, window), times in told.items():
        if times > 1:
            with suppress(Exception):
                opened.assess(opened.catalogue.indicator(indicator), window)
    find_gate(opened, find_edition(edition), asked)
