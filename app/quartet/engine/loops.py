"""Loops: a value on a loop edge starts the next pass of its target; what leads out waits until the loop ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.engine.joins import Join, Token
from quartet.engine.nodes import Link, Loop
from quartet.engine.policies import MAX_ITERATIONS

if TYPE_CHECKING:
    from quartet.engine.flow import Flow

JSON = Any


class Loops:
    """The passes of every loop of a run."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.s = flow.s

    def open(self, loop: Loop) -> None:
        """The loop is entered from outside."""
        loop.done, loop.passes = False, 1
        self.s.envelope.repetition.entered(loop)
        loop.settled.clear()
        loop.held.clear()
        for link in loop.edges:
            link.passes = 0

    def limit_of(self, link: Link) -> int:
        """How many passes a loop edge may start for one visit of its loop."""
        return link.edge.max_iterations or MAX_ITERATIONS

    def may_pass(self, link: Link) -> bool:
        """Whether a loop edge may start one more pass."""
        return link.passes < self.limit_of(link)

    def turn(self, token: Token) -> None:
        """A token on a loop edge: a value starts the next pass at once, anything else says that this way is over."""
        link = token.link
        loop = link.loop
        assert loop is not None
        self.flow.tell_token(token)
        if self.s.stopping:
            return
        if token.kind == "value" and loop.entry.off != "muted":
            link.passes += 1
            loop.passes += 1
            self.s.tell("loop.pass", None, None, None, {"edge": link.id, "n": loop.passes})
            self.s.envelope.repetition.passed(loop, link, token.value)
            self.s.todo.append(lambda: self._pass(loop, token))
        else:
            loop.settled.add(link)
            if len(loop.settled) == len(loop.edges):
                self._end(loop, link)

    def _pass(self, loop: Loop, token: Token) -> None:
        origin = token.origin
        if self.s.stopping or (origin is not None and origin.generation != origin.node.generation):
            return
        entry = loop.entry
        kept = self._reset(loop)
        inputs: dict[str, JSON] = {t.link.source.local: t.value for t in kept if t.kind == "value"}
        inputs[token.link.source.local] = token.value
        self.s.begin(entry, token.value, inputs, visit=loop.passes)

    def _reset(self, loop: Loop) -> list[Token]:
        """Make the loop's agents ready for another pass: inputs from outside stay, those from inside come anew.

        Returns the inputs of the entry that stay.
        """
        loop.settled.clear()
        for token in loop.held.values():
            if token.kind == "error":
                self.flow.absorb(token.origin)
        loop.held.clear()
        for inner in loop.entry.scope.plan.loops:
            if inner is not loop and inner.body < loop.body:
                self.open(inner)
        kept_by_entry: list[Token] = []
        for node in sorted(loop.body, key=lambda node: node.index):
            node.generation += 1
            node.scope.missed.pop(node, None)
            kept = [token for token in (node.last_tokens or {}).values() if token.link.source not in loop.body]
            if node is loop.entry:
                kept_by_entry = kept
                node.join = None
                continue
            old, node.join = node.join, None
            if old is not None:
                self.s.timers.drop(old.timer)
            if len(node.inputs) > 1 and kept:
                node.join = Join(node, node.generation)
                self.s.tell("join.reset", node.id, None, None, {"gen": node.generation})
                for token in kept:
                    node.join.add(token)
        return kept_by_entry

    def _end(self, loop: Loop, link: Link) -> None:
        loop.done = True
        self.s.tell("loop.ended", None, None, None, {"edge": link.id, "n": loop.passes})
        held, loop.held = loop.held, {}
        for token in held.values():
            self.flow.release(token)
