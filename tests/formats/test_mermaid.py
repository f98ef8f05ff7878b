"""Graphs as Mermaid flowcharts."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from graph.graph_strategies import graphs
from graph.test_cycles import drawn
from quartet.formats.mermaid import mermaid
from quartet.graph import files
from quartet.graph.edits import Set, apply
from quartet.graph.model import Agent, Graph

GOLDEN = Path(__file__).parent.parent / "data" / "graph"


def test_a_graph_with_everything_in_it_looks_like_this() -> None:
    assert mermaid(files.read(GOLDEN / "version-1.quartet.json").graph) == (
        """\
---
title: "Everything version 1 can say"
---
flowchart LR
    desk[/"Desk"\\]
    writer["Writer"]
    critic["Critic"]
    stand_in["Stand-in"]
    notes[("Board")]
    scraper["Scrapers × n"]
    peer["Peer"]
    desk -.->|"supervises"| writer
    desk -.->|"supervises"| critic
    writer --> critic
    critic -->|"if value.score #lt; 7, again, at most 3 times"| writer
    critic -->|"accepted, otherwise"| scraper
    writer -.->|"on timeout"| stand_in
    peer ==>|"hands off"| critic
    scraper --- notes
    classDef supervisor stroke-width:2px
    class desk supervisor
    classDef board stroke-dasharray:4 3
    class notes board
"""
    )


def test_two_opposite_hand_offs_are_one_line_with_two_heads() -> None:
    lines = mermaid(drawn(handoff="a b, b a, b c")).splitlines()
    assert [line.strip() for line in lines if "==" in line] == ["a <==> b", 'b ==>|"hands off"| c']


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ('Say "hi"', "Say #quot;hi#quot;"),
        ("<b>&#35;", "#lt;b#gt;#amp;#35;35;"),
        ("`code`", "#96;code#96;"),
        ("two\nlines", "two<br/>lines"),
        ("", "end"),
    ],
)
def test_names_stay_names(name: str, label: str) -> None:
    graph = Graph(agents={"end": Agent(id="end", kind="llm", name=name)})
    assert f'    agent1["{label}"]' in mermaid(graph).splitlines()


def test_ids_that_mermaid_does_not_take_are_replaced_and_never_clash() -> None:
    graph = drawn("end agent1 graph", "3x end")
    ids = re.findall(r"^    (\w+)\[", mermaid(graph), re.MULTILINE)
    assert ids == ["agent2", "agent1", "agent3", "agent4"]


def test_an_unknown_condition_and_a_loop_are_said() -> None:
    graph = drawn("a b a")
    apply(
        graph,
        [Set(section="edges", id="ab", values={"when": "?"}), Set(section="edges", id="ba", values={"loop": True})],
    )
    text = mermaid(graph)
    assert 'a -->|"if …"| b' in text
    assert 'b -->|"again"| a' in text


@settings(max_examples=settings.default.max_examples // 2)
@given(graphs())
def test_any_graph_makes_one_line_for_each_agent_and_edge(graph: Graph) -> None:
    lines = mermaid(graph).splitlines()
    body = lines[lines.index("flowchart LR") + 1 :]
    assert len([line for line in body if re.match(r"    \w+(\[|\(|\{|>|\[/)", line)]) == len(graph.agents)
    arrows = [line for line in body if re.match(r"    \w+ (<==>|==>|-\.->|-->|---)", line)]
    assert len(arrows) <= len(graph.edges)
    for line in body:
        assert line.count('"') % 2 == 0
