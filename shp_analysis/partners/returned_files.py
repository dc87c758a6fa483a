"""Reading the small files that partners and the board fill in: strictly, as plain text, with no personal data.

What partners send is treated as hostile: it may hold HTML, links, characters that hide or reorder what a reader sees,
or somebody's particulars. Tags are taken out with nh3 (the ammonia library), links are replaced by words that say so,
and invisible characters are dropped. What is left is text, which pages escape once more when they print it.

A file is a CSV in UTF-8 or the sheet of a form that was sent back. Every refusal names the file, row and column. A cell
that looks like somebody's particulars refuses the file, and the message never repeats what it says.
"""

from __future__ import annotations

import csv
import html
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, ClassVar, TypeVar

import nh3
from pydantic import BeforeValidator

from shp_analysis.config.catalogue import Catalogue
from shp_analysis.config.priorities import Priority, find_priority
from shp_analysis.config.reading import Settings, validate
from shp_analysis.errors import ParametersError, RequestError, SourceError, suggest
from shp_analysis.readers.personal_data import check_headings, check_texts
from shp_analysis.readers.strict_sheet import open_workbook, read_sheet

LINK_REMOVED = "(link removed)"
MOST_ROUNDS = 20
"""Text escaped more often than this was not written by a person."""
_ADDRESS = r"(?:[a-z0-9-]+\.)+(?:com|org|net|uk|gov|info|io|eu|co|me|ly|biz)\b"
_LINK = re.compile(
    rf"[a-z][a-z0-9+.-]*://\S*|\b(?:javascript|vbscript|mailto|data):\S+|\bwww\.\S+|\b{_ADDRESS}(?:/\S*)?",
    re.IGNORECASE,
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean_partner_text(text: str) -> str:
    """Make plain text of what a partner wrote.

    Parameters
    ----------
    text : str
        As received. It may hold anything.

    Returns
    -------
    str
        One paragraph without tags, links or invisible characters. Cleaning it again changes nothing. "<18" and "5 > 3"
        stay; a word right after "<" is taken for a tag and goes with all up to the next ">".

    Raises
    ------
    ValueError
        Where the text is escaped over and over, as no person writes.
    """
    plain = _drop_invisible(text)
    for _ in range(MOST_ROUNDS):
        before = plain
        # nh3 escapes what is left; the page escapes it again, so here it is undone.
        plain = _drop_invisible(html.unescape(nh3.clean(plain, tags=set())))
        plain = _LINK.sub(LINK_REMOVED, plain)
        if plain == before:
            return plain
    raise ValueError("is escaped over and over: write it as plain text")


def _drop_invisible(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(
        character if character.isspace() or unicodedata.category(character) not in _INVISIBLE else ""
        for character in composed
    )
    return " ".join(visible.split())


LARGEST_BYTES = 1 << 20
"""A quarter's comments are a few kilobytes; a megabyte is another file."""
MOST_ROWS = 1_000
MOST_CHARACTERS = 120
"""Of a cell that is a name, a date or a choice."""
MOST_CHARACTERS_OF_TEXT = 1_000
"""Of a cell of prose: about ten printed lines."""
SIMULATED = "SIMULATED"
"""Stands in every row that was invented for the simulated borough."""
FORM_SHEET = "Comments"
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Record = TypeVar("Record", bound="PartnerRecord")


class PartnerRecord(Settings):
    """The base of what partners send: a row of which some columns are prose."""

    prose: ClassVar[frozenset[str]] = frozenset()
    """Columns that may hold as much as `MOST_CHARACTERS_OF_TEXT`."""

    @property
    def is_simulated(self) -> bool:
        """Whether the row says that it was invented for the simulated borough."""
        return any(SIMULATED in str(getattr(self, name)) for name in type(self).model_fields)


def _read_day(cell: object) -> object:
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str) or not _ISO_DAY.fullmatch(cell):
        raise ValueError("write the day as year-month-day, like 2025-05-15")
    return date.fromisoformat(cell)


Day = Annotated[date, BeforeValidator(_read_day)]
"""A day written as 2025-05-15, and in no other way: 05/06/2025 is two days."""


def read_records(path: Path, model: type[Record]) -> tuple[tuple[int, Record], ...]:
    """Read a file that partners filled in, cleaned and checked.

    Parameters
    ----------
    path : Path
        A CSV in UTF-8 with a heading row, or a workbook with the sheet `Comments`.
    model : type of PartnerRecord
        What a row holds; its fields are the headings.

    Returns
    -------
    tuple of (int, PartnerRecord)
        Each row with its number in the file; none where the file does not exist, because nobody sent anything.

    Raises
    ------
    ParametersError
        Where the file cannot be read, a heading is unknown or missing, or a cell says what it may not.
    SourceError
        Where a cell looks like somebody's particulars.
    """
    if not path.exists():
        return ()
    headings, rows = _read_cells(path)
    _check_headings(headings, model, path)
    records = []
    for number, cells in rows:
        content = {
            heading: _clean_cell(cell, heading, model, f"{path}: row {number}, column '{heading}'")
            for heading, cell in zip(headings, cells, strict=True)
        }
        label = f"{path}, row {number}"
        records.append((number, validate({k: v for k, v in content.items() if v}, model, label=label)))
    return tuple(records)


def _read_cells(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    if path.stat().st_size > LARGEST_BYTES:
        raise ParametersError(f"{path}: has more than {LARGEST_BYTES:,} bytes. Send the form alone, without pictures.")
    lines = _read_sheet(path) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    headings = lines[0][1] if lines else []
    rows = [(number, cells) for number, cells in lines[1:] if any(cell.strip() for cell in cells)]
    if len(rows) > MOST_ROWS:
        raise ParametersError(f"{path}: has {len(rows):,} rows; at most {MOST_ROWS:,} are read.")
    for number, cells in rows:
        if len(cells) != len(headings):
            message = f"{path}, row {number}: has {len(cells)} cells where the headings are {len(headings)}."
            raise ParametersError(f"{message} Put quotation marks around a text with a comma in it.")
    return headings, rows


def _read_csv(path: Path) -> list[tuple[int, list[str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        return [(number, cells) for number, cells in enumerate(reader, start=1) if cells]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = "is not in UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        message = f"{path}: cannot be read as a CSV ({reason}). In Excel, save it as 'CSV UTF-8 (comma delimited)'."
        raise ParametersError(message) from error


def _read_sheet(path: Path) -> list[tuple[int, list[str]]]:
    try:
        workbook = open_workbook(path.read_bytes(), str(path))
        sheet = read_sheet(workbook, FORM_SHEET)
        names = [name for name in workbook.sheet_names if name != FORM_SHEET]
        others = [name for name in names if any(map(any, read_sheet(workbook, name).rows))]
    except SourceError as error:
        raise ParametersError(
            f"{error} Send back the form that was sent out, with its sheet '{FORM_SHEET}'."
        ) from error
    if others:
        message = f"{path}: only the sheet '{FORM_SHEET}' is read, and '{others[0]}' holds something"
        raise ParametersError(f"{message}. Send back the form that was sent out, with all rows on that sheet.")
    headings = sheet.rows[0] if sheet.rows else ()
    width = max((number for number, cell in enumerate(headings, start=1) if cell), default=0)
    for number, row in enumerate(sheet.rows, start=1):
        if any(row[width:]):
            message = (
                f"{path}, row {number}: a cell stands to the right of the last heading. Move it under one, or out."
            )
            raise ParametersError(message)
    return [(number, [cell or "" for cell in row[:width]]) for number, row in enumerate(sheet.rows, start=1)]


def _check_headings(headings: Sequence[str], model: type[PartnerRecord], path: Path) -> None:
    fields = model.model_fields
    unknown = [heading for heading in headings if heading not in fields]
    check_headings(unknown, str(path))
    missing = [name for name, field in fields.items() if field.is_required() and name not in headings]
    repeated = sorted({heading for heading in headings if headings.count(heading) > 1})
    if unknown or missing or repeated:
        complaints = [
            *(f"column '{heading}' is not known. {suggest(heading, fields)}".strip() for heading in unknown),
            *(f"column '{heading}' is missing" for heading in missing),
            *(f"column '{heading}' is there more than once" for heading in repeated),
        ]
        raise ParametersError(f"{path}, row 1: {'; '.join(complaints)}. The columns are {', '.join(fields)}.")


def _clean_cell(cell: str, heading: str, model: type[PartnerRecord], where: str) -> str:
    most = MOST_CHARACTERS_OF_TEXT if heading in model.prose else MOST_CHARACTERS
    # Tags may stand within somebody's number: both what came and what is left are looked at.
    check_texts([cell], where)
    if len(cell) > 10 * most:
        raise ParametersError(f"{where}: has {len(cell):,} characters; at most {most:,} are printed. Shorten it.")
    try:
        text = clean_partner_text(cell)
    except ValueError as error:
        raise ParametersError(f"{where}: {error}.") from error
    check_texts([text], where)
    if len(text) > most:
        raise ParametersError(f"{where}: has {len(text):,} characters; at most {most:,} are printed. Shorten it.")
    if cell.strip() and not text:
        raise ParametersError(f"{where}: holds no words once its markup is taken out. Write plain text.")
    return text


def resolve(
    records: Sequence[tuple[int, Record]], path: Path, finders: Mapping[str, Callable[[str], str]]
) -> tuple[Record, ...]:
    """Put ids in place of the names that rows give for indicators and priorities.

    Parameters
    ----------
    records : sequence of (int, PartnerRecord)
        From `read_records`.
    path : Path
        For messages.
    finders : mapping of str to callable
        For each column, what makes an id of what it says, or refuses with a suggestion.

    Raises
    ------
    ParametersError
        Naming file, row and column.
    """
    found = []
    for number, record in records:
        ids = {}
        for column, find in finders.items():
            written = getattr(record, column)
            if written is None:
                continue
            try:
                ids[column] = find(written)
            except RequestError as error:
                raise ParametersError(f"{path}, row {number}, column '{column}': {error}") from error
        found.append(record.model_copy(update=ids))
    return tuple(found)


def indicator_finder(catalogue: Catalogue) -> Callable[[str], str]:
    """Give what makes an indicator's id of its id, its name or a name it had before."""
    return lambda written: catalogue.indicator(written).id


def priority_finder(priorities: Sequence[Priority]) -> Callable[[str], str]:
    """Give what makes a priority's number, as text, of any wording of it."""
    return lambda written: str(find_priority(written, priorities).number)
