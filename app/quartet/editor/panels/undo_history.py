"""The undo history as a list: every step, the current one marked; choosing another one goes there."""

from __future__ import annotations

import time

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import icons, theme
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels.panel import Panel
from quartet.editor.panels.undo_model import Mark, UndoModel
from quartet.editor.runner import Runner
from quartet.editor.travelling import go_to

Index = QModelIndex | QPersistentModelIndex
ROW = 28
LEAST = 130
"""Pixels that a title has at least, if need be at the cost of what stands beside it."""


class _Row(QStyledItemDelegate):
    """Icon, what was done, what happened then, and when; what is undone is paler."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model, row, look = index.model(), index.row(), theme.current()
        if not isinstance(model, UndoModel):
            return
        now, undone = row == model.current, row > model.current
        state: QStyle.StateFlag = option.state
        area = option.rect.adjusted(4, 1, -4, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        if now or focused or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(look.selected if now else look.hover)
            if focused:
                painter.setPen(QPen(look.accent, 2 if look.strong else 1))
            painter.drawRoundedRect(area, 6, 6)
        if now:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.accent)
            painter.drawRoundedRect(QRect(area.left() + 3, area.top() + 6, 3, area.height() - 12), 1.5, 1.5)
        picture = QRect(area.left() + 12, area.center().y() - 6, 14, 14)
        icons.paint(painter, model.icon(row), look.faint if undone else look.soft, picture.toRectF())
        words = area.adjusted(34, 0, -8, 0)
        left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(look.text("soft"))
        moment = model.moment(row)
        painter.drawText(words, right, moment)
        words.setRight(words.right() - painter.fontMetrics().horizontalAdvance(moment) - 12)
        for mark in reversed(model.marks(row)):
            words.setRight(self._mark(painter, mark, words))
        font = theme.font(theme.TEXT, theme.font().Weight.DemiBold if now else theme.font().Weight.Normal)
        font.setItalic(undone)
        painter.setFont(font)
        painter.setPen(look.text("soft") if undone else look.ink)
        title = painter.fontMetrics().elidedText(model.title(row), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, left, title)
        painter.restore()

    @staticmethod
    def _mark(painter: QPainter, mark: Mark, words: QRect) -> int:
        """Draw a mark at the right of what is left of the row; returns where the rest of it ends."""
        look = theme.current()
        width = painter.fontMetrics().horizontalAdvance(mark.text)
        if words.width() - width < LEAST:
            width = -6  # the icon says it, and the title needs the room
        else:
            painter.setPen(look.text(mark.tone))
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), mark.text)
        icon = QRect(words.right() - width - 17, words.center().y() - 6, 13, 13)
        icons.paint(painter, mark.icon, look.text(mark.tone), icon.toRectF())
        return icon.left() - 12


class _List(QListView):
    def __init__(self, panel: UndoHistory) -> None:
        super().__init__()
        self._panel = panel

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._panel.go(self.currentIndex().row())
        else:
            super().keyPressEvent(event)


class UndoHistory(Panel):
    """A click or Enter goes to the drawing as it was after a step. Nothing is lost by that: what comes later stays in
    the list until something else is done."""

    def __init__(self, document: Document, live: Live, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__("History", "history", parent)
        self.document, self._live, self._runner = document, live, runner
        self._running = False
        self.model = UndoModel(document, self)
        self.list = _List(self)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setModel(self.model)
        self.list.setAccessibleName("Undo history")
        self.list.clicked.connect(lambda index: self.go(index.row()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 4)
        layout.addWidget(self.list, 1)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._show_current)
        document.undo_stack.indexChanged.connect(self._soon)
        runner.changed.connect(self._see_run)
        theme.changed.connect(self.list.viewport().update)
        self._show_current()

    def go(self, row: int) -> None:
        """Undo or redo as many steps as lie between."""
        if 0 <= row < self.model.rowCount():
            go_to(self.document, row)

    def _soon(self, _: int) -> None:
        self._later.start()

    def _show_current(self) -> None:
        index = self.model.index(self.model.current)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _see_run(self) -> None:
        before, self._running = self._running, self._runner.running
        if self._running and not before:
            rehearsed = self._live.rehearsal
            self.model.mark(Mark(f"{'Rehearsed' if rehearsed else 'Run'} {time.strftime('%H:%M')}", "play", "running"))


def build(document: Document, live: Live, runner: Runner, parent: QWidget | None = None) -> UndoHistory:
    """The history panel of a document."""
    return UndoHistory(document, live, runner, parent)
