"""The command palette: everything there is to do, by name."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from editor.desk import CTRL, SHIFT, Desk
from quartet.editor import command_list
from quartet.editor.command_palette import CommandPalette


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    return own_desk


def palette(desk: Desk) -> CommandPalette:
    desk.press(Qt.Key.Key_P, CTRL | SHIFT)
    found = desk.window.findChild(CommandPalette)
    assert isinstance(found, CommandPalette) and found.isVisible()
    return found


def titles(found: CommandPalette) -> list[str]:
    return [entry.title for entry in found.shown]


def test_it_lists_every_command_with_its_menu_and_its_key(desk: Desk) -> None:
    found = palette(desk)
    names = {entry.name for entry in found.shown}
    assert {command.name for command, _ in desk.window.actions_} <= names
    arrange = next(entry for entry in found.shown if entry.name == "graph.arrange")
    assert (arrange.title, arrange.path, arrange.keys) == ("Arrange", "Graph", "Ctrl+L")


def test_a_few_letters_and_enter_do_it_and_the_canvas_has_the_keyboard_again(desk: Desk) -> None:
    found = palette(desk)
    desk.type("sel all")
    assert titles(found)[0] == "Select All"
    desk.press(Qt.Key.Key_Return)
    assert not found.isVisible() and desk.focused is desk.session.canvas
    assert len(desk.session.document.selection) > 7


def test_the_menu_is_a_word_to_search_by(desk: Desk) -> None:
    found = palette(desk)
    desk.type("align left")
    assert titles(found)[0] == "Left Edges"


def test_what_cannot_be_done_says_why_and_is_not_done(desk: Desk) -> None:
    found = palette(desk)
    desk.type("stop")
    entry = found.shown[0]
    assert entry.title == "Stop" and entry.reason == "Nothing runs."
    desk.press(Qt.Key.Key_Return)
    assert found.isVisible() and found.hint.text() == "Nothing runs."


def test_what_was_used_last_comes_first_also_after_a_restart(desk: Desk) -> None:
    palette(desk)
    desk.type("select all")
    desk.press(Qt.Key.Key_Return)
    assert palette(desk).shown[0].name == "edit.select_all"
    assert command_list.recent(desk.window) == ["edit.select_all"]


def test_escape_leaves_it_and_nothing_has_happened(desk: Desk) -> None:
    found = palette(desk)
    desk.type("delete")
    desk.press(Qt.Key.Key_Escape)
    assert not found.isVisible() and desk.focused is desk.session.canvas
    assert not desk.session.document.modified


def test_what_only_the_menu_of_the_selection_can_do_is_there_too(desk: Desk) -> None:
    desk.session.document.select({"e5"})
    found = palette(desk)
    desk.type("turn round")
    assert titles(found)[0] == "Turn Round"
    desk.press(Qt.Key.Key_Return)
    edge = desk.session.document.graph.edges["e5"]
    assert (edge.source, edge.target) == ("writer", "facts")


def test_what_only_the_menu_of_a_panel_can_do_is_there_too(desk: Desk) -> None:
    problems = desk.session.panels["problems"]
    problems.list.setCurrentIndex(problems.list.model().index(0, 0))
    menu = problems.row_menu()
    if menu is None:  # the first row names what the next ones are about
        problems.list.setCurrentIndex(problems.list.model().index(0, 0, problems.list.model().index(0, 0)))
    found = palette(desk)
    desk.type("show the place")
    assert titles(found)[0] == "Show the place"


def test_an_at_sign_goes_to_an_agent_and_a_hash_to_a_problem(desk: Desk) -> None:
    found = palette(desk)
    desk.type("@writer")
    assert titles(found) == ["Writer"]
    desk.press(Qt.Key.Key_Return)
    assert desk.session.document.selection == {"writer"}
    found = palette(desk)
    desk.type("#")
    heard = [finding for finding in desk.session.document.findings if finding.silenced is None]
    assert len(found.shown) == min(len(heard), command_list.MOST) > 0


def test_a_panel_is_gone_to(desk: Desk) -> None:
    from quartet.editor import panes

    palette(desk)
    desk.type("go to outline")
    desk.press(Qt.Key.Key_Return)
    assert panes.current(desk.window) == "outline"


def test_what_the_keys_have_chosen_is_spoken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from quartet.editor import chooser

    said: list[str] = []
    monkeypatch.setattr(chooser, "announce", lambda widget, text, urgent=False: said.append(text))
    palette(desk)
    desk.type("stop")
    assert said[-1] == "Stop, not now: Nothing runs, Shift+F5"
    desk.press(Qt.Key.Key_Down)
    assert said[-1] != "Stop, not now: Nothing runs, Shift+F5" and len(said) > 5


def test_enter_belongs_to_a_text_that_is_still_being_composed(desk: Desk) -> None:
    found = palette(desk)
    QApplication.sendEvent(found.line, QInputMethodEvent("すべて", []))
    desk.press(Qt.Key.Key_Return)
    assert found.isVisible()
    QApplication.sendEvent(found.line, QInputMethodEvent("", []))
    desk.press(Qt.Key.Key_Escape)
    assert not found.isVisible()
