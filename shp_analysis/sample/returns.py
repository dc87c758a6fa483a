"""Partners' returns of the home area: every measure, in the template's own rows.

Each organisation is named *Simulated …*, so that every row says what it is. One zip archive a financial year holds a
CSV an organisation, with all its quarters. What real returns do, these do: an organisation leaves a quarter out, small
numbers are suppressed, one quarter is partial and its note says why, the newest quarter is provisional, and what is not
known yet is not there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from shp_analysis.areas import Area
from shp_analysis.periods import FinancialYear, Month, Period
from shp_analysis.sample.borough import HOME_AREA, LAST_MONTH, read_sample_table
from shp_analysis.sample.returns_counts import Counted, Draw, ReturnLine, read_return_lines
from shp_analysis.sample.returns_parts import count_cells
from shp_analysis.sample.series import is_received
from shp_analysis.sources.partner_returns_cells import COLUMNS, PARTIAL
from shp_analysis.sources.partner_returns_measures import PERIOD_KINDS, TOTAL, Quantity
from shp_analysis.sources.readers import SIMULATED_MARK
from shp_analysis.sources.templates import Row, list_rows

SUPPRESSED, SUPPRESSED_BELOW = "*", 5
CONTACT_ROLE = "Data officer"
_ZIP_TIME = (2025, 4, 30, 0, 0, 0)
_PLAIN_FILE, _UNIX = 0o100644 << 16, 3


def write_returns(folder: Path, seed: int, areas: Sequence[Area], months: Sequence[Month]) -> Iterator[Path]:
    """Write the returns of the organisations of the home area.

    Parameters
    ----------
    folder : pathlib.Path
    seed : int
    areas : sequence of Area
        Nothing is written where the home area is not among them.
    months : sequence of Month
        A row is written where its period's last month is among them.

    Yields
    ------
    pathlib.Path
        An archive for every financial year.
    """
    if HOME_AREA not in {area.code for area in areas}:
        return
    for year in sorted({FinancialYear.containing(month.start) for month in months}):
        files = [
            (f"simulated-partner-return-{_slug(organisation)}-{year.label}.csv", _write_csv(rows))
            for organisation in _list_organisations()
            if (rows := list_filled_rows(seed, organisation, year, months))
        ]
        if files:
            yield _write_zip(folder / f"simulated-partner-returns-{year.label}-{year.end.year}-04.zip", files)


def list_filled_rows(seed: int, organisation: str, year: Period, months: Sequence[Month]) -> list[Row]:
    """Fill in the rows that an organisation is asked for in a year.

    Parameters
    ----------
    seed : int
    organisation : str
        Without the word Simulated.
    year : Period
        A financial year, or a quarter.
    months : sequence of Month
        Rows of periods that end in other months are left out.

    Returns
    -------
    list of dict of str to str
        By the template's headings.
    """
    lines = {line.measure.id: line for line in read_return_lines() if line.organisation == organisation}
    filled = []
    for row in list_rows(f"{SIMULATED_MARK} {organisation}", year, area=HOME_AREA):
        line = lines.get(row["measure"])
        period = None if line is None else PERIOD_KINDS[line.measure.frequency](row["period"])
        if line is not None and period is not None and _is_returned(line, period, months):
            counted = _count_cells(seed, line, period).get((row["breakdown"], row["category"]))
            if counted is not None:
                filled.append(row | _fill_in(line, period, row, counted))
    return filled


@cache
def _count_cells(seed: int, line: ReturnLine, period: Period) -> dict[tuple[str, str], Counted]:
    return dict(count_cells(Draw(seed, line, HOME_AREA, period)))


def _is_returned(line: ReturnLine, period: Period, months: Sequence[Month]) -> bool:
    last = Month.containing(period.end)
    is_known = not line.last_month or last.label <= line.last_month
    is_sent = all(is_received(line.of, HOME_AREA, month) for month in period.months)
    return last in months and is_known and is_sent


def _fill_in(line: ReturnLine, period: Period, row: Row, counted: Counted) -> Row:
    is_hidden = line.hides_small and row["breakdown"] != TOTAL and 0 < (counted.value or 0) < SUPPRESSED_BELOW
    completeness, note = _describe_gap(line.measure.id, period)
    return {
        "as_at": period.end.isoformat() if line.measure.kind is Quantity.STOCK else "",
        "value": SUPPRESSED if is_hidden else _print(counted.value),
        "of": _print(counted.base),
        "contact_role": CONTACT_ROLE,
        "completeness": completeness,
        "note": note,
    }


def _describe_gap(measure_id: str, period: Period) -> tuple[str, str]:
    """Say whether a number is whole, and what has to be known of it: the first note that fits."""
    first, last = period.months[0].label, period.months[-1].label
    usual = "provisional" if period.end == LAST_MONTH.end else "complete"
    for about, first_month, last_month, completeness, note in _notes():
        if about == measure_id and first_month <= last and first <= last_month:
            return (PARTIAL if completeness == PARTIAL else usual), note
    return usual, ""


@cache
def _notes() -> tuple[tuple[str, ...], ...]:
    rows = read_sample_table("return_notes.csv").itertuples(index=False, name=None)
    return tuple(tuple(map(str, row)) for row in rows)


def _print(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


@cache
def _list_organisations() -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.organisation for line in read_return_lines()))


def _slug(organisation: str) -> str:
    return re.sub(r"[^a-z]+", "-", organisation.lower()).strip("-")


def _write_csv(rows: Sequence[Row]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    # As the template is written: spreadsheets take it for UTF-8 where it begins with the mark.
    return file.getvalue().encode("utf-8-sig")


def _write_zip(path: Path, files: Sequence[tuple[str, bytes]]) -> Path:
    with ZipFile(path, "w") as zipped:
        for name, content in files:
            member = ZipInfo(name, date_time=_ZIP_TIME)
            member.compress_type, member.create_system, member.external_attr = ZIP_DEFLATED, _UNIX, _PLAIN_FILE
            zipped.writestr(member, content)
    return path
