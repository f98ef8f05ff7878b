"""The guided questions: answered with the mouse or the keys, inserted as one step, kept with the graph."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.editor.guide import GuideDialog
from quartet.graph.model import Graph


class Asked:
    """A dialog and what came of it."""

    def __init__(self, qtbot, answers=None):
        self.used: list[Graph | None] = []
        self.dialog = GuideDialog(None, answers or {}, self.used.append)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(self.dialog)
        self.dialog.show()

    def button(self, text: str) -> QPushButton:
        return next(b for b in self.dialog.findChildren(QPushButton) if b.text() == text and b.isVisible())


@pytest.fixture
def asked(qtbot) -> Asked:
    return Asked(qtbot)


def test_clicks_lead_to_a_pattern_with_its_failure_and_its_remedy(qtbot, asked):
    for card in (2, 0, 1):
        qtbot.mouseClick(asked.dialog.cards[card], Qt.MouseButton.LeftButton)
    assert asked.dialog.found.patterns == ("fan_out",)
    qtbot.mouseClick(asked.dialog.insert, Qt.MouseButton.LeftButton)
    assert [piece.name for piece in asked.used] == ["Fan-out"]
    assert not asked.dialog.isVisible()


def test_numbers_arrows_and_enter_answer_too(qtbot, asked):
    qtbot.keyClick(asked.dialog, Qt.Key.Key_1)
    qtbot.keyClick(asked.dialog.focusWidget(), Qt.Key.Key_Down)
    qtbot.keyClick(asked.dialog.focusWidget(), Qt.Key.Key_Return)
    assert asked.dialog.answers == {"depend": "yes", "watch": "no"}
    assert asked.dialog.found.patterns == ("pipeline",)


def test_the_arrows_go_round_among_the_answers_and_enter_inserts_what_they_lead_to(qtbot, asked):
    dialog = asked.dialog
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Up)
    assert dialog.focusWidget() is dialog.cards[-1]
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Down)
    assert dialog.focusWidget() is dialog.cards[0]
    for _ in range(2):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.focusWidget() is dialog.insert
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert [piece.name for piece in asked.used] == ["Supervised pipeline"]


def test_back_asks_again_and_remembers_what_was_said(qtbot, asked):
    qtbot.keyClick(asked.dialog, Qt.Key.Key_2)
    qtbot.keyClick(asked.dialog, Qt.Key.Key_Backspace)
    assert asked.dialog.answers == {}
    assert [card.isChecked() for card in asked.dialog.cards] == [False, True, False]
    assert not asked.button("Back").isEnabled()


def test_escape_leaves_and_nothing_has_happened(qtbot, asked):
    qtbot.keyClick(asked.dialog, Qt.Key.Key_1)
    qtbot.keyClick(asked.dialog, Qt.Key.Key_Escape)
    assert asked.used == []


def test_only_the_answers_can_be_kept(qtbot, asked):
    qtbot.keyClick(asked.dialog, Qt.Key.Key_1)
    qtbot.keyClick(asked.dialog, Qt.Key.Key_1)
    qtbot.mouseClick(asked.button("Only keep the answers"), Qt.MouseButton.LeftButton)
    assert asked.used == [None]


def test_every_page_is_as_high_as_what_is_on_it(qtbot, asked):
    dialog = asked.dialog
    for _ in range(3):
        visible = [button for button in dialog.findChildren(QPushButton) if button.isVisible()]
        assert max(button.mapTo(dialog, button.rect().bottomLeft()).y() for button in visible) < dialog.height()
        if dialog.cards:
            qtbot.keyClick(dialog, Qt.Key.Key_2)
    assert dialog.found is not None
