"""Two views side by side: of one drawing, each with its own place and zoom, or of two drawings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from quartet.editor import theme

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

LINE = 2
"""Pixels of the line over the view that has the keyboard, where there are two."""


class _View(QWidget):
    """A canvas under a line that tells whether commands are about it."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__()
        self.canvas = canvas
        self._marked = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(canvas)
        theme.changed.connect(self.update)

    def mark(self, of_two: bool, front: bool) -> None:
        """Draw the line (or leave room for it) if there are two views."""
        self._marked = of_two and front
        self._column.setContentsMargins(0, LINE if of_two else 0, 0, 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        now = theme.current()
        painter.fillRect(0, 0, self.width(), LINE, now.accent if self._marked else now.line)
        painter.end()


class Split(QSplitter):
    """One canvas of a drawing, or two. `front` is the one that had the keyboard last: commands are about it."""

    entered = Signal()
    """The keyboard came to one of them."""
    zoom_changed = Signal(float)
    """Of the one in front; or another one came there."""

    def __init__(self, make: Callable[[], Canvas]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._make = make
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self._views: list[_View] = []
        self.front = self._add()

    @property
    def canvases(self) -> list[Canvas]:
        """From the left."""
        return [view.canvas for view in self._views]

    def _add(self) -> Canvas:
        canvas = self._make()
        canvas.installEventFilter(self)
        canvas.zoom_changed.connect(lambda zoom: self.zoom_changed.emit(zoom) if canvas is self.front else None)
        view = _View(canvas)
        self._views.append(view)
        self.addWidget(view)
        return canvas

    @property
    def two(self) -> bool:
        """Whether there are two."""
        return len(self._views) == 2

    def split(self) -> None:
        """Show the drawing a second time beside the first; it begins with what the first one shows."""
        if self.two:
            return
        first = self.front
        second = self._add()
        self.setSizes([1, 1])
        second.show()
        if first.fitted:
            second.fit()
        else:
            second.set_zoom(first.zoom)
            second.centerOn(first.center_scene_pos())
        self._to_front(second)
        second.setFocus()

    def join(self) -> None:
        """Keep only the view in front."""
        if not self.two:
            return
        view = next(each for each in self._views if each.canvas is not self.front)
        self._views.remove(view)
        view.canvas.removeEventFilter(self)
        view.hide()
        view.canvas.canvas_scene.release()
        view.deleteLater()
        self._mark()
        self.front.setFocus()

    def other(self) -> None:
        """Give the keyboard to the other view."""
        if self.two:
            next(each for each in self.canvases if each is not self.front).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            for canvas in self.canvases:
                if canvas is watched:
                    self._to_front(canvas)
                    self.entered.emit()
        return super().eventFilter(watched, event)

    def _to_front(self, canvas: Canvas) -> None:
        if canvas is not self.front:
            self.front = canvas
            self.zoom_changed.emit(canvas.zoom)
        self._mark()

    def _mark(self) -> None:
        for view in self._views:
            view.mark(self.two, view.canvas is self.front)


class Sides(QSplitter):
    """The pages of the open drawings: all on one side, or on two sides with one page of each in sight."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self._stacks = [QStackedWidget(), QStackedWidget()]
        for stack in self._stacks:
            stack.setProperty("look", "paper")  # as a canvas, until there is one
            self.addWidget(stack)
            stack.setVisible(stack is self._stacks[0])

    def _stack_of(self, page: QWidget) -> QStackedWidget | None:
        return next((stack for stack in self._stacks if stack.indexOf(page) >= 0), None)

    def addWidget(self, widget: QWidget) -> None:
        """Take in a page, on the side where the keyboard is."""
        if isinstance(widget, QStackedWidget):
            super().addWidget(widget)
            return
        focused = next((stack for stack in self._stacks if stack.isVisible() and _has_keyboard(stack)), self._stacks[0])
        focused.addWidget(widget)
        self._fit()

    def removeWidget(self, page: QWidget) -> None:
        """Let a page go."""
        stack = self._stack_of(page)
        if stack is not None:
            stack.removeWidget(page)
        self._fit()

    def setCurrentWidget(self, page: QWidget) -> None:
        """Bring a page into sight, on its side."""
        stack = self._stack_of(page)
        if stack is not None:
            stack.setCurrentWidget(page)

    def currentWidget(self) -> QWidget | None:
        """A page in sight; the first one of two."""
        return next((stack.currentWidget() for stack in self._stacks if stack.count()), None)

    def in_sight(self, page: QWidget) -> bool:
        """Whether the page is the one shown on its side."""
        stack = self._stack_of(page)
        return stack is not None and stack.currentWidget() is page

    @property
    def two(self) -> bool:
        """Whether both sides have pages."""
        return all(stack.count() for stack in self._stacks)

    def move_across(self, page: QWidget) -> None:
        """Put a page on the other side, in sight."""
        stack = self._stack_of(page)
        if stack is None:
            return
        there = self._stacks[1 - self._stacks.index(stack)]
        was_two = self.two
        stack.removeWidget(page)
        there.addWidget(page)
        there.setCurrentWidget(page)
        self._fit()
        if self.two and not was_two:
            self.setSizes([1, 1])

    def _fit(self) -> None:
        """A side without pages takes no room."""
        filled = [stack for stack in self._stacks if stack.count()]
        for stack in self._stacks:
            stack.setVisible(stack in filled or (not filled and stack is self._stacks[0]))


def _has_keyboard(widget: QWidget) -> bool:
    focused = widget.focusWidget()
    return focused is not None and focused.hasFocus()
