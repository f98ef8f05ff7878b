"""A web server on loopback: pages, a CAPTCHA, pages that come late or never, and places to post to.

    with WebServer({"/a": page("hello"), "/b": CAPTCHA, "/c": NEVER}) as web:
        config = {"url": web.url + "/a", "allow_hosts": [web.host]}

Everything received is kept in `web.received`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    """With the query."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Page:
    """What is answered on a path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None
    """Set by the test: the answer waits for it."""
    never: bool = False
    cut: bool = False
    """Hangs up in the middle of the body."""


def page(text: str, status: int = 200, **headers: str) -> Page:
    """A page of HTML; underscores in names of headers become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(text.encode(), status, {"Content-Type": "text/html; charset=utf-8", **named})


def as_json(content: Any, status: int = 200) -> Page:
    """An answer in JSON."""
    return Page(json.dumps(content).encode(), status, {"Content-Type": "application/json"})


CAPTCHA = page("<html><h1>Are you human?</h1><form>Solve this CAPTCHA</form></html>", 403)
NEVER = Page(never=True)
SINK = as_json({"ok": True}, 201)
"""Takes what is posted."""

Answer = Page | Callable[[Received], Page]


class WebServer:
    """The server, as a context manager."""

    def __init__(self, pages: Mapping[str, Answer]) -> None:
        self.pages = dict(pages)
        self.received: list[Received] = []
        self.problems: list[Exception] = []
        """What pages raised; the first is raised again when the server stops."""
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def __enter__(self) -> WebServer:
        owner = self

        class Handler(_Handler):
            web = owner

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
        if self.problems:
            raise self.problems[0]

    def received_on(self, path: str) -> list[Received]:
        """What arrived on one path, queries apart, in order."""
        return [received for received in self.received if urlsplit(received.path).path == path]

    def answer(self, received: Received) -> Page:
        with self._lock:
            self.received.append(received)
        found = self.pages.get(urlsplit(received.path).path, page("not here", 404))
        try:
            return found if isinstance(found, Page) else found(received)
        except Exception as problem:
            self.problems.append(problem)
            return page(f"the page of the test failed: {problem!r}", 500)

    def wait_until_stopped(self) -> None:
        self._stopping.wait(30)


class _Handler(BaseHTTPRequestHandler):
    web: WebServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        found = self.web.answer(Received(self.command, self.path, headers, body))
        try:
            if found.never:
                self.web.wait_until_stopped()
                self.close_connection = True
                return
            if found.hold is not None:
                found.hold.wait(30)
            self.send_response(found.status)
            for name, value in {"Content-Length": str(len(found.body)), **found.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(found.body[: len(found.body) // 2] if found.cut else found.body)
            if found.cut:
                self.close_connection = True
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer
