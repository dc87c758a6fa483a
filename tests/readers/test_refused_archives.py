"""Every way an archive or a folder can be wrong ends in one sentence, and leaves the store as it was, byte for byte."""

from __future__ import annotations

import os
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest
from police_files import member_name, street_csv, write_archive, write_files, write_zip
from refusals import MEMBER, NAME, Build, check_refused, one_csv

from shp_analysis.errors import SourceError
from shp_analysis.readers import deliveries
from shp_analysis.readers.deliveries import open_delivery
from shp_analysis.store.intake import ingest
from shp_analysis.store.staging import LOCK_NAME

LINKED = "2023-01-cheshire-street.csv"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_archive_is_refused(tmp_path, data, share):
    path = write_archive(tmp_path / "months.zip", ["2024-01", "2024-02"])
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    check_refused(path, data, "is not a complete zip archive", "cut short", "fetch it again")


def test_an_archive_without_its_last_byte_is_refused(tmp_path, data):
    path = write_archive(tmp_path / "months.zip")
    path.write_bytes(path.read_bytes()[:-1])
    check_refused(path, data, "zip")


def test_a_truncated_real_archive_is_refused(tmp_path, data, police_archives):
    whole = (police_archives / "cheshire-archive-2024-06.zip").read_bytes()
    path = tmp_path / "cheshire-archive-2024-06.zip"
    path.write_bytes(whole[: len(whole) // 2])
    check_refused(path, data, "is not a complete zip archive")


def find_member(content: bytes) -> int:
    """Say where the packed bytes of the first member begin."""
    name, extra = struct.unpack("<HH", content[26:30])
    return 30 + name + extra


def damage(offset: int, value: int) -> Build:
    def build(tmp_path: Path) -> Path:
        path = write_archive(tmp_path / "months.zip", ["2024-01", "2024-02"])
        content = bytearray(path.read_bytes())
        content[find_member(content) + offset] ^= value
        path.write_bytes(content)
        return path

    return build


@pytest.mark.parametrize("offset", [0, 10, 200])
def test_a_damaged_member_is_refused(tmp_path, data, offset):
    check_refused(damage(offset, 0xFF)(tmp_path), data, f"months.zip > {MEMBER}: is damaged inside the archive")


def test_a_member_that_is_longer_than_promised_is_refused(tmp_path, data):
    path = write_archive(tmp_path / "months.zip")
    content = path.read_bytes()
    size = struct.pack("<I", len(street_csv()))
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, struct.pack("<I", len(street_csv()) - 100)))
    check_refused(path, data, MEMBER, "Fetch the archive again")


def test_an_encrypted_member_is_refused(tmp_path, data):
    path = write_archive(tmp_path / "months.zip")
    content = bytearray(path.read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    content[6] |= 1
    content[directory + 8] |= 1
    path.write_bytes(content)
    check_refused(path, data, MEMBER, "encrypted")


def test_a_member_packed_in_an_unknown_way_is_refused(tmp_path, data):
    path = write_archive(tmp_path / "months.zip")
    content = bytearray(path.read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    content[8], content[directory + 10] = 97, 97
    path.write_bytes(content)
    check_refused(path, data, MEMBER, "is damaged inside the archive")


def test_an_archive_of_a_version_to_come_is_refused(tmp_path, data):
    path = write_archive(tmp_path / "months.zip")
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 6] = 99
    path.write_bytes(content)
    check_refused(path, data, "zip")


def test_a_zip_bomb_is_refused_before_it_is_inflated(tmp_path, data):
    size = deliveries.SMALLEST_SUSPECT_BYTES + 1
    path = write_zip(tmp_path / "bomb.zip", {MEMBER: b"0" * size})
    message = check_refused(path, data, f"bomb.zip > {MEMBER}: would unpack to {size:,} bytes", "Do not use this file")
    assert f"{deliveries.LARGEST_COMPRESSION_RATIO} times" in message


def test_a_member_that_says_it_is_enormous_is_refused(tmp_path, data):
    path = write_archive(tmp_path / "months.zip")
    content = bytearray(path.read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    # Packed a hundred times smaller, as a harmless file of many blanks might be.
    content[directory + 20 : directory + 24] = struct.pack("<I", deliveries.LARGEST_MEMBER_BYTES // 100)
    content[directory + 24 : directory + 28] = struct.pack("<I", deliveries.LARGEST_MEMBER_BYTES + 1)
    path.write_bytes(content)
    check_refused(path, data, "would unpack to 3,221,225,473 bytes (100 times its packed size)")


def test_a_member_whose_name_is_no_text_is_refused(tmp_path, data):
    path = write_archive(tmp_path / "months.zip")
    content = bytearray(path.read_bytes())
    content[7] |= 8  # the name is said to be UTF-8
    content[30] = 0xFF
    path.write_bytes(content)
    check_refused(path, data, MEMBER, "is damaged inside the archive")


@pytest.mark.parametrize(
    "inside",
    [
        f"../../x/{NAME}",
        f"2024-01/../../{NAME}",
        f"/tmp/{NAME}",  # noqa: S108 - never written: that is the test
        f"C:/x/{NAME}",
        f"C:{NAME}",
        f"..\\..\\x\\{NAME}",
        f"C:\\x\\{NAME}",
    ],
)
def test_a_path_that_climbs_out_is_refused(tmp_path, data, inside):
    path = write_zip(tmp_path / "climber.zip", {MEMBER: street_csv(), inside: street_csv()})
    check_refused(path, data, NAME, "the path climbs out of the archive", "Do not use this file")


def test_the_same_month_twice_is_refused(tmp_path, data):
    twice = {MEMBER: street_csv(), f"again/{NAME}": street_csv()}
    path = write_zip(tmp_path / "months.zip", twice)
    check_refused(path, data, MEMBER, f"again/{NAME}", "Keep one of the two")


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")  # what writing such an archive warns of
def test_one_name_twice_in_an_archive_is_refused(tmp_path, data):
    path = write_zip(tmp_path / "months.zip", [(MEMBER, street_csv()), (MEMBER, street_csv())])
    check_refused(path, data, "Keep one of the two")


def write_spreadsheet(path: Path) -> Path:
    parts = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"<s/>"}
    return write_zip(path, parts)


@pytest.mark.parametrize("name", ["crime.zip", "crime.xlsx"])
def test_a_spreadsheet_is_refused_whatever_its_name(tmp_path, data, name):
    check_refused(write_spreadsheet(tmp_path / name), data, "holds no file that can be read", "data.police.uk")


@pytest.mark.parametrize("content", [b"", b"Crime ID,Month\r\n", b"PK\x03\x04", b"PK\x05\x06" + b"\x00" * 18])
def test_what_is_no_archive_is_refused_under_the_name_of_one(tmp_path, data, content):
    path = tmp_path / "months.zip"
    path.write_bytes(content)
    check_refused(path, data)


def test_an_archive_with_nothing_known_in_it_says_what_it_holds(tmp_path, data):
    path = write_zip(tmp_path / "months.zip", {"README.txt": b"hello", "2024-13-cheshire-street.csv": street_csv()})
    check_refused(path, data, "holds no file that can be read (2024-13-cheshire-street.csv, README.txt)")


def test_a_folder_without_anything_known_is_refused(tmp_path, data):
    check_refused(write_files(tmp_path / "empty", {}), data, "is empty", "Check the path")
    check_refused(
        write_files(tmp_path / "notes", {"notes.txt": b"x"}), data, "holds no file that can be read (notes.txt)"
    )
    clutter = {f"__MACOSX/{MEMBER}": b"\x00", f".cache/{NAME}": street_csv(), "2024-01/.DS_Store": b"\x00"}
    check_refused(write_files(tmp_path / "clutter", clutter), data, "is empty")


def test_what_is_not_there_is_refused(tmp_path, data):
    check_refused(tmp_path / "nowhere.zip", data, "there is no such file or folder")


def check_left_out(folder: Path, data: Path, reason: str) -> None:
    """Take a folder in of which one thing is refused and the rest is not."""
    report = ingest(folder, folder=data, received_on=date(2024, 6, 30))
    (refused,) = report.refused
    assert refused.reason == f"{reason}. Copy the file into the folder."
    held = (*report.received, *report.already_held)  # several tests share the store
    assert [file.name for file in held] == [NAME.replace("01-ch", "05-ch")]


def test_a_link_out_of_the_folder_is_refused(tmp_path, data):
    write_files(tmp_path / "elsewhere", {LINKED: street_csv("2023-01")})
    folder = write_files(tmp_path / "months", {member_name("2024-05"): street_csv("2024-05")})
    (folder / "2023-01").mkdir()
    (folder / LINKED).symlink_to(tmp_path / "elsewhere" / LINKED)
    check_left_out(folder, data, f"months/{LINKED}: is a link to a file outside the folder")


@pytest.mark.parametrize(
    ("target", "what"), [("elsewhere", "a folder"), ("months/2024-05", "a folder"), ("gone", "nothing")]
)
def test_a_link_whose_months_would_be_missing_is_refused(tmp_path, data, target, what):
    write_files(tmp_path / "elsewhere", {LINKED: street_csv("2023-01")})
    folder = write_files(tmp_path / "months", {member_name("2024-05"): street_csv("2024-05")})
    (folder / "2023-01").symlink_to(tmp_path / target)
    check_left_out(folder, data, f"months/2023-01: is a link to {what}")


def test_a_folder_opened_as_one_delivery_may_not_hold_a_link_elsewhere(tmp_path):
    folder = write_files(tmp_path / "months", {MEMBER: street_csv()})
    (folder / "2023-01").symlink_to(tmp_path / "gone")
    with pytest.raises(SourceError, match="months/2023-01: is a link to nothing"), open_delivery(folder):
        pass


def test_a_pipe_is_no_file(tmp_path, data):
    os.mkfifo(tmp_path / NAME)
    with pytest.raises(SourceError, match=f"{NAME}: is a pipe, a socket or a device, and not a file"):
        ingest(tmp_path / NAME, folder=data)


def test_a_link_stored_in_an_archive_is_no_csv(tmp_path, data):
    path = tmp_path / "months.zip"
    link = zipfile.ZipInfo(MEMBER)
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    check_refused(path, data, MEMBER, "row 1")


def test_a_refusal_makes_no_store(tmp_path):
    wrong = one_csv(b"")(tmp_path)
    with pytest.raises(SourceError):
        ingest(wrong, folder=tmp_path / "data")
    assert [path.name for path in (tmp_path / "data").iterdir()] == [LOCK_NAME]
