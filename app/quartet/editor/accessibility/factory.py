"""Tells Qt which of our widgets have more to say than a widget has by itself.

It goes by the names of classes: nothing is imported for those who never ask, and the window is there sooner.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QWidget

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
    if not isinstance(thing, QWidget):
        return None
    match name:
        case "Canvas":
            from quartet.editor.accessibility.canvas import CanvasInterface
            from quartet.editor.canvas.view import Canvas

            return CanvasInterface(thing) if isinstance(thing, Canvas) else None
        case "TimelineView":
            from quartet.editor.accessibility.rows import RowsInterface, TimelineRows
            from quartet.editor.panels.timeline_view import TimelineView

            return RowsInterface(thing, TimelineRows(thing)) if isinstance(thing, TimelineView) else None
        case "TreeCard":
            from quartet.editor.accessibility.rows import RowsInterface, TreeRows
            from quartet.editor.panels.verdict_tree import TreeCard

            return RowsInterface(thing, TreeRows(thing)) if isinstance(thing, TreeCard) else None
    role = _ROLES.get(name)
    if role is None:
        return None
    from quartet.editor.accessibility.keeping import keep

    painted = QAccessibleWidget(thing, role)
    keep(painted, thing)
    return painted
