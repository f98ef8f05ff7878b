"""Where two places in a nest of groups meet, however deep the nest is."""

from __future__ import annotations

from collections.abc import Sequence


class Nesting:
    """A forest given by each node's parent (-1 for a root), in which any node's parent may stand anywhere.

    Heavy paths: a question costs the logarithm of the number of nodes.
    """

    def __init__(self, parents: Sequence[int]) -> None:
        self.parents = parents
        count = len(parents)
        children: list[list[int]] = [[] for _ in range(count)]
        order: list[int] = []
        for node, parent in enumerate(parents):
            if parent >= 0:
                children[parent].append(node)
            else:
                order.append(node)
        for node in order:  # grows while it is read: parents before children
            order.extend(children[node])
        size = [1] * count
        self._heavy = heavy = [-1] * count
        for node in reversed(order):
            best = 0
            for child in children[node]:
                size[node] += size[child]
                if size[child] > best:
                    best, heavy[node] = size[child], child
        self._depth = depth = [0] * count
        self._head = head = list(range(count))
        for node in order:
            for child in children[node]:
                depth[child] = depth[node] + 1
                if child == heavy[node]:
                    head[child] = head[node]

    def meet(self, first: int, second: int) -> tuple[int, int, int]:
        """The innermost node that holds both, and its children towards each: -1 where a node itself is the place.

        The place is -1 if they are in different trees of the forest; the children are their roots then.
        """
        parents, head, depth = self.parents, self._head, self._depth
        below_first = below_second = -1
        while head[first] != head[second]:
            if depth[head[first]] >= depth[head[second]]:
                below_first = head[first]
                first = parents[below_first]
                if first < 0:
                    while parents[head[second]] >= 0:
                        second = parents[head[second]]
                    return -1, below_first, head[second]
            else:
                below_second = head[second]
                second = parents[below_second]
                if second < 0:
                    while parents[head[first]] >= 0:
                        first = parents[head[first]]
                    return -1, head[first], below_second
        if first == second:
            return first, below_first, below_second
        if depth[first] < depth[second]:
            return first, below_first, self._heavy[first]
        return second, self._heavy[second], below_second
