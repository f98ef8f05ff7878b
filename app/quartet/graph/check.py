"""What keeps a graph from running, whatever its agents do. The engine refuses such a graph, the rules report it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from quartet.graph import strong
from quartet.graph.cycles import unmarked_loop_edges
from quartet.graph.disabling import wrongly_bypassed
from quartet.graph.model import UNKNOWN, AgentId, BrokenItem, Edge, EdgeId, Graph
from quartet.graph.nesting import SLOT, SUB_GRAPH, TROUBLE, Inside, circle, inside, link_of, named
from quartet.graph.reading import GRAPHS, OWN
from quartet.graph.waiting import circles

AT_ONCE = 4_096
"""So many loops are looked at together: more would take more memory than time."""
NO_RELATION = frozenset({"share_without_board", "self_edge", "supervision_cycle"})
"""Problems of drawings in which nobody can say who works for whom."""


class Problem(NamedTuple):
    """One reason why a graph cannot run, and the agents and edges it is about."""

    code: str
    """Stable: empty, broken_item, invalid_field, unmarked_loop, endless_loop, supervision_cycle, self_edge,
    share_without_board, unknown_agent, unknown_condition, unknown_graph, unreadable_link, endless_nesting,
    path_in_use, no_bypass, circle. The engine adds unreadable_condition, unreadable_template, settings,
    unknown_kind and no_model."""
    text: str
    agents: tuple[AgentId, ...] = ()
    edges: tuple[EdgeId, ...] = ()
    inside: str = ""
    """The sub-graph it is found in, by its id; empty: the drawing itself."""

    def within(self, place: Inside) -> Problem:
        """The same problem of a sub-graph as seen from the drawing: it is about the agents that stand for it."""
        return Problem(self.code, f"In “{place.path}”: {self.text}", place.agents, inside=place.id)


def problems(graph: Graph, *, rehearsal: bool = False) -> list[Problem]:
    """Everything that keeps `graph` from running; an empty list if nothing does.

    In a `rehearsal` conditions of imported edges that nobody knows are no problem.
    """
    found = [*_drawing(graph, rehearsal=rehearsal), *_sub_graphs(graph, graph, rehearsal=rehearsal), *_paths(graph)]
    used = inside(graph)
    for one in used:
        if link_of(one.graph) is not None:
            continue  # whoever stands for it was told of already
        own = [*_drawing(one.graph, rehearsal=rehearsal), *_sub_graphs(one.graph, graph, rehearsal=rehearsal)]
        found.extend(problem.within(one) for problem in own)
    if used and (ids := circle(graph)) and any(one.id == ids[0] for one in used):
        names = " in ".join(f"“{graph.graphs[id].name or id}”" for id in [*ids, ids[0]][::-1])
        found.append(Problem("endless_nesting", f"A sub-graph cannot contain itself: {names}.", used[0].agents))
    return found


def _drawing(graph: Graph, *, rehearsal: bool) -> list[Problem]:
    unmarked = unmarked_loop_edges(graph)
    found = [*_items(graph), *_ends(graph), *_loops(graph, unmarked), *_supervision(graph), *_references(graph)]
    if not any(problem.code in NO_RELATION for problem in found):
        found.extend(_circles(graph, unmarked))
    if not rehearsal:
        found.extend(
            Problem("unknown_condition", f"The condition of {_path(graph, edge)} is not known.", edges=(edge.id,))
            for edge in graph.edges.values()
            if edge.when == UNKNOWN
        )
    return found


def _sub_graphs(graph: Graph, whole: Graph, *, rehearsal: bool) -> Iterator[Problem]:
    """Agents that stand for no sub-graph of the `whole` file. One with a script can rehearse all the same."""
    for agent in graph.agents.values():
        if agent.kind != SUB_GRAPH or (rehearsal and agent.rehearsal):
            continue
        id = named(agent)
        if id is None:
            yield Problem("unknown_graph", f"“{agent.name}” does not say which sub-graph it stands for.", (agent.id,))
        elif id not in whole.graphs:
            text = f"“{agent.name}” stands for the sub-graph “{id}”, which is not in this file."
            yield Problem("unknown_graph", text, (agent.id,))
        elif (file := link_of(whole.graphs[id])) is not None:
            trouble = whole.graphs[id].extra.get(TROUBLE, "It was not read.")
            text = f"“{agent.name}” stands for the file “{file}”, which cannot be used. {trouble}"
            yield Problem("unreadable_link", text, (agent.id,))


def _paths(graph: Graph) -> Iterator[Problem]:
    """Agents in sub-graphs are called by their paths, so no id may look like a path of another agent."""
    outer = [agent.id for agent in graph.agents.values() if agent.kind == SUB_GRAPH]
    if not outer:
        return
    starts = tuple(f"{id}/" for id in outer)
    for agent in graph.agents.values():
        base = SLOT.sub("", agent.id)
        if agent.id.startswith(starts) or (agent.kind == SUB_GRAPH and base != agent.id and base in outer):
            text = f"The id “{agent.id}” of “{agent.name}” is that of an agent in a sub-graph; give it another one."
            yield Problem("path_in_use", text, (agent.id,))
    for one in inside(graph):
        for agent in one.graph.agents.values():
            if "/" in agent.id or (agent.kind == SUB_GRAPH and SLOT.search(agent.id)):
                whose = f"“{one.path} › {agent.name}”"
                text = f"The id “{agent.id}” of {whose} reads like a path, as no id in a sub-graph may."
                yield Problem("path_in_use", text, one.agents)


def _items(graph: Graph) -> Iterator[Problem]:
    if not graph.agents and not graph.broken:
        yield Problem("empty", "There is no agent to run.")
    for item in graph.broken:
        if item.section in ("agents", "edges"):
            name, ends = _named(graph, item)
            yield Problem("broken_item", f"{name} is not understood: {item.reason}.", ends)
    for name in sorted((OWN | {GRAPHS}) & graph.extra.keys()):
        yield Problem("invalid_field", f"The graph's {name} is not understood.")
    for agent in graph.agents.values():
        if agent.invalid:
            for name, field in agent.invalid.items():
                yield Problem("invalid_field", f"“{agent.name}”: {name}: {field.reason}.", agents=(agent.id,))
    for edge in graph.edges.values():
        if edge.invalid:
            for name, field in edge.invalid.items():
                yield Problem("invalid_field", f"{_path(graph, edge)}: {name}: {field.reason}.", edges=(edge.id,))


def _ends(graph: Graph) -> Iterator[Problem]:
    for edge in graph.edges.values():
        if edge.kind == "flow":
            continue
        source, target = graph.agents[edge.source], graph.agents[edge.target]
        if edge.kind == "share":
            if (source.kind == "board") == (target.kind == "board"):
                yield Problem(
                    "share_without_board",
                    f"“{source.name}” and “{target.name}” share nothing: one of the two must be a board.",
                    (source.id, target.id),
                    (edge.id,),
                )
        elif edge.source == edge.target:
            allowed = source.handover is not None and source.handover.allow_self
            if edge.kind == "supervise" or (edge.kind == "handoff" and not allowed):
                does = "supervises" if edge.kind == "supervise" else "hands off to"
                yield Problem("self_edge", f"“{source.name}” {does} itself.", (source.id,), (edge.id,))


def _circles(graph: Graph, unmarked: Collection[EdgeId]) -> Iterator[Problem]:
    """Circles through what a supervisor or a board gives somebody to do; those of the flow are unmarked loops."""
    for found in circles(graph, unmarked):
        named = [f"“{graph.agents[id].name}”" for id in found.agents[:3]]
        last = f"{len(found.agents) - 3} more" if len(found.agents) > 3 else named.pop()
        who = f"{', '.join(named)} and {last}"
        text = f"{who} wait for each other in a circle: mark an edge that leads back as a loop."
        yield Problem("circle", text, found.agents, found.edges)


def _loops(graph: Graph, unmarked: Collection[EdgeId]) -> Iterator[Problem]:
    for edge in graph.edges.values() if unmarked else ():
        if edge.id in unmarked:
            yield Problem(
                "unmarked_loop",
                f"{_path(graph, edge)} closes a cycle but is not marked as a loop, so each would wait for the other.",
                (edge.source, edge.target),
                (edge.id,),
            )
    loops = [edge for edge in graph.edges.values() if edge.loop and edge.kind == "flow"]
    endless = [edge for edge in loops if edge.max_iterations is None and edge.when is None]
    if not endless:
        return
    hopeless, held = _without_a_way_out(graph, endless)
    if hopeless:
        first = _path(graph, hopeless[0])
        text = (
            f"The loop {first} has no way out: no edge on it has a condition, and no limit of passes is stated."
            if len(hopeless) == 1
            else f"{len(hopeless):,} loops, {first} among them, have no way out: no edge on them has a condition, and "
            "no limit of passes is stated."
        )
        yield Problem("endless_loop", text, held, tuple(edge.id for edge in hopeless))


def _without_a_way_out(graph: Graph, loops: list[Edge]) -> tuple[list[Edge], tuple[AgentId, ...]]:
    """Those of the loops within which nobody decides anything, and the agents within them, loop by loop in the order of
    the file."""
    after: dict[AgentId, list[AgentId]] = {id: [] for id in graph.agents}
    chooses: set[AgentId] = set()
    for edge in graph.edges.values():
        if edge.kind in ("flow", "handoff") and not edge.loop:
            after[edge.source].append(edge.target)
        if edge.kind == "handoff":  # whoever of a swarm answers, the others are on the way to it: to a run they are one
            after[edge.target].append(edge.source)
        if edge.kind == "flow" and edge.when is not None:
            chooses.add(edge.source)
    parts = strong.components(after)
    part_of = {id: number for number, part in enumerate(parts) for id in part}
    onward = [{part_of[next_] for id in part for next_ in after[id]} - {n} for n, part in enumerate(parts)]
    hopeless: list[Edge] = []
    held: dict[AgentId, None] = {}
    place: dict[AgentId, int] = {}
    for first in range(0, len(loops), AT_ONCE):
        some = loops[first : first + AT_ONCE]
        within = _bodies([(part_of[edge.target], part_of[edge.source]) for edge in some], onward)
        decided = 0
        for id in chooses:
            decided |= within[part_of[id]]
        left = {
            number: edge
            for number, edge in enumerate(some)
            if not (edge.source in chooses or edge.target in chooses)
            and (edge.source == edge.target or not decided >> number & 1)
        }
        if not left:
            continue
        hopeless += left.values()
        place = place or {id: index for index, id in enumerate(graph.agents)}
        mask = sum(1 << number for number, edge in left.items() if edge.source != edge.target)
        inside: dict[int, set[AgentId]] = {number: {e.source, e.target} for number, e in left.items()}
        for number, part in enumerate(parts):
            bits = within[number] & mask
            if bits:
                inside[(bits & -bits).bit_length() - 1].update(part)
        for number in left:
            held.update(dict.fromkeys(sorted(inside[number], key=place.__getitem__)))
    return hopeless, tuple(held)


def _bodies(ways: list[tuple[int, int]], onward: list[set[int]]) -> list[int]:
    """Which of the ways, each from a part to a part, lead through each part, as the bits of a number.

    Parts come after those they lead `onward` to. All ways are followed at once: however many they are, each part is
    looked at twice.
    """
    begun, ended = [0] * len(onward), [0] * len(onward)
    for number, (start, end) in enumerate(ways):
        begun[start] |= 1 << number
        ended[end] |= 1 << number
    for part in range(len(onward)):
        for next_ in onward[part]:
            ended[part] |= ended[next_]
    for part in reversed(range(len(onward))):
        for next_ in onward[part]:
            begun[next_] |= begun[part]
    return [one & other for one, other in zip(begun, ended, strict=True)]


def _supervision(graph: Graph) -> Iterator[Problem]:
    over = [e for e in graph.edges.values() if e.kind == "supervise" and e.source != e.target]
    if not over:
        return
    for group in strong.groups((edge.source, edge.target) for edge in over):
        members = tuple(id for id in graph.agents if id in group)
        named = [f"“{graph.agents[id].name}”" for id in members[:3]]
        last = "others" if len(members) > 3 else named.pop()
        yield Problem(
            "supervision_cycle",
            f"{', '.join(named)} and {last} supervise each other: nobody is on top.",
            members,
            tuple(edge.id for edge in over if edge.source in group and edge.target in group),
        )


def _references(graph: Graph) -> Iterator[Problem]:
    for agent in graph.agents.values():
        for directive in (agent.oversight and agent.oversight.on_error) or ():
            for to in directive.to or ():
                if to not in graph.agents:
                    yield Problem(
                        "unknown_agent",
                        f"“{agent.name}” reassigns work to “{to}”, which is no agent here.",
                        (agent.id,),
                    )
    for agent, reason in wrongly_bypassed(graph):
        yield Problem("no_bypass", reason, (agent.id,))


def _named(graph: Graph, item: BrokenItem) -> tuple[str, tuple[AgentId, ...]]:
    """What a person calls an item that could not be read, and those of its ends that are agents here."""
    raw = item.raw if isinstance(item.raw, dict) else {}
    if item.section == "edges":
        ends = [end for end in (raw.get("source"), raw.get("target")) if isinstance(end, str) and end]
        known = tuple(dict.fromkeys(AgentId(end) for end in ends if end in graph.agents))
        names = [graph.agents[AgentId(end)].name if end in graph.agents else end for end in ends]
        if len(ends) == 2:
            return f"The edge “{names[0]}” → “{names[1]}”", known
        if ends:
            return f"The edge {'from' if ends[0] == raw.get('source') else 'to'} “{names[0]}”", known
    called = next((each for each in (raw.get("name"), raw.get("id")) if isinstance(each, str) and each), "")
    kind = item.section.removesuffix("s")
    return (f"The {kind} “{called}”" if called else f"The {kind} at place {item.index + 1:,} of the file"), ()


def _path(graph: Graph, edge: Edge) -> str:
    return f"“{graph.agents[edge.source].name}” → “{graph.agents[edge.target].name}”"
