"""A small screen is for the drawing: docks and words give way, and nothing makes the window wider than it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from editor.desk import Desk
from quartet.editor import dialogs, theme
from quartet.editor.panels.verdict import VerdictPanel
from quartet.editor.recovery import Keeper
from quartet.editor.settings import Settings
from quartet.editor.window import Window
from quartet.graph import files

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=[(800, 500), (1024, 640)])
def window(request, qapp, tmp_path: Path) -> Iterator[Window]:
    theme.apply(qapp, "light")  # as the program does: its style takes more room than Qt's own
    desk = Desk.__new__(Desk)
    desk.settings = Settings(tmp_path / "settings.ini")
    desk.keeper = Keeper()
    desk.window = Window(desk.settings, desk.keeper)
    desk.window.resize(*request.param)
    desk.window.show()
    path = tmp_path / "newsroom.quartet.json"
    files.write(files.read(ROOT / "graphs" / "newsroom.quartet.json").graph, path)
    desk.window.files.open_path(path)
    desk.session.document.judge_now()
    QApplication.processEvents()
    yield desk.window
    desk.close()


def test_the_drawing_has_most_of_a_small_window(window: Window, qtbot: QtBot) -> None:
    assert window.session is not None
    canvas = window.session.canvas
    # docks are laid out some turns later
    qtbot.waitUntil(lambda: canvas.width() * canvas.height() > window.width() * window.height() * 0.45)


def test_everything_of_a_run_fits_into_it(window: Window) -> None:
    assert window.session is not None
    size, bar = window.size(), window.session.run_bar
    for button in (bar.drawing, bar.present, bar.pause, bar.go_on, bar.leave, bar.stop, bar.edited):
        button.show()
    bar.line.show()
    bar.show()
    QApplication.processEvents()
    assert window.size() == size
    assert window.minimumSizeHint().width() <= size.width()


def test_what_was_hidden_at_first_comes_when_it_is_asked_for(window: Window) -> None:
    size = window.size()
    assert window.docks.docks["problems"].isHidden()
    for name in ("problems", "palette", "whatif", "timeline"):
        window.show_panel(name)
        QApplication.processEvents()
        assert not window.docks.docks[name].isHidden()
        assert window.size() == size


def test_the_verdict_is_not_cut_off_at_its_right(window: Window, qtbot: QtBot) -> None:
    window.show_panel("verdict")
    panel = next(each for each in window.findChildren(VerdictPanel) if each.isVisible())
    inner = panel.area.widget()
    QApplication.processEvents()
    assert inner.minimumSizeHint().width() <= panel.area.viewport().width()


def test_a_dialog_is_never_larger_than_its_screen(window: Window) -> None:
    room = window.screen().availableSize()
    for command in ("help.shortcuts", "edit.preferences"):
        window.actions_[command].trigger()
    dialog = QDialog(window)
    dialogs.resize(dialog, room.width() * 2, 300)
    assert dialog.width() < room.width() and dialog.height() == 300
    for shown in window.findChildren(QDialog):
        assert shown.width() < room.width() and shown.height() < room.height(), shown.objectName()
        shown.close()
