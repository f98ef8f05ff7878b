"""`quartet simulate`: what runs of a graph will take, and what a change would do to that. Nothing is executed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from math import fsum
from typing import Any

import quartet.agents.built_in  # noqa: F401  # the rules look the kinds up
from quartet.cli import contracts
from quartet.cli.console import UNREADABLE, complain, followed, open_graph, put, ready, say, wrapped
from quartet.editor.value_words import plural
from quartet.engine.journal.shelf import Shelf
from quartet.engine.meters import money
from quartet.engine.refusal import Refused
from quartet.graph.edits import EditError
from quartet.graph.files import FileProblem
from quartet.graph.model import AgentId, Graph
from quartet.graph.nesting import SUB_GRAPH
from quartet.patterns.verdict import classify
from quartet.rules import Finding, Fix, findings
from quartet.whatif.estimates import Expected, Measured, measure
from quartet.whatif.ranges import mean_range, quantile, quantile_range
from quartet.whatif.simulate import Comparison, Outcome, changed, percent, simulate

BARS = "▁▂▃▄▅▆▇█"
BINS = 40
RECENT = 50
"""So many of the latest runs are measured."""
TRIED = 8
"""Changes that are simulated, the gravest findings' first."""
TOLD = {"seconds": "time", "slow": "its spread", "fails": "failures"}
"""What is told of an agent's estimate."""


def simulate_file(
    name: str, *, runs: int, seed: int, input: Any = None, assume: bool = False, fixes: bool = False, as_json: bool
) -> int:
    """Simulate runs of the graph file `name`; 2 if it cannot be read or not even be rehearsed."""
    try:
        graph = followed(ready(open_graph(name)), name)
    except FileProblem as problem:
        complain(problem)
        if as_json:
            put(_failed(name, str(problem)))
        return UNREADABLE
    measured = {} if assume else _measured(graph)
    try:
        outcome = simulate(graph, input, runs=runs, seed=seed, measured=measured, told=_progress(runs))
        tried = _tried(graph, outcome, input, runs, seed, measured) if fixes else []
    except Refused as refused:
        say(f"quartet: {name} cannot be simulated, because it cannot run:")
        for each in refused.problems:
            say(wrapped(each, "    ", "  - "))
        if as_json:
            put(_failed(name, "It cannot be simulated, because it cannot run.", refused.problems))
        return UNREADABLE
    if as_json:
        put(json.dumps(_data(name, outcome, seed, tried), ensure_ascii=False))
    else:
        told = _told(name, graph, outcome, tried)
        if fixes and not tried:
            told += ["", "  None of the changes that are suggested would change that; `quartet validate` names them."]
        put("\n".join(told))
    return 0


def _measured(graph: Graph) -> dict[AgentId, Measured]:
    """What kept runs of a graph of this name took."""
    mine = [run.path for run in Shelf().runs() if run.name == graph.name and not run.rehearse]
    return measure(mine[:RECENT])


def _progress(runs: int) -> Callable[[int], bool] | None:
    if not sys.stderr.isatty():
        return None

    def told(done: int) -> bool:
        if done % 50 == 0 or done == runs:
            sys.stderr.write(f"\r{done:,} of {runs:,} runs" if done < runs else "\r\x1b[K")
            sys.stderr.flush()
        return True

    return told


def _tried(
    graph: Graph, before: Outcome, input: Any, runs: int, seed: int, measured: Mapping[AgentId, Measured]
) -> list[tuple[Finding, Fix, Comparison]]:
    """What the first fixes of the findings would do; those that change nothing are left out."""
    found: list[tuple[Finding, Fix, Comparison]] = []
    heard = [finding for finding in findings(graph, classify(graph)) if finding.silenced is None]
    bold = [(finding, fix) for finding in heard if (fix := finding.boldest) is not None]
    for finding, fix in bold[:TRIED]:
        try:
            after = simulate(changed(graph, fix.edits), input, runs=runs, seed=seed, measured=measured)
        except (EditError, Refused):
            continue
        comparison = Comparison(before, after)
        if not comparison.does_nothing:
            found.append((finding, fix, comparison))
    return found


# words -----------------------------------------------------------------------------------------------------------


def _told(name: str, graph: Graph, outcome: Outcome, tried: Sequence[tuple[Finding, Fix, Comparison]]) -> list[str]:
    seconds = outcome.seconds
    low, high = outcome.success_range
    middle, late = quantile_range(seconds, 0.5), quantile_range(seconds, 0.9)
    dear = mean_range(outcome.costs)
    lines = [
        f"{name}: {plural(len(outcome.runs), 'simulated run')}",
        "",
        f"  Succeeds   {percent(outcome.success)} of the time ({low:.1%} to {high:.1%})",
        f"  Takes      {_time(quantile(seconds, 0.5))} as a rule{_range(middle, _time)}, more than "
        f"{_time(quantile(seconds, 0.9))} one time in ten{_range(late, _time)}",
        f"             {_time(fsum(seconds) / len(seconds))} on average{_range(mean_range(seconds), _time)}; "
        f"the longest of them took {_time(seconds[-1])}",
    ]
    if 0 < outcome.success < 1:
        good = outcome.seconds_of_success
        lines.append(
            f"             {_time(quantile(good, 0.5))} as a rule where it succeeds, more than "
            f"{_time(quantile(good, 0.9))} one time in ten"
        )
    lines += [
        f"  Costs      {_money(outcome.mean_cost)} on average{_range(dear, _money)}; the dearest of them cost "
        f"{_money(outcome.costs[-1])}",
        "",
        f"  {histogram(seconds)}",
        f"  {_time(seconds[0]):<{BINS - len(_time(seconds[-1]))}}{_time(seconds[-1])}",
        "",
        *_agents(graph, outcome),
    ]
    if tried:
        lines += ["", "  What the suggested changes would do, each by itself, with the same luck:"]
        for finding, fix, comparison in tried:
            low, high = comparison.success_range
            effect = (
                f"success {_points(comparison.success)} ({_points(low)} to {_points(high)}), "
                f"time {_signed(comparison.mean_seconds, _time)}{_signed_range(comparison.mean_seconds_range, _time)}, "
                f"cost {_signed(comparison.cost, _money)}{_signed_range(comparison.cost_range, _money)} on average"
            )
            lines.append(wrapped(f"{finding.code} {fix.label}: {effect}", "      ", "    "))
    lines += ["", "  What this takes for granted:", *(wrapped(each, "      ", "    - ") for each in outcome.assumed)]
    return lines


def _range(ends: tuple[float, float], words: Callable[[float], str]) -> str:
    """“ (2.9 s to 3.1 s)”; nothing where both ends read alike."""
    low, high = words(max(0.0, ends[0])), words(ends[1])
    return "" if low == high else f" ({low} to {high})"


def _signed_range(ends: tuple[float, float], words: Callable[[float], str]) -> str:
    low, high = (_signed(end, words) for end in ends)
    return "" if low == high else f" ({low} to {high})"


def _agents(graph: Graph, outcome: Outcome) -> list[str]:
    critical, blamed, busy = outcome.critical, outcome.blamed, outcome.busy
    shown = [id for id in graph.agents if busy.get(id, 0.0) > 0 or id in blamed]
    if not shown:
        return []
    width = min(28, max(len(graph.agents[id].name or id) for id in shown))
    lines = [f"  {'AGENT':<{width}}  {'WORKS':>8}  {'WAITED FOR':>10}  {'FAILS IT':>8}  EXPECTED"]
    for id in sorted(shown, key=lambda id: (-critical.get(id, 0.0), -busy.get(id, 0.0))):
        expected = outcome.expected[id]
        told = f"{_time(expected.seconds)}, 9 of 10 within {_time(expected.slow)}, {expected.fails:.1%} fail "
        told += f"({_rests_on(expected)})"
        if graph.agents[id].kind == SUB_GRAPH:
            told = "what its sub-graph takes"
        name = (graph.agents[id].name or id)[:width]
        lines.append(
            f"  {name:<{width}}  {_time(busy.get(id, 0.0)):>8}  {critical.get(id, 0.0):>10.0%}"
            f"  {blamed.get(id, 0.0):>8.1%}  {told}"
        )
    return lines


def _rests_on(expected: Expected) -> str:
    """“stated”, “measured, 12 attempts”, or of each what it rests on: “time stated, failures assumed”."""
    of = {name: expected.bases.get(field, expected.basis) for field, name in TOLD.items()}
    kinds = set(of.values())
    if len(kinds) > 1:
        told = ", ".join(f"{name} {basis}" for name, basis in of.items())
    else:
        told = kinds.pop()
    return told + (f", {plural(expected.samples, 'attempt')}" if "measured" in told else "")


def histogram(values: Sequence[float], bins: int = BINS) -> str:
    """Sorted values as a row of bars."""
    low, high = values[0], values[-1]
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int((value - low) / (high - low) * bins)) if high > low else 0] += 1
    most = max(counts)
    return "".join(BARS[-(-count * (len(BARS) - 1) // most)] if count else " " for count in counts)


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)}:{int(seconds % 60):02d} min"
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d} h"


def _money(dollars: float) -> str:
    return f"US$ {money(dollars)}"


def _signed(value: float, words: Callable[[float], str]) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{words(abs(value))}"


def _points(share: float) -> str:
    return _signed(round(share, 3), "{:.1%}".format)


def _data(
    name: str, outcome: Outcome, seed: int, tried: Sequence[tuple[Finding, Fix, Comparison]]
) -> contracts.Simulated:
    low, high = outcome.success_range
    return {
        "report": "simulate",
        "version": contracts.VERSION,
        "file": name,
        "runs": len(outcome.runs),
        "success": {"share": outcome.success, "from": low, "to": high},
        "seed": seed,
        "seconds": _spread(outcome.seconds),
        "seconds_of_success": _spread(outcome.seconds_of_success) if outcome.success else None,
        "cost": _spread(outcome.costs),
        "assumptions": list(outcome.assumed),
        "agents": {
            id: {
                "seconds": expected.seconds,
                "slow": expected.slow,
                "fails": expected.fails,
                "cost": expected.cost,
                "items": expected.items,
                "basis": expected.basis,
                "bases": dict(expected.bases),  # type: ignore[typeddict-item]  # its keys are these five
                "samples": expected.samples,
                "works": outcome.busy.get(id, 0.0),
                "waited_for": outcome.critical.get(id, 0.0),
                "fails_it": outcome.blamed.get(id, 0.0),
            }
            for id, expected in outcome.expected.items()
        },
        "changes": [
            {
                "code": finding.code,
                "fix": fix.label,
                "success": comparison.success,
                "success_range": comparison.success_range,
                "seconds": comparison.seconds,
                "mean_seconds": comparison.mean_seconds,
                "mean_seconds_range": comparison.mean_seconds_range,
                "cost": comparison.cost,
                "cost_range": comparison.cost_range,
            }
            for finding, fix, comparison in tried
        ],
    }


def _spread(values: Sequence[float]) -> contracts.Spread:
    """How sorted values are spread."""
    return {
        "mean_range": mean_range(values),
        "p50_range": quantile_range(values, 0.5),
        "p90_range": quantile_range(values, 0.9),
        "mean": fsum(values) / len(values),
        "min": values[0],
        "p5": quantile(values, 0.05),
        "p10": quantile(values, 0.1),
        "p25": quantile(values, 0.25),
        "p50": quantile(values, 0.5),
        "p75": quantile(values, 0.75),
        "p90": quantile(values, 0.9),
        "p95": quantile(values, 0.95),
        "p99": quantile(values, 0.99),
        "max": values[-1],
    }


def _failed(name: str, error: str, problems: Sequence[str] = ()) -> str:
    told: contracts.SimulateFailure = {
        "report": "simulate",
        "version": contracts.VERSION,
        "file": name,
        "error": error,
        "problems": list(problems),
    }
    return json.dumps(told, ensure_ascii=False)
