"""Why a part of a drawing is what it is: the decision framework's questions, with the edges that prove the answers.

Most drawings are never asked about most of their parts, so everything here is found when somebody asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property, partial

from quartet.graph.model import AgentId, Edge, EdgeId, Graph
from quartet.patterns.nesting import Nesting
from quartet.patterns.tree import (
    FanOut,
    Inner,
    Leaf,
    Pipeline,
    Question,
    Supervisor,
    Swarm,
    Tree,
    Why,
)

MOST = 64
"""So many edges prove an answer; more prove no more."""
DEPEND = "Do the tasks depend strictly on each other?"
EVENT = "Are they triggered by the same event?"
MANAGER = "Do the agents need a central manager?"
OTHERWISE = "Otherwise: do equal peers pass the task among themselves?"


class Evidence:
    """A tree over a graph, and which edges meet at which of its parts."""

    def __init__(self, graph: Graph, tree: Tree) -> None:
        self.graph = graph
        self.tree = tree

    @cached_property
    def edges(self) -> dict[int, list[Edge]]:
        """The edges between the children, and to the own agents, of each part, by `id` of the part."""
        nodes: list[Tree] = []
        parents: list[int] = []
        place: dict[AgentId, int] = {}
        stack: list[tuple[Tree, int]] = [(self.tree, -1)]
        while stack:
            node, parent = stack.pop()
            number = len(nodes)
            nodes.append(node)
            parents.append(parent)
            for agent in node.own:
                place.setdefault(agent, number)
            stack.extend((child, number) for child in reversed(node.children))
        nesting = Nesting(parents)
        found: dict[int, list[Edge]] = {}
        for edge in self.graph.edges.values():
            if edge.source in place and edge.target in place:
                meeting = nesting.meet(place[edge.source], place[edge.target])[0]
                node = nodes[meeting]
                if isinstance(node, Leaf) and parents[meeting] >= 0:
                    node = nodes[parents[meeting]]
                found.setdefault(id(node), []).append(edge)
        return found

    def name(self, agent: AgentId) -> str:
        """What a person calls an agent."""
        return self.graph.agents[agent].name.strip() or agent

    def names(self, agents: Sequence[AgentId]) -> str:
        """“A”, “A and B”, “A, B and C”, “A, B, C and 4 more”."""
        said = [self.name(agent) for agent in agents[:3]]
        if len(agents) > 3:
            return f"{', '.join(said)} and {len(agents) - 3} more"
        return " and ".join(part for part in (", ".join(said[:-1]), said[-1]) if part)

    def label(self, tree: Tree) -> str:
        """A few words for a child of a part."""
        if isinstance(tree, Leaf):
            return self.name(tree.agent)
        if isinstance(tree, Supervisor):
            return f"{self.name(tree.supervisor)}’s group"
        return f"the {tree.title.lower()} of {self.names(tree.workforce)}"

    # answers -----------------------------------------------------------------------------------------------------

    def answers(self, part: Inner) -> tuple[tuple[Question, ...], int]:
        """The questions in the order of the framework up to the one that settles it, and that one's index."""
        edges = self.edges.get(id(part), [])
        flow = [edge for edge in edges if edge.kind == "flow" and edge.on is None and not edge.loop]
        match part:
            case Pipeline():
                asked = [
                    Question(
                        DEPEND,
                        "Yes: Pipeline",
                        self._order(part, edges),
                        _ids([edge for edge in edges if edge.kind != "share" and edge.on is None]),
                    )
                ]
            case FanOut():
                asked = [self._independent(part, edges), self._event(part, flow)]
            case Supervisor():
                asked = [self._work(part), self._same_event(part), self._manager(part, edges)]
            case Swarm():
                asked = [self._work(part), self._same_event(part), self._no_manager(part), self._peers(part, edges)]
        return tuple(asked), len(asked) - 1

    def _order(self, part: Pipeline, edges: list[Edge]) -> str:
        first, last = self.label(part.stages[0]), self.label(part.stages[-1])
        ordered = [edge for edge in edges if edge.on is None and not edge.loop]
        handed = sum(edge.kind == "handoff" for edge in ordered)
        if part.entangled:
            text = (
                f"{len(part.stages)} levels, from {first} to {last}; edges cross them, so nothing in it is independent."
            )
        elif handed:
            each = "takes the task over from" if handed == len(ordered) else "goes on with what it gets from"
            text = f"{len(part.stages)} stages, from {first} to {last}; each {each} the one before it."
        else:
            text = f"{len(part.stages)} stages, from {first} to {last}; each needs what the one before it made."
        if part.loop:
            text += self._back(part, edges)
        return text

    def _back(self, part: Pipeline, edges: list[Edge]) -> str:
        """Which stages lead back, and to which: not always the last to the first."""
        at = self._child_of(part)
        back = [(at[edge.source], at[edge.target]) for edge in edges if edge.on is None and edge.kind != "share"]
        ways = sorted({(one, other) for one, other in back if one >= other >= 0}, key=lambda way: (way[1], -way[0]))
        if not ways:
            return " It is gone through again until it is done."
        told = [f"{self.label(part.stages[one])} leads back to {self.label(part.stages[other])}" for one, other in ways]
        more = f" and {len(told) - 2} more lead back" if len(told) > 3 else ""
        shown = told[:2] if more else told
        joined = ", ".join(shown) if more else " and ".join(each for each in (", ".join(shown[:-1]), shown[-1]) if each)
        return f" {_upper(joined)}{more} until it is done."

    def _child_of(self, part: Inner) -> defaultdict[AgentId, int]:
        """By agent the number of the child that holds it; of everybody else a negative one."""
        found: defaultdict[AgentId, int] = defaultdict(lambda: -1)
        found.update((agent, number) for number, child in enumerate(part.children) for agent in child.agents)
        return found

    def _independent(self, part: FanOut, edges: list[Edge]) -> Question:
        if part.dynamic:
            note = (
                f"{_upper(self.label(part.branches[0]))} runs as many times as there are items; no copy needs another."
            )
            return Question(DEPEND, "No", note)
        some = self.names([branch.workforce[0] for branch in part.branches])
        at = self._child_of(part)
        across = [edge for edge in edges if edge.kind != "share" and -1 not in (at[edge.source], at[edge.target])]
        if not across:
            note = f"No edge leads from one of the {len(part.branches)} branches to another: {some}."
            return Question(DEPEND, "No", note)
        ways = [f"{self.name(edge.source)} → {self.name(edge.target)}" for edge in across[:3]]
        more = f" and {len(across) - 3} more" if len(across) > 3 else ""
        note = (
            f"None of the {len(part.branches)} branches needs what another made: {some}. What leads across "
            f"only stands in or leads back: {', '.join(ways)}{more}."
        )
        return Question(DEPEND, "No", note, _ids(across))

    def _event(self, part: FanOut, flow: list[Edge]) -> Question:
        count = "as many copies as there are items" if part.dynamic else f"{len(part.branches)} branches"
        if part.exclusive and not part.dynamic:
            count = f"exactly one of {len(part.branches)} branches"
        into: list[Edge] = []
        if part.trigger is not None:
            note = f"{self.name(part.trigger)} starts {count}."
        elif into := self._into(part):
            before = list(dict.fromkeys(edge.source for edge in into))
            verb = "starts" if len(before) == 1 else "start"
            note = f"{self.names(before)} {verb} {count}."
        else:
            note = f"The run itself starts {count}."
        if part.collector is not None:
            note += f" {self.name(part.collector)} collects the results."
        return Question(EVENT, "Yes: Fan-out", note, _ids(into + flow))

    def _into(self, part: Inner) -> list[Edge]:
        """The edges over which work comes to a part from outside, or from the event that starts it."""
        inside = part.agents - {part.trigger}
        return [
            edge
            for agent in part.workforce
            for edge in self._arriving.get(agent, ())
            if edge.source not in inside and self.graph.agents[edge.source].kind != "board"
        ]

    @cached_property
    def _arriving(self) -> dict[AgentId, list[Edge]]:
        found: dict[AgentId, list[Edge]] = {}
        for edge in self.graph.edges.values():
            if edge.kind in ("flow", "handoff") and edge.on is None and not edge.loop:
                found.setdefault(edge.target, []).append(edge)
        return found

    def _work(self, part: Supervisor | Swarm) -> Question:
        chained = [child for child in part.children if isinstance(child, Pipeline)]
        if len(part.children) == 1 and chained:
            stages = len(chained[0].stages)
            return Question(DEPEND, "Only inside", f"{stages} stages follow each other, but somebody stands over them.")
        if chained:
            note = f"Pipelines among the parts: {len(chained)} of {len(part.children)}; no part waits for another."
            return Question(DEPEND, "Only in part", note)
        if isinstance(part, Swarm):
            return Question(DEPEND, "No", f"None of the {len(part.members)} peers comes before all the others.")
        only = part.workers[0]
        if len(part.workers) > 1:
            what = "workers" if all(isinstance(each, Leaf) for each in part.workers) else "parts"
            note = f"None of the {len(part.workers)} {what} under {self.name(part.supervisor)} waits for another."
        else:
            note = f"There is only one {'worker' if isinstance(only, Leaf) else 'part'}, {self.label(only)}."
        return Question(DEPEND, "No", note)

    def _same_event(self, part: Supervisor | Swarm) -> Question:
        fans = [child for child in part.children if isinstance(child, FanOut)]
        if fans:
            inner = [fan.trigger for fan in fans if fan.trigger is not None]
            verb = "starts" if len(inner) == 1 else "start"
            note = f"{self.names(inner)} {verb} several at once." if inner else "Some of them start at once."
            return Question(EVENT, "Only in part", note)
        starter = self.name(part.trigger) if part.trigger is not None else "The input"
        if isinstance(part, Supervisor):
            first = self._first_by_flow(part)
            if len(first) == 1:
                note = f"{starter} goes to {self.names(first)}; {self.name(part.supervisor)} only watches."
                return Question(EVENT, "No", note)
            if first:
                note = f"{starter} goes to {self.names(first)} at once; {self.name(part.supervisor)} watches them."
                return Question(EVENT, "Only in part", note)
            past = [edge for edge in self._into(part) if edge.target != part.supervisor]
            note = f"{starter} goes to {self.name(part.supervisor)}, who gives out the work."
            if not past:
                return Question(EVENT, "No", note)
            note += f" Some comes straight to {self.names(list(dict.fromkeys(edge.target for edge in past)))}."
            return Question(EVENT, "Only in part", note, _ids(past))
        into = self._into(part)
        reached = list(dict.fromkeys(edge.target for edge in into))
        if len(reached) > 1:
            note = f"{starter} reaches {self.names(reached)}, who keep the task or pass it on."
            return Question(EVENT, "Only in part", note, _ids(into))
        who = self.names(reached) if reached else "one of them"
        return Question(EVENT, "No", f"{starter} reaches {who}, who keeps the task or passes it on.", _ids(into))

    def _first_by_flow(self, part: Supervisor) -> list[AgentId]:
        """Whom the input of a supervised group reaches first, where the work follows the flow and the supervisor gives
        none out; empty where it does."""
        boss = self.graph.agents[part.supervisor]
        stated = boss.oversight.dispatch if boss.oversight is not None else None
        if stated not in (None, "graph") or (stated is None and boss.kind != "supervisor"):
            return []
        fed = {agent for agent in part.workforce if self._feeders.get(agent, set()) - {boss.id}}
        if fed.isdisjoint(self._workers.get(boss.id, ())):
            return []
        return [agent for agent in part.workforce if agent not in fed and agent != boss.id and agent != part.trigger]

    @cached_property
    def _workers(self) -> dict[AgentId, list[AgentId]]:
        """By supervisor those that it watches, as it is drawn."""
        found: dict[AgentId, list[AgentId]] = {}
        for edge in self.graph.edges.values():
            if edge.kind == "supervise" and edge.source != edge.target:
                found.setdefault(edge.source, []).append(edge.target)
        return found

    @cached_property
    def _feeders(self) -> dict[AgentId, set[AgentId]]:
        """By agent those whose results come to it, and who may have it stand in."""
        found: dict[AgentId, set[AgentId]] = {}
        for edge in self.graph.edges.values():
            if edge.kind == "flow" and not edge.loop and edge.source != edge.target:
                found.setdefault(edge.target, set()).add(edge.source)
        return found

    def _manager(self, part: Supervisor, edges: list[Edge]) -> Question:
        boss = self.name(part.supervisor)
        own = [edge for edge in edges if part.supervisor in (edge.source, edge.target)]
        stated = [edge for edge in own if edge.kind == "supervise"]
        workers = _count(len(dict.fromkeys(edge.target for edge in stated)), "agent")
        if part.exclusive:
            note = f"{boss} gives each task to exactly one of {len(part.workers)}."
        elif stated:
            note = f"{boss} oversees {workers}."
        elif any(edge.target == part.supervisor for edge in own):
            note = f"Everything between the others goes through {boss}: out to them and back."
        else:
            what = "agent" if all(isinstance(each, Leaf) for each in part.workers) else "part"
            note = f"{boss} gives work to {_count(len(part.workers), what)}, and their ways never join."
        return Question(MANAGER, "Yes: Supervisor", note, _ids(stated or own))

    def _no_manager(self, part: Swarm) -> Question:
        return Question(MANAGER, "No", f"None of the {len(part.members)} stands between all the others.")

    def _peers(self, part: Swarm, edges: list[Edge]) -> Question:
        handed = [edge for edge in edges if edge.kind == "handoff"]
        shared = [edge for edge in edges if edge.kind == "share"]
        if handed:
            givers, takers = {edge.source for edge in handed}, {edge.target for edge in handed}
            who = [each for each in part.members if each.agents & givers and each.agents & takers]
            peers = _count(len(part.members), "peer")
            if len(who) < 2:
                note = f"{peers} lead to each other and back, some by handing the task on."
            else:
                some = f"{len(who)} of the " if len(who) < len(part.members) else ""
                note = f"{some}{peers} hand the task to each other and back."
        elif part.board is not None:
            note = f"{_count(len(part.members), 'peer')} read and write {self.name(part.board)}."
        else:
            note = f"{_count(len(part.members), 'peer')} lead to each other and back."
        if handed and part.board is not None:
            note += f" They share {self.name(part.board)}."
        return Question(OTHERWISE, "Yes: Swarm", note, _ids(handed + shared or edges))


def explained(tree: Tree, graph: Graph) -> Tree:
    """The tree, which nobody else may hold yet, with each part able to say why it is what it is."""
    evidence = Evidence(graph, tree)
    for part in tree.walk():
        if not isinstance(part, Leaf):
            object.__setattr__(part, "why", Why(partial(evidence.answers, part)))
    return tree


def _ids(edges: Sequence[Edge]) -> tuple[EdgeId, ...]:
    return tuple(edge.id for edge in edges[:MOST])


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _upper(text: str) -> str:
    """A label at the start of a sentence; nobody's name is changed."""
    return f"T{text[1:]}" if text.startswith("the ") else text
