"""Something with nothing in it, for assistive technology: no object of Qt stands for it, and it has no children."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QAccessibleInterface


class Leaf(QAccessibleInterface):
    """What every leaf of the tree answers; the rest (role, text, state, rect, parent, window) is its own."""

    def object(self) -> Any:
        return None

    def child(self, index: int) -> Any:
        return None

    def childAt(self, x: int, y: int) -> Any:
        return None

    def childCount(self) -> int:
        return 0

    def focusChild(self) -> Any:
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1
