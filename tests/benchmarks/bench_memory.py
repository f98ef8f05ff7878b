"""What the whole editor takes in memory with a large file open, beside the editor with an empty drawing.

A process of its own each, off screen, 1600 × 1000: resident memory (shared libraries included, in MB of 2**20 bytes)
once the drawing is shown, judged, and the panels are built.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SIZE = 10_000
HERE = Path(__file__).resolve().parent
OPENED = """
import os, sys
from pathlib import Path
from quartet.cli import main
from quartet.editor import app
from PySide6.QtCore import QTimer
open_first = app.Application.open_first
def opened(self, window, files):
    open_first(self, window, files)
    window.resize(1600, 1000)
    def look():
        if not window.session.document.judged:
            QTimer.singleShot(200, look)
            return
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        print(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, flush=True)
        os._exit(0)
    QTimer.singleShot(1500, look)
app.Application.open_first = opened
main([sys.argv[1], "--separate"])
"""


def resident(path: Path, home: str) -> float:
    """Megabytes of an editor with this file open."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": home}
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        environment[f"XDG_{name}_HOME"] = home
    ran = subprocess.run(
        [sys.executable, "-c", OPENED, str(path)], env=environment, capture_output=True, text=True, check=True
    )
    return float(ran.stdout.split()[-1])


def rows() -> list[dict[str, Any]]:
    """One row; Linux only, where the system says how much is resident."""
    sys.path.insert(0, str(HERE))
    from bench_canvas import drawing

    from quartet.graph import files
    from quartet.graph.model import Graph

    with tempfile.TemporaryDirectory() as home:
        empty, large = Path(home) / "empty.quartet.json", Path(home) / "large.quartet.json"
        files.write(Graph(), empty)
        files.write(drawing(SIZE), large)
        least, value = resident(empty, home), resident(large, home)
    blank = {"room": "memory", "unit": "MB", "peers": None}
    return [
        {**blank, "work": "the editor with a file open", "size": SIZE, "value": value, "limit": least, "goal": 250.0}
    ]
