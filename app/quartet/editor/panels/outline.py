"""The outline: the whole drawing as text, for the keyboard, for screen readers, and for finding things by name."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHeaderView, QTreeView, QVBoxLayout, QWidget

from quartet.editor import theme
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels import outline_inside
from quartet.editor.panels.outline_inside import Place
from quartet.editor.panels.outline_model import ID_ROLE, OutlineModel
from quartet.editor.panels.outline_tree import Node
from quartet.editor.panels.panel import EmptyPage, Pages, Panel, SearchBox
from quartet.editor.search_popup import Search
from quartet.graph.edits import Edit, removal
from quartet.graph.model import AgentId, EdgeId

NAVIGATING = frozenset({
    Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space, Qt.Key.Key_A,
})  # fmt: skip
"""Keys that a tree has a use for with Ctrl."""


class _Tree(QTreeView):
    def __init__(self, outline: Outline) -> None:
        super().__init__()
        self._outline = outline
        self._dressing = self._owed = False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            self._dressing = True  # the rows stay what they are: they are laid out anew when somebody looks
            try:
                return super().event(event)
            finally:
                self._dressing = False
        renaming = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_F2 and not event.modifiers()
        if renaming and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the row is renamed here, and not on the canvas
            return True
        return super().event(event)

    def doItemsLayout(self) -> None:
        self._owed = self._dressing
        if not self._owed:
            super().doItemsLayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._owed:
            self.doItemsLayout()
        super().paintEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        self._outline.catch_up()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self.state() == self.State.EditingState:
            super().keyPressEvent(event)
        elif plain and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._outline.remove_selected()
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._outline.show_place(self.currentIndex())
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier or (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() not in NAVIGATING
        ):
            event.ignore()  # the window's commands
        else:
            super().keyPressEvent(event)


class Outline(Panel):
    """Selects what the canvas selects and the other way round. Enter goes there, F2 renames an agent or changes the
    condition of an edge, Delete removes; everything else are the commands of the Graph menu, by their keys."""

    def __init__(self, document: Document, live: Live, parent: QWidget | None = None) -> None:
        super().__init__("Outline", "list-tree", parent)
        self.document = document
        self.model = OutlineModel(document, live, self)
        self._selecting = False
        self._opening = False
        self._was: Place | None = None
        """Where the current row was before the rows were read anew."""
        self.search = SearchBox("Find an agent…")
        self._closed: dict[str, bool] = {}
        """Which rows a person opened or closed: by the agent's id, or the pattern and its place."""
        self.tree = _Tree(self)
        self.popup = Search(self.tree)
        self.tree.setModel(self.model)
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(16)
        self.tree.setIconSize(QSize(16, 16))
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.tree.setAccessibleName("Outline of the drawing")
        self.tree.setStyleSheet("QTreeView { show-decoration-selected: 0; }")
        self.tree.expanded.connect(self._span_edges)
        self.tree.expanded.connect(lambda index: self._remember(index, closed=False))
        self.tree.collapsed.connect(lambda index: self._remember(index, closed=True))
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, 112)
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(self.tree, 1)
        self._nothing = EmptyPage("list-tree", "", "")
        self.pages = Pages(content, self._nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 4)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.pages, 1)
        self.search.textChanged.connect(self.model.search)
        self.model.structured.connect(self.reread_when_seen)
        document.verdict_changed.connect(self.reread_when_seen)
        self.model.modelAboutToBeReset.connect(self._note)
        self.model.modelReset.connect(self._reset)
        self.model.rowsInserted.connect(self._opened)
        self.tree.selectionModel().selectionChanged.connect(self._picked)
        self.tree.doubleClicked.connect(self.show_place)
        document.selection_changed.connect(self._follow)
        live.changed.connect(lambda *_: self.tree.viewport().update())  # the states in view are read when painted
        theme.changed.connect(self.tree.viewport().update)
        self._reset()

    def reread(self) -> None:
        """List anew what is drawn, in the order of its pattern; once nobody types into a row any more, whose field
        would go with all that is in it."""
        self._owed = self.tree.state() == QAbstractItemView.State.EditingState
        if not self._owed:
            self.model.reread()

    def _reset(self) -> None:
        if self.document.graph.agents:
            needle = self.search.text().strip()
            self._nothing.say("search", f"Nothing is called “{needle}”", "Try fewer letters, or the name of a kind.")
        else:
            self._nothing.say("list-tree", "Nothing is drawn yet", "Press Tab on the canvas, or drag an agent there.")
        self.pages.show_content(bool(self.model.nodes))
        self.popup.close_()
        self._opening = True
        for number, node in enumerate(self.model.nodes):
            # parts are open at first, and the edges of an agent are not
            if not self._closed.get(self._key(node), not node.children):
                self.tree.setExpanded(self.model.createIndex(node.row, 0, number * 2), True)
        self._opening = False
        self._follow()
        back = self.model.index_inside(self._was) if self._was is not None and self._was.way else QModelIndex()
        if back.isValid():
            self._selecting = True  # who is inside a sub-graph is selected in the outline only
            self.tree.setCurrentIndex(back)
            self._selecting = False

    def _note(self) -> None:
        index = self.tree.currentIndex()
        self._was = self.model.place_of(index) if index.isValid() else None

    def _opened(self, above: QModelIndex, first: int, last: int) -> None:
        """A sub-graph was opened: its parts are open as those of the drawing are."""
        opening, self._opening = self._opening, True
        for row in range(first, last + 1):
            self._open_parts(self.model.index(row, 0, above))
        self._opening = opening

    def _open_parts(self, index: QModelIndex) -> None:
        node = self.model.node_of(index)
        if node is not None and node.children and not self._closed.get(self._key(node), False):
            self.tree.setExpanded(index, True)
            for row in range(len(node.children)):
                self._open_parts(self.model.index(row, 0, index))

    def _key(self, node: Node) -> str:
        return "/".join((*node.way, node.id or f"{node.pattern} {node.parent} {node.row}"))

    def _remember(self, index: QModelIndex, *, closed: bool) -> None:
        node = self.model.node_of(index)
        if node is not None and not self._opening:
            self._closed[self._key(node)] = closed

    def _span_edges(self, index: QModelIndex) -> None:
        """An edge has no state column: it may use the whole width."""
        node = self.model.node_of(index)
        for row in range(0 if node is None else len(node.children), self.model.rowCount(index)):
            self.tree.setFirstColumnSpanned(row, index, True)

    def _follow(self) -> None:
        """Select what the document selects."""
        if self._selecting:
            return
        found = QItemSelection()
        last = QModelIndex()
        for id in self.document.selection:
            index = self.model.index_of(id)
            if index.isValid():
                found.select(index, index)
                last = index
        self._selecting = True
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.tree.selectionModel().select(found, flags)
        if last.isValid() and len(self.document.selection) == 1:
            self.tree.selectionModel().setCurrentIndex(last, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.tree.scrollTo(last)
        self._selecting = False

    def _picked(self) -> None:
        """Select in the document what is selected here."""
        if not self._selecting:
            self._selecting = True
            rows = self.tree.selectionModel().selectedRows()
            ids: set[str] = set()
            for index in rows:
                if not self.model.inside_of(index):  # the canvas shows nothing of the inside
                    id = index.data(ID_ROLE)
                    ids.update([id] if id else self.model.agents_in(index))
            self.document.select(ids)
            self._selecting = False

    def show_place(self, index: QModelIndex) -> None:
        """Bring what a row stands for into view on the canvas."""
        if index.isValid():
            id = self.model.id_of(index)
            places = {id} if id else set(self.model.agents_in(index))
            inside = self.model.inside_of(index)
            if inside:
                outline_inside.root_of(self.document).inside_wanted.emit(inside, places)
            else:
                self.document.reveal(places)

    def remove_selected(self) -> None:
        """Take the selected agents and edges away, those inside sub-graphs too."""
        if self.document.read_only is not None:
            return
        ids: dict[str, set[str]] = {"": set(self.document.selection)}
        for index in self.tree.selectionModel().selectedRows():
            inside = self.model.inside_of(index)
            if inside:
                ids.setdefault(inside, set()).add(self.model.id_of(index))
        number, steps = 0, dict[str, list[Edit]]()
        for inside, each in ids.items():
            graph = outline_inside.graph_of(self.document, inside)
            if graph is None:
                continue
            agents = [AgentId(id) for id in sorted(each) if id in graph.agents]
            edges = [EdgeId(id) for id in sorted(each) if id in graph.edges]
            number += len(agents) + len(edges)
            steps[inside] = removal(graph, agents, edges)
        if number:
            label = f"Remove {number} items" if number > 1 else "Remove"
            outline_inside.do(self.document, label, steps)


def build(document: Document, live: Live, parent: QWidget | None = None) -> Outline:
    """The outline panel of a document."""
    return Outline(document, live, parent)
