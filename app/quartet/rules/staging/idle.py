"""Statements that nothing comes of: what is stated does not happen, and a run shows what happens instead."""

from __future__ import annotations

from typing import Any

from quartet.graph.edits import SetGraph
from quartet.graph.model import AgentId, Graph
from quartet.rules.finding import Finding
from quartet.rules.mending import stated
from quartet.rules.moments import Happening, Moment, Watch, crowd, once
from quartet.rules.staging.stage import (
    BROKEN,
    Scene,
    fails_once,
    lasts,
    moment_of,
    name,
    patience,
    script,
    scripted,
    stage,
    way_to,
)
from quartet.rules.staging.supervisor import first_to_work

USES = {"max_tokens": 1.0, "max_cost": 0.01}
"""What an agent may use beyond the limit of the run, so that it is reached: in tokens, in US$."""


@stage("G019")
def nobody_works(graph: Graph, finding: Finding) -> Scene:
    """Without agents a run is refused; with boards and events only it is over at once."""
    if not graph.agents:
        return Scene("Nothing starts: there is no agent to run.", [], refused="rehearsal")
    return Scene(
        "Look how long the run takes, and what comes out.",
        [],
        moment_of(finding, "The run is over, and nobody has worked.", once("run.finished")),
    )


@stage("G023")
def the_run_stops_it(graph: Graph, finding: Finding) -> Scene | None:
    """The agent uses more than the run may, and less than it may itself."""
    id = finding.agents[0]
    own, whole = stated(graph.agents[id].budget), stated(graph.limits)
    field = next((each for each in USES if own.get(each) is not None and whole.get(each) is not None), None)
    if field is None or own[field] < whole[field] or not scripted(graph, id):
        return None
    used = whole[field] + USES[field]
    usage: dict[str, Any] = {"input_tokens": 0, "output_tokens": 0, "cost": 0.0}
    usage |= {"cost": used} if field == "max_cost" else {"input_tokens": int(used)}
    who, what = name(graph, id), f"US$ {used:g}" if field == "max_cost" else f"{int(used):,} tokens"

    def begin() -> Watch:
        def watch(event: Happening) -> bool:
            told = event.data or {}
            return event.type == "limit.exceeded" and event.agent is None and told.get("which") == field

        return watch

    return Scene(
        f"{who} uses {what}: more than the run may, and no more than is allowed to itself.",
        # in a rehearsal nobody is there to allow more
        [*way_to(graph, id), script(id, {"returns": f"what {who} made", "after": 1.0, "usage": usage}),
         SetGraph(values={"limits": {**whole, "on_limit": "fail"}})],
        moment_of(finding, f"The limit of the run is reached; the one that is stated for {who} was not.", begin),
    )  # fmt: skip


@stage("G026")
def writes_beside_the_key(graph: Graph, finding: Finding) -> Scene | None:
    """Whoever writes what is no key of the state writes nothing."""
    if not finding.agents or not scripted(graph, finding.agents[0]):
        return None
    id = finding.agents[0]
    agent, keys = graph.agents[id], graph.state or {}
    wrong = next((key for key in (*(agent.writes or ()), *(agent.reads or ())) if key not in keys), None)
    if wrong is None:
        return None
    does = "write" if wrong in (agent.writes or ()) else "read"
    arguments: dict[str, Any] = {"keys": [wrong]} if does == "read" else {"key": wrong, "value": "something"}
    who = name(graph, id)

    def begin() -> Watch:
        def watch(event: Happening) -> bool:
            return event.type == "call.finished" and event.agent == id and "error" in (event.data or {})

        return watch

    return Scene(
        f"{who} {does}s {wrong}.",
        [*way_to(graph, id), script(id, {"calls": [{"tool": f"{does}_state", "arguments": arguments}], "after": 1.0})],
        moment_of(finding, f"{who} could not {does} {wrong}: the state has no such key, and the one it has is as it "
                  "was.", begin),
    )  # fmt: skip


@stage("S010")
def happens_otherwise(graph: Graph, finding: Finding) -> Scene | None:
    """The case comes up in which what is stated should apply."""
    id = finding.agents[0]
    agent, who = graph.agents[id], name(graph, id)
    label = finding.detail.partition("”")[0]
    if label.endswith("Whether it is restarted"):
        if not scripted(graph, id):
            return None
        return Scene(
            f"{who} fails. It is stated whether it is restarted.",
            [*way_to(graph, id), fails_once(id, "lost its connection")],
            moment_of(finding, f"{who} has failed, and nobody is there to start it anew, whatever is stated.",
                      once("activation.finished", id, state="failed")),
        )  # fmt: skip
    worker = first_to_work(graph, id)
    if worker is None or not scripted(graph, worker) or agent.oversight is None:
        return None
    whom = name(graph, worker)
    if label.endswith("With nobody above"):
        return Scene(
            f"{whom} fails again and again, until {who} gives up.",
            [*way_to(graph, id), script(worker, {"fails": "blocked", **BROKEN})],
            moment_of(finding, f"{who} gives {whom} up and asks whoever is above: what is stated for nobody above does "
                      "not apply.", once("group.escalated", id)),
        )  # fmt: skip
    if label.endswith("When it is back"):
        return Scene(
            f"{who} dies. It is stated what happens when it is back.",
            [*way_to(graph, id), script(id, {"fails": "the supervisor died", **BROKEN}, {}), lasts(graph, worker, 5.0)],
            moment_of(finding, f"{who} is dead, and nobody starts it anew: it is never back.",
                      once("group.supervisor_crashed", id)),
        )  # fmt: skip
    return _more_at_once(graph, finding, agent.oversight.max_children)


def _more_at_once(graph: Graph, finding: Finding, most: int | None) -> Scene | None:
    """As many work as the drawn edges say."""
    id = finding.agents[0]
    watched = [edge.target for edge in graph.edges.values() if edge.kind == "supervise" and edge.source == id]
    workers: list[AgentId] = [each for each in dict.fromkeys(watched) if scripted(graph, each)]
    if most is None or len(workers) <= most:
        return None
    long = patience(graph, workers)
    return Scene(
        f"Count how many workers of {name(graph, id)} are at work at once.",
        [lasts(graph, each, long) for each in workers],
        Moment(f"More than {most} of them are at work, whatever is stated.", crowd(workers, most), (id, *workers)),
    )
