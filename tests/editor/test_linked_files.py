"""Linked sub-graph files in the window: shown, opened beside, saved, taken in, read anew when they change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from editor.test_going_inside import Inside, nested
from engine.drawing import draw
from graph.test_links import outer, put
from quartet.editor.compare import compare
from quartet.editor.compare_dialog import CompareDialog
from quartet.editor.export import of_scene
from quartet.graph import files
from quartet.graph.edits import Set, apply
from quartet.graph.model import AgentId


@pytest.fixture
def inside(qtbot: QtBot, tmp_path: Path) -> Iterator[Inside]:
    desk = Inside(qtbot, tmp_path)
    yield desk
    desk.clear()


def card(inside: Inside, id: str) -> tuple[str, bool]:
    canvas = inside.session.canvas
    canvas.grab()
    face = canvas.canvas_scene.cards[AgentId(id)].face
    assert face is not None
    return face.essence.text(), face.unknown


def placed(file: str = "inner.quartet.json"):
    graph = outer(file)
    graph.positions = {AgentId("w"): (0.0, 0.0), AgentId("r"): (300.0, 0.0)}
    return graph


def test_a_card_shows_the_file_and_a_double_click_opens_it_in_a_tab_of_its_own(inside: Inside) -> None:
    put(inside.folder, "inner.quartet.json", draw("a -> b"))
    inside.open(graph=placed())
    inside.session.document.judge_now()
    assert card(inside, "r") == ("inner.quartet.json", False)
    inside.double_click("r")
    assert [session.document.path.name for session in inside.window.sessions if session.document.path] == [
        "a.quartet.json",
        "inner.quartet.json",
    ]
    assert list(inside.session.document.graph.agents) == ["a", "b"]


def test_a_missing_file_is_a_finding_and_a_dashed_card_and_opening_loses_nothing(inside: Inside) -> None:
    path = inside.open(graph=placed())
    before = path.read_text()
    inside.session.document.judge_now()
    assert any("There is no such file" in f.detail + f.title for f in inside.session.document.findings)
    assert card(inside, "r") == ("inner.quartet.json", True)
    inside.do("file.save")
    assert path.read_text() == before


def test_a_sub_graph_is_kept_in_a_file_of_its_own_and_taken_in_again(inside: Inside) -> None:
    inside.open(graph=nested())
    document = inside.session.document
    document.select(["r"])
    inside.do("graph.save_linked")
    dialog = inside.window.findChild(QFileDialog)
    assert dialog is not None
    target = inside.folder / "part.quartet.json"
    dialog.selectFile(str(target))
    dialog.accept()
    inside.qtbot.waitUntil(target.exists)
    assert files.read(target).graph.graphs.keys() == {"h"}
    assert document.graph.graphs.keys() == {"g"}
    assert document.graph.graphs["g"].extra == {"file": "part.quartet.json"}
    assert document.undo_stack.undoText() == "Link r to a file"
    assert card(inside, "r")[0] == "part.quartet.json"
    inside.do("graph.make_local")
    assert sorted(document.graph.graphs) == ["g", "g_h"]
    assert document.graph.graphs["g"].agents.keys() == {"x", "s"}
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert sorted(document.graph.graphs) == ["g", "h"]
    assert not document.modified


def test_commands_say_why_not(inside: Inside) -> None:
    inside.window.files.new()
    inside.session.document.replace("Draw", nested())
    inside.session.document.select(["r"])
    inside.window.refresh()
    assert "Save the graph first" in inside.window.actions_["graph.save_linked"].toolTip()
    assert "linked to a file" in inside.window.actions_["graph.make_local"].toolTip()


def test_a_file_that_changed_on_disk_is_judged_anew(inside: Inside) -> None:
    put(inside.folder, "inner.quartet.json", draw("a -> b"))
    inside.open(graph=placed())
    document = inside.session.document
    document.judge_now()
    (inside.folder / "inner.quartet.json").unlink()
    inside.window.outside.notice()
    assert not document.judged
    assert "“inner.quartet.json” changed" in inside.window.status.said.text()
    document.judge_now()
    assert any("There is no such file" in f.detail + f.title for f in document.findings)


def test_a_link_is_not_dissolved_but_made_local_first(inside: Inside) -> None:
    put(inside.folder, "inner.quartet.json", draw("a -> b"))
    inside.open(graph=placed())
    inside.session.document.select(["r"])
    inside.do("graph.dissolve")
    assert "Make it local first" in inside.session.canvas.remark.text()


def test_saved_in_another_folder_the_links_still_lead_there(inside: Inside) -> None:
    put(inside.folder, "inner.quartet.json", draw("a -> b"))
    inside.open(graph=placed())
    inside.do("file.save_as")
    dialog = inside.window.findChild(QFileDialog)
    assert dialog is not None
    target = inside.folder / "other" / "copy.quartet.json"
    target.parent.mkdir()
    dialog.selectFile(str(target))
    dialog.accept()
    inside.qtbot.waitUntil(target.exists)
    assert files.read(target).graph.graphs["g"].extra == {"file": "../inner.quartet.json"}
    document = inside.session.document
    assert not document.modified
    document.judge_now()
    assert not any("no such file" in f.title + f.detail for f in document.findings)


def test_a_pdf_has_a_page_for_what_is_behind_a_link(inside: Inside) -> None:
    put(inside.folder, "inner.quartet.json", draw("a -> b"))
    inside.open(graph=placed())
    assert b"/Count 2\n" in of_scene(inside.session.canvas.canvas_scene, "pdf").data


def test_a_picture_says_that_it_shows_one_drawing_only(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    inside.open(graph=nested())
    inside.do("file.export.svg")
    inside.choose(inside.folder / "picture.svg")
    assert "a PDF has a page for each sub-graph" in inside.window.status.said.text()


def named(name: str):
    graph = draw("a -> b")
    apply(graph, [Set(section="agents", id="a", values={"name": name})])
    return graph


def test_what_differs_behind_links_is_listed_and_drawn(qtbot: QtBot, tmp_path: Path) -> None:
    for folder, name in (("old", "Look"), ("new", "Search")):
        (tmp_path / folder).mkdir()
        put(tmp_path / folder, "inner.quartet.json", named(name))
    found = compare(placed(), placed(), (tmp_path / "old", tmp_path / "new"))
    assert found.links == "Linked files count as they are on disk now: “inner.quartet.json”."
    dialog = CompareDialog(None, found, "old", "new")
    qtbot.addWidget(dialog)
    dialog.show()
    row = dialog.list.topLevelItem(0)
    assert row.text(0).startswith("~ “R” › Search")
    dialog.list.setCurrentItem(row)
    assert dialog.document.selection == {"a"}
    assert dialog.layers[0].marks.how == {"a": "changed"}
    assert dialog.place.text() == "Inside “R”"
    dialog.whole.click()
    assert dialog.document.graph.agents.keys() == {"w", "r"}
    assert dialog.layers[0].marks.how == {"r": "changed"}
    assert not dialog.whole.isVisible()


def test_links_that_cannot_be_followed_on_one_side_are_not_compared_and_that_is_said(tmp_path: Path) -> None:
    put(tmp_path, "inner.quartet.json", draw("a -> b"))
    found = compare(placed(), placed(), (tmp_path, None))
    assert not found.found.means_something
    assert "What is behind links is not compared" in found.links
    assert "Save it first" in found.links
