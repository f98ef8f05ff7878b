"""Edges whose meaning the file did not say: what they were taken for, why, and one click to accept or change it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from quartet.editor import icons, tabbing, theme
from quartet.editor.document import Document
from quartet.editor.panels.lighting import LightingRow
from quartet.editor.panels.problems_words import edge_in_words
from quartet.editor.plain_text import plain_label
from quartet.graph.edits import Edit, Set
from quartet.graph.model import AgentId, EdgeId, EdgeKind
from quartet.patterns.verdict import Inference

LISTED = 6
"""Inferences listed one by one; more are accepted together."""
MEANINGS: tuple[tuple[str, EdgeKind, bool], ...] = (
    ("carries the result on", "flow", False),
    ("leads back: a loop", "flow", True),
    ("watches", "supervise", False),
    ("may hand off to", "handoff", False),
)
"""What an edge can be said to mean: words, kind, loop."""


def accepted(edge: EdgeId, kind: EdgeKind, loop: bool) -> Set:
    """The Edit by which a person states what an edge means."""
    return Set(section="edges", id=edge, values={"kind": kind, "loop": loop or None, "inferred": None})


def _tool(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.icon(icon, theme.current().text("accent") if icon == "check" else None))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button


class _Row(LightingRow):
    def __init__(self, document: Document, inference: Inference) -> None:
        super().__init__(document)
        self.inference = inference
        graph = document.graph
        edge = graph.edges[inference.edge]
        names = {id: graph.agents[id].name or id for id in (edge.source, edge.target)}
        told = edge.model_copy(update={"kind": inference.kind, "loop": inference.loop, "when": None, "on": None})
        text = plain_label(edge_in_words(told, names), wrap=True)
        sure = f"{inference.confidence.capitalize()} confidence."
        reason = plain_label(f"{inference.reason} {sure}", "soft", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(text)
        words.addWidget(reason)
        self.accept = _tool("check", "Accept: this is what it means")
        self.accept.clicked.connect(lambda: self._state(inference.kind, inference.loop))
        self.change = _tool("ellipsis", "It means something else")
        self.change.clicked.connect(self._menu)
        self.follow(self.accept, self.change)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(4)
        layout.addLayout(words, 1)
        layout.addWidget(self.accept, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.change, 0, Qt.AlignmentFlag.AlignTop)

    def _state(self, kind: EdgeKind, loop: bool) -> None:
        self.document.do("State what an edge means", [accepted(self.inference.edge, kind, loop)])

    def _menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, kind, loop in MEANINGS:
            action = menu.addAction(words, lambda kind=kind, loop=loop: self._state(kind, loop))  # type: ignore[misc]
            action.setCheckable(True)
            action.setChecked((kind, loop) == (self.inference.kind, self.inference.loop))
        menu.popup(self.change.mapToGlobal(QPoint(0, self.change.height() + 2)))

    def lights(self) -> tuple[list[EdgeId], list[AgentId]]:
        edge = self.document.graph.edges.get(self.inference.edge)
        return ([], []) if edge is None else ([edge.id], [edge.source, edge.target])


class Inferred(QWidget):
    """The inferences of the verdict; hidden when everything is stated."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.rows: list[_Row] = []
        self._shown: tuple[Inference, ...] = ()
        self._title = plain_label("Taken from the shape", "section", wrap=True)
        self.all = QPushButton("Accept all")
        self.all.clicked.connect(self._accept_all)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.all)
        self._more = QLabel()
        self._more.setProperty("look", "soft")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addLayout(head)
        self._box.addWidget(self._more)
        self.hide()

    def show_inferences(self, inferred: tuple[Inference, ...]) -> None:
        """Show these."""
        edges = self.document.graph.edges
        inferred = tuple(each for each in inferred if each.edge in edges)
        if inferred == self._shown:
            return
        self._shown = inferred
        before, self.rows = self.rows, [_Row(self.document, each) for each in inferred[:LISTED]]
        for row in self.rows:
            self._box.insertWidget(self._box.count() - 1, row)
        tabbing.retire(before, self.rows)
        self._more.setText(f"… and {len(inferred) - LISTED:,} more edges")
        self._more.setVisible(len(inferred) > LISTED)
        self.all.setVisible(len(inferred) > 1)
        self.setVisible(bool(inferred))

    def _accept_all(self) -> None:
        edits: list[Edit] = [accepted(each.edge, each.kind, each.loop) for each in self._shown]
        self.document.do(f"State what {len(edits):,} edges mean", edits)
