"""How the window looks where nobody has drawn or run anything yet, on a small screen, and to other eyes."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from quartet.editor import theme
from quartet.editor.recovery import Keeper
from quartet.editor.settings import Settings
from quartet.editor.window import Window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Window:
    made = Window(Settings(tmp_path / "settings.ini"), Keeper())
    qtbot.addWidget(made)
    return made


def test_the_window_fits_on_a_small_screen_from_the_first_moment(window: Window) -> None:
    assert window.minimumSizeHint().width() <= 1024
    window.resize(1024, 700)
    window.show()
    QApplication.processEvents()
    assert window.width() == 1024


@pytest.mark.parametrize("look", theme.THEMES.values(), ids=lambda look: look.name)
def test_states_differ_by_icon_and_word_where_their_colours_do_not(look: theme.Theme) -> None:
    alike = [
        (a, b)
        for a in theme.STATES
        for b in theme.STATES
        if a < b and theme.contrast(look.state(a), look.state(b)) < 1.5
    ]
    assert alike, "without such pairs this proves nothing"
    for a, b in alike:
        assert theme.STATES[a].icon != theme.STATES[b].icon
        assert theme.STATES[a].word != theme.STATES[b].word
