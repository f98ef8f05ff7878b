"""Oversight with a hole in it."""

from __future__ import annotations

from typing import Any

from quartet.graph.edits import Edit
from quartet.graph.model import AgentId, Graph
from quartet.rules.finding import Finding
from quartet.rules.moments import FAILS, Moment, nth, once, then
from quartet.rules.staging.stage import (
    BROKEN,
    Scene,
    fails_once,
    flows,
    moment_of,
    name,
    script,
    scripted,
    stage,
    way_to,
)
from quartet.rules.supervisor import TOO_OFTEN

ENDLESS = 20
"""Attempts after which it is plain that there is no end."""


@stage("S001")
def nobody_restarts(graph: Graph, finding: Finding) -> Scene | None:
    """Who follows the supervisor fails, and it does not care."""
    id = finding.agents[0]
    watched = {edge.target for edge in graph.edges.values() if edge.kind == "supervise"}
    follows = [edge.target for edge in flows(graph, source=id) if edge.target not in watched]
    if not follows or not scripted(graph, follows[0]):
        return None
    boss, who = name(graph, id), name(graph, follows[0])
    return Scene(
        f"{who} fails. {boss} is called a supervisor, but watches nobody.",
        [fails_once(follows[0], "lost its connection")],
        Moment(f"{who} failed and {boss} did nothing about it: the run has failed.", FAILS, (follows[0], id)),
    )


@stage("S002")
def supervisor_dies(graph: Graph, finding: Finding) -> Scene | None:
    """The supervisor dies, then a worker fails; of a manager, who gives out the work, nobody gets anything any more."""
    id = finding.agents[0]
    boss = name(graph, id)
    if scripted(graph, id):
        return Scene(
            f"{boss} dies. Nobody is left to give out work.",
            [*way_to(graph, id), fails_once(id, "the supervisor died")],
            moment_of(finding, f"{boss} is dead, and nobody starts it anew: its workers have nobody.",
                      once("activation.finished", id, state="failed")),
        )  # fmt: skip
    worker = first_to_work(graph, id)
    if worker is None or not scripted(graph, worker):
        return None
    who = name(graph, worker)
    lost: dict[str, Any] = {"fails": "lost its connection", "retry": False, "after": 2.0}
    edits: list[Edit] = [
        *way_to(graph, id),
        script(id, {"fails": "the supervisor died", **BROKEN}, {}),
        script(worker, lost, {"returns": "done at last"}),
    ]
    return Scene(
        f"{boss} dies; then {who} fails, and nobody is left to restart it.",
        edits,
        Moment(f"{boss} is dead and {who} has failed: nobody restarts it.",
               then(once("group.supervisor_crashed", id), once("activation.finished", worker, state="failed")),
               (worker, id), finding.edges),
    )  # fmt: skip


@stage("S003")
def work_takes_oversight_along(graph: Graph, finding: Finding) -> Scene | None:
    """The manager's own work goes wrong. An event has none."""
    id = finding.agents[0]
    if not scripted(graph, id):
        return None
    boss = name(graph, id)
    crashed = once("group.supervisor_crashed", id)
    if any(edge.kind == "supervise" and edge.target == id for edge in graph.edges.values()):
        crashed = then(once("group.up", id), once("activation.held", id))  # it waits for whoever is above it
    return Scene(
        f"{boss} gets its own work wrong, and has to begin anew as the supervisor, too.",
        [*way_to(graph, id), fails_once(id, "the answer cannot be read")],
        moment_of(finding, f"{boss} failed at its own work, and its oversight has gone down with it.",
                  crashed),
    )  # fmt: skip


@stage("S004")
def gives_up_when_nobody_said_so(graph: Graph, finding: Finding) -> Scene | None:
    """A worker fails until the default number of restarts is used up."""
    id = finding.agents[0]
    worker = first_to_work(graph, id)
    if worker is None or not scripted(graph, worker):
        return None
    boss, who = name(graph, id), name(graph, worker)
    return Scene(
        f"{who} fails again and again. Count how often {boss} restarts it.",
        [script(worker, {"fails": "blocked", **BROKEN})],
        Moment(f"{boss} gives {who} up, after as many restarts as nobody stated.",
               once("group.escalated", id), (id, worker)),
    )  # fmt: skip


@stage("S005")
def escalates_to_nobody(graph: Graph, finding: Finding) -> Scene | None:
    """A worker fails until its supervisor escalates, and nobody is above."""
    id = finding.agents[0]
    worker, oversight = first_to_work(graph, id), graph.agents[id].oversight
    if worker is None or oversight is None or not scripted(graph, worker):
        return None
    steps = [directive.do for directive in oversight.on_error or ()]
    often = steps.index("escalate") + 1 if "escalate" in steps else 1
    boss, who = name(graph, id), name(graph, worker)
    return Scene(
        f"{who} fails, until {boss} escalates – to nobody.",
        [script(worker, *[{"fails": "blocked", **BROKEN}] * often, {"returns": "done at last"})],
        Moment(f"{boss} escalated to nobody, and the run has failed; one more try would have helped.", FAILS,
               (id, worker)),
    )  # fmt: skip


@stage("S006")
def one_is_not_told(graph: Graph, finding: Finding) -> Scene | None:
    """The worker fails, and only one of its supervisors decides."""
    id = finding.agents[0]
    if not scripted(graph, id):
        return None
    who = name(graph, id)
    return Scene(
        f"{who} fails. Look at which of its supervisors does something about it.",
        [fails_once(id, "lost its connection")],
        moment_of(
            finding, f"{who} failed, and only one of its supervisors was told.", once("group.child_failed", child=id)
        ),
    )


@stage("S007")
def fails_unwatched(graph: Graph, finding: Finding) -> Scene | None:
    """The step between fails, and the supervisor of the others is not told."""
    id, supervisor = finding.agents[:2]
    if not scripted(graph, id):
        return None
    who, boss = name(graph, id), name(graph, supervisor)
    return Scene(
        f"{who} fails. {boss} watches the steps around it, but not this one.",
        [*way_to(graph, id), fails_once(id, "lost its connection")],
        moment_of(finding, f"{who} failed, and {boss} was not told.", once("activation.finished", id, state="failed")),
    )


@stage("S008")
def tried_again_and_again(graph: Graph, finding: Finding) -> Scene | None:
    """The worker fails each time."""
    id, supervisor = finding.agents[:2]
    if not scripted(graph, id):
        return None
    retry = graph.agents[id].retry
    often = ENDLESS if retry is not None and retry.max_attempts == 0 else TOO_OFTEN + 1
    who, boss = name(graph, id), name(graph, supervisor)
    return Scene(
        f"{who} fails each time it is tried. Count how often that is.",
        [script(id, {"fails": "the service does not answer", "after": 0.1})],
        moment_of(finding, f"{who} fails for the {often}th time, and above {boss} nobody has been told.",
                  nth(often, "attempt.failed", {id})),
    )  # fmt: skip


def first_to_work(graph: Graph, supervisor: AgentId) -> AgentId | None:
    """The worker of this supervisor that starts first: one that waits for nobody else, no supervisor itself."""
    watched = [edge.target for edge in graph.edges.values() if edge.kind == "supervise" and edge.source == supervisor]
    overseers = {edge.source for edge in graph.edges.values() if edge.kind == "supervise"}
    waiting = {edge.target for edge in graph.edges.values() if edge.kind == "flow" and edge.source in watched}
    workers = [id for id in dict.fromkeys(watched) if id not in overseers]
    return next((id for id in workers if id not in waiting), workers[0] if workers else None)
