"""Who belongs to whom although no edge of supervision says so."""

import pytest

from patterns.wired import shape, wired
from quartet.patterns.verdict import classify

CHECKED = {"pipeline": ["a", "c"], "loop": True}


@pytest.mark.parametrize("reports", ["", " a>s:report b>s:report"])
@pytest.mark.parametrize("kind", ["llm", "tool", "human"])
def test_a_checker_that_only_one_worker_goes_round_with_is_a_part_of_that_workers_work(reports: str, kind: str) -> None:
    drawing = wired("s>a:supervise s>b:supervise a>c:flow c>a:feedback" + reports, c=kind)
    verdict = classify(drawing)
    assert shape(verdict) == {"supervisor": "s", "workers": [CHECKED, "b"]}
    assert [note.code for note in verdict.notes] == ["unwatched"]


def test_a_round_of_several_steps_belongs_to_the_worker_it_starts_and_ends_at() -> None:
    verdict = classify(wired("s>a:supervise s>b:supervise a>c:flow c>d:flow d>a:feedback"))
    assert shape(verdict) == {"supervisor": "s", "workers": [{"pipeline": ["a", "c", "d"], "loop": True}, "b"]}


def test_a_checker_of_a_worker_deep_down_belongs_to_that_worker() -> None:
    verdict = classify(wired("r>s:supervise s>a:supervise s>b:supervise r>q:supervise a>c:flow c>a:feedback"))
    inner = {"supervisor": "s", "workers": [CHECKED, "b"]}
    assert shape(verdict) == {"supervisor": "r", "workers": ["q", inner]}


def test_each_worker_has_its_own_checker_although_another_stands_between_two_of_them() -> None:
    verdict = classify(wired("s>a:supervise s>b:supervise a>c:flow c>a:feedback c>b:flow b>d:flow d>b:feedback"))
    team = {"pipeline": [CHECKED, {"pipeline": ["b", "d"], "loop": True}]}
    assert shape(verdict) == {"supervisor": "s", "workers": [team]}


@pytest.mark.parametrize(
    "also",
    [
        "a>c:flow c>s:feedback",  # the whole team starts again
        "a>c:flow b>c:flow c>a:feedback",  # more than one worker's results are checked
        "a>c:flow c>a:feedback c>e:flow",  # the work goes on from there
        "x>c:flow a>c:flow c>a:feedback",  # somebody else asks it as well
    ],
)
def test_a_checker_of_more_than_one_worker_comes_after_the_team(also: str) -> None:
    tree = classify(wired(f"s>a:supervise s>b:supervise {also}")).tree
    assert tree is not None
    assert [sorted(part.agents) for part in tree.walk() if part.pattern == "supervisor"] == [["a", "b", "s"]]


RING = "c>a a>b b>c"


@pytest.mark.parametrize("leaves", [1, 2, 3])
@pytest.mark.parametrize("entered", [False, True])
@pytest.mark.parametrize("kind", ["", ":flow"])
def test_one_who_answers_more_does_not_make_a_chain_that_comes_back_a_loop(
    leaves: int, entered: bool, kind: str
) -> None:
    ways = " ".join([*(f"c>l{n} l{n}>c" for n in range(leaves)), RING, *(["e>c"] if entered else [])])
    verdict = classify(wired(" ".join(way + kind for way in ways.split())))
    tree = shape(verdict)["pipeline"][1] if entered else shape(verdict)
    assert tree["supervisor"] == "c"
    assert [f"l{n}" for n in range(leaves)] == [worker for worker in tree["workers"] if isinstance(worker, str)]
    assert {"pipeline": ["a", "b"]} in tree["workers"]


def test_a_chain_on_which_a_run_comes_to_a_team_again_and_again_is_no_part_of_the_team() -> None:
    verdict = classify(wired("a>c c>l c>m l>c m>c c>b b>a"))
    assert shape(verdict) == {"pipeline": ["a", {"supervisor": "c", "workers": ["l", "m"]}, "b"], "loop": True}


def test_a_round_of_one_who_stands_between_two_workers_unwatched_is_drawn_in_with_it() -> None:
    verdict = classify(wired("s>a:supervise a>w:flow w>r:flow r>w:feedback w>s:report"))
    assert shape(verdict) == {
        "supervisor": "s", "workers": [{"pipeline": ["a", {"pipeline": ["w", "r"], "loop": True}]}],
    }  # fmt: skip


@pytest.mark.parametrize("also", ["", " s{0}>c{0}:flow c{0}>s{0}:feedback"])
def test_a_step_that_is_one_workers_however_deep_costs_no_more_than_another(also: str) -> None:
    depth = 3_000
    ways = "".join(f"s{n}>s{n + 1}:supervise " + also.format(n) for n in range(1, depth))
    verdict = classify(wired(f"{ways} s{depth}>c:flow c>s{depth}:feedback"))
    assert verdict.tree is not None
    assert len(verdict.tree.workforce) == depth + 1 + (depth - 1) * bool(also)
