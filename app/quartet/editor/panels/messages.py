"""The messages of a run: what went over which edge and who handed what to whom, with its full text beside the list."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QSplitter, QVBoxLayout, QWidget

from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels.log_again import offer_again
from quartet.editor.panels.log_model import EventModel
from quartet.editor.panels.log_table import EventTable
from quartet.editor.panels.output_text import ValueView
from quartet.editor.panels.panel import EmptyPage, Pages, Panel, SearchBox
from quartet.editor.plain_text import plain_label
from quartet.editor.value_words import line_of, seconds, text_of
from quartet.engine.events import Event
from quartet.graph.model import EdgeId

TYPING = 150
"""Milliseconds after a key before the messages are searched."""
CARRIED = frozenset({"value", "error"})


def is_message(event: Event) -> bool:
    """Whether an event is a message: something with content that went from one to another."""
    kind = event.type
    if kind == "edge.token":
        return (event.data or {}).get("kind") in CARRIED
    return kind in ("handoff.accepted", "work.handed_over", "run.started", "run.finished")


def content(event: Event) -> Any:
    """What a message says, as JSON."""
    data = event.data or {}
    if event.type == "run.started":
        return data.get("input")
    if event.type == "run.finished":
        return data.get("output")
    return data.get("message") if event.type == "handoff.accepted" else data.get("value", data.get("error"))


class MessageModel(EventModel):
    """The messages among the events, a row each: time, from, to, and how it begins."""

    HEADERS = ("Time", "From", "To", "Message")

    def __init__(self, live: Live, parent: QObject | None = None) -> None:
        super().__init__(live, parent, is_message)

    def ends(self, event: Event) -> tuple[str | None, str | None]:
        """The ids of who sent it and who got it; None: the run itself."""
        data = event.data or {}
        if event.type in ("run.started", "run.finished"):
            return None, None
        if event.type == "edge.token":
            graph = self.live.snapshot
            edge = graph.edges.get(EdgeId(str(data.get("edge")))) if graph is not None else None
            return (event.agent, None) if edge is None else (edge.source, edge.target)
        return event.agent, data.get("to")

    def cell(self, event: Event, column: int) -> str:
        if column == 0:
            return seconds(event.t)
        if column == 3:
            return line_of(content(event), 200)
        if event.type in ("run.started", "run.finished"):
            # the input comes from the run, the output goes to it
            return "The run" if column == (1 if event.type == "run.started" else 2) else ""
        id = self.ends(event)[column - 1]
        return "" if id is None else self.names.agent(id)

    def said(self, event: Event) -> tuple[str, str]:
        bad = (event.data or {}).get("kind") == "error"
        return self.cell(event, 3), "bad" if bad else "plain"


class Messages(Panel):
    """Follows the selection: an agent's messages, or an edge's, or all."""

    def __init__(self, document: Document, live: Live, parent: QWidget | None = None) -> None:
        super().__init__("Messages", "message-square", parent)
        self.document, self.live = document, live
        self.model = MessageModel(live, self)
        self.table = EventTable(self.model)
        self.table.setAccessibleName("Messages of the run")
        self.table.indented = False
        for column, width in enumerate((72, 132, 132)):
            self.table.setColumnWidth(column, width)
        self.search = SearchBox("Search the messages…")
        self.follow = QCheckBox("Follow the selection")
        self.follow.setChecked(True)
        self.told = plain_label(look="tiny")
        self.view = ValueView()
        self._typing = QTimer(self, singleShot=True, interval=TYPING)
        self._newest: Event | None = None

        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 12, 8)
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.told)
        top.addWidget(self.follow)
        left = QWidget()
        column_box = QVBoxLayout(left)
        column_box.setContentsMargins(0, 0, 0, 0)
        column_box.setSpacing(0)
        column_box.addLayout(top)
        column_box.addWidget(self.table, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.view)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.pages = Pages(
            self.splitter,
            EmptyPage("message-square", "No messages yet", "Run or rehearse to read what goes over every edge."),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)

        self._typing.timeout.connect(self._filter)
        self.search.textChanged.connect(lambda: self._typing.start())
        self.follow.toggled.connect(self._filter)
        document.selection_changed.connect(self._selection)
        live.started.connect(self._begin)
        live.changed.connect(self._count)
        self.table.row_chosen.connect(self._choose)
        self.table.doubleClicked.connect(lambda index: live.show_at(self.model.event_at(index.row()).seq))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        self._filter()
        self._count()

    def _begin(self) -> None:
        self.view.clear()
        self._count()

    def _count(self, *_: object) -> None:
        self.pages.show_content(self.live.present is not None)
        self.set_count(self.model.rowCount())
        self._tell()
        rows = self.model.rowCount()
        if rows and not self.table.selectionModel().hasSelection():
            newest = self.model.event_at(rows - 1)
            if newest is not self._newest:
                self._newest = newest
                self._show(newest)  # until a person chooses one

    def _tell(self) -> None:
        chosen = self._chosen()
        if not chosen:
            self.told.setText("")
            return
        graph = self.document.graph
        names = [graph.agents[id].name for id in graph.agents if id in chosen]
        rest = len(chosen) - len(names)
        parts = names[:2] + ([f"{len(names) - 2:,} more"] if len(names) > 2 else [])
        if rest:
            parts.append("1 edge" if rest == 1 else f"{rest} edges")
        self.told.setText("only " + ", ".join(parts))

    def _chosen(self) -> frozenset[str]:
        """The selected agents and edges, where the list is to follow them."""
        if not self.follow.isChecked():
            return frozenset()
        graph = self.document.graph
        return frozenset(id for id in self.document.selection if id in graph.agents or id in graph.edges)

    def _selection(self) -> None:
        if self.follow.isChecked():
            self._filter()

    def _filter(self) -> None:
        needle = self.search.text().strip().casefold()
        chosen = self._chosen()

        def keep(event: Event) -> bool:
            if not is_message(event):
                return False
            if (
                chosen
                and (event.data or {}).get("edge") not in chosen
                and not chosen.intersection(id for id in self.model.ends(event) if id is not None)
            ):
                return False
            if not needle:
                return True
            said = " ".join(self.model.cell(event, column) for column in (1, 2))
            return needle in said.casefold() or needle in text_of(content(event)).casefold()

        self.model.keep_only(keep)
        self._newest = None
        if not self.model.rowCount():
            self.view.clear()
        self._count()

    def _choose(self, event: Event) -> None:
        edge = (event.data or {}).get("edge")
        source, target = self.model.ends(event)
        self.document.highlight([edge] if edge else (), [id for id in (source, target) if id is not None])
        self._show(event)

    def _show(self, event: Event) -> None:
        names = [self.model.cell(event, 1), self.model.cell(event, 2)]
        title = " → ".join(name for name in names if name)
        self.view.show_value(title, seconds(event.t), content(event))

    def _menu(self, at: QPoint) -> None:
        menu = self._menu_for(self.table.indexAt(at))
        if menu is not None:
            menu.popup(self.table.viewport().mapToGlobal(at))

    def row_menu(self) -> QMenu | None:
        return self._menu_for(self.table.currentIndex())

    def _menu_for(self, index: QModelIndex) -> QMenu | None:
        if not index.isValid():
            return None
        event = self.model.event_at(index.row())
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Show this moment", lambda: self.live.show_at(event.seq))
        offer_again(menu, self.live, event)
        menu.addSeparator()
        clipboard = QGuiApplication.clipboard()
        menu.addAction("Copy the message", lambda: clipboard.setText(text_of(content(event))))
        menu.addAction("Copy the rows", self.table.copy_text)
        return menu


def build(document: Document, live: Live, parent: QWidget | None = None) -> Messages:
    """The messages panel of a document."""
    return Messages(document, live, parent)
