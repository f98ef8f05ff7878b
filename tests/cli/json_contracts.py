"""Holding what the program prints against the JSON Schemas that it promises."""

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from quartet.cli.contracts import report_schema


def closed(schema: Any) -> Any:
    """The schema without the room that it leaves for fields of later versions: what is printed must be described."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        found.setdefault("additionalProperties", False)
    return found


@cache
def validator(name: str) -> Draft202012Validator:
    """What holds a line to the contract of that report."""
    schema = report_schema(name)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(closed(schema))


def keeps_its_contract(name: str, line: str) -> dict[str, Any]:
    """The report in a line that the command printed, after it was held against its schema."""
    found: dict[str, Any] = json.loads(line)
    validator(name).validate(found)
    assert (found["report"], found["version"]) == (name, 1)
    return found
