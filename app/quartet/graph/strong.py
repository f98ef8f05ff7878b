"""Nodes that all lead to each other: strongly connected components, with nothing built but what is needed for them.

A verdict asks for them several times at every level of a drawing; a graph object of a library costs four times as much
as the search.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def groups(ways: Iterable[tuple[N, N]]) -> list[set[N]]:
    """The components of two and more nodes, each before those that lead to it."""
    after: dict[N, list[N]] = {}
    for source, target in ways:
        if source in after:
            after[source].append(target)
        else:
            after[source] = [target]
        if target not in after:
            after[target] = []
    return [set(part) for part in components(after) if len(part) > 1]


def components(after: Mapping[N, Iterable[N]]) -> list[list[N]]:
    """All components, single nodes among them, each before those that lead to it (Tarjan, without recursion).

    Args:
        after: where each node leads to; every node is a key.
    """
    done = len(after)
    number: dict[N, int] = {}
    """When each node was come to; `done` and more once its component is found."""
    low: dict[N, int] = {}
    """The earliest node, as far as is known, that each leads back to."""
    open_: list[N] = []
    found: list[list[N]] = []
    for start in after:
        if start in number:
            continue
        number[start] = low[start] = len(number)
        open_.append(start)
        path = [(start, iter(after[start]))]
        while path:
            node, ways = path[-1]
            lowest = low[node]
            for next_ in ways:
                seen = number.get(next_)
                if seen is None:
                    number[next_] = low[next_] = len(number)
                    open_.append(next_)
                    path.append((next_, iter(after[next_])))
                    break
                if seen < lowest:
                    lowest = seen
            else:
                path.pop()
                if lowest == number[node]:
                    at = len(open_) - 1
                    while open_[at] != node:
                        at -= 1
                    part = open_[at:]
                    del open_[at:]
                    for each in part:
                        number[each] = done
                    found.append(part)
                elif lowest < low[path[-1][0]]:
                    low[path[-1][0]] = lowest
                continue
            low[node] = lowest
    return found
