"""Which executions get a process of their own, and what the seam's parts do one by one."""

import functools
import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.agent_calls import Told, call
from engine.kinds_of_our_own import KIND
from quartet.agents import kinds
from quartet.agents.calls import AgentError, Calls, Handoff, Request, Result, Tool, Value, Wait
from quartet.agents.child import encoded
from quartet.agents.wire import answer_as_json, answer_from_json, call_as_json, call_from_json
from quartet.engine.executors import RoutingExecutor, apart, prepare
from quartet.engine.processes.frames import Frames, framed
from quartet.engine.processes.printed import LONGEST, MOST_LINES, Printed

texts = st.text(st.characters(), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def repeat():
    kinds.register(KIND)
    yield "repeat"
    del kinds._kinds["repeat"]


async def test_a_kind_with_a_plain_function_gets_a_process(repeat):
    executor, told = RoutingExecutor(), Told()
    await executor.start()
    answer = await executor.run(call(repeat, "ab", config={"times": 3}), told)
    await executor.close()
    assert answer.value[0] == "ababab"
    assert answer.value[1] != os.getpid()
    assert told == [("note", {"text": "at work"})]


def test_what_another_process_cannot_import_stays_here(repeat):
    def local(config, call, emit):
        return Value(1)

    for execute in (local, lambda config, call, emit: Value(1), functools.partial(KIND.execute)):
        kinds._kinds["here"] = kinds.Kind("here", "", "", "circle", KIND.config, execute)
        assert prepare(call("here")).process is None
    del kinds._kinds["here"]
    from_here = kinds.Process("engine.kinds_of_our_own:repeat", "engine.kinds_of_our_own:Times")
    assert prepare(call(repeat)).process == from_here


@pytest.mark.parametrize(
    ("kind", "config", "found"),
    [
        ("python", {"function": "a:b"}, True),
        ("python", {"function": "a:b", "runs_in": "program"}, False),
        ("python", {"function": "__main__:b"}, False),
        ("python", {"function": "nonsense"}, False),
        ("template", {}, False),
        ("trigger", {}, False),
        ("martian", {}, False),
    ],
)
def test_who_has_a_process_of_its_own(kind, config, found):
    assert apart(kind, config) is found


async def test_where_no_process_can_be_ended_everything_runs_here(monkeypatch):
    monkeypatch.setattr("quartet.engine.executors._CAN_END_PROCESSES", False)
    executor = RoutingExecutor()
    answer = await executor.run(call("python", 0, config={"function": "engine.agents_at_work:where"}), Told())
    assert answer == Value(os.getpid())
    limited = call("python", 0, config={"function": "engine.agents_at_work:where", "memory_limit": 100})
    with pytest.raises(AgentError, match="memory limits cannot be kept"):
        await executor.run(limited, Told())


def test_a_person_chooses_it_in_words():
    from quartet.agents.python import PythonConfig
    from quartet.editor.form_spec import specs
    from quartet.editor.panels.inspector_words import choices

    fields = {spec.name: spec for spec in specs(PythonConfig)}
    where = fields["runs_in"]
    assert (where.title, where.widget) == ("Runs in", "choice")
    assert choices("runs_in", where.choices, where.default) == [
        (None, "A process of its own (default)"), ("program", "This program"),
    ]  # fmt: skip
    memory = fields["memory_limit"]
    assert (memory.title, memory.widget, memory.placeholder) == ("Memory limit", "integer", "default none")


def test_nothing_of_the_pool_is_imported_before_it_is_needed():
    code = (
        "import sys, quartet.engine, quartet.engine.scheduler, quartet.engine.run\n"
        "assert not [name for name in sys.modules if 'processes' in name or name == 'quartet.agents.child']"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_child_imports_little():
    code = (
        "import sys, quartet.agents.child, quartet.agents.wire, quartet.agents.python_function\n"
        "print(sorted({'pydantic', 'asyncio', 'subprocess', 'quartet.engine'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, timeout=120, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"


# ---------------------------------------------------------------------- the line


@given(st.lists(values, max_size=5), st.data())
def test_messages_survive_any_cutting(messages, data):
    line = b"".join(framed(message) for message in messages)
    frames, found = Frames(), []
    while line:
        size = data.draw(st.integers(1, len(line)))
        found += frames.feed(line[:size])
        line = line[size:]
    assert found == messages


@given(st.binary(max_size=64))
def test_garbage_is_refused_or_waits_for_more(garbage):
    frames = Frames()
    try:
        list(frames.feed(garbage))
    except ValueError:
        return
    assert len(frames._buffer) <= len(garbage)


def test_what_is_not_json_is_not_sent():
    for wrong in ({1, 2}, float("nan"), b"bytes"):
        with pytest.raises((TypeError, ValueError)):
            encoded(wrong)


@given(values, values, st.dictionaries(texts, values, max_size=2), texts)
def test_answers_come_back_as_they_went(value, other, context, text):
    requests = (Request("1", text, context),)
    for answer in (
        Value(value), Handoff(text, value), Handoff(text, value, context), Calls(requests, other), Calls((), None),
        Wait(text, value),
    ):  # fmt: skip
        assert answer_from_json(answer_as_json(answer)) == answer


@pytest.mark.parametrize(
    "wrong",
    [
        None, [], {}, "value", {"value": 1, "more": 2}, {"handoff": {"to": 3, "message": 1, "context": None}},
        {"handoff": {"to": "a", "message": 1, "context": []}}, {"calls": {"requests": [1], "state": 1}},
        {"calls": {"requests": [{"id": "1", "tool": "t", "arguments": []}], "state": 1}}, {"wait": {"prompt": None}},
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(wrong):
    with pytest.raises(ValueError, match="what came back"):
        answer_from_json(wrong)


def test_only_answers_go():
    with pytest.raises(TypeError, match="answered dict"):
        answer_as_json({"value": 1})


def test_a_call_comes_back_as_it_went():
    made = call(
        "python", {"a": [1]}, tools=(Tool("t", "ask", None, "d"),), results=(Result("1", "t", 2, None),), grace=2.5
    )
    assert call_from_json(json.loads(json.dumps(call_as_json(made)))) == made


@given(texts, st.dictionaries(texts, values, max_size=2), st.booleans())
def test_a_text_that_comes_in_twice_crosses_once(text, others, first):
    text += "long enough"
    inputs = {"a": text, **others} if first else {**others, "a": text}
    made = call("python", text, inputs=inputs)
    sent = json.dumps(call_as_json(made))
    assert sent.count("long enough") == 1
    found = call_from_json(json.loads(sent))
    assert found == made
    assert list(found.inputs) == list(made.inputs), "in the order of the edges"


# ---------------------------------------------------------------------- what is printed


def noted(*pieces: bytes) -> list[str]:
    told, printed = Told(), Printed()
    printed.begin(told)
    for piece in pieces:
        printed.feed(piece)
    printed.close()
    return [data["text"] for data in told.of("note")]


@given(st.lists(st.text("ab \n", max_size=10).map(str.encode), max_size=10))
def test_lines_are_whole_however_they_arrive(pieces):
    whole = b"".join(pieces).decode()
    assert noted(*pieces) == [line.rstrip() for line in whole.split("\n") if line.strip(" ")][: MOST_LINES + 1]


def test_a_line_that_is_too_long_is_cut_and_its_rest_dropped():
    found = noted(b"x" * 10 * LONGEST, b"x" * 10 * LONGEST, b"x\nnext\n")
    assert found == ["x" * LONGEST + "…", "next"]


def test_what_is_no_text_is_shown_as_well_as_it_can_be():
    assert noted(b"\xff\xfe\n\n  \nok") == ["��", "ok"]


def test_nothing_is_noted_outside_executions():
    printed = Printed()
    printed.feed(b"before\n")
    printed.close()
    assert noted(b"") == []
