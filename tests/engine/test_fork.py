"""Forks: what was answered is given again where it was called the same, the rest is executed."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enduring import Trials
from engine.drawing import CALM, ONCE, draw
from engine.forks import carry, executed, forked, letters, recorded, reused, writing
from engine.journals import random_run, record, tamper
from quartet.engine import ForkError, Refused, fork, resume, run
from quartet.engine.fork import Part, prepare, reusing_again
from quartet.engine.journal import Recorded
from quartet.graph import files
from quartet.graph.model import Agent, Edge, Graph
from quartet.paths import EXAMPLES

CALLS = {"calls": [{"tool": "delegate_to_w", "arguments": {"task": "t"}}], "returns": "M"}
SHAPES = {
    "pipeline": draw("a -> b -> c"),
    "fan-out": draw("a -> b,, a -> c,, b -> J,, c -> J,, J -> z"),
    "retries": draw("a -> b", a={"rehearsal": [{"fails": "no"}, {"returns": 1}], "retry": CALM}),
    "loop": draw("a -> b,, b -> a [loop; when=visit < 3],, b -> c [when=otherwise]"),
    "copies": draw("a -> b -> J", a={"rehearsal": [{"returns": [1, 2, 3]}]}, b={"dynamic": True}),
    "broadcast": draw("S =supervise> u,, S =supervise> v,, S -> z"),
    "pool": draw(
        "a -> S,, S =supervise> u,, S =supervise> v,, S -> z",
        a={"rehearsal": [{"returns": [1, 2, 3, 4]}]},
        S={"oversight": {"dispatch": "pool"}},
        u={"rehearsal": [{"returns": "slow", "after": 10}]},
        v={"rehearsal": [{"returns": "fast", "after": 1}]},
    ),
    "manager": draw("m =supervise> w,, m -> z", m={"kind": "llm", "rehearsal": [CALLS]}),
    "swarm": draw(
        "p =handoff> q,, q =handoff> p,, p -> z,, q -> y",
        p={"rehearsal": [{"hands_off": "q", "message": "you", "context": {"k": 1}}, {"returns": "P"}]},
        q={"rehearsal": [{"hands_off": "p", "message": "no, you"}]},
    ),
    "board": draw(
        "a -> B,, p =share> B,, q =share> B,, B -> z",
        a={"rehearsal": [{"returns": ["x", "y", "z"]}]},
        p={"rehearsal": [{"returns": "P", "after": 3}]},
        q={"rehearsal": [{"returns": "Q", "after": 1}]},
    ),
    "person": draw("a -> h -> b", h={"kind": "human", "config": {"prompt": "Good?"}}),
    "race": draw(
        "a -> J,, b -> J,, J -> z",
        J={"join": {"mode": "any"}},
        a={"rehearsal": [{"returns": "A", "after": 1}]},
        b={"rehearsal": [{"returns": "B", "after": 2}]},
    ),
}


def graph_of(shape: str) -> Graph:
    return SHAPES[shape].model_copy(deep=True)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_fork_without_a_change_reuses_everything_and_ends_the_same(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    _, then = recorded(graph_of(shape), path)
    assert then.status == "succeeded"
    again = prepare(path)
    assert {part.what for part in again.parts} <= {"reused"}
    events, now = forked(again)
    assert (now.status, now.output) == (then.status, then.output)
    assert not executed(again), "nobody was called"
    assert sum(reused(again).values()) == len(again.kept)
    assert {id: agent.value for id, agent in now.agents.items()} == {id: a.value for id, a in then.agents.items()}
    assert sum(event.type == "attempt.reused" for event in events) == len(again.kept)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.name.partition(".")[0])
def test_forks_of_the_examples_call_nobody_who_had_succeeded(path: Path, tmp_path: Path) -> None:
    graph = files.read(path).graph
    _, then = recorded(graph, tmp_path / "a.run", graph.input)
    again = prepare(tmp_path / "a.run")
    _, now = forked(again)
    assert (now.status, now.output) == (then.status, then.output)
    assert sum(reused(again).values()) == len(again.kept)
    assert set(executed(again)) == {part.agent for part in again.parts if part.why == "failed"}


def test_the_event_of_a_reused_answer_names_the_run_and_the_event_it_is_from(tmp_path: Path) -> None:
    events, _ = recorded(letters("a -> b"), tmp_path / "a.run", rehearse=False)
    again = prepare(tmp_path / "a.run")
    now, _ = forked(again)
    marks = [event.data for event in now if event.type == "attempt.reused"]
    then = [event.seq for event in events if event.type == "attempt.succeeded"]
    assert marks == [{"run": again.source.header.run_id, "seq": seq} for seq in then]


# --- a change ---------------------------------------------------------------------------------------------------------


@st.composite
def dags(draw_one: st.DrawFn) -> tuple[Graph, str]:
    """A graph of templates without cycles, and one of its agents."""
    count = draw_one(st.integers(1, 7))
    ids = [chr(97 + n) for n in range(count)]
    pairs = [(a, b) for n, a in enumerate(ids) for b in ids[n + 1 :]]
    chosen = draw_one(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    graph = letters(",, ".join([*ids, *(f"{a} -> {b}" for a, b in chosen)]))
    return graph, draw_one(st.sampled_from(ids))


def behind(graph: Graph, start: str) -> set[str]:
    found, front = {start}, [start]
    while front:
        here = front.pop()
        for edge in graph.edges.values():
            if edge.source == here and edge.target not in found:
                found.add(edge.target)
                front.append(edge.target)
    return found


@given(case=dags())
def test_a_change_of_one_agent_executes_exactly_it_and_what_depends_on_it(
    case: tuple[Graph, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    graph, changed = case
    path = tmp_path_factory.mktemp("fork") / "a.run"
    recorded(graph, path, rehearse=False)
    other = graph.model_copy(deep=True)
    other.agents[changed] = other.agents[changed].model_copy(update=writing("other {{ value }}"))
    again = prepare(path, graph=other)
    _, now = forked(again)
    assert set(executed(again)) == behind(graph, changed)
    assert set(reused(again)) == set(graph.agents) - behind(graph, changed)
    # what was announced is what came: reused for certain, or behind the change
    announced = {part.agent: part.what for part in again.parts}
    assert all(announced[id] == "reused" for id in reused(again))
    assert announced[changed] == "rerun"
    assert all(announced[id] == "maybe" for id in behind(graph, changed) - {changed})
    # and the outcome is that of a run of the changed graph from its beginning
    fresh, _ = path.with_name("b.run"), None
    _, anew = recorded(other, fresh, rehearse=False)
    assert now.output == anew.output


@given(case=dags())
def test_a_stated_answer_executes_exactly_what_comes_after_it(
    case: tuple[Graph, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    graph, stated = case
    path = tmp_path_factory.mktemp("fork") / "a.run"
    recorded(graph, path, rehearse=False)
    again = prepare(path, values={stated: "stated"})
    events, now = forked(again)
    assert set(executed(again)) == behind(graph, stated) - {stated}
    assert now.agents[stated].value == "stated"
    assert [e.agent for e in events if e.type == "attempt.reused" and e.data["run"] and e.data.get("edited")] == [
        stated
    ]


def test_who_gets_the_same_again_after_a_change_is_not_executed(tmp_path: Path) -> None:
    graph = draw("a -> b -> c", a=writing("one"), b=writing("always this"), c=writing("{{ value }}!"))
    recorded(graph, tmp_path / "a.run", rehearse=False)
    again = prepare(tmp_path / "a.run", values={"a": "two"})
    _, now = forked(again)
    assert dict(executed(again)) == {"b": 1}
    assert dict(reused(again)) == {"c": 1}
    assert now.output == "always this!"


def test_another_input_executes_who_sees_it_and_nobody_else(tmp_path: Path) -> None:
    graph = draw(
        "a -> c,, b -> d", a=writing("no input here"), b=writing("{{ input }}"), c=writing("{{ value }} {{ input }}"),
        d=writing("{{ value }}."),
    )  # fmt: skip
    graph.agents["e"] = Agent(id="e", kind="template", name="E", config={"text": "{{ value }}"})
    graph.edges["a-e"] = Edge(id="a-e", source="a", target="e")
    recorded(graph, tmp_path / "a.run", "then", rehearse=False)
    again = prepare(tmp_path / "a.run", input="now")
    _, now = forked(again)
    # a gets the input as its value, so it was called with something else, though it does not look at it
    assert set(executed(again)) == {"a", "b", "c", "d"}
    assert set(reused(again)) == {"e"}
    assert now.output == {"c": "no input here now", "d": "now.", "e": "no input here"}
    assert {part.agent: part.why for part in again.parts} == {
        "a": "input", "b": "input", "c": "input", "d": "behind", "e": "behind",
    }  # fmt: skip


def test_a_new_agent_and_one_that_gets_its_input_from_elsewhere_are_executed(tmp_path: Path) -> None:
    graph = letters("a -> c,, b")
    recorded(graph, tmp_path / "a.run", rehearse=False)
    other = letters("a -> d -> c,, b")
    again = prepare(tmp_path / "a.run", graph=other)
    assert [(p.agent, p.what, p.why) for p in again.parts] == [
        ("a", "reused", ""), ("d", "rerun", "new"), ("c", "rerun", "changed"), ("b", "reused", ""),
    ]  # fmt: skip
    _, now = forked(again)
    assert set(executed(again)) == {"d", "c"}
    assert now.output == {"c": "inadc", "b": "inb"}


def test_a_new_name_and_another_place_change_nothing(tmp_path: Path) -> None:
    graph = letters("a -> b")
    recorded(graph, tmp_path / "a.run", rehearse=False)
    other = graph.model_copy(deep=True)
    other.agents["a"] = other.agents["a"].model_copy(update={"name": "Another"})
    other.positions = {"a": (100.0, 50.0)}
    again = prepare(tmp_path / "a.run", graph=other)
    forked(again)
    assert not executed(again)


# --- from which event -------------------------------------------------------------------------------------------------


def test_only_what_was_answered_by_the_event_is_kept(tmp_path: Path) -> None:
    events, then = recorded(letters("a -> b -> c"), tmp_path / "a.run", rehearse=False)
    for n, event in enumerate(events, 1):
        by_then = {e.agent for e in events[:n] if e.type == "attempt.succeeded"}
        again = prepare(tmp_path / "a.run", at=event.seq)
        assert {one.call.agent for one in again.kept} == by_then
        assert {p.agent for p in again.parts if p.why == "later"} == {"a", "b", "c"} - by_then
        _, now = forked(again)
        assert (set(reused(again)), set(executed(again))) == (by_then, {"a", "b", "c"} - by_then)
        assert now.output == then.output


def test_a_rehearsal_goes_on_in_its_scripts_where_the_kept_answers_end(tmp_path: Path) -> None:
    script = {"rehearsal": [{"returns": n} for n in (1, 2, 3)]}
    graph = draw("a,, a -> a [loop; when=value < 3]", a=script)
    events, then = recorded(graph, tmp_path / "a.run")
    assert then.output == 3
    second = [event.seq for event in events if event.type == "attempt.succeeded"][1]
    again = prepare(tmp_path / "a.run", at=second)
    _, now = forked(again)
    assert (dict(reused(again)), dict(executed(again))) == ({"a": 2}, {"a": 1})
    assert now.output == 3


def test_a_visit_is_chosen_by_its_number(tmp_path: Path) -> None:
    graph = draw("a,, a -> a [loop; when=visit < 4]", a=writing("{{ value }}{{ string(visit) }}"))
    _, then = recorded(graph, tmp_path / "a.run", "", rehearse=False)
    assert then.output == "1234"
    _, now = forked(prepare(tmp_path / "a.run", values={"a#2": "x"}))
    assert now.output == "x34"
    latest = prepare(tmp_path / "a.run", values={"A": "y"})
    assert latest.values == {("a", 4): "y"}
    assert forked(latest)[1].output == "y"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"at": 0}, "events 1 to"),
        ({"at": 99}, "there is no event 99"),
        ({"values": {"nobody": 1}}, "There is no agent “nobody” in the graph; there are a, b, J"),
        ({"values": {"J": 1}}, "“J” executes nothing itself"),
        ({"values": {"b": 1}}, "say which of them: b#2 to b#4"),
    ],
)
def test_what_does_not_fit_the_run_is_refused_with_the_way_out(
    arguments: dict[str, Any], said: str, tmp_path: Path
) -> None:
    recorded(SHAPES["copies"], tmp_path / "a.run")
    with pytest.raises(ForkError, match=said):
        prepare(tmp_path / "a.run", **arguments)


# --- failures, races, people ------------------------------------------------------------------------------------------


def test_who_had_failed_is_executed_again_and_may_succeed_now(tmp_path: Path) -> None:
    graph = draw("a -> b -> c", a=writing("A"), b=writing("{{ value.nothing }}"), c=writing("{{ value }}!"))
    _, then = recorded(graph, tmp_path / "a.run", rehearse=False)
    assert then.status == "failed"
    mended = graph.model_copy(deep=True)
    mended.agents["b"] = mended.agents["b"].model_copy(update=writing("{{ value }}B"))
    again = prepare(tmp_path / "a.run", graph=mended)
    assert again.parts[:2] == [Part("a", "reused", 1, ""), Part("b", "rerun", 0, "changed")]
    _, now = forked(again)
    assert (now.output, dict(reused(again))) == ("AB!", {"a": 1})


def test_who_had_lost_a_race_is_not_begun_again(tmp_path: Path) -> None:
    graph = draw(
        "a -> J,, b -> J", a=writing("A"), b={"kind": "human", "config": {"prompt": "?"}}, J={"join": {"mode": "any"}}
    )
    recorded(graph, tmp_path / "a.run", rehearse=False)
    again = prepare(tmp_path / "a.run")
    events, now = forked(again)
    assert now.output == ["A"]
    assert not executed(again)
    assert [event.type for event in events if event.agent == "b" and event.type.startswith("attempt.")] == [
        "attempt.started", "attempt.cancelled",
    ]  # fmt: skip


def test_a_person_is_not_asked_again_unless_something_else_is_asked(tmp_path: Path) -> None:
    graph = draw("a -> h -> b", a=writing("draft"), h={"kind": "human", "config": {"prompt": "Good: {{ value }}?"}},
                 b=writing("said {{ value }}"))  # fmt: skip
    _, then = recorded(graph, tmp_path / "a.run", rehearse=False, answers={"h": "yes"})
    assert then.output == "said yes"
    again = prepare(tmp_path / "a.run")
    _, now = forked(again)
    assert (now.output, dict(executed(again))) == ("said yes", {})
    other = prepare(tmp_path / "a.run", values={"a": "another draft"})
    _, asked = forked(other, {"h": "no"})
    assert asked.output == "said no"


def test_an_agent_that_is_not_safe_to_run_twice_is_named_if_it_would_be(tmp_path: Path) -> None:
    once = {"config": {"text": "sent {{ value }}"}, "repeatable": False}
    graph = draw("a -> mail -> b,, c", a=writing("A"), mail=once, b=writing("B"), c={**once, "retry": ONCE})
    events, _ = recorded(graph, tmp_path / "a.run", rehearse=False)
    assert prepare(tmp_path / "a.run").repeats == []
    assert prepare(tmp_path / "a.run", values={"a": "other"}).repeats == ["mail"]
    sent = next(e.seq for e in events if e.type == "attempt.started" and e.agent == "mail")
    assert "mail" in prepare(tmp_path / "a.run", at=sent).repeats, "it was sent, if later than that event"
    assert prepare(tmp_path / "a.run", values={"mail": "not sent"}).repeats == []


# --- the new run ------------------------------------------------------------------------------------------------------


def test_the_journal_of_a_fork_names_where_it_is_from_and_can_be_forked_itself(tmp_path: Path) -> None:
    graph = letters("a -> b")
    recorded(graph, tmp_path / "a.run", rehearse=False)
    first = prepare(tmp_path / "a.run", values={"a": "x"})
    _, now = forked(first, journal=tmp_path / "b.run")
    with Recorded.open(tmp_path / "b.run") as journal:
        parent = journal.header.parent
    assert parent == {
        "run": first.source.header.run_id, "path": str(tmp_path / "a.run"), "at": first.at, "values": [["a", 1, "x"]],
    }  # fmt: skip
    second = prepare(tmp_path / "b.run")
    assert forked(second)[1].output == now.output == "xb"
    assert not executed(second)


def test_a_fork_that_was_interrupted_goes_on_reusing(tmp_path: Path) -> None:
    import asyncio

    graph = letters("a -> b -> c -> d")
    recorded(graph, tmp_path / "a.run", rehearse=False)
    again = prepare(tmp_path / "a.run")

    async def interrupted() -> None:
        async with again.run(journal=tmp_path / "b.run") as r:
            async for event in r:
                if event.type == "attempt.succeeded" and event.agent == "b":
                    await r.suspend()

    asyncio.run(interrupted())
    with Recorded.open(tmp_path / "b.run") as journal:
        events = list(journal.events())
        executor = reusing_again(journal.header, events)
    assert executor is not None
    given = {event.agent for event in events if event.type == "attempt.succeeded"}
    _, state = carry_on(tmp_path / "b.run", executor)
    assert state.output == "inabcd"
    assert set(executor.reused) == {"a", "b", "c", "d"} - given
    assert not executor.executed


def carry_on(path: Path, executor: Any) -> Any:
    import asyncio

    async def go() -> Any:
        async with resume(path, executor=executor) as r:
            return [event async for event in r], r.state

    return asyncio.run(go())


def test_of_a_run_of_another_version_what_still_goes_the_same_is_reused(tmp_path: Path) -> None:
    graph = letters("a -> b -> c")
    recorded(graph, tmp_path / "a.run", rehearse=False)
    tamper(tmp_path / "a.run", lambda text: text.replace('"activation.ready","c"', '"activation.prepared","c"'))
    again = prepare(tmp_path / "a.run")
    assert "activation.prepared" in (again.source.differs or "")
    assert [one.call.agent for one in again.kept] == ["a", "b"]
    _, now = forked(again)
    assert (now.output, dict(executed(again))) == ("inabc", {"c": 1})


def test_fork_is_one_call(tmp_path: Path) -> None:
    graph = letters("a -> b")
    carry(run(graph, "in", journal=tmp_path / "a.run"), graph)
    _, state = carry(fork(tmp_path / "a.run", values={"a": "x"}), graph)
    assert state.output == "xb"


def test_agents_in_sub_graphs_are_reused_and_named_by_their_path(tmp_path: Path) -> None:
    graph = letters("w -> r -> z", r={"kind": "graph", "config": {"graph": "g"}})
    graph.graphs = {"g": letters("a -> b")}
    _, then = recorded(graph, tmp_path / "a.run", rehearse=False)
    assert then.output == "inwabz"
    again = prepare(tmp_path / "a.run")
    assert [part.agent for part in again.parts] == ["w", "z", "r/a", "r/b"]
    _, now = forked(again)
    assert (now.output, dict(executed(again))) == (then.output, {})
    edited = prepare(tmp_path / "a.run", values={"r/a": "x"})
    assert {p.agent: p.what for p in edited.parts} == {"w": "reused", "z": "maybe", "r/a": "stated", "r/b": "maybe"}
    assert forked(edited)[1].output == "xbz"


# --- random runs ------------------------------------------------------------------------------------------------------

_UNSTEADY = {"attempt.failed", "attempt.timed_out", "attempt.cancelled", "limit.exceeded"}


def try_one(seed: int, folder: Path) -> str:
    """Record a random run and fork it, as it was; what came of it."""
    graph, value, _ = random_run(seed)
    path = folder / f"{seed}.run"
    try:
        events = record(graph, path, value)
    except Refused:
        return "refused"
    again = prepare(path)
    _, now = forked(again)
    assert sum(reused(again).values()) <= len(again.kept)
    end = events[-1].data or {}
    if end["state"] != "succeeded" or _UNSTEADY & {event.type for event in events}:
        return "forked where something had failed"
    assert not executed(again), "nobody was called"
    assert sum(reused(again).values()) == len(again.kept)
    assert (now.status, now.output) == ("succeeded", end.get("output"))
    return "forked as they were"


def test_forks_of_random_runs_end_as_these_did_and_call_nobody(tmp_path: Path) -> None:
    assert {try_one(seed, tmp_path) for seed in range(60)} >= {"forked as they were"}


@pytest.mark.endure
def test_forks_of_very_many_runs_end_as_these_did(trials: Trials, tmp_path: Path) -> None:
    for seed in trials:
        trials.count(try_one(seed, tmp_path))
        for file in tmp_path.iterdir():
            file.unlink(missing_ok=True)
