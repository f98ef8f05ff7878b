"""Fresh ids, and fragments put in beside what is there."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.graph_strategies import graphs
from graph.test_cycles import drawn
from quartet.graph import files
from quartet.graph.edits import Add, Set, apply
from quartet.graph.files import loads
from quartet.graph.model import Agent, Frame, Graph, Note
from quartet.graph.names import (
    fragment,
    fresh_edge_id,
    fresh_id,
    fresh_name,
    paste,
    rename_in_expression,
    used_ids,
)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Copy Editor", "copy_editor"),
        ("Größe & Gewicht!", "grosse_gewicht"),
        ("Café", "cafe"),
        ("作家", "agent"),
        ("", "agent"),
        ("3 Scrapers", "_3_scrapers"),
        ("in", "_in"),
        ("  - ", "agent"),
        ("x" * 90, "x" * 40),
    ],
)
def test_an_id_is_a_word_that_expressions_can_use(name: str, id: str) -> None:
    assert fresh_id(Graph(), name) == id


@settings(max_examples=settings.default.max_examples // 3)
@given(st.text(max_size=60), graphs())
def test_a_fresh_id_is_never_in_use(name: str, graph: Graph) -> None:
    id = fresh_id(graph, name)
    assert re.fullmatch(r"[a-z_][a-z0-9_]*", id)
    assert id not in used_ids(graph)


def test_fresh_ids_and_names_count_on() -> None:
    graph = drawn("a b")
    apply(graph, [Add(section="agents", item=Agent(id="a_2", kind="llm", name="a 2"))])
    assert fresh_id(graph, "A") == "a_3"
    assert fresh_name(graph, "a") == "a 3"
    assert fresh_name(graph, "a 2") == "a 3"
    assert fresh_name(graph, "Area 51") == "Area 51"
    assert fresh_edge_id(graph, "a", "b") == "a-b"
    apply(graph, paste(graph, drawn("a b")).edits)
    assert fresh_edge_id(graph, "a", "b") == "a-b"


def test_ids_of_what_is_broken_are_in_use_too() -> None:
    graph = loads('{"format": "quartet", "version": 1, "edges": [{"id": "lost", "source": "x", "target": "y"}]}').graph
    assert fresh_id(graph, "Lost") == "lost_2"


def test_a_fragment_has_the_edges_among_its_agents_and_nothing_else() -> None:
    graph = drawn("a b c", supervise="s b")
    apply(graph, [Add(section="notes", item=Note(id="n", text="Look", x=0, y=0))])
    piece = fragment(graph, {"b", "c", "n"})
    assert list(piece.agents) == ["b", "c"]
    assert list(piece.edges) == ["bc"]
    assert list(piece.notes) == ["n"]


def test_a_copy_pasted_beside_the_original_shares_no_id_or_name_and_stands_apart() -> None:
    graph = drawn("a b")
    graph.positions.update({"a": (0, 0), "b": (200, 0)})
    apply(graph, [Add(section="frames", item=Frame(id="f", name="F", x=-10, y=-10, width=400, height=90))])
    pasted = paste(graph, fragment(graph, {"a", "b", "f"}), offset=(20, 30))
    apply(graph, pasted.edits)
    assert list(graph.agents) == ["a", "b", "a_2", "b_2"]
    assert [agent.name for agent in graph.agents.values()] == ["a", "b", "a 2", "b 2"]
    assert (graph.edges["a_2-b_2"].source, graph.edges["a_2-b_2"].target) == ("a_2", "b_2")
    assert graph.positions["b_2"] == (220, 30)
    assert (graph.frames["f_2"].x, graph.frames["f_2"].y) == (10, 20)
    assert pasted.ids == {"a_2", "b_2", "f_2"}


def test_a_fragment_in_an_empty_graph_keeps_its_ids() -> None:
    piece = drawn("a b c")
    graph = Graph()
    apply(graph, paste(graph, piece).edits)
    assert files.dumps(graph) == files.dumps(piece)


def test_references_inside_the_copy_mean_the_copy() -> None:
    graph = drawn("a b", supervise="s b")
    config = {
        "prompt": "{{ from.a }} by from.a, {{from['a'].text + \"from.a\"}} {{ from.other }}",
        "list": ["{{ from.b }}"],
    }
    script = [{"hands_off": "a"}, {"calls": [{"tool": "ask", "target": "b"}, "odd"]}]
    apply(
        graph,
        [
            Set(section="agents", id="b", values={"config": config, "rehearsal": script}),
            Set(
                section="agents",
                id="s",
                values={"oversight": {"on_error": [{"do": "reassign", "to": ["a", "x"], "with": {"p": "{{from.a}}"}}]}},
            ),
            Set(section="agents", id="a", values={"handover": {"on_limit": "finish", "finish_with": "b"}}),
            Set(section="edges", id="ab", values={"when": 'from["a"].score > 5 && value != "from.a"'}),
        ],
    )
    apply(graph, paste(graph, fragment(graph, {"a", "b", "s"})).edits)
    copy = graph.agents["b_2"]
    assert copy.config == {
        "prompt": '{{ from.a_2 }} by from.a, {{from.a_2.text + "from.a"}} {{ from.other }}',
        "list": ["{{ from.b_2 }}"],
    }
    assert copy.rehearsal == ({"hands_off": "a_2"}, {"calls": [{"tool": "ask", "target": "b_2"}, "odd"]})
    oversight = graph.agents["s_2"].oversight
    assert oversight is not None and oversight.on_error is not None
    assert oversight.on_error[0].to == ("a_2", "x")
    assert oversight.on_error[0].with_ == {"p": "{{from.a_2}}"}
    handover = graph.agents["a_2"].handover
    assert handover is not None and handover.finish_with == "b_2" and handover.on_limit == "finish"
    assert graph.edges["a_2-b_2"].when == 'from.a_2.score > 5 && value != "from.a"'
    assert graph.agents["b"].config == config


@pytest.mark.parametrize(
    ("expression", "renamed"),
    [
        ("from.a", "from.z"),
        ("from . a.b", "from.z.b"),
        ("from['a']", "from.z"),
        ("from.ab + from.a", "from.ab + from.z"),
        ("input.from.a", "input.from.a"),
        ("xfrom.a", "xfrom.a"),
        ("'from.a' + from.a", "'from.a' + from.z"),
        (r"'it\'s from.a'", r"'it\'s from.a'"),
        ("from.odd", 'from["x-1"]'),
    ],
)
def test_expressions_name_the_new_id(expression: str, renamed: str) -> None:
    assert rename_in_expression(expression, {"a": "z", "odd": "x-1"}) == renamed


@settings(max_examples=settings.default.max_examples // 2)
@given(graphs(), graphs())
def test_any_fragment_fits_into_any_graph_and_undo_takes_it_out(graph: Graph, piece: Graph) -> None:
    before = files.dumps(graph)
    pasted = paste(graph, piece, (7, 7))
    applied = apply(graph, pasted.edits)
    ids = [*graph.agents, *graph.edges, *graph.frames, *graph.notes]
    assert set(pasted.ids) <= set(ids)
    assert len(pasted.edges) == len(piece.edges)
    apply(graph, applied.inverse)
    assert files.dumps(graph) == before
