"""Models, web requests and functions on the loop on which the window lives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from pytestqt.qtbot import QtBot

from end_to_end.real_runs import Told, drawing, finish
from quartet.editor.loop import EventLoop
from servers.chat_server import ChatServer, says
from servers.web_server import NEVER, SINK, WebServer


@pytest.fixture
def loop(qtbot: QtBot) -> Iterator[EventLoop]:
    application = QCoreApplication.instance()
    assert application is not None
    found = EventLoop(application)
    yield found
    found.close()


def mixed(chat: ChatServer, web: WebServer, path: str = "/sink", limit: float = 60) -> Any:
    send = {"url": web.url + path, "method": "POST", "allow_hosts": [web.host]}
    return drawing(
        {"id": "think", "kind": "llm", "config": {"model": "m", "base_url": chat.url}},
        {"id": "count", "kind": "python", "config": {"function": "builtins:len"}},
        {"id": "send", "kind": "http", "config": send, "limits": {"start_to_close": limit, "cancel_grace": 60}},
        edges=[{"source": "think", "target": "count"}, {"source": "count", "target": "send"}],
    )


def test_every_kind_of_agent_runs_there_and_the_window_stays_alive(loop: EventLoop) -> None:
    ticks: list[int] = []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(5)
    with ChatServer(says("five words are in here")) as chat, WebServer({"/sink": SINK}) as web:
        told: Told = loop.run_until_complete(finish(mixed(chat, web), "x"))
    timer.stop()
    assert (told.state.status, told.state.output) == ("succeeded", {"ok": True})
    assert web.received[0].text == "22"
    assert "".join(data["text"] for data in told.of("attempt.output")) == "five words are in here"
    assert ticks


def test_a_server_that_never_answers_is_given_up_there_too(loop: EventLoop) -> None:
    with ChatServer(says("a")) as chat, WebServer({"/never": NEVER}) as web:
        told: Told = loop.run_until_complete(finish(mixed(chat, web, "/never", limit=0.3), "x"))
    assert told.state.status == "failed"
    assert told.of("attempt.timed_out", "send") == [{"kind": "start_to_close", "after": 0.3}]
    assert not told.of("attempt.abandoned")
