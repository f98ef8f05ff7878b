"""Making a document of the journal that a crashed editor left, with everything that could be undone."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from quartet.editor import journal
from quartet.editor.document import Document
from quartet.editor.document_steps import Did
from quartet.editor.drafts import Draft
from quartet.editor.journal import Journal, Record
from quartet.graph.edits import EditError, from_json
from quartet.graph.strict_json import FileProblem


class Restored(NamedTuple):
    """A document as its journal tells it."""

    document: Document
    missing: int
    """Lines at the end of the journal that could not be read or did not fit."""


def restore(file: Path) -> Restored:
    """Do again what the journal `file` holds.

    Raises:
        FileProblem: not even what the changes began with can be read.
    """
    try:
        told = journal.read(file)
    except OSError as error:
        raise FileProblem(f"The journal cannot be read: {error.strerror or error}.", source=str(file)) from error
    if told is None:
        raise FileProblem("The journal is damaged from its first line on.", source=str(file))
    graph = journal.read_base(told)
    about = told.about
    document = Document(graph, None if about.path is None else Path(about.path))
    missing = told.damaged
    for place, record in enumerate(told.records):
        try:
            _again(document, record)
        except (EditError, ValueError, TypeError, LookupError):
            missing += len(told.records) - place
            break
    document.print = about.known
    document.history = about.history
    document.drafts = _drafts(told)
    if missing:
        document.mark_modified()
    return Restored(document, missing)


def _again(document: Document, record: Record) -> None:
    stack = document.undo_stack
    match record.kind, record.rest:
        case "do", [float() | int() as time, str() as label, list() as edits, merge, bool() as apart]:
            document.take(Did(label, from_json(edits), merge, time, apart))
        case "undo", [_]:
            stack.undo()
        case "redo", [_]:
            stack.redo()
        case "at", [int() as index]:
            stack.setIndex(index)
        case "clean", []:
            stack.setClean()
        case "dirty", []:
            stack.resetClean()
        case kind, _:
            raise ValueError(f"a step of a newer version: {kind}")


def _drafts(told: Journal) -> dict[str, Draft]:
    try:
        return {
            str(key): Draft(tuple(map(str, ids)), str(field), None if text is None else str(text), str(reason))
            for key, (ids, field, text, reason) in told.drafts.items()
        }
    except (AttributeError, TypeError, ValueError):
        return {}
