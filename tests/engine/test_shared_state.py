"""The state that agents of a run share: reducers, what a visit sees, boundaries, and writes that exclude each other."""

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.drawing import ONCE, draw, rehearse
from engine.journals import record
from quartet.engine import fork
from quartet.graph.model import StateKey


def keys(**stated):
    """The keys of the state; a text is the reducer."""
    return {name: StateKey(**({"reducer": one} if isinstance(one, str) else one)) for name, one in stated.items()}


def shared(edges: str, state: dict, **agents):
    graph = draw(edges, **agents)
    graph.state = state
    return graph


def writes(*pairs, **more) -> dict:
    """Writes each (key, value), and may write no other keys."""
    calls = [{"tool": "write_state", "arguments": {"key": key, "value": value}} for key, value in pairs]
    entry = {"calls": calls, "returns": "wrote", **more}
    return {"rehearsal": [entry], "writes": list(dict.fromkeys(key for key, _ in pairs)), "retry": ONCE}


READ = {"calls": [{"tool": "read_state"}]}


def told_writes(told) -> list:
    return [(e.agent, e.data["key"], e.data["value"]) for e in told.of("state.write")]


# ------------------------------------------------------------------ reducers


def test_each_reducer_makes_one_value_of_several_writes():
    state = keys(
        last="last", log={"reducer": "append", "initial": ["begin"]}, n={"reducer": "sum", "initial": 1}, m="merge"
    )
    a = writes(("last", "a"), ("log", "a"), ("n", 2), ("m", {"x": 1, "y": 1}))
    b = writes(("last", "b"), ("log", "b"), ("n", 0.5), ("m", {"y": 2}))
    told = rehearse(shared("a -> b", state, a=a, b=b))
    assert told.state.shared == {"last": "b", "log": ["begin", "a", "b"], "n": 3.5, "m": {"x": 1, "y": 2}}
    by_key = [(d["key"], d.get("old"), d.get("new"), d.get("at")) for d in told.data("state.write", "b")]
    assert by_key == [
        ("last", "a", None, None),
        ("log", None, None, 2),
        ("n", 3, 3.5, None),
        ("m", None, {"y": 2}, None),
    ]


def test_concurrent_writes_stand_in_the_order_of_drawing_whoever_is_done_first():
    # conformance 126; LangGraph orders by name
    for slow, fast in (("x", "y"), ("y", "x")):
        agents = {slow: writes(("k", slow), after=9), fast: writes(("k", fast), after=1)}
        told = rehearse(shared("t -> x,, t -> y", keys(k="append"), t={}, **dict(sorted(agents.items()))))
        assert told.state.shared == {"k": ["x", "y"]}


@given(st.permutations([1, 2, 3, 4, 5]), st.permutations([1, 2, 3, 4, 5]))
def test_what_comes_out_depends_on_the_drawing_only(one, other):
    state = keys(k="append", n="sum", m="merge")

    def outcome(delays):
        agents = {
            name: writes(("k", name), ("n", 0.1 * (place + 1)), ("m", {"by": name, name: 1}), after=delays[place])
            for place, name in enumerate("abcde")
        }
        graph = shared("t -> a -> b,, t -> c -> d,, t -> e", state, t={}, **agents)
        return rehearse(graph).state.shared

    first = outcome(one)
    assert first == outcome(other)
    order = first["k"]
    assert order.index("a") < order.index("b")
    assert order.index("c") < order.index("d")
    assert first["m"]["by"] == order[-1]


def test_passes_of_a_loop_write_one_after_another():
    graph = shared("a -> b,, b -> a [loop; when=visit < 3],, b -> z [when=otherwise]", keys(k="append"),
                   a=writes(("k", "a")), b=writes(("k", "b")))  # fmt: skip
    assert rehearse(graph).state.shared == {"k": ["a", "b"] * 3}


def test_copies_write_in_the_order_of_their_items():
    slow_first = [{"calls": [{"tool": "write_state", "arguments": {"key": "k", "value": n}}], "after": 4 - n}
                  for n in range(4)]  # fmt: skip
    graph = shared("t -> w", keys(k="append"), t={"rehearsal": [{"returns": [0, 1, 2, 3]}]},
                   w={"dynamic": True, "writes": ["k"], "rehearsal": slow_first})  # fmt: skip
    assert rehearse(graph).state.shared == {"k": [0, 1, 2, 3]}


def test_turns_of_a_chain_see_and_follow_each_other():
    def turn(name, to):
        call = {"tool": "write_state", "arguments": {"key": "k", "value": name}}
        read = {"tool": "read_state", "arguments": {"keys": ["k"]}}
        return {"calls": [read, call], "then": {"hands_off": to, "after": 0}} if to else {"calls": [read, call]}

    agent = {"writes": ["k"], "reads": ["k"], "retry": ONCE}
    a, b = agent | {"rehearsal": [turn("a", "b"), turn("a", None)]}, agent | {"rehearsal": [turn("b", "a")]}
    graph = shared("a =handoff> b =handoff> a", keys(k="append"), a=a, b=b)
    told = rehearse(graph)
    assert told.state.shared == {"k": ["a", "b", "a"]}
    assert told.output[0] == {"k": ["a", "b"]}


# ------------------------------------------------------------------ when writes count


@pytest.mark.parametrize(
    "entry", [{"fails": "x"}, {"hangs": True}, {"returns": 1, "after": 99}], ids=["fails", "hangs", "comes too late"]
)
def test_writes_of_an_attempt_that_does_not_succeed_do_not_count(entry):
    # conformance 74 and 76
    a = writes(("k", "stale"), then=entry) | {"limits": {"start_to_close": 5, "cancel_grace": 0}}
    told = rehearse(shared("a -> b", keys(k="last"), a=a))
    assert (told.state.shared, told.of("state.write")) == ({"k": None}, [])
    first, second = writes(("k", "stale"), then=entry), writes(("k", "fresh"))
    a = second | {"rehearsal": [*first["rehearsal"], *second["rehearsal"]], "retry": None,
                  "limits": {"start_to_close": 5, "cancel_grace": 0}}  # fmt: skip
    told = rehearse(shared("a -> b", keys(k="append"), a=a))
    assert told.state.shared == {"k": ["fresh"]}


def test_a_later_agent_sees_what_was_written_before_it_began():
    told = rehearse(shared("a -> b", keys(k="last"), a=writes(("k", 7)), b={"reads": ["k"], "rehearsal": [READ]}))
    assert told.output == {"k": 7}
    reads = [(e.agent, e.attempt, e.data["keys"]) for e in told.of("state.read")]
    assert reads == [("b", 1, ["k"]), ("b", 1, ["k"])], "what it is given, and what it asks for"


def test_what_is_asked_for_together_does_not_see_each_other_and_what_follows_does():
    # conformance 141
    read = {"tool": "read_state", "arguments": {"keys": ["k"]}}
    write = {"tool": "write_state", "arguments": {"key": "k", "value": 2}}
    a = {"reads": ["k"], "writes": ["k"], "rehearsal": [{"calls": [[read, write, read, write, read], [read]]}]}
    told = rehearse(shared("a -> b", keys(k={"initial": 1}), a=a))
    seen = [d["value"] for d in told.data("call.finished") if d["tool"] == "read_state"]
    assert seen == [{"k": 1}, {"k": 1}, {"k": 1}, {"k": 2}]
    assert told.state.shared == {"k": 2}


def test_a_sibling_does_not_see_what_is_written_meanwhile():
    late = {"reads": ["k"], "rehearsal": [{"after": 5, **READ}]}
    told = rehearse(shared("t -> a,, t -> b", keys(k={"initial": 0}), t={}, a=writes(("k", 1)), b=late))
    assert told.state.agents["b"].value == {"k": 0}


# ------------------------------------------------------------------ conflicts


def test_two_that_replace_the_same_key_unseen_by_each_other_fail_the_run():
    # conformance 125
    told = rehearse(shared("t -> a,, t -> b", keys(k="last"), t={}, a=writes(("k", 1)), b=writes(("k", 2), after=3)))
    assert told.status == "failed"
    assert told.data("state.conflict") == [{"key": "k", "agents": ["a", "b"]}]
    assert told.state.reason.startswith("a and b wrote “k”, and neither could see what the other wrote")
    assert told.state.shared == {"k": 1}


def test_one_after_the_other_is_no_conflict_and_neither_is_writing_twice():
    told = rehearse(shared("a -> b", keys(k="last"), a=writes(("k", 1), ("k", 2)), b=writes(("k", 3))))
    assert (told.status, told.state.shared) == ("succeeded", {"k": 3})


@pytest.mark.parametrize("places", [1, 2])
def test_a_conflict_does_not_depend_on_how_many_run_at_once(places):
    graph = shared("t -> a,, t -> b", keys(k="last"), t={}, a=writes(("k", 1)), b=writes(("k", 2)))
    graph.limits = draw("a -> b", limits={"max_concurrency": places}).limits
    assert rehearse(graph).status == "failed"


def test_copies_that_replace_the_same_key_are_a_conflict():
    w = writes(("k", 1)) | {"dynamic": True}
    told = rehearse(shared("t -> w", keys(k="last"), t={"rehearsal": [{"returns": [1, 2]}]}, w=w))
    assert "w, twice at once, wrote “k”" in told.state.reason


# ------------------------------------------------------------------ boundaries


def test_an_agent_keeps_within_what_it_declares():
    calls = [
        {"tool": "write_state", "arguments": {"key": "secret", "value": 1}},
        {"tool": "read_state", "arguments": {"keys": ["secret"]}},
    ]
    a = {"reads": ["k"], "writes": ["k"], "rehearsal": [{"calls": calls}]}
    told = rehearse(shared("a -> b", keys(k="last", secret="last"), a=a))
    assert [d["key"] for d in told.data("boundary.violation")] == ["secret", "secret"]
    assert told.data("boundary.violation")[0]["reason"] == "may not write “secret”; it may write k"
    assert told.state.shared == {"k": None, "secret": None}


def test_who_declares_nothing_has_no_tools():
    calls = [{"tool": "write_state", "arguments": {"key": "k", "value": 1}}, {"tool": "read_state"}]
    told = rehearse(shared("a -> b", keys(k="last"), a={"rehearsal": [{"calls": calls}]}))
    assert [d["error"] for d in told.data("call.finished")] == [
        "there is no tool “write_state” here", "there is no tool “read_state” here",
    ]  # fmt: skip


@pytest.mark.parametrize(("reducer", "value", "wanted"), [
    ("sum", "one", "a number"), ("sum", True, "a number"), ("sum", 10**400, "not larger"), ("merge", [1], "an object"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_to_the_agent(reducer, value, wanted):
    a = writes(("k", value))
    del a["rehearsal"][0]["returns"]
    told = rehearse(shared("a -> b", keys(k=reducer), a=a))
    assert wanted in told.state.agents["a"].value["error"]
    assert (told.status, told.of("state.write")) == ("succeeded", [])


def test_with_a_board_both_can_be_used():
    calls = [
        {"tool": "write_state", "arguments": {"key": "k", "value": "for all"}},
        {"tool": "write_state_B", "arguments": {"key": "k", "value": "a note"}},
    ]
    graph = shared("x -> a,, a =share> B", keys(k="last"), a={"writes": ["k"], "rehearsal": [{"calls": calls}]})
    told = rehearse(graph)
    assert [(d["value"], d.get("board")) for d in told.data("state.write")] == [("a note", "B"), ("for all", None)]
    assert told.state.shared == {"k": "for all"}


# ------------------------------------------------------------------ expressions


def test_templates_and_conditions_read_the_state():
    graph = shared("a -> b [when=state.n > 2],, a -> c [when=otherwise]", keys(n={"reducer": "sum", "initial": 1}),
                   a=writes(("n", 2)), b={"config": {"text": "n is {{ state.n }}"}})  # fmt: skip
    told = rehearse(graph)
    assert (told.finished("b"), told.finished("c")) == (["succeeded"], ["skipped"])
    assert told.data("state.read", "b") == [{"keys": ["n"]}]


def test_a_state_without_a_key_costs_nothing():
    graph = draw("a -> b")
    assert rehearse(graph).events == rehearse(shared("a -> b", {})).events


def test_sums_are_exact():
    values = [0.1, 1e16, -1e16, 0.2, 0.3]
    for order in itertools.permutations(range(3)):
        agents = {f"w{n}": writes(("n", values[n]), after=order.index(n) + 1) for n in range(3)}
        told = rehearse(shared("t -> w0,, t -> w1,, t -> w2", keys(n="sum"), t={}, **agents))
        assert told.state.shared == {"n": 0.1}


def test_agents_of_a_sub_graph_share_it_too():
    inner = draw("x -> y", x=writes(("k", "x")), y=writes(("k", "y")))
    graph = shared("a -> r -> z", keys(k="append"), a=writes(("k", "a")), z=writes(("k", "z")),
                   r={"kind": "graph", "config": {"graph": "g"}})  # fmt: skip
    graph.graphs = {"g": inner}
    assert rehearse(graph).state.shared == {"k": ["a", "x", "y", "z"]}


def test_an_answer_of_another_state_is_not_given_again_in_a_fork(tmp_path):
    graph = shared("a -> b", keys(k={"initial": "old"}), a=writes(("k", "same")),
                   b={"reads": ["k"], "rehearsal": [{"returns": "b"}]})  # fmt: skip
    path = tmp_path / "run"
    record(graph, path)

    def reused(other):
        async def go():
            async with fork(path, graph=other) as r:
                return [e.agent async for e in r if e.type == "attempt.reused"]

        return asyncio.run(go())

    assert set(reused(graph)) == {"a", "b"}
    other = graph.model_copy(deep=True)
    other.agents["a"] = other.agents["a"].model_copy(update={"rehearsal": tuple(writes(("k", "new"))["rehearsal"])})
    other.state = keys(k="append")
    assert "b" not in reused(other)
