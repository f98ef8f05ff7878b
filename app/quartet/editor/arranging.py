"""Laying out by the pattern, and going from one problem to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quartet.graph.edits import EditError, Move

if TYPE_CHECKING:
    from quartet.editor.window import Window


def arrange(window: Window) -> None:
    """Lay the agents out by the pattern tree, as one step."""
    session = window.session
    if session is None:
        return
    from quartet.patterns.layout import layout  # not needed at start-up

    document = session.document
    points = layout(document.graph)
    moved = {id: point for id, point in points.items() if document.graph.positions.get(id) != point}
    if not moved:
        window.say("Everything stands where the layout would put it.")
        return
    try:
        document.do("Arrange", [Move(to=dict(moved))])
    except EditError as error:
        window.say(str(error))
        return
    session.canvas.fit()


def next_problem(window: Window) -> None:
    """Select and show what the next finding is about."""
    session = window.session
    if session is None:
        return
    document = session.document
    heard = [finding for finding in document.findings if finding.silenced is None]
    if not heard:
        window.say("Nothing was found that would fail.")
        return
    places = [frozenset((*finding.agents, *finding.edges)) for finding in heard]
    at = places.index(document.selection) + 1 if document.selection in places else 0
    finding, place = heard[at % len(heard)], places[at % len(heard)]
    document.select(place)
    document.reveal(place)
    window.say(f"{finding.title}. {finding.detail}")
