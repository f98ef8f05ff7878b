"""Files that do not say what their edges mean: what tools, equals, and people who review are taken for."""

import json
from typing import Any

import pytest

from quartet.graph.files import loads
from quartet.patterns.verdict import Verdict, classify


def read(nodes: dict[str, dict[str, Any]], ways: str, kind: str | None = None) -> Verdict:
    """The verdict on a node-link file: `ways` is "a>b b>c"; without `kind` its edges say nothing."""
    edges = [dict(zip(("source", "target"), way.split(">"), strict=True)) for way in ways.split()]
    for edge in edges if kind else []:
        edge["kind"] = str(kind)
    document = {
        "directed": True, "graph": {}, "nodes": [{"id": id, "kind": "llm", **node} for id, node in nodes.items()],
        "edges": edges,
    }  # fmt: skip
    return classify(loads(json.dumps(document)).graph)


def tree(verdict: Verdict) -> Any:
    """The tree as JSON, without the marks that say it was inferred."""
    return json.loads(
        json.dumps(verdict.as_json()["tree"]), object_hook=lambda o: {k: o[k] for k in o if k != "inferred"}
    )


SIDES = [
    ({"role": "Plays black"}, {"role": "Plays white"}),
    ({"name": "Debater 1"}, {"name": "Debater 2"}),
    ({"name": "PlayerBlack"}, {"name": "PlayerWhite"}),
]


@pytest.mark.parametrize(("one", "other"), SIDES)
def test_two_who_do_the_same_for_two_sides_are_peers(one: dict[str, str], other: dict[str, str]) -> None:
    verdict = read({"a": one, "b": other}, "a>b b>a")
    assert verdict.top == "swarm"
    assert verdict.confidence == "low"
    assert [each.top for each in verdict.alternatives] == ["pipeline"]


JOBS = [
    ({"role": "Writes the essay"}, {"role": "Criticises it"}),
    ({"name": "Writer"}, {"name": "Critic"}),
    ({"name": "Player"}, {"name": "Player", "kind": "human"}),
]


@pytest.mark.parametrize(("one", "other"), JOBS)
def test_two_with_different_jobs_go_round_in_a_loop(one: dict[str, str], other: dict[str, str]) -> None:
    assert tree(read({"a": one, "b": other}, "a>b b>a")) == {"pipeline": ["a", "b"], "loop": True}


def test_equals_who_stand_in_a_chain_are_steps_of_it() -> None:
    verdict = read(
        {"in": {}, "a": {"role": "Plays black"}, "b": {"role": "Plays white"}, "out": {}}, "in>a a>b b>a b>out"
    )
    assert verdict.top == "pipeline"


def test_a_tool_that_only_one_agent_asks_and_that_answers_it_is_its_way_to_others() -> None:
    verdict = read({"a": {}, "t": {"kind": "tool"}, "b": {}, "c": {}}, "a>t t>a t>b a>c b>c")
    assert tree(verdict) == {"pipeline": ["a", "b", "c"]}
    assert verdict.attached == {"a": ("t",)}


@pytest.mark.parametrize("kind", [None, "flow"])
def test_a_tool_through_which_alone_an_agents_work_goes_on_decides_whether_it_tries_again(kind: str | None) -> None:
    verdict = read({"a": {}, "t": {"kind": "tool"}, "b": {}}, "a>t t>a t>b", kind)
    assert verdict.top == "pipeline"
    assert verdict.attached == {}
    tried = read({"a": {}, "k": {"kind": "tool"}, "t": {"kind": "tool"}, "b": {}}, "a>k k>a a>t t>a t>b")
    assert verdict.tree is not None
    assert tree(tried) == {"pipeline": [{"pipeline": ["a", "t"], "loop": True}, "b"]}
    assert tried.attached == {"a": ("k",)}


def test_a_tool_that_each_copy_of_an_agent_has_for_itself_is_the_copys() -> None:
    copies = {"multiplicity": "dynamic"}
    nodes: dict[str, dict[str, Any]] = {"s": {}, "a": copies, "t": {"kind": "tool", **copies}, "b": copies, "c": {}}
    verdict = read(nodes, "s>a a>t t>a t>b b>c")
    assert tree(verdict) == {
        "fan_out": [{"pipeline": ["a", "b"]}], "trigger": "s", "collector": "c", "dynamic": True,
    }  # fmt: skip
    assert verdict.attached == {"a": ("t",)}


def test_a_tool_that_somebody_else_asks_too_is_a_step() -> None:
    verdict = read({"x": {}, "a": {}, "t": {"kind": "tool"}, "b": {}}, "x>a x>t a>t t>a t>b")
    assert "t" in verdict.tree.agents if verdict.tree else False


def test_tools_of_those_who_talk_to_each_other_belong_to_them() -> None:
    nodes: dict[str, dict[str, Any]] = {"a": {"role": "Plays black"}, "b": {"role": "Plays white"}}
    nodes |= {"s": {"kind": "tool"}, "t": {"kind": "tool"}}
    verdict = read(nodes, "a>b b>a a>s b>t")
    assert tree(verdict) == {"swarm": ["a", "b"]}
    assert verdict.attached == {"a": ("s",), "b": ("t",)}


def test_several_tools_at_the_end_belong_to_who_asks_them() -> None:
    verdict = read({"m": {}, "w": {}, "c": {}, "s": {"kind": "tool"}, "t": {"kind": "tool"}}, "m>w m>c w>s w>t")
    assert verdict.attached == {"w": ("s", "t")}
    assert tree(verdict) == {"supervisor": "m", "workers": ["w", "c"]}


def test_one_tool_at_the_end_of_a_chain_is_its_last_step() -> None:
    assert tree(read({"a": {}, "b": {}, "t": {"kind": "tool"}}, "a>b b>t")) == {"pipeline": ["a", "b", "t"]}


def test_a_person_who_sends_work_back_is_a_step_and_no_loop_of_agents() -> None:
    verdict = read({"plan": {}, "hum": {"kind": "human"}, "do": {}}, "plan>hum hum>plan hum>do")
    assert tree(verdict) == {"pipeline": ["plan", "hum", "do"], "repeats": ["hum"]}


def test_a_critic_who_sends_work_back_closes_a_loop() -> None:
    verdict = read({"plan": {}, "critic": {}, "do": {}}, "plan>critic critic>plan critic>do")
    assert tree(verdict) == {"pipeline": [{"pipeline": ["plan", "critic"], "loop": True}, "do"]}


def test_who_asks_another_workers_help_does_not_come_before_it() -> None:
    kinds = {"root>db": "supervise", "root>ds": "supervise", "root>ml": "handoff", "ml>db": "supervise"}
    edges = [dict(zip(("source", "target"), way.split(">"), strict=True), kind=kind) for way, kind in kinds.items()]
    nodes = [{"id": id, "kind": "llm"} for id in ("root", "db", "ds", "ml")]
    document = {"directed": True, "graph": {}, "nodes": nodes, "edges": edges}
    found = tree(classify(loads(json.dumps(document)).graph))
    assert found["supervisor"] == "root"
    assert sorted(found["workers"]) == ["db", "ds", "ml"]


@pytest.mark.parametrize("names", [("a1", "a2"), ("x", "y"), ("Agent 1", "Agent 2"), ("ai_node", "ai_step")])
def test_names_that_any_agent_may_have_make_nobody_equal(names: tuple[str, str]) -> None:
    verdict = read({"a": {"name": names[0]}, "b": {"name": names[1]}}, "a>b b>a")
    assert tree(verdict) == {"pipeline": ["a", "b"], "loop": True}


def test_what_leaves_a_loop_before_its_last_step_comes_after_it_as_well() -> None:
    nodes: dict[str, dict[str, Any]] = {id: {} for id in ("plan", "work", "log", "report", "send")}
    verdict = read(nodes, "plan>work work>plan plan>log work>report report>send")
    loop = {"pipeline": ["plan", "work"], "loop": True}
    assert tree(verdict) == {"pipeline": [loop, {"fan_out": ["log", {"pipeline": ["report", "send"]}]}]}


def test_a_loop_begins_where_a_run_comes_to_it_first() -> None:
    verdict = read(
        {id: {} for id in ("task", "code", "cases", "run")}, "task>code task>cases code>run cases>run run>code"
    )
    loop = {"fan_out": ["code", "cases"], "collector": "run", "loop": True}
    assert tree(verdict) == {"pipeline": ["task", loop]}


@pytest.mark.parametrize("past", ["", " in>a", " in>a in>b", " in>a b>out hub>out"])
def test_a_hub_stays_one_though_others_reach_past_it_into_its_team(past: str) -> None:
    nodes: dict[str, dict[str, Any]] = {id: {} for id in ("in", "hub", "a", "b", *(["out"] if "out" in past else []))}
    verdict = read(nodes, "in>hub hub>a a>hub hub>b b>hub" + past)
    found = tree(verdict)["pipeline"]
    assert found[:2] == ["in", {"supervisor": "hub", "workers": ["a", "b"]}]
    assert [each.top for each in verdict.alternatives] == ["supervisor"]


def test_who_gives_work_to_the_peers_of_a_board_and_hears_of_each_is_over_them() -> None:
    nodes: dict[str, dict[str, Any]] = {"lead": {}, "a": {}, "b": {}, "notes": {"kind": "store"}}
    verdict = read(nodes, "lead>a a>lead lead>b b>lead a>notes notes>a b>notes notes>b")
    assert tree(verdict) == {"supervisor": "lead", "workers": [{"swarm": ["a", "b"], "board": "notes"}]}


@pytest.mark.parametrize("kind", [None, "flow"])
def test_below_a_hub_one_with_a_single_worker_is_over_it(kind: str | None) -> None:
    nodes: dict[str, dict[str, Any]] = {id: {} for id in ("in", "top", "a", "b", "b1")}
    found = tree(read(nodes, "in>top top>a a>top top>b b>top b>b1 b1>b", kind))
    assert found["pipeline"][1] == {"supervisor": "top", "workers": ["a", {"supervisor": "b", "workers": ["b1"]}]}


def test_copies_further_along_a_ring_make_nobody_their_supervisor() -> None:
    nodes: dict[str, dict[str, Any]] = {"plan": {}, "one": {"multiplicity": "dynamic"}, "enough": {}, "out": {}}
    verdict = read(nodes, "plan>one one>enough enough>plan enough>out")
    assert "supervisor" not in json.dumps(verdict.as_json()["tree"])


def test_a_tool_that_goes_to_and_fro_with_a_hub_as_its_workers_do_is_one() -> None:
    verdict = read({"hub": {}, "a": {}, "b": {}, "run": {"kind": "tool"}}, "hub>a a>hub hub>b b>hub hub>run run>hub")
    assert tree(verdict) == {"supervisor": "hub", "workers": ["a", "b", "run"]}


def test_a_tool_asks_no_tool() -> None:
    nodes: dict[str, dict[str, Any]] = {"fix": {}, "run": {"kind": "tool"}, "ship": {"kind": "tool"}, "in": {}}
    assert "ship" in read(nodes, "in>run run>fix fix>run run>ship").tree.agents  # type: ignore[union-attr]


def test_a_first_step_that_leads_to_each_of_the_others_may_be_in_charge() -> None:
    verdict = read({"m": {}, "a": {}, "b": {}}, "m>a m>b a>b")
    assert (verdict.top, verdict.confidence) == ("pipeline", "medium")
    assert [each.top for each in verdict.alternatives] == ["supervisor"]


def test_who_takes_up_again_what_its_branches_found_may_be_in_charge() -> None:
    nodes = [{"id": id, "kind": "llm"} for id in ("w", "a", "b")]
    ways = {"w>a": "flow", "w>b": "flow", "a>w": "feedback", "b>w": "feedback"}
    edges = [dict(zip(("source", "target"), way.split(">"), strict=True), kind=kind) for way, kind in ways.items()]
    verdict = classify(loads(json.dumps({"directed": True, "graph": {}, "nodes": nodes, "edges": edges})).graph)
    assert (verdict.top, verdict.confidence) == ("fan_out", "medium")
    assert {each.top for each in verdict.alternatives} == {"pipeline", "supervisor"}


def test_an_agent_that_is_alone_with_its_tools_may_be_over_them() -> None:
    verdict = read({"a": {}, "s": {"kind": "tool"}, "t": {"kind": "tool"}}, "a>s s>a a>t t>a")
    assert (verdict.top, verdict.confidence) == ("agent", "medium")
    assert [each.top for each in verdict.alternatives] == ["supervisor"]


STORE: dict[str, dict[str, Any]] = {"a": {}, "b": {}, "c": {}, "m": {"kind": "store"}}


@pytest.mark.parametrize("kind", [None, "flow"])
def test_what_one_agent_remembers_stands_beside_it(kind: str | None) -> None:
    verdict = read(STORE, "a>b b>c b>m m>b", kind)
    assert (tree(verdict), verdict.attached) == ({"pipeline": ["a", "b", "c"]}, {"b": ("m",)})


def test_a_store_that_is_only_written_is_a_step() -> None:
    assert tree(read(STORE, "a>b b>c c>m", "flow")) == {"pipeline": ["a", "b", "c", "m"]}


def test_a_store_that_nobody_uses_is_no_branch() -> None:
    assert tree(read(STORE, "a>b b>c", "flow")) == {"pipeline": ["a", "b", "c"]}


TOOLS: dict[str, dict[str, Any]] = {"a": {}, "s": {"kind": "tool"}, "t": {"kind": "tool"}, "b": {}}


@pytest.mark.parametrize("kind", [None, "flow"])
def test_tools_that_lead_to_each_other_and_back_belong_to_their_agent(kind: str | None) -> None:
    verdict = read(TOOLS, "a>s s>t t>a a>b", kind)
    assert (tree(verdict), verdict.attached) == ({"pipeline": ["a", "b"]}, {"a": ("s", "t")})


def test_tools_through_which_the_work_goes_on_are_steps() -> None:
    assert tree(read(TOOLS, "a>s s>t t>b", "flow")) == {"pipeline": ["a", "s", "t", "b"]}
    assert tree(read({id: TOOLS[id] for id in "ast"}, "a>s s>t t>a")) == {"pipeline": ["a", "s", "t"], "loop": True}


LED: dict[str, dict[str, Any]] = {id: {} for id in "hvwabcd"}


def test_what_hangs_at_single_workers_is_theirs() -> None:
    verdict = read(LED, "h>v v>h h>w w>h v>a v>b w>c w>d")
    assert tree(verdict) == {
        "supervisor": "h",
        "workers": [{"supervisor": "v", "workers": ["a", "b"]}, {"supervisor": "w", "workers": ["c", "d"]}],
    }
    assert (verdict.confidence, [each.top for each in verdict.alternatives]) == ("medium", ["pipeline"])


@pytest.mark.parametrize("ways", ["v>a a>b w>b b>c c>d", "v>a b>a w>b c>b d>c"])
def test_what_two_workers_lead_to_comes_after_them(ways: str) -> None:
    assert read(LED, f"h>v v>h h>w w>h {ways}").top != "supervisor"


def test_where_a_file_says_that_results_flow_what_workers_lead_to_comes_after_them() -> None:
    assert read(LED, "h>v v>h h>w w>h v>a v>b w>c w>d", "flow").top == "pipeline"


BOARD: dict[str, dict[str, Any]] = {"h": {}, "v": {}, "w": {}, "n": {"kind": "store"}}
SHARED = "h>n n>h v>n n>v w>n n>w"


@pytest.mark.parametrize("kind", [None, "flow"])
def test_a_hub_leads_those_with_whom_it_shares_a_board(kind: str | None) -> None:
    verdict = read(BOARD, f"h>v v>h h>w w>h {SHARED}", kind)
    assert (verdict.top, verdict.confidence) == ("supervisor", "medium")
    assert tree(verdict) == {"supervisor": "h", "workers": [{"swarm": ["v", "w"], "board": "n"}]}


@pytest.mark.parametrize("talk", ["", "h>v v>w", "h>v v>w w>h", "h>v v>h h>w w>h v>w w>v"])
def test_those_who_share_a_board_and_have_no_hub_are_peers(talk: str) -> None:
    assert tree(read(BOARD, f"{talk} {SHARED}")) == {"swarm": ["h", "v", "w"], "board": "n"}


@pytest.mark.parametrize("kind", [None, "flow", "handoff"])
def test_who_is_in_charge_is_found_before_peers(kind: str | None) -> None:
    nodes: dict[str, dict[str, Any]] = {id: {} for id in "hvwx"}
    verdict = read(nodes, "h>v v>h h>w w>h w>x x>h", kind)
    assert tree(verdict) == {"supervisor": "h", "workers": ["v", {"pipeline": ["w", "x"]}]}
    assert (verdict.confidence, [each.top for each in verdict.alternatives]) == ("medium", ["swarm"])


@pytest.mark.parametrize("kind", [None, "flow"])
def test_a_long_way_back_to_a_hub_may_be_a_loop(kind: str | None) -> None:
    nodes: dict[str, dict[str, Any]] = {id: {} for id in "hvwxy"}
    verdict = read(nodes, "h>v v>h h>w w>x x>y y>h", kind)
    assert tree(verdict) == {"supervisor": "h", "workers": ["v", {"pipeline": ["w", "x", "y"]}]}
    assert (verdict.confidence, [each.top for each in verdict.alternatives]) == ("medium", ["swarm", "pipeline"])


def test_steps_that_share_what_they_remember_may_be_a_pipeline() -> None:
    verdict = read(BOARD, f"h>v v>w {SHARED}", "flow")
    assert (verdict.top, verdict.confidence) == ("swarm", "medium")
    assert [each.top for each in verdict.alternatives] == ["pipeline"]
    assert read(BOARD, SHARED, "flow").confidence == "high"


def test_two_who_only_keep_data_in_one_place_may_be_independent() -> None:
    verdict = read({id: BOARD[id] for id in "hvn"}, "h>n n>h v>n n>v", "flow")
    assert (verdict.top, verdict.confidence) == ("swarm", "medium")
    assert [each.top for each in verdict.alternatives] == ["fan_out"]
