"""The repetition detector: the same agents say the same again; and everything that only looks like it."""

import asyncio
from typing import Any

import pytest

from engine.drawing import Told, draw, rehearse
from quartet.engine import run
from quartet.engine.clock import VirtualClock
from quartet.engine.repetition import normalised
from quartet.graph.model import Graph

LOOP = "w -> c -> out,, c -> w [loop; when=value != 'fine']"


def says(*texts: Any, **more: Any) -> dict:
    """Returns each of these in turn, the last for ever."""
    return {"rehearsal": [{"returns": text} for text in texts], **more}


def repeated(told: Told) -> list[dict]:
    return [data for data in told.data("limit.exceeded") if data["which"] == "max_repeats"]


def asked(graph: Graph, input: Any = "in", pauses: int = 1) -> Told:
    async def go() -> Told:
        events, left = [], pauses
        async with run(graph, input, rehearse=True, clock=VirtualClock(), on_limit="ask") as r:
            async for event in r:
                events.append(event)
                if event.type == "run.paused":
                    left -= 1
                    if left < 0:
                        r.cancel()
                    else:
                        r.resume()
            return Told(graph, events, r.state)

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Please, revise it!", "  please revise\nit ", True),
        ("STRASSE", "straße", True),
        ("version 2", "version 3", False),
        ("yes", "no", False),
        ({"b": 1, "a": "x"}, {"a": "x", "b": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ("?!", "...", False),
        ("", None, False),
    ],
)
def test_only_what_makes_no_difference_is_left_out(one: Any, other: Any, same: bool) -> None:
    assert (normalised(one) == normalised(other)) is same


def test_a_loop_in_which_nobody_says_anything_new_fails_and_names_both() -> None:
    told = rehearse(draw(LOOP, w=says("a draft"), c=says("Once more!", "once more", "ONCE  MORE", "once more.")))
    assert told.status == "failed"
    assert repeated(told) == [
        {"which": "max_repeats", "value": 3, "limit": 3, "agents": ["c", "w"], "message": "once more."}
    ]
    assert told.state.reason == "limit reached: c and w said the same 3 times more"
    assert len(told.of("loop.pass")) == 4


def test_a_loop_in_which_one_of_them_says_something_new_goes_on() -> None:
    drafts = says(*(f"draft {n}" for n in range(8)))
    told = rehearse(draw(LOOP, w=drafts, c=says(*["revise"] * 7, "fine")))
    assert told.status == "succeeded" and not repeated(told)


def test_two_states_that_alternate_are_noticed_too() -> None:
    told = rehearse(draw(LOOP, w=says(*["left", "right"] * 10), c=says("turn round")))
    assert repeated(told)[0]["value"] == 3 and len(told.of("loop.pass")) == 7


def test_a_loop_that_is_entered_anew_starts_counting_anew() -> None:
    graph = draw(
        "o -> w -> c -> p,, c -> w [loop; when=value == 'again'],, p -> o [loop; when=value != 'end']",
        o=says("go"), w=says("draft"), c=says("again", "again", "fine"), p=says("p1", "p2", "end"),
        limits={"max_repeats": 2},
    )  # fmt: skip
    assert rehearse(graph).status == "succeeded"


def test_where_a_person_said_how_often_the_loop_may_go_round_nothing_is_assumed() -> None:
    often = "w -> c -> out,, c -> w [loop; when=value != 'fine'; max_iterations=9]"
    told = rehearse(draw(often, w=says("a draft"), c=says(*["wait"] * 7, "fine")))
    assert told.status == "succeeded"
    told = rehearse(draw(often, w=says("a draft"), c=says(*["wait"] * 7, "fine"), limits={"max_repeats": 5}))
    assert told.status == "failed" and repeated(told)[0]["limit"] == 5


def test_the_stricter_limit_holds_and_an_agent_may_be_let_off() -> None:
    patient, strict = {"budget": {"max_repeats": 0}}, {"budget": {"max_repeats": 1}}
    drawn = {"w": says("a draft"), "c": says(*["wait"] * 7, "fine")}
    assert rehearse(draw(LOOP, **{**drawn, "w": drawn["w"] | patient})).status == "succeeded"
    told = rehearse(draw(LOOP, **{**drawn, "w": drawn["w"] | strict}))
    assert told.of("limit.exceeded")[0].agent == "w" and len(told.of("loop.pass")) == 2
    assert told.finished("w") == ["succeeded", "succeeded", "failed"]
    assert rehearse(draw(LOOP, limits={"max_repeats": 0}, **drawn)).status == "succeeded"


def test_whoever_is_asked_lets_them_repeat_as_often_again() -> None:
    graph = draw(LOOP, w=says("a draft"), c=says(*["wait"] * 8, "fine"))
    told = asked(graph, pauses=2)
    assert told.status == "succeeded"
    assert [data["value"] for data in repeated(told)] == [3, 6]


def test_a_loop_of_one_agent_repeats_itself() -> None:
    told = rehearse(draw("a -> a [loop; when=true],, a -> b", a=says("same")))
    assert repeated(told)[0]["agents"] == ["a"] and told.status == "failed"


def hands(to: str, message: Any, count: int = 12) -> dict:
    """Hands off for ever, each time with other notes, so that the chain's own detector sees nothing."""
    return {"rehearsal": [{"hands_off": to, "message": message, "context": {f"k{n}": n}} for n in range(count)]}


def test_peers_that_hand_over_with_the_same_words_are_noticed_although_the_context_changes() -> None:
    told = rehearse(draw("a =handoff> b,, b =handoff> a", a=hands("b", "Yours."), b=hands("a", "no, yours")))
    assert repeated(told)[0]["agents"] == ["a", "b"] and repeated(told)[0]["message"] == "Yours."
    assert told.status == "failed"


def test_hand_offs_without_a_word_or_with_new_ones_are_none() -> None:
    for message in (None, "round {n}"):
        script = [
            {"hands_off": "b", "context": {f"k{n}": n}} | ({"message": f"round {n}"} if message else {})
            for n in range(4)
        ]
        back = [{"hands_off": "a", "context": {f"m{n}": n}} for n in range(3)] + [{"returns": "done"}]
        told = rehearse(draw("a =handoff> b,, b =handoff> a", a={"rehearsal": script}, b={"rehearsal": back}))
        assert told.status == "succeeded" and not repeated(told)


def manager(*rounds: list[str]) -> dict:
    """Delegates these tasks to its worker, a round after another."""
    calls = [[{"tool": "delegate_to_w", "arguments": {"task": task}} for task in tasks] for tasks in rounds]
    return {"rehearsal": [{"calls": calls, "returns": "done"}], "oversight": {"dispatch": "manager"}, "kind": "llm",
            "config": {"model": "test"}}  # fmt: skip


def test_a_manager_that_gives_the_same_task_again_and_again_is_noticed() -> None:
    told = rehearse(draw("m =supervise> w", m=manager(*[["look it up"]] * 6), w=says("nothing")))
    assert repeated(told)[0]["agents"] == ["m", "w"] and told.status == "failed"


def test_the_same_task_several_times_at_once_is_a_vote() -> None:
    told = rehearse(draw("m =supervise> w", m=manager(["vote"] * 6, ["vote"] * 6), w=says("yes")))
    assert told.status == "succeeded" and not repeated(told)


@pytest.mark.parametrize(
    "graph",
    [
        draw("a -> b -> c -> d -> e -> f", limits={"max_repeats": 1}, **{name: says("same") for name in "abcdef"}),
        draw("t -> a -> J,, t -> b -> J,, t -> c -> J", limits={"max_repeats": 1}, **{n: says("x") for n in "abc"}),
        draw("a -> J", limits={"max_repeats": 1}, a=says("x") | {"dynamic": True}),
        draw("S =supervise> a,, S =supervise> b", limits={"max_repeats": 1}, a=says("x"), b=says("x"),
             S={"oversight": {"dispatch": "pool"}}),
        draw("B =share> a,, B =share> b", limits={"max_repeats": 1}, a=says("x"), b=says("x")),
    ],
    ids=["pipeline", "fan-out", "copies", "pool", "board"],
)  # fmt: skip
def test_branches_copies_jobs_and_pipelines_have_nothing_to_say_again(graph: Graph) -> None:
    told = asked(graph, ["same", "same", "same", "same"])
    assert told.status == "succeeded" and not repeated(told)
