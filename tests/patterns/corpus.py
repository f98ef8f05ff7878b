"""Labelled systems of tests/data, as they are and with the edge kinds erased, and how answers are scored."""

import functools
import json
import statistics
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quartet.graph.files import loads
from quartet.patterns.tree import Leaf
from quartet.patterns.verdict import Verdict, classify

DATA = Path(__file__).parent.parent / "data"


Part = tuple[str, frozenset[str]]
_CHILDREN = {"pipeline": "pipeline", "fan_out": "fan_out", "supervisor": "workers", "swarm": "swarm"}


def systems(
    *, erased: bool, folder: str = "corpus", nameless: bool = False, lots: frozenset[int] | None = None
) -> Iterator[tuple[str, dict[str, Any], Verdict]]:
    """Each system's name, its label and the verdict on it; `nameless` agents have numbers for names, and no roles.

    `lots`: only those of these lots, by number; those that state none are in lot 0.
    """
    for path in sorted((DATA / folder).glob("*.json")):
        document = json.loads(path.read_text())
        if lots is not None and document["graph"].get("lot", 0) not in lots:
            continue
        label = document["graph"]["label"]
        document["graph"] = {"name": document["graph"]["name"]}
        for number, node in enumerate(document["nodes"] if nameless else ()):
            node["name"] = f"a{number}"
            node.pop("role", None)
        if erased:
            for edge in document["edges"]:
                del edge["kind"]
        yield path.stem, label, classify(loads(json.dumps(document)).graph)


def parts(tree: Any) -> tuple[frozenset[str], set[Part]]:
    """The agents of a tree as JSON, and its parts, each as its pattern and the agents under it.

    Whether a step before or after a fan-out is a stage of a pipeline or the fan-out's own makes no difference.
    """
    if isinstance(tree, str):
        return frozenset([tree]), set()
    pattern = next(name for name in _CHILDREN if name in tree)
    under = [parts(child) for child in tree[_CHILDREN[pattern]]]
    agents = frozenset().union(*(each for each, _ in under))
    found = {part for _, inner in under for part in inner}
    ends = frozenset(tree[end] for end in ("trigger", "collector", "board") if tree.get(end))
    if pattern == "supervisor":
        agents |= {tree["supervisor"]}
        return agents, found | {(pattern, agents)}
    if pattern == "fan_out":
        return agents | ends, found | {(pattern, agents)}
    if pattern == "swarm":
        return agents | (ends - {tree.get("trigger")}), found | {(pattern, agents)}
    stages: list[str] = []
    for stage in tree["pipeline"]:
        if isinstance(stage, dict) and "fan_out" in stage:
            stages += ["step"] * bool(stage.get("trigger")) + ["fan_out"] + ["step"] * bool(stage.get("collector"))
        else:
            stages.append("step" if isinstance(stage, str) else "part")
    at = stages.index("fan_out") if stages.count("fan_out") == 1 and "part" not in stages else -1
    alone = at in (0, 1) and len(stages) - at <= 2
    return agents, found if alone else found | {(pattern, agents)}


def likeness(label: Any, verdict: Verdict) -> float:
    """How much of a label's tree was found: the F1 measure of its parts."""
    expected = parts(label)[1]
    tree = verdict.tree
    found = set() if tree is None or isinstance(tree, Leaf) else parts(json.loads(verdict.line())["tree"])[1]
    return 2 * len(found & expected) / (len(found) + len(expected)) if found or expected else 1.0


@functools.cache
def shares(
    *, erased: bool, folder: str = "corpus", nameless: bool = False, lots: frozenset[int] | None = None
) -> dict[str, float]:
    """The share of right answers, by how sure the label is, with its alternatives, and as a mean of the patterns'."""
    strict: dict[str, list[bool]] = defaultdict(list)
    patterns: dict[str, list[bool]] = defaultdict(list)
    lenient: list[bool] = []
    certain: list[bool] = []
    to_the_letter: list[bool] = []
    trees: list[float] = []
    for _, label, verdict in systems(erased=erased, folder=folder, nameless=nameless, lots=lots):
        trees.append(likeness(label["tree"], verdict))
        right = verdict.top == label["top"]
        strict[label["sure"]].append(right)
        if label["sure"] != "low":
            patterns[label["top"]].append(right)
        lenient.append(right or verdict.top in label["alt"])
        if verdict.confidence == "high":
            certain.append(lenient[-1])
            to_the_letter.append(right)
    found = {
        "high": statistics.mean(strict["high"]),
        "high and medium": statistics.mean(strict["high"] + strict["medium"]),
        "lenient": statistics.mean(lenient),
        "macro": statistics.mean(map(statistics.mean, patterns.values())),
        "tree": statistics.mean(trees),
        "certain": statistics.mean(certain or [True]),
        "certain, without alternatives": statistics.mean(to_the_letter or [True]),
    }
    return {name: round(share, 3) for name, share in found.items()}
