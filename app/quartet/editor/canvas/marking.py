"""What one does to the selected agents as a whole: mute and bypass, colour, lock, draw small. Each is one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from quartet.editor.palettes import COLOR_NAMES
from quartet.editor.value_words import plural
from quartet.graph.disabling import nothing_to_bypass, supervisors
from quartet.graph.edits import Set
from quartet.graph.model import JSON, Agent, EdgeId

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

Disabled = Literal["muted", "bypassed"]
Flag = Literal["locked", "collapsed"]
_VERBS: dict[tuple[str, bool], str] = {
    ("muted", True): "Mute", ("muted", False): "Unmute",
    ("bypassed", True): "Bypass", ("bypassed", False): "No longer bypass",
    ("locked", True): "Lock", ("locked", False): "Unlock",
    ("collapsed", True): "Make small", ("collapsed", False): "Make large",
}  # fmt: skip


def verb(what: Disabled | Flag, on: bool) -> str:
    """What doing it is called: “Mute”, “Unlock”."""
    return _VERBS[what, on]


def are(agents: Sequence[Agent], what: Disabled | Flag) -> bool:
    """Whether all of these are so already, so that doing it again means the opposite."""
    if what in ("locked", "collapsed"):
        return bool(agents) and all(getattr(agent, what) for agent in agents)
    return bool(agents) and all(agent.disabled == what for agent in agents)


def why_not(canvas: Canvas, what: Disabled | Flag) -> str | None:
    """Why the selected agents cannot be made so, in a sentence; None if at least one can.

    Menus ask after every edit, so it looks at the edges of the selected agents only, and no farther than need be.
    """
    chosen = canvas.document.selected_agents
    if not chosen:
        return "No agent is selected."
    if what != "bypassed" or are(chosen, what):
        return None
    edges, incident = canvas.document.graph.edges, canvas.canvas_scene.wires.incident
    first = None
    for agent in chosen:
        watching = supervisors(edges[EdgeId(id)] for id in incident.get(agent.id, ()) if EdgeId(id) in edges)
        reason = nothing_to_bypass(agent, watching)
        if reason is None:
            return None
        first = first or reason
    return first


def toggle(canvas: Canvas, what: Disabled | Flag) -> None:
    """Make the selected agents so, or, if all of them are, no longer so."""
    document = canvas.document
    reason = document.read_only or why_not(canvas, what)
    if reason is not None:
        canvas.say(reason)
        return
    canvas.cancel_gesture()
    chosen = document.selected_agents
    on = not are(chosen, what)
    left: list[str] = []
    if what == "bypassed" and on:
        watching = supervisors(document.graph.edges.values())
        refused = [(agent, why) for agent in chosen if (why := nothing_to_bypass(agent, watching)) is not None]
        left = [why for _, why in refused]
        chosen = [agent for agent in chosen if agent.id not in {each.id for each, _ in refused}]
    flag = what in ("locked", "collapsed")
    field, value = (what, True) if flag else ("disabled", what)
    _state(canvas, f"{verb(what, on)} {{}}", chosen, field, value if on else None)
    if left:
        more = f" So {'is' if len(left) == 2 else 'are'} {plural(len(left) - 1, 'other')}." if len(left) > 1 else ""
        canvas.say(f"{left[0]}{more}")


def paint(canvas: Canvas, color: str | None) -> None:
    """Draw the selected agents in a colour of `AGENT_COLORS`; None: in none."""
    document = canvas.document
    chosen = document.selected_agents
    reason = document.read_only or (None if chosen else "No agent is selected.")
    if reason is not None:
        canvas.say(reason)
        return
    canvas.cancel_gesture()
    _state(
        canvas, f"Draw {{}} in {'no colour' if color is None else COLOR_NAMES[color].lower()}", chosen, "color", color
    )


def _state(canvas: Canvas, label: str, agents: Sequence[Agent], field: str, value: JSON) -> None:
    changed = [agent for agent in agents if (getattr(agent, field) or None) != value]
    if not changed:
        return
    what = changed[0].name or changed[0].id if len(changed) == 1 else plural(len(changed), "agent")
    canvas.do(
        label.replace("{}", what), [Set(section="agents", id=agent.id, values={field: value}) for agent in changed]
    )
