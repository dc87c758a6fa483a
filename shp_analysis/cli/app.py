"""The command's shape: the application that modules add their commands to, and the options that several share."""

from __future__ import annotations

import re
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from shp_analysis import __version__
from shp_analysis.errors import ShpAnalysisError, describe_disk_error
from shp_analysis.personal_data.finding import mask_personal_data
from shp_analysis.traces import keep_trace


class _MaskingGroup(TyperGroup):
    """Commands whose refusals of what was typed repeat no particular of a person, and no argument too many."""

    def make_context(self, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - click's own
        with _mask_refusal():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - click's own
        with _mask_refusal():
            return super().invoke(ctx)


@contextmanager
def _mask_refusal() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        message = getattr(error, "message", None)
        if isinstance(message, str) and not isinstance(error, ShpAnalysisError):
            said = re.sub(r"(unexpected extra argument(?:s|\(s\))?) \(.*\)", r"\1", message, flags=re.DOTALL)
            error.message = mask_personal_data(said)  # type: ignore[attr-defined]
        raise


app = typer.Typer(
    name="shp",
    cls=_MaskingGroup,
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
    typer.Option(
        help="Code or name of a local authority, police force area, town or ward.", show_default="the partnership's own"
    ),
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


class Stopped(BaseException):
    """A signal asked the command to end; what it had begun is cleared away on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main() -> None:
    """Run the command line and turn every refusal, failure and stop into one message and an exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        app()
    except ShpAnalysisError as error:
        _fail(str(error), error.exit_code)
    except Stopped as stopped:
        name = signal.Signals(stopped.number).name
        _fail(f"stopped by {name} before it was done. Give the same command again.", 128 + stopped.number)
    except Exception as error:  # noqa: BLE001 - no traceback reaches the screen
        _fail(_describe_unforeseen(error), 1)


def _stop(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)  # a second one ends the command at once
    raise Stopped(number)


def _describe_unforeseen(error: Exception) -> str:
    """Say what went wrong, and where the traceback is kept; its words may hold anything, so they are not printed."""
    from shp_analysis.store.store import data_folder  # noqa: PLC0415 - the slow imports come after the arguments are read

    folder = data_folder()
    kept = keep_trace(folder, Path("shp"), {"traceback.txt": "".join(traceback.format_exception(error))})
    if isinstance(error, OSError):
        said = describe_disk_error(error)
    else:
        said = f"it ended in an error that was not foreseen ({type(error).__name__})."
    where = (
        f"What is known of it is in {kept}." if kept else f"Nothing more could be kept: {folder} cannot be written to."
    )
    return f"{said} {where}"


def _fail(text: str, code: int) -> None:
    typer.echo(f"shp: {mask_personal_data(text)}", err=True)
    sys.exit(code)
