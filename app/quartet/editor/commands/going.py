"""Going from agent to agent, moving, sizing and scrolling by keys: the submenus Go, Extend, Move and Scroll."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from quartet.editor.actions import Command, first_of, needs_document, needs_editing, needs_selection
from quartet.editor.canvas import keys

if TYPE_CHECKING:
    from quartet.editor.window import Window

Refusal = Callable[["Window"], str | None]


def bound(name: str) -> Callable[[Window], object]:
    """What the canvas in front does for a command of `keys.BINDINGS`."""

    def run(window: Window) -> None:
        assert window.session is not None, "the command was refused without one"
        keys.BINDINGS[name][1](window.session.canvas)

    return run


def _agents(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    return None if window.session.document.graph.agents else "The graph is empty."


def _movable(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    document = window.session.document
    chosen = {id for id in document.selection if id not in document.graph.edges}
    points = any(edge.points for edge in document.selected_edges)
    return None if chosen or points else "No agent, frame or note is selected, and no edge with a point."


def _command(name: str, text: str, refuse: Refusal, tip: str = "") -> Command:
    return Command(name, text, bound(name), keys.BINDINGS[name][0], refuse, tip=tip, scope="canvas")


_SHOWN = first_of(needs_document, _agents)
_MOVED = first_of(needs_editing, _movable)

GO: tuple[Command, ...] = (
    *(
        _command(f"go.{way}", f"{text}", _SHOWN, "Along an edge if one leads there, else to the nearest agent that way")
        for way, text in (
            ("left", "To the &Left"), ("right", "To the &Right"), ("up", "&Up"), ("down", "&Down"),
        )
    ),
    _command("go.on", "&On Along an Edge", _SHOWN, "To the agent that the first edge leads to"),
    _command("go.back", "&Back Along an Edge", _SHOWN, "To the agent from which one came, or the first edge comes"),
    _command("go.next", "Ne&xt Beside It", _SHOWN, "To the next of the agents that the same one leads to"),
    _command("go.previous", "&Previous Beside It", _SHOWN, "To the previous of the agents that the same one leads to"),
    _command("go.next_agent", "Next &Agent", _SHOWN, "In the order of the file"),
    _command("go.previous_agent", "Previous A&gent", _SHOWN, "In the order of the file"),
    _command("go.next_edge", "Next &Edge of It", first_of(_SHOWN, needs_selection)),
    _command("go.previous_edge", "Previous Edge of It", first_of(_SHOWN, needs_selection)),
)  # fmt: skip

EXTEND: tuple[Command, ...] = tuple(
    _command(f"select.{way}", f"Also {text}", _SHOWN, f"Select also the next agent {there}")
    for way, text, there in (
        ("left", "to the &Left", "to the left"),
        ("right", "to the &Right", "to the right"),
        ("up", "&Above", "above"),
        ("down", "&Below", "below"),
    )
)


def _sized(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    document = window.session.document
    return None if document.selected_frames or document.selected_notes else "No frame or note is selected."


SCROLLS: tuple[Command, ...] = tuple(
    _command(f"scroll.{way}", f"Scroll &{way.capitalize()}", needs_document, "Move the view, and nothing in it")
    for way in ("left", "right", "up", "down")
)

MOVES: tuple[Command, ...] = (
    *(
        _command(f"nudge.{way}", f"&{way.capitalize()}", _MOVED, f"By {keys.NUDGE:g}")
        for way in ("left", "right", "up", "down")
    ),
    *(
        _command(f"leap.{way}", f"Far {way.capitalize()}", _MOVED, f"By {keys.LEAP:g}")
        for way in ("left", "right", "up", "down")
    ),
    *(
        _command(f"resize.{way}", text, first_of(needs_editing, _sized), "The upper left corner stays where it is")
        for way, text in (("right", "Wider"), ("left", "Narrower"), ("down", "Taller"), ("up", "Shorter"))
    ),
)
