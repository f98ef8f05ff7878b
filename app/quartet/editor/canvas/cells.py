"""A grid that finds boxes without Qt: what is small lies in fine cells, what is long in coarser ones."""

from __future__ import annotations

from collections.abc import Iterator

from quartet.editor.canvas.geometry import Box

CELL = 600.0
COARSER = 4.0
"""So many times larger are the cells of each next grid, for longer boxes."""

Range = tuple[int, int, int, int, int]
"""Grid, first and last column, first and last row."""


class Cells:
    """Ids by the cells that their boxes meet."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int, int], set[str]] = {}
        """By grid, column and row."""
        self._levels = 1

    def put(self, id: str, box: Box) -> Range:
        """Put an id into the cells of its box. Returns these: `drop` wants to be told them."""
        left, top, right, bottom = box
        # the finest grid on which it meets a few cells only: a long box would meet thousands of the finest
        size, level, cell = max(right - left, bottom - top), 0, CELL
        while size > 2 * cell:
            level += 1
            cell *= COARSER
        if level >= self._levels:
            self._levels = level + 1
        found = level, int(left // cell), int(right // cell), int(top // cell), int(bottom // cell)
        cells = self._cells
        for key in _keys(found):
            met = cells.get(key)
            if met is None:
                cells[key] = {id}
            else:
                met.add(id)
        return found

    def drop(self, id: str, where: Range) -> None:
        """Take an id out of the cells that it was put into."""
        for key in _keys(where):
            self._cells[key].discard(id)

    def near(self, box: Box) -> set[str]:
        """The ids in the cells that a box meets: all whose own boxes meet it, and some beside."""
        left, top, right, bottom = box
        if ((right - left) / CELL + 1) * ((bottom - top) / CELL + 1) > len(self._cells):
            return set().union(*self._cells.values())
        found: set[str] = set()
        cell = CELL
        for level in range(self._levels):
            where = level, int(left // cell), int(right // cell), int(top // cell), int(bottom // cell)
            for key in _keys(where):
                met = self._cells.get(key)
                if met:
                    found |= met
            cell *= COARSER
        return found


def _keys(where: Range) -> Iterator[tuple[int, int, int]]:
    level, first, last, top, bottom = where
    rows = range(top, bottom + 1)
    for column in range(first, last + 1):
        for row in rows:
            yield level, column, row
