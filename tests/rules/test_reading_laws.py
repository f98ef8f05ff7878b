"""Laws of what rules read in texts: ids and names are only names, and what really puts a result in is use of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartet.agents.expressions import ExpressionError, check_template, render
from quartet.graph.model import AgentId, Graph
from quartet.graph.names import with_ids
from quartet.rules import Finding
from rules.drawings import agent, draw, found
from rules.rule_cases import CASES
from rules.test_fixes import drawing

STRANGE = ("node-1", "für", "2", "for", "a b", 'x"y', "n.7")
"""Ids that no expression can hold as they are."""
BY_ID = {"watches_somebody_gone", "watches_nonsense", "two_names", "removed_and_changed"}
"""Cases about entries that are kept beside the drawing, which name ids for themselves."""
EVERY = [
    pytest.param(make, id=make.__name__) for makes in CASES.values() for make in makes if make.__name__ not in BY_ID
]


def told(graph: Graph, ids: dict[AgentId, AgentId]) -> list[tuple[str, list[str], bool]]:
    """The findings as (code, agents by their new ids, whether it can be mended)."""
    return sorted((each.code, sorted(map(str, _renamed(each, ids))), bool(each.fixes)) for each in found(graph))


def _renamed(finding: Finding, ids: dict[AgentId, AgentId]) -> list[AgentId]:
    return [ids.get(id, id) for id in finding.agents]


def renamed_alike(graph: Graph) -> None:
    graph.graphs.clear()  # of what is drawn in there, and of what is broken, the ids stay
    graph.broken = ()
    named = {id: one.model_copy(update={"name": one.name.strip() or id}) for id, one in graph.agents.items()}
    graph.agents.update(named)  # an agent without a name is called by its id
    ids = {id: AgentId(f"{STRANGE[n % len(STRANGE)]}{n or ''}") for n, id in enumerate(graph.agents)}
    assert told(graph, ids) == told(with_ids(graph, ids), {})


@pytest.mark.parametrize("make", EVERY)
def test_other_ids_change_no_finding_of_a_case(make: Callable[[], Graph]) -> None:
    renamed_alike(make())


def test_other_ids_change_no_finding_of_any_drawing() -> None:
    for seed in range(20):
        renamed_alike(drawing(seed))


NAMES = ("Billing", "Law", "Bob", "Ann", "Front", "Law desk", "Tech support")


@pytest.mark.parametrize("code", ["W009", "W010", "P003", "F006", "G007"])
@pytest.mark.parametrize("new", ["Zorblax", "Übersicht", "ユニット"])
def test_another_name_in_the_drawing_and_in_all_texts_changes_no_finding(code: str, new: str) -> None:
    for make in CASES[code]:
        for old in NAMES:
            graph = make()
            if old not in {one.name for one in graph.agents.values()}:
                continue
            before = told(graph, {})
            for id, one in graph.agents.items():
                if one.name == old:
                    graph.agents[id] = one.model_copy(update={"name": new})
            for id, one in graph.agents.items():
                tool = f"transfer_to_{old.lower().replace(' ', '_')}"
                config = {
                    key: value.replace(old, new).replace(tool, f"hand over to {new} and") if isinstance(value, str)
                    else value for key, value in one.config.items()
                }  # fmt: skip
                graph.agents[id] = graph.agents[id].model_copy(update={"config": config})
            assert told(graph, {}) == before, (make.__name__, old)


INNER = st.sampled_from([
    "value", " value ", "value.a", 'value["a"]', "from.ann", 'from["ann"]', "from['ann']", "from . ann", "from.ann.a",
    "size(value)", "[value]", "{'x': value}", "has(value.a) ? value.a : 'none'", "value.list.map(each, each + 1)",
    "value == input", "string(visit) + value.a", "from", "'value'", "input", "visit", "'from.ann'", "[1].map(value, 2)",
    "input + ' ' + value.a", "context",
])  # fmt: skip
AROUND = st.sampled_from([
    "{{%s}}", "{{ %s }}", "```\n{{ %s }}\n```", '{"a": "{{ %s }}"}', "{ {{ %s }} }", "<b>{{%s}}</b>", "{%s}", "${%s}",
    "{{\n%s\n}}", "Nothing.", "{{ input }} {{ %s }}",
])  # fmt: skip


@given(st.lists(st.tuples(AROUND, INNER), max_size=3))
def test_what_changes_with_the_result_uses_it(parts: list[tuple[str, str]]) -> None:
    text = "Do it: " + " ".join(around % inner if "%s" in around else around for around, inner in parts)
    try:
        check_template(text)
    except ExpressionError:
        return
    bob = agent("Bob", config={"model": "m", "instructions": "Work.", "prompt": text})
    unused = bool(found(draw(agent("Ann"), bob, edges="ann > bob"), "P003"))
    if len({_filled_in(text, a) for a in ("one", "two")}) > 1:
        assert not unused, text
    elif "value" not in text and "from" not in text and "context" not in text:
        assert unused, text


def _filled_in(text: str, a: str) -> str:
    value = {"a": a, "list": [len(a), a == "one"]}
    try:
        return render(text, {"value": value, "from": {"ann": value}, "input": "task", "visit": 1, "context": {}})
    except ExpressionError as problem:
        return str(problem)
