"""Patience with servers: what is worth asking again, how long to wait before, and when to give up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from shp_analysis.errors import SourceError
from shp_analysis.fetching.addresses import describe

PASSING_STATUSES = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""Answers after which it is worth asking again; every other refusal stays one."""
Given = TypeVar("Given")


@dataclass(frozen=True)
class RetryPolicy:
    """How a server is asked.

    Attributes
    ----------
    connect_seconds, stall_seconds : float
        How long to wait for a connection, and for the next byte.
    attempts : int
        How often a file is asked for in one run.
    first_wait_seconds, longest_wait_seconds : float
        Between attempts; each wait is about twice the one before, with chance added.
    longest_retry_after_seconds : float
        A server that asks for a longer pause is left alone until the next run.
    redirects : int
        How often one request may be sent elsewhere.
    largest_bytes : int
        The largest file that is taken: over twice the largest that is published.
    sleep : callable
        What waits.
    """

    connect_seconds: float = 15
    stall_seconds: float = 60
    attempts: int = 5
    first_wait_seconds: float = 2
    longest_wait_seconds: float = 60
    longest_retry_after_seconds: float = 300
    redirects: int = 5
    largest_bytes: int = 4 << 30
    sleep: Callable[[float], None] = time.sleep


class PassingTroubleError(Exception):
    """Something that may be gone at the next attempt; never leaves this package."""

    def __init__(self, what: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(what)
        self.retry_after_seconds = retry_after_seconds


def try_again(attempt: Callable[[], Given], address: httpx.URL, retry_policy: RetryPolicy) -> Given:
    """Try until it works, as often as manners allow.

    Raises
    ------
    SourceError
        Where the last attempt met passing trouble too, or any met one that does not pass.
    """
    backoff = wait_exponential(retry_policy.first_wait_seconds, retry_policy.longest_wait_seconds) + wait_random(0, 1)

    def wait(state: RetryCallState) -> float:
        trouble = state.outcome.exception() if state.outcome else None
        asked = trouble.retry_after_seconds if isinstance(trouble, PassingTroubleError) else None
        return backoff(state) if asked is None else max(asked, 0.0)

    retrying = Retrying(
        retry=retry_if_exception_type(PassingTroubleError),
        stop=stop_after_attempt(retry_policy.attempts),
        wait=wait,
        sleep=retry_policy.sleep,
        reraise=True,
    )
    try:
        return retrying(attempt)
    except PassingTroubleError as trouble:
        message = (
            f"{describe(address)}: {trouble}; asked {retry_policy.attempts} times. Try again later: what has come is "
            "kept and will be continued."
        )
        raise SourceError(message) from trouble


def check_status(response: httpx.Response, page: str, retry_policy: RetryPolicy) -> None:
    """Accept a plain answer only.

    Raises
    ------
    PassingTroubleError
        Where it is worth asking again.
    SourceError
        Where it is not, or the server asks for a longer pause than manners bear.
    """
    if response.status_code == HTTPStatus.OK:
        return
    answer = f"{response.status_code} {response.reason_phrase}".strip()
    if response.status_code not in PASSING_STATUSES:
        message = (
            f"{describe(response.url)}: the server answered {answer}. The address may have changed: look at {page}, "
            "take the file in with `shp ingest PATH`, and correct its row in reference/downloads.csv."
        )
        raise SourceError(message)
    pause = _read_retry_after(response)
    if pause is not None and pause > retry_policy.longest_retry_after_seconds:
        message = (
            f"{describe(response.url)}: the server answered {answer} and asks to be left alone for "
            f"{pause / 60:,.0f} minutes. Try again after that."
        )
        raise SourceError(message)
    raise PassingTroubleError(f"the server answered {answer}", pause)


def _read_retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        now = parsedate_to_datetime(response.headers["Date"]) if "Date" in response.headers else datetime.now(tz=UTC)
        return (until - now).total_seconds()
    except (ValueError, TypeError):  # TypeError: one of the two names no time zone
        return None
