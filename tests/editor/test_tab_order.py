"""Tab goes through a dialog or a panel as one reads it, each control once, Shift+Tab back, and nothing keeps it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import shiboken6
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QSpacerItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
    QWidgetItem,
)
from shiboken6 import Shiboken

from editor.desk import SHIFT, Desk
from editor.panel_story import Story
from quartet.editor import panes, tabbing
from quartet.editor.docks import TITLES
from quartet.graph.edits import Set

LINKS = 60
"""More than any page of the help has."""


def takes_tab(widget: QWidget) -> bool:
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    if isinstance(widget, QAbstractButton) and group is not None and group.exclusive() and not widget.isChecked():
        return False  # the arrow keys go from one to the next
    return (
        bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.isEnabled()
        and widget.isVisible()
        and widget.focusProxy() is None
    )


def controls(place: QWidget) -> list[QWidget]:
    """Everything in a place that Tab should reach."""
    return [
        each for each in (place, *place.findChildren(QWidget)) if takes_tab(each) and each.window() is place.window()
    ]


def called(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    return f"{type(widget).__name__} “{widget.accessibleName() or (text() if callable(text) else '')}”"


def walked(place: QWidget, first: QWidget, held: Qt.KeyboardModifier, count: int) -> list[QWidget]:
    """What has the keyboard one after another, from `first` on, until `count` had it or the place is left."""
    first.setFocus(Qt.FocusReason.TabFocusReason)
    found: list[QWidget] = []
    links = 0
    while (now := QApplication.focusWidget()) is not None and (now is place or place.isAncestorOf(now)):
        if isinstance(now, QTextBrowser) and found[-1:] == [now] and links < LINKS:
            links += 1  # Tab goes from one link of its page to the next, and then on
            QTest.keyClick(now, Qt.Key.Key_Backtab if held else Qt.Key.Key_Tab, held)
            continue
        assert now not in found, f"{called(now)} has the keyboard a second time"
        found.append(now)
        if len(found) == count:
            break
        QTest.keyClick(now, Qt.Key.Key_Backtab if held else Qt.Key.Key_Tab, held)
    return found


def box(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


def check(place: QWidget) -> list[QWidget]:
    """Walk through a place both ways; what was reached."""
    wanted = controls(place)
    if not wanted:
        return []
    start = min(wanted, key=lambda each: (box(each).top() // 8, box(each).left()))
    there = walked(place, start, Qt.KeyboardModifier.NoModifier, len(wanted))
    missing = [called(each) for each in wanted if each not in there]
    assert not missing, f"{missing} are not reached after {[called(each) for each in there]}"
    back = walked(place, there[-1], SHIFT, len(wanted))
    assert [called(each) for each in back] == [called(each) for each in reversed(there)]
    for one, other in pairwise(there):
        a, b = box(one), box(other)
        if one.isAncestorOf(other) or other.isAncestorOf(one):
            continue
        behind = b.bottom() < a.top() and b.left() <= a.left()
        assert not behind, f"{called(other)} is read before {called(one)}, and comes behind it"
    return there


def items() -> set[int]:
    """The Python objects for items of layouts. Such a one is taken for whatever comes to lie where its item was."""
    return {id(each) for each in Shiboken.getAllValidWrappers() if isinstance(each, QWidgetItem | QSpacerItem)}


def test_asking_for_the_order_leaves_nothing_behind_that_qt_deletes_untold(qapp: object) -> None:
    place = QWidget()
    rows, row = QVBoxLayout(place), QHBoxLayout()
    second, first = QPushButton("2"), QPushButton("1")
    row.addWidget(second)
    rows.addWidget(first)
    rows.addLayout(row)
    before = items()
    tabbing.by_layout(place)
    place.show()
    place.activateWindow()
    first.setFocus()
    assert place.focusNextChild()
    assert place.focusWidget() is second
    assert items() == before
    shiboken6.delete(place)


def test_panels(qapp: object, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    Story(desk.session.live, desk.session.document.graph).begin()
    desk.session.document.select({"web"})
    reached = {}
    for name in TITLES:
        panes.go_to(desk.window, name)
        QApplication.processEvents()
        page = desk.window.docks.docks[name].pages.currentWidget()
        assert page is not None
        reached[name] = len(check(page))
    assert {"palette", "inspector", "verdict", "outline", "history", "timeline", "find"} <= {
        name for name, count in reached.items() if count
    }
    desk.close()


DIALOGS = (
    "edit.preferences", "help.shortcuts", "file.local_history", "file.checkpoint", "run.prices", "run.input",
    "insert.guide", "help.patterns", "file.compare.saved",
)  # fmt: skip


def test_dialogs(qapp: object, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.session.document.do("Rename", [Set(section="agents", id="web", values={"name": "Other"})])
    desk.window.local_history.take(desk.session.document, "A version, else its dialog has nothing to go through")
    for command in DIALOGS:
        desk.window.activateWindow()
        desk.window.refresh()
        desk.window.actions_.trigger(command)
        desk.window.local_history.wait()
        QApplication.processEvents()
        dialog = next(each for each in desk.window.findChildren(QDialog) if each.isVisible())
        dialog.activateWindow()
        QApplication.processEvents()
        assert len(check(dialog)) > 1, command
        dialog.close()
        QApplication.processEvents()
    desk.close()
