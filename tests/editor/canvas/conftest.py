"""A canvas on a small graph, and a hand that moves the pointer over it as a person's does."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.editor.canvas.geometry import HEIGHT, WIDTH
from quartet.editor.canvas.view import Canvas
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.graph.model import Agent, Edge, Frame, Graph, Note

NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def graph_of(agents: dict[str, str], edges: tuple[tuple[str, str, str], ...] = ()) -> Graph:
    """Agents `{id: kind}` in a row 300 apart, and edges (source, target, kind)."""
    graph = Graph(name="Trial")
    for i, (id, kind) in enumerate(agents.items()):
        graph.agents[id] = Agent(id=id, kind=kind, name=id.title())
        graph.positions[id] = (300.0 * i, 0.0)
    for source, target, kind in edges:
        graph.edges[f"{source}-{target}"] = Edge(id=f"{source}-{target}", source=source, target=target, kind=kind)
    return graph


class Hand:
    """Sends real events to the viewport, at scene points."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def pixel(self, at: tuple[float, float]) -> QPointF:
        return QPointF(self.canvas.mapFromScene(QPointF(*at)))

    def _send(self, kind: QEvent.Type, at, button, buttons, held) -> None:
        pixel = self.pixel(at)
        event = QMouseEvent(kind, pixel, QPointF(self.canvas.viewport().mapToGlobal(pixel)), button, buttons, held)
        QApplication.sendEvent(self.canvas.viewport(), event)

    def press(self, at, button=LEFT, held=NONE) -> None:
        self._send(QEvent.Type.MouseButtonPress, at, button, button, held)

    def move(self, at, buttons=LEFT, held=NONE) -> None:
        self._send(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, buttons, held)

    def release(self, at, button=LEFT, held=NONE) -> None:
        self._send(QEvent.Type.MouseButtonRelease, at, button, Qt.MouseButton.NoButton, held)

    def hover(self, at) -> None:
        self.move(at, Qt.MouseButton.NoButton)

    def click(self, at, button=LEFT, held=NONE) -> None:
        self.press(at, button, held)
        self.release(at, button, held)

    def double_click(self, at) -> None:
        self.click(at)
        self._send(QEvent.Type.MouseButtonDblClick, at, LEFT, LEFT, NONE)
        self.release(at)

    def pull(self, start, end, held=NONE, button=LEFT) -> None:
        """Press at `start` and move to `end` in steps, without letting go."""
        self.press(start, button, held)
        for step in (0.1, 0.4, 0.7, 1.0):
            self.move((start[0] + (end[0] - start[0]) * step, start[1] + (end[1] - start[1]) * step), button, held)

    def drag(self, start, end, held=NONE, button=LEFT) -> None:
        self.pull(start, end, held, button)
        self.release(end, button, held)

    def key(self, key: Qt.Key, held=NONE, text: str = "") -> None:
        target = QApplication.focusWidget() or self.canvas
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, key, held, text))

    def on_canvas(self, key: Qt.Key, held=NONE, text: str = "") -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self.canvas, QKeyEvent(kind, key, held, text))

    def carry(self, mime, at) -> QDragEnterEvent:
        """Bring a drag over the canvas, without dropping it."""
        pixel = self.pixel(at).toPoint()
        action = Qt.DropAction.CopyAction
        enter = QDragEnterEvent(pixel, action, mime, LEFT, NONE)
        QApplication.sendEvent(self.canvas.viewport(), enter)
        QApplication.sendEvent(self.canvas.viewport(), QDragMoveEvent(pixel, action, mime, LEFT, NONE))
        return enter

    def drop(self, mime, at) -> None:
        self.carry(mime, at)
        event = QDropEvent(self.pixel(at), Qt.DropAction.CopyAction, mime, LEFT, NONE)
        QApplication.sendEvent(self.canvas.viewport(), event)

    def leave(self) -> None:
        QApplication.sendEvent(self.canvas.viewport(), QDragLeaveEvent())

    def body(self, id: str) -> tuple[float, float]:
        """A point on a card that is no port."""
        x, y = self.canvas.canvas_scene.positions[id]
        return x + 70, y + 20

    def port(self, id: str, side: str) -> tuple[float, float]:
        x, y = self.canvas.canvas_scene.positions[id]
        return {
            "left": (x, y + HEIGHT / 2),
            "right": (x + WIDTH, y + HEIGHT / 2),
            "top": (x + WIDTH / 2, y),
            "bottom": (x + WIDTH / 2, y + HEIGHT),
        }[side]


@pytest.fixture
def make_canvas(qtbot: QtBot) -> Iterator:
    made: list[Canvas] = []

    def make(graph: Graph, size: tuple[int, int] = (1200, 800)) -> Canvas:
        document = Document(graph)
        canvas = Canvas(document, Live())
        qtbot.addWidget(canvas)
        canvas.resize(*size)
        canvas.show()
        canvas.fit()
        made.append(canvas)
        return canvas

    yield make
    for canvas in made:
        canvas.document.close()
        canvas.close()


@pytest.fixture
def canvas(make_canvas) -> Canvas:
    """Ann → Ben, Cat alone, a note and a frame below."""
    graph = graph_of({"ann": "template", "ben": "template", "cat": "template"}, (("ann", "ben", "flow"),))
    graph.frames["box"] = Frame(id="box", name="Box", x=0, y=160, width=300, height=200)
    graph.notes["memo"] = Note(id="memo", text="Watch *this*", x=400, y=200)
    return make_canvas(graph)


@pytest.fixture
def hand(canvas: Canvas) -> Hand:
    return Hand(canvas)


@pytest.fixture
def hand_of():
    return Hand
