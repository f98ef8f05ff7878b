"""Real runs that leave a trace of each call of an agent, to be carried by a process that is killed."""

import asyncio
import os
import random
from pathlib import Path
from typing import Any

from quartet.agents.calls import AgentError, Answer, Call, Calls, Emit, Request, Value, Wait
from quartet.agents.kinds import Config, find, kind
from quartet.engine import resume, run
from quartet.graph.model import Agent, Edge, Graph, RunLimits


class TrialConfig(Config):
    """What an agent of these trials does."""

    calls: str
    ms: int = 0
    fails: int = 0
    does: str = "value"
    repeatable: bool = True


if find("trial") is None:

    @kind("trial", title="Trial", summary="Leaves a trace of each call", icon="circle", config=TrialConfig,
          repeatable=lambda config: config.repeatable)  # fmt: skip
    async def trial(config: TrialConfig, call: Call, emit: Emit) -> Answer:
        """Note the call in a file that outlives the process; take a while; fail or answer with what it was given."""
        with Path(config.calls).open("a") as file:
            file.write(f"{call.agent} {call.act} {call.attempt} {len(call.results)}\n")
        emit("output", {"text": "…"})
        if config.ms:
            await asyncio.sleep(config.ms / 1000)
        if call.attempt <= config.fails:
            raise AgentError("not yet", retryable=True)
        if config.does == "asks" and not call.results:
            return Calls((Request("1", "post_work", {"work": 1}), Request("2", "ask", {"question": "well?"})), {"n": 1})
        if config.does == "waits" and not call.results:
            return Wait("well?", {"n": 2})
        answers = [result.value for result in call.results]
        return Value(f"{call.agent}{call.act}({call.value}{answers or ''})")


def drawn(rng: random.Random, calls: Path) -> Graph:
    """A random graph without races: how it ends does not depend on who is faster."""
    names = [f"a{n}" for n in range(rng.randint(2, 12))]
    graph = Graph(limits=RunLimits(max_concurrency=rng.choice([1, 3, 64])))
    for name in names:
        config = {
            "calls": str(calls), "ms": rng.choice([0, 0, 1, 3, 8]), "fails": rng.choice([0, 0, 0, 1]),
            "does": rng.choice(["value"] * 4 + ["waits", "asks"]),
        }  # fmt: skip
        fields: dict[str, Any] = {"retry": {"max_attempts": 3, "initial_interval": 0.005}}
        if rng.random() < 0.2:
            fields["dynamic"] = True
        graph.agents[name] = Agent(id=name, kind="trial", name=name, config=config, **fields)
    for n in range(rng.randint(1, 2 * len(names))):
        a, b = sorted(rng.sample(range(len(names)), k=2))
        if not any((e.source, e.target) == (names[a], names[b]) for e in graph.edges.values()):
            graph.edges[f"e{n}"] = Edge(id=f"e{n}", source=names[a], target=names[b])
    if rng.random() < 0.3:
        last = graph.agents[names[-1]]
        graph.edges["loop"] = Edge(id="loop", source=last.id, target=last.id, loop=True, max_iterations=3)
    return graph


def carry(seed: int, calls: Path, path: Path | None, *, again: bool) -> tuple[str, Any]:
    """Run it, or go on with it; how it ended."""

    async def go() -> tuple[str, Any]:
        graph = drawn(random.Random(seed), calls)
        async with resume(path) if again and path else run(graph, ["x", "y"], journal=path, seed=seed) as r:
            for agent, state in r.state.agents.items():
                if state.prompt is not None:
                    r.answer(agent, "yes")
            async for event in r:
                if event.type == "wait.started":
                    r.answer(event.agent or "", "yes")
            return r.state.status, r.state.output

    return asyncio.run(go())


def in_child(*arguments: Any, again: bool) -> None:
    carry(*arguments, again=again)
    os._exit(0)


def called(calls: Path) -> list[tuple[str, int]]:
    lines = calls.read_text().splitlines() if calls.exists() else []
    return [(line.split()[0], int(line.split()[1])) for line in lines if len(line.split()) == 4]
