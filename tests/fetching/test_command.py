"""`shp fetch` as a person or a scheduler calls it: a real process, its output and its exit code."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from http_server import Script, answer, serve, stall

import shp_analysis

from .conftest import DOWNLOADS_NAME, NAME, PATH, go, hash_store, held_months

NETWORK = {"aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "telnetlib", "urllib3"}
PATIENCE_SECONDS = 60


def start(data: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "SHP_DATA": str(data), "NO_COLOR": "1", "COLUMNS": "200"}
    command = [sys.executable, "-m", "shp_analysis.cli", "fetch", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    with process:
        output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, output, errors


def call(server: Script, data: Path, *arguments: str) -> tuple[int, str, str]:
    return finish(start(data, "--base-address", server.address, *arguments))


def wait_for(path: Path, size: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not (path.exists() and path.stat().st_size >= size):
        assert time.monotonic() < end, f"{path} never came"
        time.sleep(0.02)


def test_what_became_of_a_file_is_told_in_a_table(server, data, archive, naps):
    server.on(PATH, serve(archive, ETag='"a"'))
    go(server, data, naps)
    code, output, errors = call(server, data, "police_uk")
    assert (code, errors) == (0, "")
    assert [word in output for word in ("police_uk/latest-archive", "unchanged since")] == [True] * 2


def test_a_month_is_asked_for_by_its_own_address(server, data, archive):
    server.on("/data.police.uk/data/archive/2025-05.zip", serve(archive))
    code, output, _ = call(server, data, "police_uk", "--month", "2025-05")
    assert code == 0
    assert [word in output for word in ("police_uk/archive", "taken in", "36")] == [True] * 3
    assert [path.parent.name for path in (data / "raw").rglob("*2025-05.zip")] == ["2025-05-31"]


def test_a_file_that_failed_is_told_with_the_reason_and_exit_code_1(server, data):
    before = hash_store(data)
    server.on(PATH, answer(404))
    code, output, errors = call(server, data, "police_uk")
    assert (code, errors) == (1, "")
    assert "failed" in output
    assert "404 Not Found" in output
    assert hash_store(data) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["atlantis"], "Nothing is known of 'atlantis'"),
        (["police_uk", "--month", "2025-5"], "Write it like 2025-05"),
        (["--base-address", "http://data.police.uk"], "only https is"),
    ],
)
def test_what_does_not_exist_is_told_with_exit_code_2(data, arguments, said):
    code, output, errors = finish(start(data, *arguments))
    assert (code, output) == (2, "")
    assert errors.startswith("shp: ")
    assert said in errors


def test_the_list_asks_nobody(server, tmp_path):
    code, output, errors = call(server, tmp_path / "none", "--list")
    assert (code, errors, server.asked) == (0, "", [])
    assert "shp fetch police_uk --month MONTH" in output
    assert not (tmp_path / "none").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows neither signal")
@pytest.mark.parametrize("end", ["SIGINT", "SIGKILL"])
def test_a_process_that_is_stopped_leaves_a_part_that_the_next_one_continues(server, data, archive, naps, end):
    server.on(PATH, stall(archive, 500, ETag='"a"'), serve(archive, ETag='"a"'))
    before = hash_store(data)
    process = start(data, "--base-address", server.address, "police_uk")
    wait_for(data / DOWNLOADS_NAME / f"{NAME}.part", 1)
    process.send_signal(signal.Signals[end])
    code, output, errors = finish(process)
    assert (code != 0, output) == (True, "")
    assert "Traceback" not in errors
    assert hash_store(data) == before
    assert go(server, data, naps).rows == 36
    assert server.asked[-1].headers["Range"].startswith("bytes=")
    assert held_months(data) == ["2023-12", "2024-01", "2024-02", "2024-03"]


def test_nothing_else_speaks_to_the_network():
    folder = Path(shp_analysis.__file__).parent
    speakers = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] in NETWORK or name.startswith("urllib.request") for name in names):
                speakers.add(path.relative_to(folder).parts[0])
    assert speakers == {"fetching"}
