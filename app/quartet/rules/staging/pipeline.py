"""A step that stalls everything after it."""

from __future__ import annotations

from quartet.graph.model import Graph
from quartet.rules.defaults import ATTEMPT_LIMIT, seconds
from quartet.rules.finding import Finding
from quartet.rules.moments import Moment, either, once
from quartet.rules.staging.stage import BROKEN, Scene, lasts, moment_of, name, patience, script, scripted, stage, way_to


@stage("P001")
def hangs(graph: Graph, finding: Finding) -> Scene | None:
    """The step never answers, and nobody notices before the default limit does."""
    id = finding.agents[0]
    if not scripted(graph, id):
        return None
    who = name(graph, id)
    says = f"{who} has kept everybody waiting for {seconds(ATTEMPT_LIMIT)}; nobody stated a shorter limit."
    return Scene(
        f"{who} never answers. Look at the clock, and at what waits behind it.",
        [*way_to(graph, id), script(id, {"hangs": True})],
        moment_of(finding, says, once("attempt.timed_out", id, after=ATTEMPT_LIMIT)),
    )


@stage("P002")
def breaks(graph: Graph, finding: Finding) -> Scene | None:
    """The step fails each time it is tried."""
    id = finding.agents[0]
    if not scripted(graph, id) or not finding.edges:
        return None
    who = name(graph, id)
    down = {"fails": "the service does not answer", "type": "ConnectionError", "after": 2.0}
    watch = once("activation.finished", id, state="failed", reason="error")
    return Scene(
        f"{who} fails each time it is tried. Nobody helps, and all that follows is lost.",
        [*way_to(graph, id), script(id, down)],
        moment_of(finding, f"{who} has failed for good, and what follows never starts.", watch),
    )


@stage("P003", "F001")
def waits_in_vain(graph: Graph, finding: Finding) -> Scene | None:
    """The step starts only when the one it waits for is done."""
    id, *sources = finding.agents
    if not scripted(graph, id, *sources):
        return None
    long = patience(graph, sources)
    who, whom = name(graph, id), name(graph, sources[0])
    uses = "although it uses nothing of it" if finding.code == "P003" else "so the two did not run at once"
    return Scene(
        f"{whom} takes its time. {who} stands still until then.",
        [*way_to(graph, id), *(lasts(graph, source, long) for source in sources)],
        Moment(
            f"{who} starts only now: it waited {seconds(long)} for {whom}, {uses}.",
            once("attempt.started", id, since=long),
            (id, sources[0]),
            finding.edges,
        ),
    )


@stage("P006")
def helps_by_its_own_ways(graph: Graph, finding: Finding) -> Scene | None:
    """The one that it stands in for fails, and those who wait for that one get nothing."""
    id, failing, waiting = finding.agents[:3]
    if not scripted(graph, id, failing):
        return None
    who, other, lost = name(graph, id), name(graph, failing), name(graph, waiting)
    watch = either(
        once("activation.finished", waiting, state="skipped"), once("activation.finished", waiting, state="failed")
    )
    return Scene(
        f"{other} fails, and {who} works in its place. Look at {lost}, which waits for {other}.",
        [*way_to(graph, failing), script(failing, {"fails": "lost its connection", **BROKEN})],
        Moment(f"{who} has worked for {other}, but {lost} never got the result.", watch, (waiting, failing, id),
               finding.edges[:1]),
    )  # fmt: skip


@stage("P004", "G001", "G002", "G005", "S009", "W008")
def refused(graph: Graph, finding: Finding) -> Scene:
    """The graph is not run at all, not even in a rehearsal."""
    return Scene("Nothing starts: the drawing is refused, and the reason is said.", [], refused="rehearsal")


@stage("G003", "G004", "G006", "G009")
def refused_for_real(graph: Graph, finding: Finding) -> Scene:
    """The graph can be rehearsed, but a real run is refused."""
    return Scene("It can be rehearsed, but a run is refused, and the reason is said.", [], refused="run")
