"""What a careful reader may see in a drawing instead: the verdict says it, too."""

import pytest

from patterns.wired import offered, shape, wired
from quartet.patterns.verdict import classify


def test_two_bosses_of_one_worker_in_a_two_way_hierarchy_are_no_peers_for_sure() -> None:
    verdict = classify(wired("m>p p>m m>q q>m p>a a>p q>b b>q p>d d>p q>d d>q"))
    assert (verdict.top, verdict.confidence, offered(verdict)) == ("swarm", "low", ["pipeline", "supervisor"])


def test_four_in_a_square_have_nobody_who_is_the_only_way_to_another() -> None:
    verdict = classify(wired("a>b b>a b>c c>b c>d d>c d>a a>d"))
    assert (verdict.top, verdict.confidence, offered(verdict)) == ("swarm", "low", ["pipeline"])


@pytest.mark.parametrize(("kind", "named"), [("", ["swarm", "supervisor"]), (":flow", ["swarm"])])
def test_of_two_who_answer_each_other_one_may_be_the_others_only_worker_unless_results_flow(
    kind: str, named: list[str]
) -> None:
    back = ":feedback" if kind else ""
    verdict = classify(wired(f"a>b{kind} b>a{back}"))
    assert (shape(verdict), verdict.confidence) == ({"pipeline": ["a", "b"], "loop": True}, "low")
    assert offered(verdict) == named


def test_a_two_way_star_may_only_send_out_and_gather() -> None:
    assert offered(classify(wired("l>a a>l l>b b>l"))) == ["swarm", "fan_out"]
    assert offered(classify(wired("l>a:handoff a>l:handoff l>b:handoff b>l:handoff"))) == ["swarm"]


def test_who_starts_copies_that_nobody_gathers_may_be_in_charge_of_them() -> None:
    verdict = classify(wired("t>d", d="+"))
    assert (verdict.top, verdict.confidence, offered(verdict)) == ("fan_out", "medium", ["supervisor"])
    assert offered(classify(wired("t>d", d="+", t="trigger"))) == []
    assert offered(classify(wired("t>d d>c", d="+"))) == ["pipeline"]


def test_a_chain_that_ends_in_a_split_which_nobody_joins_may_be_managers_one_under_the_other() -> None:
    verdict = classify(wired("a>b b>c b>d"))
    assert (verdict.top, verdict.confidence, offered(verdict)) == ("pipeline", "low", ["supervisor"])
    for said in ("a>b:flow b>c:flow b>d:flow", "a>b b>c b>d c>e d>e"):
        assert "supervisor" not in offered(classify(wired(said)))


def test_a_root_with_one_helper_and_a_long_line_may_be_the_first_step_of_the_line() -> None:
    verdict = classify(wired("r>h r>a a>b b>c"))
    assert (verdict.top, verdict.confidence, offered(verdict)) == ("supervisor", "low", ["fan_out", "pipeline"])
    assert offered(classify(wired("r>h r>a"))) == ["fan_out"]


def test_who_leads_to_all_peers_of_a_swarm_may_be_in_charge_of_them() -> None:
    peers = "a>b b>a b>c c>b a>c c>a"
    verdict = classify(wired(f"m>a m>b m>c {peers}"))
    assert shape(verdict) == {"pipeline": ["m", {"swarm": ["a", "b", "c"]}]}
    assert offered(verdict) == ["swarm", "supervisor"]


def test_tools_of_one_agent_are_its_own_although_it_shares_another_tool() -> None:
    verdict = classify(wired("m>v m>s m>t s>w s>x s>t", v="tool", w="tool", x="tool", t="tool"))
    assert verdict.attached == {"s": ("w", "x")}
