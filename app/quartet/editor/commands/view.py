"""The View menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from quartet.editor import panes, theme
from quartet.editor.actions import Command, first_of, needs_document, needs_selection
from quartet.editor.canvas.views import NUMBERS

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


def _go(number: int) -> Callable[[Window], object]:
    return lambda window: _canvas(window).views.go(number)


def _keep(number: int) -> Callable[[Window], object]:
    return lambda window: _canvas(window).views.keep(number)


def _full_screen(window: Window) -> None:
    window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)


def _is_kept(number: int) -> Callable[[Window], str | None]:
    def refuse(window: Window) -> str | None:
        if number in _canvas(window).views:
            return None
        return f"No view is kept here yet: Ctrl+Shift+{number} keeps the one you see."

    return refuse


def _mover(area: panes.Area) -> Callable[[Window], object]:
    return lambda window: panes.move(window, area)


_PANES = "Give the keyboard to the canvas, a panel in sight, the run bar or the toolbar"

BOOKMARKS = (
    *(
        Command(
            f"view.bookmark.{number}", f"Go to View &{number}", _go(number), [f"Ctrl+{number}"],
            first_of(needs_document, _is_kept(number)),
        )
        for number in NUMBERS
    ),
    *(
        Command(
            f"view.keep.{number}", f"Keep This View as {number}", _keep(number), [f"Ctrl+Shift+{number}"],
            needs_document, tip="Remember what is in view, for this file on this computer",
        )
        for number in NUMBERS
    ),
)  # fmt: skip

PANE: tuple[Command | str, ...] = (
    Command(
        "view.pane_larger", "&Larger", lambda window: panes.resize(window, panes.STEP), ["Alt+="],
        needs_document, tip="The panel that has the keyboard takes more room",
    ),
    Command(
        "view.pane_smaller", "&Smaller", lambda window: panes.resize(window, -panes.STEP), ["Alt+-"],
        needs_document, tip="The panel that has the keyboard takes less room",
    ),
    "-",
    *(
        Command(
            f"view.pane_{key.lower()}", text, _mover(area), [f"Alt+Shift+{key}"], needs_document,
            tip="Put the panel that has the keyboard there, as a tab of what is there",
        )
        for key, text, area in (
            ("Left", "Move to the L&eft", panes.Area.LeftDockWidgetArea),
            ("Right", "Move to the &Right", panes.Area.RightDockWidgetArea),
            ("Down", "Move to the &Bottom", panes.Area.BottomDockWidgetArea),
        )
    ),
    Command(
        "view.pane_float", "&Float, or Put Back", panes.float_, ["Alt+Shift+F"], needs_document,
        tip="Make the panel that has the keyboard a window of its own, or put it back where it was",
    ),
)  # fmt: skip

SUBMENUS: dict[str, tuple[str, tuple[Command | str, ...]]] = {
    "bookmarks": ("&Bookmarks", BOOKMARKS),
    "pane": ("Panel with the &Keyboard", PANE),
    "theme": ("Co&lours", (
        _scheme("system", "Follow the S&ystem", "monitor"),
        _scheme("light", "&Light", "sun"),
        _scheme("dark", "&Dark", "moon"),
        _scheme("contrast_light", "High &Contrast, Light", "contrast"),
        _scheme("contrast_dark", "High Contrast, Dar&k", "contrast"),
    )),
}  # fmt: skip

MENU: tuple[Command | str, ...] = (
    Command("view.zoom_in", "Zoom &In", _zoom(1.25), ["Ctrl++", "Ctrl+="], needs_document, icon="zoom-in"),
    Command("view.zoom_out", "Zoom &Out", _zoom(0.8), ["Ctrl+-"], needs_document, icon="zoom-out"),
    Command(
        "view.zoom_100", "&Actual Size", lambda window: _canvas(window).zoom_to(1.0), ["1"], needs_document,
        scope="canvas",
    ),
    Command(
        "view.fit", "Zoom to &Fit", lambda window: _canvas(window).fit(), ["Ctrl+0", "Home"], needs_document,
        icon="maximize", tip="Show everything",
    ),
    Command(
        "view.zoom_selection", "Zoom to &Selection", lambda window: _canvas(window).zoom_selection(), ["2"],
        first_of(needs_document, needs_selection), scope="canvas",
    ),
    "bookmarks",
    "split",
    "tabs",
    "go",
    "scroll",
    "-",
    "panels",
    Command("view.next_pane", "Ne&xt Pane", lambda window: panes.step(window, 1), ["F6"], tip=_PANES),
    Command("view.previous_pane", "Previous Pa&ne", lambda window: panes.step(window, -1), ["Shift+F6"], tip=_PANES),
    "pane",
    Command(
        "view.palette", "Searc&h the Palette", lambda window: window.focus_palette(), ["Ctrl+K"], needs_document,
        tip="Put the cursor into the palette’s search", icon="search",
    ),
    Command(
        "view.reset", "&Reset Panels", lambda window: window.reset_panels(), refuse=needs_document,
        tip="Put the panels back where they were at first",
    ),
    Command(
        "view.full_screen", "F&ull Screen", _full_screen, ["F11"], checked=lambda window: window.isFullScreen(),
        tip="The window takes the whole screen, or gives it back",
    ),
    "-",
    "theme",
    Command(
        "view.welcome", "&Welcome Page", lambda window: window.show_welcome(), icon="star",
        tip="Examples and recent files",
    ),
)  # fmt: skip
