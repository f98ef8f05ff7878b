"""The keys of the state that agents share in a run, as a list of rows, and the goal of a board."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from quartet.editor import icons, theme
from quartet.editor.document import Document
from quartet.editor.form_spec import errors
from quartet.editor.panels.inspector_binding import GraphField, PolicyField, stated
from quartet.editor.panels.inspector_entries import EntriesField, EntryRow
from quartet.editor.panels.inspector_fields import Combo
from quartet.editor.panels.inspector_form import Form
from quartet.editor.panels.inspector_rehearsal import read_value, write_value
from quartet.editor.panels.inspector_text import Variable, Variables, wrong_condition
from quartet.graph.edits import Edit, SetGraph
from quartet.graph.model import StateKey

JSON = Any
REDUCERS: tuple[tuple[str, str], ...] = (
    ("last", "A write replaces it"),
    ("append", "Writes are added to a list"),
    ("sum", "Writes are added up"),
    ("merge", "Writes are merged into an object"),
)
"""What files call the ways of putting writes together, and what a person reads."""


class _Key(EntryRow):
    """One key: its name, what writes do, what it holds at first, and what it is for."""

    def __init__(self, entry: dict[str, JSON], number: int) -> None:
        super().__init__(entry)
        self._problem = ""
        self.name = QLineEdit(str(entry.get("key", "")))
        self.name.setPlaceholderText("Name")
        self.name.setAccessibleName(f"Key {number}")
        remove = QToolButton()
        remove.setIcon(icons.icon("x", theme.current().faint))
        remove.setToolTip("Remove this key")
        remove.setAccessibleName("Remove this key")
        self.reducer = Combo()
        self.reducer.setAccessibleName(f"What writes to key {number} do")
        self.reducer.addItems([words for _, words in REDUCERS])
        known = [name for name, _ in REDUCERS]
        self.reducer.setCurrentIndex(known.index(entry.get("reducer", "last")))
        self.initial = QLineEdit()
        self.initial.setPlaceholderText("At first: a text, or JSON")
        self.initial.setAccessibleName(f"What key {number} holds at first")
        value = entry.get("initial")
        if value is not None:
            self.initial.setText(
                write_value(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            )
        self.about = QLineEdit(str(entry.get("description") or ""))
        self.about.setPlaceholderText("What it holds, for people and models")
        self.about.setAccessibleName(f"What key {number} is for")
        first = QHBoxLayout()
        first.setSpacing(6)
        first.addWidget(self.name, 1)
        first.addWidget(remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(first)
        for widget in (self.reducer, self.initial, self.about):
            layout.addWidget(widget)
        self._check()
        for line in (self.name, self.initial, self.about):
            line.textEdited.connect(self._typed)
        self.reducer.activated.connect(self._typed)
        remove.clicked.connect(lambda: self.removed.emit(self))

    def inputs(self) -> list[QWidget]:
        return [self.name, self.reducer, self.initial, self.about]

    def wrong(self) -> str:
        return self._problem

    def _typed(self) -> None:
        reducer = REDUCERS[self.reducer.currentIndex()][0]
        text = self.initial.text()
        written = {
            "key": self.name.text().strip(),
            "reducer": None if reducer == "last" and "reducer" not in self.entry else reducer,
            "initial": read_value(text) if text.strip() else None,
            "description": self.about.text() or None,
        }
        self.entry = {name: value for name, value in {**self.entry, **written}.items() if value is not None}
        self._check()
        self.edited.emit()

    def _check(self) -> None:
        found = errors(StateKey, {name: value for name, value in self.entry.items() if name != "key"})
        self._problem = "It needs a name." if not self.entry.get("key") else next(iter(found.values()), "")


class StateField(EntriesField):
    """The keys, one below the other."""

    def __init__(self) -> None:
        super().__init__("key")

    def fresh(self) -> dict[str, JSON]:
        used = {row.entry.get("key") for row in self.rows}
        return {"key": next(name for n in range(1, len(used) + 2) if (name := f"key{n}") not in used)}

    def row(self, entry: dict[str, JSON], number: int) -> EntryRow:
        return _Key(entry, number)

    def _tell(self) -> None:
        names = [row.entry.get("key") for row in self.rows]
        twice = next((name for name in names if name and names.count(name) > 1), None)
        if twice is not None:
            self.refused.emit(f"“{twice}” stands here twice.")
            return
        super()._tell()


@dataclass(frozen=True)
class _State(GraphField):
    """The keys as a list of entries, each with its name."""

    def get(self) -> JSON:
        return [{"key": key, **stated(about)} for key, about in (self.document.graph.state or {}).items()] or None

    def edits(self, value: JSON) -> list[Edit]:
        keys = {entry["key"]: {name: one for name, one in entry.items() if name != "key"} for entry in value or ()}
        return [SetGraph(values={"state": keys or None})]


def add_state(form: Form) -> None:
    """Add the section of the state to the graph's form."""
    document = form.document
    section = form.add_section("Shared state", lambda: _summary(len(document.graph.state or ())))
    form.add(
        StateField(),
        _State(document, "state"),
        "",
        "What agents share in a run, by key. An agent says under “More” which keys it reads and writes; its writes "
        "count once it has succeeded. Templates and conditions name a key as state.key.",
        "Change the shared state",
        section,
    )


def _summary(count: int) -> str:
    return "" if not count else "1 key" if count == 1 else f"{count:,} keys"


@dataclass(frozen=True)
class Goal(PolicyField):
    """When a board is done; a condition that cannot be read is kept, and the graph cannot run."""

    def wrong(self, value: JSON) -> str:
        return wrong_condition(value) if value else ""


def goal_variables(document: Document) -> Variables:
    """What a board's goal can name."""

    def found() -> list[Variable]:
        keys = document.graph.state or {}
        return [
            Variable("value", "value", "the list of results so far"),
            Variable("context.notes", "context.notes", "what is noted on the board"),
            *(
                Variable(f"context.{name}", f"context.{name}", f"pieces of work {what}")
                for name, what in (
                    ("posted", "put up"), ("done", "done"), ("dead", "given up"), ("left", "waiting or under way"),
                )
            ),
            *(Variable(f"state.{key}", f"state.{key}", "of the state that agents share") for key in keys),
            Variable("input", "input", "the input of the run"),
        ]  # fmt: skip

    return found
