"""The events of a run as a table that only looks at what is on screen: the model under the log and the messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from quartet.editor.live import Live
from quartet.editor.panels.log_words import words
from quartet.editor.value_words import seconds
from quartet.engine.events import Event
from quartet.graph.model import Graph
from quartet.graph.nesting import ends, title

Index = QModelIndex | QPersistentModelIndex
Keep = Callable[[Event], bool]
EVENT_ROLE = Qt.ItemDataRole.UserRole
TONE_ROLE = Qt.ItemDataRole.UserRole + 1
LATER_ROLE = Qt.ItemDataRole.UserRole + 2
"""Whether the event happens after the moment that is shown."""


class Namer:
    """Names of agents and edges as the running snapshot has them; what it does not know keeps its id."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def _graph(self) -> Graph | None:
        return self._live.snapshot

    def agent(self, id: str) -> str:
        graph = self._graph()
        return title(graph, id) if graph is not None else id

    def ends(self, id: str) -> tuple[str, str] | None:
        """The names of an edge's source and target, or None."""
        graph = self._graph()
        return ends(graph, id) if graph is not None else None

    def edge(self, id: str) -> str:
        ends = self.ends(id)
        return id if ends is None else f"{ends[0]} → {ends[1]}"


class EventModel(QAbstractTableModel):
    """Those events of `live` that `keep` lets through, a row each; follows the run and forgets what it forgets."""

    HEADERS: tuple[str, ...] = ("Time", "Agent", "What happened")

    def __init__(self, live: Live, parent: QObject | None = None, keep: Keep | None = None) -> None:
        super().__init__(parent)
        self.live = live
        self.names = Namer(live)
        self._keep = keep
        self._rows: list[Event] = []
        self._seen = 0
        live.started.connect(self.reread)
        live.changed.connect(self._follow)
        live.moment_changed.connect(self._moment)
        self.reread()

    def keep_only(self, keep: Keep | None) -> None:
        """Show those events only; None: all."""
        self._keep = keep
        self.reread()

    def reread(self) -> None:
        """Go through all events anew."""
        self.beginResetModel()
        events = self.live.events
        self._rows = [event for event in events if self._keep(event)] if self._keep else list(events)
        self._seen = self.live.dropped + len(events)
        self.endResetModel()

    def _follow(self, agents: object, edges: object) -> None:
        live = self.live
        total = live.dropped + len(live.events)
        if total < self._seen:
            self.reread()
            return
        if self._rows and self._rows[0].seq <= live.dropped:
            gone = next((i for i, event in enumerate(self._rows) if event.seq > live.dropped), len(self._rows))
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
            del self._rows[:gone]
            self.endRemoveRows()
        if total == self._seen:
            return
        fresh = live.events[max(0, self._seen - live.dropped) :]
        self._seen = total
        if self._keep is not None:
            fresh = [event for event in fresh if self._keep(event)]
        if fresh:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._rows.extend(fresh)
            self.endInsertRows()

    def _moment(self) -> None:
        if self._rows:
            corner = self.index(len(self._rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), corner, [LATER_ROLE])

    # what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 0:  # as the numbers beneath it
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def event_at(self, row: int) -> Event:
        """The event of a row."""
        return self._rows[row]

    def row_of(self, seq: int) -> int | None:
        """The row of the last event at or before number `seq`, or None."""
        low, high = 0, len(self._rows)
        while low < high:
            middle = (low + high) // 2
            if self._rows[middle].seq <= seq:
                low = middle + 1
            else:
                high = middle
        return low - 1 if low else None

    def said(self, event: Event) -> tuple[str, str]:
        """What happened, in words, and its tone."""
        return words(event, self.names.agent, self.names.edge)

    def cell(self, event: Event, column: int) -> str:
        """The text of one cell."""
        if column == 0:
            return seconds(event.t)
        if column == 1:
            return "" if event.agent is None else self.names.agent(event.agent)
        return self.said(event)[0]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        event = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(event, index.column())
        if role == EVENT_ROLE:
            return event
        if role == TONE_ROLE:
            return self.said(event)[1]
        if role == LATER_ROLE:
            shown = self.live.shown_seq
            return shown is not None and event.seq > shown
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 0:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None
