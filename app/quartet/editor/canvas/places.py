"""Which cards stand near a point, found without Qt: far away no card is an item that Qt knows of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from quartet.editor.canvas.geometry import HEIGHT, WIDTH, Box, Point
from quartet.graph.model import AgentId

CELL = 600.0
"""Scene units: a card meets one to four cells, a pointer's surroundings a few."""

Cell = tuple[int, int]


class Places:
    """Cards by the cells of a grid. Told only that cards stand elsewhere, it reads where when somebody asks."""

    def __init__(self, positions: Mapping[AgentId, Point]) -> None:
        """`positions`: where the cards are shown, by their top left corners; it stays the one that tells."""
        self._positions = positions
        self._cells: dict[Cell, set[AgentId]] = {}
        self._at: dict[AgentId, Point] = {}
        """Where each card stood when it was last looked at."""
        self._bounds: Box | None = None
        self._bounds_hold = True
        self._serial: dict[AgentId, int] = {}
        self._count = 0
        self._stale: set[AgentId] = set()

    def add(self, id: AgentId) -> None:
        """There is a card; it lies over those that were there before."""
        self._count += 1
        self._serial[id] = self._count
        self._stale.add(id)

    def height(self, id: AgentId) -> float:
        """How far up a card lies among the others: more than 0, less than 1."""
        return self._serial[id] / 1e9

    def drop(self, id: AgentId) -> None:
        """The card is gone."""
        self._serial.pop(id, None)
        self._stale.add(id)

    def moved(self, ids: Iterable[AgentId]) -> None:
        """These cards stand elsewhere now."""
        self._stale.update(ids)

    def near(self, box: Box) -> list[AgentId]:
        """The cards that meet a box, the uppermost first."""
        self._refresh()
        positions, serial = self._positions, self._serial
        left, top, right, bottom = box
        found = [
            id
            for id in self._candidates(box)
            if positions[id][0] <= right
            and positions[id][0] + WIDTH >= left
            and positions[id][1] <= bottom
            and positions[id][1] + HEIGHT >= top
        ]
        found.sort(key=serial.__getitem__, reverse=True)
        return found

    def meets(self, box: Box) -> bool:
        """Whether any card meets a box."""
        self._refresh()
        positions = self._positions
        left, top, right, bottom = box
        left, top = left - WIDTH, top - HEIGHT
        for id in self._candidates(box):
            x, y = positions[id]
            if left <= x <= right and top <= y <= bottom:
                return True
        return False

    def _candidates(self, box: Box) -> Iterator[AgentId]:
        """The cards in the cells that may hold the corner of a card that meets the box."""
        rows = range(int((box[1] - HEIGHT) // CELL), int(box[3] // CELL) + 1)
        columns = range(int((box[0] - WIDTH) // CELL), int(box[2] // CELL) + 1)
        if len(rows) * len(columns) > len(self._cells):
            yield from self._serial
            return
        for column in columns:
            for row in rows:
                yield from self._cells.get((column, row), ())

    def bounds(self) -> Box | None:
        """The rectangle round all cards; None without any. Only taking away one at its border makes it be sought."""
        self._refresh()
        if not self._bounds_hold:
            xs, ys = [x for x, _ in self._at.values()], [y for _, y in self._at.values()]
            self._bounds = (min(xs), min(ys), max(xs) + WIDTH, max(ys) + HEIGHT) if xs else None
            self._bounds_hold = True
        return self._bounds

    def _refresh(self) -> None:
        positions, cells, known = self._positions, self._cells, self._at
        for id in self._stale:
            at = positions.get(id) if id in self._serial else None
            before = known.get(id)
            if at == before:
                continue
            cell, left = _cell(at), _cell(before)
            if left is not None and left != cell:
                cells[left].discard(id)
            if cell is not None and left != cell:
                cells.setdefault(cell, set()).add(id)
            if before is not None and self._bounds is not None and self._bounds_hold:
                self._bounds_hold = not _at_border(before, self._bounds)
            if at is None:
                del known[id]
            else:
                known[id] = at
                self._reach(at)
        self._stale.clear()

    def _reach(self, at: Point) -> None:
        x, y = at
        if self._bounds is None:
            self._bounds = x, y, x + WIDTH, y + HEIGHT
        else:
            left, top, right, bottom = self._bounds
            self._bounds = min(left, x), min(top, y), max(right, x + WIDTH), max(bottom, y + HEIGHT)


def _cell(at: Point | None) -> Cell | None:
    return None if at is None else (int(at[0] // CELL), int(at[1] // CELL))


def _at_border(at: Point, box: Box) -> bool:
    return at[0] <= box[0] or at[1] <= box[1] or at[0] + WIDTH >= box[2] or at[1] + HEIGHT >= box[3]
