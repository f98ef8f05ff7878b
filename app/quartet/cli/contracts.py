"""What `--json` prints, as types: the programs that read it rely on them, and `quartet schema` prints their schemas.

Each report says its name and version. Within a version fields may be added, so readers pass over what they do not
know; none is taken away, renamed or given another meaning without a new version.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypeAlias

from pydantic import Field, TypeAdapter
from typing_extensions import TypeAliasType, TypedDict

from quartet.graph.model import JSON
from quartet.patterns.tree import Pattern, Top
from quartet.rules.finding import Confidence, Severity

VERSION: Literal[1] = 1
Version: TypeAlias = Annotated[Literal[1], Field(description="A reader of one version need not understand another.")]
Ids: TypeAlias = list[str]
EditData: TypeAlias = Annotated[
    dict[str, JSON],
    Field(description="A change of the graph file: add, set or remove an item, set a field of the graph, move agents."),
]


class ClassifyFailure(TypedDict):
    """A file that cannot be read. The exit code is 2."""

    report: Literal["classify"]
    version: Version
    file: str
    error: str


class ValidateFailure(TypedDict):
    """A file that cannot be read, or is of a newer version and not judged. The exit code is 2."""

    report: Literal["validate"]
    version: Version
    file: str
    error: str


class SimulateFailure(TypedDict):
    """A file that cannot be read, or a graph that cannot run. The exit code is 2."""

    report: Literal["simulate"]
    version: Version
    file: str
    error: str
    problems: Annotated[list[str], Field(description="Why the graph cannot run; empty if the file cannot be read.")]


class DiffFailure(TypedDict):
    """One of the files cannot be read. The exit code is 2."""

    report: Literal["diff"]
    version: Version
    before: str
    after: str
    error: str


# classify --------------------------------------------------------------------------------------------------------


class Question(TypedDict):
    """A question of the decision framework, as asked of the whole or of a part."""

    question: str
    answer: str
    note: Annotated[str, Field(description="What the answer rests on.")]
    edges: Annotated[Ids, Field(description="The edges that prove it.")]
    chosen: Annotated[bool, Field(description="It settled the pattern.")]


class Change(TypedDict):
    """The smallest change found that would make a part another pattern."""

    to: Pattern
    text: str
    edges: Annotated[Ids, Field(description="The edges of today's drawing that it concerns.")]
    edits: list[EditData]


class Part(TypedDict):
    """The whole or a part of the tree."""

    pattern: Pattern
    agents: Annotated[Ids, Field(description="All of its agents, sorted.")]
    questions: list[Question]
    changes: list[Change]
    undecided: NotRequired[
        Annotated[
            list[Pattern],
            Field(description="It was not found out whether a small change leads to these: it takes too many tries."),
        ]
    ]
    confidence: NotRequired[Annotated[Confidence, Field(description="Where there is a doubt about this part.")]]
    inferred: NotRequired[Annotated[bool, Field(description="It rests on edge kinds that the file does not state.")]]


class Inference(TypedDict):
    """What an edge was taken for, because the file does not say it."""

    edge: str
    kind: Annotated[str, Field(description="flow, supervise, handoff or share.")]
    loop: NotRequired[bool]
    reason: str
    confidence: Annotated[Confidence, Field(description="How sure that is.")]


class Note(TypedDict):
    """Something worth knowing about the verdict."""

    code: str
    text: str
    agents: Ids
    edges: Ids


class _Marks(TypedDict):
    trigger: NotRequired[str]
    collector: NotRequired[str]
    loop: NotRequired[Annotated[bool, Field(description="The last stages lead back to the first ones.")]]
    inferred: NotRequired[bool]
    fallback: NotRequired[Annotated[dict[str, Ids], Field(description="By agent, who steps in when it fails.")]]
    repeats: NotRequired[Annotated[Ids, Field(description="Agents directly under this part that lead back to itself.")]]


class PipelineTree(_Marks):
    """Stages one after the other."""

    pipeline: list[Tree]
    entangled: NotRequired[Annotated[bool, Field(description="The stages are only levels; edges cross them.")]]


class FanOutTree(_Marks):
    """Branches that one event starts, in no order."""

    fan_out: list[Tree]
    exclusive: NotRequired[Annotated[bool, Field(description="Exactly one branch runs: a router.")]]
    dynamic: NotRequired[Annotated[bool, Field(description="One branch stands for as many copies as there are data.")]]


class SupervisorTree(_Marks):
    """An agent over its workers, in no order."""

    supervisor: str
    workers: list[Tree]
    exclusive: NotRequired[Annotated[bool, Field(description="Each task is given to exactly one of them.")]]


class SwarmTree(_Marks):
    """Peers, in no order."""

    swarm: list[Tree]
    board: NotRequired[str]


Tree = TypeAliasType("Tree", "str | PipelineTree | FanOutTree | SupervisorTree | SwarmTree")
"""An agent's id or an inner node."""


class Verdict(TypedDict):
    """What a drawing is, before its tree."""

    top: Annotated[Top, Field(description="The outermost pattern; agent if there is only one, empty if there is none.")]
    confidence: Confidence
    headline: Annotated[str, Field(description="The patterns from the outermost inwards.")]
    alternatives: Annotated[list[Top], Field(description="What a careful reader may also see, the likeliest first.")]
    because: Annotated[dict[str, str], Field(description="By alternative, the reason.")]
    attached: Annotated[dict[str, Ids], Field(description="Tools, boards and events beside the tree, by agent.")]
    fallback: Annotated[dict[str, Ids], Field(description="By agent, who steps in when it fails, in order.")]
    disabled: NotRequired[Annotated[dict[str, str], Field(description="Agents taken out of runs: muted, bypassed.")]]
    decision: Annotated[list[Question], Field(description="The questions as asked of the whole.")]
    inferred: list[Inference]
    notes: list[Note]


class Classified(Verdict):
    """What `quartet classify --json` prints for a file, on a line."""

    report: Literal["classify"]
    version: Version
    file: str
    kept: NotRequired[Annotated[list[str], Field(description="What in the file is not understood, and kept as it is.")]]
    parts: Annotated[list[Part], Field(description="The whole and its parts, from the outermost inwards; 60 at most.")]
    tree: Tree | None


# validate --------------------------------------------------------------------------------------------------------


class Fix(TypedDict):
    """One way to mend a finding."""

    label: str
    edits: list[EditData]


class Finding(TypedDict):
    """Something that will go wrong in a run, or could go better."""

    code: Annotated[str, Field(description="Stable: a letter for the family and a number, as in P001.")]
    severity: Severity
    confidence: Confidence
    title: str
    detail: str
    agents: Annotated[Ids, Field(description="Whom it is about, the most concerned first; empty: the whole graph.")]
    edges: Ids
    fixes: list[Fix]
    inside: NotRequired[Annotated[str, Field(description="The sub-graph it is found in, by its id.")]]
    places: NotRequired[Annotated[Ids, Field(description="The agents and edges in that sub-graph.")]]
    silenced: NotRequired[Annotated[str, Field(description="Why somebody does not want to hear of it.")]]


class Validated(TypedDict):
    """What `quartet validate --json` prints for a file, on a line."""

    report: Literal["validate"]
    version: Version
    file: str
    ok: Annotated[bool, Field(description="Nothing found makes the exit code 1.")]
    findings: list[Finding]
    kept: NotRequired[Annotated[list[str], Field(description="What in the file is not understood, and kept as it is.")]]
    fixed: NotRequired[Annotated[list[str], Field(description="With --fix: what was mended, each as code and label.")]]


# simulate --------------------------------------------------------------------------------------------------------


class Quantiles(TypedDict):
    """How a quantity is spread over the runs: p90 is what nine runs of ten stay below."""

    mean: float
    min: float
    p5: float
    p10: float
    p25: float
    p50: float
    p75: float
    p90: float
    p95: float
    p99: float
    max: float


class Spread(Quantiles):
    """The same, and between which the true mean, median and ninth tenth lie with 95% certainty."""

    mean_range: tuple[float, float]
    p50_range: tuple[float, float]
    p90_range: tuple[float, float]


Share = TypedDict("Share", {"share": float, "from": float, "to": float})
Share.__doc__ = "A share from 0 to 1, and between which the true one lies with 95% certainty."


class Worker(TypedDict):
    """What is expected of an agent's attempts, and what became of it in the runs."""

    seconds: Annotated[float, Field(description="Expected: half of its attempts take less.")]
    slow: Annotated[float, Field(description="Expected: nine of ten attempts take less.")]
    fails: Annotated[float, Field(description="Expected: the share of attempts that fail.")]
    cost: Annotated[float, Field(description="Expected of an attempt, in US$.")]
    items: Annotated[int, Field(description="Pieces of its result, where something takes it apart.")]
    basis: Annotated[
        Literal["stated", "measured", "assumed"],
        Field(description="The best that any of these rests on; `bases` tells of each."),
    ]
    bases: dict[Literal["seconds", "slow", "fails", "cost", "items"], Literal["stated", "measured", "assumed"]]
    samples: Annotated[int, Field(description="Measured attempts that this rests on.")]
    works: Annotated[float, Field(description="Seconds at work in a run, on average.")]
    waited_for: Annotated[float, Field(description="Share of runs in which it lay on the critical path.")]
    fails_it: Annotated[float, Field(description="Share of runs that failed because of it.")]


class Effect(TypedDict):
    """What a suggested change would do: differences to the runs as they are, with the same luck."""

    code: Annotated[str, Field(description="Of the finding that it mends.")]
    fix: str
    success: Annotated[float, Field(description="Of the share of runs that succeed.")]
    success_range: Annotated[tuple[float, float], Field(description="Where the true one lies with 95% certainty.")]
    seconds: Annotated[float, Field(description="Of the median time.")]
    mean_seconds: Annotated[float, Field(description="Of the mean time.")]
    mean_seconds_range: tuple[float, float]
    cost: Annotated[float, Field(description="Of the mean cost, in US$.")]
    cost_range: tuple[float, float]


class Simulated(TypedDict):
    """What `quartet simulate --json` prints."""

    report: Literal["simulate"]
    version: Version
    file: str
    runs: int
    success: Share
    seed: Annotated[int, Field(description="The same seed gives the same runs.")]
    seconds: Spread
    seconds_of_success: Annotated[
        Spread | None, Field(description="Of the runs that succeed, as one that fails may end early; none does: null.")
    ]
    cost: Annotated[Spread, Field(description="US$.")]
    assumptions: Annotated[list[str], Field(description="What is taken for granted, in sentences.")]
    agents: Annotated[dict[str, Worker], Field(description="By id; agents of sub-graphs by path: research/news.")]
    changes: Annotated[list[Effect], Field(description="With --fixes; those without an effect are left out.")]


# diff ------------------------------------------------------------------------------------------------------------


class FieldChange(TypedDict):
    """One field that says something else. A side on which it does not exist is left out."""

    path: list[str]
    before: NotRequired[JSON]
    after: NotRequired[JSON]


class ItemChange(TypedDict):
    """One item that was added, removed or changed."""

    section: Annotated[str, Field(description="agents, edges, frames, notes, graph, …; broken: not understood.")]
    id: NotRequired[Annotated[str, Field(description="Not of what is broken.")]]
    count: NotRequired[Annotated[int, Field(description="Of what is broken: so many.")]]
    how: Literal["added", "removed", "changed"]
    fields: NotRequired[list[FieldChange]]
    text: Annotated[str, Field(description="The same for a person, in a few words.")]


class Moved(TypedDict):
    """An item that stands elsewhere on the canvas."""

    section: str
    id: str


class GraphChanges(TypedDict):
    """What differs in one drawing, and in its sub-graphs by their ids."""

    changes: list[ItemChange]
    moved: list[Moved]
    reordered: Annotated[list[str], Field(description="Sections whose items have another order.")]
    graphs: dict[str, GraphChanges]


class Headlines(TypedDict):
    """The verdicts on both."""

    before: str
    after: str


class Differing(GraphChanges):
    """What `quartet diff --json` prints."""

    report: Literal["diff"]
    version: Version
    before: str
    after: str
    same: Annotated[bool, Field(description="Nothing differs in meaning.")]
    verdict: Headlines


# schemas ---------------------------------------------------------------------------------------------------------

REPORTS: dict[str, Any] = {
    "classify": Classified | ClassifyFailure,
    "validate": Validated | ValidateFailure,
    "simulate": Simulated | SimulateFailure,
    "diff": Differing | DiffFailure,
}
"""By the name of the command."""


def report_schema(name: str) -> dict[str, JSON]:
    """The JSON Schema (2020-12) of what `quartet NAME --json` prints."""
    made = TypeAdapter[Any](REPORTS[name]).json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"quartet {name} --json, version {VERSION}",
        **made,
    }
