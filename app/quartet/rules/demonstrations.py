"""What a person can watch: a failure happening in a rehearsal, and the remedy at work.

A demonstration is a list of Edits for a *copy* of the graph, which is then rehearsed: it scripts what the agents do
and may take a remedy away. The graph itself stays as it is. There are two sources. An example keeps its own in the
file, in the order of the buttons:

    "watch": [{"shows": "failure", "title": "Watch it fail", "what": "The Editor never answers …",
               "rehearsal": {"editor": [{"hangs": true}]},
               "edits": [{"do": "set", "section": "agents", "id": "editor", "values": {"limits": null}}]},
              {"shows": "remedy", …}]

and for the failure that a finding warns of, one is made of its own agents and edges (`demonstration`, `staging`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from quartet.graph.check import problems
from quartet.graph.disabling import wrongly_bypassed
from quartet.graph.edits import Edit, EditError, Set, SetGraph, apply
from quartet.graph.files import read
from quartet.graph.model import JSON, AgentId, EdgeId, Graph
from quartet.graph.waiting import Circle, circles
from quartet.paths import RESOURCES
from quartet.patterns.verdict import classify
from quartet.rules.finding import Finding
from quartet.rules.moments import Moment
from quartet.rules.registry import judged
from quartet.rules.staging.stage import stage_for, staged_codes

OPENED = 3
"""So often it is tried to open circles in which agents would wait for each other."""
PASSES = 2
"""So often a loop is gone through again that would never end: enough to see the failure, not to wait for it."""
TROUBLE = frozenset({"fails", "hangs", "ignores_cancel"})
"""What a script says of an agent that does not do well."""
FIELD = "watch"
"""The entry of `Graph.extra` that holds an example's demonstrations."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Something to watch: apply `edits` to a copy of the graph and rehearse the copy."""

    shows: Literal["failure", "remedy"]
    title: str
    """What the button says."""
    what: str
    """What to look at while it runs, in a sentence or two."""
    edits: tuple[Edit, ...]
    moment: Moment | None = None
    """When what is shown has happened; None of those that a file brings, which tell it in `what`."""
    refused: Literal["rehearsal", "run"] | None = None
    """What is shown is that nothing runs: it is refused already in a rehearsal, or in a real run."""
    code: str = ""
    """Of a finding in the drawing: its code. Where it turns out not to happen there, `ready` has it in a small one."""

    def staged(self, graph: Graph) -> Graph:
        """A copy of `graph` with the Edits applied: what is to be rehearsed.

        What would keep it from being rehearsed, and is not what is shown, is mended in the copy where that is simple:
        loops are marked and end, and nobody is bypassed who cannot be. What a finding warns of is also not kept from
        happening by another failure that the drawing scripts elsewhere.

        Raises:
            EditError: the graph has changed so much that they no longer fit.
        """
        dicts = {name: dict(value) for name, value in graph.__dict__.items() if isinstance(value, dict)}
        copy = graph.model_copy(update=dicts)
        apply(copy, self.edits)
        if self.refused is None:
            if self.code:
                _let_others_do_well(copy, self.edits)
            _clear_the_way(copy)
        return copy

    def can_be_rehearsed(self, graph: Graph) -> bool:
        """Whether nothing else keeps `graph` from being rehearsed, so that what is shown can happen in it."""
        try:
            return self.refused is not None or not problems(self.staged(graph), rehearsal=True)
        except EditError:
            return False


class _Written(BaseModel):
    """A demonstration as the file has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    shows: Literal["failure", "remedy"]
    title: str = Field(min_length=1)
    what: str = ""
    input: JSON = None
    rehearsal: dict[AgentId, list[dict[str, JSON]]] = {}
    edits: list[Edit] = []


_FILED: TypeAdapter[list[_Written]] = TypeAdapter(list[_Written])


def demonstrations(graph: Graph) -> list[Demonstration]:
    """What the file itself offers to watch, in its order; empty if it offers nothing.

    Raises:
        ValueError: the entry cannot be understood; the message says where.
    """
    written = graph.extra.get(FIELD)
    if written is None:
        return []
    try:
        filed = _FILED.validate_python(written)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{FIELD}[{where}]: {first['msg']}") from error
    found = []
    for each in filed:
        edits = list(each.edits)
        if each.input is not None:
            edits.append(SetGraph(values={"input": each.input}))
        edits += [_script(id, entries) for id, entries in each.rehearsal.items()]
        found.append(Demonstration(each.shows, each.title, each.what, tuple(edits)))
    return found


def watchable() -> frozenset[str]:
    """The codes of the findings whose failure can be watched, in a drawing that allows it."""
    return staged_codes()


def demonstration(graph: Graph, finding: Finding) -> Demonstration | None:
    """The failure that `finding` warns of, made to happen; None where that cannot be shown: by no rehearsal, or not in
    this drawing, or because the agents it is about are gone or stand for a sub-graph."""
    stage = stage_for(finding.code)
    if stage is None or finding.inside or not all(id in graph.agents for id in finding.agents):
        return None
    scene = stage(graph, finding)
    if scene is None:
        return None
    # whoever was taken out of runs takes part, or nothing of it would be seen
    takes_part = scene.refused is None and finding.code != "G027"
    off = [id for id in finding.agents if takes_part and graph.agents[id].disabled is not None]
    back = [Set(section="agents", id=id, values={"disabled": None}) for id in off]
    edits, moment, refused = (*back, *scene.edits), scene.moment, scene.refused
    return Demonstration("failure", "Watch it fail", scene.what, edits, moment, refused, finding.code)


def ready(code: str) -> tuple[Graph, Demonstration] | None:
    """A small drawing in which the failure happens that findings of this code warn of, and what to watch in it; None
    for a code whose failure nobody can watch.

    Raises:
        OSError: the drawing that Quartet comes with is not there.
    """
    if code not in staged_codes():
        return None
    graph = read(RESOURCES / "failures" / f"{code}.json").graph
    for finding in judged(graph, classify(graph)):
        shown = demonstration(graph, finding) if finding.code == code else None
        if shown is not None:
            return graph, replace(shown, what=f"In a small drawing: {shown.what}", code="")
    return None


def _let_others_do_well(graph: Graph, edits: Iterable[Edit]) -> None:
    """Let those fail, or hang, whom these edits say it of, and nobody else: a run that another failure ends sooner does
    not come to what is to be seen."""
    told = {edit.id for edit in edits if isinstance(edit, Set) and "rehearsal" in edit.values}
    for id, agent in list(graph.agents.items()):
        if id not in told and any(map(_in_trouble, agent.rehearsal or ())):
            apply(graph, [Set(section="agents", id=id, values={"rehearsal": None})])


def _in_trouble(entry: Mapping[str, Any]) -> bool:
    after = entry.get("then")
    return not TROUBLE.isdisjoint(entry) or (isinstance(after, Mapping) and _in_trouble(after))


def _clear_the_way(graph: Graph) -> None:
    """Mark the edges that lead back, let loops without a way out end, and let those work who cannot be bypassed."""
    for agent, _ in list(wrongly_bypassed(graph)):
        apply(graph, [Set(section="agents", id=agent.id, values={"disabled": None})])
    if all(edge.kind != "flow" for edge in graph.edges.values()):
        return
    stated: dict[str, dict[str, JSON]] = {"unmarked_loop": {"loop": True}, "endless_loop": {"max_iterations": PASSES}}
    for code, values in stated.items():  # only a loop that is marked can be told to be endless
        found = [id for each in problems(graph, rehearsal=True) if each.code == code for id in each.edges]
        apply(graph, [Set(section="edges", id=id, values=values) for id in found])
    for _ in range(OPENED):
        waiting = circles(graph)
        if not waiting:
            return
        back = [id for one in waiting for id in _ways_back(graph, one)]
        apply(graph, [Set(section="edges", id=id, values={"loop": True, "max_iterations": PASSES}) for id in back])


def _ways_back(graph: Graph, circle: Circle) -> list[EdgeId]:
    """The edges of a circle that lead back to whoever gives work there, else the last one drawn."""
    edges = [graph.edges[id] for id in circle.edges if graph.edges[id].on is None]
    return [edge.id for edge in edges if edge.target in circle.givers] or [edge.id for edge in edges[-1:]]


def _script(id: AgentId, entries: list[dict[str, Any]]) -> Set:
    return Set(section="agents", id=id, values={"rehearsal": entries})
