"""Several agents, or several edges, at once in the inspector: what they have in common, one step for a change."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from editor.test_inspector import Bench, choose, graph
from quartet.editor.panels.inspector_fields import ChoiceField, FlagField
from quartet.editor.panels.inspector_form import Row

BOTH = "agents/a,b"


def flip(row: Row) -> None:
    assert isinstance(row.field, FlagField)
    row.field.box.click()


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    edges = (
        {"id": "ab", "source": "a", "target": "b"}, {"id": "bc", "source": "b", "target": "c", "when": "value > 1"},
        {"id": "sc", "source": "s", "target": "c", "kind": "supervise"},
    )  # fmt: skip
    made = graph({"id": "a"}, {"id": "b", "color": "blue"}, {"id": "c"}, {"id": "s", "kind": "supervisor"}, edges=edges)
    return Bench(qtbot, made)


def test_muting_by_the_inspector_is_one_step_for_all(bench: Bench) -> None:
    bench.select("a", "b")
    choose(bench.row(f"{BOTH}/disabled"), "muted")
    assert [bench.agent(id).disabled for id in "ab"] == ["muted", "muted"]
    assert bench.document.undo_stack.count() == 1
    bench.document.undo_stack.undo()
    assert [bench.agent(id).disabled for id in "ab"] == [None, None]


def test_where_they_differ_several_values_are_shown(bench: Bench) -> None:
    bench.select("a", "b")
    row = bench.row(f"{BOTH}/color")
    assert isinstance(row.field, ChoiceField)
    assert row.field.combo.currentIndex() == -1
    assert row.field.combo.placeholderText() == "several values"
    choose(row, "red")
    assert [bench.agent(id).color for id in "ab"] == ["red", "red"]


def test_who_leads_others_says_why_it_is_not_bypassed_and_the_others_are(bench: Bench) -> None:
    bench.select("s")
    row = bench.row("agents/s/disabled")
    choose(row, "bypassed")
    assert "leads others" in row.error
    assert bench.agent("s").disabled is None
    bench.select("a", "s")
    choose(bench.row("agents/a,s/disabled"), "bypassed")
    assert (bench.agent("a").disabled, bench.agent("s").disabled) == ("bypassed", None)


def test_a_mark_that_is_taken_off_is_absent(bench: Bench) -> None:
    bench.select("a")
    flip(bench.row("agents/a/locked"))
    assert bench.agent("a").locked
    flip(bench.row("agents/a/locked"))
    assert "locked" not in bench.agent("a").model_fields_set


def test_several_edges_are_edited_at_once(bench: Bench) -> None:
    bench.select("ab", "bc")
    row = bench.row("edges/ab,bc/when")
    assert isinstance(row.field, ChoiceField)
    assert row.field.combo.currentIndex() == -1, "they differ"
    choose(row, "failure")
    edges = bench.document.graph.edges
    assert [(edges[id].on, edges[id].when) for id in ("ab", "bc")] == [("failure", None)] * 2
    assert bench.document.undo_stack.count() == 1
    bench.type("edges/ab,bc/name", "late")
    assert [edges[id].name for id in ("ab", "bc")] == ["late", "late"]


def test_a_kind_that_one_of_the_edges_cannot_be_is_refused_with_its_name(bench: Bench) -> None:
    bench.select("ab", "bc")
    row = bench.row("edges/ab,bc/kind")
    choose(row, "share")
    assert "A → B" in row.error
    assert bench.document.undo_stack.count() == 0


def test_edges_of_several_kinds_have_their_label_in_common(bench: Bench) -> None:
    bench.select("ab", "sc")
    assert bench.row("edges/ab,sc/name")
    with pytest.raises(LookupError):
        bench.row("edges/ab,sc/when")
