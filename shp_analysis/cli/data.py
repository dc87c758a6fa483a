"""Commands that bring data in: the simulated borough, files taken in or fetched, and tables made again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import progress as bars

from shp_analysis.cli.app import AreaOption, RoomOption, app
from shp_analysis.cli.printing import count_progress, notes, print_rows, shorten, show_progress
from shp_analysis.errors import SourceError, StoreError, telling_disk_errors
from shp_analysis.files import hold_folder
from shp_analysis.personal_data.finding import mask_file_name, mask_personal_data

if TYPE_CHECKING:
    from shp_analysis.store.intake import IngestReport

ZIP = ".zip"


@app.command()
def sample(
    seed: Annotated[int | None, typer.Option(help="Another seed gives another borough.", show_default="fixed")] = None,
    to: Annotated[Path | None, typer.Option(help="Only write the files, into this folder; take nothing in.")] = None,
) -> None:
    """Write the simulated borough's files, in the publishers' own formats, and take them in.

    Five years of police records for Halton, its neighbours and its statistical neighbours; no person, place or event
    in them is real. What was planted in them is listed in SIMULATED-DATA.txt beside the files.
    """
    from shp_analysis.simulator import DEFAULT_SEED, write_simulated_borough  # noqa: PLC0415 - only this command needs it
    from shp_analysis.store.store import data_folder  # noqa: PLC0415

    folder = to or data_folder() / "simulated" / "published"
    with telling_disk_errors(folder), hold_folder(folder, ".writing", "shp sample"):
        with show_progress("Writing the simulated borough") as tell:
            files = write_simulated_borough(folder, seed=DEFAULT_SEED if seed is None else seed, on_progress=tell)
        notes.print(f"{len(files)} files written to {shorten(folder)}")
        if to is None:
            _take_in(files, None)


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

    Every file or zip archive is read and validated whole before any of it is kept: it is taken in or refused, never
    half. Each file in a folder stands for itself: those that are refused are named, and the others are taken in. The
    command then ends with exit code 1, so that nobody takes a refusal for success.
    Taking the same file in twice changes nothing. Of several files with one month, the one received last is used.
    """
    from shp_analysis.config.parameters import read_day  # noqa: PLC0415

    _take_in([each for path in paths for each in _list_deliveries(path)], read_day(received))


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
    from shp_analysis.readers.downloads import choose_downloads  # noqa: PLC0415

    if list_them:
        print_rows(("Name", "What", "How"), fetching.list_fetchable())
        return
    chosen = choose_downloads(sources or (), readable=fetching.list_readable_sources(), month=month, year=year)
    with count_progress("Fetching", bars.TaskProgressColumn()) as tell:
        fetched = fetching.fetch(chosen, base_address=base_address, on_progress=tell)
    print_rows(("File", "Outcome", "Rows", ""), [each.as_row() for each in fetched])
    if any(each.outcome is fetching.Outcome.FAILED for each in fetched):
        raise typer.Exit(1)


@app.command()
def rebuild(simulated: RoomOption = None) -> None:
    """Make the store's tables again from the files as received."""
    from shp_analysis.store.intake import rebuild as rebuild_tables  # noqa: PLC0415
    from shp_analysis.store.store import open_store  # noqa: PLC0415

    with count_progress("Rebuilding") as tell:
        count = rebuild_tables(open_store(simulated=simulated), tell)
    notes.print(f"Tables made again from {count} files.")


@app.command()
def withdraw(
    file: Annotated[str, typer.Argument(help="Its name, its path in raw/received.csv, or how its sha256 begins.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept with the day.")] = "",
    simulated: RoomOption = None,
) -> None:
    """Take a received file out again: it stays in the data folder and answers nothing, for any day.

    What it had replaced answers in its place. shp restore puts it back.
    """
    from shp_analysis.store.withdrawal import withdraw as take_out  # noqa: PLC0415

    taken = take_out(file, reason=reason, simulated=simulated)
    why = f": {taken.withdrawal_reason}" if taken.withdrawal_reason else ""
    typer.echo(f"{taken.path}: withdrawn on {taken.withdrawn_on}{why}. `shp restore {taken.sha256[:12]}` puts it back.")


@app.command()
def restore(
    file: Annotated[str, typer.Argument(help="Its name, its path in raw/received.csv, or how its sha256 begins.")],
    simulated: RoomOption = None,
) -> None:
    """Put a withdrawn file back: it answers again, from the day on which it was received."""
    from shp_analysis.store.withdrawal import restore as put_back  # noqa: PLC0415

    put = put_back(file, simulated=simulated)
    typer.echo(f"{put.path}: answers again, as received on {put.received_on}")


@app.command()
def template(
    path: Annotated[Path, typer.Argument(help="Where to write it: a name that ends in .xlsx or .csv.")],
    organisation: Annotated[
        str | None, typer.Option(help='Whose rows to prepare, like "Halton MARAC".', show_default="no rows")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", "-p", help='The period to prepare, like "2024-25 Q4".', show_default="none"),
    ] = None,
    area: AreaOption = None,
) -> None:
    """Write the template that partners fill in: the only way their figures come in.

    Its lists hold the measures, breakdowns and words that are allowed; what came back is taken in with shp ingest.
    """
    from shp_analysis.readers.templates import write_template  # noqa: PLC0415
    from shp_analysis.reference.periods import parse_period  # noqa: PLC0415

    window = parse_period(period) if period else None
    written = write_template(path, organisation, window, area=area)
    typer.echo(str(shorten(written)))


def _list_deliveries(path: Path) -> list[Path]:
    """Tell a folder's archives from its other files: each is a delivery of its own."""
    if not path.is_dir():
        return [path]
    archives = [each for each in sorted(path.rglob("*")) if _is_archive(each, path)]
    has_others = any(not each.is_dir() and not _is_archive(each, path) for each in path.rglob("*"))
    return [path, *archives] if has_others or not archives else archives


def _is_archive(path: Path, folder: Path) -> bool:
    is_hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.relative_to(folder).parts)
    return path.is_file() and path.suffix.lower() == ZIP and not is_hidden


def _take_in(deliveries: Sequence[Path], received_on: date | None) -> None:
    """Take deliveries in one after another; where one is refused the others still are, and the command fails."""
    refused = sum(_ingest_one(path, received_on) for path in deliveries)
    if refused and (len(deliveries) > 1 or deliveries[0].is_dir()):
        typer.echo(f"shp: {refused} refused, as said above; everything else was taken in.", err=True)
    if refused:
        raise typer.Exit(1)


def _ingest_one(path: Path, received_on: date | None) -> int:
    """Take one delivery in, print what became of every file, and give how many were refused."""
    from shp_analysis.store.intake import ingest as take_in  # noqa: PLC0415

    try:
        with count_progress(f"Reading {mask_file_name(path.name)}") as tell:
            report = take_in(path, received_on=received_on, on_progress=tell)
    except (SourceError, StoreError) as error:
        lines = str(error).splitlines()
        typer.echo("".join(f"shp: {line}\n" for line in lines), err=True, nl=False)
        return len(lines)
    _print_taken_in(path, report)
    for each in report.refused:
        typer.echo(f"shp: {mask_personal_data(each.reason)}", err=True)
    for name in report.unclaimed:
        if path.is_dir() and name.lower().endswith(ZIP):
            continue  # an archive in a folder is a delivery of its own
        typer.echo(f"{mask_file_name(name)}: is none of the files that are known, and was passed over", err=True)
    return len(report.refused)


def _print_taken_in(path: Path, report: IngestReport) -> None:
    room = " (SIMULATED DATA)" if report.is_simulated else ""
    if path.is_dir():
        for file in report.received:
            rows = report.rows_of[file.sha256]
            typer.echo(f"{file.shown_name}: {rows:,} rows, received on {file.received_on}{room}")
    elif report.received:
        day = report.received[0].received_on
        files = f"{report.files} file{'' if report.files == 1 else 's'}"
        typer.echo(f"{mask_file_name(path.name)}: {report.rows:,} rows in {files}, received on {day}{room}")
    for file in report.already_held:
        name = file.shown_name if path.is_dir() else mask_file_name(path.name)
        typer.echo(f"{name}: held since {file.received_on}, nothing changed{room}")
