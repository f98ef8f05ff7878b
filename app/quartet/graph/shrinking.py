"""A group of nodes that all lead to each other, while one after another of them is taken out.

To search the whole group anew each time would cost the square of its size. Two trees say that it still holds together:
one of ways from a node in it, the root, to all others, and one of ways from all others to the root. Only what hung on
the nodes that went is looked at again.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from quartet.graph import strong

N = TypeVar("N", bound=Hashable)


class Shrinking(Generic[N]):
    """A strongly connected group that loses nodes."""

    def __init__(self, nodes: set[N], root: N, after: Mapping[N, Sequence[N]], before: Mapping[N, Sequence[N]]) -> None:
        """`nodes`: the group; it is taken over. `after` and `before`: where each of them leads to, and from where."""
        self.nodes = nodes
        """Those that all lead to each other still; none once the root is alone or went."""
        self._root, self._after = root, after
        self._trees = _Tree(root, nodes, after, before), _Tree(root, nodes, before, after)

    def lose(self, some: Collection[N]) -> tuple[set[N], list[set[N]]]:
        """Take nodes out. Returns all that are no longer in the group, and the groups that are left among these."""
        left = self.nodes
        left.difference_update(some)
        gone = set(some)
        apart: set[N] = set()
        if self._root in gone:
            apart.update(left)
        else:
            for tree in self._trees:
                apart |= tree.lose(gone, left)
            for tree in self._trees:
                tree.forget(apart)
        left -= apart
        groups = strong.groups((node, other) for node in apart for other in self._after[node] if other in apart)
        if len(left) == 1:
            gone |= left
            left.clear()
        return gone | apart, groups


class _Tree(Generic[N]):
    """Ways from a root to all nodes of a group, each node by the one before it."""

    def __init__(
        self, root: N, nodes: Collection[N], onward: Mapping[N, Sequence[N]], back: Mapping[N, Sequence[N]]
    ) -> None:
        self._onward, self._back = onward, back
        self._parent = {root: root}
        self._children: dict[N, list[N]] = {}
        """Among them some that hang elsewhere by now."""
        self._grow([root], nodes)

    def _grow(self, ends: list[N], into: Collection[N]) -> None:
        """Let those of some nodes that are not in the tree hang on it where `ends` lead to them, and so on: the nearest
        first, so that few hang on one."""
        parent, children = self._parent, self._children
        for end in ends:  # grows while it is read
            for node in self._onward[end]:
                if node in into and node not in parent:
                    parent[node] = end
                    children.setdefault(end, []).append(node)
                    ends.append(node)

    def lose(self, gone: Iterable[N], left: Collection[N]) -> set[N]:
        """Take nodes out. Returns which of those that are left no way leads to any more; they are out as well."""
        parent, children = self._parent, self._children
        loose = list(gone)
        for node in loose:  # grows while it is read
            parent.pop(node, None)
            loose += [child for child in children.pop(node, ()) if parent.get(child) == node]
        hanging = dict.fromkeys(node for node in loose if node in left)
        ends = []
        for node in hanging:
            above = next((other for other in self._back[node] if other in parent), None)
            if above is not None:
                parent[node] = above
                children.setdefault(above, []).append(node)
                ends.append(node)
        self._grow(ends, hanging)
        return {node for node in hanging if node not in parent}

    def forget(self, some: Iterable[N]) -> None:
        """Take out nodes that nothing else hangs on."""
        for node in some:
            self._parent.pop(node, None)
            self._children.pop(node, None)
