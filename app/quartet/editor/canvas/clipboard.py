"""Cut, copy, paste, duplicate, delete. What is copied is the text of a file: it can be pasted anywhere and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QByteArray, QMetaType, QMimeData, QPointF
from PySide6.QtGui import QGuiApplication

from quartet.editor import theme
from quartet.editor.canvas import geometry, placing
from quartet.editor.canvas.carried import JSON_TYPE, graph_of, left_out
from quartet.editor.value_words import plural
from quartet.graph import files, links
from quartet.graph.carrying import paste_whole, with_sub_graphs
from quartet.graph.edits import Edit, Remove, removal
from quartet.graph.files import FileProblem
from quartet.graph.model import AgentId, EdgeId, Graph
from quartet.graph.names import fragment

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

TEXT_TYPE = "text/plain"
FOLDER_TYPE = "application/x-quartet-folder"
"""The folder that the links of what was copied are relative to; only where it has any."""
PICTURES: dict[str, Literal["png", "svg"]] = {"image/png": "png", "image/svg+xml": "svg"}


class Copied(QMimeData):
    """A piece of a graph: the text of a file for whoever takes text, a picture for whoever takes pictures.

    The picture is drawn when somebody asks for it, and carries the piece inside.
    """

    def __init__(self, piece: Graph, folder: Path | None = None) -> None:
        """`folder`: what the links of the piece are relative to."""
        super().__init__()
        self._piece, self._folder = piece, folder if links.linked(piece) else None
        self._text = files.dumps(piece)
        self._drawn: dict[str, bytes] = {}

    def formats(self) -> list[str]:
        return [TEXT_TYPE, JSON_TYPE, *PICTURES, *([FOLDER_TYPE] if self._folder is not None else [])]

    def hasFormat(self, type: str) -> bool:
        return type in self.formats()

    def retrieveData(self, type: str, wanted: QMetaType | QMetaType.Type) -> Any:
        if type == TEXT_TYPE:
            return self._text
        if type == JSON_TYPE:
            return QByteArray(self._text.encode())
        if type == FOLDER_TYPE:
            return QByteArray(str(self._folder).encode())
        form = PICTURES.get(type)
        return None if form is None else QByteArray(self._picture(form))

    def _picture(self, form: Literal["png", "svg"]) -> bytes:
        found = self._drawn.get(form)
        if found is None:
            from quartet.editor import export  # not needed at start-up

            try:
                found = export.drawn(self._piece, form, dark=theme.current().dark).data
            except OSError:
                found = b""  # whoever asked for a picture gets none; the text is there
            self._drawn[form] = found
        return found


def leave() -> None:
    """The program ends: what was copied stays on the clipboard as text, in an object of Qt's own.

    Qt lets go of the clipboard when Python has gone already, and an object made here would take the program down.
    """
    clipboard = QGuiApplication.clipboard()
    if isinstance(clipboard.mimeData(), Copied):
        clipboard.setText(clipboard.text())


def selected_fragment(canvas: Canvas) -> Graph:
    """What is selected, as a graph of its own."""
    document = canvas.document
    found = with_sub_graphs(fragment(document.graph, document.selection), document.whole)
    found.positions = {id: canvas.canvas_scene.positions[id] for id in found.agents}
    return found


def copy(canvas: Canvas) -> None:
    """Put what is selected on the clipboard, as text and as a picture."""
    piece = selected_fragment(canvas)
    if not (piece.agents or piece.frames or piece.notes):
        return
    path = canvas.document.path
    QGuiApplication.clipboard().setMimeData(Copied(piece, None if path is None else path.parent))


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
    pasted = paste_whole(canvas.document.graph, piece, (dx, dy), canvas.document.whole)
    if not pasted.edits or not canvas.do(label, [*pasted.edits, *also]):
        return False
    canvas.document.select(pasted.ids)
    return True


def paste(canvas: Canvas, at: QPointF | None = None) -> None:
    """Insert a graph that the clipboard holds, ours or node-link. Anything else is explained."""
    if at is None:
        at = canvas.pointer_scene_pos() or canvas.center_scene_pos()
    try:
        mime = QGuiApplication.clipboard().mimeData()
        opened = graph_of(mime)
        piece, path, said = opened.graph, canvas.document.path, left_out(opened)
        if mime.hasFormat(FOLDER_TYPE):
            folder = Path(bytes(mime.data(FOLDER_TYPE).data()).decode())
            if path is not None:
                piece = links.relinked(piece, folder, path.parent)
            else:
                piece, said = _unlinked(piece, folder)
    except FileProblem as problem:
        canvas.say(str(problem))
        return
    count = len(piece.agents)
    if not (count or piece.frames or piece.notes):
        canvas.say("The clipboard holds a graph without agents.")
        return
    if insert(canvas, piece, at, f"Paste {plural(count, 'agent')}" if count else "Paste"):
        canvas.bring_in(canvas.document.selection)
        if said:
            canvas.say(said)


def _unlinked(piece: Graph, folder: Path) -> tuple[Graph, str]:
    """What a graph without a file gets instead of links, which are relative to its file: what they lead to; with what
    is to be said of that.
    """
    names = links.linked(piece)
    piece = links.self_contained(piece, folder)
    left = links.linked(piece)
    if left:
        return piece, f"“{next(iter(left.values()))}” cannot be read. Save this graph, and link it anew."
    files_ = ", ".join(f"“{name}”" for name in dict.fromkeys(names.values()))
    return piece, f"The content of {files_} is in this graph now: it has no file yet that a link could start from."


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
