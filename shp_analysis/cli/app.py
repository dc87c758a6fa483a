"""The command's shape: the application that modules add their commands to, and the options that several share."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from shp_analysis import __version__
from shp_analysis.areas import HALTON
from shp_analysis.errors import NotReadyError, RequestError, ShpAnalysisError

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


def main() -> None:
    """Run the command line and turn every refusal into one message and an exit code."""
    try:
        app()
    except RequestError as error:
        _fail(error, 2)
    except NotReadyError as error:
        _fail(error, 3)
    except ShpAnalysisError as error:
        _fail(error, 1)


def _fail(error: ShpAnalysisError, code: int) -> None:
    typer.echo(f"shp: {error}", err=True)
    sys.exit(code)
