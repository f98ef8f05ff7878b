"""What a model is told, or not told: names, instructions and templates that a run would stumble over."""

from __future__ import annotations

import os

from quartet.agents.expressions import ExpressionError, template_names
from quartet.graph.disabling import wrongly_bypassed
from quartet.graph.edits import Edit
from quartet.graph.model import AgentId, Graph
from quartet.rules.defaults import ATTEMPT_LIMIT, seconds
from quartet.rules.finding import Finding
from quartet.rules.moments import Moment, Watch, Watcher, both, once, then
from quartet.rules.staging.stage import BROKEN, Scene, moment_of, name, script, scripted, stage, way_to
from quartet.rules.texts import templates

MODEL = "QUARTET_MODEL"
"""The environment variable that names the model of agents that state none."""


@stage("G007")
def cannot_be_filled_in(graph: Graph, finding: Finding) -> Scene | None:
    """The text is filled in with what comes in, as in a run."""
    id = finding.agents[0]
    coming = {edge.source for edge in graph.edges.values() if edge.target == id}
    wanting = [text for _, text in templates(graph.agents[id]) if _names(text) - coming]
    if not wanting or not scripted(graph, id):
        return None
    who, missing = name(graph, id), sorted(_names(wanting[0]) - coming)[0]
    return Scene(
        f"{who} fills in its text with what came in. Nothing came from “{missing}”.",
        [*way_to(graph, id), script(id, {"fills_in": wanting[0], "after": 1.0})],
        moment_of(finding, f"{who} has failed: its text wants what “{missing}” made, and that never comes.",
                  _failed(id)),
    )  # fmt: skip


def _names(text: str) -> set[AgentId]:
    """The agents whose results a template wants; none if it cannot be read."""
    try:
        return {AgentId(each[5:]) for each in template_names(text) if each.startswith("from.")}
    except ExpressionError:
        return set()


@stage("G008")
def asks_no_model(graph: Graph, finding: Finding) -> Scene | None:
    """Where nobody has named a model, nobody can be asked. Where somebody has, there is nothing to see."""
    without = [id for id in finding.agents if scripted(graph, id)]
    if os.environ.get(MODEL, "").strip() or not without:
        return None
    fails = {"fails": f"The agent says no model, and {MODEL} names none.", **BROKEN}

    def begin() -> Watch:
        return lambda event: (
            event.type == "activation.finished"
            and event.agent in without
            and (event.data or {}).get("state") == "failed"
        )

    return Scene(
        f"Whoever says no model looks for one in the environment variable {MODEL}. Nobody has set it here.",
        [*way_to(graph, without[0]), *(script(id, fails) for id in without)],
        moment_of(finding, f"There was no model to ask. Elsewhere it is the one that {MODEL} names there.", begin),
    )


@stage("G013")
def speak_under_one_name(graph: Graph, finding: Finding) -> Scene | None:
    """Both of them say something, and the name does not tell who did."""
    first, second = finding.agents[:2]
    if not scripted(graph, first, second):
        return None
    who = name(graph, first)
    edits: list[Edit] = [
        *way_to(graph, second),
        *(script(id, {"returns": f"what the {which} {who} made", "after": 1.0})
          for id, which in ((first, "one"), (second, "other"))),
    ]  # fmt: skip
    return Scene(
        f"Look at the log and the messages: two agents speak as {who}.",
        edits,
        moment_of(finding, f"Two results of {who} are there, and the name does not tell which is whose.",
                  both(_done(first), _done(second))),
    )  # fmt: skip


@stage("G021")
def answers_anything(graph: Graph, finding: Finding) -> Scene | None:
    """The model gets the input and nothing else."""
    id = finding.agents[0]
    if not scripted(graph, id):
        return None
    who = name(graph, id)
    return Scene(
        f"Look at what {who} is told: what came in, and not a word on what to make of it.",
        [*way_to(graph, id), script(id, {"returns": "something about it", "after": 1.0})],
        moment_of(finding, f"{who} has answered something. Nobody told it what was wanted, so it could be anything.",
                  _done(id)),
    )  # fmt: skip


@stage("G022")
def is_sent_away(graph: Graph, finding: Finding) -> Scene | None:
    """The server asks for a key, as most do."""
    id = finding.agents[0]
    if not scripted(graph, id):
        return None
    who = name(graph, id)
    return Scene(
        f"The server of {who} wants a key, as most do, and is sent none.",
        [*way_to(graph, id), script(id, {"fails": "401 Unauthorized", **BROKEN})],
        moment_of(finding, f"{who} was sent away: the graph names no key for its server.",
                  _failed(id)),
    )  # fmt: skip


@stage("P005")
def goes_on_behind_the_run(graph: Graph, finding: Finding) -> Scene | None:
    """The function never ends; the run gives it up, and it goes on."""
    id = finding.agents[0]
    if not scripted(graph, id):
        return None
    limits = graph.agents[id].limits
    limit = next((most for most in (limits.start_to_close, limits.schedule_to_close) if most), None) if limits else None
    who = name(graph, id)
    return Scene(
        f"{who} never ends. At its time limit it is told to stop, and does not listen.",
        [*way_to(graph, id), script(id, {"hangs": True, "ignores_cancel": 10 * ATTEMPT_LIMIT})],
        moment_of(finding, f"{who} was given up after {seconds(limit or ATTEMPT_LIMIT)}, and goes on in this program.",
                  then(once("attempt.timed_out", id), once("attempt.abandoned", id))),
    )  # fmt: skip


@stage("W002", "W005")
def comes_to_the_wrong_one(graph: Graph, finding: Finding) -> Scene | None:
    """A task that is another one's is handed over all the same."""
    taker = finding.agents[0]
    handing = (edge for edge in graph.edges.values() if edge.kind == "handoff" and edge.target == taker)
    edge = next((each for each in handing if each.source != taker), None)
    if edge is None or not scripted(graph, edge.source, taker):
        return None
    giver, who = name(graph, edge.source), name(graph, taker)
    says = f"The task has come to {who}, and {giver} had nothing but a name to go by."
    if finding.code == "W005":
        says = f"The task has come to {who}; under the name that {giver} saw, it could have been another one."
    return Scene(
        f"{giver} hands a task to {who}. It was meant for somebody else.",
        [
            *way_to(graph, edge.source),
            script(edge.source, {"hands_off": taker, "after": 1.0}, {"returns": "then I answer myself", "after": 1.0}),
        ],
        Moment(says, once("handoff.accepted", edge.source, to=taker), (taker, edge.source), (edge.id,)),
    )


@stage("W009")
def never_gets_a_task(graph: Graph, finding: Finding) -> Scene | None:
    """Whom the instructions name gets the task; whom they forget stands by."""
    giver, forgotten = finding.agents[:2]
    handing = (edge for edge in graph.edges.values() if edge.kind == "handoff" and edge.source == giver)
    told = next((edge for edge in handing if edge.target not in finding.agents), None)
    if told is None or not scripted(graph, giver, told.target):
        return None
    who, whom, lost = name(graph, giver), name(graph, told.target), name(graph, forgotten)
    return Scene(
        f"{who} does as its instructions say and hands over to {whom}. Look at {lost}.",
        [
            *way_to(graph, giver),
            script(giver, {"hands_off": told.target, "after": 1.0}, {"returns": "then I answer myself", "after": 1.0}),
        ],
        Moment(f"{whom} has the task now. {lost} stands by, and no instruction of {who} speaks of it.",
               once("handoff.accepted", giver, to=told.target), (forgotten, giver), finding.edges),
    )  # fmt: skip


@stage("G027")
def is_left_out(graph: Graph, finding: Finding) -> Scene | None:
    """The run passes it by. Whom a run refuses to bypass, it does not pass by."""
    refused = {agent.id for agent, _ in wrongly_bypassed(graph)}
    id = next((each for each in finding.agents if each not in refused), None)
    if id is None:
        return None
    how, who = graph.agents[id].disabled, name(graph, id)
    says = (
        f"{who} is skipped, with all that only it would lead to."
        if how == "muted"
        else f"{who} was not asked: what came to it has gone on as it was."
    )
    return Scene(
        f"Look at {who}: it is {how}.",
        way_to(graph, id),
        Moment(says, once("activation.finished", id, reason=how), (id,)),
    )


def _done(id: AgentId) -> Watcher:
    return once("activation.finished", id, state="succeeded")


def _failed(id: AgentId) -> Watcher:
    return once("activation.finished", id, state="failed", reason="error")
