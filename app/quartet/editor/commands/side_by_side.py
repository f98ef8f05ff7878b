"""The View menu's commands for two views side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quartet.editor.actions import Command, first_of, needs_document

if TYPE_CHECKING:
    from quartet.editor.window import Window


def _is_split(window: Window) -> bool:
    return window.session is not None and window.session.split.two


def _split(window: Window) -> None:
    assert window.session is not None, "the command was refused without one"
    split = window.session.split
    if split.two:
        split.join()
    else:
        split.split()


def _needs_another(window: Window) -> str | None:
    return None if len(window.sessions) > 1 else "Only one graph is open: open another one to have both in sight."


def _needs_two(window: Window) -> str | None:
    return None if _is_split(window) or window.docks.canvases.two else "There is only one view: F7 makes two."


def _move(window: Window) -> None:
    session = window.session
    assert session is not None, "the command was refused without one"
    window.docks.canvases.move_across(session.page)
    session.canvas.setFocus()


def _other(window: Window) -> None:
    session = window.session
    assert session is not None, "the command was refused without one"
    if window.docks.canvases.two and not (session.split.two and session.canvas is session.split.canvases[0]):
        there = next(
            each.levels.here for each in window.sessions
            if each is not session.root and window.docks.canvases.in_sight(each.levels.here.page)
        )  # fmt: skip
        there.split.canvases[0].setFocus()
    else:
        session.split.other()


COMMANDS = (
    Command(
        "view.split", "&Two Views of This Graph", _split, ["F7"], needs_document, checked=_is_split,
        tip="See two places of the graph at once, each with its own zoom; again: keep only the view you are in",
    ),
    Command(
        "view.move_across", "Put This Graph on the Other &Side", _move, ["Ctrl+F7"],
        first_of(needs_document, _needs_another), tip="See two graphs side by side",
    ),
    Command("view.other_view", "&Go to the Other View", _other, ["Shift+F7"], first_of(needs_document, _needs_two)),
)  # fmt: skip
