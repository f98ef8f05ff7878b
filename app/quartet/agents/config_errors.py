"""What a person is told about a config that its kind refuses: one wording, for findings and for a refused run."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from quartet.agents.kinds import Kind


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """The first thing that is wrong with an agent's settings."""

    field: str
    """The field's name in the file."""
    title: str
    """What is the matter, in a few words without a full stop."""
    detail: str
    """What follows from it; with the title beside it."""
    reason: str
    """Both in one, for where only one text is shown."""
    unknown: bool
    """Nobody knows the field: it can be taken away."""


def config_problem(name: str, kind: Kind, error: ValidationError) -> ConfigProblem:
    """Why the config of the agent called `name` is refused by its `kind`, which raised `error`."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    known = _field_title(kind, field)
    if first["type"] == "missing" and len(first["loc"]) == 1:
        detail = f"“{known}” must be filled in before {name} can run."
        return ConfigProblem(field, f"{name} has no {known.lower()}", detail, detail, unknown=False)
    if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
        title = f"{name} has a setting “{field}” that nobody knows"
        detail = f"Agents of the kind “{kind.name}” have no “{field}”; it was perhaps misspelt."
        return ConfigProblem(field, title, detail, f"{title}. {detail}", unknown=True)
    title = f"“{known}” of {name} does not fit" if known else f"The settings of {name} do not fit together"
    detail = f"{sentence(first['msg'])} {name} cannot run like this."
    return ConfigProblem(field, title, detail, f"{title}: {detail}", unknown=False)


def _field_title(kind: Kind, field: str) -> str:
    for name, known in kind.config.model_fields.items():
        if field in (name, known.alias):
            return known.title or field
    return field


def sentence(message: str) -> str:
    """What a check says, as a sentence: without the words around it, with a capital letter and a full stop."""
    text = message.removeprefix("Value error, ").strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"
