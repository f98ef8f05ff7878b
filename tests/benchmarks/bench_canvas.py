"""Milliseconds a frame on the canvas, beside the least that painting as much takes in the same run (batched painting).

Processor time of the window's thread, as it is on a machine that does nothing else; saving, which waits for the disk,
by the clock.

`rows()` gives the table's rows; `python tests/benchmarks/bench_canvas.py` prints them.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.editor import theme
from quartet.editor.canvas.view import Canvas
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.engine.events import Event
from quartet.graph import files
from quartet.graph.edits import Move, Set, removal
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.patterns.layout import layout

WIDTH, HEIGHT = 1600, 1000
CARD = (184.0, 62.0)


def drawing(count: int) -> Graph:
    """`count` agents in a grid and half as many edges again, mostly to neighbours."""
    columns = max(1, int(count**0.5))
    chance = random.Random(1)
    graph = Graph(name=f"{count} agents")
    names = [AgentId(f"a{i}") for i in range(count)]
    for i, id in enumerate(names):
        graph.agents[id] = Agent(id=id, kind="template", name=f"Agent {i}")
        graph.positions[id] = (i % columns * 260.0, i // columns * 120.0)
    for i in range(int(count * 1.5)):
        source = chance.randrange(count)
        target = min(count - 1, source + chance.choice([1, 1, 1, columns, columns + 1, 2 * columns]))
        if source != target:
            id = EdgeId(f"e{i}")
            graph.edges[id] = Edge(id=id, source=names[source], target=names[target], kind="flow")
    return graph


def measured(draw: Callable[[], object], repeats: int) -> list[float]:
    """Milliseconds of each of `repeats` measurements."""
    times = []
    for _ in range(repeats):
        start = time.thread_time()
        draw()
        times.append((time.thread_time() - start) * 1e3)
    return times


def median(draw: Callable[[], object], repeats: int = 9) -> float:
    """The middle of `repeats` measurements, in milliseconds."""
    return statistics.median(measured(draw, repeats))


def batched(graph: Graph) -> float:
    """The physical limit of a whole view: as many rectangles and lines, in two calls."""
    xs = [x for x, _ in graph.positions.values()]
    ys = [y for _, y in graph.positions.values()]
    scale = min(WIDTH / (max(xs) + CARD[0]), HEIGHT / (max(ys) + CARD[1]))
    boxes = {
        id: QRectF(x * scale, y * scale, CARD[0] * scale, CARD[1] * scale) for id, (x, y) in graph.positions.items()
    }
    lines = [QLineF(boxes[e.source].center(), boxes[e.target].center()) for e in graph.edges.values()]
    rects = list(boxes.values())
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)

    def draw() -> None:
        image.fill(0xFF202020)
        painter = QPainter(image)
        painter.setPen(QPen(QColor("#aaa"), 0))
        painter.drawLines(lines)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#446"))
        painter.drawRects(rects)
        painter.end()

    return median(draw)


def open_canvas(graph: Graph) -> tuple[Canvas, float]:
    """The graph on a canvas that was painted once, and the seconds that took."""
    start = time.thread_time()
    document = Document(graph)
    document.close()  # the verdict is measured elsewhere
    canvas = Canvas(document, Live())
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    QApplication.processEvents()
    canvas.viewport().repaint()
    return canvas, time.thread_time() - start


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def frames_at(canvas: Canvas, zoom: float | None) -> tuple[float, float]:
    """Repainting the whole viewport at a zoom in the middle of the drawing (None: all of it): the median, the worst."""
    if zoom is None:
        canvas.fit()
    else:
        canvas.set_zoom(zoom)
        canvas.centerOn(canvas.canvas_scene.content_box().center())
    settle()
    canvas.viewport().repaint()
    times = measured(canvas.viewport().repaint, 15)
    return statistics.median(times), max(times)


def send(canvas: Canvas, kind: QEvent.Type, pixel: QPointF, buttons: Qt.MouseButton) -> None:
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, pixel, canvas.viewport().mapToGlobal(pixel), button, buttons, Qt.KeyboardModifier(0))
    QApplication.sendEvent(canvas.viewport(), event)


def drag_frame(canvas: Canvas, ids: list[AgentId]) -> float:
    """One frame of dragging these agents: the event, and painting what it changed."""
    canvas.document.select(ids)
    x, y = canvas.canvas_scene.positions[ids[0]]
    canvas.centerOn(x, y)
    settle()
    start = QPointF(canvas.mapFromScene(QPointF(x + 70, y + 20)))
    left = Qt.MouseButton.LeftButton
    send(canvas, QEvent.Type.MouseButtonPress, start, left)
    step = iter(range(1, 1000))

    def move() -> None:
        n = next(step)
        send(canvas, QEvent.Type.MouseMove, start + QPointF(8 * n, 4 * n), left)
        QApplication.processEvents()

    move()
    found = median(move, 15)
    canvas.cancel_gesture()
    settle()
    return found


def hover_frame(canvas: Canvas) -> float:
    """One move of the pointer over the drawing."""
    step = iter(range(1, 1000))

    def move() -> None:
        n = next(step)
        send(canvas, QEvent.Type.MouseMove, QPointF(100 + 37 * n % 1300, 100 + 23 * n % 800), Qt.MouseButton.NoButton)
        QApplication.processEvents()

    return median(move, 25)


def lit_frame(canvas: Canvas) -> float:
    """Lighting up the edges of an agent on which the pointer comes to rest, and putting out those of the one before."""
    seen = canvas.visible_scene_rect()
    spots = [QPointF(x + 70, y + 20) for x, y in canvas.canvas_scene.positions.values()]
    place = iter([spot for spot in spots if seen.contains(spot)] * 25)

    def rest() -> None:
        pixel = QPointF(canvas.mapFromScene(next(place)))
        send(canvas, QEvent.Type.MouseMove, pixel, Qt.MouseButton.NoButton)
        canvas.pointing.light()
        QApplication.processEvents()

    return median(rest, 25)


def pulled_frame(canvas: Canvas, start: QPointF) -> float:
    """One frame of a drag that begins at a scene point: a wire being drawn, a rubber band."""
    pixel = QPointF(canvas.mapFromScene(start))
    left = Qt.MouseButton.LeftButton
    send(canvas, QEvent.Type.MouseButtonPress, pixel, left)
    step = iter(range(1, 1000))

    def move() -> None:
        n = next(step)
        send(canvas, QEvent.Type.MouseMove, pixel + QPointF(9 * n, 6 * n), left)
        QApplication.processEvents()

    move()
    found = median(move, 25)
    canvas.cancel_gesture()
    settle()
    return found


def state_frame(canvas: Canvas) -> float:
    """One frame in which 84 agents change their state (5,000 a second) while the view pans."""
    live = canvas.live
    live.begin(canvas.document.graph)
    ids = list(canvas.document.graph.agents)
    live.feed(Event(1, 0.0, "run.started", None, None, None, {"input": "", "graph": ""}))
    count = [1]

    def step() -> None:
        for _ in range(84):
            count[0] += 1
            id = ids[count[0] * 7 % len(ids)]
            live.feed(Event(count[0], count[0] * 1e-4, "attempt.started", id, 1, 1, {"fence": 1}))
        live.flush()
        canvas.horizontalScrollBar().setValue(canvas.horizontalScrollBar().value() + 6)
        QApplication.processEvents()

    step()
    found = median(step, 15)
    live.end()
    live.clear()
    settle()
    return found


def edit_cost(canvas: Canvas) -> float:
    """Milliseconds of one edit of one agent, from the Edit to the paint of what it changed."""
    ids = list(canvas.document.graph.agents)
    step = iter(range(1, 1000))

    def rename() -> None:
        n = next(step)
        values = {"name": f"Renamed {n}"}
        canvas.document.do("Rename", [Set(section="agents", id=ids[len(ids) // 2 + n], values=values)])
        QApplication.processEvents()

    rename()
    return median(rename, 15)


def cleared(canvas: Canvas) -> float:
    """Seconds to delete everything and take that back, painted."""
    document = canvas.document
    start = time.thread_time()
    document.do("Delete", removal(document.graph, list(document.graph.agents)))
    canvas.viewport().repaint()
    document.undo_stack.undo()
    canvas.viewport().repaint()
    return time.thread_time() - start


def laid_out(canvas: Canvas) -> float:
    """Seconds to apply what the automatic layout found (in a thread of its own, which is not measured), painted."""
    document = canvas.document
    places = layout(document.graph)
    start = time.thread_time()
    document.do("Arrange", [Move(to=dict(places))])
    canvas.viewport().repaint()
    found = time.thread_time() - start
    document.undo_stack.undo()
    return found


def clipped(canvas: Canvas) -> float:
    """Seconds to paste at most 1,000 agents from the clipboard's text, painted."""
    canvas.document.select(list(canvas.document.graph.agents)[:1_000])
    canvas.copy()
    start = time.thread_time()
    canvas.paste(QPointF(0, -4_000))
    canvas.viewport().repaint()
    found = time.thread_time() - start
    canvas.document.undo_stack.undo()
    QGuiApplication.clipboard().clear()
    return found


def saved(graph: Graph) -> float:
    """Seconds to write the file."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        files.write(graph, Path(folder) / "large.quartet.json")
        return time.perf_counter() - start


def arranged(canvas: Canvas) -> float:
    """Seconds to move every agent, as a layout does, painted."""
    document = canvas.document
    places = {id: (y, x) for id, (x, y) in document.graph.positions.items()}
    start = time.thread_time()
    document.do("Arrange", [Move(to=places)])
    canvas.viewport().repaint()
    found = time.thread_time() - start
    document.undo_stack.undo()
    return found


def pasted(canvas: Canvas) -> float:
    """Seconds to duplicate at most 1,000 agents with the edges between them, painted."""
    canvas.document.select(list(canvas.document.graph.agents)[:1_000])
    start = time.thread_time()
    canvas.duplicate()
    canvas.viewport().repaint()
    return time.thread_time() - start


def rows(sizes: tuple[int, ...] = (1_000, 10_000)) -> list[dict[str, Any]]:
    """The rows of the table of benchmarks, in milliseconds a frame (opening in seconds)."""
    app = QApplication.instance() or QApplication(["bench"])
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    found: list[dict[str, Any]] = []

    def row(
        work: str,
        size: int,
        value: float,
        unit: str,
        goal: float | None,
        limit: float | None = None,
        worst: float | None = None,
    ) -> None:
        found.append(
            {
                "room": "canvas", "work": work, "size": size, "value": round(value, 3), "unit": unit,
                "limit": None if limit is None else round(limit, 3),
                "peers": {} if worst is None else {"worst": round(worst, 3)}, "goal": goal,
            }
        )  # fmt: skip

    for size in sizes:
        graph = drawing(size)
        canvas, opened = open_canvas(graph)
        row("open to first paint", size, opened, "s", 2.0)
        limit = batched(graph)
        row("save", size, saved(graph), "s", 0.5)
        for look in ("light", "dark"):
            theme.apply(app, look)
            whole, worst = frames_at(canvas, None)
            goal = round(1.5 * limit, 3) if size >= 10_000 else 16.7
            row(f"repaint the whole drawing, {look}", size, whole, "ms", goal, limit, worst)
            for zoom in (1.0, 0.5, 0.35, 0.3):
                frame, worst = frames_at(canvas, zoom)
                row(f"repaint at zoom {zoom:g}, {look}", size, frame, "ms", 16.7, worst=worst)
        theme.apply(app, "light")
        canvas.set_zoom(1.0)
        ids = list(graph.agents)
        middle = size // 2
        row("drag one agent, a frame", size, drag_frame(canvas, ids[middle : middle + 1]), "ms", 8.0)
        row("hover, a frame", size, hover_frame(canvas), "ms", 8.0)
        row("hover: lighting up an agent's edges, a frame", size, lit_frame(canvas), "ms", 8.0)
        x, y = canvas.canvas_scene.positions[ids[middle]]
        canvas.centerOn(x, y)
        settle()
        wire = pulled_frame(canvas, QPointF(x + CARD[0], y + CARD[1] / 2))
        row("draw a wire, a frame", size, wire, "ms", 8.0)
        row("rubber band, a frame", size, pulled_frame(canvas, QPointF(x - 30, y + CARD[1] + 25)), "ms", 8.0)
        row("5,000 state changes a second while panning, a frame", size, state_frame(canvas), "ms", 16.7)
        canvas.fit()
        settle()
        most = min(1_000, size)
        row(f"drag {most} agents, a frame", size, drag_frame(canvas, ids[:most]), "ms", 16.7)
        row("one edit, painted", size, edit_cost(canvas), "ms", 8.0)
        row("every agent moved by a layout, painted", size, arranged(canvas), "s", 0.5)
        row("automatic layout applied, painted", size, laid_out(canvas), "s", 0.5)
        row("paste 1,000 from the clipboard, painted", size, clipped(canvas), "s", 0.3)
        row("duplicate 1,000, painted", size, pasted(canvas), "s", 0.3)
        row("delete all and undo, painted", size, cleared(canvas), "s", 1.0)
        canvas.hide()
        canvas.close()
        canvas.deleteLater()
        settle()
    return found


if __name__ == "__main__":
    for line in rows(tuple(int(size) for size in sys.argv[1:]) or (1_000, 10_000)):
        goal = "" if line["goal"] is None else f"  goal {line['goal']}"
        limit = "" if line["limit"] is None else f"  limit {line['limit']}"
        print(f"{line['size']:>7} {line['work']:<55} {line['value']:>9} {line['unit']}{limit}{goal}")
