"""The order in which Tab goes, where rows come and go: Qt appends what is made later, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLayout, QWidget

_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def by_layout(place: QWidget | None) -> None:
    """Let Tab go through a place as it is laid out, which is as one reads it."""
    # of buttons that exclude each other the one that is pressed takes Tab, and that changes
    found = [
        each
        for each in _laid_out(place.layout() if place is not None else None)
        if _takes_tab(each) or isinstance(each, QAbstractButton)
    ]
    for before, behind in pairwise(found):
        QWidget.setTabOrder(before, behind)


def retire(rows: Sequence[QWidget], fresh: Sequence[QWidget] = ()) -> None:
    """Take rows away. The keyboard, if it was in one of them, goes to the fresh one that stands there now.

    Where there is none it stays near. Qt would let it wander on to whatever comes next, say the text field of another
    panel, and that would keep Ctrl+Z to itself.
    """
    held = rows[0].window().focusWidget() if rows else None
    place = next((n for n, row in enumerate(rows) if held is row or (held and row.isAncestorOf(held))), None)
    if place is not None:
        heir = _heir(rows, fresh[min(place, len(fresh) - 1)] if fresh else rows[0].parentWidget())
        if heir is not None:
            heir.setFocus()
    for row in rows:
        row.hide()
        row.deleteLater()


def first(place: QWidget, without: Sequence[QWidget] = ()) -> QWidget | None:
    """The first widget of a place, or the place itself, that takes the keyboard; none of those in `without`."""
    for each in (place, *_laid_out(place.layout())):
        gone = any(each is row or row.isAncestorOf(each) for row in without)
        if not gone and _takes_tab(each) and each.isEnabled() and not each.isHidden():
            return each
    return None


def _heir(rows: Sequence[QWidget], near: QWidget | None) -> QWidget | None:
    """Who gets the keyboard: what takes it in `near`, or else in the widgets around that."""
    while near is not None and not near.isWindow():
        found = first(near, rows)
        if found is not None:
            return found
        near = near.parentWidget()
    return None


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _laid_out(layout: QLayout | None) -> Iterator[QWidget]:
    """The widgets of a layout in its order, of rows in rows, too.

    Never by `itemAt`: it leaves a Python object for each item behind, which Qt deletes with its widget without telling
    Python; what comes to lie at the same place in memory is taken for it, and the program ends.
    """
    place = None if layout is None else layout.parentWidget()
    if layout is None or place is None:
        return
    yield from _in_order(layout, [each for each in place.children() if isinstance(each, QWidget)])


def _in_order(layout: QLayout, widgets: Sequence[QWidget]) -> Iterator[QWidget]:
    parts: dict[int, QWidget | QLayout] = {}
    for widget in widgets:
        parts[layout.indexOf(widget)] = widget
    for inner in layout.children():
        if isinstance(inner, QLayout):
            parts[layout.indexOf(inner)] = inner
    parts.pop(-1, None)  # what lies in other layouts
    for _, part in sorted(parts.items()):
        if isinstance(part, QLayout):
            yield from _in_order(part, widgets)
        elif part.layout() is not None and not _takes_tab(part):
            yield from _laid_out(part.layout())
        else:
            yield part
            yield from _laid_out(part.layout())
