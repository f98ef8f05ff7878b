"""The part of the context menu that is about what the selected agents are: muted, bypassed, locked, small, coloured."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu

from quartet.editor import icons, theme
from quartet.editor.canvas import marking, replacing, spotlight
from quartet.editor.palettes import COLOR_NAMES

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

_ENTRIES: tuple[tuple[marking.Disabled | marking.Flag, str, str, str], ...] = (
    ("muted", "Mute", "muted", "agent.mute"),
    ("bypassed", "Bypass", "bypassed", "agent.bypass"),
    ("locked", "Lock", "lock", "agent.lock"),
    ("collapsed", "Small Card", "minus", "agent.collapse"),
)


def add(canvas: Canvas, menu: QMenu) -> None:
    """Add these entries for the selected agents; those that cannot be chosen say why."""
    document = canvas.document
    chosen = document.selected_agents
    action = menu.addAction(icons.icon("arrow-left-right"), _keyed(canvas, "Replace With…", "agent.replace"))
    action.triggered.connect(partial(_replace, canvas))
    for what, text, icon, command in _ENTRIES:
        action = menu.addAction(icons.icon(icon), _keyed(canvas, text, command))
        action.setCheckable(True)
        action.setChecked(marking.are(chosen, what))
        reason = marking.why_not(canvas, what)
        if reason is not None:
            action.setEnabled(False)
            action.setToolTip(reason)
            menu.setToolTipsVisible(True)
        action.triggered.connect(partial(_toggle, canvas, what))
    action = menu.addAction(icons.icon("lightbulb"), _keyed(canvas, "Light Up Its Edges", "agent.wires"))
    action.setData("reads")
    action.triggered.connect(partial(_light, canvas))
    inner = menu.addMenu(icons.icon("colours"), "Colour")
    colors = {agent.color for agent in chosen}
    for name, text in [*COLOR_NAMES.items(), (None, "None")]:
        action = inner.addAction(swatch(name), text)
        action.setCheckable(True)
        action.setChecked(colors == {name})
        action.triggered.connect(partial(_paint, canvas, name))


def _keyed(canvas: Canvas, text: str, command: str) -> str:
    """The text of an entry, with the keys of the command that it is."""
    return f"{text}\t{canvas.keys_shown(command)}"


def _replace(canvas: Canvas, _: bool = False) -> None:
    replacing.ask(canvas)


def _light(canvas: Canvas, _: bool = False) -> None:
    spotlight.toggle(canvas)


def _toggle(canvas: Canvas, what: marking.Disabled | marking.Flag, _: bool = False) -> None:
    marking.toggle(canvas, what)


def _paint(canvas: Canvas, name: str | None, _: bool = False) -> None:
    marking.paint(canvas, name)


def swatch(name: str | None) -> QIcon:
    """A little of a colour, for a menu; of none an empty ring."""
    look = theme.current()
    found = QPixmap(32, 32)
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = look.paint(name)
    painter.setPen(look.outline if color is None else Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush if color is None else color)
    painter.drawEllipse(4, 4, 24, 24)
    painter.end()
    found.setDevicePixelRatio(2.0)
    return QIcon(found)
