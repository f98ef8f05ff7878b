"""Adding by menu and by key what could be dragged: agents and fragments in the middle of the view, notes, frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData

from quartet.editor.canvas import geometry, placing
from quartet.editor.pieces import FRAGMENT_MIME, KIND_MIME
from quartet.graph.edits import Add, EditError
from quartet.graph.model import Frame, Note
from quartet.graph.names import fresh_id

if TYPE_CHECKING:
    from quartet.editor.window import Window

FRAME_MARGIN = 28.0
"""Between a frame and the agents it goes around; above them there is room for its title."""


def add_kind(window: Window, name: str) -> None:
    """Add an agent of this kind."""
    _insert(window, KIND_MIME, name.encode())


def add_fragment(window: Window, text: bytes) -> None:
    """Add a piece of graph, given as a graph file's text."""
    _insert(window, FRAGMENT_MIME, text)


def add_fragment_file(window: Window, path: Path) -> None:
    """Add a ready-made piece of graph."""
    try:
        add_fragment(window, path.read_bytes())
    except OSError as error:
        window.say(f"The fragment could not be read: {error}")


def _insert(window: Window, type: str, data: bytes) -> None:
    session = window.session
    if session is None:
        return
    mime = QMimeData()
    mime.setData(type, data)
    session.canvas.insert(mime)
    session.canvas.setFocus()


def add_note(window: Window) -> None:
    """Add a note in the middle of the view, or beside what stands there."""
    session = window.session
    if session is None:
        return
    graph, canvas = session.document.graph, session.canvas
    note = Note(id=fresh_id(graph, "note"), text="", x=0.0, y=0.0)
    at = placing.free_place(canvas.canvas_scene, (note.width, note.height), canvas.center_scene_pos())
    x, y = geometry.snapped((at.x() - note.width / 2, at.y() - note.height / 2))
    note = note.model_copy(update={"x": x, "y": y})
    if _add(window, "Add a note", Add(section="notes", item=note)):
        session.document.select([note.id])
        session.canvas.setFocus()
        canvas.bring_in([note.id])
        canvas.rename_selected()


def add_frame(window: Window) -> None:
    """Put a frame around the selected agents."""
    session = window.session
    if session is None:
        return
    graph = session.document.graph
    points = [graph.positions[agent.id] for agent in session.document.selected_agents if agent.id in graph.positions]
    box = geometry.union([geometry.card(point) for point in points])
    if box is None:
        return
    left, top, right, bottom = box
    frame = Frame(
        id=fresh_id(graph, "frame"),
        name="Frame",
        x=left - FRAME_MARGIN,
        y=top - FRAME_MARGIN * 1.5,
        width=right - left + 2 * FRAME_MARGIN,
        height=bottom - top + 2.5 * FRAME_MARGIN,
    )
    if _add(window, "Add a frame", Add(section="frames", item=frame)):
        session.document.select([frame.id])
        session.canvas.setFocus()
        session.canvas.rename_selected()


def _add(window: Window, label: str, add: Add) -> bool:
    assert window.session is not None, "the command was refused without one"
    try:
        window.session.document.do(label, [add])
    except EditError as error:
        window.say(str(error))
        return False
    return True
