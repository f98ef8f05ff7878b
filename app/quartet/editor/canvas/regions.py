"""Pattern regions: barely tinted areas behind the parts of the tree, with icon and name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPainterPath, QPen, QStaticText
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from quartet.editor import icons
from quartet.editor import parts as tree_parts
from quartet.editor.canvas import geometry, part_boxes
from quartet.editor.canvas.card import static
from quartet.editor.canvas.geometry import Box
from quartet.editor.canvas.layer import Layer
from quartet.editor.theme import PATTERN_ICONS, alpha
from quartet.graph.model import AgentId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quartet.editor.canvas.scene import CanvasScene

ROUND = 18.0
TINT, TINT_DARK, TINT_STRONG = 0.075, 0.085, 0.05
LINE = 0.42
DASHES: dict[str, list[float]] = {"pipeline": [], "fan_out": [8, 4], "supervisor": [8, 4, 2, 4], "swarm": [2, 4]}
"""The line round a region by its pattern, in pixels: what the colours say to those who see them."""
MARK = 24.0
"""Height of a region's name when far away, and the width of its icon where the name has no room, in pixels."""
SQUARE = 4.0
"""Pixels of a corner's radius below which corners are square."""
SMALLEST = 10.0
"""Pixels on the screen below which a region is not drawn."""
LEAST = 0.02
"""A tint that is rounded to another colour in 8 bits: below this there is none, and the lines tell the regions."""
OVER = 3.0
"""So many areas may lie over one another, on average, before all are tinted less: crossing patterns of thousands of
agents would add up to a solid colour that hides their edges."""


class Look(NamedTuple):
    """All that there is to see of a part."""

    pattern: str
    title: str
    stronger: bool
    edge: Box | None
    holes: frozenset[Box]
    """The areas of the parts inside it, which it leaves out."""

    @property
    def itself(self) -> tuple[str, str, bool, Box | None]:
        """What it looks like but for what lies inside it."""
        return self[:4]


class RegionLayer(Layer):
    """All pattern regions of the verdict, painted behind everything but the frames."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__(scene, -30)
        self.parts: list[tree_parts.Part] = []
        self.boxes: list[QRectF] = []
        self._edges: dict[int, Box | None] = {}
        """The boxes as numbers, by the number of the part."""
        self._paths: list[QPainterPath] = []
        self._inner: list[list[int]] = []
        """The parts directly inside each part."""
        self._part_of: dict[AgentId, int] = {}
        """The innermost part of each agent."""
        self._stronger: list[bool] = []
        self._titles: dict[int, QStaticText] = {}
        self._fills: dict[str, QBrush] = {}
        self._lines: dict[str, QPen] = {}
        self.version = 0
        """Another one after every change of parts or boxes."""
        self._thin: dict[str, QPen] = {}
        """The same lines, as thin as can be painted without smoothing."""
        self._bold: dict[str, QPen] = {}
        """The same lines round a part that is lit up."""
        self._lit: tuple[frozenset[str], int, frozenset[int]] = (frozenset(), 0, frozenset())
        self._faint = 1.0
        """The share of its tint that each area has, where many lie over one another."""
        self.rims: dict[str, QPen] = {}
        """The line round a region's name, by its pattern."""
        self.restyle()

    def restyle(self) -> None:
        """The theme changed."""
        look = self.canvas.pens.theme
        self._mix()
        for pattern in PATTERN_ICONS:
            line = self._lines[pattern] = QPen(alpha(look.pattern(pattern), 1.0 if look.strong else LINE), 1)
            width = 2.0 if look.strong else 1.0 if not DASHES[pattern] else 1.25  # a broken line is fainter
            line.setWidthF(width)
            line.setCosmetic(True)
            if DASHES[pattern]:
                line.setDashPattern([length / width for length in DASHES[pattern]])
                line.setCapStyle(Qt.PenCapStyle.FlatCap)
            self.rims[pattern] = QPen(line.color(), line.widthF())
            bold = self._bold[pattern] = QPen(line)
            bold.setColor(look.pattern(pattern))
            bold.setWidthF(width + 1.0)
            if DASHES[pattern]:
                bold.setDashPattern([length / (width + 1.0) for length in DASHES[pattern]])
            thin = self._thin[pattern] = QPen(line)
            thin.setWidthF(1.0)
            if DASHES[pattern]:
                thin.setDashPattern(DASHES[pattern])
        self._titles = {}
        self.update()

    def _mix(self) -> None:
        """The tints of the areas."""
        look = self.canvas.pens.theme
        tint = self._faint * (TINT_STRONG if look.strong else TINT_DARK if look.dark else TINT)
        if tint < LEAST:
            tint = 0.0
        for pattern in PATTERN_ICONS:
            self._fills[pattern] = QBrush(alpha(look.pattern(pattern), tint))
            self._fills[pattern + "+"] = QBrush(alpha(look.pattern(pattern), 1.9 * tint))

    def _thin_out(self) -> None:
        """Tint less where more areas lie over one another than `OVER`."""
        area = [box.width() * box.height() for box in self.boxes]
        tinted = sum(max(0.0, area[i] - sum(area[child] for child in inner)) for i, inner in enumerate(self._inner))
        edges = [edge for number in range(len(self.parts)) if (edge := self._edges.get(number)) is not None]
        if not edges:
            return
        width = max(edge[2] for edge in edges) - min(edge[0] for edge in edges)
        height = max(edge[3] for edge in edges) - min(edge[1] for edge in edges)
        faint = min(1.0, OVER * width * height / tinted) if tinted else 1.0
        if abs(faint - self._faint) > 0.05 * self._faint:
            self._faint = faint
            self._mix()
            self.update()

    def sync(self) -> bool:
        """There is a new verdict. Whether its parts, or where they lie, are other ones than before."""
        parts, before = self.canvas.document.gist.parts, self.parts
        if parts is before or parts == before:
            return False
        looks, inner_before, edges_before = self._looks(), self._inner, self._edges
        self.parts = parts
        self.version += 1
        self._inner = [[] for _ in parts]
        for number, part in enumerate(parts):
            if part.parent >= 0:
                self._inner[part.parent].append(number)
        self._part_of = {agent: number for number, part in enumerate(parts) for agent in part.agents}
        self._stronger = [self._within_same(number) for number in range(len(parts))]
        known = {tuple(part.agents): number for number, part in enumerate(before) if part.agents and looks}
        self._edges = {}
        for number in range(len(parts) - 1, -1, -1):  # what lies inside comes first
            part, inner = parts[number], [self._edges[child] for child in self._inner[number]]
            at = known.get(tuple(part.agents), -1)
            if at >= 0 and before[at].loop == part.loop and inner == [edges_before[each] for each in inner_before[at]]:
                self._edges[number] = edges_before[at]
            else:
                self._edges[number] = part_boxes.box(part, self.canvas.positions, inner)
        self.boxes = [_rect(self._edges[number]) for number in range(len(parts))]
        self._take_over(looks)
        self._thin_out()
        self.canvas.region_names.follow()
        return True

    def _looks(self) -> list[Look]:
        """What there is to see of each part, in the order in which they are painted; nothing before all have boxes."""
        if len(self.boxes) != len(self.parts):
            return []
        return [
            Look(part.pattern, part.title, self._stronger[number], self._edges[number], self._holes(number))
            for number, part in enumerate(self.parts)
        ]

    def _holes(self, number: int) -> frozenset[Box]:
        return frozenset(edge for child in self._inner[number] if (edge := self._edges[child]) is not None)

    def _take_over(self, before: list[Look]) -> None:
        """Keep the pictures of the parts that look as they did, whichever numbers they have, and paint the others."""
        numbers: dict[tuple[str, str, bool, Box | None], list[int]] = {}  # several may look alike and lie alike
        for number in range(len(before) - 1, -1, -1):
            numbers.setdefault(before[number].itself, []).append(number)
        paths, titles = self._paths, self._titles
        self._paths, self._titles = [], {}
        last, changed = -1, list[Box | None]()
        for number, look in enumerate(self._looks()):
            alike = numbers.get(look.itself)
            at = alike[-1] if alike else -1
            if alike is None or at <= last:  # it is new, or lies over others now that lay over it
                self._paths.append(self._path(number))
                changed.append(look.edge)
                continue
            last = at
            alike.pop()
            holes = before[at].holes
            self._paths.append(paths[at] if holes == look.holes else self._path(number))
            if at in titles:
                self._titles[number] = titles[at]
            changed += holes ^ look.holes
        changed += [itself[-1] for itself, rest in numbers.items() if rest]
        # as one: several rectangles cut all that is painted, which takes longer than to paint what lies between them
        self._repaint(geometry.union([edge for edge in changed if edge is not None]))

    def _repaint(self, edge: Box | None) -> None:
        """The area of a part looks different now."""
        if edge is not None:
            room = 2 + MARK / self.canvas.zoom  # its name may stand on the line
            self.update(_rect(edge).adjusted(-room, -room, room, room))

    def follow(self, agents: Iterable[AgentId] | None) -> None:
        """These cards (None: any) stand elsewhere now."""
        if not self.parts:
            if self.boxes:
                self.boxes, self._paths = [], []
                self.update()
            return
        if len(self.boxes) != len(self.parts):
            self.boxes, self._paths = [QRectF() for _ in self.parts], [QPainterPath() for _ in self.parts]
            self._edges, agents = {}, None
        self._lay(
            set(range(len(self.parts)))
            if agents is None
            else self._chain({self._part_of[agent] for agent in agents if agent in self._part_of})
        )

    def _lay(self, touched: set[int]) -> None:
        """Measure these parts anew."""
        redo: set[int] = set()
        for number in sorted(touched, reverse=True):  # what lies inside comes first
            inner = [self._edges[child] for child in self._inner[number]]
            before = self._edges.get(number)
            box = self._edges[number] = part_boxes.box(self.parts[number], self.canvas.positions, inner)
            if box == before:
                continue
            self.boxes[number] = _rect(box)
            self._titles.pop(number, None)
            redo.add(number)
            if self.parts[number].parent >= 0:
                redo.add(self.parts[number].parent)
            for edge in (before, box):
                self._repaint(edge)
        self.version += bool(redo)
        for number in redo:
            self._paths[number] = self._path(number)
        if len(redo) * 8 > len(self.parts):  # not at every step of a drag
            self._thin_out()
        if redo:
            self.canvas.region_names.follow()

    def _chain(self, numbers: set[int]) -> set[int]:
        """These parts, and those around them."""
        found: set[int] = set()
        for at in numbers:
            while at >= 0 and at not in found:
                found.add(at)
                at = self.parts[at].parent
        return found

    @property
    def lit(self) -> frozenset[int]:
        """The parts all of whose agents are lit up: what is pointed at as a whole, by their numbers."""
        agents = self.canvas.document.highlight_agents
        if not agents:
            return frozenset()
        if self._lit[:2] != (agents, self.version):
            whole = [agents.issuperset(part.agents) for part in self.parts]
            for number in range(len(self.parts) - 1, 0, -1):
                whole[self.parts[number].parent] &= whole[number]
            self._lit = agents, self.version, frozenset(number for number, each in enumerate(whole) if each)
        return self._lit[2]

    def _path(self, number: int) -> QPainterPath:
        """The area of a part. It leaves out the areas inside it, so that tints never add up to mud."""
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        path.addRoundedRect(self.boxes[number], ROUND, ROUND)
        for child in self._inner[number]:
            if not self.boxes[child].isNull():
                path.addRoundedRect(self.boxes[child], ROUND, ROUND)
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scene = self.canvas
        style = scene.pens
        exposed = option.exposedRect
        least = SMALLEST / scene.zoom
        seen = [
            number
            for number, box in enumerate(self.boxes)
            if not box.isNull() and box.width() >= least and box.intersects(exposed)
        ]
        if ROUND * scene.zoom < SQUARE and not scene.exact:
            self._paint_far(painter, seen)
            return
        lit = self.lit
        for i in seen:
            pattern = self.parts[i].pattern
            painter.setPen(style.none)
            painter.setBrush(self._fills[pattern + "+" if self._stronger[i] or i in lit else pattern])
            painter.drawPath(self._paths[i])
            painter.setPen((self._bold if i in lit else self._lines)[pattern])
            painter.setBrush(style.empty)
            painter.drawRoundedRect(self.boxes[i], ROUND, ROUND)
            if scene.detail == "full":
                self._name(painter, i, self.boxes[i])

    def _paint_far(self, painter: QPainter, seen: list[int]) -> None:
        """Corners that nobody sees are not rounded, and lines that run straight need not be smoothed."""
        style = self.canvas.pens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        lines: dict[str, list[QRectF]] = {}
        painter.setPen(style.none)
        for i in seen:
            pattern, inner = self.parts[i].pattern, self._inner[i]
            painter.setBrush(self._fills[pattern + "+" if self._stronger[i] else pattern])
            if inner:
                painter.drawPath(self._paths[i])
            else:
                painter.drawRect(self.boxes[i])
            lines.setdefault(pattern, []).append(self.boxes[i])
        painter.setBrush(style.empty)
        for pattern, boxes in lines.items():
            painter.setPen(self._lines[pattern] if style.theme.strong else self._thin[pattern])
            painter.drawRects(boxes)
        for i in self.lit.intersection(seen):
            painter.setPen(self._bold[self.parts[i].pattern])
            painter.drawRect(self.boxes[i])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _within_same(self, i: int) -> bool:
        """Whether a part lies in one of its own pattern: a little stronger then, or it would not stand out."""
        same = False
        while (parent := self.parts[i].parent) >= 0 and self.parts[parent].pattern == self.parts[i].pattern:
            same, i = not same, parent
        return same

    def _name(self, painter: QPainter, i: int, box: QRectF) -> None:
        scene = self.canvas
        style = scene.pens
        part = self.parts[i]
        title = self._titles.get(i)
        if title is None:
            title = static(part.title, style.region_font, QFontMetricsF(style.region_font), box.width() - 52)
            self._titles[i] = title
        at = QPointF(box.left() + 16, box.bottom() - 25)
        color = style.theme.pattern_text(part.pattern)
        icon = PATTERN_ICONS[part.pattern]
        if scene.vector:
            icons.paint(painter, icon, color, QRectF(at.x(), at.y() + 0.5, 14, 14))
        else:
            painter.drawPixmap(QPointF(at.x(), at.y() + 0.5), icons.pixmap(icon, color, 14, scene.pixel_ratio))
        painter.setPen(color)
        painter.setFont(style.region_font)
        painter.drawStaticText(QPointF(at.x() + 20, at.y()), title)


def _rect(box: Box | None) -> QRectF:
    return QRectF() if box is None else QRectF(box[0], box[1], box[2] - box[0], box[3] - box[1])
