"""Replacing agents in place: edges, id and what still applies stay; what does not is told; one step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from editor.canvas.conftest import LEFT, graph_of
from quartet.agents.kinds import find
from quartet.editor.canvas import menus
from quartet.editor.canvas.drops import KIND
from quartet.editor.canvas.replacing import replacement
from quartet.editor.canvas.view import Canvas
from quartet.graph import files
from quartet.graph.model import Agent

SHIFT = Qt.KeyboardModifier.ShiftModifier


def state(canvas: Canvas) -> str:
    return files.dumps(canvas.document.graph)


@pytest.fixture
def team(make_canvas) -> Canvas:
    """Ann → Ben → Cat, and Ben with settings and policies."""
    graph = graph_of({"ann": "llm", "ben": "llm", "cat": "llm"}, (("ann", "ben", "flow"), ("ben", "cat", "flow")))
    graph.agents["ben"] = Agent(
        id="ben", kind="llm", name="Ben", color="blue", retry={"max_attempts": 2},
        config={"model": "gpt-5-mini", "instructions": "Work."}, rehearsal=({"returns": 1},),
    )  # fmt: skip
    return make_canvas(graph)


def choose(canvas: Canvas, hand, typed: str) -> None:
    search = canvas.adding.search
    search.line.setText(typed)
    assert search.choices
    hand.key(Qt.Key.Key_Return)


def test_r_asks_by_name_and_keeps_id_name_edges_place_and_what_applies(team: Canvas, hand_of) -> None:
    before, hand = state(team), hand_of(team)
    team.document.select({"ben"})
    hand.on_canvas(Qt.Key.Key_R)
    assert team.adding.search.isVisible()
    choose(team, hand, "http")
    ben = team.document.graph.agents["ben"]
    assert (ben.kind, ben.name, ben.color) == ("http", "Ben", "blue")
    assert ben.retry is not None and ben.retry.max_attempts == 2 and ben.rehearsal == ({"returns": 1},)
    assert ben.config == {}
    assert set(team.document.graph.edges) == {"ann-ben", "ben-cat"}
    assert "model" in team.remark.text() and "instructions" in team.remark.text()
    assert team.document.undo_stack.count() == 1
    team.document.undo_stack.undo()
    assert state(team) == before


def test_escape_leaves_everything(team: Canvas, hand_of) -> None:
    before, hand = state(team), hand_of(team)
    team.document.select({"ben"})
    hand.on_canvas(Qt.Key.Key_R)
    hand.key(Qt.Key.Key_Escape)
    assert not team.adding.search.isVisible()
    assert state(team) == before


def test_many_are_replaced_in_one_step(team: Canvas, hand_of) -> None:
    hand = hand_of(team)
    team.document.select({"ann", "cat"})
    hand.on_canvas(Qt.Key.Key_R)
    choose(team, hand, "template")
    assert [agent.kind for agent in team.document.graph.agents.values()] == ["template", "llm", "template"]
    assert team.document.undo_stack.count() == 1
    assert team.document.undo_stack.undoText().startswith("Replace 2 agents with")


def test_edges_that_would_make_no_sense_go_and_are_told(team: Canvas) -> None:
    kind = find("trigger")
    assert kind is not None
    found = replacement(team.document.graph, [team.document.graph.agents["ben"]], kind)
    assert "the edge Ann → Ben" in found.left_out
    assert {"retries", "rehearsal"} <= set(found.left_out)
    team.document.do("Replace", found.edits)
    assert set(team.document.graph.edges) == {"ben-cat"}


def test_a_name_that_only_said_the_kind_says_the_new_one(make_canvas) -> None:
    llm, http = find("llm"), find("http")
    assert llm is not None and http is not None
    graph = graph_of({"one": "llm", "two": "llm"})
    for id, name in (("one", f"{llm.title} 2"), ("two", http.title)):
        graph.agents[id] = graph.agents[id].model_copy(update={"name": name})
    found = replacement(graph, [graph.agents["one"]], http)
    assert found.edits[0].values["name"] == f"{http.title} 2"


def test_the_menu_offers_it(team: Canvas) -> None:
    team.document.select({"ben"})
    menu = menus.build(team, team.hit(QPointF(370, 20)), QPointF())
    assert any(action.text().replace("&", "").startswith("Replace With…") for action in menu.actions())


def carry(canvas: Canvas, hand, name: str, at: tuple[float, float], held, *, drop: bool) -> None:
    mime = QMimeData()
    mime.setData(KIND, name.encode())
    pixel = hand.pixel(at)
    copy = Qt.DropAction.CopyAction
    for event in (
        QDragEnterEvent(pixel.toPoint(), copy, mime, LEFT, held),
        QDragMoveEvent(pixel.toPoint(), copy, mime, LEFT, held),
        *([QDropEvent(pixel, copy, mime, LEFT, held)] if drop else []),
    ):
        QApplication.sendEvent(canvas.viewport(), event)


def test_a_drop_from_the_palette_with_shift_replaces_the_agent_below(team: Canvas, hand_of) -> None:
    hand = hand_of(team)
    carry(team, hand, "http", hand.body("ben"), SHIFT, drop=False)
    assert team.canvas_scene.targeted == {"ben"}
    hand.leave()
    assert not team.canvas_scene.targeted
    carry(team, hand, "http", hand.body("ben"), SHIFT, drop=True)
    assert team.document.graph.agents["ben"].kind == "http"
    assert len(team.document.graph.agents) == 3


def test_without_shift_the_drop_adds(team: Canvas, hand_of) -> None:
    hand = hand_of(team)
    carry(team, hand, "http", (900, 300), Qt.KeyboardModifier.NoModifier, drop=True)
    assert len(team.document.graph.agents) == 4
