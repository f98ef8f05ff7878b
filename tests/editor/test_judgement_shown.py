"""A new judgement touches only what looks different, however much there is."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from quartet.editor.panels.problems_list import ProblemModel
from quartet.graph.edits import Edit
from quartet.graph.model import AgentId
from quartet.rules import Finding
from quartet.rules.finding import Fix


def finding(number: int, detail: str = "It will fail.") -> Finding:
    def edits() -> list[Edit]:
        raise AssertionError("nobody has asked for the Edits")

    agents = (AgentId(f"a{number}"),)
    return Finding("P1", "warning", f"Agent {number}", detail, agents, fixes=(Fix("Mend it", edits),))


def test_only_rows_that_look_different_are_touched_and_no_fix_is_worked_out(qtbot: QtBot) -> None:
    model = ProblemModel()
    model.show([finding(number) for number in range(50)])
    told: list[tuple[str, int, int]] = []
    model.rowsInserted.connect(lambda _, first, last: told.append(("new", first, last)))
    model.rowsRemoved.connect(lambda _, first, last: told.append(("gone", first, last)))
    model.dataChanged.connect(lambda first, last, _: told.append(("changed", first.row(), last.row())))

    model.show([finding(number) for number in range(50)])
    assert told == []
    again = [finding(number, "Otherwise." if number == 7 else "It will fail.") for number in range(50)]
    model.show(again)
    assert told == [("changed", 7, 7)]
    model.show([one for number, one in enumerate(again) if number != 20])
    assert told[1:] == [("gone", 20, 20)]
    model.show(again)
    assert told[2:] == [("new", 20, 20)]
    assert all(one is other for one, other in zip(model.findings, again, strict=True))


def test_what_looks_the_same_is_mended_as_the_newest_judgement_says(qtbot: QtBot) -> None:
    model = ProblemModel()
    model.show([finding(1)])
    newer = replace(finding(1), fixes=(Fix("Mend it", ()),))
    model.show([newer])
    assert model.findings[0].fixes[0].edits == ()
