"""A graph as a small picture: its pattern regions, its cards as blocks, its edges as lines. For the welcome page."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from quartet.editor import parts, theme
from quartet.editor.canvas import geometry, part_boxes
from quartet.editor.canvas.geometry import Box
from quartet.graph.model import Edge, Graph
from quartet.patterns.tree import Tree


def paint(painter: QPainter, area: QRectF, graph: Graph, tree: Tree | None, margin: float = 14.0) -> None:
    """Draw `graph` as large as it fits into `area`, in the theme's colours."""
    look = theme.current()
    regions = parts.parts_of(tree)
    places = part_boxes.boxes(regions, graph.positions)
    cards = [geometry.card(point) for id, point in graph.positions.items() if id in graph.agents]
    whole = geometry.union(cards + [box for box in places if box is not None])
    if whole is None:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(area)
    width, height = whole[2] - whole[0], whole[3] - whole[1]
    scale = min((area.width() - 2 * margin) / width, (area.height() - 2 * margin) / height, 0.5)
    painter.translate(area.center())
    painter.scale(scale, scale)
    painter.translate(-(whole[0] + whole[2]) / 2, -(whole[1] + whole[3]) / 2)
    for part, box in zip(regions, places, strict=True):
        if box is not None:
            color = look.pattern(part.pattern)
            _block(painter, box, 20, theme.alpha(color, 0.10), theme.alpha(color, 0.55), 1.25)
    for edge in graph.edges.values():
        _edge(painter, graph, edge)
    watched = {edge.source for edge in graph.edges.values() if edge.kind == "supervise"}
    tones = parts.innermost(regions)
    for id in graph.agents:
        if id in graph.positions:
            token = "supervisor" if id in watched else tones.get(id, "")
            _card(painter, geometry.card(graph.positions[id]), look.pattern(token) if token else look.accent)
    painter.restore()


def _block(painter: QPainter, box: Box, radius: float, fill: QColor, line: QColor, width: float) -> None:
    path = QPainterPath()
    path.addRoundedRect(QRectF(QPointF(box[0], box[1]), QPointF(box[2], box[3])), radius, radius)
    painter.fillPath(path, fill)
    pen = QPen(line, width)
    pen.setCosmetic(True)
    painter.strokePath(path, pen)


def _card(painter: QPainter, box: Box, tone: QColor) -> None:
    """A card: the block, its icon as a tinted square, its name and second line as bars."""
    look = theme.current()
    left, top = box[0], box[1]
    _block(painter, box, 12, look.node, look.outline, 1.0)
    _block(painter, (left + 12, top + 14, left + 46, top + 48), 9, theme.alpha(tone, 0.9), theme.alpha(tone, 0), 0)
    _block(
        painter, (left + 58, top + 17, left + 138, top + 27), 5, theme.alpha(look.ink, 0.72), theme.alpha(tone, 0), 0
    )
    _block(
        painter, (left + 58, top + 36, left + 162, top + 44), 4, theme.alpha(look.faint, 0.6), theme.alpha(tone, 0), 0
    )


def _edge(painter: QPainter, graph: Graph, edge: Edge) -> None:
    look = theme.current()
    source, target = graph.positions.get(edge.source), graph.positions.get(edge.target)
    if source is None or target is None:
        return
    color, style = look.edge, Qt.PenStyle.SolidLine
    if edge.kind == "supervise":
        color, style = look.supervisor, Qt.PenStyle.DashLine
        curve = geometry.watch(source, target)
    elif edge.kind in ("handoff", "share"):
        color = look.swarm if edge.kind == "handoff" else look.edge
        curve = geometry.direct(source, target)
    else:
        if edge.on:
            color, style = look.warning, Qt.PenStyle.DotLine
        curve = geometry.flow(source, target, loop=edge.loop)
    points = [QPointF(x, y) for x, y in geometry.flatten(curve)]
    pen = QPen(color, 1.3, style)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.drawPolyline(points)
