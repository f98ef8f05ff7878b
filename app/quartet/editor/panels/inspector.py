"""The inspector: the form of what is selected, made from the kinds' own config models."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from quartet.agents.kinds import find
from quartet.editor import theme
from quartet.editor.document import Changed, Document
from quartet.editor.live import Live
from quartet.editor.panels import inspector_agent, inspector_edge, inspector_graph
from quartet.editor.panels.inspector_form import Form
from quartet.editor.panels.inspector_policies import policies_of
from quartet.editor.panels.panel import Panel

JSON = Any


def build(document: Document, live: Live | None = None) -> Inspector:
    """The inspector of a document."""
    return Inspector(document)


class Inspector(Panel):
    """Shows one form at a time; it is built anew when what it is about takes other rows, else only filled anew."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Inspector", "settings", parent)
        self._document = document
        self._open: set[str] = set()
        self._shape: JSON = None
        self.form: Form | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._update)
        document.selection_changed.connect(self._later.start)
        document.changed.connect(self._changed)
        theme.changed.connect(self._rebuild)
        self._rebuild()

    def _changed(self, changed: Changed) -> None:
        if not changed.edges and not self._concerns(changed):
            return
        if self._shape != self._shape_now():
            self._later.start()  # after the event of the widget that caused it, which the new form replaces
        elif self.form is not None and self._concerns(changed):
            self.form.refresh()

    def _concerns(self, changed: Changed) -> bool:
        selection = self._document.selection
        if not selection:
            return changed.graph
        return any(selection & ids for ids in (changed.agents, changed.edges, changed.frames, changed.notes))

    def _shape_now(self) -> JSON:
        """What decides which rows the form has."""
        document = self._document
        agents, edges = document.selected_agents, document.selected_edges
        if agents:
            kinds = {agent.kind for agent in agents}
            kind = find(agents[0].kind) if len(kinds) == 1 else None
            policies = policies_of(document, agents, kind)
            routed = any(edge.when for edge in document.graph.edges.values() if edge.source in document.selection)
            alone = agents[0] if len(agents) == 1 else None
            unknown = tuple(alone.config) if alone and kind is None else ()
            invalid = tuple(alone.invalid or ()) if alone else ()
            ids = tuple(agent.id for agent in agents)
            return ("agents", ids, tuple(sorted(kinds)), tuple(sorted(policies)), routed, unknown, invalid)
        if len(edges) == 1 and len(document.selection) == 1:
            return ("edge", edges[0].id, *inspector_edge.shape(edges[0]))
        if edges and len(edges) == len(document.selection):
            return ("edges", *inspector_edge.shape_of_many(edges))
        return (tuple(sorted(document.selection)), len(document.graph.broken))

    def _update(self) -> None:
        if self._shape != self._shape_now():
            self._rebuild()
        elif self.form is not None:
            self.form.refresh()

    def _rebuild(self) -> None:
        document = self._document
        self._shape = self._shape_now()
        old, position = self.form, 0
        if old is not None:
            position = old.verticalScrollBar().value()
            same = getattr(old, "about", None) == self._shape[:2]
        self.form = form = Form(document, self._open)
        form.about = self._shape[:2]
        agents, edges = document.selected_agents, document.selected_edges
        notes, frames = document.selected_notes, document.selected_frames
        if agents:
            inspector_agent.build_agents(form, agents)
        elif len(edges) == 1 and not notes and not frames:
            inspector_edge.build_edge(form, edges[0])
        elif edges and len(edges) == len(document.selection):
            inspector_edge.build_edges(form, edges)
        elif len(notes) == 1 and not edges and not frames:
            inspector_graph.build_note(form, notes[0])
        elif len(frames) == 1 and not edges and not notes:
            inspector_graph.build_frame(form, frames[0])
        elif document.selection:
            inspector_graph.build_mixed(form, len(document.selection), "items")
        else:
            inspector_graph.build_graph(form)
        self._layout.addWidget(form)
        if old is not None:
            self._layout.removeWidget(old)
            old.hide()
            old.deleteLater()
            if same:
                QTimer.singleShot(0, form, lambda: form.verticalScrollBar().setValue(position))

    def focus_name(self) -> None:
        """Put the cursor where the most important value of the selection is typed."""
        if self.form is not None and self.form.rows:
            field = self.form.rows[0].field.input()
            field.setFocus(Qt.FocusReason.TabFocusReason)  # a line selects its text then
