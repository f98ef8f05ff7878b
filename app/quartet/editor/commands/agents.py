"""What one does to the selected agents, and to edges: two submenus of the Edit menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from quartet.editor.actions import Command, first_of, needs_document, needs_editing
from quartet.editor.canvas import bends, keys, marking
from quartet.editor.commands.going import bound
from quartet.editor.palettes import COLOR_NAMES

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas
    from quartet.editor.document import Document
    from quartet.editor.window import Window


def _document(window: Window) -> Document:
    assert window.session is not None, "refused before"
    return window.session.document


def _canvas(window: Window) -> Canvas:
    assert window.session is not None, "the command was refused without one"
    return window.session.canvas


def _has_edges(window: Window) -> str | None:
    return None if _document(window).graph.edges else "The graph has no edges."


def _agents(window: Window) -> str | None:
    return None if _document(window).selected_agents else "No agent is selected."


def _one_edge(window: Window) -> str | None:
    return None if len(_document(window).selected_edges) == 1 else "Select one edge."


def _bent(window: Window) -> str | None:
    chosen = _document(window).selected_edges
    return None if any(edge.points for edge in chosen) else "No selected edge goes through points."


def _straighten(window: Window) -> None:
    bends.straighten(_canvas(window))


def _marker(name: str, text: str, what: marking.Disabled | marking.Flag, icon: str, tip: str) -> Command:
    def refuse(window: Window) -> str | None:
        assert window.session is not None, "refused before"
        return marking.why_not(window.session.canvas, what)

    def checked(window: Window) -> bool:
        return window.session is not None and marking.are(_document(window).selected_agents, what)

    return Command(
        name, text, bound(name), keys.BINDINGS[name][0], first_of(needs_editing, refuse), tip, icon, checked,
        scope="canvas",
    )  # fmt: skip


def _painter(color: str | None) -> Callable[[Window], object]:
    def run(window: Window) -> None:
        assert window.session is not None, "the command was refused without one"
        marking.paint(window.session.canvas, color)

    return run


COLORS: tuple[Command, ...] = (
    *(
        Command(
            f"agent.color.{name}", text, _painter(name), (), first_of(needs_editing, _agents),
            f"Draw the selected agents in {text.lower()}",
        )
        for name, text in COLOR_NAMES.items()
    ),
    Command(
        "agent.color.none", "&No Colour", _painter(None), (), first_of(needs_editing, _agents),
        "Draw the selected agents like all others",
    ),
)  # fmt: skip

COMMANDS: tuple[Command | str, ...] = (
    Command(
        "agent.replace", "&Replace With…", bound("agent.replace"), keys.BINDINGS["agent.replace"][0],
        first_of(needs_editing, _agents), "Another kind in the same place, with the same edges; a drag from the "
        "palette with Shift onto an agent does the same", "arrow-left-right",
    ),
    Command(
        "agent.wires", "Light Up Its &Edges", bound("agent.wires"), keys.BINDINGS["agent.wires"][0],
        first_of(needs_document, _agents), "All else fades; again, or Escape, puts it out", "lightbulb", scope="canvas",
    ),
    _marker("agent.mute", "&Mute", "muted", "muted", "Runs leave it out: its edges are skipped"),
    _marker("agent.bypass", "&Bypass", "bypassed", "bypassed", "Runs do not ask it: it passes on what it receives"),
    _marker("agent.lock", "&Lock", "locked", "lock", "No gesture moves, deletes or connects it"),
    _marker("agent.collapse", "&Small Card", "collapsed", "minus", "Draw only its icon and its name"),
    "colour",
)  # fmt: skip

EDGES: tuple[Command, ...] = (
    Command(
        "edit.cut_edges", "&Cut Edges with a Stroke", lambda window: keys.cut_edges(_canvas(window)), ["Y"],
        first_of(needs_editing, _has_edges), scope="canvas",
        tip="The next drag cuts the edges it crosses; a drag with Ctrl and the right button does too",
    ),
    Command(
        "edge.add_point", "Lead It Through a &Point", bound("edge.add_point"), keys.BINDINGS["edge.add_point"][0],
        first_of(needs_editing, _one_edge), "One more point that can be dragged; a double click on the line adds one",
        "waypoints", scope="canvas",
    ),
    Command(
        "edge.next_point", "&Next Point", bound("edge.next_point"), keys.BINDINGS["edge.next_point"][0],
        first_of(needs_document, _bent), "Ctrl and the arrows move it, Delete removes it", scope="canvas",
    ),
    Command(
        "edge.straighten", "&Straighten", _straighten, (), first_of(needs_editing, _bent),
        "Take all points off the selected edges",
    ),
)  # fmt: skip
