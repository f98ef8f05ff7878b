"""What an agent is told when it has no template of its own."""

from __future__ import annotations

from quartet.agents.calls import Call
from quartet.agents.expressions import as_text, render


def default_message(call: Call) -> str:
    """The message without a template: the only input as text; several as headed sections, in edge order."""
    if len(call.inputs) < 2:
        return as_text(call.value)
    return "\n\n".join(f"## {call.names.get(id, id)}\n\n{as_text(value)}" for id, value in call.inputs.items())


def message(template: str | None, call: Call) -> str:
    """The message a call carries: the template filled in, or without one the default.

    Raises:
        ExpressionError: an expression of the template fails; `position` counts in the template.
    """
    return default_message(call) if template is None else render(template, call.variables())
