"""A person can silence a finding, with a reason that stays in the file."""

import pytest

from quartet.graph.files import dumps, loads
from quartet.graph.model import Graph
from quartet.rules.silence import hear_again, reasons, silence
from rules.drawings import after, agent, draw, found


def two_steps() -> Graph:
    return draw(agent("Ann", limits=None), agent("Bob", limits=None), agent("Cid"), edges="ann > bob, bob > cid")


def test_a_silenced_finding_is_told_with_its_reason_after_all_others() -> None:
    graph = two_steps()
    first = found(graph, "P001")[0]
    graph = after(graph, [silence(graph, first, " Ann is quick. ", ["ann"])])
    heard = found(graph)
    assert heard[-1].code == "P001" and heard[-1].agent == "ann"
    assert heard[-1].silenced == "Ann is quick."
    assert [each.agents for each in heard if each.code == "P001" and each.silenced is None] == [("bob",)]


def test_what_is_said_of_several_is_silenced_for_all_of_them_and_for_nobody_who_joins_them() -> None:
    graph = two_steps()
    graph = after(graph, [silence(graph, found(graph, "P001")[0], "They are quick.")])
    assert [(each.agents, each.silenced) for each in found(graph, "P001")] == [(("ann", "bob"), "They are quick.")]
    graph.agents["cid"] = graph.agents["cid"].model_copy(update={"limits": None})
    graph.agents["dan"] = graph.agents["ann"].model_copy(update={"id": "dan", "name": "Dan"})
    graph.edges["e9"] = graph.edges["e0"].model_copy(update={"id": "e9", "source": "cid", "target": "dan"})
    told = [(each.agents, each.silenced) for each in found(graph, "P001")]
    assert told == [(("cid",), None), (("ann", "bob"), "They are quick.")]
    again = after(graph, [hear_again(graph, found(graph, "P001")[-1])])
    assert [each.agents for each in found(again, "P001")] == [("ann", "bob", "cid")]


def test_each_reason_is_told_beside_those_it_is_for() -> None:
    graph = two_steps()
    for id, reason in (("ann", "Ann is quick."), ("bob", "Bob is watched.")):
        graph = after(graph, [silence(graph, found(graph, "P001")[0], reason, [id])])
    told = [(each.agents, each.silenced) for each in found(graph, "P001")]
    assert told == [(("ann",), "Ann is quick."), (("bob",), "Bob is watched.")]
    again = after(graph, [hear_again(graph, found(graph, "P001")[0])])
    told = [(each.agents, each.silenced) for each in found(again, "P001")]
    assert told == [(("ann",), None), (("bob",), "Bob is watched.")]


def test_a_reason_survives_the_file() -> None:
    graph = two_steps()
    graph = after(graph, [silence(graph, found(graph, "P001")[0], "Ann is quick.", ["ann"])])
    again = loads(dumps(graph)).graph
    assert reasons(again) == {("P001", "ann"): "Ann is quick."}


def test_nothing_is_silenced_without_a_reason() -> None:
    graph = two_steps()
    with pytest.raises(ValueError, match="say why"):
        silence(graph, found(graph, "P001")[0], "  ")
    graph.extra["silenced"] = [{"code": "P001", "agent": "ann", "reason": ""}, {"code": "P001", "agent": "bob"}]
    assert not [each for each in found(graph) if each.silenced]


def test_silencing_twice_keeps_the_newer_reason() -> None:
    graph = two_steps()
    finding = found(graph, "P001")[0]
    graph = after(graph, [silence(graph, finding, "one")])
    graph = after(graph, [silence(graph, finding, "two")])
    assert graph.extra["silenced"] == [{"code": "P001", "agent": id, "reason": "two"} for id in ("ann", "bob")]


def test_a_silenced_finding_can_be_heard_again() -> None:
    graph = two_steps()
    before = found(graph)
    silent = after(graph, [silence(graph, before[0], "because")])
    again = after(silent, [hear_again(silent, found(silent)[-1])])
    assert found(again) == before and "silenced" not in again.extra


def test_a_code_can_be_silenced_for_the_whole_graph() -> None:
    graph = two_steps()
    graph.extra["silenced"] = [{"code": "P001", "reason": "It is only a sketch."}]
    assert {each.silenced for each in found(graph, "P001")} == {"It is only a sketch."}
    heard = after(graph, [hear_again(graph, found(graph, "P001")[0])])
    assert {each.silenced for each in found(heard, "P001")} == {None}


def test_a_finding_about_the_whole_graph_can_be_silenced() -> None:
    graph = two_steps()
    [budget] = found(graph, "G018")
    graph = after(graph, [silence(graph, budget, "It is cheap.")])
    assert graph.extra["silenced"] == [{"code": "G018", "reason": "It is cheap."}]
    assert found(graph, "G018")[0].silenced == "It is cheap."


@pytest.mark.parametrize("entry", [None, 3, "P001", {"code": 3, "reason": "x"}, [["P001", "ann", "x"]], [None]])
def test_nonsense_in_the_file_silences_nothing_and_breaks_nothing(entry: object) -> None:
    graph = two_steps()
    graph.extra["silenced"] = entry
    assert not [each for each in found(graph) if each.silenced]
    kept = after(graph, [silence(graph, found(graph, "P001")[0], "why not")])
    assert found(kept)[-1].silenced == "why not"
