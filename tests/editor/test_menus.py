"""The menus can be overlooked and used by their letters."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QMenu

from quartet.editor import mnemonics
from quartet.editor.actions import NATIVE, plain
from quartet.editor.canvas import menus as on_canvas
from quartet.editor.canvas.hits import Hit
from quartet.editor.docks import TITLES
from quartet.graph.model import AgentId, EdgeId

MOST = 20


def menus(menu: QMenu) -> list[QMenu]:
    return [menu, *(inner for action in menu.actions() if action.menu() for inner in menus(action.menu()))]


def all_menus(desk) -> list[QMenu]:
    return [each for menu in desk.window.menus._menus for each in menus(menu)]


def entries(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_no_menu_is_longer_than_one_overlooks(shared_desk) -> None:
    assert {menu.title(): len(entries(menu)) for menu in all_menus(shared_desk) if len(entries(menu)) > MOST} == {}


def test_every_entry_of_every_menu_has_a_letter_of_its_own(shared_desk) -> None:
    for menu in all_menus(shared_desk):
        menu.aboutToShow.emit()
        texts = entries(menu)
        assert not mnemonics.doubled(texts), menu.title()
        if plain(menu.title()) != "Open Recent":
            assert all(mnemonics.letter(text) for text in texts), (menu.title(), texts)


def test_the_menu_of_panels_has_their_names_without_their_numbers(shared_desk) -> None:
    (panels,) = [menu for menu in all_menus(shared_desk) if plain(menu.title()) == "Panels"]
    shared_desk.window.docks.docks["problems"].setWindowTitle("Problems  4")
    panels.aboutToShow.emit()
    assert [plain(text) for text in entries(panels)] == list(TITLES.values())


def test_every_command_is_in_a_menu(shared_desk) -> None:
    shown = {action.objectName() for menu in all_menus(shared_desk) for action in menu.actions()}
    assert {command.name for command, _ in shared_desk.window.actions_} <= shown


def test_letters_are_initials_where_they_are_free_and_never_stand_in_the_keys() -> None:
    texts = ["&File", "Find", "Two Frames", "Fd\tCtrl+X", "--"]
    assert mnemonics.marked(texts) == ["&File", "F&ind", "&Two Frames", "F&d\tCtrl+X", "--"]
    assert mnemonics.marked(["Save && &Quit", "Quit"]) == ["Save && &Quit", "Q&uit"]
    assert mnemonics.doubled(["&Ab", "B&a", "&C"]) == {"a"}


@pytest.mark.parametrize("id, hit", [("web", Hit(agent=AgentId("web"))), ("e5", Hit(edge=EdgeId("e5"))), ("", Hit())])
def test_the_menus_on_the_canvas_have_the_words_and_keys_of_the_menu_bar_and_letters(own_desk, id, hit) -> None:
    window, canvas = own_desk.window, own_desk.session.canvas
    window.actions_.keymap.set("agent.mute", ["F11"])
    canvas.document.select({id} if id else ())
    menu = on_canvas.build(canvas, hit, QPointF())
    texts = entries(menu)
    assert not mnemonics.doubled(texts) and all(mnemonics.letter(text) for text in texts)
    words = {
        action.shortcut().toString(NATIVE): plain(action.text())
        for _, action in window.actions_ if not action.shortcut().isEmpty()
    }  # fmt: skip
    shown = {keys: plain(text) for text, _, keys in (plain(text).partition("\t") for text in texts) if keys}
    assert shown and {keys: words[keys] for keys in shown} == {
        keys: text.removeprefix("Add a ") for keys, text in shown.items()
    }
    assert (shown.get("F11") == "Mute") is (hit.agent is not None)
    menu.deleteLater()
