"""Two versions of a graph: the differences in words, and both in one drawing. Nothing in it can be edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import dialogs, plain_text
from quartet.editor.canvas import differences
from quartet.editor.canvas.differences import Marks
from quartet.editor.canvas.view import Canvas
from quartet.editor.compare import Comparison, compare
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.plain_text import plain_label
from quartet.graph.diff import How
from quartet.graph.diff_words import SIGNS, words
from quartet.graph.nesting import inside

HOWS: tuple[How, ...] = ("added", "removed", "changed")
IDS = Qt.ItemDataRole.UserRole
MOST_LINES = 40
"""Lines of a text that the list shows; the file and `quartet diff` have them all."""


class Answer(NamedTuple):
    """A button of the dialog, for where a comparison is to be decided."""

    label: str
    does: Callable[[], object]
    primary: bool = False


class _Drawing(NamedTuple):
    """A drawing of both versions, of the graph or of a sub-graph."""

    comparison: Comparison
    document: Document
    canvas: Canvas
    layers: Sequence[differences.MarkLayer]


class CompareDialog(QDialog):
    """Shows a comparison. Whoever opens it may add ways to answer it."""

    def __init__(
        self, parent: QWidget, comparison: Comparison, before: str, after: str, answers: Sequence[Answer] = ()
    ) -> None:
        super().__init__(parent)
        self.setObjectName("compare")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Compare — Quartet")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        dialogs.resize(self, 1180, 720)
        self.comparison = comparison
        self._used = inside(comparison.both)
        self._live = Live(self)
        self._drawings: dict[str, _Drawing] = {}
        """What was looked at: the graph itself (“”), and sub-graphs by their ids."""
        self.place = plain_label("", "soft")
        self.whole = QPushButton("Whole drawing")
        self.whole.setToolTip("Show the drawing around this sub-graph")
        self.whole.clicked.connect(lambda: self._show_place("", ""))
        self._inside = QWidget()
        line = QHBoxLayout(self._inside)
        line.setContentsMargins(12, 0, 0, 8)
        line.addWidget(self.place, 1)
        line.addWidget(self.whole)
        self._pages = QStackedWidget()
        self._go("")
        self.list = self._build_list()
        self.moves = QCheckBox("Show what was moved")
        self.moves.setChecked(True)
        self.moves.setVisible(comparison.found.moves > 0)
        self.moves.toggled.connect(self._show_moves)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        column.addWidget(plain_label(f"{before[:1].upper()}{before[1:]} → {after}", "headline"))
        column.addWidget(plain_label(self._summary(), "soft"))
        if comparison.links:
            column.addWidget(plain_label(comparison.links, "soft"))
        left = QWidget()
        rows = QVBoxLayout(left)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.list, 1)
        rows.addWidget(self.moves)
        split = QSplitter()
        split.setHandleWidth(1)
        split.addWidget(left)
        right = QWidget()
        drawing = QVBoxLayout(right)
        drawing.setContentsMargins(0, 0, 0, 0)
        drawing.setSpacing(0)
        drawing.addWidget(self._inside)
        drawing.addWidget(self._pages, 1)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setSizes([380, 760])
        column.addWidget(split, 1)
        column.addLayout(self._buttons(answers))
        self._fill()
        self.list.currentItemChanged.connect(lambda item, _: self._show(item))
        self.list.setFocus()

    def _summary(self) -> str:
        found, marks = self.comparison, self.comparison.marks
        old, new = found.before.headline, found.after.headline
        pattern = f"Pattern: {old} → {new}" if old != new else f"Pattern: {new}, as before"
        moved = len(marks.came_from)
        if not found.found.means_something:
            return "Nothing differs." if not found.found.moves else f"Nothing differs in meaning; {moved} moved."
        return f"{pattern} · {moved} moved" if moved else pattern

    # the drawings

    @property
    def document(self) -> Document:
        """The drawing in sight."""
        return self._here.document

    @property
    def canvas(self) -> Canvas:
        return self._here.canvas

    @property
    def layers(self) -> Sequence[differences.MarkLayer]:
        return self._here.layers

    def _go(self, inside: str) -> None:
        """Show the drawing of the graph itself (“”), or of a sub-graph that differs, by its id."""
        found = self._drawings.get(inside)
        if found is None:
            pair = self.comparison.inner.get(inside)
            found = self._drawings[inside] = self._draw(self.comparison if pair is None else compare(*pair))
            self._pages.addWidget(found.canvas)
        self._here = found
        self._pages.setCurrentWidget(found.canvas)
        self.place.setText(f"Inside {self._called(inside)}")
        self._inside.setVisible(bool(inside))

    def _draw(self, comparison: Comparison) -> _Drawing:
        document = Document(comparison.both, None, "This shows two versions of a graph: nothing in it is edited.")
        document.setParent(self)
        document.close()  # the verdicts of the two are known, and this mixture of them has none
        document.verdict = comparison.after
        canvas = Canvas(document, self._live)
        layers = differences.show(canvas.canvas_scene, comparison.marks)
        return _Drawing(comparison, document, canvas, layers)

    def _called(self, inside: str) -> str:
        """A sub-graph by the names of the agents that one goes through, or by its id where none stands for it."""
        return next((f"“{one.path}”" for one in self._used if one.id == inside), f"“{inside}”")

    def _buttons(self, answers: Sequence[Answer]) -> QHBoxLayout:
        row = QHBoxLayout()
        for how in HOWS:
            row.addWidget(_legend(how))
        row.addStretch(1)
        close = QPushButton("Close")
        close.setObjectName("close")
        close.clicked.connect(self.reject)
        row.addWidget(close)
        self.answers: dict[str, QPushButton] = {}
        for answer in answers:
            button = QPushButton(answer.label)
            button.setDefault(answer.primary)
            button.clicked.connect(self._answered(answer))
            self.answers[answer.label] = button
            row.addWidget(button)
        if not any(answer.primary for answer in answers):
            close.setDefault(True)
        return row

    def _answered(self, answer: Answer) -> Callable[[], None]:
        def take() -> None:
            self.accept()
            answer.does()

        return take

    # the list

    def _build_list(self) -> QTreeWidget:
        found = QTreeWidget()
        found.setObjectName("differences")
        found.setAccessibleName("Differences")
        found.setHeaderHidden(True)
        found.setWordWrap(True)
        found.setUniformRowHeights(False)
        found.setIconSize(QSize(14, 14))
        found.setIndentation(16)
        found.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        found.itemClicked.connect(lambda item, _: self._show(item))
        return found

    def _fill(self) -> None:
        """Write the list."""
        for told in words(self.comparison.found):
            place = "".join(f"{self._called(id)} › " for id in told.inside)
            verb = {"added": " added", "removed": " removed", "changed": ""}[told.how]
            row = QTreeWidgetItem(self.list, [f"{told.sign} {place}{told.title}{verb}"])
            row.setToolTip(0, plain_text.tip(row.text(0)))
            row.setData(0, IDS, (told.inside[0] if told.inside else "", told.id))
            for field in told.fields:
                below = QTreeWidgetItem(row, [field.sentence])
                below.setExpanded(told.how == "changed")
                below.setData(0, IDS, (told.inside[0] if told.inside else "", told.id))
                for line in field.lines[:MOST_LINES]:
                    text = QTreeWidgetItem(below, [f"{line.sign} {line.text}"])
                    text.setData(0, IDS, (told.inside[0] if told.inside else "", told.id))
                if len(field.lines) > MOST_LINES:
                    QTreeWidgetItem(below, [f"… and {len(field.lines) - MOST_LINES} more lines"])
            row.setExpanded(told.how == "changed")
        if not self.list.topLevelItemCount():
            QTreeWidgetItem(self.list, ["Nothing differs in meaning."])

    def _show(self, item: QTreeWidgetItem | None) -> None:
        place = None if item is None else item.data(0, IDS)
        if place is None:
            self.document.select([])
            return
        self._show_place(*place)

    def _show_place(self, inside: str, id: str) -> None:
        self._go(inside)
        self._show_moves(self.moves.isChecked())
        self.document.select([id] if id else [])
        self.document.reveal([id] if id else [])

    def _show_moves(self, on: bool) -> None:
        marks = self._here.comparison.marks
        for layer in self.layers:
            layer.marks = marks if on else Marks(marks.how, {})
            layer.update()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._release()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        self._release()
        super().done(result)

    def _release(self) -> None:
        for drawing in self._drawings.values():
            drawing.canvas.canvas_scene.release()


def _legend(how: How) -> QLabel:
    label = QLabel(f"{SIGNS[how]} {how}")
    label.setProperty("look", "tiny")
    label.setContentsMargins(0, 0, 12, 0)
    return label
