"""Two versions of a graph made one: the laws, and what becomes of the ordinary and the hard cases."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.graph_strategies import edits, graphs
from quartet.graph import files
from quartet.graph.diff import diff
from quartet.graph.edits import Add, Edit, EditError, Remove, Set, SetGraph, apply, removal
from quartet.graph.merge import merge
from quartet.graph.merge_conflicts import conflicts, copy_of, sentence, settle
from quartet.graph.merge_values import merge_text
from quartet.graph.model import Agent, BrokenItem, Edge, Graph, Note

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=40)


def data(graph: Graph) -> str:
    """The graph's file as JSON data: what a merge must not change."""
    return json.dumps(files.document(graph), sort_keys=True)


def team() -> Graph:
    """Research → Writer → Editor, with a prompt of several lines."""
    graph = Graph(name="Team")
    for id in ("research", "writer", "editor"):
        agent = Agent(id=id, kind="llm", name=id.title(), config={"prompt": f"You are {id}.\nBe brief.\nBe kind."})
        graph.agents[agent.id] = agent
        graph.positions[agent.id] = (240.0 * len(graph.positions), 0.0)
    for source, target in (("research", "writer"), ("writer", "editor")):
        edge = Edge(id=f"{source}-{target}", source=source, target=target)
        graph.edges[edge.id] = edge
    return graph


def edited(graph: Graph, *edits: Edit) -> Graph:
    found = copy_of(graph)
    apply(found, edits)
    return found


def put(id: str, **values: object) -> Set:
    return Set(section="agents", id=id, values=values)


@st.composite
def edited_graphs(draw: st.DrawFn, base: Graph, most: int = 4) -> Graph:
    """`base` after some Edits; those that do not fit are left out."""
    found = copy_of(base)
    for _ in range(draw(st.integers(0, most))):
        edit = draw(edits(found))
        try:
            if isinstance(edit, Remove) and edit.section == "agents":
                apply(found, removal(found, [edit.id]))
            else:
                apply(found, [edit])
        except EditError:
            continue
    return found


# the laws


@SLOW
@given(st.data())
def test_what_only_one_side_changed_is_taken_as_it_is(draw: st.DataObject) -> None:
    base = draw.draw(graphs())
    changed = draw.draw(st.one_of(edited_graphs(base), graphs()))
    for ours, theirs in ((changed, base), (base, changed), (changed, changed)):
        found = merge(base, ours, theirs)
        assert not found.conflicts
        assert not found.renamed
        assert data(found.graph) == data(files.from_document(files.document(changed)))


@SLOW
@given(st.data())
def test_a_merge_always_loads_and_loses_nothing_that_neither_side_removed(draw: st.DataObject) -> None:
    base = draw.draw(graphs())
    ours, theirs = draw.draw(edited_graphs(base)), draw.draw(edited_graphs(base))
    found = merge(base, ours, theirs)
    again = files.loads(files.dumps(found.graph))
    assert data(again.graph) == data(found.graph)
    renamed = dict(found.renamed)
    for section in ("agents", "edges", "frames", "notes"):
        merged = getattr(found.graph, section)
        old, mine, other = (getattr(graph, section) for graph in (base, ours, theirs))
        for id in {**mine, **other}:
            if not (id in old and (id not in mine or id not in other)):  # neither has removed it
                assert id in merged, (section, id)
                if id in mine and id in other and id in renamed:
                    assert renamed[id] in merged
    assert {one.inside for one in found.conflicts} <= {"", *found.graph.graphs}


@SLOW
@given(st.data())
def test_edits_of_different_items_never_conflict_and_commute(draw: st.DataObject) -> None:
    base = team()
    agents = draw.draw(st.permutations(list(base.agents)))
    texts = draw.draw(st.lists(st.sampled_from(["name", "description", "prompt", "kind", "new", "move"]), min_size=2))
    sides = [copy_of(base), copy_of(base)]
    for index, what in enumerate(texts):
        side, id = index % 2, agents[index % 2]
        graph = sides[side]
        if what == "new":
            apply(graph, [Add(section="agents", item=Agent(id=f"new_{side}_{index}", kind="llm", name=f"N{index}"))])
        elif what == "move":
            graph.positions[id] = (float(index), 5.0)
        elif what == "prompt":
            apply(graph, [put(id, config={"prompt": f"Another {index}"})])
        else:
            apply(graph, [put(id, **{what: f"v{index}"})])
    one, two = merge(base, *sides), merge(base, *reversed(sides))
    assert not one.conflicts
    assert not two.conflicts
    assert data(one.graph) == data(two.graph)


@SLOW
@given(st.data())
def test_every_conflict_can_be_settled_either_way(draw: st.DataObject) -> None:
    base = draw.draw(graphs(broken=False))
    found = merge(base, draw.draw(edited_graphs(base)), draw.draw(edited_graphs(base))).graph
    while open := conflicts(found):
        assert sentence(found, open[0])
        try:
            apply(found, settle(found, open[0], draw.draw(st.sampled_from(["ours", "theirs"]))))
        except EditError:
            apply(found, settle(found, open[0], "ours"))
        assert len(conflicts(found)) == len(open) - 1


# the cases


def test_two_people_who_edit_different_fields_of_one_agent_do_not_conflict() -> None:
    base = team()
    ours = edited(base, put("writer", name="Author"))
    theirs = edited(base, put("writer", retry={"max_attempts": 3}))
    found = merge(base, ours, theirs)
    assert not found.conflicts
    assert found.graph.agents["writer"].name == "Author"
    assert found.graph.agents["writer"].retry.max_attempts == 3


def test_edits_of_different_lines_of_one_prompt_do_not_conflict() -> None:
    base = team()
    ours = edited(base, put("writer", config={"prompt": "You are a poet.\nBe brief.\nBe kind."}))
    theirs = edited(base, put("writer", config={"prompt": "You are writer.\nBe brief.\nBe kind and exact."}))
    found = merge(base, ours, theirs)
    assert not found.conflicts
    assert found.graph.agents["writer"].config["prompt"] == "You are a poet.\nBe brief.\nBe kind and exact."


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        ("a\nB\nc\nd", "a\nb\nc\nD", "a\nB\nc\nD"),
        ("A\nb\nc\nd", "A\nb\nc\nd\ne", "A\nb\nc\nd\ne"),
        ("a\nB\nc\nd", "a\nX\nc\nd", None),
        ("a\nB\nc\nd", "a\nb\nC\nd", None),
        ("a\nb\nc\nd\ne", "a\nb\nc\nd\nf", None),
        ("b\nc\nd", "a\nb\nc", "b\nc"),
    ],
)
def test_texts_are_merged_by_lines_that_are_apart(ours: str, theirs: str, merged: str | None) -> None:
    assert merge_text("a\nb\nc\nd", ours, theirs) == merged
    assert merge_text("a\nb\nc\nd", theirs, ours) == merged


def test_the_same_field_changed_differently_keeps_ours_and_theirs_beside_it() -> None:
    base = team()
    found = merge(base, edited(base, put("writer", name="Author")), edited(base, put("writer", name="Poet"))).graph
    assert found.agents["writer"].name == "Author"
    (one,) = conflicts(found)
    assert (
        sentence(found, one) == "Author: name is “Author” in this version, “Poet” in the other; before both “Writer”."
    )
    assert [conflict.theirs for conflict in conflicts(files.loads(files.dumps(found)).graph)] == ["Poet"]
    apply(found, settle(found, one, "theirs"))
    assert found.agents["writer"].name == "Poet"
    assert "conflicts" not in found.extra


def test_an_agent_that_one_removed_and_the_other_changed_is_kept() -> None:
    base = team()
    ours = edited(base, *removal(base, ["editor"]))
    theirs = edited(base, put("editor", name="Chief"))
    for sides in ((ours, theirs), (theirs, ours)):
        found = merge(base, *sides).graph
        assert found.agents["editor"].name == "Chief"
        assert "writer-editor" not in found.edges
        (one,) = conflicts(found)
        assert "is kept" in sentence(found, one)
        apply(found, settle(found, one, "ours" if sides[0] is ours else "theirs"))
        assert "editor" not in found.agents


def test_an_agent_that_one_removed_and_the_other_drew_an_edge_to_is_given_back_where_it_stood() -> None:
    base = team()
    ours = edited(base, *removal(base, ["editor"]))
    theirs = edited(base, Add(section="edges", item=Edge(id="new", source="research", target="editor")))
    found = merge(base, ours, theirs)
    assert found.graph.edges["new"].target == "editor"
    assert found.graph.positions["editor"] == base.positions["editor"]
    assert [(one.section, one.id) for one in found.conflicts] == [("agents", "editor")]
    assert not found.graph.broken


def test_new_agents_that_got_the_same_id_are_both_kept_with_their_edges() -> None:
    base = team()
    critic = Agent(id="critic", kind="llm", name="Critic")
    other = critic.model_copy(update={"name": "Fact check", "config": {"prompt": "{{ from.critic }}"}})
    ours = edited(base, Add(section="agents", item=critic))
    theirs = edited(
        base,
        Add(section="agents", item=other),
        Add(section="edges", item=Edge(id="e", source="editor", target="critic", when="from.critic == 1")),
    )  # fmt: skip
    found = merge(base, ours, theirs)
    assert not found.conflicts
    assert found.renamed == (("critic", "critic_2"),)
    assert found.graph.agents["critic"].name == "Critic"
    assert found.graph.agents["critic_2"].config["prompt"] == "{{ from.critic_2 }}"
    assert (found.graph.edges["e"].target, found.graph.edges["e"].when) == ("critic_2", "from.critic_2 == 1")


def test_the_configuration_of_one_kind_is_never_mixed_with_another_kind() -> None:
    base = team()
    ours = edited(base, put("writer", config={"prompt": "Ours."}))
    theirs = edited(base, put("writer", kind="http", config={"url": "https://example.org"}))
    found = merge(base, ours, theirs)
    agent = found.graph.agents["writer"]
    assert (agent.kind, agent.config) == ("llm", {"prompt": "Ours."})
    assert {one.field for one in found.conflicts} == {("kind",), ("config",)}


def test_two_moves_of_one_agent_are_no_conflict() -> None:
    base = team()
    ours, theirs = copy_of(base), copy_of(base)
    ours.positions["writer"], theirs.positions["writer"] = (1.0, 2.0), (3.0, 4.0)
    found = merge(base, ours, theirs)
    assert not found.conflicts
    assert found.graph.positions["writer"] == (1.0, 2.0)


def test_sub_graphs_are_merged_inside_and_conflicts_there_can_be_settled() -> None:
    base = team()
    base.graphs["inner"] = team()
    ours, theirs = copy_of(base), copy_of(base)
    ours.graphs = {"inner": edited(base.graphs["inner"], put("writer", name="Author"), put("editor", name="E"))}
    theirs.graphs = {"inner": edited(base.graphs["inner"], put("writer", name="Poet"), put("research", name="R"))}
    found = merge(base, ours, theirs).graph
    assert [agent.name for agent in found.graphs["inner"].agents.values()] == ["R", "Author", "E"]
    (one,) = conflicts(found)
    assert one.inside == "inner"
    apply(found, settle(found, one, "theirs"))
    assert found.graphs["inner"].agents["writer"].name == "Poet"


def test_a_broken_item_is_kept_unless_a_side_removed_it() -> None:
    base = team()
    broken = BrokenItem(section="edges", raw={"id": "x", "source": "writer", "target": "nobody"}, reason="", index=1)
    base.broken = (broken,)
    mended = edited(base, SetGraph(values={"broken": ()}))
    assert merge(base, mended, base).graph.broken == ()
    assert [item.raw for item in merge(base, base, base).graph.broken] == [broken.raw]
    assert [item.raw for item in merge(mended, base, mended).graph.broken] == [broken.raw]


def test_what_each_side_added_stands_behind_what_it_followed() -> None:
    base = team()
    ours = edited(base, Add(section="agents", item=Agent(id="z", kind="llm", name="Z"), index=1))
    theirs = edited(base, Add(section="agents", item=Agent(id="k", kind="llm", name="K")))
    assert list(merge(base, ours, theirs).graph.agents) == ["research", "z", "writer", "editor", "k"]


def test_versions_that_come_from_none_are_laid_together() -> None:
    one, two = team(), team()
    two.notes["n"] = Note(id="n", text="Hello", x=0, y=0)
    found = merge(Graph(), one, two)
    assert not found.conflicts
    assert not diff(found.graph, two).means_something
