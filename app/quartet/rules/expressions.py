"""What conditions and templates say: whether they can be read, and whether they use what the agent waits for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from quartet.agents.expressions import ExpressionError, check_template, compile
from quartet.graph.check import problems
from quartet.graph.edits import Edit, Remove, Set, apply
from quartet.graph.model import OTHERWISE, UNKNOWN, AgentId, Edge, EdgeId, Graph
from quartet.graph.names import result_of
from quartet.patterns.importing import PASSES
from quartet.rules.at_once import siblings
from quartet.rules.collecting import collect
from quartet.rules.facts import SEARCH, Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.mending import ALONE
from quartet.rules.registry import Rule, rule
from quartet.rules.silence import together
from quartet.rules.texts import message_field, simple_names

FOREIGN = re.compile(r"(?<![{$])\{\s*(?:value|input|output|result|text)\s*\}(?!\})|\$\{\s*\w+\s*\}|\{%.{0,40}?%\}")
"""How other programs write what is put into a text."""


@rule("G005", "error", "any_graph", "A condition that cannot be read")
def unreadable_condition(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A `when` that is no expression: nobody can tell when that way is to be taken."""
    for edge in facts.graph.edges.values():
        if edge.when in (None, OTHERWISE, UNKNOWN) or edge.kind != "flow":
            continue
        try:
            compile(edge.when or "")
        except ExpressionError as problem:
            source, target = facts.name(edge.source), facts.name(edge.target)
            yield Finding(
                this.code,
                this.severity,
                f"The condition from {source} to {target} cannot be read",
                f"{problem} A run is refused until it can be read.",
                (edge.source, edge.target),
                (edge.id,),
                (Fix("Always take this way", partial(_always, facts.graph, [edge])),),
            )


@rule("G006", "error", "any_graph", "A template that cannot be read")
def unreadable_template(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A `{{ … }}` in a prompt, an address or a text that is no expression."""
    for id in facts.agents:
        for title, text in facts.templates(id):
            if simple_names(text) is not None:
                continue
            try:
                check_template(text)
            except ExpressionError as problem:
                name = facts.name(id)
                quoted = next((other for other in _strange(facts) if f"from.{other}" in text), None)
                meant = "" if quoted is None else f" {facts.name(quoted)} is written “{result_of(quoted)}”."
                yield Finding(
                    this.code,
                    this.severity,
                    f"“{title}” of {name} cannot be read",
                    f"{problem.message}{meant} A run is refused until it can be read.",
                    (id,),
                )
                break


@rule("G007", "warning", "any_graph", "A template or condition that names what does not come in")
def names_nothing(facts: Facts, this: Rule) -> Iterator[Finding]:
    """`from.<agent>` where that agent does not lead here, so that there is nothing to put in."""
    steps = [SEARCH]
    for id in facts.agents:
        named = {name[5:] for name in facts.used(id) if name.startswith("from.")}
        if not named:
            continue
        missing = [AgentId(name) for name in sorted(named - facts.senders(id))]
        missing = [other for other in missing if not siblings(facts, id, other, steps)]  # F006 says what matters
        if not missing:
            continue
        known = [other for other in missing if other in facts.agents and other != id]
        name = facts.name(id)
        draw: list[Edit] = []
        if known and len(known) == len(missing) and all(_may_lead(facts, other, id) for other in known):
            draw = facts.pencil.edges([{"source": other, "target": id} for other in known])
        yield Finding(
            this.code,
            this.severity,
            f"{name} uses what {facts.names(missing)} never {'sends' if len(missing) == 1 else 'send'} it",
            f"“{result_of(missing[0])}” is only there if an edge leads from it to {name}; without one, {name} fails."
            + _meant(facts, missing[0]),
            (id, *known),
            (),
            (Fix(f"Connect {facts.names(known)} to {name}", tuple(draw)),) if draw else (),
        )


@rule("G009", "error", "any_graph", "A condition that nobody knows")
def unknown_condition(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Imported edges whose file says that they have a condition, but not which one; all of them are one finding."""
    unknown: dict[AgentId, list[Edge]] = {}
    for edge in facts.graph.edges.values():
        if edge.when == UNKNOWN:
            unknown.setdefault(edge.source, []).append(edge)
    for ids in together(facts.graph, this.code, sorted(unknown, key=facts.place.__getitem__)):
        edges = [edge for id in ids for edge in unknown[id]]
        several, targets = len(edges) > 1, list(dict.fromkeys(edge.target for edge in edges))
        whence = facts.names(ids)
        what = f"these {len(edges):,} ways have conditions" if several else "this way has a condition"
        yield Finding(
            this.code,
            this.severity,
            f"Nobody knows when {whence} {'goes' if len(ids) == 1 else 'go'} on"
            + (f" to {facts.names(targets)}" if len(ids) == 1 else ""),
            f"The imported file says that {what}, "
            f"but not which{'' if several else ' one'}: the drawing can be rehearsed, not run. "
            f"Write {'them' if several else 'the condition'}, or take the {'ways' if several else 'way'} always.",
            ids,
            tuple(edge.id for edge in edges),
            tuple(_ways(facts, edges)),
            each=True,
        )


def _ways(facts: Facts, edges: list[Edge]) -> Iterator[Fix]:
    """Take all these ways always, or the first of them each alone."""
    if len(edges) == 1:
        yield Fix("Always take this way", partial(_always, facts.graph, edges))
        return
    yield Fix("Always take these ways", partial(_always, facts.graph, edges))
    for edge in edges[:ALONE]:
        label = f"Always take the way from {facts.name(edge.source)} to {facts.name(edge.target)}"
        yield Fix(label, partial(_always, facts.graph, [edge]), partly=True)


def _strange(facts: Facts) -> Iterator[AgentId]:
    """The agents whose ids no expression can hold as they are, the longest first: one may begin like another."""
    strange = [id for id in facts.agents if result_of(id) != f"from.{id}"]
    yield from sorted(strange, key=len, reverse=True)


def _meant(facts: Facts, missing: AgentId) -> str:
    """How to write the name of an agent whose id no expression can hold as it is: `from.node-1` is `from.node`
    less one."""
    if missing in facts.agents:
        return ""
    near = next((id for id in _strange(facts) if id.startswith(missing)), None)
    return "" if near is None else f" {facts.name(near)} is written “{result_of(near)}”."


def _always(graph: Graph, edges: Sequence[Edge]) -> list[Edit]:
    """Take ways whatever comes; loops that only their conditions could have ended go on for a number of passes."""
    always: list[Edit] = [Set(section="edges", id=edge.id, values={"when": None}) for edge in edges]
    copy = graph.model_copy(update={"edges": dict(graph.edges)})
    before = _endless(copy)
    apply(copy, always)
    return [
        *always,
        *(
            Set(section="edges", id=loop, values={"max_iterations": PASSES})
            for loop in _endless(copy)
            if loop not in before
        ),
    ]


def _endless(graph: Graph) -> list[EdgeId]:
    return [id for each in problems(graph) if each.code == "endless_loop" for id in each.edges]


@rule("P003", "advice", "pipeline", "A step that never uses what it waits for", confidence="medium")
def unused_input(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A step whose prompt, address or text mentions none of the results it waits for: it could start at once."""
    for id in facts.agents:
        field = message_field(facts.agents[id])
        if field is None or not facts.flow_in[id]:
            continue
        used = facts.used(id)
        if "value" in used or "from" in used or "context" in used:
            continue
        if any(name.startswith("from.") and name[5:] not in facts.senders(id) for name in used):
            continue  # it wants a result by a name that does not come in: G007 or F006 says what matters
        coming = [
            edge
            for edge in facts.flow_in[id]
            if edge.when is None and facts.role(facts.agents[edge.source]) not in ("trigger", "board")
            and facts.agents[edge.source].kind != "human" and not _shared(facts, edge.source, id)
        ]  # fmt: skip
        unused = [edge for edge in coming if f"from.{edge.source}" not in used]
        if not unused or not _readable(facts, id):
            continue
        name, sources = facts.name(id), list(dict.fromkeys(edge.source for edge in unused))
        fixes = list(_apart(facts, id, sources, unused))
        text = facts.agents[id].config.get(field)
        if isinstance(text, str) and field != "url":
            added = text.rstrip() + "".join(f"\n\n{{{{ {result_of(source)} }}}}" for source in sources)
            values = {"config": {**facts.agents[id].config, field: added}}
            fixes.insert(
                0, Fix(f"Add what {facts.names(sources)} made", (Set(section="agents", id=id, values=values),))
            )
        foreign = FOREIGN.search(text) if isinstance(text, str) else None
        yield Finding(
            this.code,
            this.severity,
            f"{name} never uses what {facts.names(sources)} made",
            f"{name} waits for {facts.names(sources)}, but its text holds neither “{{{{ value }}}}”, which is what "
            f"comes in, nor “{{{{ {result_of(sources[0])} }}}}”: it could start earlier, or it forgot something."
            + (f" “{foreign[0]}” is plain text here: “{{{{ value }}}}” puts the result in." if foreign else ""),
            (id, *sources),
            tuple(edge.id for edge in unused),
            tuple(fixes),
        )


def _apart(facts: Facts, id: AgentId, sources: list[AgentId], unused: list[Edge]) -> Iterator[Fix]:
    """Let an agent start without those whose results it does not use. Where nothing else follows these, somebody has
    to collect what is made on both sides."""
    name, whom = facts.name(id), facts.names(sources)
    removed = tuple(Remove(section="edges", id=edge.id) for edge in unused)
    loose = [source for source in sources if facts.after(source) == [id]]
    if not loose:
        yield Fix(f"Let {name} start without {whom}", removed)
        return
    last = facts.last_after(id)
    if last is None or facts.flow_out[last] or facts.role(facts.agents[last]) != "worker":
        return
    if facts.loops or len(sources) > len(loose):
        return
    if any(facts.shares[each] or facts.watchers[each] or facts.handoffs_out[each] for each in (last, *loose)):
        return
    ends = sorted((*loose, last), key=facts.place.__getitem__)
    yield Fix(f"Let {name} start beside {whom}, and collect the results", partial(_beside, facts, removed, ends))


def _beside(facts: Facts, removed: tuple[Edit, ...], ends: list[AgentId]) -> list[Edit]:
    return [*removed, *collect(facts, ends)]


def _shared(facts: Facts, source: AgentId, id: AgentId) -> bool:
    """Whether the result may come another way than along the edge: by a key that the one writes and the other reads,
    by a board that both use, or by a file."""
    writes = set(facts.agents[source].writes or ())
    reads = set(facts.agents[id].reads or ()) | {name[6:] for name in facts.used(id) if name.startswith("state.")}
    if writes & reads or facts.agents[source].kind == "file":
        return True
    boards = [{end for edge in facts.shares[each] for end in (edge.source, edge.target)} for each in (source, id)]
    return not boards[0].isdisjoint(boards[1])


def _readable(facts: Facts, id: AgentId) -> bool:
    try:
        for _, text in facts.templates(id):
            check_template(text)
    except ExpressionError:
        return False  # G006 says so; what it uses is anybody's guess
    return True


def _may_lead(facts: Facts, source: AgentId, target: AgentId) -> bool:
    """Whether a new flow edge would bring the target a value: it closes no cycle, and neither watches the other."""
    return not facts.related(source, target) and facts.precedes(target, source, [200_000]) is False
