"""A drawing with a sub-graph in the window: it opens, runs, and everything that shows a run keeps up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from editor.test_inspector import Bench, choose
from editor.test_whole_journey import Person
from quartet.editor.actions import plain
from quartet.editor.by_hand import ResultDialog
from quartet.editor.canvas import menus
from quartet.editor.canvas.captions import state_line
from quartet.editor.canvas.hits import Hit
from quartet.editor.loop import EventLoop
from quartet.editor.panels.inspector_fields import ChoiceField
from quartet.editor.panels.log_model import Namer
from quartet.engine.seen import AgentState
from quartet.graph.files import read, write
from quartet.graph.model import Agent, AgentId, Graph
from quartet.paths import EXAMPLES

EXAMPLE = EXAMPLES / "market-report.quartet.json"


@pytest.fixture
def person(qapp, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    monkeypatch.setattr("quartet.editor.runner.PACE", 0.01)
    loop = EventLoop(qapp)
    yield Person(loop, qtbot, tmp_path)
    loop.close()


def test_it_is_run_in_the_window_and_what_is_inside_is_told_by_its_path(person: Person) -> None:
    said: list[str] = []

    async def day() -> None:
        session = person.window.files.open_path(EXAMPLE)
        assert session is not None
        for panel in ("log", "messages", "timeline", "output"):
            person.window.show_panel(panel)
        session.runner.rehearse()
        await person.until(lambda: not session.runner.running)
        state = session.live.present
        assert state is not None and state.status == "succeeded"
        names = Namer(session.live)
        said.extend(names.agent(id) for id in state.agents if "/" in id)
        assert names.edge("research#2/news-both") == "Research a company #2 › News → Research a company #2 › Both"
        session.live.show_at(20)
        session.live.show_at(None)

    person.lives(day)
    assert "Research a company › Analyst" in said
    assert "Research a company #2 › Filings" in said


def test_what_a_person_does_to_an_agent_of_a_run_can_be_done_inside_a_sub_graph(
    person: Person, tmp_path: Path, qtbot: QtBot
) -> None:
    graph, inner = Graph(name="Outer"), Graph()
    graph.agents[AgentId("r")] = Agent(id=AgentId("r"), kind="graph", name="Research", config={"graph": "g"})
    inner.agents[AgentId("x")] = Agent(id=AgentId("x"), kind="template", name="X", rehearsal=({"hangs": True},))
    graph.graphs["g"] = inner
    write(graph, path := tmp_path / "outer.quartet.json")

    async def day() -> None:
        session = person.window.files.open_path(path)
        assert session is not None
        session.levels.go_in(session, AgentId("r"))
        level = person.session
        assert level is not session
        session.runner.rehearse()
        await person.until(lambda: level.live.state is not None and "x" in level.live.state.agents)
        level.document.select({"x"})
        await person.until(lambda: level.canvas.hands is not None and level.canvas.hands.offers("x"))
        menu = menus.build(level.canvas, Hit(agent=AgentId("x")), level.canvas.center_scene_pos())
        next(each for each in menu.actions() if plain(each.text()) == "Give Its Result").trigger()
        dialog = next(each for each in person.window.findChildren(ResultDialog) if each.isVisible())
        assert "Research › X" in dialog.field.accessibleName()
        QTest.keyClicks(dialog.field, "by hand")
        button = next(each for each in dialog.findChildren(QPushButton) if each.text().casefold() == "give it")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        await person.until(lambda: not session.runner.running)
        state = session.live.present
        assert state is not None and state.status == "succeeded"
        assert state.agents["r/x"].value == "by hand"

    person.lives(day)


def test_a_card_says_how_much_is_done_inside() -> None:
    state = AgentState(status="running", act=1, since=0.0, inside=5, inside_done={"a", "b"})
    assert state_line(state, 3.0).text == "2 of 5 done · 3 s"


def test_the_inspector_offers_the_sub_graphs_of_the_drawing(qtbot: QtBot) -> None:
    graph = read(EXAMPLE).graph
    bench = Bench(qtbot, graph)
    bench.select("research")
    row = bench.row("graph")
    assert isinstance(row.field, ChoiceField)
    assert [row.field.combo.itemText(n) for n in range(row.field.combo.count())][1:] == ["Company research"]
    choose(row, "company")
    assert bench.agent("research").config == {"graph": "company"}
