"""Lists that paint their rows themselves, row by row for assistive technology: the timeline and the pattern tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QAbstractScrollArea, QAccessibleWidget, QWidget

from quartet.editor import theme
from quartet.editor.accessibility.keeping import keep, let_go_with, register
from quartet.editor.accessibility.leaf import Leaf
from quartet.editor.canvas.captions import seconds
from quartet.editor.canvas.tips import name as called

if TYPE_CHECKING:
    from quartet.editor.panels.timeline_view import TimelineView
    from quartet.editor.panels.verdict_tree import TreeCard


class Rows(Protocol):
    """What a list has to say of its rows."""

    role: QAccessible.Role

    def count(self) -> int: ...
    def name(self, row: int) -> str: ...
    def description(self, row: int) -> str: ...
    def box(self, row: int) -> QRect:
        """Where a row stands on what the list paints on, in pixels."""
        ...

    def chosen(self, row: int) -> bool: ...


class TimelineRows:
    """A row for each agent: what it did, and when."""

    role = QAccessible.Role.ListItem

    def __init__(self, view: TimelineView) -> None:
        self._view = view

    def count(self) -> int:
        return len(self._view.agents)

    def name(self, row: int) -> str:
        graph = self._view.live.snapshot or self._view.document.graph
        return called(graph, self._view.agents[row])

    def description(self, row: int) -> str:
        state = self._view.live.state
        found = None if state is None else state.agents.get(self._view.agents[row])
        if found is None:
            return "Nothing happened yet."
        spans = []
        for span in found.spans[-TOLD:]:
            status = span.outcome or span.status
            word = theme.STATES[status].word if status in theme.STATES else status
            until = "until now" if span.end is None else f"to {seconds(round(span.end, 1))}"
            spans.append(f"{word} from {seconds(round(span.start, 1))} {until}")
        more = f"{len(found.spans) - TOLD:,} earlier stretches, " if len(found.spans) > TOLD else ""
        now = theme.STATES[found.status].word
        return f"{now[:1].upper()}{now[1:]}. {more}{', '.join(spans)}".rstrip(". ") + "."

    def box(self, row: int) -> QRect:
        return QRect(0, int(self._view.row_top(row)), self._view.viewport().width(), ROW)

    def chosen(self, row: int) -> bool:
        return self._view.agents[row] in self._view.document.selection


class TreeRows:
    """A row for each part of the pattern and each agent in it."""

    role = QAccessible.Role.TreeItem

    def __init__(self, card: TreeCard) -> None:
        self._card = card

    def count(self) -> int:
        return len(self._card.rows)

    def name(self, row: int) -> str:
        found = self._card.rows[row]
        return f"{found.name} {found.rest}".strip()

    def description(self, row: int) -> str:
        return f"Level {self._card.rows[row].depth + 1}"

    def box(self, row: int) -> QRect:
        return self._card.row_box(row)

    def chosen(self, row: int) -> bool:
        return row == self._card.current


TOLD = 6
"""Stretches of an agent that are told."""
ROW = 24


class RowsInterface(QAccessibleWidget):
    """The list; its children are made when they are asked for."""

    def __init__(self, widget: QWidget, rows: Rows) -> None:
        role = QAccessible.Role.Tree if rows.role == QAccessible.Role.TreeItem else QAccessible.Role.List
        super().__init__(widget, role)
        self.rows = rows
        self._items: dict[int, RowItem] = {}
        self._numbers: dict[int, int] = {}
        keep(self, widget)
        let_go_with(widget, self._items, self._numbers)

    def painted(self) -> QWidget:
        """What the rows are painted on."""
        widget = self.widget()
        return widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget

    def childCount(self) -> int:
        return self.rows.count()

    def child(self, index: int) -> Any:
        if not 0 <= index < self.rows.count():
            return None
        found = self._items.get(index)
        if found is None:
            found = self._items[index] = RowItem(self, index)
            self._numbers[index] = register(found)
        return found

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return child.row if isinstance(child, RowItem) and child.isValid() else -1

    def childAt(self, x: int, y: int) -> Any:
        at = self.painted().mapFromGlobal(QPoint(x, y))
        hit = (row for row in range(self.rows.count()) if self.rows.box(row).contains(at))
        row = next(hit, None)
        return None if row is None else self.child(row)

    def focusChild(self) -> Any:
        row = next((row for row in range(self.rows.count()) if self.rows.chosen(row)), None)
        return self.child(row) if row is not None and self.widget().hasFocus() else None


class RowItem(Leaf):
    """One row."""

    def __init__(self, owner: RowsInterface, row: int) -> None:
        super().__init__()
        self._owner = owner
        self.row = row

    def isValid(self) -> bool:
        return self.row < self._owner.rows.count()

    def window(self) -> QWindow | None:  # type: ignore[override]  # a list that is nowhere shown has none
        return self._owner.widget().window().windowHandle()

    def parent(self) -> QAccessibleInterface:
        return self._owner

    def role(self) -> QAccessible.Role:
        return self._owner.rows.role

    def text(self, which: QAccessible.Text) -> str:
        if not self.isValid():
            return ""
        if which == QAccessible.Text.Name:
            return self._owner.rows.name(self.row)
        return self._owner.rows.description(self.row) if which == QAccessible.Text.Description else ""

    def setText(self, which: QAccessible.Text, text: str) -> None:
        """Rows of these lists are not edited."""

    def state(self) -> QAccessible.State:
        found = QAccessible.State()
        found.readOnly = found.selectable = 1
        if self.isValid():
            found.selected = int(self._owner.rows.chosen(self.row))
            found.offscreen = int(not self._owner.painted().rect().intersects(self._owner.rows.box(self.row)))
        else:
            found.invalid = 1
        return found

    def rect(self) -> QRect:
        """Where it is on the screen, in pixels of the screen's own coordinates."""
        if not self.isValid():
            return QRect()
        return self._owner.rows.box(self.row).translated(self._owner.painted().mapToGlobal(QPoint(0, 0)))

    def backgroundColor(self) -> QColor:
        return theme.current().panel

    def foregroundColor(self) -> QColor:
        return theme.current().ink
