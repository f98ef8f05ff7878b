"""What is asked at a limit of a run: which one, who is at fault, how much more to allow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from quartet.editor import icons, theme
from quartet.editor.panels.limit_words import Names, used_by
from quartet.editor.plain_text import caption, plain_label
from quartet.engine.meters import UNIT_WORDS, money
from quartet.engine.seen import Reached

WIDTH = 96
"""Pixels of a field for an amount."""


class LimitCard(QFrame):
    """The limits at which a run waits, each with a field for how much more it may use."""

    allowed = Signal(object)
    """How much more of each, in their order."""
    stopped = Signal()
    shown = Signal(str)
    """The id of an agent at fault that the person wants to see."""

    def __init__(self, reached: Sequence[Reached], names: Names, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reached = tuple(reached)
        self.setProperty("look", "card")
        texts = [used_by(one, names) for one in reached]
        self.setAccessibleName("A limit is reached: " + " ".join(texts))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.picture = QLabel()
        title = QLabel("A limit is reached" if len(texts) == 1 else f"{len(texts):,} limits are reached")
        title.setProperty("look", "title")
        head.addWidget(self.picture)
        head.addWidget(title)
        self.links: list[QPushButton] = []
        for id in dict.fromkeys(id for one in reached for id in one.agents):
            link = QPushButton(caption(names(id)))
            link.setProperty("look", "link")
            link.setToolTip("Show this agent")
            link.clicked.connect(lambda _, id=id: self.shown.emit(id))
            self.links.append(link)
            head.addWidget(link)
        head.addStretch(1)
        layout.addLayout(head)
        self.fields: list[QLineEdit] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        for one, text in zip(reached, texts, strict=True):
            self._add(one, text)
        layout.addLayout(self._grid)
        self.problem = plain_label(look="soft")
        self.problem.setVisible(False)
        self.stop = QPushButton("Stop the run")
        self.stop.clicked.connect(self.stopped)
        self.allow = QPushButton("Allow more")
        self.allow.setProperty("look", "primary")
        self.allow.setToolTip("Go on, with so much more than is used up now")
        self.allow.clicked.connect(self._allow)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.problem, 1)
        buttons.addStretch(1)
        buttons.addWidget(self.stop)
        buttons.addWidget(self.allow)
        layout.addLayout(buttons)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.picture.setPixmap(icons.pixmap("circle-pause", theme.current().text("warning"), 16))

    def _add(self, one: Reached, text: str) -> None:
        row = self._grid.rowCount()
        field = QLineEdit(money(one.grant) if one.which == "max_cost" else f"{one.grant:.12g}")
        before, after = UNIT_WORDS.get(one.which, ("", ""))
        field.setAccessibleName(f"How much more: {before or after}")
        field.setFixedWidth(WIDTH)
        field.returnPressed.connect(self._allow)
        self.fields.append(field)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(plain_label(text, wrap=True), row, 0)
        self._grid.addWidget(QLabel(f"Allow {before}".rstrip()), row, 1, right)
        self._grid.addWidget(field, row, 2)
        self._grid.addWidget(QLabel(f"{after} more".lstrip()), row, 3)

    def _allow(self) -> None:
        amounts = []
        for one, field in zip(self.reached, self.fields, strict=True):
            value = amount(one, field.text())
            if value is None:
                whole = "a number" if one.which in FRACTIONS else "a whole number"
                self.problem.setText(f"Write {whole} above 0.")
                self.problem.setVisible(True)
                field.setFocus()
                field.selectAll()
                return
            amounts.append(value)
        self.problem.setVisible(False)
        self.allowed.emit(amounts)


FRACTIONS = frozenset({"max_cost", "max_seconds", "deadline"})
"""What is not counted in whole numbers."""


def amount(one: Reached, text: str) -> float | None:
    """The amount that was typed; None: it is none that can be allowed."""
    try:
        value = float(text.replace(",", "").strip().lstrip("$"))
    except ValueError:
        return None
    if not 0 < value < float("inf"):
        return None
    if one.which in FRACTIONS:
        return value
    return int(value) if value.is_integer() else None
