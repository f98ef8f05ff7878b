"""The icons: one set of drawings (Lucide), coloured by the theme and rendered once per colour, size and screen."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from quartet.paths import RESOURCES

FALLBACK = "shapes"
"""Drawn where a file or a kind of another package names an icon that is not here."""


@cache
def names() -> frozenset[str]:
    """Every icon there is, by the name of its file without the ending."""
    return frozenset(path.stem for path in (RESOURCES / "icons").glob("*.svg"))


@cache
def _source(name: str) -> str:
    path = RESOURCES / "icons" / f"{Path(name).name}.svg"
    if not path.is_file():
        path = RESOURCES / "icons" / f"{FALLBACK}.svg"
    return path.read_text("utf-8")


@lru_cache(maxsize=512)
def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))


def paint(painter: QPainter, name: str, color: QColor | str, rect: QRectF) -> None:
    """Draw the icon into `rect`, in the painter's coordinates. For a few icons at any scale; else use `pixmap`."""
    _renderer(name, QColor(color).name()).render(painter, rect)


def pixmap(name: str, color: QColor | str, size: float = 16, ratio: float | None = None) -> QPixmap:
    """The icon as a square pixmap of `size` pixels at a device pixel ratio (None: that of the sharpest screen)."""
    if ratio is None:
        ratio = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
    return _pixmap(name, QColor(color).name(QColor.NameFormat.HexArgb), round(size * ratio), ratio)


@lru_cache(maxsize=2048)
def _pixmap(name: str, color: str, pixels: int, ratio: float) -> QPixmap:
    found = QPixmap(pixels, pixels)
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    tone = QColor(color)
    painter.setOpacity(tone.alphaF())
    _renderer(name, tone.name()).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    found.setDevicePixelRatio(ratio)
    return found


class _Engine(QIconEngine):
    """Renders the drawing at exactly the size that is asked for, so that an icon is sharp at any scale."""

    def __init__(self, name: str, color: str, checked: str | None) -> None:
        super().__init__()
        self._name, self._color, self._checked = name, color, checked

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._color, self._checked)

    def _tone(self, mode: QIcon.Mode, state: QIcon.State) -> QColor:
        tone = QColor(self._checked if self._checked and state == QIcon.State.On else self._color)
        if mode == QIcon.Mode.Disabled:
            tone.setAlphaF(0.38)
        return tone

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        drawn = self.scaledPixmap(QSize(side, side), mode, state, painter.device().devicePixelRatioF())
        painter.drawPixmap(rect.topLeft() + QPoint((rect.width() - side) // 2, (rect.height() - side) // 2), drawn)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        side = min(size.width(), size.height())
        return pixmap(self._name, self._tone(mode, state), side, scale)


def icon(name: str, color: QColor | str | None = None, checked: QColor | str | None = None) -> QIcon:
    """The icon for buttons, menus and tabs, in `color` (None: the theme's soft ink), `checked` when it is on.

    An icon does not follow a change of theme: set it again on `theme.changed`.
    """
    if color is None:
        from quartet.editor import theme

        color = theme.current().soft
    on = None if checked is None else QColor(checked).name()
    return QIcon(_Engine(name, QColor(color).name(), on))
