"""What a run may use up: models without a limit on what they cost, and limits that nothing can reach."""

from __future__ import annotations

from collections.abc import Iterator

from quartet.agents.python import PythonConfig
from quartet.graph.edits import Set
from quartet.graph.model import Agent, AgentId, Budget, RunLimits
from quartet.rules.defaults import RUN_DEADLINE, seconds
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.mending import state_run, stated
from quartet.rules.registry import Rule, rule

TIME = 600.0
"""Seconds that a fix allows a run."""
MONEY = 1.0
"""US$ that a fix allows a run."""
SILENT = frozenset({"template", "file", "human", "http"})
"""Kinds that never report tokens or money."""


@rule("G018", "advice", "any_graph", "A run without a budget")
def no_budget(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Agents that cost money or time, and no limit for the run; where models go round, none on money or tokens."""
    limits = facts.graph.limits or RunLimits()
    if limits.max_cost is not None or limits.max_tokens is not None:
        return
    models = [id for id, agent in facts.agents.items() if agent.kind == "llm"]
    unlimited = [id for id in models if not _pays(facts.agents[id])]
    spend = Fix(f"Spend at most US$ {MONEY:.2f} in a run", (state_run(facts.graph, max_cost=MONEY),))
    free = set(unlimited)
    circling = [id for id in _circling(facts) if id in free]
    if circling:
        they = "It decides itself" if len(circling) == 1 else "They decide themselves"
        yield Finding(
            this.code,
            this.severity,
            f"{facts.names(circling)} may spend without end",
            f"{they} how often models are asked, and nobody states what that may cost.",
            tuple(circling),
            (),
            (spend,),
        )
    elif unlimited and limits.deadline is None:
        paid = "1 model is" if len(models) == 1 else f"{len(models):,} models are"
        yield Finding(
            this.code,
            this.severity,
            "A run has no budget of its own",
            f"{paid} paid by the call; a run that takes too long ends after {seconds(RUN_DEADLINE)} (the default).",
            (),
            (),
            (spend, Fix(f"End a run after {seconds(TIME)}", (state_run(facts.graph, deadline=TIME),))),
        )


def _pays(agent: Agent) -> bool:
    return agent.budget is not None and (agent.budget.max_cost is not None or agent.budget.max_tokens is not None)


def _circling(facts: Facts) -> list[AgentId]:
    """Models that decide themselves how often something is done: in loops, among peers, as managers."""
    found: dict[AgentId, None] = {}
    for edge in facts.loops:
        if edge.max_iterations is None:
            found.update(dict.fromkeys((edge.target, edge.source)))
    for group in facts.peers:
        if len(group) > 1:
            found.update(dict.fromkeys(group))
    found.update({id: None for id in facts.agents if facts.workers[id] and facts.dispatch(id) == "manager"})
    return [id for id in facts.agents if id in found and facts.agents[id].kind == "llm"]


@rule("G023", "advice", "any_graph", "A limit without effect")
def no_effect(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A budget that nothing can reach: of an agent that uses nothing of the kind, or looser than the run's own."""
    for id, agent in facts.agents.items():
        if agent.budget is None:
            continue
        idle = _idle(facts, agent, agent.budget)
        if not idle:
            continue
        name = facts.name(id)
        left = {field: value for field, value in stated(agent.budget).items() if field not in idle}
        useful = left.keys() - {"on_limit"}
        yield Finding(
            this.code,
            this.severity,
            f"A limit of {name} has no effect",
            " ".join(dict.fromkeys(idle.values())),
            (id,),
            (),
            (
                Fix(
                    "Take the limits away that have no effect",
                    (Set(section="agents", id=id, values={"budget": left if useful else None}),),
                ),
            ),
        )


@rule("P005", "advice", "pipeline", "A time limit that stops nothing")
def cannot_be_stopped(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A function with a time limit that runs in this program, where nothing can stop it."""
    for id, agent in facts.agents.items():
        config, limits = facts.configs.get(id), agent.limits
        if not isinstance(config, PythonConfig) or config.runs_in != "program" or limits is None:
            continue
        if limits.start_to_close is None and limits.schedule_to_close is None and limits.heartbeat is None:
            continue
        name = facts.name(id)
        values = {"config": {key: value for key, value in agent.config.items() if key != "runs_in"}}
        yield Finding(
            this.code,
            this.severity,
            f"{name} cannot be stopped at its time limit",
            f"{name} runs in this program: at the limit the run goes on without it, but the function goes on, too, "
            "and holds its memory and its thread until it ends by itself.",
            (id,),
            (),
            (Fix(f"Let {name} run in a process of its own", (Set(section="agents", id=id, values=values),)),),
        )


def _idle(facts: Facts, agent: Agent, budget: Budget) -> dict[str, str]:
    """The fields of a budget that nothing reaches, and why."""
    name = facts.name(agent.id)
    found: dict[str, str] = {}
    given = stated(budget).keys() - {"on_limit"}
    kind = facts.kind(agent)
    if kind is not None and kind.role != "worker" and not (kind.role == "supervisor" and agent.kind == "llm"):
        return dict.fromkeys(sorted(given), f"{name} does no work of its own.")
    reason = {
        "max_cost": f"{name} calls no model, so it costs nothing.",
        "max_tokens": f"{name} calls no model, so it uses no tokens.",
    }
    found |= {field: text for field, text in reason.items() if field in given and agent.kind in SILENT}
    if "max_hops" in given and not facts.handoffs_out[agent.id]:
        found["max_hops"] = f"{name} hands over to nobody."
    run = facts.graph.limits or RunLimits()
    for field, what in (("max_cost", "money"), ("max_tokens", "tokens"), ("max_hops", "hand-offs")):
        own, whole = getattr(budget, field), getattr(run, field)
        if own is not None and whole is not None and own >= whole and field not in found:
            found[field] = f"The run’s own limit on {what} is reached first."
    return found
