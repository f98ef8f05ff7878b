"""The submenu Structure of the Graph menu: what a text outline needs to be a whole editor, on the canvas as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from quartet.editor import structure_edits, structuring
from quartet.editor.actions import Command, first_of, needs_editing

if TYPE_CHECKING:
    from quartet.editor.window import Window


def _agents(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    return None if window.session.document.selected_agents else "No agent is selected."


def _one_agent(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    document = window.session.document
    if len(document.selected_agents) == 1:
        return None
    into = document.selected_edges and not document.selected_agents
    return "Select one agent. Into the selected edge Insert › By Name adds one." if into else "Select one agent."


def _adder(make: structuring.Make, prompt: str) -> Callable[[Window], object]:
    return lambda window: structuring.add(window, make, prompt)


_ONE = first_of(needs_editing, _one_agent)
_SOME = first_of(needs_editing, _agents)

STRUCTURE: tuple[Command, ...] = (
    Command(
        "graph.add_behind", "Add &Behind It…", _adder(structure_edits.behind, "Add behind {name}…"), ["Ctrl+B"],
        _ONE, tip="Add an agent as the next stage",
    ),
    Command(
        "graph.add_beside", "Add Be&side It…", _adder(structure_edits.beside, "Add beside {name}…"),
        ["Ctrl+Shift+B"], _ONE, tip="Add a branch, worker or peer with the same neighbours",
    ),
    Command(
        "graph.add_under", "Add &Under It…", _adder(structure_edits.under, "Have {name} watch…"),
        ["Ctrl+U"], _ONE, tip="Add an agent that the selected one watches",
    ),
    Command(
        "graph.earlier", "Move &Earlier", lambda window: structuring.reorder(window, -1), ["Alt+PgUp"], _ONE,
        tip="Trade places with the stage, branch, worker or peer before it",
    ),
    Command(
        "graph.later", "Move &Later", lambda window: structuring.reorder(window, 1), ["Alt+PgDown"], _ONE,
        tip="Trade places with the stage, branch, worker or peer behind it",
    ),
    Command(
        "graph.move_behind", "&Move Behind…", structuring.move_behind, ["Ctrl+M"], _ONE,
        tip="Take it out of the flow, and make it the next stage behind another agent",
    ),
    Command(
        "graph.watched_by", "&Watched By…", structuring.watched_by, ["Ctrl+Shift+U"], _SOME,
        tip="Have what is selected watched by another supervisor, or by nobody",
    ),
)  # fmt: skip
