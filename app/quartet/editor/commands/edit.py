"""The Edit menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from quartet.editor.actions import Command, first_of, needs_document, needs_editing, needs_selection
from quartet.editor.canvas import keys, removing, walking
from quartet.editor.commands import going
from quartet.editor.plain_text import caption

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas
    from quartet.editor.document import Document
    from quartet.editor.panels.find import Find
    from quartet.editor.window import Window

Keys = QKeySequence.StandardKey


def _document(window: Window) -> Document:
    assert window.session is not None, "the command was refused without one"
    return window.session.document


def _canvas(window: Window) -> Canvas:
    assert window.session is not None, "the command was refused without one"
    return window.session.canvas


def _can_undo(window: Window) -> str | None:
    return None if _document(window).undo_stack.canUndo() else "There is nothing to undo."


def _can_redo(window: Window) -> str | None:
    return None if _document(window).undo_stack.canRedo() else "There is nothing to redo."


def _undo_label(window: Window) -> str:
    what = "" if window.session is None else window.session.document.undo_stack.undoText()
    return f"&Undo {caption(what)}".rstrip()


def _redo_label(window: Window) -> str:
    what = "" if window.session is None else window.session.document.undo_stack.redoText()
    return f"&Redo {caption(what)}".rstrip()


def _copyable(window: Window) -> str | None:
    document = _document(window)
    chosen = document.selected_agents or document.selected_frames or document.selected_notes
    return None if chosen else "No agent, frame or note is selected."


def _agent_selected(window: Window) -> str | None:
    return None if _document(window).selected_agents else "No agent is selected."


def _one_named(window: Window) -> str | None:
    document = _document(window)
    named = len(document.selected_agents) + len(document.selected_frames) + len(document.selected_notes)
    return None if named == 1 else "Select one agent, frame or note."


def _has_items(window: Window) -> str | None:
    graph = _document(window).graph
    return None if graph.agents or graph.frames or graph.notes else "The graph is empty."


def _find_panel(window: Window) -> Find:
    from quartet.editor.panels.find import Find

    assert window.session is not None, "the command was refused without one"
    panel = window.session.panels["find"]
    assert isinstance(panel, Find)
    return panel


def _find(window: Window, *, replacing: bool = False) -> None:
    panel = _find_panel(window)
    window.show_panel("find")
    panel.begin(replacing=replacing)


def _find_step(window: Window, by: int) -> None:
    panel = _find_panel(window)
    if panel.field.text() or panel.filters:
        window.show_panel("find")
        panel.step(by)
    else:
        _find(window)


def _rename(window: Window) -> None:
    _canvas(window).setFocus()
    _canvas(window).rename_selected()


def _preferences(window: Window) -> object:
    from quartet.editor import preferences_dialog  # few ask, and not at start-up

    return preferences_dialog.show(window)


SELECT: tuple[Command, ...] = (
    Command(
        "edit.select_none", "Select &None", lambda window: _document(window).select([]), ["Ctrl+Shift+A"],
        first_of(needs_document, needs_selection),
    ),
    Command(
        "edit.select_upstream", "Select &Upstream",
        lambda window: walking.select_reached(_canvas(window), onward=False),
        ["U"], first_of(needs_document, needs_selection), scope="canvas", tip="Also select all that leads here",
    ),
    Command(
        "edit.select_downstream", "Select &Downstream",
        lambda window: walking.select_reached(_canvas(window), onward=True),
        ["D"], first_of(needs_document, needs_selection), scope="canvas", tip="Also select all that this leads to",
    ),
    *going.EXTEND,
    Command(
        "edit.lasso", "Select with a La&sso", lambda window: keys.lasso(_canvas(window)), ["L"],
        first_of(needs_document, _has_items), scope="canvas",
        tip="The next drag draws a line round what to select; so does a drag with Alt over empty canvas",
    ),
)  # fmt: skip

MENU: tuple[Command | str, ...] = (
    Command(
        "edit.undo", "&Undo", lambda window: _document(window).undo_stack.undo(), [Keys.Undo],
        first_of(needs_document, _can_undo), icon="undo-2", label=_undo_label,
    ),
    Command(
        "edit.redo", "&Redo", lambda window: _document(window).undo_stack.redo(), ["Ctrl+Shift+Z", "Ctrl+Y"],
        first_of(needs_document, _can_redo), icon="redo-2", label=_redo_label,
    ),
    "-",
    Command(
        "edit.cut", "Cu&t", lambda window: _canvas(window).cut(), [Keys.Cut],
        first_of(needs_editing, _copyable), icon="scissors", scope="canvas",
    ),
    Command(
        "edit.copy", "&Copy", lambda window: _canvas(window).copy(), [Keys.Copy],
        first_of(needs_document, _copyable), icon="copy", scope="canvas",
        tip="Copy as JSON text, which can be pasted anywhere",
    ),
    Command(
        "edit.paste", "&Paste", lambda window: _canvas(window).paste(), [Keys.Paste], needs_editing,
        icon="clipboard-paste", scope="canvas", tip="Paste agents, or the JSON text of a graph from anywhere",
    ),
    Command(
        "edit.duplicate", "&Duplicate", lambda window: _canvas(window).duplicate(), ["Ctrl+D"],
        first_of(needs_editing, _copyable), scope="canvas",
    ),
    Command(
        "edit.delete", "De&lete", lambda window: _canvas(window).delete(), ["Del", "Backspace"],
        first_of(needs_editing, needs_selection), icon="trash-2", scope="canvas",
    ),
    Command(
        "edit.delete_join", "Delete and &Join", lambda window: removing.delete_and_join(_canvas(window)),
        ["Ctrl+Shift+Del"], first_of(needs_editing, _agent_selected), scope="canvas",
        tip="Take agents out; what led to them leads on to where they led",
    ),
    "-",
    Command(
        "edit.select_all", "Select &All", lambda window: _canvas(window).select_all(), [Keys.SelectAll],
        first_of(needs_document, _has_items), scope="canvas",
    ),
    "select",
    "-",
    Command(
        "edit.find", "&Find…", lambda window: _find(window), [Keys.Find], needs_document, icon="search",
        tip="Find words anywhere in the drawing, or see only agents with problems or in a state of the run",
    ),
    Command(
        "edit.replace", "F&ind and Replace…", lambda window: _find(window, replacing=True), ["Ctrl+H"],
        needs_document,
    ),
    Command("edit.find_next", "Find Ne&xt", lambda window: _find_step(window, 1), ["F3"], needs_document),
    Command(
        "edit.find_previous", "Find Pre&vious", lambda window: _find_step(window, -1), ["Shift+F3"], needs_document
    ),
    "-",
    Command(
        "edit.open", "Open &What Is Selected", lambda window: keys.enter(_canvas(window)), ["Return", "Enter"],
        first_of(needs_document, needs_selection), scope="canvas",
        tip="An agent in the inspector, an edge’s kind and condition, a note’s text",
    ),
    Command("edit.rename", "Rena&me", _rename, ["F2"], first_of(needs_editing, _one_named), icon="pen-line"),
    "agents",
    "edges",
    "move",
    "-",
    Command(
        "edit.preferences", "Prefere&nces…", _preferences, ["Ctrl+,"], role=QAction.MenuRole.PreferencesRole,
        icon="settings", tip="Colours, motion, the grid, kept runs, privacy",
    ),
)  # fmt: skip
