"""One editor for one person: a second start hands its files to the first one, which comes to the front."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from quartet.editor.settings import state_folder

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

PATIENCE = 2_000
"""Milliseconds that a second start waits for the first one to answer; after that it opens a window itself."""
LONGEST = 1 << 20
"""Bytes of a message, at most: nobody opens so many files at once."""
TAKEN = b"taken\n"
TOKEN = "XDG_ACTIVATION_TOKEN"  # noqa: S105  # how a desktop lets a program come to the front, not a secret

log = logging.getLogger(__name__)


class SingleInstance(QObject):
    """Whether this is the only editor of its person, and what other starts ask of it."""

    asked = Signal(object)
    """Another start asks for these files (a list of paths, perhaps empty), and that the window comes forward."""

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        folder = folder or state_folder()
        self._name = f"quartet-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
        self._server: QLocalServer | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:  # then no lock can be had, and every start is one of its own
            log.info("no folder for the lock of the editor: %s", error)
        self._lock = QLockFile(str(folder / "editor.lock"))
        self._lock.setStaleLockTime(0)  # only a dead owner loses it, however long it lives
        self.first = self._lock.tryLock(0)
        """Whether no other editor of this person is running."""

    def hand_over(self, files: Sequence[Path]) -> bool:
        """Ask the editor that runs already to open `files` and to come forward; whether it said that it will."""
        from PySide6.QtNetwork import QLocalSocket  # only where there is somebody to talk to

        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(PATIENCE):
            return False
        told = {"files": [str(path.absolute()) for path in files], "token": os.environ.get(TOKEN, "")}
        socket.write(json.dumps(told).encode() + b"\n")
        answer = b""
        while b"\n" not in answer:
            if not socket.bytesAvailable() and not socket.waitForReadyRead(PATIENCE):
                return False
            answer += bytes(socket.readAll().data())
        return answer == TAKEN

    def listen(self) -> None:
        """Hear from other starts from now on, if this is the first one."""
        if not self.first:
            return
        from PySide6.QtNetwork import QLocalServer

        QLocalServer.removeServer(self._name)  # what a crashed editor left
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._meet)
        if not self._server.listen(self._name):
            log.info("other starts cannot be heard: %s", self._server.errorString())

    def close(self) -> None:
        """Let another editor be the first one."""
        if self._server is not None:
            self._server.close()
        if self.first:
            self._lock.unlock()

    def _meet(self) -> None:
        assert self._server is not None, "who listens has a server"
        while (socket := self._server.nextPendingConnection()) is not None:
            _Talk(socket, self).heard.connect(self.asked)


class _Talk(QObject):
    """One other start that is listened to, until it has said what it wants."""

    heard = Signal(object)

    def __init__(self, socket: QLocalSocket, parent: QObject) -> None:
        super().__init__(parent)
        self._socket, self._said = socket, b""
        socket.setParent(self)
        # methods, no lambdas: one that holds the socket would go down with it while Qt takes it down
        socket.readyRead.connect(self._hear)
        socket.disconnected.connect(self.deleteLater)
        self._timer = QTimer(self, singleShot=True, interval=PATIENCE)
        self._timer.timeout.connect(self._give_up)
        self._timer.start()
        QTimer.singleShot(0, self, self._hear)  # what came before anybody listened

    def _give_up(self) -> None:
        self._socket.abort()

    def _hear(self) -> None:
        self._said += bytes(self._socket.readAll().data())
        if len(self._said) > LONGEST:
            self._said = b""
            self._timer.start(0)
        elif b"\n" in self._said:
            files = _files_in(self._said.partition(b"\n")[0])
            self._said = b""
            self._socket.write(TAKEN if files is not None else b"what?\n")
            self._socket.flush()
            if files is not None:
                self.heard.emit(files)


def _files_in(said: bytes) -> list[Path] | None:
    """What another start asks for; None: it was none of ours."""
    try:
        told = json.loads(said)
        files, token = told["files"], told["token"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(token, str) or not isinstance(files, list) or not all(isinstance(name, str) for name in files):
        return None
    if token:
        os.environ[TOKEN] = token  # Qt takes it where a window asks to be activated
    return [Path(name) for name in files]
