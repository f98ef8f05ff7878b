"""What other systems promise in their own tests, as graphs: each file in tests/data/conformance opens in the editor."""

from pathlib import Path

import pytest

from engine import otp_traces
from engine.conformance import check, load, paths, play
from quartet.engine.refusal import reasons
from quartet.graph import files

CASES = paths()


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", CASES, ids=named)
def test_case(path: Path, tmp_path: Path) -> None:
    case = load(path)
    if not case.runs:
        found = [*case.opened.problems, *(reason.text for reason in reasons(case.graph, rehearse=True))]
        for part in case.expected["refused"]:
            assert any(part in text for text in found), (part, found)
        assert reasons(case.graph, rehearse=True)
        return
    assert not case.opened.problems
    played = play(case, tmp_path / "whole.run" if "cuts" in case.about else None)
    check(case, played)
    for name in case.about.get("traces", ()):
        ours, theirs = otp_traces.steps(played.told.events), otp_traces.traces()[name]
        if "differs" in case.about:
            assert ours != theirs
        else:
            assert ours == theirs


@pytest.mark.parametrize("path", CASES, ids=named)
def test_a_case_is_a_drawing_like_any_other(path: Path) -> None:
    case = load(path)
    graph = case.graph
    assert files.dumps(graph) == path.read_text(encoding="utf-8"), "saving it would change it"
    assert graph.name and graph.notes
    assert set(graph.positions) == set(graph.agents)
    assert case.about["source"]
