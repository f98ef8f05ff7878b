"""Graphs of networkx: what the verdict takes them for is what runs, and they are laid out by it."""

import json
from collections.abc import Callable
from typing import Any

import networkx as nx
import pytest

from quartet.engine.refusal import reasons
from quartet.graph.check import problems
from quartet.graph.files import dumps, loads
from quartet.graph.model import Graph
from quartet.patterns.importing import PASSES, as_read, imported
from quartet.patterns.layout import layout
from quartet.patterns.verdict import classify
from quartet.rules import findings


def of(drawn: Any) -> Graph:
    return loads(json.dumps(nx.node_link_data(drawn, edges="edges"))).graph


PLAIN: dict[str, Callable[[], Any]] = {
    "a cycle": lambda: nx.cycle_graph(11, create_using=nx.DiGraph),
    "everybody to everybody": lambda: nx.complete_graph(5, create_using=nx.DiGraph),
    "a star there and back": lambda: nx.star_graph(4).to_directed(),
    "a random graph": lambda: nx.gnp_random_graph(30, 0.1, seed=3, directed=True),
    "loops on themselves": lambda: nx.DiGraph([(0, 0), (0, 1), (1, 1)]),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_graph_can_rehearse_and_its_verdict_stays(name: str) -> None:
    drawn = of(PLAIN[name]())
    read = imported(drawn)
    assert reasons(read, rehearse=True) == []
    verdict = classify(drawn)
    again = classify(read)
    assert (again.top, again.headline) == (verdict.top, verdict.headline)
    meant = {each.edge: each.kind for each in verdict.inferred}
    assert {id: read.edges[id].kind for id in meant} == meant


def test_what_was_inferred_stays_marked_until_a_person_accepts_it() -> None:
    read = imported(of(nx.complete_graph(3, create_using=nx.DiGraph)))
    assert {edge.kind for edge in read.edges.values()} == {"handoff"}
    assert all(edge.inferred for edge in read.edges.values())
    assert loads(dumps(read)).graph == read


@pytest.mark.parametrize("ways", ["ab ba", "ab ba bc cb", "ab ba bc cb ca ac"])
def test_among_edges_that_are_said_to_carry_results_the_one_that_leads_back_does_too(ways: str) -> None:
    drawn = nx.DiGraph([tuple(way) for way in ways.split()])
    nx.set_edge_attributes(drawn, "flow", "kind")
    read = imported(of(drawn))
    assert {edge.kind for edge in read.edges.values()} == {"flow"}
    assert reasons(read, rehearse=True) == []
    assert classify(read).headline == classify(of(drawn)).headline


def test_a_loop_that_nobody_limited_ends() -> None:
    read = imported(of(nx.cycle_graph(4, create_using=nx.DiGraph)))
    assert [edge.max_iterations for edge in read.edges.values() if edge.loop] == [PASSES]


def test_what_a_file_states_is_left_as_it_is() -> None:
    drawn = nx.complete_graph(3, create_using=nx.DiGraph)
    nx.set_edge_attributes(drawn, "handoff", "kind")
    graph = of(drawn)
    assert as_read(graph) is graph


def test_cards_are_placed_by_the_pattern_unless_the_file_places_them() -> None:
    graph = of(nx.path_graph(4, create_using=nx.DiGraph))
    read = imported(graph)
    assert read.positions == layout(graph)
    drawn = nx.path_graph(2, create_using=nx.DiGraph)
    drawn.nodes[0]["pos"], drawn.nodes[1]["pos"] = (0, 0), (500, 40)
    assert imported(of(drawn)).positions == {"0": (0, 0), "1": (500, 40)}


def test_loops_without_a_way_out_are_one_problem_and_one_finding_with_one_fix() -> None:
    drawn = nx.DiGraph()
    for number in range(0, 6, 2):
        drawn.add_edge(number, number + 1, kind="flow")
        drawn.add_edge(number + 1, number, kind="feedback")
    read = imported(of(drawn))
    [problem] = problems(read, rehearsal=True)
    assert problem.text.startswith("3 loops, “1” → “0” among them, have no way out")
    assert len(problem.edges) == 3
    [finding] = [each for each in findings(read, classify(read)) if each.code == "P004"]
    assert finding.edges == problem.edges
    [fix] = finding.fixes
    assert fix.label == "End each after 5 passes"
    assert len(fix.edits) == 3


def test_nodes_of_no_kind_are_one_finding_and_one_fix_makes_models_of_them() -> None:
    read = imported(of(nx.path_graph(50, create_using=nx.DiGraph)))
    [finding] = [each for each in findings(read, classify(read)) if each.code == "G003"]
    assert finding.title == "Nobody knows how 0, 1, 2 and 47 more work"
    assert len(finding.agents) == 50
    [fix] = finding.fixes
    assert fix.label == "Make all 50 language models"
    assert {edit.values["kind"] for edit in fix.edits} == {"llm"}
