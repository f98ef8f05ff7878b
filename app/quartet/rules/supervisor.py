"""Where oversight has a hole: nobody watches, nobody decides, or too many do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from quartet.graph.edits import Edit, Set
from quartet.graph.model import Agent, AgentId
from quartet.graph.policies import Oversight
from quartet.rules.defaults import MAX_ATTEMPTS, MAX_RESTARTS
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.mending import state, stated
from quartet.rules.oversight import above, between, can_be_relieved, leave_to, relieve, stating
from quartet.rules.registry import Rule, rule
from quartet.rules.trying import no_worse

TOO_OFTEN = 40
"""More attempts than this at one piece of work nobody means."""


@rule("S001", "warning", "supervisor", "A supervisor without workers")
def no_workers(facts: Facts, this: Rule) -> Iterator[Finding]:
    """An agent of kind supervisor with no supervise edge."""
    for id, agent in facts.agents.items():
        if facts.role(agent) != "supervisor" or facts.workers[id]:
            continue
        name = facts.name(id)
        loose = [after for after in facts.after(id) if not (facts.watchers[after] or facts.handoffs_in[after])]
        fixes = []
        if loose:
            turned = [edge for edge in facts.flow_out[id] if edge.target in loose and edge.when is None]
            edits: list[Edit] = [Set(section="edges", id=edge.id, values={"kind": "supervise"}) for edge in turned]
            edits.append(stating(agent, facts.watchers[id], restartable=True))
            if turned and no_worse(facts, this, partial(tuple, edits)):
                fixes.append(Fix(f"Let {name} watch {facts.names(edge.target for edge in turned)}", tuple(edits)))
        yield Finding(
            this.code,
            this.severity,
            f"{name} watches nobody",
            f"{name} has no workers, so it restarts nothing and only passes its input on.",
            (id,),
            (),
            tuple(fixes),
        )


@rule("S002", "warning", "supervisor", "A supervisor that nobody watches and that cannot be restarted")
def unwatched_supervisor(facts: Facts, this: Rule) -> Iterator[Finding]:
    """The single point of failure: if it dies, its workers run on unwatched. Of one that also works that is said here,
    too, and not a second time by S003."""
    for id, agent in facts.agents.items():
        if not _is_alone(facts, agent):
            continue
        name, workers = facts.name(id), [edge.target for edge in facts.workers[id]]
        works = facts.role(agent) != "supervisor" and id not in facts.rivals
        yield Finding(
            this.code,
            this.severity,
            f"Nobody watches {name}",
            (f"{name} also does work of its own. If that goes wrong, or {name}" if works else f"If {name}")
            + f" dies, {facts.names(workers)} {'finishes' if len(workers) == 1 else 'finish'} unwatched: nothing is "
            "restarted any more, and the next failure fails the run.",
            (id,),
            tuple(edge.id for edge in facts.workers[id]),
            (
                Fix(f"Make {name} restartable", partial(_restartable, agent)),
                Fix(f"Put a supervisor above {name}", partial(above, facts, [id], f"Supervisor of {name}")),
                *(_relieved(facts, this, id) if works else ()),
            ),
        )


@rule("S003", "advice", "supervisor", "A supervisor that also does the work")
def also_works(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A model that oversees others: what breaks its work breaks its oversight. Or an event, which does not stay."""
    for id, agent in facts.agents.items():
        role = facts.role(agent)
        if not facts.workers[id] or role == "supervisor" or id in facts.rivals or _is_alone(facts, agent):
            continue
        name, workers = facts.name(id), [edge.target for edge in facts.workers[id]]
        whom = facts.names(workers)
        title, detail = (
            f"{name} also does the work",
            f"{name} decides who works next and works itself. If its own work goes wrong, nobody oversees {whom} until "
            "it is started anew.",
        )
        if role == "trigger":
            title = f"{name} is an event, and cannot stay to watch {whom}"
            detail = (
                f"An event happens and is over; whoever watches has to stay until the work is done. {name} can start "
                f"{whom}, and a supervisor watch."
            )
        yield Finding(
            this.code,
            this.severity,
            title,
            detail,
            (id,),
            tuple(edge.id for edge in facts.workers[id]),
            _relieved(facts, this, id),
        )


def _is_alone(facts: Facts, agent: Agent) -> bool:
    """Whether an agent watches others, and nobody starts it anew if it dies. An event does not die: it is over."""
    if not facts.workers[agent.id] or facts.watchers[agent.id] or facts.role(agent) == "trigger":
        return False
    return agent.oversight is None or not agent.oversight.restartable


def _relieved(facts: Facts, this: Rule, id: AgentId) -> tuple[Fix, ...]:
    """A supervisor of its own for those whom an agent watches beside its own work, and for that agent."""
    taken_over = partial(relieve, facts, id)
    if not can_be_relieved(facts, id) or not no_worse(facts, this, taken_over):
        return ()
    watched = [] if facts.role(facts.agents[id]) == "trigger" else [id]
    whom = facts.names([*watched, *(edge.target for edge in facts.workers[id])])
    return (Fix(f"Let a supervisor of its own watch {whom}", taken_over),)


@rule("S004", "advice", "supervisor", "No stated restart limit")
def no_restart_limit(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A supervisor that does not say how often it restarts, nor what it does on failure."""
    for id, agent in facts.agents.items():
        if not facts.workers[id] or facts.role(agent) != "supervisor":
            continue  # of an agent that also works, S003 says what matters
        oversight = agent.oversight
        if oversight is not None and (oversight.max_restarts is not None or oversight.on_error):
            continue
        name = facts.name(id)
        above = next(facts.chain(id), None)
        then = f"asks {facts.name(above)}" if above is not None else "gives up, and the run fails"
        yield Finding(
            this.code,
            this.severity,
            f"{name} does not say how often it restarts",
            f"{name} restarts a failed worker {MAX_RESTARTS} times (the default), then {then}.",
            (id,),
            (),
            (Fix(f"Restart up to {MAX_RESTARTS} times", (state(agent, "oversight", max_restarts=MAX_RESTARTS),)),),
        )


@rule("S005", "warning", "supervisor", "Nowhere to escalate")
def nowhere_to_escalate(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A stated escalation with nobody above: the first one fails the run."""
    for id, agent in facts.agents.items():
        oversight = agent.oversight
        if not facts.workers[id] or facts.watchers[id] or facts.fallbacks[id] or oversight is None:
            continue
        directives = oversight.on_error or ()
        if oversight.root_policy == "ask_human" or not any(directive.do == "escalate" for directive in directives):
            continue
        name = facts.name(id)
        kept = [each for each in stated(oversight)["on_error"] if each["do"] != "escalate"]
        instead = [*kept, {"do": "reassign" if len(facts.workers[id]) > 1 else "restart"}]
        what = "reassign the work" if len(facts.workers[id]) > 1 else "restart"
        yield Finding(
            this.code,
            this.severity,
            f"{name} has nobody to escalate to",
            f"When {name} escalates, nobody is above it, so the run fails at once.",
            (id,),
            (),
            (
                Fix(f"Put a supervisor above {name}", partial(above, facts, [id], f"Supervisor of {name}")),
                Fix("Ask a person then", (state(agent, "oversight", root_policy="ask_human"),)),
                Fix(f"Let {name} {what} instead", (state(agent, "oversight", on_error=instead),)),
            ),
        )


@rule("S006", "warning", "supervisor", "A worker with two supervisors")
def two_supervisors(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Two that would both decide about one failure: only one of them is asked."""
    for id in facts.agents:
        watching = facts.watchers[id]
        supervisors = list(dict.fromkeys(edge.source for edge in watching))
        if len(supervisors) < 2 or id in facts.rivals:
            continue
        name = facts.name(id)
        fixes = [fix for kept in supervisors[:2] if (fix := leave_to(facts, this, id, kept, supervisors)) is not None]
        yield Finding(
            this.code,
            this.severity,
            f"{name} has {'two' if len(supervisors) == 2 else len(supervisors)} supervisors",
            f"When {name} fails, {facts.names(supervisors)} would each decide; only one is asked, and the others do "
            "not know.",
            (id, *supervisors),
            tuple(edge.id for edge in watching),
            tuple(fixes),
        )


def _restartable(agent: Agent) -> tuple[Edit, ...]:
    return (state(agent, "oversight", restartable=True),)


@rule("S007", "warning", "supervisor", "A step between supervised steps that nobody watches")
def unwatched_step(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A step with a supervised step before and one after it, under one supervisor, that is not under it itself."""
    for supervisor in facts.agents:
        watched = {edge.target for edge in facts.workers[supervisor]}
        if len(watched) < 2:
            continue
        for id in between(facts, watched, supervisor):
            agent = facts.agents[id]
            if not facts.reaches_out(agent) and facts.role(agent) != "worker":
                continue
            name, boss = facts.name(id), facts.name(supervisor)
            drawn = facts.pencil.edges([{"source": supervisor, "target": id, "kind": "supervise"}])
            yield Finding(
                this.code,
                this.severity,
                f"Nobody watches {name}",
                f"{name} stands between steps that {boss} watches. If it fails, {boss} is not told, nothing is "
                "restarted, and the run fails.",
                (id, supervisor),
                tuple(edge.id for edge in (*facts.flow_in[id], *facts.flow_out[id])),
                (Fix(f"Let {boss} watch {name}", tuple(drawn)),),
            )


@rule("S008", "warning", "supervisor", "Retries times restarts larger than anybody means")
def too_many_attempts(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Each restart starts the retries anew, and each restart of a group those of the groups in it."""
    for id, agent in facts.agents.items():
        if not facts.watchers[id] or facts.workers[id] or facts.role(agent) not in ("worker",):
            continue
        attempts = facts.attempts(agent)
        supervisor = facts.agents[next(facts.chain(id))]
        restarts = MAX_RESTARTS
        if supervisor.oversight is not None and supervisor.oversight.max_restarts is not None:
            restarts = supervisor.oversight.max_restarts
        product = attempts * (restarts + 1)
        if 0 < product <= TOO_OFTEN:
            continue
        name, boss = facts.name(id), facts.name(supervisor.id)
        fixes = []
        if attempts == 0 or attempts * (MAX_RESTARTS + 1) > TOO_OFTEN:
            edits: list[Edit] = [state(agent, "retry", max_attempts=MAX_ATTEMPTS)]
            if MAX_ATTEMPTS * (restarts + 1) > TOO_OFTEN:
                edits.append(state(supervisor, "oversight", max_restarts=MAX_RESTARTS))
            fixes.append(Fix(f"Try {name} at most {MAX_ATTEMPTS} times before {boss} steps in", tuple(edits)))
        else:
            fixes.append(
                Fix(
                    f"Let {boss} restart at most {MAX_RESTARTS} times",
                    (state(supervisor, "oversight", max_restarts=MAX_RESTARTS),),
                )
            )
        detail = (
            f"{name} is tried without end, so {boss} never hears of a failure."
            if attempts == 0
            else f"{attempts} attempts × {restarts + 1} starts by {boss}: up to {product} attempts, with pauses "
            "between them, before anybody is told."
        )
        yield Finding(
            this.code,
            this.severity,
            f"{name} is tried without end" if attempts == 0 else f"{name} may be tried {product} times",
            detail,
            (id, supervisor.id),
            tuple(edge.id for edge in facts.watchers[id]),
            tuple(fixes),
        )


@rule("S009", "error", "supervisor", "A manager without a model")
def manages_without_model(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A supervisor by kind that is to decide who does what: it has nothing to decide with."""
    for id, agent in facts.agents.items():
        oversight = agent.oversight
        if facts.role(agent) != "supervisor" or oversight is None or oversight.dispatch != "manager":
            continue
        if not facts.workers[id]:
            continue  # S001 says what matters
        name = facts.name(id)
        yield Finding(
            this.code,
            this.severity,
            f"{name} cannot manage: it has no model",
            f"Only a model can decide who does what. Make {name} a language model, or let it hand out work another "
            "way.",
            (id,),
            tuple(edge.id for edge in facts.workers[id]),
            (Fix(f"Let {name} give the work to all its workers", (state(agent, "oversight", dispatch="broadcast"),)),),
        )


@rule("S010", "advice", "supervisor", "A statement about supervision that has no effect")
def without_effect(facts: Facts, this: Rule) -> Iterator[Finding]:
    """What is stated for a case that cannot happen where the agent stands."""
    for id, agent in facts.agents.items():
        name, oversight = facts.name(id), agent.oversight
        found: list[tuple[str, str, Edit]] = []
        if agent.restart is not None and not facts.watchers[id]:
            why = f"nobody watches {name}, so nobody would restart it"
            found.append(("Whether it is restarted", why, Set(section="agents", id=id, values={"restart": None})))
        if oversight is not None and facts.workers[id]:
            for field, what, why in _idle_statements(facts, id, oversight):
                kept = {key: value for key, value in stated(oversight).items() if key != field}
                found.append((what, why, Set(section="agents", id=id, values={"oversight": kept or None})))
        for what, why, edit in found:
            yield Finding(
                this.code,
                this.severity,
                f"{name}: a statement without effect",
                f"“{what}” is stated, but {why}.",
                (id,),
                (),
                (Fix("State nothing there", (edit,)),),
            )


def _idle_statements(facts: Facts, id: AgentId, oversight: Oversight) -> Iterator[tuple[str, str, str]]:
    """The fields of a supervisor's policy that change nothing: the field, its label, and why."""
    name = facts.name(id)
    if oversight.root_policy is not None and facts.watchers[id]:
        above = facts.name(facts.watchers[id][0].source)
        yield "root_policy", "With nobody above", f"{above} is above {name}"
    if oversight.on_supervisor_crash is not None and not (oversight.restartable or facts.watchers[id]):
        yield "on_supervisor_crash", "When it is back", f"{name} is not restarted if it dies"
    if oversight.max_children is not None and oversight.dispatch in ("graph", "manager"):
        giver = "the drawn edges say" if oversight.dispatch == "graph" else f"{name} itself decides"
        yield "max_children", "At once", f"{giver} who works when"
