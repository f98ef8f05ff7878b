"""What a person can watch: a failure happening in a rehearsal, and the remedy at work.

A demonstration is a list of Edits for a *copy* of the graph, which is then rehearsed: it scripts what the agents do
and may take a remedy away. The graph itself stays as it is. There are two sources. An example keeps its own in the
file, in the order of the buttons:

    "watch": [{"shows": "failure", "title": "Watch it fail", "what": "The Editor never answers …",
               "rehearsal": {"editor": [{"hangs": true}]},
               "edits": [{"do": "set", "section": "agents", "id": "editor", "values": {"limits": null}}]},
              {"shows": "remedy", …}]

and for the failure that a finding warns of, one is made here (`demonstration`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from quartet.graph.edits import Edit, Set, SetGraph, apply
from quartet.graph.model import JSON, AgentId, Graph
from quartet.rules.finding import Finding

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

    def staged(self, graph: Graph) -> Graph:
        """A copy of `graph` with the Edits applied: what is to be rehearsed.

        Raises:
            EditError: the graph has changed so much that they no longer fit.
        """
        dicts = {name: dict(value) for name, value in graph.__dict__.items() if isinstance(value, dict)}
        copy = graph.model_copy(update=dicts)
        apply(copy, self.edits)
        return copy


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


Stage = Callable[[Graph, Finding], tuple[str, list[Edit]] | None]
_stages: dict[str, Stage] = {}


def _stage(*codes: str) -> Callable[[Stage], Stage]:
    """Register how the failure that findings of these codes warn of is made to happen."""

    def add(stage: Stage) -> Stage:
        _stages.update(dict.fromkeys(codes, stage))
        return stage

    return add


def watchable() -> frozenset[str]:
    """The codes of the findings whose failure can be watched."""
    return frozenset(_stages)


def demonstration(graph: Graph, finding: Finding) -> Demonstration | None:
    """The failure that `finding` warns of, made to happen; None where that cannot be shown, or where the agents it is
    about are gone."""
    stage = _stages.get(finding.code)
    if stage is None or not all(id in graph.agents for id in finding.agents):
        return None
    staged = stage(graph, finding)
    if staged is None:
        return None
    what, edits = staged
    return Demonstration("failure", "Watch it fail", what, tuple(edits))


@_stage("P001")
def _hangs(graph: Graph, finding: Finding) -> tuple[str, list[Edit]]:
    id = finding.agents[0]
    what = f"{_name(graph, id)} never answers. Look at the clock, and at what waits behind it."
    return what, [_script(id, [{"hangs": True}])]


@_stage("P002", "S007")
def _breaks(graph: Graph, finding: Finding) -> tuple[str, list[Edit]]:
    id = finding.agents[0]
    what = f"{_name(graph, id)} fails each time it is tried. Nobody helps, and all that follows is lost."
    return what, [_script(id, [{"fails": "the service does not answer", "type": "ConnectionError", "after": 2.0}])]


@_stage("F002")
def _one_of_them_breaks(graph: Graph, finding: Finding) -> tuple[str, list[Edit]]:
    *others, last = finding.agents
    edits: list[Edit] = [_lasts(graph, id, 1.0 + index) for index, id in enumerate(others)]
    edits.append(_script(last, [{"fails": "refused: 503", "retry": False, "after": 1.5}]))
    what = f"{_name(graph, last)} fails while the others finish. The run fails, although most of the work is done."
    return what, edits


@_stage("F003")
def _meeting_breaks(graph: Graph, finding: Finding) -> tuple[str, list[Edit]]:
    meeting, *sources = finding.agents
    edits: list[Edit] = [_lasts(graph, id, 2.0 + index) for index, id in enumerate(sources[1:])]
    edits.append(_script(sources[0], [{"fails": "nothing found", "retry": False, "after": 1.0}]))
    what = f"{_name(graph, sources[0])} fails, and {_name(graph, meeting)} fails with it, whatever the others bring."
    return what, edits


@_stage("S002")
def _supervisor_dies(graph: Graph, finding: Finding) -> tuple[str, list[Edit]] | None:
    id = finding.agents[0]
    worker = _first_to_work(graph, id)
    if worker is None:
        return None
    edits: list[Edit] = [
        _script(id, [{"fails": "the supervisor died", "after": 1.0}]),
        _script(worker, [{"fails": "lost its connection", "retry": False, "after": 2.0}, {"returns": "done at last"}]),
    ]
    what = f"{_name(graph, id)} dies; then {_name(graph, worker)} fails, and nobody is left to restart it."
    return what, edits


@_stage("S005")
def _escalates(graph: Graph, finding: Finding) -> tuple[str, list[Edit]] | None:
    worker = _first_to_work(graph, finding.agents[0])
    if worker is None:
        return None
    what = f"{_name(graph, worker)} fails again and again, until its supervisor escalates – to nobody."
    return what, [_script(worker, [{"fails": "blocked", "retry": False, "after": 1.0}])]


@_stage("W001")
def _circles(graph: Graph, finding: Finding) -> tuple[str, list[Edit]] | None:
    peers = set(finding.agents)
    ways: dict[AgentId, AgentId] = {}
    for edge in graph.edges.values():
        if edge.kind == "handoff" and edge.source in peers and edge.id in finding.edges:
            ways.setdefault(edge.source, edge.target)
    if not ways:
        return None
    edits: list[Edit] = [_script(source, [{"hands_off": target, "after": 1.0}]) for source, target in ways.items()]
    what = "Each of them thinks that another one is better suited. Count the hand-offs: nobody ever answers."
    return what, edits


def _script(id: AgentId, entries: list[dict[str, Any]]) -> Set:
    return Set(section="agents", id=id, values={"rehearsal": entries})


def _lasts(graph: Graph, id: AgentId, seconds: float) -> Set:
    """Let an agent take so long, and give what its own script gives."""
    script = graph.agents[id].rehearsal
    last = dict(script[-1]) if script else {"returns": f"what {_name(graph, id)} made"}
    return _script(id, [{**last, "after": seconds}])


def _first_to_work(graph: Graph, supervisor: AgentId) -> AgentId | None:
    """The worker of this supervisor that starts first: one that waits for nobody else, no supervisor itself."""
    watched = [edge.target for edge in graph.edges.values() if edge.kind == "supervise" and edge.source == supervisor]
    overseers = {edge.source for edge in graph.edges.values() if edge.kind == "supervise"}
    waiting = {edge.target for edge in graph.edges.values() if edge.kind == "flow" and edge.source in watched}
    workers = [id for id in dict.fromkeys(watched) if id not in overseers]
    return next((id for id in workers if id not in waiting), workers[0] if workers else None)


def _name(graph: Graph, id: AgentId) -> str:
    return graph.agents[id].name or id
