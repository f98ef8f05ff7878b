"""The tabs of open graphs can be put in order, by mouse and by key; the recent files keep theirs."""

import shutil
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from quartet.editor import orphans
from quartet.editor.document import Document
from quartet.editor.recovery_dialog import RecoveryDialog
from quartet.editor.window import Window
from quartet.graph import files
from quartet.graph.edits import SetGraph
from quartet.graph.model import Graph


def names(window: Window) -> list[str]:
    assert [session.title for session in window.sessions] == [
        window.top.tabs.tabText(index) for index in range(window.top.tabs.count())
    ]
    return [session.title for session in window.sessions]


def three(window: Window) -> None:
    for name in ("A", "B", "C"):
        window.add(Document(Graph(name=name)))
    QApplication.processEvents()


def test_a_tab_is_dragged_to_another_place_and_still_leads_to_its_graph(window: Window) -> None:
    three(window)
    tabs = window.top.tabs
    begin, end = tabs.tabRect(0).center(), tabs.tabRect(2).center()
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    steps = [(QEvent.Type.MouseButtonPress, begin, left)]
    steps += [(QEvent.Type.MouseMove, begin + (end - begin) * part / 6, left) for part in range(1, 7)]
    steps += [(QEvent.Type.MouseButtonRelease, end, none)]
    for type, at, held in steps:
        point = QPointF(at)
        button = none if type == QEvent.Type.MouseMove else left
        place = tabs.mapToGlobal(point)
        QApplication.sendEvent(tabs, QMouseEvent(type, point, place, button, held, Qt.KeyboardModifier.NoModifier))
    assert names(window) == ["B", "C", "A"]
    assert window.session is window.sessions[2]
    window.top.tabs.setCurrentIndex(0)
    assert window.session is window.sessions[0] and window.session.title == "B"


def test_keys_go_round_the_tabs_and_move_them(window: Window) -> None:
    three(window)
    window.actions_.trigger("view.next_tab")
    assert window.session is not None and window.session.title == "A"
    window.actions_.trigger("view.previous_tab")
    assert window.session.title == "C"
    window.actions_.trigger("view.tab_left")
    assert names(window) == ["A", "C", "B"] and window.session.title == "C"
    window.actions_.trigger("view.tab_left")
    window.refresh()
    assert "first tab already" in window.actions_["view.tab_left"].toolTip()
    window.actions_.trigger("view.tab_right")
    assert names(window) == ["A", "C", "B"]


def test_a_recent_file_is_kept_at_the_top_or_taken_off_the_list(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        path = tmp_path / f"{name}.quartet.json"
        files.write(Graph(name=name), path)
        window.settings.remember(path)
    window.show_welcome()
    rows = window.welcome.recent

    def listed() -> list[str]:
        return [row.title.text() for row in rows.rows]

    def choose(row: int, text: str) -> None:
        rows.rows[row].customContextMenuRequested.emit(rows.rows[row].rect().center())
        menu = rows.rows[row].findChild(QMenu)
        assert menu is not None
        action = next(action for action in menu.actions() if action.text() == text)
        action.trigger()
        menu.close()
        QApplication.processEvents()

    assert listed() == ["c", "b", "a"]
    choose(2, "Keep at the Top")
    assert listed() == ["a", "c", "b"]
    choose(1, "Take Off This List")
    assert listed() == ["a", "b"]
    window.recent.forget_all()
    assert listed() == ["a"]
    choose(0, "Keep at the Top No Longer")
    assert listed() == []


def test_a_recent_file_that_is_there_opens_by_key(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.quartet.json"
    files.write(Graph(name="Kept"), path)
    window.settings.remember(path)
    window.show_welcome()
    QTest.keyClick(window.welcome.recent.rows[0], Qt.Key.Key_Space)
    assert window.session is not None and window.session.title == "Kept"


def test_after_a_crash_the_tabs_stand_as_they_stood_with_the_same_one_in_front(window: Window) -> None:
    three(window)
    for session in window.sessions:
        session.document.do("Describe", [SetGraph(values={"description": "unsaved"})])
    window.actions_.trigger("view.tab_left")  # A, C, B
    window.actions_.trigger("view.tab_left")  # C, A, B
    window.actions_.trigger("view.next_tab")
    before, front = names(window), window.top.tabs.currentIndex()
    assert front == 1 and before != sorted(before)
    window.keeper.write_now()
    dead = orphans.folder() / "dead"
    shutil.copytree(window.keeper.place(), dead, ignore=shutil.ignore_patterns("owner.lock"))
    for session in list(window.sessions):
        window.remove(session)
    window.found_orphans(orphans.orphans())
    dialog = window.findChild(RecoveryDialog)
    assert dialog is not None and [copy.title for copy in dialog.boxes] == before
    QTest.mouseClick(dialog.restore, Qt.MouseButton.LeftButton)
    assert [session.title for session in window.sessions] == before
    assert window.top.tabs.currentIndex() == front and window.session is window.sessions[front]


def test_a_list_of_tabs_that_cannot_be_read_costs_the_order_and_nothing_else(window: Window) -> None:
    three(window)
    for session in window.sessions:
        session.document.do("Describe", [SetGraph(values={"description": "unsaved"})])
    window.keeper.write_now()
    dead = orphans.folder() / "dead"
    shutil.copytree(window.keeper.place(), dead, ignore=shutil.ignore_patterns("owner.lock"))
    for torn in ("", "{", "[]", '{"order": 3, "front": null}', '{"order": ["x"], "front": "y"}'):
        (dead / orphans.TABS).write_text(torn)
        (orphan,) = orphans.orphans()
        assert sorted(copy.title for copy in orphan.copies) == ["A", "B", "C"]
        assert not any(copy.front for copy in orphan.copies)
        orphan.later()
