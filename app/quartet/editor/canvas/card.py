"""An agent on the canvas: one item that reads the model when told to, and paints from what it prepared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPixmap,
    QStaticText,
    QTransform,
)
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from quartet.editor import icons
from quartet.editor.canvas import captions, card_marks, geometry, small
from quartet.editor.canvas.backs import CARD, RING, SMALL, Look
from quartet.editor.canvas.geometry import Side
from quartet.editor.canvas.style import DIMMED, Style
from quartet.editor.plain_text import two_lines
from quartet.editor.theme import STATES
from quartet.graph.model import Agent, AgentId
from quartet.graph.nesting import SUB_GRAPH

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

HOT_RING = 6.5
_BADGE_LEFT, _BADGE_MOST = geometry.WIDTH / 2 + 10, 148.0
"""A badge stands above the card's right half: edges come in at the left, the top's middle and leave below."""
_BOUNDS = CARD.united(QRectF(_BADGE_LEFT, -24, _BADGE_MOST + 16, 20)).adjusted(-10, -10, 10, 10)
_TEXT_LEFT = 48.0
_BAR = QRectF(128, 49.5, 44, 3)
QUIET = frozenset({"idle", "ready", "queued", "succeeded", "skipped", "cancelled"})
"""States whose cards keep the plain line."""


def static(text: str, font: QFont, metrics: QFontMetricsF, width: float) -> QStaticText:
    """A text laid out once, cut off with “…” where it would be wider than `width`."""
    found = QStaticText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, width))
    found.setTextFormat(Qt.TextFormat.PlainText)
    found.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    found.prepare(font=font)
    return found


def static_name(name: str, font: QFont, metrics: QFontMetricsF, width: float) -> QStaticText:
    """As `static`, but a name that is too wide goes on in a second line, between words where it can."""
    if metrics.horizontalAdvance(name) <= width:
        return static(name, font, metrics, width)
    return static("\u2028".join(two_lines(name, font, metrics, int(width))), font, metrics, 4 * width)


class Face:
    """What is drawn on a card as far as it follows from the agent alone."""

    __slots__ = (
        "big_name", "disabled", "essence", "icon_name", "icon_token", "icons", "locked", "name", "paint", "policy",
        "small", "unknown",
    )  # fmt: skip

    def __init__(self, agent: Agent, style: Style, watches: bool, mark: str, link: str | None = None) -> None:
        self.disabled, self.locked, self.small = agent.disabled or "", agent.locked, agent.collapsed
        self.paint = agent.color or ""
        width = geometry.WIDTH - _TEXT_LEFT - 8
        name = agent.name or agent.id
        marks = (18 if mark else 0) + (16 if agent.locked else 0)
        room = SMALL.width() - 42 if self.small else width
        self.name = static(name, style.name_font, style.name_metrics, room - marks)
        room = SMALL.width() - 40 if self.small else geometry.WIDTH - 54
        self.big_name = (static if self.small else static_name)(name, style.big_font, style.big_metrics, room)
        self.essence = static(captions.essence(agent), style.small_font, style.small_metrics, width)
        self.policy = static(
            captions.policy(agent, watches), style.small_font, style.small_metrics, geometry.WIDTH - 24
        )
        self.icon_name = captions.icon_of(agent)
        self.icon_token = "idle" if agent.disabled == "muted" else captions.accent_of(agent, watches)
        self.unknown = self.icon_name == "puzzle" or bool(agent.invalid)
        if link is not None:
            self.essence = static(link, style.small_font, style.small_metrics, width)
            self.icon_name = "link"
            self.unknown = self.unknown or mark == "error"
        self.icons: dict[tuple[str, int, float], QPixmap] = {}


class Card(QGraphicsItem):
    """One agent. It holds no state of its own but what it prepared for painting."""

    def __init__(self, scene: CanvasScene, id: AgentId) -> None:
        super().__init__()
        self.canvas = scene
        self.id = id
        self._collapsed = False
        scene.wires.tiny.discard(id)  # one of that id may have been removed
        self.refit()
        self.face: Face | None = None
        self._state: tuple[captions.StateLine, QStaticText, QStaticText | None, str] | None = None

    def boundingRect(self) -> QRectF:
        return _BOUNDS

    def stale(self) -> None:
        """The agent (or the theme) changed: prepare anew when next painted."""
        self.face = None
        self._state = None
        self.update()

    def refit(self) -> bool:
        """Whether the agent was collapsed or made large since this was last asked."""
        before, self._collapsed = self._collapsed, self.canvas.document.graph.agents[self.id].collapsed
        if before != self._collapsed:
            (self.canvas.wires.tiny.add if self._collapsed else self.canvas.wires.tiny.discard)(self.id)
        return before != self._collapsed

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
            link = captions.link(agent, scene.document.whole) if agent.kind == SUB_GRAPH else None
            face = self.face = Face(agent, style, watches, scene.marks.get(self.id, ""), link)
        lit, detail, status = scene.lit, scene.detail, scene.status_of(self.id)
        faint = (lit is not None and self.id not in lit) or status == "skipped"
        if faint:
            painter.setOpacity(DIMMED if lit is not None else style.paled)
        ground, icon = face.icon_token, ("", "")
        if detail != "full":
            icon = (face.icon_name, ground)
            if status is not None and status != "idle":
                ground = STATES[status].token
                icon = (STATES[status].icon, ground)
            elif face.disabled:
                icon = (face.disabled, "soft")
        selected = self.id in scene.document.selection
        halo = "selected" if selected else "lit" if lit is not None and self.id in lit else ""
        if self.id in scene.pointed_agents:
            halo = halo or "selected"
        sides = scene.sides(self.id) if detail == "full" else ()
        look = Look(self._line(face, selected, status), halo, ground, sides, face.paint, face.small, icon)
        if scene.vector:
            scene.backs.paint(painter, look)
            self._full(painter, style, face)
            painter.setOpacity(1.0)
            return
        pixmap = scene.backs.of(look)
        # the card stands on whole pixels: its pixmap is copied, not resampled, and its text is crisp
        transform = painter.worldTransform()
        zoom, dense = transform.m11(), scene.device_ratio
        x, y = round(transform.dx() * dense), round(transform.dy() * dense)
        painter.resetTransform()
        painter.drawPixmap(QPointF((x - scene.backs.offset) / dense, (y - scene.backs.offset) / dense), pixmap)
        if detail != "icon":
            painter.setWorldTransform(QTransform(zoom, 0, 0, zoom, x / dense, y / dense))
            if detail == "full":
                self._full(painter, style, face)
            else:
                self._name(painter, style, face)
        if faint:
            painter.setOpacity(1.0)

    def _line(self, face: Face, selected: bool, status: str | None) -> str:
        """The key of the line round the card."""
        scene = self.canvas
        if self.id in scene.refused:
            return "refused"
        if selected or self.id in scene.targeted:
            return "selected"
        if status is not None and status not in QUIET:
            return status
        return face.disabled or ("unknown" if face.unknown else "plain")

    def _full(self, painter: QPainter, style: Style, face: Face) -> None:
        scene = self.canvas
        if face.small:
            card_marks.small_card(self, painter, style, face)
            if scene.hover is not None and scene.hover[0] == self.id:
                self._ports(painter, style, scene.hover[1], face.small)
            return
        self.put_icon(painter, QPointF(17, 16), face, face.icon_name, face.icon_token, 16)
        painter.setPen(style.soft if face.disabled == "muted" else style.ink)
        painter.setFont(style.name_font)
        painter.drawStaticText(QPointF(_TEXT_LEFT, 8), face.name)
        painter.setFont(style.small_font)
        painter.setPen(style.soft)
        painter.drawStaticText(QPointF(_TEXT_LEFT, 25), face.essence)
        mark = scene.marks.get(self.id)
        if mark:
            name, token = card_marks.MARKS[mark]
            self.put_icon(painter, QPointF(geometry.WIDTH - 26, 9), face, name, token, 14)
        if face.locked:
            self.put_icon(painter, QPointF(geometry.WIDTH - (42 if mark else 25), 10), face, "lock", "soft", 12)
        if scene.live.state is None and face.disabled:
            card_marks.third_line(self, painter, style, face)
        elif scene.live.state is None:
            painter.drawStaticText(QPointF(12, 43), face.policy)
        else:
            self._running(painter, style, face)
        if scene.hover is not None and scene.hover[0] == self.id:
            self._ports(painter, style, scene.hover[1], face.small)

    def _running(self, painter: QPainter, style: Style, face: Face) -> None:
        if self._state is None:
            self._state = self._prepare_state(style)
        line, text, badge, tone = self._state
        look = STATES[line.status]
        self.put_icon(painter, QPointF(12, 44), face, look.icon, look.token, 12)
        painter.setPen(self.canvas.state_text(line.status))
        painter.drawStaticText(QPointF(28, 43), text)
        if line.share is not None:
            painter.setPen(style.none)
            painter.setBrush(style.track)
            painter.drawRoundedRect(_BAR, 1.5, 1.5)
            painter.setBrush(self.canvas.state_brush("failed" if line.share >= 1 else line.status))
            painter.drawRoundedRect(QRectF(_BAR.x(), _BAR.y(), max(3.0, _BAR.width() * line.share), 3), 1.5, 1.5)
        if badge is not None:
            box = QRectF(_BADGE_LEFT, -22, badge.size().width() + 16, 18)
            painter.setBrush(style.panel)
            # an intervention is a warning, a hand-off is what swarms do
            painter.setPen(self.canvas.state_pen(tone))
            painter.drawRoundedRect(box, 9, 9)
            painter.setPen(self.canvas.state_text(tone))
            painter.drawStaticText(QPointF(box.x() + 8, box.y() + 2), badge)

    def _prepare_state(self, style: Style) -> tuple[captions.StateLine, QStaticText, QStaticText | None, str]:
        state = self.canvas.state_of(self.id)
        tone = "held"
        if state is None:
            line, note = captions.StateLine("idle", "not yet", None), ""
        else:
            live = self.canvas.live
            line, note = captions.state_line(state, live.now()), captions.badge(state, live.note(state))
            if state.note == "handed off to":
                tone = "running"
        width = (_BAR.x() - 36) if line.share is not None else geometry.WIDTH - 40
        text = static(line.text, style.small_font, style.small_metrics, width)
        badge = static(note, style.small_font, style.small_metrics, _BADGE_MOST) if note else None
        return line, text, badge, tone

    def _ports(self, painter: QPainter, style: Style, pointed: Side | None, collapsed: bool) -> None:
        """All four ports, under the pointer; the one it is on is larger."""
        painter.setBrush(style.port_fill)
        for side in geometry.SIDES:
            painter.setPen(style.port_hot if side == pointed else style.port_line)
            radius = HOT_RING if side == pointed else RING
            at = geometry.port((0.0, 0.0), side)
            painter.drawEllipse(QPointF(*(small.inward(at, side) if collapsed else at)), radius, radius)

    def _name(self, painter: QPainter, style: Style, face: Face) -> None:
        """Below the zoom at which small text can be read: the name, as large as the card allows."""
        painter.setPen(style.soft if face.disabled == "muted" else style.ink)
        painter.setFont(style.big_font)
        if face.small:
            painter.drawStaticText(QPointF(SMALL.x() + 35, SMALL.y() + 3), face.big_name)
        else:
            top = (geometry.HEIGHT - face.big_name.size().height()) / 2
            painter.drawStaticText(QPointF(_TEXT_LEFT, top), face.big_name)

    def put_icon(self, painter: QPainter, at: QPointF, face: Face, name: str, token: str, size: int) -> None:
        """Paint an icon in a token's colour, from a pixmap kept with the face."""
        if self.canvas.vector:
            icons.paint(painter, name, self.canvas.pens.theme.text(token), QRectF(at.x(), at.y(), size, size))
        else:
            ratio = self.canvas.pixel_ratio  # on whole pixels, as the card is: else it is resampled and blurred
            at = QPointF(round(at.x() * ratio) / ratio, round(at.y() * ratio) / ratio)
            painter.drawPixmap(at, self._icon(face, name, token, size))

    def _icon(self, face: Face, name: str, token: str, size: int) -> QPixmap:
        ratio = self.canvas.pixel_ratio
        found = face.icons.get((name, size, ratio))
        if found is None:
            if len(face.icons) > 8:
                face.icons.clear()
            color: QColor = self.canvas.pens.theme.text(token)
            found = face.icons[(name, size, ratio)] = icons.pixmap(name, color, size, ratio)
        return found
