"""What it takes to make a part another pattern: what the verdict hangs on, ready to be tried."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from quartet.editor import icons, tabbing, theme
from quartet.editor.background import Background
from quartet.editor.document import Document
from quartet.editor.judge import snapshot
from quartet.editor.manners import considerate
from quartet.editor.panels.lighting import LightingRow
from quartet.editor.panels.problems_fix import FixSheet
from quartet.editor.panels.problems_words import touched
from quartet.editor.plain_text import Link, plain_label
from quartet.graph.model import Graph
from quartet.patterns.change_words import undecided
from quartet.patterns.changes import Change, Effort, changes
from quartet.patterns.tree import TITLES, Inner, Pattern
from quartet.rules import Finding, Fix


class ChangeRow(LightingRow):
    """One other pattern with the smallest change that leads to it. Pointing at it lights up what would change."""

    def __init__(self, document: Document, change: Change) -> None:
        super().__init__(document)
        self.change = change
        count = len(change.edits)
        self.title = plain_label(f"{TITLES[change.to]}, with {count} {'change' if count == 1 else 'changes'}", "title")
        color = theme.current().pattern_text(change.to)
        self.title.setStyleSheet(f"color: {color.name()}")
        picture = QLabel()
        picture.setPixmap(icons.pixmap(theme.PATTERN_ICONS[change.to], color, 16, self.devicePixelRatioF()))
        picture.setFixedWidth(24)
        self.text = plain_label(change.text, "soft", wrap=True)
        self.button = QPushButton("Try…")
        self.button.setAccessibleName(f"Make it a {TITLES[change.to].lower()}")
        self.button.clicked.connect(self._try)
        self.follow(self.button)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.text)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 6, 0, 6)
        layout.setSpacing(4)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)

    def _try(self) -> None:
        fix = Fix(f"Make it a {TITLES[self.change.to].lower()}", self.change.edits)
        carrier = Finding("", "advice", fix.label, self.change.text, (), self.change.edges, (fix,))
        sheet = FixSheet(self.document, carrier, self)
        sheet.show_beside(QRect(self.button.mapToGlobal(self.button.rect().topLeft()), self.button.size()))

    def lights(self) -> tuple[set[str], set[str]]:
        agents, edges = touched(self.change.edits)
        return edges, agents


class Answer(NamedTuple):
    """What was found, and the patterns of which nothing was found out."""

    found: tuple[Change, ...] = ()
    undecided: tuple[Pattern, ...] = ()


def _search(graph: Graph, part: Inner, told: Callable[[float], None]) -> Answer:
    effort = Effort(told=partial(told, 0.0))
    with considerate():
        found = changes(graph, part, effort)
    return Answer(found, effort.undecided)


class Changes(QWidget):
    """The other patterns of one part; worked out when a person asks for them, in a thread: each takes many tries."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.part: Inner | None = None
        self.rows: list[ChangeRow] = []
        self._work = Background(self)
        self.looking = False
        """Whether an answer is under way."""
        self.ask = Link("What would make it another pattern?")
        self.ask.setCheckable(True)
        self.ask.toggled.connect(self._fill)
        self.none = plain_label("", "soft", wrap=True)
        self.none.hide()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(self.ask, 0, Qt.AlignmentFlag.AlignLeft)
        self._box.addWidget(self.none)

    def show_part(self, part: Inner | None) -> None:
        """Be about this part of the document's tree; None: there is nothing to ask about."""
        self.part = part
        self.setVisible(part is not None)
        self._fill()

    def _fill(self) -> None:
        self._work.give_up()
        part, graph = self.part, self.document.graph
        self.looking = part is not None and self.ask.isChecked()
        if part is None or not self.looking:
            self._show(Answer())
        elif part.agents <= graph.agents.keys():  # else it is about to be judged anew
            self._tell("" if self.rows else "Looking for it…")
            self._work.do(partial(_search, snapshot(graph), part), self._take, self._fail)

    def _take(self, answer: Answer) -> None:
        self.looking = False
        self._show(answer)

    def _fail(self, error: Exception) -> None:
        self.looking = False
        self._show(Answer())
        self._tell(f"It could not be found out: {error}")

    def _show(self, answer: Answer) -> None:
        found = answer.found
        if answer.undecided:
            self._tell(undecided(answer.undecided))
        else:
            asked = self.part is not None and self.ask.isChecked()
            none = "No small change would: it takes more than redrawing a few edges."
            self._tell(none if asked and not found else "")
        if [row.change for row in self.rows] == list(found):
            return
        before, self.rows = self.rows, [ChangeRow(self.document, change) for change in found]
        for row in self.rows:
            self._box.addWidget(row)
        tabbing.retire(before, self.rows)

    def _tell(self, text: str) -> None:
        self.none.setText(text)
        self.none.setVisible(bool(text))
