"""Strict JSON: refused with the place and a way out, whatever a file may hold."""

import json
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartet.graph import files
from quartet.graph.files import FileProblem, loads, read
from quartet.graph.strict_json import MAX_BYTES, READS, decode, parse


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("", None, None, "empty"),
        (" \n ", None, None, "empty"),
        ('{"a": 1,\n "b": }', 2, 7, "not JSON: expecting value"),
        ('{"a": "x\ny"}', 1, 9, "control character"),
        ("{'a': 1}", 1, 2, "property name enclosed in double quotes"),
        ('{"a": 1}\n{"b": 2}', 2, 1, "extra data"),
        ('{"a": [1, NaN]}', 1, 11, "NaN is no number"),
        ('{"a": "NaN",\n "b": -Infinity}', 2, 7, "-Infinity is no number"),
        ('{"a": 1e999}', 1, 7, "1e999 is no number"),
        ('{"a": ' + "1" * 5000 + "}", 1, 7, "5,000 digits"),
        ('{"a": {"x": 1,\n  "y": 2, "x": 3}}', 2, 11, 'The key "x" occurs twice'),
        ('{"a": "{", "b": {"a": 1}, "\\u0061": 2}', 1, 27, "occurs twice"),
        ("[" * 65 + "]" * 65, 1, 65, "more than 64 levels"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, 1, 321, "more than 64 levels"),
    ],
)
def test_what_is_refused_is_named_with_its_place(text: str, line: int | None, column: int | None, reason: str) -> None:
    with pytest.raises(FileProblem, match=reason) as caught:
        parse(text, "team.json")
    problem = caught.value
    assert (problem.line, problem.column) == (line, column)
    assert str(problem).startswith("team.json")
    if line is not None:
        assert f"line {line}, column {column}" in str(problem)


def test_sixty_four_levels_are_fine() -> None:
    assert parse("[" * 64 + "]" * 64) is not None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_good_json_is_read_as_the_standard_reads_it(value: object) -> None:
    assert parse(json.dumps(value)) == value


@given(st.text(alphabet='{}[]",:\\ntruefalse0123456789.eE+-NaI \n', max_size=40))
def test_any_text_is_read_or_refused_with_a_file_problem(text: str) -> None:
    try:
        loads(text)
    except FileProblem as problem:
        assert problem.text


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_refused_with_a_file_problem(data: bytes) -> None:
    try:
        decode(data, "x")
    except FileProblem as problem:
        assert "x" in str(problem)


GRAPH = '{"format": "quartet", "version": 1, "name": "Größe", "agents": [], "edges": []}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_graph_saved_by_any_editor_opens(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "g.json"
    path.write_bytes(GRAPH.encode(encoding))
    assert read(path).graph.name == "Größe"


def test_text_of_another_encoding_is_refused_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "g.json"
    path.write_bytes(GRAPH.replace(" ", "\n").encode("latin-1"))
    with pytest.raises(FileProblem, match=r"line 6, column 4: The byte 0xF6 is no UTF-8 text. .*save it as UTF-8"):
        read(path)


def test_half_a_character_survives() -> None:
    graph = loads('{"format": "quartet", "version": 1, "input": "\\ud83d", "name": "\\ud83d\\nx"}').graph
    text = files.dumps(graph)
    assert loads(text).graph == graph
    text.encode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "outermost value is no object"),
        ("{}", "neither “format”"),
        ('{"nodes": []}', "neither “format”"),
        ('{"format": "langflow", "nodes": [], "edges": []}', "“format” is not “quartet”"),
        ('{"format": "quartet"}', "“version” is no whole number"),
        ('{"format": "quartet", "version": true}', "“version” is no whole number"),
        ('{"format": "quartet", "version": 0}', "“version” is no whole number"),
        ('{"format": "quartet", "version": 1, "agents": {}}', "“agents” is no list"),
        ('{"format": "quartet", "version": 1, "layout": []}', "“layout” is no object"),
    ],
)
def test_json_that_is_no_graph_is_refused(text: str, reason: str) -> None:
    with pytest.raises(FileProblem, match=reason):
        loads(text, "x.json")


def test_too_many_agents_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quartet.graph.reading.MAX_AGENTS", 3)
    with pytest.raises(FileProblem, match="more than 3 agents"):
        loads('{"format": "quartet", "version": 1, "agents": [1, 2, 3, 4]}')


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    tracemalloc.start()
    try:
        with pytest.raises(FileProblem, match="larger than 400 MB"):
            read(path)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no such file"):
        read(tmp_path / "none.json")
    with pytest.raises(FileProblem, match="a folder"):
        read(tmp_path)
    with pytest.raises(FileProblem, match="no ordinary file"):
        read("/dev/null" if sys.platform != "win32" else "nul")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("app:\n  mode: workflow\n", READS),
        ("<mxfile/>", READS),
        ('{"agents": [', "Mend that place in a text editor, or restore the file from a backup."),
    ],
)
def test_of_what_never_was_json_it_is_said_what_can_be_read(text: str, advice: str) -> None:
    with pytest.raises(FileProblem) as told:
        parse(text, "dify.yml")
    assert told.value.advice == advice
