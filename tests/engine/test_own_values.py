"""What an agent may change is its own: code gets copies of what it is given, and who promises care changes nothing."""

import copy
from typing import Any

import pytest

from quartet.agents.calls import Answer, Call, Emit, Value
from quartet.agents.kinds import Config, Kind, find
from quartet.engine.executors import here, prepared_by

GIVEN = {"input": {"list": [1, [2]]}, "value": [{"a": 1}], "inputs": {"x": [{"a": 1}]}, "context": {"history": [1]}}


def call_of(kind: str, config: dict[str, Any], given: dict[str, Any]) -> Call:
    return Call("run", "a", "A", kind, 1, 1, config, names={"x": "X"}, visit=1, **given)


async def test_code_that_changes_all_it_is_given_changes_nothing_of_the_run() -> None:
    async def spoil(config: Config, call: Call, emit: Emit) -> Answer:
        call.input["list"][1].append(3)
        call.value[0]["a"] = call.inputs["x"][0]["a"] = 2
        call.inputs["y"] = call.context["history"] = None
        return Value(None)

    given = copy.deepcopy(GIVEN)
    kind = Kind("spoils", "Spoils", "Changes its inputs", "circle", Config, spoil)
    await here(prepared_by(kind, {}), call_of("spoils", {}, given), lambda kind, data: None)
    assert given == GIVEN


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("template", {"text": "{{ json(input) }} {{ json(value) }} {{ json(context) }}"}),
        ("human", {"prompt": "{{ value }}?"}),
    ],
)
async def test_a_careful_kind_is_given_the_runs_own_values_and_leaves_them_as_they_are(name: str, config: Any) -> None:
    kind = find(name)
    assert kind is not None and kind.careful
    given = copy.deepcopy(GIVEN)
    await here(prepared_by(kind, config), call_of(name, config, given), lambda kind, data: None)
    assert given == GIVEN
