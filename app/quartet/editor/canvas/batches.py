"""Shapes by the colour they are drawn in, so that each colour is one call, and by where they lie, so that where little
of the canvas is painted anew only what may lie there is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from quartet.editor.canvas.geometry import Box

SQUARE = 2_048.0
"""Scene units: of ten thousand agents each square holds some dozens."""

Shape = TypeVar("Shape")
Cell = tuple[int, int]


class Batches(Generic[Shape]):
    """Shapes by id, each in a group."""

    def __init__(self, box: Callable[[Shape], Box]) -> None:
        """`box`: the rectangle in which a shape lies."""
        self._box = box
        self._group_of: dict[str, str] = {}
        self._groups: dict[str, dict[str, Shape]] = {}
        self._lists: dict[str, list[Shape]] = {}
        self._squares: dict[str, _Squares[Shape]] = {}
        """Of the groups of which only a part was wanted since they were last told to be elsewhere."""

    def __len__(self) -> int:
        return len(self._group_of)

    def clear(self) -> None:
        """Forget all of them."""
        self._group_of, self._groups, self._lists, self._squares = {}, {}, {}, {}

    def groups(self) -> Iterator[str]:
        """The groups there are shapes in."""
        return (group for group, shapes in self._groups.items() if shapes)

    def group_of(self, id: str) -> str:
        """Where a shape is; "" of one that is not there."""
        return self._group_of.get(id, "")

    def get(self, id: str) -> Shape | None:
        """A shape; None if it is not there."""
        group = self._group_of.get(id)
        return None if group is None else self._groups[group][id]

    def put(self, id: str, group: str, shape: Shape) -> None:
        """A shape that was not there before."""
        self._group_of[id] = group
        self._groups.setdefault(group, {})[id] = shape
        self._lists.pop(group, None)
        squares = self._squares.get(group)
        if squares is not None:
            squares.put(id, shape, self._box(shape))

    def drop(self, id: str) -> None:
        """A shape is gone; it need not have been there."""
        group = self._group_of.pop(id, None)
        if group is None:
            return
        del self._groups[group][id]
        self._lists.pop(group, None)
        squares = self._squares.get(group)
        if squares is not None:
            squares.drop(id)

    def moved(self) -> None:
        """Any of them may lie elsewhere now, though they are the same objects as before."""
        self._squares = {}

    def all(self, group: str) -> list[Shape]:
        """The shapes of a group."""
        found = self._lists.get(group)
        if found is None:
            found = self._lists[group] = list(self._groups.get(group, {}).values())
        return found

    def near(self, group: str, area: Box) -> list[Shape]:
        """The shapes of a group that may meet an area, and hardly any others."""
        squares = self._squares.get(group)
        if squares is None:
            shapes, box = self._groups.get(group, {}), self._box
            squares = self._squares[group] = _Squares((id, shape, box(shape)) for id, shape in shapes.items())
        return squares.near(area)


class _Squares(Generic[Shape]):
    """The shapes of one group by the square that their left upper corner lies in."""

    def __init__(self, shapes: Iterable[tuple[str, Shape, Box]]) -> None:
        self._cells: dict[Cell, dict[str, Shape]] = {}
        self._cell_of: dict[str, Cell] = {}
        self._bounds: dict[Cell, Box] = {}
        """What the shapes of a square reach to, or did while those that are gone were there."""
        for id, shape, box in shapes:
            self.put(id, shape, box)

    def put(self, id: str, shape: Shape, box: Box) -> None:
        cell = int(box[0] // SQUARE), int(box[1] // SQUARE)
        self._cells.setdefault(cell, {})[id] = shape
        self._cell_of[id] = cell
        known = self._bounds.get(cell)
        if known is not None:
            box = min(known[0], box[0]), min(known[1], box[1]), max(known[2], box[2]), max(known[3], box[3])
        self._bounds[cell] = box

    def drop(self, id: str) -> None:
        del self._cells[self._cell_of.pop(id)][id]

    def near(self, area: Box) -> list[Shape]:
        left, top, right, bottom = area
        found: list[Shape] = []
        for cell, bounds in self._bounds.items():
            if left <= bounds[2] and bounds[0] <= right and top <= bounds[3] and bounds[1] <= bottom:
                found += self._cells[cell].values()
        return found
