"""What one worker has for itself: steps that only it leads to and that only lead back to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from quartet.graph import strong
from quartet.patterns.groups import connected


def private_steps(
    ways: Iterable[tuple[int, int]], workers: Collection[int], overseers: Collection[int]
) -> list[tuple[int, list[int]]]:
    """By worker the agents that nobody oversees and that are a round of this worker's.

    Whoever leads to them and gets their results is overseen, so they are a part of that worker's work and nothing that
    comes after the whole team.

    Args:
        ways: between all agents, marked loops among them: they lead back as well.
        workers: those that somebody oversees.
        overseers: those that oversee somebody.
    """
    free: dict[int, None] = {}
    among = []
    touching = []
    for way in ways:
        ends = [end for end in way if end not in workers and end not in overseers]
        free.update(dict.fromkeys(ends))
        if len(ends) == 2:
            among.append(way)
        elif ends:
            touching.append(way)
    if not touching:
        return []
    parts = connected(free, among)
    number = {agent: index for index, part in enumerate(parts) for agent in part}
    inner: list[list[tuple[int, int]]] = [[] for _ in parts]
    contacts: list[set[int]] = [set() for _ in parts]
    for way in among:
        inner[number[way[0]]].append(way)
    for way in touching:
        inside, outside = way if way[0] in number else way[::-1]
        inner[number[inside]].append(way)
        contacts[number[inside]].add(outside)
    found = []
    for part, around, round_ in zip(parts, contacts, inner, strict=True):
        # the worker and all of the part lead to each other
        if len(around) == 1 and min(around) in workers and any(len(each) > len(part) for each in strong.groups(round_)):
            found.append((min(around), part))
    return found
