"""What is wrong in a sub-graph is said of the agent that stands for it, with the way to the place."""

from __future__ import annotations

from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.patterns.verdict import classify
from quartet.rules import Finding, findings


def agent(id: str, kind: str = "template", **more: object) -> dict[AgentId, Agent]:
    return {AgentId(id): Agent(id=AgentId(id), kind=kind, name=id.upper(), **more)}  # type: ignore[arg-type]


def drawn(inner: Graph, **graphs: Graph) -> Graph:
    outer = agent("r", "graph", config={"graph": "g"}) | agent("z")
    return Graph(agents=outer, graphs={"g": inner, **graphs})


def found(graph: Graph) -> list[Finding]:
    return [each for each in findings(graph, classify(graph)) if each.title.startswith("In ")]


def circle() -> Graph:
    edges = [("a", "b"), ("b", "a")]
    made = {EdgeId(f"{a}{b}"): Edge(id=EdgeId(f"{a}{b}"), source=AgentId(a), target=AgentId(b)) for a, b in edges}
    return Graph(agents=agent("a") | agent("b"), edges=made)


def test_a_fault_inside_concerns_the_agent_that_stands_for_it() -> None:
    [finding] = [each for each in found(drawn(circle())) if each.severity == "error"]
    assert (finding.code, finding.title) == ("G002", "In R: B leads back to A")
    assert finding.agents == ("r",)
    assert finding.fixes == () and finding.edges == (), "it is mended where it is drawn"


def test_a_fault_deep_inside_is_said_once_with_the_whole_way() -> None:
    middle = Graph(agents=agent("s", "graph", config={"graph": "deep"}))
    errors = [each.title for each in found(drawn(middle, deep=circle())) if each.severity == "error"]
    assert errors == ["In R › S: B leads back to A"]


def test_what_works_inside_is_not_talked_about() -> None:
    inner = Graph(agents=agent("s", "graph", config={"graph": "deep"}))
    assert found(drawn(inner, deep=Graph(agents=agent("a")), unused=circle())) == []


def test_a_sub_graph_that_contains_itself_is_one_error() -> None:
    graph = drawn(Graph(agents=agent("s", "graph", config={"graph": "g"})))
    errors = [each for each in findings(graph, classify(graph)) if each.severity == "error"]
    assert [each.title for each in errors] == ["A sub-graph cannot contain itself: “g” in “g”"]
