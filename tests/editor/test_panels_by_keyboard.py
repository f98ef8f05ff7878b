"""Panels by keyboard: to another side and back, floating, and what their buttons do from the command palette."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from shiboken6 import dump

from editor.desk import ALT, SHIFT, Desk
from quartet.editor import panes
from quartet.editor.docks import TITLES


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    return own_desk


def test_a_panel_goes_to_another_side_and_back_and_floats_by_its_keys(desk: Desk) -> None:
    docks = desk.window.docks
    outline = docks.docks["outline"]
    panes.go_to(desk.window, "outline")
    for key, area in (
        (Qt.Key.Key_Down, panes.Area.BottomDockWidgetArea),
        (Qt.Key.Key_Left, panes.Area.LeftDockWidgetArea),
        (Qt.Key.Key_Right, panes.Area.RightDockWidgetArea),
    ):
        desk.press(key, ALT | SHIFT)
        assert docks.dockWidgetArea(outline) == area
        assert panes.current(desk.window) == "outline"
        assert "outline" in docks.front()
    desk.press(Qt.Key.Key_F, ALT | SHIFT)
    assert outline.isFloating()
    desk.session.canvas.setFocus()
    desk.window.actions_.trigger("view.pane_float")
    assert not outline.isFloating()
    assert docks.dockWidgetArea(outline) == panes.Area.RightDockWidgetArea
    docks.reset()


def test_the_way_to_a_panel_makes_the_window_nobodys_child(desk: Desk) -> None:
    """What Qt for Python takes for a child of another goes with it: all commands once went with a field."""
    for name in TITLES:
        panes.go_to(desk.window, name)
        assert panes.current(desk.window) == name
        for pane in desk.window.docks.docks[name].pages.currentWidget().findChildren(QWidget):
            pane.clearFocus()
        panes.go_to(desk.window, name)
        assert "parent" not in dump(desk.window), name


def test_without_a_panel_the_keys_for_its_place_say_what_to_do(desk: Desk) -> None:
    desk.session.canvas.setFocus()
    desk.press(Qt.Key.Key_Left, ALT | SHIFT)
    assert "F6 goes from pane to pane" in desk.window.status.said.text()


def test_what_a_panels_buttons_do_the_palette_does(desk: Desk) -> None:
    from quartet.editor import command_list

    panes.go_to(desk.window, "find")
    find = desk.session.panels["find"]
    made: list[object] = []
    listed = {entry.title.removesuffix(" (it is)"): entry for entry in command_list.entries(desk.window, made)}  # type: ignore[arg-type]
    button = next(each for each in find.findChildren(QAbstractButton) if each.isVisible() and each.isCheckable())
    before = button.isChecked()
    listed[button.text() or button.accessibleName()].does()
    assert button.isChecked() is not before
    button.click()
