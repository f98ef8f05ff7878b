"""A search on the canvas: a chooser at the place it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

from quartet.editor.chooser import SIDE, Chooser, Row

WIDE, ROW, ROWS = 320, 32, 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen."""

    title: str
    summary: str
    icon: str
    does: Callable[[], object]
    color: str = "soft"
    """A token of the theme, for the icon."""
    also: str = ""
    """Other words it answers to."""


Source = Callable[[str], Sequence[Choice]]
"""What answers to the typed text, the best first."""


class Search(Chooser):
    """The popup. It tells its choice what to do when one is chosen, and `left` in any case when it closes."""

    def __init__(self, canvas: QAbstractScrollArea) -> None:
        super().__init__(canvas, "What fits", ROW, ROWS, Qt.AlignmentFlag.AlignRight)
        self.setObjectName("search")
        self.line.setAccessibleName("Search")
        self._canvas = canvas
        self._source: Source = lambda typed: ()
        self._left: Callable[[], object] = lambda: None
        self._asked, self._since, self._third = QPoint(), QElapsedTimer(), False
        self.list.viewport().installEventFilter(self)
        self.choices: Sequence[Choice] = ()
        """What is shown now, the best first."""

    def ask(
        self,
        prompt: str,
        source: Source,
        at: QPoint,
        left: Callable[[], object] = lambda: None,
        clear: QRect | None = None,
    ) -> None:
        """Open at a pixel of the viewport. `source` says what answers to the text; `left` is told when it closes.

        What lies in `clear` stays in sight where the view has room for that.
        """
        self.close_()
        self._source, self._left, self._asked = source, left, at
        self._since.start()
        self._third = False
        self.line.setPlaceholderText(prompt)
        self.line.setAccessibleName(prompt.rstrip("…"))
        self.line.clear()
        self._typed("")
        area = self._canvas.viewport().rect()
        self.setFixedWidth(min(WIDE, max(160, area.width() - 2 * SIDE)))
        most = SIDE * 3 + self.line.sizeHint().height() + ROW * ROWS + 8
        x = min(max(SIDE, at.x()), max(SIDE, area.width() - self.width() - SIDE))
        y = min(max(SIDE, at.y()), max(SIDE, area.height() - most - SIDE))
        if clear is not None and y < at.y() and QRect(x, y, self.width(), most).intersects(clear):
            above, aside = clear.top() - SIDE - most, clear.left() - SIDE - self.width()
            x, y = (aside, y) if aside >= SIDE else (x, above if above >= SIDE else y)
        self.move(x, y)
        self.show()
        self.raise_()
        self.line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.line and isinstance(event, QMouseEvent):  # of the list
            if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
                self._third = self._is_third(event)
            return self._third  # its release chooses nothing either
        return super().eventFilter(watched, event)

    def _is_third(self, event: QMouseEvent) -> bool:
        """Whether it is the third click in a row: the second opened this under the pointer, and nothing was chosen."""
        away = self._canvas.viewport().mapFromGlobal(event.globalPosition().toPoint()) - self._asked
        near = away.manhattanLength() < QApplication.startDragDistance()
        return near and self._since.elapsed() < QApplication.doubleClickInterval()

    def _typed(self, text: str) -> None:
        self.choices = self._source(text)
        nothing = f"Nothing here is called “{text.strip()}”." if text.strip() else "Nothing fits here."
        rows = [Row(each.title, each.summary, each.icon, each.color, tip=each.summary or None) for each in self.choices]
        self._list(rows, "" if rows else nothing)

    def choose(self, row: int) -> None:
        if not 0 <= row < len(self.choices):
            return
        choice = self.choices[row]
        self.leave()
        choice.does()

    def leave(self) -> None:
        self.close_()
        self._canvas.setFocus()

    def left_for(self) -> None:
        self.close_()

    def close_(self) -> None:
        """Close without choosing; nothing if it is closed already."""
        held = self.window().focusWidget()
        if held is not None and self.isAncestorOf(held):
            self._canvas.setFocus()  # first: hidden with the keyboard, it lends it to the problems, which light one up
        if self.isHidden():  # also when going closed it (`left_for`)
            return
        left, self._left = self._left, lambda: None
        self.hide()
        left()
