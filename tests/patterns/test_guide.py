"""The guided questions: every way through them ends with a pattern, and with a piece that is that pattern."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartet.graph.edits import apply
from quartet.graph.files import dumps, loads, read
from quartet.graph.model import Graph
from quartet.paths import RESOURCES
from quartet.patterns.guide import ASKS, advice, forget, intent, keep, next_ask
from quartet.patterns.tree import TITLES
from quartet.patterns.verdict import classify


def ways(answers: dict[str, str]) -> Iterator[dict[str, str]]:
    """Every way of answering to the end."""
    ask = next_ask(answers)
    if ask is None:
        yield answers
        return
    for option in ask.options:
        yield from ways({**answers, ask.key: option.value})


WAYS = list(ways({}))


def told(answers: dict[str, str]) -> str:
    return " ".join(f"{key}={value}" for key, value in answers.items())


@pytest.mark.parametrize("answers", WAYS, ids=told)
def test_the_ready_made_piece_is_the_pattern_that_is_recommended(answers: dict[str, str]) -> None:
    found = advice(answers)
    assert found is not None
    graph = read(RESOURCES / "fragments" / f"{found.fragment}.quartet.json").graph
    assert classify(graph).headline == " › ".join(TITLES[pattern] for pattern in found.patterns)
    assert found.because.endswith(".")
    assert found.fails.endswith(".")
    assert found.remedy.endswith(".")


def test_the_framework_asks_in_its_order_and_every_pattern_can_be_reached() -> None:
    first = next_ask({})
    assert first is not None
    assert first.key == "depend"
    outermost = {advice(answers).patterns[0] for answers in WAYS}  # type: ignore[union-attr]
    assert outermost == {"pipeline", "fan_out", "supervisor", "swarm"}
    assert all(2 <= len(answers) <= 3 for answers in WAYS), "nobody is asked more than three things"


def test_strict_dependency_settles_it_before_anything_else_is_asked() -> None:
    ask = next_ask({"depend": "yes"})
    assert ask is not None
    assert ask.key == "watch"


@pytest.mark.parametrize("answers", WAYS, ids=told)
def test_answers_are_kept_with_the_graph_read_again_and_taken_back(answers: dict[str, str]) -> None:
    graph = Graph()
    inverse = apply(graph, [keep(answers)]).inverse
    again = loads(dumps(graph)).graph
    assert intent(again) == answers
    assert advice(intent(again)) == advice(answers)
    apply(graph, inverse)
    assert graph == Graph()
    apply(again, [forget()])
    assert intent(again) == {}


@given(st.dictionaries(st.sampled_from([*ASKS, "other"]), st.sampled_from(["yes", "no", "some", "", "maybe"])))
def test_whatever_a_file_holds_there_is_a_question_or_advice(given_: dict[str, str]) -> None:
    graph = Graph(extra={"intent": {"answers": given_}})
    kept = intent(graph)
    assert kept.items() <= given_.items()
    assert (next_ask(kept) is None) == (advice(kept) is not None)


@pytest.mark.parametrize(
    "content", [None, 3, [], {"answers": 3}, {"answers": {"depend": ["yes"]}}, {"answers": {"x": "y"}}]
)
def test_an_intent_that_nobody_understands_is_none(content: object) -> None:
    assert intent(Graph(extra={"intent": content})) == {}
