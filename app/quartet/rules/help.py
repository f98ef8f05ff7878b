"""The help pages of the rules: what a finding means, how to see it happen in a rehearsal, and the remedy."""

from __future__ import annotations

import re

from quartet.paths import RESOURCES
from quartet.rules.registry import find

_SECTION = re.compile(r"^## (?P<code>[A-Z]\d{3}) (?P<title>.+)$", re.MULTILINE)


def page(family: str) -> str:
    """The page of a family of rules as Markdown: the pattern first, then a section for each rule.

    Raises:
        OSError: there is none.
    """
    return (RESOURCES / "help" / f"{family}.md").read_text("utf-8")


def sections(family: str) -> dict[str, tuple[str, str]]:
    """The sections of a page: (title, text as Markdown) by the code of the rule."""
    text = page(family)
    heads = list(_SECTION.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return {
        head["code"]: (head["title"].strip(), text[head.end() : end].strip())
        for head, end in zip(heads, ends, strict=True)
    }


def explanation(code: str) -> str:
    """What the rule of that code means and what to do, as Markdown; "" for a code nobody knows."""
    rule = find(code)
    return "" if rule is None else sections(rule.family).get(code, ("", ""))[1]
