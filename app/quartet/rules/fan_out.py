"""Where branches that run at once get in each other's way, or nobody collects what they bring."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import urlsplit

from quartet.graph.edits import Edit, Remove, Set
from quartet.graph.model import Agent, AgentId, Edge
from quartet.patterns.tree import FanOut, Leaf, Tree
from quartet.rules.at_once import one_of_all, one_of_them
from quartet.rules.collecting import collect, limits_for
from quartet.rules.defaults import MAX_CONCURRENCY
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.mending import id_of, state, state_run
from quartet.rules.registry import Rule, rule
from quartet.rules.trying import no_worse

MANY = 8
"""From so many on, calls to one provider at the same moment are likely to be refused."""
AT_ONCE = 4
"""So many at the same time a fix allows."""
POSITIONAL = re.compile(r"\bvalue\s*\[\s*-?\d+\s*\]")
"""An expression that relies on the order of a collected list."""


@rule("F001", "advice", "fan_out", "Branches that are not independent", reads_pattern=True)
def dependent_branches(facts: Facts, this: Rule) -> Iterator[Finding]:
    """An edge between branches that the same event starts: the target does not run at once with the source."""
    for remark in facts.verdict.notes:
        if remark.code != "entangled":
            continue
        crossing = [facts.graph.edges[id] for id in remark.edges if id in facts.graph.edges]
        # of thousands of edges among the same few agents each is looked at once
        ways: dict[tuple[AgentId, AgentId], list[Edge]] = {}
        for source in {edge.source for edge in crossing}:
            for each in facts.flow_out[source]:
                ways.setdefault((source, each.target), []).append(each)
        ways_out = Counter(source for source, _ in ways)
        ways_in = {target: len(facts.before(target)) for target in {edge.target for edge in crossing}}
        for edge in crossing:
            first, second = facts.name(edge.source), facts.name(edge.target)
            # whoever has no other way out, or in, would stand alone without this one
            apart = ways_out[edge.source] > 1 and ways_in[edge.target] > 1
            between = ways.get((edge.source, edge.target), ())
            removed = tuple(Remove(section="edges", id=each.id) for each in between)
            # what is one fan-out with this edge may be steps in a row, or no fan-out at all, without it
            sound = apart and no_worse(facts, this, partial(tuple, removed), untried=False)
            yield Finding(
                this.code,
                this.severity,
                f"{second} needs the result of {first}",
                f"They look like branches that run at once, but {second} waits for {first}: if {first} is slow, both "
                "are.",
                (edge.target, edge.source),
                (edge.id,),
                (Fix(f"Let {second} start without {first}", removed),) if sound else (),
            )


@rule("F002", "advice", "fan_out", "Results that nobody collects", reads_pattern=True)
def nobody_collects(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A fan-out without a collector that ends a run: nobody learns which branch succeeded."""
    events = any(facts.role(agent) == "trigger" and facts.flow_out[id] for id, agent in facts.agents.items())
    pending = [facts.verdict.tree] if facts.verdict.tree is not None else []
    while pending:
        part = pending.pop()
        if not isinstance(part, FanOut) or part.collector is not None or part.exclusive or len(part.branches) < 2:
            pending.extend(reversed(part.children))
            continue
        # what is open inside an open branch ends the run as well: it is told once, for the outermost
        ends = _ends(facts, part)
        if len(ends) < 2 or any(facts.after(id) for id in ends) or one_of_them(facts, ends):
            continue
        if any(
            facts.watchers[id] or facts.handoffs_in[id] or facts.handoffs_out[id] or facts.shares[id] for id in ends
        ):
            continue
        boundless = limits_for(facts, ends)
        label = "Collect the results, and limit those that may take for ever" if boundless else "Collect the results"
        gathered, sound = partial(collect, facts, ends), not events or all(map(facts.before, ends))
        yield Finding(
            this.code,
            this.severity,
            f"Nobody collects what {facts.names(ends)} bring",
            "The run ends with one result for each of them, in the order of the file; if one fails, the run fails, "
            "and nothing knows what the others did.",
            tuple(ends),
            (),
            # where an event starts the others, those that nothing leads to are what is to be mended first
            (Fix(label, gathered),) if sound and no_worse(facts, this, gathered) else (),
        )


@rule("F003", "advice", "fan_out", "Results that meet without a stated join", reads_pattern=True)
def meeting_without_join(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Branches that meet in an agent which is no collector and does not say for whom it waits."""
    for part in facts.parts:
        if not isinstance(part, FanOut) or part.collector is None or part.exclusive:
            continue
        agent = facts.agents[part.collector]
        coming = facts.flow_in[part.collector]
        if facts.role(agent) == "collector" or agent.join is not None or len(coming) < 2:
            continue
        if not facts.reaches_out(agent) or one_of_all(facts, coming):
            continue
        name, sources = facts.name(agent.id), facts.before(agent.id)
        collector: tuple[Fix, ...] = ()
        if not any(used.startswith("from.") for used in facts.used(agent.id)):  # a collector hands over a list
            collector = (Fix("Put a collector before it", partial(_insert_collector, facts, agent, coming)),)
        yield Finding(
            this.code,
            this.severity,
            f"The results of {facts.names(sources)} meet in {name}",
            f"{name} waits for all of them (the default) and gets them one under the other; if one fails, {name} fails "
            "with it.",
            (agent.id, *sources),
            tuple(edge.id for edge in coming),
            (
                *collector,
                Fix(f"State that {name} waits for all", (state(agent, "join", mode="all"),)),
            ),
        )


@rule("F004", "warning", "fan_out", "No limit on how many run at once against one provider", confidence="medium")
def no_limit_at_once(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Many agents, or as many copies as the data need, that call one provider at the same moment."""
    if facts.graph.limits is not None and facts.graph.limits.max_concurrency is not None:
        return
    together: dict[str, list[AgentId]] = {}
    for part in facts.parts:
        if isinstance(part, FanOut) and not part.exclusive:
            branches: dict[str, list[AgentId]] = defaultdict(list)
            for branch in part.branches:
                if isinstance(branch, Leaf):
                    agent = facts.agents[branch.agent]
                    if agent.dynamic:
                        continue
                    provider = provider_of(facts, agent)
                    if provider and agent.max_concurrency is None:
                        branches[provider].append(branch.agent)
            for provider, members in branches.items():
                if len(members) >= MANY and len(members) > len(together.get(provider, ())):
                    together[provider] = members
    for provider, members in together.items():
        yield Finding(
            this.code,
            this.severity,
            f"{len(members)} agents call {provider} at the same time",
            f"Up to {min(MAX_CONCURRENCY, len(members))} calls start in the same moment (the default allows "
            f"{MAX_CONCURRENCY}); most providers refuse some of them, and those fail or are tried again.",
            tuple(members),
            (),
            (Fix(f"Run at most {AT_ONCE} agents at once", (state_run(facts.graph, max_concurrency=AT_ONCE),)),),
        )
    for id, agent in facts.agents.items():
        if agent.dynamic and agent.max_concurrency is None and facts.reaches_out(agent):
            name, where = facts.name(id), provider_of(facts, agent) or "whatever it calls"
            yield Finding(
                this.code,
                this.severity,
                f"As many {name} run at once as there are items",
                f"A list of 500 items means up to {MAX_CONCURRENCY} calls (the default) to {where} in the same moment.",
                (id,),
                (),
                (
                    Fix(
                        f"Run at most {AT_ONCE} of {name} at once",
                        (Set(section="agents", id=id, values={"max_concurrency": AT_ONCE}),),
                    ),
                ),
            )


@rule("F005", "warning", "fan_out", "An order that the readers rely on")
def order_relied_on(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A reader that takes “the first” of a list which stands in the order of completion."""
    for id, agent in facts.agents.items():
        if agent.join is None or agent.join.order != "completion":
            continue
        readers = [after for after in facts.after(id) if _picks(facts, after)]
        conditions = [edge for edge in facts.flow_out[id] if edge.when and POSITIONAL.search(edge.when)]
        if not readers and not conditions:
            continue
        name = facts.name(id)
        whom = facts.names(readers) if readers else "A way out"
        verb = "picks" if len(readers) < 2 else "pick"
        yield Finding(
            this.code,
            this.severity,
            f"{whom} {'relies' if len(readers) < 2 else 'rely'} on the order in {name}",
            f"{whom} {verb} results by their place, but {name} lists them as they come in: the quickest is first, "
            "and that may be another one in each run.",
            (id, *readers),
            tuple(edge.id for edge in conditions),
            (Fix(f"List the results of {name} in the order drawn", (state(agent, "join", order="declared"),)),),
        )


def provider_of(facts: Facts, agent: Agent) -> str:
    """Whom the agent calls: the host of its address, else the name of its model's provider; "" if nobody known."""
    for field in ("url", "base_url"):
        address = agent.config.get(field)
        if isinstance(address, str) and "{{" not in address.partition("://")[2].partition("/")[0]:
            try:
                return urlsplit(address).hostname or ""
            except ValueError:
                return ""
    provider = agent.config.get("provider", "openai")
    return provider if agent.kind == "llm" and isinstance(provider, str) else ""


def _picks(facts: Facts, id: AgentId) -> bool:
    """Whether the agent's templates pick results by their place."""
    return any(POSITIONAL.search(text) for _, text in facts.templates(id))


def _ends(facts: Facts, part: Tree) -> list[AgentId]:
    """The agents of a part whose results leave it, in the order of the file."""
    inside = part.agents
    return [
        id
        for id in sorted(inside, key=facts.place.__getitem__)
        if facts.role(facts.agents[id]) not in ("board", "trigger")
        and not any(edge.target in inside for edge in facts.flow_out[id])
        and not facts.workers[id]
        and not facts.rescues[id]
        and not (isinstance(part, FanOut) and id == part.trigger)
    ]


def _insert_collector(facts: Facts, agent: Agent, coming: Sequence[Edge]) -> list[Edit]:
    """A collector between an agent and the branches that meet in it: it goes on with what there is, whoever failed."""
    name = facts.name(agent.id)
    collector = facts.pencil.agent(
        f"Collect for {name}", "collector", facts.pencil.beside(agent.id, -1, 0), join={"mode": "all_done_min_one"}
    )
    gathered = id_of(collector)
    return [
        collector,
        *(Set(section="edges", id=edge.id, values={"target": gathered}) for edge in coming),
        *facts.pencil.edges([{"source": gathered, "target": agent.id}]),
    ]
