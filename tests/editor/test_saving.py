"""Saving: what somebody else did meanwhile is never wiped out, what fails keeps everything and says why."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from editor.desk import Desk
from quartet.editor import app, disk
from quartet.editor.session import Session
from quartet.graph import files
from quartet.graph.edits import Add, SetGraph
from quartet.graph.model import Note


@pytest.fixture
def session(own_desk: Desk, tmp_path: Path) -> Iterator[Session]:
    path = tmp_path / "folder" / "mine.quartet.json"
    path.parent.mkdir()
    files.write(own_desk.session.document.graph, path)
    found = own_desk.window.files.open_path(path)
    assert found is not None
    yield found
    own_desk.window.remove(found)


def path_of(session: Session) -> Path:
    assert session.document.path is not None
    return session.document.path


def rename(session: Session, name: str) -> None:
    session.document.do("Rename", [SetGraph(values={"name": name})])


def on_disk(path: Path) -> str:
    return files.read(path).graph.name


def theirs(session: Session, name: str) -> None:
    """Somebody else saves the file."""
    opened = files.read(path_of(session))
    opened.graph.name = name
    files.write(opened.graph, path_of(session))


def box() -> QMessageBox:
    found = QApplication.activeModalWidget()
    assert isinstance(found, QMessageBox)
    return found


def answer(key: str) -> None:
    button = box().findChild(QPushButton, key)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def test_who_saves_while_we_are_writing_is_not_overwritten(
    own_desk: Desk, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename(session, "Mine")
    sync, done = os.fsync, False

    def late(file: int) -> None:
        nonlocal done
        sync(file)
        if not done:
            done = True
            theirs(session, "Theirs")

    with monkeypatch.context() as patch:
        patch.setattr("quartet.graph.files.os.fsync", late)
        own_desk.window.files.save(session)
    assert "changed by another program" in box().text()
    assert on_disk(path_of(session)) == "Theirs" and session.document.modified
    answer("cancel")
    own_desk.window.files.save(session)
    theirs(session, "Theirs again")  # while the question is shown
    answer("overwrite")
    assert "changed by another program" in box().text()
    assert on_disk(path_of(session)) == "Theirs again"
    answer("overwrite")
    assert on_disk(path_of(session)) == "Mine" and not session.document.modified
    assert not [name for name in os.listdir(path_of(session).parent) if name.endswith(".saving")]


def test_a_renamed_file_is_followed_and_saved_under_its_new_name(own_desk: Desk, session: Session) -> None:
    old = path_of(session)
    new = old.with_name("other.quartet.json")
    old.rename(new)
    own_desk.window.outside.notice()
    assert session.document.path == new and not session.document.modified
    assert "is called “other.quartet.json” now" in own_desk.window.status.said.text()
    rename(session, "Mine")
    own_desk.window.files.save(session)
    assert on_disk(new) == "Mine" and not old.exists()


def test_a_deleted_file_makes_the_graph_unsaved_and_save_writes_it_again(own_desk: Desk, session: Session) -> None:
    path = path_of(session)
    path.unlink()
    own_desk.window.outside.notice()
    assert session.document.modified and "no longer there" in own_desk.window.status.said.text()
    own_desk.window.files.save(session)
    assert path.exists() and not session.document.modified


def test_a_folder_that_is_gone_is_said_and_another_place_is_offered(own_desk: Desk, session: Session) -> None:
    path = path_of(session)
    rename(session, "Mine")
    shutil.rmtree(path.parent)
    own_desk.window.files.save(session)
    assert f"There is no folder “{path.parent}”." in box().informativeText()
    assert box().defaultButton().text() == "Save As…"
    answer("cancel")
    assert session.document.modified and session.document.graph.name == "Mine"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (28, "The disk is full."), (122, "used up the space"), (30, "can only be read"), (13, "may not write"),
        (36, "name is too long"), (5, "Input/output error"),
    ],
)  # fmt: skip
def test_each_failure_says_why_and_leaves_the_file_as_it_was(
    session: Session, number: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(file: int) -> None:
        raise OSError(number, os.strerror(number))

    before = path_of(session).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("quartet.graph.files.os.fsync", fail)
        with pytest.raises(files.FileProblem, match=words):
            files.write(session.document.graph, path_of(session))
    assert path_of(session).read_bytes() == before
    assert os.listdir(path_of(session).parent) == [path_of(session).name]


def test_a_name_that_is_too_long_and_a_folder_say_so(session: Session, tmp_path: Path) -> None:
    with pytest.raises(files.FileProblem, match="name is too long"):
        files.write(session.document.graph, tmp_path / ("x" * 300))
    (tmp_path / "taken").mkdir()
    with pytest.raises(files.FileProblem, match="folder of that name"):
        files.write(session.document.graph, tmp_path / "taken")


def test_a_link_goes_on_pointing_and_permissions_stay(own_desk: Desk, session: Session, tmp_path: Path) -> None:
    path = path_of(session)
    path.chmod(0o640)
    link = tmp_path / "link.quartet.json"
    link.symlink_to(path)
    session.document.path = link
    session.document.print = disk.fingerprint(link)
    rename(session, "Through the link")
    own_desk.window.files.save(session)
    assert link.is_symlink() and on_disk(path) == "Through the link"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("content", ['{"name": "a-package", "version": "1.0.0"}', '{"nodes": [], "edges": []}'])
def test_save_as_never_replaces_a_file_of_another_format(
    own_desk: Desk, session: Session, tmp_path: Path, content: str
) -> None:
    other = tmp_path / "package.json"
    other.write_text(content)
    own_desk.window.files._save_to(session, other, lambda: None)
    assert box().text() == "“package.json” is no Quartet graph"
    answer("cancel")
    assert other.read_text() == content and session.document.path != other


def test_undo_reaches_across_saves_and_a_reload(own_desk: Desk, session: Session) -> None:
    document = session.document
    names = [document.graph.name]
    for name in ("One", "Two"):
        rename(session, name)
        own_desk.window.files.save(session)
        names.append(name)
    theirs(session, "Theirs")
    own_desk.window.outside.notice()
    assert document.graph.name == "Theirs" and not document.modified
    for name in reversed(names):
        document.undo_stack.undo()
        assert document.graph.name == name and document.modified
    while document.undo_stack.canRedo():
        document.undo_stack.redo()
    assert document.graph.name == "Theirs" and not document.modified


class Manager:
    """Stands for the system's session manager."""

    def __init__(self, lets_ask: bool) -> None:
        self.lets_ask, self.called = lets_ask, list[str]()

    def allowsInteraction(self) -> bool:
        return self.lets_ask

    def cancel(self) -> None:
        self.called.append("cancel")

    def release(self) -> None:
        self.called.append("release")


@pytest.mark.parametrize("lets_ask", [True, False])
def test_logging_out_asks_about_unsaved_work_where_it_may(own_desk: Desk, session: Session, lets_ask: bool) -> None:
    """It ends as every other way to quit: by closing the windows."""
    rename(session, "Mine")
    closed: list[str] = []
    application = SimpleNamespace(
        keeper=own_desk.keeper, windows=[own_desk.window], closeAllWindows=lambda: closed.append("all")
    )
    manager = Manager(lets_ask)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.QTimer, "singleShot", lambda after, owner, call: call())
        app.Application._session_ends(application, manager)  # type: ignore[arg-type]
    assert manager.called == (["cancel", "release"] if lets_ask else [])
    assert closed == (["all"] if lets_ask else [])
    assert own_desk.keeper.kept(session.document)


def test_what_is_being_typed_in_a_note_is_kept_safe_at_once_and_undone_as_one_step(
    own_desk: Desk, session: Session
) -> None:
    note, before = "memo", "Before"
    session.document.do("Add a note", [Add(section="notes", item=Note(id=note, text=before, x=0.0, y=0.0))])
    own_desk.window.files.save(session)
    for text in ("Long words", "More"):
        session.document.select([note])
        session.canvas.setFocus()
        session.canvas.rename_selected()
        own_desk.type(text)
        assert session.document.graph.notes[note].text == text and own_desk.keeper.kept(session.document)
        own_desk.press(Qt.Key.Key_Escape)
    session.document.undo_stack.undo()
    assert session.document.graph.notes[note].text == "Long words"
    session.document.undo_stack.undo()
    assert session.document.graph.notes[note].text == before and not session.document.modified


def test_save_takes_in_what_is_being_typed(own_desk: Desk, session: Session) -> None:
    agent = next(iter(session.document.graph.agents))
    session.document.select([agent])
    session.canvas.setFocus()
    session.canvas.rename_selected()
    own_desk.type("Typed")
    own_desk.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert files.read(path_of(session)).graph.agents[agent].name == "Typed" and not session.document.modified
    edge = next(one.id for one in session.document.graph.edges.values() if one.kind == "flow")
    session.document.select([edge])
    session.canvas.rename_selected()
    own_desk.type("otherwise")
    own_desk.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert files.read(path_of(session)).graph.edges[edge].when == "otherwise"


def test_closing_asks_about_what_is_being_typed(own_desk: Desk, session: Session) -> None:
    session.document.select([next(iter(session.document.graph.agents))])
    session.canvas.setFocus()
    session.canvas.rename_selected()
    own_desk.type("Typed")
    own_desk.press(Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert "Save the changes" in box().text()
    answer("cancel")
    assert session in own_desk.window.sessions
    session.document.undo_stack.undo()
    assert not session.document.modified
