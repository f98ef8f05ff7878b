"""The Edits that fixes are made of: state a policy, put an agent in, draw an edge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel

from quartet.graph.edits import Add, Edit, Set, SetGraph
from quartet.graph.model import JSON, Agent, AgentId, Edge, Graph, Point
from quartet.graph.names import fresh_edge_id, fresh_id, fresh_name, used_ids

CARD = (184.0, 62.0)
"""Size of an agent's card, in scene units."""
STEP = (CARD[0] + 96.0, CARD[1] + 58.0)
"""From one card to the next, across and down, where something new is put."""

HOPS = 8
"""So many places in a row are tried before something new is put beyond everything else."""

ALONE = 8
"""Of several of whom the same is said so many have a fix of their own beside the one for all of them."""

PolicyField = Literal["limits", "retry", "join", "oversight", "handover", "budget", "board"]


def state(agent: Agent, field: PolicyField, **values: JSON) -> Set:
    """The Edit that states `values` in one of the agent's policies and leaves what else is stated there."""
    return Set(section="agents", id=agent.id, values={field: {**stated(getattr(agent, field)), **values}})


def stated(policy: BaseModel | None) -> dict[str, Any]:
    """What a policy states, as the file would say it."""
    return {} if policy is None else policy.model_dump(mode="json", by_alias=True, exclude_unset=True)


def state_run(graph: Graph, **values: JSON) -> SetGraph:
    """The Edit that states limits of the whole run and leaves what else is stated there."""
    return SetGraph(values={"limits": {**stated(graph.limits), **values}})


def id_of(add: Add) -> AgentId:
    """The id of the agent that an Edit adds."""
    return AgentId(add.item.id)


class Pencil:
    """Draws what fixes add to one graph: ids that are free, names nobody has, places where no card stands.

    Each fix is drawn as if it were the only one; what all of them need to know of the graph is found once.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    @cached_property
    def _ids(self) -> set[str]:
        return used_ids(self._graph)

    @cached_property
    def _names(self) -> set[str]:
        return {agent.name for agent in self._graph.agents.values()}

    @cached_property
    def _cells(self) -> Mapping[tuple[int, int], list[Point]]:
        """The cards by the cell of a grid as large as a card: one that covers another is in a cell beside it."""
        found: dict[tuple[int, int], list[Point]] = defaultdict(list)
        for x, y in self._graph.positions.values():
            found[int(x // CARD[0]), int(y // CARD[1])].append((x, y))
        return found

    def _taken(self, x: float, y: float) -> bool:
        column, row = int(x // CARD[0]), int(y // CARD[1])
        return any(
            abs(x - left) < CARD[0] and abs(y - top) < CARD[1]
            for across in (column - 1, column, column + 1)
            for down in (row - 1, row, row + 1)
            for left, top in self._cells.get((across, down), ())
        )

    @cached_property
    def _extent(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of where cards stand (of their top left corners)."""
        points = self._graph.positions.values()
        across, down = [x for x, _ in points], [y for _, y in points]
        return min(across), min(down), max(across), max(down)

    def beside(self, agent: AgentId, across: int, down: int) -> Point | None:
        """A free place so many steps to the right of an agent and below it, or the next one in that direction; None
        where the agent has no place itself. Of two directions the way down (or up) is the one that is followed."""
        at = self._graph.positions.get(agent)
        if at is None:
            return None
        x, y = at[0] + across * STEP[0], at[1] + down * STEP[1]
        dx, dy = (0.0, STEP[1] if down > 0 else -STEP[1]) if down else (STEP[0] if across > 0 else -STEP[0], 0.0)
        for _ in range(HOPS):
            if not self._taken(x, y):
                return x, y
            x, y = x + dx, y + dy
        left, top, right, bottom = self._extent
        if dy:
            return x, bottom + dy if dy > 0 else top + dy
        return right + dx if dx > 0 else left + dx, y

    def agent(self, name: str, kind: str, at: Point | None, **fields: Any) -> Add:
        """The Edit that adds an agent; `id_of` tells its id."""
        name = fresh_name(self._graph, name, self._names)
        item = Agent(id=fresh_id(self._graph, name, self._ids), kind=kind, name=name, **fields)
        return Add(section="agents", item=item, at=at)

    def edges(self, edges: Iterable[Mapping[str, Any]]) -> list[Edit]:
        """The Edits that draw edges; each mapping holds an Edge's fields without the id."""
        made: list[Edit] = []
        drawn: dict[str, int] = {}
        for fields in edges:
            ends = f"{fields['source']}-{fields['target']}"
            id = fresh_edge_id(self._graph, fields["source"], fields["target"], self._ids)
            drawn[ends] = drawn.get(ends, 0) + 1
            if drawn[ends] > 1:
                id = fresh_edge_id(self._graph, fields["source"], f"{fields['target']}-{drawn[ends]}", self._ids)
            made.append(Add(section="edges", item=Edge(id=id, **fields)))
        return made
