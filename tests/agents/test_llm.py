"""`llm` agents against a server that speaks the chat-completions protocol."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from typing import Any

import pytest

import quartet.agents.built_in  # noqa: F401
from agents.agent_calls import Told, execute, handoff_tool, result, until
from agents.agent_calls import chatting as config
from quartet.agents.calls import AgentError, Calls, Handoff, Tool, Value
from servers.chat_server import Reply, calls, says

DELEGATE = Tool("delegate_to_writer", "delegate", "writer", "Let the writer write.")
READ = Tool("read_state", "read", None, "Read what others wrote.")


async def test_the_answer_is_streamed_and_counted(serve: Any) -> None:
    server, told = serve(says("Once upon a time")), Told()
    answer = await execute("llm", config(server), told, value="Write a story.")
    assert answer == Value("Once upon a time")
    assert [data["text"] for data in told.of("output")] == ["Once ", "upon ", "a ", "time"]
    assert told.of("usage") == [{"input_tokens": 20, "output_tokens": 4, "requests": 1, "model": "m"}]
    assert server.asked[0].said == "Write a story."


async def test_text_arrives_while_the_model_still_speaks(serve: Any) -> None:
    hold, told = threading.Event(), Told()
    server = serve(Reply("First second", hold=hold))
    running = asyncio.create_task(execute("llm", config(server), told, value="?"))
    await until(lambda: told.of("output"))
    assert not running.done()
    assert told.text == "First "
    hold.set()
    assert await running == Value("First second")


async def test_instructions_and_message_are_templates(serve: Any) -> None:
    server = serve(says("ok"))
    await execute(
        "llm",
        config(server, instructions="You edit for {{ input.reader }}.", prompt="Edit: {{ from.writer.draft }}"),
        value={"draft": "x"},
        input={"reader": "children"},
        inputs={"writer": {"draft": "Helo"}},
    )
    assert server.asked[0].system == "You edit for children."
    assert server.asked[0].said == "Edit: Helo"


async def test_several_inputs_become_headed_sections_in_edge_order(serve: Any) -> None:
    server = serve(says("ok"))
    await execute(
        "llm", config(server), value=["b", {"n": 1}], inputs={"b": "text", "a": {"n": 1}}, names={"b": "Bee", "a": "Ay"}
    )
    assert server.asked[0].said == '## Bee\n\ntext\n\n## Ay\n\n{\n  "n": 1\n}'


async def test_settings_reach_the_provider_and_absent_ones_do_not(serve: Any) -> None:
    server = serve(says("ok"))
    await execute("llm", config(server, temperature=0.25, max_tokens=7), value="x")
    await execute("llm", config(server), value="x")
    first, second = server.asked
    assert first.body["temperature"] == 0.25
    assert 7 in (first.body.get("max_tokens"), first.body.get("max_completion_tokens"))
    assert not {"temperature", "max_tokens", "max_completion_tokens", "tools"} & set(second.body)


async def test_a_structured_answer_is_an_object(serve: Any) -> None:
    schema = {
        "type": "object",
        "title": "verdict",
        "properties": {"ok": {"type": "boolean"}, "why": {"type": "string"}},
        "required": ["ok"],
    }
    server = serve(lambda asked: calls((asked.tools[0], {"ok": True, "why": "short"})))
    answer = await execute("llm", config(server, output_schema=schema), value="x")
    assert answer == Value({"ok": True, "why": "short"})
    assert server.asked[0].body["tools"][0]["function"]["parameters"]["required"] == ["ok"]


async def test_a_call_of_a_tool_puts_the_conversation_aside_and_the_results_continue_it(serve: Any) -> None:
    server = serve([calls(("delegate_to_writer", {"task": "Write."}), text="Let me see."), says("All done.")])
    told = Told()
    asked = await execute("llm", config(server), told, value="Make it.", tools=(DELEGATE,))
    assert isinstance(asked, Calls)
    (request,) = asked.requests
    assert (request.tool, request.arguments) == ("delegate_to_writer", {"task": "Write."})
    state = json.loads(json.dumps(asked.state))  # is plain JSON
    answer = await execute(
        "llm",
        config(server),
        told,
        value="Make it.",
        tools=(DELEGATE,),
        state=state,
        results=(result(request.id, request.tool, {"draft": "Once"}),),
    )
    assert answer == Value("All done.")
    second = server.asked[1]
    assert [m["role"] for m in second.messages] == ["user", "assistant", "tool"]
    assert second.results() == {request.id: '{\n  "draft": "Once"\n}'}
    assert [usage["requests"] for usage in told.of("usage")] == [1, 1]


async def test_a_tool_that_failed_is_told_to_the_model(serve: Any) -> None:
    server = serve([calls(("delegate_to_writer", {"task": "Write."})), says("Then not.")])
    asked = await execute("llm", config(server), value="x", tools=(DELEGATE,))
    assert isinstance(asked, Calls)
    answer = await execute(
        "llm",
        config(server),
        value="x",
        tools=(DELEGATE,),
        state=asked.state,
        results=(result(asked.requests[0].id, "delegate_to_writer", error="The writer is ill."),),
    )
    assert answer == Value("Then not.")
    assert "The writer is ill." in server.asked[1].results()[asked.requests[0].id]


async def test_a_handoff_carries_message_and_conversation_to_the_colleague(serve: Any) -> None:
    server = serve(
        [calls(("transfer_to_billing", {"message": "Wants money back, order 7."})), says("Refunded order 7.")]
    )
    handoff = await execute(
        "llm", config(server, instructions="You greet."), value="I want a refund!", tools=(handoff_tool("billing"),)
    )
    assert isinstance(handoff, Handoff)
    assert (handoff.to, handoff.message) == ("billing", "Wants money back, order 7.")
    assert handoff.context is not None
    answer = await execute(
        "llm",
        config(server, instructions="You do billing."),
        value=handoff.message,
        context=handoff.context,
        tools=(handoff_tool("sales"),),
    )
    assert answer == Value("Refunded order 7.")
    second = server.asked[1]
    assert second.system == "You do billing."
    assert [m["role"] for m in second.messages if m["role"] != "system"] == ["user", "assistant", "tool", "user"]
    assert second.messages[1]["content"] == "I want a refund!"
    assert second.said == "Wants money back, order 7."


async def test_other_tools_go_first_and_then_the_handoff(serve: Any) -> None:
    server = serve([calls(("transfer_to_sales", {"message": "Buy."}), ("read_state", {"keys": ["stock"]}))])
    tools = (handoff_tool("sales"), READ)
    asked = await execute("llm", config(server), value="x", tools=tools)
    assert isinstance(asked, Calls) and [r.tool for r in asked.requests] == ["read_state"]
    handoff = await execute(
        "llm",
        config(server),
        value="x",
        tools=tools,
        state=asked.state,
        results=(result(asked.requests[0].id, "read_state", {"stock": 3}),),
    )
    assert isinstance(handoff, Handoff) and handoff.to == "sales"
    assert len(server.asked) == 1, "the model is not asked again"
    said = [part["content"] for part in handoff.context["history"][-1]["parts"]]  # type: ignore[index]
    assert said == ['{\n  "stock": 3\n}', "Handed off."]


async def test_of_several_handoffs_the_first_counts(serve: Any) -> None:
    server = serve(
        [calls(("transfer_to_sales", {"message": "1"}), ("transfer_to_billing", {"message": "2"})), says("ok")]
    )
    handoff = await execute("llm", config(server), value="x", tools=(handoff_tool("sales"), handoff_tool("billing")))
    assert isinstance(handoff, Handoff) and handoff.to == "sales"
    await execute("llm", config(server), value="1", context=handoff.context)
    assert [answer[:7] for answer in server.asked[1].results().values()] == ["Handed ", "Ignored"]


async def test_a_tool_with_a_name_that_no_provider_takes_is_offered_under_another(serve: Any) -> None:
    long, odd = "delegate_to_" + "very_" * 20 + "long", "delegate_to_büro 7"
    tools = tuple(Tool(name, "delegate", "writer", "x") for name in (long, odd, long + "er"))
    server = serve(lambda asked: calls(*((name, {"task": name}) for name in asked.tools)))
    asked = await execute("llm", config(server), value="x", tools=tools)
    offered = server.asked[0].tools
    assert len(set(offered)) == 3 and all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in offered)
    assert isinstance(asked, Calls)
    assert [request.tool for request in asked.requests] == [long, odd, long + "er"]


async def test_a_handoff_without_words_passes_the_task_on(serve: Any) -> None:
    server = serve(calls(("transfer_to_sales", {})))
    handoff = await execute("llm", config(server), value="I want to buy.", tools=(handoff_tool("sales"),))
    assert isinstance(handoff, Handoff) and handoff.message == "I want to buy."


async def test_a_history_cut_to_its_last_message_is_still_one_a_provider_takes(serve: Any) -> None:
    server = serve([calls(("transfer_to_sales", {"message": "Buy."})), says("Sold.")])
    handoff = await execute("llm", config(server), value="x", tools=(handoff_tool("sales"),))
    assert isinstance(handoff, Handoff) and handoff.context is not None
    last = {"history": handoff.context["history"][-1:]}
    assert await execute("llm", config(server), value="Buy.", context=last) == Value("Sold.")
    assert [m["role"] for m in server.asked[1].messages] == ["user"]


async def test_what_a_peer_without_a_model_said_stands_in_the_conversation(serve: Any) -> None:
    server = serve(says("ok"))
    history = [{"from": "desk", "name": "Desk", "to": "me", "message": {"order": 7}}]
    await execute("llm", config(server), value="Go on.", context={"history": history})
    said = [m["content"] for m in server.asked[0].messages]
    assert said == ['Desk handed the task over: {\n  "order": 7\n}', "Go on."]


@pytest.mark.parametrize("history", ["text", [1], [{}], [{"kind": "unheard of"}], {"a": 1}])
async def test_a_history_that_is_none_is_an_error(serve: Any, history: Any) -> None:
    with pytest.raises(AgentError, match="cannot be read") as raised:
        await execute("llm", config(serve(says("ok"))), value="x", context={"history": history})
    assert not raised.value.retryable


async def test_a_refused_handoff_is_told_to_the_model(serve: Any) -> None:
    server = serve(says("Then I do it myself."))
    refusal = result("handoff", "billing", None, "Hand-off refused: no edge is drawn.")
    assert await execute("llm", config(server), value="x", results=(refusal,)) == Value("Then I do it myself.")
    assert server.asked[0].said == "x\n\nHand-off refused: no edge is drawn."


async def test_a_tool_that_nobody_drew_is_refused_to_the_model_and_not_to_the_run(serve: Any) -> None:
    server = serve([calls(("transfer_to_nobody", {})), says("Then I answer myself.")])
    answer = await execute("llm", config(server), value="x", tools=(handoff_tool("sales"),))
    assert answer == Value("Then I answer myself.")


async def test_turns_are_counted_over_continuations(serve: Any) -> None:
    server = serve(calls(("read_state", {"keys": []})))
    asked = await execute("llm", config(server, max_turns=2), value="x", tools=(READ,))
    for _ in range(2):
        assert isinstance(asked, Calls)
        more = {"state": asked.state, "results": (result(asked.requests[0].id, "read_state", {}),), "tools": (READ,)}
        if len(server.asked) == 2:
            break
        asked = await execute("llm", config(server, max_turns=2), value="x", **more)
    with pytest.raises(AgentError, match="Turns") as raised:
        await execute("llm", config(server, max_turns=2), value="x", **more)
    assert (raised.value.type, raised.value.retryable) == ("TurnLimit", False)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("status", "headers", "type", "retryable", "after"),
    [
        (401, {}, "AuthenticationError", False, None),
        (400, {}, "RequestRejected", False, None),
        (404, {}, "ModelNotFound", False, None),
        (429, {"Retry-After": "7"}, "RateLimit", True, 7.0),
        (500, {}, "ServerError", True, None),
        (503, {"Retry-After": "2"}, "Unavailable", True, 2.0),
    ],
)
async def test_errors_of_the_provider_say_whether_another_try_is_worth_it(
    serve: Any, status: int, headers: dict[str, str], type: str, retryable: bool, after: float | None
) -> None:
    server = serve(Reply("the provider's own words", status=status, headers=headers))
    with pytest.raises(AgentError) as raised:
        await execute("llm", config(server), value="x")
    error = raised.value
    assert (error.type, error.retryable, error.retry_after) == (type, retryable, after)
    assert "the provider's own words" in str(error) and str(status) in str(error)
    assert len(server.asked) == 1, "trying again is the engine's business"


async def test_a_stream_that_breaks_is_worth_another_try(serve: Any) -> None:
    server, told = serve(Reply("one two three four", break_after=2)), Told()
    with pytest.raises(AgentError) as raised:
        await execute("llm", config(server), told, value="x")
    assert (raised.value.type, raised.value.retryable) == ("ConnectionError", True)
    assert told.text == "one two "


async def test_a_server_that_is_not_there_is_worth_another_try() -> None:
    with pytest.raises(AgentError) as raised:
        await execute("llm", {"model": "m", "base_url": "http://127.0.0.1:9/v1"}, value="x")
    assert (raised.value.type, raised.value.retryable) == ("ConnectionError", True)


async def test_cancelling_ends_a_conversation_that_hangs(serve: Any) -> None:
    server = serve(Reply(silent=True))
    running = asyncio.create_task(execute("llm", config(server), value="x"))
    await until(lambda: server.asked)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
