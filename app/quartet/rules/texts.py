"""The texts with `{{ expressions }}` in an agent's config, as its kind marks them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from quartet.agents.expressions import ExpressionError, names_used, template_names
from quartet.agents.kinds import Config, Kind, find
from quartet.graph.model import Agent

SENDING = frozenset({"POST", "PUT", "PATCH"})
"""Methods of a web request that send what came in where no body is stated."""

PLAIN = re.compile(
    r"(?<!\{)\{\{ *((?:value|input|visit|context)(?=[ }])|from|state)(?:\.([A-Za-z_][A-Za-z0-9_]*))? *\}\}"
)
"""An expression that is the name of one variable, or of one key of it."""
RESERVED = frozenset({
    "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
    "namespace", "null", "package", "return", "true", "var", "void", "while",
})  # fmt: skip
"""Words that expressions do not take for a key."""


class TemplateField(NamedTuple):
    """A field of a config that holds a template."""

    name: str
    title: str
    message: bool
    """Without it the agent is told what came in."""


@lru_cache(maxsize=256)
def template_fields(config: type[Config]) -> tuple[TemplateField, ...]:
    """The template fields of a kind's config, in its order."""
    found = []
    for name, field in config.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("template"):
            message = extra.get("widget") == "prompt" and (field.default is None or name == "text")
            found.append(TemplateField(field.alias or name, field.title or name, message))
    return tuple(found)


def templates(agent: Agent) -> list[tuple[str, str]]:
    """The agent's templates as (title of the field, text); none for a kind nobody knows."""
    kind = find(agent.kind)
    if kind is None:
        return []
    found: list[tuple[str, str]] = []
    for field in template_fields(kind.config):
        value = agent.config.get(field.name)
        texts = value.values() if isinstance(value, dict) else (value,)
        found += [(field.title, text) for text in texts if isinstance(text, str) and "{{" in text]
    return found


def message_field(agent: Agent) -> str | None:
    """The field that decides what the agent makes of its input, where one is stated (or none is used by default);
    None for an agent that takes its whole input anyway, and for a kind nobody knows."""
    kind: Kind | None = find(agent.kind)
    if kind is None:
        return None
    fields = template_fields(kind.config)
    for field in fields:
        if field.message:
            value = agent.config.get(field.name)
            if isinstance(value, str):
                return field.name
            if agent.kind == "http" and agent.config.get("method", "GET") not in SENDING:
                return "url"
    return None


def simple_names(template: str) -> frozenset[str] | None:
    """What a template uses whose expressions are all as plain as `{{ value }}` or `{{ from.ann }}`, which most are:
    a tenth of the time that reading them as expressions takes. None: it has others."""
    found = PLAIN.findall(template)
    if len(found) != template.count("{{") or any(key in RESERVED for _, key in found):
        return None
    return frozenset(f"{root}.{key}" if key else root for root, key in found)


def used_in(text: str, *, template: bool) -> frozenset[str]:
    """What a text uses: `value`, `from.<id>`, `input` and so on; nothing if it cannot be read."""
    if template and (plain := simple_names(text)) is not None:
        return plain
    try:
        return template_names(text) if template else names_used(text)
    except ExpressionError:
        return frozenset()
