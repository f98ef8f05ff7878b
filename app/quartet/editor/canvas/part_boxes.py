"""The parts of a pattern tree as rectangles behind their agents: nested, padded, each a little inside its parent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quartet.editor.canvas import geometry
from quartet.editor.canvas.geometry import Box, Point
from quartet.editor.parts import Part
from quartet.graph.model import AgentId
from quartet.patterns.blocks import foot

PAD = 16.0
"""Between a region's edge and what it holds."""


def box(part: Part, positions: Mapping[AgentId, Point], inner: Iterable[Box | None]) -> Box | None:
    """The rectangle of a part, round its own agents and the boxes `inner` of the parts in it; None of nobody."""
    held = [geometry.card(positions[agent]) for agent in part.agents if agent in positions]
    found = geometry.union(held + [each for each in inner if each is not None])
    if found is None:
        return None
    below = PAD + foot(found[2] - found[0], loop=part.loop)
    return found[0] - PAD, found[1] - PAD, found[2] + PAD, found[3] + below


def boxes(parts: list[Part], positions: Mapping[AgentId, Point]) -> list[Box | None]:
    """The rectangle of each part; None of a part none of whose agents has a place."""
    found: list[Box | None] = [None] * len(parts)
    inner: list[list[Box | None]] = [[] for _ in parts]
    for number in range(len(parts) - 1, -1, -1):
        found[number] = box(parts[number], positions, inner[number])
        if parts[number].parent >= 0:
            inner[parts[number].parent].append(found[number])
    return found
