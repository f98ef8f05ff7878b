"""The View menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from quartet.editor import theme
from quartet.editor.actions import Command, first_of, needs_document, needs_selection

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas
    from quartet.editor.theme import Scheme
    from quartet.editor.window import Window

Keys = QKeySequence.StandardKey


def _canvas(window: Window) -> Canvas:
    assert window.session is not None, "the command was refused without one"
    return window.session.canvas


def _zoom(factor: float) -> Callable[[Window], object]:
    return lambda window: _canvas(window).zoom_by(factor)


def _scheme(name: Scheme, text: str, icon: str) -> Command:
    return Command(
        f"view.theme.{name}",
        text,
        lambda window: window.set_scheme(name),
        icon=icon,
        checked=lambda window: theme.scheme() == name,
        group="theme",
    )


MENU: tuple[Command | str, ...] = (
    Command("view.zoom_in", "Zoom &In", _zoom(1.25), ["Ctrl++", "Ctrl+="], needs_document, icon="zoom-in"),
    Command("view.zoom_out", "Zoom &Out", _zoom(0.8), ["Ctrl+-"], needs_document, icon="zoom-out"),
    Command("view.zoom_100", "&Actual Size", lambda window: _canvas(window).zoom_to(1.0), ["Ctrl+1"], needs_document),
    Command("view.fit", "&Fit", lambda window: _canvas(window).fit(), ["Ctrl+0"], needs_document, icon="maximize"),
    Command(
        "view.zoom_selection", "Zoom to &Selection", lambda window: _canvas(window).zoom_selection(), ["Ctrl+2"],
        first_of(needs_document, needs_selection),
    ),
    "-",
    "panels",
    Command(
        "view.palette", "Search the &Palette", lambda window: window.focus_palette(), ["Ctrl+K"], needs_document,
        tip="Put the cursor into the palette's search", icon="search",
    ),
    Command(
        "view.reset", "&Reset Panels", lambda window: window.reset_panels(), refuse=needs_document,
        tip="Put the panels back where they were at first",
    ),
    "-",
    _scheme("system", "Follow the S&ystem", "monitor"),
    _scheme("light", "&Light", "sun"),
    _scheme("dark", "&Dark", "moon"),
    "-",
    Command(
        "view.welcome", "&Welcome Page", lambda window: window.show_welcome(), icon="star",
        tip="Examples and recent files",
    ),
)  # fmt: skip
