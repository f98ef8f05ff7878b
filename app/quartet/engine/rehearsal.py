"""Rehearsal: every agent follows a script on a virtual clock. No model, no network, no side effect, always the same.

`rehearsal` of an agent is a list with one entry for each attempt over the run; the last one repeats. Entries:

    {"returns": value}           succeeds with it
    {"fails": "text", "type"?: "ErrorType", "retry"?: false, "retry_after"?: seconds}
                                 of the type CancelledError: it cancels itself
    {"fills_in": "text"}         succeeds with the text, its {{ expressions }} filled in with what came in, as an
                                 agent does in a run; one that cannot be filled in fails it
    {"hangs": true}              never ends by itself
    {"hands_off": agent id, "message"?: value, "context"?: {…}}
    {"calls": [{"tool": name, "arguments"?: {…}}, …], "returns"?: value}
                                 asks the engine for these; then returns the value, or what came back. A list of
                                 such lists is several rounds, each asked for when the one before is answered. With
                                 "then": {…} it goes on with that entry instead
    {"waits": "question"}        asks a person, and returns the answer
    {"beats": [seconds, n]}      so many heartbeats, so far apart, before the rest
    {"ignores_cancel": seconds}  goes on for so long after it was cancelled
    {"says": "text" or [texts], "every"?: seconds}
                                 streams this before the rest, pieces so far apart
    {"usage": {"input_tokens"?: n, "output_tokens"?: n, "model"?: name (the agent's own), "cost"?: US$}}
                                 reports this before it ends, as a model does

    {"answers": value}           of a supervisor with nobody above it: what a person says when it asks one, each once

each with an optional `"after": seconds` (default 1, or 0 for an entry that hangs). A supervisor
that does no work takes only `fails`: it dies so long after it began, and again when it is back.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import Any

from quartet.agents.calls import AgentError, Answer, Call, Calls, Emit, Handoff, Request, Value, Wait
from quartet.agents.expressions import ExpressionError, as_text, render
from quartet.engine.clock import VirtualClock
from quartet.graph.model import Graph
from quartet.graph.nesting import found, without_slots

JSON = Any
ENTRY_KEYS = frozenset({
    "returns", "fills_in", "fails", "type", "retry", "retry_after", "hangs", "hands_off", "message", "context",
    "calls", "waits", "beats", "ignores_cancel", "says", "every", "after", "usage", "then", "answers",
})  # fmt: skip


class RehearsalExecutor:
    """Carries out scripts (see `Executor`)."""

    def __init__(self, graph: Graph, clock: VirtualClock) -> None:
        self._clock, self._graph = clock, graph
        self._places = {str(id): place for place, id in enumerate(graph.agents)}
        self._known: dict[str, tuple[Sequence[dict[str, JSON]], int]] = {}
        self._used: dict[str, int] = {}
        self._again: defaultdict[str, deque[int]] = defaultdict(deque)
        """Entries that were under way when the program ended, to be followed again."""
        self._stubborn: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def start(self) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """End those that still ignore their cancellation."""
        self._closed = True
        for task in self._stubborn:
            task.cancel()

    async def run(self, call: Call, emit: Emit) -> Answer:
        """Follow the next entry of the agent's script (see `Executor`)."""
        if call.state is not None:
            return await self._continue(call, emit)
        script, place = self._script(call.agent)
        if not script:
            return await self._unscripted(call, place)
        used = self._next(call.agent)
        entry = script[min(used, len(script) - 1)]
        stubborn = float(entry.get("ignores_cancel", 0.0))
        try:
            return await self._follow(entry, call, emit, place)
        except asyncio.CancelledError:
            if not stubborn:
                raise
        return await self._ignore_cancellation(stubborn, entry.get("returns"), place)

    def _script(self, path: str) -> tuple[Sequence[dict[str, JSON]], int]:
        """The script of an agent, and its place in the file; one in a sub-graph has that of whom it is a part of."""
        known = self._known.get(path)
        if known is None:
            way = found(self._graph, path)
            place = self._places.get(way[0].id, 0) if way else 0
            known = self._known[path] = ((way[-1].rehearsal or ()) if way else (), place)
        return known

    def _next(self, agent: str) -> int:
        """The number of the entry that an agent follows next; scopes of one sub-graph follow the same script."""
        agent = without_slots(agent)
        if again := self._again[agent]:
            return again.popleft()
        used = self._used.get(agent, 0)
        self._used[agent] = used + 1
        return used

    def go_on_after(self, begun: Iterable[tuple[str, int]]) -> None:
        """Go on with a rehearsal that was interrupted (see `journal.Replayed.begun`)."""
        entries: dict[int, tuple[str, int]] = {}
        for agent, number in begun:
            if agent:
                entries[number] = (agent, self._next(agent))
            elif number in entries:
                lost, entry = entries[number]
                self._again[without_slots(lost)].append(entry)

    def skip(self, agent: str, entries: int) -> None:
        """The first so many entries of an agent's script were followed in another run, whose answers are reused."""
        agent = without_slots(agent)
        self._used[agent] = max(self._used.get(agent, 0), entries)

    async def _ignore_cancellation(self, seconds: float, value: JSON, place: int) -> Answer:
        task = asyncio.current_task()
        assert task is not None
        self._stubborn.add(task)
        until = self._clock.now() + seconds
        try:
            while (left := until - self._clock.now()) > 0:
                try:
                    await self._clock.sleep(left, place)
                except asyncio.CancelledError:
                    if self._closed:
                        raise
        finally:
            self._stubborn.discard(task)
        return Value(value)

    async def _follow(self, entry: dict[str, JSON], call: Call, emit: Emit, place: int) -> Answer:
        clock = self._clock
        if "says" in entry:
            said = entry["says"] if isinstance(entry["says"], list) else [entry["says"]]
            for n, text in enumerate(said):
                if n and entry.get("every"):
                    await clock.sleep(float(entry["every"]), place)
                emit("output", {"text": str(text)})
        if "beats" in entry:
            apart, count = entry["beats"]
            for n in range(int(count)):
                await clock.sleep(float(apart), place)
                emit("heartbeat", {"details": n})
        after = entry.get("after", 0.0 if "hangs" in entry or "beats" in entry else 1.0)
        if after:
            await clock.sleep(float(after), place)
        if "usage" in entry:
            model = call.config.get("model")
            emit("usage", {**({"model": model} if isinstance(model, str) else {}), **entry["usage"]})
        if entry.get("hangs"):
            await clock.sleep(None, place)
        if "fails" in entry:
            if entry.get("type") == "CancelledError":
                raise asyncio.CancelledError
            raise AgentError(
                str(entry["fails"]), type=str(entry.get("type", "AgentError")), retryable=entry.get("retry", True),
                retry_after=entry.get("retry_after"),
            )  # fmt: skip
        if "hands_off" in entry:
            return Handoff(str(entry["hands_off"]), entry.get("message"), entry.get("context"))
        if "waits" in entry:
            return Wait(str(entry["waits"]), {"then": "answer"})
        if "calls" in entry:
            asked = entry["calls"]
            rounds = asked if asked and isinstance(asked[0], list) else [asked]
            then = {"then": "return", "value": entry["returns"]} if "returns" in entry else {"then": "results"}
            if "then" in entry:
                then = {"then": "entry", "entry": entry["then"]}
            return _round(rounds, then)
        if "fills_in" in entry:
            try:
                return Value(render(str(entry["fills_in"]), call.variables()))
            except ExpressionError as problem:
                raise AgentError(str(problem), type="ExpressionError", retryable=False) from problem
        return Value(entry.get("returns", self._default(call)))

    async def _unscripted(self, call: Call, place: int) -> Answer:
        await self._clock.sleep(1.0, place)
        workers = [tool for tool in call.tools if tool.does == "delegate"]
        if workers:
            value = as_text(call.value)
            requests = tuple(Request(tool.name, tool.name, {"task": value}) for tool in workers)
            return Calls(requests, {"then": "default"})
        if call.kind == "human":
            choices = call.config.get("choices")
            return Value(choices[0] if isinstance(choices, list) and choices else "approved")
        return Value(self._default(call))

    def _default(self, call: Call) -> str:
        lines = as_text(call.value).strip().splitlines()
        return f"{call.name}: {lines[0] if lines else ''}"

    async def _continue(self, call: Call, emit: Emit) -> Answer:
        state = call.state if isinstance(call.state, dict) else {}
        then = state.get("then")
        if state.get("rounds"):
            return _round(state["rounds"], state)
        if then == "entry":
            return await self._follow(state["entry"], call, emit, self._script(call.agent)[1])
        found = [result.value if result.error is None else {"error": result.error} for result in call.results]
        if then == "return":
            return Value(call.state["value"])
        if then == "answer":
            return Value(found[0] if found else None)
        if then == "results":
            return Value(found[0] if len(found) == 1 else found)
        return Value(self._default(call))


def _round(rounds: list[list[dict[str, JSON]]], then: dict[str, JSON]) -> Calls:
    """Ask for the first of these rounds, and keep the others for afterwards."""
    requests = tuple(Request(str(n), str(one["tool"]), one.get("arguments", {})) for n, one in enumerate(rounds[0], 1))
    return Calls(requests, {**then, "rounds": rounds[1:]})
