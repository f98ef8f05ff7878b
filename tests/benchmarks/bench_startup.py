"""How long starting takes: the command line beside Python itself, the editor beside an empty PySide6 window.

Whole processes, in milliseconds of processor time until the first paint, when the process ends at once: a machine that
does other things as well changes little. What is compared takes turns, each figure is the median of five, and Python
keeps compiled modules in a folder of the measurement's own, as an installed program has them.
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
EDITOR = """
import os, sys
from quartet.cli import main
if sys.argv[1:]:
    from quartet.editor.canvas.view import Canvas as First
else:
    from quartet.editor.welcome import Welcome as First
paint = First.paintEvent
def painted(self, event):
    paint(self, event)
    os._exit(0)
First.paintEvent = painted
main(sys.argv[1:])
sys.exit("nothing was painted")
"""
"""The program's own way from its command line on, up to the first paint of the drawing or of the welcome page."""


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
            "welcome": [python, "-c", EDITOR],
            "file": [python, "-c", EDITOR, EXAMPLE],
        }
    )
    blank = {"room": "start-up", "size": 1, "unit": "ms", "peers": None}
    least, window = found["python"], found["empty"]
    return [
        {**blank, "work": "quartet --version", "value": found["version"], "limit": least, "goal": least * 2},
        {**blank, "work": "quartet classify", "value": found["classify"], "limit": least, "goal": None},
        {**blank, "work": "welcome page to paint", "value": found["welcome"], "limit": window, "goal": window * 2},
        {**blank, "work": "example to first paint", "value": found["file"], "limit": window, "goal": window * 2},
    ]
