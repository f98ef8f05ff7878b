"""Find and replace in everything a person wrote, and see alone the agents with a problem or in a state of the run."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from itertools import islice

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from quartet.editor import text_search, theme
from quartet.editor.agent_filter import PROBLEMS, STATES, TRAITS, having
from quartet.editor.document import Document
from quartet.editor.inside import InnerDocument
from quartet.editor.live import Live
from quartet.editor.panels.find_list import HIT_ROLE, Hit, HitList, Hits
from quartet.editor.panels.find_words import hit_in, hit_of_agent
from quartet.editor.panels.panel import EmptyPage, Pages, Panel, SearchBox
from quartet.editor.text_search import LISTED, Place, Query, QueryError
from quartet.graph.model import AgentId, EdgeId

PAUSE = 120
"""Milliseconds without a key before what was typed is looked for."""


class Find(Panel):
    """Rows of what was found. A click goes there; the canvas fades what was filtered out."""

    left = Signal()
    """Escape: the keyboard belongs to the canvas again."""

    def __init__(self, document: Document, live: Live, parent: QWidget | None = None) -> None:
        super().__init__("Find", "search", parent)
        self.root = document
        """The file's: it is searched with all its sub-graphs, wherever one looks from."""
        self.document, self.live = document, live
        """What is in sight: the file's drawing, or one inside; its agents are those that can be shown alone."""
        self.places: list[Place] = []
        """All places with the words that are looked for, of the agents that are not filtered out."""
        self.filters: set[str] = set()
        self.model = Hits(self)
        self.list = HitList(self.model)
        self.field = SearchBox("Find in names, prompts, conditions, notes…")
        self.case = self._toggle("Aa", "Match capitals")
        self.words = self._toggle("“ ”", "Whole words only")
        self.pattern = self._toggle(".*", "Regular expression")
        self.by = QLineEdit()
        self.by.setPlaceholderText("Replace with…")
        self.by.setAccessibleName("Replace with")
        self.one = QPushButton("Replace")
        self.one.setToolTip("Replace what is found in the selected row")
        self.all = QPushButton("Replace all")
        self.all.setToolTip("Replace everything that is found, as one step that can be undone")
        self.filter = QToolButton()
        self.filter.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.filter.setToolTip("Show only agents with problems, or in a state of the run")
        self.filter.setMenu(self._filter_menu())
        self.told = QLabel()
        self.told.setProperty("look", "soft")
        self.empty = EmptyPage("search", "", "")
        self.pages = Pages(self.list, self.empty)
        self._lay_out()
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(self.look)
        self._connect()
        self._name_filter()
        self.look()

    @staticmethod
    def _toggle(text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setCheckable(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(8)
        first.addWidget(self.field, 3)
        first.addWidget(self.case)
        first.addWidget(self.words)
        first.addWidget(self.pattern)
        first.addWidget(self.by, 2)
        first.addWidget(self.one)
        first.addWidget(self.all)
        second.addWidget(self.filter)
        second.addWidget(self.told, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 0)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addLayout(second)
        layout.addWidget(self.pages, 1)

    def _connect(self) -> None:
        self.field.textChanged.connect(lambda: self._timer.start())
        for button in (self.case, self.words, self.pattern):
            button.toggled.connect(self.look)
        self.one.clicked.connect(self.replace_one)
        self.all.clicked.connect(self.replace_all)
        self.by.textChanged.connect(lambda: self._can())
        self.list.clicked.connect(self.go)
        self.list.activated.connect(self.go)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._can())
        for widget in (self.field, self.by, self.list):
            widget.installEventFilter(self)
        self.root.changed.connect(self._stale)
        self.document.verdict_changed.connect(self._shows_others)
        self.live.changed.connect(self._shows_others)
        theme.changed.connect(self.list.viewport().update)

    def look_from(self, document: Document, live: Live) -> None:
        """Another drawing of the file is in sight."""
        if document is self.document:
            return
        with contextlib.suppress(RuntimeError):  # what was in sight may be gone
            self.document.show_only(None)
            self.document.verdict_changed.disconnect(self._shows_others)
            self.live.changed.disconnect(self._shows_others)
        self.document, self.live = document, live
        self.document.verdict_changed.connect(self._shows_others)
        self.live.changed.connect(self._shows_others)
        self.look()

    def _shows_others(self, *_: object) -> None:
        if self.filters:
            self._stale()

    # what is shown alone

    def _filter_menu(self) -> QMenu:
        menu = QMenu(self)
        self._every = menu.addAction("All agents", lambda: self.set_filters(()))
        menu.addSection("Problems")
        self._choices = {trait.key: self._choice(menu, trait.key) for trait in PROBLEMS}
        menu.addSection("State of the run")
        self._choices |= {trait.key: self._choice(menu, trait.key) for trait in STATES}
        return menu

    def _choice(self, menu: QMenu, key: str) -> QAction:
        action = menu.addAction(TRAITS[key].text)
        action.setCheckable(True)
        action.triggered.connect(lambda on: self.set_filters(self.filters | {key} if on else self.filters - {key}))
        return action

    def set_filters(self, keys: Sequence[str] | set[str]) -> None:
        """Show only agents with these traits (of `agent_filter`); none: all agents."""
        self.filters = set(keys)
        for key, action in self._choices.items():
            action.setChecked(key in self.filters)
        self._name_filter()
        self.look()

    def _name_filter(self) -> None:
        chosen = [TRAITS[key].text for key in TRAITS if key in self.filters]
        self.filter.setText(" · ".join(chosen) or "All agents")
        self.filter.setAccessibleName(f"Shown agents: {self.filter.text()}")

    # looking

    @property
    def query(self) -> Query:
        """What is asked for."""
        return Query(self.field.text(), self.case.isChecked(), self.words.isChecked(), self.pattern.isChecked())

    def _stale(self, *_: object) -> None:
        """The drawing changed: what is listed is looked for again, if it can be seen."""
        if (self.field.text() or self.filters) and not self._timer.isActive():
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.document.show_only(None)  # nobody could see why the others are faded

    def look(self) -> None:
        """Look now for what the fields ask for."""
        self._timer.stop()
        if not self.isVisible():
            return  # it looks again as soon as it is seen
        query, graph = self.query, self.root.graph
        shown = having(self.document, self.live, self.filters) if self.filters else None
        self.document.show_only(shown)
        current = self._current()
        try:
            found = text_search.search(graph, query)
            self.places = [place for place in found if shown is None or self._is_of(place, shown)]
        except QueryError as error:
            self.places = []
            self._show([], "search", "This cannot be searched", str(error))
            return
        if query.text:
            hits = [hit_in(graph, place) for place in islice(self.places, LISTED)]
            number = sum(len(place.spans) for place in self.places)
            self.told.setText(_number(number, len(self.places)))
            self._show(hits, "search", "Not found", "Nothing that you wrote into this drawing says that.")
        elif shown is not None:
            # in the order of the file
            here = self.document.graph
            hits = [hit_of_agent(here, self._inside, id) for id in here.agents if id in shown][:LISTED]
            self.told.setText(f"{len(shown):,} of {len(here.agents):,} agents")
            why = "There was no run yet." if self.live.state is None and self._asks_for_state() else ""
            self._show(hits, "circle-check", "No agent is like that", why or "Choose All agents to see all of them.")
        else:
            text = "Type words to find them anywhere in the drawing, or choose which agents to show."
            self._show([], "search", "Find and replace", text)
        self._restore(current)

    def _asks_for_state(self) -> bool:
        return any(TRAITS[key].statuses for key in self.filters)

    def _show(self, hits: list[Hit], icon: str, title: str, text: str) -> None:
        if not hits:
            self.told.setText("")
            self.empty.say(icon, title, text)
        self.model.show(hits)
        self.pages.show_content(bool(hits))
        self.set_count(len(hits))
        self._can()

    def _current(self) -> Hit | None:
        index = self.list.currentIndex()
        return index.data(HIT_ROLE) if index.isValid() else None

    def _restore(self, before: Hit | None) -> None:
        """Stay at the row where one was, or where it was."""
        if before is None:
            return
        for row, hit in enumerate(self.model.shown):
            if (hit.inside, hit.id, hit.field) == (before.inside, before.id, before.field):
                self._put(row)
                return

    def _put(self, row: int) -> None:
        index = self.model.index(row, 0)
        self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.list.scrollTo(index)

    # going

    def go(self, index: QModelIndex) -> None:
        """Select what a row is about and bring it into view."""
        hit: Hit = index.data(HIT_ROLE)
        chosen = [hit.id] if hit.id else []
        if hit.inside != self._inside:
            self.root.inside_wanted.emit(hit.inside, chosen)
            return
        self.document.select(chosen)
        if chosen:
            self.document.reveal(chosen)

    def step(self, by: int) -> None:
        """Go to the next (1) or the last (-1) row, round the ends."""
        if self._timer.isActive():
            self.look()
        number = len(self.model.shown)
        if not number:
            return
        row = self.list.currentIndex().row()
        row = (row + by) % number if row >= 0 else (0 if by > 0 else number - 1)
        self._put(row)
        self.go(self.model.index(row, 0))

    def begin(self, text: str | None = None, *, replacing: bool = False) -> None:
        """Put the keyboard into the field, with `text` in it if given."""
        if text:
            self.field.setText(text)
        field = self.by if replacing and self.field.text() else self.field
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key, back = event.key(), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            if key == Qt.Key.Key_Escape:
                self._leave()
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and watched is self.field:
                self.step(-1 if back else 1)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and watched is self.by:
                self.replace_one()
                return True
            if key == Qt.Key.Key_Down and watched is not self.list and self.model.shown:
                self.list.setFocus()
                if not self.list.currentIndex().isValid():
                    self._put(0)
                return True
        return super().eventFilter(watched, event)

    def _leave(self) -> None:
        if self.filters:
            self.set_filters(())
        else:
            self.left.emit()

    # replacing

    def _can(self) -> None:
        reason = self.document.read_only
        if reason is None and not self.places:
            reason = "Nothing is found that could be replaced."
        for button in (self.one, self.all):
            button.setEnabled(reason is None)
            button.setStatusTip(reason or "")

    def replace_one(self) -> None:
        """Replace what the current row shows, and go to the next one."""
        if self._timer.isActive():
            self.look()
        row = max(0, self.list.currentIndex().row())
        if row >= len(self.places) or not self.one.isEnabled():
            return
        if self._replace(self.places[row : row + 1]):
            self.look()
            if self.model.shown:
                row = min(row, len(self.model.shown) - 1)
                self._put(row)
                self.go(self.model.index(row, 0))

    def replace_all(self) -> None:
        """Replace everything that is found, as one step."""
        if self._timer.isActive():
            self.look()
        if self.all.isEnabled() and self._replace(self.places):
            self.look()

    def _replace(self, places: Sequence[Place]) -> bool:
        query, by = self.query, self.by.text()
        try:
            edits = text_search.replacing(self.root.graph, places, query, by)
        except QueryError as error:
            self.told.setText(str(error))
            return False
        number = sum(len(place.spans) for place in places)
        label = f"Replace “{query.text}” with “{by}”" if number == 1 else f"Replace {number:,} × “{query.text}”"
        self.root.do(label, edits)
        return bool(edits)

    @property
    def _inside(self) -> str:
        """The id of the sub-graph in sight; “”: it is the file's drawing."""
        return self.document.id if isinstance(self.document, InnerDocument) else ""

    def _is_of(self, place: Place, agents: frozenset[AgentId]) -> bool:
        """Whether a place is in one of these agents of the drawing in sight, or in an edge between two of them."""
        if place.inside != self._inside:
            return False
        if place.section == "agents":
            return place.id in agents
        edge = self.document.graph.edges.get(EdgeId(place.id)) if place.section == "edges" else None
        return edge is not None and edge.source in agents and edge.target in agents


def _number(places: int, texts: int) -> str:
    found = "1 place" if places == 1 else f"{places:,} places"
    where = "" if texts == places else f" in {texts:,} {'text' if texts == 1 else 'texts'}"
    listed = f" · the first {LISTED:,} are listed" if texts > LISTED else ""
    return f"{found}{where}{listed}"


def build(document: Document, live: Live, parent: QWidget | None = None) -> Find:
    """The find panel of a document."""
    return Find(document, live, parent)
