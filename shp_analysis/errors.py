"""The one family of errors.

Every message is a sentence for the person who has to act on it: it names the file, the column, the row and the
value where there is one, says what was allowed, and says what to do next. The command line prints the message
and nothing else; a library caller catches `ShpAnalysisError` or one of its branches.

A value that a message quotes may be somebody's name or number in the wrong cell. So every message is masked when it is
read, whoever reads it: what looks like a person's particular is replaced by its kind, and a long
quotation is shortened.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar

from shp_analysis.personal_data.finding import mask_quoted_values


class ShpAnalysisError(Exception):
    """Anything this library refuses to do, with the reason and the next step in its message."""

    exit_code: ClassVar[int] = 1
    """With which the command line ends."""

    def __str__(self) -> str:
        return mask_quoted_values(super().__str__())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class RequestError(ShpAnalysisError):
    """What was asked for does not exist or makes no sense: an unknown area, period, indicator or option."""

    exit_code = 2


class PeriodError(RequestError):
    """A period that cannot be read, is ambiguous, or is compared with one of another kind."""


class ParametersError(RequestError):
    """A parameter or catalogue file that says something it may not."""


class UnreadableFileError(ParametersError):
    """A parameter or catalogue file that cannot be read at all: a folder, say, or nested too deeply."""

    exit_code = 1


class SourceError(ShpAnalysisError):
    """A published file that cannot be read as what it says it is."""


class StoreError(ShpAnalysisError):
    """The store does not hold what is needed, or cannot take what it was given."""


class BriefingError(ShpAnalysisError):
    """A page that may not be published: a figure without words, a banned phrase, a failed notebook."""


class NotReadyError(ShpAnalysisError):
    """A period of which too little is held to write about it."""

    exit_code = 3


class PercentWithoutBaseError(BriefingError):
    """A percentage that a page was to print without the two counts it comes from."""


_DISK_WORDS = {
    errno.ENOSPC: "the disk is full; make room and try again",
    errno.EDQUOT: "the disk is full; make room and try again",
    errno.EFBIG: "no larger file may be written there; allow it, or choose another folder",
    errno.EROFS: "may not be written to; allow it, or choose another folder",
    errno.EACCES: "may not be opened or written to; allow it, or choose another folder",
    errno.EISDIR: "is a folder where a file is needed",
    errno.EEXIST: "is a file where a folder is needed; choose another",
    errno.ENOTDIR: "is a file where a folder is needed; choose another",
    errno.EPERM: "may not be changed; it belongs to somebody else",
}


def describe_disk_error(error: OSError) -> str:
    """Say in a sentence what the system refused, and of which file or folder.

    Parameters
    ----------
    error : OSError
        With the file's name, which `name_folder` adds where the system left it out.
    """
    path = Path(str(error.filename or Path.cwd()))
    return (
        describe_obstacle(path)
        or f"{path}: {_DISK_WORDS.get(error.errno or 0, error.strerror or type(error).__name__)}."
    )


def describe_obstacle(path: Path) -> str:
    """Say what stands where a folder should be on the way to a path; an empty string where nothing does."""
    for part in (*reversed(path.parents), path):
        if part.is_symlink() and not part.exists():
            return f"{part}: is a link that leads nowhere. Make the folder that it leads to, or choose another."
        if part != path and part.is_file():
            return f"{part}: is a file where a folder is needed. Choose another."
    return ""


@contextmanager
def name_folder(folder: Path) -> Iterator[None]:
    """Let an error of the disk that names no file, as a full disk does, name the folder that was written to."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(folder)
        raise


def suggest(value: str, allowed: Iterable[str]) -> str:
    """Say which allowed words are nearest to a value that is not one of them.

    Parameters
    ----------
    value : str
        What was asked for.
    allowed : iterable of str
        What may be asked for.

    Returns
    -------
    str
        `"Did you mean A or B?"`, or an empty string where nothing is near.
    """
    by_lower_case = {word.lower(): word for word in allowed}
    near = get_close_matches(value.lower(), by_lower_case, n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(by_lower_case[word] for word in near)}?" if near else ""


@contextmanager
def telling_disk_errors(folder: Path) -> Iterator[None]:
    """Raise what the system refuses as a `StoreError` of one sentence with the path.

    Parameters
    ----------
    folder : Path
        That is worked in, named where the error itself names no path.
    """
    try:
        with name_folder(folder):
            yield
    except OSError as error:
        raise StoreError(describe_disk_error(error)) from error
