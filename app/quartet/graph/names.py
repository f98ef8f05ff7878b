"""Fresh ids and names, and fragments: parts of a graph copied out and put in again beside what is there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Container, Iterable, Mapping
from typing import Any, NamedTuple

from quartet.graph.edits import Add, Edit
from quartet.graph.model import JSON, Agent, AgentId, EdgeId, Frame, Graph, Note, Point

_RESERVED = frozenset(
    """
    as break const continue else false for from function if import in let loop namespace null package return true var
    void while
    """.split()  # noqa: SIM905  # a list of words reads best as words
)
"""Words that an expression cannot use as a name."""

_FROM = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?<![\w.])from\s*(?:\.\s*(?P<name>[A-Za-z_]\w*)|\[\s*(?P<key>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\])"""
)
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def used_ids(graph: Graph) -> set[str]:
    """Every id in use in any section, those of broken items too."""
    used: set[str] = {*graph.agents, *graph.edges, *graph.frames, *graph.notes}
    for broken in graph.broken:
        if isinstance(broken.raw, dict) and isinstance(broken.raw.get("id"), str):
            used.add(broken.raw["id"])
    return used


def fresh_id(graph: Graph, name: str, used: Container[str] | None = None) -> AgentId:
    """An id for a new agent, frame or note called `name`, one that expressions can use: `from.copy_editor`.

    `used` may stand for the ids of `graph` (`used_ids`), for a caller that needs many.
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].rstrip("_") or "agent"
    if word[0].isdigit() or word in _RESERVED:
        word = f"_{word}"
    return AgentId(_numbered(word, "_", used_ids(graph) if used is None else used))


def fresh_edge_id(graph: Graph, source: str, target: str, used: Container[str] | None = None) -> EdgeId:
    """An id for a new edge, named after its ends, so that two people's edges rarely share one."""
    return EdgeId(_numbered(f"{source}-{target}", "-", used_ids(graph) if used is None else used))


def fresh_name(graph: Graph, name: str, used: Container[str] | None = None) -> str:
    """`name`, with a number if another agent has it already."""
    taken = {agent.name for agent in graph.agents.values()} if used is None else used
    return _numbered(name, " ", taken, on=True)


def _numbered(word: str, between: str, used: Container[str], *, on: bool = False) -> str:
    """`word` where it is free, else with the next free number; with `on` a number it ends in already is counted on."""
    if word not in used:
        return word
    number = 2
    stem, _, last = word.rpartition(between)
    if on and stem and last.isdecimal() and len(last) < 10:
        word, number = stem, int(last) + 1
    # a thousand copies of one agent are not to count to a thousand each: in ever longer steps to a number that is free,
    # and back to the end of those in use before it
    step, free = 1, number
    while f"{word}{between}{free}" in used:
        number, free = free + 1, free + step
        step *= 2 if step < 1 << 20 else 1
    while number < free:
        middle = (number + free) // 2
        if f"{word}{between}{middle}" in used:
            number = middle + 1
        else:
            free = middle
    return f"{word}{between}{free}"


def fragment(graph: Graph, ids: Collection[str]) -> Graph:
    """The agents, frames and notes of `ids` as a graph of their own, with the edges among those agents."""
    found = Graph()
    found.agents = {id: agent for id, agent in graph.agents.items() if id in ids}
    found.edges = {
        edge.id: edge for edge in graph.edges.values() if edge.source in found.agents and edge.target in found.agents
    }
    found.frames = {id: frame for id, frame in graph.frames.items() if id in ids}
    found.notes = {id: note for id, note in graph.notes.items() if id in ids}
    found.positions = {id: point for id, point in graph.positions.items() if id in found.agents}
    return found


class Pasted(NamedTuple):
    """The Edits that insert a fragment, and the ids its items get, by those they had."""

    edits: list[Edit]
    agents: dict[AgentId, AgentId]
    edges: dict[EdgeId, EdgeId]
    frames: dict[str, str]
    notes: dict[str, str]

    @property
    def ids(self) -> frozenset[str]:
        """The fresh ids of everything but the edges: what is selected after pasting."""
        return frozenset([*self.agents.values(), *self.frames.values(), *self.notes.values()])


def paste(graph: Graph, piece: Graph, offset: Point = (0.0, 0.0)) -> Pasted:
    """Insert `piece` into `graph`, moved by `offset`, with fresh ids and names where they are in use.

    What refers to an agent of the piece by id goes on meaning it: `from.ID` and `from["ID"]` in templates and
    conditions, candidates of a reassignment, hand-offs and calls in scripts of a rehearsal.
    """
    used = used_ids(graph)
    names = {agent.name for agent in graph.agents.values()}
    agents = {id: AgentId(_claim(id, "_", used)) for id in piece.agents}
    edges: dict[EdgeId, EdgeId] = {}
    for edge in piece.edges.values():
        source, target = agents[edge.source], agents[edge.target]
        same = (source, target) == (edge.source, edge.target)
        edges[edge.id] = EdgeId(_claim(edge.id if same else f"{source}-{target}", "-", used))
    frames = {id: _claim(id, "_", used) for id in piece.frames}
    notes = {id: _claim(id, "_", used) for id in piece.notes}
    ids = {str(old): str(new) for old, new in agents.items() if old != new}
    dx, dy = offset
    edits: list[Edit] = []
    for agent in piece.agents.values():
        at = piece.positions.get(agent.id)
        name = fresh_name(graph, agent.name, names)
        names.add(name)
        if agent.locked:  # what was just put in is to be moved
            agent = _unlocked(agent)
        edits.append(
            Add(
                section="agents",
                item=_renamed(agent, agents[agent.id], name, ids),
                at=None if at is None else (at[0] + dx, at[1] + dy),
            )
        )
    for edge in piece.edges.values():
        fresh: dict[str, Any] = {
            "id": edges[edge.id],
            "source": agents[edge.source],
            "target": agents[edge.target],
        }
        if edge.when is not None and ids:
            fresh["when"] = rename_in_expression(edge.when, ids)
        if edge.points:
            fresh["points"] = tuple((x + dx, y + dy) for x, y in edge.points)
        edits.append(Add(section="edges", item=edge.model_copy(update=fresh)))
    shapes: Iterable[tuple[Frame | Note, str]] = [
        *((frame, frames[id]) for id, frame in piece.frames.items()),
        *((note, notes[id]) for id, note in piece.notes.items()),
    ]
    for shape, id in shapes:
        item = shape.model_copy(update={"id": id, "x": shape.x + dx, "y": shape.y + dy})
        edits.append(Add(section="frames" if isinstance(shape, Frame) else "notes", item=item))
    return Pasted(edits, agents, edges, frames, notes)


def _unlocked(agent: Agent) -> Agent:
    """The agent without its lock, which is then not stated."""
    found = agent.model_copy(update={"locked": False})
    found.model_fields_set.discard("locked")
    return found


def _claim(id: str, between: str, used: set[str]) -> str:
    """The same id where it is free, else the next number after it; from now on it is `used`."""
    id = _numbered(id, between, used, on=True)
    used.add(id)
    return id


def _renamed(agent: Agent, id: AgentId, name: str, ids: Mapping[str, str]) -> Agent:
    fresh: dict[str, Any] = {"id": id, "name": name}
    if ids:
        if agent.config:
            fresh["config"] = _in_templates(agent.config, ids)
        if agent.oversight is not None and agent.oversight.on_error:
            directives = tuple(
                directive.model_copy(
                    update={
                        field: value
                        for field, value in (
                            ("to", None if directive.to is None else tuple(ids.get(to, to) for to in directive.to)),
                            ("with_", _in_templates(directive.with_, ids)),
                        )
                        if value is not None
                    }
                )
                for directive in agent.oversight.on_error
            )
            fresh["oversight"] = agent.oversight.model_copy(update={"on_error": directives})
        if agent.handover is not None and agent.handover.finish_with is not None:
            last = agent.handover.finish_with
            fresh["handover"] = agent.handover.model_copy(update={"finish_with": ids.get(last, last)})
        if agent.rehearsal is not None:
            fresh["rehearsal"] = tuple(_in_script(entry, ids) for entry in agent.rehearsal)
    return agent.model_copy(update=fresh)


def _in_script(entry: dict[str, JSON], ids: Mapping[str, str]) -> dict[str, JSON]:
    """A rehearsal's entry: `hands_off` names an agent, `calls` name tools and their target."""
    found = dict(entry)
    if isinstance(found.get("hands_off"), str):
        found["hands_off"] = ids.get(found["hands_off"], found["hands_off"])
    if isinstance(found.get("calls"), list):
        found["calls"] = [_in_call(call, ids) for call in found["calls"]]
    if isinstance(found.get("then"), dict):
        found["then"] = _in_script(found["then"], ids)
    return found


def _in_call(call: JSON, ids: Mapping[str, str]) -> JSON:
    if isinstance(call, list):
        return [_in_call(one, ids) for one in call]  # one of several rounds
    if isinstance(call, dict) and isinstance(call.get("target"), str):
        return {**call, "target": ids.get(call["target"], call["target"])}
    return call


def _in_templates(value: JSON, ids: Mapping[str, str]) -> JSON:
    if isinstance(value, str):
        if "{{" not in value:
            return value
        # behind the last “}}” each “{{” would be looked after to the end, which takes for ever in a text of braces
        head, end, tail = value.rpartition("}}")
        return _EXPRESSION.sub(lambda found: rename_in_expression(found.group(), ids), head + end) + tail
    if isinstance(value, dict):
        return {key: _in_templates(child, ids) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_in_templates(child, ids) for child in value)
    return value


def rename_in_expression(expression: str, ids: Mapping[str, str]) -> str:
    """`expression` with every `from.OLD` and `from["OLD"]` naming the new id; texts in quotes stay as they are."""

    def renamed(found: re.Match[str]) -> str:
        if found["text"] is not None:
            return found.group()
        old = found["name"] if found["name"] is not None else found["key"][1:-1]
        new = ids.get(old)
        if new is None:
            return found.group()
        return result_of(new)

    return _FROM.sub(renamed, expression)


def result_of(id: str) -> str:
    """How an expression names what the agent of that id made: `from.ann`, or `from["node-1"]`."""
    quoted = id.replace("\\", "\\\\").replace('"', '\\"')
    return f"from.{id}" if _NAME.fullmatch(id) and id not in _RESERVED else f'from["{quoted}"]'


def referring(agent: Agent, ids: Mapping[str, str]) -> Agent:
    """The agent, naming others by new ids (old to new) wherever it refers to them."""
    return _renamed(agent, agent.id, agent.name, ids)


def with_ids(graph: Graph, ids: Mapping[AgentId, AgentId]) -> Graph:
    """A copy of `graph` in which agents have other ids, and what refers to them goes on meaning them."""
    plain = {str(old): str(new) for old, new in ids.items()}
    found = graph.model_copy()
    found.agents = {
        ids.get(id, id): _renamed(agent, ids.get(id, id), agent.name, plain) for id, agent in graph.agents.items()
    }
    found.edges = {
        id: edge.model_copy(
            update={
                "source": ids.get(edge.source, edge.source),
                "target": ids.get(edge.target, edge.target),
                **({} if edge.when is None else {"when": rename_in_expression(edge.when, plain)}),
            }
        )
        for id, edge in graph.edges.items()
    }
    found.positions = {ids.get(id, id): at for id, at in graph.positions.items()}
    return found
