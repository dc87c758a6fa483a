"""Opening a small workbook to see whose it is; large ones are left to the readers that expect them."""

from __future__ import annotations

from functools import lru_cache

from shp_analysis.errors import SourceError
from shp_analysis.readers.deliveries import Member
from shp_analysis.readers.packages import check_package
from shp_analysis.readers.strict_sheet import DAMAGE, Workbook, open_workbook

LARGEST_BYTES = 16 << 20
"""Reference workbooks are of a few megabytes at most; a larger one is none of them."""
WORKBOOKS = (".xls", ".xlsx", ".xlsm", ".ods")


@lru_cache(maxsize=1)
def open_small_workbook(member: Member) -> Workbook | None:
    """Open a workbook without reading its sheets; the last one is remembered, since every reader looks at it.

    Returns
    -------
    Workbook or None
        None where the file is no workbook by its name, is large, or cannot be opened: whoever it belongs to by its
        name will say what is wrong with it.
    """
    if member.path.suffix.lower() not in WORKBOOKS or member.size_bytes > LARGEST_BYTES:
        return None
    try:
        return open_workbook(member.read(), member.label)
    except SourceError:
        return None


def find_fault(member: Member) -> str:
    """Say which limit a workbook exceeds (`packages`); nothing of any other file."""
    if member.path.suffix.lower() not in WORKBOOKS or member.size_bytes > LARGEST_BYTES:
        return ""
    try:
        check_package(member.read(), member.label)
    except SourceError as error:
        return str(error)
    except DAMAGE:
        return ""
    return ""
