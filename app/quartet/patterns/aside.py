"""What is no worker of its own: agents that only stand in after a failure, and tools that only relay."""

from __future__ import annotations

from collections.abc import Iterable

from quartet.patterns.drawing import Drawing, Link
from quartet.patterns.groups import connected


def standins(drawing: Drawing) -> dict[int, list[int]]:
    """The agents that are reached only after a failure, in the order they are tried, by the agent they stand in for."""
    count = len(drawing.ids)
    expected = [0] * count  # ways in that are no fallback
    after: list[list[int]] = [[] for _ in range(count)]
    for link in drawing.links:
        expected[link.target] += 1
        after[link.source].append(link.target)
    helped: dict[int, int] = {}
    for link in drawing.fallbacks:
        if drawing.roles[link.source] == "board":
            continue  # it does no work that could fail
        if not expected[link.target] and link.source != link.target:
            helped.setdefault(link.target, link.source)
    queue = list(helped)
    for agent in queue:  # grows while it is read: what only stand-ins lead to stands in as well
        for next_ in after[agent]:
            expected[next_] -= 1
            if not expected[next_] and next_ not in helped:
                helped[next_] = agent
                queue.append(next_)
    found: dict[int, list[int]] = {}
    primary: dict[int, int] = {}  # -1: it stands in for itself, over others
    for agent in queue:
        way, at = [agent], helped[agent]
        on_way = {agent}
        while at in helped and at not in primary and at not in on_way:
            way.append(at)
            on_way.add(at)
            at = helped[at]
        end = primary.get(at, -1 if at in helped else at)
        primary.update(dict.fromkeys(way, end))
        if end >= 0:
            found.setdefault(end, []).append(agent)
    return found


def reports(links: list[Link], oversight: list[Link]) -> tuple[list[Link], list[Link], set[int]]:
    """Read a call out with a report back as oversight.

    Returns the links and the oversight that follow, and the agents that only collect a fan-out of their own: those of
    whose answered calls two or more are triggers.
    """
    watched = {(link.source, link.target) for link in oversight}
    if not any(link.called == "report" for link in links):
        left = [link for link in links if (link.target, link.source) not in watched] if watched else links
        return left, oversight, set()
    calls: dict[tuple[int, int], list[Link]] = {}
    for link in links:
        calls.setdefault((link.source, link.target), []).append(link)
    answered: dict[int, list[tuple[int, int]]] = {}
    for link in links:
        pair = (link.target, link.source)
        if link.called == "report" and pair in calls and pair not in watched:
            answered.setdefault(link.target, []).append(pair)
    own_fan_out = {
        hub
        for hub, pairs in answered.items()
        if sum(any(call.called == "trigger" for call in calls[pair]) for pair in pairs) >= 2
    }
    found = list(oversight)
    gone: set[int] = set()
    for hub, pairs in answered.items():
        for pair in pairs:
            gone.update(map(id, calls[pair]))
            if hub not in own_fan_out:
                found.append(calls[pair][0])
                watched.add(pair)
    left = [link for link in links if id(link) not in gone and (link.target, link.source) not in watched]
    return left, found, own_fan_out


def tools(drawing: Drawing, links: Iterable[Link], oversight: Iterable[Link], absent: set[int]) -> dict[int, int]:
    """The tools and relays that belong to one agent, by number, with that agent.

    A tool or a store belongs to its agent if it has no other neighbour and gives back what it is asked, and a tool if
    the agent oversees nothing but tools. So do tools that only lead to each other and back to the agent. A tool or a
    router that goes to and fro with one agent only is this agent's way to others; but a tool through which alone the
    agent's work goes on is a step, unless each copy of the agent has one of its own. Where a file does not say what its
    edges mean, a tool that only one agent asks belongs to it if it answers this agent, or if the way ends there while
    the agent goes on or asks several such tools.
    """
    roles = drawing.roles
    relays = {agent for agent, role in enumerate(roles) if role in ("tool", "router", "store")} - absent
    if not relays:
        return {}
    near: dict[int, set[int]] = {relay: set() for relay in relays}
    ways = {(link.source, link.target): link for link in links}
    for link in (*links, *oversight, *drawing.loops):
        for end, other in ((link.source, link.target), (link.target, link.source)):
            if end in near and other != end:
                near[end].add(other)
    watched: dict[int, set[int]] = {}
    for link in oversight:
        watched.setdefault(link.source, set()).add(link.target)
    answering: dict[int, int] = {}
    """By agent how many agents it goes to and fro with: a tool that is treated as they are is one of its workers."""
    onward: dict[int, set[int]] = {}
    for source, target in ways:
        onward.setdefault(source, set()).add(target)
        if (target, source) in ways and source not in relays and target not in relays:
            answering[source] = answering.get(source, 0) + 1
    found: dict[int, int] = {}
    for relay in relays:
        mutual = [other for other in near[relay] if (relay, other) in ways and (other, relay) in ways]
        partners = [other for other in mutual if other not in relays and roles[other] != "board"]
        if roles[relay] == "store":
            if len(near[relay]) == len(partners) == 1:
                found[relay] = partners[0]  # what it remembers
        elif len(near[relay]) == 1 and roles[relay] == "tool":
            (agent,) = near[relay]
            kit = watched.get(agent, set())
            colleagues = answering.get(agent, 0) > 1 and not (mutual and ways[relay, agent].stated)
            if agent not in relays and (
                (mutual and not colleagues) or (relay in kit and all(roles[each] == "tool" for each in kit))
            ):
                found[relay] = agent
        elif len(partners) == 1 and len(mutual) == 1:
            (agent,) = partners
            asked_by = {source for source, target in ways if target == relay}
            # a tool that others pass work to as well is a step of theirs; a router may be how they come to the agent,
            # unless it leads to several, too: then it is nobody's own
            own = asked_by == {agent} or (roles[relay] == "router" and onward[relay] == {agent})
            if own and (roles[relay] == "tool" or ways[relay, agent].stated):
                goes_on = any(near.get(target) != {agent} for target in onward[agent] - {relay})
                if roles[relay] == "router" or goes_on or drawing.dynamic[relay]:
                    found[relay] = agent  # else the tool decides whether the agent tries again: it is the next step
    for agent, owned in _kits(drawing, ways, near).items():
        found.update(dict.fromkeys(owned, agent))
    found.update(_rounds(drawing, ways, near, found))
    for relay in found:  # what belongs to a relay belongs to whom the relay belongs to
        seen = {relay}
        while found[relay] in found and found[relay] not in seen:
            seen.add(found[relay])
            found[relay] = found[found[relay]]
    return {relay: agent for relay, agent in found.items() if agent not in found}


def _kits(drawing: Drawing, ways: dict[tuple[int, int], Link], near: dict[int, set[int]]) -> dict[int, list[int]]:
    """By agent the tools at which its way ends although it does not: it goes to and fro with others, or asks several.

    Only where the file does not say what the edges mean.
    """
    ends: dict[int, list[int]] = {}
    onward: dict[int, list[int]] = {}
    for (source, target), link in ways.items():
        asked = drawing.roles[target] == "tool" and drawing.roles[source] != "tool"
        if asked and near.get(target) == {source} and not link.stated and (target, source) not in ways:
            ends.setdefault(source, []).append(target)
        else:
            onward.setdefault(source, []).append(target)
    led_to = {target for _, target in ways}
    found: dict[int, list[int]] = {}
    for agent, kit in ends.items():
        others = onward.get(agent, [])
        # tools at which others' ways end as well are shared: they say nothing of whether the agent's own way ends
        shared = [other for other in others if other in near and other not in onward and drawing.roles[other] == "tool"]
        if len(others) > len(shared):
            converses = all((other, agent) in ways for other in others)
        else:
            converses = len(kit) > 1 and agent in led_to
        if converses:
            found[agent] = kit
    return found


def _rounds(
    drawing: Drawing, ways: dict[tuple[int, int], Link], near: dict[int, set[int]], found: dict[int, int]
) -> dict[int, int]:
    """Tools, with their agent, that only lead to each other and back to it, where it talks to others, too."""
    tools = [relay for relay in near if drawing.roles[relay] == "tool" and relay not in found]
    left = set(tools)
    among = [(tool, other) for tool in tools for other in near[tool] if other in left]
    result: dict[int, int] = {}
    for part in connected(tools, among) if among else ():
        outside = set().union(*(near[tool] for tool in part)).difference(part)
        if len(part) < 2 or len(outside) != 1 or not outside.isdisjoint(near):
            continue
        (agent,) = outside
        if any((agent, tool) in ways for tool in part) and any((tool, agent) in ways for tool in part):
            result.update(dict.fromkeys(part, agent))
    agents = set(result.values())
    talking = {
        agent
        for way in (ways if agents else ())
        for agent, other in (way, way[::-1])
        if agent in agents and agent != other and result.get(other) != agent and drawing.roles[other] != "trigger"
    }
    return {tool: agent for tool, agent in result.items() if agent in talking}
