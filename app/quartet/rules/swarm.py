"""Where peers without a controller go round in circles, or nobody can say who does what."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from quartet.graph import strong
from quartet.graph.edits import Edit, Set
from quartet.graph.model import Agent, AgentId
from quartet.graph.waiting import starts_all
from quartet.rules.collecting import limits_for
from quartet.rules.defaults import MAX_HOPS
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.mending import state, stated
from quartet.rules.mentions import mentions, words_of
from quartet.rules.registry import Rule, rule
from quartet.rules.trying import no_worse

HOPS = 6
"""Hand-offs that a fix allows one task."""
MOST_WAYS = 12
"""From whose answer more ways lead on, nobody wants another answer to take them all."""
SENTENCE = re.compile(r"^(.{12,160}?[.!?](?=\s|$)|.{6,160}?[。！？])", re.DOTALL)


@rule("W001", "warning", "swarm", "No limit on hops")
def no_hop_limit(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Peers that can pass a task round in a circle, and none of them states how often."""
    for group in facts.peers:
        if _limited(facts, group):
            continue
        ring = _ring(facts, group)
        if not ring:
            continue
        yield Finding(
            this.code,
            this.severity,
            f"{facts.names(ring)} may hand a task round for ever",
            f"Nobody states how often a task may change hands; after {MAX_HOPS} times (the default) the task fails, "
            "and nobody has answered. Only where two hand it to and fro and nothing about it changes, it fails sooner.",
            tuple(ring),
            tuple(edge.id for id in ring for edge in facts.handoffs_out[id] if edge.target in ring),
            (
                Fix(
                    f"Stop after {HOPS} hand-offs",
                    (state(facts.agents[group[0]], "handover", max_hops=HOPS),),
                ),
            ),
        )


@rule("W002", "advice", "swarm", "A peer without a stated boundary", confidence="medium")
def no_boundary(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A peer that does not say what it is for, nor what it may read and write: others must guess when to hand over."""
    for id, agent in facts.agents.items():
        boards = [edge.source if edge.target == id else edge.target for edge in facts.shares[id]]
        givers = list(dict.fromkeys(edge.source for edge in facts.handoffs_in[id] if edge.source != id))
        if not (givers or boards) or facts.role(agent) != "worker" or _says_what_for(agent):
            continue
        name = facts.name(id)
        if givers:
            why = (
                f"{facts.names(givers)} {'sees' if len(givers) == 1 else 'see'} only the name “{name}” when deciding "
                "whether to hand over, so tasks go to the wrong peer and nobody can say why."
            )
        else:
            why = f"{name} takes whatever lies on {facts.names(boards)}, also what another peer knows more about."
        purpose = _first_sentence(facts, agent)
        fixes: tuple[Fix, ...] = ()
        if purpose:
            short = purpose if len(purpose) <= 60 else purpose[:59].rstrip() + "…"
            fixes = (
                Fix(
                    f"Describe {name}: “{short}”",
                    partial(_describe, id, purpose),
                ),
            )
        yield Finding(
            this.code,
            this.severity,
            f"{name} does not say what it is for",
            why,
            (id,),
            tuple(edge.id for edge in (*facts.handoffs_in[id], *facts.shares[id])),
            fixes,
        )


@rule("W003", "warning", "swarm", "A peer that nobody can reach")
def unreachable_peer(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A peer that hands off to others, but no work ever comes to it."""
    for group in facts.peers:
        inside = set(group)
        entries = [id for id in group if _entered(facts, id, inside)]
        if not entries:
            # a run starts with the first peer that nobody hands over to; where all are handed over to, with the first
            entries = ([id for id in group if not facts.handoffs_in[id]] or group)[:1]
        reached = set(entries)
        pending = list(entries)
        while pending:
            id = pending.pop()
            for edge in (*facts.handoffs_out[id], *facts.flow_out[id]):
                if edge.target in inside and edge.target not in reached:
                    reached.add(edge.target)
                    pending.append(edge.target)
        if len(reached) == len(group):
            continue
        leading = set() if _limited(facts, group) else _leading_to(facts, entries[0])
        for id in group:
            if id in reached:
                continue
            name, first = facts.name(id), facts.name(entries[0])
            drawn = facts.pencil.edges([{"source": entries[0], "target": id, "kind": "handoff"}])
            if id in leading:
                drawn.append(state(facts.agents[group[0]], "handover", max_hops=HOPS))
            yield Finding(
                this.code,
                this.severity,
                f"Nobody can reach {name}",
                f"Tasks come in at {facts.names(entries)}, and nobody hands over to {name}: it never works.",
                (id,),
                tuple(edge.id for edge in facts.handoffs_out[id]),
                (Fix(f"Let {first} hand over to {name}", tuple(drawn)),)
                if no_worse(facts, this, partial(tuple, drawn))
                else (),
            )


@rule("W004", "warning", "swarm", "A peer that can neither finish nor hand off")
def dead_end(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A peer whose answer goes nowhere, although the answers of others do, and that hands over to nobody."""
    for group in facts.peers:
        inside = set(group)
        # what follows an answer only in some cases is not what every task has to come to
        finishing = [
            id
            for id in group
            if facts.reports[id] or any(edge.target not in inside and edge.when is None for edge in facts.flow_out[id])
        ]
        if not finishing:
            continue
        done, other = set(finishing), finishing[0]
        limited = _limited(facts, group)
        onward = [edge for edge in facts.flow_out[other] if edge.target not in inside and edge.when is None]
        if len(onward) > MOST_WAYS:
            onward = []
        for id in group:
            if id in done or facts.handoffs_out[id] or facts.flow_out[id]:
                continue
            name = facts.name(id)
            fixes = []
            targets = dict.fromkeys(edge.target for edge in onward if not facts.related(id, edge.target))
            edges = facts.pencil.edges([{"source": id, "target": target} for target in targets])
            edges += limits_for(facts, [id])
            if targets and not facts.rescues[id] and no_worse(facts, this, partial(tuple, edges)):
                fixes.append(Fix(f"Send the answer of {name} to {facts.names(targets)}", tuple(edges)))
            back = facts.handoffs_in[id][0].source
            handed = facts.pencil.edges([{"source": id, "target": back, "kind": "handoff"}])
            if not limited:
                handed.append(state(facts.agents[group[0]], "handover", max_hops=HOPS))
            if no_worse(facts, this, partial(tuple, handed)):
                fixes.append(Fix(f"Let {name} hand back to {facts.name(back)}", tuple(handed)))
            yield Finding(
                this.code,
                this.severity,
                f"{name} can neither finish nor hand off",
                f"When {name} has the task, its answer goes to nobody: what follows the answers of "
                f"{facts.names(finishing)} is skipped.",
                (id,),
                tuple(edge.id for edge in facts.handoffs_in[id]),
                tuple(fixes),
            )


@rule("W005", "warning", "swarm", "Two peers with one hand-off name")
def one_name(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Two targets of one peer that its model would see under the same name."""
    told: set[tuple[AgentId, ...]] = set()
    tools = {id: handoff_name(facts.name(id)) for id in facts.agents} if any(facts.handoffs_out.values()) else {}
    for id in facts.agents:
        called: dict[str, list[AgentId]] = defaultdict(list)
        for target in dict.fromkeys(edge.target for edge in facts.handoffs_out[id]):
            called[tools[target]].append(target)
        for tool, targets in called.items():
            if not tool or len({facts.name(target).casefold() for target in targets}) < 2 or tuple(targets) in told:
                continue  # a name without Latin letters is told in words; of one name twice G013 says what matters
            told.add(tuple(targets))
            edits: list[Edit] = []
            used = set(tools.values())
            for number, target in enumerate(targets[1:], 2):
                fresh = f"{facts.name(target)} {number}"
                while handoff_name(fresh) in used:
                    number += 1
                    fresh = f"{facts.name(target)} {number}"
                used.add(handoff_name(fresh))
                edits.append(Set(section="agents", id=target, values={"name": fresh}))
            yield Finding(
                this.code,
                this.severity,
                f"{facts.name(id)} cannot tell {len(targets)} peers apart",
                f"{facts.names(targets)} would all be offered as “transfer_to_{tool}”; all but the first are offered "
                "under their ids instead (the default), and a model can hardly tell which is which.",
                tuple(targets),
                tuple(edge.id for edge in facts.handoffs_out[id] if edge.target in targets),
                (Fix("Give them names of their own", tuple(edits)),),
            )


@rule("W012", "warning", "swarm", "An answer at the limit from somebody who is no peer")
def stranger_finishes(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Who is to answer when a task has changed hands too often is nobody of this swarm."""
    group_of = {id: group for group in facts.peers for id in group}
    for id, agent in facts.agents.items():
        called = agent.handover.finish_with if agent.handover is not None else None
        group = group_of.get(id, [])
        if called is None or called in group:
            continue
        name, whom = facts.name(id), facts.name(AgentId(called))
        whose = f"{whom} is no peer of {name}" if called in facts.agents else f"nobody here is called “{called}”"
        if group:
            entry = next((peer for peer in group if _entered(facts, peer, set(group))), group[0])
            label = f"Let {facts.name(entry)} answer at the limit"
            fix = Fix(label, (state(agent, "handover", finish_with=entry),))
            policies = (facts.agents[peer].handover for peer in group)
            finishes = any(policy is not None and policy.on_limit == "finish" for policy in policies)
            ends = "ends with the last message instead" if finishes else "fails, as nothing else is stated"
            detail = f"At the limit of hand-offs the task {ends}: {whose}."
        else:
            fix = Fix("Take the statement away", partial(_without_finisher, agent))
            detail = f"{name} hands over to nobody and gets no task from a peer, so there is no limit to answer at."
        yield Finding(
            this.code,
            this.severity,
            f"{whom if called in facts.agents else f'“{called}”'} cannot answer for the peers of {name}"
            if group
            else f"{name} names who answers at a limit, but has no peers",
            detail,
            (id, *([AgentId(called)] if called in facts.agents else [])),
            (),
            (fix,),
        )


def _without_finisher(agent: Agent) -> tuple[Edit, ...]:
    rest = {key: value for key, value in stated(agent.handover).items() if key != "finish_with"}
    return (Set(section="agents", id=agent.id, values={"handover": rest or None}),)


def handoff_name(name: str) -> str:
    """A name as it appears in the tool that hands over to it: `transfer_to_<this>`; "" of one without Latin letters
    and digits, whose tool is named after the id."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _describe(id: AgentId, purpose: str) -> tuple[Edit, ...]:
    return (Set(section="agents", id=id, values={"description": purpose}),)


def _limited(facts: Facts, group: list[AgentId]) -> bool:
    """Whether a peer of the group states how often a task may change hands: the smallest number holds for all."""
    policies = (facts.agents[id].handover for id in group)
    return any(policy is not None and policy.max_hops is not None for policy in policies)


def _entered(facts: Facts, id: AgentId, group: set[AgentId]) -> bool:
    """Whether work comes to this peer from outside its group."""
    given = facts.rescues[id] or facts.shares[id] or facts.agents[id].start is True
    # a supervisor that leaves it to the drawing who begins starts the same peer as a run would
    picked = any(starts_all(facts.dispatch(edge.source)) for edge in facts.watchers[id])
    return bool(given) or picked or any(edge.source not in group for edge in facts.flow_in[id])


def _leading_to(facts: Facts, id: AgentId) -> set[AgentId]:
    """From whom hand-offs lead to this agent, however often the task changes hands."""
    met, pending = {id}, [id]
    while pending:
        for edge in facts.handoffs_in[pending.pop()]:
            if edge.source not in met:
                met.add(edge.source)
                pending.append(edge.source)
    return met


def _ring(facts: Facts, group: list[AgentId]) -> list[AgentId]:
    """Peers of the group that can hand a task round in a circle, in the order of the file; empty if none can."""
    circles = strong.groups((id, edge.target) for id in group for edge in facts.handoffs_out[id])
    ring = set().union(*circles)
    return [id for id in group if id in ring]


def _says_what_for(agent: Agent) -> bool:
    """Whether an agent states its boundary in words, skills, or keys that it may use."""
    stated = (agent.reads, agent.writes, agent.skills)
    return bool((agent.description or "").strip()) or any(each is not None for each in stated)


def _first_sentence(facts: Facts, agent: Agent) -> str:
    """What an agent's instructions begin with, as a description of it; "" if they say nothing that short, or begin
    with whom it is to hand over to: that says what the others are for."""
    for field in ("instructions", "system", "prompt"):
        text = agent.config.get(field)
        if isinstance(text, list):
            text = "\n".join(line for line in text if isinstance(line, str))
        found = SENTENCE.match(text.strip()) if isinstance(text, str) and "{{" not in text else None
        if found:
            said, words = " ".join(found[1].split()), words_of(found[1])
            others = {edge.target for edge in facts.handoffs_out[agent.id]} - {agent.id}
            return "" if any(mentions(said, words, facts.name(other)) for other in others) else said
    return ""
