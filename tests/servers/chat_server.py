"""A server on loopback that speaks the chat-completions protocol: streamed text, tool calls, errors, broken streams.

    with ChatServer(says("Hello there")) as server:
        config = {"model": "m", "base_url": server.url}

What it answers is scripted: a list of replies in order (the last repeats), the same by model name, or a function of
what was asked. Everything asked is kept in `server.asked`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request for a completion."""

    body: dict[str, Any]
    headers: Mapping[str, str]
    """Names in lower case."""

    @property
    def model(self) -> str:
        return str(self.body["model"])

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.body["messages"])

    @property
    def system(self) -> str:
        return "\n".join(str(m["content"]) for m in self.messages if m["role"] in ("system", "developer"))

    @property
    def said(self) -> str:
        """What the last message of the user says."""
        return next((str(m["content"]) for m in reversed(self.messages) if m["role"] == "user"), "")

    @property
    def tools(self) -> list[str]:
        return [tool["function"]["name"] for tool in self.body.get("tools", ())]

    def results(self) -> dict[str, str]:
        """What tools answered, by the id of the call."""
        return {m["tool_call_id"]: str(m["content"]) for m in self.messages if m["role"] == "tool"}


@dataclass(frozen=True)
class Reply:
    """What the model says. `status` other than 200: an error with `text` as its message."""

    text: str = ""
    tools: Sequence[tuple[str, dict[str, Any]]] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    break_after: int | None = None
    """Hang up after so many pieces of the stream."""
    hold: threading.Event | None = None
    """Set by the test: the answer waits for it after the first piece."""
    silent: bool = False
    """Never answers (until the server stops)."""


def says(text: str) -> Reply:
    """A reply in plain text."""
    return Reply(text)


def calls(*tools: tuple[str, dict[str, Any]], text: str = "") -> Reply:
    """A reply that calls tools: (name, arguments)."""
    return Reply(text, tools)


Script = Reply | Sequence[Reply] | Mapping[str, Sequence[Reply]] | Callable[[Asked], Reply]


class ChatServer:
    """The server, as a context manager; `url` is the base address for clients."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[Asked] = []
        self.problems: list[Exception] = []
        """What the script raised; the first is raised again when the server stops."""
        self._taken: dict[str, int] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def __enter__(self) -> ChatServer:
        owner = self

        class Handler(_Handler):
            chat = owner

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
        if self.problems:
            raise self.problems[0]

    def asked_of(self, model: str) -> list[Asked]:
        """What was asked of one model, in order."""
        return [asked for asked in self.asked if asked.model == model]

    def reply(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
        try:
            return self.script(asked) if callable(self.script) else self._next(asked.model)
        except Exception as problem:
            self.problems.append(problem)
            return Reply(f"the script of the test failed: {problem!r}", status=400)

    def _next(self, model: str) -> Reply:
        script = self.script
        if isinstance(script, Reply):
            return script
        replies, name = (script[model], model) if isinstance(script, Mapping) else (script, "")
        with self._lock:
            at = self._taken.get(name, 0)
            self._taken[name] = at + 1
        return replies[min(at, len(replies) - 1)]  # type: ignore[index, arg-type]

    def wait_until_stopped(self) -> None:
        self._stopping.wait(30)


class _Handler(BaseHTTPRequestHandler):
    chat: ChatServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/v1/chat/completions", self.path
        reply = self.chat.reply(Asked(body, {name.lower(): value for name, value in self.headers.items()}))
        try:
            if reply.silent:
                self.chat.wait_until_stopped()
            elif reply.status != 200:
                self._error(reply)
            elif body.get("stream"):
                self._stream(body, reply)
            else:
                self._whole(body, reply)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client hung up: that is its right

    def _error(self, reply: Reply) -> None:
        self._send(reply.status, {"error": {"message": reply.text, "type": "error", "code": None}}, reply.headers)

    def _send(self, status: int, content: dict[str, Any], headers: Mapping[str, str]) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _tool_calls(self, reply: Reply) -> list[dict[str, Any]]:
        turn = len(self.chat.asked)
        return [
            {
                "index": index,
                "id": f"call_{turn}_{index}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments)},
            }
            for index, (name, arguments) in enumerate(reply.tools)
        ]

    def _whole(self, body: dict[str, Any], reply: Reply) -> None:
        message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
        if reply.tools:
            message["tool_calls"] = self._tool_calls(reply)
        finish = "tool_calls" if reply.tools else "stop"
        choice = {"index": 0, "message": message, "finish_reason": finish}
        self._send(200, {**_head(body, "chat.completion"), "choices": [choice], "usage": _usage(reply)}, {})

    def _stream(self, body: dict[str, Any], reply: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": piece} for piece in _pieces(reply.text)]
        for call in self._tool_calls(reply):
            named = {**call, "function": {"name": call["function"]["name"], "arguments": ""}}
            deltas.append({"tool_calls": [named]})
            arguments = call["function"]["arguments"]
            for half in (arguments[: len(arguments) // 2], arguments[len(arguments) // 2 :]):
                deltas.append({"tool_calls": [{"index": call["index"], "function": {"arguments": half}}]})
        head = _head(body, "chat.completion.chunk")
        for number, delta in enumerate(deltas):
            if reply.break_after is not None and number > reply.break_after:
                self.close_connection = True
                self.connection.close()
                return
            self._piece({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
            if number == 1 and reply.hold is not None:
                reply.hold.wait(30)
        finish = "tool_calls" if reply.tools else "stop"
        self._piece({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
        if (body.get("stream_options") or {}).get("include_usage"):
            self._piece({**head, "choices": [], "usage": _usage(reply)})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _piece(self, content: dict[str, Any]) -> None:
        self._chunk(b"data: " + json.dumps(content).encode() + b"\n\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()


def _pieces(text: str) -> list[str]:
    words = text.split(" ")
    return [word + (" " if number < len(words) - 1 else "") for number, word in enumerate(words)] if text else []


def _head(body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1_700_000_000, "model": body["model"]}


def _usage(reply: Reply) -> dict[str, int]:
    output = len(reply.text.split()) + 5 * len(reply.tools)
    return {"prompt_tokens": 20, "completion_tokens": output, "total_tokens": 20 + output}
