"""What a simulation says is what can be worked out without it: by hand, or by rolling dice a few lines long."""

import math
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import pytest

from quartet.graph.model import OTHERWISE, Graph
from quartet.whatif.simulate import Outcome, simulate
from whatif.small_drawings import agent, drawing, retried, way

RUNS = 300
SURE = 4.0
"""So many standard errors a simulated number may be off; the luck is the same every time."""


COLLECTOR = {"kind": "collector"}
WATCHES = {"kind": "supervisor"}


class Case(NamedTuple):
    graph: Graph
    seconds: float | None = None
    """The mean."""
    success: float = 1.0
    cost: float | None = None
    path: str | None = None
    """Whom every run waits for, in the order of the alphabet."""
    always: bool = False
    """Every run takes just so long and costs just so much."""


def mean_of_log_normal(seconds: float, slow: float) -> float:
    return seconds * math.exp((math.log(slow / seconds) / 1.2816) ** 2 / 2)


def joined(mode: str, **more: Any) -> Graph:
    """Three steps of 5, 2 and 3 s behind one, joined in one way, and a last step."""
    steps = {"a": agent(5), "b": agent(2), "c": agent(3), "j": {**COLLECTOR, "join": {"mode": mode, **more}}}
    return drawing({"t": agent(), **steps, "z": agent()}, "t>a", "t>b", "t>c", "a>j", "b>j", "c>j", "j>z")


def unsure(mode: str, n: int | None = None) -> Graph:
    """Three steps that fail four times in ten, joined."""
    join = {"mode": mode, **({"n": n} if n else {})}
    steps = {id: agent(fails=0.4) for id in "abc"}
    return drawing({"t": agent(), **steps, "j": {**COLLECTOR, "join": join}}, "t>a", "t>b", "t>c", "a>j", "b>j", "c>j")


def looped(limit: int | None = None, **more: Any) -> Graph:
    """a → b, and back half of the time."""
    stated = {"max_iterations": limit} if limit else {}
    return drawing(
        {"a": agent(cost=1), "b": agent(0), "c": agent()},
        "a>b", way("b>a", 0.5, loop=True, **stated, **more), way("b>c", when=OTHERWISE),
    )  # fmt: skip


def inside(dynamic: bool = False) -> Graph:
    """A step, and a sub-graph of two steps, of which the second fails one time in five."""
    graph = drawing({"a": agent(items=3), "r": {"kind": "graph", "config": {"graph": "g"}, "dynamic": dynamic}}, "a>r")
    graph.graphs["g"] = drawing({"x": agent(2, cost=1), "y": agent(4, fails=0.2, cost=2)}, "x>y")
    return graph


CASES: dict[str, Case] = {
    "a chain": Case(drawing({"a": agent(1, cost=1), "b": agent(2, cost=2)}, "a>b"), 3, 1, 3, "ab", True),
    "a spread": Case(drawing({"a": agent(10, 20)}), mean_of_log_normal(10, 20), path="a"),
    "a chain that fails": Case(
        drawing({"a": agent(fails=0.2, cost=1), "b": agent(fails=0.5, cost=1)}, "a>b"),
        1 + 0.8, 0.8 * 0.5, 1 + 0.8,
    ),
    "retries with growing pauses": Case(
        drawing({"a": agent(1, fails=0.5, cost=1) | {"retry": retried(3, 2, 3)}}),
        0.5 * 1 + 0.25 * (2 + 2) + 0.25 * (3 + 2 + 6), 1 - 0.5**3, 1 + 0.5 + 0.25, "a",
    ),
    "a time limit and a stand-in": Case(
        drawing({"a": agent(30, limits={"start_to_close": 4}), "s": agent(2, cost=1), "b": agent()}, "a>b",
                {"source": "a", "target": "s", "on": "timeout"}),
        4 + 2 + 1, 1, 1, "abs", True,
    ),
    "a time limit on a spread": Case(  # the limit is nine tenths; three attempts
        drawing({"a": agent(2, 6, limits={"start_to_close": 6}) | {"retry": retried(3)}}), None, 1 - 0.1**3,
    ),
    "a stand-in that fails too": Case(
        drawing({"a": agent(fails=0.5), "s": agent(3, fails=0.5, cost=1)},
                {"source": "a", "target": "s", "on": "failure"}),
        1 + 0.5 * 3, 1 - 0.25, 0.5,
    ),
    "a detour": Case(
        drawing({"a": agent(3, fails=1), "s": agent(2), "b": agent(50), "c": agent(7)}, "a>b", "s>c",
                {"source": "a", "target": "s", "on": "failure"}),
        3 + 2 + 7, 1, 0, "acs", True,
    ),
    "too late in all": Case(  # a second attempt after the pause would not fit
        drawing({"a": agent(3, fails=0.5, limits={"schedule_to_close": 6}) | {"retry": retried(3, 10)}}), 3, 0.5,
    ),
    "all": Case(joined("all"), 1 + 5 + 1, path="atz", always=True),
    "any": Case(joined("any"), 1 + 2 + 1, path="btz", always=True),
    "quorum": Case(joined("quorum"), 1 + 3 + 1, path="ctz", always=True),
    "any, and the rest runs on": Case(joined("any", on_win="let_run"), 1 + 5, path="at", always=True),
    "unsure all": Case(unsure("all"), success=0.6**3),
    "unsure any": Case(unsure("any"), success=1 - 0.4**3),
    "unsure quorum": Case(unsure("quorum"), success=0.6**3 + 3 * 0.6**2 * 0.4),
    "unsure two of three": Case(unsure("n_of_m", 2), success=0.6**3 + 3 * 0.6**2 * 0.4),
    "one place": Case(
        drawing({"t": agent(), "a": agent(5), "b": agent(2), "c": agent()}, "t>a", "t>b", "t>c",
                limits={"max_concurrency": 1}),
        1 + 5 + 2 + 1, path="abct", always=True,
    ),
    "two places": Case(
        drawing({"t": agent(), "a": agent(5), "b": agent(2), "c": agent(4)}, "t>a", "t>b", "t>c",
                limits={"max_concurrency": 2}),
        1 + 2 + 4, path="bct", always=True,
    ),
    "people hold no place and have no limit": Case(
        drawing({"a": agent(1000, kind="human"), "b": agent(1000, kind="human")}, limits={"max_concurrency": 1}),
        1000, path="b", always=True,
    ),
    "a person who decides": Case(
        drawing({"h": agent(10, kind="human"), "x": agent(20), "y": agent(0)},
                way("h>x", 0.25, "value == 'yes'"), way("h>y", None, "value == 'no'")),
        10 + 0.25 * 20,
    ),
    "a router": Case(
        drawing({"a": agent(0), "x": agent(10, cost=1), "y": agent(20, cost=2)}, way("a>x", 0.2), way("a>y", None)),
        0.2 * 10 + 0.8 * 20, 1, 0.2 * 1 + 0.8 * 2,
    ),
    "ways that go together": Case(
        drawing({"a": agent(0), "x": agent(10, cost=1), "y": agent(20, cost=2)}, way("a>x", 0.7), way("a>y", 0.8)),
        0.8 * 20 + 0.2 * 10, 1, 0.7 * 1 + 0.8 * 2,
    ),
    "a collector that decides": Case(
        drawing({"a": agent(1), "b": agent(2), "j": COLLECTOR, "x": agent(10), "y": agent(0)}, "a>j", "b>j",
                way("j>x", 0.2), way("j>y", when=OTHERWISE)),
        2 + 0.2 * 10,
    ),
    "a way to as many as there are pieces": Case(
        drawing({"a": agent(items=4), "d": agent(2, cost=1, dynamic=True), "y": agent(0)}, way("a>d", 0.5),
                way("a>y", when=OTHERWISE)),
        1 + 0.5 * 2, 1, 0.5 * 4,
    ),
    "a loop": Case(looped(), 2 + 1, 1, 2),
    "a loop with a limit": Case(looped(3), None, 1 - 0.5**4, 1 + 0.5 + 0.25 + 0.125),
    "a loop whose last pass counts": Case(looped(3, on_limit="emit_last"), 1.875 + 1, 1, 1.875),
    "copies": Case(
        drawing({"a": agent(items=4), "d": agent(3, fails=0.1, cost=1, dynamic=True)}, "a>d"), 4, 0.9**4, 4,
    ),
    "copies in two places": Case(
        drawing({"a": agent(items=5), "d": agent(3, dynamic=True)}, "a>d", limits={"max_concurrency": 2}),
        1 + 3 * 3, path="ad", always=True,
    ),
    "a sub-graph": Case(inside(), 7, 0.8, 3, "ar"),
    "copies of a sub-graph": Case(inside(True), 7, 0.8**3, 9),
    "a supervisor that restarts": Case(
        drawing({"s": {**WATCHES, "oversight": {"max_restarts": 2}}, "a": agent(fails=0.5, cost=1)}, "s^a"),
        None, 1 - 0.5**3, 1 + 0.5 + 0.25, "a",
    ),
    "one for all": Case(  # b fails once at most; a, which takes longer, begins anew with it
        drawing({"s": {**WATCHES, "oversight": {"max_restarts": 1, "strategy": "one_for_all"}},
                 "a": agent(4, cost=1), "b": agent(1, fails=0.5)}, "s^a", "s^b"),
        None, 1 - 0.25, 1 + 0.5,
    ),
    "work given to another": Case(
        drawing({"s": {**WATCHES, "oversight": {"on_error": [{"do": "reassign"}]}}, "t": agent(),
                 "a": agent(1, fails=1), "b": agent(2)}, "s^a", "s^b", "t>a"),
        None, 1,
    ),
    "a pool": Case(
        drawing({"t": agent(items=4), "s": {**WATCHES, "oversight": {"dispatch": "pool"}}, "a": agent(3, cost=1),
                 "b": agent(3, cost=1)}, "t>s", "s^a", "s^b"),
        1 + 2 * 3, 1, 4, always=True,
    ),
    "a broadcast": Case(
        drawing({"s": {**WATCHES, "oversight": {"dispatch": "broadcast"}}, "a": agent(5), "b": agent(2), "c": agent()},
                "s^a", "s^b", "s>c"),
        5 + 1, path="ac", always=True,
    ),
    "a manager": Case(
        drawing({"m": agent(1, kind="llm", cost=1), "a": agent(5), "b": agent(2), "c": agent()}, "m^a", "m^b", "m>c"),
        1 + 5 + 1, 1, 1, "acm", True,
    ),
    "a board": Case(
        drawing({"t": agent(items=4), "b": {"kind": "board"}, "p": agent(3), "q": agent(3)}, "t>b", "p-b", "q-b"),
        1 + 2 * 3, path="qt", always=True,
    ),
    "a swarm": Case(  # whoever has the task hands it over four times in ten
        drawing({"a": agent(1, kind="llm", handover={"max_hops": 100}),
                 "b": agent(1, kind="llm", handover={"max_hops": 100})}, "a~b", "b~a"),
        1 / 0.6,
    ),
    "a swarm with few hops": Case(
        drawing({"a": agent(1, kind="llm", handover={"max_hops": 2}), "b": agent(1, kind="llm")}, "a~b", "b~a"),
        1 + 0.4 + 0.16, 1 - 0.4**3,
    ),
    "too little money": Case(
        drawing({"a": agent(cost=2), "b": agent(cost=2)}, "a>b", limits={"max_cost": 3}), None, 0, None, "ab",
    ),
    "too little time": Case(
        drawing({"a": agent(1), "b": agent(10)}, "a>b", limits={"deadline": 5}), 5, 0, path="ab", always=True,
    ),
    "an answer that does not come in time": Case(
        drawing({"a": agent(5), "b": agent(50), "j": {**COLLECTOR, "join": {
            "mode": "all", "timeout": 10, "on_timeout": "proceed"}}, "z": agent()}, "a>j", "b>j", "j>z"),
        5 + 10 + 1, path="az", always=True,
    ),
}  # fmt: skip


def nearly(values: list[float], mean: float) -> bool:
    """Whether the mean of the values is what it ought to be, as far as so many can tell."""
    found = sum(values) / len(values)
    error = math.sqrt(sum((value - found) ** 2 for value in values) / len(values) ** 2)
    return abs(found - mean) <= SURE * error + 1e-6 + 0.02 * abs(mean) * (error > 0)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_is_simulated_is_what_was_worked_out(case: Case) -> None:
    found = simulate(case.graph, runs=3 if case.always else RUNS)
    error = math.sqrt(case.success * (1 - case.success) / len(found.runs))
    assert abs(found.success - case.success) <= SURE * error + 1e-9
    if case.seconds is not None:
        assert nearly(found.seconds, case.seconds), f"{sum(found.seconds) / len(found.runs)}, not {case.seconds}"
    if case.cost is not None:
        assert nearly(found.costs, case.cost), f"{found.mean_cost}, not {case.cost}"
    if case.path is not None:
        assert "".join(sorted(id for id, share in found.critical.items() if share == 1)) == case.path


def test_a_net_takes_what_dice_say_that_know_nothing_of_the_engine() -> None:
    """Two branches of unsure length meet; one of them is tried three times, and a loop goes round."""
    graph = drawing(
        {"t": agent(1, 2), "a": agent(3, 9, 0.3) | {"retry": retried(3, 1, 2)}, "b": agent(4, 6), "j": COLLECTOR,
         "z": agent(1, 1.5)},
        "t>a", "t>b", "a>j", "b>j", "j>z", way("z>z", 0.4, loop=True, max_iterations=100),
    )  # fmt: skip
    luck = Random(7)

    def time(seconds: float, slow: float) -> float:
        return seconds * math.exp(math.log(slow / seconds) / 1.2816 * luck.gauss(0, 1))

    def one() -> tuple[float, bool]:
        begun = time(1, 2)
        a, good = 0.0, False
        for pause in (0.0, 1.0, 2.0):
            a += pause + time(3, 9)
            good = luck.random() >= 0.3
            if good:
                break
        b = time(4, 6)
        seconds = begun + max(a, b)
        if good:
            seconds += time(1, 1.5)
            while luck.random() < 0.4:
                seconds += time(1, 1.5)
        return seconds, good

    rolled = [one() for _ in range(20_000)]
    found = simulate(graph, runs=RUNS)
    assert nearly(found.seconds, sum(seconds for seconds, _ in rolled) / len(rolled))
    low, high = found.success_range
    assert low <= sum(good for _, good in rolled) / len(rolled) <= high
    both = [share_below([s for s, _ in rolled], value) - share_below(found.seconds, value) for value in range(4, 40)]
    assert max(map(abs, both)) < 1.9 / math.sqrt(RUNS), "as far apart as two samples of one distribution are"


def share_below(values: list[float], value: float) -> float:
    return sum(one < value for one in values) / len(values)


def covered(graph: Graph, truth: float, of: Callable[[Outcome], tuple[float, float]], times: int = 60) -> int:
    """In how many of so many simulations with other luck the range holds the truth."""
    ranges = [of(simulate(graph, runs=60, seed=seed)) for seed in range(1, times + 1)]
    return sum(low <= truth <= high for low, high in ranges)


def test_a_range_that_is_said_to_be_sure_at_95_per_cent_is_wrong_now_and_then_and_not_more() -> None:
    assert 53 <= covered(drawing({"a": agent(fails=0.3)}), 0.7, lambda found: found.success_range) <= 60
