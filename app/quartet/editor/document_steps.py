"""The steps of a document: what was done, the one undo command, and the stack that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QUndoCommand, QUndoStack
from shiboken6 import isValid

from quartet.graph.diff import PLACES
from quartet.graph.edits import Add, Edit, Move, Remove, Set, SetGraph, Within
from quartet.graph.model import AgentId, Graph, Section
from quartet.graph.writing import sub_graph_data

if TYPE_CHECKING:
    from quartet.editor.document import Document

SECTIONS: tuple[Section, ...] = ("agents", "edges", "frames", "notes")


class Did(NamedTuple):
    """A change, as `Document.do` took it in."""

    label: str
    edits: list[Edit]
    merge: str | None
    time: float
    """When, in seconds since the epoch."""
    apart: bool = False
    """It is a step of its own whatever its `merge`: it was one when it was recorded."""


class Change(QUndoCommand):
    """The only undo command: Edits and their inverse. Typing into one field merges, and so do steps by an arrow key."""

    def __init__(self, document: Document, step: Did, inverse: list[Edit]):
        super().__init__(step.label)
        self._document = document
        self.edits = step.edits
        self.inverse = inverse
        self.merge = step.merge
        self.apart = step.apart
        self.time = step.time
        self._applied = True  # `do` applied the edits to learn whether they fit; push() calls redo() at once

    def redo(self) -> None:
        if self._applied:
            self._applied = False
        else:
            self._document._apply(self.edits)
            self._document.stepped.emit("redo")

    def undo(self) -> None:
        self._document._apply(self.inverse)
        self._document.stepped.emit("undo")

    def id(self) -> int:
        return -1 if self.merge is None else 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Change) or self.merge != other.merge or other.apart:
            return False
        if _same_fields(self.edits, other.edits) and _same_fields(other.inverse, self.inverse):
            self.edits = other.edits
        else:
            self.edits = [*self.edits, *other.edits]
            self.inverse = [*other.inverse, *self.inverse]
        self.setText(other.text())
        self.time = other.time
        if self.edits == self.inverse or _plain(self.edits) == _plain(self.inverse):
            self.setObsolete(True)
        return True


class Steps(QUndoStack):
    """The undo stack. Python's garbage collector may find a document and all it holds at once, and would take the
    commands from the stack one by one while the stack still leads to them: they are deleted in order before that."""

    def __del__(self) -> None:
        if isValid(self):
            self.blockSignals(True)
            self.clear()


def _plain(edits: list[Edit]) -> list[object]:
    """Edits as a file would write them: what was typed is JSON, what was there before may be a model."""
    found = [edit.model_dump(mode="json", by_alias=True, exclude_unset=True) for edit in edits]
    return [{key: value for key, value in each.items() if key != "null" or value} for each in found]


def _same_fields(first: Sequence[Edit], second: Sequence[Edit]) -> bool:
    """Whether both set the very same fields of the same items in the same order, so that one may replace the other."""
    return len(first) == len(second) and all(map(_same_field, first, second))


def _same_field(a: Edit, b: Edit) -> bool:
    if isinstance(a, Set) and isinstance(b, Set):
        return (a.section, a.id, {*a.values, *a.null}) == (b.section, b.id, {*b.values, *b.null})
    if isinstance(a, Move) and isinstance(b, Move):
        return a.to.keys() == b.to.keys()
    if isinstance(a, Within) and isinstance(b, Within):
        return a.graph == b.graph and _same_fields(a.edits, b.edits)
    return isinstance(a, SetGraph) and isinstance(b, SetGraph) and {*a.values, *a.null} == {*b.values, *b.null}


def means_something(edit: Edit) -> bool:
    """Whether an edit can alter the verdict or a finding: where and how things are drawn, frames and notes cannot."""
    if isinstance(edit, Move):
        return False
    if isinstance(edit, Within):
        return any(means_something(one) for one in edit.edits)
    if isinstance(edit, Set) and edit.values.keys() <= PLACES[edit.section] and not edit.null:
        return False
    return isinstance(edit, SetGraph) or edit.section in ("agents", "edges")


def replacement(old: Graph, new: Graph) -> list[Edit]:
    """The Edits that turn `old` into `new`."""
    gone: tuple[Section, ...] = ("edges", "agents", "frames", "notes")
    edits: list[Edit] = [Remove(section=section, id=id) for section in gone for id in getattr(old, section)]
    values = {name: getattr(new, name) for name in ("name", "description", "input", "limits", "state", "broken")}
    values |= {f"extra.{key}": new.extra.get(key) for key in {**old.extra, **new.extra}}
    values |= {f"graphs.{id}": None for id in old.graphs}
    values |= {f"graphs.{id}": sub_graph_data(inner) for id, inner in new.graphs.items()}
    edits.append(SetGraph(values=values))
    for section in SECTIONS:
        for id, item in getattr(new, section).items():
            at = new.positions.get(AgentId(id)) if section == "agents" else None
            edits.append(Add(section=section, item=item, at=at))
    return edits
