"""Rules never fail, whatever is drawn, and their work grows no faster than the drawing.

How many seconds that takes is measured by tests/benchmarks/bench_rules.py.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counting import growth
from quartet.graph.edits import EditError
from quartet.graph.model import Agent, Edge, Graph
from quartet.patterns.verdict import classify
from quartet.rules import findings
from rules.drawings import LLM, after, big, found

NAMES = ["a", "b", "c", "d", "e", "f"]
CONFIGS: dict[str, list[dict[str, object]]] = {
    "llm": [
        {},
        LLM,
        {"model": 3, "instructions": ["x"]},
        {"prompt": "{{ from.a }}{{", "model": "m"},
        {"prompt": "{{ from.b + value[0] }}", "base_url": "http://[::1"},
    ],
    "http": [{}, {"url": "https://x.example.com/{{ value }}"}, {"url": "http://{{ value"}, {"url": 7, "headers": 3}],
    "python": [{"function": "os:getcwd"}, {"function": None}],
    "template": [{"text": "{{ from.c }}"}, {"text": "{{ 1 +"}],
    "file": [{"path": "a.txt"}, {"path": "../x"}],
    "human": [{}, {"choices": "x"}],
    "trigger": [{}],
    "collector": [{}],
    "supervisor": [{}, {"odd": True}],
    "board": [{}],
    "": [{}],
    "mystery": [{"url": "http://[", "model": ["x"]}],
}
WHEN = st.sampled_from([None, None, None, "value > 3", "otherwise", "?", "value >", "", "from.a == 'x'"])


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    ids = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=6))
    graph = Graph()
    for id in ids:
        kind = draw(st.sampled_from(sorted(CONFIGS)))
        fields = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "limits": st.sampled_from([{}, {"start_to_close": 5}, {"heartbeat": 2}]),
                    "retry": st.sampled_from([{}, {"max_attempts": 0}, {"max_attempts": 50}]),
                    "join": st.sampled_from(
                        [{"mode": "n_of_m", "n": 9}, {"mode": "all_strict"}, {"mode": "any", "order": "completion"}]
                    ),
                    "oversight": st.sampled_from(
                        [{}, {"max_restarts": 99}, {"on_error": [{"do": "escalate"}], "dispatch": "pool"}]
                    ),
                    "handover": st.sampled_from([{}, {"max_hops": 0}]),
                    "route": st.sampled_from(["first", "all"]),
                    "dynamic": st.booleans(),
                    "writes": st.sampled_from([["x"], ["x", "y"]]),
                    "start": st.booleans(),
                    "description": st.sampled_from(["", "Does it."]),
                },
            )
        )
        config = draw(st.sampled_from(CONFIGS[kind]))
        name = draw(st.sampled_from(["", " ", id, "Ann", "ann"]))
        graph.agents[id] = Agent(id=id, kind=kind, name=name, config=config, **fields)
        if draw(st.booleans()):
            graph.positions[id] = (draw(st.floats(-1e9, 1e9)), draw(st.floats(-1e3, 1e3)))
    if ids:
        for number in range(draw(st.integers(0, 12))):
            ends = {"source": draw(st.sampled_from(ids)), "target": draw(st.sampled_from(ids))}
            kind = draw(st.sampled_from(["flow", "flow", "flow", "supervise", "handoff", "share"]))
            extra: dict[str, object] = {}
            if kind == "flow":
                extra = {
                    "when": draw(WHEN),
                    "on": draw(st.sampled_from([None, None, None, "failure", "timeout"])),
                    "loop": draw(st.booleans()) and draw(st.booleans()),
                }
            graph.edges[f"e{number}"] = Edge(id=f"e{number}", **ends, kind=kind, **extra)
    return graph


@given(graphs())
def test_rules_never_fail_on_any_drawing(graph: Graph) -> None:
    for finding in found(graph):
        assert finding.title and finding.detail
        assert set(finding.agents) <= graph.agents.keys() and set(finding.edges) <= graph.edges.keys()


@given(graphs())
def test_every_fix_of_any_drawing_applies_or_the_graph_itself_refuses_it_whole(graph: Graph) -> None:
    for finding in found(graph):
        for fix in finding.fixes:
            try:
                mended = after(graph, fix.edits)
            except EditError as problem:
                pytest.fail(f"{finding.code} {fix.label}: {problem}")
            same = (finding.code, finding.agents, finding.edges)
            assert same not in {(each.code, each.agents, each.edges) for each in found(mended, finding.code)}, fix.label


def shaped(shape: str, size: int) -> Graph:
    """So many agents, or in the complete shape so many edges; everybody may write everything."""
    agents = round((2 * size) ** 0.5) + 1 if shape == "complete" else size
    graph = Graph()
    for n in range(agents):
        graph.agents[f"n{n}"] = Agent(id=f"n{n}", kind="llm", name=f"N{n}", config=LLM, writes=("all",))
    pairs = {
        "chain": [(n, n + 1) for n in range(agents - 1)],
        "star": [(0, n) for n in range(1, agents)],
        "complete": [(a, b) for a in range(agents) for b in range(a + 1, agents)] if shape == "complete" else [],
        "nest": [(n, n + step) for n in range(0, agents - 2, 2) for step in (1, 2)],
    }[shape]
    for index, (a, b) in enumerate(pairs):
        graph.edges[f"e{index}"] = Edge(id=f"e{index}", source=f"n{a}", target=f"n{b}")
    return graph


@pytest.mark.parametrize("shape", ["each agent with something to find", "chain", "star", "complete", "nest"])
def test_work_grows_with_size_and_not_with_its_square(shape: str) -> None:
    def judge(size: int) -> Callable[[], object]:
        graph = shaped(shape, size) if shape in ("chain", "star", "complete", "nest") else big(size)
        verdict = classify(graph)
        return lambda: findings(graph, verdict)

    assert growth(judge, 60, 480) < 16


@pytest.mark.parametrize("shape", ["chain", "star", "complete", "nest"])
def test_extreme_shapes_are_judged_whole(shape: str) -> None:
    graph = shaped(shape, 1_500)
    told = findings(graph, classify(graph))
    assert all(finding.title and finding.detail for finding in told)
    assert {id for finding in told for id in finding.agents} <= graph.agents.keys()


@pytest.mark.parametrize(
    ("kind", "codes"), [("flow", ["G002", "P001"]), ("supervise", ["G001"]), ("handoff", ["W001"])]
)
def test_a_complete_graph_is_one_finding_of_each_sort_and_one_fix_mends_it(kind: str, codes: list[str]) -> None:
    graph = Graph()
    for n in range(24):
        graph.agents[f"n{n}"] = Agent(id=f"n{n}", kind="llm", name=f"N{n}", config=LLM)
    for a in range(24):
        for b in range(24):
            if a != b:
                graph.edges[f"e{a}-{b}"] = Edge(id=f"e{a}-{b}", source=f"n{a}", target=f"n{b}", kind=kind)
    told = found(graph)
    about_all = [each for each in told if len(each.agents) > 1 and each.code != "G018"]
    assert [each.code for each in about_all] == codes and len(told) <= 2 * len(graph.agents) + len(codes) + 2
    mended = graph
    for each in about_all:
        mended = after(mended, each.fixes[0].edits)
    assert not [each for each in found(mended) if each.code in codes]


def test_two_circles_that_do_not_meet_are_two_findings() -> None:
    graph = Graph()
    for n in range(8):
        graph.agents[f"n{n}"] = Agent(id=f"n{n}", kind="llm", name=f"N{n}", config=LLM)
    for group in (range(4), range(4, 8)):
        for a in group:
            for b in group:
                if a != b:
                    graph.edges[f"e{a}-{b}"] = Edge(id=f"e{a}-{b}", source=f"n{a}", target=f"n{b}")
    told = found(graph, "G002")
    assert [set(each.agents) for each in told] == [{f"n{n}" for n in range(4)}, {f"n{n}" for n in range(4, 8)}]
    assert not set(told[0].edges) & set(told[1].edges)
