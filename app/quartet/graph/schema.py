"""The JSON Schema of a graph file, made from the models, so that it says what is read and written."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic.json_schema import models_json_schema

from quartet.graph.model import JSON, Agent, Edge, Frame, Note, RunLimits, StateKey

_TEXT = {
    "title": "Text",
    "description": "A text; one of several lines may be the list of its lines, each but the last ending with \\n.",
    "anyOf": [{"type": "string"}, {"type": "array", "minItems": 2, "items": {"type": "string"}}],
}
_IDS = frozenset({"id", "source", "target", "kind"})


def schema(configs: Mapping[str, JSON] | None = None) -> dict[str, JSON]:
    """The JSON Schema (2020-12) of a graph file.

    `configs` are the schemas of the agent kinds' configurations by the kind's name (this floor knows no kinds).
    """
    models = [(model, "validation") for model in (Agent, Edge, Frame, Note, RunLimits, StateKey)]
    _, made = models_json_schema(models, ref_template="#/$defs/{model}", by_alias=True)  # type: ignore[arg-type]
    definitions: dict[str, JSON] = made["$defs"]
    for name in ("Agent", "Edge"):
        definitions[name]["properties"].pop("invalid")
    definitions.pop("InvalidField", None)
    for definition in definitions.values():
        _allow_lines(definition)
    definitions["Text"] = _TEXT
    if configs:
        definitions["Agent"]["allOf"] = [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"properties": {"config": {"$ref": f"#/$defs/{_config_name(kind)}"}}},
            }
            for kind in configs
        ]
        for kind, config in configs.items():
            definitions.update(_config(_config_name(kind), config))
    drawing: dict[str, JSON] = {
        "name": {"$ref": "#/$defs/Text"},
        "description": {"$ref": "#/$defs/Text"},
        "input": {"description": "The sample input that Run offers."},
        "limits": {"$ref": "#/$defs/RunLimits"},
        "agents": {"type": "array", "items": {"$ref": "#/$defs/Agent"}},
        "edges": {"type": "array", "items": {"$ref": "#/$defs/Edge"}},
        "frames": {"type": "array", "items": {"$ref": "#/$defs/Frame"}},
        "notes": {"type": "array", "items": {"$ref": "#/$defs/Note"}},
        "layout": {
            "description": "The top left corner of each agent's card, by its id, in pixels at 100%.",
            "type": "object",
            "additionalProperties": {
                "type": "array",
                "prefixItems": [{"type": "number"}, {"type": "number"}],
                "minItems": 2,
                "maxItems": 2,
            },
        },
    }
    definitions["SubGraph"] = {
        "title": "Sub-graph",
        "description": "A drawing that agents of the kind “graph” stand for.",
        "type": "object",
        "properties": {
            **drawing,
            "file": {
                "description": "The file it is kept in: a path relative to this file. Nothing else then.",
                "type": "string",
            },
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Quartet graph",
        "type": "object",
        "required": ["format", "version"],
        "properties": {
            "format": {"const": "quartet"},
            "version": {"type": "integer", "minimum": 1},
            **drawing,
            "state": {
                "description": "The keys that agents share in a run, and how several writes become one value.",
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/StateKey"},
            },
            "graphs": {
                "description": "Sub-graphs by id, all side by side; an agent of the kind “graph” names one of them.",
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/SubGraph"},
            },
        },
        "$defs": dict(sorted(definitions.items())),
    }


def _allow_lines(definition: dict[str, JSON], keep: Collection[str] = _IDS) -> None:
    for name, field in definition.get("properties", {}).items():
        if name not in keep:
            definition["properties"][name] = _with_lines(field)


def _with_lines(field: JSON) -> JSON:
    """A text anywhere in `field` may be an array of lines instead."""
    if isinstance(field, list):
        return [_with_lines(item) for item in field]
    if not isinstance(field, dict):
        return field
    if field.get("type") == "string" and "enum" not in field and "const" not in field:
        return {**{key: value for key, value in field.items() if key != "type"}, "$ref": "#/$defs/Text"}
    return {
        key: _with_lines(value) if key in ("anyOf", "items", "prefixItems") else value for key, value in field.items()
    }


def _config_name(kind: str) -> str:
    return f"{kind}-config"


def _config(name: str, config: JSON) -> dict[str, JSON]:
    """The definitions that a kind's configuration needs, under names of its own."""
    inner = {old: f"{name}-{old}" for old in config.get("$defs", {})}
    found = {name: {key: value for key, value in config.items() if key != "$defs"}}
    found.update((inner[old], definition) for old, definition in config.get("$defs", {}).items())
    for key, definition in found.items():
        found[key] = definition = _with_refs(definition, inner)
        _allow_lines(definition, keep=frozenset())
    return found


def _with_refs(value: JSON, names: Mapping[str, str]) -> JSON:
    if isinstance(value, list):
        return [_with_refs(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _with_refs(item, names) for key, item in value.items()}
    if isinstance(found.get("$ref"), str):
        old = found["$ref"].removeprefix("#/$defs/")
        found["$ref"] = f"#/$defs/{names.get(old, old)}"
    return found
