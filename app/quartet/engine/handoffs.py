"""Swarms: a chain of hand-offs is one group activation, at each moment one of the peers has its turn."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from quartet.agents.calls import Handoff, Result
from quartet.engine.activation import Activation, Failure, Owner, Then
from quartet.engine.joins import Token
from quartet.engine.nodes import Node, Peers

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any
MAX_REJECTIONS = 3
MAX_REPEATS = 3
"""The same hand-off with an unchanged context so often is a loop."""


class Handing:
    """Starts chains and carries out hand-offs."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler

    def start(self, activation: Activation) -> None:
        """A visit of one peer begins a chain."""
        peers = activation.node.peers
        assert peers is not None
        peers.ran = generation = activation.node.generation
        for _, errors in peers.decided.get(generation, {}).values():
            self.s.flow.blame(errors, None)
        chain = Chain(self.s, peers, activation)
        activation.owner = activation.chain = chain
        chain.begins(activation)

    def takes(self, token: Token) -> bool:
        """Whether a value may begin a chain: not where another entry of the swarm has begun one, which is told."""
        target = token.link.target
        peers = target.peers
        assert peers is not None
        if peers.ran == target.generation and peers.began is not target:
            told = {"edge": token.link.id, "why": "the swarm is at work already"}
            self.s.tell("join.token_dropped", target.id, None, None, told)
            return False
        peers.began = target
        return True

    def is_decided(self, node: Node) -> bool:
        """Whether nothing more is to be expected of this entry."""
        if node.peers is None:
            return False
        return node in node.peers.decided.get(node.generation, ())

    def passed_over(self, node: Node, state: str, failure: Failure | None = None, errors: Sequence[Token] = ()) -> None:
        """An entry's inputs were decided without a value. Once all entries are, without a chain, all peers are.

        Where some entries failed and none began a chain, the swarm fails at the first of them.
        """
        peers = node.peers
        assert peers is not None
        decided = peers.decided.setdefault(node.generation, {})
        decided[node] = (failure, list(errors))
        if peers.ran == node.generation:
            for token in errors:
                told = {"edge": token.link.id, "why": "the swarm is at work already"}
                self.s.tell("join.token_dropped", node.id, None, None, told)
            self.s.flow.blame(list(errors), None)
            return
        entries = {member for member in peers.members if member.inputs}
        if not decided.keys() >= entries:
            return
        found = decided
        peers.decided[node.generation] = dict.fromkeys(decided, (None, []))
        culprit = next((member for member, (why, _) in found.items() if why is not None), None)
        for member in peers.members:
            why, errors = found.get(member, (None, []))
            if member is culprit:
                member.settled_as = self.s.skip(member, "failed", why)
                for _, tokens in found.values():
                    self.s.flow.blame(tokens, member.settled_as)
            else:
                self.s.skip(member, "cancelled" if state == "cancelled" and culprit is None else "skipped")

    def handed_off(self, activation: Activation, answer: Handoff) -> None:
        """An agent wants to hand the task over."""
        s, node, chain = self.s, activation.node, activation.chain
        where = (node.id, activation.act, activation.attempt)
        s.tell("handoff.requested", *where, {"to": answer.to})
        found = self._target(node, answer.to)
        reason = ""
        if found is None:
            names = ", ".join(target.agent.name for target, _ in node.handoffs.values())
            reason = f"no hand-off is drawn to “{answer.to}”" + (f"; there are {names}" if names else "")
        elif found[0].off == "muted":
            reason = f"{found[0].agent.name} is muted"
        elif chain is not None and chain.final:
            reason = "the limit of hand-offs is reached: answer yourself"
        elif found[0] is node and not (chain and chain.peers.allow_self):
            reason = "an agent cannot hand off to itself here"
        if found is None or reason or chain is None:
            self._reject(activation, answer.to, reason or "this agent is in no swarm")
            return
        chain.hand_off(activation, found[0], found[1], answer.message, answer.context)

    def _target(self, node: Node, to: str) -> tuple[Node, str] | None:
        if to in node.handoffs:
            return node.handoffs[to]
        nodes = node.scope.plan.nodes
        for tool in node.tools:
            if tool.does == "handoff" and tool.target and to in (tool.name, nodes[tool.target].agent.name):
                return node.handoffs[tool.target]
        return None

    def _reject(self, activation: Activation, to: str, reason: str) -> None:
        s, node = self.s, activation.node
        activation.rejections += 1
        activation.rounds = max(0, activation.rounds - 1)  # it costs no turn
        s.tell("handoff.rejected", node.id, activation.act, activation.attempt, {"to": to, "reason": reason})
        if activation.rejections >= MAX_REJECTIONS:
            text = f"{MAX_REJECTIONS} hand-offs were refused, the last because {reason}"
            s.attempts.failed(activation, Failure(text, "HandoffRejected", False, "rejected"))
        else:
            activation.resume = (None, (Result("handoff", to, None, f"Hand-off refused: {reason}."),))
            s.attempts.enter(activation)


class Chain:
    """One task on its way through the peers."""

    supervised = True
    apart = True

    def __init__(self, scheduler: Scheduler, peers: Peers, root: Activation) -> None:
        self.s, self.peers, self.root = scheduler, peers, root
        self.owner: Owner | None = root.owner
        self.members: dict[Node, Activation] = {root.node: root}
        self.context: dict[str, JSON] = dict(root.context or {})
        self.hops = 0
        self.seen: dict[tuple[str, str, str], int] = {}
        self.over = False
        self.final = False
        """The limit is reached, and whoever is to finish has its turn."""
        self.last = root
        """Of whose outcome it is the outcome."""
        self.at: Activation | None = None
        """Whose turn it is."""
        self.reported = False

    def begins(self, member: Activation) -> None:
        """One of the peers has its turn."""
        self.at = member
        member.turn += 1
        told = {"n": member.turn, "hop": self.hops}
        self.s.tell("turn.started", member.node.id, member.act, None, told)

    def ends(self, member: Activation, settled: dict[str, JSON] | None = None) -> None:
        """Its turn is over, if it had it. `settled`: what is told of the end of its visit, where the counts belong."""
        if self.at is member:
            self.at = None
            self.s.tell("turn.finished", member.node.id, member.act, None, {"n": member.turn})
        if settled is not None:
            settled["hops"], settled["turns"] = self.hops, member.turn

    def hand_off(
        self, giver: Activation, target: Node, edge: str, message: JSON, context: dict[str, JSON] | None
    ) -> None:
        """Give the turn to `target`, within the limits."""
        s = self.s
        where = (giver.node.id, giver.act, giver.attempt)
        if context:
            self.context.update(context)
        problem = self._limit(giver, target)
        if problem is not None:
            self._at_limit(giver, message, problem)
            return
        failure = s.shared.commit(giver)
        if failure is not None:
            s.attempts.failed(giver, failure)
            return
        self.hops += 1
        s.tell("attempt.succeeded", *where)
        if context:
            s.tell("context.updated", *where, {"keys": sorted(context), "values": context})
        self._remember(giver, target, message, context)
        told: dict[str, JSON] = {"to": target.id, "hop": self.hops, "edge": edge}
        if message is not None:
            told["message"] = message
        s.tell("handoff.accepted", *where, told)
        s.envelope.hopped(giver.node)
        s.envelope.repetition.handed_off(self, giver.node, target, message)
        s.timers.drop(giver.deadline_timer)  # its visit goes on with its next turn, if it has one
        giver.deadline_timer = giver.deadline = None
        value = self.root.value if message is None else message
        self._turn(giver, target, value)

    def _at_limit(self, giver: Activation, message: JSON, problem: str) -> None:
        s, peers = self.s, self.peers
        where = (giver.node.id, giver.act, giver.attempt)
        if peers.on_limit == "finish" and peers.finisher is not None and peers.finisher is not giver.node:
            self.final = True
            s.tell("attempt.succeeded", *where)
            s.tell("handoff.accepted", *where, {"to": peers.finisher.id, "hop": self.hops, "limit": True})
            s.timers.drop(giver.deadline_timer)
            giver.deadline_timer = giver.deadline = None
            self._turn(giver, peers.finisher, self.root.value if message is None else message)
        elif peers.on_limit == "finish":
            s.tell("attempt.succeeded", *where)
            s.succeed(giver, giver.value if message is None else message)
        else:
            # escalated, it is a failure like any other: fallbacks and the supervisor may help
            reason = "error" if peers.on_limit == "escalate" else "limit"
            s.attempts.failed(giver, Failure(problem, "LimitExceeded", False, reason))

    def _turn(self, giver: Activation, target: Node, value: JSON) -> None:
        self.ends(giver)
        inputs = {giver.node.local: value}
        names = {**target.names, giver.node.local: giver.node.agent.name}
        context = dict(self.context)
        receiver = self.members.get(target)
        if receiver is not None:
            receiver.visit = receiver.turn + 1
            receiver.value, receiver.inputs, receiver.context, receiver.names = value, inputs, context, names
            receiver.tries = receiver.rejections = 0
            if target.state_seen is not None:
                self.s.shared.open(receiver)
            if target.meters is not None:
                self.s.envelope.visited(target)
            if target.schedule_to_close is not None:
                self.s.attempts.watch_deadline(receiver)
            self.begins(receiver)
            self.s.attempts.enter(receiver)
            return
        note: dict[str, JSON] = {"hop": self.hops}
        if self.root.silent:
            note["for"] = self.root.node.id
        receiver = self.s.begin(
            target, value, inputs, self, silent=self.root.silent, context=context, note=note, visit=1,
            names=names, chain=self,
        )  # fmt: skip
        self.members[target] = receiver

    def _limit(self, giver: Activation, target: Node) -> str | None:
        """The limit that this hand-off would exceed, in words."""
        s, peers = self.s, self.peers
        where = (giver.node.id, giver.act, giver.attempt)
        if self.hops >= peers.max_hops:
            s.tell("limit.exceeded", *where, {"which": "max_hops", "value": self.hops + 1, "limit": peers.max_hops})
            return f"more than {peers.max_hops} hand-off{'' if peers.max_hops == 1 else 's'}"
        receiver = self.members.get(target)
        if receiver is not None and receiver.turn >= peers.max_turns:
            told = {"which": "max_turns", "value": receiver.turn + 1, "limit": peers.max_turns}
            s.tell("limit.exceeded", target.id, receiver.act, None, told)
            return f"more than {peers.max_turns} turns of {target.agent.name}"
        known = {key: value for key, value in self.context.items() if key != "history"}
        digest = hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()
        pair = (giver.node.id, target.id, digest)
        self.seen[pair] = self.seen.get(pair, 0) + 1
        if self.seen[pair] >= MAX_REPEATS:
            s.tell("handoff.loop_detected", *where, {"pair": [giver.node.id, target.id], "count": self.seen[pair]})
            names = f"{giver.node.agent.name} and {target.agent.name}"
            return f"{names} hand the task to and fro, and nothing of its context changes"
        return None

    def _remember(self, giver: Activation, target: Node, message: JSON, context: dict[str, JSON] | None) -> None:
        if not context or "history" not in context:
            entry = {"from": giver.node.local, "name": giver.node.agent.name, "to": target.local, "message": message}
            self.context["history"] = [*(self.context.get("history") or []), entry]
        if self.peers.only_last:
            self.context.pop("history", None)  # the message says what the next one must know

    def settled(self, child: Activation) -> None:
        """One of the peers has the outcome of the whole chain (see `Owner`)."""
        s = self.s
        if not self.over:
            self.over, self.last = True, child
            cancelled = child.state == "cancelled"
            for member in [activation for activation in self.members.values() if not activation.state]:
                member.routed = []
                member.by = child.node.id
                if cancelled or member.body is not None:
                    s.stop(member, lambda: None)
                else:
                    s.finish(member, "succeeded")
            if not self.root.silent:
                for node in self.peers.members:
                    if node not in self.members:
                        s.skip(node, "cancelled" if cancelled else "skipped")
        if not self.root.silent:
            s.flow.put(child)
        if self.owner is not None and not self.reported and all(member.state for member in self.members.values()):
            # whoever started the chain knows its first agent only: that one carries the outcome of all
            self.reported = True
            root, last = self.root, self.last
            root.state, root.result, root.failure = last.state, last.result, last.failure
            self.owner.settled(root)

    def cancel(self, then: Then) -> None:
        """Nothing to stop beside the peers themselves (see `Body`)."""
        then()
