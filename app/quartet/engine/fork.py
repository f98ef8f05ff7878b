"""Forks: a new run that begins with what an earlier one had answered by some event, with a change if one likes.

    forked = prepare("…/newsroom.run", at=42, values={"writer#2": "another draft"})
    forked.parts           what is given again, what is done again and why, agent by agent
    async with forked.run() as r: …

A fork starts from the beginning; each execution that is called as it was called then gets the answer of then at once
(`quartet.engine.reuse`), and all others are really carried out. So a change has to name itself only: what depends on
it is called with something else and is done again, and nothing else is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from quartet.engine.activation import Failure
from quartet.engine.clock import Clock, RealClock, VirtualClock
from quartet.engine.events import Event
from quartet.engine.executors import Executor, RoutingExecutor
from quartet.engine.fork_parts import Part, executes, nodes_of, parts_of, repeats_of
from quartet.engine.journal import Header, Recorded, Replayed
from quartet.engine.prices import PriceTable
from quartet.engine.rehearsal import RehearsalExecutor
from quartet.engine.reuse import Kept, Reply, ReusingExecutor, replies_to
from quartet.engine.run import Run, run
from quartet.graph.model import Graph

__all__ = ["SAME", "Fork", "ForkError", "Part", "fork", "prepare", "reusing_again"]

JSON = Any
SAME: Any = object()
"""Stands for the input of the run that is forked."""


class ForkError(ValueError):
    """What was asked for does not fit the run; the text says what would."""


class Fork:
    """A fork that was prepared; `run` starts it."""

    def __init__(self, source: Source, at: int, graph: Graph, input: JSON, values: dict[tuple[str, int], JSON]) -> None:
        self.source, self.at, self.graph, self.input, self.values = source, at, graph, input, values
        self.kept = source.kept(at)
        old = source.graph
        self.parts: list[Part] = parts_of(
            old, graph, source.events, at, self.kept, stated={agent for agent, _ in values},
            other_input=input != source.header.input,
        )  # fmt: skip
        self.repeats: list[str] = (
            [] if source.header.rehearse else repeats_of(graph, source.events, self.kept, self.parts)
        )
        """Agents that are not safe to run twice, succeeded in the earlier run, and are or may be executed again."""
        self.reuse: ReusingExecutor | None = None
        """Of the run that was started: what was given again, and what was executed."""

    def run(
        self,
        *,
        journal: str | PathLike[str] | None = None,
        settings: dict[str, JSON] | None = None,
        clock: Clock | None = None,
        executor: Executor | None = None,
        run_id: str | None = None,
        prices: PriceTable | None = None,
    ) -> Run:
        """Get the new run ready; the arguments are those of `engine.run`.

        Raises:
            Refused: the graph cannot run; says every reason.
        """
        header = self.source.header
        if clock is None:
            clock = VirtualClock() if header.rehearse else RealClock()
        if executor is None and isinstance(clock, VirtualClock):
            executor = RehearsalExecutor(self.graph, clock)
        elif executor is None:
            executor = RoutingExecutor()
        reuse = self.reuse = ReusingExecutor(executor, header.run_id, self.kept, self.values)
        found = run(
            self.graph,
            self.input,
            rehearse=header.rehearse,
            clock=clock,
            executor=reuse,
            run_id=run_id,
            journal=journal,
            settings={**header.settings, **(settings or {})},
            prices=prices,
            parent=self._noted(),
        )
        reuse.reply = found.answer
        return found

    def _noted(self) -> dict[str, JSON]:
        """What the journal of the new run says of where it came from: enough to go on reusing after a crash."""
        values = [[agent, act, value] for (agent, act), value in self.values.items()]
        return {"run": self.source.header.run_id, "path": str(self.source.path), "at": self.at, "values": values}


def prepare(
    path: str | PathLike[str],
    *,
    at: int | None = None,
    values: Mapping[str, JSON] | None = None,
    input: JSON = SAME,
    graph: Graph | None = None,
) -> Fork:
    """Look at an earlier run and say what a fork of it would do, before anything starts.

    Args:
        path: the journal of the earlier run; it is only read.
        at: the event whose answers, and those before it, are kept; by default the last one.
        values: what visits of agents are to answer instead: `{"writer": …}` (its latest visit by that event) or
            `{"writer#2": …}` (its second visit).
        input: the input of the new run; by default that of the earlier one.
        graph: what the new run runs; by default what the earlier one ran.
    Raises:
        ForkError: the event, an agent or a visit does not exist.
        JournalError, FileProblem: the journal cannot be read.
    """
    source = Source(Path(path))
    if at is None:
        at = source.last
    if not source.last:
        raise ForkError("Nothing of that run was recorded, so there is nothing to fork; `quartet resume` begins it.")
    if not 1 <= at <= source.last:
        raise ForkError(f"The run has the events 1 to {source.last:,}; there is no event {at:,}.")
    drawn = source.graph if graph is None else graph
    stated = dict(_stated(source, at, drawn, values or {}))
    return Fork(source, at, drawn, source.header.input if input is SAME else input, stated)


def fork(
    path: str | PathLike[str],
    *,
    at: int | None = None,
    values: Mapping[str, JSON] | None = None,
    input: JSON = SAME,
    graph: Graph | None = None,
    journal: str | PathLike[str] | None = None,
    clock: Clock | None = None,
    executor: Executor | None = None,
) -> Run:
    """A new run from any event of an earlier one: what was answered by then is given again, the rest is executed.

    What is not safe to run twice is executed again if it is called with something else; `prepare` says beforehand
    which agents these may be. Arguments and errors are those of `prepare` and `Fork.run`.
    """
    found = prepare(path, at=at, values=values, input=input, graph=graph)
    return found.run(journal=journal, clock=clock, executor=executor)


def reusing_again(header: Header, events: Iterable[Event]) -> ReusingExecutor | None:
    """For the resumption of a fork: an executor that goes on giving the answers that were not given yet.

    None: it is no fork, or a rehearsal, where nothing is saved. `events` are those of the fork so far.

    Raises:
        JournalError, FileProblem: the journal of the run it came from cannot be read any more.
    """
    parent = header.parent
    if parent is None or header.rehearse:
        return None
    given: dict[tuple[str | None, int | None, int | None], int] = {}
    for event in events:
        key = (event.agent, event.act, event.attempt)
        if event.type == "attempt.reused" and event.data and "seq" in event.data:
            given[key] = event.data["seq"]
        elif event.type == "attempt.lost":
            given.pop(key, None)
    used = set(given.values())
    source = Source(Path(parent["path"]))
    kept = [one for one in source.kept(parent["at"]) if one.seq not in used]
    values = {(agent, act): value for agent, act, value in parent["values"]}
    return ReusingExecutor(RoutingExecutor(), source.header.run_id, kept, values)


# ---------------------------------------------------------------------- the earlier run


class Source:
    """An earlier run, as its journal tells it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with Recorded.open(path) as recorded:
            self.header = recorded.header
            self.graph = recorded.graph()
            self.events = list(recorded.events())
            self.damage = recorded.damage
        self.differs: str | None = None
        """From where on the run would go differently in this version; answers after that are not known."""
        self.last = self.events[-1].seq if self.events else 0

    def kept(self, at: int) -> list[Kept]:
        """The answers up to an event."""
        begun: dict[str | None, int] = {}
        places: dict[tuple[str | None, int | None, int | None], int] = {}
        resolved: dict[tuple[str | None, int | None], list[Reply]] = {}
        for event in self.events[:at]:
            if event.type == "attempt.started":
                begun[event.agent] = begun.get(event.agent, 0) + 1
                places[event.agent, event.act, event.attempt] = begun[event.agent]
            elif event.type == "wait.resolved" and event.data and event.data.get("by") != "rehearsal":
                reply = Reply(event.seq, event.data.get("value"))
                resolved.setdefault((event.agent, event.act), []).append(reply)
        found = []
        with Recorded.open(self.path) as recorded:
            replayed = Replayed(recorded, until=at, strict=False)
        self.differs = replayed.differs
        for one in replayed.answers:
            call, answer = one.call, one.outcome
            if answer is None or isinstance(answer, Failure):
                continue
            later = [reply for reply in resolved.get((call.agent, call.act), ()) if reply.seq > one.seq]
            place = places.get((call.agent, call.act, call.attempt), 0)
            # what follows from an answer begins with the event after it
            found.append(Kept(one.seq + 1, call, answer, replies_to(call, answer, later), place))
        return found


_VISIT = re.compile(r"(?P<agent>.+?)(?:#(?P<act>[1-9]\d*))?")


def _stated(
    source: Source, at: int, graph: Graph, values: Mapping[str, JSON]
) -> Iterator[tuple[tuple[str, int], JSON]]:
    """The visits that values were stated for."""
    nodes = nodes_of(graph)
    for text, value in values.items():
        id, act = text, None
        if id not in nodes and (match := _VISIT.fullmatch(text)) and match["act"]:
            id, act = match["agent"], int(match["act"])
        if id not in nodes:
            named = [node.id for node in nodes.values() if node.agent.name.casefold() == id.casefold()]
            if len(named) != 1:
                few = ", ".join(list(nodes)[:8]) + (" …" if len(nodes) > 8 else "")
                raise ForkError(f"There is no agent “{id}” in the graph; there are {few}.")
            id = named[0]
        node = nodes[id]
        if not executes(node):
            raise ForkError(f"“{node.agent.name}” executes nothing itself; state what the agents before it answer.")
        visits = [e.act or 1 for e in source.events[:at] if e.type == "attempt.started" and e.agent == id]
        if act is None and node.agent.dynamic:
            there = f"{id}#{min(visits)} to {id}#{max(visits)}" if visits else f"{id}#2, {id}#3 …"
            raise ForkError(f"“{node.agent.name}” stands for several copies; say which of them: {there}.")
        yield (id, act if act is not None else max(visits, default=1)), value
