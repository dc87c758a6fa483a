"""The command `shp`: arguments in, an exit code out.

0: done. 1: it failed, and the message says why. 2: it was asked for something that does not exist.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import progress as bars
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from shp_analysis import __version__
from shp_analysis.areas import HALTON, read_area
from shp_analysis.errors import RequestError, ShpAnalysisError, StoreError

app = typer.Typer(
    name="shp",
    help="Honest quarterly briefings on community safety, from published files.\n\n"
    "Begin with [bold]shp sample[/] and [bold]shp run latest[/] on the simulated borough, or with "
    "[bold]shp ingest[/] ARCHIVE.zip on files of data.police.uk. The data lie in data/, or where SHP_DATA says.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)
_notes = Console(stderr=True, highlight=False, soft_wrap=True)
_answers = Console(highlight=False)
if not _answers.is_terminal:
    _answers.width = 120  # a pipe or a log has no width of its own

RoomOption = Annotated[
    bool | None,
    typer.Option(
        "--simulated/--real",
        help="Which data: the simulated borough, or real files. Real files are used if there are any.",
        show_default=False,
    ),
]
AreaOption = Annotated[
    str | None,
    typer.Option(help="Code or name of a local authority, police force area, town or ward.", show_default=HALTON),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(help="Day the paper is written, like 2025-05-15: later files are not used.", show_default="today"),
]


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class CheckFormat(StrEnum):
    """How a check is written."""

    TABLE = "table"
    JSON = "json"


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def sample(
    seed: Annotated[int | None, typer.Option(help="Another seed gives another borough.", show_default="fixed")] = None,
    to: Annotated[Path | None, typer.Option(help="Only write the files, into this folder; take nothing in.")] = None,
) -> None:
    """Write the simulated borough's files, in the publishers' own formats, and take them in.

    Five years of police records for Halton, its neighbours and its statistical neighbours; no person, place or event
    in them is real. What was planted in them is listed in SIMULATED-DATA.txt beside the files.
    """
    from shp_analysis.sample import DEFAULT_SEED, write_simulated_borough  # noqa: PLC0415 - only this command needs it
    from shp_analysis.store import data_folder  # noqa: PLC0415

    folder = to or data_folder() / "simulated" / "published"
    with _progress("Writing the simulated borough") as tell:
        files = write_simulated_borough(folder, seed=DEFAULT_SEED if seed is None else seed, on_progress=tell)
    _notes.print(f"{len(files)} files written to {_shorten(folder)}")
    if to is None:
        for path in files:
            if path.suffix == ".zip":
                _ingest_one(path, None)


@app.command()
def ingest(
    paths: Annotated[
        list[Path], typer.Argument(help="Archives (.zip), folders or single CSV files.", metavar="PATH...")
    ],
    received: Annotated[
        str | None,
        typer.Option(
            help="Day they were received, like 2024-06-30.", show_default="the date the name ends in, else today"
        ),
    ] = None,
) -> None:
    """Check files at the door and keep them.

    Every file is read and validated whole before any of it is kept: a delivery is taken in or refused, never half.
    Taking the same file in twice changes nothing. Of several archives with one month, the one received last is used.
    """
    from shp_analysis.parameters import read_day  # noqa: PLC0415

    day = read_day(received)
    for path in paths:
        _ingest_one(path, day)


@app.command()
def fetch(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            help="Sources, like police_uk, or single files, like stats19/collisions.",
            metavar="SOURCE...",
            show_default="all that is open",
        ),
    ] = None,
    month: Annotated[str | None, typer.Option(help="Like 2025-05, where files are published by month.")] = None,
    year: Annotated[str | None, typer.Option(help="Like 2024, where files are published by year.")] = None,
    list_them: Annotated[bool, typer.Option("--list", help="Say what can be fetched, and ask nobody.")] = False,
    base_address: Annotated[
        str | None, typer.Option(envvar="SHP_BASE_ADDRESS", help="A mirror to ask instead of the publishers.")
    ] = None,
) -> None:
    """Fetch what publishers offer openly and take it in: the only command that uses the network.

    What did not change is not fetched again, what broke off is continued by the next fetch, and a file that is not
    what it should be is refused and leaves the store as it was.
    """
    from shp_analysis import fetching  # noqa: PLC0415
    from shp_analysis.sources.downloads import choose_downloads  # noqa: PLC0415

    if list_them:
        _print_rows(("Name", "What", "How"), fetching.list_fetchable())
        return
    chosen = choose_downloads(sources or (), readable=fetching.list_readable_sources(), month=month, year=year)
    with _counted_progress("Fetching", bars.TaskProgressColumn()) as tell:
        fetched = fetching.fetch(chosen, base_address=base_address, on_progress=tell)
    _print_rows(("File", "Outcome", "Rows", ""), [each.as_row() for each in fetched])
    if any(each.outcome is fetching.Outcome.FAILED for each in fetched):
        raise typer.Exit(1)


@app.command()
def rebuild(simulated: RoomOption = None) -> None:
    """Make the store's tables again from the files as received."""
    from shp_analysis.store import open_store  # noqa: PLC0415
    from shp_analysis.store import rebuild as rebuild_tables  # noqa: PLC0415

    with _counted_progress("Rebuilding") as tell:
        count = rebuild_tables(open_store(simulated=simulated), tell)
    _notes.print(f"Tables made again from {count} files.")


@app.command()
def check(
    area: AreaOption = None,
    as_of: AsOfOption = None,
    simulated: RoomOption = None,
    format: Annotated[CheckFormat, typer.Option(help="How to write it.")] = CheckFormat.TABLE,  # noqa: A002
) -> None:
    """Say which feeds and months are in, and what is missing."""
    from shp_analysis.feeds import list_feeds  # noqa: PLC0415
    from shp_analysis.parameters import read_day  # noqa: PLC0415
    from shp_analysis.store import open_store  # noqa: PLC0415

    store = open_store(simulated=simulated)
    force = read_area(area).force.police_uk_slug if area else None
    feeds = list_feeds(store, force=force, as_of=read_day(as_of))
    if format is CheckFormat.JSON:
        typer.echo(
            json.dumps({"is_simulated": store.is_simulated, "feeds": [feed.as_record() for feed in feeds]}, indent=2)
        )
        return
    store.require_files()
    if not feeds:
        message = f"The store at {store.root} holds no feed of what was asked for. `shp check` alone lists all of them."
        raise StoreError(message)
    headings = ("Feed", "Force", "First", "Last", "Months", "Missing in between", "Newest file")
    rows = [
        (feed.kind, feed.force, feed.first, feed.last, str(feed.months), feed.missing_in_words, feed.newest_file)
        for feed in feeds
    ]
    _print_rows(headings, rows, title=_room_title(store.is_simulated))


@app.command()
def show(
    indicator: Annotated[str, typer.Argument(help="Id or name, like ALL-01 or Burglary.")],
    period: Annotated[str, typer.Option("--period", "-p", help='Like "2024-25 Q4", "Jan 2025", or latest.')],
    area: AreaOption = None,
    source: Annotated[
        str | None, typer.Option(help="Which of its sources.", show_default="the catalogue's first")
    ] = None,
    as_of: AsOfOption = None,
    simulated: RoomOption = None,
    format: Annotated[Format, typer.Option(help="How to write it.")] = Format.TABLE,  # noqa: A002
) -> None:
    """Say what is known of one indicator: count, rate, comparisons, verdict, reasons and sources."""
    from shp_analysis.results import as_record, tabulate_results  # noqa: PLC0415
    from shp_analysis.workbook import assess_one  # noqa: PLC0415

    assessment, is_simulated = assess_one(
        indicator, period=period, area=area or HALTON, source=source, as_of=as_of, simulated=simulated
    )
    if format is Format.JSON:
        typer.echo(json.dumps({**as_record(assessment), "is_simulated": is_simulated}, indent=2, ensure_ascii=False))
    elif format is Format.CSV:
        typer.echo(tabulate_results([assessment]).to_csv(index=False, lineterminator="\n"), nl=False)
    else:
        _print_record(as_record(assessment), is_simulated=is_simulated)


@app.command()
def run(
    period: Annotated[str, typer.Argument(help='Like "2024-25 Q4", or latest.')],
    area: AreaOption = None,
    as_of: AsOfOption = None,
    edition: Annotated[str | None, typer.Option(help="partnership or public.", show_default="partnership")] = None,
    theme: Annotated[
        list[str] | None, typer.Option(help="Only this briefing; may be repeated.", show_default="all")
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Notebooks run at once.", show_default="2")] = None,
    simulated: RoomOption = None,
    outputs: Annotated[
        Path | None, typer.Option(help="Where packs are published.", show_default="the project's outputs/")
    ] = None,
) -> None:
    """Make the briefings of a period and print their paths.

    Settings come from parameters/PERIOD/run.yaml where there is one; options win over it. Nothing is published unless
    every notebook ran and every page passed its checks; the last good pack stays until then.
    """
    from shp_analysis.planning import OUTPUTS_FOLDER, plan_run  # noqa: PLC0415 - the slow imports come after the arguments are read

    plan = plan_run(
        period,
        area=area,
        as_of=as_of,
        edition=edition,
        themes=theme,
        jobs=jobs,
        simulated=simulated,
        outputs=outputs or OUTPUTS_FOLDER,
    )
    from shp_analysis.runner import run_pack  # noqa: PLC0415

    _notes.print(
        f"{plan.area.name}, {plan.period.in_words}, as of {plan.as_of}{_room_title(plan.store.is_simulated, ' · ')}"
    )
    with _progress("Running notebooks") as tell:
        pages = run_pack(plan, tell)
    for page in pages:
        typer.echo(str(_shorten(page)))


def main() -> None:
    """Run the command line and turn every refusal into one message and an exit code."""
    try:
        app()
    except RequestError as error:
        _fail(error, 2)
    except ShpAnalysisError as error:
        _fail(error, 1)


def _fail(error: ShpAnalysisError, code: int) -> None:
    typer.echo(f"shp: {error}", err=True)
    sys.exit(code)


def _ingest_one(path: Path, received_on: date | None) -> None:
    from shp_analysis.store import ingest as take_in  # noqa: PLC0415

    with _counted_progress(f"Reading {path.name}") as tell:
        report = take_in(path, received_on=received_on, on_progress=tell)
    room = " (SIMULATED DATA)" if report.is_simulated else ""
    if report.received:
        day = report.received[0].received_on
        files = f"{report.files} file{'' if report.files == 1 else 's'}"
        typer.echo(f"{path.name}: {report.rows:,} rows in {files}, received on {day}{room}")
    if report.already_held:
        held = report.already_held[0]
        typer.echo(f"{path.name}: {len(report.already_held)} held since {held.received_on}, nothing changed{room}")
    for name in report.unclaimed:
        typer.echo(f"{name}: is none of the files that are known, and was passed over", err=True)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[str], None]]:
    if not _notes.is_terminal:
        yield lambda _name: None
        return
    columns = (bars.SpinnerColumn(), bars.TextColumn("{task.description}"), bars.TimeElapsedColumn())
    with bars.Progress(*columns, console=_notes, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda name: bar.update(task, description=f"{what}: {name}")


@contextmanager
def _counted_progress(
    what: str, count: bars.ProgressColumn | None = None
) -> Iterator[Callable[[str, int, int | None], None]]:
    if not _notes.is_terminal:
        yield lambda _name, _number, _total: None
        return
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        count or bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
    )
    with bars.Progress(*columns, console=_notes, transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(name: str, number: int, total: int | None) -> None:
            bar.update(task, description=f"{what}: {name}", completed=number, total=total)

        yield tell


def _shorten(path: Path) -> Path:
    """Write a path as seen from here, where it lies below here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _room_title(is_simulated: bool, lead: str = "") -> str:  # noqa: FBT001
    return f"{lead}SIMULATED DATA" if is_simulated else ""


def _print_record(record: dict[str, Any], *, is_simulated: bool) -> None:
    if is_simulated:
        _answers.print("[bold reverse] SIMULATED DATA [/]")
    _answers.print(f"[bold]{record['indicator_name']}[/], {record['area_name']}, {record['period_in_words']}")
    _answers.print(f"Verdict: [bold]{record['verdict']}[/]")
    table = Table("Beside", "Then", "Now", "Change", "%", "95% range", "p", "Dispersion", "Verdict")
    for each in record["comparisons"]:
        bounds = f"{_cell(each['lower'])} to {_cell(each['upper'])}" if each["lower"] is not None else "–"
        cells = (each["count"], each["period_count"], each["change_count"], each["change_percent"])
        table.add_row(
            each["basis"].replace("_", " "),
            *map(_cell, cells),
            bounds,
            _cell(each["p_value"]),
            _cell(each["dispersion"]),
            each["verdict"],
        )
    _answers.print(table)
    if record["rate"] is not None:
        _answers.print(
            f"Rate: {record['rate']:.1f} {record['rate_unit']} (mid-{record['population_year']}), "
            f"95% range {record['rate_lower']:.1f} to {record['rate_upper']:.1f}"
        )
    for sentence in (*record["reasons"], *record["notes"]):
        _answers.print(f"- {sentence}")
    _answers.print(f"Data to {record['data_to'] or '–'}; as of {record['as_of']}")
    for each in record["sources"]:
        _answers.print(f"Source: {each['file']} (received {each['received_on']}, sha256 {each['sha256'][:12]}…)")


def _print_rows(headings: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> None:
    table = Table(*(Column(heading, overflow="fold") for heading in headings), title=title)
    for row in rows:
        table.add_row(*map(escape, row))  # a reason may hold brackets, which are no markup
    _answers.print(table)


def _cell(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


if __name__ == "__main__":
    main()
