"""The order in which Tab goes, where rows come and go: Qt appends what is made later, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLayout, QWidget


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


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _laid_out(layout: QLayout | None) -> Iterator[QWidget]:
    for number in range(0 if layout is None else layout.count()):
        item = layout.itemAt(number)  # type: ignore[union-attr]  # there is one, else there were no items
        if item is None:
            continue
        widget = item.widget()
        if widget is None:
            yield from _laid_out(item.layout())
        elif widget.layout() is not None and not _takes_tab(widget):
            yield from _laid_out(widget.layout())
        else:
            yield widget
            yield from _laid_out(widget.layout())
