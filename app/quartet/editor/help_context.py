"""What F1 is about: what is under the pointer if the mouse was moved last, else what has the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from quartet.editor import help_viewer
from quartet.editor.canvas.hits import Hit
from quartet.editor.canvas.view import Canvas
from quartet.editor.docks import Dock
from quartet.editor.panels.inspector_form import Row, Section
from quartet.editor.panels.outline_model import ID_ROLE, OutlineModel
from quartet.editor.pieces import KIND_MIME
from quartet.rules import Finding

if TYPE_CHECKING:
    from quartet.editor.document import Document
    from quartet.editor.help_viewer import HelpViewer
    from quartet.editor.window import Window

DEFAULT = "page.canvas"
FIELDS = frozenset({
    "limits", "retry", "join", "oversight", "handover", "board", "budget", "estimate", "route", "rehearsal", "state",
    "when", "input", "config", "name",
})  # fmt: skip
ALSO = {
    "description": "name", "on_branch_failure": "join", "max_concurrency": "join", "reads": "state", "writes": "state",
    "restart": "oversight", "on": "when", "chance": "estimate", "repeatable": "retry", "ignore_failures": "join",
}  # fmt: skip
"""Fields that are explained with others."""


def show(window: Window) -> HelpViewer:
    """Open the help at what F1 is about."""
    return help_viewer.show(window, topic(window))


def topic(window: Window, at: QPoint | None = None) -> str:
    """The name of the topic.

    Args:
        at: a global point to look at; None: the pointer, if it has moved since the keyboard was used, else the focus.
    """
    point = QCursor.pos() if at is None else at
    widget = QApplication.widgetAt(point) if at is not None or point != window.actions_.keyboard_at else None
    if widget is not None and widget.window() is window:
        found = _of(window, widget, point)
        if found is not None:
            return found
    focus = QApplication.focusWidget()
    if focus is not None and focus.window() is window:
        found = _of(window, focus, None)
        if found is not None:
            return found
    return DEFAULT


def _of(window: Window, widget: QWidget, point: QPoint | None) -> str | None:
    """The topic of a widget, or of the nearest around it that has one.

    `point`: where it is pointed at; None: it has the keyboard.
    """
    here: QWidget | None = widget
    while here is not None:
        found = _of_one(window, here, point)
        if found is not None:
            return found
        here = here.parentWidget()
    return None


def _of_one(window: Window, widget: QWidget, point: QPoint | None) -> str | None:
    stated = widget.property("help")
    if isinstance(stated, str):
        return stated
    if isinstance(widget, Canvas):
        return _of_canvas(widget, point)
    if isinstance(widget, Row):
        return _of_field(widget)
    if isinstance(widget, Section):
        return next((found for row in widget.findChildren(Row) if (found := _of_field(row))), None)
    if isinstance(widget, QAbstractItemView):
        index = widget.currentIndex() if point is None else widget.indexAt(widget.viewport().mapFromGlobal(point))
        return _of_row(window, index)
    if isinstance(widget, Dock):
        return f"panel.{widget.name}"
    if widget is window.top or widget is window.menuBar():
        return "panel.toolbar"
    if widget is window.status:
        return "panel.verdict"
    if window.session is not None and widget is window.session.run_bar:
        return "panel.run_bar"
    if widget is window.welcome:
        return "page.canvas"
    return None


def _of_canvas(canvas: Canvas, point: QPoint | None) -> str:
    document = canvas.document
    if point is not None:
        pixel = canvas.viewport().mapFromGlobal(point)
        if canvas.minimap.isVisible() and canvas.minimap.geometry().contains(pixel):
            return "canvas.minimap"
        return _of_hit(document, canvas.hit(canvas.mapToScene(pixel))) or _of_place(canvas, pixel)
    if document.selected_agents:
        return f"agent.{document.selected_agents[0].kind}"
    if document.selected_edges:
        return _of_hit(document, Hit(edge=document.selected_edges[0].id)) or DEFAULT
    if document.selected_frames or document.selected_notes:
        return "canvas.frame" if document.selected_frames else "canvas.note"
    return "canvas.keyboard"


def _of_hit(document: Document, found: Hit) -> str | None:
    graph = document.graph
    if found.agent is not None and found.agent in graph.agents:
        return f"agent.{graph.agents[found.agent].kind}"
    if found.edge is not None and found.edge in graph.edges:
        edge = graph.edges[found.edge]
        return "edge.loop" if edge.loop else f"edge.{edge.kind}"
    if found.annotation is not None:
        return "canvas.frame" if found.annotation in graph.frames else "canvas.note"
    return None


def _of_place(canvas: Canvas, pixel: QPoint) -> str:
    """Empty canvas: the innermost part of the pattern whose region holds the point, else drawing in general."""
    at = canvas.mapToScene(pixel)
    scene, tree = canvas.canvas_scene, None if canvas.document.verdict is None else canvas.document.verdict.tree
    found = "canvas.drawing"
    for part in () if tree is None else tree.walk():
        if part.pattern == "agent":
            continue
        places = [scene.positions[id] for id in part.agents if id in scene.positions]
        if places and (
            min(x for x, _ in places) - 24 <= at.x() <= max(x for x, _ in places) + 208
            and min(y for _, y in places) - 24 <= at.y() <= max(y for _, y in places) + 86
        ):
            found = f"page.{part.pattern}"
    return found


def _of_field(row: Row) -> str | None:
    """By the part of the binding's key that is a field's name."""
    for part in reversed(row.binding.key.replace(".", "/").split("/")):
        name = ALSO.get(part, part)
        if name in FIELDS:
            return f"field.{name}"
    return "field.config"


def _of_row(window: Window, index: QModelIndex) -> str | None:
    """A finding's page; of an agent or an edge in a list, that of its kind."""
    if not index.isValid() or window.session is None:
        return None
    document = window.session.document
    mime = index.model().mimeData([index])
    if mime is not None and mime.hasFormat(KIND_MIME):
        return f"agent.{bytes(mime.data(KIND_MIME).data()).decode()}"
    found = index.data(ID_ROLE)
    if isinstance(found, Finding):
        return f"rule.{found.code}"
    if isinstance(index.model(), OutlineModel):
        if not found:
            node = index.model().node_of(index)  # type: ignore[attr-defined]  # checked above
            return None if node is None or node.pattern is None else f"page.{node.pattern}"
        return _of_hit(document, Hit(agent=found) if found in document.graph.agents else Hit(edge=found))
    return None
