"""The inspector: forms made from config models, typed into with real keys, validated while one types."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, Field
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

import quartet.agents.built_in  # noqa: F401
from quartet.agents.kinds import all_kinds
from quartet.editor.document import Document
from quartet.editor.drafts import unread
from quartet.editor.form_spec import default_hint, specs
from quartet.editor.panels.inspector import Inspector
from quartet.editor.panels.inspector_directives import DirectivesField
from quartet.editor.panels.inspector_fields import ChoiceField, LineField, TextField
from quartet.editor.panels.inspector_form import Row
from quartet.editor.panels.inspector_rehearsal import RehearsalField, read_value, write_value
from quartet.editor.panels.inspector_state import StateField
from quartet.editor.panels.inspector_text import ExpressionEdit, PromptField
from quartet.graph.model import Agent, AgentId, Edge, Graph, InvalidField, Note, StateKey, WorkBoard


def graph(*agents: dict[str, Any], edges: tuple[dict[str, Any], ...] = ()) -> Graph:
    made = [Agent.model_validate({"kind": "llm", "name": each["id"].title(), **each}) for each in agents]
    drawn = [Edge.model_validate(each) for each in edges]
    return Graph(agents={agent.id: agent for agent in made}, edges={edge.id: edge for edge in drawn})


class Bench:
    """An inspector on a graph, and how a person uses it."""

    def __init__(self, qtbot: QtBot, drawn: Graph) -> None:
        self.qtbot = qtbot
        self.document = Document(drawn)
        self.inspector = Inspector(self.document)
        self.inspector._open.update(
            {"Time limits", "Retry", "Waits for", "Supervision", "Hand-offs", "Rehearsal", "More"}
        )
        qtbot.addWidget(self.inspector)
        self.inspector.resize(340, 2000)
        self.inspector.show()

    def select(self, *ids: str) -> None:
        self.document.select(ids)
        self.qtbot.waitUntil(lambda: not self.inspector._later.isActive())

    def row(self, key: str) -> Row:
        assert self.inspector.form is not None
        return self.inspector.form.row(key)

    def type(self, key: str, text: str, *, clear: bool = True) -> Row:
        row = self.row(key)
        field = row.field.input()
        field.setFocus()
        row.field.entered.emit()
        if clear:
            QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            QTest.keyClick(field, Qt.Key.Key_Delete)
        QTest.keyClicks(field, text)
        return row

    def agent(self, id: str = "a") -> Agent:
        return self.document.graph.agents[AgentId(id)]


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot, graph({"id": "a", "config": {"model": "gpt-5-mini"}}, {"id": "b"}))


def choose(row: Row, value: object) -> None:
    assert isinstance(row.field, ChoiceField)
    index = row.field._values.index(value)
    row.field.combo.setCurrentIndex(index)
    row.field.combo.activated.emit(index)


def test_every_kind_has_a_form_with_a_row_for_every_field(qtbot: QtBot) -> None:
    kinds = all_kinds()
    bench = Bench(qtbot, graph(*({"id": kind.name, "kind": kind.name} for kind in kinds)))
    for kind in kinds:
        bench.select(kind.name)
        for spec in specs(kind.config):
            assert bench.row(f"{kind.name}/config/{spec.name}")


def test_a_rename_is_one_step(bench: Bench) -> None:
    bench.select("a")
    bench.type("a/name", "Writer")
    assert bench.agent().name == "Writer"
    assert bench.document.undo_stack.count() == 1
    bench.document.undo_stack.undo()
    assert bench.agent().name == "A"
    assert isinstance(field := bench.row("a/name").field, LineField)
    assert field.line.text() == "A"


def test_each_visit_of_a_field_is_a_step_of_its_own(bench: Bench) -> None:
    bench.select("a")
    bench.type("a/name", "W")
    bench.type("a/description", "it writes")
    bench.type("a/name", "x", clear=False)
    assert bench.document.undo_stack.count() == 3


def test_an_agent_without_a_name_is_told_but_the_field_stays(bench: Bench) -> None:
    bench.select("a")
    row = bench.type("a/name", "")
    assert "name" in row.error
    assert bench.agent().name == "A"


def test_a_config_that_is_wrong_is_told_under_its_field_and_kept(bench: Bench) -> None:
    bench.select("a")
    row = bench.type("config/temperature", "9")
    assert row.error == "Must be at most 2."
    assert bench.agent().config["temperature"] == 9
    bench.type("config/temperature", "0.5")
    assert row.error == ""
    assert bench.agent().config["temperature"] == 0.5


def test_what_is_no_number_yet_is_kept_as_a_draft(bench: Bench) -> None:
    bench.select("a")
    row = bench.type("limits/start_to_close", "3o")
    assert row.error == "Write a number."
    assert bench.agent().limits is None
    bench.select("b")
    bench.select("a")
    again = bench.row("limits/start_to_close")
    assert isinstance(again.field, LineField)
    assert again.field.line.text() == "3o"
    assert again.error == "Write a number."


@pytest.mark.parametrize(("key", "typed"), [("retry/max_attempts", "2.5"), ("retry/max_attempts", "1e99")])
def test_the_beginning_of_what_is_no_value_is_not_left_in_the_drawing(bench: Bench, key: str, typed: str) -> None:
    bench.select("a")
    bench.type(key, "4")
    row = bench.type(key, typed)
    assert row.error == "Write a whole number."
    assert bench.agent().retry is not None and bench.agent().retry.max_attempts == 4
    assert isinstance(row.field, LineField) and row.field.line.text() == typed
    bench.document.undo_stack.undo()
    assert bench.agent().retry is None, "what was taken back is no step"
    bench.document.undo_stack.redo()
    bench.type(key, "3")
    assert not bench.document.drafts


def test_what_is_no_value_of_several_agents_leaves_each_its_own(bench: Bench) -> None:
    bench.select("a")
    bench.type("retry/max_attempts", "4")
    bench.select("a", "b")
    row = bench.type("retry/max_attempts", "2.5")
    assert row.error
    assert bench.agent().retry is not None and bench.agent().retry.max_attempts == 4
    assert bench.agent("b").retry is None


def test_json_that_is_not_whole_leaves_what_was_there(qtbot: QtBot) -> None:
    bench = Bench(qtbot, graph({"id": "t", "kind": "python", "config": {"arguments": {"path": "a"}}}))
    bench.select("t")
    row = bench.type("config/arguments", "{bad")
    assert row.error.startswith("Not JSON yet")
    assert bench.agent("t").config == {"arguments": {"path": "a"}}
    assert [(problem.agents, "Arguments" in problem.text) for problem in unread(bench.document)] == [(("t",), True)]


def test_a_number_is_finite(bench: Bench) -> None:
    bench.select("a")
    assert bench.type("config/temperature", "1e999").error == "Write a number."
    assert "temperature" not in bench.agent().config
    assert bench.type("config/temperature", "nan").error == "Write a number."


def test_emptying_the_last_field_of_a_policy_takes_the_policy_away(bench: Bench) -> None:
    bench.select("a")
    bench.type("limits/start_to_close", "30")
    assert bench.agent().limits is not None
    bench.type("limits/start_to_close", "")
    assert bench.agent().limits is None


def test_a_default_stands_in_the_empty_field_and_not_in_the_file(bench: Bench) -> None:
    bench.select("a")
    row = bench.row("limits/start_to_close")
    assert isinstance(row.field, LineField)
    assert row.field.line.placeholderText() == "default 300 s"
    assert "limits" not in bench.agent().model_fields_set


def test_waiting_for_a_number_of_values_brings_its_number(qtbot: QtBot) -> None:
    bench = Bench(qtbot, graph({"id": "a"}, {"id": "b"}, edges=({"id": "e", "source": "a", "target": "b"},)))
    bench.select("b")
    choose(bench.row("join/mode"), "n_of_m")
    join = bench.agent("b").join
    assert join is not None and (join.mode, join.n) == ("n_of_m", 2)
    choose(bench.row("join/mode"), "any")
    join = bench.agent("b").join
    assert join is not None and (join.mode, join.n) == ("any", None)


def test_another_kind_keeps_what_both_have(qtbot: QtBot) -> None:
    bench = Bench(qtbot, graph({"id": "a", "config": {"prompt": "Ask {{ value }}", "model": "m"}}))
    bench.select("a")
    choose(bench.row("a/kind"), "human")
    assert bench.agent().config == {"prompt": "Ask {{ value }}"}
    bench.document.undo_stack.undo()
    assert bench.agent().config == {"prompt": "Ask {{ value }}", "model": "m"}


def test_several_agents_are_edited_at_once_and_disagreement_is_shown(qtbot: QtBot) -> None:
    bench = Bench(qtbot, graph({"id": "a", "config": {"model": "x"}}, {"id": "b", "config": {"model": "y"}}))
    bench.select("a", "b")
    row = bench.row("config/model")
    assert isinstance(row.field, LineField)
    assert (row.field.line.text(), row.field.line.placeholderText()) == ("", "several values")
    bench.type("config/model", "z")
    assert [bench.agent(id).config["model"] for id in "ab"] == ["z", "z"]
    assert bench.document.undo_stack.count() == 1


def test_an_unknown_kind_is_shown_and_left_alone(qtbot: QtBot) -> None:
    bench = Bench(qtbot, graph({"id": "a", "kind": "oracle", "config": {"depth": [1, 2]}}))
    bench.select("a")
    field = bench.row("a/config").field
    assert isinstance(field, TextField)
    assert json.loads(field.text.toPlainText()) == {"depth": [1, 2]}
    assert field.text.isReadOnly()


def test_a_refused_field_can_be_mended(qtbot: QtBot) -> None:
    drawn = graph({"id": "a"})
    broken = drawn.agents[AgentId("a")].model_copy(
        update={"invalid": {"retry": InvalidField(value={"max_attempts": -1}, reason="must be at least 0")}}
    )
    drawn.agents[AgentId("a")] = broken
    bench = Bench(qtbot, drawn)
    bench.select("a")
    row = bench.row("agents/a/retry")
    assert "max_attempts" in row.error or "not understood" in row.error
    assert isinstance(row.field, TextField)
    row.field.text.setPlainText('{"max_attempts": 2}')
    retry = bench.agent().retry
    assert retry is not None and retry.max_attempts == 2
    assert not bench.agent().invalid


def test_variables_are_completed_by_name_and_written_by_id(qtbot: QtBot) -> None:
    drawn = graph(
        {"id": "web_research", "name": "Web search"},
        {"id": "b"},
        edges=({"id": "e", "source": "web_research", "target": "b"},),
    )
    bench = Bench(qtbot, drawn)
    bench.select("b")
    bench.type("config/instructions", "Use {{from.Web")
    field = bench.row("config/instructions").field
    assert isinstance(field, PromptField) and isinstance(field.text, ExpressionEdit)
    assert field.text.popup.isVisible()
    QTest.keyClick(field.text.popup, Qt.Key.Key_Return)
    assert bench.agent("b").config["instructions"] == "Use {{ from.web_research }}"
    assert "web_research is Web search" in field._names.text()


def test_an_expression_that_names_nothing_known_is_told(bench: Bench) -> None:
    bench.select("a")
    row = bench.type("config/instructions", "{{ score }}")
    assert "score" in row.error


def test_the_big_editor_edits_the_same_text(bench: Bench) -> None:
    bench.select("a")
    bench.type("config/instructions", "short")
    field = bench.row("config/instructions").field
    assert isinstance(field, PromptField)
    field._expand.click()
    assert field._big is not None
    big = field._big.findChild(QPlainTextEdit)
    assert big is not None
    QTest.keyClicks(big, "er ")
    assert "er " in bench.agent().config["instructions"]
    field._big.findChild(QPushButton).click()
    bench.qtbot.waitUntil(lambda: field._big is None)


def test_a_condition_is_typed_on_the_edge_and_checked(qtbot: QtBot) -> None:
    bench = Bench(qtbot, graph({"id": "a"}, {"id": "b"}, edges=({"id": "e", "source": "a", "target": "b"},)))
    bench.select("e")
    choose(bench.row("e/when"), "if")
    bench.qtbot.waitUntil(lambda: not bench.inspector._later.isActive())
    assert bench.inspector.form is not None
    rows = [row for row in bench.inspector.form.rows if isinstance(row.field, PromptField)]
    field = rows[0].field
    assert isinstance(field, PromptField)
    field.text.setPlainText("value.score >")
    assert rows[0].error
    field.text.setPlainText("value.score > 0.8")
    assert not rows[0].error
    assert next(iter(bench.document.graph.edges.values())).when == "value.score > 0.8"


def test_a_kind_that_was_inferred_can_be_confirmed(qtbot: QtBot) -> None:
    edge = {"id": "e", "source": "a", "target": "b", "inferred": "the file does not say"}
    bench = Bench(qtbot, graph({"id": "a"}, {"id": "b"}, edges=(edge,)))
    bench.select("e")
    assert bench.inspector.form is not None
    confirm = bench.inspector.form.findChild(QPushButton)
    QTest.mouseClick(confirm, Qt.MouseButton.LeftButton)
    assert next(iter(bench.document.graph.edges.values())).inferred is None


def test_nothing_selected_is_the_graph_itself(bench: Bench) -> None:
    bench.select()
    bench.type("graph/name", "Newsroom")
    assert bench.document.graph.name == "Newsroom"
    row = bench.row("graph/input")
    assert isinstance(row.field, TextField)
    row.field.text.setPlainText('{"topic": "sea"}')
    assert bench.document.graph.input == {"topic": "sea"}


def test_a_note_is_typed_in_its_form(qtbot: QtBot) -> None:
    drawn = graph({"id": "a"})
    drawn.notes["n"] = Note(id="n", x=0, y=0)
    bench = Bench(qtbot, drawn)
    bench.select("n")
    bench.type("notes/n/text", "Watch this")
    assert bench.document.graph.notes["n"].text == "Watch this"


def test_a_rehearsal_is_written_attempt_by_attempt(bench: Bench) -> None:
    bench.select("a")
    field = bench.row("a/rehearsal").field
    assert isinstance(field, RehearsalField)
    QTest.mouseClick(field.add, Qt.MouseButton.LeftButton)
    first = field.rows[0]
    QTest.keyClicks(first._value, "done")
    QTest.keyClicks(first._after, "2.5")
    assert bench.agent().rehearsal == ({"returns": "done", "after": 2.5},)
    first._choose(1)
    assert bench.agent().rehearsal == ({"fails": "it did not work", "after": 2.5},)
    first.removed.emit(first)
    assert bench.agent().rehearsal is None


@pytest.mark.parametrize("value", ["text", "12", 12, True, None, {"a": [1]}, "[1]", "", "“"])
def test_a_value_written_as_text_is_read_back_the_same(value: object) -> None:
    assert read_value(write_value(value)) == value or value == ""


def test_a_read_only_document_takes_no_input(qtbot: QtBot) -> None:
    document = Document(graph({"id": "a"}), read_only="It is from a newer version.")
    inspector = Inspector(document)
    qtbot.addWidget(inspector)
    assert inspector.form is not None
    assert not any(row.field.isEnabled() for row in inspector.form.rows)


def test_a_form_follows_from_a_model_of_somebody_elses() -> None:
    class Theirs(BaseModel):
        mode: str = Field(
            "fast", title="Mode", description="How (default fast).", json_schema_extra={"enum": ["fast", "slow"]}
        )
        limit: int | None = None
        tags: list[str] = []
        more: dict[str, Any] = {}
        headers: dict[str, str] = {}
        on: bool = False

    found = {spec.name: spec.widget for spec in specs(Theirs)}
    assert found == {
        "mode": "choice", "limit": "integer", "tags": "lines", "more": "json", "headers": "pairs", "on": "flag"
    }  # fmt: skip


def test_the_default_is_taken_out_of_the_help() -> None:
    assert default_hint("Including the first; 1 = no retry (default 3).") == ("Including the first; 1 = no retry.", "3")
    assert default_hint("No default here.") == ("No default here.", "")


def test_what_a_supervisor_does_is_chosen_step_by_step(qtbot: QtBot) -> None:
    drawn = graph(
        {"id": "boss", "kind": "supervisor"}, {"id": "w_1", "name": "First worker"}, {"id": "w_2", "name": "Second"}
    )
    bench = Bench(qtbot, drawn)
    bench.select("boss")
    row = bench.row("oversight/on_error")
    field = row.field
    assert isinstance(field, DirectivesField)
    QTest.mouseClick(field.add, Qt.MouseButton.LeftButton)
    QTest.keyClicks(field.rows[0].strategy, '{"model": "other"}')
    QTest.mouseClick(field.add, Qt.MouseButton.LeftButton)
    field.rows[1]._choose(1)
    QTest.keyClicks(field.rows[1].to, "first worker, w_2")
    oversight = bench.agent("boss").oversight
    assert oversight is not None and oversight.on_error is not None
    assert [(each.do, each.with_, each.to) for each in oversight.on_error] == [
        ("restart", {"model": "other"}, None),
        ("reassign", None, ("w_1", "w_2")),
    ]
    QTest.keyClicks(field.rows[1].to, ", nobody")
    assert "no agent “nobody”" in row.error
    field.rows[1].removed.emit(field.rows[1])
    assert row.error == ""
    oversight = bench.agent("boss").oversight
    assert oversight is not None and oversight.on_error is not None and len(oversight.on_error) == 1


# --- boards and the shared state


def test_the_keys_of_the_shared_state_are_added_named_and_removed(qtbot: QtBot) -> None:
    bench = Bench(qtbot, graph({"id": "a"}))
    bench.inspector._open.add("Shared state")
    bench.select("a")
    bench.select()
    field = bench.row("graph/state").field
    assert isinstance(field, StateField)
    field.add.click()
    assert bench.document.graph.state == {"key1": StateKey()}
    row = field.rows[0]
    row.name.setFocus()
    row.name.selectAll()
    QTest.keyClicks(row.name, "drafts")
    row.reducer.setCurrentIndex(1)
    row.reducer.activated.emit(1)
    QTest.keyClicks(row.initial, '["a"]')
    QTest.keyClicks(row.about, "All drafts")
    state = bench.document.graph.state
    assert state == {"drafts": StateKey(reducer="append", initial=["a"], description="All drafts")}
    row.initial.clear()
    QTest.keyClicks(row.initial, "7")
    assert bench.row("graph/state").error == "Key 1: What is appended to is a list."
    row.initial.clear()
    field._remove(row)
    assert bench.document.graph.state is None


def test_two_keys_of_one_name_are_told(qtbot: QtBot) -> None:
    drawn = graph({"id": "a"})
    drawn.state = {"k": StateKey(), "l": StateKey(reducer="sum", initial=2.5)}
    bench = Bench(qtbot, drawn)
    bench.inspector._open.add("Shared state")
    bench.select("a")
    bench.select()
    field = bench.row("graph/state").field
    assert isinstance(field, StateField)
    field.rows[1].name.selectAll()
    QTest.keyClicks(field.rows[1].name, "k")
    assert bench.row("graph/state").error == "“k” stands here twice."
    assert list(drawn.state) == ["k", "l"]


def test_a_board_has_its_policy_with_a_goal_that_is_checked(qtbot: QtBot) -> None:
    bench = Bench(qtbot, graph({"id": "b", "kind": "board"}))
    bench.inspector._open.add("Work")
    bench.select("b")
    bench.type("board/lease", "12")
    assert bench.document.graph.agents[AgentId("b")].board == WorkBoard(lease=12)
    row = bench.row("board/done_when")
    assert isinstance(row.field, PromptField)
    bench.type("board/done_when", "size(value) >")
    assert row.error
    bench.type("board/done_when", "size(value) > 3")
    assert not row.error
    board = bench.document.graph.agents[AgentId("b")].board
    assert board is not None and board.done_when == "size(value) > 3"
    bench.select()
