"""What a window does with sub-graphs: shows their insides, makes them of what is selected, puts them back in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quartet.editor import linking
from quartet.editor.canvas import collapsing
from quartet.editor.levels import Level, Levels
from quartet.graph.nesting import SUB_GRAPH

if TYPE_CHECKING:
    from quartet.editor.session import Session
    from quartet.editor.window import Window


def attach(window: Window, session: Session) -> None:
    """Let a session have levels, and the window show them."""
    session.levels = Levels(session, window)
    session.levels.built.connect(window.take_in)
    session.levels.shown.connect(window.show_session)
    session.levels.closed.connect(lambda level: _let_go(window, level))


def _let_go(window: Window, level: Level) -> None:
    window.docks.canvases.removeWidget(level.page)
    window.docks.remove(level.own_panels)
    if window.session is level:
        window.show_session(level.levels.here)


def leave(window: Window, session: Session) -> None:
    """The session is being closed, with all that is inside."""
    if window.session is not None and window.session.root is session:
        window.session = session  # who comes to the front next finds it as if nobody had gone in
    session.levels.here = session
    session.levels.close()


# ---------------------------------------------------------------------- going


def cannot_go_in(window: Window) -> str | None:
    """Why the selected agent cannot be opened; None if it can."""
    session = window.session
    assert session is not None, "refused before"
    chosen = session.document.selected_agents
    if len(chosen) != 1:
        return "Select one agent that stands for a sub-graph."
    return session.levels.refusal(session, chosen[0].id)


def go_in(window: Window, id: str) -> None:
    """Show the inside of an agent; where that cannot be, say why."""
    session = window.session
    if session is None:
        return
    if linking.open_linked(window, session, id):
        return
    reason = session.levels.refusal(session, id)
    if reason is None:
        session.levels.go_in(session, id)
    else:
        session.canvas.say(reason)


def open_selected(window: Window) -> None:
    """Show the inside of the selected agent."""
    assert window.session is not None, "refused before"
    go_in(window, window.session.document.selected_agents[0].id)


def is_outside(window: Window) -> str | None:
    """Why one cannot go out; None if one can."""
    return None if isinstance(window.session, Level) else "This is the graph itself: there is nothing around it."


def go_out(window: Window) -> None:
    """Show the drawing around this one."""
    session = window.session
    if isinstance(session, Level):
        session.levels.go_out(session)


# ---------------------------------------------------------------------- making and unmaking


def cannot_collapse(window: Window) -> str | None:
    """Why nothing can be collapsed; whether it would mean something else is found out when it is done."""
    assert window.session is not None, "refused before"
    return None if window.session.document.selected_agents else "Select the agents that the sub-graph should hold."


def collapse_selected(window: Window) -> bool:
    """Make what is selected a sub-graph."""
    assert window.session is not None, "refused before"
    return collapsing.collapse_selected(window.session.canvas)


def cannot_dissolve(window: Window) -> str | None:
    """Why the selected agent cannot be replaced by its sub-graph; None if that can be tried."""
    session = window.session
    assert session is not None, "refused before"
    chosen = session.document.selected_agents
    if len(chosen) != 1 or chosen[0].kind != SUB_GRAPH:
        return "Select one agent that stands for a sub-graph."
    return None


def dissolve_selected(window: Window) -> bool:
    """Put what the selected agent stands for in its place."""
    assert window.session is not None, "refused before"
    return collapsing.dissolve_selected(window.session.canvas)
