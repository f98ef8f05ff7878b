"""An agent on the canvas: one item that reads the model when told to, and paints from what it prepared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap, QStaticText
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from quartet.editor import icons
from quartet.editor.canvas import captions, geometry
from quartet.editor.canvas.style import DIMMED, Style
from quartet.editor.theme import STATES
from quartet.graph.model import Agent, AgentId

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

CARD = QRectF(0, 0, geometry.WIDTH, geometry.HEIGHT)
RING = 4.5
HOT_RING = 6.5
_BOUNDS = CARD.adjusted(-10, -10, 10, 28)
_ICON_BOX = QRectF(11, 10, 28, 28)
_TEXT_LEFT = 48.0
_BAR = QRectF(128, 49.5, 44, 3)
MARKS = {"error": ("circle-alert", "failed"), "warning": ("triangle-alert", "warning")}


def static(text: str, font: QFont, metrics: QFontMetricsF, width: float) -> QStaticText:
    """A text laid out once, cut off with “…” where it would be wider than `width`."""
    found = QStaticText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, width))
    found.setTextFormat(Qt.TextFormat.PlainText)
    found.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    found.prepare(font=font)
    return found


class Face:
    """What is drawn on a card as far as it follows from the agent alone."""

    __slots__ = ("big_name", "essence", "icon_name", "icon_token", "icons", "name", "policy", "tint", "unknown")

    def __init__(self, agent: Agent, style: Style, watches: bool, mark: str) -> None:
        width = geometry.WIDTH - _TEXT_LEFT - 8
        name = agent.name or agent.id
        self.name = static(name, style.name_font, style.name_metrics, width - (18 if mark else 0))
        self.big_name = static(name, style.big_font, style.big_metrics, geometry.WIDTH - 54)
        self.essence = static(captions.essence(agent), style.small_font, style.small_metrics, width)
        self.policy = static(
            captions.policy(agent, watches), style.small_font, style.small_metrics, geometry.WIDTH - 24
        )
        self.icon_name = captions.icon_of(agent)
        self.icon_token = captions.accent_of(agent, watches)
        self.tint = QBrush(style.theme.tint(self.icon_token))
        self.unknown = self.icon_name == "puzzle" or bool(agent.invalid)
        self.icons: dict[tuple[str, int, float], QPixmap] = {}


class Card(QGraphicsItem):
    """One agent. It holds no state of its own but what it prepared for painting."""

    def __init__(self, scene: CanvasScene, id: AgentId) -> None:
        super().__init__()
        self.canvas = scene
        self.id = id
        self.face: Face | None = None
        self._state: tuple[captions.StateLine, QStaticText, QStaticText | None] | None = None

    def boundingRect(self) -> QRectF:
        return _BOUNDS

    def stale(self) -> None:
        """The agent (or the theme) changed: prepare anew when next painted."""
        self.face = None
        self._state = None
        self.update()

    def state_stale(self) -> None:
        """The run's state of this agent changed (or its clock moved on)."""
        self._state = None
        self.update()

    # painting

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scene = self.canvas
        style = scene.pens
        face = self.face
        if face is None:
            agent = scene.document.graph.agents.get(self.id)
            if agent is None:  # removed in this very moment: the item goes with the next signal
                return
            watches = scene.wires.watches(self.id)
            face = self.face = Face(agent, style, watches, scene.marks.get(self.id, ""))
        lit = scene.lit
        if (lit is not None and self.id not in lit) or scene.is_skipped(self.id):
            painter.setOpacity(DIMMED if lit is not None else 0.6)
        detail = scene.detail
        self._body(painter, style, face)
        if detail == "full":
            self._full(painter, style, face)
        else:
            self._small(painter, style, face, named=detail == "named")
        painter.setOpacity(1.0)

    def _body(self, painter: QPainter, style: Style, face: Face) -> None:
        scene = self.canvas
        selected = self.id in scene.document.selection
        if scene.detail == "full":
            painter.setPen(style.none)
            for brush, growth, drop in style.shadows:
                painter.setBrush(brush)
                box = CARD.adjusted(-growth, -growth + drop, growth, growth + drop)
                painter.drawRoundedRect(box, geometry.RADIUS + growth, geometry.RADIUS + growth)
        if selected or (scene.lit is not None and self.id in scene.lit):
            painter.setBrush(style.empty)
            painter.setPen(style.halo if selected else style.evidence_halo)
            painter.drawRoundedRect(CARD.adjusted(-3, -3, 3, 3), geometry.RADIUS + 3, geometry.RADIUS + 3)
        painter.setBrush(style.node)
        painter.setPen(self._line(style, face, selected))
        painter.drawRoundedRect(CARD, geometry.RADIUS, geometry.RADIUS)

    def _line(self, style: Style, face: Face, selected: bool) -> QPen:
        scene = self.canvas
        if self.id in scene.refused:
            return style.refused_line
        if selected or self.id in scene.targeted:
            return style.selected_line
        state = scene.state_of(self.id)
        if state is not None and state.status not in ("idle", "ready", "queued", "succeeded", "skipped", "cancelled"):
            return scene.state_pen(state.status)
        return style.card_unknown if face.unknown else style.card_line

    def _full(self, painter: QPainter, style: Style, face: Face) -> None:
        scene = self.canvas
        painter.setPen(style.none)
        painter.setBrush(face.tint)
        painter.drawRoundedRect(_ICON_BOX, 7, 7)
        painter.drawPixmap(QPointF(17, 16), self._icon(face, face.icon_name, face.icon_token, 16))
        painter.setPen(style.ink)
        painter.setFont(style.name_font)
        painter.drawStaticText(QPointF(_TEXT_LEFT, 8), face.name)
        painter.setFont(style.small_font)
        painter.setPen(style.soft)
        painter.drawStaticText(QPointF(_TEXT_LEFT, 25), face.essence)
        mark = scene.marks.get(self.id)
        if mark:
            name, token = MARKS[mark]
            painter.drawPixmap(QPointF(geometry.WIDTH - 26, 9), self._icon(face, name, token, 14))
        if scene.live.state is None:
            painter.drawStaticText(QPointF(12, 43), face.policy)
        else:
            self._running(painter, style, face)
        self._ports(painter, style)

    def _running(self, painter: QPainter, style: Style, face: Face) -> None:
        if self._state is None:
            self._state = self._prepare_state(style)
        line, text, badge = self._state
        look = STATES[line.status]
        painter.drawPixmap(QPointF(12, 44), self._icon(face, look.icon, look.token, 12))
        painter.setPen(self.canvas.state_text(line.status))
        painter.drawStaticText(QPointF(28, 43), text)
        if line.share is not None:
            painter.setPen(style.none)
            painter.setBrush(style.track)
            painter.drawRoundedRect(_BAR, 1.5, 1.5)
            painter.setBrush(self.canvas.state_brush("failed" if line.share >= 1 else line.status))
            painter.drawRoundedRect(QRectF(_BAR.x(), _BAR.y(), max(3.0, _BAR.width() * line.share), 3), 1.5, 1.5)
        if badge is not None:
            width = badge.size().width() + 16
            box = QRectF((geometry.WIDTH - width) / 2, geometry.HEIGHT + 5, width, 18)
            painter.setBrush(style.panel)
            painter.setPen(self.canvas.state_pen("held"))
            painter.drawRoundedRect(box, 9, 9)
            painter.setPen(self.canvas.state_text("held"))
            painter.drawStaticText(QPointF(box.x() + 8, box.y() + 2), badge)

    def _prepare_state(self, style: Style) -> tuple[captions.StateLine, QStaticText, QStaticText | None]:
        state = self.canvas.state_of(self.id)
        if state is None:
            line, note = captions.StateLine("idle", "not yet", None), ""
        else:
            line, note = captions.state_line(state, self.canvas.live.now()), captions.badge(state)
        width = (_BAR.x() - 36) if line.share is not None else geometry.WIDTH - 40
        text = static(line.text, style.small_font, style.small_metrics, width)
        badge = static(note, style.small_font, style.small_metrics, geometry.WIDTH - 20) if note else None
        return line, text, badge

    def _ports(self, painter: QPainter, style: Style) -> None:
        hover = self.canvas.hover
        hot = hover is not None and hover[0] == self.id
        painter.setBrush(style.port_fill)
        for side in geometry.SIDES if hot else self.canvas.sides(self.id):
            x, y = geometry.port((0.0, 0.0), side)
            pointed = hot and hover is not None and hover[1] == side
            painter.setPen(style.port_hot if pointed else style.port_line)
            radius = HOT_RING if pointed else RING
            painter.drawEllipse(QPointF(x, y), radius, radius)

    def _small(self, painter: QPainter, style: Style, face: Face, named: bool) -> None:
        """Below the zoom at which small text can be read: the icon, and the name as large as the card allows."""
        status = self.canvas.status_of(self.id)
        tint, name, token = face.tint, face.icon_name, face.icon_token
        if status is not None and status != "idle":
            name, token = STATES[status].icon, STATES[status].token
            tint = self.canvas.state_tint(status)
        painter.setPen(style.none)
        painter.setBrush(tint)
        if named:
            painter.drawRoundedRect(QRectF(9, 15, 32, 32), 8, 8)
            painter.drawPixmap(QPointF(15, 21), self._icon(face, name, token, 20))
            painter.setPen(style.ink)
            painter.setFont(style.big_font)
            painter.drawStaticText(QPointF(48, 19), face.big_name)
        else:
            painter.drawRoundedRect(CARD.adjusted(6, 6, -6, -6), 7, 7)
            painter.drawPixmap(QPointF(geometry.WIDTH / 2 - 16, 15), self._icon(face, name, token, 32))

    def _icon(self, face: Face, name: str, token: str, size: int) -> QPixmap:
        ratio = self.canvas.pixel_ratio
        found = face.icons.get((name, size, ratio))
        if found is None:
            if len(face.icons) > 8:
                face.icons.clear()
            color: QColor = self.canvas.pens.theme.text(token)
            found = face.icons[(name, size, ratio)] = icons.pixmap(name, color, size, ratio)
        return found
