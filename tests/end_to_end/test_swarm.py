"""Customer service: peers hand a request to each other through tool calls, with what they know."""

from __future__ import annotations

import re
from typing import Any

import pytest

from end_to_end.real_runs import example, finish, restate
from servers.chat_server import Asked, ChatServer, Reply, calls, says

REQUEST = "I was charged twice and my exports fail."
WHO = {
    "You are the first to read": "triage",
    "You look after charges": "billing",
    "You find out why": "technical",
    "You help customers": "sales",
}


def who(asked: Asked) -> str:
    return next(name for words, name in WHO.items() if words in asked.system)


def transfer(asked: Asked, to: str, message: str) -> Reply:
    (tool,) = [name for name in asked.tools if re.fullmatch(rf"transfer_to_{to}", name)]
    return calls((tool, {"message": message}))


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


async def serve(script: Any, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> tuple[ChatServer, Any]:
    """The example as it is shipped: the server's address comes from the environment."""
    graph = example("customer-service")
    for agent, values in changes.items():
        restate(graph, agent, **values)
    with ChatServer(script) as chat:
        monkeypatch.setenv("OPENAI_BASE_URL", chat.url)
        return chat, await finish(graph, REQUEST)


async def test_the_request_travels_with_what_was_said_until_somebody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(asked: Asked) -> Reply:
        if who(asked) == "triage":
            return transfer(asked, "billing", "Charged twice; exports fail.")
        if who(asked) == "billing":
            return transfer(asked, "technical", "Refunded 29.00. Exports are yours.")
        return says("Refunded, and your exports work again.")

    chat, told = await serve(script, monkeypatch)
    assert (told.state.status, told.state.output) == ("succeeded", "Refunded, and your exports work again.")
    assert [who(asked) for asked in chat.asked] == ["triage", "billing", "technical"]
    assert [data["to"] for data in told.of("handoff.accepted")] == ["billing", "technical"]
    assert [data["hop"] for data in told.of("handoff.accepted")] == [1, 2]
    last = chat.asked[-1]
    assert last.said == "Refunded 29.00. Exports are yours."
    spoken = [str(m["content"]) for m in last.messages if m["role"] == "user"]
    assert spoken == [REQUEST, "Charged twice; exports fail.", "Refunded 29.00. Exports are yours."]
    assert [m["tool_calls"][0]["function"]["name"] for m in last.messages if m.get("tool_calls")] == [
        "transfer_to_billing",
        "transfer_to_technical",
    ]


async def test_only_drawn_handoffs_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    chat, _ = await serve(says("I answer myself."), monkeypatch)
    assert sorted(chat.asked[0].tools) == ["transfer_to_billing", "transfer_to_sales", "transfer_to_technical"]
    described = {t["function"]["name"]: t["function"]["description"] for t in chat.asked[0].body["tools"]}
    assert "refunds" in described["transfer_to_billing"]


async def test_a_request_that_goes_in_circles_is_stopped_and_the_run_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(asked: Asked) -> Reply:
        to = "technical" if who(asked) == "billing" else "billing"
        return transfer(asked, to, "Not mine.")

    chat, told = await serve(script, monkeypatch)
    assert told.state.status == "failed"
    assert len(chat.asked) <= 8
    assert told.of("handoff.loop_detected") or told.of("limit.exceeded")


async def test_with_the_last_message_only_the_conversation_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(asked: Asked) -> Reply:
        return transfer(asked, "billing", "Charged twice.") if who(asked) == "triage" else says("Refunded.")

    chat, told = await serve(script, monkeypatch, triage={"handover": {"history": "last"}})
    assert told.state.output == "Refunded."
    assert [m["role"] for m in chat.asked[1].messages if m["role"] != "system"] == ["user"]
    assert chat.asked[1].said == "Charged twice."


async def test_a_peer_whose_model_fails_is_tried_again_without_a_new_hop(monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([Reply("busy", status=503, headers={"Retry-After": "0"})])

    def script(asked: Asked) -> Reply:
        if who(asked) == "triage":
            return transfer(asked, "sales", "Wants to leave.")
        return next(failures, says("One month free."))

    chat, told = await serve(script, monkeypatch)
    assert told.state.output == "One month free."
    assert len(told.of("handoff.accepted")) == 1
    assert [who(asked) for asked in chat.asked] == ["triage", "sales", "sales"]
