"""Commands that say what is in, what is wrong with it, and what it said before."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from shp_analysis.areas import read_area
from shp_analysis.cli.app import AreaOption, AsOfOption, CheckFormat, RoomOption, app
from shp_analysis.cli.printing import name_room, print_rows
from shp_analysis.errors import StoreError


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
    print_rows(headings, rows, title=name_room(store.is_simulated))
