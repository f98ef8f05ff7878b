"""The drawing as a list to read: every agent with its kind and state, and under it where its edges lead."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from quartet.agents.kinds import find
from quartet.editor import icons, theme
from quartet.editor.document import Changed, Document
from quartet.editor.live import Live
from quartet.editor.panels.problems_words import edge_in_words
from quartet.editor.panels.timeline_order import rows
from quartet.graph.edits import EditError, Set
from quartet.graph.model import AgentId, Edge, EdgeId

Index = QModelIndex | QPersistentModelIndex
MANY = 200
"""When more agents change at once, all rows are told to have changed."""
ID_ROLE = Qt.ItemDataRole.UserRole


class OutlineModel(QAbstractItemModel):
    """Two levels: agents in the order of the pattern tree, and the edges that leave each of them.

    A name can be edited in place: that is an Edit of the document like any other.
    """

    def __init__(self, document: Document, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.live = document, live
        self.needle = ""
        self.agents: list[AgentId] = []
        self._row: dict[str, int] = {}
        self._edges: dict[AgentId, list[EdgeId]] = {}
        self._stale = False
        document.changed.connect(self._changed)
        document.verdict_changed.connect(self.reread)
        self.reread()

    def reread(self) -> None:
        """Read the drawing anew."""
        graph = self.document.graph
        order = rows(graph, self.document.verdict)
        if self.needle:
            order = [id for id in order if self.needle in f"{graph.agents[id].name} {graph.agents[id].kind}".casefold()]
        edges: dict[AgentId, list[EdgeId]] = {}
        for edge in graph.edges.values():
            edges.setdefault(edge.source, []).append(edge.id)
        if order == self.agents and edges == self._edges:
            return
        self.beginResetModel()
        self.agents, self._edges = order, edges
        self._row = {id: row for row, id in enumerate(order)}
        self.endResetModel()

    def search(self, text: str) -> None:
        """Show only agents whose name or kind contains `text`."""
        self.needle = text.strip().casefold()
        self.reread()

    def _changed(self, changed: Changed) -> None:
        graph = self.document.graph
        structure = any((id in graph.agents) != (id in self._row) for id in changed.agents) and not self.needle
        if structure or changed.edges or self.needle:
            self.reread()
        self._tell(changed.agents)

    def _tell(self, agents: Collection[str]) -> None:
        if len(agents) > MANY and self.agents:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.agents) - 1, 1))
            return
        for id in agents:
            row = self._row.get(id)
            if row is not None:
                self.dataChanged.emit(self.index(row, 0), self.index(row, 1))

    # where things are

    def index_of(self, id: str) -> QModelIndex:
        """The index of an agent or an edge; invalid if it is not listed."""
        row = self._row.get(id)
        if row is not None:
            return self.index(row, 0)
        edge = self.document.graph.edges.get(EdgeId(id))
        if edge is None or edge.source not in self._row or id not in self._edges.get(edge.source, ()):
            return QModelIndex()
        return self.index(self._edges[edge.source].index(edge.id), 0, self.index(self._row[edge.source], 0))

    def id_of(self, index: Index) -> str:
        """The id an index stands for."""
        above = index.internalId()
        if above == 0:
            return self.agents[index.row()]
        return self._edges[self.agents[above - 1]][index.row()]

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008  # Qt's own
        if not parent.isValid():
            inside = 0 <= row < len(self.agents) and 0 <= column < 2
            return self.createIndex(row, column, 0) if inside else QModelIndex()
        if parent.internalId() != 0 or parent.column() != 0:
            return QModelIndex()
        edges = self._edges.get(self.agents[parent.row()], [])
        inside = 0 <= row < len(edges) and 0 <= column < 2
        return self.createIndex(row, column, parent.row() + 1) if inside else QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # QObject.parent has no argument
        above = index.internalId() if index.isValid() else 0
        return self.createIndex(above - 1, 0, 0) if above else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self.agents)
        if parent.internalId() != 0 or parent.column() != 0:
            return 0
        return len(self._edges.get(self.agents[parent.row()], ()))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 2

    # what Qt asks

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        found = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == 0 and index.internalId() == 0 and self.document.read_only is None:
            found |= Qt.ItemFlag.ItemIsEditable
        return found

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        id = self.id_of(index)
        if role == ID_ROLE:
            return id
        if index.internalId() == 0:
            return self._agent(AgentId(id), index.column(), role)
        edge = self.document.graph.edges.get(EdgeId(id))
        return None if edge is None else self._edge(edge, index.column(), role)

    def _agent(self, id: AgentId, column: int, role: int) -> Any:
        agent = self.document.graph.agents.get(id)
        if agent is None:
            return None
        kind = find(agent.kind)
        state = self.live.state.agents.get(id) if self.live.state is not None else None
        look = theme.STATES.get(state.status) if state is not None else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            if column == 0:
                return agent.name or agent.id
            return look.word if look is not None else (kind.title if kind is not None else agent.kind)
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return icons.icon(kind.icon if kind is not None else icons.FALLBACK)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = f"{agent.name or agent.id}, {kind.title if kind is not None else agent.kind}"
            return f"{said}, {look.word}" if look is not None else said
        return None

    def _edge(self, edge: Edge, column: int, role: int) -> Any:
        if column != 0:
            return None
        agents = self.document.graph.agents
        names = {id: agents[id].name or id for id in (edge.source, edge.target) if id in agents}
        words = edge_in_words(edge, names)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words
        if role == Qt.ItemDataRole.DisplayRole:
            # under its source the source need not be said again
            return words.removeprefix(f"{names.get(edge.source, edge.source)} ")
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        name = str(value).strip()
        id = self.id_of(index)
        agent = self.document.graph.agents.get(AgentId(id))
        if role != Qt.ItemDataRole.EditRole or agent is None or not name or name == agent.name:
            return False
        try:
            self.document.do(f"Rename to “{name}”", [Set(section="agents", id=id, values={"name": name})])
        except EditError:
            return False
        return True
