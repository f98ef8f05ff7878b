"""The commands that change the structure of a drawing by name: asked in a search beside what has the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF

from quartet.agents.kinds import all_kinds, find
from quartet.editor import structure_edits as edits
from quartet.editor.canvas import geometry
from quartet.editor.fuzzy import ranked
from quartet.editor.search_popup import Choice, Search
from quartet.graph.edits import Edit, EditError
from quartet.graph.model import Agent, AgentId, Graph

if TYPE_CHECKING:
    from quartet.editor.document import Document
    from quartet.editor.panels.outline import Outline
    from quartet.editor.window import Window

MOST = 12
"""So many agents are offered at once."""
Make = Callable[[Graph, AgentId, str, str], tuple[AgentId, list[Edit]]]


def _document(window: Window) -> Document:
    assert window.session is not None, "the command was refused without one"
    return window.session.document


def _outline(window: Window) -> Outline | None:
    """The outline, if it has the keyboard."""
    from quartet.editor.panels.outline import Outline

    if window.session is None or "outline" not in window.session.panels:
        return None
    panel = window.session.panels["outline"]
    return panel if isinstance(panel, Outline) and panel.tree.hasFocus() else None


def _ask(window: Window, prompt: str, source: Callable[[str], Sequence[Choice]]) -> Search:
    """Ask in the outline below its current row, else on the canvas below the selected agent."""
    assert window.session is not None, "the command was refused without one"
    panel = _outline(window)
    if panel is not None:
        box = panel.tree.visualRect(panel.tree.currentIndex())
        panel.popup.ask(prompt, source, box.bottomLeft() + QPoint(8, 4), clear=box)
        return panel.popup
    canvas = window.session.canvas
    id = _document(window).selected_agents[0].id
    x, y = canvas.canvas_scene.positions.get(id, (0.0, 0.0))
    canvas.reveal({id})
    at = canvas.mapFromScene(QPointF(x, y + geometry.HEIGHT)) + QPoint(0, 8)
    canvas.adding.search.ask(prompt, source, at)
    return canvas.adding.search


def _do(window: Window, label: str, change: Callable[[Graph], list[Edit]], select: AgentId | None = None) -> None:
    document = _document(window)
    try:
        found = change(document.graph)
        document.do(label, found)
    except EditError as error:
        window.say(str(error))
        return
    if select is not None:
        document.select({select})
    if window.session is not None and document.selection:
        window.session.canvas.bring_in(document.selection)


def add(window: Window, make: Make, prompt: str) -> None:
    """Ask for a kind, and add an agent of it where `make` says."""
    id = _document(window).selected_agents[0].id
    name = _document(window).graph.agents[id].name or id

    def does(kind: str, title: str) -> None:
        document = _document(window)
        try:
            fresh, found = make(document.graph, id, kind, title)
            document.do(f"Add {title}", found)
        except EditError as error:
            window.say(str(error))
            return
        document.select({fresh})
        if window.session is not None:
            window.session.canvas.bring_in({fresh})

    def source(typed: str) -> list[Choice]:
        kinds = [
            Choice(kind.title, kind.summary, kind.icon, partial(does, kind.name, kind.title), "accent", kind.name)
            for kind in all_kinds()
            if kind.palette
        ]
        found = ranked(typed, kinds, lambda choice: f"{choice.title} {choice.also}")
        called = " ".join(typed.split())[:80]
        if len(called) > 1:
            found.append(Choice(f"New: “{called}”", "Language model", "plus", partial(does, "llm", called), "accent"))
        return found

    _ask(window, prompt.format(name=name), source)


def _agents(typed: str, graph: Graph, ids: Sequence[AgentId], does: Callable[[AgentId], object]) -> list[Choice]:
    def words(id: AgentId) -> str:
        return graph.agents[id].name or id

    found = []
    for id in islice(ranked(typed, ids, words), MOST):
        agent: Agent = graph.agents[id]
        kind = find(agent.kind)
        title, icon = (agent.kind, "circle-question-mark") if kind is None else (kind.title, kind.icon)
        found.append(Choice(words(id), title, icon, partial(does, id)))
    return found


def watched_by(window: Window) -> None:
    """Ask who should watch the selected agents."""
    graph = _document(window).graph
    ids = [agent.id for agent in _document(window).selected_agents]
    able = list(edits.overseers(graph, ids))
    watched = any(edge.kind == "supervise" and edge.target in ids for edge in graph.edges.values())

    def does(boss: AgentId | None) -> None:
        name = "nobody" if boss is None else graph.agents[boss].name or boss
        _do(window, f"Have it watched by {name}", lambda graph: edits.watched_by(graph, ids, boss))

    def source(typed: str) -> list[Choice]:
        found = _agents(typed, graph, able, does)
        if watched and not typed.strip():
            found.append(Choice("Nobody", "it stands by itself", "x", lambda: does(None)))
        return found

    _ask(window, "Watched by…", source)


def move_behind(window: Window) -> None:
    """Ask behind which agent the selected one should come in the flow."""
    graph = _document(window).graph
    id = _document(window).selected_agents[0].id
    others = [other for other in graph.agents if other != id]

    def does(other: AgentId) -> None:
        name = graph.agents[other].name or other
        _do(window, f"Move it behind {name}", lambda graph: edits.move_behind(graph, id, other))

    _ask(window, "Move it behind…", lambda typed: _agents(typed, graph, others, does))


def reorder(window: Window, by: int) -> None:
    """Let the selected agent trade places with the one before (-1) or behind it (1) in its part of the drawing."""
    assert window.session is not None, "the command was refused without one"
    from quartet.editor.panels.outline import Outline

    document = _document(window)
    panel = window.session.panels["outline"]
    assert isinstance(panel, Outline)
    id = document.selected_agents[0].id
    panel.model.reread()  # a panel that nobody sees is not kept up to date
    other, ordered = panel.model.neighbour(id, by)
    if other is None:
        window.say("There is no agent beside it in that direction to trade places with.")
        return
    first, second = (id, other) if by > 0 else (other, id)
    change = edits.trade_stages if ordered else edits.trade_places
    _do(window, "Move it later" if by > 0 else "Move it earlier", lambda graph: change(graph, first, second))
