"""One execution of an `llm` agent: a conversation with its model, up to an answer or to something only the engine does.

The tools that the drawn edges give the agent are handed to the model as external ones: when it calls some, the
conversation is put aside as JSON, the engine carries the calls out and starts a continuation with their results. Other
tools of one batch go before a hand-off, and of several hand-offs the first counts.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pydantic_ai import Agent, DeferredToolRequests, DeferredToolResults, StructuredDict, ToolDefinition
from pydantic_ai.exceptions import ToolFailed
from pydantic_ai.messages import (
    AgentStreamEvent,
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.settings import ModelSettings
from pydantic_ai.toolsets import ExternalToolset
from pydantic_ai.usage import RunUsage, UsageLimits

from quartet.agents.calls import ARGUMENTS, OPTIONAL, AgentError, Answer, Call, Calls, Emit, Handoff, Request, Value
from quartet.agents.calls import Tool as DrawnTool
from quartet.agents.expressions import ExpressionError, as_text, render
from quartet.agents.llm import LlmConfig
from quartet.agents.llm_errors import as_agent_error
from quartet.agents.llm_models import make_model
from quartet.agents.message import message

JSON = Any
MAX_NAME = 64
"""Of a tool, as the strictest provider has it."""

# if the surroundings trace what models do, they see that something was said, never what
Agent.instrument_all(InstrumentationSettings(include_content=False, include_binary_content=False))


async def converse(config: LlmConfig, call: Call, emit: Emit) -> Answer:
    """Ask the model until it answers, hands the task off, or asks for what the engine does.

    A continuation goes on where `call.state` left off. A task that was handed off arrives with the conversation so
    far in `call.context["history"]`; a hand-off leaves it there.

    Raises:
        AgentError: the config, the provider or the model's answer does not allow to go on.
    """
    state = call.state if isinstance(call.state, dict) else {}
    history: list[ModelMessage] = _messages(state.get("messages") or call.context.get("history"))
    if state.get("handoff") is not None:
        return _pending_handoff(state["handoff"], history, call)
    usage = RunUsage()
    turns_before = int(state.get("turns", 0))
    try:
        prompt = None if state else message(config.prompt, call) + _notes(call) + _refusals(call)
        instructions = render(config.instructions, call.variables()) or None
    except ExpressionError as problem:
        raise AgentError(str(problem), type="ExpressionError", retryable=False) from problem
    if prompt is not None and not prompt.strip():
        prompt = "Go ahead."  # providers refuse an empty message; an agent may start with its instructions alone
    known = len(history)
    async with AsyncExitStack() as stack:
        model = await make_model(config, stack)
        agent = _agent(config, call)
        try:
            result = await agent.run(
                prompt,
                model=model,
                instructions=instructions,
                message_history=history or None,
                deferred_tool_results=_results(call) if state else None,
                model_settings=_settings(config),
                usage_limits=UsageLimits(request_limit=max(0, config.max_turns - turns_before)),
                usage=usage,
                event_stream_handler=_streamer(emit),
            )
        except asyncio.CancelledError:
            if usage.has_values():
                emit("usage", _usage(usage, model.model_name, []))  # it is paid for all the same
            raise
        except Exception as problem:
            if usage.requests:
                emit("usage", _usage(usage, model.model_name, []))
            told = as_agent_error(problem)
            if told is None:
                raise
            raise told from problem
    messages = result.all_messages()
    emit("usage", _usage(usage, model.model_name, messages[known:]))
    if isinstance(result.output, DeferredToolRequests):
        return _deferred(result.output.calls, messages, turns_before + usage.requests, call)
    return Value(dict(result.output) if isinstance(result.output, dict) else result.output)


def _agent(config: LlmConfig, call: Call) -> Agent[None, Any]:
    answer: Any = str
    if config.output_schema is not None:
        answer = StructuredDict(config.output_schema, name=config.output_schema.get("title") or "answer")
    if not call.tools:
        return Agent(output_type=answer, name=call.name, retries=2)
    toolset: ExternalToolset[None] = ExternalToolset(
        [_definition(name, tool) for name, tool in _by_shown_name(call.tools).items()]
    )
    return Agent(output_type=[answer, DeferredToolRequests], toolsets=[toolset], name=call.name, retries=2)


def _by_shown_name(tools: Sequence[DrawnTool]) -> dict[str, DrawnTool]:
    """The tools by names that every provider takes: at most 64 letters, digits, “_” and “-”."""
    shown: dict[str, DrawnTool] = {}
    for number, tool in enumerate(tools):
        name = re.sub(r"[^A-Za-z0-9_-]", "_", tool.name)
        if name != tool.name or len(name) > MAX_NAME:
            name = f"{name[: MAX_NAME - 5]}_{number}"
        shown[name] = tool
    return shown


def _definition(name: str, tool: DrawnTool) -> ToolDefinition:
    arguments = ARGUMENTS[tool.does]
    return ToolDefinition(
        name=name,
        description=tool.description,
        parameters_json_schema={
            "type": "object",
            "properties": arguments,
            "required": [name for name in arguments if name not in OPTIONAL],
        },
        strict=False,
        kind="external",
    )


def _settings(config: LlmConfig) -> ModelSettings:
    settings = ModelSettings()
    if config.temperature is not None:
        settings["temperature"] = config.temperature
    if config.max_tokens is not None:
        settings["max_tokens"] = config.max_tokens
    return settings


def _streamer(emit: Emit) -> Any:
    async def stream(_: Any, events: AsyncIterable[AgentStreamEvent]) -> None:
        async for event in events:
            if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
                text = event.part.content
            elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
                text = event.delta.content_delta
            else:
                continue
            if text:
                emit("output", {"text": text})

    return stream


def _notes(call: Call) -> str:
    """What peers who gave this piece of work back left for whoever does it next."""
    work = call.context.get("work")
    notes = work.get("notes") if isinstance(work, dict) else None
    return "".join(f"\n\nSomebody gave this back: {as_text(note)}" for note in notes or ())


def _refusals(call: Call) -> str:
    """That a hand-off was refused, for the visit that goes on after it."""
    return "".join(f"\n\n{result.error}" for result in call.results if result.error)


def _results(call: Call) -> DeferredToolResults:
    return DeferredToolResults(
        calls={
            result.id: ToolFailed(result.error) if result.error is not None else as_text(result.value) or "done"
            for result in call.results
        }
    )


def _deferred(calls: Sequence[ToolCallPart], messages: list[ModelMessage], turns: int, call: Call) -> Answer:
    """What the model asked for: other tools first, then the first hand-off."""
    drawn = _by_shown_name(call.tools)
    handoffs = [part for part in calls if drawn[part.tool_name].does == "handoff"]
    others = [part for part in calls if drawn[part.tool_name].does != "handoff"]
    handoff = None
    if handoffs:
        first = handoffs[0]
        handoff = {
            "to": drawn[first.tool_name].target,
            "message": _arguments(first).get("message"),
            "calls": [[part.tool_call_id, part.tool_name] for part in handoffs],
        }
    if not others:
        return _pending_handoff(handoff or {}, messages, call)
    return Calls(
        tuple(Request(part.tool_call_id, drawn[part.tool_name].name, _arguments(part)) for part in others),
        {"messages": _as_json(messages), "turns": turns, "handoff": handoff},
    )


def _arguments(part: ToolCallPart) -> dict[str, JSON]:
    try:
        return part.args_as_dict()
    except (ValueError, AssertionError) as problem:
        raise AgentError(
            f"The model called {part.tool_name} with arguments that are no object.", type="UnexpectedAnswer"
        ) from problem


def _pending_handoff(handoff: dict[str, JSON], messages: list[ModelMessage], call: Call) -> Handoff:
    """The hand-off, with every call of the last turn answered: a provider refuses a history with open ones."""
    answers = [
        ToolReturnPart(result.tool, result.error or as_text(result.value) or "done", result.id)
        for result in call.results
    ]
    for index, (id, tool) in enumerate(handoff["calls"]):
        said = "Handed off." if index == 0 else "Ignored: the task was already handed off."
        answers.append(ToolReturnPart(tool, said, id))
    history = [*messages, ModelRequest(parts=answers)]
    given = handoff.get("message")
    return Handoff(
        to=handoff["to"],
        message=given if given not in (None, "") else call.value,
        context={"history": _as_json(history)},
    )


def _messages(history: JSON) -> list[ModelMessage]:
    """The conversation so far. Where a peer without a model handed the task over, what it said stands in it."""
    if not history:
        return []
    try:
        told = [_told(entry) if "kind" not in entry else entry for entry in history]
        return _without_orphans(ModelMessagesTypeAdapter.validate_python(told))
    except (ValueError, TypeError, KeyError) as problem:
        raise AgentError(
            "The conversation that came with the task cannot be read.", type="BadHistory", retryable=False
        ) from problem


def _told(entry: dict[str, JSON]) -> JSON:
    said = UserPromptPart(f"{entry['name']} handed the task over: {as_text(entry['message'])}")
    return _as_json([ModelRequest(parts=[said])])[0]


def _without_orphans(messages: list[ModelMessage]) -> list[ModelMessage]:
    """Without answers of tools whose calls were cut off, which a provider would refuse."""
    called: set[str] = set()
    kept: list[ModelMessage] = []
    for each in messages:
        if isinstance(each, ModelResponse):
            called |= {part.tool_call_id for part in each.parts if isinstance(part, ToolCallPart)}
            kept.append(each)
            continue
        parts = [part for part in each.parts if not isinstance(part, ToolReturnPart) or part.tool_call_id in called]
        if parts:
            kept.append(each if len(parts) == len(each.parts) else replace(each, parts=parts))
    return kept


def _as_json(messages: list[ModelMessage]) -> JSON:
    return ModelMessagesTypeAdapter.dump_python(messages, mode="json")


def _usage(usage: RunUsage, model: str, said: Sequence[ModelMessage]) -> dict[str, JSON]:
    told: dict[str, JSON] = {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "requests": usage.requests,
        "model": model,
    }
    if usage.cache_read_tokens:
        told["cached_tokens"] = usage.cache_read_tokens
    try:
        cost = sum((part.cost().total_price for part in said if isinstance(part, ModelResponse)), Decimal(0))
    except (LookupError, ValueError, AssertionError):
        return told  # a model without a public price
    if cost:
        told["cost"] = float(cost)
    return told
