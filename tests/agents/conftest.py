"""Servers that the tests of this room share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from servers.chat_server import ChatServer, Script


@pytest.fixture
def serve() -> Iterator[Callable[[Script], ChatServer]]:
    running: list[ChatServer] = []

    def start(script: Script) -> ChatServer:
        server = ChatServer(script).__enter__()
        running.append(server)
        return server

    yield start
    for server in running:
        server.__exit__()
