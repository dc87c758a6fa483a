"""What is not there, not now, not safe or not what it says is refused, and the store stays as it was."""

from __future__ import annotations

import pytest
from http_server import answer, break_off, redirect, serve, serve_in_chunks, serve_script
from police_files import member_name, street_csv, write_zip

from shp_analysis.fetching.rounds import DOWNLOADS_NAME

from .conftest import HTML, LATEST, NAME, PATH, check_refused, go, hash_store, list_downloads


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
