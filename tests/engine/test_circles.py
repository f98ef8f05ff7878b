"""Whoever marks the loops that a drawing is told to lack has a drawing without circles: no run is refused for one."""

from random import Random

from quartet.engine.plan import Plan
from quartet.graph.cycles import unmarked_loop_edges
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph


def scribble(chance: Random) -> Graph:
    """A few agents with flow and hand-offs in any direction."""
    graph = Graph()
    ids = [AgentId(f"a{number}") for number in range(chance.randrange(2, 7))]
    graph.agents = {id: Agent(id=id, kind="llm", name=id) for id in ids}
    for number in range(chance.randrange(1, 9)):
        source, target = chance.sample(ids, 2)
        kind = chance.choice(["flow", "flow", "handoff"])
        id = EdgeId(f"e{number}")
        graph.edges[id] = Edge.model_validate({"id": id, "source": source, "target": target, "kind": kind})
    return graph


def test_no_chain_of_hand_offs_waits_for_itself_once_loops_are_marked() -> None:
    for seed in range(400):
        graph = scribble(Random(seed))
        for id in unmarked_loop_edges(graph):
            graph.edges[id] = graph.edges[id].model_copy(update={"loop": True, "max_iterations": 2})
        assert not unmarked_loop_edges(graph), seed
        assert Plan(graph).cycle() == [], seed
