"""What keeps a drawing from running, whatever its pattern: broken parts, unknown kinds, settings that do not fit."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from pydantic import ValidationError

from quartet.agents.config_errors import config_problem
from quartet.agents.kinds import all_kinds
from quartet.agents.llm import LlmConfig
from quartet.graph.cycles import closing_edges
from quartet.graph.edits import Add, Edit, Remove, Set, SetGraph
from quartet.graph.model import Agent, AgentId, BrokenItem, Edge, EdgeId
from quartet.graph.names import fresh_edge_id, used_ids
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.registry import Rule, rule

LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 # names of this machine, nothing is bound
ELSEWHERE = frozenset({"empty", "unmarked_loop", "endless_loop", "circle", "unknown_condition"})
"""Problems of the structure that a rule of their own tells, with a fix."""
SINGLY = 50
"""Up to so many items that could not be read are mended one by one: to take one out, all others are listed."""
LOOKS = 20_000
"""So many pairs of such an item and an agent may be looked at to find out whom it means."""


@rule("G001", "error", "any_graph", "A part of the file that cannot be used")
def broken(facts: Facts, this: Rule) -> Iterator[Finding]:
    """What the file says that makes no sense: kept as it is, drawn dashed, and never run."""
    items = [item for item in facts.graph.broken if item.section in ("agents", "edges")]
    ways = _read_or_dropped(facts, items)  # in the order in which they are told of
    for problem in facts.problems:
        if problem.code not in ELSEWHERE:
            fixes: tuple[Fix, ...] = ()
            if problem.code == "supervision_cycle":
                top = facts.name(problem.agents[0])
                fixes = (Fix(f"Leave {top} on top", partial(_on_top, facts, problem.agents, problem.edges)),)
            elif problem.code == "broken_item" and not problem.inside:
                fixes = next(ways)
            elif problem.code == "no_bypass" and not problem.inside:
                mute = Set(section="agents", id=problem.agents[0], values={"disabled": "muted"})
                fixes = (Fix(f"Mute {facts.name(problem.agents[0])}", (mute,)),)
            title, _, reason = problem.text.partition(": ") if len(problem.text) > 80 else (problem.text, "", "")
            yield Finding(
                this.code,
                this.severity,
                title.rstrip("."),
                f"{reason[:1].upper()}{reason[1:]} The graph cannot run before this is mended.".lstrip(),
                tuple(id for id in problem.agents if id in facts.agents),
                tuple(id for id in problem.edges if id in facts.graph.edges),
                fixes,
            )


def _read_or_dropped(facts: Facts, items: list[BrokenItem]) -> Iterator[tuple[Fix, ...]]:
    """Ways to mend each of what could not be read; where there is much of it, with the first one to do without it."""
    if len(items) <= SINGLY:
        for item in items:
            yield _meant_or_dropped(facts, item, guess=len(items) * len(facts.agents) <= LOOKS)
        return
    gone = {id(item) for item in items}
    rest = [one.model_dump(mode="json") for one in facts.graph.broken if id(one) not in gone]
    yield (Fix(f"Take all {len(items):,} that cannot be used out of the file", (SetGraph(values={"broken": rest}),)),)
    for _ in items[1:]:
        yield ()


def _meant_or_dropped(facts: Facts, item: BrokenItem, *, guess: bool) -> tuple[Fix, ...]:
    """Ways to mend what could not be read: an edge whose end is called much like an agent, and to do without it."""
    rest = [one.model_dump(mode="json") for one in facts.graph.broken if one is not item]
    drop = SetGraph(values={"broken": rest})
    fixes = [Fix("Take it out of the file", (drop,))]
    if guess and item.section == "edges" and isinstance(item.raw, dict):
        meant = {end: _meant(facts, item.raw.get(end)) for end in ("source", "target")}
        if all(meant.values()) and meant["source"] != meant["target"]:
            id = item.raw.get("id")
            if not isinstance(id, str) or not id or id in facts.graph.edges:
                id = fresh_edge_id(facts.graph, str(meant["source"]), str(meant["target"]), used_ids(facts.graph))
            try:
                edge = Edge.model_validate({**item.raw, **meant, "id": id})
            except ValidationError:
                return tuple(fixes)
            names = " to ".join(facts.name(AgentId(str(end))) for end in meant.values())
            fixes.insert(0, Fix(f"Lead it from {names}", (drop, Add(section="edges", item=edge))))
    return tuple(fixes)


def _meant(facts: Facts, end: object) -> str | None:
    """The agent that an end of an edge is, or is called much like; None if nobody can say."""
    if not isinstance(end, str) or len(end) > 100:
        return None
    if end in facts.agents:
        return end
    called: dict[str, str | None] = {}
    for id, agent in facts.agents.items():
        for name in {id.casefold(), agent.name.casefold()}:
            called[name] = id if called.get(name, id) == id else None  # two of one name: nobody can say
    near = difflib.get_close_matches(end.casefold(), called, 1, 0.75)
    return called[near[0]] if near else called.get(end.casefold())


def _on_top(facts: Facts, agents: tuple[AgentId, ...], edges: tuple[EdgeId, ...]) -> list[Edit]:
    """Take the supervise edges away by which the first of these agents is watched by those it watches itself."""
    drawn = [facts.graph.edges[id] for id in edges]
    closing = closing_edges(agents, [(edge.id, edge.source, edge.target) for edge in drawn], agents[:1])
    return [Remove(section="edges", id=edge.id) for edge in drawn if edge.id in closing]


@rule("G003", "error", "any_graph", "An agent of an unknown kind")
def unknown_kind(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A kind that neither this version nor any installed package has."""
    names = [kind.name for kind in all_kinds()]
    strange: dict[str, list[Agent]] = {}
    for agent in facts.agents.values():
        if facts.kind(agent) is None:
            strange.setdefault(agent.kind, []).append(agent)
    for called, agents in strange.items():
        count = len(agents)
        near = difflib.get_close_matches(called.lower(), names, 1, 0.75) if len(called) < 40 else []
        ways = [(f"“{kind}”", kind) for kind in near]
        if not near and not any(agent.config for agent in agents):
            ways.append(("language models" if count > 1 else "a language model", "llm"))
        which = "it" if count == 1 else "both" if count == 2 else f"all {count:,}"
        fixes = [
            Fix(
                f"Make {which} {words}",
                tuple(Set(section="agents", id=agent.id, values={"kind": kind}) for agent in agents),
            )
            for words, kind in ways
        ]
        yield Finding(
            this.code,
            this.severity,
            f"Nobody knows how {facts.names(agent.id for agent in agents)} {'works' if count == 1 else 'work'}",
            f"No kind of agent is called “{called}” here: {'it' if count == 1 else 'they'} can be rehearsed, not run. "
            "A package that brings the kind may be missing.",
            tuple(agent.id for agent in agents),
            (),
            tuple(fixes),
        )


@rule("G004", "error", "any_graph", "Settings that do not fit the kind")
def settings_do_not_fit(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A config that its kind refuses: a field that is missing, unknown or of the wrong sort."""
    for id, config in facts.configs.items():
        if not isinstance(config, ValidationError):
            continue
        agent = facts.agents[id]
        kind = facts.kind(agent)
        if kind is None:
            continue
        problem = config_problem(facts.name(id), kind, config)
        fixes: tuple[Fix, ...] = ()
        if problem.unknown:
            rest = {key: value for key, value in agent.config.items() if key != problem.field}
            edit = Set(section="agents", id=id, values={"config": rest})
            fixes = (Fix(f"Take “{problem.field}” away", (edit,)),)
        yield Finding(this.code, this.severity, problem.title, problem.detail, (id,), (), fixes)


@rule("G008", "advice", "any_graph", "A model that is not stated", confidence="medium")
def no_model(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Language models of which only the environment of whoever runs them knows which they are."""
    without = [id for id, config in facts.configs.items() if isinstance(config, LlmConfig) and not config.model]
    if without:
        several = len(without) > 1
        yield Finding(
            this.code,
            this.severity,
            f"{facts.names(without)} {'have' if several else 'has'} no model",
            f"{'They use' if several else 'It uses'} the model named by QUARTET_MODEL where the graph runs; without "
            f"that {'they' if several else 'it'} cannot run.",
            tuple(without),
            (),
            _common_model(facts, without),
        )


@rule("G021", "advice", "any_graph", "A model without instructions")
def no_instructions(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A language model that is not told who it is nor what to do."""
    for id, config in facts.configs.items():
        if isinstance(config, LlmConfig) and config.model and not config.instructions.strip() and config.prompt is None:
            yield Finding(
                this.code,
                this.severity,
                f"{facts.name(id)} has no instructions",
                "The model sees only what comes in, and is not told what to make of it: it will answer anything.",
                (id,),
            )


@rule("G022", "advice", "any_graph", "A server without a key", confidence="medium")
def no_key(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A language model on another server that the graph names no key for."""
    for id, config in facts.configs.items():
        if not isinstance(config, LlmConfig) or not config.base_url or config.key_env:
            continue
        host = urlsplit(config.base_url).hostname or ""
        if host not in LOCAL:
            yield Finding(
                this.code,
                this.severity,
                f"{facts.name(id)} names no key for {host}",
                "No key is sent to an address stated in a graph unless the graph names the environment variable that "
                "holds it; most servers then refuse.",
                (id,),
            )


def _common_model(facts: Facts, without: list[AgentId]) -> tuple[Fix, ...]:
    """The model that other agents of this graph use, for those that have none."""
    models = (config.model for config in facts.configs.values() if isinstance(config, LlmConfig))
    stated = Counter(model for model in models if model)
    if not stated:
        return ()
    model = stated.most_common(1)[0][0]
    edits = (
        Set(section="agents", id=id, values={"config": {**facts.agents[id].config, "model": model}}) for id in without
    )
    return (Fix(f"Use {model}", tuple(edits)),)
