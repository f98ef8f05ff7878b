"""What agents have to do with the state of a run: which keys they declare or name, and where their boundary is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from quartet.agents.expressions import ExpressionError, names_used, template_names
from quartet.agents.kinds import find
from quartet.engine.nodes import Node, is_condition

if TYPE_CHECKING:
    from quartet.engine.activation import Activation
    from quartet.engine.scheduler import Scheduler

JSON = Any


def within(s: Scheduler, activation: Activation, keys: Iterable[str], allowed: tuple[str, ...], what: str) -> None:
    """See to it that an agent stays within its boundary.

    Raises:
        LookupError: one of the keys is not allowed; with a text for the agent. It is told as an event too.
    """
    for key in keys:
        if key not in allowed:
            raise LookupError(refuse(s, activation, key, allowed, what))


def refuse(s: Scheduler, activation: Activation, key: str, allowed: tuple[str, ...], what: str) -> str:
    """Tell that an agent may not read or write a key; the reason."""
    reason = f"may not {what} “{key}”; it may {what} {', '.join(allowed) or 'nothing'}"
    told = {"key": key, "reason": reason}
    s.tell("boundary.violation", activation.node.id, activation.act, activation.attempt, told)
    return reason


def mentioned(node: Node, config: Mapping[str, JSON], keys: Iterable[str]) -> tuple[str, ...]:
    """The keys of the state that an agent's templates name, in their order."""
    if config is node.config and node.state_named is not None:
        return node.state_named
    found: dict[str, None] = {}
    kind = find(node.kind)
    try:
        templates = kind.config.model_validate(config).templates() if kind is not None else {}
        for text in templates.values():
            found.update(dict.fromkeys(_keys_in(template_names(text), keys)))
    except ValueError:
        pass  # a config, or an expression, that cannot be used says so where it is used
    names = tuple(found)
    if config is node.config:
        node.state_named = names
    return names


def sees(node: Node, keys: Mapping[str, JSON]) -> tuple[str, ...] | None:
    """The keys that an agent, or a condition behind it, may look at; None: it has nothing to do with the state."""
    agent = node.agent
    found = dict.fromkeys([*(agent.reads or ()), *mentioned(node, node.config, keys)])
    for link in node.outs:
        if is_condition(link.when):
            try:
                found.update(dict.fromkeys(_keys_in(names_used(link.when or ""), keys)))
            except ExpressionError:
                continue  # refused before the run begins
    seen = tuple(key for key in found if key in keys)
    return seen if seen or any(key in keys for key in agent.writes or ()) else None


def _keys_in(names: Iterable[str], every: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in sorted(names):
        if name == "state":
            found += every
        elif name.startswith("state."):
            found.append(name.removeprefix("state."))
    return found
