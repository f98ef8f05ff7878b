"""The window: documents as tabs, commands that say why not, files that are never lost. Real clicks and keys."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QMessageBox,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from quartet.editor import guide, orphans, theme
from quartet.editor.canvas import geometry
from quartet.editor.document import Document
from quartet.editor.help_viewer import HelpViewer
from quartet.editor.panels.inspector import Inspector
from quartet.editor.recovery import Keeper
from quartet.editor.recovery_dialog import RecoveryDialog
from quartet.editor.session import Session
from quartet.editor.settings import Settings
from quartet.editor.welcome import examples
from quartet.editor.window import Window
from quartet.graph import files
from quartet.graph.edits import Add, SetGraph
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.paths import EXAMPLES, RESOURCES
from quartet.patterns.guide import keep
from quartet.patterns.layout import layout


class Desk:
    """A window and how a person uses it."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.settings = Settings()
        self.settings.folder = folder
        self.keeper = Keeper()
        self.window = Window(self.settings, self.keeper)
        qtbot.addWidget(self.window, before_close_func=lambda _: self.clear())
        self.window.resize(1400, 900)
        self.window.show()

    def clear(self) -> None:
        for session in list(self.window.sessions):
            self.window.remove(session)
        self.keeper.close()

    @property
    def session(self) -> Session:
        assert self.window.session is not None
        return self.window.session

    def save_file(self, name: str = "a.quartet.json", graph: Graph | None = None) -> Path:
        path = self.folder / name
        files.write(graph or drawn("Saved"), path)
        return path

    def open(self, name: str = "a.quartet.json", graph: Graph | None = None) -> Path:
        path = self.save_file(name, graph)
        self.window.files.open_path(path)
        return path

    def change(self, name: str = "Changed") -> None:
        self.session.document.do("Rename", [SetGraph(values={"name": name})])

    def trigger(self, name: str) -> None:
        QApplication.processEvents()  # what can be done now is known a turn after a change
        self.window.actions_[name].trigger()

    def dialog(self) -> QDialog:
        self.qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QDialog))
        found = QApplication.activeModalWidget()
        assert isinstance(found, QDialog)
        return found

    def question(self) -> QMessageBox:
        found = self.dialog()
        assert isinstance(found, QMessageBox)
        return found

    def answer(self, key: str) -> None:
        button = self.dialog().findChild(QPushButton, key)
        assert button is not None, f"there is no answer “{key}”"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.qtbot.wait(1)

    def choose(self, path: Path) -> None:
        dialog = self.dialog()
        assert isinstance(dialog, QFileDialog)
        dialog.selectFile(str(path))
        dialog.accept()
        self.qtbot.wait(1)


def drawn(name: str) -> Graph:
    agent = Agent(id=AgentId("a"), kind="llm", name="A")
    return Graph(name=name, agents={agent.id: agent}, positions={agent.id: (0.0, 0.0)})


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


# commands


def test_no_two_commands_share_a_shortcut(desk: Desk) -> None:
    seen: dict[str, str] = {}
    for command, action in desk.window.actions_:
        for key in action.shortcuts():
            text = key.toString(QKeySequence.SequenceFormat.PortableText)
            assert text not in seen, f"{text}: {seen.get(text)} and {command.name}"
            seen[text] = command.name


def test_every_command_is_in_a_menu(desk: Desk) -> None:
    shown: set[str] = set()

    def walk(actions: list[object]) -> None:
        for action in actions:
            shown.add(action.objectName())  # type: ignore[attr-defined]
            if action.menu() is not None:  # type: ignore[attr-defined]
                walk(action.menu().actions())  # type: ignore[attr-defined]

    walk(list(desk.window.menuBar().actions()))
    assert {command.name for command, _ in desk.window.actions_} <= shown


def told(desk: Desk) -> dict[str, tuple[bool, str, str]]:
    """What every command says."""
    return {each.name: (at.isEnabled(), at.text(), at.toolTip()) for each, at in desk.window.actions_}


def test_what_the_verdict_decides_is_told_with_it_and_nothing_else_depends_on_it(desk: Desk) -> None:
    desk.trigger("file.new")
    problem = desk.window.actions_["graph.next_problem"]
    assert not problem.isEnabled()
    for number in range(2):
        item = Agent(id=AgentId(f"new{number}"), kind="llm", name="New")
        desk.session.document.do("Add", [Add(section="agents", item=item, at=(400.0, 200.0 * number))])
        QApplication.processEvents()
        desk.session.document.judge_now()
        assert problem.isEnabled(), "each lacks a model"
        after = told(desk)
        desk.window.actions_.refresh()
        assert told(desk) == after
    desk.open(graph=files.read(EXAMPLES / "newsroom.quartet.json").graph)
    desk.session.document.judge_now()
    assert not problem.isEnabled(), "nothing was found"


def test_a_command_that_cannot_be_used_says_why(desk: Desk) -> None:
    save = desk.window.actions_["file.save"]
    assert not save.isEnabled()
    assert "No graph is open." in save.toolTip()
    desk.trigger("file.new")
    assert save.isEnabled()
    undo = desk.window.actions_["edit.undo"]
    assert not undo.isEnabled() and "nothing to undo" in undo.toolTip()
    run = desk.window.actions_["run.run"]
    assert not run.isEnabled() and "empty" in run.toolTip()
    assert "empty" in desk.window.top.run.toolTip()


def test_undo_says_what_it_would_undo(desk: Desk) -> None:
    desk.open()
    desk.change()
    desk.window.refresh()
    assert desk.window.actions_["edit.undo"].text() == "&Undo Rename"
    QTest.keyClick(desk.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.session.document.graph.name == "Saved"
    QTest.keyClick(desk.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert desk.session.document.graph.name == "Changed"


def test_the_keys_of_the_canvas_do_nothing_in_a_text_field(desk: Desk) -> None:
    desk.open()
    desk.session.document.select(["a"])
    search = desk.window.palette_.search
    search.setFocus()
    search.setText("web")
    QTest.keyClick(search, Qt.Key.Key_Delete)
    QTest.keyClick(search, Qt.Key.Key_Backspace)
    assert list(desk.session.document.graph.agents) == ["a"]
    desk.session.canvas.setFocus()
    QTest.keyClick(desk.session.canvas, Qt.Key.Key_Delete)
    assert not desk.session.document.graph.agents


def test_light_and_dark_can_be_chosen_and_are_kept(desk: Desk) -> None:
    desk.trigger("view.theme.dark")
    assert theme.current().dark
    assert desk.window.actions_["view.theme.dark"].isChecked()
    assert Settings().scheme == "dark"
    desk.trigger("view.theme.light")
    assert not theme.current().dark


# documents


def test_the_welcome_page_opens_an_example_as_a_copy(desk: Desk) -> None:
    card = desk.window.welcome.cards[0]
    desk.window.welcome.load_all()
    click(card)
    document = desk.session.document
    assert document.graph.agents and document.path is None and not document.modified
    assert desk.window.top.tabs.tabText(0) == document.title


def test_every_example_opens_and_is_pictured(desk: Desk) -> None:
    desk.window.welcome.load_all()
    assert len(desk.window.welcome.cards) == len(examples()) >= 7
    for card in desk.window.welcome.cards:
        assert card.graph is not None and card.verdict is not None
        desk.window.files.open_example(card.path)
        desk.session.document.judge_now()
        assert desk.window.status.pattern.text().strip() == card.verdict.headline


def test_tabs_switch_documents_and_their_panels(desk: Desk) -> None:
    desk.open("one.quartet.json", drawn("One"))
    desk.open("two.quartet.json", drawn("Two"))
    tabs = desk.window.top.tabs
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(0).center())
    assert desk.session.document.title == "One"
    inspector = desk.session.panels["inspector"]
    assert desk.window.docks.docks["inspector"].pages.currentWidget() is inspector
    assert desk.window.windowTitle() == "One[*] — Quartet"


def test_opening_a_file_twice_brings_its_tab_to_the_front(desk: Desk) -> None:
    path = desk.open("one.quartet.json", drawn("One"))
    desk.trigger("file.new")
    desk.window.files.open_path(path)
    assert len(desk.window.sessions) == 2
    assert desk.session.document.path == path


def test_unsaved_work_is_marked(desk: Desk) -> None:
    desk.open()
    desk.change()
    tabs = desk.window.top.tabs
    assert tabs.tabText(0) == "Changed"
    assert tabs.unsaved(0) and tabs.accessibleTabName(0) == "Changed, unsaved changes"
    assert desk.window.isWindowModified()
    assert desk.window.status.saved.text() == "Unsaved changes"
    desk.session.document.undo_stack.undo()
    assert tabs.tabText(0) == tabs.accessibleTabName(0) == "Saved"
    assert not tabs.unsaved(0)
    assert not desk.window.isWindowModified()


def test_enter_in_the_palette_adds_an_agent_in_the_middle(desk: Desk) -> None:
    desk.trigger("file.new")
    QTest.keyClick(desk.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    search = desk.window.palette_.search
    QTest.keyClicks(search, "web")
    QTest.keyClick(search, Qt.Key.Key_Return)
    agents = list(desk.session.document.graph.agents.values())
    assert [agent.kind for agent in agents] == ["http"]
    assert agents[0].id in desk.session.document.graph.positions


def test_a_pattern_is_inserted_from_the_menu(desk: Desk) -> None:
    desk.trigger("file.new")
    desk.trigger("insert.pattern.swarm")
    desk.session.document.judge_now()
    assert desk.session.document.verdict is not None
    assert desk.session.document.verdict.top == "swarm"
    desk.trigger("graph.arrange")
    desk.trigger("insert.note")
    assert len(desk.session.document.graph.notes) >= 1


def test_a_new_note_covers_no_card_and_is_in_view(desk: Desk) -> None:
    desk.open()
    document, canvas = desk.session.document, desk.session.canvas
    canvas.centerOn(*(at + 30 for at in document.graph.positions["a"]))
    desk.trigger("insert.note")
    canvas.inline.commit()
    (note,) = document.graph.notes.values()
    box = QRectF(note.x, note.y, note.width, note.height)
    assert not any(box.intersects(QRectF(x, y, 184, 62)) for x, y in document.graph.positions.values())
    assert canvas.visible_scene_rect().contains(box)


def test_a_frame_goes_around_the_selection(desk: Desk) -> None:
    desk.open()
    assert not desk.window.actions_["insert.frame"].isEnabled()
    desk.session.document.select(["a"])
    desk.qtbot.waitUntil(desk.window.actions_["insert.frame"].isEnabled)
    desk.trigger("insert.frame")
    frame = next(iter(desk.session.document.graph.frames.values()))
    assert frame.x < 0 and frame.y < 0 and frame.x + frame.width > 184 and frame.y + frame.height > 62


def test_a_file_dropped_on_the_window_is_opened(desk: Desk) -> None:
    path = desk.save_file()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    desk.window.dropEvent(event)
    desk.qtbot.waitUntil(lambda: desk.window.session is not None)
    assert desk.session.document.path == path


def test_a_graph_dropped_as_text_opens_where_nothing_is_open(desk: Desk) -> None:
    mime = QMimeData()
    mime.setText('{"directed": true, "nodes": [{"id": "x"}, {"id": "y"}], "edges": [{"source": "x", "target": "y"}]}')
    action, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(50, 50), action, mime, left, none)
    desk.window.dragEnterEvent(entering)
    assert entering.isAccepted()
    desk.window.dropEvent(QDropEvent(QPointF(50, 50), action, mime, left, none))
    desk.qtbot.waitUntil(lambda: desk.window.session is not None)
    document = desk.session.document
    assert (set(document.graph.agents), document.path) == ({"x", "y"}, None)
    other = QMimeData()
    other.setText("Dear all")
    refused = QDragEnterEvent(QPoint(50, 50), action, other, left, none)
    refused.ignore()
    desk.window.dragEnterEvent(refused)
    assert not refused.isAccepted()


# saving


def test_saving_a_new_graph_asks_for_a_file_and_adds_the_ending(desk: Desk) -> None:
    desk.trigger("file.new")
    desk.change("Mine")
    desk.trigger("file.save")
    desk.choose(desk.folder / "mine")
    path = desk.folder / "mine.quartet.json"
    assert files.read(path).graph.name == "Mine"
    assert desk.session.document.path == path and not desk.session.document.modified
    assert desk.settings.recent[0] == path


def test_a_name_that_gets_its_ending_never_replaces_a_file_unasked(desk: Desk) -> None:
    there = desk.save_file("mine.quartet.json", drawn("Theirs"))
    desk.trigger("file.new")
    desk.change("Mine")
    desk.trigger("file.save")
    desk.choose(desk.folder / "mine")
    desk.answer("cancel")
    assert files.read(there).graph.name == "Theirs"
    assert desk.session.document.modified


def test_a_file_changed_by_somebody_else_is_not_overwritten_unasked(desk: Desk) -> None:
    path = desk.open()
    desk.change("Mine")
    files.write(drawn("Theirs"), path)
    desk.trigger("file.save")
    assert "changed by another program" in desk.question().text()
    desk.answer("cancel")
    assert files.read(path).graph.name == "Theirs"
    desk.trigger("file.save")
    desk.answer("reload")
    assert desk.session.document.graph.name == "Theirs" and not desk.session.document.modified
    desk.session.document.undo_stack.undo()
    assert desk.session.document.graph.name == "Mine"
    desk.trigger("file.save")
    assert files.read(path).graph.name == "Mine"
    files.write(drawn("Again"), path)
    desk.change("Mine again")
    desk.trigger("file.save")
    desk.answer("overwrite")
    assert files.read(path).graph.name == "Mine again"


def test_a_save_that_fails_keeps_everything_and_says_why(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.open()
    desk.change("Mine")

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("quartet.graph.files.os.fsync", full)
        desk.trigger("file.save")
    question = desk.question()
    assert "could not be saved" in question.text() and "The disk is full." in question.informativeText()
    desk.answer("cancel")
    assert desk.session.document.modified and desk.session.document.graph.name == "Mine"
    assert files.read(path).graph.name == "Saved"


def test_reverting_takes_the_file_in_and_undo_brings_the_changes_back(desk: Desk) -> None:
    desk.open()
    desk.change("Mine")
    desk.trigger("file.revert")
    desk.answer("revert")
    assert desk.session.document.graph.name == "Saved" and not desk.session.document.modified
    desk.session.document.undo_stack.undo()
    assert desk.session.document.graph.name == "Mine"


@pytest.mark.parametrize(
    ("key", "closed", "name"), [("save", True, "Mine"), ("discard", True, "Saved"), ("cancel", False, "Saved")]
)
def test_closing_unsaved_work_asks(desk: Desk, key: str, closed: bool, name: str) -> None:
    path = desk.open()
    desk.change("Mine")
    desk.trigger("file.close")
    assert "Save the changes to “Mine”?" in desk.question().text()
    desk.answer(key)
    assert (desk.window.session is None) == closed
    assert files.read(path).graph.name == name


def test_escape_is_cancel(desk: Desk) -> None:
    desk.open()
    desk.change()
    desk.trigger("file.close")
    QTest.keyClick(desk.question(), Qt.Key.Key_Escape)
    assert desk.session.document.modified


def test_quitting_asks_for_every_unsaved_document_and_cancel_stays(desk: Desk) -> None:
    desk.open("one.quartet.json", drawn("One"))
    desk.change("One!")
    desk.open("two.quartet.json", drawn("Two"))
    desk.change("Two!")
    desk.window.close()
    assert "Two!" in desk.question().text()
    desk.answer("discard")
    assert "One!" in desk.question().text()
    desk.answer("cancel")
    assert desk.window.isVisible() and len(desk.window.sessions) == 1
    desk.window.close()
    desk.answer("discard")
    desk.qtbot.waitUntil(lambda: not desk.window.isVisible())


# other people's files


def test_a_node_link_file_opens_as_a_new_unsaved_graph(desk: Desk) -> None:
    path = desk.folder / "theirs.json"
    path.write_text(
        json.dumps({"directed": True, "nodes": [{"id": 1}, {"id": 2}], "links": [{"source": 1, "target": 2}]})
    )
    before = path.read_bytes()
    desk.window.files.open_path(path)
    document = desk.session.document
    assert document.path is None and document.title == "theirs" and len(document.graph.agents) == 2
    desk.trigger("file.save")
    dialog = desk.dialog()
    assert isinstance(dialog, QFileDialog)
    assert Path(dialog.selectedFiles()[0]).name == "theirs.quartet.json"
    dialog.reject()
    assert path.read_bytes() == before


def test_a_graph_without_places_and_kinds_opens_laid_out_as_what_the_verdict_takes_it_for(desk: Desk) -> None:
    path = desk.folder / "peers.json"
    ends = [(a, b) for a in range(3) for b in range(3) if a != b]
    links = [{"source": a, "target": b} for a, b in ends]
    path.write_text(json.dumps({"directed": True, "nodes": [{"id": n} for n in range(3)], "edges": links}))
    desk.window.files.open_path(path)
    graph = desk.session.document.graph
    assert graph.positions == layout(graph)
    assert {edge.kind for edge in graph.edges.values()} == {"handoff"}


def test_a_file_of_a_newer_version_is_for_reading_only(desk: Desk) -> None:
    path = desk.save_file()
    data = json.loads(path.read_text())
    path.write_text(json.dumps({**data, "version": 999}))
    desk.window.files.open_path(path)
    assert "reading only" in desk.question().text()
    desk.answer("close")
    assert desk.session.document.read_only
    assert desk.window.status.saved.text() == "Read-only"
    paste = desk.window.actions_["edit.paste"]
    assert not paste.isEnabled() and "newer" in paste.toolTip().lower()


def test_what_is_no_graph_is_refused_with_the_place(desk: Desk) -> None:
    path = desk.folder / "broken.json"
    path.write_text('{"agents": [}')
    desk.window.files.open_path(path)
    question = desk.question()
    assert "cannot be opened" in question.text() and "line" in question.informativeText().lower()
    desk.answer("close")
    assert desk.window.session is None


def test_broken_content_is_kept_and_told(desk: Desk) -> None:
    path = desk.save_file()
    data = json.loads(path.read_text())
    data["edges"] = [{"id": "e", "source": "a", "target": "nobody"}]
    path.write_text(json.dumps(data))
    desk.window.files.open_path(path)
    assert "not understood" in desk.question().text()
    desk.answer("close")
    assert len(desk.session.document.graph.broken) == 1


@pytest.mark.parametrize(
    ("command", "name", "check"),
    [
        ("file.export.json", "b.quartet.json", lambda path: files.read(path).graph.name == "Saved"),
        ("file.export.node_link", "b.json", lambda path: json.loads(path.read_text())["nodes"][0]["id"] == "a"),
        ("file.export.mermaid", "b.mmd", lambda path: "flowchart" in path.read_text()),
        ("file.export.png", "b.png", lambda path: files.read(path).graph.name == "Saved"),
        ("file.export.svg", "b.svg", lambda path: files.read(path).graph.name == "Saved"),
        ("file.export.pdf", "b.pdf", lambda path: path.read_bytes().startswith(b"%PDF-")),
    ],
)
def test_exporting_writes_a_copy(desk: Desk, command: str, name: str, check: Callable[[Path], bool]) -> None:
    path = desk.open()
    desk.trigger(command)
    desk.choose(desk.folder / name)
    assert check(desk.folder / name)
    assert desk.session.document.path == path


def test_a_picture_opens_as_a_new_graph(desk: Desk) -> None:
    desk.open()
    desk.trigger("file.export.png")
    desk.choose(desk.folder / "b.png")
    desk.window.files.open_path(desk.folder / "b.png")
    document = desk.session.document
    assert (document.path, document.graph.name) == (None, "Saved")
    assert desk.session.suggested == desk.folder / "b.quartet.json"


def test_importing_is_never_tied_to_its_source(desk: Desk) -> None:
    path = desk.save_file()
    desk.trigger("file.import")
    desk.choose(path)
    assert desk.session.document.path is None and desk.session.document.title == "Saved"


def test_a_recent_file_that_is_gone_is_grey(desk: Desk) -> None:
    path = desk.open()
    other = desk.open("b.quartet.json", drawn("B"))
    os.remove(path)
    desk.trigger("view.welcome")

    def rows() -> dict[str, bool]:
        return {row.title.text(): row.title.isEnabled() for row in desk.window.welcome.recent.rows}

    desk.qtbot.waitUntil(lambda: rows() == {"b": True, "a": False})
    entries = {action.text(): action.isEnabled() for action in desk.window.menus.recent.actions()}
    assert entries["a.quartet.json"] is False and entries["b.quartet.json"] is True
    assert desk.settings.recent == [other, path]


# what stays


def test_panels_and_size_come_back(desk: Desk, qtbot: QtBot) -> None:
    desk.open()
    desk.window.show_panel("timeline")
    desk.window.docks.docks["palette"].hide()
    desk.window.close()
    unused = Window(Settings(), desk.keeper)  # one that shows no drawing keeps what it found
    qtbot.addWidget(unused)
    unused._remember()
    again = Window(Settings(), desk.keeper, expects=True)
    qtbot.addWidget(again)
    again.show()
    assert again.docks.docks["palette"].isHidden()
    again.reset_panels()
    assert not again.docks.docks["palette"].isHidden()


def test_the_lower_panels_of_a_window_that_is_high_have_room_for_rows(desk: Desk) -> None:
    desk.open()
    problems = desk.window.docks.docks["problems"]
    desk.qtbot.waitUntil(lambda: problems.height() >= 230)


def test_what_the_guide_inserts_into_an_empty_drawing_is_all_in_sight(desk: Desk) -> None:
    desk.trigger("file.new")
    dialog = guide.ask(desk.window)
    piece = files.read(RESOURCES / "fragments" / "supervised_pipeline_of_fan_out.quartet.json").graph
    dialog._use(piece)
    dialog.reject()
    canvas = desk.session.canvas
    seen = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    positions = desk.session.document.graph.positions
    assert positions and all(seen.contains(*geometry.card(at)[:2]) for at in positions.values())
    assert all(seen.contains(*geometry.card(at)[2:]) for at in positions.values())


def test_the_questions_are_answered_again_from_the_verdict_with_the_old_answers_marked(desk: Desk) -> None:
    desk.trigger("file.new")
    document = desk.session.document
    edits = [Add(section="agents", item=Agent(id="a", kind="template", name="A"))]
    document.do("Begin", [*edits, keep({"depend": "yes", "watch": "no"})])
    document.judge_now()
    desk.window.show_panel("verdict")
    panel = desk.session.panels["verdict"]
    panel.asked.change.click()
    (dialog,) = desk.window.findChildren(guide.GuideDialog)
    assert [card.isChecked() for card in dialog.cards] == [True, False, False]
    dialog.reject()


def orphaned(desk: Desk) -> Path:
    """A journal whose editor is dead."""
    original = desk.save_file()
    keeper, document = Keeper(), Document(drawn("Saved"), original)
    keeper.watch(document)
    document.do("Rename", [SetGraph(values={"name": "Not saved"})])
    keeper.write_now()
    shutil.copytree(keeper.place(), orphans.folder() / "dead", ignore=shutil.ignore_patterns("owner.lock"))
    keeper.close()
    shiboken6.delete(document)
    return original


def test_restored_work_is_modified_and_kept_anew(desk: Desk) -> None:
    original = orphaned(desk)
    desk.window.found_orphans(orphans.orphans())
    dialog = desk.dialog()
    assert isinstance(dialog, RecoveryDialog)
    click(dialog.restore)
    desk.qtbot.waitUntil(lambda: desk.window.session is not None)
    document = desk.session.document
    assert document.graph.name == "Not saved" and document.modified and document.path == original
    assert files.read(original).graph.name == "Saved"
    assert not (orphans.folder() / "dead").exists()
    assert len(list(orphans.folder().glob("*/*.steps"))) == 1


def test_later_and_escape_leave_the_copies_where_they_are(desk: Desk) -> None:
    orphaned(desk)
    desk.window.found_orphans(orphans.orphans())
    QTest.keyClick(desk.dialog(), Qt.Key.Key_Escape)
    desk.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert desk.window.session is None
    assert desk.window.welcome.recovered.isVisible()
    desk.window.close()
    assert len(orphans.orphans()) == 1


def test_discarded_work_is_put_aside(desk: Desk) -> None:
    orphaned(desk)
    desk.window.found_orphans(orphans.orphans())
    dialog = desk.dialog()
    assert isinstance(dialog, RecoveryDialog)
    click(dialog.discard)
    desk.qtbot.waitUntil(lambda: not (orphans.folder() / "dead").exists())
    assert list((orphans.folder() / "discarded" / "dead").glob("*.steps"))


def test_enter_restores_what_was_kept_whatever_else_has_the_focus(desk: Desk) -> None:
    orphaned(desk)
    desk.window.found_orphans(orphans.orphans())
    dialog = desk.dialog()
    assert isinstance(dialog, RecoveryDialog)
    assert dialog.focusWidget() is dialog.restore and dialog.restore.isDefault()
    dialog.discard.setFocus()
    assert dialog.restore.isDefault() and not dialog.discard.isDefault()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.window.session is not None)
    assert desk.session.document.graph.name == "Not saved"
    assert not (orphans.folder() / "discarded").exists()


def test_discarded_work_is_offered_by_the_welcome_page_and_can_be_restored(desk: Desk) -> None:
    orphaned(desk)
    desk.window.found_orphans(orphans.orphans())
    dialog = desk.dialog()
    assert isinstance(dialog, RecoveryDialog)
    click(dialog.discard)
    desk.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    welcome = desk.window.welcome
    assert welcome.discarded_button.isVisible()
    assert "30 days" in welcome.recovered.findChildren(QLabel)[0].text()
    click(welcome.discarded_button)
    again = desk.dialog()
    assert isinstance(again, RecoveryDialog)
    assert not again.discard.isVisible()
    assert any("kept until" in label.text() for label in again.findChildren(QLabel))
    QTest.keyClick(again, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.window.session is not None)
    assert desk.session.document.graph.name == "Not saved" and desk.session.document.modified
    assert orphans.discarded() == []
    assert not welcome.discarded_button.isVisibleTo(welcome.recovered)


def test_in_a_text_field_undo_is_the_fields_until_it_is_left(desk: Desk) -> None:
    desk.open()
    desk.change("Earlier")
    desk.session.document.select(["a"])
    inspector = desk.session.panels["inspector"]
    assert isinstance(inspector, Inspector)
    desk.qtbot.waitUntil(lambda: inspector.form is not None and inspector.form.rows[0].binding.key == "agents/a/name")
    assert inspector.form is not None
    field = inspector.form.rows[0].field.input()
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_End)
    QTest.keyClicks(field, "BC")
    agents = desk.session.document.graph.agents
    assert agents[AgentId("a")].name == "ABC"
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert agents[AgentId("a")].name == "A"
    assert desk.session.document.graph.name == "Earlier"
    desk.session.canvas.setFocus()
    QTest.keyClick(desk.session.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.session.document.graph.name == "Saved"


def test_help_opens_at_the_pattern_that_is_drawn(desk: Desk) -> None:
    desk.window.files.open_path(EXAMPLES / "customer-service.quartet.json")
    desk.session.document.judge_now()
    desk.window.actions_["help.patterns"].trigger()
    viewer = desk.window.findChild(HelpViewer)
    assert viewer is not None and viewer.topic is not None and viewer.topic.name == "page.swarm"
    assert "How it fails" in viewer.page.toPlainText()
    viewer.close()


def test_a_file_that_places_no_agent_is_laid_out_without_being_changed(desk: Desk) -> None:
    agents = {AgentId(id): Agent(id=AgentId(id), kind="template", name=id) for id in ("a", "b")}
    edge = Edge(id=EdgeId("e"), source=AgentId("a"), target=AgentId("b"))
    desk.open(graph=Graph(agents=agents, edges={edge.id: edge}))
    positions = desk.session.document.graph.positions
    assert positions[AgentId("a")][0] < positions[AgentId("b")][0]
    assert not desk.session.document.modified


def test_a_trigger_is_not_the_agent_that_works_and_the_zoom_is_said_in_one_way(desk: Desk) -> None:
    desk.trigger("file.new")
    document, canvas = desk.session.document, desk.session.canvas
    items = [Agent(id="t", kind="trigger", name="T"), Agent(id="a", kind="llm", name="A")]
    document.do("Add", [Add(section="agents", item=item) for item in items])
    document.do("Connect", [Add(section="edges", item=Edge(id="t-a", source="t", target="a"))])
    document.judge_now()
    assert document.verdict is not None and document.verdict.top == "agent"
    assert desk.window.status.pattern.text() == " One working agent"
    for zoom in (0.07, 0.5):
        canvas.set_zoom(zoom)
        assert desk.window.status.zoom.text() == canvas.zoom_bar.label.text()
