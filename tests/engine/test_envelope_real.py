"""The envelope around models that are really asked: on a server on loopback that reports what it used."""

import asyncio
from typing import Any

import quartet.agents.built_in  # noqa: F401
from agents.agent_calls import chatting
from quartet.engine import run
from quartet.engine.invariants import violations
from quartet.engine.prices import Price, PriceTable
from quartet.graph.model import Agent, Edge, Graph, RunLimits
from servers.chat_server import ChatServer, says

PRICES = PriceTable(own={"m": Price(1000, 10_000)})
"""The server says that it was asked 20 tokens; it answers 4 words: US$ 0.02 and 0.04."""


def writers(server: ChatServer) -> Graph:
    """Three models in a row."""
    graph = Graph()
    for name in ("a", "b", "c"):
        graph.agents[name] = Agent(id=name, kind="llm", name=name, config=chatting(server))
    graph.edges = {n: Edge(id=n, source=n[0], target=n[1]) for n in ("ab", "bc")}
    return graph


def test_money_is_metered_from_the_reports_of_the_model_and_pauses_the_run_at_its_limit() -> None:
    async def go(server: ChatServer, more: float | None) -> tuple[Any, list]:
        events = []
        graph = writers(server)
        limits = RunLimits(max_cost=0.1)
        async with run(graph, "Go", limits=limits, on_limit="ask", prices=PRICES) as r:
            async for event in r:
                events.append(event)
                if event.type == "run.paused":
                    (reached,) = r.state.reached
                    assert (reached.which, reached.value, reached.shares) == (
                        "max_cost",
                        0.12,
                        (("a", 0.06), ("b", 0.06)),
                    )
                    if more is None:
                        r.cancel()
                    else:
                        r.grant("max_cost", more)
                        r.resume()
            assert not violations(events, graph)
            return r.state, events

    with ChatServer(says("one two three four")) as server:
        state, _ = asyncio.run(go(server, 1))
        assert (state.status, state.output, len(server.asked)) == ("succeeded", "one two three four", 3)
        assert (round(state.cost, 9), state.tokens) == (0.18, 72)
        assert [state.agents[id].cost for id in "abc"] == [0.06] * 3
    with ChatServer(says("one two three four")) as server:
        state, _ = asyncio.run(go(server, None))
        assert (state.status, len(server.asked)) == ("cancelled", 2)


def test_a_model_of_no_known_price_is_named_and_its_tokens_are_limited_all_the_same() -> None:
    async def go(server: ChatServer) -> Any:
        async with run(writers(server), "Go", limits=RunLimits(max_tokens=30), prices=PriceTable()) as r:
            return await r.result()

    with ChatServer(says("one two three four")) as server:
        state = asyncio.run(go(server))
        assert (state.status, state.tokens, state.unpriced, len(server.asked)) == ("failed", 48, ["m"], 2)
        assert state.reason == "limit reached: 30 tokens for the whole run, most by a, b"
