"""Comparing versions in the window: what is listed and marked, and how two people's edits come together."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from editor.test_window import Desk
from graph.test_merge import edited, put, team
from quartet.editor.compare import compare, saved_version
from quartet.editor.compare_dialog import CompareDialog
from quartet.editor.document import Document
from quartet.graph import files
from quartet.graph.edits import Add, Move, removal
from quartet.graph.merge_conflicts import conflicts
from quartet.graph.model import Agent, Graph


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path)


def shown(desk: Desk) -> CompareDialog:
    found = desk.dialog()
    assert isinstance(found, CompareDialog)
    return found


def lines(dialog: CompareDialog) -> list[str]:
    return [dialog.list.topLevelItem(row).text(0) for row in range(dialog.list.topLevelItemCount())]


def theirs(path: Path, graph: Graph) -> None:
    """Somebody else saves the file, a moment later."""
    files.write(graph, path)
    os.utime(path, ns=(1, 1))


def test_the_drawing_of_both_holds_what_was_removed_and_marks_everything() -> None:
    before = team()
    new = Add(section="agents", item=Agent(id="critic", kind="llm", name="Critic"), at=before.positions["editor"])
    after = edited(
        before, *removal(before, ["editor"]), put("writer", name="Author"), new, Move(to={"research": (0, 300)})
    )
    found = compare(before, after)
    assert found.marks.how == {
        "editor": "removed", "writer": "changed", "critic": "added", "writer-editor": "removed",
    }  # fmt: skip
    assert found.marks.came_from == {"research": (0.0, 0.0)}
    assert set(found.both.agents) == {"research", "writer", "critic", "editor"}
    assert found.both.positions["editor"] != found.both.positions["critic"]
    assert "editor" not in after.agents


def test_the_saved_version_is_known_before_and_after_undo(qtbot: QtBot) -> None:
    document = Document(team())
    document.do("One", [put("writer", name="One")])
    document.undo_stack.setClean()
    saved = files.dumps(document.graph)
    document.do("Two", [put("writer", name="Two")])
    assert files.dumps(saved_version(document)) == saved
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert files.dumps(saved_version(document)) == saved
    document.do("Three", [put("writer", name="Three")])
    assert saved_version(document) is None
    document.close()


def test_a_line_that_is_clicked_is_shown_on_the_canvas(desk: Desk) -> None:
    desk.open(graph=team())
    desk.session.document.do("Rename", [put("writer", name="Author")])
    desk.trigger("file.compare.saved")
    dialog = shown(desk)
    assert lines(dialog) == ["~ Author (llm)"]
    row = dialog.list.visualItemRect(dialog.list.topLevelItem(0))
    QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=row.center() + QPoint(0, 0))
    assert dialog.document.selection == {"writer"}
    assert [layer.marks.how for layer in dialog.layers] == [{"writer": "changed"}] * 2
    assert not dialog.grab().isNull()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    desk.qtbot.waitUntil(lambda: desk.window.findChild(CompareDialog) is None)
    assert desk.session.document.selection == frozenset()


def test_a_comparison_cannot_be_edited(desk: Desk) -> None:
    desk.open(graph=team())
    desk.trigger("file.compare.saved")
    dialog = shown(desk)
    assert lines(dialog) == ["Nothing differs in meaning."]
    dialog.document.select(["writer"])
    dialog.canvas.setFocus()
    QTest.keyClick(dialog.canvas, Qt.Key.Key_Delete)
    assert "writer" in dialog.document.graph.agents
    desk.answer("close")


def test_another_file_is_compared(desk: Desk) -> None:
    other = desk.save_file("b.quartet.json", edited(team(), *removal(team(), ["editor"])))
    desk.open(graph=team())
    desk.trigger("file.compare.file")
    desk.choose(other)
    assert lines(shown(desk)) == ["+ Editor (llm) added", "+ Writer → Editor added"]
    desk.answer("close")


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_last_commit_is_compared(desk: Desk) -> None:
    path = desk.save_file(graph=team())
    desk.window.files.open_path(path)
    assert not desk.window.actions_["file.compare.committed"].isEnabled()
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for given in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "one"]):
        subprocess.run(["git", *given], cwd=desk.folder, env=environment, check=True)
    desk.session.document.do("Rename", [put("writer", name="Author")])
    desk.window.files.save(desk.session)
    desk.trigger("file.compare.committed")
    assert lines(shown(desk)) == ["~ Author (llm)"]
    desk.answer("close")
    other = desk.folder / "new.quartet.json"
    files.write(team(), other)
    desk.window.files.open_path(other)
    desk.trigger("file.compare.committed")
    assert "cannot be compared with the last commit" in desk.question().text()
    desk.answer("close")


def test_what_somebody_else_saved_is_merged_with_what_is_open(desk: Desk) -> None:
    path = desk.open(graph=team())
    desk.session.document.do("Rename", [put("writer", name="Author")])
    theirs(path, edited(team(), put("editor", name="Chief")))
    desk.window.outside.notice()
    desk.answer("compare")
    dialog = shown(desk)
    assert lines(dialog) == ["~ Writer (llm)", "~ Chief (llm)"]
    QTest.mouseClick(dialog.answers["Merge both"], Qt.MouseButton.LeftButton)
    graph = desk.session.document.graph
    assert [agent.name for agent in graph.agents.values()] == ["Research", "Author", "Chief"]
    assert not conflicts(graph)
    desk.window.files.save(desk.session)  # theirs is in it, so nothing is asked
    assert files.read(path).graph.agents["editor"].name == "Chief"
    desk.session.document.undo_stack.undo()
    assert graph.agents["editor"].name == "Editor"


def test_what_both_changed_is_a_problem_to_decide(desk: Desk) -> None:
    path = desk.open(graph=team())
    desk.session.document.do("Rename", [put("writer", name="Author")])
    theirs(path, edited(team(), put("writer", name="Poet")))
    desk.window.files.save(desk.session)
    desk.answer("compare")
    QTest.mouseClick(shown(desk).answers["Merge both"], Qt.MouseButton.LeftButton)
    document = desk.session.document
    document.judge_now()
    desk.qtbot.waitUntil(lambda: "M001" in {one.code for one in document.findings})
    (finding,) = [one for one in document.findings if one.code == "M001"]
    assert [fix.label for fix in finding.fixes] == ["Take this version's: “Author”", "Take the other's: “Poet”"]
    document.do("Decide", finding.fixes[1].edits)
    assert document.graph.agents["writer"].name == "Poet"
    assert not conflicts(document.graph)


def test_theirs_can_be_taken(desk: Desk) -> None:
    path = desk.open(graph=team())
    desk.session.document.do("Rename", [put("writer", name="Author")])
    theirs(path, edited(team(), put("writer", name="Poet")))
    desk.window.outside.notice()
    desk.answer("compare")
    QTest.mouseClick(shown(desk).answers["Take theirs"], Qt.MouseButton.LeftButton)
    assert desk.session.document.graph.agents["writer"].name == "Poet"
    assert not desk.session.document.modified
