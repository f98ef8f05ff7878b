"""From the JSON of a graph file to a Graph: what is understood becomes items, what is not is kept with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from quartet.graph.model import (
    JSON,
    Agent,
    AgentId,
    BrokenItem,
    Edge,
    EdgeId,
    Frame,
    Graph,
    InvalidField,
    Note,
    Point,
    Section,
)
from quartet.graph.strict_json import FileProblem
from quartet.graph.texts import joined

MAX_AGENTS = 200_000
LAYOUT = "layout"
GRAPHS = "graphs"
"""The section of sub-graphs; also the entry of a Graph's `extra` that keeps those which are not understood."""
UNPLACED = "layout"
"""The entry of a Graph's `extra` that keeps what the layout of a file says of no agent, or unclearly."""

_T = TypeVar("_T", Agent, Edge)
_point = TypeAdapter(Point)
_HEAD = {"format", "version"}
OWN = frozenset({"name", "description", "input", "limits", "state"})
"""The fields of a Graph itself; one with refused content is kept in its `extra`."""
SECTIONS: tuple[Section, ...] = ("agents", "edges", "frames", "notes")


class Reader:
    """Reads one document. Afterwards `graph` holds it and `problems` what a person should know, a sentence each."""

    def __init__(self, document: dict[str, JSON], source: str, *, holds_lines: bool, inner: bool = False) -> None:
        """`holds_lines`: texts may be stored as arrays of lines (False is faster). `inner`: this is a sub-graph."""
        self.graph = Graph()
        self.problems: list[str] = []
        self._document = document
        self._source = source
        self._inner = inner
        self._joined = joined if holds_lines else _as_it_is
        self._broken: list[BrokenItem] = []
        self._stated: dict[frozenset[str], set[str]] = {}

    def read(self) -> Graph:
        """Read the document.

        Raises:
            FileProblem: it has not the shape of a graph file.
        """
        for section in SECTIONS:
            if not isinstance(self._document.get(section, []), list):
                raise self._not_our_shape(f"“{section}” is no list")
        if not isinstance(self._document.get(LAYOUT, {}), dict):
            raise self._not_our_shape(f"“{LAYOUT}” is no object")
        if self._count() > MAX_AGENTS:
            raise FileProblem(
                f"The graph has more than {MAX_AGENTS:,} agents.",
                source=self._source,
                advice="Split it into several files.",
            )
        self._read_graph_fields()
        self._read_agents()
        self._read_edges()
        self._read_shapes("frames", Frame, self.graph.frames)
        self._read_shapes("notes", Note, self.graph.notes)
        self._read_layout()
        if not self._inner:
            self._read_graphs()
        self.graph.broken = tuple(self._broken)
        self.problems.extend(f"{item.section}[{item.index}]: {item.reason}." for item in self._broken)
        return self.graph

    def _count(self) -> int:
        inner = self._document.get(GRAPHS)
        drawings = [self._document, *(inner.values() if isinstance(inner, dict) and not self._inner else ())]
        lists = [one.get("agents") for one in drawings if isinstance(one, dict)]
        return sum(len(agents) for agents in lists if isinstance(agents, list))

    def _not_our_shape(self, text: str) -> FileProblem:
        return FileProblem(
            f"This is not the shape of a graph file: {text}.",
            source=self._source,
            advice="`quartet schema` prints what a graph file may hold.",
        )

    def _read_graph_fields(self) -> None:
        graph = self.graph
        for name, value in self._document.items():
            if name in SECTIONS or name == LAYOUT or (not self._inner and (name in _HEAD or name == GRAPHS)):
                continue
            if name not in OWN:
                graph.extra[name] = self._joined(value)
            elif name == "input":
                graph.input = self._joined(value)
            elif value is not None:
                self._read_graph_field(name, self._joined(value))

    def _read_graph_field(self, name: str, value: JSON) -> None:
        if name not in ("limits", "state"):
            value = _as_text(value)
        try:
            setattr(self.graph, name, getattr(Graph.model_validate({name: value}), name))
        except ValidationError as error:
            self.graph.extra[name] = value
            self.problems.append(f"{_reason(error)}.")

    def _read_agents(self) -> None:
        agents = self.graph.agents
        for index, raw in enumerate(self._document.get("agents", [])):
            id = self._id(raw, "agents", index, agents)
            if id is not None:
                fields = self._joined(raw)
                if fields.get("name") is None:
                    fields = {**fields, "name": id}
                agent = self._item(Agent, fields, {"name": id, "kind": "?"})
                agents[AgentId(id)] = agent
                if agent.invalid:
                    self.problems.extend(
                        f"agents[{index}] “{agent.name}”: {name}: {field.reason}."
                        for name, field in agent.invalid.items()
                    )

    def _read_edges(self) -> None:
        agents, edges = self.graph.agents, self.graph.edges
        own = {id: id for id in agents}  # an edge keeps the texts that its ends have as ids, not copies
        for index, raw in enumerate(self._document.get("edges", [])):
            id = self._id(raw, "edges", index, edges)
            if id is None:
                continue
            ends = (self._joined(raw.get("source")), self._joined(raw.get("target")))
            lost = [end for end in ends if not isinstance(end, str) or end not in agents]
            if lost:
                where = f"to “{lost[0]}”, which is no agent here" if isinstance(lost[0], str) else "nowhere"
                self._break("edges", raw, f"the edge “{id}” leads {where}", index)
                continue
            edge = self._item(Edge, {**self._joined(raw), "source": own[ends[0]], "target": own[ends[1]]}, {})
            edges[EdgeId(id)] = edge
            if edge.invalid:
                self.problems.extend(
                    f"edges[{index}] “{id}”: {name}: {field.reason}." for name, field in edge.invalid.items()
                )

    def _read_shapes(self, section: Section, model: type[Any], into: dict[str, Any]) -> None:
        for index, raw in enumerate(self._document.get(section, [])):
            id = self._id(raw, section, index, into)
            if id is None:
                continue
            fields = self._joined(raw)
            if isinstance(fields.get("text"), list):
                fields = {**fields, "text": _as_text(fields["text"])}
            try:
                into[id] = model.model_validate(_without_nulls(model, fields))
            except ValidationError as error:
                self._break(section, raw, _reason(error), index)

    def _read_layout(self) -> None:
        unplaced: dict[str, JSON] = {}
        for id, value in self._document.get(LAYOUT, {}).items():
            if id not in self.graph.agents:
                unplaced[id] = self._joined(value)
                continue
            try:
                self.graph.positions[id] = _point.validate_python(value)
            except ValidationError:
                unplaced[id] = self._joined(value)
                self.problems.append(f"layout “{id}”: a position is a pair of numbers; the agent is laid out anew.")
        if unplaced:
            self.graph.extra[UNPLACED] = unplaced

    def _read_graphs(self) -> None:
        found = self._document.get(GRAPHS)
        if found is None:
            return
        if not isinstance(found, dict):
            self.graph.extra[GRAPHS] = self._joined(found)
            self.problems.append(f"“{GRAPHS}” is no object, so its sub-graphs are not understood.")
            return
        strange: dict[str, JSON] = {}
        for id, document in found.items():
            try:
                if not isinstance(document, dict):
                    raise self._not_our_shape("a sub-graph is an object in braces")
                reader = Reader(document, self._source, holds_lines=self._joined is joined, inner=True)
                self.graph.graphs[id] = reader.read()
            except FileProblem as problem:
                strange[id] = self._joined(document)
                self.problems.append(f"{GRAPHS} “{id}”: {problem.text}")
            else:
                self.problems.extend(f"{GRAPHS} “{id}”: {text}" for text in reader.problems)
        if strange:
            self.graph.extra[GRAPHS] = strange

    def _id(self, raw: JSON, section: Section, index: int, used: Mapping[Any, Any]) -> str | None:
        """The item's id; None if it has none of its own, and then it is kept as broken."""
        reason = ""
        id = self._joined(raw.get("id")) if isinstance(raw, dict) else None
        if not isinstance(raw, dict):
            reason = "an item is an object in braces"
        elif not isinstance(id, str) or not id:
            reason = "an item needs an “id”, a text"
        elif id in used:
            reason = f"the id “{id}” is used twice among the {section}"
        if reason:
            self._break(section, raw, reason, index)
            return None
        return str(id)

    def _break(self, section: Section, raw: JSON, reason: str, index: int) -> None:
        self._broken.append(BrokenItem(section=section, raw=raw, reason=reason, index=index))

    def _item(self, model: type[_T], fields: dict[str, JSON], stand_ins: dict[str, str]) -> _T:
        """The item, where need be without the fields whose content is refused; those are in its `invalid`."""
        invalid: dict[str, InvalidField] = {}
        if "invalid" in fields:
            fields = dict(fields)
            invalid["invalid"] = InvalidField(value=fields.pop("invalid"), reason="this name is reserved")
        if None in fields.values():
            fields = _without_nulls(model, fields)
        if isinstance(fields.get("description"), list):
            fields = {**fields, "description": _as_text(fields["description"])}
        try:
            found = model.model_validate(fields)
        except ValidationError as error:
            fields = dict(fields)
            for problem in error.errors():
                name = str(problem["loc"][0])
                if name not in invalid:
                    invalid[name] = InvalidField(value=fields.pop(name, None), reason=_sentence(problem))
            found = model.model_validate({**stand_ins, **fields})
        if invalid:
            found = found.model_copy(update={"invalid": invalid})
        # most items state the same fields: one set of names for all of them saves 200 bytes each (a copy has its own)
        stated = found.model_fields_set
        object.__setattr__(found, "__pydantic_fields_set__", self._stated.setdefault(frozenset(stated), stated))
        return found


def read_sub_graph(document: JSON) -> Graph:
    """The sub-graph that JSON data describe, texts whole (`quartet.graph.writing.sub_graph_data` gives such data).

    Raises:
        FileProblem: the data have not the shape of one.
    """
    if not isinstance(document, dict):
        raise FileProblem("A sub-graph is an object in braces.")
    return Reader(document, "", holds_lines=False, inner=True).read()


def _as_it_is(value: JSON) -> JSON:
    return value


def _as_text(value: JSON) -> JSON:
    """A text field also takes lines without their ends, as a person would write them."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    return value


def _without_nulls(model: type[BaseModel], fields: dict[str, JSON]) -> dict[str, JSON]:
    """Null and absent are the same for a field that this version knows."""
    known = model.model_fields
    return {name: value for name, value in fields.items() if value is not None or name not in known}


def _reason(error: ValidationError) -> str:
    return _sentence(error.errors()[0], whole=True)


def _sentence(problem: Any, *, whole: bool = False) -> str:
    place = ".".join(map(str, problem["loc"] if whole else problem["loc"][1:]))
    text = str(problem["msg"]).removeprefix("Value error, ")
    text = text[:1].lower() + text[1:]
    return f"{place}: {text}" if place else text
