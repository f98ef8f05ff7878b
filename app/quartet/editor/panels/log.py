"""The log: everything a run tells, in words, newest at the end; searchable, by kind, to be copied."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels.log_again import offer_again
from quartet.editor.panels.log_model import EventModel, Keep
from quartet.editor.panels.log_table import EventTable
from quartet.editor.panels.panel import EmptyPage, Pages, Panel, SearchBox
from quartet.engine.events import Event

TROUBLE = frozenset({
    "attempt.failed", "attempt.timed_out", "attempt.abandoned", "attempt.lost", "attempt.late_result",
    "retry.scheduled", "retry.exhausted", "fallback.started", "activation.held", "group.child_failed",
    "group.restart_scheduled", "group.escalated", "group.supervisor_crashed", "group.supervisor_restarted",
    "worker.reassigned", "handoff.rejected", "handoff.loop_detected", "join.unsatisfiable", "limit.exceeded",
    "boundary.violation", "work.dead", "work.expired", "work.unclaimable", "fence.rejected", "swarm.stalled",
    "state.conflict", "run.failing", "run.cancel_requested", "engine.loop_blocked",
})  # fmt: skip
"""Events that tell of something gone wrong, or of what is done about it."""
STEPS = frozenset({"attempt.started", "activation.finished", "activation.held", "run.started", "run.finished"})


def _is_trouble(event: Event) -> bool:
    if event.type in TROUBLE:
        return True
    return event.type in ("activation.finished", "run.finished") and (event.data or {}).get("state") == "failed"


KINDS: tuple[tuple[str, Keep | None], ...] = (
    ("Everything", None),
    ("Without streamed text", lambda event: event.type not in ("attempt.output", "attempt.heartbeat")),
    ("Starts and ends", lambda event: event.type in STEPS),
    ("Trouble and what is done", _is_trouble),
    ("Tokens and hand-offs", lambda event: event.type.startswith(("edge.", "handoff.", "work.", "route."))),
    ("Supervision", lambda event: event.type.startswith(("group.", "worker.")) or event.type == "activation.held"),
)
"""What the box offers: a label and which events it lets through."""
TYPING = 150
"""Milliseconds after a key before the log is searched."""


class Log(Panel):
    """All events of the run. Double click a row to show the canvas as it was at that moment."""

    def __init__(self, document: Document, live: Live, parent: QWidget | None = None) -> None:
        super().__init__("Log", "list", parent)
        self.document, self.live = document, live
        self.model = EventModel(live, self)
        self.table = EventTable(self.model)
        self.table.setAccessibleName("Events of the run")
        self.table.setColumnWidth(0, 72)
        self.table.setColumnWidth(1, 160)
        self.search = SearchBox("Search the log…")
        self.kinds = QComboBox()
        self.kinds.setAccessibleName("Which events")
        self.kinds.addItems([label for label, _ in KINDS])
        self.kinds.setCurrentIndex(1)
        self.only_selected = QCheckBox("Only what is selected")
        self.dropped = QLabel()
        self.dropped.setProperty("look", "tiny")
        self._typing = QTimer(self, singleShot=True, interval=TYPING)

        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 12, 8)
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.kinds)
        top.addWidget(self.only_selected)
        top.addWidget(self.dropped)
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addLayout(top)
        inside.addWidget(self.table, 1)
        self.pages = Pages(
            content, EmptyPage("list", "Nothing has happened yet", "Run or rehearse to see every step here.")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)

        self._typing.timeout.connect(self._filter)
        self.search.textChanged.connect(lambda: self._typing.start())
        self.kinds.currentIndexChanged.connect(self._filter)
        self.only_selected.toggled.connect(self._filter)
        document.selection_changed.connect(self._selection)
        live.changed.connect(self._follow)
        live.started.connect(self._follow)
        self.table.row_chosen.connect(self._choose)
        self.table.doubleClicked.connect(lambda index: live.show_at(self.model.event_at(index.row()).seq))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        self._filter()
        self._follow()

    def _selection(self) -> None:
        if self.only_selected.isChecked():
            self._filter()

    def _filter(self) -> None:
        kind = KINDS[self.kinds.currentIndex()][1]
        needle = self.search.text().strip().casefold()
        chosen = self.document.selection if self.only_selected.isChecked() else None
        if kind is None and not needle and chosen is None:
            self.model.keep_only(None)
            return

        def keep(event: Event) -> bool:
            if kind is not None and not kind(event):
                return False
            if chosen is not None and event.agent not in chosen and (event.data or {}).get("edge") not in chosen:
                return False
            if not needle:
                return True
            said = f"{self.model.cell(event, 1)} {self.model.said(event)[0]} {event.type}"
            return needle in said.casefold()

        self.model.keep_only(keep)

    def _follow(self, *_: object) -> None:
        live = self.live
        self.pages.show_content(bool(live.events))
        self.set_count(live.dropped + len(live.events))
        self.dropped.setVisible(live.dropped > 0)
        if live.dropped:
            self.dropped.setText(f"The oldest {live.dropped:,} are no longer kept")

    def _choose(self, event: Event) -> None:
        edge = (event.data or {}).get("edge")
        self.document.highlight([edge] if edge else (), [event.agent] if event.agent else ())

    def _menu(self, at: QPoint) -> None:
        self._menu_for(self.table.indexAt(at)).popup(self.table.viewport().mapToGlobal(at))

    def row_menu(self) -> QMenu:
        return self._menu_for(self.table.currentIndex())

    def _menu_for(self, index: QModelIndex) -> QMenu:
        menu = QMenu(self)
        if index.isValid():
            event = self.model.event_at(index.row())
            menu.addAction("Show this moment", lambda: self.live.show_at(event.seq))
            if event.agent is not None:
                agent = event.agent
                menu.addAction("Show the agent", lambda: self.document.reveal({agent}))
            offer_again(menu, self.live, event)
            menu.addSeparator()
        menu.addAction("Copy as text", self.table.copy_text)
        menu.addAction("Copy as JSON lines", self.table.copy_json)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu


def build(document: Document, live: Live, parent: QWidget | None = None) -> Log:
    """The log panel of a document."""
    return Log(document, live, parent)
