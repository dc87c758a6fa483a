"""How answers look in a terminal, a pipe or a log, and how long work says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich import progress as bars
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from shp_analysis.page.style import format_share

PLAIN_WIDTH = 120
notes = Console(stderr=True, highlight=False, soft_wrap=True)
"""Where it is said what is being done."""
answers = Console(highlight=False)
"""Where answers are printed."""
if not answers.is_terminal:
    answers.width = PLAIN_WIDTH  # a pipe or a log has no width of its own


@contextmanager
def show_progress(what: str) -> Iterator[Callable[[str], None]]:
    """Show that something is being done and give what to call with the name of each thing; silent in a log."""
    if not notes.is_terminal:
        yield lambda _name: None
        return
    columns = (bars.SpinnerColumn(), bars.TextColumn("{task.description}"), bars.TimeElapsedColumn())
    with bars.Progress(*columns, console=notes, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda name: bar.update(task, description=f"{what}: {name}")


@contextmanager
def count_progress(
    what: str, count: bars.ProgressColumn | None = None
) -> Iterator[Callable[[str, int, int | None], None]]:
    """Show how far something is; give what to call with a name, a number and how many there are, or None."""
    if not notes.is_terminal:
        yield lambda _name, _number, _total: None
        return
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        count or bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
    )
    with bars.Progress(*columns, console=notes, transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(name: str, number: int, total: int | None) -> None:
            bar.update(task, description=f"{what}: {name}", completed=number, total=total)

        yield tell


def shorten(path: Path) -> Path:
    """Write a path as seen from here, where it lies below here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def name_data(is_simulated: bool, lead: str = "") -> str:  # noqa: FBT001
    """Mark simulated data; nothing for real files."""
    return f"{lead}SIMULATED DATA" if is_simulated else ""


def mark_simulated(is_simulated: bool) -> None:  # noqa: FBT001
    """Say above an answer that it rests on simulated data; nothing for real files."""
    if is_simulated:
        answers.print("[bold reverse] SIMULATED DATA [/]")


def print_assessment(record: dict[str, Any], *, is_simulated: bool) -> None:
    """Print one indicator's assessment from its record."""
    mark_simulated(is_simulated)
    answers.print(f"[bold]{record['indicator_name']}[/], {record['area_name']}, {record['period_in_words']}")
    answers.print(f"Verdict: [bold]{record['verdict']}[/]")
    table = Table("Beside", "Then", "Now", "Change", "%", "95% range", "p", "Tested against", "p by chance", "Verdict")
    for each in record["comparisons"]:
        name = "" if each["difference"] is None else "difference_"
        lower, upper = each[f"{name}lower"], each[f"{name}upper"]
        moved = each["change_count"] if each["difference"] is None else each["difference"]
        table.add_row(
            each["basis"].replace("_", " "),
            _write_figure(each, ""),
            _write_figure(each, "period_"),
            write_cell(moved),
            write_cell(each["change_percent"]),
            f"{write_cell(lower)} to {write_cell(upper)}" if lower is not None else "–",
            _write_p(each["p_value"]),
            each["tested_against"] or "–",
            _write_p(each["p_value_by_chance"]),
            each["verdict"],
        )
    answers.print(table)
    if record["share"] is not None:
        share = record["share"]
        whole = share["whole"]
        percent, lower, upper = (format_share(share[name], whole) for name in ("percent", "lower", "upper"))
        answers.print(f"Share: {share['count']:,} of {whole:,} ({percent}), 95% range {lower} to {upper}")
    if record["rate"] is not None:
        answers.print(
            f"Rate: {record['rate']:.1f} {record['rate_unit']} (mid-{record['population_year']}), "
            f"95% range {record['rate_lower']:.1f} to {record['rate_upper']:.1f}, "
            f"allowing for {record['rate_range_allows_for']}"
        )
    unplaced = record["unplaced"]["in_words"] if record["unplaced"] else ""
    for sentence in dict.fromkeys((*record["reasons"], *record["notes"], *filter(None, (unplaced,)))):
        answers.print(f"- {sentence}")
    answers.print(f"Data to {record['data_to'] or '–'}; as of {record['as_of']}")
    for each in record["sources"]:
        answers.print(f"Source: {each['file']} (received {each['received_on']}, sha256 {each['sha256'][:12]}…)")


def _write_figure(comparison: dict[str, Any], which: str) -> str:
    """Write one figure of a comparison: a count, a count and what it is of, or a published value."""
    count, whole, value = (comparison[f"{which}{name}"] for name in ("count", "whole", "value"))
    if count is not None and whole is not None:
        return f"{write_cell(count)} of {write_cell(whole)}"
    return write_cell(value if count is None else count)


def print_rows(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table of text; nothing in it is taken for markup."""
    table = Table(*(Column(heading, overflow="fold") for heading in headings))
    for row in rows:
        table.add_row(*map(escape, row))  # a reason may hold brackets, which are no markup
    answers.print(table)


def _write_p(value: float | None) -> str:
    """Write a p-value; one that would be written as nothing is told to be below the smallest written."""
    return "<0.01" if value is not None and round(value, 2) == 0 else write_cell(value)


def write_cell(value: float | None) -> str:
    """Write a number, or a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
