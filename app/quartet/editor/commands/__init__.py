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

SUBMENUS: dict[str, tuple[str, tuple[Command | str, ...]]] = {
    **file.SUBMENUS,
    **view.SUBMENUS,
    "pattern": ("&Pattern", insert.PATTERNS),
    "select": ("&Select", edit.SELECT),
    "colour": ("&Colour", agents.COLORS),
    "tabs": ("&Tabs", tabs.COMMANDS),
    "split": ("Two &Views", side_by_side.COMMANDS),
    "go": ("&Go", going.GO),
    "move": ("M&ove", going.MOVES),
    "scroll": ("Scroll", going.SCROLLS),
    "agents": ("A&gents", agents.COMMANDS),
    "edges": ("&Edges", agents.EDGES),
    "sub_graph": ("&Sub-graph", sub_graphs.COMMANDS),
    "structure": ("S&tructure", structure.STRUCTURE),
    "align": ("A&lign and Distribute", graph.ALIGNMENTS),
}
"""The submenus: what the menu's text stands for, and what is in it, with the names of submenus of its own."""

COMMANDS: tuple[Command, ...] = (
    *(entry for _, menu in MENUS for entry in menu if isinstance(entry, Command)),
    *(entry for _, entries in SUBMENUS.values() for entry in entries if isinstance(entry, Command)),
)
"""All commands, those of submenus too."""


def _path_of() -> dict[str, str]:
    found: dict[str, str] = {}

    def walk(path: str, entries: tuple[Command | str, ...]) -> None:
        for entry in entries:
            if isinstance(entry, Command):
                found[entry.name] = path
            elif entry in SUBMENUS:
                title, inner = SUBMENUS[entry]
                walk(f"{path} › {plain(title)}", inner)

    for title, menu in MENUS:
        walk(plain(title), menu)
    return found


PATHS: dict[str, str] = _path_of()
"""The menu of every command, by its name: “Graph › Align and Distribute”."""
