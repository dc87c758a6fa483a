"""The ledger is written by machine and read with suspicion."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from shp_analysis.errors import StoreError
from shp_analysis.store.ledger import LEDGER_NAME, ReceivedFile, read_ledger, write_ledger

FILES = tuple(
    ReceivedFile(number, "police_uk", day, f"police_uk/{day}/archive-{number}.zip", f"{number:064x}", 1000 * number)
    for number, day in enumerate((date(2024, 3, 31), date(2024, 6, 30), date(2024, 6, 30)), start=1)
)


@pytest.fixture
def ledger(tmp_path) -> Path:
    write_ledger(tmp_path, FILES)
    return tmp_path / LEDGER_NAME


def test_what_is_written_is_read_back(ledger):
    assert read_ledger(ledger.parent) == FILES
    assert [path.name for path in ledger.parent.iterdir()] == [LEDGER_NAME]
    assert ledger.read_text().splitlines()[:2] == [
        "sequence,source,received_on,path,sha256,size_bytes,withdrawn_on,withdrawal_reason",
        f"1,police_uk,2024-03-31,police_uk/2024-03-31/archive-1.zip,{1:064x},1000,,",
    ]


def test_a_ledger_of_an_earlier_version_is_read(ledger):
    *lines, _checksum = ledger.read_text().splitlines()
    ledger.write_text("".join(f"{line.rsplit(',', 2)[0]}\n" for line in lines))
    assert ledger.read_text().startswith("sequence,source,received_on,path,sha256,size_bytes\n")
    assert read_ledger(ledger.parent) == FILES


@pytest.mark.parametrize("lost", [1, 2])
def test_a_ledger_that_has_lost_its_last_lines_is_refused(ledger, lost):
    lines = ledger.read_text().splitlines(keepends=True)
    ledger.write_text("".join(lines[:-lost]))
    with pytest.raises(StoreError, match="was cut short"):
        read_ledger(ledger.parent)


def test_a_ledger_that_has_lost_its_last_file_is_refused(ledger):
    lines = ledger.read_text().splitlines(keepends=True)
    ledger.write_text("".join((*lines[:-2], lines[-1])))
    with pytest.raises(StoreError, match="some were lost or changed"):
        read_ledger(ledger.parent)


def test_the_day_and_the_reason_of_a_withdrawal_are_read_back(tmp_path):
    gone = replace(FILES[0], withdrawn_on=date(2024, 7, 1), withdrawal_reason='wrong area, "sorry"')
    write_ledger(tmp_path, (gone,))
    assert read_ledger(tmp_path) == (gone,)


def test_names_with_commas_and_letters_of_any_kind_are_read_back(tmp_path):
    (first, *_) = FILES
    odd = ReceivedFile(1, first.source, first.received_on, 'police_uk/2024-03-31/Tŷ "A", B.zip', first.sha256, 1)
    write_ledger(tmp_path, (odd,))
    assert read_ledger(tmp_path) == (odd,)
    assert odd.name == 'Tŷ "A", B.zip'


def test_no_ledger_is_an_empty_one(tmp_path):
    assert read_ledger(tmp_path) == ()


EDITS = {
    "a day changed": lambda text: text.replace("1,police_uk,2024-03-31,", "1,police_uk,2024-01-31,"),
    "a day written otherwise": lambda text: text.replace("1,police_uk,2024-03-31,", "1,police_uk,31/03/2024,"),
    "a hash cut": lambda text: text.replace(f"{1:064x}", "1"),
    "a hash repeated": lambda text: text.replace(f"{2:064x}", f"{1:064x}"),
    "a size that is no number": lambda text: text.replace(",1000,,\n", ",1 kB,,\n"),
    "a day of withdrawal that is no day": lambda text: text.replace(",1000,,\n", ",1000,soon,\n"),
    "a line gone": lambda text: "".join(line for line in text.splitlines(keepends=True) if not line.startswith("2,")),
    "a line twice": lambda text: text + text.splitlines(keepends=True)[-1],
    "lines in another order": lambda text: "".join(
        [*text.splitlines(keepends=True)[:1], *reversed(text.splitlines(keepends=True)[1:])]
    ),
    "a cell too few": lambda text: text.replace(",1000,,\n", ",1000,\n"),
    "a cell too many": lambda text: text.replace(",1000,,\n", ",1000,,,checked\n"),
    "a column gone": lambda text: text.replace("size_bytes", "bytes"),
    "no headings": lambda text: text.split("\n", 1)[1],
    "nothing": lambda text: "",
    "a path that climbs out": lambda text: text.replace("2024-03-31/archive-1.zip", "2024-03-31/../../../x.zip"),
    "a path elsewhere": lambda text: text.replace("police_uk/2024-03-31/archive-1.zip", "/etc/passwd"),
    "a quotation mark": lambda text: text.replace("archive-1", 'archive-1"', 1).replace("1,police", '"1,police', 1),
    "an empty line": lambda text: text.replace("\n2,", "\n\n2,"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_ledger_edited_by_hand_is_refused(ledger, edit):
    text = ledger.read_text()
    edited = EDITS[edit](text)
    assert edited != text
    ledger.write_text(edited)
    with pytest.raises(StoreError, match="The ledger is not edited by hand: restore it from a backup") as refusal:
        read_ledger(ledger.parent)
    assert str(refusal.value).startswith(f"{ledger}: ")


def test_a_ledger_that_is_no_text_is_refused(ledger):
    ledger.write_bytes(b"\xff\xfe" + ledger.read_bytes())
    with pytest.raises(StoreError, match="restore it from a backup"):
        read_ledger(ledger.parent)
