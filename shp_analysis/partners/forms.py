"""The first of two stages: partners see the raw figures, and are asked for the context, before the board sees anything.

A preview holds numbers and an empty form, and no narrative: not a verdict, not a sentence. Partners may say what lies
behind a figure; what the figure shows is worked out and not asked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import xlsxwriter

from shp_analysis.errors import RequestError
from shp_analysis.partners.comments import EvidenceType, Owner
from shp_analysis.partners.returned_files import FORM_SHEET, MOST_CHARACTERS_OF_TEXT

FORM_COLUMNS = (
    *("indicator", "measure", "period", "figure", "unit", "asked", "deadline"),
    *("text", "owner", "given_on", "evidence_type", "is_public"),
)
"""The form's headings: first what is asked, then what is filled in."""
FILLED_IN = FORM_COLUMNS[7:]
RAW_FIGURES_NAME, FORM_NAME = "raw_figures.csv", "comment_form"
WITHHELD = "withheld"
_JUDGING = ("verdict",)
"""Columns of the results that say what a figure means; a preview leaves them out."""
_CREATED = datetime(2025, 1, 1, tzinfo=UTC)
"""Written into the workbook in place of the time of day, which would make every file another."""
_WIDTHS = dict(zip(FORM_COLUMNS, (10, 30, 14, 10, 24, 26, 12, 70, 28, 12, 16, 10), strict=True))
_HINTS = {
    "text": f"What lies behind the figure? At most {MOST_CHARACTERS_OF_TEXT:,} characters; nothing about any person.",
    "owner": "The organisation or role that answers for the comment.",
    "given_on": "The day of the comment, like 2025-05-15.",
    "is_public": "true if it may be printed outside the partnership; otherwise leave it empty.",
}


def build_comment_form(results: pd.DataFrame, owners: Mapping[str, Owner], deadline: date) -> pd.DataFrame:
    """Build the form on which partners comment: one row an indicator, with its figure and whom it is for.

    Parameters
    ----------
    results : pandas.DataFrame
        The run's results (`shp_analysis.papers.results.tabulate_results`): `indicator, period, statistic, value, unit,
        suppressed` are read.
    owners : mapping of str to Owner
        By indicator (`find_owners`).
    deadline : date
        The day by which comments should be in.

    Returns
    -------
    pandas.DataFrame
        `FORM_COLUMNS`, all text, in the results' order; what partners fill in is empty.

    Raises
    ------
    RequestError
        Where an indicator has no owner: nobody would be asked.
    """
    ids = list(dict.fromkeys(str(each) for each in results["indicator"]))
    orphans = [each for each in ids if each not in owners]
    if orphans:
        raise RequestError(f"Nobody is named to comment on {', '.join(orphans)}. Add the source's owner to owners.csv.")
    counts = results[results["statistic"] == "count"].drop_duplicates("indicator").set_index("indicator")
    rows = []
    for each in ids:
        owner = owners[each]
        period, figure, unit = _give_figure(counts, each)
        asked = (each, owner.measure, period, figure, unit, owner.organisation, deadline.isoformat())
        rows.append((*asked, *("" for _ in FILLED_IN)))
    return pd.DataFrame(rows, columns=list(FORM_COLUMNS), dtype="str")


def _give_figure(counts: pd.DataFrame, indicator_id: str) -> tuple[str, str, str]:
    if indicator_id not in counts.index:
        return "", "", ""
    row = counts.loc[indicator_id]
    if row["suppressed"]:
        figure = WITHHELD
    elif pd.isna(row["value"]):
        figure = ""
    else:
        figure = f"{row['value']:,.10g}"
    return str(row["period"]), figure, str(row["unit"])


def select_raw_figures(results: pd.DataFrame) -> pd.DataFrame:
    """Give the results without the columns that judge: figures, intervals and the files behind them."""
    return results.drop(columns=[name for name in _JUDGING if name in results.columns])


def save_preview(results: pd.DataFrame, form: pd.DataFrame, folder: Path) -> tuple[Path, ...]:
    """Write what partners get: the raw figures, and the form as CSV and as workbook.

    Parameters
    ----------
    results : pandas.DataFrame
        After disclosure control.
    form : pandas.DataFrame
        From `build_comment_form`.
    folder : Path
        Is made where it does not exist.

    Returns
    -------
    tuple of Path
        The files, the same bytes for the same figures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        RAW_FIGURES_NAME: write_csv(select_raw_figures(results)),
        f"{FORM_NAME}.csv": write_csv(form),
        f"{FORM_NAME}.xlsx": _make_workbook(form),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return tuple(folder / name for name in contents)


def write_csv(frame: pd.DataFrame) -> bytes:
    """Write a frame as a CSV that Excel takes for UTF-8, which it does only where the file begins with the mark."""
    file = io.StringIO(newline="")
    frame.to_csv(file, index=False, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    return file.getvalue().encode("utf-8-sig")


def _make_workbook(form: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": "Comments for the Community Safety Partnership", "created": _CREATED})
        sheet = book.add_worksheet(FORM_SHEET)
        heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#D9E2EC", "text_wrap": True})
        # A day is kept as text, or a spreadsheet writes it in the order of its own country.
        asked = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        open_cell = book.add_format(
            {"text_wrap": True, "valign": "top", "locked": False, "bg_color": "#FFF8DC", "num_format": "@"}
        )
        for column, name in enumerate(FORM_COLUMNS):
            sheet.set_column(column, column, _WIDTHS[name])
            sheet.write_string(0, column, name, heading)
            if name in FILLED_IN:
                sheet.data_validation(1, column, max(len(form), 1), column, _validate(name))
            cells: Sequence[str] = form[name].tolist()
            for row, cell in enumerate(cells, start=1):
                if name in FILLED_IN:
                    sheet.write_blank(row, column, None, open_cell)
                else:
                    sheet.write_string(row, column, cell, asked)
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.protect("", {"format_columns": True, "format_rows": True})
    return file.getvalue()


def _validate(name: str) -> dict[str, object]:
    if name == "evidence_type":
        return {
            "validate": "list",
            "source": [each.value for each in EvidenceType],
            "input_title": "Evidence",
            "input_message": "What the comment rests on.",
        }
    return {"validate": "any", "input_title": name.replace("_", " ").capitalize(), "input_message": _HINTS[name]}
