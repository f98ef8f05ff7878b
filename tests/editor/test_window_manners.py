"""What the window does of itself: which panel comes forward, what is said where, how tabs share their room."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QIcon, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QTabBar
from pytestqt.qtbot import QtBot

from editor.panel_story import Story, newsroom
from quartet.editor.docks import ASKED_FOR, BOTTOM, RIGHT, TITLES
from quartet.editor.document import Document
from quartet.editor.recovery import Keeper
from quartet.editor.session import PANELS, Session
from quartet.editor.settings import Settings
from quartet.editor.window import Window
from quartet.graph.model import Graph


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


def test_a_run_brings_its_timeline_in_place_of_the_problems_and_gives_it_back(window: Window, qtbot: QtBot) -> None:
    session = opened(window)
    assert "problems" in window.docks.front()
    rehearsal(session)
    qtbot.waitUntil(lambda: "timeline" in window.docks.front())  # docks are laid out some turns later
    session.live.clear()
    qtbot.waitUntil(lambda: "problems" in window.docks.front())


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


def test_many_tabs_share_their_room_and_the_one_in_front_is_read_in_full(window: Window) -> None:
    for number in range(9):
        window.add(Document(Graph(name=f"A rather long name of a drawing {number}")))
    tabs = window.top.tabs
    tabs.setCurrentIndex(3)
    QApplication.processEvents()
    widths = [tabs.tabRect(index).width() for index in range(tabs.count())]
    others = widths[:3] + widths[4:]
    assert max(others) - min(others) <= 1
    assert widths[3] > 2 * others[0] and sum(widths) <= tabs.room
    tabs.setCurrentIndex(7)
    QApplication.processEvents()
    assert tabs.tabRect(7).width() == widths[3]


def test_a_run_that_cannot_start_shows_its_sign_all_the_same(window: Window) -> None:
    window.add(Document(Graph()))
    button = window.top.run
    assert not button.isEnabled()
    drawn = button.icon().pixmap(QSize(15, 15), QIcon.Mode.Disabled).toImage()
    lightest = min(
        drawn.pixelColor(x, y).lightness() for x in range(15) for y in range(15) if drawn.pixelColor(x, y).alpha()
    )
    assert lightest < 128


def test_nothing_stays_marked_in_the_palette_after_a_drag(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(window)
    palette = window.palette_.list
    spot = palette.visualRect(palette.model().index(1, 0)).center()
    dragged: list[object] = []
    monkeypatch.setattr(QListView, "startDrag", lambda _, actions: dragged.append(actions))
    QTest.mousePress(palette.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert palette.currentIndex().isValid()
    for step in (1, 2):
        at = QPointF(spot + QPoint(12 * step, 0))
        there = QPointF(palette.viewport().mapToGlobal(at))
        held = Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        move = QMouseEvent(QEvent.Type.MouseMove, at, there, Qt.MouseButton.NoButton, held, none)
        QApplication.sendEvent(palette.viewport(), move)
    assert dragged
    QApplication.processEvents()
    assert not palette.currentIndex().isValid()
    assert not palette.selectedIndexes()


def test_panels_are_as_large_after_a_start_as_they_were_left(qtbot: QtBot, tmp_path: Path) -> None:
    def start() -> Window:
        window = Window(Settings(tmp_path / "settings.ini"), expects=True)
        qtbot.addWidget(window)
        window.resize(1400, 900)
        window.show()
        QApplication.processEvents()
        return window

    first = start()
    palette, inspector = (first.docks.docks[name] for name in ("palette", "inspector"))
    first.docks.resizeDocks([palette, inspector], [260, 380], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    assert (palette.width(), inspector.width()) == (260, 380)
    first._remember()
    window = start()
    again = window.docks.docks
    assert (again["palette"].width(), again["inspector"].width()) == (260, 380)
    QApplication.processEvents()
    assert sorted(_tabs(window)) == sorted(_tabs(first))


def test_every_panel_has_one_tab_and_no_bar_is_left_over(window: Window) -> None:
    opened(window)
    for _ in range(2):
        QApplication.processEvents()
        assert sorted(_tabs(window)) == sorted(TITLES[name] for name in (*RIGHT, *BOTTOM) if name not in ASKED_FOR)
        window.docks.docks["log"].setFloating(True)
        window.reset_panels()


def _tabs(window: Window) -> list[str]:
    """The tabs of all bars among the docks, without what they count."""
    bars = window.docks.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [bar.tabText(n).partition("  ")[0] for bar in bars if bar.isVisible() for n in range(bar.count())]


def test_where_the_panels_come_back_from_the_last_time_only_their_tabs_are_their_titles(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(window)
    state = window.docks.saveState(1)
    keeper = Keeper()
    again = Window(Settings(tmp_path / "other.ini"), keeper)

    def clear(_: object) -> None:
        for session in list(again.sessions):
            again.remove(session)
        keeper.close()

    qtbot.addWidget(again, before_close_func=clear)
    assert again.docks.restoreState(state, 1)
    again.resize(1400, 900)
    again.show()
    opened(again)
    shown = [dock for dock in again.docks.docks.values() if dock.name != "palette" and not dock.isHidden()]
    assert len(shown) > 6
    for dock in shown:
        title = dock.titleBarWidget()
        assert title is not None and title.maximumHeight() == 0, f"{dock.name}: its tab is its title"
