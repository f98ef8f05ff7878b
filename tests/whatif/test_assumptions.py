"""What nobody said is told as an assumption, and what somebody said is not."""

from typing import Any

from quartet.graph.edits import Set
from quartet.graph.model import AgentId
from quartet.whatif.estimates import Measured
from quartet.whatif.simulate import compare, simulate
from whatif.small_drawings import agent, drawing, retried, way


def assumed(graph: Any, **more: Any) -> str:
    return "\n".join(simulate(graph, runs=1, **more).assumed)


def test_where_all_is_stated_only_what_holds_for_every_simulation_is_assumed() -> None:
    told = assumed(drawing({"a": agent(fails=0.1), "b": agent()}, way("a>b", 0.5)))
    assert len(told.splitlines()) == 2
    assert "each by itself" in told


def test_times_failures_prices_pieces_ways_and_hand_overs_that_nobody_stated_are_told() -> None:
    told = assumed(
        drawing(
            {"a": {"kind": "llm"}, "b": {"kind": "http", "dynamic": True}, "c": {"kind": "http"}, "p": {"kind": "llm"},
             "q": {"kind": "llm"}},
            way("a>b"), way("a>c"), way("a>a", loop=True, max_iterations=3), "p~q", "q~p",
        )
    )  # fmt: skip
    assert "How long an attempt takes is assumed, as is usual for the kind: a, b, c and 2 more." in told
    assert "How often an attempt fails is assumed: a, b, c and 2 more." in told
    assert "No price is known, so it counts as free: a, p and q." in told
    assert "The result of a is assumed to have 3 pieces." in told
    assert "How often a goes which way is assumed: 35% to b, 35% to c, 30% to a." in told
    assert "Peers are assumed to hand over 40% of the time: p and q." in told


def test_of_unknown_kinds_it_is_said_that_they_are_taken_to_succeed_at_once() -> None:
    told = assumed(drawing({"a": {"kind": "robot"}, "b": {"kind": "http"}, "c": agent(4) | {"kind": "robot"}}))
    assert "Nobody knows how these work, so they are taken to succeed at once and to cost nothing: a." in told


def test_few_measurements_are_told_and_what_was_measured_is_not_assumed() -> None:
    told = assumed(drawing({"a": {"kind": "http"}}), measured={"a": Measured((1.0, 2.0, 3.0), 0, 0.0)})
    assert "Fewer than 20 attempts were measured: a." in told
    assert "How long" not in told


def test_measured_and_stated_are_mixed_agent_by_agent() -> None:
    graph = drawing({"a": agent(4), "b": {"kind": "http"}}, "a>b")
    found = simulate(graph, runs=50, measured={"b": Measured((2.0,) * 1000, 0, 3000.0)})  # type: ignore[dict-item]
    assert {one.seconds for one in found.runs if one.path == ("a", "b") and one.cost == 3.0} == {6.0}


def test_a_change_to_one_agent_leaves_the_luck_of_all_others_as_it_was_also_of_their_pauses() -> None:
    """So that what is left of a difference is what the change does: here two seconds less, run by run."""
    flaky = agent(3, 9, 0.5) | {"retry": retried(4, 2, 2)}
    graph = drawing({"a": agent(5, fails=0.3) | {"retry": retried(3, 1)}, "b": flaky, "c": agent(1, 2)}, "a>b", "b>c")
    edits = [Set(section="agents", id="c", values={"estimate": {"seconds": 0, "slow": 0, "fails": 0}})]
    found = compare(graph, edits, runs=100)
    for before, after in zip(found.before.runs, found.after.runs, strict=True):
        saved = before.busy.get(AgentId("c"), 0.0)
        assert abs(before.seconds - saved - after.seconds) < 1e-9
    assert found.success == 0
    assert found.mean_seconds_range[1] < 0


def test_a_range_of_a_change_is_far_narrower_than_two_simulations_side_by_side_would_say() -> None:
    graph = drawing({"a": agent(10, 30), "b": agent(1)}, "a>b")
    edits = [Set(section="agents", id="b", values={"estimate": {"seconds": 0.5, "slow": 0.5, "fails": 0}})]
    found = compare(graph, edits, runs=100)
    low, high = found.mean_seconds_range
    assert low <= -0.5 <= high
    assert high - low < 1e-6


def test_a_change_that_helps_one_run_in_twenty_is_seen_in_the_mean_though_the_median_stays() -> None:
    graph = drawing({"a": agent(1), "b": agent(30)}, way("a>b", 0.05))
    edits = [Set(section="agents", id="b", values={"estimate": {"seconds": 10, "slow": 10, "fails": 0}})]
    found = compare(graph, edits, runs=300)
    assert found.seconds == 0
    assert found.mean_seconds_range[0] <= -1 <= found.mean_seconds_range[1] < 0


def test_no_change_at_all_is_told_to_do_nothing() -> None:
    graph = drawing({"a": agent(10, 30, 0.4)})
    assert compare(graph, [], runs=20).does_nothing
