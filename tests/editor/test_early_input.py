"""What a person or the system does with a window that is painted and not whole yet: it waits, and then it counts."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from quartet.editor.statusbar import StatusBar
from quartet.paths import EXAMPLES

EARLY = """
import subprocess, sys
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent
from quartet.editor import app
def tell(window, turns=0):
    if not window.isVisible():
        return
    if turns < 9:  # far behind what waits in the queue
        QTimer.singleShot(20, window, lambda: tell(window, turns + window.whole))
        return
    print(len(window.sessions), flush=True)
    app.Application.closeAllWindows()
make_whole = app.Application._make_whole
def made_whole(self, window):
    early(window)
    make_whole(self, window)
    assert not window.sessions, "nothing comes in before the window is whole"
    tell(window)
app.Application._make_whole = made_whole
"""
"""The program, with something done right after its first paint."""
BY_HAND = """
def early(window):
    at = window.welcome.new_button.mapToGlobal(window.welcome.new_button.rect().center())
    xdotool = lambda *words: subprocess.run(["xdotool", *map(str, words)], check=True)
    xdotool("windowfocus", "--sync", int(window.winId()))
    xdotool("mousemove", at.x(), at.y(), "click", 1, "key", "ctrl+n")
sys.exit(app.main(separate=True))
"""
SENT = """
def early(window):
    page = window.docks if sys.argv[1:] else window.welcome
    for key in (Qt.Key.Key_N, Qt.Key.Key_Delete, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_F1):
        for widget in (window, page, window.menuBar()):
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                application.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.ControlModifier))
    at, button = QPointF(40, 40), Qt.MouseButton.LeftButton
    for widget in (window, page, window.status, window.top):
        where = QPointF(widget.mapToGlobal(at))
        for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick):
            application.sendEvent(widget, QMouseEvent(kind, at, where, button, button, Qt.KeyboardModifier.NoModifier))
        application.sendEvent(widget, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at.toPoint()))
        wheel = QWheelEvent(at, where, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
        application.sendEvent(widget, wheel)
    application.sendEvent(window, QEvent(QEvent.Type.ActivationChange))
from PySide6.QtWidgets import QApplication as application
sys.exit(app.main(sys.argv[1:], separate=True))
"""
CLOSED = """
def early(window):
    window.close()
    assert window.isVisible(), "it closes when it is whole"
sys.exit(app.main(sys.argv[1:], separate=True))
"""


def run(code: str, *files: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program with something done early; what it printed is how many documents there are in the end."""
    return subprocess.run(
        [sys.executable, "-c", EARLY + code, *files],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def display() -> Iterator[str]:
    """A display with nothing else on it."""
    if sys.platform != "linux" or not (shutil.which("Xvfb") and shutil.which("xdotool")):
        pytest.skip("needs Xvfb and xdotool")
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def test_an_early_click_and_an_early_shortcut_on_a_real_display_count_when_the_window_is_whole(display: str) -> None:
    ran = run(BY_HAND, QT_QPA_PLATFORM="xcb", DISPLAY=display)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["2"], ran.stderr  # New by its button, and New by its key


@pytest.mark.parametrize("files", [[], [str(EXAMPLES / "newsroom.quartet.json")]], ids=["welcome", "file"])
def test_nothing_that_reaches_a_window_before_it_is_whole_breaks_it(files: list[str]) -> None:
    ran = run(SENT, *files, QT_QPA_PLATFORM="offscreen")
    assert ran.returncode == 0 and "Traceback" not in ran.stderr, ran.stderr
    assert ran.stdout.split() == [str(len(files))]


@pytest.mark.parametrize("files", [[], [str(EXAMPLES / "newsroom.quartet.json")]], ids=["welcome", "file"])
def test_a_window_that_is_closed_before_it_is_whole_closes_when_it_is(files: list[str]) -> None:
    ran = run(CLOSED, *files, QT_QPA_PLATFORM="offscreen")
    assert ran.returncode == 0 and "Traceback" not in ran.stderr, ran.stderr
    assert not ran.stdout, "it was closed before it could tell"


def test_the_status_bar_is_painted_as_high_as_it_stays(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    first = bar.sizeHint().height()
    bar.show()
    qtbot.wait(0)
    assert bar.sizeHint().height() == first
