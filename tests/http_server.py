"""A real server on this machine that behaves as it is told: breaks off, stalls, lies, redirects, or serves well."""

from __future__ import annotations

import re
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


@dataclass(frozen=True)
class Asked:
    """One request that came: its path with the query, and its headers."""

    path: str
    headers: Mapping[str, str]


@dataclass
class Script:
    """What the server answers on each path: one behaviour after the other, the last one for good."""

    address: str = ""
    answers: dict[str, list[Behaviour]] = field(default_factory=lambda: defaultdict(list))
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def on(self, path: str, *behaviours: Behaviour) -> None:
        self.answers[path] = list(behaviours)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        script = self.server.script
        with script.lock:
            script.asked.append(Asked(self.path, dict(self.headers.items())))
            script.at_once += 1
            script.most_at_once = max(script.most_at_once, script.at_once)
            answers = script.answers.get(self.path) or [answer(404)]
            behaviour = answers.pop(0) if len(answers) > 1 else answers[0]
        try:
            behaviour(self)
        finally:
            with script.lock:
                script.at_once -= 1

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass

    def begin(self, status: int, **headers: str | int) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = Script(f"http://127.0.0.1:{self.server_port}")

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client may hang up
            super().handle_error(request, client_address)


@contextmanager
def serve_script() -> Iterator[Script]:
    """Run a server in a thread until the block ends."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.script
        finally:
            server.script.closing.set()
            server.shutdown()
            thread.join()


def serve(
    content: bytes, *, ranges: bool = True, conditions: bool = True, until: int | None = None, **headers: str
) -> Behaviour:
    """Serve a file well: conditions and ranges too, if it has a validator (`ETag=…`, `Last_Modified=…`).

    With `until`, hang up before that byte of it.
    """

    def behave(handler: Handler) -> None:
        etag, modified = headers.get("ETag"), headers.get("Last_Modified")
        same = (etag and handler.headers.get("If-None-Match") == etag) or (
            "If-None-Match" not in handler.headers and modified and handler.headers.get("If-Modified-Since") == modified
        )
        if conditions and same:
            handler.begin(304, **headers)
            return
        wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        if ranges and wanted and handler.headers.get("If-Range") in (etag, modified):
            first = int(wanted[1])
            span = f"bytes {first}-{len(content) - 1}/{len(content)}"
            handler.begin(206, Content_Range=span, Content_Length=len(content) - first, **headers)
            handler.wfile.write(content[first:until])
        else:
            handler.begin(200, Content_Length=len(content), **headers)
            handler.wfile.write(content[:until])
        handler.close_connection = until is not None

    return behave


def break_off(content: bytes, after: int, **headers: str) -> Behaviour:
    """Promise all of a file and hang up in the middle of it."""
    return serve(content, ranges=False, conditions=False, until=after, **headers)


def stall(content: bytes, after: int, **headers: str) -> Behaviour:
    """Promise all of a file and fall silent in the middle of it."""

    def behave(handler: Handler) -> None:
        handler.begin(200, Content_Length=len(content), **headers)
        handler.wfile.write(content[:after])
        handler.wfile.flush()
        handler.server.script.closing.wait(20)
        handler.close_connection = True

    return behave


def serve_in_chunks(*chunks: bytes, **headers: str) -> Behaviour:
    """Serve a file of unknown length."""

    def behave(handler: Handler) -> None:
        handler.begin(200, Transfer_Encoding="chunked", **headers)
        for chunk in (*chunks, b""):
            handler.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")

    return behave


def answer(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Answer anything."""

    def behave(handler: Handler) -> None:
        handler.begin(status, Content_Length=len(body), **headers)
        handler.wfile.write(body)

    return behave


def redirect(to: str, status: int = 302) -> Behaviour:
    return answer(status, Location=to)
