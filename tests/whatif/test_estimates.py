"""What is expected of an agent: stated before measured before assumed."""

import math
from pathlib import Path
from random import Random

import pytest

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.engine import run
from quartet.engine.clock import VirtualClock
from quartet.engine.rehearsal import RehearsalExecutor
from quartet.graph.model import Agent, Edge, Estimate, Graph
from quartet.whatif.estimates import Measured, estimates, measure


def graph(**agents: Agent) -> Graph:
    return Graph(agents=agents)  # type: ignore[arg-type]


def agent(id: str = "a", kind: str = "http", **fields: object) -> Agent:
    return Agent.model_validate({"id": id, "kind": kind, "name": id.upper(), **fields})


SEEN = Measured((1.0, 2.0, 3.0, 4.0), 1, 0.5)


def test_without_anything_said_it_is_as_its_kind_usually_is() -> None:
    found = estimates(graph(a=agent()))["a"]  # type: ignore[index]
    assert (found.seconds, found.slow, found.fails, found.basis) == (1.0, 5.0, 0.03, "assumed")


def test_what_was_measured_wins_over_what_is_usual() -> None:
    found = estimates(graph(a=agent()), {"a": SEEN})["a"]  # type: ignore[index, dict-item]
    assert found.seconds == 2.5
    assert found.slow == pytest.approx(3.7)
    assert found.fails == pytest.approx(1.5 / 6)
    assert found.cost == pytest.approx(0.1)
    assert (found.basis, found.samples) == ("measured", 5)


def test_what_is_stated_wins_field_by_field() -> None:
    a = agent(estimate={"fails": 0.5})
    found = estimates(graph(a=a), {"a": SEEN})["a"]  # type: ignore[index, dict-item]
    assert (found.fails, found.seconds, found.basis) == (0.5, 2.5, "stated")


def test_a_time_that_is_stated_alone_keeps_the_usual_spread() -> None:
    found = estimates(graph(a=agent(estimate={"seconds": 10})))["a"]  # type: ignore[index]
    assert (found.seconds, found.slow) == (10, 50)


def test_two_or_three_measurements_are_not_believed_over_nothing() -> None:
    few = Measured((100.0,), 0, 0.0)
    assert estimates(graph(a=agent()), {"a": few})["a"].basis == "assumed"  # type: ignore[index, dict-item]


def test_a_known_model_costs_by_the_price_table() -> None:
    known = agent(kind="llm", config={"model": "gpt-5-mini"})
    strange = agent("b", kind="llm", config={"model": "nobody-knows"})
    found = estimates(graph(a=known, b=strange))
    assert found["a"].cost > 0  # type: ignore[index]
    assert found["b"].cost == 0  # type: ignore[index]


def test_rarely_more_than_may_not_be_less_than_usually() -> None:
    with pytest.raises(ValueError, match="less than what it takes"):
        Estimate(seconds=5, slow=1)


async def test_kept_runs_are_measured_and_rehearsals_are_not(tmp_path: Path) -> None:
    drawn = Graph(
        agents={
            "a": agent("a", "template", config={"text": "x"}),  # type: ignore[dict-item]
            "b": agent("b", "template", config={"text": "{{ 1 / 0 }}"}),  # type: ignore[dict-item]
        },
        edges={"e": Edge(id="e", source="a", target="b")},  # type: ignore[arg-type, dict-item]
    )
    for name, rehearse in (("real.run", False), ("play.run", True)):
        async with run(drawn, journal=tmp_path / name, rehearse=rehearse) as running:
            await running.result()
    (tmp_path / "no.run").write_bytes(b"nothing")
    found = measure([tmp_path / "real.run", tmp_path / "play.run", tmp_path / "no.run"])
    assert len(found["a"].seconds) == 1  # type: ignore[index]
    assert (found["b"].seconds, found["b"].failed) == ((), 1)  # type: ignore[index]


def test_each_number_says_what_it_rests_on() -> None:
    a = agent(estimate={"fails": 0.5})
    assert estimates(graph(a=a), {"a": SEEN})["a"].bases == {  # type: ignore[index, dict-item]
        "seconds": "measured", "slow": "measured", "fails": "stated", "cost": "measured", "items": "assumed",
    }  # fmt: skip


def test_from_many_measurements_times_are_drawn_as_they_were_not_from_a_curve_through_two_of_them() -> None:
    two_humps = tuple(sorted([1.0] * 30 + [100.0] * 30))
    found = estimates(graph(a=agent()), {"a": Measured(two_humps, 0, 0.0)})["a"]  # type: ignore[index, dict-item]
    luck = Random(1)
    drawn = [found.drawn(luck)[1] for _ in range(400)]
    assert sum(seconds == 1.0 for seconds in drawn) == pytest.approx(200, abs=40)
    assert sum(seconds == 100.0 for seconds in drawn) == pytest.approx(200, abs=40), "hardly any between the two"


def test_what_is_stated_counts_for_times_that_were_measured_often_too() -> None:
    seen = {"a": Measured((1.0,) * 50, 0, 0.0)}
    found = estimates(graph(a=agent(estimate={"seconds": 9, "slow": 9})), seen)["a"]  # type: ignore[index, arg-type]
    assert found.drawn(Random(1))[1] == 9


def test_a_measured_attempt_whose_time_was_over_never_ends_by_itself_and_others_fail_when_they_did() -> None:
    seen = {"a": Measured((5.0,) * 3, 97, 0.0, (*(0.5,) * 60, *(math.inf,) * 37))}
    found = estimates(graph(a=agent()), seen)["a"]  # type: ignore[index, arg-type]
    luck = Random(1)
    ends = [seconds for fails, seconds in (found.drawn(luck) for _ in range(1000)) if fails]
    assert set(ends) == {0.5, None}
    assert ends.count(None) / len(ends) == pytest.approx(0.37, abs=0.06)


async def test_a_managers_time_is_its_own_not_its_workers(tmp_path: Path) -> None:
    """Measured in a rehearsal that is taken for a run: its clock is virtual, its times are known."""
    script = [{"calls": [{"tool": "delegate_to_w"}], "after": 2, "returns": 1}]
    drawn = Graph(
        agents={
            "m": agent("m", "llm", config={"model": "test"}, rehearsal=script),  # type: ignore[dict-item]
            "w": agent("w", "template", config={"text": "x"}, rehearsal=[{"after": 30}]),  # type: ignore[dict-item]
        },
        edges={"e": Edge(id="e", source="m", target="w", kind="supervise")},  # type: ignore[arg-type, dict-item]
    )
    clock = VirtualClock()
    executor = RehearsalExecutor(drawn, clock)
    async with run(drawn, journal=tmp_path / "a.run", clock=clock, executor=executor) as running:
        assert (await running.result()).status == "succeeded"
    found = measure([tmp_path / "a.run"])
    assert (found["m"].seconds, found["w"].seconds) == ((2.0,), (30.0,))  # type: ignore[index]
