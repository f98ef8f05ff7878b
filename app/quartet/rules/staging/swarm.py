"""Peers that go round in circles, cannot be reached, or wait for what nobody does."""

from __future__ import annotations

from typing import Any

from quartet.graph.edits import Add, Set
from quartet.graph.model import AgentId, Edge, Graph
from quartet.rules.defaults import MAX_HOPS
from quartet.rules.finding import Finding
from quartet.rules.moments import Moment, once
from quartet.rules.sharing import LEASE
from quartet.rules.staging.stage import Scene, flows, moment_of, name, script, scripted, stage, way_to


@stage("W001")
def circles(graph: Graph, finding: Finding) -> Scene | None:
    """Everybody hands the task on."""
    peers = set(finding.agents)
    ways: dict[AgentId, AgentId] = {}
    for edge in graph.edges.values():
        if edge.kind == "handoff" and edge.source in peers and edge.id in finding.edges:
            ways.setdefault(edge.source, edge.target)
    if not ways or not scripted(graph, *ways):
        return None
    return Scene(
        "Each of them notes something and thinks that another one is better suited. Count the hand-offs.",
        [
            *way_to(graph, finding.agents[0]),
            # of a task that goes to and fro unchanged the engine says sooner that nothing comes of it
            *(
                script(source, *(_hands_off(target, {source: turn}) for turn in range(MAX_HOPS + 1)))
                for source, target in ways.items()
            ),
        ],
        moment_of(finding, f"The task has changed hands {MAX_HOPS} times (the default) and fails: nobody has answered.",
                  once("limit.exceeded", which="max_hops", limit=MAX_HOPS)),
    )  # fmt: skip


@stage("W012")
def nobody_answers_at_the_limit(graph: Graph, finding: Finding) -> Scene | None:
    """The task changes hands once too often, and who was to answer then is not there."""
    id = finding.agents[0]
    handing = [edge for edge in graph.edges.values() if edge.kind == "handoff"]
    ways = {edge.source: edge.target for edge in reversed(handing)}
    entries = {edit.values["handover"].get("finish_with") for edit in _stated(finding) if edit.values["handover"]}
    first = next((edge for edge in handing if edge.source in entries and edge.target in ways), None)
    if first is None or not scripted(graph, first.source, first.target):
        return None
    giver, last = first.target, "somebody else must answer this"
    who = name(graph, giver)
    # one hand-off is allowed, and that it is the last is no failure: for all, whoever of them states it
    other = giver if giver != id else first.source
    own = graph.agents[other].handover
    handover = {} if own is None else own.model_dump(mode="json", exclude_unset=True)
    return Scene(
        f"{who} wants to hand the task on, and no hand-off is left. Look at who answers.",
        [
            *way_to(graph, first.source),
            script(first.source, {"hands_off": giver, "after": 1.0}, {"returns": "an answer", "after": 1.0}),
            script(giver, {"hands_off": ways[giver], "message": last, "after": 1.0}),
            Set(section="agents", id=other, values={"handover": {**handover, "max_hops": 1, "on_limit": "finish"}}),
        ],
        moment_of(finding, f"No hand-off is left, and nobody is asked: “{last}” is the answer.",
                  once("activation.finished", giver, state="succeeded", value=last)),
    )  # fmt: skip


def _stated(finding: Finding) -> list[Set]:
    """What the fixes state about hand-offs."""
    return [edit for fix in finding.fixes for edit in fix.edits if isinstance(edit, Set) and "handover" in edit.values]


@stage("W003", "W010")
def cannot_be_handed_over(graph: Graph, finding: Finding) -> Scene | None:
    """A peer hands over to one that no edge leads to."""
    drawn = _first_drawn(finding)
    if drawn is None or drawn.kind != "handoff" or not scripted(graph, drawn.source):
        return None
    giver, taker = name(graph, drawn.source), name(graph, drawn.target)
    return Scene(
        f"{giver} wants to hand the task over to {taker}.",
        [
            *way_to(graph, drawn.source),
            script(drawn.source, {"hands_off": drawn.target, "after": 1.0}, {"returns": "then I answer myself"}),
        ],
        Moment(f"{giver} could not hand over: no hand-off to {taker} is drawn.",
               once("handoff.rejected", drawn.source, to=drawn.target), (drawn.source, drawn.target)),
    )  # fmt: skip


@stage("W004")
def answers_nobody(graph: Graph, finding: Finding) -> Scene | None:
    """The peer has the task, and its answer goes nowhere."""
    id = finding.agents[0]
    peers = _group(graph, id)
    followers = [edge for peer in peers for edge in flows(graph, source=peer) if edge.target not in peers]
    if not followers or not scripted(graph, id):
        return None
    edge = next((each for each in followers if each.when is None), followers[0])
    who, lost = name(graph, id), name(graph, edge.target)
    return Scene(
        f"The task comes to {who}, who answers. Look at what follows.",
        [*way_to(graph, id), script(id, {"returns": "my answer", "after": 1.0})],
        Moment(f"{who} has answered, but its answer goes to nobody: {lost} is skipped.",
               once("activation.finished", edge.target, state="skipped"), (id, edge.target), (edge.id,)),
    )  # fmt: skip


@stage("W006")
def nobody_can(graph: Graph, finding: Finding) -> Scene | None:
    """The sample input is put on the board as it is."""
    board = finding.agents[0]
    return Scene(
        f"The sample input is put on {name(graph, board)}.",
        [],
        moment_of(finding, "Nobody has the skills that this work takes: it is given up.",
                  once("work.unclaimable", board)),
    )  # fmt: skip


@stage("W011")
def nobody_takes(graph: Graph, finding: Finding) -> Scene | None:
    """Work is put on a board where nobody is."""
    board = finding.agents[0]
    return Scene(
        f"Work comes to {name(graph, board)}. Look who takes it.",
        [],
        moment_of(finding, f"A minute later nobody has taken it: {name(graph, board)} gives it up.",
                  once("work.dead", board)),
    )  # fmt: skip


@stage("W007")
def loses_its_work(graph: Graph, finding: Finding) -> Scene | None:
    """The peer takes work, and is silent for a little longer than the lease."""
    board, peer = finding.agents[:2]
    if not scripted(graph, peer):
        return None
    boards = [e for e in graph.edges.values() if e.kind == "share" and peer in (e.source, e.target)]
    if len(boards) != 1:
        return None  # the tools of several boards have names of their own
    policy, limits = graph.agents[board].board, graph.agents[peer].limits
    lease = policy.lease if policy is not None and policy.lease is not None else LEASE
    longest = limits.heartbeat if limits is not None and limits.heartbeat is not None else 2 * lease
    silent: dict[str, Any] = {"returns": "done", "after": (lease + longest) / 2}
    who = name(graph, peer)
    return Scene(
        f"{who} takes work from {name(graph, board)} and is silent for a while, as it may be.",
        [script(peer, {"calls": [[{"tool": "post_work", "arguments": {"work": "a task"}}], [{"tool": "claim_work"}]],
                       "then": silent})],
        moment_of(finding, f"{who} is still at work, but what it took is for others again after {lease:g} s.",
                  once("work.expired", board)),
    )  # fmt: skip


def _hands_off(target: AgentId, context: dict[str, int]) -> dict[str, Any]:
    return {"hands_off": target, "context": context, "after": 1.0}


def _first_drawn(finding: Finding) -> Edge | None:
    """The edge that the first fix draws."""
    for fix in finding.fixes[:1]:
        for edit in fix.edits:
            if isinstance(edit, Add) and isinstance(edit.item, Edge):
                return edit.item
    return None


def _group(graph: Graph, id: AgentId) -> list[AgentId]:
    """The peers that hand-off edges connect this one with, in the order of the file."""
    beside: dict[AgentId, set[AgentId]] = {}
    for edge in graph.edges.values():
        if edge.kind == "handoff":
            beside.setdefault(edge.source, set()).add(edge.target)
            beside.setdefault(edge.target, set()).add(edge.source)
    met, pending = {id}, [id]
    while pending:
        for other in beside.get(pending.pop(), ()):
            if other not in met:
                met.add(other)
                pending.append(other)
    return [each for each in graph.agents if each in met]
