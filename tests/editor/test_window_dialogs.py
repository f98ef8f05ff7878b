"""What the window asks and says in dialogs: in the right words, once, and without ornaments."""

import shutil
from pathlib import Path

import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from editor.panel_story import newsroom
from quartet.editor import journal, orphans, theme
from quartet.editor.document import Document
from quartet.editor.recovery import Keeper
from quartet.editor.recovery_dialog import RecoveryDialog
from quartet.editor.window import Window
from quartet.graph import files
from quartet.graph.edits import Set, SetGraph
from quartet.graph.model import AgentId, Graph


def questions() -> list[QMessageBox]:
    return [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()]


def answer(key: str) -> None:
    (box,) = questions()
    (button,) = [button for button in box.buttons() if button.objectName() == key]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def saved(window: Window, name: str = "a.quartet.json", graph: Graph | None = None) -> Path:
    path = window.settings.folder / name
    files.write(graph or newsroom(), path)
    return path


def test_closing_what_was_never_saved_says_that_all_of_it_would_be_lost(window: Window) -> None:
    session = window.add(Document(newsroom()))
    session.document.do("Rename", [SetGraph(values={"name": "New"})])
    window.files.close(session)
    (box,) = questions()
    assert "never saved" in box.informativeText()
    assert "last save" not in box.informativeText()
    answer("discard")
    assert window.sessions == []


def test_many_files_that_cannot_be_opened_are_told_of_at_once(window: Window) -> None:
    paths = [saved(window)]
    for number in range(3):
        path = window.settings.folder / f"broken {number}.json"
        path.write_text("{")
        paths.append(path)
    window.files.open_paths(paths)
    (box,) = questions()
    assert box.text() == "3 files cannot be opened"
    assert "broken 1.json" in box.informativeText()
    assert box.detailedText().count("line 1") == 3
    answer("close")
    assert len(window.sessions) == 1


def test_dialogs_have_no_ornaments_on_their_buttons(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    both = QDialogButtonBox.StandardButton.Close | QDialogButtonBox.StandardButton.Save
    box = QDialogButtonBox(both)
    qtbot.addWidget(box)
    box.show()
    assert all(button.icon().isNull() for button in box.buttons())


def test_the_inspector_calls_an_agent_by_its_name(window: Window, qtbot: QtBot) -> None:
    session = window.add(Document(newsroom()))
    session.document.select({"web"})
    window.show_panel("inspector")
    panel = session.panels["inspector"]

    def shown() -> list[str]:
        return [label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel)]

    qtbot.waitUntil(lambda: "Web research" in shown())
    assert "Language model · id: web" in shown()
    session.document.do("Rename", [Set(section="agents", id=AgentId("web"), values={"name": "Net & <b>more</b>"})])
    qtbot.waitUntil(lambda: "Net & <b>more</b>" in shown())


def come_back(window: Window) -> None:
    """What happens when the person returns from another program."""
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    QApplication.sendEvent(window, QEvent(QEvent.Type.ActivationChange))
    QApplication.processEvents()
    QApplication.processEvents()


def test_a_file_that_another_program_changed_is_read_again_and_undo_brings_back_what_was(window: Window) -> None:
    path = saved(window)
    session = window.files.open_path(path)
    assert session is not None
    session.document.select({"web"})
    changed = newsroom()
    changed.name = "Theirs"
    saved(window, graph=changed)
    come_back(window)
    document = session.document
    assert document.graph.name == "Theirs"
    assert not document.modified and questions() == []
    assert document.selection == {"web"}
    assert "read again" in window.status.said.text()
    document.undo_stack.undo()
    assert document.graph.name == "Newsroom"
    assert document.modified


def test_unsaved_work_is_asked_about_once_when_another_program_changed_the_file(window: Window) -> None:
    session = window.files.open_path(saved(window))
    assert session is not None
    session.document.do("Rename", [SetGraph(values={"name": "Mine"})])
    changed = newsroom()
    changed.name = "Theirs"
    saved(window, graph=changed)
    come_back(window)
    answer("keep")
    come_back(window)
    assert questions() == []
    assert session.document.graph.name == "Mine"
    changed.name = "Theirs again"
    saved(window, graph=changed)
    come_back(window)
    answer("reload")
    assert session.document.graph.name == "Theirs again"


def test_a_file_that_is_half_written_is_left_alone(window: Window) -> None:
    path = saved(window)
    session = window.files.open_path(path)
    assert session is not None
    whole = path.read_text()
    path.write_text(whole[:40])
    come_back(window)
    assert session.document.graph.name == "Newsroom"
    assert [box.text() for box in questions()] == []
    assert "cannot be read" in window.status.said.text()


def left_behind(*names: str) -> None:
    """Journals whose editor is dead."""
    keeper, documents = Keeper(), [Document() for _ in names]
    for name, document in zip(names, documents, strict=True):
        keeper.watch(document)
        document.do("Rename", [SetGraph(values={"name": name})])
    keeper.write_now()
    shutil.copytree(keeper.place(), orphans.folder() / "dead", ignore=shutil.ignore_patterns("owner.lock"))
    keeper.close()
    for document in documents:
        shiboken6.delete(document)


def titles(place: Path) -> list[str]:
    """What is kept in a folder of journals."""
    return sorted(found.about.title for file in place.glob("*.steps") if (found := journal.read(file)) is not None)


def test_some_recovery_copies_can_be_restored_and_others_discarded(window: Window) -> None:
    left_behind("one", "three", "two")
    window.found_orphans(orphans.orphans())
    dialog = window.findChild(RecoveryDialog)
    assert dialog is not None
    assert dialog.discard.text() == "Discard All 3"
    boxes = {copy.title: box for copy, box in dialog.boxes.items()}
    for name in ("one", "two", "three"):
        boxes[name].setFocus()
        QTest.keyClick(boxes[name], Qt.Key.Key_Space)
    assert not dialog.discard.isEnabled() and not dialog.restore.isEnabled()
    QTest.keyClick(boxes["two"], Qt.Key.Key_Space)
    assert dialog.restore.text() == "Restore 1 of 3"
    QTest.mouseClick(dialog.restore, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert [session.title for session in window.sessions] == ["two"]
    assert titles(orphans.folder() / "dead") == ["one", "three"]
    window.offer_recovery()
    dialog = next(found for found in window.findChildren(RecoveryDialog) if found.isVisible())
    for copy, box in dialog.boxes.items():
        box.setChecked(copy.title == "one")
    QTest.mouseClick(dialog.discard, Qt.MouseButton.LeftButton)
    (aside,) = (orphans.folder() / "discarded").glob("dead-*")
    assert titles(aside) == ["one"]
    assert [copy.title for orphan in window.orphans for copy in orphan.copies] == ["three"]


def test_what_cannot_be_restored_stays_and_keeps_nothing_else_back(window: Window) -> None:
    left_behind("one", "two")
    dead = orphans.folder() / "dead"
    broken = next(file for file in dead.glob("*.steps") if b"one" in file.read_bytes())
    journal.base_of(broken).unlink()
    window.found_orphans(orphans.orphans())
    dialog = window.findChild(RecoveryDialog)
    assert dialog is not None
    QTest.mouseClick(dialog.restore, Qt.MouseButton.LeftButton)
    assert [session.title for session in window.sessions] == ["two"]
    assert [box.text() for box in questions()] == ["“one” cannot be restored"]
    assert titles(dead) == ["one"]
    assert [copy.title for orphan in window.orphans for copy in orphan.copies] == ["one"]
