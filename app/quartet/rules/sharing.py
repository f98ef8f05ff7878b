"""Where agents that share work, or the state of a run, wait for what never comes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import partial

from quartet.agents.expressions import ExpressionError, compile
from quartet.graph.edits import Remove, Set, SetGraph
from quartet.graph.model import AgentId
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.mending import state, stated
from quartet.rules.registry import Rule, rule
from quartet.rules.trying import no_worse

LEASE = 30.0
"""Of a board that states none, in seconds."""


@rule("W006", "warning", "swarm", "Work that nobody can do")
def nobody_can(facts: Facts, this: Rule) -> Iterator[Finding]:
    """The sample input brings a board work that takes skills which no peer there has."""
    items = facts.graph.input if isinstance(facts.graph.input, list) else [facts.graph.input]
    for board in _boards(facts):
        peers = _peers(facts, board)
        if facts.flow_in[board] or not peers:
            continue
        skills = [frozenset(facts.agents[peer].skills or ()) for peer in peers]
        for item in items:
            needs = item.get("needs") if isinstance(item, dict) else None
            if not isinstance(needs, list) or any(frozenset(map(str, needs)) <= known for known in skills):
                continue
            lacking = ", ".join(map(str, needs))
            one = facts.agents[peers[0]]
            values = {"skills": (*(one.skills or ()), *(str(need) for need in needs if need not in (one.skills or ())))}
            yield Finding(
                this.code,
                this.severity,
                f"Nobody at {facts.name(board)} can do all of the work",
                f"Some of the sample input takes {lacking}, which no peer has: after a minute (the default) it is "
                "given up, and the board fails.",
                (board, *peers),
                (),
                (
                    Fix(
                        f"State that {facts.name(one.id)} can do it", (Set(section="agents", id=one.id, values=values),)
                    ),
                ),
            )
            break


@rule("W011", "warning", "swarm", "Work that nobody takes")
def nobody_takes(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A board that work comes to, and no peer that could take it."""
    for board in _boards(facts):
        if _peers(facts, board) or not facts.flow_in[board] or facts.workers[board]:
            continue
        name, sources = facts.name(board), facts.before(board)
        takers = [
            id
            for id in facts.after(board)
            if facts.role(facts.agents[id]) == "worker" and not (facts.handoffs_in[id] or facts.handoffs_out[id])
        ]
        fixes = []
        if takers:
            edges = [edge for edge in facts.flow_out[board] if edge.target == takers[0]]
            drawn = facts.pencil.edges([{"source": takers[0], "target": board, "kind": "share"}])
            taken = (*(Remove(section="edges", id=edge.id) for edge in edges), *drawn)
            if no_worse(facts, this, partial(tuple, taken)):
                fixes.append(Fix(f"Let {facts.name(takers[0])} work at {name}", taken))
        yield Finding(
            this.code,
            this.severity,
            f"Nobody works at {name}",
            f"What {facts.names(sources)} {'puts' if len(sources) == 1 else 'put'} there waits a minute (the default) "
            "and is given up: the board fails.",
            (board, *sources),
            tuple(edge.id for edge in facts.flow_in[board]),
            tuple(fixes),
        )


@rule("W007", "warning", "swarm", "A lease shorter than the silence that is allowed")
def short_lease(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A peer may be silent for longer than a board leaves it what it took by its own tools."""
    for board in _boards(facts):
        policy = facts.agents[board].board
        lease = policy.lease if policy is not None and policy.lease is not None else LEASE
        for peer in _peers(facts, board):
            limits = facts.agents[peer].limits
            silence = limits.heartbeat if limits is not None else None
            if silence is None or silence <= lease or not facts.flow_in[peer]:
                continue  # what the board hands out itself stays with who is at work on it
            name = facts.name(peer)
            yield Finding(
                this.code,
                this.severity,
                f"{facts.name(board)} takes work away from {name} too soon",
                f"{name} may be silent for {silence:g} s, but what it claims is for others after {lease:g} s without a "
                "sign of life: it would be done twice, and one result thrown away.",
                (board, peer),
                (),
                (
                    Fix(
                        f"Leave claimed work to whoever took it for {2 * silence:g} s",
                        (state(facts.agents[board], "board", lease=2 * silence),),
                    ),
                ),
            )


@rule("W008", "error", "swarm", "A goal that cannot be read")
def unreadable_goal(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A board's `done_when` that is no expression."""
    for board in _boards(facts):
        policy = facts.agents[board].board
        if policy is None or not policy.done_when:
            continue
        try:
            compile(policy.done_when)
        except ExpressionError as problem:
            yield Finding(
                this.code,
                this.severity,
                f"It cannot be told when {facts.name(board)} is done",
                f"{problem} The graph cannot run.",
                (board,),
                (),
                (Fix("Be done when no work is left", (state(facts.agents[board], "board", done_when=None),)),),
            )


@rule("G024", "warning", "any_graph", "A key of the state that holds nothing")
def empty_key(facts: Facts, this: Rule) -> Iterator[Finding]:
    """An agent reads a key of the run's state that does not exist, or that nobody writes and nothing fills at first."""
    keys = facts.graph.state
    written = {key for agent in facts.agents.values() for key in agent.writes or ()}
    told: set[str] = set()
    for id, agent in facts.agents.items():
        named = {name[6:] for name in facts.used(id) if name.startswith("state.")}
        reads = named | set(agent.reads or () if keys is not None and not facts.shares[id] else ())
        for key in sorted(reads - told):
            about = (keys or {}).get(key)
            if about is not None and (key in written or about.initial is not None):
                continue
            if about is None and key not in named:
                continue  # a file, or a note on a board
            told.add(key)
            missing = about is None
            add = {name: stated(one) for name, one in (keys or {}).items()} | {key: {"initial": ""}}
            yield Finding(
                this.code,
                this.severity,
                f"{facts.name(id)} reads {key}, which {'does not exist' if missing else 'nobody writes'}",
                f"There is no key “{key}” in the shared state, so {facts.name(id)} fails where it names it."
                if missing
                else f"No agent states that it writes “{key}”, and it holds nothing at first.",
                (id,),
                (),
                (Fix(f"Add the key {key}", (SetGraph(values={"state": add}),)),) if missing else (),
            )


@rule("G026", "advice", "any_graph", "A key of the state that nobody uses", confidence="medium")
def unused_key(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A key that no agent states that it reads or writes, and no text or condition names."""
    keys = facts.graph.state or {}
    if not keys or facts.graph.graphs:
        return  # what a sub-graph uses it says itself
    stated_by: dict[str, AgentId] = {}
    used: set[str] = set()
    for id, agent in facts.agents.items():
        stated_by.update({key: id for key in (*(agent.reads or ()), *(agent.writes or ())) if key not in stated_by})
        used |= {name[6:] for name in facts.used(id) if name.startswith("state.")}
        if "state" in facts.used(id) or (agent.board is not None and "state" in (agent.board.done_when or "")):
            return  # it may use any of them
    for key in keys:
        if key in stated_by or key in used:
            continue
        near = difflib.get_close_matches(key, [name for name in stated_by if name not in keys], 1, 0.75)
        fixes = []
        detail = "It stays as it is at first in every run."
        if near:
            who = stated_by[near[0]]
            detail = f"{facts.name(who)} names “{near[0]}”, which is no key of the state. Perhaps “{key}” is meant."
            agent = facts.agents[who]
            named = {
                field: tuple(key if each == near[0] else each for each in stated_keys)
                for field, stated_keys in (("reads", agent.reads), ("writes", agent.writes)) if stated_keys
            }  # fmt: skip
            fixes.append(Fix(f"Let {facts.name(who)} use {key}", (Set(section="agents", id=who, values=named),)))
        left = {name: stated(one) for name, one in keys.items() if name != key}
        fixes.append(Fix(f"Take the key {key} away", (SetGraph(values={"state": left or None}),)))
        agents = (stated_by[near[0]],) if near else ()
        yield Finding(this.code, this.severity, f"Nobody uses the key {key}", detail, agents, (), tuple(fixes))


def _boards(facts: Facts) -> list[AgentId]:
    return [id for id, agent in facts.agents.items() if facts.role(agent) == "board"]


def _peers(facts: Facts, board: AgentId) -> list[AgentId]:
    return list(dict.fromkeys(edge.source if edge.target == board else edge.target for edge in facts.shares[board]))
