"""The sections of an agent's form: policies, ways out, the rehearsal script and what is seldom needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from quartet.agents.kinds import Kind
from quartet.editor.document import Document
from quartet.editor.form_spec import Spec, specs
from quartet.editor.panels.inspector_binding import Binding, ItemField, PolicyField, replaced
from quartet.editor.panels.inspector_directives import DirectivesField
from quartet.editor.panels.inspector_fields import ChoiceField, Field, FlagField, LinesField, NumberField
from quartet.editor.panels.inspector_form import Form, Section
from quartet.editor.panels.inspector_rehearsal import RehearsalField
from quartet.editor.panels.inspector_state import Goal, goal_variables
from quartet.editor.panels.inspector_text import PromptField
from quartet.editor.panels.inspector_words import DEFAULTS, choices, policy_summary
from quartet.graph.edits import Edit, Set
from quartet.graph.model import (
    Agent,
    AgentId,
    Budget,
    Estimate,
    Handover,
    Join,
    Oversight,
    Policy,
    Retry,
    TimeLimits,
    WorkBoard,
)

JSON = Any


@dataclass(frozen=True)
class _JoinMode(PolicyField):
    """“A number of values” needs the number at the same time; the other ways take none."""

    def edits(self, value: JSON) -> list[Edit]:
        found: list[Edit] = []
        for id, policy in self._stated():
            fresh = replaced(replaced(policy, "mode", value), "n", None)
            if value == "n_of_m":
                fresh["n"] = policy.get("n", 2)
            found.append(Set(section="agents", id=id, values={"join": fresh or None}))
        return found

    def wrong(self, value: JSON) -> str:
        return ""


POLICIES: tuple[tuple[str, str, type[Policy]], ...] = (
    ("Time limits", "limits", TimeLimits),
    ("Retry", "retry", Retry),
    ("Waits for", "join", Join),
    ("Supervision", "oversight", Oversight),
    ("Hand-offs", "handover", Handover),
    ("Budget", "budget", Budget),
    ("Work", "board", WorkBoard),
    ("Estimate", "estimate", Estimate),
)


def build_policies(form: Form, agents: list[Agent], kind: Kind | None) -> None:
    """Add the sections of the policies that concern these agents."""
    document, ids = form.document, tuple(agent.id for agent in agents)
    concerns = policies_of(document, agents, kind)
    for title, policy, model in POLICIES:
        if policy not in concerns:
            continue
        section = form.add_section(title, _summary(document, ids, policy))
        for spec in specs(model):
            special = {("join", "mode"): _JoinMode, ("board", "done_when"): Goal}
            binding: Binding = special.get((policy, spec.name), PolicyField)(document, ids, policy, spec.name, model)
            _policy_row(form, section, policy, spec, binding)
    _ways_out(form, ids)
    section = form.add_section("Rehearsal", _count(document, ids, "rehearsal", "attempt"))
    form.add(
        RehearsalField(document, ids[0]),
        ItemField(document, "agents", ids, "rehearsal"),
        "",
        "What each attempt does in a rehearsal, one after another; the last one repeats.",
        "Change the rehearsal",
        section,
    )
    _more(form, ids)


def policies_of(document: Document, agents: list[Agent], kind: Kind | None) -> set[str]:
    """The policies that concern these agents, by where they stand in the drawing; what is stated is always shown."""
    ids = {agent.id for agent in agents}
    found = {name for _, name, _ in POLICIES if any(getattr(agent, name) is not None for agent in agents)}
    found |= {"limits", "retry"}
    if kind is None or kind.role == "worker":
        found |= {"budget", "estimate"}
    if kind is not None and kind.role == "collector":
        found.add("join")
    if kind is not None and kind.role == "supervisor":
        found.add("oversight")
    if kind is not None and kind.role == "board":
        found.add("board")
    for edge in document.graph.edges.values():
        if edge.kind == "flow" and edge.target in ids:
            found.add("join")
        elif edge.kind == "supervise" and edge.source in ids:
            found.add("oversight")
        elif edge.kind == "handoff" and (edge.source in ids or edge.target in ids):
            found.add("handover")
    return found


def _policy_row(form: Form, section: Section, policy: str, spec: Spec, binding: Binding) -> None:
    key = f"{policy}/{spec.name}"
    hint = DEFAULTS.get(key)
    if hint and spec.widget in ("number", "integer"):
        spec = Spec(spec.name, spec.title, spec.help, spec.widget, placeholder=hint)
    help = "" if spec.widget == "choice" else spec.help.replace(" (5 s)", "")
    if key == "oversight/on_error":
        field: Field = DirectivesField(form.document)
        help = "One step for each failure of a worker, the last one repeats. Without steps it is restarted."
    elif key == "board/done_when":
        field = PromptField(spec, goal_variables(form.document), condition=True)
    elif spec.widget == "choice":
        field = ChoiceField(spec.title, choices(key, spec.choices, spec.default))
    elif spec.widget == "flag":
        field = ChoiceField(spec.title, [(None, "Default: no"), (True, "Yes"), (False, "No")])
    elif spec.widget in ("number", "integer"):
        field = NumberField(spec)
    else:
        field = LinesField(spec.title)
    form.add(field, binding, spec.title, help, f"Change {section.title.lower()}", section)


def _ways_out(form: Form, ids: tuple[str, ...]) -> None:
    document = form.document
    out = [edge for edge in document.graph.edges.values() if edge.source in ids and edge.kind == "flow"]
    agents = [document.graph.agents[AgentId(id)] for id in ids]
    if not any(edge.when for edge in out) and not any(agent.route for agent in agents):
        return
    section = form.add_section("Ways out", lambda: "")
    field = ChoiceField("Takes", choices("route", ("all", "first")))
    form.add(field, ItemField(document, "agents", ids, "route"), "Takes", section=section)


def _more(form: Form, ids: tuple[str, ...]) -> None:
    document = form.document
    section = form.add_section("More", lambda: "")

    def add(field: Field, name: str, title: str, help: str = "") -> None:
        binding = ItemField(document, "agents", ids, name)
        form.add(field, binding, "" if isinstance(field, FlagField) else title, help, section=section)

    yes_no = [(True, "Yes"), (False, "No")]
    add(FlagField("One copy for each item of its input"), "dynamic", "Copies")
    spec = Spec("max_concurrency", "Copies at once", "", "integer", placeholder="No limit")
    add(NumberField(spec), "max_concurrency", "Copies at once")
    add(
        ChoiceField("Safe to run twice", [(None, "As its kind says"), *yes_no]),
        "repeatable",
        "Safe to run twice",
        "What is not is tried once and never run again after a crash without asking.",
    )
    add(
        ChoiceField("When a branch fails", choices("on_branch_failure", ("isolate", "cancel_siblings"))),
        "on_branch_failure",
        "When a branch behind it fails",
    )
    add(ChoiceField("Ignores failures", [(None, "Default: no"), *yes_no]), "ignore_failures", "Its failure is ignored")
    add(
        ChoiceField("Counts when stopped", [(None, "Default: no"), *yes_no]), "accept_result_on_cancel",
        "What it answers while it is being stopped counts",
    )  # fmt: skip
    if any(edge.kind == "supervise" and edge.target in ids for edge in document.graph.edges.values()) or any(
        document.graph.agents[AgentId(id)].restart for id in ids
    ):
        add(
            ChoiceField("When it fails", choices("restart", ("transient", "temporary"))),
            "restart",
            "When it fails",
            "What its supervisor does then. One that is given up puts “cancelled” on its ways out.",
        )
    add(ChoiceField("Starts the run", [(None, "By the drawing"), *yes_no]), "start", "Starts the run")
    add(LinesField("Skills"), "skills", "Skills")
    add(LinesField("Reads"), "reads", "Reads", "Keys of the shared state, or files.")
    add(LinesField("Writes"), "writes", "Writes", "Keys of the shared state, or files.")


def _summary(document: Document, ids: tuple[str, ...], policy: str) -> Callable[[], str]:
    def found() -> str:
        agents = document.graph.agents
        texts = {policy_summary(policy, getattr(agents[AgentId(id)], policy)) for id in ids if id in agents}
        return texts.pop() if len(texts) == 1 else "different"

    return found


def _count(document: Document, ids: tuple[str, ...], name: str, what: str) -> Callable[[], str]:
    def found() -> str:
        agents = document.graph.agents
        counts = {len(getattr(agents[AgentId(id)], name) or ()) for id in ids if id in agents}
        count = counts.pop() if len(counts) == 1 else 0
        return "" if not count else f"{count} {what}" if count == 1 else f"{count:,} {what}s"

    return found
