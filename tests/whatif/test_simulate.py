"""Simulated runs keep the laws that can be worked out by hand, and the same luck gives the same runs."""

import math
from itertools import pairwise

import pytest

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.engine.refusal import Refused
from quartet.graph.edits import Set
from quartet.graph.files import read
from quartet.graph.model import OTHERWISE, Agent, Edge, Graph
from quartet.paths import EXAMPLES
from quartet.whatif.playing import playable
from quartet.whatif.ranges import quantile
from quartet.whatif.simulate import Stopped, compare, percent, simulate

FEW = 400


def drawn(agents: dict[str, dict[str, object]], *edges: str | dict[str, object]) -> Graph:
    """Agents by id with their fields; edges as "a>b" or with fields."""
    made = [({"id": e, "source": e[0], "target": e[2]} if isinstance(e, str) else e) for e in edges]
    found = [Agent.model_validate({"id": id, "kind": "http", "name": id, **fields}) for id, fields in agents.items()]
    return Graph(
        agents={agent.id: agent for agent in found},
        edges={str(e["id"]): Edge.model_validate(e) for e in made},  # type: ignore[misc]
    )


def sure(seconds: float = 1.0, **more: object) -> dict[str, object]:
    """An agent that always takes so long and never fails."""
    return {"estimate": {"seconds": seconds, "slow": seconds, "fails": 0, "cost": 0, **more}}


def test_a_chain_takes_the_sum_of_its_steps_and_waits_for_all_of_them() -> None:
    found = simulate(drawn({"a": sure(1), "b": sure(2)}, "a>b"), runs=3)
    assert {one.seconds for one in found.runs} == {3.0}
    assert found.critical == {"a": 1.0, "b": 1.0}
    assert found.runs[0].path == ("a", "b")


def test_branches_take_as_long_as_the_slowest_which_is_waited_for() -> None:
    graph = drawn({"a": sure(1), "b": sure(5), "c": sure(2), "d": sure(1)}, "a>b", "a>c", "b>d", "c>d")
    found = simulate(graph, runs=3)
    assert {one.seconds for one in found.runs} == {7.0}
    assert set(found.critical) == {"a", "b", "d"}


def test_the_chance_of_success_is_that_of_all_attempts_together() -> None:
    flaky = {**sure(fails=0.5), "retry": {"max_attempts": 2, "initial_interval": 0, "jitter": 0}}
    found = simulate(drawn({"a": flaky}), runs=FEW)
    low, high = found.success_range
    assert low < 0.75 < high
    assert found.blamed["a"] == pytest.approx(1 - found.success)  # type: ignore[index]


def test_times_spread_as_the_estimate_says() -> None:
    found = simulate(drawn({"a": {"estimate": {"seconds": 10, "slow": 30, "fails": 0}}}), runs=FEW)
    assert quantile(found.seconds, 0.5) == pytest.approx(10, rel=0.15)
    assert quantile(found.seconds, 0.9) == pytest.approx(30, rel=0.2)


def test_cost_adds_up_over_attempts_and_agents() -> None:
    found = simulate(drawn({"a": sure(cost=0.25), "b": sure(cost=0.5)}, "a>b"), runs=2)
    assert found.costs == [0.75, 0.75]


@pytest.mark.parametrize(("chance", "share"), [(None, 0.5), (0.9, 0.9), (0.0, 0.0)])
def test_a_way_is_taken_as_often_as_stated_or_evenly(chance: float | None, share: float) -> None:
    edges: list[dict[str, object]] = [
        {"id": "ab", "source": "a", "target": "b", "when": "value == 'yes'", "chance": chance},
        {"id": "ac", "source": "a", "target": "c", "when": OTHERWISE},
    ]
    found = simulate(drawn({"a": sure(1), "b": sure(1), "c": sure(1)}, *edges), runs=FEW)
    taken = sum("b" in one.busy for one in found.runs) / FEW
    assert taken == pytest.approx(share, abs=0.08)
    assert all(("b" in one.busy) != ("c" in one.busy) for one in found.runs)


def test_a_loop_goes_round_as_often_as_stated() -> None:
    edges: list[str | dict[str, object]] = [
        "a>b",
        {"id": "ba", "source": "b", "target": "a", "when": "value.again", "loop": True, "chance": 0.5},
        {"id": "bc", "source": "b", "target": "c", "when": OTHERWISE},
    ]
    found = simulate(drawn({"a": sure(1), "b": sure(0), "c": sure(0)}, *edges), runs=FEW)
    passes = sum(one.seconds for one in found.runs) / FEW
    assert passes == pytest.approx(2.0, abs=0.25), "the mean of a geometric distribution with one half"


def test_the_same_seed_gives_the_same_runs_and_another_gives_others() -> None:
    graph = read(EXAMPLES / "content-pipeline.quartet.json").graph
    first, again, other = (simulate(graph, runs=20, seed=seed).runs for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_change_is_compared_with_the_same_luck() -> None:
    graph = drawn({"a": {"estimate": {"seconds": 10, "slow": 30, "fails": 0}}, "b": sure(5)}, "a>b")
    found = compare(
        graph, [Set(section="agents", id="b", values={"estimate": {"seconds": 2, "slow": 2, "fails": 0}})], runs=50
    )
    each = {round(b.seconds - a.seconds, 6) for a, b in zip(found.before.runs, found.after.runs, strict=True)}
    assert each == {-3.0}
    assert found.seconds == pytest.approx(-3.0)
    assert found.success == 0


def test_a_fallback_raises_the_chance_of_success() -> None:
    graph = drawn({"a": sure(fails=0.5), "b": sure()}, "a>b")
    graph.agents["a"] = graph.agents["a"].model_copy(update={"retry": None})  # type: ignore[index]
    stand_in = drawn(
        {"a": sure(fails=0.5), "b": sure(), "s": sure()},
        "a>b",
        {"id": "f", "source": "a", "target": "s", "on": "failure"},
    )
    assert simulate(stand_in, runs=FEW).success == 1.0
    assert simulate(graph, runs=FEW).success < 1.0


def test_copies_of_a_dynamic_agent_are_as_many_as_its_list_has_pieces() -> None:
    graph = drawn({"a": sure(1, items=4), "b": {**sure(1, cost=1), "dynamic": True}}, "a>b")
    assert simulate(graph, runs=1).costs == [4.0]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.quartet.json")), ids=lambda path: path.name.split(".")[0])
def test_every_example_can_be_simulated_without_executing_anything(path) -> None:
    found = simulate(read(path).graph, runs=5)
    assert len(found.runs) == 5
    assert all(one.seconds >= 0 and math.isfinite(one.seconds) for one in found.runs)


def test_somebody_who_does_not_want_to_wait_stops_it() -> None:
    with pytest.raises(Stopped):
        simulate(drawn({"a": sure()}), runs=1000, told=lambda done: done < 3)


def test_what_cannot_even_be_rehearsed_is_refused_with_the_reason() -> None:
    with pytest.raises(Refused):
        simulate(drawn({"a": sure(), "b": sure()}, "a>b", "b>a"), runs=1)


def test_nothing_of_the_drawing_is_changed() -> None:
    graph = read(EXAMPLES / "newsroom.quartet.json").graph
    before = graph.model_copy(deep=True)
    playable(graph)
    simulate(graph, runs=1)
    assert graph == before


def test_a_loop_goes_round_as_often_as_is_expected_and_is_not_taken_for_one_that_gets_nowhere() -> None:
    back = {"id": "back", "source": "b", "target": "a", "loop": True, "when": "value == 'no'", "chance": 0.7}
    found = simulate(drawn({"a": sure(1), "b": sure(1)}, "a>b", back), runs=FEW)
    assert found.success == 1
    passes = [one.seconds / 2 for one in found.runs]
    assert sum(passes) / FEW == pytest.approx(1 / 0.3, rel=0.15)
    assert max(passes) > 8


def test_a_task_that_is_handed_to_and_fro_comes_to_an_end() -> None:
    there, back = (
        {"id": way, "source": way[0], "target": way[1], "kind": "handoff"} for way in ("ab", "ba")
    )  # fmt: skip
    peers = {id: {"kind": "llm", "handover": {"max_hops": 100}, **sure(1)} for id in "ab"}
    found = simulate(drawn(peers, there, back), runs=FEW)
    assert found.success == 1
    assert max(found.seconds) > 4


def nested(**inner: dict[str, object]) -> Graph:
    """Two agents, of whom the second stands for a sub-graph with these agents, one after the other."""
    ids = list(inner)
    graph = drawn({"a": sure(1), "r": {"kind": "graph", "config": {"graph": "g"}}}, "a>r")
    graph.graphs["g"] = drawn(inner, *(f"{one}>{other}" for one, other in pairwise(ids)))
    return graph


def test_what_stands_for_a_sub_graph_takes_costs_and_fails_as_the_sub_graph_does() -> None:
    once = {"retry": {"max_attempts": 1}}
    found = simulate(nested(x=sure(2, cost=3), y={**sure(4, cost=1, fails=0.4), **once}), runs=FEW)
    assert {one.seconds for one in found.runs} == {7.0}
    assert set(found.costs) == {4.0}
    low, high = found.success_range
    assert low < 0.6 < high
    assert found.critical == {"a": 1.0, "r": 1.0}
    assert (found.busy["r"], found.busy["r/x"], found.busy["r/y"]) == (6.0, 2.0, 4.0)  # type: ignore[index]
    assert set(found.blamed) == {"r"}


def test_copies_of_a_sub_graph_have_each_their_own_luck() -> None:
    graph = nested(x={"estimate": {"seconds": 10, "slow": 30, "fails": 0, "cost": 1}})
    graph.agents["a"] = Agent.model_validate({"id": "a", "kind": "http", "name": "a", **sure(1, items=4)})
    graph.agents["r"] = graph.agents["r"].model_copy(update={"dynamic": True})
    found = simulate(graph, runs=FEW)
    assert set(found.costs) == {4.0}
    assert quantile(found.seconds, 0.5) > 1 + 15  # the slowest of four is waited for


# worked out by hand


def flaky(fails: float, **more: object) -> dict[str, object]:
    """Takes a second, and fails that often; tried once."""
    return {**sure(1, fails=fails, cost=1), "retry": {"max_attempts": 1}, **more}


def near(share: float, runs: int = FEW) -> object:
    """As near as a share of so many runs is, nearly always."""
    return pytest.approx(share, abs=3.5 * math.sqrt(share * (1 - share) / runs))


def test_a_second_attempt_waits_takes_its_time_and_costs_again() -> None:
    retry = {"max_attempts": 2, "initial_interval": 10, "jitter": 0}
    found = simulate(drawn({"a": flaky(0.5, retry=retry)}), runs=FEW)
    assert {one.seconds for one in found.runs} == {1.0, 12.0}
    assert found.success == near(0.75)
    assert found.mean_cost == pytest.approx(1.5, abs=0.1)
    assert sum(one.seconds for one in found.runs) / FEW == pytest.approx(1 * 0.5 + 12 * 0.5, abs=1)


def test_a_pipeline_succeeds_if_all_of_its_steps_do() -> None:
    found = simulate(drawn({"a": flaky(0.2), "b": flaky(0.3), "c": flaky(0.1)}, "a>b", "b>c"), runs=FEW)
    assert found.success == near(0.8 * 0.7 * 0.9)
    assert found.blamed["a"] == near(0.2)  # type: ignore[index]
    assert found.blamed["b"] == near(0.8 * 0.3)  # type: ignore[index]
    assert found.mean_cost == pytest.approx(1 + 0.8 + 0.8 * 0.7, abs=0.15)


@pytest.mark.parametrize(("mode", "share"), [("all", 0.7 * 0.7), ("any", 1 - 0.3 * 0.3)])
def test_a_collector_waits_for_all_of_its_branches_or_is_content_with_one(mode: str, share: float) -> None:
    agents = {"t": sure(1), "a": flaky(0.3), "b": flaky(0.3), "c": {"kind": "collector", "join": {"mode": mode}}}
    found = simulate(drawn(agents, "t>a", "t>b", "a>c", "b>c"), runs=FEW)
    assert found.success == near(share)
    assert {one.seconds for one in found.runs if one.succeeded} == {2.0}


def test_a_supervisor_restarts_as_often_as_it_may() -> None:
    over = {"kind": "supervisor", "oversight": {"max_restarts": 2, "on_error": [{"do": "restart"}]}}
    edges: list[dict[str, object]] = [{"id": "sa", "source": "s", "target": "a", "kind": "supervise"}]
    found = simulate(drawn({"s": over, "a": flaky(0.5)}, *edges), runs=FEW)
    assert found.success == near(1 - 0.5**3)
    assert {one.cost for one in found.runs} == {1.0, 2.0, 3.0}
    assert {one.seconds for one in found.runs if one.cost == 1} == {1.0}
    assert all(one.cost <= one.seconds < one.cost + 4 for one in found.runs), "a restart may wait a little"
    assert found.critical == {"a": 1.0}


def test_ten_times_the_luck_is_nearer_to_the_truth_and_the_interval_says_so() -> None:
    graph = drawn({"a": flaky(0.5)})
    (low, high), (lower, higher) = simulate(graph, runs=40).success_range, simulate(graph, runs=400).success_range
    assert low < 0.5 < high
    assert lower < 0.5 < higher
    assert high - low > 2.5 * (higher - lower)


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0.0%"), (0.0004, "under 0.1%"), (0.001, "0.1%"), (0.5, "50.0%"), (0.9997, "over 99.9%"), (1, "100.0%")],
)
def test_all_and_none_are_said_only_if_it_is_so(share: float, words: str) -> None:
    assert percent(share) == words
