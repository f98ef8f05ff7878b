"""An edit and its judgement touch only what looks different, however much there is, and are painted once."""

from dataclasses import replace

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from editor.desk import Desk
from quartet.editor.panels.problems_list import ProblemModel
from quartet.graph.edits import Edit, Move
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


def test_the_frame_that_shows_an_edit_shows_all_of_it(own_desk: Desk) -> None:
    """The canvas has it painted at once: commands and status bar say by then what they have to say, and have room."""
    window, document = own_desk.window, own_desk.session.document
    QApplication.processEvents()
    agent = next(iter(document.graph.agents))
    x, y = document.graph.positions[agent]
    document.do("Move somewhere else", [Move(to={agent: (x + 40, y)})])
    window.status.counts.setText("what takes more room than what stood there before")
    QApplication.sendEvent(window, QEvent(QEvent.Type.UpdateRequest))
    assert window.actions_["edit.undo"].text() == "&Undo Move somewhere else"
    assert window.status.counts.width() >= window.status.counts.sizeHint().width()
