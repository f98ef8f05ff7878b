"""Going from pane to pane with the keyboard: the canvas, every panel in sight, and back; and their sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget

from quartet.editor.docks import TITLES

if TYPE_CHECKING:
    from quartet.editor.docks import Dock
    from quartet.editor.window import Window

STEP = 40
"""Pixels by which a panel grows or shrinks."""
Area = Qt.DockWidgetArea
SIDES = {
    Area.LeftDockWidgetArea: "on the left",
    Area.RightDockWidgetArea: "on the right",
    Area.BottomDockWidgetArea: "at the bottom",
}
"""Where panels can be, and how that is said."""


def go_to(window: Window, name: str) -> None:
    """Bring a panel to the front and give it the keyboard."""
    if window.session is None:
        return
    window.show_panel(name)
    focus(window.docks.docks[name].pages.currentWidget() or window.docks.docks[name])


def focus(pane: QWidget) -> None:
    """Give the keyboard to what had it last in there, else to the first that takes it."""
    before = pane.focusWidget()
    if before is not None and before.isVisibleTo(pane) and before.isEnabled():
        before.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return
    if pane.focusPolicy() & Qt.FocusPolicy.TabFocus:
        pane.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return
    # where nothing takes it the pane itself does, so that one can go on from there
    (_first(pane) or pane).setFocus(Qt.FocusReason.ShortcutFocusReason)


def _first(pane: QWidget) -> QWidget | None:
    """The first in a pane that takes the keyboard, as one reads, which is how Tab goes through it.

    Not by asking each widget for the next in the chain of focus: Qt for Python takes that one for a child of the widget
    that was asked. The chain leads through the window, and when a field of a form goes, all of the window goes with it.
    """
    spots = [
        (QRect(each.mapTo(pane, QPoint()), each.size()), each)
        for each in pane.findChildren(QWidget)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisibleTo(pane) and each.isEnabled()
    ]
    if not spots:
        return None
    top = min((spot for spot, _ in spots), key=lambda spot: spot.top())
    row = [(spot.left(), place) for place, (spot, _) in enumerate(spots) if spot.top() <= top.center().y()]
    return spots[min(row)[1]][1]


def panes(window: Window) -> list[tuple[str, QWidget]]:
    """The panes in sight by name, in the order in which the keyboard goes through them: the canvas first."""
    if window.session is None:
        return [("welcome", window.welcome)]
    found: list[tuple[str, QWidget]] = [("canvas", window.session.canvas)]
    front = set(window.docks.front())
    for name in TITLES:
        page = window.docks.docks[name].pages.currentWidget()
        if name in front and page is not None:
            found.append((name, page))
    if window.session.run_bar.isVisible():
        found.append(("run bar", window.session.run_bar))
    found.append(("toolbar", window.top))
    return found


def current(window: Window) -> str | None:
    """The pane that has the keyboard."""
    focused = QApplication.focusWidget()
    if focused is None:
        return None
    return next((name for name, pane in panes(window) if pane is focused or pane.isAncestorOf(focused)), None)


def step(window: Window, by: int) -> None:
    """Give the keyboard to the next pane (`by` 1) or to the one before (-1), and say which."""
    found = panes(window)
    names = [name for name, _ in found]
    here = current(window)
    at = (names.index(here) + by) % len(found) if here is not None else 0
    name, pane = found[at]
    focus(pane)
    window.say(TITLES.get(name, name.capitalize()))


def resize(window: Window, by: int) -> None:
    """Let the panel with the keyboard grow or shrink by a step; on the canvas the panels beside it make way."""
    name = current(window)
    if name in window.docks.docks:
        _resize(window, window.docks.docks[name], by)
    elif name == "canvas":
        for side in ("palette", "inspector", "problems"):
            _resize(window, window.docks.docks[side], -by)


def move(window: Window, area: Area) -> None:
    """Put the panel with the keyboard to another side of the canvas, as a tab of what is there."""
    dock = _with_keyboard(window)
    if dock is None:
        return
    docks, side = window.docks, SIDES[area]
    if not dock.isFloating() and docks.dockWidgetArea(dock) == area:
        window.say(f"{TITLES[dock.name]} is {side} already.")
        return
    held = QApplication.focusWidget()
    there = [
        each for each in docks.docks.values()
        if each is not dock and not each.isFloating() and each.isVisible() and docks.dockWidgetArea(each) == area
    ]  # fmt: skip
    dock.setFloating(False)
    docks.addDockWidget(area, dock)
    if there:
        docks.tabifyDockWidget(there[0], dock)
    _shown(window, dock, held, side)


def float_(window: Window) -> None:
    """Make the panel with the keyboard a window of its own, or put it back to where it was; with none, that which is
    a window of its own."""
    loose = [each for each in window.docks.docks.values() if each.isFloating() and each.isVisible()]
    alone = loose[0] if len(loose) == 1 and current(window) not in window.docks.docks else None
    dock = alone or _with_keyboard(window)
    if dock is not None:
        held = QApplication.focusWidget()
        dock.setFloating(not dock.isFloating())
        back = SIDES.get(window.docks.dockWidgetArea(dock), "back")
        _shown(window, dock, held, "a window of its own" if dock.isFloating() else back)


def _with_keyboard(window: Window) -> Dock | None:
    dock = window.docks.docks.get(current(window) or "")
    if dock is None:
        window.say("Give the keyboard to a panel first: F6 goes from pane to pane.")
    return dock


def _shown(window: Window, dock: Dock, held: QWidget | None, where: str) -> None:
    dock.show()
    dock.raise_()
    window.docks.fit_titles()
    if held is not None and dock.isAncestorOf(held):
        held.setFocus(Qt.FocusReason.ShortcutFocusReason)
    window.say(f"{TITLES[dock.name]}: {where}")


def _resize(window: Window, dock: Dock, by: int) -> None:
    if dock.isFloating():
        dock.resize(dock.width() + by, dock.height() + by)
        return
    upright = window.docks.dockWidgetArea(dock) in (Area.BottomDockWidgetArea, Area.TopDockWidgetArea)
    size = max(80, (dock.height() if upright else dock.width()) + by)
    orientation = Qt.Orientation.Vertical if upright else Qt.Orientation.Horizontal
    window.docks.resizeDocks([dock], [size], orientation)
