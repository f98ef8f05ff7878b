"""What goes wrong in any pattern: agents that start too early, ways out that nobody meant, writes that collide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from quartet.agents.expressions import ExpressionError, holds
from quartet.graph.edits import Edit, Set
from quartet.graph.model import Agent, AgentId, Graph
from quartet.rules.answers import choices_of
from quartet.rules.budgets import MONEY
from quartet.rules.finding import Finding
from quartet.rules.moments import Happening, Moment, Watch, both, either, once, spends, then
from quartet.rules.staging.stage import Scene, flows, moment_of, name, patience, script, scripted, stage, way_to

VALUES: tuple[Any, ...] = ("neither", 0, True, False, None, [], {}, "")
"""Results among which one is looked for that meets no condition; the numbers that the conditions name come after."""
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
FIELD = re.compile(r"\bvalue\.(\w+)")


@stage("G010")
def alone(graph: Graph, finding: Finding) -> Scene | None:
    """It works beside all others, and nobody uses what it makes."""
    id = finding.agents[0]
    if not scripted(graph, id):
        return None
    who = name(graph, id)
    return Scene(
        f"{who} starts with the run, whatever the others do.",
        [script(id, {"returns": f"what {who} made", "after": 1.0})],
        moment_of(finding, f"{who} is done, and nobody waits for what it made.",
                  once("activation.finished", id, state="succeeded")),
    )  # fmt: skip


@stage("G011")
def starts_by_itself(graph: Graph, finding: Finding) -> Scene | None:
    """It starts with the input of the run, not with what the event says."""
    id, event = finding.agents[:2]
    who, what = name(graph, id), name(graph, event)

    def begin() -> Watch:
        def watch(told: Happening) -> bool:
            return told.type == "activation.ready" and told.agent == id and not (told.data or {}).get("inputs")

        return watch

    return Scene(
        f"Look at {who}: it does not wait for {what}.",
        [],
        moment_of(finding, f"{who} starts with the input of the run: {what} told it nothing.", begin),
    )


@stage("G012")
def never_fires(graph: Graph, finding: Finding) -> Scene | None:
    """Everything comes that can come, and the join goes on waiting."""
    id = finding.agents[0]
    sources = [edge.source for edge in flows(graph, target=id)]
    who = name(graph, id)

    def begin() -> Watch:
        def watch(told: Happening) -> bool:
            ended = told.type == "activation.finished" and told.agent == id
            return ended and (told.data or {}).get("state") in ("skipped", "failed")

        return watch

    return Scene(
        f"All that can come comes to {who}.",
        [],
        Moment(f"{who} will never get what it waits for, so it does nothing.", begin, (id, *sources), finding.edges),
    )


@stage("G014")
def goes_both_ways(graph: Graph, finding: Finding) -> Scene | None:
    """A condition holds, and the way without one is taken all the same."""
    id = finding.agents[0]
    out = [graph.edges[edge] for edge in finding.edges if edge in graph.edges]
    always = next((edge for edge in out if edge.when is None), None)
    chosen = next((edge for edge in out if edge.when is not None), None)
    if always is None or chosen is None or not scripted(graph, id):
        return None
    who, one, other = name(graph, id), name(graph, chosen.target), name(graph, always.target)
    watch = both(once("edge.token", edge=chosen.id, kind="value"), once("edge.token", edge=always.id, kind="value"))
    # without a script an agent takes its first conditional way
    unscripted = [Set(section="agents", id=id, values={"rehearsal": None})] if graph.agents[id].rehearsal else []
    return Scene(
        f"{who} decides for {one}.",
        [*way_to(graph, id), *unscripted],
        Moment(f"{who} decided for {one}, and {other} starts all the same.", watch,
               (id, chosen.target, always.target), (chosen.id, always.id)),
    )  # fmt: skip


@stage("G015")
def goes_nowhere(graph: Graph, finding: Finding) -> Scene | None:
    """A result that meets none of the conditions."""
    id = finding.agents[0]
    out = [graph.edges[edge] for edge in finding.edges if edge in graph.edges]
    value = _meets_none([edge.when or "" for edge in out])
    if value is None or not scripted(graph, id):
        return None
    who = name(graph, id)
    return Scene(
        f"{who} returns {value[0]!r}, which meets none of the conditions.".replace("'", "“", 1).replace("'", "”", 1),
        [*way_to(graph, id), script(id, {"returns": value[0], "after": 1.0})],
        moment_of(finding, f"No condition holds: nothing after {who} starts.",
                  once("edge.token", edge=out[-1].id, kind="skipped")),
    )  # fmt: skip


@stage("G016")
def one_overwrites_the_other(graph: Graph, finding: Finding) -> Scene | None:
    """The one that is drawn first writes last."""
    first, second = finding.agents[:2]
    if not scripted(graph, first, second):
        return None
    key = finding.title.rpartition(" both write ")[2]
    long = patience(graph, [first, second])
    one, other = name(graph, first), name(graph, second)
    if key in (graph.state or {}):
        return Scene(
            f"{one} and {other} both write {key}.",
            [_writes(first, key, one, 1.0), _writes(second, key, other, 2.0)],
            moment_of(finding, f"{one} and {other} both wrote {key}, and neither knew of the other: the run fails.",
                      once("state.conflict")),
        )  # fmt: skip
    edits: list[Edit] = [
        script(first, {"returns": f"what {one} wrote", "after": long}),
        script(second, {"returns": f"what {other} wrote", "after": min(1.0, long / 2)}),
    ]
    return Scene(
        f"{one} is slow this time. Whoever is last decides what {key} holds.",
        edits,
        moment_of(finding, f"{one} writes {key} after {other}: what {other} wrote is gone.",
                  then(once("activation.finished", second), once("activation.finished", first))),
    )  # fmt: skip


def _writes(id: AgentId, key: str, value: str, after: float) -> Edit:
    call = {"tool": "write_state", "arguments": {"key": key, "value": value}}
    return script(id, {"calls": [call], "returns": f"what {value} wrote", "after": after})


@stage("G017")
def works_twice(graph: Graph, finding: Finding) -> Scene | None:
    """All of them start with the same input."""
    if not scripted(graph, *finding.agents):
        return None
    first, second = finding.agents[:2]
    return Scene(
        "Look at what they are given, and what comes out.",
        [],
        moment_of(finding, f"{name(graph, second)} starts on what {name(graph, first)} does as well.",
                  both(once("attempt.started", first), once("attempt.started", second))),
    )  # fmt: skip


@stage("G018")
def spends_without_end(graph: Graph, finding: Finding) -> Scene | None:
    """Every model costs more than anybody meant."""
    models = [id for id, agent in graph.agents.items() if agent.kind == "llm" and scripted(graph, id)]
    if not models:
        return None
    each = 3 * MONEY
    edits = [*(_costs(graph.agents[id], each) for id in models), *way_to(graph, models[0])]
    return Scene(
        f"Each call costs US$ {each:.2f} this time. Look at what the run has used.",
        edits,
        Moment(f"The run cost more than US$ {MONEY:.2f}, and nothing has stopped it.", spends(MONEY),
               finding.agents or tuple(models)),
    )  # fmt: skip


def _costs(agent: Agent, money: float) -> Edit:
    own = [dict(entry) for entry in agent.rehearsal or ()] or [{"returns": "fine", "after": 1.0}]
    return script(agent.id, *({**entry, "usage": {"input_tokens": 9_000, "output_tokens": 900, "cost": money}}
                              for entry in own))  # fmt: skip


@stage("G024")
def reads_nothing(graph: Graph, finding: Finding) -> Scene | None:
    """It reads a key of the state, and there is nothing in it."""
    id = finding.agents[0]
    agent = graph.agents[id]
    empty = [key for key in agent.reads or () if key in (graph.state or {})]
    if not empty or not scripted(graph, id):
        return None
    who = name(graph, id)
    return Scene(
        f"{who} reads {empty[0]}.",
        [script(id, {"calls": [{"tool": "read_state", "arguments": {"keys": empty[:1]}}], "after": 1.0})],
        moment_of(finding, f"{who} has read {empty[0]}, and it holds nothing: nobody writes it.",
                  once("state.read", id)),
    )  # fmt: skip


@stage("G025")
def as_expected(graph: Graph, finding: Finding) -> Scene | None:
    """It takes as long, and costs as much, as is expected of it."""
    id = finding.agents[0]
    estimate = graph.agents[id].estimate
    if estimate is None or not scripted(graph, id):
        return None
    who = name(graph, id)
    dear = finding.title.startswith((f"{who} has too little money", f"{who} costs"))
    takes = max(estimate.slow or 0.0, estimate.seconds or 0.0) + 0.1
    entry: dict[str, Any] = {"returns": f"what {who} made", "after": 1.0 if dear else takes}
    if dear:
        entry["usage"] = {"input_tokens": 1_000, "output_tokens": 100, "cost": estimate.cost}
    what, watch = f"takes {takes:.0f} s", either(once("attempt.timed_out", id), once("limit.exceeded"))
    if dear:
        what, watch = f"costs US$ {estimate.cost:g}", once("limit.exceeded")
    return Scene(
        f"{who} {what}, as is expected of it.",
        [*way_to(graph, id), script(id, entry)],
        moment_of(finding, f"{who} was stopped by a limit, although all went as expected.", watch),
    )


@stage("G029")
def goes_on_whatever_is_chosen(graph: Graph, finding: Finding) -> Scene | None:
    """The person chooses the last answer, and what the first one would lead to follows all the same."""
    id = finding.agents[0]
    out, choices = flows(graph, source=id), choices_of(graph.agents[id])
    if not out or not choices or not scripted(graph, id):
        return None
    who, follows, chosen = name(graph, id), name(graph, out[0].target), choices[-1]
    return Scene(
        f"{who} answers “{chosen}” this time.",
        [*way_to(graph, id), script(id, {"returns": chosen, "after": 1.0})],
        Moment(f"{who} answered “{chosen}”, and {follows} follows all the same.",
               then(once("activation.finished", id, value=chosen), once("edge.token", edge=out[0].id, kind="value")),
               (id, out[0].target), (out[0].id,)),
    )  # fmt: skip


def _meets_none(conditions: Sequence[str]) -> tuple[Any] | None:
    """A result for which none of these conditions holds, and all can be evaluated; None if none is found."""
    numbers = sorted({float(found) for text in conditions for found in NUMBER.findall(text)})
    near = [number + step for number in numbers for step in (0, -1, 1)]
    whole: list[Any] = [int(number) if number.is_integer() else number for number in near]
    values = [*VALUES, *whole]
    fields = {field for text in conditions for field in FIELD.findall(text)}
    for value in [*values, *(dict.fromkeys(sorted(fields), value) for value in values if fields)]:
        variables = {"input": "", "value": value, "from": {}, "context": {}, "visit": 1, "state": {}}
        try:
            if not any(holds(text, variables) for text in conditions):
                return (value,)
        except ExpressionError:
            continue
    return None
