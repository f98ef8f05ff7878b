"""Adding and connecting by name: the search at the end of a wire, at the pointer, behind an agent, inside an edge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF

from quartet.agents.kinds import Kind, all_kinds, find
from quartet.editor import fuzzy, own_fragments, pieces
from quartet.editor.canvas import clipboard, fitting, geometry, joining, menus, placing
from quartet.editor.canvas.geometry import Point, Side
from quartet.editor.canvas.tools.connect import End
from quartet.editor.canvas.wire import as_path
from quartet.editor.connections import (
    KINDS,
    connect,
    label,
    reconnect,
    refusal,
    role_of,
    round_about,
)
from quartet.editor.pieces import Entry
from quartet.editor.search_popup import Choice, Search
from quartet.graph import files
from quartet.graph.carrying import paste_whole
from quartet.graph.edits import Add, Edit
from quartet.graph.files import FileProblem
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, EdgeKind
from quartet.graph.names import fresh_id, fresh_name

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

AGENTS_SHOWN = 12
"""So many agents that are there already are offered at once."""
BEHIND = 76.0
"""Between an agent and the one that is added behind it."""
USUAL = "llm"
"""The kind of an agent that is added under a name that no kind has."""

AddAgent = Callable[[Kind, str], object]
AddPiece = Callable[[Entry], object]
Also = Callable[[AgentId, Kind], tuple[EdgeId, list[Edit]]]
"""The edge that a new agent comes with: its id, and the Edits."""


class Adding:
    """What the search on the canvas is asked for, and what is done with what was chosen: always one step."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.search = Search(canvas)

    def close(self) -> None:
        """Close the search, if it is open, without choosing."""
        self.search.close_()

    # what can be asked

    def by_key(self) -> None:
        """Tab: behind the one selected agent, inside the one selected edge, else at the pointer."""
        canvas, document = self._canvas, self._canvas.document
        chosen = [agent.id for agent in document.selected_agents]
        edges = [edge for edge in document.selected_edges if edge.kind in joining.JOINED]
        if len(chosen) == 1:
            self.behind(chosen[0])
        elif not chosen and len(edges) == 1 and edges[0].id in canvas.canvas_scene.wires.wires:
            self.inside(edges[0])
        else:
            self.here(canvas.pointer_scene_pos() or canvas.center_scene_pos())

    def here(self, at: QPointF) -> None:
        """Add by name at a scene point."""
        if not self._may():
            return
        corner = geometry.snapped((at.x() - geometry.WIDTH / 2, at.y() - geometry.HEIGHT / 2))

        def agent(kind: Kind, name: str) -> None:
            self._add(kind, name, corner)

        def piece(entry: Entry) -> None:
            self._add_piece(entry, at)

        def source(typed: str) -> list[Choice]:
            made = [
                Choice("Note", "a text on the canvas", "sticky-note", lambda: menus.note(self._canvas, at)),
                Choice("Frame", "a titled box", "frame", lambda: menus.frame(self._canvas, at)),
            ]
            new = [*self._kinds(agent, all_kinds()), *self._pieces(piece), *made]
            return [*_ranked(typed, new), *self._called(typed, agent, all_kinds())]

        self.search.ask("Add an agent…", source, self._canvas.mapFromScene(at))

    def behind(self, id: AgentId) -> None:
        """Add by name what an agent leads to; what a supervisor watches."""
        canvas = self._canvas
        x, y = canvas.canvas_scene.positions[id]
        if role_of(canvas.document.graph.agents[id]) == "supervisor":
            side: Side = "bottom"
            corner = (x, y + geometry.HEIGHT + BEHIND)
            step = (geometry.WIDTH + 40, 0.0)
        else:
            side = "right"
            corner = (x + geometry.WIDTH + BEHIND, y)
            step = (0.0, geometry.HEIGHT + 40)
        corner = placing.free_beside(canvas.canvas_scene, corner, step)
        self.wire(id, side, QPointF(*geometry.port(corner, fitting.OPPOSITE[side])), alt=False)

    def wire(self, id: AgentId, side: Side, at: QPointF, *, alt: bool) -> None:
        """Ask what a wire from this side to a scene point leads to: something new, or an agent that is there."""
        if not self._may():
            return
        canvas = self._canvas
        scene = canvas.canvas_scene
        graph = canvas.document.graph
        corner = fitting.corner_at(side, (at.x(), at.y()))

        def leads(fresh: AgentId, kind: Kind) -> tuple[EdgeId, list[Edit]]:
            meant = fitting.kind_for(graph, id, side, kind.role, alt=alt)
            assert meant is not None, "only kinds that fit are listed"
            return connect(graph, *fitting.ends(side, id, fresh), meant)

        def agent(kind: Kind, name: str) -> None:
            self._add(kind, name, corner, leads)

        def piece(entry: Entry) -> None:
            self._add_piece(entry, at, id, side)

        near = round_about(graph, {id})

        def kinds(other: AgentId) -> Iterator[EdgeKind]:
            if other != id:
                source, target = fitting.ends(side, id, other)
                kind = fitting.kind_of_gesture(near, source, target, side, alt=alt)
                if refusal(near, source, target, kind) is None:
                    yield kind

        def there(other: AgentId) -> Callable[[], object]:
            return lambda: self._join(id, side, other, next(kinds(other)))

        able = [kind for kind in all_kinds() if fitting.kind_for(graph, id, side, kind.role, alt=alt) is not None]
        patterns = side in ("left", "right") and not alt

        def source(typed: str) -> list[Choice]:
            new = [*self._kinds(agent, able), *(self._pieces(piece) if patterns else ())]
            known = self._listed(typed, graph.agents, there, kinds)
            if not typed.strip():
                return [*new, *known]
            return [*_ranked(typed, [*new, *known]), *self._called(typed, agent, able)]

        def left() -> None:
            scene.hint.show_line(None)

        start = geometry.port(scene.positions[id], side)
        end = (at.x(), at.y())
        upright = side in ("top", "bottom")
        ghost = as_path(fitting.curve_from(side, start, end))
        ghost.addRoundedRect(*corner, geometry.WIDTH, geometry.HEIGHT, geometry.RADIUS, geometry.RADIUS)
        name = graph.agents[id].name or id
        x, y = corner
        card = canvas.mapFromScene(QRectF(x, y, geometry.WIDTH, geometry.HEIGHT)).boundingRect()
        self.close()
        scene.hint.refused = False
        scene.hint.show_line(ghost, upright)
        self.search.ask(fitting.question(name, side, alt=alt), source, card.bottomLeft() + QPoint(0, 8), left, card)

    def inside(self, edge: Edge) -> None:
        """Add by name what an edge is to lead through."""
        if not self._may():
            return
        canvas = self._canvas
        at = canvas.canvas_scene.wires.wires[edge.id].label_at
        corner = geometry.snapped((at.x() - geometry.WIDTH / 2, at.y() - geometry.HEIGHT / 2))
        graph = canvas.document.graph
        able = [
            kind
            for kind in all_kinds()
            if joining.insertable(graph, edge, Agent(id=AgentId(""), kind=kind.name, name="")) is None
        ]

        def into(id: AgentId, kind: Kind) -> tuple[EdgeId, list[Edit]]:
            return joining.insertion(graph, edge, id)

        def agent(kind: Kind, name: str) -> None:
            self._add(kind, name, corner, into)

        def source(typed: str) -> list[Choice]:
            return [*_ranked(typed, self._kinds(agent, able)), *self._called(typed, agent, able)]

        self.search.ask("Put an agent into this edge…", source, canvas.mapFromScene(at))

    def connect(self, *, onward: bool) -> None:
        """Ask to which agent the selected ones lead (or which leads to them), or where an end of an edge goes."""
        if not self._may():
            return
        document = self._canvas.document
        chosen = [agent.id for agent in document.selected_agents]
        if chosen:
            self._connect(chosen, onward)
        elif len(document.selected_edges) == 1:
            self._reconnect(document.selected_edges[0], "target" if onward else "source")
        else:
            self._canvas.say("Select the agents to connect, or the edge whose end to move.")

    def _connect(self, chosen: Sequence[AgentId], onward: bool) -> None:
        canvas = self._canvas
        graph = canvas.document.graph
        name = graph.agents[chosen[0]].name or chosen[0]
        near = round_about(graph, set(chosen))

        def kinds(other: AgentId) -> Iterator[tuple[AgentId, AgentId, EdgeKind]]:
            for id in chosen:
                source, target = (id, other) if onward else (other, id)
                first = fitting.kind_of_gesture(near, source, target, "right", alt=False)
                for kind in (first, *(kind for kind in KINDS if kind != first)):
                    if refusal(near, source, target, kind) is None:
                        yield source, target, kind
                        break

        def does(other: AgentId) -> Callable[[], None]:
            def do() -> None:
                edits: list[Edit] = []
                made: list[EdgeId] = []
                said = ""
                for source, target, kind in kinds(other):
                    said = label(graph, source, target, kind)
                    id, more = connect(graph, source, target, kind)
                    made.append(id)
                    edits += more
                if canvas.do(said if len(made) == 1 else f"Connect {len(made):,} agents", edits):
                    canvas.document.select(made)
                    self._offer(made[0])

            return do

        def source(typed: str) -> list[Choice]:
            return self._listed(typed, (id for id in graph.agents if id not in chosen), does, kinds)

        several = f"{len(chosen):,} agents" if len(chosen) > 1 else name
        prompt = f"Connect {several} to…" if onward else f"Connect to {several} from…"
        self.search.ask(
            prompt,
            source,
            canvas.mapFromScene(QPointF(*geometry.port(canvas.canvas_scene.positions[chosen[0]], "right"))),
        )

    def _reconnect(self, edge: Edge, end: End) -> None:
        canvas = self._canvas
        graph = canvas.document.graph

        def ends(other: AgentId) -> tuple[AgentId, AgentId]:
            return (edge.source, other) if end == "target" else (other, edge.target)

        near = round_about(graph, {edge.source, edge.target})

        def fits(other: AgentId) -> Iterator[AgentId]:
            if other != getattr(edge, end) and refusal(near, *ends(other), edge.kind, edge.id) is None:
                yield other

        def does(other: AgentId) -> Callable[[], object]:
            return lambda: canvas.do("Move the edge’s end", reconnect(graph, edge, *ends(other)))

        def source(typed: str) -> list[Choice]:
            return self._listed(typed, graph.agents, does, fits)

        prompt = "Lead this edge to…" if end == "target" else "Let this edge come from…"
        at = canvas.canvas_scene.wires.wires[edge.id].label_at
        self.search.ask(prompt, source, canvas.mapFromScene(at))

    # what is listed

    def _kinds(self, does: AddAgent, kinds: Iterable[Kind]) -> list[Choice]:
        return [
            Choice(kind.title, kind.summary, kind.icon, partial(does, kind, kind.title), "accent", kind.name)
            for kind in kinds
            if kind.palette
        ]

    def _pieces(self, does: AddPiece) -> list[Choice]:
        return [
            Choice(f"{entry.title} pattern", entry.summary, entry.icon, partial(does, entry), entry.color)
            for entry in pieces.fragments()
        ] + [
            Choice(entry.title, entry.summary, entry.icon, partial(does, entry), entry.color)
            for entry in own_fragments.entries()
            if not entry.trouble
        ]

    def _called(self, typed: str, does: AddAgent, able: Iterable[Kind]) -> list[Choice]:
        """The last resort of a person who types the new agent's name rather than its kind."""
        name, kind = " ".join(typed.split())[:80], find(USUAL)
        if len(name) < 2 or kind is None or kind not in able:
            return []
        return [Choice(f"New: “{name}”", kind.title, "plus", partial(does, kind, name), "accent")]

    def _listed(
        self,
        typed: str,
        ids: Iterable[AgentId],
        does: Callable[[AgentId], Callable[[], object]],
        fits: Callable[[AgentId], Iterator[object]],
    ) -> list[Choice]:
        """The first few agents that answer and fit; whether one fits is asked of no more than needed."""
        agents = self._canvas.document.graph.agents
        found = fuzzy.ranked(typed, ids, lambda id: agents[id].name or id)
        fitting = (id for id in found if next(fits(id), None) is not None)
        choices = []
        for id in islice(fitting, AGENTS_SHOWN):
            agent = agents[id]
            kind = find(agent.kind)
            title = agent.kind if kind is None else kind.title
            icon = "circle-question-mark" if kind is None else kind.icon
            choices.append(Choice(agent.name or id, f"{title}, here already", icon, does(id)))
        return choices

    # what is done

    def _may(self) -> bool:
        reason = self._canvas.document.read_only
        if reason is not None:
            self._canvas.say(reason)
        return reason is None

    def _add(self, kind: Kind, name: str, corner: Point, also: Also | None = None) -> None:
        canvas = self._canvas
        graph = canvas.document.graph
        title = fresh_name(graph, name)
        agent = Agent(id=fresh_id(graph, title), kind=kind.name, name=title)
        edits: list[Edit] = [Add(section="agents", item=agent, at=corner)]
        edge: EdgeId | None = None
        if also is not None:
            edge, more = also(agent.id, kind)
            edits += more
        if canvas.do(f"Add {title}", edits):
            self._show({agent.id}, edge)

    def _add_piece(self, entry: Entry, at: QPointF, end: AgentId | None = None, side: Side = "right") -> None:
        """Insert a ready-made fragment; where a wire asked for it, its open end stands at the wire's."""
        canvas = self._canvas
        assert entry.fragment is not None, "only fragments are listed as such"
        try:
            piece = clipboard.laid_out(files.loads(entry.fragment.read_text("utf-8"), entry.title).graph)
        except (OSError, FileProblem) as problem:
            canvas.say(f"The fragment could not be read: {problem}", at)
            return
        middle = clipboard.centre(piece) or QPointF()
        offset = at - middle
        inner = None if end is None else fitting.open_end(piece, first=side == "right")
        if inner is not None:
            x, y = fitting.corner_at(side, (at.x(), at.y()))
            offset = QPointF(x - piece.positions[inner][0], y - piece.positions[inner][1])
        graph = canvas.document.graph
        pasted = paste_whole(graph, piece, geometry.snapped((offset.x(), offset.y())), canvas.document.whole)
        edits = list(pasted.edits)
        edge: EdgeId | None = None
        if inner is not None and end is not None:
            edge, more = connect(graph, *fitting.ends(side, end, pasted.agents[inner]), "flow")
            edits += more
        if canvas.do(f"Insert {piece.name or entry.title}", edits):
            self._show(pasted.ids, edge)

    def _join(self, id: AgentId, side: Side, other: AgentId, kind: EdgeKind) -> None:
        canvas = self._canvas
        edge, edits = connect(canvas.document.graph, *fitting.ends(side, id, other), kind)
        if canvas.do(label(canvas.document.graph, *fitting.ends(side, id, other), kind), edits):
            canvas.document.select({edge})
            self._offer(edge)

    def _show(self, ids: Iterable[str], edge: EdgeId | None) -> None:
        """Select what was added, bring it into view, and offer what else its edge could be."""
        canvas = self._canvas
        canvas.document.select(ids)
        canvas.bring_in(ids)
        if edge is not None:
            self._offer(edge)

    def _offer(self, edge: EdgeId) -> None:
        """Offer the other kinds of a new edge beside it."""
        wire = self._canvas.canvas_scene.wires.wires.get(edge)
        if wire is not None:
            self._canvas.offer_kinds(edge, self._canvas.mapFromScene(wire.label_at))


def _ranked(typed: str, choices: Sequence[Choice]) -> list[Choice]:
    return fuzzy.ranked(typed, choices, lambda choice: f"{choice.title} {choice.also}")
