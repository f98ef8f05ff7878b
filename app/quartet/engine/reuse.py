"""Answers of an earlier run given again: an executor in front of the real one that knows what was answered before.

What an execution answers is kept by the agent and by what it was called with; an identical call gets the answer at
once, every other call is really carried out. The answers come in the order in which they came then, and nothing is
really begun while one of them can still decide something, so that races end as they ended and nobody does work again
whom the earlier run had stopped.
"""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import json
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from quartet.agents.calls import Answer, Call, Calls, Emit, Value, Wait
from quartet.agents.expressions import template_names
from quartet.agents.kinds import find

if TYPE_CHECKING:
    from quartet.engine.executors import Executor

JSON = Any
ROUNDS = 4
"""Rounds of the loop from an answer to the call of whoever comes next, and one more."""
TRIES = 25
"""How often a person's answer is offered at most while its question is not there."""


_SLOT = re.compile(r"#\d+/")


class Reply(NamedTuple):
    """What a person answered then."""

    seq: int
    """Of the event that told it."""
    value: JSON


class Kept(NamedTuple):
    """One answer of an earlier run."""

    seq: int
    """Of the first event that the answer led to."""
    call: Call
    answer: Answer
    replies: tuple[Reply, ...] = ()
    """What a person answered to the questions that are in this answer, in their order."""
    executions: int = 0
    """How many executions of the agent had begun until then, so that a rehearsal goes on in its script."""


class _Turn(NamedTuple):
    """Something that waits for its turn."""

    seq: float
    place: int
    """In the order in which they began to wait, so that no two are equal."""
    go: Callable[[], None]
    after: bool = False
    """It belongs to an answer that was just given: only when all that follows from that has happened."""


def digest(call: Call) -> str:
    """What a call was, apart from when it came: equal for two calls that may have the same answer.

    The run's input counts only where the agent can see it; the names of those it got something from, where they
    stand over its sections; its own name and the number of the attempt never.
    """
    what = [
        place_of(call.agent), call.kind, call.config, call.value, call.inputs, call.context, call.visit, call.state,
        [list(result) for result in call.results], [list(tool) for tool in call.tools],
        [call.names.get(id) for id in call.inputs] if len(call.inputs) > 1 else None,
        [call.input] if sees_input(call.kind, call.config) else None, call.shared,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(what, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def place_of(agent: str) -> str:
    """Where an agent stands in the drawing, by its id in a run: `review#2/editor` is `review/editor`, whichever of the
    scopes that are open at the same time it was in."""
    return _SLOT.sub("/", agent) if "#" in agent else agent


def sees_input(kind_name: str, config: dict[str, JSON]) -> bool:
    """Whether an execution may depend on the run's input beside what it received: its templates name it, or it is code
    that may look at everything."""
    kind = find(kind_name)
    if kind is None or kind_name == "python":
        return True
    try:
        templates = kind.config.model_validate(config).templates()
        return any("input" in template_names(text) for text in templates.values())
    except (AttributeError, ValueError):
        return True  # a config or a template that cannot be read: rather once too often


class ReusingExecutor:
    """Gives what was answered before; carries out the rest with another executor (see `Executor`)."""

    def __init__(
        self, inner: Executor, run: str, kept: Iterable[Kept], values: dict[tuple[str, int], JSON] | None = None
    ) -> None:
        """`run`: whose answers they are; `values`: what visits of agents are to answer instead, by (agent, act)."""
        self.inner, self.run_id = inner, run
        self.values = values or {}
        self.reused: Counter[str] = Counter()
        """How many answers of each agent were given again."""
        self.replaced: Counter[str] = Counter()
        """How many executions of each agent got a stated value."""
        self.executed: Counter[str] = Counter()
        """How many executions of each agent were really carried out."""
        self.reply: Callable[[str, JSON], bool] | None = None
        """Answers the first open question of an agent, if there is one: `Run.answer`."""
        self._known: dict[str, deque[Kept]] = {}
        self._order: deque[int] = deque()
        self._due: list[_Turn] = []
        self._taken: set[int] = set()
        self._count = 0
        self._still = 0
        self._watching = False
        self._calls_seen = 0
        self._quiet: asyncio.Future[None] | None = None
        seqs = []
        for one in sorted(kept, key=lambda one: one.seq):
            self._known.setdefault(digest(one.call), deque()).append(one)
            seqs += [one.seq, *(reply.seq for reply in one.replies)]
        self._order.extend(sorted(seqs))

    async def start(self) -> None:
        """Get the other executor ready."""
        await self.inner.start()

    async def close(self) -> None:
        """Close the other executor."""
        await self.inner.close()

    async def run(self, call: Call, emit: Emit) -> Answer:
        """Give the recorded answer, a stated value, or carry the execution out (see `Executor`)."""
        self._calls_seen += 1
        stated = (call.agent, call.act) in self.values and call.state is None
        one = self._take(call)
        if stated:
            await self._turn(one.seq if one is not None else float("inf"))
            self._skip(one)
            self.replaced[call.agent] += 1
            emit("reused", {"run": self.run_id, "edited": True})
            return Value(self.values[call.agent, call.act])
        if one is None:
            await self._until_quiet()
            self.executed[call.agent] += 1
            return await self.inner.run(call, emit)
        try:
            await self._turn(one.seq)
        except asyncio.CancelledError:
            self._known.setdefault(digest(call), deque()).appendleft(one)
            raise
        self._skip(one)
        self.reused[call.agent] += 1
        emit("reused", {"run": self.run_id, "seq": one.seq})
        for reply in one.replies if isinstance(one.answer, Wait | Calls) else ():
            self._wait_for(reply.seq, self._replying(call.agent, reply), after=True)
        return one.answer

    def _take(self, call: Call) -> Kept | None:
        if not self._known:
            return None
        found = self._known.get(digest(call))
        return found.popleft() if found else None

    def _skip(self, one: Kept | None) -> None:
        skip = getattr(self.inner, "skip", None)
        if one is not None and skip is not None:
            skip(one.call.agent, one.executions)

    def _replying(self, agent: str, reply: Reply, tries: int = 0) -> Callable[[], None]:
        def go() -> None:
            if self.reply is not None and not self.reply(agent, reply.value) and tries < TRIES:
                # the question is not there yet
                self._wait_for(reply.seq, self._replying(agent, reply, tries + 1), after=True)

        return go

    # ------------------------------------------------------------------ one after the other

    async def _turn(self, seq: float) -> None:
        """Wait until everything that came before `seq` then has come, or is not going to come now."""
        future = asyncio.get_running_loop().create_future()
        self._wait_for(seq, lambda: None if future.done() else future.set_result(None))
        await future

    def _wait_for(self, seq: float, go: Callable[[], None], *, after: bool = False) -> None:
        self._count += 1
        heapq.heappush(self._due, _Turn(seq, self._count, go, after))
        self._watch()

    async def _until_quiet(self) -> None:
        """Wait until no answer that is known waits for its turn and none comes for it at this moment."""
        if not self._order:
            return
        if self._quiet is None or self._quiet.done():
            self._quiet = asyncio.get_running_loop().create_future()
        self._watch()
        # several wait for the same: that one of them is cancelled is its own affair
        await asyncio.shield(self._quiet)

    def _watch(self) -> None:
        self._still = 0
        if not self._watching:
            self._watching = True
            self._seen = self._calls_seen
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        """Once a round of the loop while something waits: let the next one go as soon as it is known to be the next."""
        if self._seen != self._calls_seen:
            self._seen, self._still = self._calls_seen, 0
        self._still += 1
        if self._due and (self._is_next(self._due[0]) or self._still >= ROUNDS):
            turn = heapq.heappop(self._due)
            while self._order and self._order[0] <= turn.seq:
                self._order.popleft()
            self._still = 0
            turn.go()
        elif not self._due and (self._still >= ROUNDS or not self._order):
            self._watching = False
            if self._quiet is not None and not self._quiet.done():
                self._quiet.set_result(None)
            return
        asyncio.get_running_loop().call_soon(self._look)

    def _is_next(self, turn: _Turn) -> bool:
        return not turn.after and bool(self._order) and turn.seq <= self._order[0]


def replies_to(call: Call, answer: Answer, resolved: Sequence[Reply]) -> tuple[Reply, ...]:
    """Of what a person answered an activation after `answer`, what belongs to the questions in it."""
    if isinstance(answer, Wait):
        return tuple(resolved[:1])
    if isinstance(answer, Calls):
        asking = {tool.name for tool in call.tools if tool.does == "ask"} | {"ask"}
        return tuple(resolved[: sum(request.tool in asking for request in answer.requests)])
    return ()
