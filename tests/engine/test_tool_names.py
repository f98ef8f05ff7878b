"""What tools are called that hand over to others: names that every model takes, and one for each target."""

from __future__ import annotations

import re

import pytest

from quartet.engine.plan import Plan
from quartet.graph.edits import Add, apply
from quartet.graph.model import Agent, Edge, Graph


def tools(**named: str) -> list[tuple[str, str | None]]:
    """The tools of a desk that may hand over to agents of these names, as (name, description)."""
    graph = Graph()
    apply(graph, [Add(section="agents", item=Agent(id="desk", kind="llm", name="Desk"))])
    for id, name in named.items():
        apply(graph, [
            Add(section="agents", item=Agent(id=id, kind="llm", name=name, description="Knows it.")),
            Add(section="edges", item=Edge(id=f"e-{id}", source="desk", target=id, kind="handoff")),
        ])  # fmt: skip
    return [(each.name, each.description) for each in Plan(graph).nodes["desk"].tools]


def test_a_tool_is_named_after_whom_it_hands_over_to() -> None:
    assert tools(a="Tech support", b="Law") == [
        ("transfer_to_tech_support", "Knows it."), ("transfer_to_law", "Knows it."),
    ]  # fmt: skip


@pytest.mark.parametrize("names", [("受付", "技術担当", "解約"), ("Бухгалтерия", "Техник", "Юрист"), ("…", "!", "Law")])
def test_a_name_that_no_tool_can_have_is_said_in_the_description(names: tuple[str, ...]) -> None:
    found = tools(**dict(zip(("a", "пять", "node-1"), names, strict=True)))
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", tool) for tool, _ in found)
    assert len({tool for tool, _ in found}) == 3
    assert found[0][1] == f"{names[0]}: Knows it."


def test_names_that_look_alike_to_a_tool_get_tools_of_their_own() -> None:
    assert [tool for tool, _ in tools(a="Tech support", b="Tech-Support", два="tech support")] == [
        "transfer_to_tech_support", "transfer_to_b", "transfer_to_tech_support_2",
    ]  # fmt: skip
