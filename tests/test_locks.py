"""Locks on folders: one holder, named to those who wait, and released by the system when the holder is killed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from shp_analysis.errors import StoreError
from shp_analysis.files import hold_folder

HOLDER = """
import sys, time
from pathlib import Path
from shp_analysis.files import hold_folder
with hold_folder(Path(sys.argv[1]), ".writing", "shp ingest"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def other_process(tmp_path: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "held"
    yield holder
    holder.kill()
    holder.wait()
    holder.stdout.close()


def test_who_waits_in_vain_is_told_who_holds_the_folder(tmp_path, other_process):
    expected = re.escape(f"{tmp_path} is in use by shp ingest (process {other_process.pid}, since 20")
    with pytest.raises(StoreError, match=expected), hold_folder(tmp_path, ".writing", "shp run", wait_seconds=0):
        pass


def test_a_killed_holder_blocks_nobody(tmp_path, other_process):
    other_process.kill()
    other_process.wait()
    with hold_folder(tmp_path, ".writing", "shp run", wait_seconds=0):
        pass


def test_the_folder_is_made_and_free_again_afterwards(tmp_path):
    for _ in range(2):
        with hold_folder(tmp_path / "new", ".writing", "shp run", wait_seconds=0):
            pass
    assert not list((tmp_path / "new").glob("*.holder"))
