"""What the help holds: pages of topics in Markdown, each topic under a name that F1 finds it by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from quartet.editor.fuzzy import cost
from quartet.paths import RESOURCES

PAGES: dict[str, tuple[str, str]] = {
    "canvas": ("The canvas", "canvas"),
    "agents": ("Agents", "agent"),
    "edges": ("Edges", "edge"),
    "panels": ("Panels", "panel"),
    "fields": ("Fields", "field"),
    "pipeline": ("Pipeline", "rule"),
    "fan_out": ("Fan-out", "rule"),
    "supervisor": ("Supervisor", "rule"),
    "swarm": ("Swarm", "rule"),
    "any_graph": ("Any drawing", "rule"),
}
"""The files in the order in which they are listed: how each is called, and what the names of its topics begin with."""
_NAMED = re.compile(r"^## (?P<title>.+?)(?: <!-- (?P<name>[\w-]+) -->)?$", re.MULTILINE)
_CODE = re.compile(r"(?P<code>[A-Z]\d{3}) (?P<title>.+)")


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that is explained."""

    name: str
    """“agent.llm”, “edge.flow”, “rule.P001”; of a page as a whole “page.agents”."""
    title: str
    page: str
    """The page that it stands on, as people call it."""
    text: str
    """Markdown, without the heading."""


@cache
def topics() -> dict[str, Topic]:
    """Every topic by its name, in the order in which they are listed; a page comes before what stands on it."""
    found: dict[str, Topic] = {}
    for file, (title, kind) in PAGES.items():
        text = (RESOURCES / "help" / f"{file}.md").read_text("utf-8")
        heads = list(_NAMED.finditer(text))
        intro = text[: heads[0].start()] if heads else text
        found[f"page.{file}"] = Topic(f"page.{file}", title, title, intro.partition("\n")[2].strip())
        for head, end in zip(heads, [*(head.start() for head in heads[1:]), len(text)], strict=True):
            code = _CODE.fullmatch(head["title"])
            named = head["name"] or head["title"].casefold().replace(" ", "_")
            name = f"{kind}.{code['code'] if code is not None else named}"
            about = code["title"] if code is not None else head["title"]
            body = text[head.end() : end].strip()
            found[name] = Topic(name, about, title, f"{body}{_fields(name)}")
    return found


def _fields(name: str) -> str:
    """What the settings of an agent's kind mean, as the kind itself says it."""
    from quartet.agents.kinds import find

    kind = find(name.removeprefix("agent.")) if name.startswith("agent.") else None
    if kind is None:
        return ""
    rows = [
        f"- **{field.title}**: {field.description}"
        for field in kind.config.model_fields.values()
        if field.title and field.description
    ]
    return "\n\n**Settings**\n\n" + "\n".join(rows) if rows else ""


def markdown(topic: Topic) -> str:
    """A topic as the viewer shows it, under its title; a page with what stands on it."""
    lines = [topic.text]
    if topic.name.startswith("page."):
        rest = [each for each in topics().values() if each.page == topic.page and each is not topic]
        lines += [f"- [{each.title}](topic:{each.name})" for each in rest]
        return f"{lines[0]}\n\n" + "\n".join(lines[1:])
    return topic.text


def search(typed: str) -> list[Topic]:
    """The topics that answer to words: by their title first, then by what they say."""
    everything = list(topics().values())
    if not typed.strip():
        return everything
    near: list[tuple[float, int, Topic]] = []
    words = typed.casefold().split()
    for place, topic in enumerate(everything):
        far = cost(typed, topic.title)
        if far is None and all(word in f"{topic.page} {topic.title} {topic.text}".casefold() for word in words):
            far = 50.0
        if far is not None:
            near.append((far, place, topic))
    return [topic for _, _, topic in sorted(near, key=lambda each: each[:2])]
