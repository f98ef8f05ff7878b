"""What other systems promise in their own tests, as graphs: each file in tests/data/conformance opens in the editor.

A file names the test it is taken from, and, where we decide otherwise, how that system differs.
"""

from pathlib import Path

import pytest

from engine.drawing import Told, rehearse
from quartet.graph import files

CASES = sorted((Path(__file__).parent.parent / "data" / "conformance").glob("*.json"))


def matches(wanted: dict, event) -> bool:
    data = event.data or {}
    return (
        event.type == wanted["type"]
        and wanted.get("agent", event.agent) == event.agent
        and ("t" not in wanted or abs(wanted["t"] - event.t) < 1e-6)
        and all(data.get(key) == value for key, value in wanted.get("data", {}).items())
    )


def check_order(told: Told, wanted: list[dict]) -> None:
    """The wanted events occur, in this order; others may stand between them."""
    left = iter(told.events)
    for one in wanted:
        assert any(matches(one, event) for event in left), f"{one} does not follow; {told.of(one['type'])}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    opened = files.read(path)
    assert not opened.problems
    expect = opened.graph.extra["conformance"]["expect"]
    told = rehearse(opened.graph, opened.graph.input)
    if "status" in expect:
        assert told.status == expect["status"]
    if "output" in expect:
        assert told.output == expect["output"]
    for agent, starts in expect.get("starts", {}).items():
        assert told.starts(agent) == pytest.approx(starts)
    for type, count in expect.get("count", {}).items():
        assert len(told.of(type)) == count, type
    check_order(told, expect.get("events", []))


def test_there_are_cases() -> None:
    assert len(CASES) > 40
