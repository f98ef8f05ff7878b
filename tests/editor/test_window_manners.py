"""What the window does of itself: which panel comes forward, what is said where, how tabs share their room."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from editor.panel_story import Story, newsroom
from quartet.editor.document import Document
from quartet.editor.recovery import Keeper
from quartet.editor.session import PANELS, Session
from quartet.editor.settings import Settings
from quartet.editor.window import Window
from quartet.graph.model import Graph


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    settings, keeper = Settings(), Keeper()
    settings.folder = tmp_path
    found = Window(settings, keeper)
    qtbot.addWidget(found)
    found.resize(1400, 900)
    found.show()
    yield found
    for session in list(found.sessions):
        found.remove(session)
    keeper.close()


def opened(window: Window) -> Session:
    session = window.add(Document(newsroom()))
    for name in PANELS:
        assert session.panels[name] is not None
    QApplication.processEvents()
    return session


def rehearsal(session: Session) -> None:
    """A run that starts, and one that has ended with an output."""
    story = Story(session.live, newsroom())
    story.begin()
    story.tell(21, "run.finished", state="succeeded", output="The story", unhandled=[])
    session.live.end()
    QApplication.processEvents()


def test_a_run_brings_its_timeline_in_place_of_the_problems_and_gives_it_back(window: Window) -> None:
    session = opened(window)
    assert "problems" in window.docks.front()
    rehearsal(session)
    assert "timeline" in window.docks.front()
    session.live.clear()
    QApplication.processEvents()
    assert "problems" in window.docks.front()


def test_a_panel_that_the_person_chose_stays_in_front(window: Window) -> None:
    session = opened(window)
    window.show_panel("log")
    QApplication.processEvents()
    rehearsal(session)
    assert "log" in window.docks.front()
    window.show_panel("problems")
    window.docks.docks["timeline"].close()
    QApplication.processEvents()
    rehearsal(session)
    assert window.docks.docks["timeline"].isHidden()


def test_an_output_that_nobody_saw_yet_is_marked_on_its_tab(window: Window) -> None:
    session = opened(window)
    dock = window.docks.docks["output"]
    rehearsal(session)
    assert dock.windowTitle() == "Output  •"
    window.show_panel("output")
    QApplication.processEvents()
    assert dock.windowTitle() == "Output"
    rehearsal(session)
    assert dock.windowTitle() == "Output"


def test_what_is_said_of_a_run_stands_under_its_own_drawing(window: Window) -> None:
    first, second = opened(window), opened(window)
    assert window.session is second
    first.runner.told.emit("Succeeded after 3 s")
    assert window.status.said.text() == ""
    second.runner.told.emit("Failed after 1 s")
    assert window.status.said.text() == "Failed after 1 s"
    window.show_session(first)
    assert window.status.said.text() == "Succeeded after 3 s"
    window.show_session(second)
    assert window.status.said.text() == ""


def test_a_drawing_that_is_being_judged_is_not_called_empty(window: Window) -> None:
    session = opened(window)
    session.document.verdict = None
    window.status.refresh()
    assert window.status.pattern.text().strip() == "Judging…"
    window.add(Document(Graph()))
    assert window.status.pattern.text().strip() == "Nothing drawn yet"
