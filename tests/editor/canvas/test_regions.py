"""The regions of a new verdict: only what looks different is painted, and it looks as if all were."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from quartet.editor.canvas import part_boxes
from quartet.editor.canvas.view import Canvas
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.graph.model import Agent, AgentId, Graph
from quartet.patterns.tree import FanOut, Leaf, Pipeline, Tree
from quartet.patterns.verdict import Verdict

AGENTS = [AgentId(each) for each in "abcdefghij"]


def judged(canvas: Canvas, tree: Tree) -> None:
    canvas.document.verdict = Verdict(tree, "pipeline", "high")
    canvas.document.verdict_changed.emit()


def rows() -> Graph:
    """Two rows of agents, far from one another."""
    graph = Graph()
    for number, id in enumerate(AGENTS):
        graph.agents[id] = Agent(id=id, kind="template", name=id)
        graph.positions[id] = (number % 5 * 260.0, number // 5 * 1000.0)
    return graph


@pytest.fixture(scope="module")
def rows_of_agents(qapp: QApplication) -> Iterator[Canvas]:
    """One for the whole module: whatever was judged before, the law holds."""
    document = Document(rows())
    canvas = Canvas(document, Live())
    yield canvas
    document.close()
    canvas.deleteLater()


def several(pattern: type, ids: list[AgentId]) -> Tree:
    leaves = tuple(Leaf(id) for id in ids)
    return Pipeline(stages=leaves) if pattern is Pipeline else FanOut(branches=leaves)


def test_only_the_parts_that_changed_are_painted_anew(rows_of_agents: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    canvas = rows_of_agents
    upper = several(Pipeline, AGENTS[:5])
    judged(canvas, Pipeline(stages=(upper, several(Pipeline, AGENTS[5:]))))
    told: list[QRectF] = []
    layer = canvas.canvas_scene.regions
    monkeypatch.setattr(layer, "update", lambda *area: told.extend(area or [layer.boundingRect()]))
    judged(canvas, Pipeline(stages=(upper, several(FanOut, AGENTS[5:]))))
    assert told, "what was a pipeline is a fan-out now"
    assert not any(area.intersects(layer.boxes[1]) for area in told), "the upper row is as it was"


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """The agents in their order, some of them in parts, some of those in a part of their own."""
    parts: list[Tree] = []
    rest = list(AGENTS)
    while rest:
        size = draw(st.integers(1, 4))
        held, rest = rest[:size], rest[size:]
        parts.append(Leaf(held[0]) if len(held) == 1 else several(draw(st.sampled_from([Pipeline, FanOut])), held))
    if len(parts) > 2 and draw(st.booleans()):
        parts[:2] = [Pipeline(stages=tuple(parts[:2]))]
    return Pipeline(stages=tuple(parts)) if len(parts) > 1 else parts[0]


@given(st.lists(trees(), min_size=2, max_size=4))
def test_a_drawing_judged_again_and_again_looks_as_if_it_were_judged_once(
    rows_of_agents: Canvas, verdicts: list[Tree]
) -> None:
    layer = rows_of_agents.canvas_scene.regions
    for tree in verdicts:
        judged(rows_of_agents, tree)
        measured = part_boxes.boxes(layer.parts, rows_of_agents.canvas_scene.positions)
        assert [box.getCoords() for box in layer.boxes] == measured
        assert layer._paths == [layer._path(number) for number in range(len(layer.parts))]
