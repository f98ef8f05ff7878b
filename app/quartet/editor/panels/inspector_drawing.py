"""The section of an agent's form that says whether runs leave it out, and how it is drawn; for several at once too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from quartet.editor.document import Document
from quartet.editor.palettes import COLOR_NAMES
from quartet.editor.panels.inspector_binding import ItemField
from quartet.editor.panels.inspector_fields import ChoiceField, FlagField
from quartet.editor.panels.inspector_form import Form
from quartet.graph.disabling import nothing_to_bypass, supervisors
from quartet.graph.edits import Edit, Set
from quartet.graph.model import AgentId

JSON = Any
IN_RUNS: list[tuple[JSON, str]] = [
    (None, "Takes part"), ("muted", "Muted: left out, its edges are skipped"),
    ("bypassed", "Bypassed: passes on what it receives"),
]  # fmt: skip
_WORDS = {"locked": "locked", "collapsed": "small"}


@dataclass(frozen=True)
class _Disabled(ItemField):
    """Of several agents those that cannot be bypassed stay as they are; alone one says why."""

    def wrong(self, value: JSON) -> str:
        reasons = self._reasons() if value == "bypassed" else {}
        return next(iter(reasons.values())) if reasons and len(reasons) == len(self.ids) else ""

    def edits(self, value: JSON) -> list[Edit]:
        left = self._reasons() if value == "bypassed" else {}
        return [Set(section="agents", id=id, values={"disabled": value}) for id in self.ids if id not in left]

    def _reasons(self) -> dict[str, str]:
        graph = self.document.graph
        watching = supervisors(graph.edges.values())
        known = {id: graph.agents.get(AgentId(id)) for id in self.ids}
        found = {id: nothing_to_bypass(agent, watching) for id, agent in known.items() if agent is not None}
        return {id: why for id, why in found.items() if why is not None}


@dataclass(frozen=True)
class _Mark(ItemField):
    """A mark that is absent where it is not set."""

    def edits(self, value: JSON) -> list[Edit]:
        return super().edits(value or None)


def build_drawing(form: Form, ids: tuple[str, ...]) -> None:
    """Add the section."""
    document = form.document
    section = form.add_section("In runs and on the canvas", _summary(document, ids))
    form.add(
        ChoiceField("In runs", IN_RUNS), _Disabled(document, "agents", ids, "disabled"), "In runs",
        label="Change whether runs leave it out", section=section,
    )  # fmt: skip
    colors: list[tuple[JSON, str]] = [(None, "None"), *COLOR_NAMES.items()]
    form.add(
        ChoiceField("Colour", colors), _Mark(document, "agents", ids, "color"), "Colour", label="Change the colour",
        section=section,
    )  # fmt: skip
    form.add(
        FlagField("Locked: no gesture moves, deletes or connects it"), _Mark(document, "agents", ids, "locked"),
        label="Change the lock", section=section,
    )  # fmt: skip
    form.add(
        FlagField("Small card: icon and name only"), _Mark(document, "agents", ids, "collapsed"),
        label="Change the size of the card", section=section,
    )  # fmt: skip


def _summary(document: Document, ids: tuple[str, ...]) -> Callable[[], str]:
    def text() -> str:
        agents = [agent for id in ids if (agent := document.graph.agents.get(AgentId(id))) is not None]
        words: dict[str, None] = dict.fromkeys(agent.disabled for agent in agents if agent.disabled is not None)
        words |= dict.fromkeys(agent.color for agent in agents if agent.color is not None)
        words |= {word: None for field, word in _WORDS.items() if any(getattr(agent, field) for agent in agents)}
        return ", ".join(words)

    return text
