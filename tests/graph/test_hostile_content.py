"""Content that once came through harmed, or took for ever: each kind of it stays found."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from counting import growth
from quartet.graph import files, names, node_link


def opened(*agents: dict[str, object], edges: tuple[dict[str, object], ...] = ()) -> files.Opened:
    document = {"format": "quartet", "version": 1, "agents": list(agents), "edges": list(edges)}
    return files.loads(json.dumps(document))


@pytest.mark.parametrize("name", ["__class__", "copy", "json", "schema", "model_config", "construct"])
def test_an_unknown_field_called_like_an_attribute_is_kept_as_it_is(name: str) -> None:
    graph = opened({"id": "a", "kind": "llm", name: {"kept": 1.0}}).graph
    assert json.loads(files.dumps(graph))["agents"][0][name] == {"kept": 1.0}
    assert node_link.write(graph)["nodes"][0][name] == {"kept": 1.0}


def test_an_id_of_several_lines_is_read_as_it_was_written() -> None:
    graph = opened({"id": "a\nb", "kind": "llm"}, edges=({"id": "e\nf", "source": "a\nb", "target": "a\nb"},)).graph
    again = files.loads(files.dumps(graph))
    assert list(again.graph.agents) == ["a\nb"] and list(again.graph.edges) == ["e\nf"]
    assert files.dumps(again.graph) == files.dumps(graph)


def test_a_text_of_braces_is_copied_for_work_that_grows_with_it() -> None:
    def copy(braces: int) -> Callable[[], object]:
        graph = opened({"id": "a", "kind": "template", "config": {"text": "{{ from.a }}" + "{{" * braces}}).graph
        part = names.fragment(graph, ["a"])
        return lambda: names.paste(graph, part)

    assert growth(copy, 200, 1_600) < 16
    assert copy(50_000)()  # a regular expression that tries everything would never come back
