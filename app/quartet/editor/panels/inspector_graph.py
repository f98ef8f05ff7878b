"""The forms of the graph itself (nothing is selected), of a note, of a frame, and of a mixed selection."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtWidgets import QLabel

from quartet.editor.form_spec import Spec, specs
from quartet.editor.panels.inspector_binding import GraphField, GraphPolicyField, ItemField
from quartet.editor.panels.inspector_fields import ChoiceField, Field, LineField, NumberField, TextField
from quartet.editor.panels.inspector_form import Form
from quartet.editor.panels.inspector_rehearsal import read_value, write_value
from quartet.editor.panels.inspector_state import add_state
from quartet.editor.panels.inspector_words import DEFAULTS, choices
from quartet.graph.model import Frame, Note, RunLimits

JSON = Any


class ValueField(TextField):
    """A value as a person writes it: a text, or JSON where it reads as an object, a list or a number."""

    def _tell(self, text: str) -> None:
        self.edited.emit(read_value(text) if text.strip() else None)

    def show_value(self, value: JSON) -> None:
        now = self.text.toPlainText()
        if now.strip() and read_value(now) == value:
            return
        if isinstance(value, dict | list):
            self._show(json.dumps(value, ensure_ascii=False, indent=2))
        else:
            self._show("" if value is None else write_value(value))


def build_graph(form: Form) -> None:
    """Fill a form for the graph."""
    document = form.document
    _heading(form, "The graph", "Select an agent or an edge to change it here.")
    spec = Spec("name", "Name", "", "line", placeholder="What tabs and files call it")
    form.add(LineField(spec), GraphField(document, "name"), "Name", label="Rename the graph")
    form.add(TextField("Description", "What it is for", (2, 10)), GraphField(document, "description"), "Description")
    form.add(
        ValueField("Sample input", "A text, or JSON", (2, 10)),
        GraphField(document, "input"),
        "Sample input",
        "What Run offers as the input, and what a rehearsal takes.",
    )
    section = form.add_section("Limits of a run", lambda: "stated" if document.graph.limits is not None else "")
    for spec in specs(RunLimits):
        field: Field
        if spec.widget == "choice":
            field = ChoiceField(spec.title, choices("limits/on_limit", spec.choices))
        else:
            field = NumberField(spec)
        binding = GraphPolicyField(document, "limits", spec.name, RunLimits)
        help = f"{spec.help} {DEFAULTS.get('', '')}".strip()
        form.add(field, binding, spec.title, help, "Change the run’s limits", section)
    add_state(form)
    if document.graph.broken:
        broken = form.add_section(f"Not understood ({len(document.graph.broken):,})")
        form.add_text("These items of the file are kept as they are. The graph cannot run with them.", section=broken)
        for item in document.graph.broken:
            form.add_text(f"{item.section}: {item.reason}", section=broken)
            raw = form.add_text(json.dumps(item.raw, ensure_ascii=False, indent=2)[:2000], "tiny", broken)
            raw.setTextInteractionFlags(raw.textInteractionFlags().TextSelectableByMouse)
    form.finish()


def build_note(form: Form, note: Note) -> None:
    """Fill a form for a note."""
    _heading(form, "Note", "A text on the canvas. It has no effect on a run.")
    form.add(TextField("Text", "", (6, 24)), ItemField(form.document, "notes", (note.id,), "text"), "Text")
    form.finish()


def build_frame(form: Form, frame: Frame) -> None:
    """Fill a form for a frame."""
    _heading(form, "Frame", "A titled rectangle behind agents. It has no effect on a run.")
    spec = Spec("name", "Title", "", "line")
    form.add(LineField(spec), ItemField(form.document, "frames", (frame.id,), "name"), "Title")
    form.finish()


def build_mixed(form: Form, count: int, what: str) -> None:
    """Fill a form for a selection that has nothing in common."""
    _heading(form, f"{count:,} {what} are selected", "Select agents only to change what they have in common.")
    form.finish()


def _heading(form: Form, title: str, text: str) -> None:
    heading = QLabel(title)
    heading.setProperty("look", "title")
    form.main.addWidget(heading)
    form.add_text(text)
