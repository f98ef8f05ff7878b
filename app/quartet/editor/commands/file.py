"""The File menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from quartet.editor import comparing, exporting, git, local_history_dialog
from quartet.editor.actions import Command, first_of, needs_document, needs_editing

if TYPE_CHECKING:
    from quartet.editor.session import Session
    from quartet.editor.window import Window

Keys = QKeySequence.StandardKey


def _session(window: Window) -> Session:
    assert window.session is not None, "the command was refused without one"
    return window.session


def _has_file(window: Window) -> str | None:
    return None if _session(window).document.path is not None else "This graph has not been saved yet."


def _is_modified(window: Window) -> str | None:
    return None if _session(window).document.modified else "There is nothing to take back: it is as it was saved."


def _has_content(window: Window) -> str | None:
    return None if _session(window).document.graph.agents else "The graph is empty."


def _in_git(window: Window) -> str | None:
    path = _session(window).document.path
    return None if path is not None and git.in_work_tree(path) else "The file does not lie in a work tree of git."


EXPORTS = (
    Command(
        "file.export.json", "&JSON…", lambda window: exporting.export_json(window), refuse=needs_document,
        tip="Write a copy of the graph as Quartet’s own JSON",
    ),
    Command(
        "file.export.node_link", "&Node-link JSON…", lambda window: exporting.export_node_link(window),
        refuse=needs_document, tip="Write the graph as networkx node-link JSON",
    ),
    Command(
        "file.export.mermaid", "&Mermaid…", lambda window: exporting.export_mermaid(window), refuse=needs_document,
        tip="Write the graph as a Mermaid flowchart",
    ),
    Command(
        "file.export.png", "&PNG Picture…", lambda window: exporting.export_png(window),
        refuse=first_of(needs_document, _has_content),
        tip="Write the canvas as a picture that carries the graph and opens again",
    ),
    Command(
        "file.export.svg", "&SVG Picture…", lambda window: exporting.export_svg(window),
        refuse=first_of(needs_document, _has_content),
        tip="Write the canvas as shapes, sharp at any size, with the graph inside: it opens again",
    ),
    Command(
        "file.export.pdf", "P&DF…", lambda window: exporting.export_pdf(window),
        refuse=first_of(needs_document, _has_content),
        tip="Write the canvas as a page to print, and one for each sub-graph in it",
    ),
)  # fmt: skip

COMPARES = (
    Command(
        "file.compare.file", "&Another File…", lambda window: comparing.with_file(window), refuse=needs_document,
        tip="Show what differs between the graph in a file and this one",
    ),
    Command(
        "file.compare.saved", "The &Saved File", lambda window: comparing.with_saved(window),
        refuse=first_of(needs_document, _has_file), tip="Show what differs between the file on disk and this graph",
    ),
    Command(
        "file.compare.committed", "The Last &Commit", lambda window: comparing.with_committed(window),
        refuse=first_of(needs_document, _has_file, _in_git),
        tip="Show what differs between the file in git’s last commit and this graph",
    ),
)  # fmt: skip
SUBMENUS: dict[str, tuple[str, tuple[Command | str, ...]]] = {
    "export": ("&Export", EXPORTS),
    "compare": ("Co&mpare With", COMPARES),
}

MENU: tuple[Command | str, ...] = (
    Command("file.new", "&New", lambda window: window.files.new(), [Keys.New], icon="file-plus"),
    Command("file.open", "&Open…", lambda window: window.files.open(), [Keys.Open], icon="folder-open"),
    "recent",
    "-",
    Command(
        "file.save", "&Save", lambda window: window.files.save(_session(window)), [Keys.Save],
        first_of(needs_document), icon="save",
    ),
    Command(
        "file.save_as", "Save &As…", lambda window: window.files.save_as(_session(window)), ["Ctrl+Shift+S"],
        needs_document,
    ),
    Command(
        "file.revert", "Re&vert…", lambda window: window.files.revert(_session(window)),
        refuse=first_of(needs_editing, _has_file, _is_modified),
        tip="Take the saved file in again; Undo brings yours back",
    ),
    "-",
    Command(
        "file.checkpoint", "Chec&kpoint…", lambda window: local_history_dialog.checkpoint(window), ["Ctrl+Alt+S"],
        needs_document, tip="Keep the graph as it is now under a name, beside its file",
    ),
    Command(
        "file.local_history", "Local &History…", lambda window: local_history_dialog.show(window), ["Ctrl+Alt+H"],
        needs_document, tip="Earlier versions of this graph: compare them with now, restore them",
    ),
    "-",
    Command(
        "file.import", "&Import…", lambda window: exporting.import_file(window), ["Ctrl+I"],
        tip="Open a graph of any known format as a new, unsaved graph",
    ),
    "export",
    "compare",
    "-",
    Command("file.close", "&Close", lambda window: window.files.close(_session(window)), ["Ctrl+W"], needs_document),
    Command("file.quit", "&Quit", lambda window: window.quit(), ["Ctrl+Q"], role=QAction.MenuRole.QuitRole),
)  # fmt: skip
