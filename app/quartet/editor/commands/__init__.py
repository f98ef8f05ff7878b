"""Every command, menu by menu. A new one is a line in its menu's module; everything else follows from the registry."""

from quartet.editor.actions import Command, plain
from quartet.editor.commands import (
    agents,
    edit,
    file,
    going,
    graph,
    help,
    insert,
    run,
    side_by_side,
    structure,
    sub_graphs,
    tabs,
    view,
)
from quartet.editor.menubar import TITLES

MENUS: tuple[tuple[str, tuple[Command | str, ...]], ...] = tuple(
    zip(TITLES, (file.MENU, edit.MENU, view.MENU, insert.MENU, graph.MENU, run.MENU, help.MENU), strict=True)
)
"""The menu bar: a Command is an entry, `-` a line between two groups, any other text the name of a submenu."""

SUBMENUS: dict[str, tuple[str, tuple[Command, ...]]] = {
    **file.SUBMENUS,
    "tabs": ("Ta&bs", tabs.COMMANDS),
    "split": ("Two &Views", side_by_side.COMMANDS),
    "bookmarks": ("&Bookmarks", view.BOOKMARKS),
    "go": ("&Go", going.GO),
    "extend": ("E&xtend the Selection", going.EXTEND),
    "move": ("&Move", going.MOVES),
    "scroll": ("Sc&roll", going.SCROLLS),
    "agents": ("A&gents", agents.COMMANDS),
    "edges": ("Points of an Ed&ge", agents.EDGES),
    "sub_graph": ("&Sub-graph", sub_graphs.COMMANDS),
    "structure": ("S&tructure", structure.STRUCTURE),
    "align": ("A&lign and Distribute", graph.ALIGNMENTS),
}
"""The submenus of commands: what the menu's text stands for."""

COMMANDS: tuple[Command, ...] = (
    *(entry for _, menu in MENUS for entry in menu if isinstance(entry, Command)),
    *(command for _, commands in SUBMENUS.values() for command in commands),
)
"""All commands, those of submenus too."""


def _path_of() -> dict[str, str]:
    found: dict[str, str] = {}
    for title, menu in MENUS:
        for entry in menu:
            if isinstance(entry, Command):
                found[entry.name] = plain(title)
            elif entry in SUBMENUS:
                inner, commands = SUBMENUS[entry]
                found |= {command.name: f"{plain(title)} › {plain(inner)}" for command in commands}
    return found


PATHS: dict[str, str] = _path_of()
"""The menu of every command, by its name: “Graph › Align and Distribute”."""
