"""How long starting takes: the command line beside Python itself, the editor beside an empty PySide6 window."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
EMPTY_WINDOW = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1440, 900)
window.show()
app.processEvents()
window.grab()
"""


def seconds(command: list[str], times: int = 5) -> float:
    """The median of several whole processes, after one to warm up; off screen, with folders of their own."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": home}
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            environment[f"XDG_{name}_HOME"] = home
        found = []
        for _ in range(times + 1):
            started = time.perf_counter()
            subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)
            found.append(time.perf_counter() - started)
    return statistics.median(found[1:])


def rows() -> list[dict[str, Any]]:
    """Whole processes, in milliseconds, beside the least that Python or Qt can do."""
    quartet = [sys.executable, "-m", "quartet"]
    python = seconds([sys.executable, "-c", "pass"])
    version = seconds([*quartet, "--version"])
    empty = seconds([sys.executable, "-c", EMPTY_WINDOW])
    with tempfile.TemporaryDirectory() as folder:
        picture = str(Path(folder) / "window.png")
        editor = seconds([*quartet, "graphs/newsroom.quartet.json", "--screenshot", picture])
    blank = {"room": "start-up", "size": 1, "unit": "ms", "peers": None}
    return [
        {**blank, "work": "quartet --version", "value": version * 1e3, "limit": python * 1e3, "goal": python * 2e3},
        {**blank, "work": "editor to first paint", "value": editor * 1e3, "limit": empty * 1e3, "goal": empty * 2e3},
    ]
