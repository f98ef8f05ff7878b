"""What comes with a tree: how sure it is, what was inferred, and what a person should know about the shape."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from quartet.graph.model import AgentId, EdgeId, EdgeKind, Graph
from quartet.graph.node_link import CLOSES
from quartet.patterns.interpret import Interpretation
from quartet.patterns.tree import Confidence, Doubt, FanOut, Leaf, Pipeline, Supervisor, Swarm, Top, Tree


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another pattern that a careful reader may see in the same drawing."""

    top: Top
    reason: str


@dataclass(frozen=True, slots=True)
class Inference:
    """What an edge was taken to mean although its file did not say so."""

    edge: EdgeId
    kind: EdgeKind
    loop: bool
    reason: str
    confidence: Confidence = "medium"
    """`high`: nothing else would make sense. `low`: a guess, most others would be as good."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the shape that a person should know, found on the way to the tree."""

    code: str
    """`unwatched`, `two-supervisors`, `mutual-supervision` or `entangled`."""
    text: str
    agents: tuple[AgentId, ...] = ()
    edges: tuple[EdgeId, ...] = ()


BOTH_WAYS = "Both directions between an agent and a store are one share."
SURE = Doubt("high")
BOTH_ENDS_WORK = Doubt("medium", (("pipeline", "If both ends do work of their own, they are stages like the others."),))
GIVES_AGAIN = Doubt(
    "medium",
    (
        ("pipeline", "What starts the branches takes up their results: two steps that go round."),
        ("supervisor", "What starts the branches also gets their results: it may be in charge."),
    ),
)
GATHERS_AGAIN = Doubt(
    "medium",
    (
        ("pipeline", "What gathers the results sends them back: two steps that go round."),
        ("supervisor", "What gathers the results also says what is done again: it may be in charge."),
    ),
)
OWN_FAN_OUT = Doubt("low", (("supervisor", "What starts the branches also gets their results: it may be in charge."),))
NO_START = Doubt("low", (("swarm", "Nothing says where the cycle starts, so its agents may also be peers."),))
TWO_IN_A_LOOP = Doubt("low", (("swarm", "Two agents that answer each other may also be peers."),))
ONE_FOR_ANOTHER: tuple[Top, str] = ("supervisor", "The one may also give work to the other, its only worker.")
COPIES_OR_WORKERS = Doubt("medium", (("supervisor", "Who starts the copies may also be in charge of them."),))
GIVES_IN_THE_END = Doubt(
    "low", (("supervisor", "The last of them only give work to others: each may be in charge of what it leads to."),)
)
TOOL_OR_AGENT = Doubt("medium", (("pipeline", "If its tool is an agent of its own, the two work in turns."),))
TOOLS_OR_WORKERS = Doubt("medium", (("supervisor", "If its tools are agents of their own, it is in charge of them."),))
MOSTLY = "Most agents stand in one of its steps; what is before and after may be only preparation and delivery."
NOT_SAID = Doubt("medium")
LEADS_TO_ALL = Doubt("medium", (("supervisor", "The first leads to each of the others, as one in charge does."),))
LEADS_TO_PEERS: tuple[Top, str] = ("supervisor", "Who leads to the peers may be in charge of them.")
NOBODY_ON_TOP = Doubt(
    "low", (("supervisor", "They oversee each other: one of them may be meant to be in charge of the others."),)
)
TO_AND_FRO = Doubt(
    "low",
    (
        ("swarm", "Each talks to its neighbours both ways, as peers do."),
        ("supervisor", "Who answers somebody both ways may also be one of its workers."),
    ),
)
EACH_HANDS_OVER: tuple[Top, str] = ("swarm", "They hand the task over, so each may also decide by itself.")
LEFT_BY_CHOICE: tuple[Top, str] = (
    "supervisor",
    "Whom the supervisor chooses without waiting for an answer may be its workers as well.",
)
ENDS_IN_A_CHOICE: tuple[Top, str] = (
    "supervisor",
    "Most agents are what the last step chooses from; who chooses may be in charge.",
)


def doubts(found: Interpretation) -> Doubt:
    """How sure the outermost pattern is."""
    tree = found.tree
    if tree is None or isinstance(tree, Leaf):
        return SURE if tree is None else _alone(found, tree.agent)
    if found.own_fan_out and not isinstance(tree, Pipeline):
        return OWN_FAN_OUT
    if isinstance(tree, Swarm) and _oversee_each_other(found, tree):
        return NOBODY_ON_TOP
    if tree.doubt is not None:
        return tree.doubt
    if isinstance(tree, Pipeline) and tree.loop:
        leaves = [stage for stage in tree.stages if isinstance(stage, Leaf)]
        if len(leaves) == len(tree.stages) == 2:
            return replace(
                TWO_IN_A_LOOP, alternatives=(*TWO_IN_A_LOOP.alternatives, *[ONE_FOR_ANOTHER] * tree.inferred)
            )
        if _to_and_fro(found, tree):
            return TO_AND_FRO
        if found.guessed_start:
            return NO_START
    if isinstance(tree, FanOut) and tree.loop and tree.trigger is not None and tree.collector is None:
        certain = NOT_SAID if tree.inferred else SURE
        return certain if found.drawing.graph.agents[tree.trigger].kind == "trigger" else GIVES_AGAIN
    if isinstance(tree, FanOut) and tree.loop and tree.collector is not None and tree.trigger is None:
        return GATHERS_AGAIN
    if isinstance(tree, FanOut) and tree.trigger is not None and tree.collector is not None:
        ends = (found.drawing.graph.agents[tree.trigger].kind, found.drawing.graph.agents[tree.collector].kind)
        # copies of one agent, as many as an event has items, say by themselves that somebody must gather
        if "trigger" not in ends or ("collector" not in ends and not tree.dynamic):
            return BOTH_ENDS_WORK
    if isinstance(tree, Pipeline) and not tree.loop and not tree.entangled:
        main = _main_part(tree)
        if main is not None:
            leads = tree.inferred and isinstance(main, Swarm) and isinstance(tree.stages[0], Leaf)
            return Doubt("medium", ((main.pattern, MOSTLY), *[LEADS_TO_PEERS] * leads))
        others = _seen_otherwise(found, tree)
        if others:
            return Doubt("medium", others)
        if tree.inferred and _first_leads_to_all(found, tree):
            return LEADS_TO_ALL
        if tree.inferred and _gives_in_the_end(found, tree):
            return GIVES_IN_THE_END
        first = tree.stages[0]
        if isinstance(first, FanOut) and first.loop and first.collector is None and tree.inferred:
            return Doubt(
                "medium", (("supervisor", "The first gives work to several, who answer it and go on from there."),)
            )
    if isinstance(tree, FanOut) and tree.inferred and _starts_copies(found, tree):
        return COPIES_OR_WORKERS
    return NOT_SAID if tree.inferred else SURE


def _oversee_each_other(found: Interpretation, tree: Swarm) -> bool:
    """Whether peers of a swarm are peers only because each of them oversees another."""
    number, ends = found.drawing.number, {end for link in found.settled.peers for end in (link.source, link.target)}
    heads = (member.own[0] for member in tree.members if member.own)
    return any(number[head] in ends for head in heads)


def _to_and_fro(found: Interpretation, tree: Pipeline) -> bool:
    """Whether all ways between the agents of a loop lead back as well, and there are no more than connect them."""
    number = found.drawing.number
    inside = {number[agent] for agent in tree.workforce if agent != tree.trigger}
    ways = {(link.source, link.target) for link in found.drawing.links}
    ways = {way for way in ways if way[0] in inside and way[1] in inside}
    return len(ways) == 2 * (len(inside) - 1) and all(way[::-1] in ways for way in ways)


def _seen_otherwise(found: Interpretation, tree: Pipeline) -> tuple[tuple[Top, str], ...]:
    """What a careful reader may see in steps of which a choice or hand-overs make the order."""
    drawing = found.drawing
    result: list[tuple[Top, str]] = []
    first, last = tree.stages[0], tree.stages[-1]
    if isinstance(first, Supervisor):
        head, own = drawing.number[first.supervisor], first.agents
        if any(
            link.source == head and (link.conditional or not link.stated) and drawing.ids[link.target] not in own
            for link in drawing.links
        ):
            result.append(LEFT_BY_CHOICE)
    if isinstance(last, FanOut) and last.exclusive and last.collector is None:
        chosen = len(last.agents) - (last.trigger is not None)
        if 2 * chosen > sum(len(node.own) for node in tree.walk()):
            result.append(ENDS_IN_A_CHOICE)
    steps = [link for link in drawing.links if drawing.roles[link.source] != "trigger"]
    if steps and all(link.kind == "handoff" for link in steps):
        result.append(EACH_HANDS_OVER)
    return tuple(result)


def _starts_copies(found: Interpretation, tree: FanOut) -> bool:
    """Whether an agent starts copies whose results nobody gathers."""
    if not tree.dynamic or tree.trigger is None or tree.collector is not None:
        return False
    return found.drawing.graph.agents[tree.trigger].kind not in ("trigger", "tool")


def _gives_in_the_end(found: Interpretation, tree: Pipeline) -> bool:
    """Whether a chain of single models ends in one that leads to several of them, whose results nobody gathers."""
    last = tree.stages[-1]
    if not isinstance(last, FanOut) or last.collector is not None or last.trigger is None or last.loop:
        return False
    single = [*tree.stages[:-1], *last.branches]
    if not all(isinstance(each, Leaf) for each in single):
        return False
    roles, number = found.drawing.roles, found.drawing.number
    agents = (*(each.agent for each in single if isinstance(each, Leaf)), last.trigger)
    return all(roles[number[agent]] == "worker" for agent in agents)


def _first_leads_to_all(found: Interpretation, tree: Pipeline) -> bool:
    """Whether a chain of single agents has edges from the first to every other."""
    agents = [stage.agent for stage in tree.stages if isinstance(stage, Leaf)]
    if len(agents) < len(tree.stages):
        return False
    ids, first = found.drawing.ids, found.drawing.number[agents[0]]
    led_to = {ids[link.target] for link in found.drawing.links if link.source == first}
    return led_to.issuperset(agents[1:])


def _alone(found: Interpretation, agent: AgentId) -> Doubt:
    """How sure it is that an agent works alone: what was taken for its tools may be agents."""
    roles, number = found.drawing.roles, found.drawing.number
    tools = sum(roles[number[each]] in ("tool", "router") for each in found.attached.get(agent, ()))
    return (SURE, TOOL_OR_AGENT, TOOLS_OR_WORKERS)[min(tools, 2)]


def _main_part(tree: Pipeline) -> Supervisor | Swarm | None:
    """The only stage with several agents, where those are a group of more than all other stages together."""
    parts = [stage for stage in tree.stages if not isinstance(stage, Leaf)]
    if len(parts) != 1 or not isinstance(parts[0], Supervisor | Swarm):
        return None
    others = len(tree.stages) - 1
    more = islice((agent for node in parts[0].walk() for agent in node.own), others, None)
    return parts[0] if next(more, None) is not None else None


def inferences(found: Interpretation, tree: Tree, sure: Confidence) -> tuple[Inference, ...]:
    """What each edge that its file says nothing about was taken for. `sure`: how sure the whole verdict is.

    None is surer than the parts that the edge lies in; and what a shape alone tells is likely at best.
    """
    graph = found.drawing.graph
    unsaid = [link for link in (*found.drawing.links, *found.drawing.loops) if not link.stated]
    marked = [edge.id for edge in graph.edges.values() if edge.inferred is not None and edge.on is None]
    if not unsaid and not marked:
        return ()
    boss: dict[AgentId, AgentId] = {}
    swarm: dict[AgentId, int] = {}
    doubtful: dict[AgentId, int] = {}
    _places(tree, boss, swarm, doubtful)
    loops = found.loops
    unsaid_ids = {link.id for link in unsaid}
    result = []
    for id_ in marked:
        edge = graph.edges[id_]
        name = {end: graph.agents[end].name or end for end in (edge.source, edge.target)}
        inside = doubtful.get(edge.source)
        guess = sure == "low" or (inside is not None and inside == doubtful.get(edge.target))
        shape: Confidence = "low" if guess else "medium"
        if edge.kind == "share":
            result.append(Inference(id_, "share", False, BOTH_WAYS, "high"))
        elif edge.inferred == CLOSES and edge.kind == "flow":
            # its file says that it carries a result; where it is no loop of the tree, nothing was inferred
            if id_ in loops:
                reason = f"It leads back to {name[edge.target]}."
                result.append(Inference(id_, "flow", True, reason, "low" if guess else sure))
        elif boss.get(edge.target) == edge.source:
            reason = f"{name[edge.source]} stands over {name[edge.target]}."
            result.append(Inference(id_, "supervise", False, reason, shape))
        elif boss.get(edge.source) == edge.target:
            reason = f"{name[edge.source]} reports to its supervisor."
            result.append(Inference(id_, "flow", False, reason, shape))
        elif edge.source in swarm and swarm[edge.source] == swarm.get(edge.target):
            result.append(Inference(id_, "handoff", False, "Both are peers of one swarm.", "low"))
        elif id_ in loops:
            result.append(Inference(id_, "flow", True, f"It leads back to {name[edge.target]}.", shape))
        elif edge.kind == "flow" and id_ in unsaid_ids:
            reason = f"{name[edge.target]} comes after {name[edge.source]}."
            result.append(Inference(id_, "flow", False, reason, shape))
    return tuple(result)


def _places(tree: Tree, boss: dict[AgentId, AgentId], swarm: dict[AgentId, int], doubtful: dict[AgentId, int]) -> None:
    """Each worker's supervisor, the swarm that each peer is in, and the outermost part around each that is a guess."""
    stack: list[tuple[Tree, AgentId | None, int]] = [(tree, None, 0)]
    while stack:
        node, over, guess = stack.pop()
        if not guess and not isinstance(node, Leaf) and node.doubt is not None and node.doubt.confidence == "low":
            guess = id(node)
        if guess:
            doubtful.update((agent, guess) for agent in node.own)
        if over is not None:
            boss.update((agent, over) for agent in node.own)
        if isinstance(node, Swarm):
            heads = (child.supervisor if isinstance(child, Supervisor) else child.own[:1] for child in node.members)
            for head in heads:
                swarm.update((agent, id(node)) for agent in ((head,) if isinstance(head, str) else head))
        inner = node.supervisor if isinstance(node, Supervisor) else over
        stack.extend((child, inner, guess) for child in node.children)


def remarks(found: Interpretation) -> tuple[Remark, ...]:
    """What is odd about the shape, though it has a meaning."""
    graph = found.drawing.graph
    ids = found.drawing.ids
    result = []
    for worker, bosses, links in found.settled.contested:
        agents = (ids[worker], *(ids[boss] for boss in bosses))
        owner = found.settled.boss.get(worker)
        who = "none of them" if owner is None else _name(graph, ids[owner])
        text = f"{_name(graph, ids[worker])} has {len(bosses)} supervisors; it was taken to belong to {who}."
        result.append(Remark("two-supervisors", text, agents, tuple(link.id for link in links)))
    if found.settled.peers:
        links_ = found.settled.peers
        agents = tuple(dict.fromkeys(ids[end] for link in links_ for end in (link.source, link.target)))
        text = f"{_names(graph, agents)} oversee each other, so none of them is in charge; they were taken for peers."
        result.append(Remark("mutual-supervision", text, agents, tuple(link.id for link in links_)))
    for boss, agents_ in found.drawn_in:
        watched = [agent for agent in agents_ if graph.agents[agent].kind not in ("trigger", "collector")]
        if watched:
            verb = "stands" if len(watched) == 1 else "stand"
            text = f"{_names(graph, watched)} {verb} among the agents that {_name(graph, boss)} oversees, unwatched."
            result.append(Remark("unwatched", text, tuple(watched)))
    for edges in found.entangled:
        ends = dict.fromkeys(
            end for edge in edges if edge in graph.edges for end in (graph.edges[edge].source, graph.edges[edge].target)
        )
        text = "Edges cross the levels of this part, so its steps are neither independent nor strictly in order."
        result.append(Remark("entangled", text, tuple(ends), edges))
    return tuple(result)


def _name(graph: Graph, agent: AgentId) -> str:
    return graph.agents[agent].name.strip() or agent


def _names(graph: Graph, agents: Iterable[AgentId]) -> str:
    said = [_name(graph, agent) for agent in agents]
    if len(said) > 3:
        return f"{', '.join(said[:3])} and {len(said) - 3} more"
    return " and ".join(part for part in (", ".join(said[:-1]), said[-1]) if part)
