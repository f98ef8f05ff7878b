"""Agents that say the same to each other again and again: what goes round without getting anywhere.

What is compared is the normalised message: letters' case, spacing and punctuation do not count, words and numbers do.

- A loop repeats itself when a whole pass says what an earlier pass of the same loop said: the message that leads
  back and every message inside. So a critic that answers “revise” to ever new drafts is no repetition.
- A chain of hand-offs repeats itself when the same agent gives the same one the same message again.
- A manager repeats itself when it gives the same worker the same task in another round. Several at once are a vote.

Copies, branches, jobs of pools and boards and plain pipelines have nothing to say again, so they are never counted.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from quartet.engine.meters import Meter
from quartet.engine.policies import MAX_REPEATS

if TYPE_CHECKING:
    from quartet.engine.activation import Activation
    from quartet.engine.envelope import Envelope
    from quartet.engine.handoffs import Chain
    from quartet.engine.nodes import Link, Loop, Node

JSON = Any
Round = tuple[str, ...]
_REST = re.compile(r"[\W_]+")
SHOWN = 200
"""Characters of a repeated message that are told."""


class Repetition:
    """Counts what is said again in a run."""

    def __init__(self, envelope: Envelope) -> None:
        self.envelope = envelope
        self.stated = envelope.s.plan.limits.max_repeats
        self._said: dict[Round, dict[bytes, int]] = {}
        """How often each message was said again: in a loop, in a chain, by a manager."""
        self._meters: dict[tuple[Round, bytes], Meter] = {}
        """Of messages whose limit was reached: more may have been granted since."""
        self._inside: dict[str, list[Link]] = {}

    def entered(self, loop: Loop) -> None:
        """A loop begins anew."""
        for link in loop.edges:
            self._said.pop(("loop", link.id), None)

    def passed(self, loop: Loop, link: Link, value: JSON) -> None:
        """A value goes back over a loop edge."""
        limit, node = self._limit(link.source, link.target, bounded=link.edge.max_iterations is not None)
        if not limit:
            return
        inside = self._inside.get(link.id)
        if inside is None:
            body = sorted(loop.body, key=lambda node: node.index)
            inside = [one for node in body for one in node.inputs if one.source in loop.body]
            self._inside[link.id] = inside
        said = [value]
        for one in inside:
            token = (one.target.last_tokens or {}).get(one.slot)
            if token is not None and one is not link:
                said.append([one.id, token.kind, token.value])
        self._count(("loop", link.id), said, value, limit, node, (link.source, link.target))

    def handed_off(self, chain: Chain, giver: Node, target: Node, message: JSON) -> None:
        """A hand-off with a message was accepted."""
        limit, node = self._limit(giver, target)
        if limit and message is not None:
            root = chain.root
            where = ("chain", root.node.id, str(root.act), giver.id, target.id)
            self._count(where, message, message, limit, node, (giver, target))

    def delegated(self, boss: Activation, worker: Node, task: JSON) -> None:
        """A manager gives a task to a worker, for the first time in this round."""
        limit, node = self._limit(boss.node, worker)
        if limit:
            where = ("manager", boss.node.id, str(boss.act), worker.id)
            self._count(where, task, task, limit, node, (boss.node, worker))

    def _limit(self, sender: Node, receiver: Node, *, bounded: bool = False) -> tuple[int, Node | None]:
        """How often these two may say the same again (0: without end), and whose limit that is.

        The stricter of what is stated holds, but an agent may state that it repeats itself without end. Where a
        person has said how often a loop may go round, nothing else is assumed.
        """
        found: tuple[int, Node | None] = (self.stated or 0, None)
        if self.stated is None and not bounded:
            found = (MAX_REPEATS, None)
        for node in (sender, receiver):
            budget = node.agent.budget
            if budget is None or budget.max_repeats is None:
                continue
            if budget.max_repeats == 0:
                return 0, None
            if not found[0] or budget.max_repeats < found[0]:
                found = (budget.max_repeats, node)
        return found

    def _count(
        self, where: Round, said: JSON, message: JSON, limit: int, node: Node | None, pair: Iterable[Node]
    ) -> None:
        digest = hashlib.sha256(normalised(said).encode("utf-8", "surrogatepass")).digest()[:16]
        counts = self._said.setdefault(where, {})
        again = counts[digest] = counts.get(digest, -1) + 1
        if again < limit:
            return
        meter = self._meters.get((where, digest))
        if meter is None:
            ask = self.envelope.asks(node)
            meter = self._meters[where, digest] = Meter("max_repeats", limit, ask=ask, node=node)
        meter.value = again
        if meter.used_up:
            text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
            self.envelope.reach(meter, dict.fromkeys(one.id for one in pair), text[:SHOWN])


def normalised(value: JSON) -> str:
    """A message without what makes no difference: letters' case, spacing, punctuation; JSON with sorted keys."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return _REST.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip() or text
