"""A manager delegates to workers through tools and answers from what they report."""

from __future__ import annotations

import json
import threading
from typing import Any

from end_to_end.real_runs import drawing, finish
from servers.chat_server import Asked, ChatServer, Reply, calls, says


def office(chat: ChatServer, **worker: Any) -> Any:
    def model(id: str, instructions: str, **more: Any) -> dict[str, Any]:
        config = {"model": id, "base_url": chat.url, "instructions": instructions}
        return {"id": id, "kind": "llm", "config": config, "retry": {"max_attempts": 1}, **more}

    return drawing(
        model("boss", "You lead.", oversight={"dispatch": "manager"}),
        model("finder", "You find facts.", description="Finds facts.", **worker),
        model("writer", "You write."),
        edges=[
            {"source": "boss", "target": "finder", "kind": "supervise"},
            {"source": "boss", "target": "writer", "kind": "supervise"},
        ],
    )


async def test_the_manager_hands_tasks_out_and_answers_from_the_reports() -> None:
    script = {
        "boss": [
            calls(("delegate_to_finder", {"task": "Find the year."})),
            calls(("delegate_to_writer", {"task": "Write: founded in 1911."}), text="Now the text."),
            says("Final: it was founded in 1911."),
        ],
        "finder": [says("1911")],
        "writer": [says("It was founded in 1911.")],
    }
    with ChatServer(script) as chat:
        told = await finish(office(chat), "When was it founded?")
    assert (told.state.status, told.state.output) == ("succeeded", "Final: it was founded in 1911.")
    assert chat.asked_of("finder")[0].said == "Find the year."
    assert chat.asked_of("writer")[0].said == "Write: founded in 1911."
    last = chat.asked_of("boss")[-1]
    assert list(last.results().values()) == ["1911", "It was founded in 1911."]
    assert last.messages[1]["content"] == "When was it founded?"
    assert [data["to"] for data in told.of("work.handed_over", "boss")] == ["finder", "writer"]


async def test_tasks_of_one_turn_are_done_at_the_same_time() -> None:
    together = threading.Barrier(2, timeout=60)

    def script(asked: Asked) -> Reply:
        if asked.model == "boss":
            if asked.results():
                return says(" + ".join(asked.results().values()))
            return calls(("delegate_to_finder", {"task": "a"}), ("delegate_to_writer", {"task": "b"}))
        together.wait()
        return says(asked.model)

    with ChatServer(script) as chat:
        told = await finish(office(chat), "Do both.")
    assert told.state.output == "finder + writer"


async def test_a_worker_that_fails_is_reported_to_the_manager_who_decides() -> None:
    def script(asked: Asked) -> Reply:
        if asked.model == "finder":
            return Reply("no such archive", status=400)
        return says("Nobody knows.") if asked.results() else calls(("delegate_to_finder", {"task": "Find."}))

    with ChatServer(script) as chat:
        told = await finish(office(chat), "Find it.")
    assert told.state.output == "Nobody knows."
    (reported,) = chat.asked_of("boss")[-1].results().values()
    assert "failed" in reported and "no such archive" in reported


async def test_what_crosses_between_the_steps_is_plain_json() -> None:
    with ChatServer(
        {"boss": [calls(("delegate_to_finder", {"task": "x"})), says("ok")], "finder": [says("y")]}
    ) as chat:
        told = await finish(office(chat), {"question": [1, None, "ü"]})
    for event in told.events:
        assert json.loads(json.dumps(event.as_json(), allow_nan=False)) == event.as_json()
