"""Features that meet: levels, files, other programs, the clipboard, pictures. Real keys, dialogs and files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from editor.test_going_inside import ALT, CTRL, SHIFT, Inside, nested, row
from engine.drawing import draw
from quartet.editor import journal, own_fragments
from quartet.editor.drafts import Draft, unread
from quartet.editor.export import of_scene
from quartet.editor.fragment_dialog import FragmentDialog
from quartet.editor.restoring import restore
from quartet.graph import files
from quartet.graph.edits import Set
from quartet.graph.model import Agent, AgentId, Graph


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Inside]:
    found = Inside(qtbot, tmp_path)
    yield found
    found.clear()
    QGuiApplication.clipboard().setText("")  # what Python keeps there must not outlast Python


def test_a_picture_of_a_level_carries_the_sub_graphs_that_are_used_in_it(desk: Inside) -> None:
    desk.open(graph=nested())
    desk.double_click("r")
    for form in ("png", "svg"):
        data = of_scene(desk.session.canvas.canvas_scene, form).data  # type: ignore[arg-type]
        found = files.from_bytes(data, "it").graph
        assert list(found.graphs) == ["h"], form


def test_a_file_that_somebody_changed_is_asked_about_inside_a_level_too(desk: Inside) -> None:
    path = desk.open(graph=nested())
    desk.double_click("r")
    desk.session.document.do("Rename", [Set(section="agents", id="x", values={"name": "Mine"})])
    other = nested()
    other.description = "Theirs"
    files.write(other, path)
    desk.window.outside.notice()
    desk.answer("reload")
    assert desk.session.root.document.graph.description == "Theirs"
    assert desk.way == ("r",)
    desk.do("edit.undo")
    assert desk.session.root.document.graph.graphs["g"].agents[AgentId("x")].name == "Mine"


def test_what_is_said_of_a_file_behind_is_said_when_it_comes_to_the_front_inside_a_level(desk: Inside) -> None:
    desk.open(graph=nested())
    desk.double_click("r")
    inner = desk.session
    desk.open("b.quartet.json", row())
    desk.window.status.say("It ended.", inner.root)
    assert desk.window.status.said.text() != "It ended."
    desk.window.show_session(inner)
    assert desk.window.status.said.text() == "It ended."


def newer(path: Path) -> None:
    data = json.loads(files.dumps(row()))
    path.write_text(json.dumps({**data, "version": 99, "name": "Newer"}))


@pytest.mark.parametrize("modified", [False, True])
def test_a_file_that_a_newer_version_wrote_meanwhile_is_not_written_over(desk: Inside, modified: bool) -> None:
    path = desk.open(graph=row())
    if modified:
        desk.change()
    newer(path)
    before = path.read_bytes()
    desk.window.outside.notice()
    if modified:
        desk.answer("reload")
    desk.window.files.save(desk.session)
    assert path.read_bytes() == before


def copied(desk: Inside) -> QMimeData:
    """What Copy puts on the clipboard, as another program would hand it on: text only."""
    desk.key(Qt.Key.Key_C, CTRL)
    text = QGuiApplication.clipboard().text()
    mime = QMimeData()
    mime.setText(text)
    QGuiApplication.clipboard().setMimeData(mime)
    return mime


def test_sub_graphs_that_only_look_alike_are_not_taken_for_one_another(desk: Inside) -> None:
    """Both files have “g” that uses “h”, word for word the same, and “h” is another one in each."""
    graph = nested()
    graph.graphs["h"] = draw("deep", deep={"description": "Other"})
    desk.open("b.quartet.json", graph)
    desk.session.document.select(["r"])
    copied(desk)
    desk.open("a.quartet.json", nested())
    desk.key(Qt.Key.Key_V, CTRL)
    document = desk.session.document
    (new,) = document.selected_agents
    inner = document.graph.graphs[str(new.config["graph"])]
    deep = document.graph.graphs[str(inner.agents[AgentId("s")].config["graph"])]
    assert deep.agents[AgentId("deep")].description == "Other"
    assert document.graph.graphs["h"].agents[AgentId("deep")].description is None


def worded() -> Graph:
    graph = nested()
    graph.description = "word here"
    graph.graphs["g"].description = "word there"
    graph.graphs["h"] = draw("deep", deep={"description": "a word"})
    return graph


def test_find_and_replace_from_inside_a_level_reaches_the_whole_file_as_one_step(desk: Inside) -> None:
    desk.open(graph=worded())
    root = desk.session
    desk.double_click("r")
    before = files.dumps(root.document.graph)
    desk.do("edit.replace")
    find = desk.session.panels["find"]
    find.field.setText("word")
    find.by.setText("text")
    find.look()
    assert len(find.places) == 3
    find.replace_all()
    assert files.dumps(root.document.graph) == before.replace("word", "text")
    desk.do("edit.undo")
    assert files.dumps(root.document.graph) == before


def test_find_next_goes_on_through_all_levels_with_one_list(desk: Inside) -> None:
    desk.open(graph=worded())
    desk.do("edit.find")
    find = desk.session.panels["find"]
    find.field.setText("word")
    find.look()
    ways = []
    for _ in range(4):
        desk.do("edit.find_next")
        assert desk.session.panels["find"] is find
        assert find.isVisible()
        ways.append(desk.way)
    assert ways == [(), ("r",), ("r", "s"), ()]
    desk.do("edit.find_previous")
    assert desk.way == ("r", "s")
    assert desk.session.document.selection == {"deep"}
    QTest.keyClick(find.list, Qt.Key.Key_Escape)
    assert desk.session.canvas.hasFocus()


def test_agents_shown_alone_are_those_of_the_drawing_in_sight(desk: Inside) -> None:
    desk.open(graph=worded())
    desk.do("edit.find")
    find = desk.session.panels["find"]
    find.set_filters(["error"])
    root = desk.session.document
    desk.double_click("r")
    desk.session.document.judge_now()
    find.look()
    assert root.shown_only is None
    assert desk.session.document.shown_only is not None
    desk.key(Qt.Key.Key_Up, ALT | SHIFT)
    assert root.shown_only is not None


def test_pictures_and_files_of_what_is_muted_inside(desk: Inside, tmp_path: Path) -> None:
    desk.open(graph=nested())
    desk.double_click("r")
    desk.session.document.select(["x"])
    desk.do("agent.mute")
    for name in ("png", "svg", "pdf"):
        desk.do(f"file.export.{name}")
        desk.choose(tmp_path / f"out.{name}")
        assert (tmp_path / f"out.{name}").stat().st_size > 100
    for name in ("png", "svg"):
        assert files.read(tmp_path / f"out.{name}").graph.agents[AgentId("x")].disabled == "muted"


def deep_trouble() -> Graph:
    graph = nested()
    for key, name in (("g", "lost"), ("h", "missing")):
        inner = graph.graphs[key]
        broken = Agent(id=AgentId(name), kind="graph", name=name, config={"graph": "nowhere"})
        inner.agents[broken.id] = broken
    return graph


def test_f8_goes_through_the_problems_of_all_levels_and_round(desk: Inside) -> None:
    desk.open(graph=deep_trouble())
    root = desk.session
    root.document.judge_now()
    heard = [finding for finding in root.document.findings if finding.silenced is None]
    assert {"g", "h"} <= {finding.inside for finding in heard}
    seen = []
    for _ in range(len(heard) + 1):
        desk.do("graph.next_problem")
        seen.append(root.problem)
        if root.problem.inside:
            assert desk.session.document.selection == set(root.problem.places)
            assert desk.way[-1] == {"g": "r", "h": "s"}[root.problem.inside]
    assert seen == [*heard, heard[0]]


def test_a_problem_below_is_gone_to_from_inside_a_level(desk: Inside) -> None:
    desk.open(graph=deep_trouble())
    desk.double_click("r")
    document = desk.session.document
    document.judge_now()
    below = next(finding for finding in document.findings if finding.inside == "h")
    document.inside_wanted.emit(below.inside, set(below.places))
    assert desk.way == ("r", "s")


@pytest.mark.parametrize("command", ["insert.frame", "insert.note", "graph.collapse"])
def test_a_name_that_is_being_typed_goes_with_what_it_is_of(desk: Inside, command: str) -> None:
    """Undo by the menu or the history while the name of what was just added is open, and then the view moves."""
    desk.open(graph=row())
    desk.session.document.select(["b", "c"])
    desk.do(command)
    canvas = desk.session.canvas
    assert canvas.inline.editor is not None
    desk.session.document.undo_stack.setIndex(0)
    canvas.set_zoom(canvas.zoom * 0.9)
    canvas.inline.follow()
    assert canvas.inline.editor is None
    assert not desk.session.document.modified


def test_a_pdf_has_a_page_for_each_sub_graph_below(desk: Inside) -> None:
    desk.open(graph=nested())
    assert b"/Count 3\n" in of_scene(desk.session.canvas.canvas_scene, "pdf").data
    desk.double_click("r")
    assert b"/Count 2\n" in of_scene(desk.session.canvas.canvas_scene, "pdf").data


def test_local_history_that_is_closed_at_once_is_told_nothing_any_more(desk: Inside, qtbot: QtBot) -> None:
    desk.open(graph=row())
    desk.do("file.local_history")
    dialog = desk.dialog()
    shiboken6.delete(dialog)
    desk.window.local_history.wait()
    qtbot.wait(1)


def test_an_export_that_fails_leaves_nothing_half_written(
    desk: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open(graph=row())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    before = list(tmp_path.iterdir())
    desk.do("file.export.png")
    desk.choose(tmp_path / "out.png")
    assert "disk is full" in desk.question().informativeText()
    desk.question().close()
    assert list(tmp_path.iterdir()) == before


def with_link(desk: Inside) -> None:
    """A file in a folder of its own, with an agent that is linked to another file there."""
    (desk.folder / "one").mkdir()
    desk.save_file("one/inner.quartet.json", row())
    graph = nested()
    graph.graphs = {"g": Graph(extra={"file": "inner.quartet.json"})}
    desk.open("one/a.quartet.json", graph)


def test_a_link_that_is_pasted_into_a_file_elsewhere_leads_to_the_same_file(desk: Inside) -> None:
    with_link(desk)
    desk.session.document.select(["r"])
    desk.key(Qt.Key.Key_C, CTRL)
    desk.open("b.quartet.json", row())
    desk.key(Qt.Key.Key_V, CTRL)
    document = desk.session.document
    assert [inner.extra for inner in document.graph.graphs.values()] == [{"file": "one/inner.quartet.json"}]
    assert list(document.followed().graphs["g"].agents) == ["a", "b", "c", "d"]


def test_a_link_that_is_pasted_into_a_graph_without_a_file_brings_what_it_leads_to(desk: Inside) -> None:
    with_link(desk)
    desk.session.document.select(["r"])
    desk.key(Qt.Key.Key_C, CTRL)
    desk.window.files.new()
    desk.key(Qt.Key.Key_V, CTRL)
    document = desk.session.document
    assert [list(inner.agents) for inner in document.graph.graphs.values()] == [["a", "b", "c", "d"]]
    assert "The content of “inner.quartet.json” is in this graph now" in desk.session.canvas.remark.text()
    document.undo_stack.undo()
    assert not document.graph.agents


def test_a_link_whose_file_is_gone_says_what_to_do_where_it_is_pasted(desk: Inside) -> None:
    with_link(desk)
    desk.session.document.select(["r"])
    desk.key(Qt.Key.Key_C, CTRL)
    (desk.folder / "one" / "inner.quartet.json").unlink()
    desk.window.files.new()
    desk.key(Qt.Key.Key_V, CTRL)
    assert list(desk.session.document.graph.agents)
    assert "Save this graph, and link it anew" in desk.session.canvas.remark.text()


def test_a_picture_holds_what_links_lead_to(desk: Inside) -> None:
    with_link(desk)
    found = files.from_bytes(of_scene(desk.session.canvas.canvas_scene, "png").data, "it").graph
    assert list(found.graphs["g"].agents) == ["a", "b", "c", "d"]
    assert desk.session.document.graph.graphs["g"].extra == {"file": "inner.quartet.json"}


def test_a_sub_graph_that_is_linked_into_another_folder_keeps_its_own_links(desk: Inside) -> None:
    desk.save_file("deep.quartet.json", row())
    graph = nested()
    graph.graphs["h"] = Graph(extra={"file": "deep.quartet.json"})
    desk.open(graph=graph)
    (desk.folder / "two").mkdir()
    desk.session.document.select(["r"])
    desk.do("graph.save_linked")
    desk.choose(desk.folder / "two" / "g.quartet.json")
    assert files.read(desk.folder / "two" / "g.quartet.json").graph.graphs["h"].extra == {
        "file": "../deep.quartet.json"
    }


def test_a_fragment_of_ones_own_holds_what_links_lead_to(desk: Inside) -> None:
    with_link(desk)
    desk.session.document.select(["r"])
    desk.do("insert.save_fragment")
    dialog = desk.dialog()
    assert isinstance(dialog, FragmentDialog)
    dialog.name.setText("Linked piece")
    dialog.ok.click()
    (kept,) = (one for one in own_fragments.entries() if one.title == "Linked piece")
    assert kept.fragment is not None and kept.drawing is not None
    own_fragments.remove(kept.fragment)
    assert list(kept.drawing.graphs["g"].agents) == ["a", "b", "c", "d"]


def test_what_is_half_typed_inside_a_level_is_in_the_journal_and_told_before_a_run(
    desk: Inside, tmp_path: Path
) -> None:
    desk.open(graph=nested())
    root = desk.session.document
    desk.double_click("r")
    draft = Draft(("x",), "Time limit", "soon", "It is no number.")
    desk.session.document.keep_draft("agents/x/timeout", draft)
    assert desk.session.document.drafts == {"agents/x/timeout": draft}
    (told,) = unread(root)
    assert told.inside == "g" and "soon" in told.text
    desk.window.keeper.write_now()
    killed = shutil.copytree(desk.window.keeper.place(), tmp_path / "killed")
    (file,) = killed.glob(f"*{journal.STEPS}")
    again = desk.window.add(restore(file).document)
    desk.window.show_session(again.levels.go((AgentId("r"),)))
    assert desk.session.document.drafts == {"agents/x/timeout": draft}
    desk.session.document.keep_draft("agents/x/timeout", None)
    assert not again.document.drafts


def test_one_file_by_another_name_is_one_tab(desk: Inside, tmp_path: Path) -> None:
    path = desk.open(graph=row())
    link = tmp_path / "link.quartet.json"
    link.symlink_to(path)
    (tmp_path / "sub").mkdir()
    for other in (link, tmp_path / "sub" / ".." / path.name):
        desk.window.files.open_path(other)
        assert len(desk.window.sessions) == 1
