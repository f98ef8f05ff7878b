"""What stands beside the work: who only opens a run and hears of it, what only keeps data, what only passes it on."""

from __future__ import annotations

from collections.abc import Iterable

from quartet.patterns.drawing import Drawing, Link


def outsiders(drawing: Drawing, links: Iterable[Link], oversight: Iterable[Link]) -> dict[int, int]:
    """The people who only open the run and only receive reports of it, with the agent that they turn to.

    Such a person is no step, and nobody's supervisor: everything that they do is outside of the drawing.
    """
    people = {agent for agent, id in enumerate(drawing.ids) if drawing.graph.agents[id].kind == "human"}
    if not people:
        return {}
    turned_to: dict[int, set[int]] = {}
    told: set[int] = set()
    busy: set[int] = set()
    for link in (*links, *drawing.loops, *drawing.fallbacks, *oversight):
        if link.source in people:
            if link.called == "trigger":
                turned_to.setdefault(link.source, set()).add(link.target)
            else:
                busy.add(link.source)
        if link.target in people:
            (told if link.called == "report" else busy).add(link.target)
    return {person: min(agents) for person, agents in turned_to.items() if len(agents) == 1 and person in told - busy}


def keepsakes(drawing: Drawing, links: Iterable[Link], oversight: Iterable[Link]) -> dict[int, int]:
    """The stores that take no order with them when they are left out, with the first agent that writes to each.

    Whoever writes to such a store also leads to everybody who reads it: it is state that they share, no step.
    """
    stores = {agent for agent, role in enumerate(drawing.roles) if role == "store"}
    if not stores:
        return {}
    ways = {(link.source, link.target) for link in links}
    writers: dict[int, list[int]] = {}
    readers: dict[int, list[int]] = {}
    for source, target in ways:
        if target in stores:
            writers.setdefault(target, []).append(source)
        if source in stores:
            readers.setdefault(source, []).append(target)
    for link in (*drawing.loops, *drawing.fallbacks, *oversight):
        stores -= {link.source, link.target}
    return {
        store: min(writers[store])
        for store in sorted(stores & writers.keys() & readers.keys())
        if stores.isdisjoint(writers[store])
        and all((writer, reader) in ways for writer in writers[store] for reader in readers[store])
    }


def switches(drawing: Drawing, links: Iterable[Link], oversight: Iterable[Link]) -> dict[int, int]:
    """The routers that only choose for one agent which of its workers is next, with that agent.

    Only the agent leads to the router, and two or more of those it leads to answer the agent, or copies of one do: its
    ways out are the agent's own. So are the workers of a router or a tool that the agent oversees and that deals with
    nobody else.
    """
    found = _relayed(drawing, links, oversight)
    routers = {agent for agent, role in enumerate(drawing.roles) if role == "router"} - found.keys()
    if not routers:
        return found
    onward: dict[int, dict[int, Link]] = {}
    asked: dict[int, set[int]] = {}
    for link in links:
        onward.setdefault(link.source, {}).setdefault(link.target, link)
        asked.setdefault(link.target, set()).add(link.source)
    for link in (*drawing.loops, *drawing.fallbacks, *oversight):
        routers -= {link.source, link.target}
    for router in sorted(routers & asked.keys() & onward.keys()):
        if len(asked[router]) > 1:
            continue
        (agent,) = asked[router]
        if drawing.roles[agent] != "worker":
            continue
        answering = {other for other in onward[router] if agent in onward.get(other, ())}
        if len(answering) < 2 and not any(drawing.dynamic[other] for other in answering):
            continue
        # or else the router may be where the work starts and the agent where it is gathered, time and again
        told = any(link.called == "report" for link in (onward[other][agent] for other in answering))
        way_out = agent in onward[router] or onward[router].keys() - answering or asked.get(agent, set()) - answering
        if told or (way_out and len(onward[agent]) == 1):
            found[router] = agent
    return found


def _relayed(drawing: Drawing, links: Iterable[Link], oversight: Iterable[Link]) -> dict[int, int]:
    """The routers and tools through which one agent oversees others, with that agent."""
    bosses: dict[int, set[int]] = {}
    workers: dict[int, set[int]] = {}
    for link in oversight:
        bosses.setdefault(link.target, set()).add(link.source)
        workers.setdefault(link.source, set()).add(link.target)
    between = {
        agent for agent in workers if drawing.roles[agent] in ("router", "tool") and len(bosses.get(agent, ())) == 1
    }
    if not between:
        return {}
    for link in (*links, *drawing.loops, *drawing.fallbacks):
        for relay, other in ((link.source, link.target), (link.target, link.source)):
            if relay in between and other not in workers[relay] | bosses[relay]:
                between.discard(relay)
    found = {relay: min(bosses[relay]) for relay in sorted(between)}
    return {relay: agent for relay, agent in found.items() if drawing.roles[agent] == "worker"}
