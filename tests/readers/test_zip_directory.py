"""Limits of an archive's directory, and archives inside an archive."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest
from police_files import member_name, street_csv, write_zip
from refusals import MEMBER, NAME, check_refused
from sheet_files import write_ods

from shp_analysis.errors import SourceError
from shp_analysis.readers import deliveries, registry
from shp_analysis.readers.deliveries import count_entries, open_delivery
from shp_analysis.store.intake import ingest, rebuild
from shp_analysis.store.store import open_store

CASES = Path(__file__).parents[3] / "shared" / "cases"
MONTHS = ("2024-01", "2024-02", "2024-03")


def pack(files: dict[str, bytes]) -> bytes:
    """Give the bytes of an archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_archives_inside_an_archive_are_read_and_read_again(tmp_path):
    inner = {f"{month}.ZIP" if month == MONTHS[0] else f"{month}.zip": month for month in MONTHS[:2]}
    files = {name: pack({member_name(month): street_csv(month)}) for name, month in inner.items()}
    path = write_zip(tmp_path / "delivery.zip", files | {member_name(MONTHS[2]): street_csv(MONTHS[2])})
    report = ingest(path, folder=tmp_path / "data", received_on=date(2024, 6, 30))
    assert (report.files, [file.name for file in report.received]) == (3, ["delivery.zip"])
    store = open_store(tmp_path / "data", simulated=False)
    before = store.read_parts()
    assert sorted(before["period"]) == list(MONTHS)
    assert f"2024-01.ZIP/{member_name()}" in set(before["member"])
    assert rebuild(store) == 1
    assert store.read_parts().equals(before)
    again = ingest(path, folder=tmp_path / "data", received_on=date(2024, 7, 1))
    assert [file.name for file in again.already_held] == ["delivery.zip"]


def test_the_members_of_an_inner_archive_are_named_with_both(tmp_path):
    path = write_zip(tmp_path / "outer.zip", {"a/inner.zip": pack({MEMBER: b"one"}), "b.txt": b"two"})
    with open_delivery(path) as members:
        found = {member.label: (str(member.path), member.read()) for member in members}
    assert found == {
        f"outer.zip > a/inner.zip > {MEMBER}": (f"a/inner.zip/{MEMBER}", b"one"),
        "outer.zip > b.txt": ("b.txt", b"two"),
    }


def test_a_large_inner_archive_is_read_from_a_temporary_file(tmp_path, monkeypatch):
    monkeypatch.setattr("shp_analysis.readers.deliveries._LARGEST_IN_MEMORY", 10)
    path = write_zip(tmp_path / "outer.zip", {"inner.zip": pack({MEMBER: street_csv(), "b.csv": b"two"})})
    with open_delivery(path) as members:
        assert [member.read() for member in members] == [street_csv(), b"two"]


def test_the_case_of_zips_in_a_zip_is_read(tmp_path):
    path = CASES / "zip-in-zip" / "delivery-2025-05.zip"
    if not path.exists():
        pytest.skip("the cases are not beside the project")
    assert ingest(path, folder=tmp_path / "data").rows == 120


def test_a_spreadsheet_in_an_archive_is_a_file_and_no_archive(tmp_path):
    spreadsheet = write_ods({"Table": [["a", "b"]]})
    path = write_zip(tmp_path / "outer.zip", {"inner.zip": pack({"table.ods": spreadsheet}), "table.ods": spreadsheet})
    with open_delivery(path) as members:
        assert [(member.path.name, member.read()) for member in members] == [("table.ods", spreadsheet)] * 2


def test_an_archive_two_levels_down_is_refused(tmp_path, data):
    deep = pack({"deep.zip": pack({MEMBER: street_csv()})})
    path = write_zip(tmp_path / "outer.zip", {"inner.zip": deep})
    check_refused(path, data, "outer.zip > inner.zip: holds another archive, deep.zip")


def test_a_damaged_inner_archive_is_refused(tmp_path, data):
    path = write_zip(tmp_path / "outer.zip", {MEMBER: street_csv(), "inner.zip": pack({NAME: street_csv()})[:-30]})
    check_refused(path, data, "outer.zip > inner.zip: is not a complete zip archive")


def test_one_month_in_two_inner_archives_is_refused(tmp_path, data):
    path = write_zip(tmp_path / "outer.zip", {f"{n}.zip": pack({MEMBER: street_csv()}) for n in (1, 2)})
    check_refused(path, data, f"outer.zip > 2.zip > {MEMBER}", "1.zip", "Keep one of the two")


def test_a_path_that_climbs_out_of_an_inner_archive_is_refused(tmp_path, data):
    path = write_zip(tmp_path / "outer.zip", {"inner.zip": pack({f"../{NAME}": street_csv()})})
    check_refused(path, data, f"outer.zip > inner.zip > ../{NAME}: the path climbs out of the archive")


def test_clutter_is_no_inner_archive(tmp_path):
    path = write_zip(tmp_path / "outer.zip", {"__MACOSX/._inner.zip": b"x", ".a/b.zip": b"x", NAME: b"one"})
    with open_delivery(path) as members:
        assert [member.path.name for member in members] == [NAME]


@pytest.mark.parametrize("inner", [False, True])
def test_too_many_entries_are_refused_before_they_are_listed(tmp_path, data, monkeypatch, inner):
    monkeypatch.setattr(deliveries, "MOST_ENTRIES", 30)
    files = {f"{n}.csv": b"" for n in range(30)}
    path = write_zip(tmp_path / "many.zip", {"inner.zip": pack(files)} if inner else files | {"more.csv": b""})
    opened = []
    init = zipfile.ZipFile.__init__
    monkeypatch.setattr(zipfile.ZipFile, "__init__", lambda *args: (opened.append(args), init(*args))[1])
    check_refused(path, data, "many.zip: holds 31 files; at most 30 are taken")
    assert len(opened) == inner


def test_as_many_entries_as_are_allowed_are_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(deliveries, "MOST_ENTRIES", 30)
    path = write_zip(tmp_path / "many.zip", {f"{n}.csv": b"" for n in range(30)})
    with open_delivery(path) as members:
        assert len(members) == 30


def test_a_directory_that_claims_one_entry_is_counted_by_its_bytes(tmp_path):
    content = bytearray(pack({f"{'n' * 280}{n}.csv": b"" for n in range(100)}))
    end = content.rindex(b"PK\x05\x06")
    content[end + 8 : end + 12] = struct.pack("<HH", 1, 1)
    assert count_entries(io.BytesIO(content)) > 100


def test_the_record_of_a_large_archive_is_read_wherever_it_lies():
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 70_000, 70_000, 46 * 70_000, 0)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 100, 0, 0)
    for between in (b"", b"x" * 40):
        locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 5, 1)
        assert count_entries(io.BytesIO(b"12345" + record + between + locator + end)) == 70_000
    assert count_entries(io.BytesIO(b"no archive")) == 0


@pytest.mark.parametrize("inner", [False, True])
def test_too_many_bytes_in_all_are_refused(tmp_path, data, monkeypatch, inner):
    monkeypatch.setattr(deliveries, "LARGEST_DELIVERY_BYTES", 2_000)
    files = {f"{n}.csv": b"x" * 500 for n in range(5)}
    path = write_zip(tmp_path / "large.zip", {"inner.zip": pack(files)} if inner else files)
    check_refused(path, data, "large.zip: holds ", "bytes when unpacked; at most 2,000 are taken")


def test_too_many_bytes_of_inner_archives_are_refused(tmp_path, data, monkeypatch):
    inner = pack({MEMBER: street_csv()})
    monkeypatch.setattr(deliveries, "LARGEST_INNER_BYTES", len(inner))
    path = write_zip(tmp_path / "outer.zip", {"1.zip": inner, "2.zip": inner})
    check_refused(path, data, "bytes of archives inside it; at most")


def test_many_small_files_that_swell_together_are_refused(tmp_path, data):
    path = write_zip(tmp_path / "bomb.zip", {f"{n}.csv": b"0" * 4_000_000 for n in range(3)})
    check_refused(path, data, "bomb.zip: would unpack to 12,000,000 bytes")


def test_files_that_share_packed_bytes_are_refused(tmp_path, data):
    content = bytearray(pack({"1.csv": b"one" * 50, "2.csv": b"one" * 50}))
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<L", 0)  # where its packed bytes begin
    path = tmp_path / "overlap.zip"
    path.write_bytes(content)
    check_refused(path, data, "overlap.zip: two of its files share the same packed bytes")


@pytest.mark.parametrize("inside", ["a/" * 21 + NAME, f"{'n' * 1_000}.csv"])
def test_a_path_that_is_deep_or_long_is_refused(tmp_path, data, inside):
    path = write_zip(tmp_path / "deep.zip", {inside: street_csv()})
    message = check_refused(path, data, "deep.zip > ", "at most 20 and 1,000 are taken")
    assert len(message) < 300


def test_more_files_than_anybody_sends_are_refused_unopened(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "MOST_UNNAMED", 3)
    named = {member_name(month): street_csv(month) for month in MONTHS}
    few = write_zip(tmp_path / "few.zip", named | {f"{n}.csv": b"x" for n in range(3)})
    assert ingest(few, folder=tmp_path / "data").files == 3
    many = write_zip(tmp_path / "many.zip", named | {f"{n}.csv": b"x" for n in range(4)})
    with pytest.raises(SourceError, match=r"many.zip > 0.csv: is one of 4 files .* at most 3 are taken"):
        ingest(many, folder=tmp_path / "data")


def test_each_file_of_an_archive_is_opened_once_to_see_whose_it_is(tmp_path, monkeypatch):
    path = write_zip(tmp_path / "notes.zip", {f"{n}.csv": b"a,b\n1,2\n" for n in range(5)})
    opened = []
    plain = zipfile.ZipFile.open
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *args: (opened.append(args[1].filename), plain(*args))[1])
    with open_delivery(path) as members:
        assert registry.claim_files(members) == ()
    assert sorted(opened) == [f"{n}.csv" for n in range(5)]
