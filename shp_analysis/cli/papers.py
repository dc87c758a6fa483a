"""Commands that answer a question about an indicator and that make the briefings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shp_analysis.cli.app import AreaOption, AsOfOption, Format, RoomOption, app
from shp_analysis.cli.printing import name_data, notes, print_assessment, shorten, show_progress

if TYPE_CHECKING:
    from shp_analysis.runs.planning import Plan


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
    from shp_analysis.papers.results import as_record, tabulate_results  # noqa: PLC0415
    from shp_analysis.papers.run import assess_one  # noqa: PLC0415

    assessment, is_simulated = assess_one(
        indicator, period=period, area=area, source=source, as_of=as_of, simulated=simulated
    )
    if format is Format.JSON:
        typer.echo(json.dumps({**as_record(assessment), "is_simulated": is_simulated}, indent=2, ensure_ascii=False))
    elif format is Format.CSV:
        typer.echo(tabulate_results([assessment]).to_csv(index=False, lineterminator="\n"), nl=False)
    else:
        print_assessment(as_record(assessment), is_simulated=is_simulated)


@app.command()
def run(
    period: Annotated[str, typer.Argument(help='Like "2024-25 Q4", or latest.')],
    area: AreaOption = None,
    as_of: AsOfOption = None,
    edition: Annotated[
        str | None, typer.Option(help="Such as board, preview or public.", show_default="partnership")
    ] = None,
    theme: Annotated[
        list[str] | None, typer.Option(help="Only this theme's briefing; may be repeated.", show_default="all")
    ] = None,
    paper: Annotated[
        list[str] | None, typer.Option(help="Only this paper; may be repeated.", show_default="the edition's")
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Notebooks run at once.", show_default="2")] = None,
    notebook_minutes: Annotated[
        float | None, typer.Option(help="The longest that a notebook may take.", show_default="15")
    ] = None,
    even_if_not_ready: Annotated[
        bool, typer.Option("--even-if-not-ready", help="Also where none of the lead indicators is held.")
    ] = False,
    simulated: RoomOption = None,
    outputs: Annotated[
        Path | None, typer.Option(help="Where packs are published.", show_default="the project's outputs/")
    ] = None,
) -> None:
    """Make the briefings of a period and print their paths.

    Settings come from parameters/PERIOD/run.yaml where there is one; options win over it. Nothing is published unless
    every notebook ran and every page passed its checks; the last good pack stays until then.
    """
    from shp_analysis.runs.planning import OUTPUTS_FOLDER, plan_run  # noqa: PLC0415 - the slow imports come after the arguments are read

    plan = plan_run(
        period,
        area=area,
        as_of=as_of,
        edition=edition,
        themes=theme,
        papers=paper,
        jobs=jobs,
        notebook_minutes=notebook_minutes,
        simulated=simulated,
        outputs=outputs or OUTPUTS_FOLDER,
    )
    from shp_analysis.runs.packs import use_own_temporary_folder  # noqa: PLC0415
    from shp_analysis.runs.planning import require_ready  # noqa: PLC0415
    from shp_analysis.runs.runner import run_pack  # noqa: PLC0415

    if not even_if_not_ready:
        require_ready(plan)
    notes.print(
        f"{plan.area.name}, {plan.period.in_words}, as of {plan.as_of}{name_data(plan.store.is_simulated, ' · ')}"
    )
    use_own_temporary_folder()
    with show_progress("Running notebooks") as tell:
        pages = run_pack(plan, tell, lambda text: notes.print(text, markup=False))
    _advise(plan)
    for page in pages:
        typer.echo(str(shorten(page)))


def _advise(plan: Plan) -> None:
    """Tell the analyst where partners' words claim more than a count shows; they are printed as they are."""
    from shp_analysis.assessment.area_records import open_records  # noqa: PLC0415
    from shp_analysis.config.parameters import read_run_settings  # noqa: PLC0415
    from shp_analysis.papers.partner_context import advise_wording  # noqa: PLC0415
    from shp_analysis.papers.run import read_partners  # noqa: PLC0415

    opened = open_records(area=plan.area.code, as_of=plan.as_of.isoformat(), simulated=plan.store.is_simulated)
    for line in advise_wording(read_partners(opened, plan.period, read_run_settings(plan.period))):
        notes.print(f"Partners' words: {line}", markup=False)
