"""Graph files: what is written, what comes back, and how git sees a change."""

import difflib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given

from graph.graph_strategies import graphs
from quartet.graph import files, migration, writing
from quartet.graph.check import problems
from quartet.graph.edits import Add, Edit, Move, Remove, Set, apply
from quartet.graph.model import Agent, BrokenItem, Edge, Graph, Note

GOLDEN = Path(__file__).parent.parent / "data" / "graph" / "version-1.quartet.json"


def written(**fields: Any) -> str:
    return json.dumps({"format": "quartet", "version": 1, **fields})


def agent(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "kind": "llm", "name": id.title(), **fields}


def changed_lines(graph: Graph, *edits: Edit) -> list[str]:
    """The lines of the file that differ after `edits`, as git shows them."""
    before = files.dumps(graph).splitlines()
    apply(graph, edits)
    after = files.dumps(graph).splitlines()
    return [line for line in difflib.ndiff(before, after) if line[0] in "+-"]


# --- there and back ---------------------------------------------------------------------------------------------------


@given(graphs())
@example(Graph(name="x", extra={"x": [[], {}, ["a\n", "b"], ["", "\n"]]}))
def test_a_graph_comes_back_from_its_file_as_it_was(graph: Graph) -> None:
    text = files.dumps(graph)
    again = files.loads(text)
    assert files.dumps(again.graph) == text
    assert again.format == "quartet"
    assert again.read_only is None
    graph.broken = ()
    again.graph.broken = ()
    apart: dict[str, Any] = {"agents": {}, "edges": {}, "graphs": {}}
    assert again.graph.model_copy(update=apart) == graph.model_copy(update=apart)
    assert again.graph.graphs.keys() == graph.graphs.keys()
    for section in ("agents", "edges", "frames", "notes"):
        ours, theirs = getattr(graph, section), getattr(again.graph, section)
        assert list(theirs) == list(ours)
        for id, item in ours.items():
            assert writing.stated(theirs[id]) == writing.stated(item)
            assert set(getattr(theirs[id], "invalid", None) or ()) == set(getattr(item, "invalid", None) or ())


@pytest.mark.parametrize("golden", sorted(GOLDEN.parent.glob("version-*.quartet.json")), ids=lambda path: path.stem)
def test_files_of_every_version_open_and_can_run(golden: Path) -> None:
    opened = files.read(golden)
    assert opened.problems == ()
    assert opened.read_only is None
    assert problems(opened.graph) == []
    if golden == GOLDEN:
        assert files.dumps(opened.graph) == golden.read_text(encoding="utf-8")


def test_the_golden_file_means_what_it_says() -> None:
    graph = files.read(GOLDEN).graph
    assert graph.agents["writer"].config["prompt"] == "Write about {{ input.topic }}.\n\nBe brief."
    assert graph.agents["writer"].config["stop"] == ["END", "STOP"]
    oversight = graph.agents["desk"].oversight
    assert oversight is not None and oversight.on_error is not None
    assert oversight.on_error[0].with_ == {"model": "small", "prompt": "Shorter.\nOnce more."}
    assert graph.agents["stand_in"].model_extra == {"x_color": "teal"}
    assert graph.positions["critic"] == (260, 120.5)
    assert graph.state is not None and list(graph.state) == ["drafts", "score", "verdict"]
    assert (graph.state["score"].reducer, repr(graph.state["score"].initial)) == ("sum", "0.0")
    board = graph.agents["notes"].board
    assert board is not None and board.done_when == "size(value) > 3"
    assert graph.notes["look"].text.count("\n") == 1


def test_an_empty_graph_is_a_short_file() -> None:
    assert files.dumps(Graph()) == '{\n  "format": "quartet",\n  "version": 1,\n  "agents": [],\n  "edges": []\n}\n'


def test_only_what_was_stated_is_written() -> None:
    graph = files.loads(written(agents=[agent("a", limits=None, dynamic=False)])).graph
    assert '{"id": "a", "kind": "llm", "name": "A", "dynamic": false}' in files.dumps(graph)


def test_the_order_in_which_fields_were_stated_makes_no_difference() -> None:
    one = files.loads(written(agents=[{"zeta": 1, "name": "A", "alpha": 2, "id": "a", "kind": "llm"}]))
    other = files.loads(written(agents=[{"id": "a", "alpha": 2, "kind": "llm", "zeta": 1, "name": "A"}]))
    assert files.dumps(one.graph) == files.dumps(other.graph)


# --- texts of several lines -------------------------------------------------------------------------------------------


def test_a_text_of_several_lines_takes_a_line_for_each() -> None:
    graph = Graph(agents={"a": Agent(id="a", kind="llm", name="A", config={"prompt": "One.\n\nThree: “ß”."})})
    assert '"prompt": [\n      "One.\\n",\n      "\\n",\n      "Three: “ß”."\n    ]' in files.dumps(graph)


@pytest.mark.parametrize(
    "value",
    [
        ["a", "b"],
        ["a\n", "b"],
        ["a\n", "b\n"],
        ["a\n"],
        ["", ""],
        ["\n", ""],
        [],
        [["a\n", "b"]],
        ["a\nb", "c"],
        "a\n",
        "\n",
        "a\r\nb",
        {"x": ["a\n", 1]},
    ],
)
def test_lists_of_texts_and_texts_of_lines_are_never_confused(value: Any) -> None:
    graph = Graph(agents={"a": Agent(id="a", kind="llm", name="A", config={"x": value})}, input=value)
    again = files.loads(files.dumps(graph)).graph
    assert again.agents["a"].config == {"x": value}
    assert again.input == value


def test_a_person_may_write_a_note_as_plain_lines() -> None:
    graph = files.loads(written(description=["One", "Two"])).graph
    assert graph.description == "One\nTwo"


# --- what git sees ----------------------------------------------------------------------------------------------------


@pytest.fixture
def golden() -> Graph:
    return files.read(GOLDEN).graph


def test_moving_an_agent_changes_one_line(golden: Graph) -> None:
    assert changed_lines(golden, Move(to={"writer": (10, 20)})) == [
        '-     "writer": [0, 120],',
        '+     "writer": [10, 20],',
    ]


def test_renaming_an_agent_changes_its_line_and_no_edge(golden: Graph) -> None:
    lines = changed_lines(golden, Set(section="agents", id="critic", values={"name": "Reviewer"}))
    assert len(lines) == 2
    assert all('"id": "critic"' in line for line in lines)


def test_one_word_in_a_long_prompt_changes_one_line(golden: Graph) -> None:
    config = dict(golden.agents["writer"].config)
    config["prompt"] = config["prompt"].replace("brief", "bold")
    lines = changed_lines(golden, Set(section="agents", id="writer", values={"config": config}))
    assert lines == ['-       "Be brief."', '+       "Be bold."']


def test_a_new_edge_is_a_new_line(golden: Graph) -> None:
    edge = Edge(id="peer-stand_in", source="peer", target="stand_in")
    (line,) = changed_lines(golden, Add(section="edges", item=edge, index=3))
    assert line.startswith('+     {"id": "peer-stand_in"')
    (line,) = changed_lines(golden, Remove(section="edges", id="peer-stand_in"))
    assert line.startswith("-")


def test_undo_leaves_no_trace_in_the_file(golden: Graph) -> None:
    before = files.dumps(golden)
    applied = apply(golden, [Set(section="agents", id="desk", values={"oversight": None, "config": {"a": 1}})])
    apply(golden, applied.inverse)
    assert files.dumps(golden) == before


# --- what is broken is kept -------------------------------------------------------------------------------------------

BROKEN = {
    "name": "Broken",
    "agents": [
        agent("a", limits={"start_to_close": -1}, join={"mode": "n_of_m"}),
        "not an object",
        agent("a", x=1),
        {"kind": "llm", "name": "No id"},
        {"id": "nameless", "kind": "llm"},
        {"id": "kindless", "name": ["x", 1]},
        agent("b", invalid="an old friend"),
    ],
    "edges": [
        {"id": "e1", "source": "a", "target": "nowhere", "when": ["x\n", "y"]},
        {"id": "e2", "source": "a", "target": "b", "kind": "telepathy"},
        {"id": "e2", "source": "b", "target": "a"},
        {"id": "e3", "source": 7, "target": "b"},
        None,
    ],
    "frames": [{"id": "f", "x": "left", "y": 0, "width": 1, "height": 1}],
    "notes": [{"id": "n", "x": 1e3, "y": 0, "width": -5}],
    "limits": {"deadline": "soon"},
    "layout": {"a": [1, 2], "b": "top left", "ghost": [3, 4]},
    "future": {"anything": [1, 2]},
}


def same(one: Any, other: Any) -> bool:
    """Equal as JSON in which null and absent are the same."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(child) for key, child in value.items() if child is not None}
        return [bare(child) for child in value] if isinstance(value, list) else value

    return bool(bare(one) == bare(other))


def test_broken_content_is_opened_kept_and_written_back() -> None:
    opened = files.loads(written(**BROKEN))
    again = json.loads(files.dumps(opened.graph))
    expected = {**BROKEN, "agents": list(BROKEN["agents"])}
    expected["agents"][4] = {**expected["agents"][4], "name": "nameless"}
    for name, value in expected.items():
        assert same(again[name], value), name
    assert files.dumps(files.loads(files.dumps(opened.graph)).graph) == files.dumps(opened.graph)


def test_broken_content_is_named_with_its_place_and_reason() -> None:
    opened = files.loads(written(**BROKEN))
    graph = opened.graph
    assert [(item.section, item.index, item.reason) for item in graph.broken] == [
        ("agents", 1, "an item is an object in braces"),
        ("agents", 2, "the id “a” is used twice among the agents"),
        ("agents", 3, "an item needs an “id”, a text"),
        ("edges", 0, "the edge “e1” leads to “nowhere”, which is no agent here"),
        ("edges", 2, "the id “e2” is used twice among the edges"),
        ("edges", 3, "the edge “e3” leads nowhere"),
        ("edges", 4, "an item is an object in braces"),
        ("frames", 0, "x: input should be a valid number, unable to parse string as a number"),
        ("notes", 0, "width: input should be greater than 0"),
    ]
    invalid = graph.agents["a"].invalid
    assert invalid is not None
    assert invalid["limits"].value == {"start_to_close": -1}
    assert invalid["limits"].reason == "start_to_close: input should be greater than 0"
    assert invalid["join"].reason.startswith("“n of m” needs a number")
    assert graph.agents["nameless"].name == "nameless"
    assert graph.agents["nameless"].invalid is None
    assert set(graph.agents["kindless"].invalid or ()) == {"kind", "name"}
    assert graph.edges["e2"].kind == "flow"
    assert "agents[0] “A”: limits: start_to_close: input should be greater than 0." in opened.problems
    assert any(text.startswith("layout “b”") for text in opened.problems)
    codes = [problem.code for problem in problems(graph)]
    assert codes.count("broken_item") == 7
    assert "invalid_field" in codes


def test_a_repaired_agent_is_written_without_what_was_refused() -> None:
    graph = files.loads(written(agents=[agent("a", limits={"start_to_close": -1})])).graph
    apply(graph, [Set(section="agents", id="a", values={"limits": {"start_to_close": 9}})])
    assert json.loads(files.dumps(graph))["agents"] == [agent("a", limits={"start_to_close": 9})]


def test_a_broken_item_stands_where_it_stood_even_when_others_are_gone() -> None:
    graph = Graph(broken=(BrokenItem(section="notes", raw=5, reason="an item is an object in braces", index=9),))
    apply(graph, [Add(section="notes", item=Note(id="n", x=0, y=0))])
    assert json.loads(files.dumps(graph))["notes"] == [{"id": "n", "x": 0, "y": 0}, 5]


def test_an_unknown_field_may_be_called_like_anything() -> None:
    odd = {"copy": 1, "__class__": "x", "model_fields": [], "model_extra": {}, "json": None, "with": 2}
    text = written(agents=[agent("a", **odd)], edges=[{"id": "e", "source": "a", "target": "a", "loop": True, **odd}])
    again = json.loads(files.dumps(files.loads(text).graph))
    assert again["agents"] == [agent("a", **odd)]
    assert {name: again["edges"][0][name] for name in odd} == odd
    graph = files.loads(text).graph
    apply(graph, [Set(section="agents", id="a", values={"name": "New"})])
    assert json.loads(files.dumps(graph))["agents"] == [{**agent("a", **odd), "name": "New"}]


# --- versions ---------------------------------------------------------------------------------------------------------


def test_a_newer_version_is_opened_for_reading_only() -> None:
    opened = files.loads('{"format": "quartet", "version": 2, "agents": [], "teams": []}')
    assert opened.read_only is not None
    assert "newer Quartet" in opened.read_only
    assert opened.graph.extra == {"teams": []}


def test_an_older_version_is_migrated_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename_boxes(document: dict[str, Any]) -> dict[str, Any]:
        document["nodes"] = document.pop("boxes")
        return document

    def rename_nodes(document: dict[str, Any]) -> dict[str, Any]:
        document["agents"] = document.pop("nodes")
        return document

    monkeypatch.setattr(files, "VERSION", 3)
    monkeypatch.setattr(migration, "STEPS", {1: rename_boxes, 2: rename_nodes})
    opened = files.loads(json.dumps({"format": "quartet", "version": 1, "boxes": [agent("a")]}))
    assert list(opened.graph.agents) == ["a"]
    assert opened.read_only is None


def test_there_is_a_step_from_every_earlier_version() -> None:
    assert set(migration.STEPS) == set(range(1, files.VERSION))


def test_state_that_does_not_fit_its_reducer_is_kept_and_said() -> None:
    opened = files.loads(written(state={"n": {"reducer": "sum", "initial": "none"}}))
    assert opened.problems == ("state.n: what is added up is a number.",)
    assert opened.graph.state is None
    assert '"n": {"reducer": "sum", "initial": "none"}' in files.dumps(opened.graph)
