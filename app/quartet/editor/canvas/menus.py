"""Context menus: what can be done with the agent, edge, frame or note under the pointer, or with the canvas there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from quartet.agents.kinds import all_kinds
from quartet.editor import icons, mnemonics
from quartet.editor.canvas import agent_menu, bends, captions, collapsing, geometry
from quartet.editor.canvas.drops import KIND
from quartet.editor.canvas.hits import Hit
from quartet.editor.canvas.overlays import EDGE_ICONS
from quartet.editor.connections import change_kind, possible_kinds
from quartet.graph.edits import Add, Edit, Set
from quartet.graph.model import AgentId, Edge, EdgeId, Frame, Note
from quartet.graph.names import fresh_id

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

FRAME_ROOM = 28.0


def show(canvas: Canvas, pixel: QPoint, globally: QPoint) -> QMenu:
    """Open the menu for what is at a pixel of the viewport. What is under the pointer becomes selected."""
    at = canvas.mapToScene(pixel)
    found = canvas.hit(at)
    id = found.agent or found.edge or found.annotation
    if id is not None and id not in canvas.document.selection:
        canvas.document.select({id})
    menu = build(canvas, found, at)
    menu.popup(globally)
    return menu


def build(canvas: Canvas, found: Hit, at: QPointF) -> QMenu:
    """The menu for what was hit at a scene point."""
    menu = QMenu(canvas)
    menu.aboutToHide.connect(menu.deleteLater)
    if found.edge is not None:
        _edge(canvas, menu, found.edge, at)
    elif found.agent is not None:
        _agent(canvas, menu)
    elif found.annotation is not None:
        _annotation(canvas, menu, found.annotation)
    else:
        _canvas(canvas, menu, at)
    if canvas.document.read_only is not None:
        for action in menu.actions():
            if action.data() != "reads":
                action.setEnabled(False)
                action.setToolTip(canvas.document.read_only)
        menu.setToolTipsVisible(True)
    mnemonics.give(menu)
    return menu


def _add(
    menu: QMenu, icon: str, text: str, does: Callable[[], object], command: str = "", *, reads: bool = False
) -> QAction:
    """Add an entry; one that is a `command` of the menu bar has its words and shows its keys, also those set anew."""
    shown = cast("Canvas", menu.parent()).keys_shown(command) if command else ""
    action = menu.addAction(icons.icon(icon), f"{text}\t{shown}" if shown else text)
    action.triggered.connect(lambda _=False: does())
    if reads:
        action.setData("reads")
    return action


def _agent(canvas: Canvas, menu: QMenu) -> None:
    chosen = canvas.document.selected_agents
    if len(chosen) == 1 and canvas.hands is not None and (offers := canvas.hands.offers(chosen[0].id)):
        for offer in offers:
            _add(menu, offer.icon, offer.text, offer.does, reads=True)
        menu.addSeparator()
    _add(menu, "settings", "Inspect", lambda: canvas.inspect_requested.emit(set(canvas.document.selection)), reads=True)
    if len(chosen) == 1:
        _add(menu, "pencil-line", "Rename", canvas.rename_selected, "edit.rename")
    menu.addSeparator()
    agent_menu.add(canvas, menu)
    menu.addSeparator()
    _clip(canvas, menu)
    menu.addSeparator()
    _add(menu, "frame", "Frame Around Selection", lambda: frame(canvas), "insert.frame")
    collapsing.add_to_menu(canvas, menu)
    _add(menu, "maximize", "Zoom to Selection", canvas.zoom_selection, "view.zoom_selection", reads=True)
    menu.addSeparator()
    _add(menu, "trash-2", "Delete", canvas.delete, "edit.delete")


def _clip(canvas: Canvas, menu: QMenu) -> None:
    _add(menu, "scissors", "Cut", canvas.cut, "edit.cut")
    _add(menu, "copy", "Copy", canvas.copy, "edit.copy", reads=True)
    _add(menu, "plus", "Duplicate", canvas.duplicate, "edit.duplicate")


def _edge(canvas: Canvas, menu: QMenu, id: EdgeId, at: QPointF) -> None:
    graph = canvas.document.graph
    edge = graph.edges[id]
    for kind in sorted(possible_kinds(graph, edge), key=list(EDGE_ICONS).index):
        action = _add(
            menu, EDGE_ICONS[kind], captions.EDGE_KINDS[kind],
            lambda kind=kind: canvas.do(  # type: ignore[misc]  # bound now
                captions.MADE[kind], change_kind(graph, graph.edges[id], kind)
            ),
        )  # fmt: skip
        action.setCheckable(True)
        action.setChecked(kind == edge.kind)
    menu.addSeparator()
    if edge.inferred:
        _add(menu, "check", "Accept What Was Inferred", lambda: _set(canvas, id, "Accept the edge", inferred=None))
    if edge.kind == "flow":
        _add(menu, "braces", "Condition…", lambda: canvas.inline.edit_edge(id))
        _fallback(canvas, menu, edge)
        _add(
            menu, "repeat", "Not a Loop" if edge.loop else "Make It a Loop",
            lambda: _set(canvas, id, "Mark the loop", loop=None if edge.loop else True),
        )  # fmt: skip
    _add(menu, "arrow-left-right", "Turn Round", lambda: turn(canvas, id))
    menu.addSeparator()
    _add(menu, "waypoints", "Lead It Through a Point", lambda: bends.add(canvas, id, at), "edge.add_point")
    if edge.points:
        _add(menu, "minus", "Straighten", lambda: bends.straighten(canvas))
    menu.addSeparator()
    _add(menu, "trash-2", "Delete", canvas.delete, "edit.delete")


def _fallback(canvas: Canvas, menu: QMenu, edge: Edge) -> None:
    texts = {None: "Always", "failure": "On Failure", "timeout": "On Time-out"}
    inner = menu.addMenu(icons.icon("shield"), "Taken")
    for value, text in texts.items():
        action = inner.addAction(text)
        action.setCheckable(True)
        action.setChecked(edge.on == value)
        action.triggered.connect(
            lambda _=False, value=value: _set(canvas, edge.id, "Change when it is taken", on=value)
        )


def _set(canvas: Canvas, id: EdgeId, label: str, **values: object) -> None:
    canvas.do(label, [Set(section="edges", id=id, values=values)])


def turn(canvas: Canvas, id: EdgeId) -> None:
    """Let an edge lead the other way, if that makes sense."""
    from quartet.editor.connections import reconnect, refusal

    graph = canvas.document.graph
    edge = graph.edges[id]
    reason = refusal(graph, edge.target, edge.source, edge.kind, id)
    if reason is not None:
        canvas.say(reason)
        return
    canvas.do("Turn the edge round", reconnect(graph, edge, edge.target, edge.source))


def _annotation(canvas: Canvas, menu: QMenu, id: str) -> None:
    text = "Rename" if id in canvas.document.graph.frames else "Edit"
    _add(menu, "pencil-line", text, lambda: canvas.inline.edit_annotation(id), "edit.rename")
    menu.addSeparator()
    _clip(canvas, menu)
    menu.addSeparator()
    _add(menu, "trash-2", "Delete", canvas.delete, "edit.delete")


def _canvas(canvas: Canvas, menu: QMenu, at: QPointF) -> None:
    from PySide6.QtCore import QMimeData

    inner = menu.addMenu(icons.icon("plus"), "Add an Agent")
    for kind in all_kinds():
        if not kind.palette:
            continue
        mime = QMimeData()
        mime.setData(KIND, kind.name.encode())
        _add(inner, kind.icon, kind.title, lambda mime=mime: canvas.insert(mime, at))  # type: ignore[misc]
    _add(menu, "sticky-note", "Add a Note", lambda: note(canvas, at), "insert.note")
    _add(menu, "frame", "Add a Frame", lambda: frame(canvas, at))
    menu.addSeparator()
    _add(menu, "clipboard-paste", "Paste", lambda: canvas.paste(at), "edit.paste")
    _add(menu, "shapes", "Select All", canvas.select_all, "edit.select_all", reads=True)
    menu.addSeparator()
    _add(menu, "maximize", "Zoom to Fit", canvas.fit, "view.fit", reads=True)
    _add(menu, "scan", "Actual Size", lambda: canvas.zoom_to(1.0), "view.zoom_100", reads=True)


def note(canvas: Canvas, at: QPointF | None = None) -> None:
    """Add a note at a scene point (None: the middle of the view) and let its text be typed."""
    at = canvas.center_scene_pos() if at is None else at
    x, y = geometry.snapped((at.x(), at.y()))
    item = Note(id=fresh_id(canvas.document.graph, "note"), text="", x=x, y=y)
    if canvas.do("Add a note", [Add(section="notes", item=item)]):
        canvas.document.select({item.id})
        canvas.inline.edit_annotation(item.id)


def frame(canvas: Canvas, at: QPointF | None = None) -> None:
    """Add a frame at a scene point, or around the selected agents, and let its name be typed."""
    scene = canvas.canvas_scene
    agents = [AgentId(id) for id in canvas.document.selection if id in scene.cards]
    if at is None and agents:
        box = geometry.union([geometry.card(scene.positions[id], FRAME_ROOM) for id in agents])
        assert box is not None
        left, top, right, bottom = box[0], box[1] - 16, box[2], box[3]
    else:
        at = canvas.center_scene_pos() if at is None else at
        left, top = geometry.snapped((at.x(), at.y()))
        right, bottom = left + 320, top + 200
    id = fresh_id(canvas.document.graph, "frame")
    edits: list[Edit] = [
        Add(section="frames", item=Frame(id=id, name="Frame", x=left, y=top, width=right - left, height=bottom - top))
    ]
    if canvas.do("Add a frame", edits):
        canvas.document.select({id})
        canvas.inline.edit_annotation(id)
