"""Tells Qt which of our widgets have more to say than a widget has by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QWidget

from quartet.editor.accessibility.canvas import CanvasInterface
from quartet.editor.accessibility.keeping import keep
from quartet.editor.accessibility.rows import Rows, RowsInterface, TimelineRows, TreeRows
from quartet.editor.canvas.view import Canvas

_ROWS: dict[str, Callable[[Any], Rows]] = {"TimelineView": TimelineRows, "TreeCard": TreeRows}
_ROLES: dict[str, QAccessible.Role] = {
    "Plot": QAccessible.Role.Chart,
    "Minimap": QAccessible.Role.Graphic,
    "Picture": QAccessible.Role.Graphic,
    "Figure": QAccessible.Role.StaticText,
    "AgentRow": QAccessible.Role.ListItem,
    "QuestionRow": QAccessible.Role.ListItem,
}
"""Widgets that paint themselves and say all they show in their name and description."""
_installed = False


def install() -> None:
    """Answer for our widgets from now on. It costs nothing until somebody asks."""
    global _installed
    if not _installed:
        _installed = True
        QAccessible.installFactory(_answer)


def _answer(name: str, thing: QObject) -> Any:
    if isinstance(thing, Canvas):
        return CanvasInterface(thing)
    role = _ROLES.get(name)
    if role is not None and isinstance(thing, QWidget):
        painted = QAccessibleWidget(thing, role)
        keep(painted, thing)
        return painted
    rows = _ROWS.get(name)  # by name: the panels are imported when they are built, not for this
    if rows is None or not isinstance(thing, QWidget):
        return None
    return RowsInterface(thing, rows(thing))
