"""The state that agents of a run share, used by models, functions and templates."""

from __future__ import annotations

from typing import Any

import pytest

from end_to_end.real_runs import drawing, finish
from quartet.agents.calls import Call, Calls, Request, Value
from servers.chat_server import Asked, ChatServer, Reply, calls, says

STATE = {
    "drafts": {"reducer": "append", "description": "All drafts so far"},
    "words": {"reducer": "sum"},
}


def counted(value: str, call: Call) -> Any:
    """Adds the number of words to the state, then says what it was given of it."""
    if call.state is None:
        return Calls((Request("1", "write_state", {"key": "words", "value": len(value.split())}),), {"said": value})
    return Value({"drafts": call.shared.get("drafts"), "went_well": call.results[0].error is None})


async def test_a_model_writes_what_a_function_and_a_template_read() -> None:
    def script(asked: Asked) -> Reply:
        assert "drafts (a write adds to the list): All drafts so far" in str(asked.body["tools"])
        if asked.results():
            return says("the tide comes in")
        return calls(("write_state", {"key": "drafts", "value": "first"}))

    with ChatServer(script) as chat:
        writer = {"id": "writer", "kind": "llm", "config": {"model": "m", "base_url": chat.url}, "writes": ["drafts"]}
        counter = {
            "id": "counter", "kind": "python", "config": {"function": f"{__name__}:counted", "runs_in": "program"},
            "reads": ["drafts"], "writes": ["words"],
        }  # fmt: skip
        last = {"id": "last", "kind": "template", "config": {"text": "{{ state.words }} words, {{ state.drafts[0] }}"}}
        graph = drawing(
            writer, counter, last, state=STATE,
            edges=[{"source": "writer", "target": "counter"}, {"source": "counter", "target": "last"}],
        )  # fmt: skip
        told = await finish(graph, "tides")
    assert told.state.status == "succeeded", told.state.reason
    assert told.state.agents["counter"].value == {"drafts": ["first"], "went_well": True}
    assert told.state.output == "4 words, first"
    assert told.state.shared == {"drafts": ["first"], "words": 4}
    assert told.of("state.read", "last") == [{"keys": ["drafts", "words"]}]


async def test_a_model_that_takes_up_what_was_given_back_reads_the_note() -> None:
    def script(asked: Asked) -> Reply:
        if asked.model == "ann":
            if asked.results():
                return says("left it")
            return calls(("release_work", {"item": 1, "note": "the figures are missing"}))
        return says(asked.said)

    with ChatServer(script) as chat:
        peers = [{"id": id, "kind": "llm", "config": {"model": id, "base_url": chat.url}} for id in ("ann", "ben")]
        edges = [{"source": id, "target": "board", "kind": "share"} for id in ("ann", "ben")]
        told = await finish(drawing({"id": "board", "kind": "board"}, *peers, edges=edges), ["report"])
    assert told.state.output == ["report\n\nSomebody gave this back: the figures are missing"]


@pytest.mark.parametrize("text", ["{{ state.other }}", "{{ state.words + 1 }}"])
async def test_a_template_sees_only_what_its_agent_may_read(text: str) -> None:
    agent = {"id": "a", "kind": "template", "config": {"text": text}, "reads": ["drafts"]}
    told = await finish(drawing(agent, state=STATE), "x")
    assert told.state.status == "failed"
    assert told.of("boundary.violation")[0]["key"] in ("other", "words")
