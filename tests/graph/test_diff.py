"""What differs between two graphs, in data and in words."""

from __future__ import annotations

from hypothesis import given

from graph.graph_strategies import graphs
from graph.test_merge import SLOW, data, edited, put, team
from quartet.graph.diff import diff, same
from quartet.graph.diff_words import Line, moves, outline, text_lines, words
from quartet.graph.edits import Add, Move, SetGraph, removal
from quartet.graph.merge_conflicts import copy_of
from quartet.graph.model import Agent, Edge, Graph, Note


def told(before: Graph, after: Graph) -> list[str]:
    """The differences as lines."""
    return [
        line
        for item in words(diff(before, after))
        for line in (f"{item.sign} {item.title}", *(f"  {field.sentence}" for field in item.fields))
    ]


@SLOW
@given(graphs(), graphs())
def test_nothing_differs_only_between_equal_graphs(one: Graph, two: Graph) -> None:
    found = diff(one, two)
    equal = not found.means_something and not found.moves
    # the places of what is not understood are all that a difference may leave out
    if not one.broken and not two.broken:
        assert equal == (data(one) == data(two))
    assert not diff(one, one).means_something
    assert list(words(found)) or not found.means_something
    assert list(outline(one)) == list(outline(one))


def test_agents_edges_and_fields_are_told_by_name() -> None:
    before = team()
    after = edited(
        before,
        put("writer", name="Author", retry={"max_attempts": 3}),
        *removal(before, ["editor"]),
        Add(section="agents", item=Agent(id="boss", kind="supervisor", name="Boss")),
        Add(section="edges", item=Edge(id="b", source="boss", target="writer", kind="supervise")),
    )
    assert told(before, after) == [
        "− Editor (llm)",
        "~ Author (llm)",
        "  name: “Writer” → “Author”",
        "  retries › attempts: not stated → 3",
        "+ Boss (supervisor)",
        "− Writer → Editor",
        "+ Boss ⇢ Author (supervision)",
    ]


def test_a_move_means_nothing_and_is_told_apart() -> None:
    before = team()
    after = edited(before, Move(to={"writer": (7.0, 7.0)}))
    found = diff(before, after)
    assert not found.means_something
    assert list(moves(found)) == ["Writer (llm)"]


def test_a_note_that_moves_is_a_move_and_one_that_says_something_else_is_not() -> None:
    before = team()
    before.notes["n"] = Note(id="n", text="Hello", x=0, y=0)
    moved, reworded = copy_of(before), copy_of(before)
    moved.notes["n"] = Note(id="n", text="Hello", x=9, y=9)
    reworded.notes["n"] = Note(id="n", text="Goodbye", x=0, y=0)
    assert not diff(before, moved).means_something
    assert diff(before, moved).moves == 1
    assert told(before, reworded) == ["~ The note “Goodbye”", "  text: “Hello” → “Goodbye”"]


def test_prompts_are_told_line_by_line() -> None:
    before = team()
    after = edited(before, put("writer", config={"prompt": "You are writer.\nBe brief and exact.\nBe kind."}))
    (item,) = words(diff(before, after))
    assert [(line.sign, line.text) for line in item.fields[0].lines] == [
        (" ", "You are writer."),
        ("−", "Be brief."),
        ("+", "Be brief and exact."),
        (" ", "Be kind."),
    ]


def test_far_from_the_change_a_text_is_cut() -> None:
    before = "\n".join("abcdefgh")
    assert list(text_lines(before, before.replace("d", "D"))) == [
        Line("…", ""), Line(" ", "c"), Line("−", "d"), Line("+", "D"), Line(" ", "e"), Line("…", ""),
    ]  # fmt: skip


def test_the_graph_itself_its_state_and_its_sub_graphs_are_told() -> None:
    before = team()
    before.graphs["inner"] = team()
    inner = edited(before.graphs["inner"], put("writer", name="Author"))
    after = edited(before, SetGraph(values={"name": "Crew", "limits": {"max_cost": 2}}))
    after.graphs = {"inner": inner, "more": Graph(name="More")}
    assert told(before, after) == [
        "~ The graph",
        "  name: “Team” → “Crew”",
        "  limits of a run › money: not stated → 2",
        "+ The sub-graph “More”",
        "~ Author (llm)",
        "  name: “Writer” → “Author”",
    ]
    assert [item.inside for item in words(diff(before, after))][-1] == ("inner",)


def test_another_order_is_told() -> None:
    before, after = team(), team()
    after.edges = dict(reversed(after.edges.items()))
    assert told(before, after) == ["~ The edges", "  order: follow one another in another order"]


def test_numbers_and_booleans_that_python_takes_for_equal_differ() -> None:
    assert not same(1, True)
    assert not same([1], [1.0])
    assert same({"a": 1, "b": 2}, {"b": 2, "a": 1})


def test_the_outline_says_everything_in_full_but_places() -> None:
    graph = team()
    graph.notes["n"] = Note(id="n", text="long " * 40 + "\nend", x=4711, y=0)
    text = "\n".join(outline(graph))
    assert ("long " * 40).rstrip() in text
    assert "Be brief." in text
    assert "4711" not in text
    assert "240" not in text
