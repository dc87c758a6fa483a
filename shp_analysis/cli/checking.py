"""Commands that say what is in, what is wrong with it, and what it said before."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from shp_analysis.cli.app import AreaOption, AsOfOption, CheckFormat, Format, RoomOption, app
from shp_analysis.cli.printing import answers, mark_simulated, print_rows, write_cell
from shp_analysis.errors import StoreError

REVISION_COLUMNS = ("period", "first", "first_received_on", "now", "now_received_on", "change_percent")


@app.command()
def check(
    area: AreaOption = None,
    period: Annotated[
        str | None,
        typer.Option("--period", "-p", help='Like "2024-25 Q4".', show_default="the newest quarter that is over"),
    ] = None,
    as_of: AsOfOption = None,
    simulated: RoomOption = None,
    format: Annotated[CheckFormat, typer.Option(help="How to write it.")] = CheckFormat.TABLE,  # noqa: A002
) -> None:
    """Say what is in, what is late, and what is wrong with it: to be read before the board meets.

    Feeds received, how far every indicator reaches, what changed since the last release, blank fields, totals that
    their parts do not make, ages that do not fit, and totals of fewer contributors. It is a report: what is late does
    not make it fail.
    """
    from shp_analysis.assessment.area_records import open_records  # noqa: PLC0415 - only this command needs them
    from shp_analysis.cli.printed_report import print_report  # noqa: PLC0415
    from shp_analysis.monitoring.report import report_data  # noqa: PLC0415
    from shp_analysis.reference.periods import latest_complete_quarter  # noqa: PLC0415

    opened = open_records(area=area, as_of=as_of, simulated=simulated)
    report = report_data(
        opened.store,
        opened.catalogue,
        opened.area,
        opened.read_period(period) if period else latest_complete_quarter(opened.as_of),
        opened.records_of,
        as_of=opened.as_of,
        is_of_area_only=area is not None,
    )
    if not report.feeds or (area and not report.knows_area):
        message = (
            f"The store at {opened.store.root} holds no feed of what was asked for. `shp check` alone lists all of "
            "them; a later --as-of sees more."
        )
        raise StoreError(message)
    if format is CheckFormat.JSON:
        typer.echo(json.dumps(report.as_record(), indent=2, ensure_ascii=False))
    else:
        print_report(report)


@app.command()
def revisions(
    indicator: Annotated[str, typer.Argument(help="Id or name, like ALL-01 or Burglary.")],
    area: AreaOption = None,
    source: Annotated[
        str | None, typer.Option(help="Which of its sources.", show_default="the catalogue's first")
    ] = None,
    as_of: AsOfOption = None,
    simulated: RoomOption = None,
    format: Annotated[Format, typer.Option(help="How to write it.")] = Format.TABLE,  # noqa: A002
) -> None:
    """Say what earlier periods were said to be then, and are said to be now.

    Published figures are revised; every release that was taken in is kept, so each figure can be given as it stood.
    """
    from shp_analysis.assessment.area_records import open_records  # noqa: PLC0415

    opened = open_records(area=area, as_of=as_of, simulated=simulated)
    wanted = opened.catalogue.indicator(indicator)
    chosen, _ = wanted.measure(source)
    records = [each.as_record() for each in opened.list_revisions(wanted, source)]
    if format is Format.JSON:
        record = {
            "indicator": wanted.id,
            "indicator_name": wanted.name,
            "area": opened.area.code,
            "area_name": opened.area.name,
            "source": chosen,
            "as_of": opened.as_of.isoformat(),
            "is_simulated": opened.is_simulated,
            "revisions": records,
        }
        typer.echo(json.dumps(record, indent=2, ensure_ascii=False))
    elif format is Format.CSV:
        typer.echo(_write_csv(records), nl=False)
    else:
        mark_simulated(opened.is_simulated)
        answers.print(f"[bold]{wanted.name}[/], {opened.area.name}, from {chosen}, as of {opened.as_of}")
        _print_revisions(records)


def _write_csv(records: Sequence[dict[str, Any]]) -> str:
    lines = io.StringIO()
    writer = csv.DictWriter(lines, REVISION_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return lines.getvalue()


def _print_revisions(records: Sequence[dict[str, Any]]) -> None:
    if not records:
        answers.print("No period has been received whole.")
        return
    rows = [
        (
            each["period"],
            f"{write_cell(each['first'])} ({each['first_received_on']})",
            f"{write_cell(each['now'])} ({each['now_received_on']})" if len(each["sayings"]) > 1 else "the same",
            f"{each['change_percent']:+.1f}%" if each["change_percent"] else "–",
            str(len(each["sayings"]) - 1),
        )
        for each in records
    ]
    print_rows(("Period", "Said first (received)", "Says now (received)", "Change", "Times revised"), rows)
