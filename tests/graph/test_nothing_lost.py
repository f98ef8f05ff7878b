"""Whatever is wrong with a file that opens, saving it loses nothing."""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from quartet.graph import files
from quartet.graph.check import problems
from quartet.graph.cycles import loop_edges
from quartet.graph.files import FileProblem
from quartet.graph.texts import joined

GOLDEN = json.loads((Path(__file__).parent.parent / "data" / "graph" / "version-1.quartet.json").read_text())
WRONG = [None, "zzz", "two\nlines", -1, [], {}, [1], ["a\n", "b"], {"x": None}, {"id": "desk"}, "desk", "writer"]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values inside `value`."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        found.extend(places(child, (*path, key)))
    return found


PLACES = places(GOLDEN)


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def bare(value: Any) -> Any:
    """`value` with texts as texts, and without nulls and empty sections, which mean the same as nothing."""
    sections = ("agents", "edges", "frames", "notes")
    value = {
        # a section is a list, even where its lines would make a text
        key: [joined(item) for item in child] if key in sections and isinstance(child, list) else joined(child)
        for key, child in value.items()
    }

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(child) for key, child in value.items() if child is not None}
        return [strip(child) for child in value] if isinstance(value, list) else value

    found = strip(value)
    for item in (found, *(each for each in found.get("agents", []) + found.get("notes", []) if isinstance(each, dict))):
        # a person may write a text as plain lines
        for name in ("name", "description") if item is found else ("description", "text"):
            if isinstance(item.get(name), list) and all(isinstance(line, str) for line in item[name]):
                item[name] = "\n".join(item[name])
    if found.get("name") == "":
        del found["name"]
    for section in ("agents", "edges", "frames", "notes", "layout"):
        if not found.get(section, True):
            del found[section]
    for agent in found.get("agents", []):
        # an agent without a name is called by its id
        if isinstance(agent, dict) and isinstance(agent.get("id"), str):
            agent.setdefault("name", agent["id"])
    return found


@settings(max_examples=settings.default.max_examples * 2)
@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.one_of(st.sampled_from(WRONG), st.just("cut"))), min_size=1, max_size=4
    )
)
def test_a_file_with_anything_wrong_in_it_is_refused_or_kept_whole(wrongs: list[tuple[tuple[Any, ...], Any]]) -> None:
    document = copy.deepcopy(GOLDEN)
    for path, wrong in wrongs:
        try:
            parent = at(document, path[:-1])
            if wrong == "cut":
                del parent[path[-1]]
            else:
                at(document, path)
                parent[path[-1]] = copy.deepcopy(wrong)
        except (KeyError, IndexError, TypeError):
            continue
    try:
        opened = files.loads(json.dumps(document))
    except FileProblem as problem:
        assert problem.text.startswith("This ")
        return
    written = json.loads(files.dumps(opened.graph))
    assert bare(written) == bare({"format": "quartet", "version": 1, **document})
    assert sorted(files.loads(files.dumps(opened.graph)).problems) == sorted(opened.problems)
    # what is wrong also keeps no check from looking at the rest
    problems(opened.graph)
    loop_edges(opened.graph)
