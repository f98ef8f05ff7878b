"""Edges as they are painted: those that look alike in one go, so that a view of hundreds is a few calls of Qt's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from quartet.editor.canvas import bends_paint, captions, pills
from quartet.editor.canvas.style import DIMMED, Style
from quartet.editor.canvas.wire import Wire

if TYPE_CHECKING:
    from quartet.editor.canvas.wires import WireLayer

DENSE = 420
"""From so many visible edges on, straight pieces are painted in one go instead of curves."""
HALOES = 24
"""Up to so many edges of one agent get a halo under the pointer; of more a line in the accent is enough, and quick."""
COARSE, HALF, FINE = 0.0, 0.5, 1.0
"""Shares of the straight pieces that a curve is cut into: with icons only, with names, with all text."""

Groups = dict[tuple[str, str, bool], list[Wire]]
"""Edges by look, what they carried in a run, and whether they are dashed."""


def paint(layer: WireLayer, painter: QPainter, chords: list[QLineF], exposed: QRectF) -> None:
    """Paint the edges that meet `exposed`, and `chords` for those that a gesture is moving."""
    scene = layer.canvas
    style = scene.pens
    if chords:
        painter.setPen(style.chords["flow"])
        painter.drawLines(chords)
    wires = layer.near(exposed)
    painter.setBrush(style.empty)
    if len(wires) > DENSE or scene.detail == "icon":
        _many(layer, painter, style, wires)
        return
    lit, selection, hover = scene.lit_edges, scene.document.selection, scene.hover_edge
    pointed = scene.pointed_edges if len(scene.pointed_edges) <= HALOES else frozenset()
    running, fading = scene.live.state is not None, layer.fading
    groups: Groups = {}
    dimmed: Groups = {}
    special: list[tuple[Wire, bool]] = []
    labels: list[tuple[Wire, str, bool]] = []
    for wire in wires:
        id, twin = wire.id, wire.twin
        chosen = id not in fading and (id in selection or id == hover or (twin is not None and twin in selection))
        if twin is not None and id > twin and not chosen:
            continue
        if chosen or (lit is not None and id in lit) or id in pointed:
            special.append((wire, chosen))
        else:
            key = (wire.look, scene.carried(id) if running else "", wire.dashed)
            (groups if lit is None and id not in fading else dimmed).setdefault(key, []).append(wire)
        words = wire.label_text
        if running:
            words = captions.MIDDLE.join(part for part in (words, scene.carried_words(id, twin)) if part)
        if words:
            labels.append((wire, words, id in selection))
    if dimmed:
        painter.setOpacity(DIMMED)
        _groups(layer, painter, style, dimmed)
        painter.setOpacity(1.0)
    _groups(layer, painter, style, groups)
    for wire, chosen in special:
        _special(layer, painter, style, wire, chosen)
    if len(scene.pointed_edges) > HALOES:
        _pointed(layer, painter, style, wires, HALF)
    if scene.detail == "full":
        for wire, words, chosen in labels:
            painter.setOpacity(1.0 if lit is None or wire.id in lit else DIMMED)
            pills.paint(painter, scene, wire, words, chosen)
        painter.setOpacity(1.0)


def _groups(layer: WireLayer, painter: QPainter, style: Style, groups: Groups) -> None:
    """Edges that look alike, in as few calls as there are looks."""
    scene = layer.canvas
    share = FINE if scene.detail == "full" else HALF
    for (look, carried, dashed), wires in groups.items():
        painter.setPen(style.wire(look, carried))
        pattern = style.pattern(look, carried, dashed)
        if pattern is None and scene.exact:
            for wire in wires:
                painter.drawPath(wire.path)
        elif pattern is None:
            painter.drawLines([line for wire in wires for line in wire.lines(share)])
        elif pattern[0] == 0:
            painter.drawPoints([dot for wire in wires for dot in wire.dotted(pattern[1])])
        else:
            painter.drawLines([line for wire in wires for line in wire.pieces(*pattern)])
        painter.setPen(style.head(look, carried))
        _ends(painter, style, look, wires)


def _ends(painter: QPainter, style: Style, look: str, wires: list[Wire]) -> None:
    """The arrowheads or dots of edges of one look."""
    painter.drawLines([line for wire in wires for line in wire.barbs])
    if look in ("supervise", "share"):
        painter.setBrush(painter.pen().color())
        for wire in wires:
            for dot in wire.dots:
                painter.drawEllipse(dot, 2.2, 2.2)
        painter.setBrush(style.empty)


def _special(layer: WireLayer, painter: QPainter, style: Style, wire: Wire, chosen: bool) -> None:
    """A selected, pointed or lit edge: a halo under it, and the accent if it is chosen."""
    painter.setPen(style.edge_halo)
    painter.drawPath(wire.path)
    carried = layer.canvas.carried(wire.id)
    pattern = style.pattern(wire.look, carried, wire.dashed)
    painter.setPen(style.edge_selected if chosen else style.wire(wire.look, carried))
    if pattern is None:
        painter.drawPath(wire.path)
    elif pattern[0] == 0:
        painter.drawPoints(wire.dotted(pattern[1]))
    else:
        painter.drawLines(wire.pieces(*pattern))
    painter.setPen(style.edge_selected if chosen else style.head(wire.look, carried))
    _ends(painter, style, wire.look, [wire])
    if wire.via and chosen:
        bends_paint.handles(painter, style, wire, layer.active)


def _many(layer: WireLayer, painter: QPainter, style: Style, wires: list[Wire]) -> None:
    """So many that each is small on the screen: a few straight pieces each, without heads and words."""
    scene, fading = layer.canvas, layer.fading
    running = scene.live.state is not None
    groups: dict[str, list[QLineF]] = {}
    share = COARSE if len(wires) > DENSE else HALF
    for wire in wires:
        if (wire.twin is None or wire.id < wire.twin) and wire.id not in fading:
            key = (scene.carried(wire.id) or wire.look) if running else wire.look
            groups.setdefault(key, []).extend(wire.lines(share))
    for key, lines in groups.items():
        painter.setPen(style.chords[key])
        painter.drawLines(lines)
    if scene.pointed_edges:
        _pointed(layer, painter, style, wires, share)


def _pointed(layer: WireLayer, painter: QPainter, style: Style, wires: list[Wire], share: float) -> None:
    """The edges of what the pointer rests on, in the accent."""
    painter.setPen(style.edge_far_lit)
    pointed = layer.canvas.pointed_edges
    painter.drawLines([line for wire in wires if wire.id in pointed for line in wire.lines(share)])
