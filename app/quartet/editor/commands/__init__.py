"""Every command, menu by menu. A new one is a line in its menu's module; everything else follows from the registry."""

from quartet.editor.actions import Command
from quartet.editor.commands import edit, file, graph, help, insert, run, view

MENUS: tuple[tuple[str, tuple[Command | str, ...]], ...] = (
    ("&File", file.MENU),
    ("&Edit", edit.MENU),
    ("&View", view.MENU),
    ("&Insert", insert.MENU),
    ("&Graph", graph.MENU),
    ("&Run", run.MENU),
    ("&Help", help.MENU),
)
"""The menu bar: a Command is an entry, `-` a line between two groups, any other text the name of a submenu."""

COMMANDS: tuple[Command, ...] = tuple(
    entry for _, menu in MENUS for entry in menu if isinstance(entry, Command)
) + file.EXPORTS  # fmt: skip
"""All commands, those of submenus too."""
