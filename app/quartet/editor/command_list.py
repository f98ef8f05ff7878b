"""What the command palette offers: every command, what the selection's own menu can do, files, panels and agents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget
from shiboken6 import isValid

from quartet.agents.kinds import find
from quartet.editor import icons, panes, shortcuts
from quartet.editor.actions import plain
from quartet.editor.canvas import menus
from quartet.editor.canvas.hits import Hit
from quartet.editor.docks import TITLES
from quartet.editor.fuzzy import cost, ranked
from quartet.graph.nesting import inside

if TYPE_CHECKING:
    from quartet.editor.document import Document
    from quartet.editor.window import Window
    from quartet.graph.model import Agent, AgentId
    from quartet.rules import Finding

RECENT = 8
"""How many of the commands used last are remembered."""
RECENT_KEY = "commands/recent"
MOST = 200
"""How many agents or problems are listed: one types to find the others."""
LEAD = 1.5
"""How much nearer a command is for having been used lately."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be done."""

    name: str
    """What it is remembered by; empty: it is not."""
    title: str
    path: str
    """Where it stands in the menus."""
    does: Callable[[], object]
    keys: str = ""
    """As menus show them."""
    icon: str = ""
    reason: str | None = None
    """Why it cannot be done just now."""
    also: str = ""
    """Other words it answers to."""
    recent: bool = False


def entries(window: Window, made: list[QMenu]) -> list[Entry]:
    """Everything there is to do now; what was used last comes first.

    Args:
        made: takes in the menus that are built for it; they have to live as long as the entries, and no longer.
    """
    used = recent(window)
    found = [*_commands(window), *_panels(window), *_files(window)]
    titles = {entry.title.casefold() for entry in found}
    found += [entry for entry in _menus(window, made) if entry.title.casefold() not in titles]
    places = {name: place for place, name in enumerate(used)}
    first = sorted((entry for entry in found if entry.name in places), key=lambda entry: places[entry.name])
    return [_used(entry) for entry in first] + [entry for entry in found if entry.name not in places]


def _used(entry: Entry) -> Entry:
    return Entry(
        entry.name, entry.title, entry.path, entry.does, entry.keys, entry.icon, entry.reason, entry.also, recent=True
    )


def matching(typed: str, found: Sequence[Entry]) -> list[Entry]:
    """The entries that answer to what was typed, the nearest first; what was used lately is nearer."""
    if not typed.strip():
        return list(found)
    near: list[tuple[float, int, Entry]] = []
    for place, entry in enumerate(found):
        # a word of the menu narrows a search down: “align left”, “export png”
        by_title = cost(typed, entry.title)
        far = by_title if by_title is not None else cost(typed, f"{entry.title} {entry.path} {entry.also}")
        if far is not None:
            far += 0 if by_title is not None else 6
            near.append((far - LEAD * entry.recent + 0.5 * (entry.reason is not None), place, entry))
    near.sort(key=lambda each: each[:2])
    return [entry for _, _, entry in near]


def recent(window: Window) -> list[str]:
    """The names of the commands used last, the latest first."""
    found = window.settings.value(RECENT_KEY, "")
    return [name for name in str(found).split(" ") if name][:RECENT]


def remember(window: Window, name: str) -> None:
    """Take a command in as the one used last."""
    if name:
        names = [name, *(other for other in recent(window) if other != name)]
        window.settings.set_value(RECENT_KEY, " ".join(names[:RECENT]))


def _commands(window: Window) -> list[Entry]:
    from quartet.editor.commands import PATHS  # it holds the command that opens the palette

    found = []
    for command, action in window.actions_:
        found.append(
            Entry(
                command.name,
                plain(action.text()),
                PATHS[command.name],
                _trigger(window, command.name),
                shortcuts.shown(window.actions_.keymap.keys(command.name)[:1]),
                command.icon,
                command.refuse(window),
                f"{plain(command.text)} {command.tip}",
            )
        )
    return found


def _trigger(window: Window, name: str) -> Callable[[], object]:
    return lambda: window.actions_.trigger(name)


def _panels(window: Window) -> list[Entry]:
    reason = None if window.session is not None else "No graph is open."

    def goes(name: str) -> Callable[[], object]:
        return lambda: panes.go_to(window, name)

    return [
        Entry(f"panel.{name}", f"Go to {title}", "View › Panels", goes(name), reason=reason, also="dock panel show")
        for name, title in TITLES.items()
    ]


def _files(window: Window) -> list[Entry]:
    def opens(path: Path) -> Callable[[], object]:
        return lambda: window.files.open_path(path)

    return [
        Entry("", path.name, "File › Open Recent", opens(path), icon="file-text", also=str(path.parent))
        for path in window.settings.recent
    ]


def _menus(window: Window, made: list[QMenu]) -> list[Entry]:
    """What only the menus of what is selected, and of the panels in sight, can do."""
    if window.session is None:
        return []
    found: list[Entry] = []
    document, canvas = window.session.document, window.session.canvas
    hit, what = _selected(document)
    if hit is not None:
        made.append(menus.build(canvas, hit, canvas.center_scene_pos()))
        found += _of_menu(made[-1], what)
    for name in window.docks.front():
        panel = window.session.panels.get(name)
        menu = None if panel is None else panel.row_menu()
        if menu is not None:
            made.append(menu)
            found += _of_menu(menu, TITLES[name])
        if panel is not None:
            found += _buttons(panel, TITLES[name])
    return found


def _buttons(panel: QWidget, path: str) -> list[Entry]:
    """What the buttons of a panel in sight do, each once: of a list with the same button in every row the first."""
    found: dict[str, Entry] = {}
    for button in panel.findChildren(QAbstractButton):
        title = plain(button.text()) or button.accessibleName()
        if not title or not button.isVisible() or not button.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        mark = " (it is)" if button.isCheckable() and button.isChecked() else ""
        reason = None if button.isEnabled() else button.toolTip() or "It cannot be done just now."
        title = title.removesuffix("…")
        found.setdefault(title, Entry("", title + mark, path, _click(button), reason=reason, also=button.toolTip()))
    return list(found.values())


def _click(button: QAbstractButton) -> Callable[[], object]:
    def click() -> None:
        if isValid(button):  # the panel may have been built anew meanwhile
            button.click()

    return click


def _selected(document: Document) -> tuple[Hit | None, str]:
    if document.selected_agents:
        return Hit(agent=document.selected_agents[0].id), "Selected agents"
    if document.selected_edges:
        return Hit(edge=document.selected_edges[0].id), "Selected edge"
    chosen = [*(frame.id for frame in document.selected_frames), *(note.id for note in document.selected_notes)]
    if chosen:
        return Hit(annotation=chosen[0]), "Selected item"
    return None, ""


def _of_menu(menu: QMenu, path: str) -> list[Entry]:
    """The entries of a menu that is not shown."""
    found: list[Entry] = []

    def walk(actions: list[QAction], path: str) -> None:
        for action in actions:
            inner = action.menu()
            if isinstance(inner, QMenu):
                walk(inner.actions(), f"{path} › {plain(action.text())}")
            elif action.text() and not action.isSeparator():
                title, _, keys = plain(action.text()).partition("\t")
                mark = " (it is)" if action.isCheckable() and action.isChecked() else ""
                reason = None if action.isEnabled() else action.toolTip() or "It cannot be done just now."
                found.append(Entry("", title.removesuffix("…") + mark, path, action.trigger, keys, reason=reason))

    walk(menu.actions(), path)
    return found


def agents(window: Window, typed: str) -> list[Entry]:
    """The agents that answer to a name."""
    if window.session is None:
        return []
    document = window.session.document
    there: list[tuple[str | None, str, Agent]] = []
    there += [(None, agent.name or agent.id, agent) for agent in document.graph.agents.values()]
    if document.whole is not document.graph:  # one is inside a sub-graph
        name = document.whole.name or "The graph"
        there += [("", f"{name} › {agent.name}", agent) for agent in document.whole.agents.values()]
    for place in inside(document.whole):
        if place.graph is not document.graph:
            there += [(place.id, f"{place.path} › {agent.name}", agent) for agent in place.graph.agents.values()]
    found = []
    for key, name, agent in ranked(typed, there, lambda one: one[1])[:MOST]:
        kind = find(agent.kind)
        title, icon = (agent.kind, icons.FALLBACK) if kind is None else (kind.title, kind.icon)
        found.append(Entry("", name, title, _goes(window, {agent.id}, key), icon=icon))
    return found


def problems(window: Window, typed: str) -> list[Entry]:
    """The findings that answer to words."""
    if window.session is None:
        return []
    heard = [finding for finding in window.session.document.findings if finding.silenced is None]
    called = ranked(typed, heard, lambda finding: f"{finding.code} {finding.title} {finding.detail}")[:MOST]
    signs = {"error": "circle-alert", "warning": "triangle-alert", "advice": "lightbulb"}
    return [
        Entry("", finding.title, finding.code, _goes(window, *_place(finding)),
              icon=signs[finding.severity], also=finding.detail)
        for finding in called
    ]  # fmt: skip


def _place(finding: Finding) -> tuple[set[str], str | None]:
    """What a finding is about, and the sub-graph in which that is."""
    return (set(finding.places), finding.inside) if finding.inside else ({*finding.agents, *finding.edges}, None)


def _goes(window: Window, ids: set[AgentId] | set[str], key: str | None = None) -> Callable[[], object]:
    def go() -> None:
        if window.session is not None and key is not None:
            window.session.levels.show_inside(key, ids)
        elif window.session is not None:
            window.session.document.select(ids)
            window.session.document.reveal(ids)
            window.session.canvas.setFocus()

    return go
