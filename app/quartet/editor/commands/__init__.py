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

SUBMENUS: dict[str, tuple[str, tuple[Command, ...]]] = {
    **file.SUBMENUS,
    "bookmarks": ("&Bookmarks", view.BOOKMARKS),
    "align": ("A&lign and Distribute", graph.ALIGNMENTS),
}
"""The submenus of commands: what the menu's text stands for."""

COMMANDS: tuple[Command, ...] = (
    *(entry for _, menu in MENUS for entry in menu if isinstance(entry, Command)),
    *(command for _, commands in SUBMENUS.values() for command in commands),
)
"""All commands, those of submenus too."""
