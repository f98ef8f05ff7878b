"""What every panel has in common: a title with a quiet count for its tab, and a calm page when there is nothing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QStackedLayout, QVBoxLayout, QWidget

from quartet.editor import clear_button, icons, tabbing, theme
from quartet.editor.plain_text import tip, two_lines


class Panel(QWidget):
    """A dock's content. `count` is what its tab may show beside the title (0: nothing)."""

    count_changed = Signal(int)

    def __init__(self, title: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.icon = icon
        self.count = 0
        self._owed = False
        self.setObjectName(title.lower())
        self.setAccessibleName(title)

    def seen(self) -> None:
        """The panel came to the front."""

    def row_menu(self) -> QMenu | None:
        """A new menu of what can be done with the row that has the keyboard; None if there is nothing."""
        return None

    def reread(self) -> None:
        """Take anew from the document what the panel shows."""

    def reread_when_seen(self) -> None:
        """Reread now, or when the panel comes into sight: what nobody looks at takes nobody's time."""
        self._owed = not self.in_sight
        if not self._owed:
            self.reread()

    @property
    def in_sight(self) -> bool:
        """Whether somebody may look at it. In a window that is not shown yet everything counts as seen."""
        return not self.window().isVisible() or not self.visibleRegion().isEmpty()

    def catch_up(self) -> None:
        """Do what was put off while nobody looked."""
        if self._owed:
            self._owed = False
            self.reread()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.catch_up()

    def set_count(self, count: int) -> None:
        """Say how many things the panel holds."""
        if count != self.count:
            self.count = count
            self.count_changed.emit(count)


LOW = 96
"""Pixels of height below which an empty page has no room for its icon."""


class EmptyPage(QWidget):
    """What a panel shows when there is nothing to show: an icon, what that means, and what to do."""

    def __init__(self, icon: str, title: str, text: str, tone: str = "faint", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._tone = icon, tone
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel(title, alignment=Qt.AlignmentFlag.AlignCenter)
        self._title.setProperty("look", "title")
        self._text = QLabel(text, alignment=Qt.AlignmentFlag.AlignCenter)
        self._text.setProperty("look", "soft")
        self._text.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 8, 24, 8)
        layout.setSpacing(2)
        layout.addStretch(1)
        layout.addWidget(self._picture)
        layout.addSpacing(2)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addStretch(2)
        self._layout = layout
        theme.changed.connect(self._dress)
        self._dress()

    def say(self, icon: str, title: str, text: str, tone: str = "faint") -> None:
        """Say something else."""
        self._icon, self._tone = icon, tone
        self._title.setText(title)
        self._text.setText(text)
        self._dress()

    def offer(self, button: QWidget) -> None:
        """Put the button that does it right under the words."""
        last = self._layout.count() - 1
        self._layout.insertSpacing(last, 10)
        self._layout.insertWidget(last + 1, button, 0, Qt.AlignmentFlag.AlignHCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low panel the words stay whole and the icon makes room."""
        super().resizeEvent(event)
        self._picture.setHidden(event.size().height() < LOW)

    def _dress(self) -> None:
        color = theme.current().color(self._tone)
        self._picture.setPixmap(icons.pixmap(self._icon, color, 24, self.devicePixelRatioF()))


class Pages(QWidget):
    """Shows either an empty page or the content."""

    def __init__(self, content: QWidget, empty: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content, self.empty = content, empty
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(content)
        self._stack.addWidget(empty)

    def show_content(self, there_is: bool) -> None:
        """Show the content if there is any, else the empty page. The keyboard, if it was on the one, goes to the other.

        It would wander on to another panel, which then lights up what it is about.
        """
        page = self.content if there_is else self.empty
        held = self.window().focusWidget()
        if page is self._stack.currentWidget() or held is None or not self.isAncestorOf(held):
            self._stack.setCurrentWidget(page)
            return
        self.setFocus()
        self._stack.setCurrentWidget(page)
        (tabbing.first(page) or self).setFocus()

    @property
    def has_content(self) -> bool:
        return self._stack.currentWidget() is self.content


class Clamped(QLabel):
    """Soft text of at most two lines; what does not fit is in its tip."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("look", "soft")
        self.setWordWrap(True)
        self.setToolTip(tip(text))
        self.setTextFormat(Qt.TextFormat.PlainText)

    def _lines(self, width: int) -> list[str]:
        return two_lines(self.text(), self.font(), self.fontMetrics(), width)

    def heightForWidth(self, width: int) -> int:
        return len(self._lines(width)) * self.fontMetrics().lineSpacing()

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.fontMetrics().lineSpacing())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.current().soft)
        spacing, ascent = self.fontMetrics().lineSpacing(), self.fontMetrics().ascent()
        for number, line in enumerate(self._lines(self.width())):
            painter.drawText(0, number * spacing + ascent, line)
        painter.end()


class SearchBox(QLineEdit):
    """A quiet search field with its icon."""

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "search")
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder.rstrip("…"))
        clear_button.add(self)
        self._action = QAction(self)
        self.addAction(self._action, QLineEdit.ActionPosition.LeadingPosition)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self._action.setIcon(icons.icon("search", theme.current().faint))

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(200, 28))
