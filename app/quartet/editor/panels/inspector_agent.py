"""The form of one agent, or of several at once: name, kind, the kind's own config, and the policies in sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from quartet.agents.kinds import Kind, all_kinds, find
from quartet.editor.document import Document
from quartet.editor.form_spec import Spec, errors, specs
from quartet.editor.panels.inspector_binding import ConfigField, ItemField
from quartet.editor.panels.inspector_drawing import build_drawing
from quartet.editor.panels.inspector_fields import (
    ChoiceField,
    Field,
    FlagField,
    LineField,
    LinesField,
    NumberField,
    SecretField,
    TextField,
)
from quartet.editor.panels.inspector_form import Form
from quartet.editor.panels.inspector_policies import build_policies
from quartet.editor.panels.inspector_text import PromptField, Variable, Variables, wrong_template
from quartet.editor.panels.inspector_values import JsonField, PairsField
from quartet.editor.panels.inspector_words import choices
from quartet.editor.panels.palette import tile
from quartet.editor.plain_text import plain_label
from quartet.graph.edits import Edit, Set
from quartet.graph.model import Agent, AgentId

JSON = Any
UNKNOWN_ICON = "puzzle"


@dataclass(frozen=True)
class _KindField(ItemField):
    """Another kind keeps the config fields that both kinds have; Undo brings the others back."""

    def edits(self, value: JSON) -> list[Edit]:
        kind = find(str(value))
        found: list[Edit] = []
        for id in self.ids:
            config = self.document.graph.agents[AgentId(id)].config
            if kind is not None:
                known = {spec.name for spec in specs(kind.config)}
                config = {name: kept for name, kept in config.items() if name in known}
            found.append(Set(section="agents", id=id, values={"kind": value, "config": config}))
        return found


@dataclass(frozen=True)
class _Name(ItemField):
    def wrong(self, value: JSON) -> str:
        return "" if value else "An agent needs a name."


class _TemplateConfig(ConfigField):
    """A config text with expressions: those are checked too."""

    def wrong(self, value: JSON) -> str:
        return super().wrong(value) or (wrong_template(value) if isinstance(value, str) and "{{" in value else "")


def config_field(spec: Spec, document: Document, variables: Variables) -> Field:
    """The widget for a field of a kind's config."""
    match spec.widget:
        case "prompt" | "text":
            return PromptField(spec, variables)
        case "secret":
            return SecretField(spec)
        case "number" | "integer":
            return NumberField(spec)
        case "flag":
            if isinstance(spec.default, bool):
                return FlagField(spec.title, spec.default)
            return ChoiceField(spec.title, [(None, "Default"), (True, "Yes"), (False, "No")])
        case "choice":
            return ChoiceField(spec.title, choices(spec.name, spec.choices, spec.default))
        case "agent":
            agents = document.graph.agents.values()
            return ChoiceField(spec.title, [(None, "Nobody"), *((agent.id, agent.name) for agent in agents)])
        case "graph":
            graphs = document.whole.graphs
            none = "None chosen" if graphs else "This drawing has none"
            return ChoiceField(spec.title, [(None, none), *((id, inner.name or id) for id, inner in graphs.items())])
        case "lines" | "agents":
            return LinesField(spec.title)
        case "pairs":
            return PairsField(spec.title)
        case "json":
            return JsonField(spec.title, "JSON")
        case _:
            return LineField(spec)


def variables_of(document: Document, agents: list[Agent]) -> Variables:
    """What the expressions of these agents can name: what comes in over their flow edges, by name."""
    ids = {agent.id for agent in agents}

    def found() -> list[Variable]:
        graph = document.graph
        sources = dict.fromkeys(
            edge.source for edge in graph.edges.values() if edge.target in ids and edge.kind == "flow" and not edge.on
        )
        return [
            Variable("value", "value", "what came in"),
            Variable("input", "input", "the input of the run"),
            *(
                Variable(f"from.{graph.agents[source].name}", f"from.{source}", "what it gave")
                for source in sources
                if source in graph.agents
            ),
            Variable("context", "context", "what a hand-off chain left"),
            Variable("visit", "visit", "which pass or turn, from 1"),
            *(Variable(f"state.{key}", f"state.{key}", "what agents share") for key in graph.state or {}),
        ]

    return found


def build_agents(form: Form, agents: list[Agent]) -> None:
    """Fill a form for these agents."""
    document = form.document
    ids = tuple(agent.id for agent in agents)
    kinds = {agent.kind for agent in agents}
    kind = find(agents[0].kind) if len(kinds) == 1 else None
    _header(form, agents, kind)
    if kind is not None:
        variables = variables_of(document, agents)
        for spec in specs(kind.config):
            field = config_field(spec, document, variables)
            flag = isinstance(field, FlagField)
            bind = _TemplateConfig if spec.template else ConfigField
            binding = bind(document, ids, spec.name, kind.config)
            form.add(field, binding, "" if flag else spec.title, spec.help, f"Change {spec.title.lower()}")
        _other_config(form, agents[0], kind)
    elif len(kinds) > 1:
        form.add_text("These are agents of different kinds. Below is what all kinds have in common.")
    else:
        _unknown_kind(form, agents[0])
    _refused_fields(form, agents)
    build_policies(form, agents, kind)
    build_drawing(form, ids)
    form.finish()


class _Heading(QLabel):
    """An agent's name, also while it is typed below."""

    def __init__(self, document: Document, id: AgentId) -> None:
        super().__init__()
        self._document, self._id = document, id
        self.setTextFormat(Qt.TextFormat.PlainText)
        document.changed.connect(self._follow)
        self._follow()

    def _follow(self, *_: object) -> None:
        agent = self._document.graph.agents.get(self._id)
        if agent is not None:
            self.setText(agent.name or agent.id)


def _header(form: Form, agents: list[Agent], kind: Kind | None) -> None:
    document, ids = form.document, tuple(agent.id for agent in agents)
    head = QWidget()
    line = QHBoxLayout(head)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(12)
    picture = QLabel()
    icon = kind.icon if kind else UNKNOWN_ICON if len({agent.kind for agent in agents}) == 1 else "users-round"
    picture.setPixmap(tile(icon, "accent", 36, form.devicePixelRatioF()))
    line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
    words_ = QVBoxLayout()
    words_.setSpacing(0)
    line.addLayout(words_, 1)
    if len(agents) == 1:
        heading: QLabel = _Heading(document, agents[0].id)
        below = f"{kind.title if kind else agents[0].kind} · id: {agents[0].id}"
    else:
        heading, below = plain_label(f"{len(agents):,} agents"), "A change is made to all of them"
    heading.setProperty("look", "title")
    heading.setWordWrap(True)
    soft = QLabel(below)
    soft.setProperty("look", "tiny")
    soft.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if len(agents) == 1:
        soft.setToolTip(f"The id is used in expressions: others call what it gives from.{agents[0].id}")
    words_.addWidget(heading)
    words_.addWidget(soft)
    form.main.addWidget(head)
    if len(agents) == 1:
        spec = Spec("name", "Name", "", "line", required=True)
        form.add(LineField(spec), _Name(document, "agents", ids, "name"), "Name", label="Rename")
    options = [(each.name, each.title) for each in all_kinds()]
    form.add(ChoiceField("Kind", list(options)), _KindField(document, "agents", ids, "kind"), "Kind")
    if len(agents) == 1:
        form.add(
            TextField("Description", "What it is for", (1, 5)),
            ItemField(document, "agents", ids, "description"),
            "Description",
        )


def _other_config(form: Form, agent: Agent, kind: Kind) -> None:
    """Config fields the kind does not know: shown, so that they can be understood and taken away."""
    known = {spec.name for spec in specs(kind.config)}
    for name in agent.config:
        if name not in known:
            form.add(
                JsonField(name, lines=(1, 6)),
                ConfigField(form.document, (agent.id,), name, kind.config),
                name,
                f"“{kind.title}” knows no field of this name. Empty it to take it away.",
            )


def _unknown_kind(form: Form, agent: Agent) -> None:
    form.add_text(
        f"Agents of the kind “{agent.kind}” are not known here: they come from a newer version or from a package that"
        " is not installed. Everything is kept as it is; a rehearsal can run it."
    )
    field = JsonField("Configuration", lines=(3, 18))
    form.add(field, ItemField(form.document, "agents", (agent.id,), "config"), "Configuration")
    field.text.setReadOnly(True)


def _refused_fields(form: Form, agents: list[Agent]) -> None:
    if len(agents) > 1:
        return
    for name, refused in (agents[0].invalid or {}).items():
        field = JsonField(name, lines=(1, 8))
        row = form.add(
            field, _Refused(form.document, "agents", (agents[0].id,), name), name, "As the file has it.", f"Mend {name}"
        )
        field.show_value(refused.value)
        row._say(f"This was not understood: {refused.reason}")


class _Refused(ItemField):
    """A field whose content was refused on reading."""

    def get(self) -> JSON:
        agent = self.document.graph.agents.get(AgentId(self.ids[0]))
        refused = (agent.invalid or {}).get(self.name) if agent else None
        return super().get() if refused is None else refused.value

    def wrong(self, value: JSON) -> str:
        agent = self.document.graph.agents.get(AgentId(self.ids[0]))
        if agent is None or self.name not in (agent.invalid or {}):
            return ""
        found = errors(Agent, {"id": "a", "kind": "a", "name": "a", self.name: value})
        return found.get(self.name, "")
