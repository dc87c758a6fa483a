"""Fetching against a real server on this machine that breaks off, stalls, lies and redirects."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from http_server import Script, answer, break_off, redirect, serve, serve_in_chunks, serve_script, stall
from police_files import hash_tree, member_name, street_csv, write_archive, write_zip

from shp_analysis.errors import StoreError
from shp_analysis.fetching import Fetched, Manners, Outcome, fetch
from shp_analysis.fetching.rounds import DOWNLOADS_NAME, LOCK_NAME
from shp_analysis.sources.downloads import choose_downloads
from shp_analysis.store import ingest, open_store

PATH = "/data.police.uk/data/archive/latest.zip"
LATEST = choose_downloads(["police_uk"], readable={"police_uk"})
NAME = LATEST[0].file_name
HTML = b"<!DOCTYPE html><html><body>Down for maintenance</body></html>"
MODIFIED = "Wed, 01 Jul 2026 10:00:00 GMT"


class Naps(list[float]):
    """Notes how long would have been waited, and does not wait."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def server() -> Iterator[Script]:
    with serve_script() as script:
        yield script


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    """Three months: 36 rows."""
    return write_archive(tmp_path / "made" / "a.zip", ("2024-01", "2024-02", "2024-03")).read_bytes()


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A store that holds something already."""
    folder = tmp_path / "data"
    ingest(write_archive(tmp_path / "made" / "old-2024-01.zip", ("2023-12",)), folder=folder)
    return folder


def go(server: Script, data: Path, naps: Naps, downloads=LATEST, base: str | None = None, **manners) -> Fetched:
    patient = Manners(**{"connect_seconds": 2, "stall_seconds": 5, "sleep": naps, **manners})
    (fetched,) = fetch(downloads, folder=data, base_address=base or server.address, manners=patient)
    return fetched


def hash_store(data: Path) -> dict[str, str]:
    """Hash all of the data folder but what is on its way."""
    return {path: digest for path, digest in hash_tree(data).items() if path.split("/")[0] != DOWNLOADS_NAME}


def held_months(data: Path) -> list[str]:
    store = open_store(data, simulated=False)
    return list(store.query("police_uk_street", "SELECT DISTINCT month FROM records ORDER BY month")["month"])


def list_downloads(data: Path) -> list[str]:
    found = (path for path in (data / DOWNLOADS_NAME).rglob("*") if path.is_file())
    return sorted(path.relative_to(data / DOWNLOADS_NAME).as_posix() for path in found if path.name != LOCK_NAME)


def check_refused(fetched: Fetched, before: dict[str, str], data: Path, *fragments: str) -> None:
    assert (fetched.outcome, fetched.rows) == (Outcome.FAILED, 0)
    for fragment in fragments:
        assert fragment in fetched.detail
    assert fetched.detail.endswith(".")
    assert "\n" not in fetched.detail
    assert hash_store(data) == before


def test_a_file_is_fetched_and_taken_in(server, data, archive, naps):
    server.on(PATH, serve(archive, ETag='"a"'))
    told = []
    (fetched,) = fetch(LATEST, folder=data, base_address=server.address, on_progress=lambda *what: told.append(what))
    assert (fetched.outcome, fetched.rows, fetched.detail) == (Outcome.TAKEN_IN, 36, NAME)
    assert held_months(data) == ["2023-12", "2024-01", "2024-02", "2024-03"]
    assert told[0] == (0, len(archive), NAME)
    assert told[-1] == (len(archive), len(archive), NAME)
    assert list_downloads(data) == ["validators.json"]
    assert "shp-analysis/" in server.asked[0].headers["User-Agent"]
    assert server.asked[0].headers["Accept-Encoding"] == "identity"


def test_a_file_that_did_not_change_is_not_fetched_again(server, data, archive, naps):
    server.on(PATH, serve(archive, ETag='"a"', Last_Modified=MODIFIED))
    go(server, data, naps)
    before = hash_store(data)
    again = go(server, data, naps)
    assert again.outcome is Outcome.UNCHANGED
    assert again.detail.startswith("unchanged since 20")
    assert server.asked[-1].headers["If-None-Match"] == '"a"'
    assert server.asked[-1].headers["If-Modified-Since"] == MODIFIED
    assert hash_store(data) == before


def test_a_date_alone_tells_that_a_file_did_not_change(server, data, archive, naps):
    server.on(PATH, serve(archive, Last_Modified=MODIFIED))
    assert go(server, data, naps).outcome is Outcome.TAKEN_IN
    assert go(server, data, naps).outcome is Outcome.UNCHANGED


def test_a_server_that_knows_no_conditions_gives_the_file_again_and_the_store_keeps_one(server, data, archive, naps):
    server.on(PATH, serve(archive))
    go(server, data, naps)
    before = hash_store(data)
    assert go(server, data, naps).outcome is Outcome.HELD
    assert hash_store(data) == before


def test_a_new_store_asks_for_all_of_a_file_that_an_older_one_held(server, data, archive, naps, tmp_path):
    server.on(PATH, serve(archive, ETag='"a"'))
    go(server, data, naps)
    (tmp_path / "new").mkdir()
    (data / DOWNLOADS_NAME).rename(tmp_path / "new" / DOWNLOADS_NAME)
    assert go(server, tmp_path / "new", naps).outcome is Outcome.TAKEN_IN


def test_a_newer_file_replaces_what_is_remembered(server, data, archive, naps, tmp_path):
    newer = write_archive(tmp_path / "made" / "b.zip", ("2024-04",)).read_bytes()
    server.on(PATH, serve(archive, ETag='"a"'), serve(newer, ETag='"b"'))
    assert go(server, data, naps).rows == 36
    assert go(server, data, naps).rows == 12
    assert go(server, data, naps).outcome is Outcome.UNCHANGED


@pytest.mark.parametrize("fault", [break_off, stall])
def test_a_broken_or_stalled_transfer_goes_on_where_it_stopped(server, data, archive, naps, fault):
    server.on(PATH, fault(archive, 500, ETag='"a"'), serve(archive, ETag='"a"'))
    assert go(server, data, naps, stall_seconds=0.3).rows == 36
    first, second = server.asked
    assert "Range" not in first.headers
    assert second.headers["Range"] == "bytes=500-"
    assert second.headers["If-Range"] == '"a"'
    assert len(naps) == 1
    (raw,) = (data / "raw").rglob(NAME)
    assert raw.read_bytes() == archive


def test_the_next_run_goes_on_where_the_last_one_gave_up(server, data, archive, naps):
    before = hash_store(data)
    server.on(PATH, break_off(archive, 500, Last_Modified=MODIFIED), answer(503))
    check_refused(go(server, data, naps), before, data, "503", "asked 5 times", "will be continued")
    assert list_downloads(data) == [f"{NAME}.part", f"{NAME}.part.json"]
    server.on(PATH, serve(archive, Last_Modified=MODIFIED))
    assert go(server, data, naps).rows == 36
    assert server.asked[-1].headers["If-Range"] == MODIFIED


def test_a_file_that_changed_between_two_parts_comes_anew(server, data, archive, naps, tmp_path):
    newer = write_archive(tmp_path / "made" / "b.zip", ("2024-05", "2024-06")).read_bytes()
    server.on(PATH, break_off(archive, 500, ETag='"a"'), serve(newer, ETag='"b"'))
    assert go(server, data, naps).rows == 24
    assert held_months(data) == ["2023-12", "2024-05", "2024-06"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"Content_Range": "bytes 400-{last}/{size}"},
        {"Content_Range": "bytes 500-{last}/999999"},
        {"Content_Range": "nonsense"},
        {},
        {"Content_Range": "bytes 500-{last}/{size}", "ETag": '"b"'},
    ],
)
def test_a_rest_that_does_not_fit_is_not_added(server, data, archive, naps, wrong):
    headers = {name: text.format(last=len(archive) - 1, size=len(archive)) for name, text in wrong.items()}
    rest = answer(206, b"x" * (len(archive) - 500), **headers)
    server.on(PATH, break_off(archive, 500, ETag='"a"'), rest, serve(archive, ETag='"a"'))
    assert go(server, data, naps).rows == 36
    assert "Range" not in server.asked[2].headers


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"a"'}])
def test_a_part_without_proof_of_its_version_is_not_continued(server, data, archive, naps, headers):
    server.on(PATH, break_off(archive, 500, **headers), serve(archive, **headers))
    assert go(server, data, naps).rows == 36
    assert "Range" not in server.asked[1].headers


def test_a_server_without_ranges_gives_the_whole_file_again(server, data, archive, naps):
    server.on(PATH, break_off(archive, 500, ETag='"a"'), serve(archive, ranges=False, ETag='"a"'))
    assert go(server, data, naps).rows == 36


def test_a_length_that_promises_too_much_is_given_up(server, data, archive, naps):
    before = hash_store(data)
    short = break_off(archive, len(archive) - 200, ETag='"a"')
    server.on(PATH, short, answer(416), short, answer(416), short)
    check_refused(go(server, data, naps), before, data, "the connection broke", "asked 5 times")


def test_a_length_that_promises_too_little_is_told_by_the_archive(server, data, archive, naps):
    before = hash_store(data)
    server.on(PATH, serve(archive[: len(archive) // 2], ETag='"a"'))
    check_refused(go(server, data, naps), before, data, "not a complete zip", "put aside", "begins anew")
    assert list_downloads(data) == [f"refused/{NAME}"]
    server.on(PATH, serve(archive, ETag='"a"'))
    assert go(server, data, naps).rows == 36


def test_a_file_of_unknown_length_is_fetched(server, data, archive, naps):
    server.on(PATH, serve_in_chunks(archive[:700], archive[700:], ETag='"a"'))
    assert go(server, data, naps).rows == 36


def test_a_file_packed_in_transit_is_unpacked(server, data, archive, naps):
    server.on(PATH, answer(200, gzip.compress(archive), Content_Encoding="gzip", ETag='"a"'))
    assert go(server, data, naps).rows == 36


def test_a_packed_file_that_broke_is_not_continued(server, data, archive, naps):
    packed = gzip.compress(archive)
    server.on(PATH, break_off(packed, 300, Content_Encoding="gzip", ETag='"a"'), serve(archive, ETag='"a"'))
    assert go(server, data, naps).rows == 36
    assert "Range" not in server.asked[1].headers


def test_what_is_not_there_is_asked_for_once(server, data, naps):
    before = hash_store(data)
    check_refused(go(server, data, naps), before, data, "404 Not Found", LATEST[0].page, "shp ingest")
    assert (len(server.asked), naps) == (1, [])


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry_After": "7"}, 7),
        ({"Retry_After": "Wed, 01 Jul 2099 10:00:30 GMT", "Date": "Wed, 01 Jul 2099 10:00:00 GMT"}, 30),
        ({"Retry_After": "Wed, 01 Jul 1999 10:00:00 GMT"}, 0),
    ],
)
def test_a_server_that_asks_for_a_pause_gets_it(server, data, archive, naps, headers, pause):
    def busy(handler) -> None:
        handler.send_response_only(429)  # the other call would add a date of its own
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.on(PATH, busy, serve(archive))
    assert go(server, data, naps).rows == 36
    assert naps == [pause]


def test_a_server_that_asks_for_a_long_pause_is_left_alone(server, data, naps):
    before = hash_store(data)
    server.on(PATH, answer(503, Retry_After="7200"))
    check_refused(go(server, data, naps), before, data, "503", "120 minutes")
    assert (len(server.asked), naps) == (1, [])


def test_a_server_in_trouble_is_asked_again_with_growing_pauses(server, data, archive, naps):
    server.on(PATH, answer(500), answer(500), answer(500), serve(archive))
    assert go(server, data, naps).rows == 36
    assert [2 <= naps[0] <= 3, 4 <= naps[1] <= 5, 8 <= naps[2] <= 9] == [True, True, True]


def test_a_server_that_stays_in_trouble_is_given_up(server, data, naps):
    before = hash_store(data)
    server.on(PATH, answer(500))
    check_refused(go(server, data, naps), before, data, "500 Internal Server Error", "asked 5 times", PATH)
    assert (len(server.asked), len(naps)) == (5, 4)


def test_a_server_that_is_not_there_is_told(data, naps):
    with serve_script() as gone:
        address = gone.address
    before = hash_store(data)
    check_refused(go(gone, data, naps, base=address), before, data, "cannot be reached", "asked 5 times")


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (serve(HTML, Content_Type="text/html; charset=utf-8"), "is a web page where"),
        (serve(HTML, Content_Type="application/zip"), "is a web page and no data"),
        (serve(b"PK\x03\x04 and then nothing", Content_Type="application/zip"), "not a complete zip"),
        (serve(b"collision_index,collision_year\n2024,2024\n"), "not a complete zip"),
        (serve(b""), "not a complete zip"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(server, data, naps, behaviour, said):
    before = hash_store(data)
    server.on(PATH, behaviour)
    check_refused(go(server, data, naps), before, data, said)
    assert not any(name.endswith((".part", ".json")) for name in list_downloads(data))


def test_another_publishers_file_is_refused(server, data, naps, tmp_path):
    other = write_zip(tmp_path / "made" / "c.zip", {"collision.csv": b"collision_index,status\n1,2\n"}).read_bytes()
    before = hash_store(data)
    server.on(PATH, serve(other, ETag='"a"'))
    check_refused(go(server, data, naps), before, data, "holds no file of data.police.uk")
    assert list_downloads(data) == [f"refused/{NAME}"]


def test_a_file_that_the_reader_refuses_is_kept_in_no_store(server, data, naps, tmp_path):
    members = {member_name("2024-01"): street_csv("2024-01"), member_name("2024-02"): street_csv("2024-07")}
    server.on(PATH, serve(write_zip(tmp_path / "made" / "d.zip", members).read_bytes(), ETag='"a"'))
    before = hash_store(data)
    check_refused(go(server, data, naps), before, data, "2024-07", "put aside")
    assert not (data / DOWNLOADS_NAME / "validators.json").exists()


def test_a_file_that_is_too_large_is_not_fetched(server, data, archive, naps):
    before = hash_store(data)
    server.on(PATH, serve(archive))
    check_refused(go(server, data, naps, largest_bytes=1000), before, data, "larger than the 1,000 bytes")
    server.on(PATH, serve_in_chunks(archive[:800], archive[800:]))
    check_refused(go(server, data, naps, largest_bytes=1000), before, data, "larger than the 1,000 bytes")
    assert list_downloads(data) == []


def test_a_redirect_on_the_same_server_is_followed(server, data, archive, naps):
    server.on(PATH, redirect("/elsewhere/2026-07.zip"))
    server.on("/elsewhere/2026-07.zip", break_off(archive, 500, ETag='"a"'), serve(archive, ETag='"a"'))
    assert go(server, data, naps).rows == 36
    assert server.asked[-1].headers["Range"] == "bytes=500-"


def test_a_redirect_in_circles_ends(server, data, naps):
    before = hash_store(data)
    server.on(PATH, redirect("/b"))
    server.on("/b", redirect(PATH))
    check_refused(go(server, data, naps), before, data, "sent elsewhere more than 5 times")
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    "to", ["http://data.police.uk/x.zip", "http://127.0.0.1:9/x.zip", "ftp://data.police.uk/x", "file:///etc/passwd"]
)
def test_a_redirect_to_anything_but_https_is_not_followed(server, data, naps, to):
    before = hash_store(data)
    server.on(PATH, redirect(to))
    check_refused(go(server, data, naps), before, data, "is not https", "not followed")
    assert len(server.asked) == 1


def test_a_name_that_the_server_gives_is_of_no_account(server, data, archive, naps, tmp_path):
    server.on(PATH, serve(archive, Content_Disposition='attachment; filename="../../../climbed.zip"'))
    assert go(server, data, naps).detail == NAME
    assert not list(tmp_path.rglob("*climbed*"))


def test_an_interrupt_leaves_a_part_that_is_continued_and_the_store_as_it_was(server, data, archive, naps):
    before = hash_store(data)
    server.on(PATH, stall(archive, 500, ETag='"a"'), serve(archive, ETag='"a"'))

    def interrupt(done: int, _total: int | None, _name: str) -> None:
        if done >= 500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(LATEST, folder=data, base_address=server.address, on_progress=interrupt)
    assert hash_store(data) == before
    assert (data / DOWNLOADS_NAME / f"{NAME}.part").read_bytes() == archive[:500]
    assert go(server, data, naps).rows == 36
    assert server.asked[-1].headers["Range"] == "bytes=500-"


def test_a_whole_file_that_the_store_could_not_take_yet_does_not_come_again(server, data, archive, naps):
    server.on(PATH, serve(archive, ETag='"a"'))
    (data / ".ingesting").touch()
    before = hash_store(data)
    check_refused(go(server, data, naps), before, data, "another ingest is running")
    (data / ".ingesting").unlink()
    assert go(server, data, naps).rows == 36
    assert server.asked[-1].headers["If-None-Match"] == '"a"'


def test_a_process_that_was_killed_while_the_store_read_loses_nothing(server, data, archive, naps):
    server.on(PATH, serve(archive, ETag='"a"'))
    (data / ".ingesting").touch()
    go(server, data, naps)
    (data / ".ingesting").unlink()
    (data / DOWNLOADS_NAME / f"{NAME}.part").rename(data / DOWNLOADS_NAME / NAME)
    assert go(server, data, naps).rows == 36
    assert server.asked[-1].headers["If-None-Match"] == '"a"'
    assert list_downloads(data) == ["validators.json"]


@pytest.mark.parametrize("damage", ["{", "[]", '{"address": 7}'])
def test_damaged_notes_cost_a_download_and_nothing_else(server, data, archive, naps, damage):
    folder = data / DOWNLOADS_NAME
    folder.mkdir()
    (folder / f"{NAME}.part").write_bytes(b"anything")
    (folder / f"{NAME}.part.json").write_text(damage)
    (folder / "validators.json").write_text(damage)
    server.on(PATH, serve(archive, ETag='"a"'))
    assert go(server, data, naps).rows == 36


def test_one_process_fetches_at_a_time(server, data, archive, naps):
    server.on(PATH, serve(archive))
    (data / DOWNLOADS_NAME).mkdir()
    with FileLock(data / DOWNLOADS_NAME / LOCK_NAME), pytest.raises(StoreError, match="Another `shp fetch`"):
        go(server, data, naps)
    assert server.asked == []
    assert go(server, data, naps).rows == 36


def test_two_rounds_at_once_never_ask_at_once(server, data, archive, naps):
    server.on(PATH, serve(archive, ETag='"a"'))
    ends: list[str] = []

    def round_trip() -> None:
        try:
            ends.append(go(server, data, naps).outcome)
        except StoreError:
            ends.append("refused")

    threads = [threading.Thread(target=round_trip) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends.count(Outcome.TAKEN_IN) == 1
    assert set(ends) <= {Outcome.TAKEN_IN, Outcome.UNCHANGED, "refused"}
    assert server.most_at_once == 1
    assert held_months(data) == ["2023-12", "2024-01", "2024-02", "2024-03"]
