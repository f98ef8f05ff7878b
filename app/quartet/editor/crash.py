"""When the program itself fails: the work is copied first, then a person is told, with a report to pass on."""

from __future__ import annotations

import asyncio
import datetime
import logging
import os
import platform
import re
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtWidgets import QApplication, QMessageBox

import quartet
from quartet.editor import dialogs
from quartet.editor.dialogs import Choice
from quartet.editor.settings import data_folder

log = logging.getLogger(__name__)


AGAIN = 10.0
"""Seconds: what was answered and comes again before is only logged. What cannot be painted fails at every painting."""
LONGEST = 300
"""Characters of one line of an exception's own words that a report keeps: more may be the text of a graph."""
_SECRET = re.compile("KEY|TOKEN|SECRET|PASS", re.IGNORECASE)


def report(error: BaseException) -> str:
    """What went wrong, as text that can be sent to somebody.

    No environment, no home folder, no key (of the environment's or a graph's), and no long text of a graph that an
    exception may have quoted.
    """
    from quartet.agents import keys  # not at start-up

    for name, value in os.environ.items():
        if _SECRET.search(name):
            keys.hide(value, name)
    lines = [
        f"Quartet {quartet.__version__}, Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}",
        datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "",
        *traceback.format_exception(error),
    ]
    text = keys.redact("\n".join(line.rstrip("\n") for line in lines)).replace(str(Path.home()), "~")
    return "\n".join(line if len(line) <= LONGEST else f"{line[:LONGEST]}… (cut)" for line in text.split("\n"))


class Watch(QObject):
    """Catches what nobody caught: on the main thread, in other threads, on the event loop."""

    _failed = Signal(object)

    def __init__(self, save: Callable[[], None], parent: QObject | None = None) -> None:
        """`save` copies all unsaved work; it is called before anything else."""
        super().__init__(parent)
        self._save = save
        self._box: QMessageBox | None = None
        self._answered: dict[str, float] = {}
        """When what was told and answered came last, by where it was raised."""
        self._failed.connect(self._handle, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Catch from now on."""
        sys.excepthook = self.caught
        threading.excepthook = self._in_thread

    def remove(self) -> None:
        """Catch no more."""
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__

    def _in_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            self.caught(told.exc_type, told.exc_value, told.exc_traceback)

    def caught(self, type: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Take an exception in (the signature of `sys.excepthook`)."""
        if isinstance(error, KeyboardInterrupt):
            QApplication.closeAllWindows()
            return
        self._failed.emit(error)

    def on_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Take in what a task or a callback let go (the signature of an asyncio exception handler)."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self._failed.emit(error)
        else:
            log.error("on the event loop: %s", context.get("message"))

    def _handle(self, error: BaseException) -> None:
        place = _place(error)
        if monotonic() - self._answered.get(place, -AGAIN) < AGAIN:
            self._answered[place] = monotonic()
            log.error("%s again: %s", type(error).__name__, place)
            return
        text = report(error)
        log.error("%s", text)
        kept = "A copy of your unsaved work was just made."
        try:
            self._save()
        except Exception as second:
            log.exception("saving after a failure failed too")
            kept = f"Copying your unsaved work failed too ({second}): save it under another name now."
        path = _write(text)
        if self._box is not None:
            return
        where = "" if path is None else f"\n\nThe report is in {path}."

        def answered(key: str) -> None:
            self._box = None
            self._answered[place] = monotonic()
            if key == "copy":
                QApplication.clipboard().setText(text)

        self._box = box = dialogs.ask(
            QApplication.activeWindow(),
            "Something went wrong in Quartet",
            f"{kept} You can go on working; if something looks wrong, save and start Quartet again.{where}",
            [Choice("close", "Go on", "escape"), Choice("copy", "Copy the report", "other")],
            answered,
            tone="error",
            details=text,
        )
        box.destroyed.connect(self._gone)  # with the dialog it belongs to, unanswered: the next one is told again

    def _gone(self) -> None:
        self._box = None


def _place(error: BaseException) -> str:
    """Where it was raised: the file and the line."""
    frames = list(traceback.walk_tb(error.__traceback__))
    return f"{frames[-1][0].f_code.co_filename}:{frames[-1][1]}" if frames else ""


def _write(text: str) -> Path | None:
    folder = data_folder() / "reports"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{datetime.datetime.now().astimezone():%Y-%m-%d-%H%M%S}.txt"
        path.write_text(text, "utf-8")
    except OSError:
        return None
    for old in sorted(folder.glob("*.txt"))[:-20]:
        old.unlink(missing_ok=True)
    return path
