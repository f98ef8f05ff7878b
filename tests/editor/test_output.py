"""The output panel: the run's result and the state that its agents share, and the work of a board."""

from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

import quartet.agents.built_in  # noqa: F401
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels.output import Output
from quartet.engine.events import Event
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph, StateKey


def board() -> Graph:
    graph = Graph(state={"log": StateKey(reducer="append")})
    for id, kind, name in (("b", "board", "Board"), ("p", "llm", "Pat")):
        graph.agents[AgentId(id)] = Agent(id=AgentId(id), kind=kind, name=name)
    graph.edges[EdgeId("e")] = Edge(id=EdgeId("e"), source=AgentId("p"), target=AgentId("b"), kind="share")
    return graph


def offered(panel: Output) -> list[str]:
    buttons: list[QToolButton] = list(panel.buttons.values())
    return [button.text() for button in buttons if button.isVisibleTo(panel)]


def test_the_shared_state_and_the_work_of_a_board_are_shown_as_they_change(qtbot: QtBot) -> None:
    document, live = Document(board()), Live()
    panel = Output(document, live)
    qtbot.addWidget(panel)
    panel.resize(500, 400)
    panel.show()
    live.begin(document.graph, rehearsal=True)
    events = [
        ("run.started", None, {"input": None, "graph": "", "state": {"log": []}}),
        ("activation.ready", "b", {}),
        ("work.posted", "b", {"item": 1, "value": "one"}),
        ("work.posted", "b", {"item": 2, "value": "two"}),
        ("work.claimed", "b", {"item": 1, "by": "p", "fence": 1, "lease_until": 30.0, "value": "one"}),
        ("state.write", "p", {"key": "log", "reducer": "append", "value": "hello", "at": 0}),
    ]
    for number, (type, agent, data) in enumerate(events, 1):
        live.feed(Event(number, 0.0, type, agent, 1 if agent else None, None, data))
    document.select(())
    qtbot.waitUntil(lambda: offered(panel) == ["Result", "Shared state"])
    panel.buttons["state"].click()
    qtbot.waitUntil(lambda: '"hello"' in panel.view.text.toPlainText())
    document.select(["b"])
    panel.buttons["work"].click()
    text = panel.view.text.toPlainText()
    assert '"waiting": 1' in text and '"under way": 1' in text
    assert '"with": "Pat"' in text
