"""Limits of a run and what it has used up, in words; without Qt, for the terminal too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from quartet.engine.events import Event
from quartet.engine.meters import money, say
from quartet.engine.seen import Reached
from quartet.engine.state import RunState

Names = Callable[[str], str]
"""The name of an agent by its id."""
BLAMED = 12
"""Agents whose share of what a run used is told."""


_VERBS = {"max_cost": "has used", "max_tokens": "has used", "max_seconds": "has taken", "max_hops": "has made"}


def spent(state: RunState) -> str:
    """What a run has used up so far: “1,234 tokens · $0.0021”; “” if nothing was reported."""
    tokens, cost = state.tokens, state.cost
    parts = [say("max_tokens", tokens)] if tokens else []
    if cost:
        parts.append(("at least " if state.unpriced else "") + f"${money(cost)}")
    return " · ".join(parts)


def spent_by(state: RunState, names: Names) -> str:
    """Who used how much, the most first, a line each."""
    used = [
        (agent.cost, agent.input_tokens + agent.output_tokens, id)
        for id, agent in state.agents.items()
        if agent.cost or agent.input_tokens or agent.output_tokens
    ]
    used.sort(key=lambda each: (-each[0], -each[1]))
    lines = [
        f"{names(id)}: {tokens:,} tokens" + (f", ${money(cost)}" if cost else "") for cost, tokens, id in used[:BLAMED]
    ]
    more = [f"… and {len(used) - BLAMED:,} more"] if len(used) > BLAMED else []
    return "\n".join([*lines, *more, *filter(None, [unpriced(state)])])


def unpriced(state: RunState) -> str:
    """Whose price nobody knows, in a sentence; “” if there is none."""
    if not state.unpriced:
        return ""
    names = ", ".join(f"“{name}”" if name else "a model that did not say its name" for name in state.unpriced)
    return f"No price is known for {names}: its tokens are counted, its money is not."


def limit_reached(event: Event, data: Mapping[str, Any], names: Names) -> str:
    """A limit that was reached, for the log; of an agent's own limit without its name."""
    which, limit = str(data.get("which", "")), data.get("limit") or 0
    agents = " and ".join(names(str(id)) for id in data.get("agents") or ())
    if which == "max_repeats":
        message = f": “{data['message']}”" if data.get("message") else ""
        return f"{agents} said the same {say(which, data.get('value') or 0)}{message}"
    if which == "max_cost" and (data.get("value") or 0) < limit:
        return f"The limit of {say(which, limit)} cannot be kept: nobody knows what the model of {agents} costs"
    if event.agent is not None or which == "max_iterations":
        return f"reached its limit of {say(which, limit)}"
    if which == "deadline":
        return f"The run took longer than {say(which, limit)}"
    return f"The run reached its limit of {say(which, limit)}" + (f"; most by {agents}" if agents else "")


def used_by(one: Reached, names: Names) -> str:
    """One limit that was reached, with those at fault, in a sentence or two."""
    at_fault = [names(id) for id in one.agents]
    if one.which == "max_repeats":
        said = f"{' and '.join(at_fault)} said the same {say(one.which, one.value)}"
        return f"{said}: “{one.message}”" if one.message else f"{said}."
    if one.which == "deadline":
        working = f" At work: {', '.join(at_fault)}." if at_fault else ""
        return f"The run takes longer than {say(one.which, one.limit)}.{working}"
    if one.which == "max_cost" and one.value < one.limit:
        model = f"“{one.message}”" if one.message else "its model"
        text = f"{' and '.join(at_fault)} has used {model}, and nobody knows what that costs: the limit of "
        return f"{text}{say(one.which, one.limit)} cannot be kept. State its price in the table of prices."
    whose = "The run" if one.agent is None else names(one.agent)
    text = f"{whose} {_VERBS.get(one.which, 'has had')} {say(one.which, one.value)}; "
    text += f"the limit is {say(one.which, one.limit)}."
    if one.shares:
        parts = [f"{names(id)} {say(one.which, value)}" for id, value in one.shares]
        text += f" Most by {', '.join(parts)}."
    return text


def more(one: Reached) -> str:
    """What going on allows: “US$ 0.50 more”."""
    return say(one.which, one.grant) if one.which == "max_repeats" else f"{say(one.which, one.grant)} more"
