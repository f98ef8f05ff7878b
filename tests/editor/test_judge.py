"""Verdict and findings follow the drawing shortly after it changed, never while one types, never out of date."""

import itertools
import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from quartet.editor import judge as judging
from quartet.editor.canvas.view import Canvas
from quartet.editor.document import Document
from quartet.editor.gist import NOTHING, Gist
from quartet.editor.judge import Judge, Judgement, judge, snapshot
from quartet.editor.live import Live
from quartet.graph.edits import Add, Edit, Move, Set, removal
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph


def chain(*names: str) -> Graph:
    graph = Graph()
    for name in names:
        graph.agents[AgentId(name)] = Agent(id=AgentId(name), kind="llm", name=name)
    for source, target in itertools.pairwise(names):
        id = EdgeId(f"{source}-{target}")
        graph.edges[id] = Edge(id=id, source=AgentId(source), target=AgentId(target))
    return graph


def rename(name: str) -> list[Edit]:
    return [Set(section="agents", id="a", values={"name": name})]


def test_a_new_document_is_judged_by_itself(qtbot: QtBot) -> None:
    document = Document(chain("a", "b", "c"))
    qtbot.waitUntil(lambda: document.verdict is not None)
    assert document.verdict is not None and document.verdict.headline == "Pipeline"
    document.close()


def test_several_changes_in_a_row_are_judged_once(qtbot: QtBot) -> None:
    document = Document(chain("a", "b"))
    qtbot.waitUntil(lambda: document.verdict is not None)
    told: list[int] = []
    document.verdict_changed.connect(lambda: told.append(1))
    for letter in "typing":
        document.do("Rename", rename(letter))
    assert not told
    qtbot.waitUntil(lambda: bool(told))
    qtbot.wait(3 * judging.PAUSE)
    assert len(told) == 1
    document.close()


def test_moving_an_agent_is_not_judged(qtbot: QtBot) -> None:
    document = Document(chain("a", "b"))
    qtbot.waitUntil(lambda: document.verdict is not None)
    with qtbot.assertNotEmitted(document.verdict_changed, wait=3 * judging.PAUSE):
        document.do("Move", [Move(to={AgentId("a"): (10.0, 10.0)})])
    document.close()


@pytest.fixture
def threaded(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Every graph counts as big; the result says in how many threads was judged."""
    threads: set[int] = set()

    def watched(graph: Graph, shown: Gist) -> Judgement:
        threads.add(threading.get_ident())
        return judge(graph, shown)

    monkeypatch.setattr(judging, "BIG", 0)
    monkeypatch.setattr(judging, "judge", watched)
    return lambda: len(threads - {threading.get_ident()})


def test_a_big_graph_is_judged_elsewhere_and_what_is_outdated_is_not_told(
    qtbot: QtBot, threaded: Callable[[], int]
) -> None:
    document = Document(chain("a", "b"))
    headlines: list[str] = []
    document.verdict_changed.connect(lambda: headlines.append(document.verdict.headline if document.verdict else ""))
    document.judge_now()
    document.do("Add", [Add(section="agents", item=Agent(id=AgentId("z"), kind="llm", name="Z"))])
    document.do("Delete", removal(document.graph, [AgentId("a"), AgentId("b")]))
    qtbot.waitUntil(lambda: bool(headlines))
    qtbot.wait(3 * judging.PAUSE)
    assert threaded() == 1
    assert set(headlines) == {document.verdict.headline if document.verdict else ""}
    assert document.verdict is not None and document.verdict.top == "agent"
    document.close()


def test_a_closed_document_hears_nothing_more(qtbot: QtBot, threaded: Callable[[], int]) -> None:
    keeper = Judge(chain("a", "b"))
    told: list[object] = []
    keeper.judged.connect(told.append)
    keeper.now()
    keeper.stop()
    qtbot.wait(20)
    assert told == []
    assert not keeper.pending


def test_a_defect_in_a_rule_costs_the_verdict_and_nothing_else(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(graph: Graph, shown: Gist) -> Judgement:
        raise ZeroDivisionError("a defect")

    document = Document(chain("a", "b"))
    monkeypatch.setattr(judging, "judge", broken)
    document.do("Rename", rename("Still here"))
    document.judge_now()
    assert "judging the graph failed" in caplog.text
    caplog.clear()
    assert document.graph.agents[AgentId("a")].name == "Still here"
    document.close()


def test_edits_do_not_reach_a_snapshot() -> None:
    graph = chain("a", "b")
    taken = snapshot(graph)
    document = Document(graph)
    document.do("Delete", removal(graph, [AgentId("a")]))
    assert list(taken.agents) == ["a", "b"] and len(taken.edges) == 1
    document.close()


def test_what_a_judgement_leaves_as_it_was_is_shown_as_the_same_objects() -> None:
    graph = chain("a", "b", "c")
    first = judge(graph, NOTHING).gist
    document = Document(graph)
    document.do("Rename", rename("Another name"))
    again = judge(graph, first).gist
    assert again.verdict is not first.verdict
    assert again.parts is first.parts and again.pattern_of is first.pattern_of and again.marks is first.marks
    document.do("Delete", removal(graph, [AgentId("c")]))
    less = judge(graph, again).gist
    assert less.parts != again.parts and set(less.pattern_of) == {"a", "b"}
    document.close()


def test_while_the_program_starts_nothing_is_judged_unasked(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judge, "held", True)
    document = Document(chain("a", "b"))
    with qtbot.assertNotEmitted(document.verdict_changed, wait=3 * judging.PAUSE):
        pass
    document.judge_now()
    assert document.verdict is not None, "who asks is answered"
    document.do("Rename", rename("later"))
    monkeypatch.setattr(Judge, "held", False)
    with qtbot.waitSignal(document.verdict_changed):
        pass
    document.close()


def test_typing_and_dragging_go_on_while_a_verdict_takes_its_time(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, begun = threading.Event(), threading.Event()

    def slow(graph: Graph, shown: Gist) -> Judgement:
        begun.set()
        assert go_on.wait(60)
        return judge(graph, shown)

    graph = chain("a", "b")
    graph.positions.update({AgentId("a"): (0.0, 0.0), AgentId("b"): (400.0, 0.0)})
    document = Document(graph)
    qtbot.waitUntil(lambda: document.judged)
    monkeypatch.setattr(judging, "BIG", 0)
    monkeypatch.setattr(judging, "judge", slow)
    canvas = Canvas(document, Live())
    qtbot.addWidget(canvas)
    canvas.resize(800, 600)
    canvas.show()
    field = QLineEdit()
    qtbot.addWidget(field)
    field.textEdited.connect(lambda text: document.do("Rename", rename(text), merge="name"))
    try:
        QTest.keyClicks(field, "x")
        qtbot.waitUntil(begun.is_set)
        QTest.keyClicks(field, "yz")
        assert document.graph.agents[AgentId("a")].name == "xyz"
        view = canvas.viewport()
        grip = canvas.mapFromScene(90.0, 30.0)
        QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, grip)
        for step in range(1, 5):
            QTest.mouseMove(view, grip + QPoint(0, 30 * step))
        under_way = canvas.canvas_scene.positions[AgentId("a")]
        assert document.graph.positions[AgentId("a")] == (0.0, 0.0) != under_way  # shown, and not done yet
        assert not canvas.grab().isNull()
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, grip + QPoint(0, 120))
        assert document.graph.positions[AgentId("a")] == under_way
        assert not document.judged  # all that was done while it is still being thought about
    finally:
        go_on.set()
    qtbot.waitUntil(lambda: document.judged)
    document.close()
