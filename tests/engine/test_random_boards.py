"""Whatever peers do with the work on a board and with the state they share: nothing is lost, and nothing done twice."""

import random

import pytest

from enduring import Trials
from engine.drawing import Told, rehearse
from engine.journals import cut, go_on, read, record
from quartet.engine.invariants import violations
from quartet.engine.journal import Recorded, Replayed
from quartet.graph.model import Agent, Edge, Graph, RunLimits, StateKey

SKILLS = ["a", "b", "c"]
CALLS = ["post_work", "claim_work", "finish_work", "release_work", "write_state", "read_state", "write_state_B"]
KEYS = {"last": "last", "log": "append", "n": "sum", "m": "merge"}
GOALS = [None, None, None, "context.done >= 3", "size(value) > 1 || context.dead > 0", "state.n > 2"]


def random_call(rng: random.Random) -> dict:
    tool = rng.choice(CALLS)
    item = rng.randint(1, 5)
    arguments: dict = {
        "post_work": {"work": rng.choice(["more", {"x": 1}]), "needs": rng.choice([[], ["a"]]), "priority": 1},
        "finish_work": {"item": item, "value": "by hand", **rng.choice([{}, {"fence": rng.randint(1, 3)}])},
        "release_work": {"item": item, "note": "no", "prefer": rng.choice(SKILLS)},
        "write_state": {"key": rng.choice([*KEYS, "strange"]), "value": rng.choice([1, 0.5, "x", {"k": 1}])},
        "write_state_B": {"key": "note", "value": rng.randint(0, 3)},
    }.get(tool, {})
    return {"tool": tool, "arguments": arguments}


def random_entry(rng: random.Random, depth: int = 0) -> dict:
    entry: dict = {"after": rng.choice([0, 1, 3, 12])}
    match rng.choice(["returns", "returns", "fails", "calls", "calls", "hangs", "beats"]):
        case "fails":
            entry |= {"fails": "boom", "retry": rng.random() < 0.5}
        case "calls":
            entry["calls"] = [random_call(rng) for _ in range(rng.randint(1, 4))]
            if depth < 2 and rng.random() < 0.6:
                entry["then"] = random_entry(rng, depth + 1)
        case "hangs":
            entry = {"hangs": True}
        case "beats":
            entry |= {"beats": [rng.choice([1, 4]), 5], "returns": "after beats"}
        case _:
            entry["returns"] = rng.choice([1, "done", [1]])
    return entry


def random_swarm(seed: int) -> tuple[Graph, list]:
    """Peers at a board that work comes to, some with work of their own, some watched; and that work."""
    rng = random.Random(seed)
    graph = Graph(limits=RunLimits(deadline=300, max_concurrency=rng.choice([1, 2, 64])))
    graph.state = {key: StateKey(reducer=reducer) for key, reducer in KEYS.items()}
    policy = {
        "lease": rng.choice([2, 10]), "max_deliveries": rng.randint(1, 3), "max_claims_per_agent": rng.randint(1, 2),
        "unclaimable_after": rng.choice([5, 20]), "on_unclaimable": rng.choice(["fail", "wait", "escalate"]),
        "done_when": rng.choice(GOALS),
    }  # fmt: skip
    graph.agents["t"] = Agent(id="t", kind="template", name="t")
    graph.agents["B"] = Agent(id="B", kind="board", name="B", board=policy, ignore_failures=rng.random() < 0.3)
    edges = [("t", "B", "flow")] if rng.random() < 0.8 else [("t", "p0", "flow")]
    watched = rng.random() < 0.5
    if watched:
        graph.agents["S"] = Agent(id="S", kind="supervisor", name="S", oversight={"max_restarts": 1})
    for n in range(rng.randint(1, 4)):
        id = f"p{n}"
        fields: dict = {
            "skills": rng.sample(SKILLS, rng.randint(0, 3)), "limits": {"start_to_close": rng.choice([5, 30])},
            "retry": {"max_attempts": rng.randint(1, 2), "initial_interval": rng.choice([0.5, 4])},
            "rehearsal": [random_entry(rng) for _ in range(rng.randint(1, 3))],
            "reads": rng.choice([None, ["n", "log", "note"]]), "writes": rng.choice([None, [*KEYS, "note"]]),
        }  # fmt: skip
        graph.agents[id] = Agent(id=id, kind="template", name=id, **fields)
        edges.append((id, "B", "share"))
        if watched and rng.random() < 0.6:
            edges.append(("S", id, "supervise"))
        if rng.random() < 0.2 and n:
            edges.append(("t", id, "flow"))
    if rng.random() < 0.5:
        graph.agents["z"] = Agent(id="z", kind="template", name="z")
        edges.append(("B", "z", "flow"))
    for number, (source, target, kind) in enumerate(edges):
        graph.edges[f"e{number}"] = Edge(id=f"e{number}", source=source, target=target, kind=kind)
    work = [rng.choice([n, {"n": n, "needs": rng.sample(SKILLS, 1), "priority": n % 3}]) for n in range(6)]
    graph.agents["t"] = graph.agents["t"].model_copy(update={"rehearsal": ({"returns": work, "after": 0},)})
    return graph, work


def nothing_is_lost(told: Told) -> None:
    """Every piece of work that came is done once, or given up once, unless the run or the board ended before."""
    ended = [e.data["done"] + e.data["dead"] for e in told.of("swarm.quiescent") if e.data["by"] == "empty"]
    for number, item in (told.state.boards["B"].items if "B" in told.state.boards else {}).items():
        done = [d for d in told.data("work.done") if d["item"] == number]
        assert len(done) <= 1
        if ended:
            assert item.status in ("done", "dead"), (number, item)
    assert all(item.status != "claimed" for board in told.state.boards.values() for item in board.items.values())


def try_one(seed: int) -> str:
    """Rehearse a random swarm, as it is or cancelled somewhere; how it ended."""
    graph, work = random_swarm(seed)
    rng = random.Random(-seed)
    cancel_at = rng.choice([None, None, rng.randint(1, 80)])
    told = rehearse(graph, work, cancel_at=cancel_at)
    nothing_is_lost(told)
    assert rehearse(graph, work, cancel_at=cancel_at).events == told.events, "a rehearsal is the same every time"
    return told.status


@pytest.mark.parametrize("block", range(4))
def test_every_swarm_ends_in_order(block: int) -> None:
    assert {try_one(seed) for seed in range(block * 50, block * 50 + 50)} == {"succeeded", "failed", "cancelled"}


def resume_one(seed: int, folder) -> str:
    """Record a random swarm, cut it off somewhere and go on: what succeeded stays, and the rest comes to its end."""
    graph, work = random_swarm(seed)
    path = folder / f"{seed}.run"
    events = record(graph, path, work)
    with Recorded.open(path) as recorded:
        count = recorded.count
        assert Replayed(recorded).events == events
    if count < 2:
        return "short"
    path = cut(path, random.Random(seed).randrange(1, count), folder / f"{seed}-cut.run")
    before = read(path)
    after, state = go_on(path)
    assert violations([*before, *after], graph) == []
    assert state.finished
    return state.status


def test_a_swarm_goes_on_from_anywhere(tmp_path) -> None:
    assert {resume_one(seed, tmp_path) for seed in range(60)} >= {"succeeded", "failed"}


@pytest.mark.endure
def test_very_many_swarms_end_in_order(trials: Trials, tmp_path) -> None:
    for seed in trials:
        trials.count(try_one(seed))
        trials.count(f"resumed: {resume_one(seed, tmp_path)}")
