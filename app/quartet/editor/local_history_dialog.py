"""The versions of the open graph: when, why, what was changed; each can be compared with now, restored, or opened."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)
from shiboken6 import isValid

from quartet.editor import comparing, dialogs, plain_text, preferences
from quartet.editor.checkpoints import BYTES, Checkpoint, StoreProblem
from quartet.editor.dialogs import Choice
from quartet.editor.document import Document
from quartet.editor.judge import snapshot
from quartet.editor.name_dialog import NameDialog
from quartet.editor.panels.panel import EmptyPage, Pages
from quartet.editor.plain_text import plain_label
from quartet.editor.value_words import plural
from quartet.graph.model import Graph
from quartet.graph.strict_json import FileProblem

if TYPE_CHECKING:
    from quartet.editor.session import Session
    from quartet.editor.window import Window

ENTRY = Qt.ItemDataRole.UserRole
COLUMNS = ("When", "Version", "Changed since the one before", "Size")


def checkpoint(window: Window) -> None:
    """Ask for a name and keep the open graph as it is now."""
    session = window.session
    if session is None:
        return
    document = session.root.document

    def keep(name: str) -> None:
        label = name or "Checkpoint"
        window.local_history.take(document, label)
        window.status.say(f"Kept as “{label}”. File > Local History shows it.", session)

    NameDialog(
        window, "save", "Keep this version", "Named versions stay in the local history until you delete them.",
        "Keep", keep, hint="Checkpoint",
    ).open()  # fmt: skip


def show(window: Window) -> LocalHistoryDialog | None:
    """Show the versions of the open graph."""
    if window.session is None:
        return None
    dialog = LocalHistoryDialog(window, window.session.root)
    dialog.open()
    return dialog


class LocalHistoryDialog(QDialog):
    """Lists the versions; nothing is changed by looking."""

    def __init__(self, window: Window, session: Session) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._history = window.local_history
        self.setObjectName("local_history")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Local History — Quartet")
        dialogs.resize(self, 820, 520)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        column.addWidget(plain_label(f"Versions of “{session.title}”", "headline"))
        self.about = QLabel(
            f"Kept on this computer, before each run, fix, layout, merge and reload, and when you save. They stay"
            f" {preferences.current().history_days} days, those you named until you delete them; all together take"
            f" at most {BYTES // 10**6} MB."
        )
        self.about.setProperty("look", "soft")
        self.about.setWordWrap(True)
        column.addWidget(self.about)
        self.list = QTreeWidget()
        self.list.setObjectName("versions")
        self.list.setAccessibleName("Versions")
        self.list.setHeaderLabels(COLUMNS)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.headerItem().setToolTip(2, "Since the version before; what was moved counts as changed")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        self.list.installEventFilter(self)
        self.nothing = EmptyPage("history", "Looking…", "")
        self.pages = Pages(self.list, self.nothing)
        column.addWidget(self.pages, 1)
        column.addLayout(self._buttons())
        self.list.currentItemChanged.connect(lambda *_: self._enable())
        self.list.itemDoubleClicked.connect(lambda *_: self._compare())
        self.pages.show_content(False)
        self._enable()
        self._load()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.rename = QPushButton("Name…")
        self.delete = QPushButton("Delete…")
        self.close_ = QPushButton("Close")
        self.copy = QPushButton("Restore as a copy")
        self.restore = QPushButton("Restore")
        self.compare = QPushButton("Compare with now…")
        self.compare.setProperty("look", "primary")
        self.compare.setDefault(True)
        row.addWidget(self.rename)
        row.addWidget(self.delete)
        row.addStretch(1)
        for button in (self.close_, self.copy, self.restore, self.compare):
            row.addWidget(button)
        for button in (self.rename, self.delete, self.close_, self.copy, self.restore):
            button.setAutoDefault(False)
        self.rename.clicked.connect(self._rename)
        self.delete.clicked.connect(self._delete)
        self.close_.clicked.connect(self.reject)
        self.copy.clicked.connect(self._restore_copy)
        self.restore.clicked.connect(self._restore)
        self.compare.clicked.connect(self._compare)
        return row

    # the list

    def _load(self) -> None:
        self._history.entries(self._session.document, self._fill)

    def _fill(self, found: list[Checkpoint]) -> None:
        if not isValid(self):
            return  # it was closed before they were found
        self.list.clear()
        for entry in found:
            size = f"{plural(entry.agents, 'agent')}, {plural(entry.edges, 'edge')}"
            row = QTreeWidgetItem(self.list, [moment(entry.time), entry.label, words(entry), size])
            row.setData(0, ENTRY, entry)
            row.setToolTip(1, plain_text.tip(entry.label))
            if entry.kind == "hand":
                font = row.font(1)
                font.setBold(True)
                row.setFont(1, font)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)
        else:
            self.nothing.say("history", "No version yet", "File > Checkpoint… keeps one by name.")
        self.pages.show_content(first is not None)
        self.list.setFocus()
        self._enable()

    @property
    def chosen(self) -> Checkpoint | None:
        """The version that is selected."""
        item = self.list.currentItem()
        found = None if item is None else item.data(0, ENTRY)
        return Checkpoint(*found) if found is not None else None

    def _enable(self) -> None:
        entry = self.chosen
        refused = self._session.document.read_only
        for button in (self.rename, self.delete, self.copy, self.compare):
            button.setEnabled(entry is not None)
        self.restore.setEnabled(entry is not None and refused is None)
        self.restore.setToolTip(refused or "The graph becomes this version, as one step that can be undone")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Delete:
                self._delete()
                return True
            if event.key() == Qt.Key.Key_F2:
                self._rename()
                return True
        return super().eventFilter(watched, event)

    # what is done with one

    def _read(self) -> tuple[Checkpoint, Graph] | None:
        entry = self.chosen
        if entry is None:
            return None
        try:
            return entry, self._history.store.read(entry)
        except (StoreProblem, FileProblem) as problem:
            dialogs.tell(self, f"“{entry.label}” cannot be read", str(problem))
            return None

    def _compare(self) -> None:
        from quartet.editor.compare_dialog import Answer

        found = self._read()
        if found is None:
            return
        entry, graph = found
        answers = [Answer("Restore as a copy", lambda: self._open_copy(entry, graph))]
        if self._session.document.read_only is None:
            answers.append(Answer("Restore", lambda: self._take(entry, graph), primary=True))
        named = f"“{entry.label}”, {moment(entry.time)}", "now"
        comparing.show(self._window, graph, snapshot(self._session.document.graph), named, answers)

    def _restore(self) -> None:
        found = self._read()
        if found is not None:
            self._take(*found)

    def _take(self, entry: Checkpoint, graph: Graph) -> None:
        session = self._session
        if session not in self._window.sessions:
            return
        session.document.replace(f"Restore “{entry.label}”", graph)
        self._window.status.say("The version is restored. Undo brings back what was.", session)
        self.accept()

    def _restore_copy(self) -> None:
        found = self._read()
        if found is not None:
            self._open_copy(*found)

    def _open_copy(self, entry: Checkpoint, graph: Graph) -> None:
        title = self._session.title
        graph.name = f"{graph.name or title} ({moment(entry.time)})"
        self._window.add(Document(graph)).document.mark_modified()
        self.accept()

    def _rename(self) -> None:
        entry = self.chosen
        if entry is None:
            return

        def named(label: str) -> None:
            self._history.in_background(lambda: self._history.store.rename(entry, label))
            self._load()

        NameDialog(
            self, "pen-line", "Name this version", "A version with a name is kept until you delete it.",
            "Name", named, name=entry.label, needed=True,
        ).open()  # fmt: skip

    def _delete(self) -> None:
        entry = self.chosen
        if entry is None:
            return

        def answered(key: str) -> None:
            if key == "delete":
                self._history.in_background(lambda: self._history.store.delete(entry))
                self._load()

        dialogs.ask(
            self,
            f"Delete the version “{entry.label}”?",
            f"It was kept {moment(entry.time)}. The graph itself stays as it is; the version cannot be brought back.",
            [Choice("delete", "Delete", "danger"), Choice("cancel", "Cancel", "escape")],
            answered,
            tone="warning",
        )


def words(entry: Checkpoint) -> str:
    """What was changed since the version before: “2 added, 1 removed, 3 changed”."""
    told = zip(("added", "removed", "changed"), entry.counts, strict=True)
    return ", ".join(f"{number:,} {word}" for word, number in told if number) or "–"


def moment(seconds: float) -> str:
    """When, as a person says it: the time today, else with the day."""
    when = datetime.datetime.fromtimestamp(seconds).astimezone()
    today = datetime.datetime.now().astimezone().date()
    if when.date() == today:
        return f"{when:%H:%M:%S}"
    return f"{when:%d %b, %H:%M}" if when.year == today.year else f"{when:%d %b %Y, %H:%M}"
