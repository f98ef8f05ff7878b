"""Who waits for whom is told from the drawing alone, and a plan of the run says the same."""

from random import Random

from engine.test_any_graph import random_graph
from engine.test_any_nesting import nested
from quartet.engine.nodes import Node
from quartet.engine.plan import Plan
from quartet.engine.refusal import reasons
from quartet.graph.cycles import unmarked_loop_edges
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.graph.nesting import inside


def waits_in_a_circle(plan: Plan) -> bool:
    """Whether agents of a plan would wait for each other for ever; the peers of a chain are one here."""
    key = {node: node.peers.members[0] if node.peers else node for node in plan.nodes.values()}
    ahead: dict[Node, set[Node]] = {one: set() for one in key.values()}
    for link in plan.links:
        if link.role in ("input", "fallback") and key[link.source] is not key[link.target]:
            ahead[key[link.source]].add(key[link.target])
    for giver in plan.nodes.values():
        for worker in [*giver.workers, *giver.peers_of_board]:
            if worker.dispatched and not worker.inputs and key[giver] is not key[worker]:
                ahead[key[giver]].add(key[worker])
    waits = dict.fromkeys(ahead, 0)
    for targets in ahead.values():
        for target in targets:
            waits[target] += 1
    free = [node for node, count in waits.items() if not count]
    while free:
        node = free.pop()
        del waits[node]
        for target in ahead[node]:
            waits[target] -= 1
            if not waits[target]:
                free.append(target)
    return bool(waits)


def refused_for_a_circle(graph: Graph) -> bool:
    return any(reason.code == "circle" for reason in reasons(graph, rehearse=True))


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
        assert not waits_in_a_circle(Plan(graph)) and not refused_for_a_circle(graph), seed


def test_what_is_refused_for_a_circle_is_what_would_wait_for_itself() -> None:
    met = 0
    for seed in range(600):
        graph = random_graph(Random(seed), 3 + seed % 6)
        told = reasons(graph, rehearse=True)
        if any(reason.code != "circle" for reason in told):
            continue  # the picture of who works for whom is not whole
        waits = waits_in_a_circle(Plan(graph))
        assert waits == bool(told), seed
        met += waits
    assert met > 10


def test_a_circle_in_a_sub_graph_is_refused_too() -> None:
    met = 0
    for seed in range(300):
        graph = nested(Random(seed), 5)
        told = reasons(graph, rehearse=True)
        if any(reason.code != "circle" for reason in told):
            continue
        drawings = [graph, *(one.graph for one in inside(graph))]
        waits = any(waits_in_a_circle(Plan(one, table=graph.graphs)) for one in drawings)
        assert waits == bool(told), seed
        met += waits
    assert met > 5
