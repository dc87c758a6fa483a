"""Commands that bring data in: the simulated borough, files taken in or fetched, and tables made again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich import progress as bars

from shp_analysis.cli.app import RoomOption, app
from shp_analysis.cli.printing import count_progress, notes, print_rows, shorten, show_progress


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
    with show_progress("Writing the simulated borough") as tell:
        files = write_simulated_borough(folder, seed=DEFAULT_SEED if seed is None else seed, on_progress=tell)
    notes.print(f"{len(files)} files written to {shorten(folder)}")
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
    from shp_analysis.store import open_store  # noqa: PLC0415
    from shp_analysis.store import rebuild as rebuild_tables  # noqa: PLC0415

    with count_progress("Rebuilding") as tell:
        count = rebuild_tables(open_store(simulated=simulated), tell)
    notes.print(f"Tables made again from {count} files.")


def _ingest_one(path: Path, received_on: date | None) -> None:
    from shp_analysis.store import ingest as take_in  # noqa: PLC0415

    with count_progress(f"Reading {path.name}") as tell:
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
