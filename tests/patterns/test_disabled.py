"""Agents taken out of runs keep their places in the tree, and the verdict says which they are."""

from quartet.formats.mermaid import mermaid
from quartet.graph.model import Agent, Edge, Graph
from quartet.patterns.verdict import classify


def drawn(**disabled: str) -> Graph:
    graph = Graph()
    for id in "abc":
        graph.agents[id] = Agent(id=id, kind="llm", name=id.upper(), disabled=disabled.get(id))
    graph.edges = {pair: Edge(id=pair, source=pair[0], target=pair[1]) for pair in ("ab", "bc")}
    return graph


def test_the_tree_is_the_same_and_the_marks_stand_beside_it():
    plain, marked = classify(drawn()), classify(drawn(b="muted", c="bypassed"))
    assert marked.tree == plain.tree
    assert marked.as_json()["disabled"] == {"b": "muted", "c": "bypassed"}
    assert "disabled" not in plain.as_json()


def test_a_chart_says_who_is_out():
    text = mermaid(drawn(b="muted"))
    assert 'b["B (muted)"]' in text
    assert "class b disabled" in text
    assert "disabled" not in mermaid(drawn())
