"""What a fix would change, in words that a person can check before it is applied."""

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from editor.test_problems import pipeline
from quartet.editor.panels.problems_words import lines
from quartet.graph.edits import Add, Remove, Set, SetGraph, apply
from quartet.graph.model import Agent, AgentId, Edge, EdgeId
from quartet.patterns.guide import forget


def test_changes_are_told_in_words():
    graph = pipeline()
    more = Agent(id=AgentId("wire"), kind="template", name="Wire copy")
    rescue = Edge(id=EdgeId("f"), source=AgentId("editor"), target=AgentId("wire"), on="failure")
    told = lines(
        graph,
        [
            Add(section="agents", item=more, at=(0, 0)),
            Add(section="edges", item=rescue),
            Set(section="agents", id="editor", values={"limits": {"start_to_close": 60.0}}),
            Set(
                section="agents",
                id="editor",
                values={"oversight": {"on_error": [{"do": "restart"}, {"do": "escalate"}]}},
            ),
            Set(section="agents", id="editor", values={"description": None}),
            Set(section="edges", id="e1", values={"loop": True}),
            SetGraph(values={"limits": {"deadline": 600.0}}),
            Remove(section="edges", id="e2"),
        ],
    )
    assert [tuple(line) for line in told] == [
        ("add", "Wire copy (template)"),
        ("add", "Editor → Wire copy on failure"),
        ("change", "Editor: time limit, per attempt: 60 s"),
        ("change", "Editor: supervision, on failure: restart, escalate"),
        ("change", "Editor: description is taken away"),
        ("change", "Writer → Editor becomes: Writer → Editor as a loop"),
        ("change", "The run, time: 600 s"),
        ("remove", "Editor → Publisher"),
    ]


def test_what_becomes_of_an_edge_is_told_as_a_person_says_it():
    graph = pipeline()

    def told(**values) -> str:
        (line,) = lines(graph, [Set(section="edges", id="e1", values=values)])
        return line.text

    assert told(kind="handoff") == "Writer → Editor becomes: Writer may hand off to Editor"
    assert told(kind="supervise", loop=None) == "Writer → Editor becomes: Writer watches Editor"
    assert told(on="failure") == "Writer → Editor becomes: Writer → Editor on failure"
    assert told(source="publisher") == "Writer → Editor becomes: Publisher → Editor"
    assert told(kind="flow", inferred=None) == "Writer → Editor: this is what it means"


def test_what_a_fix_leaves_as_it_is_is_not_told():
    graph = pipeline()
    same = {"on_error": [{"do": "restart"}, {"do": "reassign"}], "max_restarts": 3}
    apply(graph, [Set(section="agents", id="editor", values={"oversight": same})])
    told = lines(graph, [Set(section="agents", id="editor", values={"oversight": {**same, "restartable": True}})])
    assert [line.text for line in told] == ["Editor: supervision, can be restarted: yes"]


def test_values_are_told_as_the_inspector_words_them():
    graph = pipeline()
    apply(
        graph, [Set(section="agents", id="editor", values={"kind": "template", "config": {"text": "Dear {{ value }}"}})]
    )

    def told(id: str, **values) -> list[str]:
        return [line.text for line in lines(graph, [Set(section="agents", id=id, values=values)])]

    assert told("writer", kind="human") == ["Writer: kind: person (was language model)"]
    assert told("editor", config={"text": "Dear {{ value }}, goodbye."}) == ["Editor: text: “, goodbye.” is added"]
    assert told("writer", config={"model": "m"}) == ["Writer: instructions is taken away (was You are the writer.)"]
    assert told("writer", oversight={"root_policy": "ask_human"}) == [
        "Writer: supervision, with nobody above: a person is asked"
    ]
    assert told("writer", budget={"max_cost": 1.5}) == ["Writer: budget, money: US$ 1.50"]
    assert told("writer", limits={"start_to_close": 1200}) == ["Writer: time limit, per attempt: 1,200 s"]
    assert told("writer", handover={"finish_with": "editor"}) == ["Writer: hand-offs, finishes: Editor"]
    assert told("writer", disabled="muted") == ["Writer: muted"]


def test_what_is_taken_out_of_the_file_is_told_too():
    graph = pipeline()
    apply(graph, [SetGraph(values={"state": {"plan": {}, "notes": {}}, "extra.watch": [1]})])

    def told(**values) -> list[str]:
        return [line.text for line in lines(graph, [SetGraph(values=values)])]

    assert told(state={"notes": {}}) == ["The shared state loses the key “plan”"]
    assert told(**{"extra.watch": None}) == ["What the file offers to watch is taken away"]


def test_that_an_intent_is_forgotten_is_told_in_words():
    (line,) = lines(pipeline(), [forget()])
    assert line.text == "What was asked for in the guided questions is forgotten"
