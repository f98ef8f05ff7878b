"""The Insert menu: every agent kind, the four patterns, notes and frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.agents.kinds import all_kinds
from quartet.editor import inserting, saving_fragment
from quartet.editor.actions import Command, first_of, needs_document, needs_editing
from quartet.editor.pieces import fragments

if TYPE_CHECKING:
    from quartet.editor.window import Window


def _kind(name: str) -> Callable[[Window], object]:
    return lambda window: inserting.add_kind(window, name)


def _fragment(path: Path) -> Callable[[Window], object]:
    return lambda window: inserting.add_fragment_file(window, path)


def _agents_selected(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    return None if window.session.document.selected_agents else "Select the agents that the frame should go around."


def _guide(window: Window) -> object:
    from quartet.editor import guide  # few ask, and not at start-up

    return guide.ask(window)


def _can_guide(window: Window) -> str | None:
    return None if window.session is None else needs_editing(window)


def _by_name(window: Window) -> None:
    assert window.session is not None, "the command was refused without one"
    window.session.canvas.adding.by_key()


PATTERNS: tuple[Command, ...] = tuple(
    Command(
        f"insert.pattern.{entry.fragment.name.split('.')[0]}",
        entry.title,
        _fragment(entry.fragment),
        refuse=needs_editing,
        icon=entry.icon,
        tip=f"Insert a ready-made {entry.title.lower()} with its remedies",
    )
    for entry in fragments()
    if entry.fragment is not None
)

MENU: tuple[Command | str, ...] = (
    Command(
        "insert.by_name",
        "&By Name…",
        _by_name,
        refuse=needs_editing,
        icon="search",
        tip="Add by name: behind the selected agent, into the selected edge, else where the pointer is (Tab)",
    ),
    Command(
        "insert.guide",
        "&Which Pattern Fits?…",
        _guide,
        refuse=_can_guide,
        icon="circle-question-mark",
        tip="Answer a few questions about the task and begin with a pattern that fits, its remedy built in",
    ),
    "-",
    *(
        Command(f"insert.{kind.name}", kind.title, _kind(kind.name), refuse=needs_editing, icon=kind.icon)
        for kind in all_kinds()
        if kind.palette
    ),
    "-",
    "pattern",
    Command(
        "insert.save_fragment",
        "&Save Selection as a Fragment…",
        saving_fragment.save_selection,
        refuse=first_of(needs_document, saving_fragment.nothing_to_save),
        icon="save",
        tip="Keep the selected piece in the palette, to insert it anywhere",
    ),
    "-",
    Command("insert.note", "&Note", inserting.add_note, ["Ctrl+Shift+N"], needs_editing, icon="sticky-note"),
    Command(
        "insert.frame",
        "&Frame Around Selection",
        inserting.add_frame,
        ["Ctrl+G"],
        first_of(needs_editing, _agents_selected),
        icon="frame",
    ),
)
