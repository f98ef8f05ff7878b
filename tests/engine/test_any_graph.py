"""Whatever is drawn, whatever its agents do, whenever it is cancelled: the invariants hold and the run ends."""

import random

import pytest

from enduring import Trials
from engine.drawing import rehearse
from quartet.engine import Refused
from quartet.graph.cycles import unmarked_loop_edges
from quartet.graph.model import Agent, Edge, Graph, RunLimits

MODES = ["all", "all_strict", "any", "quorum", "all_done", "all_done_min_one", "first_done", "one_failed"]
KINDS = ["template"] * 6 + ["llm", "supervisor", "board", "collector", "trigger"]
ENTRIES = ["returns"] * 3 + ["fails", "hangs", "hands_off", "calls", "waits", "stubborn"]
POLICIES = [
    None, [{"do": "restart"}, {"do": "reassign"}, {"do": "escalate"}], [{"do": "stop"}], [{"do": "ignore"}],
    [{"do": "reassign"}], [{"do": "restart", "on": ["A"]}],
]  # fmt: skip


def random_entry(rng: random.Random, others: list[str]) -> dict:
    kind = rng.choice(ENTRIES)
    entry: dict = {"after": rng.choice([0, 0.5, 1, 2])}
    if kind == "returns":
        entry["returns"] = rng.choice([1, 2, "text", [1, 2, 3], {"n": 1}, None])
    elif kind == "fails":
        entry |= {"fails": "boom", "retry": rng.random() < 0.5, "type": rng.choice("AB")}
    elif kind == "hangs":
        entry = {"hangs": True}
    elif kind == "hands_off":
        entry["hands_off"] = rng.choice([*others, "nobody"])
        if rng.random() < 0.5:
            entry["context"] = {"k": rng.randint(0, 3)}
    elif kind == "calls":
        names = [f"delegate_to_{name}" for name in others] + ["post_work", "claim_work", "read_state", "ask", "none"]
        tools = rng.choices(names, k=rng.randint(1, 3))
        entry["calls"] = [{"tool": tool, "arguments": {"task": "t"} if "delegate" in tool else {}} for tool in tools]
    elif kind == "waits":
        entry["waits"] = "well?"
    else:
        entry |= {"hangs": True, "ignores_cancel": rng.choice([0.5, 3, 60]), "returns": 1}
    return entry


def random_agent(rng: random.Random, name: str, others: list[str]) -> Agent:
    fields: dict = {
        "retry": {"max_attempts": rng.randint(1, 2), "initial_interval": 0.5},
        "limits": {"start_to_close": rng.choice([1, 5]), "cancel_grace": rng.choice([0, 1])},
        "dynamic": rng.random() < 0.1,
        "ignore_failures": rng.random() < 0.1,
        "oversight": {
            "strategy": rng.choice(["one_for_one", "one_for_all", "rest_for_one"]),
            "max_restarts": rng.randint(0, 2),
            "dispatch": rng.choice([None, "graph", "broadcast", "split", "pool"]),
            "restartable": rng.random() < 0.5,
            "on_error": rng.choice(POLICIES),
        },
    }
    if others and rng.random() < 0.5:
        fields["rehearsal"] = [random_entry(rng, others) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.3:
        fields["join"] = {"mode": rng.choice(MODES), "on_win": rng.choice(["cancel", "let_run"])}
        if rng.random() < 0.5:
            fields["join"] |= {"timeout": 3, "on_timeout": rng.choice(["fail", "proceed"])}
    if rng.random() < 0.2:
        fields["limits"]["schedule_to_close"] = 4
    if rng.random() < 0.2:
        fields["on_branch_failure"] = "cancel_siblings"
    return Agent(id=name, kind=rng.choice(KINDS), name=name, **fields)


def random_edge(rng: random.Random, id: str, source: str, target: str) -> Edge:
    kind = rng.choice(["flow"] * 6 + ["supervise", "supervise", "handoff", "share"])
    fields: dict = {}
    if kind == "flow":
        shape = rng.choice(["plain"] * 4 + ["when", "otherwise", "fallback", "loop"])
        if shape == "when":
            fields["when"] = rng.choice(["true", "false", "value == 1", "value.n > 0", "?"])
        elif shape == "otherwise":
            fields["when"] = "otherwise"
        elif shape == "fallback":
            fields["on"] = rng.choice(["failure", "timeout"])
        elif shape == "loop":
            source, target = target, source
            fields |= {"loop": True, "max_iterations": rng.randint(1, 3)}
            if rng.random() < 0.5:
                fields["when"] = rng.choice(["true", "false", "value == 1"])
    elif kind == "handoff" and rng.random() < 0.5:
        source, target = target, source
    return Edge(id=id, source=source, target=target, kind=kind, **fields)


def random_graph(rng: random.Random, size: int) -> Graph:
    """Up to `size` agents and twice as many edges, mostly along one direction; not every one of them can run."""
    names = [f"n{i}" for i in range(rng.randint(2, size))]
    graph = Graph(limits=RunLimits(deadline=400, max_concurrency=rng.choice([1, 2, 64]), max_activations=40))
    for name in names:
        graph.agents[name] = random_agent(rng, name, [other for other in names if other != name])
    order = rng.sample(names, len(names))
    for number in range(rng.randint(1, 2 * len(names))):
        a, b = sorted(rng.sample(range(len(names)), k=2))
        edge = random_edge(rng, f"e{number}", order[a], order[b])
        if edge.kind == "share" and (graph.agents[edge.source].kind == "board") == (
            graph.agents[edge.target].kind == "board"
        ):
            edge = edge.model_copy(update={"kind": "supervise"})
        graph.edges[edge.id] = edge
    for id in unmarked_loop_edges(graph):
        graph.edges[id] = graph.edges[id].model_copy(update={"loop": True, "max_iterations": 2, "on": None})
    return graph


def try_one(seed: int) -> str:
    """Rehearse a random graph, as it is or cancelled somewhere; how the run ended."""
    rng = random.Random(seed)
    graph = random_graph(rng, 2 + seed % 8)
    value = rng.choice(["in", [1, 2, 3], None])
    cancel_at = rng.choice([None, None, rng.randint(1, 60)])
    try:
        told = rehearse(graph, value, cancel_at=cancel_at)
    except Refused:
        return "refused"
    if told.status == "succeeded":
        assert told.state.unhandled == []
    assert rehearse(graph, value, cancel_at=cancel_at).events == told.events, "a rehearsal is the same every time"
    return told.status


@pytest.mark.parametrize("block", range(10))
def test_every_run_ends_in_order(block: int) -> None:
    ends = {try_one(seed) for seed in range(block * 50, block * 50 + 50)}
    assert ends | {"refused"} == {"refused", "succeeded", "failed", "cancelled"}


@pytest.mark.endure
def test_very_many_runs_end_in_order(trials: Trials) -> None:
    for seed in trials:
        trials.count(try_one(seed))
