"""How long starting takes: the command line beside Python itself, the editor beside an empty PySide6 window.

Whole processes, in milliseconds of processor time from nothing until what is measured, when the process ends at once: a
machine that does other things as well changes little. What is compared takes turns, each figure is the median of five,
and Python keeps compiled modules in a folder of the measurement's own, as an installed program has them.

Two moments of the editor are measured, of the same start:

- *first paint*: the real window has painted all that it shows at first (menu bar, status bar, and the welcome page or
  the places round the canvas): each of these got its paint event, and the screen was given the picture;
- *usable*: the drawing (or the welcome page) is painted, the panels in sight are there, Run can be pressed, the event
  loop turns and has nothing left to do first.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = "graphs/newsroom.quartet.json"
TIMES = 5
EMPTY_WINDOW = """
import os
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        os._exit(0)
app = QApplication([])
window = Window()
window.resize(1440, 900)
window.show()
app.exec()
"""
FIRST_PAINT = """
import gc, os, sys
from quartet.cli import main
gc.disable()  # as the command does before it imports this
from quartet.editor import app
from PySide6.QtCore import QEvent, QObject
class Painted(QObject):
    seen = set()
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.seen.add(watched)
        return False
make_whole = app.Application._make_whole
def stop(self, window):
    shown = [window.menuBar(), window.statusBar()]
    shown += [window.top, window.docks] if sys.argv[1:] else [window.welcome.viewport()]
    assert all(widget in painted.seen for widget in shown), "something of the window was not painted"
    os._exit(0)
app.Application._make_whole = stop
show = app.Window.show
def watched(self):
    global painted
    painted = Painted()
    page = self.docks if sys.argv[1:] else self.welcome.viewport()
    for widget in (self.menuBar(), self.statusBar(), self.top, page):
        widget.installEventFilter(painted)
    show(self)
app.Window.show = watched
main([*sys.argv[1:], "--separate"])
sys.exit("nothing was painted")
"""
USABLE = """
import gc, os, sys
from quartet.cli import main
gc.disable()  # as the command does before it imports this
from quartet.editor import app
from PySide6.QtCore import QEvent, QObject, QTimer
class Painted(QObject):
    seen = False
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.seen = True
        return False
painted = Painted()
add = app.Window.add
def added(self, document):
    session = add(self, document)
    session.canvas.viewport().installEventFilter(painted)
    return session
app.Window.add = added
open_first = app.Application.open_first
def opened(self, window, files):
    open_first(self, window, files)
    def look():
        ready = True  # the welcome page is whole once it was painted
        if window.session is not None:
            ready = painted.seen and window.actions_["run.rehearse"].isEnabled()
            ready = ready and set(window.docks.front()) - {"palette"} <= window.session.panels.keys()
        if ready:
            os._exit(0)
        QTimer.singleShot(0, look)
    QTimer.singleShot(0, look)
app.Application.open_first = opened
main([*sys.argv[1:], "--separate"])
sys.exit("nothing was painted")
"""
"""The program's own way from its command line on."""


def medians(commands: dict[str, list[str]]) -> dict[str, float]:
    """Processor time of each command in milliseconds, after a turn to warm up; off screen, in folders of their own."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": home, "PYTHONPYCACHEPREFIX": home}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            environment[f"XDG_{name}_HOME"] = home
        found: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(TIMES + 1):
            for name, command in commands.items():
                found[name].append(milliseconds(command, environment))
    return {name: statistics.median(figures[1:]) for name, figures in found.items()}


def milliseconds(command: list[str], environment: dict[str, str]) -> float:
    """Processor time of one run of a command, which has to succeed."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=quiet, stderr=quiet)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return (used.ru_utime + used.ru_stime) * 1e3


def rows() -> list[dict[str, Any]]:
    """Beside the least that Python or Qt can do, measured in the same minute."""
    python = sys.executable
    found = medians(
        {
            "python": [python, "-c", "pass"],
            "version": [python, "-m", "quartet", "--version"],
            "classify": [python, "-m", "quartet", "classify", EXAMPLE],
            "empty": [python, "-c", EMPTY_WINDOW],
            "welcome": [python, "-c", FIRST_PAINT],
            "file": [python, "-c", FIRST_PAINT, EXAMPLE],
            "welcome usable": [python, "-c", USABLE],
            "file usable": [python, "-c", USABLE, EXAMPLE],
        }
    )
    blank = {"room": "start-up", "size": 1, "unit": "ms", "peers": None}
    least, window = found["python"], found["empty"]

    def beside_a_window(work: str, value: float, goal: float | None) -> dict[str, Any]:
        return {**blank, "work": work, "value": value, "limit": window, "goal": goal}

    return [
        {**blank, "work": "quartet --version", "value": found["version"], "limit": least, "goal": least * 2},
        {**blank, "work": "quartet classify", "value": found["classify"], "limit": least, "goal": None},
        beside_a_window("welcome page: first paint", found["welcome"], window * 2),
        beside_a_window("with a file: first paint", found["file"], window * 2),
        beside_a_window("welcome page: usable", found["welcome usable"], None),
        beside_a_window("with a file: drawing usable", found["file usable"], None),
    ]
