"""Tokens on flow edges: what an activation puts there, what they start, and what became of failures in the end."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Failure
from quartet.engine.joins import Join, Token, new_token
from quartet.engine.loops import Loops
from quartet.engine.nodes import Link, Node

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler
    from quartet.engine.scopes import Scope

JSON = Any
FEW = 5
"""So many failures of a join are told in full."""
_KINDS = {"succeeded": "value", "failed": "error", "skipped": "skipped", "cancelled": "cancelled"}


def _all_of(errors: list[Token]) -> str:
    """All the failures that reached one join, in words."""
    said = [
        token.link.source.agent.name + (f": {token.value['error']}" if token.value else "") for token in errors[:FEW]
    ]
    if len(errors) == 1:
        name, colon, why = said[0].partition(":")
        return f"{name} failed{colon}{why}"
    more = f"; and {len(errors) - FEW} more" if len(errors) > FEW else ""
    return f"{len(errors)} inputs failed: {'; '.join(said)}{more}"


class Flow:
    """The tokens under way, and the joins they arrive at."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler
        self.tokens: deque[Token] = deque()
        self.loops = Loops(self)

    # ------------------------------------------------------------------ putting

    def put(self, activation: Activation) -> None:
        """Put exactly one token on each flow edge of a settled activation."""
        node = activation.node
        kind = _KINDS[activation.state]
        value: JSON = activation.result if kind == "value" else None
        if kind == "error":
            kind, value = self._failed(activation)
        if activation.generation != node.generation or node.scope.closed:
            for link in node.outs:
                self.tell_token(Token(link, kind, value, activation))
                if not node.scope.closed:
                    self._drop(Token(link, kind, value, activation), "superseded")
            for link in node.fallbacks:
                if activation.fell is None or link not in activation.fell:
                    self.tell_token(Token(link, "skipped", None, activation))
            return
        routed, carried = activation.routed, False
        for link in node.outs:
            if kind == "value" and routed is not None and link not in routed:
                token = Token(link, "skipped", None, activation)
            else:
                token = new_token((link, kind, value, activation))
                carried = carried or kind == "value"
            if link.role == "loop":
                self.loops.turn(token)
            else:
                self.release(token)
        for link in node.fallbacks:
            if activation.fell is None or link not in activation.fell:
                self.release(Token(link, "skipped", None, activation))
        if kind == "value":
            if carried or not self._is_output(activation):
                node.scope.outputs.pop(node, None)
            else:
                node.scope.outputs[node] = activation.result

    def put_for(self, child: Activation) -> None:
        """Put the tokens of an activation that somebody other than the flow started; a chain has put its own."""
        if child.chain is None and not child.silent:
            self.put(child)

    def _failed(self, activation: Activation) -> tuple[str, JSON]:
        """The token of a failure: an error, unless somebody has taken care of it."""
        node, failure = activation.node, activation.failure
        node.scope.failed.append(activation)
        if activation.mended or node.agent.ignore_failures:
            self.absorb(activation)
            return "skipped", None
        if failure is None or failure.reason != "upstream":
            self.s.cancelling.siblings_of(node)
        if failure is None:
            return "error", None
        told: dict[str, JSON] = {"agent": node.local, "error": failure.message, "type": failure.type}
        return "error", told if failure.details is None else {**told, **failure.details}

    def _is_output(self, activation: Activation) -> bool:
        """Whether a value that left on no edge is a result of the run; those of a group count through it."""
        node, owner = activation.node, activation.owner
        if node.alone:
            return not activation.silent and owner is None
        if activation.by is not None and node.peers is not None:
            return False
        if activation.chain is not None:  # whoever began the chain was asked, and answers
            node, owner = activation.chain.root.node, activation.chain.owner
        if activation.silent or (node.stand_in and owner is not None):
            return False
        if any(board.active_board for board in node.boards):
            return False  # what peers bring counts through their board
        if node.supervisor is not None and node.dispatched and node.supervisor.dispatch != "graph":
            return False
        return not (node.workers and node.dispatch == "graph" and activation.result is None)

    def release(self, token: Token) -> None:
        """Let a token go, unless its edge leads out of a loop that is not over yet."""
        for loop in token.link.leaves:
            if not loop.done:
                loop.held[token.link] = token
                return
        self.tell_token(token)
        self.tokens.append(token)

    def tell_token(self, token: Token) -> None:
        """Emit the event of a token."""
        link, kind, value, origin = token
        data: dict[str, JSON] = {"edge": link.id, "kind": kind, "act": origin.act if origin is not None else None}
        if kind == "value" or kind == "error":
            data["value"] = value
        self.s.tell("edge.token", None, None, None, data)

    def absorb(self, activation: Activation | None) -> None:
        """An error token of this activation harmed nobody."""
        if activation is not None:
            activation.node.scope.fates.setdefault(activation, []).append(None)

    # ------------------------------------------------------------------ arriving

    def deliver(self) -> None:
        """Deliver all tokens under way, and those that follow from them."""
        tokens, scheduler = self.tokens, self.s
        while tokens:
            token = tokens.popleft()
            if scheduler.stopping:
                continue
            origin, link = token.origin, token.link
            if origin is not None and origin.generation != origin.node.generation:
                if not link.target.scope.closed:
                    self._drop(token, "superseded")
                continue
            role = link.role
            if role == "input":
                target = link.target
                if target.last_tokens is not None:
                    target.last_tokens[link.slot] = token
                if len(target.inputs) == 1 and target.agent.join is None:
                    self._arrive_alone(target, token)
                else:
                    self._arrive(target, token)
            elif role == "inner":
                if token.kind == "value" and link.target.off != "muted":
                    self.s.begin(link.target, token.value, {link.source.local: token.value})
            elif role == "report" and token.kind == "value":
                link.source.scope.reports[link.source] = token.value
            elif role == "fallback":
                self._not_needed(link)

    def _arrive_alone(self, target: Node, token: Token) -> None:
        if token.kind == "value":
            if target.off == "muted":
                self.pass_over(target, "skipped")
                return
            if target.peers is not None and not self.s.handing.takes(token):
                return
            if target.entry_of is not None:
                self.loops.open(target.entry_of)
            self.s.begin(target, token.value, {token.link.source.local: token.value})
        elif token.kind == "error":
            self._fail(target, [token])
        else:
            self.pass_over(target, token.kind)

    def _arrive(self, target: Node, token: Token) -> None:
        join = target.join
        if join is None:
            join = target.join = Join(target, target.generation)
            self._open(join)
        if token.link.slot in join.arrived:
            join.later.append(token)
            return
        join.add(token)
        s = self.s
        s.tell("join.arrived", target.id, None, None, {"edge": token.link.id, "kind": token.kind, **join.counts()})
        if join.closed:
            self._drop(token, "the join had fired" if join.fired else "the join was decided", join)
        else:
            self._decide(join, join.decide())
        if not join.pending:
            self._reset(join)

    def _open(self, join: Join) -> None:
        self.s.tell("join.opened", join.node.id, None, None, {"mode": join.mode, "k": join.expected})
        policy = join.node.agent.join
        if policy is not None and policy.timeout is not None:
            join.timer = self.s.timers.at(self.s.now + policy.timeout, lambda: self._join_late(join), join.node.index)

    def _decide(self, join: Join, verdict: str) -> None:
        if not verdict:
            return
        join.closed = True
        self.s.timers.drop(join.timer)
        node = join.node
        errors = [token for token in join.arrived.values() if token.kind == "error"]
        if verdict == "fire":
            join.fired = True
            for token in errors:
                self.absorb(token.origin)
            value, inputs = join.delivered()
            self.s.tell("join.fired", node.id, None, None, {"winners": list(inputs)})
            policy = node.agent.join
            if join.pending and (policy is None or policy.on_win == "cancel"):
                waiting = [link for link in node.inputs if link.slot not in join.arrived]
                self.s.todo.append(lambda: self.s.cancelling.losers(node, waiting))
            if node.off == "muted":
                self.pass_over(node, "skipped")
                return
            if node.peers is not None and not self.s.handing.takes(next(iter(join.arrived.values()))):
                return
            if node.entry_of is not None:
                self.loops.open(node.entry_of)
            self.s.begin(node, value, inputs)
        elif verdict == "fail":
            if join.pending and join.mode != "all":
                self.s.tell("join.unsatisfiable", node.id, None, None, {"counts": join.counts()})
            self._fail(node, errors)
        else:
            self.pass_over(node, "skipped")

    def _join_late(self, join: Join) -> None:
        """A join waited too long."""
        policy = join.node.agent.join
        if join.closed or join.node.join is not join or policy is None or self.s.stopping:
            return
        if policy.on_timeout == "proceed" and join.s >= (policy.min_n or 1):
            self._decide(join, "fire")
            return
        join.closed = True
        self.s.tell("join.unsatisfiable", join.node.id, None, None, {"counts": join.counts()})
        text = f"waited {policy.timeout:g} s for {join.pending} of {join.expected} inputs"
        self._settle_failed(join.node, Failure(text, "JoinTimeout", False, "timeout"), [])

    def _reset(self, join: Join) -> None:
        """Every edge brought its token: the next ones belong to the next generation."""
        node = join.node
        if node.join is not join:
            return
        node.join = None
        if join.later:
            self.s.tell("join.reset", node.id, None, None, {"gen": join.generation + 1})
            self.tokens.extendleft(reversed(join.later))

    def _drop(self, token: Token, why: str, join: Join | None = None) -> None:
        self.s.tell("join.token_dropped", token.link.target.id, None, None, {"edge": token.link.id, "why": why})
        if token.kind == "error" and (join is None or join.fired):
            self.absorb(token.origin)
        elif token.kind == "error" and token.origin is not None and token.link.target.settled_as is not None:
            self._owe(token.origin, token.link.target.settled_as)

    def _fail(self, node: Node, errors: list[Token]) -> None:
        """The inputs of an agent failed or were cancelled, so it does not start."""
        if not errors:
            self.pass_over(node, "cancelled")
            return
        text = _all_of(errors)
        self._settle_failed(node, Failure(text, "UpstreamFailed", False, "upstream"), errors)

    def _settle_failed(self, node: Node, failure: Failure, errors: list[Token]) -> None:
        if node.peers is not None:
            self.s.handing.passed_over(node, "failed", failure, errors)
        else:
            node.settled_as = self.s.skip(node, "failed", failure)
            self.blame(errors, node.settled_as)

    def blame(self, errors: list[Token], failed: Activation | None) -> None:
        """These error tokens made `failed` fail; None: they harmed nobody."""
        for token in errors:
            if token.origin is not None:
                self._owe(token.origin, failed)

    def _owe(self, activation: Activation, failed: Activation | None) -> None:
        activation.node.scope.fates.setdefault(activation, []).append(failed)

    def pass_over(self, node: Node, state: str) -> None:
        """An agent is not to start: it is settled without a visit, and so is its swarm once that is decided."""
        if node.peers is not None:
            self.s.handing.passed_over(node, state)
        else:
            self.s.skip(node, state)

    def _not_needed(self, link: Link) -> None:
        """A fallback that no primary needs is skipped, once every edge to it has said so."""
        node = link.target
        missed = node.scope.missed
        seen = missed.setdefault(node, set())
        seen.add(link)
        if len(seen) == node.fallback_inputs:
            del missed[node]
            if not node.inputs and (node.peers is None or node.peers is not link.source.peers):
                self.pass_over(node, "skipped")

    # ------------------------------------------------------------------ the end

    def settle_leftovers(self, scope: Scope) -> bool:
        """When nothing is live: settle one agent that waits for what can never come. False: there is none."""
        for node in scope.plan.nodes.values():
            join = node.join
            if join is not None and not join.closed:
                self.s.tell("join.unsatisfiable", node.id, None, None, {"counts": join.counts()})
                join.closed = True
                text = f"{join.pending} of {join.expected} inputs can no longer come"
                self._settle_failed(node, Failure(text, "Unsatisfiable", False, "unsatisfiable"), [])
                node.join = None
                return True
            if node.acts == 0 and node.inputs and not self.s.handing.is_decided(node):
                self.s.tell("join.unsatisfiable", node.id, None, None, {"counts": {"p": len(node.inputs)}})
                self._settle_failed(node, Failure("no input ever came", "Unsatisfiable", False, "unsatisfiable"), [])
                return True
        return False

    def unhandled(self, scope: Scope) -> list[Activation]:
        """The failures that nobody took care of, in their order; those that only followed from others count last."""
        handled: dict[Activation, bool] = {}
        for activation in reversed(scope.failed):
            fates = scope.fates.get(activation, [])
            handled[activation] = bool(fates) and all(fate is None or handled.get(fate, False) for fate in fates)
        left = [a for a in scope.failed if not handled[a]]
        return [a for a in left if not a.derived] or left

    def output(self, scope: Scope) -> JSON:
        """The result of a run, or of a sub-graph: of the agents whose value left on no edge."""
        found = sorted(scope.outputs.items(), key=lambda item: item[0].index)
        if len(found) == 1:
            return found[0][1]
        return {node.local: value for node, value in found} or None
