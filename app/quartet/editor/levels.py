"""Going into sub-graphs and out again: one tab, one file, one undo, and for each sub-graph a canvas of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from quartet.editor.breadcrumbs import Breadcrumbs
from quartet.editor.by_hand import Hands
from quartet.editor.canvas.view import Canvas
from quartet.editor.document import Changed
from quartet.editor.inside import InnerDocument
from quartet.editor.live_inside import InnerLive
from quartet.editor.panels import run_bar
from quartet.editor.session import Panels, Session
from quartet.editor.side_by_side import Split
from quartet.graph.model import AgentId, Graph
from quartet.graph.nesting import SUB_GRAPH, link_of, named

if TYPE_CHECKING:
    from quartet.editor.panels.panel import Panel
    from quartet.graph.edits import Applied

Way = tuple[AgentId, ...]
"""The agents one goes through, each in the drawing before."""

OWN = ("inspector", "problems", "verdict", "outline")
"""The panels that are about the drawing in sight; the others are about the run, and so the whole file's."""


class LevelPanels(Panels):
    """The panels of a level: those about the drawing are its own, the others are its session's."""

    def __missing__(self, name: str) -> Panel:
        if name in OWN:
            return super().__missing__(name)
        assert isinstance(self._session, Level), "only levels have such panels"
        self[name] = panel = self._session.root.panels[name]
        return panel


class Level(Session):
    """What is seen inside a sub-graph: its own canvas and panels, the file and the run of the session it belongs to."""

    def __init__(self, root: Session, way: Way, id: str, window: QWidget) -> None:
        QObject.__init__(self, window)  # a session makes a run and a page of its own; a level has its session's
        self._root = root
        self.way, self.id = way, id
        self.inner = InnerDocument(root.document, id)
        self.document = self.inner
        self.inner.setParent(self)
        self.live = InnerLive(root.live, way, self)
        self.runner, self._window = root.runner, window
        self._bookmarks = {}
        self._builder = QTimer(self, interval=0)
        self._builder.timeout.connect(self._build_next)
        self.split = Split(self._new_canvas)
        self.split.entered.connect(self.entered)
        self.crumbs = Breadcrumbs()
        self.run_bar = run_bar.build(root.document, root.live, root.runner)
        self.run_bar.resume_requested.connect(root.run_bar.resume_requested)
        self.run_bar.drawing_requested.connect(root.run_bar.drawing_requested)
        self.page = QWidget()
        column = QVBoxLayout(self.page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.crumbs)
        column.addWidget(self.split, 1)
        column.addWidget(self.run_bar)
        self.panels = LevelPanels(self)
        self.levels = root.levels

    @property
    def root(self) -> Session:
        return self._root

    @property
    def suggested(self) -> Path | None:  # type: ignore[override]  # an attribute of a session
        return self._root.suggested

    def _new_canvas(self) -> Canvas:
        canvas = Canvas(self.document, self.live)
        canvas.nested = True
        canvas.hands = Hands(self.live, self.runner, self._window)
        canvas.views.attach(self._root.settings, self._bookmarks, self.id)
        self.canvas_built.emit(canvas)
        return canvas

    def build(self, name: str) -> Panel:
        assert name in OWN, "the others are the session's"
        return super().build(name)

    @property
    def title(self) -> str:
        return self._root.title

    @property
    def own_panels(self) -> dict[str, Panel]:
        """Those that go with it."""
        return {name: panel for name, panel in self.panels.items() if name in OWN}

    def close(self) -> None:
        self.document.close()
        self._builder.stop()
        for canvas in self.split.canvases:
            canvas.canvas_scene.release()
        for widget in (self.page, *self.own_panels.values()):
            widget.deleteLater()
        self.deleteLater()


class Levels(QObject):
    """The levels of one session. The window is told which one to show."""

    shown = Signal(object)
    """A session or level to bring to the front."""
    built = Signal(object)
    """A level is there: the window connects it."""
    closed = Signal(object)
    """A level is gone: its sub-graph is, or the way there."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(session)
        self._session, self._window = session, window
        self.all: dict[Way, Level] = {}
        """Those that were looked into, by the way there."""
        self.here: Session = session
        """The one that was shown last."""
        self._graphs = dict(session.document.graph.graphs)
        """The sub-graphs as they were last seen: another one by the same id came as a whole."""
        self._replaced: set[str] = set()
        """Those that the last step brought, or exchanged, as wholes, as reading a file again does."""
        self._touched: set[str] = set()
        """Where the last step changed something: ids of sub-graphs, and “” for the drawing of the file itself."""
        document = session.document
        document.inside_changed.connect(self._inside_changed)
        document.changed.connect(self._changed)
        document.stepped.connect(self._stepped)
        document.inside_wanted.connect(self.show_inside)

    # ------------------------------------------------------------------ going

    def refusal(self, here: Session, id: str) -> str | None:
        """Why one cannot go into an agent of `here`; None if one can."""
        agent = here.document.graph.agents.get(AgentId(id))
        if agent is None or agent.kind != SUB_GRAPH:
            return "Only an agent that stands for a sub-graph can be opened."
        key, whole = named(agent), self._session.document.graph
        if key is None:
            return f"“{agent.name}” does not say which sub-graph it stands for: choose one in the inspector."
        if key not in whole.graphs:
            return f"The sub-graph “{key}” of “{agent.name}” is not in this file."
        if key in self._keys(self.way_of(here)):
            return f"“{agent.name}” contains itself: you are inside it already."
        return None

    def go_in(self, here: Session, id: str) -> Session:
        """Show the inside of an agent of `here`; `refusal` was asked before."""
        return self.go((*self.way_of(here), AgentId(id)))

    def go_out(self, here: Session) -> Session:
        """Show the drawing that `here` is in, with the agent that stands for it selected."""
        way = self.way_of(here)
        if not way:
            return here
        there = self.go(way[:-1])
        there.document.select([way[-1]])
        there.document.reveal([way[-1]])
        return there

    def go(self, way: Sequence[AgentId]) -> Session:
        """Show what the agents of `way` lead to; as deep as there is something."""
        while way and self._key(tuple(way)) is None:
            way = way[:-1]
        there = self.at(tuple(way))
        self.here = there
        self.shown.emit(there)
        return there

    def go_to(self, id: str) -> Session:
        """Show a sub-graph by its id; “”: the drawing of the file itself."""
        if isinstance(self.here, Level) and self.here.id == id:
            return self.go(self.here.way)
        known = next((way for way, level in self.all.items() if level.id == id), None)
        return self.go(known or way_to(self._session.document.graph, id))

    def show_inside(self, id: str, places: Collection[str]) -> None:
        """Show what is inside a sub-graph, with some of it selected; of a linked one the agent that stands for it."""
        graph = self._session.document.graph
        if not id or (id in graph.graphs and link_of(graph.graphs[id]) is None):
            there = self.go_to(id)
        else:
            way = way_to(graph, id.partition(":")[0])
            there = self.go(way[:-1])
            places = way[-1:]
        there.document.select(places)
        there.document.reveal(places)

    def at(self, way: Way) -> Session:
        """The level of a way, made if need be."""
        if not way:
            return self._session
        level = self.all.get(way)
        if level is None:
            key = self._key(way)
            assert key is not None, "only ways that lead somewhere are asked for"
            level = self.all[way] = Level(self._session, way, key, self._window)
            level.crumbs.chosen.connect(lambda steps: self._chosen(way, steps))
            self.built.emit(level)
            self._name(level)
        return level

    def _chosen(self, way: Way, steps: int) -> None:
        there = self.go(way[:steps])
        there.document.select([way[steps]])

    @staticmethod
    def way_of(session: Session) -> Way:
        return session.way if isinstance(session, Level) else ()

    def _keys(self, way: Way) -> list[str]:
        """The ids of the sub-graphs on a way, as far as it leads."""
        graph: Graph | None = self._session.document.graph
        keys: list[str] = []
        for id in way:
            agent = None if graph is None else graph.agents.get(id)
            key = None if agent is None else named(agent)
            graph = self._session.document.graph.graphs.get(key or "")
            if key is None or graph is None or link_of(graph) is not None:
                break
            keys.append(key)
        return keys

    def _key(self, way: Way) -> str | None:
        keys = self._keys(way)
        return keys[-1] if keys and len(keys) == len(way) else None

    # ------------------------------------------------------------------ keeping up

    def _inside_changed(self, id: str, applied: Applied) -> None:
        if any(applied.changed.values()) or applied.graph_changed:
            self._touched.add(id)
        self._tidy()

    def _changed(self, found: Changed) -> None:
        if found.agents or found.edges or found.frames or found.notes:
            self._touched.add("")
        if found.graph:
            before, self._graphs = self._graphs, dict(self._session.document.graph.graphs)
            ids = before.keys() | self._graphs.keys()
            self._replaced.update(id for id in ids if before.get(id) is not self._graphs.get(id))
        self._tidy()

    def _tidy(self) -> None:
        """Leave what is no longer there, and call the others by their names."""
        for way, level in list(self.all.items()):
            if self._key(way) == level.id:
                self._name(level)
                continue
            del self.all[way]
            if self.here is level:
                self.go(way[:-1])
            self.closed.emit(level)
            level.close()

    def _name(self, level: Level) -> None:
        names = [self._session.title]
        graph = self._session.document.graph
        for id in level.way:
            agent = graph.agents[id]
            names.append(agent.name or str(id))
            graph = self._session.document.graph.graphs[named(agent) or ""]
        level.crumbs.show_names(names)

    def _stepped(self, step: object) -> None:
        """Undo and redo show the drawing that they change."""
        touched, replaced = self._touched, self._replaced
        self._touched, self._replaced = set(), set()
        if not isinstance(step, str) or not touched:
            return
        mine = self.here.id if isinstance(self.here, Level) else ""
        if mine not in touched | replaced:
            self.go_to("" if "" in touched else min(touched))

    def close(self) -> None:
        """The session is being closed."""
        for level in self.all.values():
            self.closed.emit(level)
            level.close()
        self.all.clear()


def way_to(graph: Graph, id: str) -> Way:
    """The shortest way to a sub-graph; empty if none leads there."""
    front: list[tuple[Way, Graph]] = [((), graph)]
    seen: set[str] = set()
    for way, drawing in front:
        for agent in drawing.agents.values():
            key = named(agent)
            if key is None or key in seen or key not in graph.graphs:
                continue
            if key == id:
                return (*way, agent.id)
            seen.add(key)
            front.append(((*way, agent.id), graph.graphs[key]))
    return ()
