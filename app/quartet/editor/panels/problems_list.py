"""The list of problems: a row each, painted, with its buttons, so that ten thousand cost as little as ten."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from operator import eq
from typing import Any, Literal

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    QStringListModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap, QStaticText
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from quartet.editor import icons, theme
from quartet.editor.gist import Look, look
from quartet.editor.plain_text import tip
from quartet.rules import Finding
from quartet.rules.demonstrations import watchable
from quartet.rules.finding import IN_WORDS

Index = QModelIndex | QPersistentModelIndex
Action = Literal["watch", "fix", "again"]
LABELS: dict[Action, str] = {"watch": "Watch it fail", "fix": "Fix…", "again": "Hear again"}
SEVERITIES = {
    "error": ("circle-alert", "failed", "Error"),
    "warning": ("triangle-alert", "warning", "Warning"),
    "advice": ("lightbulb", "idle", "Advice"),
}
"""Severity → icon, colour token and word."""
ROW, BUTTON = 44, 28
KEPT = 200
"""Texts that are kept laid out: those of more rows than a screen is high."""
FINDING_ROLE = Qt.ItemDataRole.UserRole
ACTIONS_ROLE = Qt.ItemDataRole.UserRole + 1


class ProblemModel(QStringListModel):
    """Findings, a row each. Qt keeps the number of rows itself: a layout asks for it twice per row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.findings: list[Finding] = []
        self._looks: list[Look] = []
        self.rowsRemoved.connect(self._removed)  # before any view hears of it

    def show(self, findings: list[Finding], looks: Sequence[Look] | None = None) -> None:
        """Show other findings; rows that stay the same stay selected, and only the others are touched.

        Args:
            looks: what a person sees of each (`gist.look`), where that is known.
        """
        before, was, looks = self.findings, self._looks, list(map(look, findings)) if looks is None else looks
        first = top = _alike(was, looks)
        room = min(len(before), len(findings)) - top
        bottom = min(room, _alike(was[::-1], looks[::-1]))
        last_before, last_after = len(before) - bottom, len(findings) - bottom
        while top < min(last_before, last_after) and _about_the_same(before[top], findings[top]):
            top += 1  # the same in other words: the rows stay, and Qt need not lay out all of them again
        if top < last_before:
            self.removeRows(top, last_before - top)
        if top < last_after:
            before[top:top] = findings[top:last_after]
            self.insertRows(top, last_after - top)
        before[:] = findings  # what looks the same may be mended in another way
        self._looks = list(looks)
        if first < top:
            self.dataChanged.emit(self.index(first, 0), self.index(top - 1, 0))

    def _removed(self, parent: Index, first: int, last: int) -> None:
        del self.findings[first : last + 1]

    def actions(self, finding: Finding) -> list[Action]:
        """What can be done about a finding, as its buttons from the left."""
        if finding.silenced is not None:
            return ["again"]
        found: list[Action] = []
        if finding.code in watchable():
            found.append("watch")
        if finding.fixes:
            found.append("fix")
        return found

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if index.isValid() else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        finding = self.findings[index.row()]
        if role == FINDING_ROLE:
            return finding
        if role == ACTIONS_ROLE:
            return self.actions(finding)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{finding.title} {finding.code} · {finding.detail}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            word = SEVERITIES[finding.severity][2]
            doubt = f" {finding.doubt}" if finding.doubt else ""
            silenced = f" Silenced: {finding.silenced}" if finding.silenced is not None else ""
            return f"{word}: {finding.title}. {finding.detail}{doubt}{silenced}"
        if role == Qt.ItemDataRole.ToolTipRole:
            silenced = f"\n\nSilenced: {finding.silenced}" if finding.silenced is not None else ""
            more = f"F1 explains {finding.code}."
            return tip(f"{finding.title}\n{finding.detail}\n\n{IN_WORDS[finding.confidence]} {more}{silenced}")
        return None


def _about_the_same(one: Finding, other: Finding) -> bool:
    return one.code == other.code and one.agents == other.agents and one.edges == other.edges


def _alike(some: Sequence[Look], others: Sequence[Look]) -> int:
    """How many look alike before the first that does not."""
    same = list(map(eq, some, others))
    return same.index(False) if False in same else len(same)


class _RowPainter(QStyledItemDelegate):
    """Paints a row. Texts are laid out, and buttons drawn, once: after a judgement all rows in sight come again."""

    def __init__(self, view: ProblemList) -> None:
        super().__init__(view)
        self._view = view
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self._texts: dict[tuple[str, str, int], tuple[QStaticText, QStaticText | None, int]] = {}
        self._buttons: dict[tuple[Action, bool, float], QPixmap] = {}
        self._title_font, self._rest_font = theme.font(theme.TEXT, QFont.Weight.DemiBold), theme.font(theme.SMALL)
        metrics = QFontMetrics(theme.font(theme.TEXT))
        self.widths: dict[Action, int] = {action: metrics.horizontalAdvance(LABELS[action]) + 24 for action in LABELS}
        """How wide the buttons are."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        now = theme.current()
        finding: Finding = index.data(FINDING_ROLE)
        rect: QRect = option.rect
        ratio = painter.device().devicePixelRatioF()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, now.selected)
        elif index.row() == self._view.hovered:
            painter.fillRect(rect, now.hover)
        painter.fillRect(rect.left() + 12, rect.bottom(), rect.width() - 24, 1, now.line)
        silent = finding.silenced is not None
        icon, tone, _ = SEVERITIES[finding.severity]
        color = now.faint if silent else now.text(tone)
        painter.drawPixmap(rect.left() + 16, rect.center().y() - 7, icons.pixmap(icon, color, 16, ratio))
        buttons = self._view.buttons(index)
        right = min((box.left() for _, box in buttons), default=rect.right()) - 16
        self._paint_text(painter, finding, QRect(rect.left() + 44, rect.top(), right - rect.left() - 44, rect.height()))
        for action, box in buttons:
            painter.drawPixmap(box.topLeft(), self._button(action, self._view.pointed == (index.row(), action), ratio))

    def _paint_text(self, painter: QPainter, finding: Finding, box: QRect) -> None:
        now = theme.current()
        silent = finding.silenced is not None
        says = finding.detail if not silent else f"silenced: {finding.silenced}"
        title, rest, used = self._laid_out(finding.title, f"{finding.code} · {says}", box.width())
        painter.setFont(self._title_font)
        painter.setPen(now.soft if silent else now.ink)
        painter.drawStaticText(box.left(), _middle(box, title), title)
        if rest is not None:
            painter.setFont(self._rest_font)
            painter.setPen(now.soft)
            painter.drawStaticText(box.left() + used, _middle(box, rest), rest)

    def _laid_out(self, title: str, rest: str, width: int) -> tuple[QStaticText, QStaticText | None, int]:
        """Title and explanation in so many pixels, and where the latter begins; None where it has no room."""
        found = self._texts.get((title, rest, width))
        if found is None:
            metrics = QFontMetrics(self._title_font)
            shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, width)
            used = metrics.horizontalAdvance(shown) + 8
            room = width - used
            more = QFontMetrics(self._rest_font).elidedText(rest, Qt.TextElideMode.ElideRight, room)
            if len(self._texts) >= KEPT:
                self._texts.clear()
            found = self._texts[title, rest, width] = (
                _static(shown, self._title_font), _static(more, self._rest_font) if room > 40 else None, used,
            )  # fmt: skip
        return found

    def _button(self, action: Action, pointed: bool, ratio: float) -> QPixmap:
        found = self._buttons.get((action, pointed, ratio))
        if found is None:
            now = theme.current()
            box = QRect(0, 0, self.widths[action], BUTTON)
            found = self._buttons[action, pointed, ratio] = QPixmap(ceil(box.width() * ratio), ceil(BUTTON * ratio))
            found.setDevicePixelRatio(ratio)
            found.fill(Qt.GlobalColor.transparent)
            painter = QPainter(found)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(now.outline, 1))
            painter.setBrush(now.hover if pointed else now.panel)
            painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            painter.setPen(now.ink)
            painter.setFont(theme.font(theme.TEXT))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, LABELS[action])
            painter.end()
        return found


def _static(text: str, font: QFont) -> QStaticText:
    found = QStaticText(text)
    found.setTextFormat(Qt.TextFormat.PlainText)
    found.prepare(font=font)
    return found


def _middle(box: QRect, text: QStaticText) -> int:
    return box.top() + round((box.height() - text.size().height()) / 2)


class ProblemList(QListView):
    """Rows of a ProblemModel. Enter shows the place, F fixes, W watches it fail; every row has a menu with all."""

    chosen = Signal(object)
    """The finding that is current now, or None."""
    asked = Signal(object, object, object)
    """(finding, action, global rectangle of its button)"""

    def __init__(self, model: ProblemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problems = model
        self.hovered = -1
        self.pointed: tuple[int, Action] | None = None
        self.setModel(model)
        self._painter = _RowPainter(self)
        self.setItemDelegate(self._painter)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Problems")
        self.selectionModel().currentChanged.connect(self._current)
        theme.changed.connect(self.viewport().update)

    def _current(self, index: QModelIndex, before: QModelIndex) -> None:
        self.chosen.emit(index.data(FINDING_ROLE) if index.isValid() else None)

    def buttons(self, index: Index) -> list[tuple[Action, QRect]]:
        """The buttons of a row and where they stand in the viewport."""
        row = self.visualRect(index)
        right = row.right() - 12
        found: list[tuple[Action, QRect]] = []
        for action in reversed(self.problems.actions(index.data(FINDING_ROLE))):
            width = self._painter.widths[action]
            found.append((action, QRect(right - width, row.top() + (ROW - BUTTON) // 2, width, BUTTON)))
            right -= width + 8
        return found[::-1]

    def button_at(self, point: QPoint) -> tuple[QModelIndex, Action, QRect] | None:
        """The button under a point of the viewport."""
        index = self.indexAt(point)
        if index.isValid():
            for action, box in self.buttons(index):
                if box.contains(point):
                    return index, action, box
        return None

    def ask(self, index: QModelIndex, action: Action) -> None:
        """Press a button of a row."""
        for each, box in self.buttons(index):
            if each == action:
                place = QRect(self.viewport().mapToGlobal(box.topLeft()), box.size())
                self.asked.emit(index.data(FINDING_ROLE), action, place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        found = self.button_at(point)
        self.pointed = None if found is None else (found[0].row(), found[1])
        self.hovered = self.indexAt(point).row()
        self.viewport().update()
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            found = self.button_at(event.position().toPoint())
            if found is not None:
                self.setCurrentIndex(found[0])
                self.ask(found[0], found[1])
                return
        super().mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered, self.pointed = -1, None
        self.viewport().update()
        super().leaveEvent(event)

    def dataChanged(self, first: Index, last: Index, roles: object = ()) -> None:
        # a list lays all of its rows out anew when one says something else; these are all of one height
        QAbstractItemView.dataChanged(self, first, last, [])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        keys: dict[int, Action] = {Qt.Key.Key_F: "fix", Qt.Key.Key_W: "watch", Qt.Key.Key_H: "again"}
        action = keys.get(event.key())
        if index.isValid() and action is not None and not event.modifiers():
            self.ask(index, action)
        elif index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(index)
        else:
            super().keyPressEvent(event)
