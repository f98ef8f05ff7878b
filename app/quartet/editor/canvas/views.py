"""Bookmarks of views: nine places of a drawing to come back to. They are the person's, so no file holds them.

What is inside a sub-graph is a drawing of its own here; two views side by side of one drawing have the same bookmarks.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from PySide6.QtCore import QPointF

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

NUMBERS = range(1, 10)
DOCUMENTS = 200
"""The bookmarks of so many files are remembered; then those not touched longest are forgotten."""
KEY = "views"


class View(NamedTuple):
    """A zoom, and the scene point in the middle of the view."""

    zoom: float
    x: float
    y: float


class Store(Protocol):
    """Where bookmarks are kept between two starts."""

    def value(self, key: str, default: Any = None) -> Any: ...

    def set_value(self, key: str, value: Any) -> None: ...


class Views:
    """The bookmarks of one drawing."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._store: Store | None = None
        self._inside = ""
        self._kept: dict[int, View] = {}

    def attach(self, store: Store, kept: dict[int, View] | None = None, inside: str = "") -> None:
        """Keep the bookmarks there under the document's path, and read those that are there.

        Args:
            kept: those of another view of the same drawing; what is kept in one is there in both.
            inside: the sub-graph that is drawn here, by its id.
        """
        self._store, self._inside = store, inside
        self._kept = self._kept if kept is None else kept
        document = self._canvas.document
        document.path_changed.connect(self._save)
        if not self._kept:
            self._kept.update(self._read().get(self._name(), {}))

    def __contains__(self, number: int) -> bool:
        return number in self._kept

    def keep(self, number: int) -> None:
        """Remember what is in view now."""
        canvas = self._canvas
        middle = canvas.center_scene_pos()
        self._kept[number] = View(canvas.zoom, middle.x(), middle.y())
        self._save()
        canvas.remark.tell(f"Ctrl+{number} comes back to this view.", canvas.viewport().rect().center())

    def go(self, number: int) -> bool:
        """Show a view that was kept; False if there is none."""
        view = self._kept.get(number)
        if view is None:
            return False
        canvas = self._canvas
        canvas.set_zoom(view.zoom)
        canvas.centerOn(QPointF(view.x, view.y))
        canvas.moved.emit()
        return True

    def _name(self) -> str:
        path = self._canvas.document.path
        if path is None:
            return ""
        name = f"{path.absolute()}\0{self._inside}" if self._inside else str(path.absolute())
        return sha256(name.encode()).hexdigest()[:16]

    def _read(self) -> dict[str, dict[int, View]]:
        """All bookmarks by document, the one touched last at the end; what cannot be read counts as absent."""
        try:
            found = json.loads(self._store.value(KEY, "") if self._store is not None else "")
            return {
                str(name): {int(number): View(*map(float, view)) for number, view in views.items()}
                for name, views in found.items()
            }
        except (ValueError, TypeError, AttributeError):
            return {}

    def _save(self) -> None:
        name = self._name()
        if self._store is None or not name or not self._kept:
            return
        found = self._read()
        found.pop(name, None)
        found[name] = self._kept
        last = dict(list(found.items())[-DOCUMENTS:])
        self._store.set_value(KEY, json.dumps(last))
