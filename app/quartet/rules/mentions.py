"""Whether a text speaks of an agent: by its name in any form, by a short form of it, or by what it is there for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

from quartet.graph.model import AgentId

WORD = re.compile(r"[^\W_]+")
COMMON = frozenset({
    "agent", "agents", "assistant", "bot", "desk", "expert", "department", "manager", "model", "node", "specialist",
    "team", "the", "and", "for", "worker",
})  # fmt: skip
"""Words of a name that say nothing about whom it names."""
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Scripts that put no space between words: Thai, Lao, Khmer, Japanese, Chinese."""
ENDINGS = (
    "エージェント",
    "担当者",
    "担当",
    "部門",
    "係",
    "代理人",
    "代理",
    "智能体",
    "专员",
    "專員",
    "助手",
    "客服",
    "部门",
    "部",
)
"""What names end in there without saying whom they name."""
SHORT = 4
"""Letters of the shortest word that is looked for in other forms, or that may stand for a longer one."""


def words_of(text: str) -> frozenset[str]:
    """The words of a text, in lower case."""
    return frozenset(word.casefold() for word in WORD.findall(text))


def mentions(text: str, words: Collection[str], name: str) -> bool:
    """Whether a text, whose words are `words`, names an agent: by a word of its name that says something, in any form
    of that word."""
    if UNSPACED.search(name):
        bare = name.casefold().strip()
        ending = next((end for end in ENDINGS if bare.endswith(end) and len(bare) - len(end) > 1), "")
        return bare.removesuffix(ending) in text.casefold()
    telling = [word for word in words_of(name) if len(word) > 2 and word not in COMMON]
    if not telling:
        return name.casefold() in text.casefold()
    return any(_in(word, words) for word in telling)


def speaks_of(words: Collection[str], about: Collection[str]) -> bool:
    """Whether a text says half of the words by which an agent differs from others: who is told what a peer is there
    for need not be told what it is called."""
    return bool(about) and 2 * sum(_in(word, words) for word in about) >= len(about)


def by_what_they_differ(descriptions: Mapping[AgentId, str]) -> dict[AgentId, frozenset[str]]:
    """Of each of these descriptions the words that none of the others has, without the shortest."""
    each = {id: frozenset(word for word in words_of(text) if len(word) >= SHORT) for id, text in descriptions.items()}
    count = Counter(word for words in each.values() for word in words)
    return {id: frozenset(word for word in words if count[word] == 1) for id, words in each.items()}


def _in(word: str, words: Collection[str]) -> bool:
    """Whether a word is among others in any form: “billing” as “bills”, “technician” as “tech”, “law” as “laws”. What
    holds a number is a name as it stands."""
    if word in words:
        return True
    if not word.isalpha():
        return False
    stem = word[: max(4, len(word) - 3)] if len(word) > SHORT else word
    longest = 99 if len(word) > SHORT else len(word) + 2
    return any(
        (other.startswith(stem) and len(other) <= longest) or (len(other) >= SHORT and word.startswith(other))
        for other in words
    )
