"""Files come whole over lines that break, and come once."""

from __future__ import annotations

import gzip
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from http_server import answer, break_off, serve, serve_in_chunks, serve_script, stall
from hypothesis import given, settings
from hypothesis import strategies as st
from police_files import write_archive

from shp_analysis.errors import StoreError
from shp_analysis.fetching import Outcome, RetryPolicy, fetch
from shp_analysis.fetching.rounds import DOWNLOADS_NAME, LOCK_NAME
from shp_analysis.fetching.transfer import Part, Wanted, get_file, open_client
from shp_analysis.files import hold_folder
from shp_analysis.store import staging

from .conftest import LATEST, MODIFIED, NAME, PATH, check_refused, go, hash_store, held_months, list_downloads


def test_a_file_is_fetched_and_taken_in(server, data, archive, naps):
    server.on(PATH, serve(archive, ETag='"a"'))
    told = []
    (fetched,) = fetch(LATEST, folder=data, base_address=server.address, on_progress=lambda *what: told.append(what))
    assert (fetched.outcome, fetched.rows, fetched.detail) == (Outcome.TAKEN_IN, 36, NAME)
    assert held_months(data) == ["2023-12", "2024-01", "2024-02", "2024-03"]
    assert told[0] == (NAME, 0, len(archive))
    assert (NAME, len(archive), len(archive)) in told
    assert told[-1] == ("reading 2024-03-cheshire-street.csv", 3, 3)
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


@settings(deadline=None, max_examples=25)
@given(st.binary(min_size=1, max_size=3000), st.lists(st.integers(0, 3000), max_size=4))
def test_wherever_a_line_breaks_every_byte_comes_once(content, cuts):
    breaks = [serve(content, until=cut, ETag='"a"') for cut in sorted(cut % len(content) for cut in cuts)]
    retry_policy = RetryPolicy(sleep=lambda _seconds: None)
    with serve_script() as script, TemporaryDirectory() as folder, open_client(retry_policy, None) as client:
        script.on("/file", *breaks, serve(content, ETag='"a"'))
        address, part = httpx.URL(f"{script.address}/file"), Part(Path(folder), "file")
        wanted = Wanted(address, base=address, part=part, held=None, page="")
        assert get_file(client, wanted, retry_policy, lambda _name, _done, _total: None)
        assert part.path.read_bytes() == content
        assert len(script.asked) == len(breaks) + 1


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


def test_an_interrupt_leaves_a_part_that_is_continued_and_the_store_as_it_was(server, data, archive, naps):
    before = hash_store(data)
    server.on(PATH, stall(archive, 500, ETag='"a"'), serve(archive, ETag='"a"'))

    def interrupt(_name: str, done: int, _total: int | None) -> None:
        if done >= 500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(LATEST, folder=data, base_address=server.address, on_progress=interrupt)
    assert hash_store(data) == before
    assert (data / DOWNLOADS_NAME / f"{NAME}.part").read_bytes() == archive[:500]
    assert go(server, data, naps).rows == 36
    assert server.asked[-1].headers["Range"] == "bytes=500-"


def test_a_whole_file_that_the_store_could_not_take_yet_does_not_come_again(server, data, archive, naps, monkeypatch):
    monkeypatch.setattr(staging, "WAIT_SECONDS", 0)
    server.on(PATH, serve(archive, ETag='"a"'))
    with hold_folder(data, staging.LOCK_NAME, "shp rebuild"):
        before = hash_store(data)
        check_refused(go(server, data, naps), before, data, "is in use by shp rebuild (process")
    assert go(server, data, naps).rows == 36
    assert server.asked[-1].headers["If-None-Match"] == '"a"'


def test_a_process_that_was_killed_while_the_store_read_loses_nothing(server, data, archive, naps, monkeypatch):
    monkeypatch.setattr(staging, "WAIT_SECONDS", 0)
    server.on(PATH, serve(archive, ETag='"a"'))
    with hold_folder(data, staging.LOCK_NAME, "shp rebuild"):
        go(server, data, naps)
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
    with (
        hold_folder(data / DOWNLOADS_NAME, LOCK_NAME, "shp fetch"),
        pytest.raises(StoreError, match=r"downloads is in use by shp fetch \(process"),
    ):
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


def test_a_draft_of_notes_that_a_killed_fetch_left_is_swept(tmp_path: Path) -> None:
    draft = tmp_path / "downloads" / ".file.part.json.new"
    draft.parent.mkdir()
    draft.write_bytes(b"{")
    assert fetch([], folder=tmp_path) == ()
    assert not draft.exists()
