"""Keys: one registry, by character on any keyboard, changed by a person and kept."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from editor.desk import ALT, CTRL, SHIFT, Desk
from quartet.editor import shortcuts
from quartet.editor.canvas import keys
from quartet.editor.commands import COMMANDS
from quartet.editor.settings import Settings
from quartet.editor.shortcuts import Keymap, is_plain
from quartet.editor.shortcuts_dialog import ShortcutsDialog

pytestmark = pytest.mark.usefixtures("qapp")
NAMES = {"one": ("A", "Ctrl+B"), "two": ("F5",), "three": ()}


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    return own_desk


@pytest.fixture
def keymap(tmp_path: Path) -> Keymap:
    return Keymap(NAMES, Settings(tmp_path / "settings.ini"))


def selected(desk: Desk) -> set[str]:
    return set(desk.session.document.selection)


# one registry


def test_no_two_commands_have_the_same_first_key() -> None:
    seen: dict[str, str] = {}
    for command in COMMANDS:
        for key in command.keys:
            text = shortcuts.text_of(key)
            assert text and text not in seen, f"{text}: {seen.get(text)} and {command.name}"
            assert text not in shortcuts.FIXED, f"{command.name} has {text}, which is not to be given"
            seen[text] = command.name


def test_a_canvas_without_a_window_has_the_keys_that_the_commands_have_at_first() -> None:
    first = {command.name: {shortcuts.text_of(key) for key in command.keys} for command in COMMANDS}
    for name, (bound, _) in keys.BINDINGS.items():
        assert {shortcuts.text_of(key) for key in bound} == first[name], name


# by character


def test_a_letter_works_wherever_it_stands_on_the_keyboard(desk: Desk) -> None:
    desk.session.document.select({"web"})
    desk.send(Qt.Key.Key_H, "d")  # Dvorak: the key of a QWERTY “h” types “d”
    assert selected(desk) > {"web", "facts", "writer"}


def test_a_letter_works_with_caps_lock(desk: Desk) -> None:
    desk.session.document.select({"web"})
    desk.send(Qt.Key.Key_D, "D")
    assert selected(desk) > {"web", "facts", "writer"}


def test_a_digit_works_where_it_needs_shift(desk: Desk) -> None:
    canvas = desk.session.canvas
    canvas.set_zoom(0.5)
    desk.send(Qt.Key.Key_1, "1", SHIFT)  # French: digits are typed with Shift
    assert canvas.zoom == pytest.approx(1.0)


def test_a_sign_works_where_it_needs_shift(desk: Desk) -> None:
    desk.send(Qt.Key.Key_Slash, "/", CTRL | SHIFT)  # German: Shift+7
    sheet = desk.window.findChild(object, "shortcuts")
    assert sheet is not None
    sheet.close()


@pytest.mark.skipif(not shortcuts.sys.platform.startswith("linux"), reason="the numbers of keys are another system's")
def test_a_letter_of_another_script_is_that_of_the_same_key(desk: Desk) -> None:
    desk.session.document.select({"web"})
    desk.send(0x412, "в", scan=40)  # Russian: the key of the Latin “d”
    assert selected(desk) > {"web", "facts", "writer"}


def test_a_letter_goes_to_a_text_that_has_the_keyboard(desk: Desk) -> None:
    desk.session.document.select({"web"})
    desk.window.palette_.search.setFocus()
    desk.type("dul")
    assert desk.window.palette_.search.text() == "dul" and selected(desk) == {"web"}


def test_the_arrows_walk_extend_nudge_and_follow(desk: Desk) -> None:
    document = desk.session.document
    document.select({"web"})
    desk.press(Qt.Key.Key_Right, ALT)
    assert selected(desk) == {"facts"}
    before = document.graph.positions.get("facts")
    desk.press(Qt.Key.Key_Right, CTRL)
    assert document.graph.positions["facts"] != before
    document.undo_stack.undo()
    desk.press(Qt.Key.Key_Left)
    assert len(selected(desk)) == 1 and "facts" not in selected(desk)
    desk.press(Qt.Key.Key_Right, SHIFT)
    assert len(selected(desk)) == 2


# a person's own


def test_a_key_that_is_given_is_taken_from_who_had_it(keymap: Keymap) -> None:
    keymap.set("two", ["F5", "Ctrl+B"])
    keymap.read()
    assert keymap.keys("one") == ("A",) and keymap.keys("two") == ("F5", "Ctrl+B")
    assert keymap.holder("Ctrl+B") == "two"
    keymap.reset("one")
    keymap.read()
    assert keymap.keys("one") == ("A", "Ctrl+B") and keymap.keys("two") == ("F5",)
    assert not keymap.any_changed


def test_a_command_may_have_no_key(keymap: Keymap) -> None:
    keymap.set("one", [])
    keymap.read()
    assert keymap.keys("one") == () and keymap.changed("one") and keymap.holder("A") is None
    keymap.reset_all()
    keymap.read()
    assert keymap.keys("one") == NAMES["one"]


@pytest.mark.parametrize("text", ["not json", "[]", '{"one": 3, "two": [1, "F9"], "gone": ["F8"]}'])
def test_nonsense_in_the_settings_counts_as_absent(tmp_path: Path, text: str) -> None:
    settings = Settings(tmp_path / "settings.ini")
    settings._store.setValue("keys/shortcuts", text)
    keymap = Keymap(NAMES, settings)
    assert keymap.keys("one") == NAMES["one"]
    assert keymap.holder("F8") is None


def test_a_changed_key_works_at_once_and_after_a_restart(desk: Desk) -> None:
    actions = desk.window.actions_
    desk.session.document.select({"web"})
    actions.keymap.set("edit.select_downstream", ["Q"])
    assert actions["edit.select_downstream"].shortcut() == QKeySequence("Q")
    assert "(Q)" in actions["edit.select_downstream"].toolTip()
    desk.press(Qt.Key.Key_D)
    assert selected(desk) == {"web"}
    desk.press(Qt.Key.Key_Q)
    assert selected(desk) > {"web", "facts"}
    assert Keymap(actions.keymap.defaults, Settings(Path(desk.settings._store.fileName()))).keys(
        "edit.select_downstream"
    ) == ("Q",)


def test_a_taken_away_key_of_the_canvas_does_nothing(desk: Desk) -> None:
    desk.session.document.select({"web"})
    desk.window.actions_.keymap.set("edit.delete", ["Ctrl+Backspace"])
    desk.press(Qt.Key.Key_Delete)
    assert "web" in desk.session.document.graph.agents
    desk.press(Qt.Key.Key_Backspace, CTRL)
    assert "web" not in desk.session.document.graph.agents


def test_a_plain_key_of_a_command_of_the_window_works_only_on_the_canvas(desk: Desk) -> None:
    desk.window.actions_.keymap.set("insert.note", ["N"])
    desk.window.palette_.search.setFocus()
    desk.type("n")
    assert not desk.session.document.graph.notes
    desk.session.canvas.setFocus()
    desk.press(Qt.Key.Key_N)
    assert desk.session.document.graph.notes


@pytest.mark.parametrize(
    ("key", "plain"),
    [("K", True), ("Shift+K", True), ("Left", True), ("Home", True), ("F5", False), ("Ctrl+K", False), ("", False)],
)
def test_a_plain_key_is_one_that_a_list_or_a_text_may_need(key: str, plain: bool) -> None:
    assert is_plain(key) is plain


# panes


def test_f6_goes_round_the_panes_and_back(desk: Desk) -> None:
    from quartet.editor import panes

    seen = [panes.current(desk.window)]
    for _ in range(8):
        desk.press(Qt.Key.Key_F6)
        seen.append(panes.current(desk.window))
        if seen[-1] == "canvas":
            break
    assert seen[0] == seen[-1] == "canvas"
    assert {"palette", "inspector", "problems"} <= set(seen)
    desk.press(Qt.Key.Key_F6, SHIFT)
    assert panes.current(desk.window) == seen[-2]


def test_a_panel_grows_by_keys(desk: Desk, qtbot: QtBot) -> None:
    desk.window.palette_.search.setFocus()
    dock = desk.window.docks.docks["palette"]
    before = dock.width()
    desk.press(Qt.Key.Key_Equal, ALT)
    qtbot.waitUntil(lambda: dock.width() > before)
    desk.press(Qt.Key.Key_Minus, ALT)
    qtbot.waitUntil(lambda: dock.width() == before)


# the list of them


@pytest.fixture
def dialog(desk: Desk) -> ShortcutsDialog:
    desk.press(Qt.Key.Key_Slash, CTRL)
    found = desk.window.findChild(ShortcutsDialog)
    assert isinstance(found, ShortcutsDialog)
    return found


def listed(dialog: ShortcutsDialog) -> list[str]:
    return [row.name for row in dialog.model.shown]


def test_every_command_is_listed_with_its_keys(desk: Desk, dialog: ShortcutsDialog) -> None:
    assert set(listed(dialog)) == {command.name for command in COMMANDS}
    row = listed(dialog).index("graph.arrange")
    assert [dialog.model.index(row, column).data() for column in range(3)] == ["Arrange", "Graph", "Ctrl+L"]


def test_a_command_is_found_by_words_and_by_pressing_its_keys(desk: Desk, dialog: ShortcutsDialog) -> None:
    desk.type("downstream")
    assert listed(dialog)[0] == "edit.select_downstream"
    dialog.search.clear()
    dialog.by_key.setFocus()
    desk.press(Qt.Key.Key_L, CTRL)
    assert listed(dialog) == ["graph.arrange"] and dialog.by_key.text() == "Ctrl+L"
    dialog.by_key.clear()
    assert len(listed(dialog)) == len(COMMANDS)


def test_a_free_key_is_given_at_once_and_shown_everywhere(desk: Desk, dialog: ShortcutsDialog) -> None:
    desk.type("downstream")
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_J)
    assert desk.window.actions_.keymap.keys("edit.select_downstream") == ("J",)
    assert dialog.model.index(0, 2).data() == "J"
    assert "changed" in str(dialog.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    dialog.reset.click()
    assert dialog.model.index(0, 2).data() == "D"


def test_a_key_that_somebody_has_is_named_and_can_be_taken_away(desk: Desk, dialog: ShortcutsDialog) -> None:
    keymap = desk.window.actions_.keymap
    desk.type("downstream")
    dialog.table.setFocus()
    dialog.begin(add=True)
    desk.press(Qt.Key.Key_L, CTRL)
    assert "“Arrange” (Graph)" in dialog.question.text() and desk.focused is dialog.leave
    desk.press(Qt.Key.Key_Escape)
    assert dialog.isVisible() and keymap.keys("graph.arrange") == ("Ctrl+L",)
    dialog.begin(add=True)
    desk.press(Qt.Key.Key_L, CTRL)
    dialog.take_away.click()
    assert keymap.keys("graph.arrange") == () and keymap.keys("edit.select_downstream") == ("D", "Ctrl+L")
    assert desk.window.actions_["graph.arrange"].shortcut().isEmpty()
    dialog.reset_all.click()
    assert not keymap.any_changed and keymap.keys("graph.arrange") == ("Ctrl+L",)


def test_delete_takes_the_keys_away_and_tab_is_never_given(desk: Desk, dialog: ShortcutsDialog) -> None:
    desk.type("downstream")
    dialog.table.setFocus()
    desk.press(Qt.Key.Key_Delete)
    assert desk.window.actions_.keymap.keys("edit.select_downstream") == ()
    dialog.begin(add=False)
    desk.press(Qt.Key.Key_Tab)
    assert desk.focused is not dialog.field
    assert desk.window.actions_.keymap.keys("edit.select_downstream") == ()
