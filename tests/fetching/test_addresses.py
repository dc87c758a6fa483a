"""Addresses: written or found on a page, at a publisher's or a mirror's, and never with a secret in words."""

from __future__ import annotations

import json
import logging
import re

import httpx
import pytest
from http_server import answer, break_off, redirect, serve
from police_files import write_archive

from shp_analysis.errors import RequestError
from shp_analysis.fetching import Outcome, RetryPolicy, fetch, list_fetchable
from shp_analysis.fetching.addresses import check_step, describe, is_loopback, pick_attachment, place, read_base
from shp_analysis.readers.downloads import Download, choose_downloads, read_downloads

from .conftest import DOWNLOADS_NAME, LATEST, PATH, check_refused, go, hash_store

CRIME = next(each for each in read_downloads() if each.full_name == "home_office/crime-by-partnership")
PAGE = "/www.gov.uk" + httpx.URL(CRIME.address).path
MEDIA = "https://assets.publishing.service.gov.uk/media/6977916e/"
NOW = "prc-csp-mar2021-mar2026-tables-230726.ods"
THEN = "prc-csp-mar16-mar20-tables-290126.ods"
PUBLISHED = (
    *(f"prc-outcomes-open-data-mar{year}-tables-230726.xlsx" for year in range(2015, 2027)),
    "prc-pfa-mar2013-onwards-tables-230726.ods",
    "prc-supplementary-crime-outcomes-metrics-230726.xlsx",
    "prc-outcomes-alternate-open-data-mar2017-to-mar2026-tables-230726.ods",
    "prc-subcodes-drug-offences-mar2021-to-mar2026.ods",
    "prc-firearms-outcomes-open-data-apr2024-to-mar2026-tables-230726.ods",
    "prc-knives_or_sharps-outcomes-open-data-apr2024-to-mar2026-tables-230726.ods",
    "recrime-geo-pfa.csv",
    "prc-subcodes-vawg-offences-mar2021-mar2026-230726.ods",
    NOW,
    THEN,
)
"""What the Home Office's page listed in July 2026, some of the earlier outcomes under older dates."""
ZIP = NOW.replace(".ods", ".zip")
BY_ATTACHMENT: Download = CRIME.model_copy(
    update={"source": "police_uk", "link": re.compile(r"prc-csp-mar2021.*\.zip")}
)
"""Found as the Home Office's table is, but an archive of police.uk, which is small enough to write."""


def list_attachments(*names: str, host: str = MEDIA) -> dict[str, object]:
    return {"details": {"attachments": [{"title": name, "url": host + name} for name in names]}}


@pytest.mark.parametrize("name", [NOW, "prc-csp-mar21-sep25-tables-290126.ods", "prc-csp-mar21-dec26-tables.xlsx"])
def test_the_current_table_is_found_among_the_older_ones(name):
    page = list_attachments(THEN, "prc-pfa-mar2013-onwards-tables-230726.ods", name, "user-guide.pdf")
    assert pick_attachment(page, CRIME) == (MEDIA + name, name)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, [NOW, "prc-pfa-mar2013-onwards-tables-230726.ods"]),
        ({"year": "2025"}, ["prc-outcomes-open-data-mar2025-tables-230726.xlsx"]),
    ],
)
def test_each_table_is_told_from_all_others_on_the_publishers_page(options, names):
    chosen = choose_downloads(["home_office"], readable={"home_office"}, **options)
    assert [pick_attachment(list_attachments(*PUBLISHED), each)[1] for each in chosen] == names


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (list_attachments(THEN), f"none of the 1 files on the publisher's page is called like .* \\(there: {THEN}"),
        (list_attachments(NOW, "prc-csp-mar21-sep25-tables-290126.ods"), "2 of the 2 files"),
        (list_attachments(NOW, host="https://elsewhere.example/"), "none of the 0 files"),
        (list_attachments(NOW, host="http://assets.publishing.service.gov.uk/"), "none of the 0 files"),
        ({"details": {}}, "none of the 0 files"),
        ({"details": {"attachments": [None, {"url": 7}]}}, "none of the 0 files"),
        ([], "none of the 0 files"),
    ],
)
def test_a_page_that_changed_its_habits_is_told_with_what_to_do(page, said):
    with pytest.raises(Exception, match=said) as refusal:
        pick_attachment(page, CRIME)
    assert "shp ingest" in str(refusal.value)
    assert "downloads.csv" in str(refusal.value)


def test_an_attachment_is_found_fetched_and_taken_in(server, data, naps, tmp_path):
    content = write_archive(tmp_path / "made" / "a.zip").read_bytes()
    media = MEDIA.replace("https:/", "") + ZIP
    server.on(PAGE, answer(503), serve(json.dumps(list_attachments(THEN, NOW, ZIP)).encode()))
    server.on(media, serve(content, ETag='"a"'))
    fetched = go(server, data, naps, [BY_ATTACHMENT])
    assert (fetched.outcome, fetched.rows, fetched.detail) == (Outcome.TAKEN_IN, 12, ZIP)
    assert [each.path for each in server.asked] == [PAGE, PAGE, media]
    assert go(server, data, naps, [BY_ATTACHMENT]).outcome is Outcome.UNCHANGED


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (serve(b"<html>"), "is no JSON"),
        (serve(b"{}"), "none of the 0 files"),
        (answer(410), "410 Gone"),
        (serve(b" " * (17 << 20)), "is no page, being larger"),
    ],
)
def test_a_page_that_cannot_be_read_is_told(server, data, naps, behaviour, said):
    before = hash_store(data)
    server.on(PAGE, behaviour)
    check_refused(go(server, data, naps, [BY_ATTACHMENT]), before, data, said)


def test_one_file_that_fails_stops_none_of_the_others(server, data, naps, tmp_path):
    server.on(PATH, serve(write_archive(tmp_path / "made" / "a.zip").read_bytes()))
    retry_policy = RetryPolicy(sleep=naps)
    fetched = fetch([BY_ATTACHMENT, *LATEST], folder=data, base_address=server.address, retry_policy=retry_policy)
    assert [each.outcome for each in fetched] == [Outcome.FAILED, Outcome.TAKEN_IN]
    assert fetched[1].as_row() == ("police_uk/latest-archive", "taken in", "12", LATEST[0].file_name)
    assert fetched[0].as_row()[:3] == ("police_uk/crime-by-partnership", "failed", "–")


@pytest.mark.parametrize(
    ("base", "there"),
    [
        (None, "https://data.police.uk/data/archive/2025-05.zip?a=1%202&b=3"),
        (
            "https://mirror.example/open/",
            "https://mirror.example/open/data.police.uk/data/archive/2025-05.zip?a=1%202&b=3",
        ),
        ("http://[::1]:8000", "http://[::1]:8000/data.police.uk/data/archive/2025-05.zip?a=1%202&b=3"),
    ],
)
def test_a_mirror_has_a_folder_for_each_host(base, there):
    assert str(place("https://data.police.uk/data/archive/2025-05.zip?a=1%202&b=3", read_base(base))) == there


@pytest.mark.parametrize(
    "text",
    [
        "http://data.police.uk",
        "http://10.0.0.1:80",
        "http://127.0.0.1.evil.example",
        "ftp://localhost",
        "x",
        "//y",
        "http://[::1",
    ],
)
def test_only_https_or_this_machine_may_be_a_mirror(text):
    with pytest.raises(RequestError, match="base address"):
        read_base(text)


@pytest.mark.parametrize(
    ("address", "is_here"),
    [("http://127.0.0.1:1", True), ("http://localhost", True), ("http://[::1]", True), ("http://127.0.0.1.uk", False)],
)
def test_this_machine_is_known_by_its_addresses(address, is_here):
    assert is_loopback(httpx.URL(address)) is is_here


@pytest.mark.parametrize(
    ("here", "there", "base"),
    [
        ("https://data.police.uk/a", "http://data.police.uk/a", None),
        ("https://data.police.uk/a", "http://127.0.0.1:8000/a", "http://127.0.0.1:8000"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8001/a", "http://127.0.0.1:8000"),
        ("http://127.0.0.1:8000/a", "file:///a", "http://127.0.0.1:8000"),
    ],
)
def test_no_step_leads_away_from_https(here, there, base):
    with pytest.raises(Exception, match="is not https"):
        check_step(httpx.URL(here), httpx.URL(there), read_base(base))


def test_a_step_to_https_or_on_the_mirror_of_this_machine_is_taken():
    base = read_base("http://127.0.0.1:8000")
    check_step(httpx.URL("http://127.0.0.1:8000/a"), httpx.URL("http://127.0.0.1:8000/b"), base)
    check_step(httpx.URL("http://127.0.0.1:8000/a"), httpx.URL("https://data.police.uk/b"), base)


def test_an_address_in_words_has_neither_password_nor_query():
    assert describe(httpx.URL("https://me:secret@x.uk:8443/a/b.zip?token=t#f")) == "https://x.uk:8443/a/b.zip"


def test_passwords_and_tokens_are_sent_and_written_nowhere(server, data, naps, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    base = server.address.replace("http://", "http://me:hush-hush@")
    content = write_archive(tmp_path / "made" / "a.zip").read_bytes()
    server.on(PATH, redirect("/signed.zip?token=hush-token"))
    server.on("/signed.zip?token=hush-token", answer(500), serve(content, ETag='"a"'), answer(403))
    assert go(server, data, naps, base=base).outcome is Outcome.TAKEN_IN
    assert server.asked[0].headers["Authorization"].startswith("Basic ")
    failed = go(server, data, naps, base=base)
    assert failed.outcome is Outcome.FAILED
    written = "".join(path.read_text() for path in (data / DOWNLOADS_NAME).glob("*.json"))
    for text in (failed.detail, caplog.text, written):
        assert text or text is caplog.text
        assert "hush" not in text


def test_a_real_table_of_another_publisher_goes_through_its_own_reader(server, data, naps, shared_data):
    (chosen,) = choose_downloads(["fingertips"], readable={"fingertips"})
    content = (shared_data / "fingertips" / "91380-alcohol-specific-mortality.csv").read_bytes()
    server.on(
        chosen.address.replace("https:/", ""), break_off(content, 100_000, ETag='"a"'), serve(content, ETag='"a"')
    )
    fetched = go(server, data, naps, [chosen])
    assert (fetched.outcome, fetched.rows) == (Outcome.TAKEN_IN, 6597)


def test_the_list_says_how_each_file_is_got():
    ways = {row[0]: row[2] for row in list_fetchable()}
    assert ways["police_uk/latest-archive"] == "shp fetch police_uk"
    assert ways["police_uk/archive"] == "shp fetch police_uk --month MONTH"
    assert ways["police_uk/custom-csv"] == "get it at https://data.police.uk/data/, then shp ingest PATH"
    assert len(ways) == len(read_downloads())
