"""Putting a sub-graph in the place of the agent that stands for it: the inverse of `collapse`, for any sub-graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from quartet.graph.borders import WAITS_PLAINLY, BorderError, Part, names_in, uses_input
from quartet.graph.collapse import SILENCED, TRIGGER, middle, references, unused_edge_id
from quartet.graph.edits import Add, Edit, Remove, Set, SetGraph
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.graph.names import Pasted, paste, used_ids
from quartet.graph.nesting import link_of, named, uses
from quartet.graph.reading import GRAPHS

_OWN = frozenset({"id", "kind", "name", "description", "config", "estimate", "route", "color", "locked", "collapsed"})
"""Fields of an agent that say nothing about how its sub-graph runs."""
_WORDS = {
    "limits": "time limits", "retry": "tries", "join": "a way of waiting", "budget": "a budget",
    "rehearsal": "a script for rehearsals", "oversight": "directives", "handover": "rules for handing off",
    "dynamic": "one copy an item of a list", "max_concurrency": "a limit of copies at once",
    "disabled": "a mark that takes it out of runs", "ignore_failures": "failures that are ignored",
}  # fmt: skip


class Dissolved(NamedTuple):
    """What puts a sub-graph in the place of its agent."""

    edits: list[Edit]
    ids: frozenset[str]
    """What has come: agents, frames and notes."""


def dissolve(drawing: Graph, id: AgentId, whole: Graph | None = None) -> Dissolved:
    """Put the sub-graph that the agent `id` stands for in its place.

    `whole` is the graph of the file where `drawing` is one of its sub-graphs. A sub-graph that nobody stands for any
    more goes; the others keep theirs.

    Raises:
        BorderError: that would mean something else; says why and the way out.
    """
    return _Dissolving(drawing, id, drawing if whole is None else whole).result()


class _Dissolving:
    def __init__(self, drawing: Graph, id: AgentId, whole: Graph) -> None:
        self.drawing, self.whole = drawing, whole
        self.agent = drawing.agents[id]
        self.key = named(self.agent)
        inner = whole.graphs.get(self.key or "")
        if inner is None:
            raise BorderError(f"“{self.agent.name}” stands for no sub-graph of this file.", (id,))
        if link_of(inner) is not None:
            raise BorderError(f"“{self.agent.name}” is linked to a file. Make it local first.", (id,))
        self.inner = inner
        self.ins = [e for e in drawing.edges.values() if e.target == id]
        self.outs = [e for e in drawing.edges.values() if e.source == id]
        self.part = Part(inner, inner.agents)
        self.outer = Part(drawing, [id])
        self.used: set[str] = set()

    def result(self) -> Dissolved:
        self._check()
        exits = self._exits()
        relay = self._relay()
        piece = self.inner
        if relay is not None:
            piece = self.inner.model_copy(
                update={
                    "agents": {one: each for one, each in self.inner.agents.items() if one != relay},
                    "edges": {one: e for one, e in self.inner.edges.items() if e.source != relay},
                    "positions": {one: at for one, at in self.inner.positions.items() if one != relay},
                }
            )
        kept = self._keeps_agent(relay)
        gone = set() if kept else {e.id for e in self.ins}
        rest = self.drawing.model_copy(
            update={"edges": {one: e for one, e in self.drawing.edges.items() if one not in gone}}
        )
        pasted = paste(rest, piece, self._offset(piece))
        self.used = used_ids(rest) | self._fresh(pasted)
        order = list(self.drawing.edges)
        at = order.index(self.ins[0].id) if self.ins and not kept else None
        adds = [edit for edit in pasted.edits if isinstance(edit, Add)]
        place = list(self.drawing.agents).index(self.agent.id) + 1
        edits: list[Edit] = [
            add.model_copy(update={"index": place + n})
            for n, add in enumerate(add for add in adds if add.section == "agents")
        ]
        edits += self._edges_out(pasted, exits)
        edits += [Remove(section="edges", id=id) for id in order if id in gone]
        edits += [
            Add(section="edges", item=edge, index=None if at is None else at + n)
            for n, edge in enumerate(self._edges_in(pasted, relay, kept))
        ]
        edits += [add for add in adds if add.section in ("frames", "notes")]
        if relay is not None:
            edits += self._renamed(pasted, relay)
        if kept:
            edits.append(Set(section="agents", id=self.agent.id, values=self._as_trigger()))
        else:
            edits.append(Remove(section="agents", id=self.agent.id))
        edits += self._table(pasted)
        return Dissolved(edits, pasted.ids | ({self.agent.id} if kept else set()))

    # ------------------------------------------------------------------ whether it can be

    def _check(self) -> None:
        name = f"“{self.agent.name}”"
        stated = {
            field for field in self.agent.model_fields_set - _OWN
            if getattr(self.agent, field) not in (None, False)
        }  # fmt: skip
        if len(self.ins) > 1 or stated == {"join"}:
            stated -= {"join"}  # the agent stays, as who brings them together
        if stated:
            what = sorted(_WORDS.get(field, f"“{field}”") for field in stated)
            raise BorderError(
                f"{name} has settings that hold for all of it: {', '.join(what)}. Take them away first.",
                (self.agent.id,),
            )
        self.outer.check_kinds()
        if self.inner.broken:
            raise BorderError(f"Not everything inside {name} is understood. Mend that first.", (self.agent.id,))
        for one in self.inner.agents.values():
            if self.ins and uses_input(one, (e for e in self.inner.edges.values() if e.source == one.id)):
                raise BorderError(
                    f"“{one.name}” inside {name} uses “input”, which is there what the sub-graph is given, and would be"
                    " the input of the run. Let it use “value”.",
                    (self.agent.id,),
                )
        if not self.inner.agents:
            raise BorderError(f"There is nothing inside {name}. Delete it instead.", (self.agent.id,))
        for edge in self.outs:
            if edge.when and names_in(Agent(id=AgentId("-"), kind="", name=""), [edge], "from"):
                raise BorderError(
                    f"The condition of {self.outer.path(edge)} names what {name} received. Let it use “value”.",
                    (self.agent.id,), (edge.id,),
                )  # fmt: skip

    def _exits(self) -> tuple[AgentId, ...]:
        """Who ends the sub-graph: one agent, or the peers of one chain; empty: nothing follows, and several may."""
        others = [one for one in self.drawing.agents if one != self.agent.id and self.outer.may_end(one)]
        part = self.part
        ends = [one for one in part.ids if not any(e.source == one and part.feeds(e) for e in part.within)]
        for one in ends:
            chain = part.groups.get(one, (one,))
            if not part.ends_at(frozenset(chain)):
                return chain
        if not self.outs and not others:
            return ()
        names = " and ".join(f"“{self.inner.agents[one].name}”" for one in ends[:2]) or "An agent"
        raise BorderError(
            f"“{self.agent.name}” has several results, which go out together. Open it, bring {names} together in a"
            " collector, and try again.",
            (self.agent.id,), [e.id for e in self.outs],
        )  # fmt: skip

    # ------------------------------------------------------------------ what leads in

    def _relay(self) -> AgentId | None:
        """The agent inside that only hands on what leads in, and so can go: the edges lead on by themselves."""
        roots = self.part.roots()
        if len(self.ins) != 1 or len(roots) != 1 or self.agent.join is not None:
            return None
        one = self.inner.agents[roots[0]]
        edges = [e for e in self.inner.edges.values() if one.id in (e.source, e.target)]
        plain = one.model_fields_set <= {"id", "kind", "name", "config"} and not one.config and not one.model_extra
        led = {e.target for e in edges if e.source == one.id}
        if (
            one.kind != TRIGGER or not plain or len(led) != len(edges)
            or any(e.kind != "flow" or e.when or e.on or e.loop for e in edges)
            or (self.ins[0].when and self.drawing.agents[self.ins[0].source].route == "first" and len(edges) > 1)
        ):  # fmt: skip
            return None
        return one.id

    def _keeps_agent(self, relay: AgentId | None) -> bool:
        """Whether the agent stays as a trigger: edges come together there, or only one could have been taken."""
        if relay is not None or not self.ins:
            return False
        roots, part = self.part.roots(), self.part
        edge = self.ins[0]
        if len(self.ins) > 1 or self.agent.join is not None:
            return True
        if edge.when and len(roots) > 1 and self.drawing.agents[edge.source].route == "first":
            return True
        joins = [part.drawing.agents[one].join for one in roots]
        if any(join is not None and join.mode not in WAITS_PLAINLY for join in joins):
            return True
        return any(one in part.groups or self._rules(one) for one in roots)

    def _rules(self, id: AgentId) -> bool:
        """Whether an agent supervises or shares a board, so that what leads in decides how it works."""
        return any(e.kind != "flow" and id in (e.source, e.target) for e in self.inner.edges.values())

    def _as_trigger(self) -> dict[str, Any]:
        values: dict[str, Any] = dict.fromkeys(self.agent.model_fields_set - {"id", "kind", "name", "join"})
        return {**values, "kind": TRIGGER}

    def _edges_in(self, pasted: Pasted, relay: AgentId | None, kept: bool) -> list[Edge]:
        """The edges that come, in their order: those that lead in, and those inside."""
        inside = {
            edit.item.id: edit.item for edit in pasted.edits if isinstance(edit, Add) and isinstance(edit.item, Edge)
        }
        mine = {old: inside[new] for old, new in pasted.edges.items()}
        if relay is not None:
            edges = self.inner.edges.values()
            return [mine[e.id] if e.id in mine else self._led(e.id, pasted.agents[e.target]) for e in edges]
        roots = [pasted.agents[one] for one in self.part.roots()] if self.ins else []
        if not kept:
            return [*(self._led(self.ins[0].id, root) for root in roots), *mine.values()]
        entering = []
        for root in roots:
            id = unused_edge_id(self.drawing, self.agent.id, root, self.used)
            entering.append(Edge(id=id, source=self.agent.id, target=root))
        return [*entering, *mine.values()]

    def _led(self, wanted: EdgeId, target: AgentId) -> Edge:
        """The edge that led in, leading on to an agent of the sub-graph."""
        edge = self.ins[0]
        id = wanted if wanted not in self.used else unused_edge_id(self.drawing, edge.source, target, self.used)
        self.used.add(id)
        return edge.model_copy(update={"id": id, "target": target})

    def _renamed(self, pasted: Pasted, relay: AgentId) -> list[Edit]:
        """What named the agent that goes names who leads there."""
        source = self.ins[0].source
        if source == relay:
            return []
        edits: list[Edit] = []
        added = {edit.item.id: edit.item for edit in pasted.edits if isinstance(edit, Add)}
        for end in dict.fromkeys(e.target for e in self.inner.edges.values() if e.source == relay):
            agent = added[pasted.agents[end]]
            assert isinstance(agent, Agent), "an edge leads to an agent"
            edits += references(agent, _edges_from(pasted, agent.id), {str(relay): str(source)})
        return edits

    # ------------------------------------------------------------------ what leads out

    def _edges_out(self, pasted: Pasted, exits: tuple[AgentId, ...]) -> list[Edit]:
        edits: list[Edit] = []
        if not self.outs:
            return edits
        sources = [pasted.agents[one] for one in exits]
        for edge in self.outs:
            edits.append(Set(section="edges", id=edge.id, values={"source": sources[0]}))
            for source in sources[1:]:
                id = unused_edge_id(self.drawing, source, edge.target, self.used)
                edits.append(Add(section="edges", item=edge.model_copy(update={"id": id, "source": source})))
        if self.agent.route is not None:
            edits += [Set(section="agents", id=one, values={"route": self.agent.route}) for one in sources]
        ids = {str(self.agent.id): str(sources[0])}
        for target in dict.fromkeys(e.target for e in self.outs):
            if target != self.agent.id:
                theirs = (e for e in self.drawing.edges.values() if e.source == target)
                edits += references(self.drawing.agents[target], theirs, ids)
        return edits

    def _fresh(self, pasted: Pasted) -> set[str]:
        return {*pasted.edges.values(), *pasted.agents.values(), *pasted.frames.values(), *pasted.notes.values()}

    # ------------------------------------------------------------------ the rest

    def _offset(self, piece: Graph) -> tuple[float, float]:
        at, centre = self.drawing.positions.get(self.agent.id), middle(list(piece.positions.values()))
        return (at[0] - centre[0], at[1] - centre[1]) if at is not None and centre is not None else (0.0, 0.0)

    def _table(self, pasted: Pasted) -> list[Edit]:
        edits: list[Edit] = []
        silent = self.inner.extra.get(SILENCED)
        if isinstance(silent, list) and silent:
            mine = self.drawing.extra.get(SILENCED)
            renamed = [
                {**one, "agent": pasted.agents.get(one["agent"], one["agent"])} if "agent" in one else one
                for one in silent if isinstance(one, dict)
            ]  # fmt: skip
            edits.append(SetGraph(values={f"extra.{SILENCED}": [*(mine if isinstance(mine, list) else []), *renamed]}))
        drawings = [self.whole, *self.whole.graphs.values()]
        users = [
            one.id for drawing in drawings for one in drawing.agents.values()
            if self.key in tuple(uses(one)) and not (one.id == self.agent.id and drawing.agents is self.drawing.agents)
        ]  # fmt: skip
        if not users:
            edits.append(SetGraph(values={f"{GRAPHS}.{self.key}": None}))
        return edits


def _edges_from(pasted: Pasted, id: AgentId) -> Iterator[Edge]:
    for edit in pasted.edits:
        if isinstance(edit, Add) and isinstance(edit.item, Edge) and edit.item.source == id:
            yield edit.item
