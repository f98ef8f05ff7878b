"""For every rule, drawings in which it finds something; `CASES[code]` is a list of functions that draw one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from quartet.graph.edits import apply
from quartet.graph.model import BrokenItem, Edge, Graph
from quartet.patterns.guide import keep
from rules.drawings import LLM, agent, draw

CASES: dict[str, list[Callable[[], Graph]]] = defaultdict(list)


def case(code: str) -> Callable[[Callable[[], Graph]], Callable[[], Graph]]:
    def add(function: Callable[[], Graph]) -> Callable[[], Graph]:
        CASES[code].append(function)
        return function

    return add


@case("G001")
def broken_edge() -> Graph:
    graph = draw(agent("Ann"), agent("Bob"), edges="ann > bob")
    raw = {"id": "e9", "source": "ann", "target": "nowhere"}
    graph.broken = (BrokenItem(section="edges", raw=raw, reason="it leads to “nowhere”", index=1),)
    return graph


@case("G001")
def supervises_itself() -> Graph:
    return draw(agent("Boss", "supervisor"), agent("Ann"), edges="boss ~ ann, boss ~ boss")


@case("G001")
def bypassed_leader() -> Graph:
    return draw(agent("Boss", "supervisor", disabled="bypassed"), agent("Ann"), edges="boss ~ ann")


@case("G002")
def bare_cycle() -> Graph:
    return draw(agent("Start"), agent("Ann"), agent("Bob"), edges="start > ann, ann > bob, bob > ann")


@case("G002")
def worker_before_its_supervisor() -> Graph:
    return draw(agent("Boss", "supervisor", oversight={"restartable": True, "max_restarts": 2}), agent("Ann"),
                agent("Bob"), agent("Cid"), edges="boss ~ ann, ann > bob, bob > cid, cid > boss")  # fmt: skip


@case("G002")
def peer_before_its_board() -> Graph:
    return draw(agent("Wall", "board"), agent("Ann"), agent("Bob"), edges="ann & wall, ann > bob, bob > wall")


@case("G003")
def kind_of_the_future() -> Graph:
    return draw(agent("Ann"), agent("Hal", "telepath"), edges="ann > hal")


@case("G003")
def kind_misspelt() -> Graph:
    return draw(agent("Ann"), {"name": "Bob", "kind": "templte", "config": {"text": "x"}}, edges="ann > bob")


@case("G004")
def no_address() -> Graph:
    return draw(agent("Ann"), agent("Fetch", "http", config={}), edges="ann > fetch")


@case("G004")
def misspelt_setting() -> Graph:
    return draw(agent("Ann"), agent("Bob", config={"model": "m", "instructions": "Work.", "temprature": 1}))


@case("G004")
def wrong_sort() -> Graph:
    return draw(agent("Ann", config={"model": "m", "instructions": "Work.", "temperature": 9}))


@case("G005")
def unreadable_condition() -> Graph:
    return draw(agent("Ann"), agent("Bob"), agent("Cid"), edges="ann > bob ? value >, ann > cid ? otherwise")


@case("G006")
def unreadable_template() -> Graph:
    return draw(agent("Ann"), agent("Bob", "template", config={"text": "Dear {{ value. }}"}), edges="ann > bob")


@case("G007")
def names_who_never_sends() -> Graph:
    text = {"text": "{{ from.cid }} and {{ value }}"}
    return draw(agent("Ann"), agent("Cid"), agent("Bob", "template", config=text), edges="ann > bob, bob > cid")


@case("G007")
def names_nobody() -> Graph:
    return draw(agent("Ann"), agent("Bob", "template", config={"text": "{{ from.zoe }}{{ value }}"}), edges="ann > bob")


@case("G008")
def no_model() -> Graph:
    return draw(agent("Ann"), agent("Bob", config={"instructions": "Work."}), edges="ann > bob")


@case("G021")
def no_instructions() -> Graph:
    return draw(agent("Ann", config={"model": "m"}))


@case("G022")
def no_key() -> Graph:
    config = {"model": "m", "instructions": "Work.", "base_url": "https://models.example.com/v1"}
    return draw(agent("Ann", config=config))


@case("G009")
def imported_condition() -> Graph:
    return draw(agent("Ann"), agent("Bob"), agent("Cid"), edges="ann > bob ? ?, ann > cid ? otherwise")


@case("G009")
def imported_way_out_of_a_loop() -> Graph:
    graph = draw(agent("Ann"), agent("Bob"), agent("Cid"), edges="ann > bob, bob > cid ? ?")
    graph.edges["back"] = Edge(id="back", source="bob", target="ann", loop=True)
    return graph


def asked(*choices: str) -> dict[str, object]:
    return agent("Ann", "human", config={"prompt": "Shall it be sent?", "choices": list(choices)})


@case("G029")
def whatever_is_chosen() -> Graph:
    return draw(asked("Approve", "Reject"), agent("Send", "http"), edges="ann > send")


@case("G029")
def both_whatever_is_chosen() -> Graph:
    write = {"model": "m", "prompt": "Write a letter about {{ input }}."}
    return draw(asked("Approve", "Reject", "Later"), agent("Send", "http"), agent("Bob", config=write),
                edges="ann > send, ann > bob")  # fmt: skip


@case("G010")
def alone() -> Graph:
    return draw(agent("Ann"), agent("Bob"), agent("Zoe"), edges="ann > bob")


@case("G011")
def beside_the_event() -> Graph:
    return draw(agent("Go", "trigger"), agent("Ann"), agent("Zoe"), agent("Bob"),
                edges="go > ann, ann > bob, zoe > bob")  # fmt: skip


@case("G012")
def three_of_two() -> Graph:
    join = {"mode": "n_of_m", "n": 3}
    return draw(agent("Ann"), agent("Bob"), agent("All", "collector", join=join), edges="ann > all, bob > all")


@case("G012")
def both_ways_of_a_router() -> Graph:
    join = {"mode": "all_strict"}
    return draw(
        agent("Ask", route="first"), agent("Ann"), agent("Bob"), agent("All", "collector", join=join),
        edges="ask > ann ? value == 'a', ask > bob ? otherwise, ann > all, bob > all",
    )  # fmt: skip


@case("G013")
def two_anns() -> Graph:
    return draw(agent("Ann"), agent("ann ", id="other"), agent("Ann 2", id="third"), edges="ann > other")


@case("G014")
def conditional_beside_plain() -> Graph:
    return draw(agent("Ann"), agent("Bob"), agent("Cid"), edges="ann > bob ? value > 3, ann > cid")


@case("G014")
def otherwise_beside_plain() -> Graph:
    return draw(
        agent("Ann"), agent("Bob"), agent("Cid"), agent("Dan"),
        edges="ann > bob ? value > 3, ann > cid, ann > dan ? otherwise",
    )  # fmt: skip


@case("G015")
def no_otherwise() -> Graph:
    return draw(agent("Ann"), agent("Bob"), agent("Cid"), edges="ann > bob ? value > 3, ann > cid ? value < 2")


@case("G016")
def two_write_notes() -> Graph:
    return draw(
        agent("Ann"), agent("Bob", writes=("notes",)), agent("Cid", writes=("notes",)), edges="ann > bob, ann > cid"
    )


@case("G016")
def two_write_a_file() -> Graph:
    news = {"config": {"path": "news.xml"}}
    return draw(agent("Ann"), agent("Bob", "file", **news), agent("Cid", "file", **news), edges="ann > bob, ann > cid")


@case("G017")
def same_work_twice() -> Graph:
    same = {"url": "https://news.example.com/today"}
    return draw(
        agent("Go", "trigger"), agent("Ann", "http", config=same), agent("Bob", "http", config=same),
        edges="go > ann, go > bob",
    )  # fmt: skip


@case("G018")
def no_budget() -> Graph:
    return draw(agent("Ann"), agent("Bob"), edges="ann > bob")


@case("G018")
def models_that_go_round() -> Graph:
    graph = draw(agent("Ann"), agent("Bob"), edges="ann > bob", limits={"deadline": 60})
    graph.edges["back"] = Edge(id="back", source="bob", target="ann", loop=True, when="value != 'fine'")
    return graph


@case("G018")
def model_behind_a_hand_off() -> Graph:
    return draw(agent("Desk", "template"), agent("Ann"), edges="desk ^ ann")


@case("G023")
def budget_of_a_template() -> Graph:
    return draw(agent("Ann"), agent("Bob", "template", budget={"max_cost": 1, "max_visits": 3}), edges="ann > bob")


@case("G023")
def budget_beyond_the_runs() -> Graph:
    return draw(agent("Ann", budget={"max_tokens": 500}), agent("Bob"), edges="ann > bob", limits={"max_tokens": 400})


@case("G023")
def budget_of_a_collector() -> Graph:
    return draw(agent("Ann"), agent("All", "collector", budget={"max_seconds": 3, "max_hops": 1}), edges="ann > all")


@case("G019")
def only_boards() -> Graph:
    return draw(agent("Wall", "board"), agent("Shelf", "board"))


@case("G019")
def only_an_event() -> Graph:
    return draw(agent("Mail", "trigger"))


@case("G019")
def empty() -> Graph:
    return Graph()


@case("P001")
def no_limit() -> Graph:
    return draw(agent("Ann", limits=None), agent("Bob"), edges="ann > bob")


@case("P001")
def no_limit_in_the_middle() -> Graph:
    return draw(agent("Ann"), agent("Bob", limits=None), agent("Cid"), edges="ann > bob, bob > cid")


@case("P001")
def no_limit_but_retries_for_ever() -> Graph:
    return draw(agent("Ann", "http", limits=None, retry={"max_attempts": 0}), agent("Bob"), edges="ann > bob")


@case("P001")
def no_limit_under_a_supervisor() -> Graph:
    ann = agent("Ann", limits={"cancel_grace": 2})
    return draw(agent("Boss", "supervisor"), ann, agent("Bob"), edges="boss ~ ann, boss ~ bob, ann > bob")


@case("P001")
def no_limit_for_who_helps_and_who_follows() -> Graph:
    return draw(agent("Ann"), agent("Bob"), agent("Undo", limits=None), agent("Tell"),
                edges="ann > bob, ann ! undo, undo > tell")  # fmt: skip


@case("P001")
def no_limit_beside_a_loop_that_never_ends() -> Graph:
    return draw(agent("Ann"), agent("Bob", limits=None), agent("Cid"), edges="ann > bob, bob > cid, bob @ ann")


@case("P002")
def no_fallback() -> Graph:
    return draw(agent("Ann"), agent("Bob"), agent("Cid"), edges="ann > bob, bob > cid")


@case("P003")
def forgets_its_input() -> Graph:
    prompt = {"model": "m", "prompt": "Write a poem about {{ input }}."}
    return draw(agent("Ann"), agent("Bob", config=prompt), edges="ann > bob")


@case("P003")
def forgets_one_of_two() -> Graph:
    prompt = {"model": "m", "prompt": "Write about {{ from.ann }}."}
    return draw(agent("Ann"), agent("Eve"), agent("Bob", config=prompt), edges="ann > bob, eve > bob")


@case("P003")
def fetches_without_its_input() -> Graph:
    return draw(agent("Ann"), agent("Fetch", "http"), edges="ann > fetch")


@case("P004")
def endless() -> Graph:
    return draw(agent("Ann"), agent("Bob"), agent("Cid"), edges="ann > bob, bob > cid, bob @ ann")


@case("F001")
def branch_needs_branch() -> Graph:
    return draw(
        agent("Go", "trigger"), agent("A"), agent("B"), agent("C"), agent("D"),
        edges="go > a, go > b, a > c, b > c, b > d",
    )  # fmt: skip


@case("F002")
def open_fan_out() -> Graph:
    return draw(agent("Go", "trigger"), agent("A"), agent("B"), agent("C"), edges="go > a, go > b, go > c")


@case("F002")
def open_fan_out_of_chains() -> Graph:
    return draw(
        agent("Go", "trigger"), agent("A"), agent("B"), agent("C"), agent("D"), edges="go > a, a > b, go > c, c > d"
    )


@case("F002")
def loose_ends_behind_a_choice() -> Graph:
    return draw(agent("Ask"), agent("Other"), agent("Top"), agent("Ann"), agent("Bob"),
                edges="ask > other ? value == 1, ask > top ? otherwise, top > ann, top > bob")  # fmt: skip


@case("F003")
def results_meet() -> Graph:
    return draw(agent("Go", "trigger"), agent("A"), agent("B"), agent("Sum"), edges="go > a, go > b, a > sum, b > sum")


@case("F004")
def nine_at_once() -> Graph:
    workers = [agent(f"A{n}") for n in range(9)]
    return draw(agent("Go", "trigger"), *workers, edges=", ".join(f"go > a{n}" for n in range(9)))


@case("F004")
def copies_without_limit() -> Graph:
    return draw(agent("List"), agent("Fetch", "http", dynamic=True), agent("All", "collector"),
                edges="list > fetch, fetch > all")  # fmt: skip


@case("F004")
def copies_after_copies() -> Graph:
    return draw(agent("List"), agent("Fetch", "http", dynamic=True, max_concurrency=4), agent("Sum up", dynamic=True),
                agent("All", "collector"), edges="list > fetch, fetch > sum_up, sum_up > all")  # fmt: skip


@case("F005")
def first_come_first_read() -> Graph:
    return draw(
        agent("Go", "trigger"), agent("A"), agent("B"),
        agent("All", "collector", join={"mode": "all", "order": "completion"}),
        agent("Say", "template", config={"text": "Ann said {{ value[0] }}"}),
        edges="go > a, go > b, a > all, b > all, all > say",
    )  # fmt: skip


@case("S001")
def boss_of_nobody() -> Graph:
    return draw(agent("Boss", "supervisor"), agent("Ann"), agent("Bob"), edges="boss > ann, ann > bob")


@case("S001")
def boss_alone() -> Graph:
    return draw(agent("Boss", "supervisor"))


@case("S002")
def mortal_boss() -> Graph:
    return draw(agent("Boss", "supervisor"), agent("Ann"), agent("Bob"), edges="boss ~ ann, boss ~ bob")


@case("S003")
def manages_works_and_comes_back() -> Graph:
    lead = agent("Lead", oversight={"dispatch": "manager", "restartable": True})
    return draw(agent("Brief"), lead, agent("Ann"), agent("Out"), edges="brief > lead, lead ~ ann, lead > out")


@case("S003")
def working_boss() -> Graph:
    return draw(agent("Boss", oversight={"restartable": True}), agent("Ann"), agent("Bob"),
                edges="boss ~ ann, boss ~ bob, ann > boss")  # fmt: skip


@case("S003")
def working_boss_without_reports() -> Graph:
    return draw(agent("Boss", oversight={"dispatch": "manager", "restartable": True}), agent("Ann"), agent("Bob"),
                edges="boss ~ ann, boss ~ bob")  # fmt: skip


@case("S003")
def working_boss_under_another() -> Graph:
    return draw(agent("Top", "supervisor", oversight={"restartable": True}), agent("Boss"), agent("Ann"), agent("Bob"),
                edges="top ~ boss, boss ~ ann, boss ~ bob")  # fmt: skip


@case("S003")
def event_that_watches() -> Graph:
    return draw(agent("Go", "trigger"), agent("Ann"), agent("Bob"), edges="go ~ ann, go ~ bob, ann > bob")


@case("S002")
def working_boss_alone() -> Graph:
    return draw(agent("Boss"), agent("Ann"), agent("Bob"), edges="boss ~ ann, boss ~ bob, ann > boss")


@case("S004")
def boss_without_a_limit() -> Graph:
    return draw(agent("Boss", "supervisor", oversight={"restartable": True}), agent("Ann"), agent("Bob"),
                edges="boss ~ ann, boss ~ bob")  # fmt: skip


@case("S005")
def nobody_above() -> Graph:
    oversight = {"restartable": True, "on_error": [{"do": "restart"}, {"do": "escalate"}]}
    return draw(agent("Boss", "supervisor", oversight=oversight), agent("Ann"), agent("Bob"),
                edges="boss ~ ann, boss ~ bob")  # fmt: skip


@case("S006")
def two_bosses() -> Graph:
    return draw(agent("Boss", "supervisor"), agent("Chief", "supervisor"), agent("Ann"), agent("Bob"),
                agent("Cid"), edges="boss ~ ann, chief ~ ann, boss ~ bob, chief ~ cid")  # fmt: skip


@case("S007")
def unwatched_step() -> Graph:
    return draw(agent("Boss", "supervisor"), agent("Ann"), agent("Bob"), agent("Cid"),
                edges="boss ~ ann, boss ~ cid, ann > bob, bob > cid")  # fmt: skip


@case("S008")
def hundred_attempts() -> Graph:
    return draw(agent("Boss", "supervisor", oversight={"max_restarts": 9}), agent("Ann", retry={"max_attempts": 10}),
                edges="boss ~ ann")  # fmt: skip


@case("S008")
def restarts_too_often() -> Graph:
    return draw(agent("Boss", "supervisor", oversight={"max_restarts": 50}), agent("Ann"), edges="boss ~ ann")


@case("S008")
def attempts_without_end() -> Graph:
    return draw(agent("Boss", "supervisor"), agent("Ann", retry={"max_attempts": 0}), edges="boss ~ ann")


@case("S009")
def manager_without_a_model() -> Graph:
    return draw(agent("Boss", "supervisor", oversight={"dispatch": "manager"}), agent("Ann"), agent("Bob"),
                edges="boss ~ ann, boss ~ bob")  # fmt: skip


@case("S010")
def restarted_by_nobody() -> Graph:
    return draw(agent("Ann", restart="temporary"), agent("Bob"), edges="ann > bob")


@case("S010")
def asks_although_somebody_is_above() -> Graph:
    return draw(agent("Top", "supervisor", oversight={"restartable": True, "max_restarts": 3}),
                agent("Boss", "supervisor", oversight={"max_restarts": 3, "root_policy": "ask_human"}), agent("Ann"),
                edges="top ~ boss, boss ~ ann")  # fmt: skip


@case("S010")
def is_never_back() -> Graph:
    return draw(agent("Boss", "supervisor", oversight={"max_restarts": 3, "on_supervisor_crash": "restart_tree"}),
                agent("Ann"), edges="boss ~ ann")  # fmt: skip


@case("S010")
def hands_out_nothing() -> Graph:
    return draw(agent("Boss", "supervisor", oversight={"max_restarts": 3, "max_children": 2, "dispatch": "graph"}),
                agent("Ann"), agent("Bob"), edges="boss ~ ann, boss ~ bob, ann > bob")  # fmt: skip


@case("S010")
def more_at_once_than_stated() -> Graph:
    return draw(agent("Boss", "supervisor", oversight={"max_restarts": 3, "max_children": 1, "dispatch": "graph"}),
                agent("Ann"), agent("Bob"), edges="boss ~ ann, boss ~ bob")  # fmt: skip


@case("W001")
def no_hop_limit() -> Graph:
    return draw(agent("Ann"), agent("Bob"), agent("Cid"), edges="ann ^ bob, bob ^ ann, bob ^ cid, cid ^ bob")


@case("W002")
def no_boundary() -> Graph:
    return draw(agent("Ann"), agent("Bob"), edges="ann ^ bob, bob ^ ann")


@case("W003")
def nobody_reaches() -> Graph:
    return draw(agent("In", "trigger"), agent("Ann"), agent("Bob"), agent("Zoe"),
                edges="in > ann, ann ^ bob, bob ^ ann, zoe ^ ann")  # fmt: skip


@case("W004")
def dead_end() -> Graph:
    return draw(agent("Ann"), agent("Bob"), agent("Reply", "template"), edges="ann ^ bob, ann > reply")


@case("W005")
def same_tool() -> Graph:
    return draw(agent("Ann"), agent("Tech support"), agent("Tech-Support", id="other"),
                edges="ann ^ tech_support, ann ^ other, tech_support ^ ann, other ^ ann")  # fmt: skip


@case("G020")
def watches_somebody_gone() -> Graph:
    watch = [{"shows": "failure", "title": "Watch it fail", "rehearsal": {"zoe": [{"hangs": True}]}}]
    return draw(agent("Ann"), agent("Bob"), edges="ann > bob", extra={"watch": watch})


@case("G020")
def watches_nonsense() -> Graph:
    return draw(agent("Ann"), agent("Bob"), edges="ann > bob", extra={"watch": [{"title": 3}]})


@case("W002")
def no_boundary_at_the_board() -> Graph:
    return draw(agent("Work", "board"), agent("Ann"), agent("Bob"), edges="ann & work, bob & work")


@case("I001")
def not_what_was_asked_for() -> Graph:
    graph = draw(agent("Ann"), agent("Bob"), agent("Cleo"), edges="ann > bob, bob > cleo")
    apply(graph, [keep({"depend": "no", "event": "yes", "watch": "no"})])
    return graph


@case("G016")
def two_replace_a_key() -> Graph:
    return draw(agent("Ann"), agent("Bob", writes=("plan",)), agent("Cid", writes=("plan",)),
                edges="ann > bob, ann > cid", state={"plan": {}})  # fmt: skip


@case("W006")
def a_skill_that_nobody_has() -> Graph:
    return draw(agent("Work", "board"), agent("Ann", skills=("sql",)), agent("Bob", description="x"),
                edges="ann & work, bob & work", input=[{"do": "it", "needs": ["cobol"]}])  # fmt: skip


@case("W007")
def silent_for_longer_than_the_lease() -> Graph:
    return draw(agent("Go"), agent("Work", "board"), agent("Ann", limits={"heartbeat": 60}),
                edges="go > ann, ann & work")  # fmt: skip


@case("W008")
def a_goal_that_is_no_expression() -> Graph:
    return draw(agent("Work", "board", board={"done_when": "size(value) >"}), agent("Ann"), edges="ann & work")


@case("G024")
def a_key_that_is_not_there() -> Graph:
    return draw(agent("Ann", "template", config={"text": "{{ state.plan }}"}), agent("Bob"), edges="ann > bob")


@case("G024")
def a_key_that_nobody_writes() -> Graph:
    return draw(agent("Ann", reads=("plan",)), agent("Bob"), edges="ann > bob", state={"plan": {}})


@case("F006")
def names_a_sibling() -> Graph:
    text = {"text": "{{ from.cid }} and {{ value }}"}
    return draw(agent("Ann"), agent("Cid"), agent("Bob", "template", config=text), edges="ann > bob, ann > cid")


@case("F006")
def reads_what_a_sibling_writes() -> Graph:
    return draw(agent("Ann"), agent("Cid", writes=("plan",)), agent("Bob", reads=("plan",)),
                edges="ann > bob, ann > cid", state={"plan": {"initial": "none"}})  # fmt: skip


@case("W009")
def forgets_one_of_three() -> Graph:
    config = {**LLM, "instructions": "You are the front desk. Questions about bills go to Billing."}
    return draw(agent("Front", config=config), agent("Billing", description="Bills."), agent("Law", description="Law."),
                edges="front ^ billing, front ^ law, billing ^ front, law ^ front")  # fmt: skip


@case("W010")
def tells_of_somebody_not_connected() -> Graph:
    config = {**LLM, "instructions": "Answer. If it is about the law, hand the task over to Law."}
    return draw(agent("Front", config=config), agent("Billing", description="Bills."), agent("Law", description="Law."),
                edges="front ^ billing, billing ^ law, law ^ billing")  # fmt: skip


@case("W010")
def names_a_tool_that_is_not_there() -> Graph:
    config = {**LLM, "instructions": "Call transfer_to_law_desk when you do not know."}
    return draw(agent("Front", config=config), agent("Law desk", description="Law."), agent("Bob"),
                edges="front ^ bob, bob ^ front, bob ^ law_desk, law_desk ^ bob")  # fmt: skip


@case("W011")
def work_without_workers() -> Graph:
    return draw(agent("Ann"), agent("Work", "board"), agent("Bob"), edges="ann > work, work > bob")


@case("G025")
def expected_to_be_stopped() -> Graph:
    return draw(agent("Ann", estimate={"seconds": 40}), agent("Bob"), edges="ann > bob")


@case("G025")
def sometimes_too_slow() -> Graph:
    limits = {"start_to_close": 30, "schedule_to_close": 35}
    return draw(agent("Ann", limits=limits, estimate={"seconds": 4, "slow": 60}), agent("Bob"), edges="ann > bob")


@case("G025")
def longer_than_the_default() -> Graph:
    return draw(agent("Ann", limits=None, estimate={"seconds": 400}), agent("Bob"), edges="ann > bob")


@case("G025")
def longer_than_all_attempts() -> Graph:
    ann = agent("Ann", limits={"schedule_to_close": 20}, estimate={"seconds": 25})
    return draw(ann, agent("Bob"), edges="ann > bob")


@case("G025")
def longer_than_the_run() -> Graph:
    return draw(agent("Ann", estimate={"seconds": 20}), agent("Bob"), edges="ann > bob", limits={"deadline": 10})


@case("G025")
def dearer_than_its_budget() -> Graph:
    ann = agent("Ann", budget={"max_cost": 0.5}, estimate={"cost": 0.75})
    return draw(ann, agent("Bob"), edges="ann > bob")


@case("G025")
def dearer_than_the_run() -> Graph:
    return draw(agent("Ann", estimate={"cost": 0.75}), agent("Bob"), edges="ann > bob", limits={"max_cost": 0.5})


@case("G026")
def unused_key() -> Graph:
    return draw(agent("Ann"), agent("Bob"), edges="ann > bob", state={"plan": {}})


@case("G026")
def misspelt_key() -> Graph:
    return draw(agent("Ann", writes=("plans",)), agent("Bob"), edges="ann > bob", state={"plan": {}})


@case("P005")
def runs_on() -> Graph:
    config = {"function": "textwrap:dedent", "runs_in": "program"}
    return draw(agent("Ann", "python", config=config), agent("Bob"), edges="ann > bob")


@case("M001")
def two_names() -> Graph:
    graph = draw(agent("Ann"), agent("Bob"), edges="ann > bob")
    entry = {"section": "agents", "id": "ann", "field": ["name"], "base": "A", "ours": "Ann", "theirs": "Anna"}
    graph.extra["conflicts"] = [entry]
    return graph


@case("M001")
def removed_and_changed() -> Graph:
    graph = draw(agent("Ann"), agent("Bob"), edges="ann > bob")
    graph.extra["conflicts"] = [
        {"section": "agents", "id": "bob", "base": {"name": "B"}, "theirs": {"name": "Bob"}},
        {"section": "edges", "id": "gone", "field": ["name"], "ours": "x", "theirs": "y"},
    ]
    return graph


@case("G027")
def muted_reviewer() -> Graph:
    return draw(agent("Ann"), agent("Bob", disabled="muted"), agent("Cleo", disabled="muted"), edges="ann > bob")


@case("G027")
def bypassed_reviewer() -> Graph:
    return draw(agent("Ann"), agent("Bob", disabled="bypassed"), agent("Cleo"), edges="ann > bob, bob > cleo")


@case("P006")
def helps_and_works() -> Graph:
    return draw(agent("Read"), agent("Ann"), agent("Bob"), agent("Sum"),
                edges="read > ann, ann > sum, read > bob, bob > sum, ann ! bob")  # fmt: skip


@case("P006")
def the_other_way_of_a_choice() -> Graph:
    return draw(agent("Read"), agent("Ann"), agent("Bob"), agent("Sum"),
                edges="read > ann ? value != '', read > bob ? otherwise, ann > sum, bob > sum, ann ! bob")  # fmt: skip


@case("P006")
def helps_and_leads_elsewhere() -> Graph:
    return draw(agent("Read"), agent("Ann"), agent("Bob"), agent("Sum"), agent("File"),
                edges="read > ann, ann > sum, read > bob, bob > file, ann ! bob")  # fmt: skip


@case("W012")
def a_stranger_finishes() -> Graph:
    limit = {"max_hops": 3, "on_limit": "finish", "finish_with": "zoe"}
    return draw(agent("Ann", description="Bills.", handover=limit), agent("Bob", description="Post."), agent("Zoe"),
                edges="ann ^ bob, bob ^ ann, ann > zoe, bob > zoe")  # fmt: skip


@case("W012")
def somebody_gone_finishes() -> Graph:
    limit = {"max_hops": 3, "on_limit": "finish", "finish_with": "gone"}
    return draw(agent("Ann", description="Bills.", handover=limit), agent("Bob", description="Post."),
                edges="ann ^ bob, bob ^ ann")  # fmt: skip


@case("W012")
def no_peers_to_finish_for() -> Graph:
    return draw(agent("Ann", handover={"finish_with": "bob"}), agent("Bob"), edges="ann > bob")


@case("G028")
def kept_for_nothing() -> Graph:
    inner = draw(agent("Ann"), agent("Bob"), edges="ann > bob", name="Search")
    deeper = draw(agent("Cid", "graph", config={"graph": "search"}), name="Research")
    return draw(agent("Zoe"), graphs={"search": inner, "research": deeper})
