"""The fix of a problem: shown in words first, lit up on the canvas meanwhile, then applied as one step to undo."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QCloseEvent, QHideEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import icons, theme
from quartet.editor.document import Document
from quartet.editor.panels.problems_words import Line, lines, touched
from quartet.editor.plain_text import caption, plain_label, tip
from quartet.graph.edits import EditError
from quartet.graph.model import AgentId
from quartet.rules import Finding, Fix
from quartet.rules.silence import silence

SIGNS = {"add": ("plus", "succeeded"), "remove": ("minus", "failed"), "change": ("pencil-line", "accent")}
WIDTH = 380
MOST = 12
"""Lines that are shown of a fix; of a longer one the rest is counted."""
SHOWN = 200
"""Of so many agents it can be said that a finding is silenced for them alone."""


class Popover(QFrame):
    """A small sheet beside what it is about; a click elsewhere or Escape closes it and nothing has happened."""

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.document = document
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("popover")
        self.setProperty("look", "outlined")
        self.setFixedWidth(WIDTH)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(16, 12, 16, 12)
        self.box.setSpacing(8)
        self._before: tuple[Collection[str], Collection[str]] = document.highlight_edges, document.highlight_agents

    def show_beside(self, place: QRect) -> None:
        """Show it under the (global) rectangle of what it is about, or above where there is no room."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        left = max(screen.left() + 8, min(place.right() - WIDTH, screen.right() - WIDTH - 8))
        top = place.bottom() + 4
        if top + self.height() > screen.bottom() - 8:
            top = max(screen.top() + 8, place.top() - self.height() - 4)
        self.move(QPoint(left, top))
        self.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.document.highlight(*self._before)
        super().closeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.document.highlight(*self._before)
        super().hideEvent(event)


class FixSheet(Popover):
    """The fixes of one finding with what each would change; Apply does it."""

    def __init__(self, document: Document, finding: Finding, parent: QWidget) -> None:
        super().__init__(document, parent)
        self.finding = finding
        self.chosen: Fix = finding.fixes[0]
        self.choices: list[QRadioButton] = []
        self.problem = plain_label("", "soft", wrap=True)
        self.problem.setStyleSheet(f"color: {theme.current().text('failed').name()}")
        self.problem.hide()
        if len(finding.fixes) == 1:
            self.box.addWidget(plain_label(self.chosen.label, "title", wrap=True))
        else:
            self.box.addWidget(plain_label("What to do", "section"))
            for fix in finding.fixes:
                self._offer(fix)
            self.choices[0].setChecked(True)
        self._changes = QVBoxLayout()
        self._changes.setSpacing(4)
        self.box.addLayout(self._changes)
        self.box.addWidget(self.problem)
        row = QHBoxLayout()
        row.setSpacing(8)
        note = plain_label("One step; undo takes it back.", "tiny")
        row.addWidget(note, 1)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self.close)
        self.apply = QPushButton("Apply")
        self.apply.setProperty("look", "primary")
        self.apply.setEnabled(document.read_only is None)
        if document.read_only is not None:
            self.apply.setToolTip(tip(document.read_only))
        self.apply.clicked.connect(self._apply)
        row.addWidget(self.cancel)
        row.addWidget(self.apply)
        self.box.addSpacing(4)
        self.box.addLayout(row)
        self._show()

    def _offer(self, fix: Fix) -> None:
        button = QRadioButton(caption(fix.label))
        self.choices.append(button)
        self.box.addWidget(button)

        def choose(on: bool) -> None:
            if on:
                self.chosen = fix
                self._show()

        button.toggled.connect(choose)

    def told(self) -> list[Line]:
        """The lines that are on the sheet."""
        return lines(self.document.graph, self.chosen.edits)

    def _show(self) -> None:
        if not hasattr(self, "_changes"):
            return
        while (item := self._changes.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        told = self.told()
        for line in told[:MOST]:
            self._changes.addWidget(self._line(line))
        if len(told) > MOST:
            self._changes.addWidget(plain_label(f"… and {len(told) - MOST:,} more", "soft"))
        agents, edges = touched(self.chosen.edits)
        self.document.highlight(edges | set(self.finding.edges), agents | set(self.finding.agents))
        if self.isVisible():
            self.adjustSize()

    @staticmethod
    def _line(line: Line) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        icon, tone = SIGNS[line.sign]
        picture = QLabel()
        picture.setFixedSize(16, 16)
        picture.setPixmap(icons.pixmap(icon, theme.current().text(tone), 14))
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        text = plain_label(line.text, wrap=True)
        text.setAccessibleName({"add": "Adds ", "remove": "Removes ", "change": "Changes "}[line.sign] + line.text)
        layout.addWidget(text, 1)
        return row

    def _apply(self) -> None:
        self.document.about_to.emit(self.chosen.label)
        try:
            self.document.do(self.chosen.label, list(self.chosen.edits))
        except EditError as error:
            # the drawing changed since the finding was made; the next judgement makes the fix anew
            self.problem.setText(f"This no longer fits the drawing: {error}")
            self.problem.show()
            self.adjustSize()
            return
        self._before = (), ()  # what was lit up before was what is mended now
        self.close()


class SilenceSheet(Popover):
    """Asks why a finding should be silent; the reason is kept in the file."""

    def __init__(self, document: Document, finding: Finding, parent: QWidget) -> None:
        super().__init__(document, parent)
        self.finding = finding
        self.box.addWidget(plain_label(f"Silence “{finding.title}”", "title", wrap=True))
        why = "Why is it no problem here? The reason is kept in the file for those who read it later."
        self.box.addWidget(plain_label(why, "soft", wrap=True))
        self.whom: QComboBox | None = None
        if finding.each and len(finding.agents) > 1:
            self.whom = QComboBox()
            self.whom.setAccessibleName("For whom it is silenced")
            self.whom.addItem(f"For all {len(finding.agents):,} agents")
            for id in finding.agents[:SHOWN]:
                known = document.graph.agents.get(id)
                self.whom.addItem(caption(f"For {(known and known.name.strip()) or id}"))
            self.box.addWidget(self.whom)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Because…")
        self.reason.setAccessibleName("The reason")
        self.reason.returnPressed.connect(self._apply)
        self.box.addWidget(self.reason)
        row = QHBoxLayout()
        row.addStretch(1)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self.close)
        self.apply = QPushButton("Silence")
        self.apply.setProperty("look", "primary")
        self.apply.setEnabled(False)
        self.apply.clicked.connect(self._apply)
        self.reason.textChanged.connect(lambda text: self.apply.setEnabled(bool(text.strip())))
        row.addWidget(self.cancel)
        row.addWidget(self.apply)
        self.box.addLayout(row)
        document.highlight(finding.edges, finding.agents)
        self.reason.setFocus()

    def _chosen(self) -> tuple[AgentId, ...] | None:
        """The agents that it is silenced for; None: whomever it is about."""
        if self.whom is None or self.whom.currentIndex() == 0:
            return None
        return (self.finding.agents[self.whom.currentIndex() - 1],)

    def _apply(self) -> None:
        if self.reason.text().strip():
            edit = silence(self.document.graph, self.finding, self.reason.text(), self._chosen())
            self.document.do(f"Silence “{self.finding.title}”", [edit])
            self.close()
