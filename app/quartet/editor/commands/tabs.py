"""The View menu's commands for the tabs of open graphs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from quartet.editor.actions import Command, first_of, needs_document

if TYPE_CHECKING:
    from quartet.editor.window import Window


def _needs_two(window: Window) -> str | None:
    return None if len(window.sessions) > 1 else "Only one graph is open."


def _step(by: int) -> Callable[[Window], object]:
    def go(window: Window) -> None:
        assert window.session is not None, "the command was refused without one"
        here = window.sessions.index(window.session.root)
        window.show_session(window.sessions[(here + by) % len(window.sessions)].levels.here)

    return go


def _move(by: int) -> Callable[[Window], object]:
    def move(window: Window) -> None:
        assert window.session is not None, "the command was refused without one"
        here = window.sessions.index(window.session.root)
        window.top.tabs.moveTab(here, here + by)

    return move


def _room(by: int) -> Callable[[Window], str | None]:
    def refuse(window: Window) -> str | None:
        assert window.session is not None, "asked after `needs_document`"
        there = window.sessions.index(window.session.root) + by
        return None if 0 <= there < len(window.sessions) else f"It is the {'first' if by < 0 else 'last'} tab already."

    return refuse


COMMANDS = (
    Command("view.next_tab", "&Next Tab", _step(1), ["Ctrl+Tab", "Ctrl+PgDown"], first_of(needs_document, _needs_two)),
    Command(
        "view.previous_tab", "&Previous Tab", _step(-1), ["Ctrl+Shift+Tab", "Ctrl+PgUp"],
        first_of(needs_document, _needs_two),
    ),
    Command(
        "view.tab_left", "Move Tab to the &Left", _move(-1), ["Ctrl+Shift+PgUp"], first_of(needs_document, _room(-1))
    ),
    Command(
        "view.tab_right", "Move Tab to the &Right", _move(1), ["Ctrl+Shift+PgDown"], first_of(needs_document, _room(1))
    ),
)  # fmt: skip
