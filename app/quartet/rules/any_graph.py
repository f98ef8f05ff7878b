"""What goes wrong in any pattern: agents that never start, joins that never fire, names and ways out that collide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import pairwise
from operator import itemgetter

from quartet.graph.edits import Edit, Set, SetGraph
from quartet.graph.model import OTHERWISE, UNKNOWN, Agent, AgentId, Edge
from quartet.rules.at_once import alternatives, comes_back
from quartet.rules.complements import equal_to, one_always_holds
from quartet.rules.defaults import times
from quartet.rules.facts import SEARCH, Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.mending import state, stated
from quartet.rules.registry import Rule, rule
from quartet.rules.trying import no_worse

TELLING = ("prompt", "url", "text", "function", "instructions")
"""Settings in which agents of one kind differ most: only those that agree in them are compared whole."""


@rule("G010", "advice", "any_graph", "An agent that stands alone", confidence="low")
def stands_alone(facts: Facts, this: Rule) -> Iterator[Finding]:
    """An agent without any edge beside others that have some."""
    if not facts.graph.edges:
        return
    for id in facts.agents:
        touched = (
            facts.flow_out, facts.flow_in, facts.reports, facts.fallbacks, facts.rescues, facts.workers,
            facts.watchers, facts.handoffs_out, facts.handoffs_in, facts.shares,
        )  # fmt: skip
        if any(edges[id] for edges in touched) or any(edge.source == id == edge.target for edge in facts.loops):
            continue
        name = facts.name(id)
        role = facts.role(facts.agents[id])
        if role == "supervisor":
            continue  # S001 says so
        what = "nobody reads or writes it" if role == "board" else "it gets the run’s input and its result is output"
        yield Finding(
            this.code,
            this.severity,
            f"{name} stands alone",
            f"Nothing leads to {name} and nothing follows it: {what}.",
            (id,),
        )


@rule("G011", "advice", "any_graph", "An agent nothing leads to", confidence="medium")
def nothing_leads_to(facts: Facts, this: Rule) -> Iterator[Finding]:
    """An agent that starts with the run although the drawing has an event that starts the others."""
    events = [id for id, agent in facts.agents.items() if facts.role(agent) == "trigger" and facts.flow_out[id]]
    if not events:
        return
    steps = [SEARCH]
    for id, agent in facts.agents.items():
        if facts.role(agent) in ("trigger", "supervisor", "board") or agent.start is True or facts.workers[id]:
            continue
        incoming = (facts.flow_in, facts.rescues, facts.watchers, facts.handoffs_in, facts.shares)
        outgoing = (facts.flow_out, facts.handoffs_out)
        if any(edges[id] for edges in incoming) or not any(edges[id] for edges in outgoing):
            continue
        name, event = facts.name(id), facts.name(events[0])
        # beside ways with a condition it is one that is always taken
        always = {"when": "true"} if any(edge.when is not None for edge in facts.flow_out[events[0]]) else {}
        drawn = facts.pencil.edges([{"source": events[0], "target": id, **always}])
        back = bool(facts.flow_in[events[0]]) and facts.precedes(id, events[0], steps) is not False
        # one more way into a loop makes another of its edges the one that leads back
        sound = not back and not _leads_into_a_ring(facts, id) and no_worse(facts, this, partial(tuple, drawn))
        yield Finding(
            this.code,
            this.severity,
            f"Nothing leads to {name}",
            f"{name} starts at once with the input of the run, whatever {event} says.",
            (id, events[0]),
            (),
            (Fix(f"Let {event} start {name}", tuple(drawn)),) if sound else (),
        )


@rule("G012", "warning", "any_graph", "A join that can never fire")
def join_never_fires(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A join that waits for more than can ever come."""
    for id, agent in facts.agents.items():
        join, coming = agent.join, facts.flow_in[id]
        if join is None or not coming:
            continue
        name, rivals = facts.name(id), _rivals(facts, coming)
        possible = len(coming) - max(len(rivals) - 1, 0)
        if join.mode == "n_of_m" and join.n is not None and join.n > possible:
            fix = Fix(f"Wait for {possible} of {len(coming)}", (state(agent, "join", n=possible),))
            detail = f"It waits for {join.n} results, but at most {possible} can come."
        elif join.mode == "all_strict" and rivals:
            fix = Fix(f"Let {name} wait for all that come", (state(agent, "join", mode="all"),))
            detail = (
                f"Only one of the ways through {facts.names(dict.fromkeys(edge.source for edge in rivals))} is ever "
                "taken; the others never bring a result."
            )
        else:
            continue
        yield Finding(
            this.code,
            this.severity,
            f"{name} waits for what never comes",
            f"{detail} Every run skips or fails it, and all that follows.",
            (id,),
            tuple(edge.id for edge in coming),
            (fix,),
        )


@rule("G013", "warning", "any_graph", "A name used twice")
def name_twice(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Two agents that a person cannot tell apart in messages, the timeline and expressions."""
    named: dict[str, list[AgentId]] = defaultdict(list)
    for id, agent in facts.agents.items():
        if agent.name.strip():
            named[agent.name.strip().casefold()].append(id)
    for ids in named.values():
        if len(ids) < 2:
            continue
        edits: list[Edit] = []
        number = 2
        for id in ids[1:]:
            while f"{facts.name(id)} {number}".casefold() in named:
                number += 1
            edits.append(Set(section="agents", id=id, values={"name": f"{facts.name(id)} {number}"}))
            number += 1
        name = facts.name(ids[0])
        yield Finding(
            this.code,
            this.severity,
            f"{'Two' if len(ids) == 2 else len(ids)} agents are called {name}",
            "Messages, the timeline and what agents are told of each other go by names: nobody can tell who is meant.",
            tuple(ids),
            (),
            (Fix("Number them", tuple(edits)),),
        )


@rule("G014", "warning", "any_graph", "Both conditional and unconditional ways out")
def mixed_ways_out(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Ways out with a condition beside ways out without one: those without are taken always, too."""
    steps = [SEARCH]
    for id in facts.agents:
        out = facts.flow_out[id]
        always = [edge for edge in out if edge.when is None]
        if not always or len(always) == len(out):
            continue
        targets = list(dict.fromkeys(edge.target for edge in always))
        if facts.loops and all(edge.when is None or comes_back(facts, edge, targets, steps) for edge in out):
            continue  # whoever takes a detour comes back, and what leaves the loop waits until then
        name = facts.name(id)
        fixes = []
        if not any(edge.when == OTHERWISE for edge in out):
            label = f"Take the way to {facts.names(targets)} only if no condition holds"
            edits = tuple(Set(section="edges", id=edge.id, values={"when": OTHERWISE}) for edge in always)
            fixes.append(Fix(label, edits))
        else:
            edits = tuple(Set(section="edges", id=edge.id, values={"when": "true"}) for edge in always)
            fixes.append(Fix(f"State that {facts.names(targets)} always follows", edits))
        yield Finding(
            this.code,
            this.severity,
            f"{name} goes on to {facts.names(targets)} whatever the conditions say",
            f"The way to {facts.names(targets)} has no condition, so it is taken beside those that have one; if it is "
            "meant for all other cases, say “otherwise”.",
            (id, *targets),
            tuple(edge.id for edge in out),
            tuple(fixes),
        )


@rule("G015", "advice", "any_graph", "No way out for all other cases")
def no_otherwise(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Only conditional ways out, none of them for the case that no condition holds."""
    for id in facts.agents:
        out = facts.flow_out[id]
        if not out or any(edge.when in (None, OTHERWISE, UNKNOWN, "true") for edge in out):
            continue
        conditions = {edge.when or "" for edge in out}
        if any(edge.source == id for edge in facts.loops) or one_always_holds(conditions):
            continue
        if _answers_all(facts.agents[id], conditions):
            continue
        name, last = facts.name(id), out[-1]
        otherwise = Fix(
            f"Go on to {facts.name(last.target)} if nothing else holds",
            (Set(section="edges", id=last.id, values={"when": OTHERWISE}),),
        )
        yield Finding(
            this.code,
            this.severity,
            f"{name} may go nowhere",
            f"If no condition holds, everything after {name} is skipped, and the run ends with its result.",
            (id,),
            tuple(edge.id for edge in out),
            # a single condition bars the way on purpose: “otherwise” would open it for whatever comes
            (otherwise,) if len(conditions) > 1 else (),
        )


def _answers_all(agent: Agent, conditions: Collection[str]) -> bool:
    """Whether each answer that a person may choose meets a condition, or only one goes on: whoever does not choose that
    one stops the rest."""
    choices = agent.config.get("choices")
    if agent.kind != "human" or not isinstance(choices, list | tuple) or not choices:
        return False
    asked = {literal[1] for literal in map(equal_to, conditions) if literal is not None and literal[0] == ("value",)}
    met = sum(f'"{choice}"' in asked for choice in choices)
    return met == len(choices) or (met == len(conditions) == 1)


@rule("G016", "warning", "any_graph", "Two writers on one key or file")
def two_writers(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Agents that write the same thing, neither of them after the other: the last one wins, another in each run."""
    writers: dict[str, list[AgentId]] = defaultdict(list)
    keys = facts.graph.state or {}
    for id, agent in facts.agents.items():
        for key in dict.fromkeys((*(agent.writes or ()), *_files(agent))):
            if key not in keys or keys[key].reducer == "last":
                writers[key].append(id)
    steps = [SEARCH]
    for key, ids in writers.items():
        ids.sort(key=facts.order.__getitem__)
        for first, second in pairwise(ids):
            ordered = facts.precedes(first, second, steps)
            if ordered is None:
                return
            if ordered or _one_at_a_time(facts, first, second) or alternatives(facts, first, second):
                continue
            fixes: tuple[Fix, ...] = ()
            apart = not facts.handoffs_in[second] and not facts.loops and not facts.related(first, second)
            if apart and facts.precedes(second, first, steps) is False:
                drawn = facts.pencil.edges([{"source": first, "target": second}])
                fixes = (Fix(f"Let {facts.name(second)} wait for {facts.name(first)}", tuple(drawn)),)
            yield Finding(
                this.code,
                this.severity,
                f"{facts.name(first)} and {facts.name(second)} both write {key}",
                "Neither waits for the other, so what stays is what the slower one wrote: another one in each run."
                if key not in keys
                else "Neither waits for the other: if both write it in one run, one of the writes would be lost, and "
                "the run fails.",
                (first, second),
                (),
                (*fixes, *_gathered(facts, key)),
            )
            break


def _gathered(facts: Facts, key: str) -> tuple[Fix, ...]:
    """A key of the shared state whose writes exclude each other may collect them instead."""
    keys = facts.graph.state or {}
    if key not in keys or keys[key].initial is not None:
        return ()
    state = {name: stated(one) for name, one in keys.items()}
    state[key]["reducer"] = "append"
    return (Fix(f"Let {key} be the list of what is written", (SetGraph(values={"state": state}),)),)


@rule("G017", "advice", "any_graph", "Two agents with the same job on the same input", confidence="medium")
def same_job(facts: Facts, this: Rule) -> Iterator[Finding]:
    """The same kind with the same settings, fed by the same agents: one of them is not needed."""
    alike: dict[tuple[object, ...], list[Agent]] = defaultdict(list)
    for id, agent in facts.agents.items():
        if not agent.config or facts.role(agent) != "worker" or agent.kind == "human" or facts.dispatched(id):
            continue
        if facts.handoffs_in[id] or facts.shares[id] or facts.rescues[id]:
            continue
        feeding = frozenset((edge.source, edge.when) for edge in facts.flow_in[id])
        told = tuple(text for text in map(agent.config.get, TELLING) if isinstance(text, str))
        alike[agent.kind, told, feeding].append(agent)
    jobs: dict[tuple[object, ...], list[AgentId]] = defaultdict(list)
    for number, agents in enumerate(each for each in alike.values() if len(each) > 1):
        for agent in agents:
            jobs[number, repr(sorted(agent.config.items(), key=itemgetter(0)))].append(agent.id)
    for ids in jobs.values():
        if len(ids) > 1:
            yield Finding(
                this.code,
                this.severity,
                f"{facts.names(ids)} do the same",
                "They have the same settings and get the same input, so the same work is done and paid for "
                f"{times(len(ids))}.",
                tuple(ids),
            )


@rule("G019", "advice", "any_graph", "Nothing is drawn yet")
def nothing_drawn(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A graph without agents, or without any that works: there is nothing to run."""
    if not facts.agents and not facts.graph.broken:
        yield Finding(
            this.code,
            this.severity,
            "Nothing is drawn yet",
            "There is nothing to run: drag an agent or a pattern from the palette.",
        )
    roles = {facts.role(agent) for agent in facts.agents.values()}
    if roles and roles <= {"board", "trigger"}:
        name = facts.names(facts.agents)
        what = {
            frozenset({"board"}): f"Nobody reads or writes {name}",
            frozenset({"trigger"}): f"Nobody is started by {name}",
        }.get(frozenset(roles), f"There is nobody beside {name}")
        yield Finding(
            this.code,
            this.severity,
            "Nobody is drawn who works",
            f"{what}: a run would be over at once. Drag an agent or a pattern from the palette.",
            tuple(facts.agents),
        )


def _leads_into_a_ring(facts: Facts, id: AgentId) -> bool:
    """Whether agents that lead to each other, by loops or not, are among those after this one."""
    if not facts.rings:
        return False
    seen, pending = {id}, [id]
    while pending:
        place = pending.pop()
        if place in facts.rings:
            return True
        after = [other for other in facts.after(place) if other not in seen]
        seen.update(after)
        pending += after
    return False


def _rivals(facts: Facts, coming: Sequence[Edge]) -> list[Edge]:
    """Of the edges into a join, those of which at most one ever brings a value: ways out of one router."""
    routed: dict[AgentId, list[Edge]] = defaultdict(list)
    for edge in coming:
        for way in facts.flow_in[edge.source]:
            if (
                way.when is not None
                and facts.agents[way.source].route == "first"
                and len(facts.flow_in[edge.source]) == 1
            ):
                routed[way.source].append(edge)
        if edge.when is not None and facts.agents[edge.source].route == "first":
            routed[edge.source].append(edge)
    return next((edges for edges in routed.values() if len(edges) > 1), [])


def _one_at_a_time(facts: Facts, first: AgentId, second: AgentId) -> bool:
    """Whether the two never work at the same moment: peers of one chain of hand-offs."""
    return any(first in group and second in group for group in facts.peers)


def _files(agent: Agent) -> list[str]:
    """The file that an agent writes anew, where its name is known before the run."""
    path = agent.config.get("path", "result.txt")
    fixed = agent.kind == "file" and agent.config.get("mode", "write") == "write"
    return [f"the file {path}"] if fixed and isinstance(path, str) and "{{" not in path else []


def _count(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number} {many}"
