"""What a frame takes along when it goes elsewhere: whatever lies wholly in it, also frames in the frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quartet.editor.canvas import geometry
from quartet.editor.canvas.annotations import FrameItem
from quartet.graph.model import AgentId

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene


def held(scene: CanvasScene, frame: str) -> tuple[list[AgentId], list[str]]:
    """The agents, and the notes and frames, that lie wholly in a frame."""
    box = scene.annotations[frame].box()
    agents = [id for id in scene.places.near(box) if geometry.holds(box, geometry.card(scene.positions[id]))]
    others = [id for id, item in scene.annotations.items() if id != frame and geometry.holds(box, item.box())]
    return agents, others


def with_held(scene: CanvasScene, chosen: Iterable[str]) -> tuple[list[AgentId], list[str]]:
    """Of these ids the agents, and the notes and frames, with all that the frames among them hold."""
    agents: dict[AgentId, None] = {}
    others: dict[str, None] = {}
    for id in sorted(chosen):
        if id in scene.positions:
            agents[AgentId(id)] = None
        elif id in scene.annotations:
            others[id] = None
            if isinstance(scene.annotations[id], FrameItem):
                inside = held(scene, id)
                agents |= dict.fromkeys(inside[0])
                others |= dict.fromkeys(inside[1])
    return list(agents), list(others)
