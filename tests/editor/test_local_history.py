"""The local history in a window: versions are taken before what changes much, seen, compared, restored as one step."""

import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from editor.desk import Desk
from quartet.editor.compare_dialog import CompareDialog
from quartet.editor.local_history import counts
from quartet.editor.local_history_dialog import LocalHistoryDialog, words
from quartet.editor.name_dialog import NameDialog
from quartet.graph import files
from quartet.graph.edits import Set, SetGraph
from quartet.graph.model import AgentId


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    return own_desk


def opened(desk: Desk, qtbot: QtBot) -> LocalHistoryDialog:
    desk.window.actions_["file.local_history"].trigger()
    dialog = next(found for found in desk.window.findChildren(LocalHistoryDialog) if found.isVisible())
    qtbot.waitUntil(lambda: dialog.chosen is not None)
    return dialog


def labels(dialog: LocalHistoryDialog) -> list[str]:
    rows = (dialog.list.topLevelItem(place) for place in range(dialog.list.topLevelItemCount()))
    return [row.text(1) for row in rows if row is not None]


def rename(desk: Desk, name: str) -> None:
    agent = next(iter(desk.session.document.graph.agents))
    desk.session.document.do("Rename", [Set(section="agents", id=agent, values={"name": name})])


def take(desk: Desk, qtbot: QtBot, name: str) -> None:
    desk.window.actions_["file.checkpoint"].trigger()
    dialog = next(found for found in desk.window.findChildren(NameDialog) if found.isVisible())
    dialog.name.setText(name)
    dialog.accept()
    desk.window.local_history.wait()
    QApplication.processEvents()


def test_a_checkpoint_is_restored_as_one_step_that_undo_takes_back(desk: Desk, qtbot: QtBot) -> None:
    document = desk.session.document
    rename(desk, "Before")
    take(desk, qtbot, "Good one")
    kept = files.dumps(document.graph)
    rename(desk, "After")
    now = files.dumps(document.graph)
    steps = document.undo_stack.count()
    dialog = opened(desk, qtbot)
    assert labels(dialog)[0] == "Good one"
    QTest.mouseClick(dialog.restore, Qt.MouseButton.LeftButton)
    assert files.dumps(document.graph) == kept
    assert document.undo_stack.count() == steps + 1
    assert document.undo_stack.undoText() == "Restore “Good one”"
    document.undo_stack.undo()
    assert files.dumps(document.graph) == now
    desk.window.local_history.wait()
    assert "Before: Restore “Good one”" in labels(opened(desk, qtbot))  # nor was what was there then lost


def test_a_version_is_compared_with_now_and_restored_from_there(desk: Desk, qtbot: QtBot) -> None:
    document = desk.session.document
    take(desk, qtbot, "To compare")
    rename(desk, "Other")
    dialog = opened(desk, qtbot)
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    compared = next(found for found in desk.window.findChildren(CompareDialog) if found.isVisible())
    assert len(compared.comparison.found.items) == 1
    QTest.mouseClick(compared.answers["Restore"], Qt.MouseButton.LeftButton)
    assert document.undo_stack.undoText() == "Restore “To compare”"
    assert "Other" not in files.dumps(document.graph)


def test_a_version_opens_as_a_copy_and_what_is_open_stays(desk: Desk, qtbot: QtBot) -> None:
    take(desk, qtbot, "For a copy")
    rename(desk, "Mine")
    session, now = desk.session, files.dumps(desk.session.document.graph)
    dialog = opened(desk, qtbot)
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copy = desk.session
    assert copy is not session and copy.document.modified and copy.document.path is None
    assert "Mine" not in files.dumps(copy.document.graph) and files.dumps(session.document.graph) == now
    desk.window.remove(copy)


def test_versions_are_taken_before_a_run_a_layout_and_a_reload_once_each(desk: Desk, qtbot: QtBot) -> None:
    document = desk.session.document
    before = len(desk.window.local_history.store.entries(document.history)) if document.history else 0
    for step, what in enumerate(["Rehearse", "Arrange", "Revert"]):
        rename(desk, f"State {step}")
        document.about_to.emit(what)
        document.about_to.emit(what)  # nothing has changed since
    desk.window.local_history.wait()
    QApplication.processEvents()
    found = desk.window.local_history.store.entries(document.history)
    assert [entry.label for entry in found][: len(found) - before] == [
        "Before: Revert", "Before: Arrange", "Before: Rehearse"
    ]  # fmt: skip
    assert words(found[0]) == "1 changed"


def test_layout_reload_and_rehearsal_say_what_they_are_about_to_do(desk: Desk, qtbot: QtBot) -> None:
    said: list[str] = []
    document = desk.session.document
    document.about_to.connect(said.append)
    move = {id: (at[0] + 500.0, at[1] - 300.0) for id, at in list(document.graph.positions.items())[:1]}
    from quartet.graph.edits import Move

    document.do("Move", [Move(to={**move})])
    desk.window.actions_["graph.arrange"].trigger()
    assert document.path is not None
    desk.window.files.load_again(desk.session, document.path, "Reload the file")
    document.about_to.disconnect(said.append)
    assert said == ["Arrange", "Reload the file"]


def test_saving_keeps_a_version_and_the_document_is_known_by_its_file(desk: Desk, qtbot: QtBot) -> None:
    document = desk.session.document
    rename(desk, "Saved name")
    desk.window.actions_["file.save"].trigger()
    assert not document.modified
    desk.window.local_history.wait()
    QApplication.processEvents()
    assert desk.window.local_history.store.entries(document.history)[0].label == "Saved"
    document.undo_stack.undo()
    assert document.modified  # Undo reaches across the save


def test_a_damaged_version_is_told_and_nothing_is_changed(desk: Desk, qtbot: QtBot) -> None:
    rename(desk, "Unlike any other")
    take(desk, qtbot, "Soon damaged")
    dialog = opened(desk, qtbot)
    assert dialog.chosen is not None
    with sqlite3.connect(desk.window.local_history.store.path) as database:
        database.execute("UPDATE texts SET content = x'00' WHERE digest = ?", (dialog.chosen.digest,))
    database.close()
    now = files.dumps(desk.session.document.graph)
    QTest.mouseClick(dialog.restore, Qt.MouseButton.LeftButton)
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox) and "damaged" in box.informativeText()
    box.close()
    assert files.dumps(desk.session.document.graph) == now


def test_a_version_is_named_by_f2_and_deleted_by_delete_after_a_question(desk: Desk, qtbot: QtBot) -> None:
    take(desk, qtbot, "Stays")
    take(desk, qtbot, "Typo")
    dialog = opened(desk, qtbot)
    QTest.keyClick(dialog.list, Qt.Key.Key_F2)
    asked = next(found for found in dialog.findChildren(NameDialog) if found.isVisible())
    asked.name.setText("  ")
    assert not asked.ok.isEnabled() and asked.ok.toolTip()
    asked.name.setText(" No  typo ")
    asked.accept()
    qtbot.waitUntil(lambda: labels(dialog)[:1] == ["No typo"])
    count = len(labels(dialog))
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    button = box.findChild(QPushButton, "delete")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "No typo" not in labels(dialog))
    assert len(labels(dialog)) == count - 1 and labels(dialog)[0] == "Stays"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_closing_without_saving_leaves_a_version(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "b.quartet.json"
    files.write(desk.session.document.graph, path)
    session = desk.window.files.open_path(path)
    assert session is not None
    session.document.do("Rename", [SetGraph(values={"name": "Never saved"})])
    desk.window.remove(session)
    desk.window.local_history.wait()
    QApplication.processEvents()
    again = desk.window.files.open_path(path)
    assert again is not None
    dialog = opened(desk, qtbot)
    assert labels(dialog) == ["Closed without saving"]
    found = dialog.chosen
    assert found is not None and desk.window.local_history.store.read(found).name == "Never saved"
    dialog.close()
    desk.window.remove(again)


def test_what_differs_is_counted_by_what_is_shared(desk: Desk) -> None:
    from quartet.editor.judge import snapshot
    from quartet.graph.edits import apply, removal

    before = desk.session.document.graph
    after = snapshot(before)
    first, second = list(after.agents)[:2]
    lost = sum(first in (edge.source, edge.target) for edge in after.edges.values())
    apply(after, removal(after, [first]))
    apply(after, [Set(section="agents", id=AgentId(second), values={"name": "Another"})])
    assert counts(before, after) == (0, 1 + lost, 1)
    assert counts(after, before) == (1 + lost, 0, 1)
    assert counts(before, before) == (0, 0, 0)
