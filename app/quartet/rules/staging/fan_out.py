"""Branches whose results are lost, come in another order, or call one provider all at once."""

from __future__ import annotations

from quartet.graph.edits import Edit, SetGraph
from quartet.graph.model import AgentId, Graph
from quartet.rules.fan_out import AT_ONCE, MANY
from quartet.rules.finding import Finding
from quartet.rules.moments import FAILS, Moment, Watcher, before, crowd, once
from quartet.rules.staging.stage import Scene, flows, lasts, moment_of, name, patience, script, scripted, stage, way_to


@stage("F002")
def one_of_them_breaks(graph: Graph, finding: Finding) -> Scene | None:
    """One branch fails while the others finish."""
    *others, last = finding.agents
    if not scripted(graph, *finding.agents):
        return None
    edits: list[Edit] = way_to(graph, last)
    edits += [lasts(graph, id, 1.0 + index) for index, id in enumerate(others[:10])]
    edits.append(script(last, {"fails": "refused: 503", "retry": False, "after": 1.5}))
    who = name(graph, last)
    says = f"{who} failed, so the run has failed, although the others brought their results."
    return Scene(
        f"{who} fails while the others finish. The run fails, although most of the work is done.",
        edits,
        Moment(says, FAILS, (last, *others)),
    )


@stage("F003")
def meeting_breaks(graph: Graph, finding: Finding) -> Scene | None:
    """One of the results that meet does not come."""
    meeting, *sources = finding.agents
    if not scripted(graph, *sources):
        return None
    edits: list[Edit] = way_to(graph, sources[0])
    edits += [lasts(graph, id, 2.0 + index) for index, id in enumerate(sources[1:10])]
    edits.append(script(sources[0], {"fails": "nothing found", "retry": False, "after": 1.0}))
    first, who = name(graph, sources[0]), name(graph, meeting)
    says = f"{first} failed, and {who} has failed with it, whatever the others brought."
    return Scene(
        f"{first} fails, and {who} fails with it, whatever the others bring.",
        edits,
        Moment(says, once("activation.finished", meeting, state="failed"), (meeting, sources[0]), finding.edges),
    )


@stage("F004")
def all_at_once(graph: Graph, finding: Finding) -> Scene | None:
    """Everybody calls in the same moment."""
    members = finding.agents
    if not scripted(graph, *members):
        return None
    long = patience(graph, members) / 2
    edits: list[Edit] = [*way_to(graph, members[0]), *(lasts(graph, id, long) for id in members)]
    who = name(graph, members[0])
    if len(members) == 1:
        items = [f"item {number}" for number in range(1, MANY + 2)]
        before_it = _before_the_copies(graph, members[0])
        watched = any(edge.kind == "supervise" and edge.target == members[0] for edge in graph.edges.values())
        if watched or (before_it and not scripted(graph, *before_it)):
            return None
        edits += [script(id, {"returns": items, "after": 1.0}) for id in before_it]
        if not before_it:
            edits.append(SetGraph(values={"input": items}))
        what = f"{who} gets {len(items)} items, and as many of it start in the same moment."
    else:
        what = f"{len(members)} agents start in the same moment."
    watch = crowd(members, MANY - 1)
    says = f"{MANY} calls are under way at the same time: most providers refuse some of them."
    return Scene(f"{what} A fix lets {AT_ONCE} of them work at a time.", edits, moment_of(finding, says, watch))


def _before_the_copies(graph: Graph, id: AgentId) -> list[AgentId]:
    """Those that give an agent its items: of copies that work one after the other, those before the first of them."""
    found: dict[AgentId, None] = {}
    seen, pending = {id}, [id]
    while pending:
        for edge in flows(graph, target=pending.pop()):
            if not graph.agents[edge.source].dynamic:
                found[edge.source] = None
            elif edge.source not in seen:
                seen.add(edge.source)
                pending.append(edge.source)
    return list(found)


@stage("F005")
def the_quickest_is_first(graph: Graph, finding: Finding) -> Scene | None:
    """The branch drawn first is the slowest, so another one's result is the first of the list."""
    collector = finding.agents[0]
    sources = [edge.source for edge in flows(graph, target=collector)]
    if len(sources) < 2 or not scripted(graph, *sources) or len(set(sources)) < len(sources):
        return None
    made = {id: f"what {name(graph, id)} made" for id in sources}
    order = [*sources[1:], sources[0]]
    step = patience(graph, sources) / (len(order) + 1)
    edits: list[Edit] = [script(id, {"returns": made[id], "after": step * at}) for at, id in enumerate(order, 1)]
    first, quick = name(graph, sources[0]), name(graph, order[0])
    watch = once("activation.finished", collector, value=[made[id] for id in order])
    says = f"The first of the list is from {quick}, which was quicker, and not from {first}, which is drawn first."
    return Scene(
        f"{first} is slow this time. Look at what {name(graph, collector)} lists first.",
        edits,
        moment_of(finding, says, watch),
    )


@stage("F006")
def starts_too_soon(graph: Graph, finding: Finding) -> Scene | None:
    """The branch is at work while the one whose result it uses has not brought any."""
    id, source = finding.agents[:2]
    if not scripted(graph, id, source):
        return None
    return Scene(
        f"{name(graph, source)} takes its time, and {name(graph, id)} does not wait.",
        [*way_to(graph, id), lasts(graph, source, patience(graph, [source]))],
        moment_of(finding, _too_soon(graph, id, source), before(_starts(id), once("activation.finished", source))),
    )


def _too_soon(graph: Graph, id: AgentId, source: AgentId) -> str:
    return f"{name(graph, id)} starts, and {name(graph, source)} has not brought anything yet."


def _starts(id: AgentId) -> Watcher:
    return once("attempt.started", id)
