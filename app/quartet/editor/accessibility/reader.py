"""What one canvas tells assistive technology: which things there are, which one is current, and what has changed.

It exists only once somebody has asked. It holds an interface for each thing that was asked for, by its id, and lets
it go with the thing; a drawing of ten thousand agents that nobody has read aloud holds none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QAccessibleStateChangeEvent

from quartet.editor.accessibility.items import Item, Key
from quartet.editor.accessibility.keeping import let_go, let_go_with, register
from quartet.editor.accessibility.news import News
from quartet.editor.panels.timeline_order import rows
from quartet.graph.model import AgentId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quartet.editor.canvas.view import Canvas
    from quartet.editor.document import Changed

MANY = 20
"""Up to so many changes at once are told one by one; of more it is told that something changed."""
REST = 250
"""Milliseconds between two reports of states that a run changed."""
Event = QAccessible.Event


class Reader(QObject):
    """Lives with its canvas."""

    def __init__(self, canvas: Canvas, interface: QAccessibleInterface) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.scene = canvas.canvas_scene
        self.interface = interface
        self._items: dict[Key, Item] = {}
        self._numbers: dict[Key, int] = {}
        """What Qt knows an interface by."""
        let_go_with(canvas, self._items, self._numbers)
        self._keys: list[Key] | None = None
        self._places: dict[Key, int] = {}
        self._parts: dict[AgentId, int] | None = None
        self._selection = canvas.document.selection
        self._ran_since: dict[Key, None] = {}
        """Agents whose state in the run is another than was told."""
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self.catch_up)
        self.news = News(canvas, self)
        document = canvas.document
        document.changed.connect(self._changed)
        document.selection_changed.connect(self._selected)
        document.verdict_changed.connect(self._judged)
        canvas.live.changed.connect(self._ran)

    # what there is

    @property
    def keys(self) -> list[Key]:
        """Everything on the canvas in the order in which it is read: agents, edges, frames, notes, parts."""
        if self._keys is None:
            graph = self.canvas.document.graph
            found = [Key("agent", id) for id in rows(graph, self.canvas.document.verdict)]
            found += [Key("edge", id) for id in graph.edges]
            found += [Key("broken", id) for id in self.scene.wires.wires if id not in graph.edges]
            found += [Key("frame", id) for id in graph.frames] + [Key("note", id) for id in graph.notes]
            found += [Key("region", str(number)) for number in range(len(self.scene.regions.parts))]
            self._keys = found
            self._places = {key: place for place, key in enumerate(found)}
        return self._keys

    def place(self, key: Key) -> int:
        """Which child of the canvas it is; -1 if there is no such thing."""
        return self._places.get(key, -1) if self.keys else -1

    def holds(self, key: Key) -> bool:
        """Whether it is still there."""
        graph = self.canvas.document.graph
        match key.kind:
            case "agent":
                return key.id in graph.agents and key.id in self.scene.positions
            case "edge":
                return key.id in graph.edges and key.id in self.scene.wires.wires
            case "broken":
                return key.id in self.scene.wires.wires
            case "frame" | "note":
                return key.id in self.scene.annotations
            case "region":
                return int(key.id) < min(len(self.scene.regions.parts), len(self.scene.regions.boxes))

    def item(self, key: Key) -> Item:
        """The interface of a thing; made when it is first asked for."""
        found = self._items.get(key)
        if found is None:
            found = self._items[key] = Item(self, key)
            self._numbers[key] = register(found)
        return found

    @property
    def made(self) -> int:
        """How many interfaces there are."""
        return len(self._items)

    def part_of(self, id: AgentId) -> int:
        """The number of the innermost part of the pattern tree that holds an agent, or -1."""
        if self._parts is None:
            self._parts = {agent: n for n, part in enumerate(self.scene.regions.parts) for agent in part.agents}
        return self._parts.get(id, -1)

    def origin(self) -> QPoint:
        """Where the view's corner is on the screen."""
        return self.canvas.viewport().mapToGlobal(QPoint(0, 0))

    def key_of(self, id: str) -> Key | None:
        """What an id of the graph is."""
        graph = self.canvas.document.graph
        if id in graph.agents:
            return Key("agent", id)
        if id in graph.edges:
            return Key("edge", id)
        if id in graph.frames or id in graph.notes:
            return Key("frame" if id in graph.frames else "note", id)
        return None

    def current(self) -> Key | None:
        """Where the keyboard is: what one walked to last, else the one thing that is selected."""
        selection = self.canvas.document.selection
        if self.canvas.walked is not None and self.canvas.walked in selection:
            return self.key_of(self.canvas.walked)
        return self.key_of(next(iter(selection))) if len(selection) == 1 else None

    def go(self, key: Key) -> None:
        """Select one thing and bring it into view."""
        canvas = self.canvas
        if key.kind == "region":
            held = self.scene.regions.parts[int(key.id)].agents
            canvas.document.select(held)
            canvas.reveal(held)
        elif key.kind == "broken":
            canvas.reveal({key.id})
        else:
            canvas.walked = AgentId(key.id) if key.kind == "agent" else None
            canvas.document.select({key.id})
            canvas.reveal({key.id})

    # what has changed

    def tell(self, key: Key, *events: QAccessible.Event) -> None:
        """Say that something about a thing changed, if anybody has asked for it."""
        item = self._items.get(key)
        if item is not None and QAccessible.isActive():
            for event in events:
                QAccessible.updateAccessibility(QAccessibleEvent(item, event))

    def _view(self, event: QAccessible.Event) -> None:
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self.canvas, event))

    def _changed(self, changed: Changed) -> None:
        self._keys = None
        self._drop([key for key in self._items if not self.holds(key)])
        touched = [
            *(Key("agent", id) for id in changed.agents),
            *(Key("edge", id) for id in changed.edges),
            *(Key("frame", id) for id in changed.frames),
            *(Key("note", id) for id in changed.notes),
        ]
        if len(touched) <= MANY:
            for key in touched:
                self.tell(key, Event.NameChanged, Event.DescriptionChanged, Event.LocationChanged)
        self._view(Event.ObjectReorder)

    def _judged(self) -> None:
        self._keys = self._parts = None
        self._drop([key for key in self._items if key.kind == "region"])

    def _drop(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self.tell(key, Event.ObjectDestroyed)
            let_go(key, self._items, self._numbers)

    def _selected(self) -> None:
        before, self._selection = self._selection, self.canvas.document.selection
        if not QAccessible.isActive():
            return
        came, went = self._selection - before, before - self._selection
        if len(came) + len(went) > MANY:
            self._view(Event.SelectionWithin)
        else:
            for ids, event in ((went, Event.SelectionRemove), (came, Event.SelectionAdd)):
                for id in sorted(ids):
                    key = self.key_of(id)
                    if key is not None:
                        self._say_selected(self.item(key), event)
        current = self.current()
        if current is not None and self.canvas.hasFocus():
            QAccessible.updateAccessibility(QAccessibleEvent(self.item(current), Event.Focus))

    @staticmethod
    def _say_selected(item: Item, event: QAccessible.Event) -> None:
        QAccessible.updateAccessibility(QAccessibleEvent(item, event))
        state = QAccessible.State()
        state.selected = 1
        QAccessible.updateAccessibility(QAccessibleStateChangeEvent(item, state))

    def _ran(self, agents: Iterable[str], edges: Iterable[str]) -> None:
        if not QAccessible.isActive():
            return
        self._ran_since.update((key, None) for key in (Key("agent", id) for id in agents) if key in self._items)
        if self._ran_since and not self._rest.isActive():
            self._rest.start()
        self.news.ran(agents)

    def catch_up(self) -> None:
        """Tell of the agents whose state has changed since the last time; of very many some, and later the others."""
        for key in list(self._ran_since)[:MANY]:
            del self._ran_since[key]
            item = self._items.get(key)
            if item is None:
                continue
            self.tell(key, Event.ValueChanged, Event.DescriptionChanged)
            state = QAccessible.State()
            state.busy = state.invalid = 1
            QAccessible.updateAccessibility(QAccessibleStateChangeEvent(item, state))
        if self._ran_since:
            self._rest.start()
