"""“Run again from here”, in the menus of whatever shows moments of a run."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu

from quartet.editor import icons
from quartet.editor.live import Live
from quartet.engine.events import Event
from quartet.graph.model import EdgeId


def offer_again(menu: QMenu, live: Live, event: Event) -> None:
    """Offer to run again from an event, with what its agent answered at hand to be changed."""
    offer(menu, live, event.seq, agent_of(live, event))


def offer(menu: QMenu, live: Live, seq: int, agent: str | None) -> None:
    """Offer to run again from a moment; where that is not possible, say why."""
    action = menu.addAction(icons.icon("git-fork"), "Run again from here…")
    action.triggered.connect(lambda: live.again_requested.emit(seq, agent))
    if live.running:
        action.setEnabled(False)
        action.setToolTip("The run is still under way.")
    elif not live.kept:
        action.setEnabled(False)
        action.setToolTip("This run was not kept. Real runs are; a rehearsal is not, for it costs nothing.")
    menu.setToolTipsVisible(True)


def agent_of(live: Live, event: Event) -> str | None:
    """The agent whose answer an event is about: of a token on an edge the one that it comes from."""
    if event.agent is not None or live.snapshot is None:
        return event.agent
    edge = live.snapshot.edges.get(EdgeId(str((event.data or {}).get("edge"))))
    return None if edge is None else edge.source
