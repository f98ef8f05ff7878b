"""The outline for Qt: the rows of `outline_tree`, and under every agent where its edges lead."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from quartet.agents.kinds import find
from quartet.editor import icons, theme
from quartet.editor.document import Changed, Document
from quartet.editor.live import Live
from quartet.editor.panels import outline_inside
from quartet.editor.panels.outline_inside import Edges, Place, edges_of, graph_of, leads_to, open_below
from quartet.editor.panels.outline_tree import MEMBERS, Node, build
from quartet.editor.panels.problems_words import edge_in_words
from quartet.graph.edits import Applied, EditError, Set
from quartet.graph.model import AgentId, Edge, EdgeId

Index = QModelIndex | QPersistentModelIndex
MANY = 200
"""When more agents change at once, all rows are told to have changed."""
ID_ROLE = Qt.ItemDataRole.UserRole
"""The id of an agent or an edge of the drawing; empty for a part that no agent stands for, and inside sub-graphs."""
SETTLED = 150
"""Milliseconds after agents were moved until the rows are put into their new order."""
PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
NAMED = PLAIN | Qt.ItemFlag.ItemIsEditable


class OutlineModel(QAbstractItemModel):
    """Parts, agents, and the edges that leave each of them. An index holds twice the row's number in `nodes`; one of an
    edge holds that of its source and one more.

    Below an agent that stands for a sub-graph the agents in there follow, read when somebody opens the row.
    Names and conditions can be edited in place: that is an Edit of the document like any other.
    """

    structured = Signal()
    """Other agents, or other edges, are to be listed: `reread`."""

    def __init__(self, document: Document, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.live = document, live
        self.needle = ""
        self.nodes: list[Node] = []
        self._roots: list[int] = []
        self._node: dict[str, int] = {}
        self._inner: dict[Place, int] = {}
        """The rows of agents inside sub-graphs."""
        self._ways: dict[str, list[tuple[AgentId, ...]]] = {}
        """The sub-graphs that are open, by id, with the ways to the rows that opened them."""
        self._open: set[Place] = set()
        """The agents whose sub-graphs are read."""
        self._edges: Edges = {}
        self._settle = QTimer(self, singleShot=True, interval=SETTLED)
        self._settle.timeout.connect(self.structured)
        document.changed.connect(self._changed)
        outline_inside.root_of(document).inside_changed.connect(self._changed_inside)
        self.reread()

    def reread(self) -> None:
        """Read the drawing anew."""
        self._settle.stop()
        graph = self.document.graph
        nodes, edges = build(graph, self.document.verdict), edges_of(graph, "")
        if self.needle:
            nodes, edges = outline_inside.found(self.document, nodes, edges, self.needle)
        elif self._open:
            for number, node in enumerate(nodes):  # those that are appended here as well
                key = leads_to(self.document, node) if node.id and Place(node.way, node.id) in self._open else None
                if key is not None:
                    inner = self.document.whole.graphs[key]
                    _hang(nodes, number, open_below(nodes, number, key, inner))
                    edges |= edges_of(inner, key)
        if nodes == self.nodes and edges == self._edges:
            return
        self.beginResetModel()
        self.nodes, self._edges = nodes, edges
        self._roots = [number for number, node in enumerate(nodes) if node.parent < 0]
        self._node, self._inner, self._ways = {}, {}, {}
        self._number(0)
        self.endResetModel()

    def _number(self, first: int) -> None:
        """Note where agents stand, from row `first` on."""
        for number, node in enumerate(self.nodes[first:], first):
            if node.id is None:
                continue
            if not node.way:
                self._node[node.id] = number
                continue
            self._inner[Place(node.way, node.id)] = number
            ways = self._ways.setdefault(node.inside, [])
            if node.way not in ways[-1:]:
                ways.append(node.way)

    # sub-graphs

    def _closed(self, parent: Index) -> str | None:
        """The sub-graph of a row whose agents are not read yet."""
        node = self.node_of(parent) if parent.isValid() else None
        if node is None or node.id is None or self.needle or Place(node.way, node.id) in self._open:
            return None
        return leads_to(self.document, node)

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        if self.rowCount(parent) > 0:
            return True
        key = self._closed(parent) if parent.column() == 0 else None
        return key is not None and bool(self.document.whole.graphs[key].agents)

    def canFetchMore(self, parent: Index) -> bool:
        return self._closed(parent) is not None

    def fetchMore(self, parent: Index) -> None:
        """Read the agents of the sub-graph that a row stands for."""
        key, node = self._closed(parent), self.node_of(parent)
        if key is None or node is None or node.id is None:
            return
        self._open.add(Place(node.way, node.id))
        number, first, above = parent.internalId() // 2, len(self.nodes), len(node.children)
        inner = self.document.whole.graphs[key]
        found = open_below(self.nodes, number, key, inner)
        top = sum(each.parent == number for each in found)
        if not top:
            return
        self.beginInsertRows(self.createIndex(node.row, 0, number * 2), above, above + top - 1)
        _hang(self.nodes, number, found)
        self._edges |= edges_of(inner, key)
        self._number(first)
        self.endInsertRows()

    def _changed_inside(self, key: str, applied: Applied) -> None:
        """A sub-graph of the file was edited."""
        if self.needle:
            self.structured.emit()
            return
        if key not in self._ways:
            return
        graph = self.document.whole.graphs.get(key)
        agents, edges = applied.changed["agents"], applied.changed["edges"]
        known = [Place(way, AgentId(id)) in self._inner for way in self._ways[key][:1] for id in agents]
        there = [graph is not None and id in graph.agents for id in agents]
        if edges or known != there:
            self.structured.emit()
        elif agents:
            self._settle.start()
        for way in self._ways[key]:
            for id in agents:
                number = self._inner.get(Place(way, AgentId(id)))
                if number is not None:
                    index = self.createIndex(self.nodes[number].row, 0, number * 2)
                    self.dataChanged.emit(index, index.siblingAtColumn(1))

    def search(self, text: str) -> None:
        """Show only agents whose name or kind contains `text`."""
        self.needle = text.strip().casefold()
        self.reread()

    def _changed(self, changed: Changed) -> None:
        graph = self.document.graph
        structure = any((id in graph.agents) != (id in self._node) for id in changed.agents) and not self.needle
        opened = changed.agents & {place.id for place in self._open if not place.way} or (self._open and changed.graph)
        if structure or changed.edges or self.needle or opened:
            self.structured.emit()
        elif changed.agents:
            self._settle.start()
        self._tell(changed.agents)

    def _tell(self, agents: Collection[str]) -> None:
        if len(agents) > MANY and self._roots:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._roots) - 1, 1))
            return
        for id in agents:
            index = self.index_of(id)
            if index.isValid():
                self.dataChanged.emit(index, index.siblingAtColumn(1))

    # where things are

    def index_of(self, id: str) -> QModelIndex:
        """The index of an agent or an edge; invalid if it is not listed."""
        number = self._node.get(id)
        if number is not None:
            return self.createIndex(self.nodes[number].row, 0, number * 2)
        edge = self.document.graph.edges.get(EdgeId(id))
        number = None if edge is None else self._node.get(edge.source)
        listed = self._edges.get(("", edge.source), []) if edge is not None else []
        if edge is None or number is None or edge.id not in listed:
            return QModelIndex()
        return self.createIndex(len(self.nodes[number].children) + listed.index(edge.id), 0, number * 2 + 1)

    def index_inside(self, place: Place) -> QModelIndex:
        """The index of an agent inside a sub-graph; invalid if it is not listed."""
        number = self._inner.get(place)
        return QModelIndex() if number is None else self.createIndex(self.nodes[number].row, 0, number * 2)

    def inside_of(self, index: Index) -> str:
        """The id of the sub-graph that a row is in; “”: it is in the drawing itself."""
        return self.nodes[index.internalId() // 2].inside

    def place_of(self, index: Index) -> Place | None:
        """Where the agent of a row is; None for another row."""
        node = self.node_of(index)
        return None if node is None or node.id is None else Place(node.way, node.id)

    def _edge_ids(self, node: Node) -> list[EdgeId]:
        return self._edges.get((node.inside, node.id), []) if node.id is not None else []

    def _edge_of(self, index: Index) -> Edge | None:
        graph = graph_of(self.document, self.inside_of(index))
        return None if graph is None else graph.edges.get(EdgeId(self.id_of(index)))

    def node_of(self, index: Index) -> Node | None:
        """The part or agent of a row; None for an edge."""
        return None if not index.isValid() or index.internalId() % 2 else self.nodes[index.internalId() // 2]

    def id_of(self, index: Index) -> str:
        """The id an index stands for, in the drawing it is in; empty for a part of it."""
        node = self.nodes[index.internalId() // 2]
        if index.internalId() % 2 == 0:
            return node.id or ""
        assert node.id is not None, "only agents have edges"
        return self._edges[node.inside, node.id][index.row() - len(node.children)]

    def agents_in(self, index: Index) -> Iterable[AgentId]:
        """Every agent in a part, of the drawing that the part is in."""
        todo, way = [index.internalId() // 2], self.nodes[index.internalId() // 2].way
        while todo:
            node = self.nodes[todo.pop()]
            if node.way != way:
                continue
            if node.id is not None:
                yield node.id
            todo.extend(node.children)

    def neighbour(self, id: AgentId, by: int) -> tuple[AgentId | None, bool]:
        """The agent before (-1) or behind (1) another one in its part, and whether both are stages.

        None: there is none, or a whole part stands there, or the two are not of one sort.
        """
        number = self._node.get(id)
        if number is None or not self.nodes[number].member:
            return None, False
        node = self.nodes[number]
        siblings = self.nodes[node.parent].children if node.parent >= 0 else self._roots
        at = node.row + by
        other = self.nodes[siblings[at]] if 0 <= at < len(siblings) else None
        if other is None or not other.member:
            return None, False
        return other.id, node.ordered

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008  # Qt's own
        if row < 0 or not 0 <= column < 2:
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(row, column, self._roots[row] * 2) if row < len(self._roots) else QModelIndex()
        node = self.node_of(parent)
        if node is None or parent.column() != 0:
            return QModelIndex()
        if row < len(node.children):
            return self.createIndex(row, column, node.children[row] * 2)
        inside = row - len(node.children) < len(self._edge_ids(node))
        return self.createIndex(row, column, parent.internalId() + 1) if inside else QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # QObject.parent has no argument
        if not index.isValid():
            return QModelIndex()
        number, edge = divmod(index.internalId(), 2)
        above = number if edge else self.nodes[number].parent
        return self.createIndex(self.nodes[above].row, 0, above * 2) if above >= 0 else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._roots)
        node = self.node_of(parent)
        if node is None or parent.column() != 0:
            return 0
        return len(node.children) + len(self._edge_ids(node))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 2

    # what Qt asks

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if index.column() != 0 or self.document.read_only is not None:
            return PLAIN
        id = self.id_of(index)
        edge = self._edge_of(index) if index.internalId() % 2 else None
        return NAMED if (edge is None and id) or (edge is not None and edge.kind == "flow") else PLAIN

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.FontRole:
            return theme.font(theme.SMALL) if index.column() == 1 else None
        node = self.node_of(index)
        if role == ID_ROLE:
            return "" if self.inside_of(index) else self.id_of(index)
        if node is None:
            edge = self._edge_of(index)
            return None if edge is None else self._edge(edge, self.inside_of(index), index.column(), role)
        return self._part(node, index.column(), role) if node.id is None else self._agent(node, index.column(), role)

    def _part(self, node: Node, column: int, role: int) -> Any:
        assert node.pattern is not None, "a row that no agent stands for is a part"
        name, members = theme.PATTERN_NAMES[node.pattern], sum(bool(self.nodes[n].member) for n in node.children)
        word = MEMBERS[node.pattern]
        count = f"{members:,} {word if members == 1 else 'branches' if word == 'branch' else word + 's'}"
        if role == Qt.ItemDataRole.DisplayRole:
            return name if column == 0 else count
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return icons.icon(theme.PATTERN_ICONS[node.pattern], theme.current().color(node.pattern))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (f"{name} of {count}", node.member) if part) if column == 0 else count
        return None

    def _agent(self, node: Node, column: int, role: int) -> Any:
        assert node.id is not None, "it is a part"
        graph = graph_of(self.document, node.inside)
        agent = graph.agents.get(node.id) if graph is not None else None
        if agent is None:
            return None
        kind = find(agent.kind)
        run = self.live.state
        state = run.agents.get("/".join((*node.way, node.id)) if node.way else node.id) if run is not None else None
        look = theme.STATES.get(state.status) if state is not None else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            if column == 0:
                return agent.name or agent.id
            if self.needle and node.inside:
                return node.member
            return look.word if look is not None else (kind.title if kind is not None else agent.kind)
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return icons.icon(kind.icon if kind is not None else icons.FALLBACK)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            title = kind.title if kind is not None else agent.kind
            edges = len(self._edge_ids(node))
            leads = f"{edges} edge{'' if edges == 1 else 's'} from here" if edges else ""
            parts = (agent.name or agent.id, title, look.word if look is not None else "", node.member, leads)
            return ", ".join(part for part in parts if part)
        return None

    def _edge(self, edge: Edge, inside: str, column: int, role: int) -> Any:
        graph = graph_of(self.document, inside)
        if column != 0 or graph is None:
            return None
        agents = graph.agents
        names = {id: agents[id].name or id for id in (edge.source, edge.target) if id in agents}
        if role == Qt.ItemDataRole.EditRole:
            return edge.when or ""
        words = edge_in_words(edge, names)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words
        if role == Qt.ItemDataRole.DisplayRole:
            # under its source the source need not be said again
            return words.removeprefix(f"{names.get(edge.source, edge.source)} ")
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        text, id, inside = str(value).strip(), self.id_of(index), self.inside_of(index)
        graph = graph_of(self.document, inside)
        if role != Qt.ItemDataRole.EditRole or graph is None:
            return False
        agent, edge = graph.agents.get(AgentId(id)), graph.edges.get(EdgeId(id))
        try:
            if index.internalId() % 2 and edge is not None and text != (edge.when or ""):
                label = "Change the condition" if text else "Take the condition away"
                change = Set(section="edges", id=id, values={"when": text or None})
                outline_inside.do(self.document, label, {inside: [change]})
            elif agent is not None and text and text != agent.name:
                change = Set(section="agents", id=id, values={"name": text})
                outline_inside.do(self.document, f"Rename to “{text}”", {inside: [change]})
            else:
                return False
        except EditError:
            return False
        return True


def _hang(nodes: list[Node], number: int, found: list[Node]) -> None:
    """Add the rows of a sub-graph below row `number`."""
    nodes[number].children += [n for n, node in enumerate(found, len(nodes)) if node.parent == number]
    nodes += found
