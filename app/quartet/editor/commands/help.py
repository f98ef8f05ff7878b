"""The Help menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from quartet.editor import helping
from quartet.editor.actions import Command

if TYPE_CHECKING:
    from quartet.editor.window import Window


def _palette(window: Window) -> object:
    from quartet.editor import command_palette  # not at start-up

    return command_palette.open_palette(window)


def _help(window: Window) -> object:
    from quartet.editor import help_context

    return help_context.show(window)


def _patterns(window: Window) -> object:
    from quartet.editor import help_viewer

    verdict = None if window.session is None else window.session.document.verdict
    return help_viewer.show(window, f"page.{'pipeline' if verdict is None else verdict.top}")


def _tour(window: Window) -> object:
    from quartet.editor import tour

    return tour.start(window)


def _shortcuts(window: Window) -> object:
    from quartet.editor import shortcuts_dialog

    return shortcuts_dialog.show(window)


MENU: tuple[Command | str, ...] = (
    Command(
        "help.context",
        "&Help",
        _help,
        ["F1"],
        icon="circle-question-mark",
        tip="What is under the pointer, or has the keyboard, explained",
    ),
    Command("help.patterns", "The Four &Patterns", _patterns, icon="info", tip="How each fails, and what helps"),
    Command(
        "help.tour",
        "Take the &Tour",
        _tour,
        icon="map",
        tip="First steps with a drawing of your own: draw, read the verdict, watch it run, fail, and mend it",
    ),
    Command("help.examples", "&Examples", lambda window: window.show_welcome(), icon="star"),
    Command(
        "help.shortcuts",
        "&Keyboard Shortcuts…",
        _shortcuts,
        ["Ctrl+/"],
        tip="Every command and its keys, which can be changed, and what the mouse does",
    ),
    Command(
        "help.commands",
        "&Find a Command…",
        _palette,
        ["Ctrl+Shift+P"],
        icon="search",
        tip="Everything there is to do, by name",
    ),
    "-",
    Command("help.about", "&About Quartet", helping.show_about, role=QAction.MenuRole.AboutRole, icon="info"),
)
