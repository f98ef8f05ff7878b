"""What stands beside the work: people outside of it, stores that only keep data, routers that only choose for one."""

import pytest

from patterns.wired import offered, shape, wired
from quartet.patterns.verdict import classify


def test_a_person_who_only_opens_the_run_and_gets_reports_is_outside_of_it() -> None:
    verdict = classify(
        wired("u>r:trigger r>f:conditional r>h:conditional f>u:report h>u:report", u="human", r="router")
    )
    assert shape(verdict) == {"supervisor": "r", "workers": ["f", "h"], "exclusive": True}
    assert verdict.attached == {"r": ("u",)}
    assert (verdict.confidence, offered(verdict)) == ("low", ["fan_out", "pipeline"])


def test_reports_to_a_customer_do_not_make_the_customer_a_supervisor() -> None:
    talk = "u>t:trigger t>s:handoff t>i:handoff s>t:handoff i>t:handoff s>u:report i>u:report t>u:report"
    verdict = classify(wired(talk, u="human"))
    assert shape(verdict) == {"supervisor": "t", "workers": ["s", "i"]}
    assert verdict.attached == {"t": ("u",)}


@pytest.mark.parametrize("also", ["h>u:handoff", "u>h:flow", "u>h:trigger", "h>u:flow"])
def test_a_person_who_takes_part_is_a_member(also: str) -> None:
    verdict = classify(wired(f"u>t:trigger t>s:handoff s>h:handoff t>u:report s>u:report {also}", u="human"))
    assert verdict.tree is not None
    assert "u" in verdict.tree.agents


def test_a_person_who_hears_of_nothing_is_the_first_step() -> None:
    assert shape(classify(wired("u>a:trigger a>b:flow", u="human"))) == {"pipeline": ["u", "a", "b"]}


def test_a_store_whose_writer_leads_to_its_readers_anyway_is_no_step() -> None:
    verdict = classify(wired("f>s:flow s>a:flow s>b:flow f>a:trigger f>b:trigger a>c:flow b>c:flow", s="store"))
    assert shape(verdict) == {"fan_out": ["a", "b"], "trigger": "f", "collector": "c"}
    assert verdict.attached == {"f": ("s",)}


def test_a_store_that_is_the_only_way_to_one_of_its_readers_is_a_step() -> None:
    verdict = classify(wired("f>s:flow s>a:flow s>b:flow f>a:trigger a>c:flow b>c:flow", s="store"))
    assert verdict.tree is not None
    assert "s" in verdict.tree.agents


@pytest.mark.parametrize("way", ["report", ""])
def test_a_router_that_only_chooses_the_next_of_one_agents_workers_stands_beside_that_agent(way: str) -> None:
    text = f"s>r:flow r>a:conditional r>b:conditional r>end:conditional a>s:{way} b>s:{way}"
    if not way:
        text = "s>r r>a r>b r>end a>s b>s"
    verdict = classify(wired(text, r="router"))
    assert shape(verdict) == {"pipeline": [{"supervisor": "s", "workers": ["a", "b"]}, "end"]}
    assert verdict.attached == {"s": ("r",)}
    assert (verdict.confidence, offered(verdict)) == ("medium", ["supervisor"])


def test_a_router_on_the_way_to_as_many_copies_as_are_needed_stands_beside_who_starts_them() -> None:
    verdict = classify(wired("s>r r>s r>a a>s a>t t>a", r="router", a="+", t="tool+"))
    assert shape(verdict) == {"supervisor": "s", "workers": [{"fan_out": ["a"], "dynamic": True}]}
    assert verdict.attached == {"s": ("r",), "a": ("t",)}


def test_a_router_that_starts_what_another_gathers_time_and_again_is_a_step() -> None:
    verdict = classify(wired("r>a r>b a>c b>c c>r", r="router"))
    assert shape(verdict) == {"fan_out": ["a", "b"], "trigger": "r", "collector": "c", "loop": True, "exclusive": True}


@pytest.mark.parametrize("kind", ["router", "tool"])
@pytest.mark.parametrize("also", ["", " c>x:supervise", " a>t:report b>t:report t>c:report"])
def test_a_relay_between_a_supervisor_and_its_workers_is_no_supervisor(kind: str, also: str) -> None:
    verdict = classify(wired("c>t:supervise t>a:supervise t>b:supervise" + also, t=kind))
    assert shape(verdict) == {"supervisor": "c", "workers": ["a", "b", *(["x"] if "x" in also else [])]}
    assert verdict.attached == {"c": ("t",)}


def test_a_router_that_several_go_to_and_fro_with_and_that_nobody_oversees_manages_them() -> None:
    verdict = classify(wired("m>a a>m m>b b>m m>c c>m", m="router"))
    assert shape(verdict) == {"supervisor": "m", "workers": ["a", "b", "c"]}


def test_a_router_that_works_with_others_than_its_workers_is_a_supervisor_of_its_own() -> None:
    verdict = classify(wired("c>t:supervise t>a:supervise t>b:supervise c>x:supervise x>t:flow", t="router"))
    assert verdict.tree is not None
    assert {part.own[0] for part in verdict.tree.walk() if part.pattern == "supervisor"} == {"c", "t"}


def test_a_router_that_hands_out_and_gets_back_is_nobodys_own_though_it_goes_to_and_fro_with_one_only() -> None:
    hands = "t>m:handoff t>b:handoff m>c:handoff m>d:handoff c>t:handoff d>t:handoff b>t:handoff"
    verdict = classify(wired(hands, t="router", m="router"))
    assert shape(verdict) == {"supervisor": "t", "workers": ["b", "c", "d"]}
    assert verdict.attached == {"t": ("m",)}
