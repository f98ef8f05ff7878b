"""Edits: each list applied whole or not at all, and undone exactly."""

import json
import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from graph.graph_strategies import edits, graphs
from quartet.graph import files
from quartet.graph.edits import Add, EditError, Move, Remove, Set, SetGraph, apply, from_json, removal
from quartet.graph.model import Agent, Edge, Frame, Graph, InvalidField, Note, RunLimits


def state(graph: Graph) -> tuple[Any, ...]:
    """All there is to a graph: its file, and the order of everything that has one."""
    sections = (graph.agents, graph.edges, graph.frames, graph.notes)
    return (files.dumps(graph), [list(items) for items in sections], graph.positions, graph.broken, graph.extra)


def line_graph(*ids: str) -> Graph:
    graph = Graph()
    apply(graph, [Add(section="agents", item=Agent(id=id, kind="llm", name=id.upper()), at=(0, 0)) for id in ids])
    apply(
        graph,
        [
            Add(section="edges", item=Edge(id=f"{source}-{target}", source=source, target=target))
            for source, target in pairwise(ids)
        ],
    )
    return graph


@given(st.data())
def test_any_sequence_of_edits_undone_gives_the_identical_graph(data: st.DataObject) -> None:
    graph = data.draw(graphs())
    states, inverses = [state(graph)], []
    for _ in range(data.draw(st.integers(1, 6))):
        batch = data.draw(st.lists(edits(graph), min_size=1, max_size=3))
        try:
            applied = apply(graph, batch)
        except EditError:
            assert state(graph) == states[-1]
            continue
        inverses.append(applied.inverse)
        states.append(state(graph))
    while inverses:
        after = states.pop()
        redo = apply(graph, inverses.pop()).inverse
        assert state(graph) == states[-1]
        undo = apply(graph, redo).inverse
        assert state(graph) == after
        apply(graph, undo)
        assert state(graph) == states[-1]


@given(st.data())
def test_edits_survive_a_journal_in_json(data: st.DataObject) -> None:
    graph = data.draw(graphs())
    edit = data.draw(edits(graph))
    written = json.loads(json.dumps([edit.as_json()]))
    (again,) = from_json(written)
    assert written[0]["do"] == edit.do
    assert json.loads(json.dumps(again.as_json())) == written[0]
    outcomes = []
    for one in (edit, again):
        copy = graph.model_copy(deep=True)
        try:
            inverse = apply(copy, [one]).inverse
            apply(copy, from_json(json.loads(json.dumps([undo.as_json() for undo in inverse]))))
            assert state(copy) == state(graph)
            apply(copy, [one])
        except EditError as error:
            outcomes.append(str(error))
        else:
            outcomes.append(files.dumps(copy))
    assert outcomes[0] == outcomes[1]


def test_the_tag_of_an_edit_is_written_even_without_what_was_not_stated() -> None:
    edit = Remove(section="agents", id="a")
    assert edit.model_dump(exclude_unset=True) == {"do": "remove", "section": "agents", "id": "a"}


def test_a_redone_edit_gives_the_same_graph_as_the_first_time() -> None:
    graph = line_graph("a", "b", "c")
    edits = [*removal(graph, agents=["b"]), Move(to={"c": (9, 9)})]
    applied = apply(graph, edits)
    first = state(graph)
    redo = apply(graph, applied.inverse).inverse
    apply(graph, redo)
    assert state(graph) == first


def test_removed_items_come_back_to_their_places() -> None:
    graph = line_graph("a", "b", "c", "d")
    before = state(graph)
    applied = apply(graph, removal(graph, agents=["b", "c"]))
    assert list(graph.agents) == ["a", "d"]
    assert not graph.edges
    apply(graph, applied.inverse)
    assert state(graph) == before


def test_a_list_that_fails_at_its_end_changes_nothing() -> None:
    graph = line_graph("a", "b")
    before = state(graph)
    with pytest.raises(EditError, match="no agent “ghost”"):
        apply(
            graph,
            [
                Set(section="agents", id="a", values={"name": "New"}),
                SetGraph(values={"name": "New", "extra.state": 1}),
                *removal(graph, agents=["b"]),
                Add(section="agents", item=Agent(id="x", kind="llm", name="X"), index=0, at=(1, 1)),
                Move(to={"ghost": (0, 0)}),
            ],
        )
    assert state(graph) == before


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (Add(section="agents", item=Agent(id="a", kind="llm", name="A")), "already in use"),
        (Add(section="edges", item=Edge(id="x", source="a", target="z")), "leads to “z”"),
        (Add(section="agents", item=Agent(id="x", kind="llm", name="X"), index=7), "no place 7"),
        (Remove(section="agents", id="a"), "still leads to an agent"),
        (Remove(section="notes", id="a"), "no “a” among the notes"),
        (Set(section="agents", id="a", values={"id": "b"}), "never changes"),
        (Set(section="agents", id="z", values={}), "no “z”"),
        (Set(section="agents", id="a", values={"name": None}), "name"),
        (Set(section="agents", id="a", values={"limits": {"start_to_close": -1}}), "limits.start_to_close"),
        (Set(section="edges", id="a-b", values={"target": "z"}), "leads to “z”"),
        (SetGraph(values={"limits": {"deadline": 0}}), "limits.deadline"),
        (SetGraph(values={"agents": {}}), "no field “agents”"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(edit: Any, reason: str) -> None:
    graph = line_graph("a", "b")
    before = state(graph)
    with pytest.raises(EditError, match=reason):
        apply(graph, [edit])
    assert state(graph) == before


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.nan, "no number that JSON can hold"),
        (math.inf, "no number"),
        ({1: "x"}, "the key 1 is no text"),
        ({"x"}, "cannot hold a set"),
        pytest.param(10**5000, "too large", id="5,001 digits"),
        (eval("[" * 70 + "]" * 70), "levels deep"),
    ],
)
def test_what_no_file_could_hold_is_refused_where_it_is_entered(value: Any, reason: str) -> None:
    graph = line_graph("a")
    for edit in (
        Set(section="agents", id="a", values={"config": {"x": value}}),
        Add(section="agents", item=Agent(id="n", kind="llm", name="N", config={"x": value})),
        SetGraph(values={"input": value}),
    ):
        with pytest.raises(EditError, match=reason):
            apply(graph, [edit])
    assert state(graph) == state(line_graph("a"))


def test_entering_good_content_takes_the_refused_content_away_and_undo_brings_it_back() -> None:
    graph = Graph()
    bad = InvalidField(value="soon", reason="it is wrong")
    apply(graph, [Add(section="agents", item=Agent(id="a", kind="llm", name="A", invalid={"limits": bad}))])
    before = state(graph)
    applied = apply(graph, [Set(section="agents", id="a", values={"limits": {"start_to_close": 5}})])
    assert graph.agents["a"].invalid is None
    assert applied.inverse == [Set(section="agents", id="a", values={"limits": None, "invalid": {"limits": bad}})]
    apply(graph, applied.inverse)
    assert graph.agents["a"].invalid == {"limits": bad}
    assert state(graph) == before


def test_an_explicit_null_of_an_unknown_field_survives_undo() -> None:
    graph = Graph()
    apply(graph, [Add(section="agents", item=Agent.model_validate({"id": "a", "kind": "llm", "name": "A", "x": None}))])
    before = state(graph)
    assert '"x": null' in before[0]
    applied = apply(graph, [Set(section="agents", id="a", values={"x": 1})])
    apply(graph, applied.inverse)
    assert state(graph) == before


def test_what_changed_is_told_by_section() -> None:
    graph = line_graph("a", "b")
    applied = apply(
        graph,
        [
            Move(to={"a": (5, 5)}),
            Set(section="edges", id="a-b", values={"name": "hands on"}),
            Add(section="notes", item=Note(id="n", text="Look", x=0, y=0)),
            SetGraph(values={"name": "Two", "limits": {"deadline": 9}}),
        ],
    )
    assert applied.changed == {"agents": {"a"}, "edges": {"a-b"}, "frames": set(), "notes": {"n"}}
    assert applied.graph_changed
    assert graph.limits == RunLimits(deadline=9)


def test_an_item_of_another_section_or_without_an_id_is_no_edit() -> None:
    frame = Frame(id="f", x=0, y=0, width=1, height=1)
    with pytest.raises(ValidationError, match="not an item of the section agents"):
        Add(section="agents", item=frame)
    with pytest.raises(ValidationError, match="needs an id"):
        Add(section="agents", item=Agent(id="", kind="llm", name="A"))
    with pytest.raises(ValidationError, match="only agents"):
        Add(section="frames", item=frame, at=(0, 0))


def test_json_that_is_no_edit_is_refused_with_the_place() -> None:
    with pytest.raises(EditError, match="0"):
        from_json([{"do": "explode"}])
    with pytest.raises(EditError, match="extra"):
        from_json([{"do": "remove", "section": "agents", "id": "a", "extra": 1}])


def test_ten_thousand_agents_are_removed_and_brought_back_in_order() -> None:
    graph = line_graph(*(f"a{i}" for i in range(2000)))
    before = state(graph)
    applied = apply(graph, removal(graph, agents=list(graph.agents)[1::2]))
    assert len(graph.agents) == 1000
    apply(graph, applied.inverse)
    assert state(graph) == before


@given(graphs())
def test_what_undoes_a_removal_is_as_if_it_had_been_written_down_and_read(graph: Graph) -> None:
    made = removal(graph, list(graph.agents), list(graph.edges))
    undoing = apply(graph, made).inverse
    for edit in (*made, *undoing):
        (read,) = from_json([edit.as_json()])
        assert read == edit and read.model_fields_set == edit.model_fields_set
        assert (
            edit.model_dump()
            == type(edit)(**{name: getattr(edit, name) for name in edit.model_fields_set}).model_dump()
        )
