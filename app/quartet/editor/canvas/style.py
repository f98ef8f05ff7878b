"""Pens, brushes and fonts of the canvas, made once per theme: nothing is allocated while painting."""

from __future__ import annotations

from functools import cache
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen

from quartet.editor import palettes, theme
from quartet.editor.theme import Theme, alpha, mix

FULL, NAMED, FAR, FAR_OF_FEW = 0.62, 0.42, 0.34, 0.2
"""Zooms from which on cards show all text, their name, and an icon; below the last they are blocks (of few agents
later: an icon can be read longer than a thousand can be painted)."""
FEW = 250
Detail = Literal["full", "named", "icon", "far"]
DIMMED = 0.4
"""Opacity of what is not lit while evidence is shown."""
WireLook = Literal["flow", "fallback", "supervise", "handoff", "share", "broken"]
Carried = Literal["", "value", "error", "skipped", "cancelled", "handoff", "work"]
WIRE_TOKENS: dict[str, str] = {
    "flow": "edge", "fallback": "warning", "supervise": "supervisor", "handoff": "swarm", "share": "swarm",
    "broken": "failed",
}  # fmt: skip
CARRIED_TOKENS: dict[str, str] = {
    "value": "succeeded", "error": "failed", "skipped": "faint", "cancelled": "faint", "handoff": "swarm",
    "work": "running",
}  # fmt: skip


def detail_of(zoom: float, agents: int = 0) -> Detail:
    """How much is drawn of so many agents at a zoom: text goes first, then icons, then cards become blocks."""
    far = FAR_OF_FEW if agents <= FEW else FAR
    return "full" if zoom >= FULL else "named" if zoom >= NAMED else "icon" if zoom >= far else "far"


def canvas_font(pixels: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The interface's font without hinting, so that text keeps its shape and width at every zoom."""
    font = theme.font(theme.TEXT, weight)
    font.setPixelSize(round(pixels))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


class Style:
    """Everything the canvas paints with, for one theme."""

    def __init__(self, look: Theme) -> None:
        self.theme = look
        semi = QFont.Weight.DemiBold
        self.name_font = canvas_font(13, semi)
        self.big_font = canvas_font(19, semi)
        self.small_font = canvas_font(11)
        self.label_font = canvas_font(11, semi)
        self.region_font = canvas_font(12, semi)
        self.note_font = canvas_font(12)
        self.name_metrics = QFontMetricsF(self.name_font)
        self.big_metrics = QFontMetricsF(self.big_font)
        self.small_metrics = QFontMetricsF(self.small_font)
        self.label_metrics = QFontMetricsF(self.label_font)

        self.none = QPen(Qt.PenStyle.NoPen)
        self.empty = QBrush(Qt.BrushStyle.NoBrush)
        self.node = QBrush(look.node)
        self.panel = QBrush(look.panel)
        self.ink = QPen(look.ink)
        self.soft = QPen(look.text("soft"))
        self.track = QBrush(mix(look.faint, look.node, 0.28))
        strong = look.strong
        self.paled = 0.85 if strong else 0.6
        """Opacity of a card whose agent was skipped."""
        self.shadows = [
            (QBrush(alpha(look.shadow, 0.16 if look.dark else 0.035)), 2.5, 3.0),
            (QBrush(alpha(look.shadow, 0.22 if look.dark else 0.05)), 1.0, 1.5),
        ]
        """Brush, growth and drop of the layers of a card's shadow."""
        if strong:
            self.shadows = []
        self.card_line = QPen(look.ink if strong else mix(look.faint, look.node, 0.22 if look.dark else 0.3), 1)
        self.card_unknown = self._dashed(look.warning, 1.2, [4, 3])
        self.card_muted = self._dashed(look.faint, 1.5, [1.5, 3])
        self.card_bypassed = self._dashed(look.soft, 1.5, [6, 3])
        self.halo = QPen(alpha(look.accent, 0.3), 5)
        self.selected_line = QPen(look.accent, theme.FOCUS + 1 if strong else 2)
        self.evidence_halo = QPen(alpha(look.accent, 0.38), 7)
        self.port_line = QPen(look.edge, 1.5)
        self.port_hot = QPen(look.accent, 2)
        self.port_fill = QBrush(look.node)
        self.refused_line = QPen(look.failed, 2)
        self.band_line = QPen(look.accent, 1)
        self.band_line.setCosmetic(True)
        self.band_fill = QBrush(alpha(look.accent, 0.08))
        self.guide = QPen(look.swarm, 1)
        self.guide.setCosmetic(True)
        self.stroke = QPen(look.failed, 1.5, Qt.PenStyle.DashLine, Qt.PenCapStyle.RoundCap)
        self.stroke.setCosmetic(True)
        self.preview = self._dashed(look.accent, 2, [4, 3])
        self.preview_solid = QPen(look.accent, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        self.edge_selected = QPen(look.accent, 2.4)
        self.edge_halo = QPen(alpha(look.accent, 0.22), 8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        self.edge_far_lit = QPen(look.accent, 2)
        self.edge_far_lit.setCosmetic(True)
        self._wires = {
            (kind, carried): self._wire(kind, carried) for kind in WIRE_TOKENS for carried in ("", *CARRIED_TOKENS)
        }
        self.crowd = QPen(mix(look.supervisor, look.canvas, 0.6 if strong else 0.3), 0)
        self._pills = {kind: QPen(self.theme.color(token), 1) for kind, token in WIRE_TOKENS.items()}
        self.chords: dict[str, QPen] = {}
        for kind, token in WIRE_TOKENS.items():
            # opaque: a translucent pen makes a whole view of lines ten times as slow
            pen = QPen(mix(look.color(token), look.canvas, 1.0 if strong else 0.6 if kind == "flow" else 0.85), 0)
            self.chords[kind] = pen
        for carried, token in CARRIED_TOKENS.items():
            self.chords[carried] = QPen(look.color(token), 0)

    def _wire(self, kind: str, carried: str) -> QPen:
        token = CARRIED_TOKENS.get(carried, WIRE_TOKENS[kind])
        color = self.theme.color(token)
        pen = QPen(color, 2.0 if carried in ("value", "error", "handoff", "work") else 1.5)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if kind == "fallback":
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setWidthF(2.2)
        return pen

    @staticmethod
    def _dashed(color: QColor, width: float, pattern: list[float]) -> QPen:
        pen = QPen(color, width)
        pen.setDashPattern(pattern)
        return pen

    @staticmethod
    def pattern(kind: str, carried: str, dashed: bool) -> tuple[float, float] | None:
        """Dash and gap of an edge in scene units; a dash of 0 means dots; None: solid."""
        if kind == "fallback":
            return 0.0, 5.2
        if kind == "supervise":
            return 6.0, 4.5
        if dashed or kind == "broken":
            return 9.0, 6.0
        if carried in ("skipped", "cancelled"):
            return 3.0, 4.5
        return None

    def wire(self, kind: str, carried: str) -> QPen:
        """The pen of an edge by its look, and what it carried in a run; dashes are made of pieces (`pattern`)."""
        return self._wires[(kind, carried)]

    def head(self, kind: str, carried: str) -> QPen:
        """The pen of an arrowhead: as its edge, never dashed."""
        return _head(self.theme.name, CARRIED_TOKENS.get(carried, WIRE_TOKENS[kind]))

    def pill_line(self, kind: str) -> QPen:
        """The pen round a pill of an edge."""
        return self._pills[kind]


@cache
def _head(name: palettes.Name, token: str) -> QPen:
    pen = QPen(theme.THEMES[name].color(token), 1.8)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


@cache
def _style(name: palettes.Name) -> Style:
    return Style(theme.THEMES[name])


def style(look: Theme | None = None) -> Style:
    """The style of a theme (None: the one in use)."""
    return _style((look or theme.current()).name)
