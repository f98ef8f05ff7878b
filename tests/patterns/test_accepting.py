"""A person accepts what was inferred, one edge after the other: that turns the meaning of no other edge."""

import json
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.corpus import DATA
from patterns.drawing_of_trees import draw
from patterns.odd_shapes import any_drawing
from patterns.random_trees import random_tree
from patterns.wired import shape, wired
from quartet.graph.edits import Set, apply
from quartet.graph.files import loads
from quartet.graph.model import EdgeId, EdgeKind, Graph
from quartet.patterns.importing import as_read
from quartet.patterns.meaning import Inference
from quartet.patterns.verdict import Verdict, classify

seeds = st.integers(0, 10**9)


def accepting(graph: Graph, inferred: Iterable[Inference]) -> Graph:
    """The graph in which a person has accepted these inferences."""
    changed = graph.model_copy(deep=True)
    values = {each.edge: {"kind": each.kind, "loop": each.loop or None, "inferred": None} for each in inferred}
    apply(changed, [Set(section="edges", id=id, values=fields) for id, fields in values.items()])
    return changed


def unordered(tree: Any) -> Any:
    """A tree as JSON in which what has no order is sorted."""
    if isinstance(tree, list):
        return [unordered(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    made = {key: unordered(value) for key, value in tree.items()}
    return {
        key: sorted(value, key=json.dumps) if key in ("workers", "fan_out", "swarm") else value
        for key, value in made.items()
    }


def kinds(verdict: Verdict) -> dict[EdgeId, tuple[EdgeKind, bool]]:
    return {each.edge: (each.kind, each.loop) for each in verdict.inferred}


def turned_by(graph: Graph, some: Iterable[Inference]) -> bool:
    """Whether accepting some inferences changes the tree, or what any other edge is taken for."""
    before, after = classify(graph), classify(accepting(graph, some))
    gone = {each.edge for each in some}
    left = {edge: meaning for edge, meaning in kinds(before).items() if edge not in gone}
    return unordered(shape(after)) != unordered(shape(before)) or kinds(after) != left


def unsaid(graph: Graph) -> Graph:
    """The graph of which nobody said what its edges mean, but for fallback paths and boards."""
    edges = {
        id: edge.model_copy(update={"kind": "flow", "inferred": "it stood nowhere"})
        for id, edge in graph.edges.items()
        if edge.kind != "share" and edge.on is None
    }
    return graph.model_copy(update={"edges": {**graph.edges, **edges}})


def some_of(inferred: tuple[Inference, ...], random: Random) -> list[Inference]:
    """One or more of the inferences, but for one at least: what is accepted as a whole is a drawing like any other."""
    return random.sample(inferred, random.randint(1, len(inferred) - 1))


HUB = "h>a a>h h>b b>h h>c c>h d>h h>e"


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("opened", [False, True])
def test_a_supervisor_by_shape_stays_one_when_any_of_its_edges_is_accepted(number: int, opened: bool) -> None:
    graph = as_read(wired(HUB)) if opened else wired(HUB)
    inferred = classify(graph).inferred
    assert len(inferred) == 8
    assert not turned_by(graph, [inferred[number]])
    assert shape(classify(accepting(graph, inferred))) == shape(classify(graph))


def test_what_nobody_would_have_inferred_counts() -> None:
    graph = accepting(wired(HUB), classify(wired(HUB)).inferred[:3])
    a_back = next(edge.id for edge in graph.edges.values() if (edge.source, edge.target) == ("b", "h"))
    apply(graph, [Set(section="edges", id=a_back, values={"kind": "handoff", "inferred": None})])
    assert kinds(classify(graph)).keys().isdisjoint({a_back})
    assert classify(wired("a>b b>a")).top == "pipeline"
    assert classify(wired("a>b:supervise b>a")).top == "supervisor"


def test_once_nothing_is_left_to_accept_a_drawing_is_surer() -> None:
    graph = wired("a>b b>c")
    verdict = classify(accepting(graph, classify(graph).inferred))
    assert (classify(graph).confidence, verdict.confidence, verdict.inferred) == ("medium", "high", ())


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("folder", ["corpus", "unseen", "designs"])
def test_accepting_some_inferences_of_a_real_system_turns_no_other(folder: str, opened: bool) -> None:
    turned = []
    paths = sorted((DATA / folder).glob("*.json"))
    random = Random(len(paths))
    for path in paths[opened::2]:
        graph = erased(path)
        inferred = classify(graph).inferred
        if len(inferred) > 1 and turned_by(as_read(graph) if opened else graph, some_of(inferred, random)):
            turned.append(path.stem)
    assert turned == []


def erased(path: Path) -> Graph:
    document = json.loads(path.read_text())
    for edge in document["edges"]:
        edge.pop("kind", None)
    return loads(json.dumps({**document, "graph": {}})).graph


@given(seeds, st.booleans())
@settings(max_examples=settings.default.max_examples // 2)
def test_accepting_some_inferences_of_any_drawing_turns_no_other(seed: int, odd: bool) -> None:
    random = Random(seed)
    graph = unsaid(any_drawing(random) if odd else draw(random_tree(random, 30, 5)))
    inferred = classify(graph).inferred
    if len(inferred) > 1:
        assert not turned_by(graph, some_of(inferred, random))


@given(seeds)
@settings(max_examples=settings.default.max_examples // 4)
def test_a_file_means_the_same_once_it_is_opened(seed: int) -> None:
    graph = unsaid(draw(random_tree(Random(seed), 30, 5)))
    assert shape(classify(as_read(graph))) == shape(classify(graph))
