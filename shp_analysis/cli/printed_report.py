"""The report of `shp check` in a terminal: sections of short rows and plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from shp_analysis.cli.printing import PLAIN_WIDTH, answers, mark_simulated
from shp_analysis.monitoring.data_quality import BlankField
from shp_analysis.monitoring.feeds import Feed, shorten_labels
from shp_analysis.monitoring.report import DataReport
from shp_analysis.monitoring.timeliness import IndicatorReach, NeededFeed
from shp_analysis.reference.period_spellings import write_day
from shp_analysis.store.ledger import ReceivedFile

NOTHING = "nothing"
MOST_UNITS = 3
"""A table of more units is one row."""
MOST_TOLD = 8
"""A longer list is cut; the JSON has all of it."""
MOST_IDS = 4


def print_report(report: DataReport) -> None:
    """Print the report, no wider than a page of a terminal; a section with nothing to say says so."""
    mark_simulated(report.is_simulated)
    answers.print(f"[bold]{escape(report.area.name)}[/], {report.period.in_words}, as of {write_day(report.as_of)}")
    _print_section(
        f"Feeds received: {report.n_received} of {len(report.needed)}",
        [_say_missing(each) for each in report.missing] or ["none is missing"],
    )
    _print_feeds(report)
    _print_reaches(report)
    _print_section("Changed since the last release", _say_changes(report))
    _print_section("Blank fields", _say_blanks(report.blanks))
    _print_section("Totals that do not reconcile", _say_totals(report), _say_compared(report))
    _print_section("Ages that do not fit", [f"{each.indicator} {each.name}: {each.sentence}" for each in report.ages])
    uneven = [each.sentence for each in report.coverage if not each.change.is_comparable]
    _print_section("Totals of fewer or more contributors", uneven)
    _print_section("Files as received that do not agree with the ledger", [each.sentence for each in report.raw_files])
    _print_section("Withdrawn files, which answer nothing", [_say_withdrawn(each) for each in report.withdrawn])


def _say_withdrawn(file: ReceivedFile) -> str:
    why = f": {file.withdrawal_reason}" if file.withdrawal_reason else ""
    return f"{file.path}, on {file.withdrawn_on}{why}. `shp restore {file.sha256[:12]}` puts it back."


def _print_section(title: str, lines: Sequence[str], after: str = "") -> None:
    answers.print(f"\n[bold]{escape(title)}[/]")
    for line in lines[:MOST_TOLD] or [NOTHING]:
        _print_line(line)
    if len(lines) > MOST_TOLD:
        _print_line(f"and {len(lines) - MOST_TOLD} more: --format json lists all of them")
    if after:
        _print_line(after)


def _print_line(line: str) -> None:
    answers.print(Padding(escape(line), (0, 0, 0, 2), expand=False), width=PLAIN_WIDTH)


def _say_missing(feed: NeededFeed) -> str:
    name = f"{feed.table} {feed.unit}".strip()
    what = f"{shorten_labels(feed.missing)} not in, last is {feed.last}" if feed.last else "never received"
    return f"{name}: {what}; needed for {_name_ids(feed.indicators)}."


def _print_feeds(report: DataReport) -> None:
    table = _make_table("Feed", "Unit", "First", "Last", "Parts", "Missing in between", "Received", "Needed")
    table.columns[5].no_wrap = True
    for name, found in groupby(report.feeds, lambda feed: feed.table):
        feeds = list(found)
        groups = [[feed] for feed in feeds] if len(feeds) <= MOST_UNITS else [feeds]
        for group in groups:
            row = _row_of(group[0]) if len(group) == 1 else _row_of_many(group)
            table.add_row(*map(escape, (name, *row, "yes" if any(map(report.needs, group)) else "–")))
    answers.print("\n[bold]Held[/]")
    answers.print(table, width=PLAIN_WIDTH)


def _row_of(feed: Feed) -> tuple[str, ...]:
    return (feed.unit, feed.first, feed.last, str(feed.parts), feed.missing_in_words, str(feed.newest_received_on))


def _row_of_many(feeds: Sequence[Feed]) -> tuple[str, ...]:
    gaps = sum(bool(feed.missing) for feed in feeds)
    return (
        f"{len(feeds)} units",
        min(feed.first for feed in feeds),
        max(feed.last for feed in feeds),
        str(sum(feed.parts for feed in feeds)),
        f"in {gaps} of the units" if gaps else "none",
        str(max(feed.newest_received_on for feed in feeds)),
    )


def _print_reaches(report: DataReport) -> None:
    answers.print("\n[bold]Data to[/]")
    if not report.reaches:
        _print_line(NOTHING)
        return
    table = _make_table("Indicators", "From", "Data to", "State", "Not in", "Due")
    for reaches in _group(report.reaches, _alike):
        one = reaches[0]
        table.add_row(
            _name_ids([each.indicator for each in reaches]),
            one.table,
            write_day(one.data_to) if one.data_to else "–",
            one.state.value,
            shorten_labels((*one.late, *one.not_due)),
            write_day(one.due_on) if one.due_on else "–",
        )
    answers.print(table, width=PLAIN_WIDTH)


def _alike(reach: IndicatorReach) -> tuple[object, ...]:
    return (reach.table, reach.state, reach.data_to, reach.late, reach.not_due, reach.due_on)


def _group(
    items: Iterable[IndicatorReach], key: Callable[[IndicatorReach], tuple[object, ...]]
) -> list[list[IndicatorReach]]:
    groups: dict[tuple[object, ...], list[IndicatorReach]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())


def _say_changes(report: DataReport) -> list[str]:
    return [
        f"{f'{change.table} {change.unit}'.strip()}, {change.newer_file} after {change.older_file}: "
        f"{' '.join(change.sentences)}"
        for change in report.changes
    ]


def _say_blanks(fields: Sequence[BlankField]) -> list[str]:
    told = sorted((each for each in fields if each.is_reported), key=lambda each: (each.table, each.unit))
    lines = []
    for (table, unit), found in groupby(told, lambda each: (each.table, each.unit)):
        # What jumped is news; what always was blank comes after it.
        ordered = sorted(found, key=lambda each: (not each.has_risen_sharply, -each.share))
        more = f" and {len(ordered) - MOST_TOLD} more" if len(ordered) > MOST_TOLD else ""
        named = ", ".join(each.in_words for each in ordered[:MOST_TOLD])
        lines.append(f"{f'{table} {unit}'.strip()}: {named}{more}.")
    return lines


def _say_totals(report: DataReport) -> list[str]:
    return [f"{wrong.what}: {wrong.sentence}" for check in report.totals for wrong in check.disagreements]


def _say_compared(report: DataReport) -> str:
    compared = sum(check.compared for check in report.totals)
    if not compared:
        return "No total could be compared with its parts."
    kinds = ", ".join(check.name for check in report.totals)
    return f"Compared: {compared:,} total{'' if compared == 1 else 's'} ({kinds})."


def _make_table(*headings: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _name_ids(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - MOST_IDS} more" if len(ids) > MOST_IDS else ""
    return ", ".join(ids[:MOST_IDS]) + more
