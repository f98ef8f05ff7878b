"""The form of one edge, or of several at once: what it is, when it is taken, whether it goes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QLabel, QPushButton

from quartet.editor.connections import possible_kinds
from quartet.editor.document import Document
from quartet.editor.form_spec import Spec
from quartet.editor.panels.inspector_agent import variables_of
from quartet.editor.panels.inspector_binding import ItemField, common
from quartet.editor.panels.inspector_fields import ChoiceField, FlagField, LineField, NumberField
from quartet.editor.panels.inspector_form import Form
from quartet.editor.panels.inspector_text import PromptField, Variable, Variables, wrong_condition
from quartet.graph.diff_words import edge_title
from quartet.graph.edits import Edit, EditError, Set
from quartet.graph.model import OTHERWISE, UNKNOWN, Edge, EdgeId

JSON = Any
KINDS: list[tuple[JSON, str]] = [
    ("flow", "Flow: carries the result"),
    ("supervise", "Supervision: watches over"),
    ("handoff", "Hand-off: passes the whole task on"),
    ("share", "Share: works on the board"),
]
TAKEN: list[tuple[JSON, str]] = [
    ("always", "Always"),
    ("if", "If a condition holds"),
    ("otherwise", "Otherwise: if no other condition holds"),
    ("failure", "On failure: as a fallback"),
    ("timeout", "On time-out: as a fallback"),
]


@dataclass(frozen=True)
class _Kind(ItemField):
    """Stating the kind confirms it; what only flow edges can say goes with it."""

    def edits(self, value: JSON) -> list[Edit]:
        gone = {} if value == "flow" else {
            "when": None, "on": None, "loop": None, "max_iterations": None, "on_limit": None,
        }  # fmt: skip

        return [Set(section="edges", id=id, values={"kind": value, "inferred": None, **gone}) for id in self.ids]

    def wrong(self, value: JSON) -> str:
        graph = self.document.graph
        for id in self.ids if len(self.ids) > 1 else ():
            edge = graph.edges.get(EdgeId(id))
            if edge is not None and value not in possible_kinds(graph, edge):
                return f"{edge_title(graph, edge)} cannot be of that kind."
        return ""


@dataclass(frozen=True)
class _Taken(ItemField):
    """When the edge is taken: condition and fallback as one choice, since an edge is never both."""

    def get(self) -> JSON:
        edges = [edge for id in self.ids if (edge := self.document.graph.edges.get(EdgeId(id))) is not None]
        taken = [
            edge.on or ("otherwise" if edge.when == OTHERWISE else "always" if edge.when is None else "if")
            for edge in edges
        ]
        return common(taken or ["always"])

    def edits(self, value: JSON) -> list[Edit]:
        found: list[Edit] = []
        for id in self.ids:
            before = self.document.graph.edges[EdgeId(id)].when
            kept = before if before not in (None, OTHERWISE) else "value != null"
            when = {"if": kept, "otherwise": OTHERWISE}.get(value)
            on = value if value in ("failure", "timeout") else None
            found.append(Set(section="edges", id=id, values={"when": when, "on": on}))
        return found


@dataclass(frozen=True)
class _Condition(ItemField):
    """A condition is kept as it is typed; while it cannot be read, the edge cannot run and says so."""

    def wrong(self, value: JSON) -> str:
        if value == UNKNOWN:
            return "The file this came from says that there is a condition, but not which. A rehearsal can run it."
        return wrong_condition(value) if value else "Write a condition, such as value.score > 0.8"

    def edits(self, value: JSON) -> list[Edit]:
        return [Set(section="edges", id=id, values={"when": value or ""}) for id in self.ids]


@dataclass(frozen=True)
class _Loop(ItemField):
    def edits(self, value: JSON) -> list[Edit]:
        gone = {} if value else {"max_iterations": None, "on_limit": None}
        return [Set(section="edges", id=id, values={"loop": value, "inferred": None, **gone}) for id in self.ids]


@dataclass(frozen=True)
class _Iterations(ItemField):
    def wrong(self, value: JSON) -> str:
        return "Must be at least 1." if value is not None and value < 1 else ""


def shape(edge: Edge) -> tuple[JSON, ...]:
    """What decides which rows the form of an edge has."""
    taken = edge.on or (edge.when if edge.when == OTHERWISE else edge.when is not None)
    return (edge.kind, taken, edge.loop, edge.inferred, edge.source, edge.target)


def condition_variables(document: Document, edge: Edge) -> Variables:
    """What the condition of an edge can name: `value` is what its source gave."""

    def found() -> list[Variable]:
        agents = document.graph.agents
        source = [agents[edge.source]] if edge.source in agents else []
        known = variables_of(document, source)()
        name = agents[edge.source].name if source else "the source"
        return [Variable("value", "value", f"what {name} gave"), *(each for each in known if each.written != "value")]

    return found


def build_edge(form: Form, edge: Edge) -> None:
    """Fill a form for this edge."""
    document, ids = form.document, (edge.id,)
    agents = document.graph.agents
    heading = QLabel(f"{_name(document, edge.source)} → {_name(document, edge.target)}")
    heading.setProperty("look", "title")
    heading.setWordWrap(True)
    form.main.addWidget(heading)
    form.add(ChoiceField("Kind", KINDS), _Kind(document, "edges", ids, "kind"), "Kind", label="Change the edge’s kind")
    if edge.inferred:
        form.add_text(f"This was inferred: {edge.inferred}.")
        confirm = QPushButton("It is right")
        confirm.setToolTip("State it, so that it is no longer taken as inferred")
        confirm.setEnabled(document.read_only is None)
        confirm.clicked.connect(lambda: _confirm(document, edge.id))
        form.main.addWidget(confirm)
    if edge.kind == "flow":
        form.add(ChoiceField("Is taken", TAKEN), _Taken(document, "edges", ids, "when"), "Is taken")
        if edge.when is not None and edge.when != OTHERWISE:
            source = agents.get(edge.source)
            spec = Spec("when", "Condition", "", "prompt", required=True)
            form.add(
                PromptField(spec, condition_variables(document, edge), condition=True),
                _Condition(document, "edges", ids, "when", holds_wrong=True),
                "Condition",
                f"True or false, over what {source.name if source else 'the source'} gives: value.score > 0.8,"
                " value == 'Approve', value.contains('ok').",
                "Change the condition",
            )
        if edge.when is not None:
            form.add(
                NumberField(Spec("chance", "How often", "", "number", placeholder="Shared out evenly")),
                ItemField(document, "edges", ids, "chance"),
                "How often",
                "In what share of the cases, from 0 to 1. For simulations only.",
            )
        form.add(
            FlagField("Goes back: starts another pass"), _Loop(document, "edges", ids, "loop"), label="Change the loop"
        )
        if edge.loop:
            spec = Spec("max_iterations", "Passes at most", "", "integer", placeholder="Default 25")
            form.add(
                NumberField(spec),
                _Iterations(document, "edges", ids, "max_iterations"),
                "Passes at most",
                "A cycle needs a conditional way out, or this number.",
            )
            form.add(
                ChoiceField("At that number", [(None, "Fail"), ("emit_last", "Go on with the last result")]),
                ItemField(document, "edges", ids, "on_limit"),
                "At that number",
            )
    form.add(
        LineField(Spec("name", "Label", "", "line", placeholder="Shown on the edge")),
        ItemField(document, "edges", ids, "name"),
        "Label",
    )
    form.finish()


def shape_of_many(edges: Sequence[Edge]) -> tuple[JSON, ...]:
    """What decides which rows the form of several edges has."""
    flow = all(edge.kind == "flow" for edge in edges)
    conditional = all(edge.when not in (None, OTHERWISE) and not edge.on for edge in edges)
    return tuple(edge.id for edge in edges), flow, flow and conditional, flow and all(edge.loop for edge in edges)


def build_edges(form: Form, edges: Sequence[Edge]) -> None:
    """Fill a form for several edges: what all of them can say; a change is made to all."""
    document = form.document
    ids, flow, conditional, loops = shape_of_many(edges)
    heading = QLabel(f"{len(edges):,} edges")
    heading.setProperty("look", "title")
    form.main.addWidget(heading)
    form.add_text("A change is made to all of them.")
    form.add(ChoiceField("Kind", KINDS), _Kind(document, "edges", ids, "kind"), "Kind", label="Change the edges' kind")
    if flow:
        form.add(ChoiceField("Is taken", TAKEN), _Taken(document, "edges", ids, "when"), "Is taken")
        if conditional:
            spec = Spec("when", "Condition", "", "prompt", required=True)
            form.add(
                PromptField(spec, condition_variables(document, edges[0]), condition=True),
                _Condition(document, "edges", ids, "when", holds_wrong=True), "Condition", label="Change the condition",
            )  # fmt: skip
        form.add(
            FlagField("Goes back: starts another pass"), _Loop(document, "edges", ids, "loop"), label="Change the loops"
        )
        if loops:
            spec = Spec("max_iterations", "Passes at most", "", "integer", placeholder="Default 25")
            passes = _Iterations(document, "edges", ids, "max_iterations")
            form.add(NumberField(spec), passes, "Passes at most")
    else:
        form.add_text("They are not all flow: only those can say when they are taken.")
    form.add(
        LineField(Spec("name", "Label", "", "line", placeholder="Shown on the edge")),
        ItemField(document, "edges", ids, "name"), "Label",
    )  # fmt: skip
    form.finish()


def _name(document: Document, id: str) -> str:
    agent = document.graph.agents.get(id)  # type: ignore[call-overload]
    return agent.name if agent else id


def _confirm(document: Document, id: EdgeId) -> None:
    try:
        document.do("Confirm an edge", [Set(section="edges", id=id, values={"inferred": None})])
    except EditError:
        return  # it went meanwhile
