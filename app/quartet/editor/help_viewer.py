"""The help: a window beside the editor, with every topic by name and by what it says. It stays open while one works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import dialogs, help_topics, theme
from quartet.editor.help_topics import Topic
from quartet.editor.helping import typeset
from quartet.editor.panels.panel import SearchBox
from quartet.editor.plain_text import plain_label

if TYPE_CHECKING:
    from quartet.editor.window import Window

NAME_ROLE = Qt.ItemDataRole.UserRole


class HelpViewer(QDialog):
    """Escape closes it. Alt+Left goes back, Ctrl+F to the search, where the arrow keys choose what to read."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.setObjectName("help")
        self.setModal(False)
        self.setWindowTitle("Help")
        self.topic: Topic | None = None
        self._before: list[str] = []
        self.search = SearchBox("Search the help…")
        self.search.textChanged.connect(self._find)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Topics")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda item, _: self._chosen(item))
        self.back = QPushButton("Back")
        self.back.setToolTip("To what you read before (Alt+Left)")
        self.back.setAutoDefault(False)
        self.back.clicked.connect(self.go_back)
        self.page = QTextBrowser()
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setOpenLinks(False)
        self.page.setAccessibleName("What the help says")
        self.page.document().setDocumentMargin(16)
        self.page.installEventFilter(self)
        self.page.anchorClicked.connect(self._follow)
        self.page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        left, right = QWidget(), QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 12, 8, 12)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        reading = QVBoxLayout(right)
        reading.setContentsMargins(8, 12, 12, 12)
        head = QHBoxLayout()
        self.title = plain_label("", "headline")
        head.setContentsMargins(16, 0, 0, 0)
        head.addWidget(self.title, 1)
        head.addWidget(self.back)
        reading.addLayout(head)
        reading.addWidget(self.page, 1)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.addWidget(left)
        parts.addWidget(right)
        parts.setSizes([250, 520])
        parts.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(parts)
        dialogs.resize(self, 780, 620)
        QShortcut(QKeySequence("Alt+Left"), self, self.go_back)
        QShortcut(QKeySequence.StandardKey.Find, self, self._to_search)
        theme.changed.connect(self._show_text)
        self._find("")

    def _find(self, typed: str) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for topic in help_topics.search(typed):
            whole = topic.name.startswith("page.")
            item = QListWidgetItem(topic.title if whole or typed.strip() else f"    {topic.title}")
            item.setData(NAME_ROLE, topic.name)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{topic.title}, {topic.page}")
            item.setToolTip("" if whole else topic.page)
            if whole:
                item.setFont(theme.font(theme.TEXT, theme.font().Weight.DemiBold))
            self.list.addItem(item)
        self.list.blockSignals(False)
        if typed.strip() and self.list.count():
            self.list.setCurrentRow(0)
        elif self.topic is not None:
            self._mark(self.topic.name)

    def _mark(self, name: str) -> None:
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            if self.list.item(row).data(NAME_ROLE) == name:
                self.list.setCurrentRow(row)
        self.list.blockSignals(False)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.read(str(item.data(NAME_ROLE)), remember=not self.list.hasFocus())

    def read(self, name: str, *, remember: bool = True) -> None:
        """Show a topic; an unknown one: the first page."""
        found = help_topics.topics()
        topic = found.get(name) or next(iter(found.values()))
        if self.topic is not None and topic is not self.topic and remember:
            self._before.append(self.topic.name)
        self.topic = topic
        self.back.setEnabled(bool(self._before))
        self.setWindowTitle(f"{topic.title} — Help")
        self.title.setText(topic.title)
        self._show_text()
        self._mark(topic.name)

    def _show_text(self) -> None:
        if self.topic is not None:
            self.page.setMarkdown(help_topics.markdown(self.topic))
            typeset(self.page.document())

    def go_back(self) -> None:
        """Show what was read before."""
        if self._before:
            self.read(self._before.pop(), remember=False)

    def _follow(self, link: QUrl) -> None:
        if link.scheme() == "topic":
            self.read(link.path())

    def _to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search the arrow keys choose in the list, and Enter goes to the text."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.page:
                back = event.key() == Qt.Key.Key_Left and event.modifiers() & Qt.KeyboardModifier.AltModifier
                if back:  # a text browser takes it for its own history, which is empty
                    self.go_back()
                return bool(back)
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.page.setFocus()
                return True
        return False


def show(window: Window, name: str) -> HelpViewer:
    """Open the help of a window at a topic."""
    viewer = window.findChild(HelpViewer)
    if viewer is None:
        viewer = HelpViewer(window)
    viewer.search.clear()
    viewer.read(name, remember=viewer.isVisible())
    viewer.show()
    viewer.raise_()
    viewer.activateWindow()
    viewer.page.setFocus()
    return viewer
