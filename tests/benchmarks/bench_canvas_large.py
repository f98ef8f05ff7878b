"""100,000 agents and 150,000 edges on the canvas: nothing fails, and how long it takes and how much it holds.

`rows()` gives the table's rows; `python tests/benchmarks/bench_canvas_large.py` prints them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_canvas import batched, drawing, frames_at, median, open_canvas, saved, settle
from PySide6.QtWidgets import QApplication

from quartet.editor import theme

SIZE = 100_000


def resident() -> float:
    """Megabytes of this process (of 2**20 bytes); Linux only."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def rows(size: int = SIZE) -> list[dict[str, Any]]:
    """The rows of the table of benchmarks. They have no goals: they state what there is."""
    app = QApplication.instance() or QApplication(["bench"])
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    found: list[dict[str, Any]] = []

    def row(work: str, value: float, unit: str, limit: float | None = None, **peers: float) -> None:
        found.append(
            {
                "room": "canvas", "work": work, "size": size, "value": value, "unit": unit, "limit": limit,
                "peers": peers, "goal": None,
            }
        )  # fmt: skip

    before = resident()
    graph = drawing(size)
    held = resident()
    canvas, opened = open_canvas(graph)
    row("open to first paint", opened, "s")
    row("memory of the canvas", resident() - held, "MB", graph=held - before)
    row("save", saved(graph), "s")
    whole, worst = frames_at(canvas, None)
    row("repaint the whole drawing", whole, "ms", batched(graph), worst=worst)
    for zoom in (1.0, 0.5):
        frame, worst = frames_at(canvas, zoom)
        row(f"repaint at zoom {zoom:g}", frame, "ms", worst=worst)

    def pan() -> None:
        canvas.horizontalScrollBar().setValue(canvas.horizontalScrollBar().value() + 40)
        QApplication.processEvents()

    row("pan, a frame", median(pan, 25), "ms")
    factors = iter([1.25, 0.8] * 20)

    def zoom_step() -> None:
        canvas.zoom_by(next(factors))
        QApplication.processEvents()

    row("zoom, a frame", median(zoom_step, 15), "ms")
    canvas.hide()
    canvas.close()
    canvas.deleteLater()
    settle()
    return found


if __name__ == "__main__":
    for line in rows():
        print(line)
