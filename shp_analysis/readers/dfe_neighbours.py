"""Department for Education: the ten statistical neighbours of each local authority, nearest first.

Published under the Open Government Licence v3.0 with the Local Authority Interactive Tool at
https://www.gov.uk/government/publications/local-authority-interactive-tool-lait. What the file does, and what is done:

- Neighbours were chosen for children's services by what families there are like, not for crime: use them beside
  another choice of peers, and say whose they are. Being a neighbour is not mutual.
- Authorities have the department's own numbers of three digits (Halton 876), which are no ONS codes. An authority that
  was joined or split has a new number, and its old one stays at the end of the list.
- Two rows of letters and numbers stand above the headings, and `SNP` heads ten columns. Former authorities stand below
  the words `Old SNs:`, and `is_former` says so. `Very Close` and `Very close` are one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.readers import Frequency, Reader, Records, RecordTable, SourceFile, is_named_simulated
from shp_analysis.readers.strict_sheet import Row, Sheet, open_small_workbook, open_workbook, read_sheet
from shp_analysis.readers.tables import ADVICE

SOURCE = "dfe_neighbours"

N_NEIGHBOURS = 10
CLOSENESS = ("Extremely close", "Very close", "Close", "Somewhat close", "Not close")
"""How near a neighbour is, nearest first."""
SHEET = "LA SN Groups"
FORMER = "Old SNs:"
"""Stands alone in a row, above the authorities that are no more."""
HEADINGS = (
    *("LA num", "LA Name", "LA number", "GOInd", "GOReg"),
    *(heading for n in range(1, N_NEIGHBOURS + 1) for heading in (f"SN{n}", "SNP")),
)
"""The headings in their order, in which alone a closeness belongs to its neighbour."""

_NUMBER, _NAME, _AGAIN, _REGION, _FIRST = 0, 1, 2, 4, 5
_WORD = re.compile("[A-Za-z]{2}")
_AUTHORITY = re.compile(r"[1-9]\d{2}")
_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")
_NOT_STATED = "not stated"
_MOST_TITLES = 10


def _is_ours(member: Member) -> bool:
    workbook = open_small_workbook(member)
    return workbook is not None and SHEET in workbook.sheet_names


def _read_file(member: Member) -> pd.DataFrame:
    sheet = read_sheet(open_workbook(member.read(), member.label), SHEET)
    rows, first_former = _find_rows(sheet)
    names = {row[_NUMBER]: row[_NAME] for row in rows.values()}
    if len(names) < len(rows):
        raise SourceError(f"{sheet.label}: an authority's number is there more than once. {ADVICE}")
    records = [
        (row[_NUMBER], row[_NAME], row[_REGION], place >= first_former, rank, number, names[number], closeness)
        for place, row in rows.items()
        for rank, (number, closeness) in enumerate(_list_neighbours(row, names, f"{sheet.label}: row {place}"), start=1)
    ]
    texts = dict.fromkeys(_COLUMNS, "str") | {"neighbour_rank": "int64", "is_former": "bool"}
    year = _YEAR.search(member.path.name)
    frame = pd.DataFrame(records, columns=_COLUMNS).astype(texts)
    return frame.assign(edition=pd.Series(year[0] if year else _NOT_STATED, index=frame.index, dtype="str"))


_COLUMNS = [
    *("dfe_authority_number", "authority_name", "region", "is_former", "neighbour_rank"),
    *("dfe_neighbour_number", "neighbour_name", "closeness"),
]


def _find_rows(sheet: Sheet) -> tuple[dict[int, Row], int]:
    """Find the authorities' rows, by spreadsheet row, and from which row on they are former ones."""
    top = next((n for n, row in enumerate(sheet.rows[:_MOST_TITLES]) if HEADINGS[_NAME] in row), None)
    if top is None or sheet.rows[top] != HEADINGS:
        found = ", ".join(cell or "nothing" for cell in sheet.rows[top]) if top is not None else "none of them"
        raise SourceError(
            f"{sheet.label}: the headings are {found}; allowed, in this order: {', '.join(HEADINGS)}. If the publisher "
            "changed the layout, the reader must be taught the new one first; otherwise use the file as published."
        )
    rows = {n: row for n, row in enumerate(sheet.rows[top + 1 :], start=top + 2) if any(row)}
    parting = next((n for n, row in rows.items() if [cell for cell in row if cell] == [FORMER]), len(sheet.rows) + 1)
    rows.pop(parting, None)
    for place, row in rows.items():
        number = row[_NUMBER]
        if (
            not number
            or not _AUTHORITY.fullmatch(number)
            or row[_AGAIN] != number
            or not _WORD.search(row[_NAME] or "")
        ):
            raise SourceError(
                f"{sheet.label}: row {place} begins {row[:3]}; allowed: an authority's number of three digits, its "
                f"name and the number again. {ADVICE}"
            )
    if not rows:
        raise SourceError(f"{sheet.label}: has headings and no rows. {ADVICE}")
    return rows, parting


def _list_neighbours(row: Row, names: dict[str | None, str | None], where: str) -> list[tuple[str, str | None]]:
    known = {word.casefold(): word for word in CLOSENESS}
    neighbours = []
    for number, written in zip(row[_FIRST::2], row[_FIRST + 1 :: 2], strict=True):
        if number is None and written is None:
            continue
        if number not in names or number == row[_NUMBER]:
            raise SourceError(
                f"{where} ({row[_NAME]}) has the neighbour {number or 'nothing'!r}; allowed: the number of another "
                f"authority of the list. {ADVICE}"
            )
        if written is not None and written.casefold() not in known:
            message = f"{where} ({row[_NAME]}) says {written!r}; allowed: one of {', '.join(CLOSENESS)}. {ADVICE}"
            raise SourceError(message)
        neighbours.append((str(number), known[written.casefold()] if written else None))
    if len({number for number, _ in neighbours}) < len(neighbours):
        raise SourceError(f"{where} ({row[_NAME]}) has one neighbour twice. {ADVICE}")
    return neighbours


def _find_files(members: Sequence[Member]) -> tuple[SourceFile, ...]:
    return tuple(
        SourceFile(SOURCE, member, HEADINGS, partial(_read_records, member)) for member in members if _is_ours(member)
    )


def _read_records(member: Member) -> Iterator[Records]:
    yield Records("dfe_neighbours", _read_file(member), is_named_simulated(member))


READER = Reader(
    source=SOURCE,
    publisher="Department for Education (statistical neighbours)",
    address="https://www.gov.uk/government/publications/local-authority-interactive-tool-lait",
    tables=(RecordTable("dfe_neighbours", Frequency.SNAPSHOT, "edition"),),
    find_files=_find_files,
)
"""The workbook has no place for a word of its own: a simulated file is known by its name, `simulated-…`."""
