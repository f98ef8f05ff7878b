"""Cut, copy, paste, duplicate, delete. What is copied is the text of a file: it can be pasted anywhere and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPointF
from PySide6.QtGui import QGuiApplication

from quartet.editor.canvas import geometry, placing
from quartet.editor.canvas.tools.move import plural
from quartet.graph import files
from quartet.graph.edits import Edit, Remove, removal
from quartet.graph.files import FileProblem
from quartet.graph.model import AgentId, EdgeId, Graph

from quartet.graph.names import fragment, paste as paste_edits  # isort: skip

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

JSON_TYPE = "application/json"


def selected_fragment(canvas: Canvas) -> Graph:
    """What is selected, as a graph of its own."""
    document = canvas.document
    found = fragment(document.graph, document.selection)
    found.positions = {id: canvas.canvas_scene.positions[id] for id in found.agents}
    return found


def copy(canvas: Canvas) -> None:
    """Put what is selected on the clipboard, as text."""
    piece = selected_fragment(canvas)
    if not (piece.agents or piece.frames or piece.notes):
        return
    text = files.dumps(piece)
    data = QMimeData()
    data.setText(text)
    data.setData(JSON_TYPE, text.encode())
    QGuiApplication.clipboard().setMimeData(data)


def cut(canvas: Canvas) -> None:
    """Copy what is selected and take it away."""
    copy(canvas)
    delete(canvas, "Cut")


def delete(canvas: Canvas, verb: str = "Delete") -> None:
    """Take away what is selected, and every edge that leads to or from it."""
    graph, chosen = canvas.document.graph, canvas.document.selection
    agents = [AgentId(id) for id in chosen if id in graph.agents]
    edges = [EdgeId(id) for id in chosen if id in graph.edges]
    frames = [id for id in graph.frames if id in chosen]
    notes = [id for id in graph.notes if id in chosen]
    edits: list[Edit] = removal(graph, agents, edges) if agents or edges else []
    edits += [Remove(section="frames", id=id) for id in frames]
    edits += [Remove(section="notes", id=id) for id in notes]
    if not edits:
        return
    if agents:
        name = graph.agents[agents[0]].name or agents[0]
        what = name if len(agents) == 1 else plural(len(agents), "agent")
    elif edges:
        what = "an edge" if len(edges) == 1 else plural(len(edges), "edge")
    else:
        what = "a frame" if frames and not notes else "a note" if len(notes) == 1 and not frames else "notes and frames"
    canvas.do(f"{verb} {what}", edits)


def centre(piece: Graph) -> QPointF | None:
    """The middle of a fragment; None if nothing of it has a place."""
    boxes = [geometry.card(at) for at in piece.positions.values()]
    boxes += [(frame.x, frame.y, frame.x + frame.width, frame.y + frame.height) for frame in piece.frames.values()]
    boxes += [(note.x, note.y, note.x + note.width, note.y + note.height) for note in piece.notes.values()]
    box = geometry.union(boxes)
    return None if box is None else QPointF((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def laid_out(piece: Graph) -> Graph:
    """The fragment with a place for each of its agents."""
    if piece.agents.keys() - piece.positions.keys():
        from quartet.patterns.layout import layout

        piece.positions = {**layout(piece), **piece.positions} if piece.positions else dict(layout(piece))
    return piece


def size(piece: Graph) -> tuple[float, float]:
    """How wide and how high the cards of a fragment are together."""
    box = geometry.union([geometry.card(at) for at in piece.positions.values()])
    return (0.0, 0.0) if box is None else (box[2] - box[0], box[3] - box[1])


def insert(canvas: Canvas, piece: Graph, at: QPointF, label: str, also: Sequence[Edit] = ()) -> bool:
    """Insert a fragment with its middle at a scene point, a little aside if it would hide something; select it.

    `also` is done in the same step.
    """
    piece = laid_out(piece)
    middle = centre(piece)
    offset = QPointF() if middle is None else at - middle
    dx, dy = geometry.snapped((offset.x(), offset.y()))
    aside = placing.stepped_aside(canvas.canvas_scene, [(x + dx, y + dy) for x, y in piece.positions.values()])
    dx, dy = dx + aside[0], dy + aside[1]
    pasted = paste_edits(canvas.document.graph, piece, (dx, dy))
    if not pasted.edits or not canvas.do(label, [*pasted.edits, *also]):
        return False
    canvas.document.select(pasted.ids)
    return True


def paste(canvas: Canvas, at: QPointF | None = None) -> None:
    """Insert a graph that the clipboard holds as text: ours or node-link. Anything else is explained."""
    text = QGuiApplication.clipboard().text()
    if not text.strip():
        canvas.say("The clipboard holds no text to paste.")
        return
    if at is None:
        at = canvas.pointer_scene_pos() or canvas.center_scene_pos()
    try:
        opened = files.loads(text, "the clipboard")
    except FileProblem as problem:
        canvas.say(str(problem))
        return
    piece = opened.graph
    if opened.format != "quartet":
        from quartet.patterns.importing import as_read  # not needed at start-up

        piece = as_read(piece)
    count = len(piece.agents)
    if not (count or piece.frames or piece.notes):
        canvas.say("The clipboard holds a graph without agents.")
        return
    insert(canvas, piece, at, f"Paste {plural(count, 'agent')}" if count else "Paste")


def duplicate(canvas: Canvas) -> None:
    """A second copy of what is selected, a little aside."""
    piece = selected_fragment(canvas)
    middle = centre(piece)
    if middle is None:
        return
    count = len(piece.agents)
    insert(
        canvas,
        piece,
        middle + QPointF(placing.STEP, placing.STEP),
        f"Duplicate {plural(count, 'agent')}" if count else "Duplicate",
    )
