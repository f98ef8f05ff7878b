"""Labelled systems of tests/data, as they are and with the edge kinds erased, and how answers are scored."""

import json
import statistics
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quartet.graph.files import loads
from quartet.patterns.verdict import Verdict, classify

DATA = Path(__file__).parent.parent / "data"


def systems(*, erased: bool, folder: str = "corpus") -> Iterator[tuple[str, dict[str, Any], Verdict]]:
    """Each system's name, its label and the verdict on it."""
    for path in sorted((DATA / folder).glob("*.json")):
        document = json.loads(path.read_text())
        label = document["graph"]["label"]
        document["graph"] = {"name": document["graph"]["name"]}
        if erased:
            for edge in document["edges"]:
                del edge["kind"]
        yield path.stem, label, classify(loads(json.dumps(document)).graph)


def shares(*, erased: bool, folder: str = "corpus") -> dict[str, float]:
    """The share of right answers, by how sure the label is, with its alternatives, and as a mean of the patterns'."""
    strict: dict[str, list[bool]] = defaultdict(list)
    patterns: dict[str, list[bool]] = defaultdict(list)
    lenient: list[bool] = []
    certain: list[bool] = []
    to_the_letter: list[bool] = []
    for _, label, verdict in systems(erased=erased, folder=folder):
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
        "certain": statistics.mean(certain or [True]),
        "certain, without alternatives": statistics.mean(to_the_letter or [True]),
    }
    return {name: round(share, 3) for name, share in found.items()}
