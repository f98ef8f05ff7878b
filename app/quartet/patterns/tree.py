"""The pattern tree: what a drawing means, from its outermost pattern inwards.

A tree is a `Leaf` (one agent) or one of four inner nodes. Trees are frozen and compare by meaning: the order of
branches, workers and members does not count, the order of stages does. Nothing here recurses, so a tree may be as
deep as a drawing has agents.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, ClassVar, Literal, TypeAlias

from quartet.graph.model import JSON, AgentId, EdgeId

Pattern = Literal["pipeline", "fan_out", "supervisor", "swarm"]
Top = Literal["pipeline", "fan_out", "supervisor", "swarm", "agent", "empty"]
Confidence = Literal["high", "medium", "low"]
"""`high`: it follows from what is drawn; `medium`: likely; `low`: a guess."""
TITLES: Mapping[str, str] = {
    "pipeline": "Pipeline",
    "fan_out": "Fan-out",
    "supervisor": "Supervisor",
    "swarm": "Swarm",
    "agent": "One agent",
    "empty": "Nothing drawn",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the decision framework as asked of one part of the drawing."""

    text: str
    """The question."""
    answer: str
    """Two or three words: “Yes: Supervisor”, “Not all of them”."""
    note: str
    """What the answer rests on, in a few words."""
    edges: tuple[EdgeId, ...] = ()
    """The edges that prove it, in the order of the drawing."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """How sure a part's pattern is, and what else it may be."""

    confidence: Confidence
    alternatives: tuple[tuple[Top, str], ...] = ()
    """Other patterns a careful reader may see, each with the reason."""


class Why:
    """How a part came to be: its questions, made when somebody asks for them."""

    def __init__(self, ask: Callable[[], tuple[tuple[Question, ...], int]]) -> None:
        self._ask = ask

    @cached_property
    def answers(self) -> tuple[tuple[Question, ...], int]:
        """The questions in order, and the index of the one that settled it."""
        return self._ask()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node:
    """What all trees have in common."""

    pattern: ClassVar[Top]

    @property
    def children(self) -> tuple[Tree, ...]:
        """The trees directly under this one: stages in order, else branches, workers or members."""
        return ()

    @property
    def own(self) -> tuple[AgentId, ...]:
        """The agents this node holds itself, beside its children: supervisor, trigger, collector, board, fallbacks."""
        return ()

    def walk(self) -> Iterator[Tree]:
        """This tree and every tree under it, a parent before its children, children in order."""
        stack: list[Tree] = [self]  # type: ignore[list-item]
        while stack:
            tree = stack.pop()
            yield tree
            stack.extend(reversed(tree.children))

    @property
    def agents(self) -> frozenset[AgentId]:
        """Every agent under this tree, with triggers, collectors, supervisors, boards and fallbacks."""
        return frozenset(agent for tree in self.walk() for agent in tree.own)

    @property
    def workforce(self) -> tuple[AgentId, ...]:
        """The agents that do the work: all under this tree but boards and fallbacks, each once."""
        found = []
        for tree in self.walk():
            beside = set(tree.standins)
            if isinstance(tree, Swarm) and tree.board:
                beside.add(tree.board)
            found += [agent for agent in tree.own if agent not in beside]
        return tuple(found)

    @property
    def standins(self) -> tuple[AgentId, ...]:
        """The agents that only step in when one of this part's fails."""
        return ()

    @property
    def title(self) -> str:
        """The pattern's name as people read it."""
        return TITLES[self.pattern]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Node):
            return NotImplemented
        known: dict[object, int] = {}
        return _form(self, known) == _form(other, known)

    def __hash__(self) -> int:
        return hash((self.pattern, self.agents))

    def __repr__(self) -> str:
        return dumps(self)

    def __reduce__(self) -> tuple[Any, ...]:
        # as a flat list: pickling a deep nest of objects would recurse
        flat: list[tuple[type[Tree], dict[str, Any], list[int]]] = []
        index: dict[int, int] = {}
        for tree in _postorder(self):
            values = {f.name: getattr(tree, f.name) for f in fields(tree) if f.name not in ("why", *_CHILDREN)}
            index[id(tree)] = len(flat)
            flat.append((type(tree), values, [index[id(child)] for child in tree.children]))
        return _rebuild, (flat,)

    def as_json(self) -> JSON:
        """The nested form: an agent's id, or an object with the pattern and its marks as keys."""
        made: dict[int, JSON] = {}
        for tree in _postorder(self):
            made[id(tree)] = tree._json([made[id(child)] for child in tree.children])
        return made[id(self)]

    def _json(self, children: list[JSON]) -> JSON:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Leaf(Node):
    """One agent."""

    pattern: ClassVar[Top] = "agent"
    agent: AgentId
    loop: bool = False
    """Leads back to itself."""

    @property
    def own(self) -> tuple[AgentId, ...]:
        return (self.agent,)

    def _json(self, children: list[JSON]) -> JSON:
        return self.agent


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Part(Node):
    """What the four patterns have in common: marks, the event that starts them, and why they are what they are."""

    trigger: AgentId | None = None
    """The event (or, of a fan-out, the agent) that starts this part."""
    collector: AgentId | None = None
    """The agent in which the results meet."""
    loop: bool = False
    """Its last stages lead back to its first ones."""
    inferred: bool = False
    """Rests on edge kinds that the file did not state."""
    fallback: tuple[tuple[AgentId, tuple[AgentId, ...]], ...] = ()
    """Agents of this part, each with those that step in when it fails, in the order they are tried."""
    doubt: Doubt | None = None
    """None: nothing speaks against it."""
    why: Why | None = None

    @property
    def standins(self) -> tuple[AgentId, ...]:
        return tuple(dict.fromkeys(agent for _, agents in self.fallback for agent in agents))

    @property
    def own(self) -> tuple[AgentId, ...]:
        ends = (self.trigger, self.collector)
        return (*(agent for agent in ends if agent is not None), *self.standins)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The decision framework's questions as asked of this part, with answers and the edges that prove them."""
        return self.why.answers[0] if self.why else ()

    @property
    def chosen(self) -> int:
        """The index in `questions` of the one that settled the pattern; -1 if nobody asked."""
        return self.why.answers[1] if self.why else -1

    def _marks(self) -> dict[str, JSON]:
        marks: dict[str, JSON] = {}
        for name in ("trigger", "collector", "board"):
            if getattr(self, name, None) is not None:
                marks[name] = getattr(self, name)
        for name in ("loop", "exclusive", "dynamic", "entangled", "inferred"):
            if getattr(self, name, False):
                marks[name] = True
        if self.fallback:
            marks["fallback"] = {agent: list(agents) for agent, agents in self.fallback}
        repeats = [child.agent for child in self.children if isinstance(child, Leaf) and child.loop]
        if repeats:
            marks["repeats"] = repeats
        return marks


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Pipeline(Part):
    """Stages one after the other: each needs what the one before it made."""

    pattern: ClassVar[Top] = "pipeline"
    stages: tuple[Tree, ...]
    entangled: bool = False
    """Its stages are only levels: edges cross them, so that they are neither independent nor strictly in order."""

    @property
    def children(self) -> tuple[Tree, ...]:
        return self.stages

    def _json(self, children: list[JSON]) -> JSON:
        return {"pipeline": children, **self._marks()}


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class FanOut(Part):
    """Branches that one event starts and that do not need each other."""

    pattern: ClassVar[Top] = "fan_out"
    branches: tuple[Tree, ...]
    exclusive: bool = False
    """Exactly one branch runs: a router."""
    dynamic: bool = False
    """Its one branch stands for as many copies as the data needs."""

    @property
    def children(self) -> tuple[Tree, ...]:
        return self.branches

    def _json(self, children: list[JSON]) -> JSON:
        return {"fan_out": children, **self._marks()}


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Supervisor(Part):
    """An agent that oversees others."""

    pattern: ClassVar[Top] = "supervisor"
    supervisor: AgentId
    workers: tuple[Tree, ...]
    exclusive: bool = False
    """Gives each task to exactly one of them."""

    @property
    def children(self) -> tuple[Tree, ...]:
        return self.workers

    @property
    def own(self) -> tuple[AgentId, ...]:
        ends = (self.supervisor, self.trigger, self.collector)
        return (*(agent for agent in ends if agent is not None), *self.standins)

    def _json(self, children: list[JSON]) -> JSON:
        return {"supervisor": self.supervisor, "workers": children, **self._marks()}


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Swarm(Part):
    """Peers that pass the task among themselves, or share a board."""

    pattern: ClassVar[Top] = "swarm"
    members: tuple[Tree, ...]
    board: AgentId | None = None
    """The shared state that the members read and write."""

    @property
    def children(self) -> tuple[Tree, ...]:
        return self.members

    @property
    def own(self) -> tuple[AgentId, ...]:
        ends = (self.trigger, self.collector, self.board)
        return (*(agent for agent in ends if agent is not None), *self.standins)

    def _json(self, children: list[JSON]) -> JSON:
        return {"swarm": children, **self._marks()}


Tree: TypeAlias = Leaf | Pipeline | FanOut | Supervisor | Swarm
Inner: TypeAlias = Pipeline | FanOut | Supervisor | Swarm
_CHILDREN = ("stages", "branches", "workers", "members")


def with_children(tree: Inner, children: tuple[Tree, ...]) -> Inner:
    """The same node over other children."""
    match tree:
        case Pipeline():
            return replace(tree, stages=children)
        case FanOut():
            return replace(tree, branches=children)
        case Supervisor():
            return replace(tree, workers=children)
        case Swarm():
            return replace(tree, members=children)


def dumps(tree: Node | None) -> str:
    """The nested form as JSON text on one line. Unlike `json.dumps` it takes trees of any depth."""
    if tree is None:
        return "null"
    out: list[str] = []
    todo: list[Any] = [tree]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            out.append(item)
        elif isinstance(item, Leaf):
            out.append(json.dumps(item.agent, ensure_ascii=False))
        else:
            shallow = json.dumps(item._json([]), ensure_ascii=False)
            key = {"supervisor": "workers"}.get(item.pattern, item.pattern)
            before, after = shallow.split(f'"{key}": []', 1)
            todo.append("]" + after)
            for index, child in reversed(list(enumerate(item.children))):
                todo.append(child)
                if index:
                    todo.append(", ")
            todo.append(f'{before}"{key}": [')
    return "".join(out)


def _postorder(tree: Node) -> list[Tree]:
    return list(tree.walk())[::-1]


def _form(tree: Node, known: dict[object, int]) -> int:
    """A number that two trees share exactly if they mean the same; `known` numbers the forms met so far."""
    made: dict[int, int] = {}
    for node in _postorder(tree):
        below = [made[id(child)] for child in node.children]
        marks = tuple(
            frozenset(value) if name == "fallback" else value
            for name, value in ((f.name, getattr(node, f.name)) for f in fields(node))
            if name not in ("why", "doubt", *_CHILDREN)
        )
        form = (type(node), marks, tuple(below) if isinstance(node, Pipeline) else tuple(sorted(below)))
        made[id(node)] = known.setdefault(form, len(known))
    return made[id(tree)]


def _rebuild(flat: list[tuple[type[Any], dict[str, Any], list[int]]]) -> Tree:
    made: list[Tree] = []
    for kind, values, below in flat:
        children = tuple(made[index] for index in below)
        if kind is not Leaf:
            name = next(f.name for f in fields(kind) if f.name in _CHILDREN)
            values = {**values, name: children}
        made.append(kind(**values))
    return made[-1]
