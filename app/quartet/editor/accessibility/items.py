"""One thing on the canvas for assistive technology: no widget and no item of the scene, but an id with a kind.

Agents are plain items of the scene and all edges live in one layer, so there is no object that Qt could ask. What a
reader asks for is made when it asks, looks everything up in the document, and goes with what it stands for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QAccessibleInterface, QColor, QWindow
from shiboken6 import VoidPtr

from quartet.editor.accessibility import words
from quartet.editor.accessibility.leaf import Leaf
from quartet.editor.canvas import geometry, keys, menus, small
from quartet.editor.canvas.tips import name as called
from quartet.graph.edits import Set
from quartet.graph.model import AgentId, EdgeId

if TYPE_CHECKING:
    from collections.abc import Callable

    from quartet.editor.accessibility.reader import Reader

NOTHING = VoidPtr(0)
"""What a cast answers that leads nowhere: None would be taken for an address."""
Kind = Literal["agent", "edge", "broken", "frame", "note", "region"]
Text = QAccessible.Text
Role = QAccessible.Role
ALL = QAccessible.RelationFlag.AllRelations
BUSY = frozenset({"running", "backoff", "queued"})
BROKEN_STATES = frozenset({"failed", "timed_out"})
ROLES: dict[Kind, QAccessible.Role] = {
    "agent": Role.ListItem,
    "edge": Role.ListItem,
    "broken": Role.ListItem,
    "frame": Role.Grouping,
    "note": Role.Note,
    "region": Role.Grouping,
}


class Key(NamedTuple):
    """What an interface stands for."""

    kind: Kind
    id: str
    """The id in the graph; of a part of the pattern tree its number."""


class Item(Leaf):
    """What a reader is told of one thing on the canvas."""

    def __init__(self, reader: Reader, key: Key) -> None:
        super().__init__()
        self.reader = reader
        self.key = key
        self._actions: Actions | None = None

    # where it stands in the tree

    def isValid(self) -> bool:
        return self.reader.holds(self.key)

    def window(self) -> QWindow | None:  # type: ignore[override]  # a canvas that is nowhere shown has none
        return self.reader.canvas.window().windowHandle()

    def parent(self) -> QAccessibleInterface:
        return self.reader.interface

    # what it is

    def role(self) -> QAccessible.Role:
        return ROLES[self.key.kind]

    def text(self, which: QAccessible.Text) -> str:
        if not self.isValid():
            return ""
        if which == Text.Name:
            return self._name()
        if which == Text.Description:
            return self._description()
        if which == Text.Value and self.key.kind == "agent":
            return words.run_state(self.reader.scene, AgentId(self.key.id))
        if which == Text.Identifier:
            return f"{self.key.kind} {self.key.id}"
        return ""

    def _name(self) -> str:
        kind, id = self.key
        scene, graph = self.reader.scene, self.reader.scene.document.graph
        match kind:
            case "agent":
                return called(graph, AgentId(id))
            case "edge":
                return words.edge_name(graph, graph.edges[EdgeId(id)])
            case "broken":
                return words.broken_name(id)
            case "frame":
                return graph.frames[id].name or "Frame without a name"
            case "note":
                return graph.notes[id].text or "Empty note"
            case "region":
                return scene.regions.parts[int(id)].title

    def _description(self) -> str:
        kind, id = self.key
        scene = self.reader.scene
        match kind:
            case "agent":
                return words.agent(scene, AgentId(id), self.reader.part_of(AgentId(id)))
            case "edge" | "broken":
                return words.edge(scene, id)
            case "frame":
                return words.frame(scene, id)
            case "note":
                return "Note"
            case "region":
                return words.region(scene, int(id))

    def setText(self, which: QAccessible.Text, text: str) -> None:
        """Rename an agent or a frame, or write a note, as one step of Undo."""
        section, field = {"agent": ("agents", "name"), "frame": ("frames", "name"), "note": ("notes", "text")}.get(
            self.key.kind, ("", "")
        )
        if which == Text.Name and section and self.isValid() and (text.strip() or field == "text"):
            edit = Set(section=section, id=self.key.id, values={field: text})
            self.reader.canvas.do(f"Rename to {text}" if field == "name" else "Edit the note", [edit])

    def state(self) -> QAccessible.State:
        found = QAccessible.State()
        if not self.isValid():
            found.invalid = 1
            return found
        kind, id = self.key
        scene, canvas = self.reader.scene, self.reader.canvas
        document = scene.document
        if kind != "region":
            found.selectable = found.focusable = found.multiSelectable = 1
            found.selected = int(id in document.selection)
            found.focused = int(canvas.hasFocus() and self.reader.current() == self.key)
        found.readOnly = int(document.read_only is not None)
        if kind == "agent":
            agent = document.graph.agents[AgentId(id)]
            status = scene.status_of(AgentId(id))
            found.movable = int(not agent.locked and document.read_only is None)
            found.readOnly = int(agent.locked or document.read_only is not None)
            found.disabled = int(agent.disabled is not None)
            found.collapsed = int(agent.collapsed)
            found.busy = int(status in BUSY)
            found.invalid = int(scene.marks.get(AgentId(id)) == "error" or status in BROKEN_STATES)
        elif kind == "broken":
            found.invalid = 1
        elif kind in ("frame", "note"):
            found.movable = found.sizeable = int(document.read_only is None)
        box = self.rect()
        found.offscreen = int(not canvas.viewport().rect().intersects(box.translated(-self.reader.origin())))
        found.invisible = int(not canvas.isVisible())
        return found

    def rect(self) -> QRect:
        """Where it is on the screen, in pixels of the screen's own coordinates."""
        if not self.isValid():
            return QRect()
        kind, id = self.key
        scene = self.reader.scene
        match kind:
            case "agent":
                at, agent = scene.positions[AgentId(id)], scene.document.graph.agents[AgentId(id)]
                left, top, right, bottom = small.box(at) if agent.collapsed else geometry.card(at)
                box = QRectF(left, top, right - left, bottom - top)
            case "edge" | "broken":
                x0, y0, x1, y1 = geometry.curve_box(scene.wires.wires[id].curve)
                box = QRectF(x0 - 4, y0 - 4, x1 - x0 + 8, y1 - y0 + 8)
            case "frame" | "note":
                box = scene.annotations[id].scene_rect()
            case "region":
                box = scene.regions.boxes[int(id)]
        view = self.reader.canvas
        return view.mapFromScene(box).boundingRect().translated(self.reader.origin())

    def backgroundColor(self) -> QColor:
        return self.reader.scene.pens.theme.node

    def foregroundColor(self) -> QColor:
        return self.reader.scene.pens.theme.ink

    def relations(
        self, match: QAccessible.RelationFlag = ALL
    ) -> list[tuple[QAccessibleInterface, QAccessible.RelationFlag]]:
        """Between agents: whence work flows to one, and whither."""
        if self.key.kind != "agent" or not self.isValid():
            return []
        flags = QAccessible.RelationFlag
        scene = self.reader.scene
        found = []
        for id in sorted(scene.wires.incident.get(AgentId(self.key.id), ())):
            edge = scene.document.graph.edges.get(EdgeId(id))
            if edge is None or edge.kind == "supervise" or edge.source == edge.target:
                continue
            flag, other = (flags.FlowsTo, edge.target) if edge.source == self.key.id else (flags.FlowsFrom, edge.source)
            if match & flag:
                found.append((self.reader.item(Key("agent", other)), flag))
        return found  # type: ignore[return-value]  # an item is an interface

    def interface_cast(self, wanted: QAccessible.InterfaceType) -> Any:
        if wanted != QAccessible.InterfaceType.ActionInterface or self.key.kind == "region":
            return NOTHING
        if self._actions is None:
            self._actions = Actions(self)
        return self._actions


class Actions(QAccessibleActionInterface):
    """What can be done with one thing: open, select, and with an agent rename and connect."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self._item = item

    def _all(self) -> dict[str, tuple[str, Callable[[], object]]]:
        item = self._item
        canvas = item.reader.canvas
        found: dict[str, tuple[str, Callable[[], object]]] = {
            self.pressAction(): ("Opens it for editing", lambda: keys.enter(canvas)),
            self.setFocusAction(): ("Selects it and goes there", canvas.setFocus),
            self.toggleAction(): ("Adds it to what is selected, or takes it away", self._toggle),
            self.showMenuAction(): ("Shows what can be done with it", self._menu),
        }
        if item.key.kind == "broken":
            return {self.setFocusAction(): found[self.setFocusAction()]}
        if item.key.kind == "agent":
            found["Connect"] = (
                "Draws an edge from it: choose what it leads to",
                lambda: canvas.adding.connect(onward=True),
            )
        if item.key.kind in ("agent", "frame"):
            found["Rename"] = ("Edits its name", canvas.rename_selected)
        return found

    def actionNames(self) -> list[str]:
        return list(self._all()) if self._item.isValid() else []

    def localizedActionName(self, name: str) -> str:
        return {
            self.pressAction(): "Open",
            self.setFocusAction(): "Select",
            self.toggleAction(): "Select too",
            self.showMenuAction(): "Menu",
        }.get(name, name)

    def localizedActionDescription(self, name: str) -> str:
        return self._all()[name][0] if name in self._all() else ""

    def keyBindingsForAction(self, name: str) -> list[str]:
        return {self.pressAction(): ["Return"], "Connect": ["C"], "Rename": ["F2"]}.get(name, [])

    def doAction(self, name: str) -> None:
        item = self._item
        if not item.isValid() or name not in self._all():
            return
        if name != self.toggleAction():
            item.reader.go(item.key)
        self._all()[name][1]()

    def _toggle(self) -> None:
        document = self._item.reader.scene.document
        document.select(document.selection ^ {self._item.key.id})

    def _menu(self) -> None:
        canvas, box = self._item.reader.canvas, self._item.rect()
        at = box.center() - self._item.reader.origin()
        if canvas.viewport().rect().contains(at):
            menus.show(canvas, at, box.center())


def at_point(reader: Reader, x: int, y: int) -> Item | None:
    """What is at a point of the screen."""
    from quartet.editor.canvas.hits import hit

    canvas = reader.canvas
    local = canvas.viewport().mapFromGlobal(QPointF(x, y))
    if not canvas.viewport().rect().contains(local.toPoint()):
        return None
    found = hit(reader.scene, canvas.mapToScene(local.toPoint()))
    graph = reader.scene.document.graph
    if found.agent is not None:
        return reader.item(Key("agent", found.agent))
    if found.edge is not None:
        return reader.item(Key("edge", found.edge))
    if found.broken is not None:
        return reader.item(Key("broken", found.broken))
    annotation = found.annotation or found.resize
    if annotation is not None:
        return reader.item(Key("frame" if annotation in graph.frames else "note", annotation))
    return None
