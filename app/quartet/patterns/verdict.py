"""The verdict on a drawing: its pattern tree, how sure that is, and what else it may be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from quartet.collector import seldom
from quartet.graph.model import JSON, AgentId, Graph
from quartet.patterns.agreement import read
from quartet.patterns.evidence import explained
from quartet.patterns.meaning import Alternative, Inference, Remark, doubts, inferences, remarks
from quartet.patterns.tree import TITLES, Confidence, Leaf, Question, Top, Tree, dumps

__all__ = ["Alternative", "Inference", "Remark", "Verdict", "classify"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a drawing means. Everything refers to agents and edges by their ids."""

    tree: Tree | None
    """None if nothing is drawn."""
    top: Top
    confidence: Confidence
    alternatives: tuple[Alternative, ...] = ()
    attached: Mapping[AgentId, tuple[AgentId, ...]] = field(default_factory=dict)
    """Tools that only relay, boards and events, by the agent they belong to: no part of the tree."""
    inferred: tuple[Inference, ...] = ()
    notes: tuple[Remark, ...] = ()
    fallback: Mapping[AgentId, tuple[AgentId, ...]] = field(default_factory=dict)
    """The agents that step in when one fails, in the order they are tried: no stages, but marks on the tree."""
    disabled: Mapping[AgentId, str] = field(default_factory=dict)
    """The agents that a person took out of runs, “muted” or “bypassed”: they keep their places in the tree."""

    @property
    def decision(self) -> tuple[Question, ...]:
        """The decision framework's questions as asked of the whole drawing."""
        return () if self.tree is None or isinstance(self.tree, Leaf) else self.tree.questions

    @property
    def chosen(self) -> int:
        """The index in `decision` of the question that settled the pattern; -1 for one agent or none."""
        return -1 if self.tree is None or isinstance(self.tree, Leaf) else self.tree.chosen

    @property
    def headline(self) -> str:
        """The patterns from the outermost inwards along the biggest parts: “Supervisor › Pipeline › Fan-out”."""
        names: list[str] = []
        tree = self.tree
        while tree is not None and not isinstance(tree, Leaf) and len(names) < 4:
            names.append(tree.title)
            tree = max(
                (child for child in tree.children if not isinstance(child, Leaf)),
                key=lambda child: len(child.agents),
                default=None,
            )
        return " › ".join(names) or TITLES[self.top]

    def as_json(self) -> dict[str, JSON]:
        """Everything a program may want to know. A tree nested deeper than `json.dumps` takes: see `line`."""
        return {**self._flat(), "tree": self.tree.as_json() if self.tree is not None else None}

    def line(self, **first: JSON) -> str:
        """`first` and then `as_json` as one line of JSON, for trees of any depth."""
        flat = json.dumps({**first, **self._flat()}, ensure_ascii=False)
        return f'{flat[:-1]}, "tree": {dumps(self.tree)}}}'

    def _flat(self) -> dict[str, JSON]:
        return {
            "top": self.top,
            "confidence": self.confidence,
            "headline": self.headline,
            "alternatives": [alternative.top for alternative in self.alternatives],
            "because": {alternative.top: alternative.reason for alternative in self.alternatives},
            "attached": {agent: list(ids) for agent, ids in self.attached.items()},
            "fallback": {agent: list(ids) for agent, ids in self.fallback.items()},
            **({"disabled": dict(self.disabled)} if self.disabled else {}),
            "decision": [
                {
                    "question": q.text,
                    "answer": q.answer,
                    "note": q.note,
                    "edges": list(q.edges),
                    "chosen": index == self.chosen,
                }
                for index, q in enumerate(self.decision)
            ],
            "inferred": [
                {
                    "edge": i.edge,
                    "kind": i.kind,
                    **({"loop": True} if i.loop else {}),
                    "reason": i.reason,
                    "confidence": i.confidence,
                }
                for i in self.inferred
            ],
            "notes": [
                {"code": n.code, "text": n.text, "agents": list(n.agents), "edges": list(n.edges)} for n in self.notes
            ],
        }


@seldom()
def classify(graph: Graph) -> Verdict:
    """Which of the four patterns, nested how, a drawing is. Never raises for a graph that could be opened."""
    found = read(graph)
    if found.tree is None:
        return Verdict(None, "empty", "high", attached=_tuples(found.attached))
    tree = explained(found.tree, found.drawing.graph)
    doubt = doubts(found)
    inferred = inferences(found, tree, doubt.confidence)
    return Verdict(
        tree,
        tree.pattern,
        doubt.confidence,
        tuple(Alternative(top, reason) for top, reason in doubt.alternatives),
        _tuples(found.attached),
        tuple(each for each in inferred if graph.edges[each.edge].inferred is not None),
        remarks(found),
        found.fallback,
        {agent.id: agent.disabled for agent in graph.agents.values() if agent.disabled is not None},
    )


def _tuples(lists: Mapping[AgentId, list[AgentId]]) -> dict[AgentId, tuple[AgentId, ...]]:
    return {agent: tuple(ids) for agent, ids in lists.items() if ids}
