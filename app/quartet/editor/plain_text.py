"""Text from files and agents on widgets: always plain, whatever marks, tags or ampersands it holds."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

NARROW = 96
"""Pixels that are enough for a link."""


def plain_label(text: str = "", look: str = "", *, wrap: bool = False) -> QLabel:
    """A label that never takes its text for markup, with a look of the style sheet."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    if look:
        label.setProperty("look", look)
    label.setWordWrap(wrap)
    return label


def percent(zoom: float) -> str:
    """“41%”, and below ten “7.0%”."""
    return f"{zoom * 100:.0f}%" if zoom >= 0.1 else f"{zoom * 100:.1f}%"


def two_lines(text: str, font: QFont, metrics: QFontMetrics | QFontMetricsF, width: int) -> list[str]:
    """A text broken between words into lines of at most `width` pixels: two at most, the second one elided."""
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout = QTextLayout(text, font)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    if line.isValid():
        line.setLineWidth(max(1, width))
    layout.endLayout()
    units = text.encode("utf-16-le", "surrogatepass")  # Qt counts in these
    cut = 2 * line.textLength() if line.isValid() else 0
    first, rest = (part.decode("utf-16-le", "surrogatepass").strip() for part in (units[:cut], units[cut:]))
    return [first, metrics.elidedText(rest, Qt.TextElideMode.ElideRight, max(1, width))] if rest else [first]


class Elided(QLabel):
    """Plain text on one line; what does not fit is shown as “…”."""

    def __init__(self, text: str = "", look: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if look:
            self.setProperty("look", look)

    def paintEvent(self, event: QPaintEvent) -> None:
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter = QPainter(self)
        self.style().drawItemText(
            painter, room, int(self.alignment()), self.palette(), self.isEnabled(), text, self.foregroundRole()
        )
        painter.end()


class Link(QPushButton):
    """A button that looks like a link; what does not fit is shown as “…”: no panel is kept wide by it."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setProperty("look", "link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(NARROW, super().minimumSizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.end()


def tip(text: str) -> str:
    """A tool tip that shows `text` as it is: Qt would take anything that looks like tags for markup."""
    return f"<div style='white-space: pre-wrap'>{escape(text)}</div>" if text else ""


def caption(text: str) -> str:
    """What a button, a menu or a box is to be called so that an ampersand stays one."""
    return text.replace("&", "&&")
