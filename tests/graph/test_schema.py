"""The JSON Schema says what is read."""

import json
from pathlib import Path
from typing import Any

from quartet.graph import files
from quartet.graph.model import Agent, Edge

GOLDEN = Path(__file__).parent.parent / "data" / "graph" / "version-1.quartet.json"


def fits(value: Any, schema: Any, root: Any) -> bool:
    """Whether a value fits a schema, as far as the schema uses: enough of JSON Schema to hold ours to account."""
    if schema is True:
        return True
    if "$ref" in schema and not fits(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root):
        return False
    if "anyOf" in schema and not any(fits(value, option, root) for option in schema["anyOf"]):
        return False
    if not all(fits(value, rule["then"], root) for rule in schema.get("allOf", []) if fits(value, rule["if"], root)):
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    types = {"object": dict, "array": list, "string": str, "null": type(None), "boolean": bool}
    kind = schema.get("type")
    if kind in types and not isinstance(value, types[kind]):
        return False
    if kind in ("number", "integer") and (isinstance(value, bool) or not isinstance(value, int | float)):
        return False
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
            return False
        if "minimum" in schema and value < schema["minimum"]:
            return False
    if isinstance(value, list):
        prefix = schema.get("prefixItems", [])
        if len(value) < schema.get("minItems", 0) or len(value) > schema.get("maxItems", len(value)):
            return False
        if not all(fits(item, part, root) for item, part in zip(value, prefix, strict=False)):
            return False
        return all(fits(item, schema.get("items", True), root) for item in value[len(prefix) :])
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        if not all(name in value for name in schema.get("required", [])):
            return False
        rest = schema.get("additionalProperties", True)
        return all(
            fits(item, properties[name], root) if name in properties else rest is not False and fits(item, rest, root)
            for name, item in value.items()
        )
    return True


def golden() -> Any:
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_golden_file_fits_the_schema() -> None:
    schema = files.schema()
    assert fits(golden(), schema, schema)


def test_what_reading_refuses_does_not_fit() -> None:
    schema = files.schema()
    for change in (
        {"format": "other"},
        {"agents": [{"id": "a", "kind": "llm"}]},
        {"agents": [{"id": "a", "kind": "llm", "name": "A", "limits": {"start_to_close": -1}}]},
        {"agents": [{"id": "a", "kind": "llm", "name": "A", "limits": {"patience": 1}}]},
        {"edges": [{"id": "e", "source": "a", "target": "b", "kind": "telepathy"}]},
        {"layout": {"a": [1]}},
        {"notes": [{"id": "n", "x": 0, "y": 0, "text": 5}]},
    ):
        assert not fits({**golden(), **change}, schema, schema), change


def test_every_field_that_a_file_may_hold_is_described() -> None:
    definitions = files.schema()["$defs"]
    assert set(definitions["Agent"]["properties"]) == set(Agent.model_fields) - {"invalid"}
    assert set(definitions["Edge"]["properties"]) == set(Edge.model_fields) - {"invalid"}
    assert "with" in definitions["Directive"]["properties"]


def test_the_configuration_follows_from_the_kind() -> None:
    config = {
        "type": "object",
        "properties": {"model": {"$ref": "#/$defs/Model"}, "prompt": {"type": "string"}},
        "$defs": {"Model": {"enum": ["m"]}},
    }
    schema = files.schema({"llm": config})
    agent = {"id": "a", "kind": "llm", "name": "A"}
    graph = {"format": "quartet", "version": 1}
    assert fits({**graph, "agents": [{**agent, "config": {"model": "m", "prompt": ["x\n", "y"]}}]}, schema, schema)
    assert not fits({**graph, "agents": [{**agent, "config": {"model": "other"}}]}, schema, schema)
    assert fits({**graph, "agents": [{**agent, "kind": "new", "config": {"model": "other"}}]}, schema, schema)


def test_the_schema_is_json() -> None:
    assert json.loads(json.dumps(files.schema()))["$schema"].endswith("2020-12/schema")
