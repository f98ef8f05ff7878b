"""What agents say they do, where nothing else tells equals from an author and its critic."""

from __future__ import annotations

import re
from collections.abc import Callable

from quartet.graph.model import Agent
from quartet.patterns.drawing import Drawing

_WORDS = re.compile(r"[^\W\d_]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SAY_NOTHING = frozenset({"agent", "agents", "ai", "assistant", "bot", "llm", "model", "node", "step"})
"""What any agent may be called: two names that share only such a word say nothing about their jobs."""


def same_job(first: Agent, second: Agent) -> bool:
    """Whether two agents are of one kind and do the same for two sides: “Plays white” and “Plays black”.

    Their descriptions begin with the same word, or their names share one; an author and its critic have neither.
    """
    if first.kind != second.kind:
        return False
    one, other = _words(first.description), _words(second.description)
    if one and other:
        return one[0] == other[0]
    shared = (set(_words(first.name)) & set(_words(second.name))) - _SAY_NOTHING
    # of “a1” and “a2” the letter is only there to be counted on from
    return any(len(word) > 2 or not word.isascii() for word in shared)


def alike(drawing: Drawing) -> Callable[[int, int], bool]:
    """Whether two units of a drawing, by number, are agents that do the same job."""
    ids, agents = drawing.ids, drawing.graph.agents

    def same(first: int, second: int) -> bool:
        return max(first, second) < len(ids) and same_job(agents[ids[first]], agents[ids[second]])

    return same


def _words(text: str | None) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(_HUMPS.sub(" ", text or ""))]
