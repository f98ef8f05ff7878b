"""The Help menu."""

from __future__ import annotations

from PySide6.QtGui import QAction

from quartet.editor import helping
from quartet.editor.actions import Command

MENU: tuple[Command | str, ...] = (
    Command("help.patterns", "The Four &Patterns", helping.show_patterns, ["F1"], icon="info"),
    Command("help.examples", "&Examples", lambda window: window.show_welcome(), icon="star"),
    Command("help.shortcuts", "&Keyboard Shortcuts", helping.show_shortcuts, ["Ctrl+/"]),
    "-",
    Command("help.about", "&About Quartet", helping.show_about, role=QAction.MenuRole.AboutRole, icon="info"),
)
