"""Whatever groups are drawn, whoever fails or dies in them, whatever a person does meanwhile: the invariants hold."""

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enduring import Trials
from engine.conformance import Case, Person, play, to_its_end
from engine.drawing import Told, draw
from engine.journals import cut, read
from engine.persons import act
from quartet.engine import RunState, resume
from quartet.engine.clock import VirtualClock
from quartet.engine.invariants import violations
from quartet.engine.journal import Recorded
from quartet.graph.files import Opened

DIRECTIVES = ["restart", "restart", "reassign", "reassign", "escalate", "stop", "ignore"]
TIMES = [0.4, 1, 3]


def random_oversight(rng: random.Random) -> dict:
    found: dict[str, Any] = {
        "dispatch": rng.choice(["graph", "graph", "broadcast", "split", "pool"]),
        "strategy": rng.choice(["one_for_one", "one_for_all", "rest_for_one", "pool"]),
    }
    if rng.random() < 0.8:
        found["on_error"] = [
            {"do": rng.choice(DIRECTIVES)} | ({"on": [rng.choice("AB")]} if rng.random() < 0.2 else {})
            for _ in range(rng.randint(1, 3))
        ]
    for name, values in {
        "max_restarts": [0, 1, 2], "max_seconds": [2, 60], "restartable": [True], "max_children": [1, 2],
        "stall_after": [2.5], "root_policy": ["ask_human"], "restart_completed": [True],
        "on_supervisor_crash": ["restart_tree"], "first_pause": [2],
    }.items():  # fmt: skip
        if rng.random() < 0.3:
            found[name] = rng.choice(values)
    return found


def random_deaths(rng: random.Random) -> list[dict]:
    if rng.random() < 0.4:
        return []
    script: list[dict] = [{"fails": "dies", "after": rng.choice([0.5, 1.5, 4])} for _ in range(rng.randint(1, 2))]
    if rng.random() < 0.5:
        script.append({})
    if rng.random() < 0.3:
        script.append({"answers": rng.choice(["restart", "give up", 7])})
    return script


def random_worker(rng: random.Random) -> dict:
    def entry() -> dict:
        kind = rng.random()
        if kind < 0.45:
            return {"fails": "x", "after": rng.choice(TIMES), "type": rng.choice("AB")}
        if kind < 0.55:
            return {"hangs": True, "ignores_cancel": rng.choice([0, 0.7, 9])}
        return {"after": rng.choice([*TIMES, 6])}

    found: dict = {"retry": {"max_attempts": rng.choice([1, 1, 2])}, "rehearsal": [entry() for _ in range(3)]}
    found["limits"] = {"cancel_grace": rng.choice([0, 1]), "start_to_close": 20}
    if rng.random() < 0.15:
        found["restart"] = "temporary"
    return found


def random_team(rng: random.Random) -> tuple[Any, list[str]]:
    """Two or three nested supervisors, their workers with some flow among them and behind them."""
    edges = ["S0 =supervise> S2"]
    if rng.random() < 0.5:
        edges += ["S0 =supervise> S1", "S1 =supervise> a1", "S1 =supervise> a2"]
        if rng.random() < 0.5:
            edges.append("a1 -> a2")
    else:
        edges.append("S0 =supervise> c")
    edges.append("S2 =supervise> b3")
    for edge, likely in {
        "S2 =supervise> b2": 0.5, "b2 -> b3": 0.4, "b1 -> b3": 0.5, "b3 -> z": 0.4, "S2 -> z": 0.3,
        "b2 =handoff> b3": 0.15,
    }.items():  # fmt: skip
        if rng.random() < likely and not (edge.startswith("b2") and "S2 =supervise> b2" not in edges):
            edges.append(edge)
    agents: dict[str, dict] = {}
    for name in ("S0", "S1", "S2"):
        if any(name in edge for edge in edges):
            agents[name] = {"oversight": random_oversight(rng), "rehearsal": random_deaths(rng)}
    for name in ("a1", "a2", "b1", "b2", "b3", "c", "z"):
        if any(name in edge.split() for edge in edges):
            agents[name] = random_worker(rng)
    graph = draw(",, ".join(edges), limits={"deadline": 9000, "max_activations": 60}, **agents)
    return graph, list(agents)


def random_deeds(rng: random.Random, names: list[str]) -> list[tuple]:
    """What a person does in the run, at random moments."""
    deeds: list[tuple] = []
    when = 0.0
    for _ in range(rng.choice([0, 0, 1, 2, 3])):
        when += rng.choice([0, 0.4, 1, 1.3, 2])
        who = rng.choice(names)
        deeds.append(rng.choice([
            (when, "stop_agent", who), (when, "restart_agent", who), (when, "resolve", who, "by hand"),
            (when, "answer", who, rng.choice(["restart", "give up", 1])),
        ]))  # fmt: skip
    if rng.random() < 0.25:
        deeds.append((when + rng.choice([0, 0.4, 2]), "cancel", "person"))
    return deeds


def try_one(seed: int) -> Told:
    """Rehearse a random team with a random person; `Told` checks the invariants."""
    rng = random.Random(seed)
    graph, names = random_team(rng)
    value = rng.choice(["in", ["x", "y", "z"]])
    deeds = random_deeds(rng, names)
    told, _ = act(graph, deeds, value)
    plans = [agent.oversight for agent in graph.agents.values() if agent.oversight is not None]
    if not any(plan.max_seconds for plan in plans):  # restarts far enough apart go on for ever where that is stated
        assert told.state.t < 9000, f"seed {seed}: it only ended at its deadline"
    if told.status == "succeeded":
        assert told.state.unhandled == []
    assert act(graph, deeds, value)[0].events == told.events, "a rehearsal is the same every time"
    return told


@given(st.integers(0, 10**9))
def test_every_team_ends_in_order(seed: int) -> None:
    try_one(seed)


def test_the_trials_are_of_all_sorts() -> None:
    seen: dict[str, int] = {}
    for seed in range(150):
        told = try_one(seed)
        for type in {told.status, *(event.type for event in told.events)}:
            seen[type] = seen.get(type, 0) + 1
    for wanted in (
        "succeeded", "failed", "cancelled", "group.restart_scheduled", "group.escalated", "group.supervisor_crashed",
        "group.supervisor_restarted", "worker.reassigned", "worker.stalled", "activation.stop_requested",
        "activation.restart_requested", "activation.resolved_manually", "wait.resolved", "attempt.abandoned",
    ):  # fmt: skip
        assert seen.get(wanted, 0) >= 2, (wanted, seen)


def try_cut(seed: int, folder: Path) -> None:
    """Record a random team, cut it off somewhere, go on: what was lost is made good in order."""
    rng = random.Random(seed)
    graph, names = random_team(rng)
    graph.input = rng.choice(["in", ["x", "y", "z"]])
    deeds = [{"at": when, "do": do, "with": rest} for when, do, *rest in random_deeds(rng, names)]
    case = Case("team", Opened(graph, "quartet", None, ()), {"commands": deeds}, {})
    whole = folder / f"{seed}.run"
    play(case, whole)
    with Recorded.open(whole) as found:
        count = found.count
    path = cut(whole, rng.randrange(1, count), folder / f"{seed}-cut.run") if count > 1 else whole
    before, clock, person = read(path), VirtualClock(), Person(case)
    with Recorded.open(path) as found:
        person.took_part(sum(given.what == "do" for given in found.inputs()), before)
    after, state = to_its_end(resume(path, clock=clock), clock, person, {})
    assert violations([*before, *after], graph) == []
    folded = RunState()
    for event in [*before, *after]:
        folded.apply(event)
    assert folded == state
    assert state.finished


@pytest.mark.parametrize("block", range(4))
def test_every_team_that_is_cut_off_goes_on_in_order(block: int, tmp_path: Path) -> None:
    for seed in range(block * 10, block * 10 + 10):
        try_cut(seed, tmp_path)


@pytest.mark.endure
def test_very_many_teams_that_are_cut_off_go_on_in_order(trials: Trials, tmp_path: Path) -> None:
    for seed in trials:
        (folder := tmp_path / str(seed)).mkdir()
        try_cut(seed, folder)
        shutil.rmtree(folder, ignore_errors=True)  # the journal may be closed in this very moment


@pytest.mark.endure
def test_very_many_teams_end_in_order(trials: Trials) -> None:
    for seed in trials:
        trials.count(try_one(seed).status)
